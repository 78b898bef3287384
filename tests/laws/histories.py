"""Histories of a few members in a shop: what they buy, bring back, ask for, and what a till sends late, twice or wrong.

`histories()` draws them. The events are plain bodies in the order in which they arrive, so that any ledger can be told
them; `samples()` is a fixed handful, for showing that a law catches a slip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from regulars.simulation.memory import Memory
from regulars.words.days import NEVER, day_of, iso
from tests.laws.shops import SHOPS, Shop

MEMBERS = ("ann", "bob", "cy")
BEGINNINGS = (
    "2026-01-28",
    "2026-02-26",
    "2026-03-06",  # the clocks of New York go forward on the 8th, those of Europe on the 29th
    "2026-03-27",
    "2026-10-23",
    "2026-12-29",
    "2027-12-30",
    "2028-02-27",  # a leap day follows
)
GAPS = (0, 0, 0, 1, 1, 2, 6, 7, 29, 30, 31, 60, 92, 200)
TIMES = ("00:00", "02:30", "09:59", "10:00", "12:30", "23:59")
PRICES = ("0.00", "0.01", "0.99", "1.00", "3.33", "4.50", "9.99", "10.00", "20.00", "33.34", "75.00", "160.00")
TAGS = (["double"], ["four"], ["big"], ["double", "four"], ["big", "four", "double"])

Body = dict[str, Any]


@dataclass(frozen=True)
class History:
    """Events of a shop, in the order in which they arrive."""

    shop: Shop
    events: tuple[Body, ...]

    def of(self, member: str) -> tuple[Body, ...]:
        """The events of one member."""
        return tuple(event for event in self.events if event["member"] == member)

    def without(self, *kinds: str) -> History:
        """The history without events of these kinds."""
        return replace(self, events=tuple(event for event in self.events if event["type"] not in kinds))


@dataclass(frozen=True)
class Move:
    """One step of a story: how long after the last one, who, and what; what cannot be said yet is a number to pick by."""

    gap: int
    member: str
    time: str
    kind: str
    body: Body
    pick: int = 0


def _lines(shop: Shop) -> st.SearchStrategy[list[Body]]:
    line = st.fixed_dictionaries(
        {"kind": st.sampled_from(shop.kinds), "amount": st.sampled_from(PRICES), "qty": st.sampled_from((1, 1, 2, 3, 7))}
    )
    return st.lists(line, min_size=1, max_size=4)


def _purchase(shop: Shop) -> st.SearchStrategy[Body]:
    extra: dict[str, st.SearchStrategy[Any]] = {}
    facts = shop.book.program.facts.get("purchase", {})
    if "tags" in facts:
        extra["tags"] = st.sampled_from(TAGS)
        extra["pay"] = st.sampled_from(
            ([{"method": "card", "amount": "5.00"}, {"method": "cash", "amount": "20.00"}], [{"method": "card", "amount": "9.99"}])
        )
    if "channel" in facts:
        extra["channel"] = st.sampled_from(("store", "online"))
    if "own_cup" in facts:
        extra["own_cup"] = st.booleans()
    if "card" in facts:
        extra["card"] = st.sampled_from(("1111", "2222"))
    if "nights" in facts:
        extra["nights"] = st.integers(0, 6)
    uses = [[{"voucher": "live"}], [{"voucher": "live"}, {"voucher": "live"}], [{"voucher": 1}]]
    uses += [[{"reward": name}] for name in ("fiver", "ten_off") if shop.book.at(NEVER - 1).named.get(f"rewards.{name}")]
    extra["use"] = st.sampled_from(uses)
    return st.fixed_dictionaries({"lines": _lines(shop)}, optional=extra)


_returned = st.one_of(
    st.just({}),
    st.just({}),
    st.integers(0, 3).map(lambda n: {"lines": [{"line": n}]}),
    st.tuples(st.integers(0, 3), st.integers(1, 3)).map(lambda pair: {"lines": [{"line": pair[0], "qty": pair[1]}]}),
    st.tuples(st.integers(0, 3), st.sampled_from(PRICES)).map(lambda pair: {"lines": [{"line": pair[0], "amount": pair[1]}]}),
)


def _asked(shop: Shop) -> st.SearchStrategy[tuple[str, Body]]:
    def body(kind: str) -> st.SearchStrategy[tuple[str, Body]]:
        if kind.startswith("choose."):
            return st.sampled_from(("fast", "slow", "neither")).map(lambda option: (kind, {"option": option}))
        if kind == "redeem.spa":
            return st.sampled_from((0, 50, 100, 300)).map(lambda steps: (kind, {"steps": steps}))
        return st.just((kind, {}))

    return st.sampled_from(shop.requests).flatmap(body)


def _joining(shop: Shop) -> st.SearchStrategy[Body]:
    facts: dict[str, st.SearchStrategy[Any]] = {}
    known = shop.book.program.facts.get("member", {})
    if "birthday" in known:
        facts["birthday"] = st.sampled_from(("02-29", "12-31", "03-29", "01-01"))
    if "height" in known:
        facts["height"] = st.sampled_from(("1.71", "2"))
        facts["tags"] = st.lists(st.sampled_from("abc"), max_size=2)
    if shop.book.program.referrals:
        facts["referred_by"] = st.sampled_from(MEMBERS)
    return st.fixed_dictionaries({}, optional=facts)


def _goodwill(shop: Shop) -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries(
        {
            "wallet": st.sampled_from(tuple(shop.book.program.wallets)),
            "amount": st.sampled_from((1, 50, -1, -7, -200, 400)),
            "reason": st.just("sorry"),
        }
    )


def moves(shop: Shop, members: Sequence[str] = MEMBERS) -> st.SearchStrategy[Move]:
    """One step of a story in a shop."""
    what = st.one_of(
        *([_purchase(shop).map(lambda body: ("purchase", body))] * 6),
        *([_returned.map(lambda body: ("return", body))] * 3),
        *([_asked(shop)] * 2),
        _joining(shop).map(lambda body: ("join", body)),
        _goodwill(shop).map(lambda body: ("goodwill", body)),
        st.just(("tick", {})),
        _purchase(shop).map(lambda body: ("late", body)),
        st.just(("again", {})),
        st.just(("altered", {})),
    )
    return st.builds(
        lambda gap, member, time, kind_body, pick: Move(gap, member, time, *kind_body, pick),
        st.sampled_from(GAPS), st.sampled_from(tuple(members)), st.sampled_from(TIMES), what, st.integers(0, 5),
    )  # fmt: skip


def tell(shop: Shop, beginning: str, story: Sequence[Move]) -> History:
    """The events of a story. A voucher to use is looked up among what the member then holds, so the story is played."""
    memory = Memory(shop.book)
    day, events = day_of(beginning), list[Body]()
    for number, move in enumerate(story):
        day += move.gap
        body = _told(move, number, day, events)
        if body is not None:
            if "use" in body:
                body["use"] = _held(memory, body)
            memory.post(body)
            events.append(body)
    return History(shop, tuple(events))


def _told(move: Move, number: int, day: int, before: Sequence[Body]) -> Body | None:
    own = [event for event in before if event["member"] == move.member]
    if move.kind in {"again", "altered"}:
        if not own:
            return None
        body = dict(own[-1 - move.pick % len(own)])
        if move.kind == "again":
            return body
        return body | {"happened_at": "2026-01-15T08:00"} if move.pick % 2 else body | {"type": "tick"}
    head = {"id": f"e{number}", "type": move.kind, "member": move.member, "happened_at": f"{iso(day)}T{move.time}"}
    if move.kind == "return":
        sales = [event["id"] for event in own if event["type"] == "purchase"]
        return head | move.body | {"of": sales[-1 - move.pick % len(sales)]} if sales else None
    if move.kind == "late":
        ago = (1, 3, 20, 40, 100, 370)[move.pick]
        return head | move.body | {"type": "purchase", "happened_at": f"{iso(day - ago)}T{move.time}"}
    if move.kind == "tick":
        return head | {"happened_at": f"{iso(day)}T00:00"}
    return head | move.body


def _held(memory: Memory, body: Body) -> list[Body]:
    held = [voucher.serial for voucher in memory.member(body["member"]).vouchers]
    named = [{"voucher": held.pop(0)} if use == {"voucher": "live"} and held else use for use in body["use"]]
    return [use for use in named if use != {"voucher": "live"}]


@st.composite
def histories(
    draw: st.DrawFn, shops: Sequence[Shop] = SHOPS, members: Sequence[str] = MEMBERS, least: int = 2, most: int = 24
) -> History:
    """Histories of any of the shops."""
    shop = draw(st.sampled_from(tuple(shops)))
    story = draw(st.lists(moves(shop, members), min_size=least, max_size=most))
    return tell(shop, draw(st.sampled_from(BEGINNINGS)), story)


@cache
def samples(count: int = 150) -> tuple[History, ...]:
    """So many histories, always the same ones."""
    found: list[History] = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(histories(least=10, most=40))
    def gather(history: History) -> None:
        found.append(history)

    gather()
    return tuple(found)
