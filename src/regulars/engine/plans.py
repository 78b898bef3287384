"""Plans: for each kind of event, the rules that can act on it. Rules that cannot apply are never looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from regulars.engine.budgets import has_budget
from regulars.engine.clipped import emptying
from regulars.engine.earning import Walk
from regulars.engine.rules import RuleMachine
from regulars.engine.walk import walks
from regulars.engine.wallets import points_of
from regulars.program.cel import Checked
from regulars.words.days import Day

if TYPE_CHECKING:
    from regulars.engine.machine import Machine
    from regulars.engine.wallets import WalletMachine


class Plan(NamedTuple):
    """The rules of one kind of event: prices, what gives, benefits that open goods, benefits with a price, rewards that it asks for,
    benefits that the event itself is.
    """

    prices: tuple[RuleMachine, ...]
    earn: tuple[RuleMachine, ...]
    walk: Callable[[Day], Walk]
    goods: tuple[RuleMachine, ...]
    sets: tuple[tuple[str, str], ...]
    budgets: tuple[RuleMachine, ...]
    perks: tuple[RuleMachine, ...] = ()
    tenders: tuple[RuleMachine, ...] = ()
    gates: tuple[RuleMachine, ...] = ()
    sends: tuple[RuleMachine, ...] = ()
    everyday: bool = False
    """A purchase of which nothing is asked before it earns, unless it says itself that it uses something."""


class Plans:
    """The plans of one machine, made when they are first asked for."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._plans: dict[str, Plan] = {}
        shared = [rule for rule in machine.rules.values() if has_budget(rule)]
        # What settles, falls due or is paid to a friend may come of any event.
        self.any_budgets = tuple(
            rule
            for rule in shared
            if rule.rule.stage in {"settle", "calendar"} or rule.rule.section in {"milestones", "referrals"}
        )
        self.used_budgets = tuple(rule for rule in shared if rule.rule.stage in {"use", "ask", "perk"})
        self.asked_for: dict[str, tuple[RuleMachine, ...]] = {}
        for rule in machine.rules.values():
            if rule.rule.stage in {"earn", "tell"} and _meets(rule):
                rule.refers = True
                for name in (rule.name, *_met_by(rule)):
                    machine.named[name].meets = True
            if rule.rule.stage == "ask" and not rule.rule.any_name and rule.rule.section != "choices":
                for trigger in rule.rule.on:
                    self.asked_for[trigger.name] = (*self.asked_for.get(trigger.name, ()), rule)

    def plan(self, kind: str) -> Plan:
        """The plan of a kind of event."""
        found = self._plans.get(kind)
        if found is None:
            found = self._plans[kind] = self._make(kind)
        return found

    def _make(self, kind: str) -> Plan:
        first = kind.split(".", 1)[0]
        rules = [
            rule
            for rule in self.machine.rules.values()
            if any(trigger.kind == "event" and trigger.name in {kind, first} for trigger in rule.rule.on)
        ]
        # The friend's side of a referral is paid by its own step, not by every purchase.
        earn = tuple(
            rule
            for rule in rules
            if rule.rule.stage in {"earn", "tell"} and (rule.rule.section != "referrals" or first == "friend")
        )
        goods: tuple[RuleMachine, ...] = ()
        if first == "purchase":
            goods = tuple(rule for rule in self.machine.rules.values() if _opens_goods(rule))
        sets = tuple((f"last:{name}", f"first:{name}") for name in self.machine.sets_of_kind(kind, first))
        made = Plan(
            prices=tuple(rule for rule in rules if rule.rule.stage == "price"),
            earn=earn,
            walk=emptying(self.machine, walks(self.machine, earn, () if first == "reach" else sets)),
            goods=goods,
            sets=sets,
            budgets=tuple(dict.fromkeys((*(rule for rule in rules if has_budget(rule)), *self.any_budgets))),
            perks=tuple(
                rule
                for rule in self.machine.rules.values()
                if first == "purchase" and rule.rule.stage == "perk" and rule.filter is not None and _priced(rule)
            ),
            gates=tuple(
                rule
                for rule in rules
                if rule.rule.section == "benefits" and first not in {"use_perk", "return", "purchase"}
            ),
            tenders=tuple(rule for rule in self.machine.rules.values() if first == "purchase" and _pays(rule)),
            sends=tuple(rule for rule in rules if rule.rule.stage == "send"),
        )
        return made._replace(everyday=first == "purchase" and self._everyday(kind, made))

    def _everyday(self, kind: str, plan: Plan) -> bool:
        machine = self.machine
        asks = plan.gates or plan.goods or plan.prices or plan.perks or plan.tenders or plan.sends
        other = kind == "purchase.brought_in" or kind in machine.openers or machine.program.referrals
        return machine.plain_purchases and not asks and not other

    def scheduled(self) -> tuple[tuple[RuleMachine, Callable[[Any, Day], Day]], ...]:
        """Calendar rules and scheduled conversions with the function that tells their next day; conversions first, in file order."""
        made: list[tuple[RuleMachine, Callable[[Any, Day], Day]]] = []
        for rule in self.machine.rules.values():
            if rule.rule.stage != "calendar" or rule.rule.section in {"vouchers", "tiers", "wallets"}:
                continue
            made.extend((rule, self.machine.calendar.next_time(trigger)) for trigger in rule.rule.on)
        made.sort(key=lambda pair: (pair[0].rule.section != "convert", pair[0].index))
        return tuple(made)

    def kept_alive(self) -> tuple[tuple[str, tuple[WalletMachine, ...]], ...]:
        """For each last event that some wallet's life hangs on: its key among what changed, and the wallets."""
        by_name: dict[str, list[WalletMachine]] = {}
        for wallet in (wallet for wallet in self.machine.by_place if wallet.idle is None):
            for point in points_of(wallet.wallet.lasts):
                if point.kind == "last" and wallet not in by_name.setdefault(f"last:{point.name}", []):
                    by_name[f"last:{point.name}"].append(wallet)
        return tuple((name, tuple(wallets)) for name, wallets in by_name.items())

    def asked_again(self) -> tuple[tuple[str, tuple[WalletMachine, ...]], ...]:
        """For each standing that some wallet's waiver asks for: the wallets whose lots are asked again when it changes."""
        made = []
        for ladder in self.machine.ladders:
            wallets = tuple(
                wallet
                for wallet in self.machine.by_place
                if isinstance(wallet.wallet.unless, Checked) and ladder in wallet.wallet.unless.roots
            )
            if wallets:
                made.append((ladder, wallets))
        return tuple(made)


def _priced(rule: RuleMachine) -> bool:
    spec = rule.rule
    return spec.section == "benefits" and (spec.off is not None or spec.to is not None or spec.free is not None)


def _pays(rule: RuleMachine) -> bool:
    """Whether a reward pays for goods of whoever says on the purchase how much of it they want to use."""
    spec = rule.rule
    asks = spec.asked is not None and not {"redeem", "convert"} & spec.asked.roots
    return spec.section == "rewards" and asks and spec.off is not None


def _opens_goods(rule: RuleMachine) -> bool:
    spec = rule.rule
    return (
        spec.section == "benefits"
        and spec.lines is not None
        and spec.add is None
        and not _priced(rule)
        and not any(trigger.name == "return" for trigger in spec.on)
    )


def _meets(rule: RuleMachine) -> bool:
    spec = rule.rule
    return bool(spec.multiply or spec.top_up or spec.instead_of or spec.best_of or rule.of_rule)


def _met_by(rule: RuleMachine) -> list[str]:
    spec = rule.rule
    names = [
        *spec.instead_of,
        *(name for name, _ in (*spec.multiply, *spec.top_up)),
        *((rule.of_rule,) if rule.of_rule else ()),
    ]
    return [name for name in names if name in rule.machine.named]
