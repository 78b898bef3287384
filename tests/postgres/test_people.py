"""Members as persons, on a real database: sealed, found, merged, taken out, erased; the ledger's books balance all the same."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable

import pytest
from tests.ledger_factory import Shop, run

from regulars.flows.opened import Opened
from regulars.flows.people import Membership
from regulars.flows.take_out import take_out
from regulars.members.model import Identifier, Person
from regulars.sealing import SealBroken, Vault
from regulars.words.refusals import Refusal

NOW = 1_775_000_000_000_000
MAIL = {"kind": "email", "value": "ann@example.org"}
CARD = {"kind": "card", "value": "A1"}


def told(dsn: str, story: Callable[[Shop, Membership], Awaitable[None]]) -> None:
    async def in_shop(shop: Shop) -> None:
        await story(shop, Membership(Opened(dsn, shop.pool, shop.tenant), Vault(b"k" * 32)))

    run(dsn, in_shop)


def code(found: object) -> str:
    assert isinstance(found, Refusal), found
    return found.code


async def made(members: Membership, name: str, *identifiers: dict[str, str]) -> Person:
    found = await members.enrol({"name": name.title()}, list(identifiers), NOW, name)
    assert isinstance(found, Person), found
    return found


def test_a_member_is_found_by_what_they_show_and_by_nothing_else(database: str) -> None:
    async def story(_: Shop, members: Membership) -> None:
        person = await members.enrol({"name": "Ann"}, [MAIL], NOW)
        assert isinstance(person, Person)
        assert person.member.startswith("m_")
        found = await members.found_by("email", "ANN@example.org")
        assert isinstance(found, Person)
        assert (found.member, found.fields) == (person.member, {"name": "Ann"})
        assert await members.found_by("email", "bob@example.org") is None

    told(database, story)


def test_no_row_of_the_room_says_who_somebody_is(database: str) -> None:
    async def story(shop: Shop, members: Membership) -> None:
        await made(members, "n1", MAIL, CARD)
        rows = await shop.pool.fetch("select t::text from people t union all select t::text from identifiers t")
        kept = " ".join(row[0] for row in rows).lower()
        shown = bytes.fromhex("".join(await shop.pool.fetchval("select encode(sealed, 'hex') from people")))
        for secret in ("ann@example.org", "n1@", "title"):
            assert secret not in kept
            assert secret.encode() not in shown

    told(database, story)


def test_what_is_sealed_does_not_open_under_another_master_key_or_for_another_member(database: str) -> None:
    async def story(shop: Shop, members: Membership) -> None:
        await made(members, "n1", MAIL)
        await made(members, "n2", CARD)
        other = Membership(members.opened, Vault(b"x" * 32))
        with pytest.raises(SealBroken):
            await other.find("n1")
        await shop.pool.execute(
            "update people p set sealed = q.sealed, key = q.key from people q where p.member = 'n1' and q.member = 'n2'"
        )
        with pytest.raises(SealBroken):
            await members.find("n1")

    told(database, story)


def test_one_identifier_is_one_members_however_many_ask_at_once(database: str) -> None:
    async def story(_: Shop, members: Membership) -> None:
        found = await asyncio.gather(*(members.enrol({}, [MAIL], NOW, f"n{n}") for n in range(8)))
        assert sum(isinstance(one, Person) for one in found) == 1
        assert {one.code for one in found if isinstance(one, Refusal)} == {"identifier.taken"}
        # Who was refused is not there in part.
        assert len(await members.page()) == 1

    told(database, story)


def test_the_same_person_sent_again_is_the_same_person_and_another_under_the_id_is_refused(database: str) -> None:
    async def story(_: Shop, members: Membership) -> None:
        first = await made(members, "n1", MAIL)
        assert await made(members, "n1", MAIL) == first
        assert code(await members.enrol({"name": "Bob"}, [MAIL], NOW, "n1")) == "person.exists"

    told(database, story)


def test_a_change_made_on_an_older_version_is_refused(database: str) -> None:
    async def story(_: Shop, members: Membership) -> None:
        await made(members, "n1", MAIL)
        first = await members.change("n1", {"city": "Cádiz"}, None, NOW, version=1)
        assert isinstance(first, Person)
        assert (first.version, first.fields, first.identifiers) == (
            2, {"name": "N1", "city": "Cádiz"}, (Identifier("email", "ann@example.org"),),
        )  # fmt: skip
        assert code(await members.change("n1", {"city": "Jerez"}, None, NOW, version=1)) == "person.changed"
        gone = await members.change("n1", {"city": None}, [CARD], NOW)
        assert isinstance(gone, Person)
        assert gone == await members.find("n1")
        assert await members.found_by("email", "ann@example.org") is None

    told(database, story)


def test_two_records_of_one_person_become_one(database: str) -> None:
    async def story(_: Shop, members: Membership) -> None:
        await made(members, "old", MAIL)
        await made(members, "kept", CARD)
        await members.change("old", {"city": "Cádiz"}, None, NOW)
        one = await members.merge("old", "kept", NOW)
        assert isinstance(one, Person)
        assert one.fields == {"name": "Kept", "city": "Cádiz"}
        by_mail = await members.found_by("email", "ann@example.org")
        assert by_mail == await members.find("kept")
        assert code(await members.merge("old", "kept", NOW)) == "person.merged"
        assert code(await members.merge("kept", "kept", NOW)) == "member.merged_with_itself"
        assert code(await members.change("old", {"city": "Jerez"}, None, NOW)) == "person.merged"

    told(database, story)


def test_who_is_erased_cannot_be_read_again_and_the_books_balance(database: str) -> None:
    async def story(shop: Shop, members: Membership) -> None:
        await made(members, "a", MAIL)
        await shop.one("p1", member="a")
        before = await shop.pool.fetchrow("select key, sealed from people")
        assert isinstance(await members.erase("a", NOW), Person)
        person = await members.find("a")
        assert person is not None
        assert (person.state, person.fields, person.identifiers) == ("erased", {}, ())
        assert await members.found_by("email", "ann@example.org") is None
        assert before is not None
        assert await shop.pool.fetchval("select count(*) from people where key is not null or sealed is not null") == 0
        assert await shop.broken() == set()
        # Erasing again is the same; the mail address is free for somebody else.
        assert isinstance(await members.erase("a", NOW), Person)
        assert isinstance(await members.enrol({}, [MAIL], NOW), Person)
        assert code(await members.change("a", {"name": "Ann"}, None, NOW)) == "person.erased"
        assert code(await members.erase("nobody", NOW)) == "person.unknown"

    told(database, story)


def test_a_member_takes_out_all_that_is_held_of_them(database: str) -> None:
    async def story(shop: Shop, members: Membership) -> None:
        person = await made(members, "a", MAIL)
        await shop.one("p1", member="a")
        packed = await take_out(members.opened, person, "a", NOW)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            names = sorted(archive.namelist())
            events = [json.loads(line) for line in archive.read("ledger-shop/events.jsonl").splitlines()]
            assert json.loads(archive.read("person.json"))["fields"] == {"name": "A"}
            assert json.loads(archive.read("ledger-shop/wallets.json"))["wallets"]
        assert names == ["README.txt", "ledger-shop/events.jsonl", "ledger-shop/wallets.json", "person.json"]
        (event,) = events
        assert event["moved"]
        assert event["because"]

    told(database, story)
