"""Members as persons and their ledger: made, found, changed, merged, closed, taken out whole, and erased.

What is personal stays in the members room; the ledger learns an opaque id and the facts that the program declares.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final

from regulars.flows.opened import Opened
from regulars.ledger.tenants import tenant_number
from regulars.members import decide
from regulars.members.model import Identifier, Person
from regulars.members.seals import Seals
from regulars.members.store import People
from regulars.postgres.connect import Connection, transaction
from regulars.sealing import Vault
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

ID_BYTES: Final = 12
MOST: Final = 200


class Membership:
    """The people of a tenant, with what may be done about them. Each act is one transaction; a refusal changes nothing."""

    def __init__(self, opened: Opened, vault: Vault, region: str | None = None) -> None:
        """`region` (ISO 3166): whose telephone numbers are written without a country."""
        self.opened, self.region = opened, region
        self._vault = vault
        self._people: People | None = None

    async def people(self) -> People:
        """The room of the tenant."""
        if self._people is None:
            number = await tenant_number(self.opened.pool, self.opened.tenant)
            assert number is not None, "an open database has its tenant"
            self._people = People(number, Seals(self._vault, number))
        return self._people

    async def enrol(self, fields: Any, identifiers: Any, at: Moment, member: str | None = None) -> Person | Refusal:
        """A new person, under the id given or a random one.

        Refused: `person.exists`, `identifier.taken`, `member.personal_id`, and what `decide` refuses.
        """
        known, found_by = decide.fields(fields), decide.identifiers(identifiers, self.region)
        if isinstance(known, Refusal):
            return known
        if isinstance(found_by, Refusal):
            return found_by
        name = member or f"m_{secrets.token_hex(ID_BYTES)}"
        refusal = decide.opaque(name)
        if refusal is not None:
            return refusal
        kept = {field: value for field, value in known.items() if value is not None}
        people = await self.people()
        try:
            async with transaction(self.opened.pool) as connection:
                if not await people.add(connection, Person(name, fields=kept, identifiers=found_by), at):
                    there = await people.find(connection, name)
                    # The same person sent again is the same person.
                    same = there is not None and (there.state, there.fields, there.identifiers) == (
                        "open",
                        kept,
                        found_by,
                    )
                    return there if there is not None and same else _exists(name)
                await _give(people, connection, name, found_by)
        except _Taken as taken:
            return Refusal("identifier.taken", values=(("kind", taken.kind),), pointer="/identifiers")
        return Person(name, "open", 1, kept, found_by, None, at, at)

    async def find(self, member: str) -> Person | None:
        """The person of a member id."""
        return await (await self.people()).find(self.opened.pool, member)

    async def found_by(self, kind: str, value: str) -> Person | Refusal | None:
        """The person of an identifier; refused when it cannot be one."""
        one = decide.identifier(kind, value, self.region)
        if isinstance(one, Refusal):
            return one
        people = await self.people()
        member = await people.found_by(self.opened.pool, one)
        return None if member is None else await people.find(self.opened.pool, member)

    async def page(self, after: str = "", limit: int = 50) -> list[Person]:
        """People in id order, after an id; at most 200."""
        return await (await self.people()).page(self.opened.pool, after, min(limit, MOST))

    async def change(
        self, member: str, fields: Any, identifiers: Any, at: Moment, version: int | None = None
    ) -> Person | Refusal:
        """The person with these fields set (None takes one away) and, where given, these identifiers instead of theirs.

        `version` is the one that the change was made on: another is refused, `person.changed`.
        """
        known = decide.fields(fields or {})
        found_by = None if identifiers is None else decide.identifiers(identifiers, self.region)
        for read in (known, found_by):
            if isinstance(read, Refusal):
                return read
        assert not isinstance(known, Refusal)
        assert not isinstance(found_by, Refusal)
        people = await self.people()
        try:
            async with transaction(self.opened.pool) as connection:
                locked = await people.lock(connection, member)
                if locked is None or locked[1] is None or locked[0].state != "open":
                    return _not_open(member, None if locked is None else locked[0])
                person, key = _there(locked)
                if version is not None and version != person.version:
                    return Refusal("person.changed", values=(("version", person.version),))
                together = {name: value for name, value in {**person.fields, **known}.items() if value is not None}
                own = person.identifiers if found_by is None else found_by
                if found_by is not None:
                    await _give(people, connection, member, own)
                await people.change(connection, person, key, together, own, at, "open")
        except _Taken as taken:
            return Refusal("identifier.taken", values=(("kind", taken.kind),), pointer="/identifiers")
        return Person(member, "open", person.version + 1, together, own, None, person.made_at, at)

    async def merge(self, gone: str, kept: str, at: Moment) -> Person | Refusal:
        """The kept person, with what only the other record knew; the other is left without identifiers.

        The ledger's side is an event of its own (`merge`), which is posted before.
        """
        if gone == kept:
            return Refusal("member.merged_with_itself", values=(("member", kept),), pointer="/into")
        people = await self.people()
        async with transaction(self.opened.pool) as connection:
            # Locked in one order, whoever merges whom.
            locked = {name: await people.lock(connection, name) for name in sorted((gone, kept))}
            for name in (gone, kept):
                found = locked[name]
                if found is None or found[1] is None or found[0].state != "open":
                    return _not_open(name, None if found is None else found[0])
            (old, old_key), (person, key) = _there(locked[gone]), _there(locked[kept])
            fields = decide.merged(person.fields, old.fields)
            own = tuple(sorted({*person.identifiers, *old.identifiers}))
            await people.give(connection, gone, ())
            await people.give(connection, kept, own)
            await people.change(connection, old, old_key, {}, (), at, "merged", kept)
            await people.change(connection, person, key, fields, own, at, "open")
        return Person(kept, "open", person.version + 1, fields, own, None, person.made_at, at)

    async def close(self, member: str, at: Moment) -> Person | Refusal:
        """The person, closed: nobody finds them by an identifier any more. The ledger's side is an event of its own."""
        people = await self.people()
        async with transaction(self.opened.pool) as connection:
            locked = await people.lock(connection, member)
            if locked is None or locked[1] is None or locked[0].state != "open":
                return _not_open(member, None if locked is None else locked[0])
            person, key = _there(locked)
            await people.give(connection, member, ())
            await people.change(connection, person, key, person.fields, (), at, "closed")
        return Person(member, "closed", person.version + 1, person.fields, (), None, person.made_at, at)

    async def erase(self, member: str, at: Moment) -> Person | Refusal:
        """The person, forgotten for good: their key is gone. What the ledger holds stays, under an id that names nobody.

        A member whom only the ledger knows has nothing here to erase: `person.unknown`.
        """
        people = await self.people()
        async with transaction(self.opened.pool) as connection:
            locked = await people.lock(connection, member)
            if locked is None:
                return _not_open(member, None)
            person, key = locked
            if key is not None:
                await people.erase(connection, member, at)
        return Person(member, "erased", person.version + (key is not None), {}, (), person.into, person.made_at, at)


def _there(found: tuple[Person, bytes | None] | None) -> tuple[Person, bytes]:
    assert found is not None
    person, key = found
    assert key is not None
    return person, key


def _not_open(member: str, person: Person | None) -> Refusal:
    if person is None:
        return Refusal("person.unknown", values=(("member", member),))
    code = {"closed": "person.closed", "merged": "person.merged", "erased": "person.erased"}[person.state]
    return Refusal(code, values=(("member", member), ("into", person.into or "")))


def _exists(member: str) -> Refusal:
    return Refusal("person.exists", values=(("member", member),), pointer="/member")


class _Taken(Exception):
    """Raised to roll back: an identifier is somebody else's."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


async def _give(people: People, connection: Connection, member: str, identifiers: Sequence[Identifier]) -> None:
    taken = await people.give(connection, member, identifiers)
    if taken is not None:
        raise _Taken(taken.kind)
