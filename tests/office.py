"""A tenant's office: its connections as the service has them, a vault, a clock that the test sets, and people with rights."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from regulars.access.decide import permit
from regulars.access.model import PERMISSIONS, ROLES, AccessWrite, Actor, Permit, Role
from regulars.access.tokens import Token, read_token
from regulars.audit.store import page
from regulars.flows.entering import enter
from regulars.flows.opened import Opened
from regulars.flows.sign_in import accept_invitation
from regulars.flows.staff import Invited, add_staff
from regulars.postgres.connect import pool
from regulars.sealing import Vault
from regulars.words.moments import Zone

T = TypeVar("T")

NOON = "2026-03-02T12:00"
PASSWORD = "correct horse battery"


def moment(text: str = NOON) -> int:
    at = Zone("UTC").parse(text)
    assert isinstance(at, int)
    return at


def somebody(role: Role = "owner", program: str | None = None) -> AccessWrite:
    """A permit to let others in, of somebody who has the rights of a role beside that one."""
    rights = frozenset[str]({*ROLES[role], "access:write"})
    found = permit(Actor("staff:boss", rights, "203.0.113.0/24", program), "access:write")
    assert isinstance(found, Permit)
    return found


def token_of(text: str) -> Token:
    read = read_token(text)
    assert read is not None
    return read


@dataclass
class Office:
    """What a story in an office needs."""

    ledger: Opened
    number: int
    vault: Vault = field(default_factory=lambda: Vault(bytes(range(32))))
    now: int = field(default_factory=moment)

    async def hire(
        self, email: str = "ana@shop.example", role: Role = "support", password: str | None = PASSWORD
    ) -> str:
        """Somebody's id, who works here and has set a password, if there is one."""
        invited = await add_staff(self.ledger, somebody(), email, role, self.now)
        assert isinstance(invited, Invited), invited
        if password is not None:
            done = await accept_invitation(self.ledger, token_of(invited.token), password, self.now)
            assert done == invited.staff.id
        return invited.staff.id

    async def log(self) -> list[str]:
        """What the audit log says was done, oldest first."""
        return [row.entry.action for row in reversed(await page(self.ledger.pool, self.number))]


@asynccontextmanager
async def office(database: str, tenant: str = "shop") -> AsyncIterator[Office]:
    address = await enter(database, tenant, make=True)
    async with pool(address, size=4) as connections:
        ledger = Opened(address, connections, tenant)
        yield Office(ledger, await ledger.number())


def told(database: str, story: Callable[[Office], Awaitable[T]]) -> T:
    """What a story in an office gives."""

    async def go() -> T:
        async with office(database) as open_one:
            return await story(open_one)

    return asyncio.run(go())


EVERYTHING = frozenset[str](PERMISSIONS)
