"""What the room keeps. Who changes a person holds the lock of their row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from regulars.ledger.stored import Row
from regulars.members.model import Identifier, Person, State
from regulars.members.seals import Seals
from regulars.postgres import queries
from regulars.postgres.connect import Connection, Pool
from regulars.words.moments import Moment

sql: Final = queries.load("regulars.members")


class People:
    """The people of one tenant."""

    def __init__(self, tenant: int, seals: Seals) -> None:
        self.tenant, self.seals = tenant, seals

    async def add(self, connection: Connection, person: Person, at: Moment) -> bool:
        """Whether the person is new; an id that is taken changes nothing."""
        key = self.seals.new_key(person.member)
        sealed = self._sealed(person.member, key, person.fields, person.identifiers)
        return await connection.fetchval(sql.add_person, self.tenant, person.member, at, key, sealed) is not None

    async def find(self, connection: Connection | Pool, member: str) -> Person | None:
        """The person of a member id."""
        row = await connection.fetchrow(sql.person, self.tenant, member)
        return None if row is None else self._read(row)

    async def lock(self, connection: Connection, member: str) -> tuple[Person, bytes | None] | None:
        """The person and their sealed key, locked until the transaction ends."""
        row = await connection.fetchrow(sql.lock_person, self.tenant, member)
        return None if row is None else (self._read(row), row["key"])

    async def page(self, connection: Connection | Pool, after: str, limit: int) -> list[Person]:
        """People in id order, after an id."""
        return [self._read(row) for row in await connection.fetch(sql.people_page, self.tenant, after, limit)]

    async def found_by(self, connection: Connection | Pool, one: Identifier) -> str | None:
        """Whose an identifier is."""
        found: str | None = await connection.fetchval(sql.found_by, self.tenant, one.kind, self.seals.blind(one))
        return found

    async def give(self, connection: Connection, member: str, identifiers: Sequence[Identifier]) -> Identifier | None:
        """Makes identifiers the member's and nobody else's; the first that is another's already, when there is one."""
        await connection.execute(sql.drop_identifiers, self.tenant, member)
        # In one order for everybody, so that two who give the same ones never wait for each other.
        blinds = sorted((one.kind, self.seals.blind(one)) for one in identifiers)
        kinds, hashes = [kind for kind, _ in blinds], [blind for _, blind in blinds]
        rows = await connection.fetch(sql.add_identifiers, self.tenant, member, kinds, hashes)
        given = {(row["kind"], row["blind"]) for row in rows}
        return next((one for one in identifiers if (one.kind, self.seals.blind(one)) not in given), None)

    async def change(
        self, connection: Connection, person: Person, key: bytes, fields: Mapping[str, str],
        identifiers: Sequence[Identifier], at: Moment, state: State, into: str | None = None,
    ) -> None:  # fmt: skip
        """What is known of a person from now on."""
        sealed = self._sealed(person.member, key, fields, identifiers)
        await connection.execute(sql.change_person, self.tenant, person.member, at, sealed, state, into)

    async def erase(self, connection: Connection, member: str, at: Moment) -> None:
        """Forgets a person's key and what they were found by."""
        await connection.execute(sql.drop_identifiers, self.tenant, member)
        await connection.execute(sql.erase_person, self.tenant, member, at)

    def _sealed(self, member: str, key: bytes, fields: Mapping[str, str], identifiers: Sequence[Identifier]) -> bytes:
        known = {"fields": dict(fields), "identifiers": [[one.kind, one.value] for one in identifiers]}
        return self.seals.seal(member, key, known)

    def _read(self, row: Row) -> Person:
        member, key, sealed = row["member"], row["key"], row["sealed"]
        known = {"fields": {}, "identifiers": []} if key is None else self.seals.open(member, key, sealed)
        return Person(
            member, row["state"], row["version"], known["fields"],
            tuple(Identifier(kind, value) for kind, value in known["identifiers"]),
            row["merged_into"], row["made_at"], row["changed_at"],
        )  # fmt: skip
