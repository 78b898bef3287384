"""Plans: money for a standing, each cycle. What starts, renews, changes and ends them, asked for or by the calendar."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from regulars.engine import lots
from regulars.engine.earning import fire
from regulars.engine.fields import Bad
from regulars.engine.granting import grant
from regulars.engine.model import EXPIRED, Charge, Entry, PlanHeld
from regulars.engine.perks import gate, own_limits, use
from regulars.engine.plan_machines import PlanMachine
from regulars.engine.plan_state import cycle_end, cycle_start, drop, full_months, months_of, put
from regulars.engine.settle import settle
from regulars.engine.standings import end as end_grants
from regulars.words.days import NEVER, Day, day_of
from regulars.words.refusals import Refusal
from regulars.words.rounding import Mode, divider

if TYPE_CHECKING:
    from regulars.engine.context import Context

CAUSE = "plan"
SUBSCRIBE, HOLD, DROP = "subscribe", "hold_card", "drop_card"
EVENTS = frozenset({SUBSCRIBE, "renew", "cancel", "upgrade", "downgrade", "charge_failed"})
"""Events about plans, beside those that a plan names itself."""
nearest = divider(Mode.NEAREST)


# What is asked for.


def ask(c: Context) -> Refusal | None:
    """Judges an event about plans; None also where no plan is meant."""
    event = c.event
    assert event is not None
    act = {
        SUBSCRIBE: subscribe,
        "renew": renew,
        "cancel": cancel,
        "upgrade": change,
        "downgrade": change,
        "charge_failed": fail,
    }
    return act[event.first](c)


def happened(c: Context) -> Refusal | None:
    """Plans that start or end with an event of another kind: a card taken or given back, an activation."""
    event = c.event
    assert event is not None
    for plan in c.machine.paid.values():
        if plan.plan.on in {event.kind, event.first} and event.first != SUBSCRIBE:
            return begin(c, plan)
        if event.first == DROP and plan.plan.on == HOLD:
            held = holding(c, plan.name)
            return None if held is None else give_up(c, plan, held)
    if event.kind in c.machine.activations:
        return activate(c, event.kind)
    return None


def named(c: Context) -> PlanMachine | None:
    """The plan that an event names, by its type or its detail `plan`, or the only one of the program."""
    event = c.event
    assert event is not None
    name = event.kind.partition(".")[2] or event.body.get("plan")
    plans = c.machine.paid
    if name is None:
        return next(iter(plans.values())) if len(plans) == 1 else None
    return plans.get(str(name))


def mine(c: Context) -> tuple[PlanMachine, PlanHeld] | None:
    """The plan held that an event means: the one that it names, else the newest."""
    event = c.event
    assert event is not None
    name = event.kind.partition(".")[2] or event.body.get("plan")
    held = next((one for one in reversed(c.plans) if name in {None, one.name}), None)
    return None if held is None or held.name not in c.machine.paid else (c.machine.paid[held.name], held)


def holding(c: Context, name: str) -> PlanHeld | None:
    """The plan of a name as the member holds it."""
    return next((held for held in c.plans if held.name == name), None)


def of_ladders(c: Context, held: PlanHeld) -> set[str]:
    """The ladders on which a plan held grants something."""
    return {ladder for ladder, _ in c.machine.paid[held.name].grants}


def said(c: Context, name: str) -> bool:
    """Whether the event says yes to something."""
    event = c.event
    assert event is not None
    return bool(getattr(c.facts, name, None)) or event.body.get(name) in {True, "true"}


def subscribe(c: Context) -> Refusal | None:
    """A plan is taken."""
    plan = named(c)
    return (
        Refusal(code="unknown", text="There is no plan of this name.", pointer="/plan")
        if plan is None
        else begin(c, plan)
    )


def begin(c: Context, plan: PlanMachine) -> Refusal | None:
    """Starts a plan: for nothing as a trial, else it is charged; nobody has two plans to one standing."""
    rule = c.machine.rules[plan.rule]
    refusal = gate(c, rule)
    if refusal is not None:
        return refusal
    ladders = {ladder for ladder, _ in plan.grants}
    if any(ladders & of_ladders(c, held) for held in c.plans if held.name in c.machine.paid):
        return rule.refusal("held")
    c.days.setdefault("joined", c.today)
    trial = plan.plan.trial
    if said(c, "trial"):
        if trial is None:
            return rule.refusal("not_entitled")
        refusal = own_limits(c, c.machine.rules[trial.rule])
        if refusal is not None:
            return rule.refusal("trial_used")
        use(c, c.machine.rules[trial.rule])
        assert plan.trial_life is not None
        cover(c, plan, PlanHeld(plan.name, c.today, c.today, plan.trial_life(c, c.today), state="trial"))
        return None
    price = plan.price(c, None)
    if plan.waits_for and not said(c, "activate"):
        charge(c, plan, price)
        put(c, PlanHeld(plan.name, c.today, c.today, NEVER, price, c.today, "bought"))
        return None
    first = plan.start(c, c.today)
    charge(c, plan, price)
    cover(c, plan, PlanHeld(plan.name, first, first, cycle_end(first, plan.plan.every, first), price, c.today))
    return None


def activate(c: Context, kind: str) -> Refusal | None:
    """The event for which a plan that was bought waits: its term begins."""
    for held in c.plans:
        plan = c.machine.paid.get(held.name)
        if plan is not None and held.state == "bought" and plan.waits_for == kind:
            until = cycle_end(c.today, plan.plan.every, c.today)
            cover(c, plan, replace(held, start=c.today, anchor=c.today, until=until, state="paid"))
            return None
    return Refusal(code="not_held")


def renew(c: Context) -> Refusal | None:
    """A cycle paid for ahead, which follows the running one; or one that makes good a charge that failed."""
    found = mine(c)
    if found is None:
        return Refusal(code="not_held") if named(c) is None else subscribe(c)
    plan, held = found
    if held.state in {"bought", "trial"} or plan.plan.every is None:
        return c.machine.rules[plan.rule].refusal("not_open")
    price = plan.renewal_price(c, held)
    charge(c, plan, price)
    kept = replace(held, price=price, charged=c.today, used=False, state="paid", fails=False)
    if held.state == "paused":
        kept = replace(kept, anchor=c.today, until=cycle_end(c.today, plan.plan.every, c.today))
    else:
        kept = replace(kept, until=cycle_end(held.anchor, plan.plan.every, held.until))
    cover(c, plan, kept)
    return None


def cancel(c: Context) -> Refusal | None:
    """A plan is given up: it runs out, or ends at once, with money back or without."""
    found = mine(c)
    return Refusal(code="not_held") if found is None else give_up(c, *found)


def give_up(c: Context, plan: PlanMachine, held: PlanHeld) -> Refusal | None:
    """Ends a plan as its `cancel` says. A trial runs out; a plan that was cancelled cannot be cancelled again."""
    if held.state == "ending":
        return c.machine.rules[plan.rule].refusal("not_held")
    c.unused = not held.used
    how = plan.ending(c, None) or "at end"
    if held.state == "trial" or (how == "at end" and held.state == "paid" and held.until < NEVER):
        put(c, replace(held, state="ending"))
        return None
    if how == "refund in full":
        charge(c, plan, -held.price)
    elif how == "refund months left" and held.state == "paid":
        months = months_of(plan.plan.every)
        if months:
            charge(c, plan, -nearest(held.price * full_months(c.today, held.until), months))
    for ladder, level in plan.grants:
        end_grants(c, c.machine.ladders[ladder], level, CAUSE)
    over(c, plan, held)
    return None


def change(c: Context) -> Refusal | None:
    """Another plan instead of the one held: at once, paying the difference for the full months left, or at the end of the cycle."""
    event, plan = c.event, named(c)
    assert event is not None
    if plan is None:
        return Refusal(code="unknown", text="There is no plan of this name.", pointer="/plan")
    ladders = {ladder for ladder, _ in plan.grants}
    held = next((one for one in c.plans if one.name in c.machine.paid and ladders & of_ladders(c, one)), None)
    rule = c.machine.rules[plan.rule]
    if held is None or held.name == plan.name or held.state not in {"paid", "trial"}:
        return rule.refusal("not_held")
    refusal = gate(c, rule)
    if refusal is not None:
        return refusal
    if event.first == "downgrade" or not plan.plan.prorates or held.state == "trial":
        put(c, replace(held, next=plan.name))
        return None
    old, price, months = c.machine.paid[held.name], plan.price(c, None), months_of(plan.plan.every)
    left = full_months(c.today, held.until)
    charge(c, plan, nearest((price - held.price) * left, months) if months else price - held.price)
    for ladder, level in old.grants:
        end_grants(c, c.machine.ladders[ladder], level, CAUSE)
    drop(c, held.name)
    cover(c, plan, replace(held, name=plan.name, price=price, charged=c.today, used=False))
    return None


def fail(c: Context) -> Refusal | None:
    """The last charge did not come in: it counts as paid back, and the plan pauses or ends."""
    found = mine(c)
    if found is None or found[1].state != "paid" or not found[1].charged:
        return Refusal(code="not_held")
    plan, held = found
    charge(c, plan, -held.price)
    for ladder, level in plan.grants:
        end_grants(c, c.machine.ladders[ladder], level, CAUSE)
    unpaid(c, plan, replace(held, until=c.today))
    return None


# What the calendar does.


def run_day(c: Context, day: Day) -> None:
    """Cycles that end on a day: charged and renewed, followed by another plan, paused or over."""
    for held in c.plans:
        plan = c.machine.paid.get(held.name)
        if held.until != day or held.state in {"bought", "paused"}:
            continue
        if plan is None:
            drop(c, held.name)
        elif held.state == "ending" or (held.state == "paid" and not plan.plan.renews):
            over(c, plan, held)
        elif held.fails:
            unpaid(c, plan, held)
        else:
            follow(c, plan, held, day)
    settle(c)


def follow(c: Context, plan: PlanMachine, held: PlanHeld, day: Day) -> None:
    """The next cycle, of this plan or of the one that follows it."""
    then = plan.plan.then
    name = held.next
    if not name and then is not None and cycle_end(held.start, then.span, held.start) <= day:
        name = then.plan
    other = c.machine.paid.get(name)
    if other is not None:
        drop(c, held.name)
        held, plan = replace(held, name=other.name, next="", anchor=day, price=other.price(c, None)), other
        price = held.price
    else:
        price = plan.price(c, None) if held.state == "trial" else plan.renewal_price(c, held)
    anchor = day if held.state == "trial" else held.anchor
    charge(c, plan, price)
    until = cycle_end(anchor, plan.plan.every, day)
    cover(c, plan, replace(held, anchor=anchor, until=until, price=price, charged=day, state="paid", used=False))


def unpaid(c: Context, plan: PlanMachine, held: PlanHeld) -> None:
    """A charge failed: the plan pauses until it is paid, or is over."""
    if plan.plan.pauses:
        put(c, replace(held, state="paused", fails=True))
    else:
        over(c, plan, held)


# What both need.


def cover(c: Context, plan: PlanMachine, held: PlanHeld) -> None:
    """Keeps the plan and grants what it grants up to the end of its cycle; plan months may begin today."""
    before = c.machine.starts & c.days.keys()
    put(c, held)
    trial = plan.plan.trial
    for ladder, level in trial.grants if held.state == "trial" and trial is not None else plan.plan.grants:
        grant(c, ladder, level, CAUSE, first=max(held.start, c.today), gone=held.until, window=held.until)
    begun = (c.machine.starts & c.days.keys()) - before
    if c.event is not None and c.event.first != "calendar" and begun and held.start == c.today:
        start_month(c, begun)


def start_month(c: Context, begun: Set[str]) -> None:
    """What the calendar does at the start of a window counted from the start of a plan that has just begun, on its first day."""
    settle(c)
    for rule, month, start in c.machine.plan_months:
        held = month(c, c.today)
        if start in begun and held is not None and held[0] == c.today:
            c.levels = c.machine.snapshot(c)
            fire(c, rule)


def over(c: Context, plan: PlanMachine, held: PlanHeld) -> None:
    """The plan is over: what its end empties is gone."""
    drop(c, held.name)
    wallet = c.machine.wallets.get(plan.plan.empties or "")
    units = 0 if wallet is None else max(c.available(wallet.name), 0)
    if wallet is not None and units:
        kept, moved = lots.take(c.holding(wallet.name), units, wallet.name, EXPIRED, wallet.order)
        c.hold(wallet.name, kept)
        c.moved.extend(moved)
        c.recording.append(Entry(plan.plan.end_rule, wallet.place, -units, units, 0, 1, units))


def charge(c: Context, plan: PlanMachine, amount: int) -> None:
    """Charges money, or pays it back; what falls due stands apart from what the event itself charges."""
    if not amount:
        return
    due = c.event is None or c.event.first == "calendar"
    c.charged = (*c.charged, Charge(plan.rule, amount, c.today, due))
    if not due:
        c.added += amount


def bring_in(c: Context, raw: Any) -> None:
    """A plan that a member brings: its name, and of `start`, `end`, `price`, `cancelled`, `charge_fails` what is known."""
    plan = c.machine.paid.get(str(raw.get("name")))
    if plan is None:
        raise Bad("event.unknown_value", f"There is no plan {raw.get('name')!r}.", "/plan")
    every = plan.plan.every
    start = None if raw.get("start") is None else day_of(str(raw["start"])[:10])
    if raw.get("end") is not None:
        until = day_of(str(raw["end"])[:10]) + 1
    else:
        until = NEVER if every is None else cycle_end(c.today if start is None else start, every, c.today)
    anchor = until if start is None and until < NEVER else start or c.today
    price = c.machine.worth_of({"worth": raw.get("price")})
    state = "ending" if raw.get("cancelled") else "paid"
    for ladder in {ladder for ladder, _ in plan.grants}:
        c.grants = {name: grants for name, grants in c.grants.items() if name != ladder}
    first = c.today if start is None else start
    held = PlanHeld(plan.name, first, anchor, until, 0, cycle_start(first, every, c.today), state)
    held = replace(held, price=plan.price(c, None) if price is None else price, fails=bool(raw.get("charge_fails")))
    if until > c.today:
        put(c, held)
        for ladder, level in plan.plan.grants:
            grant(c, ladder, level, CAUSE, first=min(held.start, c.today), gone=until, window=until)
