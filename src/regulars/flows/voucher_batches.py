"""Codes in bulk: made from a pattern, imported from a file, exported, printed one by one. What is cut short goes on when sent again."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from regulars.engine.fields import Bad
from regulars.engine.machine import Machine
from regulars.flows.importing.bytelines import first_line
from regulars.flows.importing.csv_rows import CsvRows, Row, header_of
from regulars.flows.importing.csv_source import WHY
from regulars.ledger.again import persistently
from regulars.ledger.poster import Poster
from regulars.ledger.programs import Scope
from regulars.postgres.connect import transaction
from regulars.vouchers import store
from regulars.vouchers.decide import check_terms, counted_by
from regulars.vouchers.model import Batch, NewCode, Terms
from regulars.vouchers.patterns import (
    LONGEST,
    Draw,
    Pattern,
    can_be_key,
    codes_of,
    fault_of,
    key_of,
    read_pattern,
    room_for,
)
from regulars.vouchers.statements import sql
from regulars.words.ids import check_id
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

CHUNK: Final = 20_000
"""Codes of one commit: what is in memory at a time, however many are made."""
COLUMNS: Final = ("code", "member", "worth")

Moved = Callable[[int, int | None], None]
"""Is told how many there are, and how many there will be, where that is known."""


class Printed(NamedTuple):
    """A code as it was exported: whose it is, its own worth in minor units, how often it was used, when it was printed."""

    code: str
    member: str | None
    worth: int | None
    used: int
    printed_at: Moment | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: codes that are new, that had come from the same row before, and rows refused, with where they are."""

    batch: Batch
    new: int
    repeated: int
    refused: int
    rejects: Path | None


async def make_codes(
    poster: Poster, batch: str, terms: Terms, count: int, draw: Draw, moved: Moved = lambda _done, _of: None
) -> Batch | Refusal:
    """The batch with all its codes, made now, made before, or gone on with where an earlier call was cut short.

    `draw` gives random bytes (`secrets.token_bytes`). Refused are terms that do not fit the program, a pattern that has too
    few codes, and an id under which other codes were asked for (`voucher.batch_reused`).
    """
    pattern = read_pattern(terms.pattern or "")
    refusal = pattern if isinstance(pattern, Refusal) else _count(count) or room_for(pattern, count)
    if refusal is not None:
        return refusal
    assert isinstance(pattern, Pattern)
    begun = await _begin(poster, batch, terms, count)
    if isinstance(begun, Refusal):
        return begun
    place, _ = await poster.ready()
    no = begun.no

    async def more() -> Batch:
        async with transaction(poster.pool) as connection:
            held = await store.lock_batch(connection, place, no)
            wanted = min(count - held.stored, CHUNK)
            if wanted > 0:
                codes = codes_of(pattern, wanted, draw)
                await store.add_codes(
                    connection, place, held, [NewCode(held.place + n, code) for n, code in enumerate(codes, 1)]
                )
            return held

    held = begun
    while held.stored < count:
        # What stands there is what the step before has left, so the last step finds that nothing is left to do.
        held = await persistently(more)
        moved(min(held.stored, count), count)
    return held


async def import_codes(
    poster: Poster, batch: str, terms: Terms, file: Path, rejects: Path, moved: Moved = lambda _done, _of: None
) -> Imported | Refusal:
    """What came of a CSV file of codes with the column `code`, and `member` or `worth` where a code has its own.

    Rows that are no codes go to `rejects` with why, to be mended and imported into the same batch. The same file sent again
    adds nothing. Raises `OSError` where the file cannot be read.
    """
    names, delimiter = header_of(first_line(file))
    columns = [name for name in names if name not in WHY]
    if "code" not in columns or set(columns) - set(COLUMNS) or len(set(names)) < len(names):
        text = f"The first line names the columns: code, and member or worth; here it has {', '.join(names) or 'none'}."
        return Refusal("voucher.bad_columns", text)
    begun = await _begin(poster, batch, terms, None)
    if isinstance(begun, Refusal):
        return begun
    place, _ = await poster.ready()
    begin = (1, len(first_line(file)))
    reader = _Rows(poster.book.machines[-1], begun, names)
    new = repeated = 0
    with _Rejects(rejects, columns, delimiter) as refused:
        for rows in _chunks(CsvRows(file, delimiter, len(names), begin)):
            read = [(row, reader.read(row)) for row in rows]
            codes = [code for _, code in read if isinstance(code, NewCode)]
            taken, known = await _take(poster, place, begun, codes)
            new, repeated = new + len(taken), repeated + len(known)
            for row, code in read:
                if isinstance(code, Refusal):
                    refused.write(row.line, code, reader.kept(row))
                elif code.place not in taken | known:
                    text = f"The code {code.code} is there already."
                    refused.write(row.line, Refusal("voucher.duplicate", text), reader.kept(row))
            moved(new + repeated + refused.count, None)
    found = await store.find_batch(poster.pool, place, batch)
    assert found is not None, "it was made above"
    return Imported(found, new, repeated, refused.count, rejects if refused.count else None)


async def export_codes(poster: Poster, batch: str) -> AsyncIterator[Printed]:
    """Every code of a batch, in the order in which it was made; none for a batch that is not there. Memory stays flat."""
    place, _ = await poster.ready()
    async with transaction(poster.pool, readonly=True, isolation="repeatable_read") as connection:
        found = await store.find_batch(connection, place, batch)
        if found is None:
            return
        async for row in connection.cursor(sql.export, place.tenant, place.program, found.no, prefetch=2_000):
            yield Printed(row["code"], row["member"], row["worth"], row["used"], row["printed"])


async def print_code(poster: Poster, batch: str, at: Moment, member: str | None = None) -> str | Refusal:
    """The next code of a batch for whoever prints one, a kiosk; with a member it is theirs from now on.

    Refused are `voucher.unknown_batch`, `voucher.member_needed`, `voucher.print_limit`, `voucher.none_left`.
    """
    place, _ = await poster.ready()
    if member is not None and (wrong := check_id(member)) is not None:
        return wrong

    async def act() -> str | Refusal:
        found = None if check_id(batch) is not None else await store.find_batch(poster.pool, place, batch)
        if found is None:
            return unknown_batch(batch)
        counted = counted_by(found.terms, member, poster.book.zone.local(at)[0])
        if isinstance(counted, Refusal):
            return counted
        try:
            async with transaction(poster.pool) as connection:
                held = await store.lock_batch(connection, place, found.no)
                if held.terms.print_most is not None and not await store.count_print(connection, place, held, counted):
                    raise _Stopped(Refusal("voucher.print_limit", "As many as may be were printed."))
                code = await store.print_next(connection, place, held, member, at)
                if code is None:
                    raise _Stopped(Refusal("voucher.none_left", "All codes of this batch are printed."))
                return code
        except _Stopped as stopped:
            return stopped.refusal

    return await persistently(act)


def unknown_batch(batch: str) -> Refusal:
    """The refusal of a batch that is not there."""
    return Refusal("voucher.unknown_batch", f"There is no batch {batch!r}.", pointer="/batch")


class _Stopped(Exception):
    """Leaves a transaction so that nothing of it stays."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


async def _begin(poster: Poster, batch: str, terms: Terms, wanted: int | None) -> Batch | Refusal:
    """The batch of the id with these terms, made or found."""
    refusal = check_id(batch) or check_terms(poster.book, terms)
    if refusal is not None:
        return refusal
    place, _ = await poster.ready()

    async def act() -> Batch:
        async with transaction(poster.pool) as connection:
            return await store.add_batch(connection, place, batch, terms, wanted)

    found = await persistently(act)
    if (found.terms, found.wanted) != (terms, wanted):
        text = f"The batch {batch!r} is there with other terms; a batch is never changed."
        return Refusal("voucher.batch_reused", text, pointer="/batch")
    return found


def _count(count: int) -> Refusal | None:
    if 1 <= count <= 1_000_000_000:
        return None
    return Refusal("voucher.bad_terms", "A batch has at least one code and at most 1,000,000,000.", pointer="/count")


async def _take(poster: Poster, place: Scope, batch: Batch, codes: Sequence[NewCode]) -> tuple[set[int], set[int]]:
    async def act() -> tuple[set[int], set[int]]:
        async with transaction(poster.pool) as connection:
            held = await store.lock_batch(connection, place, batch.no)
            return await store.take_codes(connection, place, held, codes)

    return await persistently(act) if codes else (set(), set())


def _chunks(rows: CsvRows) -> Iterator[list[Row]]:
    found: list[Row] = []
    for row in rows:
        found.append(row)
        if len(found) == CHUNK:
            yield found
            found = []
    yield found


class _Rows:
    """Reads rows of a file as codes of a batch."""

    def __init__(self, machine: Machine, batch: Batch, names: Sequence[str]) -> None:
        self._machine, self._terms = machine, batch.terms
        self._names = names
        pattern = None if batch.terms.pattern is None else read_pattern(batch.terms.pattern)
        self._pattern = pattern if isinstance(pattern, Pattern) else None
        self._worth = machine.vouchers[batch.terms.kind].given

    def kept(self, row: Row) -> list[str]:
        """The cells without those that an earlier run added."""
        names = (*self._names, *[""] * (len(row.cells) - len(self._names)))
        return [cell for name, cell in zip(names, row.cells, strict=False) if name not in WHY]

    def read(self, row: Row) -> NewCode | Refusal:
        """The code of a row, or why it is none."""
        if row.wrong is not None:
            return row.wrong
        cells = {name: cell.strip() for name, cell in zip(self._names, row.cells, strict=True)}
        code, member, worth = (cells.get(name, "") for name in COLUMNS)
        key = key_of(code)
        if not key:
            return Refusal("voucher.empty", "This row has no code.")
        if len(code) > LONGEST or not code.isprintable() or not can_be_key(key):
            return Refusal("voucher.bad_form", f"A code is plain letters and digits, at most {LONGEST} of them.")
        wrong = None if self._pattern is None else fault_of(self._pattern, code)
        wrong = wrong or (check_id(member) if member else None)
        if wrong is not None:
            return wrong
        if worth and not self._worth:
            return Refusal("voucher.bad_terms", f"The voucher `{self._terms.kind}` has a worth of its own.")
        try:
            minor = self._machine.worth_of({"worth": worth}) if worth else None
        except (Bad, ValueError, ArithmeticError) as bad:
            said = bad.of("worth", "/worth").text if isinstance(bad, Bad) else "The field `worth` must be an amount."
            return Refusal("voucher.bad_terms", said)
        return NewCode(row.line, code, member or None, minor)


class _Rejects:
    """The file of rows that were refused; there is none while none was."""

    def __init__(self, path: Path, columns: Sequence[str], delimiter: str) -> None:
        self._path, self._columns, self._delimiter = path, columns, delimiter
        self._making = path.with_name(f"{path.name}.part")
        self.count = 0

    def __enter__(self) -> _Rejects:
        self._file = self._making.open("w", encoding="utf-8", errors="surrogateescape", newline="")
        self._rows = csv.writer(self._file, delimiter=self._delimiter, lineterminator="\n")
        self._rows.writerow([*WHY, *self._columns])
        return self

    def write(self, line: int, refusal: Refusal, cells: Sequence[str]) -> None:
        """Adds a row with why it was refused."""
        self._rows.writerow([refusal.code, f"Row {line}: {refusal.text}", *cells])
        self.count += 1

    def __exit__(self, kind: object, *_: object) -> None:
        self._file.close()
        if self.count and kind is None:
            # Only now: the rejects may be what is being read.
            self._making.replace(self._path)
        else:
            self._making.unlink()
