"""API keys: what is kept of them, how long they open, and how little a lookup costs."""

from __future__ import annotations

import asyncio

from tests.office import Office, somebody, token_of, told

from regulars.access.keys import SECONDS, KeyRing, WantedKey
from regulars.access.model import Key, NewKey
from regulars.audit.store import page
from regulars.flows.keys import list_keys, make_key, revoke_key, rotate_key
from regulars.postgres.connect import connect
from regulars.words.moments import DAY, MINUTE
from regulars.words.refusals import Refusal

WANTED = WantedKey("till 3", frozenset({"events:write", "members:read"}))


async def made(office: Office, wanted: WantedKey = WANTED) -> NewKey:
    found = await make_key(office.ledger, somebody(), wanted, office.now)
    assert isinstance(found, NewKey), found
    return found


def code(found: object) -> str:
    assert isinstance(found, Refusal), found
    return found.code


class Counting:
    """A pool that counts what it is asked, over a real one."""

    def __init__(self, pool: object) -> None:
        self._pool, self.asked = pool, 0

    def __getattr__(self, name: str) -> object:
        self.asked += 1
        return getattr(self._pool, name)


def test_nothing_of_a_token_is_kept_but_its_hash(database: str) -> None:
    async def story(office: Office) -> None:
        new = await made(office)
        owner = await connect(database)
        for table in ("api_keys", "audit_log", "staff_tokens"):
            for row in await owner.fetch(f"select t::text from {table} t"):
                assert new.token not in row[0]
                assert new.token[-49:] not in row[0]
        await owner.close()
        ring = KeyRing(office.ledger.pool, office.number)
        found = await ring.find(token_of(new.token), office.now)
        assert isinstance(found, Key)
        assert (found.id, found.scopes, found.label) == (new.key.id, WANTED.scopes, "till 3")

    told(database, story)


def test_a_key_is_looked_up_once_in_a_few_seconds_however_many_ask(database: str) -> None:
    async def story(office: Office) -> None:
        new = await made(office)
        clock = [100.0]
        counting = Counting(office.ledger.pool)
        ring = KeyRing(counting, office.number, lambda: clock[0])  # type: ignore[arg-type]
        token = token_of(new.token)
        found = await asyncio.gather(*(ring.find(token, office.now) for _ in range(50)))
        assert all(isinstance(one, Key) for one in found)
        first = counting.asked
        assert first == 2, "one look, and a note of the day"
        for _ in range(100):
            await ring.find(token, office.now)
        assert counting.asked == first
        clock[0] += SECONDS
        await ring.find(token, office.now)
        assert counting.asked == first + 1, "a look, and the day is noted already"

    told(database, story)


def test_a_revoked_key_opens_nothing_once_its_memory_is_over(database: str) -> None:
    async def story(office: Office) -> None:
        new = await made(office)
        clock = [0.0]
        ring = KeyRing(office.ledger.pool, office.number, lambda: clock[0])
        token = token_of(new.token)
        assert isinstance(await ring.find(token, office.now), Key)
        revoked = await revoke_key(office.ledger, somebody(), new.key.id, office.now)
        assert isinstance(revoked, Key)
        clock[0] = SECONDS - 0.1
        assert isinstance(await ring.find(token, office.now), Key)
        clock[0] = SECONDS
        assert code(await ring.find(token, office.now)) == "access.revoked"
        assert code(await KeyRing(office.ledger.pool, office.number).find(token, office.now)) == "access.revoked"
        again = await revoke_key(office.ledger, somebody(), new.key.id, office.now + MINUTE)
        assert isinstance(again, Key)
        assert again.revoked_at == office.now
        assert await office.log() == ["key.made", "key.revoked"]

    told(database, story)


def test_a_key_ends_by_the_clock_although_it_is_remembered(database: str) -> None:
    async def story(office: Office) -> None:
        new = await made(office, WantedKey("short", WANTED.scopes, office.now + MINUTE))
        ring = KeyRing(office.ledger.pool, office.number, lambda: 0.0)
        token = token_of(new.token)
        assert isinstance(await ring.find(token, office.now + MINUTE - 1), Key)
        assert code(await ring.find(token, office.now + MINUTE)) == "access.expired"

    told(database, story)


def test_a_token_that_nobody_made_is_unknown_and_remembered_as_such(database: str) -> None:
    async def story(office: Office) -> None:
        from regulars.access.tokens import new_token

        counting = Counting(office.ledger.pool)
        ring = KeyRing(counting, office.number, lambda: 0.0)  # type: ignore[arg-type]
        token = token_of(new_token("key", office.number))
        for _ in range(3):
            assert code(await ring.find(token, office.now)) == "access.unknown_key"
        assert counting.asked == 1

    told(database, story)


def test_the_day_of_last_use_is_noted_once_a_day_and_no_finer(database: str) -> None:
    async def story(office: Office) -> None:
        new = await made(office)
        ring = KeyRing(office.ledger.pool, office.number, lambda: 0.0)
        assert (await list_keys(office.ledger, somebody()))[0].used_on is None
        await ring.find(token_of(new.token), office.now)
        used = (await list_keys(office.ledger, somebody()))[0].used_on
        later = KeyRing(office.ledger.pool, office.number, lambda: 0.0)
        await later.find(token_of(new.token), office.now + DAY)
        again = (await list_keys(office.ledger, somebody()))[0].used_on
        assert used is not None
        assert again == used + 1

    told(database, story)


def test_a_key_and_its_successor_open_side_by_side_for_the_overlap(database: str) -> None:
    async def story(office: Office) -> None:
        old = await made(office, WantedKey("shop", WANTED.scopes, office.now + 90 * DAY, "card", 600))
        new = await rotate_key(office.ledger, somebody(), old.key.id, office.now + DAY, overlap=DAY)
        assert isinstance(new, NewKey)
        assert (new.key.scopes, new.key.program, new.key.limit, new.key.replaces) == (
            WANTED.scopes,
            "card",
            600,
            old.key.id,
        )
        assert new.key.expires_at == office.now + 91 * DAY, "it lasts as long as the other did"
        ring = KeyRing(office.ledger.pool, office.number)
        for token in (old.token, new.token):
            assert isinstance(await ring.find(token_of(token), office.now + 2 * DAY - 1), Key)
        assert code(await ring.find(token_of(old.token), office.now + 2 * DAY)) == "access.expired"
        assert isinstance(await ring.find(token_of(new.token), office.now + 2 * DAY), Key)
        gone = await rotate_key(office.ledger, somebody(), old.key.id, office.now + 3 * DAY)
        assert code(gone) == "access.expired"
        assert await office.log() == ["key.made", "key.rotated"]

    told(database, story)


def test_nobody_gives_away_a_right_that_is_not_their_own(database: str) -> None:
    async def story(office: Office) -> None:
        wide = await made(office, WantedKey("all", frozenset({"audit:read"})))
        cashier = somebody("cashier")
        beyond = WantedKey("more", frozenset({"events:write", "audit:read"}))
        assert code(await make_key(office.ledger, cashier, beyond, office.now)) == "access.beyond_own"
        assert code(await rotate_key(office.ledger, cashier, wide.key.id, office.now)) == "access.beyond_own"
        narrowed = somebody(program="card")
        assert code(await make_key(office.ledger, narrowed, WANTED, office.now)) == "access.other_program"
        assert code(await revoke_key(office.ledger, narrowed, wide.key.id, office.now)) == "access.other_program"
        assert len(await list_keys(office.ledger, somebody())) == 1
        assert await office.log() == ["key.made"]

    told(database, story)


def test_a_key_that_would_be_none_is_refused(database: str) -> None:
    wrong = [
        (WantedKey("x", frozenset()), "access.no_scope"),
        (WantedKey("x", frozenset({"events:fly"})), "access.unknown_scope"),
        (WantedKey(" ", WANTED.scopes), "access.bad_label"),
        (WantedKey("x" * 101, WANTED.scopes), "access.bad_label"),
        (WantedKey("x\n", WANTED.scopes), "access.bad_label"),
        (WantedKey("x", WANTED.scopes, expires_at=1), "access.bad_end"),
        (WantedKey("x", WANTED.scopes, limit=0), "access.bad_limit"),
    ]

    async def story(office: Office) -> None:
        for wanted, expected in wrong:
            assert code(await make_key(office.ledger, somebody(), wanted, office.now)) == expected
        assert await list_keys(office.ledger, somebody()) == ()

    told(database, story)


def test_a_key_that_is_not_there_can_neither_be_replaced_nor_closed(database: str) -> None:
    async def story(office: Office) -> None:
        assert code(await rotate_key(office.ledger, somebody(), "key_none", office.now)) == "access.no_such_key"
        assert code(await revoke_key(office.ledger, somebody(), "key_none", office.now)) == "access.no_such_key"
        long = await rotate_key(office.ledger, somebody(), "key_none", office.now, overlap=91 * DAY)
        assert code(long) == "access.too_long"

    told(database, story)


def test_the_log_says_who_made_which_key_with_which_rights_and_not_its_label(database: str) -> None:
    async def story(office: Office) -> None:
        new = await made(office, WantedKey("ana's own", WANTED.scopes))
        (row,) = await page(office.ledger.pool, office.number)
        assert (row.entry.actor, row.entry.place) == ("staff:boss", "203.0.113.0/24")
        assert row.entry.subject == f"key:{new.key.id}"
        assert row.entry.after["scopes"] == sorted(WANTED.scopes)
        assert "ana" not in str(row.entry.after)

    told(database, story)
