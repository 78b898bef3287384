"""Opening balances: a member brought in from elsewhere with what they already have, and corrections by staff.

Both are events like any other: they leave movements and a receipt, and a replay makes them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regulars.engine import lots, memberships, orders, seats
from regulars.engine.choosing import keep_choice
from regulars.engine.compartments import PERSON, note
from regulars.engine.fields import MOST, Bad, exact, reader
from regulars.engine.granting import grant
from regulars.engine.limits import Bound
from regulars.engine.model import ACTIVE, ADJUSTED, ISSUED, Entry, Holding, Issue, Movement, Voucher
from regulars.words.days import NEVER, day_of
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context


def bring_in(c: Context) -> Refusal | None:
    """Sets a member's opening facts, days, levels, units, vouchers and used limits."""
    event = c.event
    assert event is not None
    body = event.body
    try:
        facts(c, body.get("facts") or {})
        days(c, body)
        for name, held in sorted(dict(body.get("levels") or {}).items()):
            level(c, name, held)
        for name, chosen in sorted(dict(body.get("choices") or {}).items()):
            choice(c, name, chosen)
        # Whether old units are still kept is asked of the levels and choices brought in.
        c.levels = c.machine.snapshot(c)
        units(c, body)
        for raw in body.get("vouchers") or ():
            voucher(c, raw)
        for name, used in sorted(dict(body.get("used") or {}).items()):
            count(c, name, used)
        if body.get("plan"):
            memberships.bring_in(c, body["plan"])
        orders.bring_in(c, body.get("orders") or {})
        for name, others in sorted(dict(body.get("shared") or {}).items()):
            for other in others:
                seats.seat(c, c.machine.named[f"benefits.{name}"], str(other))
    except Bad as bad:
        return Refusal(code=bad.code, text=bad.text, pointer=bad.pointer)
    except (TypeError, AttributeError, KeyError):
        return Refusal(
            code="event.wrong_type", text="The opening balances are not of the form they should be.", pointer=""
        )
    except ValueError as wrong:
        return Refusal(code="event.wrong_type", text=f"A value of the opening cannot be read: {wrong}.", pointer="")
    return None


def facts(c: Context, given: Mapping[str, Any]) -> None:
    """Facts of the member, read as the program declares them."""
    declared = c.machine.program.facts.get("member", {})
    for name, value in sorted(given.items()):
        fact = declared.get(name)
        if fact is not None:
            read, _, _ = reader(fact.type, c.machine.program.exponent, c.zone)
            c.learn(name, read(value))
        elif name in {"market", "currency", "card", "invitation", "birthday"}:
            c.learn(name, value)
        else:
            raise Bad("event.unknown_field", f"The program declares no `member.{name}`.", f"/facts/{name}")
        c.changed.add(f"fact:{name}")


def days(c: Context, body: Mapping[str, Any]) -> None:
    """Days that the member brings: of last events, and that something ever happened."""
    for name, value in sorted(dict(body.get("last") or {}).items()):
        key = name if name == "joined" else f"last:{name}"
        c.days[key] = day_of(str(value)[:10])
    for name in body.get("ever") or ():
        c.days.setdefault(f"last:{name}", c.today)
        c.days.setdefault(f"first:{name}", c.today)
        for wallet in c.machine.credited_by_set(name):
            held = c.holding(wallet)
            c.holdings[wallet] = Holding(
                held.active, held.pending, held.lots, held.first or c.today, held.waiting, held.reserved
            )


def level(c: Context, ladder: str, held: Any) -> None:
    """A level held, until a last day if one is known, or since a day."""
    machine = c.machine.ladders.get(ladder)
    name, until, since = (
        (held, None, None) if isinstance(held, str) else (held["level"], held.get("until"), held.get("since"))
    )
    if machine is None or name not in machine.places:
        raise Bad("event.unknown_value", f"There is no level {name!r} in {ladder!r}.", "/levels")
    if machine.places[name] or (machine.termed and until is not None):
        first = c.today if since is None else day_of(str(since)[:10])
        gone = machine.life(c, first) if until is None else day_of(str(until)[:10]) + 1
        grant(c, ladder, name, "given", first=first, gone=gone)


def choice(c: Context, name: str, chosen: Any) -> None:
    """What the member has chosen before; it counts against no limit."""
    known = c.machine.choices.get(name)
    if known is None:
        raise Bad("event.unknown_value", f"There is no choice {name!r}.", "/choices")
    values = chosen if known.options == ("dates",) and isinstance(chosen, list) else [chosen]
    for value in values:
        keep_choice(c, name, known.options, value)


def units(c: Context, body: Mapping[str, Any]) -> None:
    """Balances, as single lots of today or as dated lots."""
    dated = dict(body.get("lots") or {})
    for name, value in sorted(dict(body.get("balances") or {}).items()):
        wallet = c.machine.wallets.get(name)
        if wallet is None:
            raise Bad("event.unknown_value", f"There is no wallet {name!r}.", f"/balances/{name}")
        parts = dated.get(name) or [{"n": value}]
        for part in parts:
            amount = whole(part["n"], wallet.scale)
            earned = c.today if part.get("earned") is None else day_of(str(part["earned"])[:10])
            put(c, wallet, amount, earned)


def whole(value: Any, scale: int) -> int:
    """A number as written, in smallest units."""
    if isinstance(value, float | bool):
        raise Bad("event.float", f"The number {value!r} is not exact; write it as text.", "/balances")
    found = exact(value) * scale
    if found.denominator != 1:
        raise Bad("event.too_precise", f"The number {value} has more decimals than the wallet keeps.", "/balances")
    if abs(found) > MOST:
        raise Bad("event.out_of_range", "The number of units is absurdly large.", "/balances")
    return found.numerator


def put(c: Context, wallet: Any, amount: int, earned: int) -> None:
    """Credits an opening lot; a negative balance is a debt, where the wallet may owe."""
    rule = c.machine.program.return_rule or 0
    if amount < 0:
        if not wallet.may_owe:
            raise Bad("event.out_of_range", f"The wallet `{wallet.name}` may not be below zero.", "/balances")
        held = c.holding(wallet.name)
        c.hold(
            wallet.name,
            Holding(held.active + amount, held.pending, held.lots, held.first or earned, held.waiting, held.reserved),
        )
        c.moved.append(Movement(wallet.name, ACTIVE, ADJUSTED, -amount, 0))
    elif amount:
        gone = wallet.life(c, earned)
        if gone <= c.today:
            # Old units are only there because a waiver kept them.
            if wallet.unless is None or not wallet.unless(c, None):
                return
            gone = wallet.next_period(c, c.today)
        holding, lot = lots.credit(c.holding(wallet.name), amount, c.next_serial(), earned, gone, wallet.since(earned))
        c.hold(wallet.name, holding)
        c.moved.append(Movement(wallet.name, ISSUED, ACTIVE, amount, lot))
        if wallet.divided_by == PERSON and lot:
            note(c, wallet, lot)
    c.recording.append(Entry(rule, wallet.place, amount, 0, 0, 1, amount))


def voucher(c: Context, raw: Mapping[str, Any]) -> None:
    """A live voucher brought in: its kind, worth or share, last day."""
    kind = c.machine.vouchers.get(str(raw.get("kind")))
    if kind is None:
        raise Bad("event.unknown_value", f"There is no voucher kind {raw.get('kind')!r}.", "/vouchers")
    worth = c.machine.worth_of(raw)
    percent = c.machine.percent_of(raw)
    gone = NEVER if raw.get("last_day") is None else day_of(str(raw["last_day"])[:10]) + 1
    serial = c.next_serial()
    minimum = c.machine.worth_of({"worth": raw.get("minimum")}) or 0
    c.vouchers = (
        *c.vouchers,
        Voucher(
            serial,
            kind.name,
            c.today,
            gone,
            worth if kind.given else None,
            percent,
            "",
            NEVER if raw.get("waiting") else 0,
            str(raw.get("scope", "")),
            minimum=minimum,
        ),
    )
    c.issued = (
        *c.issued,
        Issue(
            c.machine.vouchers[kind.name].use_rule,
            serial,
            kind.name,
            worth if kind.given else kind.worth,
            0 if gone >= NEVER else gone,
        ),
    )


def bounds_named(c: Context, name: str) -> list[Bound]:
    """The limits of a shared limit, or of a rule by its short name, as they are now."""
    made = list(c.machine.shared_bounds.get(name, ()))
    for rule in c.machine.rules.values():
        mine = rule.name.split(".", 1)[-1] in {name, f"{name}.referrer"}
        if mine and (rule.bounds or not rule.name.startswith("referrals.")):
            made.extend(rule.bounds)
    return [bound for one in made if (bound := one(c)) is not None]


def scale_of(c: Context, bound: Bound) -> int:
    """Smallest units in one unit of a limit as written."""
    wallets = c.machine.wallets
    if bound.counted == "measure":
        return bound.grain
    return wallets[bound.noun].scale if bound.noun in wallets else c.machine.minor


def count(c: Context, name: str, used: Any) -> None:
    """How much of a limit was used before."""
    for bound in bounds_named(c, name):
        bound.use(
            c,
            whole(int(used) if isinstance(used, bool) else used, 1)
            * (1 if bound.counted in {"times", "lines"} else scale_of(c, bound)),
        )


def brought_in(c: Context) -> Refusal | None:
    """A purchase from before, so that it can still come back: what it gave is told (`gave: {points: 250}`), and no rule is asked."""
    body = c.event.body if c.event is not None else {}
    try:
        for name, value in sorted(dict(body.get("gave") or {}).items()):
            wallet = c.machine.wallets.get(name)
            if wallet is None:
                raise Bad("event.unknown_value", f"There is no wallet {name!r}.", f"/gave/{name}")
            amount = whole(value, wallet.scale)
            if amount < 0:
                raise Bad("event.out_of_range", "What a purchase gave is not below zero.", f"/gave/{name}")
            put(c, wallet, amount, c.today)
    except Bad as bad:
        return Refusal(code=bad.code, text=bad.text, pointer=bad.pointer)
    except ValueError as wrong:
        return Refusal(code="event.wrong_type", text=f"A value of `gave` cannot be read: {wrong}.", pointer="/gave")
    return None


def goodwill(c: Context) -> Refusal | None:
    """Units given (or, negative, taken) by staff, with a reason."""
    body = c.event.body if c.event is not None else {}
    wallet = c.machine.wallets.get(str(body.get("wallet")))
    if wallet is None:
        return Refusal(
            code="event.unknown_value", text=f"There is no wallet {body.get('wallet')!r}.", pointer="/wallet"
        )
    if not body.get("reason"):
        return Refusal(
            code="event.missing_field", text="Goodwill has a `reason`, and it is missing.", pointer="/reason"
        )
    try:
        amount = whole(body.get("amount", 0), wallet.scale)
    except Bad as bad:
        return Refusal(code="event.wrong_type", text=bad.text, pointer="/amount")
    except ValueError:
        return Refusal(code="event.wrong_type", text="The field `amount` must be a number.", pointer="/amount")
    if amount == 0 or abs(amount) > 10**12:
        return Refusal(code="event.out_of_range", text="Goodwill is a number of units, not zero.", pointer="/amount")
    rule = c.machine.program.return_rule or 0
    if amount < 0:
        holding, moved, taken = lots.give_back(
            c.holding(wallet.name), -amount, wallet.name, ADJUSTED, wallet.may_owe, wallet.order
        )
        if taken != -amount:
            return Refusal(
                code="too_little",
                values=(("held", wallet.text(c.available(wallet.name))), ("cost", wallet.text(-amount))),
            )
        c.hold(wallet.name, holding)
        c.moved.extend(moved)
        c.recording.append(Entry(rule, wallet.place, amount, 0, 0, 1, amount))
        return None
    gone = wallet.life(c, c.today)
    if gone <= c.today:
        return Refusal(code="lapsed", text="What is given to this wallet today has lapsed already.", pointer="/wallet")
    holding, lot = lots.credit(c.holding(wallet.name), amount, c.next_serial(), c.today, gone, wallet.since(c.today))
    c.hold(wallet.name, holding)
    c.moved.append(Movement(wallet.name, ADJUSTED, ACTIVE, amount, lot))
    c.recording.append(Entry(rule, wallet.place, amount, 0, 0, 1, amount, (), None, 0 if gone >= NEVER else gone))
    return None
