"""`regulars serve`: the service over HTTP."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import OK, Stop
from regulars.doors.cli.ledgers import Service, ledgers
from regulars.doors.cli.options import Data, Json, Tenant, flag
from regulars.doors.cli.screen import console

MOST_PROCESSES = 64


@app.command
def serve(
    *,
    host: Annotated[str, Parameter(help="The address to listen at; 0.0.0.0 for every one.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port to listen at.")] = 8000,
    processes: Annotated[int, Parameter(help="How many processes answer; one a core is enough.")] = 1,
    with_worker: Annotated[bool, flag("Run a worker beside it, for a service on one machine.")] = False,
    limit: Annotated[int, Parameter(help="Requests a minute of a caller that has no limit of its own.")] = 600_000,
    data: Data = None,
    tenant: Tenant = None,
    json: Annotated[Json, Parameter(help="Log as JSON.")] = False,
) -> int:
    """Serve the API over HTTP until a signal stops it; then what was taken is answered first.

    REGULARS_API_KEY is a key with every right, for the first steps; without one a key is made for this run and printed.
    Any number of these may run on one database.
    """
    if not 1 <= processes <= MOST_PROCESSES or not 0 < port < 65_536 or limit < 1:
        raise Stop(f"--processes is 1 to {MOST_PROCESSES}, --port 1 to 65535, --limit at least 1.")
    beside = console(beside=True)
    beside.print(f"Serving at http://{host}:{port}, until you press Ctrl+C.", markup=False, highlight=False)

    def made_key(key: str) -> None:
        beside.print(f"For this run the key is {key}", markup=False, highlight=False, soft_wrap=True)

    ledgers().serve(Service(data, tenant, host, port, processes, limit, with_worker, json, made_key))
    return OK
