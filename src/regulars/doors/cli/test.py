"""`regulars test`: the scenarios of a program, in memory or through PostgreSQL."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Mistaken, Stop
from regulars.doors.cli.gallery import PROGRAM, SCENARIOS
from regulars.doors.cli.ledgers import ledgers
from regulars.doors.cli.options import Json, flag
from regulars.doors.cli.programs import book_of, counted, program_of, text_of
from regulars.doors.cli.screen import emit, say

if TYPE_CHECKING:
    from regulars.engine.book import Book
    from regulars.scenarios.model import ScenarioResult, Suite


@app.command(name="test")
def run_scenarios(
    file: Path,
    scenarios: Path | None = None,
    /,
    *,
    database: Annotated[bool, flag("Run them through PostgreSQL, in a database that is gone afterwards.")] = False,
    json: Json = False,
) -> int:
    """Run the scenarios of a program.

    Parameters
    ----------
    file
        The program.
    scenarios
        Its scenarios; else FILE with `.scenarios.yaml` in the place of `.yaml`.
    """
    from regulars.program.problems import Problems
    from regulars.scenarios.read import read

    book = book_of(program_of(file), file)
    beside = scenarios or file.with_name(file.name.removesuffix(PROGRAM) + SCENARIOS)
    if scenarios is None and not beside.exists():
        raise Stop(f"{file} has no scenarios beside it: {beside} is not there.", "Name the file: FILE SCENARIOS.")
    suite = read(text_of(beside), str(beside))
    if isinstance(suite, Problems):
        raise Mistaken(suite)
    results = _run(book, suite, database)
    failed = sum(not one.ok for one in results)
    if json:
        emit({"ok": not failed, "scenarios": [asdict(one) for one in results]})
    else:
        _print(results, beside, failed)
    return FOUND if failed else OK


def _run(book: Book, suite: Suite, database: bool) -> list[ScenarioResult]:
    from regulars.scenarios.run import run_suite
    from regulars.simulation.memory import Memory

    if not database:
        return run_suite(book, suite, lambda: Memory(book))
    from regulars.scenarios.through_ledger import ThroughLedger

    with ExitStack() as open_:
        dsn = open_.enter_context(ledgers().scratch())
        return run_suite(book, suite, open_.enter_context(ThroughLedger(dsn, book)))


def _print(results: list[ScenarioResult], file: Path, failed: int) -> None:
    for one in results:
        word, style = ("skip", "yellow") if one.skipped else ("ok", "green") if one.ok else ("FAIL", "bold red")
        say(f"{word:<5} {one.id}  {one.title}" + (f"  ({one.skipped})" if one.skipped else ""), style)
        failure = one.failure
        if failure is None:
            continue
        say(f"{file}:{failure.line}  step {failure.step}: {failure.what}", indent=6)
        say(f"expected  {failure.expected}", indent=6)
        say(f"came      {failure.came}", indent=6)
        for line in failure.explanation:
            say(f"because   {line}", indent=6)
    skipped = sum(bool(one.skipped) for one in results)
    said = [counted(len(results), "scenario"), f"{len(results) - failed - skipped} ok"]
    said += [f"{failed} failed"] if failed else []
    said += [f"{skipped} skipped"] if skipped else []
    say(", ".join(said))
