"""What a member has on a day, as plain data: wallets with their lots, levels with their last day, vouchers, benefits.

One view for whoever shows a member: the command line, the API, scenarios. Days are texts, last days inclusive, amounts
as a program writes them (`9.70` of a wallet kept in hundredths, money in major units), so that nothing needs to know a
program to print it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from regulars.engine import perks
from regulars.engine.accounts import CLOSED
from regulars.engine.book import Book
from regulars.engine.context import Context, begun
from regulars.engine.machine import Machine
from regulars.engine.model import NO_FACTS, Grant, Holding, Member, Order, PlanHeld, Voucher
from regulars.engine.rules import RuleMachine
from regulars.program.forms.tree import Number, Percent
from regulars.words.days import NEVER, Day, iso

UNLIMITED = 1_000_000


class Benefit(NamedTuple):
    """Whether a member has a benefit now (None: only a return can tell), and how often still (None: nothing limits
    it).
    """

    can: bool | None
    left: int | None
    money: bool = False
    """`left` is money in minor units."""


def view(book: Book, member: Member, day: Day, minute: int = 0) -> dict[str, Any]:
    """What the member has at that minute of the day: `wallets`, `tiers`, `vouchers`, `benefits`. Nothing is written."""
    member = book.advance(member, day)
    machine = book.at(day)
    return {
        "member": member.id,
        "day": iso(day),
        "wallets": {name: wallet_view(machine, name, member.holdings.get(name, Holding())) for name in machine.wallets},
        "tiers": {name: level_view(machine, member, name, day) for name in machine.ladders},
        "vouchers": [voucher_view(machine, voucher) for voucher in live_vouchers(member, day)],
        "benefits": {
            name: {"can": found.can}
            | ({} if found.left is None else {"left": machine.money_text(found.left) if found.money else found.left})
            for name, found in benefits(book, member, day, minute).items()
        },
    } | paid_for(machine, member, day)


def paid_for(machine: Machine, member: Member, day: Day) -> dict[str, Any]:
    """What only some members have: `plans`, recurring `orders`, `places` at events (or that they wait for one), whom a benefit is
    `shared` with or by, vouchers that are `waiting` to be claimed, since when they are `suspended` or `closed`, and
    which account they became.
    """
    marks = member.marks
    found: dict[str, Any] = {
        "plans": [plan_view(machine, held) for held in member.plans],
        "orders": [order_view(order) for order in member.orders],
        "places": {name.removeprefix("place:"): how for name, how in marks.items() if name.startswith("place:")},
        "shared": {
            name.removeprefix("seats:"): list(others) for name, others in marks.items() if name.startswith("seats:")
        },
        "shared_by": {
            name.removeprefix("shared:"): list(others) for name, others in marks.items() if name.startswith("shared:")
        },
        "waiting": [
            voucher_view(machine, voucher)
            for voucher in member.vouchers
            if voucher.opens >= NEVER and voucher.gone > day
        ],
        ("closed" if CLOSED in marks else "suspended"): iso(marks["suspended"]) if "suspended" in marks else None,
        "merged_into": marks.get(CLOSED),
    }
    return {name: part for name, part in found.items() if part}


def plan_view(machine: Machine, held: PlanHeld) -> dict[str, Any]:
    """A plan held: its name, state, price, since when, and the last day that is covered."""
    return {
        "plan": held.name,
        "state": held.state,
        "price": machine.money_text(held.price),
        "start": iso(held.start),
    } | ({} if held.until >= NEVER else {"last_day": iso(held.until - 1)})


def order_view(order: Order) -> dict[str, Any]:
    """A recurring order: when it comes next, and what is in it."""
    return {"order": order.name, "lines": [*order.lines, *order.once]} | (
        {} if order.next >= NEVER else {"next": iso(order.next)}
    )


def wallet_view(machine: Machine, name: str, holding: Holding) -> dict[str, Any]:
    """A holding: `available`, `pending`, its lots, first to lapse first, and what is `waiting` with the day or event that opens it."""
    text = machine.wallets[name].text
    lots = [
        {"amount": text(lot.left), "earned": iso(lot.earned)}
        | ({"last_day": iso(lot.gone - 1)} if lot.gone < NEVER else {})
        for lot in sorted(holding.lots, key=lambda lot: (lot.gone, lot.earned, lot.serial))
    ]
    waiting = [
        {"amount": text(one.left), "earned": iso(one.earned), "event": one.event}
        | ({"opens": iso(one.opens)} if one.opens < NEVER else {})
        | ({"until": one.until} if one.until else {})
        for one in holding.waiting
    ]
    reserved = sum(one.units for one in holding.reserved)
    return (
        {"available": text(holding.active), "pending": text(holding.pending), "lots": lots}
        | ({"waiting": waiting} if waiting else {})
        | ({"reserved": text(reserved)} if reserved else {})
        | ({} if machine.wallets[name].wallet.held_at is None else {"held_at": machine.wallets[name].wallet.held_at})
    )


def held(member: Member, ladder: str, day: Day) -> tuple[int, Day]:
    """(place of the level held on a day, first day on which its grants are gone; NEVER when they have no end)."""
    live = [grant for grant in member.grants.get(ladder, ()) if grant.first <= day < grant.gone]
    place = max((grant.level for grant in live), default=0)
    return place, until(member.grants.get(ladder, ()), place, day)


def until(grants: tuple[Grant, ...], place: int, day: Day) -> Day:
    """The first day on which grants of that level, or of one above it, no longer follow each other without a gap."""
    if place == 0:
        return NEVER
    end = day
    for grant in sorted((grant for grant in grants if grant.level == place), key=lambda grant: grant.first):
        if grant.first <= end < grant.gone:
            end = grant.gone
    return end


def level_view(machine: Machine, member: Member, ladder: str, day: Day) -> dict[str, Any]:
    """The level held, and its last day when it has one."""
    place, gone = held(member, ladder, day)
    return {"level": machine.ladders[ladder].names[place]} | ({"last_day": iso(gone - 1)} if gone < NEVER else {})


def live_vouchers(member: Member, day: Day) -> list[Voucher]:
    """The vouchers that are live on a day, those not open yet among them, first to lapse first."""
    live = [voucher for voucher in member.vouchers if day < voucher.gone and voucher.opens < NEVER]
    return sorted(live, key=lambda voucher: (voucher.gone, voucher.serial))


def voucher_view(machine: Machine, voucher: Voucher) -> dict[str, Any]:
    """A voucher: its number, kind, what it is worth (money or percent), first day where it opens later, last day."""
    worth, percent = worth_of(machine, voucher.name, voucher)
    return (
        {"voucher": voucher.serial, "kind": voucher.name}
        | ({} if worth is None else {"worth": machine.money_text(worth)})
        | ({} if percent is None else {"percent": percent_text(percent)})
        | ({} if not 0 < voucher.opens < NEVER else {"first_day": iso(voucher.opens)})
        | ({} if voucher.gone >= NEVER else {"last_day": iso(voucher.gone - 1)})
    )


def percent_text(millionths: int) -> str:
    """A share as a number of percent: `10`, `12.5`."""
    whole, rest = divmod(millionths, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0") if rest else str(whole)


def worth_of(machine: Machine, name: str, voucher: Voucher | None = None) -> tuple[int | None, int | None]:
    """(minor units, share in millionths) of a voucher, or of its kind: its own, what its kind takes off, or the most
    that it makes free.
    """
    kind = machine.vouchers.get(name)
    if kind is None:
        return None, None
    rule = machine.rules[kind.use_rule].rule
    percent = int(rule.off.share * 1_000_000) if isinstance(rule.off, Percent) else None
    worth = kind.worth
    if worth is None and isinstance(rule.up_to, Number):
        worth = int(rule.up_to.value * machine.minor)
    if voucher is not None:
        worth = voucher.worth if voucher.worth is not None else worth
        percent = voucher.percent if voucher.percent is not None else percent
    return worth, percent


def benefits(book: Book, member: Member, day: Day, minute: int = 0) -> dict[str, Benefit]:
    """The benefits that can be asked for: whether the member has each now, and how often still."""
    c = asking(book, member, day, minute)
    return {rule.name.split(".", 1)[1]: _benefit(c, rule) for rule in c.machine.rules.values() if _can_be_asked(rule)}


def benefit(book: Book, member: Member, name: str, day: Day, minute: int = 0) -> Benefit | None:
    """A benefit, or a choice, by its name; None when the program has none of that name."""
    c = asking(book, member, day, minute)
    for section in ("benefits", "choices", "rewards"):
        rule = c.machine.named.get(f"{section}.{name}")
        if rule is not None:
            return _benefit(c, rule)
    if name in c.machine.limits:
        return Benefit(None, c.machine.left(c, name))
    return Benefit(c.machine.can(c, name), None) if name in c.machine.ladders else None


def _benefit(c: Context, rule: RuleMachine) -> Benefit:
    c.facts = blank(c.machine, rule.rule.on[0].name if rule.rule.on else "tick")
    left = perks.left(c, rule)
    can = None if _on_return(rule) else perks.can(c, rule)
    return Benefit(can, None if left >= UNLIMITED else left, perks.of_money(c, rule))


def _on_return(rule: RuleMachine) -> bool:
    return any(trigger.name == "return" for trigger in rule.rule.on)


def _can_be_asked(rule: RuleMachine) -> bool:
    return rule.rule.section == "benefits" and not _on_return(rule)


def blank(machine: Machine, kind: str) -> Any:
    """The facts of an event of a kind that says nothing: defaults, and nothing where one has to be said."""
    shape = machine.reader.shape(kind)
    facts = shape.cls()
    for fact in shape.fields:
        setattr(facts, fact[0], fact[3])
    return facts


def asking(book: Book, member: Member, day: Day, minute: int) -> Context:
    """A context in which nothing happens, at that minute of the day."""
    machine = book.at(day)
    event = book.tick(member, day)
    event.at, event.minute = machine.zone.moment(day, minute), minute
    c = begun(machine, member, event, NO_FACTS)
    c.judging = False
    c.today = day
    c.levels = machine.snapshot(c)
    return c
