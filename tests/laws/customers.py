"""Histories that fit a drawn program: what members buy, ask for, join, give up and bring from elsewhere, with nonsense in between.

Values come from what the program declares: an event of each kind that it knows, with each fact as its type wants it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st
from tests.laws.drafting import Choose
from tests.laws.histories import MEMBERS, PRICES, TIMES, Body, History, Story
from tests.laws.programs import shop
from tests.laws.shops import Shop

from regulars.program.model import Fact
from regulars.words.days import iso

STEPS = tuple(
    """
    purchase purchase purchase purchase purchase purchase purchase purchase return return happening happening
    happening request request request request request request join goodwill tick tick late again altered staff nonsense
    """.split()
)
TIERS = ("plain", "silver", "gold", "none", "basic", "full", "nothing")
NONSENSE = (
    {"type": "redeem.nothing"}, {"type": "use_perk.nothing"}, {"type": "choose.nothing", "option": "x"}, {"type": "convert.nothing"},
    {"type": "cancel", "of": "nobody"}, {"type": "return", "of": "nobody"}, {"type": "subscribe.nothing"}, {"type": "nothing"},
    {"type": "upgrade", "plan": "nothing"}, {"type": "clip", "offer": "nothing"}, {"type": "share.nothing", "with": "bob"},
    {"type": "skip"}, {"type": "ship"}, {"type": "renew"}, {"type": "charge_failed"}, {"type": "reversal", "of": "e0"},
    {"type": "purchase", "lines": []}, {"type": "purchase", "lines": [{"amount": "1.00", "kind": "drink"}], "colour": "red"},
    {"type": "use", "use": [{"voucher": 99}]}, {"type": "hold_card"}, {"type": "drop_card"}, {"type": "update"}, {"type": "transfer"},
)  # fmt: skip


class Customers(Story):
    """A story in a drawn program."""

    steps = STEPS

    def __init__(self, shop: Shop, choose: Choose, members: Sequence[str]) -> None:
        super().__init__(shop, choose, members)
        self.machine = shop.book.machines[-1]
        self.program = self.machine.program
        self.kinds = sorted(
            kind
            for kind in self.program.facts
            if kind not in {"event", "line", "tender", "member", "purchase", "return"}
            and kind.split(".")[0] not in ASKED
        )
        self.kinds += [
            kind for kind in sorted(self.machine.reader.kinds) if kind.startswith(("activity.", "staff.", "activation"))
        ]
        self.asks = sorted(set(self._asks()))

    def _asks(self) -> Iterator[str]:
        program = self.program
        for rule in program.rules:
            section, _, name = rule.name.partition(".")
            if section == "rewards":
                yield f"redeem.{name}"
            elif section == "benefits" and rule.stage == "perk":
                yield from (f"use_perk.{name}", f"cancel.{name}") if rule.places is not None else (f"use_perk.{name}",)
                if rule.seats is not None:
                    yield from (f"share.{name}", f"unshare.{name}")
            elif section == "convert":
                yield from (one.name for one in rule.on if one.name.startswith("convert."))
        yield from (f"choose.{name}" for name in program.choices)
        yield from (
            f"{verb}.{name}"
            for name in program.plans
            for verb in ("subscribe", "cancel", "upgrade", "downgrade", "renew")
        )
        yield from (
            f"{verb}.{name}"
            for name in program.subscriptions
            for verb in ("subscribe", "skip", "reschedule", "ship", "cancel")
        )
        for name, kind in program.vouchers.items():
            if kind.claim is not None:
                yield f"{kind.claim}.{name}"
            if kind.use_rule in self.machine.options:
                yield f"choose.{name}"

    def step(self, name: str, member: str, kind: str) -> Body | None:
        """The next event, or None when there is nothing to say."""
        choose = self.choose
        head = {"id": name, "type": kind, "member": member, "happened_at": f"{iso(self.day)}T{choose(TIMES)}"}
        if kind == "happening":
            kind = choose((*self.kinds, "hold_card", "drop_card", "invite", "update", "confirm"))
            if kind not in self.machine.reader.kinds:
                return None
            return head | {"type": kind} | self.details(kind) | self.around(kind, member)
        if kind == "request":
            if not self.asks:
                return None
            kind = choose(self.asks)
            return head | {"type": kind} | self.details(kind) | self.wish(kind, member)
        if kind == "staff":
            return head | self.by_staff(member)
        if kind == "nonsense":
            return head | choose(NONSENSE)
        return super().step(name, member, kind)

    def purchase(self, member: str) -> Body:
        """Lines, tenders, facts, and what is used."""
        choose = self.choose
        body = self.details("purchase")
        body["lines"] = [self.line() for _ in range(choose((1, 1, 2, 3)))]
        if choose((False, False, True)):
            body["pay"] = choose((
                [{"method": "card", "amount": "5.00"}, {"method": "gift", "amount": "20.00"}],
                [{"method": "card", "amount": "9.99"}],
                [{"method": "gift", "amount": "3.00"}, {"method": "card"}],
            ))  # fmt: skip
            body["pay"] = [one | self.record("tender") | {"method": one["method"]} for one in body["pay"]]
        if choose((False, False, False, True)):
            body["referred_by"] = choose(MEMBERS)
        used = choose((None, None, "voucher", "two", "reward", "perk", "code", "nothing"))
        if used is not None and (use := self.used(member, used)):
            body["use"] = use
        return body

    def used(self, member: str, what: str) -> list[Body]:
        """What is used on a purchase."""
        held = [voucher.serial for voucher in self.memory.member(member).vouchers]
        rules = [rule.name.partition(".") for rule in self.program.rules]
        rewards = [name for section, _, name in rules if section == "rewards"]
        perks = [name for section, _, name in rules if section == "benefits"]
        if what == "reward":
            return [{"reward": self.choose(rewards)}] if rewards else []
        if what == "perk":
            return [{"perk": self.choose(perks)}] if perks else []
        if what == "code":
            kinds = sorted(self.program.vouchers)
            return [{"code": "X1", "worth": "3.00"} | ({"kind": self.choose(kinds)} if kinds else {})]
        if what == "nothing":
            return [{"voucher": self.choose((1, 77))}]
        return [{"voucher": serial} for serial in held[: 2 if what == "two" else 1]]

    def line(self) -> Body:
        """A line with its facts."""
        return self.record("line") | {
            "kind": self.choose(self.shop.kinds), "amount": self.choose(PRICES), "qty": self.choose((1, 1, 2, 3))
        }  # fmt: skip

    def record(self, owner: str) -> Body:
        """The declared facts of a line, a tender or a member."""
        return dict(self.filled(self.program.facts.get(owner, {})))

    def details(self, kind: str) -> Body:
        """The declared facts of an event of a kind."""
        found: Body = {}
        for owner in dict.fromkeys(("event", kind.partition(".")[0], kind)):
            found |= self.record(owner)
        return found

    def filled(self, facts: Any) -> Iterator[tuple[str, Any]]:
        for name, fact in facts.items():
            kind = fact.type
            if (kind.optional or kind.default is not None or kind.many) and self.choose((False, True)):
                continue
            value = self.value(fact)
            if value is not None:
                yield name, value

    def value(self, fact: Fact) -> Any:
        """A value of a fact's type."""
        kind, choose = fact.type, self.choose
        if kind.base == "enum":
            return choose(tuple(kind.values))
        of = {
            "text": ("new", "own", "double", "1111", "ES"), "count": (1, 0, 2, 6, 40, 100), "number": (1, "2.5", 40),
            "money": PRICES, "bool": (False, True), "date": (iso(self.day), iso(self.day - 2), iso(self.day + 9)),
            "day_of_year": ("02-29", "12-31", "03-29", "01-01"), "member": MEMBERS, "moment": (f"{iso(self.day)}T10:00",),
        }.get(kind.base)  # fmt: skip
        if kind.base == "line":
            return {"kind": "drink", "amount": "3.00"}
        if kind.base == "lines":
            return [{"kind": "food"} for _ in range(choose((1, 2)))]
        if of is None:
            return None
        return [choose(of) for _ in range(choose((0, 1, 2)))] if kind.many else choose(of)

    def around(self, kind: str, member: str) -> Body:
        """What an event that happened says besides its facts."""
        choose = self.choose
        if kind == "invite":
            return {"tier": choose(TIERS)} if choose((True, False)) else {}
        if kind == "update":
            return self.record("member")
        mine = [event["id"] for event in self.events if event["member"] == member]
        return {"of": choose(mine)} if kind == "confirm" and mine and choose((True, False)) else {}

    def wish(self, kind: str, member: str) -> Body:
        """What a request says besides its facts."""
        choose, (first, _, name) = self.choose, kind.partition(".")
        if first == "choose":
            options = self.program.choices[name].options if name in self.program.choices else ("units", "thing")
            special: dict[Any, Any] = {
                "date": (iso(self.day + 3),),
                "dates": (iso(self.day + 3), iso(self.day)),
                "percent": (30, 101),
                "member": MEMBERS,
            }
            return {"option": choose((*special.get(options[0], options), "neither"))}
        if first in {"share", "unshare"}:
            return {"with": choose((*MEMBERS, "dan"))}
        if first == "use_perk":
            return (
                {"choose": choose(("tea", "units", "neither"))}
                if choose((True, False))
                else choose(({}, {"item": "x"}, {"amount": "4.00"}))
            )
        if first == "cancel" and choose((True, False)):
            mine = [
                e["id"] for e in self.events if e["member"] == member and e["type"].startswith(("redeem", "convert"))
            ]
            return {"of": choose(mine), "type": "cancel"} if mine else {}
        if first == "subscribe":
            more = [{}, {"trial": True}, {"activate": True}, {"lines": [self.line()]}]
            return dict(choose([one for one in more if "lines" not in one or name in self.program.subscriptions]))
        if first == "reschedule":
            return dict(
                choose(({}, {"to": iso(self.day + 9)}, {"to": iso(self.day - 9)}, {"remove": {"kind": "drink"}}))
            )
        if first == "ship":
            return {"lines": [self.line()]} if choose((True, False)) else {}
        return {"charge_fails": True} if first == "renew" and choose((False, True)) else {}

    def by_staff(self, member: str) -> Body:
        """What staff does: a reversal, a level, a failed charge."""
        choose = self.choose
        sales = [event["id"] for event in self.events if event["member"] == member and event["type"] == "purchase"]
        ladder = choose((*sorted(self.program.ladders), "nothing"))
        found: list[Body] = [
            {"type": "retier", "ladder": ladder, "level": choose(TIERS), "reason": "sorry"},
            {"type": "charge_failed"},
            {"type": "tick"},
        ]
        return dict(choose(found + ([{"type": "reversal", "of": choose(sales), "reason": "mistake"}] if sales else [])))

    def joining(self) -> Body:
        """What is told of a member who joins."""
        body = self.details("join") | self.record("member")
        if self.choose((False, True)):
            body["referred_by"] = self.choose(MEMBERS)
        if self.choose((False, False, True)):
            body["market"] = self.choose(("ES", "JP"))
        return body

    def opening(self) -> Body:
        """What a member brings from elsewhere: of everything that the program has, some."""
        choose, program = self.choose, self.program
        body: Body = {"balances": {name: choose((0, 8, 120)) for name in program.wallets if choose((False, True))}}
        if program.ladders and choose((False, True)):
            name, ladder = choose(sorted(program.ladders.items()))
            body["levels"] = {
                name: choose((ladder.levels[-1].name, {"level": ladder.levels[1].name, "until": iso(self.day + 40)}))
            }
        if program.vouchers and choose((False, True)):
            body["vouchers"] = [
                {"kind": choose(sorted(program.vouchers)), "worth": "4.00", "last_day": iso(self.day + 20)}
            ]
        if program.plans and choose((False, True)):
            body["plan"] = {"name": choose(sorted(program.plans)), "start": iso(self.day - 40), "price": "9.99"}
        if program.subscriptions and choose((False, True)):
            body["orders"] = {
                name: {"every": 4, "next": iso(self.day + 5), "lines": [self.line()]} for name in program.subscriptions
            }
        if choose((False, True)):
            body |= {"facts": self.record("member"), "last": {"purchase": iso(self.day - 9)}, "ever": ["purchase"]}
        return body


ASKED = frozenset({"redeem", "convert", "use_perk", "subscribe", "reschedule", "join"})


@st.composite
def histories(draw: st.DrawFn, most: int = 20, count: int = 3, undo: bool = False) -> History:
    """A drawn program, with a history that fits it; with `undo` a program whose returns take everything back."""

    def choose(options: Sequence[Any]) -> Any:
        return draw(st.sampled_from(list(options)))

    made = shop(choose, undo)
    return Customers(made, choose, MEMBERS[: draw(st.integers(1, count))]).tell(draw(st.integers(1, most)))


@cache
def samples(count: int = 40, length: int = 40, undo: bool = False) -> tuple[History, ...]:
    """So many histories in as many programs, always the same ones."""
    return tuple(sample(seed, length, undo) for seed in range(count))


def sample(seed: int, length: int = 40, undo: bool = False) -> History:
    """The history of a seed, in the program of that seed."""
    dice = Random(seed)
    return Customers(shop(dice.choice, undo), dice.choice, MEMBERS[: 1 + seed % 3]).tell(length)
