"""Vouchers in a member's hand: found by number or kind, used up, and what using them gives beside a price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from regulars.engine.earning import fire
from regulars.engine.fields import Bad
from regulars.engine.model import Use, Voucher
from regulars.engine.perks import gate
from regulars.words.days import NEVER, Day, day_of
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine

SPENT_KEPT = 50


def held(c: Context, item: Mapping[str, Any]) -> Voucher | Refusal:
    """A voucher of the member's by its number, live today; used, lapsed, not open yet or never held otherwise."""
    try:
        serial = int(item["voucher"])
    except (TypeError, ValueError):
        return Refusal(code="not_held", text=f"There is no voucher {item['voucher']!r}.", pointer="/use")
    found = next((voucher for voucher in c.vouchers if voucher.serial == serial), None)
    if found is None:
        return Refusal(
            code="used" if serial in c.spent else "lapsed" if -serial in c.spent else "not_held", pointer="/use"
        )
    return dated(found.name, found.opens, found.gone, c.today) or found


def dated(kind: str, opens: Day, gone: Day, today: Day) -> Refusal | None:
    """Why a voucher that lives from a day up to but not including another is not live today; None when it is."""
    rule = f"vouchers.{kind}"
    if gone <= today:
        return Refusal(code="lapsed", rule=rule, values=(("last_day", gone - 1),))
    if opens > today:
        return Refusal(code="not_open", rule=rule, values=(("first_day", opens), ("last_day", gone - 1)))
    return None


def of_code(c: Context, item: Mapping[str, Any], serial: int) -> Voucher | Refusal:
    """The voucher that an operator's code stands for, as whoever keeps the codes describes it: kind, worth, first and last day."""
    kind = c.machine.operator_voucher(item.get("kind"))
    if kind is None:
        return Refusal(code="unknown", text=f"There is no code {item.get('code')!r}.", pointer="/use")
    least = c.machine.worth_of({"worth": item.get("minimum")}) or 0
    first, last = _day(item, "first_day"), _day(item, "last_day")
    return Voucher(
        serial,
        kind.name,
        c.today,
        NEVER if last is None else last + 1,
        c.machine.worth_of(item),
        c.machine.percent_of(item),
        "" if c.event is None else c.event.id,
        first or 0,
        str(item.get("scope", "")),
        least,
    )


def _day(item: Mapping[str, Any], name: str) -> Day | None:
    value = item.get(name)
    try:
        return None if value is None else day_of(str(value)[:10])
    except ValueError:
        raise Bad(
            "event.wrong_type", f"The field `{name}` must be a day such as 2026-03-02, not {value!r}.", f"/{name}"
        ) from None


def first_of(c: Context, kind: str) -> Voucher | Refusal:
    """The live voucher of a kind that lapses first."""
    live = [voucher for voucher in c.vouchers if voucher.name == kind and voucher.opens <= c.today < voucher.gone]
    return (
        min(live, key=lambda voucher: (voucher.gone, voucher.serial))
        if live
        else Refusal(code="not_held", rule=f"vouchers.{kind}")
    )


def use_up(c: Context, voucher: Voucher) -> None:
    """Takes a voucher out of the member's hand, and remembers that it was used."""
    c.vouchers = tuple(other for other in c.vouchers if other.serial != voucher.serial)
    c.spent = (*c.spent, voucher.serial)[-SPENT_KEPT:]
    c.changed.add(f"voucher:{voucher.name}")


def keep_rest(c: Context, voucher: Voucher, taken: int) -> None:
    """Puts a voucher back that was used for less than it is worth, with what is left on it."""
    worth = voucher.worth if voucher.worth is not None else c.machine.vouchers[voucher.name].worth
    if worth is not None and worth > taken:
        c.vouchers = (*c.vouchers, replace(voucher, worth=worth - taken))
        c.spent = c.spent[:-1]


def cancel(c: Context, voucher: Voucher) -> None:
    """Takes an unused voucher away."""
    c.vouchers = tuple(other for other in c.vouchers if other.serial != voucher.serial)
    c.gone_vouchers = (*c.gone_vouchers, voucher.serial)
    c.spent = (*c.spent, -voucher.serial)[-SPENT_KEPT:]
    c.changed.add(f"voucher:{voucher.name}")


def lapse(c: Context, day: int) -> None:
    """Vouchers whose last day was yesterday are gone."""
    if any(voucher.gone <= day for voucher in c.vouchers):
        lapsed = [voucher.serial for voucher in c.vouchers if voucher.gone <= day]
        c.vouchers = tuple(voucher for voucher in c.vouchers if voucher.gone > day)
        c.gone_vouchers = (*c.gone_vouchers, *lapsed)
        c.spent = (*c.spent, *(-serial for serial in lapsed))[-SPENT_KEPT:]


def hand_over(c: Context, rule: RuleMachine, serial: int) -> None:
    """What a voucher is good for where it is no price: a thing, or what its rule gives."""
    c.used = (*c.used, Use(rule.index, 0, serial))
    if rule.targets:
        fire(c, rule)


def choose(c: Context, kind: str, wanted: Any) -> Refusal | None:
    """Takes one of the things that a voucher lets its holder choose from; the voucher is used up by it."""
    rule = c.machine.rules[c.machine.vouchers[kind].use_rule]
    voucher = first_of(c, kind)
    if isinstance(voucher, Refusal):
        return voucher
    c.voucher = voucher
    refusal = gate(c, rule)
    if refusal is not None:
        return refusal
    option = c.machine.options[rule.index].get(str(wanted))
    if option is None:
        return Refusal(code="unknown", text=f"There is no choice {wanted!r}.", rule=rule.name, pointer="/option")
    for code, condition in option.needs:
        if not condition(c, None):
            return rule.refusal(code)
    hand_over(c, option, voucher.serial)
    use_up(c, voucher)
    return None
