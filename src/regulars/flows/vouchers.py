"""Codes at the till: tried against a basket, held, used, claimed. What is used is used in the transaction that records the event.

Codes are locked before members, both in the order of their keys, so two tills wait for each other and never in a circle.
The event that is recorded says all that was judged (kind, worth, days of each code), so a replay needs no code.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar

from regulars.engine.claims import CODE
from regulars.engine.events import Event
from regulars.engine.model import Member
from regulars.engine.outside import accept
from regulars.engine.view import live_vouchers
from regulars.engine.vouchers import dated
from regulars.ledger.again import persistently
from regulars.ledger.batch import Notice, Outcome
from regulars.ledger.opening import Lacking
from regulars.ledger.poster import MAKINGS, Poster
from regulars.ledger.programs import Scope
from regulars.ledger.reads import Reads
from regulars.ledger.statements import sql as ledger
from regulars.postgres.connect import Connection, transaction
from regulars.vouchers import store
from regulars.vouchers.decide import item_of, judge, shown_codes, unknown, with_codes
from regulars.vouchers.model import Batch, Code, CodeUse, Hold
from regulars.vouchers.patterns import can_be_key, key_of
from regulars.vouchers.qualify import Offered, Qualified, asked, qualify, trials
from regulars.words.days import NEVER, Day
from regulars.words.ids import check_id, derived
from regulars.words.moments import MINUTE, Moment
from regulars.words.refusals import Refusal

NOBODY: Final = "nobody"
"""Who a basket is tried for when no member is known."""
LONGEST_HOLD: Final = 24 * 60
SOURCE: Final = "codes"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CodesUsed:
    """What became of an event that uses codes, and which of them it used: one that was skipped can be used again."""

    outcome: Outcome
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A code that a till holds until a moment; with what it would do to the basket, where one was shown."""

    code: str
    kind: str
    till: str
    until: Moment
    would: Qualified | None = None


async def use_codes(poster: Poster, body: Mapping[str, Any], at: Moment, till: str = "") -> CodesUsed | Refusal:
    """What became of an event whose `use` names codes as they were shown: `{"code": "SUMMER-7K2M-9QXD-R"}`.

    Posts events without codes too. A refusal is the room's and leaves nothing recorded (`voucher.unknown`,
    `voucher.bad_check`, `voucher.used`, `voucher.held`, `voucher.other_member`) or says that the event cannot be read. What
    the program refuses is in the outcome, and the codes stay as they were. The same event again gives the same outcome.
    """
    shown = shown_codes(body)
    keys = [key_of(code) for code in shown]
    wrong = check_id(till) if till else None
    if wrong is not None:
        return wrong
    if len(set(keys)) < len(keys):
        return Refusal("voucher.used", "The same code stands twice in this basket.", pointer="/use")

    def made(codes: Mapping[str, Code]) -> Mapping[str, Any]:
        machine = poster.book.machines[-1]
        return with_codes(body, {key: item_of(code, machine) for key, code in codes.items()}) if codes else body

    def acted(event: Event, outcome: Outcome) -> list[str]:
        used = () if outcome.receipt is None else outcome.receipt.used
        # A return's receipt may speak of codes too: those that the purchase had in use.
        places = [-1 - use.voucher for use in used if -len(event.use) <= use.voucher < 0]
        return list(dict.fromkeys(key_of(str(event.use[place]["code"])) for place in places))

    return await _posted(
        poster, dict(zip(keys, shown, strict=True)), made, acted, at, till, partial(accept, poster.book)
    )


async def claim_code(poster: Poster, shown: str, member: str, at: Moment) -> CodesUsed | Refusal:
    """What became of a member's claim of a code: a voucher of theirs, with a number, to be used later; it uses the code once.

    A member claims a code once (`voucher.claimed`).
    """
    key = key_of(shown)
    head = {"id": derived("code", key), "type": CODE, "member": member, "source": SOURCE, "happened_at": at}

    def made(codes: Mapping[str, Code]) -> Mapping[str, Any]:
        return {**item_of(codes[key], poster.book.machines[-1]), **head}

    done = await _posted(poster, {key: shown}, made, lambda _event, _outcome: [key], at, "", poster.book.read)
    refusal = done.outcome.refusal if isinstance(done, CodesUsed) else None
    if refusal is not None and refusal.code == "event.id_reused":
        return Refusal("voucher.claimed", "This member has claimed this code already.", pointer="/code")
    return done


async def hold_code(
    poster: Poster,
    shown: str,
    till: str,
    minutes: int,
    at: Moment,
    member: str | None = None,
    basket: Mapping[str, Any] | None = None,
) -> Held | Refusal:
    """A code kept for a till for so many minutes, after it was found good there; a till that asks again holds it so long anew.

    Another till is refused `voucher.held` meanwhile. With a `basket` the program is asked too whether the code can be used.
    """
    wrong = check_id(till)
    if wrong is not None or not 1 <= minutes <= LONGEST_HOLD:
        text = "A code is held by a till that has a name, for 1 to 1440 minutes."
        return wrong or Refusal("voucher.bad_hold", text, pointer="/minutes")
    would: Qualified | None = None
    if basket is not None:
        found = await qualify_basket(poster, basket, at, member, [shown], till, own=False)
        if isinstance(found, Refusal):
            return found
        would = found[0]
        if would.refusal is not None:
            return would.refusal
    key = key_of(shown)
    day = poster.book.zone.local(at)[0]

    async def act(connection: Connection, place: Scope) -> Held | Refusal:
        codes = await store.find_codes(connection, place, [key], at, lock=True)
        if key not in codes:
            return await _unknown(poster, place, shown)
        code = codes[key]
        refusal = judge(code, member, till) or in_time(code, day)
        if refusal is not None:
            return refusal
        held = Hold(till, at + minutes * MINUTE)
        await store.hold(connection, place, key, held, at)
        return Held(code.code, code.batch.terms.kind, till, held.until, would)

    return await _locked(poster, act)


async def release_code(poster: Poster, shown: str, till: str) -> bool:
    """Whether the till held the code; it does no more."""
    place, _ = await poster.ready()
    key = key_of(shown)
    known = can_be_key(key) and check_id(till) is None
    return known and await store.release(poster.pool, place, [key], till) > 0


async def qualify_basket(
    poster: Poster,
    basket: Mapping[str, Any],
    at: Moment,
    member: str | None = None,
    codes: Sequence[str] = (),
    till: str = "",
    own: bool = True,
) -> list[Qualified] | Refusal:
    """Which vouchers a basket can use now, and why not the others; nothing is written.

    Tried are the codes shown and, with `own`, the member's vouchers and the codes kept for the member, each on top of what
    the basket itself has in `use`. A refusal says that the basket cannot be had even without them.
    """
    book = poster.book
    place, _ = await poster.ready()
    who = member or str(basket.get("member") or "") or None
    wrong = None if who is None else check_id(who)
    if wrong is not None:
        return wrong
    head = {"id": "qualify", "type": "purchase", "member": who or NOBODY, "happened_at": at}
    known = None if who is None else await Reads(poster.pool, book, poster.tenant).member(who, at)
    person = known or book.blank(who or NOBODY)
    day = book.zone.local(at)[0]
    shown = [*shown_codes(basket), *codes]
    found = await store.find_codes(poster.pool, place, map(key_of, shown), at)
    missing = next((code for code in shown_codes(basket) if key_of(code) not in found), None)
    if missing is not None:
        return await _unknown(poster, place, missing)
    items = {key: item_of(code, book.machines[-1]) for key, code in found.items()}
    body = {**head, **with_codes(basket, items)} if basket.get("use") else {**head, **basket}
    kept = await store.codes_of_member(poster.pool, place, who, at) if own and who is not None else {}
    offered = [_offered(found[key_of(code)], who, till, poster) for code in codes if key_of(code) in found]
    offered += [
        Offered(code, "", {}, await _unknown(poster, place, code)) for code in codes if key_of(code) not in found
    ]
    if own:
        offered += [_offered(code, who, till, poster) for key, code in kept.items() if key not in found]
        offered += _own(person, day)
    tried = trials(book, body, offered)
    ceilings = asked(book, person, tried)
    return qualify(book, person, tried, await _left(poster, place, ceilings) if ceilings else {})


async def look_up(poster: Poster, shown: str, at: Moment) -> tuple[Code, list[tuple[CodeUse, Moment]]] | Refusal:
    """A code as it stands at a moment, and who used it when; or why there is none."""
    place, _ = await poster.ready()
    key = key_of(shown)
    found = await store.find_codes(poster.pool, place, [key], at)
    if key not in found:
        return await _unknown(poster, place, shown)
    return found[key], await store.uses(poster.pool, place, key)


async def find_batch(poster: Poster, batch: str) -> Batch | None:
    """The batch of an id."""
    if check_id(batch) is not None:
        return None
    place, _ = await poster.ready()
    return await store.find_batch(poster.pool, place, batch)


async def all_batches(poster: Poster) -> list[Batch]:
    """All batches, newest first."""
    place, _ = await poster.ready()
    return await store.all_batches(poster.pool, place)


def in_time(code: Code, day: Day) -> Refusal | None:
    """Why a code is not good on a day; None when it is."""
    terms = code.batch.terms
    gone = NEVER if terms.last_day is None else terms.last_day + 1
    return dated(terms.kind, terms.first_day or 0, gone, day)


def _own(member: Member, day: Day) -> list[Offered]:
    return [Offered(held.serial, held.name, {"voucher": held.serial}) for held in live_vouchers(member, day)]


def _offered(code: Code, member: str | None, till: str, poster: Poster) -> Offered:
    item = item_of(code, poster.book.machines[-1])
    return Offered(code.code, code.batch.terms.kind, item, judge(code, member, till))


async def _left(poster: Poster, place: Scope, ceilings: Mapping[str, int | None]) -> dict[str, int]:
    """What shared budgets have left now, as a posting would find it."""
    rows = await poster.pool.fetch(ledger.budgets_of, place.tenant, place.program, sorted(ceilings))
    used = {row["key"]: (row["used"], row["granted"]) for row in rows}
    left: dict[str, int] = {}
    for key, ceiling in ceilings.items():
        drawn, granted = used.get(key, (0, None))
        end = granted if ceiling is None else ceiling
        if end is not None:
            left[key] = end - drawn
    return left


async def _posted(
    poster: Poster,
    shown: Mapping[str, str],
    made: Callable[[Mapping[str, Code]], Mapping[str, Any]],
    acted: Callable[[Event, Outcome], list[str]],
    at: Moment,
    till: str,
    read: Callable[[Mapping[str, Any]], Event | Refusal],
) -> CodesUsed | Refusal:
    """Locks the codes, posts the event that is made of them, and notes which of them it used: all or nothing."""

    async def act(connection: Connection, place: Scope) -> tuple[CodesUsed, list[Notice]] | Refusal:
        codes = await store.find_codes(connection, place, shown, at, lock=True)
        missing = next((key for key in shown if key not in codes), None)
        if missing is not None:
            return await _unknown(poster, place, shown[missing])
        event = read(made(codes))
        if isinstance(event, Refusal):
            return event
        use = CodeUse("", event.member, event.id, event.source, till)
        mine = await store.used_by(connection, place, codes, use) if codes else set()
        for key, code in codes.items():
            refusal = judge(replace(code, mine=key in mine), event.member, till)
            if refusal is not None:
                return refusal
        (outcome,), notices = await poster.post_locked(connection, [event])
        used = acted(event, outcome) if outcome.refusal is None else []
        new = [key for key in used if key not in mine]
        if new:
            await store.write_uses(connection, place, new, use, at)
        return CodesUsed(outcome, tuple(codes[key].code for key in used)), notices

    done = await _locked(poster, act)
    if isinstance(done, Refusal):
        return done
    await poster.deliver(done[1])
    return done[0]


async def _locked(poster: Poster, act: Callable[[Connection, Scope], Awaitable[T]]) -> T:
    """What the act gives, done in a transaction; what it lacks is made and it begins again."""
    place, _ = await poster.ready()

    async def attempt() -> T:
        for _ in range(MAKINGS):
            try:
                async with transaction(poster.pool) as connection:
                    return await act(connection, place)
            except Lacking as lacking:
                await poster.make(lacking)
        raise AssertionError("what a batch lacks is there once it was made")

    return await persistently(attempt)


async def _unknown(poster: Poster, place: Scope, shown: str) -> Refusal:
    batches = await store.all_batches(poster.pool, place)
    return unknown(shown, sorted({one.terms.pattern for one in batches if one.terms.pattern is not None}))
