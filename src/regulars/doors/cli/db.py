"""`regulars db`: the database itself: how it stands, its migrations, the machines of a cluster, backups."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Stop
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.options import Data, Json
from regulars.doors.cli.programs import counted, listed
from regulars.doors.cli.screen import console, emit, pairs, say

if TYPE_CHECKING:
    from regulars.flows.database import Condition
    from regulars.postgres.placings import Placing

db = App(name="db", help="The database: how it stands, migrations, a cluster's machines, backups.")
app.command(db)


@db.command
def status(*, data: Data = None, json: Json = False) -> int:
    """Show how the database stands: server, migrations, size, tenants, second lock. Nothing is changed.

    Ends with exit code 1 when migrations are pending.
    """
    from regulars.flows.database import condition

    with ledgers().address(data) as dsn:
        found = run(condition(dsn))
    if json:
        emit({"ok": not found.pending, **asdict(found)})
    else:
        pairs(_told(found))
    return FOUND if found.pending else OK


def _told(found: Condition) -> list[tuple[str, str]]:
    done = f"{found.applied} applied"
    lock = "on" if found.second_lock.locked else f"off: {found.second_lock.hint}"
    return [
        ("server", f"PostgreSQL {found.server}"),
        ("members", "spread over the machines of a cluster" if found.spread else "on one machine"),
        ("migrations", f"{done}, pending: {listed(found.pending)}" if found.pending else f"{done}, none pending"),
        ("size", f"{found.size / 1_000_000:,.1f} MB"),
        ("log", f"{found.log}: the disk fills up, look at where it goes" if found.log == "failing" else found.log),
        ("tenants", listed(found.tenants) or "none yet"),
        ("second lock", lock),
    ]


@db.command
def migrate(*, data: Data = None, json: Json = False) -> int:
    """Apply the migrations that the database lacks, and make its tables when it has none. Any number may run at once."""
    names = run(_migrate(data))
    if json:
        emit({"ok": True, "applied": names})
        return OK
    for name in names:
        say(f"applied {name}")
    if not names:
        say("Nothing to apply.")
    return OK


async def _migrate(data: Data) -> list[str]:
    from regulars.postgres.connect import connect
    from regulars.postgres.migrate import migrate as bring_up
    from regulars.postgres.migrate import migrations

    with ledgers().address(data, make=True) as dsn:
        connection = await connect(dsn)
        try:
            done = await bring_up(connection, migrations())
        finally:
            await connection.close()
    return [f"{step.version:04}_{step.name}" for step in done]


@db.command
def distribute(*, data: Data = None, json: Json = False) -> int:
    """Spread the database over the machines of a Citus cluster: members' tables by member, small shared ones to each machine.

    Pending migrations are applied first. What is in the tables goes with them, and the service has to be stopped
    meanwhile. There is no way back but a dump. Doing it again moves what has come since.
    """
    moved = run(_distribute(data))
    if json:
        emit({"ok": True, "moved": [{**asdict(one), "home": one.home.value} for one in moved]})
        return OK
    for one in moved:
        say(f"{one.table}: {one.home.value}" + (f" by {one.column}" if one.column else ""))
    say(f"{counted(len(moved), 'table')} moved." if moved else "Everything is where it belongs.")
    return OK


async def _distribute(data: Data) -> tuple[Placing, ...]:
    from regulars.postgres import citus
    from regulars.postgres.connect import connect
    from regulars.postgres.migrate import migrate as bring_up
    from regulars.postgres.migrate import migrations

    with ledgers().address(data) as dsn:
        connection = await connect(dsn)
        try:
            await citus.require(connection)
            await bring_up(connection, migrations())
            return await citus.distribute(connection)
        finally:
            await connection.close()


@db.command
def backup(
    folder: Path,
    /,
    *,
    keep: Annotated[int | None, Parameter(help="Keep so many copies, and the log since the oldest of them.")] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Copy the embedded database while it works, and from then on its log too, so that any moment can be restored.

    The first time turns the copying of the log on, which needs the server for itself: stop the service once.

    Parameters
    ----------
    folder
        Where the copies go: best another disk or a mounted share.
    """
    from regulars.postgres import backups

    if keep is not None and keep < 1:
        raise Stop("--keep is at least 1.")
    place = _embedded(data, "Back up a server of your own with its own tools: docs/do/back-up.md says how.")
    with console(beside=True).status("Copying"):
        name = backups.backup(place, folder)
        gone = backups.forget(folder, keep) if keep is not None else []
    if json:
        emit({"ok": True, "backup": name, "taken_away": gone})
        return OK
    say(f"{name}: whole, and read again. Its log goes to {folder / 'wal'} from now on.")
    if gone:
        say(f"Taken away: {listed(gone)}")
    say("The master key is not in it: keep REGULARS_MASTER_KEY or the file master.key elsewhere.")
    return OK


@db.command
def restore(
    folder: Path,
    /,
    *,
    until: Annotated[
        str | None, Parameter(help="A moment, in UTC where it names no offset; else the last copied.")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> int:
    """Make the embedded database as it was at a moment, in a data folder that has none yet; `regulars verify` proves it.

    Parameters
    ----------
    folder
        Where `regulars db backup` has put its copies.
    """
    from regulars.postgres import backups
    from regulars.words.moments import Zone
    from regulars.words.refusals import Refusal

    utc = Zone("UTC")
    moment = None if until is None else utc.parse(until.strip())
    if isinstance(moment, Refusal):
        raise Stop(f"--until: {until!r} is no moment.", "Write 2026-03-02T09:00, in UTC, or with an offset.")
    place = _embedded(data, "Name the new data folder with --data.")
    with console(beside=True).status("Restoring"):
        reached = backups.restore(folder, place, moment)
    last = None if reached is None else utc.text(reached)
    key = place / "master.key"
    if json:
        emit({"ok": True, "data": str(place), "last_commit": last, "master_key": key.exists()})
        return OK
    say(
        f"{place}: as of the last commit"
        + (f" at {last}" if last else "")
        + ". Now: regulars verify --data "
        + str(place)
    )
    if not key.exists():
        say(f"What is sealed opens with the old master key: set REGULARS_MASTER_KEY, or put the file at {key}.")
    say("Its log is not copied yet: make a backup before it takes the old one's place.")
    return OK


def _embedded(data: Data, hint: str) -> Path:
    place = ledgers().folder(data)
    if place is None:
        raise Stop("REGULARS_DATABASE_URL names a server of your own; this is for the embedded one.", hint)
    return place
