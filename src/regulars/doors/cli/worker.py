"""`regulars worker`: does what is due."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import OK
from regulars.doors.cli.ledgers import ledgers
from regulars.doors.cli.options import Data, Json
from regulars.doors.cli.screen import console


@app.command
def worker(*, data: Data = None, json: Annotated[Json, Parameter(help="Log as JSON.")] = False) -> int:
    """Do what is due for all tenants until a signal stops it: points that lapse, webhooks, imports and exports, time limits.

    Any number of them may run beside any number of `regulars serve`; what a killed one had in hand another takes up.
    """
    console(beside=True).print("Working, until you press Ctrl+C.", markup=False, highlight=False)
    ledgers().work(data, json)
    return OK
