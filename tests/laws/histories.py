"""Histories of a few members in a shop: what they buy, bring back, ask for, and what a till sends late, twice or wrong.

`histories()` draws them. The events are plain bodies in the order in which they arrive, so that any ledger can be told
them; `samples()` is a fixed handful, for showing that a law catches a slip.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st
from tests.laws.shops import SHOPS, Shop

from regulars.simulation.memory import Memory
from regulars.words.days import day_of, iso

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
GAPS = (0, 0, 0, 0, 1, 1, 1, 2, 6, 7, 29, 30, 31, 60, 92, 200)
LATE = (1, 3, 20, 40, 100, 370)
TIMES = ("00:00", "02:30", "09:59", "10:00", "12:30", "23:59")
PRICES = ("0.00", "0.01", "0.99", "1.00", "3.33", "4.50", "9.99", "10.00", "20.00", "33.34", "75.00", "160.00")
PAID = (
    [{"method": "card", "amount": "5.00"}, {"method": "cash", "amount": "20.00"}],
    [{"method": "card", "amount": "9.99"}],
)
TAGS = (["double"], ["four"], ["big"], ["double", "four"], ["big", "four", "double"])
KINDS = tuple(
    """
    purchase purchase purchase purchase purchase purchase purchase purchase purchase purchase purchase purchase
    return return return return ask ask ask ask join goodwill goodwill tick tick late late again altered
    """.split()
)

Body = dict[str, Any]
T = TypeVar("T")
Choose = Callable[[Sequence[Any]], Any]
"""One of several things, as hypothesis or the sample's own dice say."""


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


class Story:
    """A history on its way: what has been told, and the ledger that knows which vouchers there are to use."""

    steps: Sequence[str] = KINDS
    """What may come next, as often as it should."""

    def __init__(self, shop: Shop, choose: Choose, members: Sequence[str]) -> None:
        self.shop, self.choose, self.members = shop, choose, members
        self.memory = Memory(shop.book)
        self.events: list[Body] = []
        self.day = day_of(choose(BEGINNINGS))

    def tell(self, count: int) -> History:
        """So many steps of the story, and all that was told."""
        for number in range(count):
            self.day += self.choose(GAPS)
            body = self.step(f"e{number}", self.choose(self.members), self.choose(self.steps))
            if body is not None:
                self.memory.post(body)
                self.events.append(body)
        return History(self.shop, tuple(self.events))

    def step(self, name: str, member: str, kind: str) -> Body | None:
        """The next event, or None when there is nothing to bring back or to say again."""
        own = [event for event in self.events if event["member"] == member]
        if kind in {"again", "altered"}:
            return self.repeated(own, kind)
        if not own and self.choose((True, False)):
            kind = "opening"
        day, time = self.day, self.choose(TIMES)
        if kind == "late":
            day, kind = day - self.choose(LATE), "purchase"
        head = {"id": name, "type": kind, "member": member, "happened_at": f"{iso(day)}T{time}"}
        if kind == "return":
            sales = [event["id"] for event in own if event["type"] == "purchase"]
            return head | {"of": self.choose(sales)} | self.returned() if sales else None
        if kind == "ask":
            head["type"] = self.choose(self.shop.requests)
            return head | self.asked(head["type"])
        told: dict[str, Callable[[], Body]] = {
            "purchase": lambda: self.purchase(member),
            "opening": self.opening,
            "join": self.joining,
            "goodwill": self.goodwill,
            "tick": dict,
        }
        return head | told[kind]()

    def repeated(self, own: Sequence[Body], kind: str) -> Body | None:
        """An event that came before, as it was or with another body under its id."""
        if not own:
            return None
        body: Body = self.choose(own)
        return (
            body
            if kind == "again"
            else body | self.choose(({"happened_at": "2026-01-15T08:00"}, {"type": "join", "lines": None}))
        )

    def purchase(self, member: str) -> Body:
        """Lines, and whatever else the shop knows of a purchase."""
        choose, facts = self.choose, self.shop.book.program.facts.get("purchase", {})
        lines = [
            {"kind": choose(self.shop.kinds), "amount": choose(PRICES), "qty": choose((1, 1, 2, 3, 7))}
            for _ in range(choose((1, 1, 2, 3, 4)))
        ]
        values = {
            "channel": ("store", "online"),
            "own_cup": (False, True),
            "card": ("1111", "2222"),
            "nights": (0, 1, 2, 6),
            "tags": TAGS,
        }
        more = {name: choose(of) for name, of in values.items() if name in facts and choose((True, False))}
        if "tags" in facts and choose((True, False)):
            more["pay"] = choose(PAID)
        used = choose((None, None, None, "voucher", "two", "reward", "nothing"))
        if used is not None:
            more["use"] = self.used(member, used)
        return {"lines": lines, **more}

    def used(self, member: str, what: str) -> list[Body]:
        """What is used on a purchase: vouchers that the member holds, a reward, or a voucher of nobody's."""
        held = [voucher.serial for voucher in self.memory.member(member).vouchers]
        rewards = [name for name in ("fiver", "ten_off") if f"rewards.{name}" in self.shop.book.at(self.day).named]
        if what == "reward" and rewards:
            return [{"reward": self.choose(rewards)}]
        return (
            [{"voucher": 1}]
            if what == "nothing"
            else [{"voucher": serial} for serial in held[: 2 if what == "two" else 1]]
        )

    def returned(self) -> Body:
        """What comes back: everything, a line, some pieces of it, or an amount."""
        how, line = self.choose(("all", "all", "line", "pieces", "amount")), {"line": self.choose((0, 0, 1, 3))}
        if how == "pieces":
            line["qty"] = self.choose((1, 1, 2, 3))
        if how == "amount":
            line["amount"] = self.choose(PRICES)
        return {} if how == "all" else {"lines": [line]}

    def asked(self, kind: str) -> Body:
        """What a request says besides its name."""
        if kind.startswith("choose."):
            return {"option": self.choose(("fast", "slow", "neither"))}
        return {"steps": self.choose((0, 50, 100, 300))} if kind == "redeem.spa" else {}

    def joining(self) -> Body:
        """What is told of a member who joins."""
        choose, known = self.choose, self.shop.book.program.facts.get("member", {})
        body: Body = {}
        if "birthday" in known:
            body["birthday"] = choose(("02-29", "12-31", "03-29", "01-01"))
        if "height" in known:
            body |= {"height": choose(("1.71", "2")), "tags": choose(([], ["b"], ["a", "c"]))}
        if self.shop.book.program.referrals:
            body["referred_by"] = choose(MEMBERS)
        return body

    def goodwill(self) -> Body:
        """Units that staff give or take."""
        wallet = self.choose(tuple(self.shop.book.program.wallets))
        return {"wallet": wallet, "amount": self.choose((1, 50, -1, -7, -200, 400)), "reason": "sorry"}

    def opening(self) -> Body:
        """What a member brings from elsewhere."""
        return {"balances": {name: self.choose((0, 8, 120, 600)) for name in self.shop.book.program.wallets}}


@st.composite
def histories(
    draw: st.DrawFn, shops: Sequence[Shop] = SHOPS, members: Sequence[str] = MEMBERS, most: int = 30
) -> History:
    """Histories of any of the shops, of up to so many events."""

    def choose(options: Sequence[Any]) -> Any:
        return draw(st.sampled_from(options))

    shop = choose(tuple(shops))
    crowd = tuple(members)[: draw(st.integers(1, len(members)))]
    return Story(shop, choose, crowd).tell(draw(st.integers(1, most)))


@cache
def samples(count: int = 60, length: int = 60) -> tuple[History, ...]:
    """So many histories, always the same ones, through all shops in turn."""
    found = []
    for seed in range(count):
        dice = Random(seed)
        found.append(Story(SHOPS[seed % len(SHOPS)], dice.choice, MEMBERS[: 1 + seed % 3]).tell(length))
    return tuple(found)
