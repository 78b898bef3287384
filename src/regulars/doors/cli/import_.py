"""`regulars import`: a file of events into the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Mistaken, Stop
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.options import Data, Json, Tenant, flag
from regulars.doors.cli.programs import book_of, counted, program_of, text_of
from regulars.doors.cli.screen import console, emit, say

if TYPE_CHECKING:
    from regulars.engine.book import Book
    from regulars.flows.import_events import Standing, Wish
    from regulars.flows.importing.mapping import Mapped
    from regulars.flows.importing.model import Imported
    from regulars.flows.opened import Opened
    from regulars.program.model import Program


@app.command(name="import")
def import_(
    program: Path,
    /,
    *,
    events: Path,
    mapping: Annotated[
        Path | None, Parameter(help="Which columns are what (YAML); else columns have fields' names.")
    ] = None,
    rejects: Annotated[Path | None, Parameter(help="Where refused events go; else beside the events.")] = None,
    batch: Annotated[int, Parameter(help="Events of one commit.")] = 400,
    processes: Annotated[int | None, Parameter(help="How many processes; else as many as are worth it.")] = None,
    again: Annotated[bool, flag("Read a file anew that was imported; what is recorded is not recorded twice.")] = False,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Publish a program and record a file of events under it: CSV, JSON Lines or Parquet, of any length.

    What cannot go in is written to a file of rejects with its row and the reason; mend that file and import it; the
    command then ends with exit code 1, although the rest went in. An import that was cut short goes on when the same
    command is started again, and nothing is recorded twice.

    Parameters
    ----------
    program
        The program's file.
    events
        The events: .csv, .jsonl, .parquet, .csv.gz or .jsonl.gz.
    """
    from regulars.flows.import_events import Wish

    if batch < 1 or (processes is not None and not 1 <= processes <= 64):
        raise Stop("--batch is at least 1, --processes 1 to 64.")
    for file in (program, events, mapping):
        if file is not None and not file.is_file():
            raise Stop(f"{file}: there is no such file.", "Is the name right, and is this the folder you mean?")
    read = program_of(program)
    mapped, text = (None, "") if mapping is None else _mapping(mapping)
    wish = Wish(events, mapped, text, rejects, batch, processes, again)
    return run(_import(read, book_of(read, program), wish, (data, tenant), json))


async def _import(program: Program, book: Book, wish: Wish, place: tuple[Data, Tenant], json: bool) -> int:
    async with ledgers().open(*place, make=True) as ledger:
        await publish(ledger, program)
        with bar(wish.events.name, quiet=json) as moved:
            done = await imported(ledger, book, wish, moved)
    if json:
        emit({"ok": not done.refused and not done.cut, **_plain(done)})
    else:
        tell(done)
    return FOUND if done.refused or done.cut else OK


def _mapping(file: Path) -> tuple[Mapped, str]:
    from regulars.flows.importing.mapping import read_mapping

    text = text_of(file)
    mapped = read_mapping(text, str(file))
    if isinstance(mapped, list):
        raise Mistaken(mapped)
    return mapped, text


async def publish(ledger: Opened, program: Program) -> None:
    """Publishes a program, or ends the command with why it cannot be."""
    from regulars.ledger.programs import publish as put
    from regulars.words.refusals import Refusal

    found = await put(ledger.pool, ledger.tenant, program)
    if isinstance(found, Refusal):
        hint = "What happened is judged by the version of its day: give the changed file a later `from:`."
        raise Stop(f"{program.slug}: {found.text}", hint, FOUND)


async def imported(ledger: Opened, book: Book, wish: Wish, moved: Callable[[Standing], None]) -> Imported:
    """What came of an import, or the end of the command with what a person can do."""
    from regulars.flows.import_events import import_events
    from regulars.flows.importing.model import ImportFailed
    from regulars.flows.importing.opening import FileUnreadable, MappingWrong

    try:
        return await import_events(ledger, book, wish, moved)
    except MappingWrong as wrong:
        raise Mistaken(wrong.problems) from None
    except FileUnreadable as unreadable:
        raise Stop(unreadable.problem, unreadable.hint) from None
    except ImportFailed as failed:
        raise Stop(failed.problem, failed.hint, FOUND) from None


@contextmanager
def bar(title: str, quiet: bool) -> Iterator[Callable[[Standing], None]]:
    """A bar of progress beside the output, while the block lasts; nothing where that is no terminal."""
    beside = console(beside=True)
    if quiet or not beside.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn(title, markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[said]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=beside, transient=True) as progress:
        task = progress.add_task("", total=None, said="")
        begun: list[int] = []

        def moved(standing: Standing) -> None:
            begun[1:] = []
            begun.append(standing.events)
            elapsed = progress.tasks[0].elapsed or 1.0
            rate = (standing.events - begun[0]) / max(elapsed, 0.1)
            said = f"{standing.rows:,} rows  {rate:,.0f} events/s  {standing.refused:,} refused"
            total = None if standing.share is None else 1.0
            progress.update(task, total=total, completed=standing.share or 0.0, said=said)

        yield moved


def tell(done: Imported) -> None:
    """Prints what came of an import."""
    if done.known:
        say(
            f"{done.file.name} is in already: {counted(done.events, 'event')}. Nothing was done; --again reads it anew."
        )
    else:
        on = " It went on where an earlier run had stopped." if done.continued else ""
        rate = f", {done.recorded / done.seconds:,.0f} a second" if done.recorded and done.seconds > 1 else ""
        say(f"{done.file.name}: {counted(done.recorded, 'event')} recorded in {done.seconds:.1f} s{rate}.{on}", "bold")
        if done.repeated:
            say(f"{counted(done.repeated, 'event')} had been recorded before; nothing was recorded twice.")
    if done.cut:
        say(
            "The file is cut: it ends in the middle. What was whole went in; import it again when it is whole.",
            "bold red",
        )
    if done.rejects is not None:
        say(f"{counted(done.refused, 'event')} refused: see {done.rejects}, mend it, and import it.", "bold red")


def _plain(done: Imported) -> dict[str, object]:
    return {
        "file": str(done.file),
        "events": done.events,
        "recorded": done.recorded,
        "repeated": done.repeated,
        "refused": done.refused,
        "rejects": None if done.rejects is None else str(done.rejects),
        "cut": done.cut,
        "known": done.known,
        "continued": done.continued,
        "seconds": round(done.seconds, 3),
    }
