"""Requests: what a member asks for. Rewards, conversions, benefits and choices; each is given whole or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine import choosing, claims, memberships, orders, places, rations, seats, transfers, vouchers
from regulars.engine.additions import add_on, adds
from regulars.engine.allowances import count
from regulars.engine.budgets import sold_out, take_one
from regulars.engine.earning import fire
from regulars.engine.exchanges import hand_over, nothing, pay_cost, price_of, used_of
from regulars.engine.model import Use
from regulars.engine.perks import gate
from regulars.engine.plan_state import use_plans
from regulars.engine.pricing import price
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine


ASKED = memberships.EVENTS | claims.EVENTS | orders.EVENTS | seats.ASKED
"""Requests beside those that name a reward, a benefit, a conversion or a choice."""


def ask(c: Context) -> Refusal | None:
    """Judges the request in the context."""
    event = c.event
    assert event is not None
    name = event.kind.partition(".")[2]
    if event.first in claims.EVENTS:
        return claims.claim(c)
    if event.first in seats.ASKED:
        return seats.ask(c)
    if event.first == "cancel" and (given := c.machine.named.get(f"benefits.{name}")) is not None:
        return places.give_up(c, given)
    cycle = orders.cycle_of(c) if event.first in orders.EVENTS else None
    if cycle is not None and not (
        event.first == "cancel" and c.plans and not any(order.name == cycle.name for order in c.orders)
    ):
        return orders.ask(c, cycle)
    if event.first in memberships.EVENTS:
        return memberships.ask(c)
    if event.first in {"redeem", "convert"}:
        return exchange(c, name)
    if event.first in {"choose", "set_preference"} and name in c.machine.choices:
        return choosing.choose(c, name)
    if (
        event.first == "choose"
        and name in c.machine.vouchers
        and c.machine.vouchers[name].use_rule in c.machine.options
    ):
        return vouchers.choose(c, name, choosing.option(c))
    rule = c.machine.named.get(f"benefits.{name}")
    if rule is None or rule.rule.stage != "perk" or not asked_by(rule, event.kind):
        return Refusal(code="unknown", text=f"There is nothing called {name!r}.", pointer="/type")
    return perk(c, rule)


def asked_by(rule: RuleMachine, kind: str) -> bool:
    """Whether the benefit is one to ask for: one that stands on returns is used by the return itself."""
    name = kind.partition(".")[2]
    return any(trigger.name in {kind, f"use_perk.{name}"} for trigger in rule.rule.on)


def exchange(c: Context, name: str) -> Refusal | None:
    """A reward or a conversion that is asked for: its gates, its stock, its cost, what it gives."""
    event = c.event
    assert event is not None
    rules = c.machine.asked_for.get(event.kind) or c.machine.open_catalogue(event.first)
    if not rules:
        return Refusal(code="unknown", text=f"There is no reward {name!r}.", pointer="/type")
    refusal: Refusal | None = None
    for rule in rules:
        if adds(rule):
            continue
        refusal = gate(c, rule, request=False)
        if refusal is not None and refusal.code == "not_entitled":
            continue
        refusal = refusal or redeem(c, rule)
        if refusal is None:
            add_on(c, rules, rule)
        return refusal
    return refusal


def redeem(c: Context, rule: RuleMachine) -> Refusal | None:
    """Takes the cost and gives."""
    refusal = sold_out(c, rule)
    if refusal is not None:
        return refusal
    chosen = choosing.picked(c, rule, choosing.option(c))
    if isinstance(chosen, Refusal):
        return chosen
    cost = price_of(c, rule)
    if isinstance(cost, Refusal):
        return cost
    refusal = None if has_effect(rule) else nothing(c, rule, cost)
    if refusal is not None:
        return refusal
    for bound, _ in rule.limits(c):
        if bound is not None:
            bound.use(c, used_of(c, rule, bound, cost))
    take_one(c, rule)
    if rule.rule.receiver is not None:
        return transfers.send(c, rule, cost)
    pay_cost(c, rule, cost)
    hand_over(c, rule, cost)
    if chosen is not None:
        fire(c, chosen)
    if has_effect(rule) or chosen is not None:
        c.used = (*c.used, Use(rule.index))
    return None


def has_effect(rule: RuleMachine) -> bool:
    """Whether an exchange does something beside what it gives: takes something off, or hands a thing over."""
    spec = rule.rule
    return spec.off is not None or spec.free is not None or spec.item is not None


def perk(c: Context, rule: RuleMachine) -> Refusal | None:
    """A benefit that is asked for, with the member's choice where it offers one."""
    assert c.event is not None
    refusal = gate(c, rule)
    if refusal is None and rule.index in c.machine.places:
        refusal = places.take(c, rule)
    if refusal is not None:
        return refusal
    chosen = choosing.picked(c, rule, choosing.option(c))
    if isinstance(chosen, Refusal):
        return chosen
    if chosen is not None:
        fire(c, chosen)
    use_plans(c, rule.name.split(".", 1)[1])
    prices = c.machine.plan(c.event.kind)
    if c.lines and (rule.rule.off is not None or rule.rule.to is not None or rule.rule.free is not None):
        return price(c, prices, rule)
    refusal = price(c, prices) if prices.prices else None
    if refusal is None and rule.limited and rations.left(c, rule, rule.lines_of(c)) < 1:
        refusal = rule.refusal("limit_reached")
    if refusal is None:
        count(c, rule, 0, max(len(c.lines), 1))
        c.used = (*c.used, Use(rule.index))
    return refusal
