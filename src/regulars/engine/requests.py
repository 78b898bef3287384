"""Requests: what a member asks for. Rewards, conversions, benefits and choices; each is given whole or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.engine import claims, memberships, orders, places, seats, vouchers
from regulars.engine.additions import add_on, adds
from regulars.engine.allowances import count
from regulars.engine.budgets import sold_out, take_one
from regulars.engine.earning import fire
from regulars.engine.exchanges import hand_over, pay_cost, price_of
from regulars.engine.fields import Bad
from regulars.engine.model import Use
from regulars.engine.perks import gate, own_limits, shared_limits, use
from regulars.engine.plan_state import use_plans
from regulars.engine.pricing import price
from regulars.words.days import day_of
from regulars.words.ids import check_id
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
        return choose(c, name)
    if (
        event.first == "choose"
        and name in c.machine.vouchers
        and c.machine.vouchers[name].use_rule in c.machine.options
    ):
        return vouchers.choose(c, name, option(c))
    rule = c.machine.named.get(f"benefits.{name}")
    if rule is None or rule.rule.stage != "perk" or not asked_by(rule, event.kind):
        return Refusal(code="unknown", text=f"nothing is called {name!r}", pointer="/type")
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
        return Refusal(code="unknown", text=f"no reward {name!r}", pointer="/type")
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
    cost = price_of(c, rule)
    if isinstance(cost, Refusal):
        return cost
    for bound, _ in rule.limits(c):
        if bound is not None:
            bound.use(c, cost.steps if rule.rule.every is not None else 1)
    take_one(c, rule)
    pay_cost(c, rule, cost)
    hand_over(c, rule, cost)
    if rule.rule.off is not None or rule.rule.free is not None or rule.rule.item is not None:
        c.used = (*c.used, Use(rule.index))
    return None


def perk(c: Context, rule: RuleMachine) -> Refusal | None:
    """A benefit that is asked for, with the member's choice where it offers one."""
    assert c.event is not None
    refusal = gate(c, rule)
    if refusal is None and rule.index in c.machine.places:
        refusal = places.take(c, rule)
    if refusal is not None:
        return refusal
    options = c.machine.options.get(rule.index)
    if options:
        wanted = option(c)
        chosen = options.get(str(wanted))
        if chosen is None:
            return Refusal(code="unknown", text=f"no choice {wanted!r}", rule=rule.name, pointer="/choose")
        for code, condition in chosen.needs:
            if not condition(c, None):
                return rule.refusal(code)
        fire(c, chosen)
    use_plans(c, rule.name.split(".", 1)[1])
    prices = c.machine.plan(c.event.kind)
    if c.lines and (rule.rule.off is not None or rule.rule.to is not None or rule.rule.free is not None):
        return price(c, prices, rule)
    refusal = price(c, prices) if prices.prices else None
    if refusal is None:
        count(c, rule, 0, max(len(c.lines), 1))
        c.used = (*c.used, Use(rule.index))
    return refusal


def option(c: Context) -> Any:
    """What the member chose: `option`, `choose`, or the field of the request's own name."""
    event = c.event
    assert event is not None
    name = event.kind.partition(".")[2]
    body = event.body
    return body.get("option", body.get("choose", body.get(name)))


def choose(c: Context, name: str) -> Refusal | None:
    """A choice that the member makes: one of its values, or a day, kept from the day on which it takes effect."""
    choice = c.machine.choices[name]
    assert choice.rule is not None
    rule = c.machine.rules[choice.rule]
    refusal = shared_limits(c, rule) or own_limits(c, rule)
    if refusal is not None:
        return refusal
    try:
        keep_choice(c, name, choice.options, option(c))
    except Bad as bad:
        return Refusal(code=bad.code, text=bad.text, rule=rule.name, pointer="/option")
    use(c, rule)
    return None


def keep_choice(c: Context, name: str, options: tuple[str, ...], raw: Any) -> None:
    """Remembers what was chosen; days are all kept. What is no option raises `Bad`."""
    value = read_option(options, raw)
    if options == ("dates",):
        value = tuple(sorted({*c.chosen(name), value}))
    c.mark(f"choice:{name}", value)


def read_option(options: tuple[str, ...], value: Any) -> Any:
    """The value of a choice as it is kept: a day's ordinal, a share, or one of the options."""
    if options in {("date",), ("dates",)}:
        try:
            return day_of(str(value)[:10])
        except ValueError:
            raise Bad("event.wrong_type", f"{value!r} is no day; write 2026-03-02") from None
    if options == ("member",):
        if isinstance(value, str) and check_id(value) is None:
            return value
        raise Bad("event.wrong_type", f"{value!r} is no member")
    if options == ("percent",):
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100:
            return value
        raise Bad("event.wrong_type", f"{value!r} is no share; write 0 to 100")
    if value in options:
        return value
    raise Bad("event.unknown_value", f"{value!r} is none of {', '.join(options)}")
