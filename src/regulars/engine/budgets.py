"""Budgets and stocks that all members share: what to fetch before an event is judged, and drawing from a stock.

What a caller did not fetch has nothing left, so that no event can draw what nobody counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from regulars.engine import accounts, places
from regulars.engine.context import Context, begun
from regulars.engine.events import Event
from regulars.engine.limits import Bound, all_of
from regulars.engine.model import NO_FACTS, Member
from regulars.engine.rules import RuleMachine
from regulars.engine.survey import walk
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.machine import Machine


def looking(machine: Machine, event: Event) -> Context:
    """A context that only looks: of a member nobody knows, with all that budgets may hold."""
    c = begun(machine, Member(event.member), event, NO_FACTS)
    c.judging = False
    return c


def budgets_of(machine: Machine, event: Event) -> tuple[tuple[str, int | None], ...]:
    """The shared budgets and stocks that an event could touch, whoever's it is: (key, ceiling; None for a stock that the operator sets)."""
    found: dict[str, int | None] = {}
    rules = machine.plan(event.kind).budgets
    if event.use:
        rules = (*rules, *machine.plans.used_budgets)
    if rules:
        c = looking(machine, event)
        c.today = event.day
        for rule in rules:
            if rule.first <= event.day < rule.until:
                found.update((bound.budget_key(c), bound.budget) for bound in of_everybody(rule))
    if machine.places and (event.first in places.TOLD or event.first in {"use_perk", "cancel"}):
        found.update(places.budgets(machine, event, looking(machine, event)))
    if machine.stocks:
        for key, rule in stocks_of(machine, event):
            stock = rule.rule.stock
            found[key] = stock if isinstance(stock, int) else None
    if event.first in accounts.ASKED:
        found.update(accounts.budgets(event))
    return tuple(sorted(found.items()))


def of_everybody(rule: RuleMachine) -> Iterator[Bound]:
    """The limits for everybody of a rule, its own and those it shares, that an event says enough of to be found."""
    for bound_of in (*rule.bounds, *(one for _, shared in rule.shared for one in shared)):
        for bound in all_of(bound_of):
            if bound.shared and not any((path or "").startswith(("voucher.", "member.")) for path in bound.paths):
                yield bound


def stocks_of(machine: Machine, event: Event) -> list[tuple[str, RuleMachine]]:
    """The stocks of what an event asks for or uses, by their keys."""
    any_name = machine.open_catalogue(event.first) if event.first in {"redeem", "convert"} else ()
    asked = machine.asked_for.get(event.kind) or any_name
    rules = (rule for rule in (*asked, *_used(machine, event)) if rule.index in machine.stocks)
    return [(stock_of(rule, event), rule) for rule in rules]


def stock_of(rule: RuleMachine, event: Event) -> str:
    """The key of a stock: of an open catalogue each name has its own."""
    key = rule.machine.stocks[rule.index]
    return f"{key}.{event.kind.partition('.')[2]}" if rule.rule.any_name else key


def _used(machine: Machine, event: Event) -> Iterator[RuleMachine]:
    """The rewards that a purchase uses."""
    for item in event.use:
        rule = machine.named.get(f"rewards.{item.get('reward')}")
        if rule is not None:
            yield rule


def has_budget(rule: RuleMachine) -> bool:
    """Whether a limit of the rule, its own or one it shares, is one for everybody."""
    limits = rule.machine.program.limits
    said = (rule.rule.at_most, *(limits[name].at_most for name in rule.rule.within if name in limits))
    return any(getattr(value, "name", None) == "everybody" for cells in said for value in walk(cells))


def sold_out(c: Context, rule: RuleMachine) -> Refusal | None:
    """The refusal of a thing of which none is left."""
    if rule.index not in c.machine.stocks or c.event is None:
        return None
    return rule.refusal("sold_out") if c.left_of.get(stock_of(rule, c.event), 1) < 1 else None


def take_one(c: Context, rule: RuleMachine) -> None:
    """One less in stock, where the rule has one."""
    if rule.index in c.machine.stocks and c.event is not None:
        stock = stock_of(rule, c.event)
        c.left_of[stock] = c.left_of.get(stock, 1) - 1
        c.claimed[stock] = c.claimed.get(stock, 0) + 1
