"""Pricing: what a purchase costs, step by step in the order of `checkout`.

At each step first the prices that apply by themselves, then what the member uses, in file order. What is taken off is shared over the lines
it covers in proportion to what they still cost, so cents add up. A thing had free splits its line: the free piece is a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from regulars.engine import choosing, rations, vouchers
from regulars.engine.allowances import count, has_room, money_left, within
from regulars.engine.bases import paid_share
from regulars.engine.budgets import sold_out, take_one
from regulars.engine.calculators import Measured
from regulars.engine.earning import fire, use_offer
from regulars.engine.exchanges import Cost, nothing, pay_cost, price_of
from regulars.engine.model import Use, Voucher
from regulars.engine.perks import gate
from regulars.engine.pieces import free
from regulars.engine.plan_state import use_plans
from regulars.engine.rules import NOTHING, RuleMachine
from regulars.engine.survey import walk
from regulars.program.cel import Checked
from regulars.program.forms.tree import Percent
from regulars.words.refusals import Refusal
from regulars.words.sharing import share

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.plans import Plan


UNDRAWN = frozenset({"lost", "kept"})
"""What becomes of the rest of something worth more than the basket, so that it is not drawn when nothing is left to pay."""


class Wanted:
    """One thing the member uses on this purchase: a voucher held, a reward, a benefit, or an operator's code."""

    __slots__ = ("item", "kind", "rule", "voucher")

    def __init__(self, kind: str, rule: RuleMachine, item: Mapping[str, Any], voucher: Voucher | None = None) -> None:
        self.kind, self.rule, self.item, self.voucher = kind, rule, item, voucher


def price(c: Context, plan: Plan, asked: RuleMachine | None = None) -> Refusal | None:
    """Prices the purchase in the context, or what a benefit is asked for; a refusal when something used cannot be."""
    event = c.event
    assert event is not None
    wanted: list[Wanted] = [] if asked is None else [Wanted("perk", asked, {})]
    wanted.extend(Wanted("reward", rule, {}) for rule in plan.tenders if c.machine.asked[rule.index].value(c, None))
    for place, item in enumerate(event.use):
        found = find(c, item, place)
        if isinstance(found, Refusal):
            return found
        wanted.append(found)
    c.nets = [line.amount for line in c.lines]
    c.off = {}
    refusal = checkout(c, plan, wanted)
    # What conditions measured on the way is measured again at what things cost in the end, and by whoever then pays the rest.
    c.measures = {}
    if not c.off:
        # Nothing changed a price: the lines cost what they are listed at.
        c.nets = c.off = None
    return refusal


def checkout(c: Context, plan: Plan, wanted: Sequence[Wanted]) -> Refusal | None:
    """The steps in their order: at each first what applies by itself, then what is used."""
    named = {want.rule.index for want in wanted}
    for step in c.machine.program.checkout:
        for rule in plan.prices:
            if c.machine.step_of(rule) == step:
                apply_price(c, rule)
        for rule in plan.perks:
            if rule.index not in named and c.machine.step_of(rule) == step:
                apply_perk(c, rule)
        for want in sorted(
            (want for want in wanted if c.machine.step_of(want.rule) == step), key=lambda want: want.rule.index
        ):
            refusal = apply_use(c, want)
            if refusal is not None:
                return refusal
    return None


def find(c: Context, item: Mapping[str, Any], place: int) -> Wanted | Refusal:
    """What `use` names at a place, found among the member's vouchers and the program's rewards and benefits. A code of the operator's is
    no voucher of the member's; its number is its place in `use`, below zero.
    """
    machine = c.machine
    if "voucher" in item:
        voucher = vouchers.held(c, item)
        return (
            voucher
            if isinstance(voucher, Refusal)
            else Wanted("voucher", machine.rules[machine.vouchers[voucher.name].use_rule], item, voucher)
        )
    if "code" in item:
        found = vouchers.of_code(c, item, -1 - place)
        if not isinstance(found, Refusal):
            refusal = vouchers.dated(found.name, found.opens, found.gone, c.today)
            found = refusal or found
        if isinstance(found, Refusal):
            return found
        return Wanted("voucher", machine.rules[machine.vouchers[found.name].use_rule], item, found)
    section, key = ("rewards", "reward") if "reward" in item else ("benefits", "perk")
    rule = machine.named.get(f"{section}.{item[key]}")
    if rule is None:
        return Refusal(code="unknown", text=f"There is no {key} {item[key]!r}.", pointer="/use")
    if any(isinstance(part, Checked) and "redeem" in part.roots for part in walk(rule.rule.cost)):
        # What it costs is said by a request of its own, and a purchase is none.
        return rule.refusal("not_entitled")
    return Wanted(key, rule, item)


def apply_price(c: Context, rule: RuleMachine) -> None:
    """A price that applies by itself, or its silence."""
    why = rule.silence(c)
    if why >= 0:
        c.silent += (rule.index, why)
        return
    if not has_room(c, rule):
        c.silent += (rule.index, NOTHING)
        return
    done = len(c.used)
    effect(c, rule, "discounts", None)
    if len(c.used) > done and c.used[-1].off:
        acted(c, rule, done)
    if rule.uses is not None and len(c.used) > done:
        use_offer(c, rule.uses)


def acted(c: Context, rule: RuleMachine, done: int) -> None:
    """Counts what a rule did to the price, if it did anything since so much was `done`, against its limits."""
    if len(c.used) == done:
        count(c, rule, 0)
        return
    # What an exchange takes stands behind what it did.
    use = c.used[done]
    count(c, rule, use.off, len(c.lines) if use.lines is None else len(use.lines))


def apply_perk(c: Context, rule: RuleMachine) -> None:
    """A benefit with a price, in a purchase that has goods for it: it applies by itself, or is silent."""
    if not covered(c, rule, None) or gate(c, rule) is not None:
        return
    done = len(c.used)
    effect(c, rule, "discounts", None)
    if len(c.used) > done:
        acted(c, rule, done)
        use_plans(c, rule.name.split(".", 1)[1])


def apply_use(c: Context, want: Wanted) -> Refusal | None:
    """Uses one thing: its conditions, its effect, what it costs."""
    rule, voucher = want.rule, want.voucher
    c.voucher = voucher
    c.given = voucher.worth or 0 if voucher is not None else 0
    refusal = gate(c, rule, request=want.kind != "voucher")
    if refusal is not None:
        return None if rule.rule.if_unmet == "skip" and refusal.code == "below_minimum" else refusal
    category = {"voucher": "vouchers", "reward": "rewards", "perk": "discounts"}[want.kind]
    if rule.rule.off is not None and rule.rule.surplus in UNDRAWN and spent_already(c, rule):
        # Nothing is left to pay here, so nothing is drawn: the card, the points or the use are still the member's.
        c.silent += (rule.index, NOTHING)
        return None
    chosen = None if want.kind == "voucher" else choosing.picked(c, rule, want.item.get("choose"))
    if isinstance(chosen, Refusal):
        return chosen
    done = len(c.used)
    if want.kind == "reward":
        cost = sold_out(c, rule) or price_of(c, rule)
        if isinstance(cost, Refusal):
            return cost
        cost = fitting(c, rule, cost)
        if rule.targets:
            refusal = nothing(c, rule, cost)
            if refusal is not None:
                return refusal
        refusal = effect(c, rule, category, want.item.get("on"), steps=cost.steps)
        if refusal is not None:
            return refusal
        pay_cost(c, rule, cost)
        take_one(c, rule)
    else:
        refusal = effect(c, rule, category, want.item.get("on"))
        if refusal is not None:
            return refusal
    acted(c, rule, done)
    if chosen is not None:
        fire(c, chosen)
    if want.kind == "voucher" and voucher is not None and voucher.serial > 0:
        vouchers.use_up(c, voucher)
        if rule.rule.surplus == "kept" and len(c.used) > done:
            vouchers.keep_rest(c, voucher, c.used[done].off)
    return None


def spent_already(c: Context, rule: RuleMachine) -> bool:
    """Whether a price step took all that the rule's lines cost, so that there is nothing it could pay."""
    net = c.net()
    places = covered(c, rule, None)
    return bool(places) and not any(net[place] for place in places) and any(c.lines[place].amount for place in places)


def fitting(c: Context, rule: RuleMachine, cost: Cost) -> Cost:
    """The cost with no more steps than the basket has room for, where the member did not say how many: at least one."""
    spec = rule.rule
    if spec.every is None or spec.asked is not None or spec.off is None or isinstance(spec.off, Percent):
        return cost
    net = c.net()
    total = sum(net[place] for place in covered(c, rule, None))
    num, den, _ = c.machine.effects[rule.index].worth(Measured(c, (), (), total))
    steps = min(cost.steps, max(total * den // num, 1)) if num > 0 else cost.steps
    wallet, each = spec.every
    return Cost(((wallet, each * steps),), steps, cost.clipped)


def covered(c: Context, rule: RuleMachine, on: Any) -> list[int]:
    """The places of the lines that a price may act on: those the rule names, without pieces had free."""
    places = [place for place in rule.lines_of(c) if not c.lines[place].by_voucher]
    if on is not None:
        named = [
            place
            for place in places
            if on in {getattr(c.lines[place], "kind", None), getattr(c.lines[place], "item", None)}
        ]
        places = named or places
    return places


def effect(c: Context, rule: RuleMachine, category: str, on: Any, steps: int = 1) -> Refusal | None:
    """Takes off, sets, adds or frees, and notes it on the receipt; refused when no line fits or it is worth more than the basket."""
    spec = rule.rule
    voucher = c.voucher.serial if c.voucher is not None and category == "vouchers" else 0
    if spec.add is not None:
        amount = charge(c, rule)
        c.added += amount
        c.used = (*c.used, Use(rule.index, -amount, voucher))
        return None
    if spec.off is None and spec.to is None and spec.free is None and (c.voucher is None or c.voucher.percent is None):
        vouchers.hand_over(c, rule, voucher)
        return None
    places = covered(c, rule, on)
    if not places:
        return None if category == "discounts" and spec.stage == "price" else rule.refusal("not_covered")
    assert c.nets is not None
    left = rations.left(c, rule, places) if rule.limited else 1
    over = 0
    if spec.free is not None:
        taken: Mapping[int, int] = free(c, rule, places, spec.free)
    elif spec.to is not None:
        taken = {place: max(c.nets[place] - int(c.machine.line_price(rule, c, place)), 0) for place in places}
    else:
        found = off(c, rule, places, steps, left)
        if isinstance(found, Refusal):
            return found
        (taken, over), left = found, 1
    taken = within(c, rule, rations.cut(taken, left))
    take_off(c, category, taken)
    total = sum(taken.values())
    if over and spec.surplus == "paid_out":
        c.added -= over
        total += over
    marked = tuple(sorted(place for place, amount in taken.items() if amount))
    c.used = (*c.used, Use(rule.index, total, voucher, None if len(marked) == len(c.lines) else marked))
    return None


def charge(c: Context, rule: RuleMachine) -> int:
    """What an `add` adds, in minor units."""
    places = list(rule.lines_of(c))
    net = c.net()
    amounts = [net[place] for place in places]
    left = rations.left(c, rule, places) if rule.limited else 1
    num, den, _ = rations.worth(c, rule, Measured(c, places, amounts, sum(amounts)), left)
    return rule.rounding.whole(num, den)


def off(
    c: Context, rule: RuleMachine, places: list[int], steps: int, left: Fraction | int
) -> tuple[dict[int, int], int] | Refusal:
    """(what comes off each line, how much more it is worth): a share of each, or an amount shared over all of them; on so large a share of
    them as is `left`.
    """
    assert c.nets is not None
    amounts = [c.nets[place] for place in places]
    total = sum(amounts)
    measured = Measured(c, places, amounts, total)
    if rule.paid_with is not None:
        measured = paid_share(c, measured, rule.paid_with)
        amounts, total = list(measured.amounts), measured.total
    voucher = c.voucher
    if voucher is not None and voucher.percent is not None and rule.rule.stage == "use":
        num, den, weights = total * voucher.percent * left.numerator, 1_000_000 * left.denominator, None
    else:
        num, den, weights = rations.worth(c, rule, measured, left)
    amount = num * steps // den if not isinstance(rule.rule.off, Percent) else rule.rounding.whole(num * steps, den)
    if rule.rounding.by_line and total:
        weights = [rule.rounding.whole(num * steps * part, den * total) for part in amounts]
        amount = sum(weights)
    if voucher is not None and voucher.worth is not None and rule.rule.stage == "use":
        # Part of it may have been used before.
        amount = min(amount, voucher.worth)
    cap, room = c.machine.caps.get(rule.index), money_left(c, rule)
    if cap is not None:
        amount = min(amount, cap(c, None))
    if room is not None:
        amount = min(amount, room)
    over = max(amount - total, 0)
    if over:
        if rule.rule.surplus == "refuse":
            return rule.refusal("too_much", worth=amount)
        amount = total
    if rule.paid_with is not None:
        pay_less(c, rule, amount)
    fits = weights is not None and sum(weights) >= amount and all(w <= a for w, a in zip(weights, amounts, strict=True))
    parts = share(amount, weights if fits and weights is not None else amounts)
    return dict(zip(places, parts, strict=True)), over


def pay_less(c: Context, rule: RuleMachine, amount: int) -> None:
    """What hangs on a means of payment comes off what that pays; the tender that pays the rest does so by itself."""
    event = c.event
    assert event is not None
    assert rule.paid_with is not None
    paying = [
        place for place, tender in enumerate(event.tenders) if rule.paid_with(c, tender) and tender is not event.rest
    ]
    less = dict(c.tender_off or {})
    for place, part in zip(
        paying, share(amount, [event.tenders[place].amount for place in paying]) if paying else (), strict=True
    ):
        less[place] = less.get(place, 0) + part
    c.tender_off = less


def take_off(c: Context, category: str, taken: Mapping[int, int]) -> None:
    """Takes amounts off lines, remembering under which category."""
    assert c.nets is not None
    assert c.off is not None
    row = c.off.setdefault(category, [0] * len(c.nets))
    nets = list(c.nets)
    for place, amount in taken.items():
        nets[place] -= amount
        row[place] += amount
    c.nets = nets
    c.measures = {}
