"""`regulars codes make`, `import` and `export`: codes by the hundred thousand."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from regulars.doors.cli.codes.group import Where, codes, opened, refuse
from regulars.doors.cli.endings import FOUND, OK, Stop
from regulars.doors.cli.ledgers import run
from regulars.doors.cli.options import Data, Json, Published, Tenant, flag
from regulars.doors.cli.programs import counted
from regulars.doors.cli.progress import counting
from regulars.doors.cli.screen import emit, say

if TYPE_CHECKING:
    from regulars.flows.voucher_batches import Printed
    from regulars.ledger.poster import Poster
    from regulars.vouchers.model import Batch, Terms

Kind = Annotated[str, Parameter(help="Which voucher of the program they are, one with `issued: operator`.")]
Worth = Annotated[str | None, Parameter(help="What each takes off, where its kind says `off: given`: 5.00.")]
Percent = Annotated[str | None, Parameter(help="What share each takes off, where its kind says `off: given`: 10.")]
Minimum = Annotated[str | None, Parameter(help="The basket that they ask for, where the kind leaves it to them.")]
Scope = Annotated[str | None, Parameter(help="The goods that they are for, where the kind leaves it to them.")]
FirstDay = Annotated[str | None, Parameter(help="Their first day: 2026-03-02.")]
LastDay = Annotated[str | None, Parameter(help="Their last day, inclusive.")]
Uses = Annotated[int, Parameter(help="How often each can be used.")]
Shared = Annotated[bool, flag("Each can be used without end, as far as the program allows.")]
Prints = Annotated[int | None, Parameter(help="How many may be printed, see --prints-per.")]
PrintsPer = Annotated[
    Literal["ever", "member", "day", "member-day"], Parameter(help="What prints are counted by: ever is all of them.")
]


@codes.command
def make(
    batch: str,
    /,
    *,
    kind: Kind,
    pattern: str,
    count: int,
    worth: Worth = None,
    percent: Percent = None,
    minimum: Minimum = None,
    scope: Scope = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    uses: Uses = 1,
    shared: Shared = False,
    prints: Prints = None,
    prints_per: PrintsPer = "ever",
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Make unique codes and keep them. The same command again makes no more; one that was cut short goes on.

    Parameters
    ----------
    batch
        An id of your own for these codes.
    pattern
        What they look like: # is a random character, a C at the end finds slips of the finger: SUMMER-####-####-C.
    count
        How many.
    """
    said = {
        "kind": kind, "pattern": pattern, "worth": worth, "percent": percent, "minimum": minimum, "scope": scope,
        "first_day": first_day, "last_day": last_day, "uses": uses, "shared": shared or None, "print_most": prints,
        "print_per": prints_per.replace("-", "_"),
    }  # fmt: skip
    return run(_make(batch, said, count, Where(program, data, tenant), json))


async def _make(batch: str, said: dict[str, Any], count: int, where: Where, json: bool) -> int:
    import secrets

    from regulars.flows.voucher_batches import make_codes
    from regulars.words.refusals import Refusal

    async with opened(where) as (poster, _):
        terms = terms_of(poster, said)
        begun = time.perf_counter()
        with counting(batch, "codes", quiet=json) as moved:
            found = await make_codes(poster, batch, terms, count, secrets.token_bytes, moved)
        if isinstance(found, Refusal):
            raise refuse(poster, found)
    seconds = time.perf_counter() - begun
    if json:
        emit({"ok": True, **batch_json(poster, found), "seconds": round(seconds, 3)})
    else:
        say(
            f"{batch}: {counted(found.stored, 'code')} of {terms.kind}, like {terms.pattern}, in {seconds:.1f} s.",
            "bold",
        )
    return OK


@codes.command(name="import")
def import_(
    batch: str,
    file: Path,
    /,
    *,
    kind: Kind,
    pattern: Annotated[str | None, Parameter(help="The form they all have; what does not fit is refused.")] = None,
    worth: Worth = None,
    percent: Percent = None,
    minimum: Minimum = None,
    scope: Scope = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    uses: Uses = 1,
    shared: Shared = False,
    prints: Prints = None,
    prints_per: PrintsPer = "ever",
    rejects: Annotated[Path | None, Parameter(help="Where refused rows go; else beside the file.")] = None,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Take codes that were made elsewhere from a CSV file. The same file again adds nothing.

    Parameters
    ----------
    batch
        An id of your own for these codes.
    file
        The codes, in a column `code`; a column `member` says whose a code is, a column `worth` what it is worth.
    """
    said = {
        "kind": kind, "pattern": pattern, "worth": worth, "percent": percent, "minimum": minimum, "scope": scope,
        "first_day": first_day, "last_day": last_day, "uses": uses, "shared": shared or None, "print_most": prints,
        "print_per": prints_per.replace("-", "_"),
    }  # fmt: skip
    if not file.is_file():
        raise Stop(f"{file}: there is no such file.", "Is the name right, and is this the folder you mean?")
    beside = rejects or file.with_name(f"{file.stem.removesuffix('.rejects')}.rejects.csv")
    return run(_import(batch, file, beside, said, Where(program, data, tenant), json))


async def _import(batch: str, file: Path, rejects: Path, said: dict[str, Any], where: Where, json: bool) -> int:
    from regulars.flows.voucher_batches import import_codes
    from regulars.words.refusals import Refusal

    async with opened(where) as (poster, _):
        terms = terms_of(poster, said)
        with counting(file.name, "rows", quiet=json) as moved:
            found = await import_codes(poster, batch, terms, file, rejects, moved)
        if isinstance(found, Refusal):
            raise refuse(poster, found)
    if json:
        kept = {"new": found.new, "repeated": found.repeated, "refused": found.refused}
        path = None if found.rejects is None else str(found.rejects)
        emit({"ok": not found.refused, **batch_json(poster, found.batch), **kept, "rejects": path})
    else:
        say(f"{batch}: {counted(found.new, 'new code')} of {terms.kind}.", "bold")
        if found.repeated:
            say(f"{counted(found.repeated, 'code')} had come before; nothing went in twice.")
        if found.rejects is not None:
            say(f"{counted(found.refused, 'row')} refused: see {found.rejects}, mend it, and import it.", "bold red")
    return FOUND if found.refused else OK


@codes.command
def export(
    batch: str,
    /,
    *,
    to: Annotated[Path | None, Parameter(help="The file to write; else it is printed.")] = None,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Write the codes of a batch as CSV: code, member, worth, used, printed_at.

    Parameters
    ----------
    batch
        The id of the codes.
    """
    return run(_export(batch, to, Where(program, data, tenant), json))


async def _export(batch: str, to: Path | None, where: Where, json: bool) -> int:
    from regulars.flows.voucher_batches import export_codes, unknown_batch
    from regulars.flows.vouchers import find_batch

    async with opened(where) as (poster, _):
        found = await find_batch(poster, batch)
        if found is None:
            raise refuse(poster, unknown_batch(batch))
        rows = export_codes(poster, batch)
        if to is None:
            await _write(poster, rows, sys.stdout, found, quiet=True)
            return OK
        making = to.with_name(f"{to.name}.part")
        with making.open("w", encoding="utf-8", newline="") as file:
            count = await _write(poster, rows, file, found, quiet=json)
        making.replace(to)
    if json:
        emit({"ok": True, "batch": batch, "codes": count, "file": str(to)})
    else:
        say(f"{to}: {counted(count, 'code')}.")
    return OK


async def _write(poster: Poster, rows: AsyncIterator[Printed], file: IO[str], batch: Batch, quiet: bool) -> int:
    machine, zone = poster.book.machines[-1], poster.book.zone
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("code", "member", "worth", "used", "printed_at"))
    count = 0
    with counting(batch.id, "codes", quiet) as moved:
        async for row in rows:
            worth = None if row.worth is None else machine.money_text(row.worth)
            printed = None if row.printed_at is None else zone.text(row.printed_at)
            writer.writerow((row.code, row.member, worth, row.used, printed))
            count += 1
            if count % 10_000 == 0:
                moved(count, batch.stored)
    return count


def terms_of(poster: Poster, said: dict[str, Any]) -> Terms:
    """The terms that a command line says, or the end of the command with what is wrong."""
    from regulars.vouchers.decide import read_terms
    from regulars.words.refusals import Refusal

    terms = read_terms(poster.book, said)
    if isinstance(terms, Refusal):
        raise refuse(poster, terms)
    return terms


def batch_json(poster: Poster, batch: Batch) -> dict[str, Any]:
    """A batch as JSON has it."""
    from regulars.vouchers.decide import terms_json

    return {
        "batch": batch.id,
        "codes": batch.stored,
        "wanted": batch.wanted,
        **terms_json(poster.book.machines[-1], batch.terms),
    }
