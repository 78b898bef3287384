"""What goes from one member to another: units in transit, and what the event of one tells the other.

The sender's event takes units from lots, or issues them, into transit; a derived event brings them to the receiver or, where the receiver
cannot have them, another one brings them back. Each of the events looks at one member only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from regulars.engine import handed_in, perks
from regulars.engine.arrivals import bring_back, deliver, fits, lapse
from regulars.engine.calculators import Measured
from regulars.engine.corrections import REVERSED
from regulars.engine.earning import clip, keep_alive, remember
from regulars.engine.exchanges import Cost, pay_cost, too_little, worths
from regulars.engine.model import IN_TRANSIT, ISSUED, Movement, Told
from regulars.engine.rules import NO_LINES, NOTHING
from regulars.program.forms.tree import Word
from regulars.words.days import NEVER
from regulars.words.ids import LONGEST, check_id, derived
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine, Target

SENT, BACK = "sent", "sent_back"
TOLD = frozenset({SENT, BACK})
OWN = Word("own")
OF_THE_SALE = frozenset({"id", "type", "member", "source", "happened_at", "use", "referred_by"})
"""What a purchase that is told on does not take with it."""
AHEAD = 40
"""Characters that the id of what is sent leaves for coming back, and for being handed on by an account that became another."""


def receiver(c: Context, rule: RuleMachine) -> str | Refusal:
    """To whom the rule sends; a refusal where that is nobody, or the member."""
    who = c.machine.receivers[rule.index](c, None)
    if not isinstance(who, str) or check_id(who) is not None:
        return rule.refusal("not_entitled")
    if who == c.member.id:
        return rule.refusal("oneself")
    return who


def send(c: Context, rule: RuleMachine, cost: Cost) -> Refusal | None:
    """Takes the cost of an exchange into transit and tells the receiver; a refusal when there is nobody or nothing to send."""
    who = receiver(c, rule)
    if isinstance(who, Refusal):
        return who
    gives = [(target, units) for target, units in worths(c, rule, cost) if not is_own(target)]
    if (cost.parts and not any(units for _, units in cost.parts)) or any(units <= 0 for _, units in gives):
        return too_little(c, rule, cost.parts[0][0], 1) if cost.parts else rule.refusal("too_little")
    name = sent_id(c, rule)
    if name is None:
        return rule.refusal("id.too_long")
    before, first = dict(c.holdings), len(c.moved)
    pay_cost(c, rule, cost)
    paid = [list(part) for part in of_lots(before, c.moved[first:])]
    if paid or gives or cost.vouchers:
        own = [target.name for target in rule.targets if is_own(target)]
        going = [handed_in.packed(voucher) for voucher in cost.vouchers]
        post(c, rule, who, name, paid, own, [[target.name, units] for target, units in gives], going)
    return tell(c, rule, who)


def can_send(c: Context, rule: RuleMachine, cost: Cost) -> bool:
    """Whether a conversion can send now: to somebody, something; and not what has only just come from another member."""
    event = c.event
    if event is None or event.first in TOLD or isinstance(receiver(c, rule), Refusal) or sent_id(c, rule) is None:
        return False
    return any(units for _, units in cost.parts) and all(
        units > 0 for target, units in worths(c, rule, cost) if not is_own(target)
    )


def share(c: Context, rules: Sequence[RuleMachine]) -> None:
    """What rules on an event give to another member than the one whose event it is."""
    for rule in rules:
        why = rule.silence(c)
        if why >= 0:
            c.silent += (rule.index, why)
            continue
        who, name = receiver(c, rule), sent_id(c, rule)
        if isinstance(who, Refusal) or name is None:
            c.silent += (rule.index, NOTHING)
            continue
        gives = given_by(c, rule)
        if gives is None:
            c.silent += (rule.index, NO_LINES)
            continue
        remember(c, rule.sets)
        paid: list[list[Any]] = [[wallet, units, 0, 0] for wallet, units in gives if wallet in c.machine.wallets]
        for wallet, units, _, _ in paid:
            c.moved.append(Movement(wallet, ISSUED, IN_TRANSIT, units, 0))
        if gives:
            post(c, rule, who, name, paid, [], [list(one) for one in gives])
        tell(c, rule, who)


def given_by(c: Context, rule: RuleMachine) -> list[tuple[str, int]] | None:
    """(wallet or voucher, units) that a rule sends on an event, after its limits; None when it looks at lines and none fits."""
    if rule.of_rule is not None:
        other = c.machine.named[rule.of_rule].index
        result = sum(entry.given for entry in c.entries if entry.rule == other and entry.given > 0)
        measured: Measured | None = Measured(c, (), (), result)
    else:
        measured = rule.measured(c)
    if measured is None:
        return None
    found: list[tuple[str, int]] = []
    for target in rule.targets:
        if rule.of_rule is not None and target.calculator is not None:
            num, den, _ = target.calculator.worth(measured)
            units = rule.rounding.whole(num, den)
        else:
            units = target.amount(c, measured)[0]
        if units > 0 and rule.limited:
            units, _ = clip(c, rule.limits(c), target, measured, units, bool(found))
        if units > 0:
            found.append((target.name, units))
    return found


def post(
    c: Context, rule: RuleMachine, who: str, name: str, paid: list[list[Any]], own: list[str], gives: list[list[Any]],
    going: Sequence[list[Any]] = (),
) -> None:  # fmt: skip
    """The derived event that brings to another member what is in transit, and the vouchers that are `going` there."""
    details: dict[str, Any] = {"by": c.member.id, "rule": rule.name, "paid": paid, "own": own, "gives": gives}
    if going:
        details["vouchers"] = list(going)
    c.told = (*c.told, Told(name, f"{SENT}.{short(rule.name)}", who, moment(c), details))


def tell(c: Context, rule: RuleMachine, who: str) -> Refusal | None:
    """The event that the rule itself names, with the facts that it shares with this one; `purchase` tells the purchase spoken of."""
    event, kind = c.event, rule.rule.tell
    if kind is None:
        return None
    assert event is not None
    name = derived(event.id, kind)
    if len(name) > LONGEST:
        return rule.refusal("id.too_long")
    if kind == "purchase":
        return tell_sale(c, rule, who, name)
    known = c.machine.reader.shape(kind).known
    details = {key: value for key, value in event.body.items() if key in known or key == "of"}
    if "by" in known:
        details["by"] = c.member.id
    c.told = (*c.told, Told(name, kind, who, moment(c), details))
    return None


def tell_sale(c: Context, rule: RuleMachine, who: str, name: str) -> Refusal | None:
    """A purchase becomes another member's, once, as it was and when it was; of what came back nothing can become anybody's."""
    sale = c.about
    if sale is None or sale.receipt.refused is not None:
        return rule.refusal("not_held")
    if sale.taken:
        return rule.refusal("used")
    c.taken_lines = ((REVERSED, 0),)
    details = {key: value for key, value in sale.body.items() if key not in OF_THE_SALE}
    c.told = (*c.told, Told(name, str(sale.body["type"]), who, int(sale.body["happened_at"]), details))
    return None


def told(c: Context) -> Refusal | None:
    """What comes from another member, or comes back: a refusal where the member cannot have it."""
    event = c.event
    assert event is not None
    plan = c.machine.plan(event.kind)
    if event.first == BACK:
        bring_back(c, event.body)
        return None
    for rule in plan.gates:
        refusal = perks.gate(c, rule)
        if refusal is not None:
            return refusal
        perks.use(c, rule)
    if c.suspended:
        return Refusal(code="suspended")
    if not fits(c, event.body):
        return Refusal(code="limit_reached")
    remember(c, plan.sets)
    deliver(c, event.body)
    if plan.earn:
        plan.walk(c.today)(c)
    keep_alive(c)
    return None


def refused(c: Context, refusal: Refusal) -> None:
    """Tells the sender that what was sent comes back, and why; what cannot come back either is gone."""
    event = c.event
    assert event is not None
    body = event.body
    if event.first == BACK:
        lapse(c, body)
        return
    details = {"by": c.member.id, "rule": body["rule"], "paid": body["paid"], "why": refusal.code}
    if "vouchers" in body:
        details["vouchers"] = body["vouchers"]
    kind = f"{BACK}.{event.kind.partition('.')[2]}"
    c.told = (*c.told, Told(derived(event.id, "back"), kind, str(body["by"]), event.at, details))


def of_lots(before: dict[str, Any], moved: Sequence[Movement]) -> list[tuple[str, int, int, int]]:
    """What was taken of each lot: (wallet, units, day earned, first day gone or 0 for never)."""
    found = []
    for one in moved:
        if one.target == IN_TRANSIT:
            lot = next(lot for lot in before[one.wallet].lots if lot.serial == one.lot)
            found.append((one.wallet, one.amount, lot.earned, lot.gone if lot.gone < NEVER else 0))
    return found


def is_own(target: Target) -> bool:
    """Whether a target gets the very units that were taken, with their own last days."""
    return target.give.amount == OWN


def sent_id(c: Context, rule: RuleMachine) -> str | None:
    """The id of what is sent: the event's and the rule's name, numbered where one event sends more than once; None when it is too long."""
    event = c.event
    assert event is not None
    name = wanted = derived(event.id, short(rule.name))
    taken, number = {one.id for one in c.told}, 1
    while name in taken:
        number += 1
        name = f"{wanted}/{number}"
    return name if len(name) + AHEAD <= LONGEST else None


def moment(c: Context) -> int:
    """When what is sent was sent: at the event, or at the start of the earlier day on which it fell due."""
    event = c.event
    assert event is not None
    return event.at if c.today >= event.day else c.zone.start_of(c.today)


def short(rule: str) -> str:
    """A rule's name without its section."""
    return rule.partition(".")[2]
