"""An open ledger: a tenant's programs, and who posts, reads and proves them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from regulars.calculators import compiled, used
from regulars.engine.book import Book
from regulars.ledger import verify
from regulars.ledger.laws import Law
from regulars.ledger.poster import Poster
from regulars.ledger.programs import ProgramUnknown, published
from regulars.ledger.reads import Reads
from regulars.ledger.tenants import tenant_number
from regulars.postgres import queries
from regulars.postgres.connect import Pool
from regulars.program.load import load
from regulars.program.model import Program

ask: Final = queries.load("regulars.flows")


class BookUnreadable(Exception):
    """Raised when a published program cannot be compiled here: a calculator that it names is not installed."""


class ProgramUnclear(LookupError):
    """Raised when a tenant has several programs and none was named; `slugs` are theirs."""

    def __init__(self, slugs: tuple[str, ...]) -> None:
        super().__init__(f"there are several programs: {', '.join(slugs)}")
        self.slugs = slugs


class TenantUnknown(LookupError):
    """Raised when nothing was ever kept for a tenant of that name."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A migrated database: its address, its connections, and the tenant whose data is meant."""

    dsn: str
    pool: Pool
    tenant: str

    async def number(self) -> int:
        """The number of the tenant; raises `TenantUnknown`."""
        found = await tenant_number(self.pool, self.tenant)
        if found is None:
            raise TenantUnknown(f"there is no tenant {self.tenant!r} here")
        return found

    async def programs(self) -> tuple[str, ...]:
        """The slugs of all programs that the tenant has published."""
        return tuple(row["slug"] for row in await self.pool.fetch(ask.programs_of_tenant, self.tenant))

    async def book(self, slug: str | None = None) -> Book:
        """The published versions of a program, compiled; without a name of the only one.

        Raises `ProgramUnknown`, `ProgramUnclear` when there are several, `BookUnreadable`.
        """
        if slug is None:
            slugs = await self.programs()
            if len(slugs) > 1:
                raise ProgramUnclear(slugs)
            if not slugs:
                raise ProgramUnknown("nothing was published here yet")
            slug = slugs[0]
        versions = await published(self.pool, self.tenant, slug)
        if not versions:
            raise ProgramUnknown(f"no program {slug!r} was published here; there is {', '.join(await self.programs())}")
        programs = [load(version.text, f"{slug}.yaml") for version in versions]
        readable = [program for program in programs if isinstance(program, Program)]
        assert len(readable) == len(programs), f"a published program of {slug} cannot be read"
        book = compiled(readable, f"{slug}.yaml")
        if not isinstance(book, Book):
            raise BookUnreadable(book[0].text)
        return book

    def poster(self, book: Book) -> Poster:
        """Who posts events of a program."""
        return Poster(self.pool, book, self.tenant)

    def reads(self, book: Book) -> Reads:
        """Who reads what the program's ledger holds."""
        return Reads(self.pool, book, self.tenant)

    def verify(self, book: Book) -> AsyncIterator[Law]:
        """Law after law, as it was found."""
        # Other processes compile the published texts by themselves, and know no calculators but the built-in ones.
        own = book if any(used(machine.program) for machine in book.machines) else None
        return verify.verify(self.dsn, self.tenant, book.slug, book=own)
