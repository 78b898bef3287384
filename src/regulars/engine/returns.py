"""Returns: goods come back and take with them what those lines earned, as recorded on the sale's receipt, never at today's rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from regulars.engine import funnels, goods, lots, pending, referring, unreceipted
from regulars.engine.fields import Bad
from regulars.engine.kept import Kept, due_back, marked
from regulars.engine.model import RETURNED, Entry, Facts
from regulars.engine.perks import gate, use
from regulars.engine.pricing import apply_price
from regulars.words.days import NEVER
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context


class Sold:
    """The facts of a purchase as a return asks for them (`sale.channel`), with the day on which it happened (`sale.date`)."""

    __slots__ = ("_facts", "day")

    def __init__(self, facts: Any, day: int) -> None:
        self._facts, self.day = facts, day

    def __getattr__(self, name: str) -> Any:
        return getattr(self._facts, name)


def give_back(c: Context, facts: Facts) -> Refusal | None:
    """Judges a return: which lines, whether it may, what is paid back, what is taken back."""
    event = c.event
    assert event is not None
    sale = facts.sale
    if event.of is None:
        return unreceipted.give_back(c)
    if sale is None:
        return Refusal(
            code="return.unknown_purchase", text=f"There is no purchase {event.of!r} of this member.", pointer="/of"
        )
    machine = c.machine.book.at_version(sale.receipt.version)
    sold = machine.book.restore(dict(sale.body), machine)
    if isinstance(sold, Refusal) or sold.first != "purchase" or sale.receipt.refused is not None:
        return Refusal(
            code="return.unknown_purchase", text=f"The event {event.of!r} is no purchase that happened.", pointer="/of"
        )
    if any(place < 0 for place, _ in sale.taken):
        return Refusal(code="return.exceeds_sale", text=f"The purchase {event.of!r} was reversed.", pointer="/of")
    kept = Kept(machine, sale, sold.lines, (sold, c.member))
    c.sale, c.sale_day = Sold(sold.facts, sold.day), sold.day
    try:
        coming = match(c, kept, event.of_lines)
    except Bad as bad:
        return Refusal(code=bad.code, text=bad.text, pointer=bad.pointer)
    c.lines = [kept.lines[place] for place in coming]
    refusal = gates(c)
    if refusal is not None:
        return refusal
    back = sum(amount for amount in coming.values())
    for place, amount in coming.items():
        kept.come(kept.after, place, amount)
    c.taken_lines = tuple(sorted(coming.items()))
    c.nets = list(coming.values())
    c.returning = True
    for rule in c.machine.return_prices:
        apply_price(c, rule)
    c.added -= back
    take_back(c, kept)
    goods.take_back(c, kept)
    if machine.program.referrals:
        referring.take_back(c, kept)
    return None


def gates(c: Context) -> Refusal | None:
    """Benefits that stand on returns: those whose `when` holds must allow it, and are used up by it."""
    held = []
    for rule in c.machine.return_gates:
        if rule.test is not None and rule.test(c) >= 0:
            continue
        lines = len(c.lines) if rule.filter is None else len(rule.lines_of(c))
        if not lines:
            continue
        refusal = gate(c, rule, count=lines)
        if refusal is not None:
            return refusal
        held.append((rule, lines))
    for rule, lines in held:
        use(c, rule, lines)
    return None


def match(c: Context, kept: Kept, wanted: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Which lines of the sale come back, and how much of what they cost; all that is left of it when no line is named.

    A return's line names a line by `line` (its place from 0) or by the facts it shares with it, and how much by `qty`, or by an amount.
    """
    left = {place: size - kept.before[place] for place, size in enumerate(kept.sizes)}
    if not wanted:
        coming = {place: min(amount, kept.nets[place]) for place, amount in left.items() if amount}
        if not coming:
            raise Bad("return.exceeds_sale", "Everything has come back already.", "/lines")
        return coming
    coming = {}
    for number, raw in enumerate(wanted):
        pointer = f"/lines/{number}"
        place = _place(c, kept, raw, left, coming, pointer)
        amount = _amount(c, kept, raw, place, pointer)
        if amount > left[place] - coming.get(place, 0) or not left[place]:
            raise Bad("return.exceeds_sale", "More comes back than was bought.", pointer)
        coming[place] = coming.get(place, 0) + amount
    return coming


def _place(
    c: Context, kept: Kept, raw: Mapping[str, Any], left: Mapping[int, int], coming: Mapping[int, int], pointer: str
) -> int:
    if "line" in raw:
        number = raw["line"]
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(kept.lines):
            raise Bad("return.unknown_line", f"The purchase has no line {number!r}.", pointer)
        return number
    known = kept.machine.reader.line.known
    named = {key: value for key, value in raw.items() if key in known and key != "qty"}
    extra = set(raw) - known - {"qty", "amount", "refund", "line"}
    if extra:
        raise Bad(
            "event.unknown_field", f"Nothing in the program declares `line.{min(extra)}`.", f"{pointer}/{min(extra)}"
        )
    fitting = [
        place
        for place, line in enumerate(kept.lines)
        if all(str(getattr(line, kept.machine.attribute(key))) == str(value) for key, value in named.items())
    ]
    if not fitting:
        raise Bad("return.unknown_line", "The purchase has no such line.", pointer)
    price = _money(c, raw, pointer)
    open_ = [place for place in fitting if left[place] - coming.get(place, 0) > 0] or fitting
    exact = [place for place in open_ if price in {kept.nets[place], kept.lines[place].amount}]
    return (exact or open_)[0]


def _money(c: Context, raw: Mapping[str, Any], pointer: str) -> int | None:
    value = raw.get("refund", raw.get("amount"))
    if value is None:
        return None
    try:
        money: int = c.machine.reader.money(value)
    except Bad as bad:
        raise bad.of("amount", f"{pointer}/amount") from None
    return money


def _amount(c: Context, kept: Kept, raw: Mapping[str, Any], place: int, pointer: str) -> int:
    """How much of what the line cost comes back: its share by pieces, or by a price (the list price stands for the whole line)."""
    line, net = kept.lines[place], kept.nets[place]
    price = _money(c, raw, pointer)
    if "refund" not in raw and "qty" in raw:
        pieces = raw["qty"]
        if not isinstance(pieces, int) or isinstance(pieces, bool) or pieces < 1:
            raise Bad("event.out_of_range", "The field `qty` must be a whole number from 1.", pointer)
        if pieces > line.qty:
            raise Bad("return.exceeds_sale", f"More comes back than was bought: {pieces} of {line.qty}.", pointer)
        # The pieces that came back before, read from their price: a piece is a cent less now and then, and all of them are the line.
        done = min((kept.before[place] * line.qty + line.qty - 1) // net, line.qty - pieces) if net else 0
        return int(net * (done + pieces) // line.qty - net * done // line.qty)
    if price is None or price == line.amount:
        return int(net - kept.before[place])
    return int(price)


def take_back(c: Context, kept: Kept) -> None:
    """Takes back, entry by entry of the sale's receipt, the share of the lines that came back."""
    machine = c.machine
    rule = machine.program.return_rule
    assert rule is not None
    sums: dict[tuple[int, int], tuple[int, int]] = {}
    receipt = kept.sale.receipt
    for entry in receipt.promised:
        name = kept.machine.by_place[entry.wallet].name
        shared_out = name in machine.funnels
        if marked(kept.machine, entry.rule):
            # What a mark gave hangs on the mark, not on the goods with which it was crossed.
            continue
        if entry.given > 0 and (shared_out or machine.takes_back(name)):
            units = due_back(kept, entry)
            units -= pending.take_back(c, name, receipt.version, entry.rule, str(kept.sale.body["id"]), units)
            if shared_out:
                funnels.take_back(c, name, units, rule)
                continue
            if units:
                held = sums.get((entry.wallet, entry.gone), (0, 0))
                sums[entry.wallet, entry.gone] = (held[0] + units, entry.rule)
    for entry in receipt.entries:
        if entry.given <= 0 or marked(kept.machine, entry.rule):
            continue
        if not machine.takes_back(kept.machine.by_place[entry.wallet].name):
            continue
        units = due_back(kept, entry)
        if units:
            held = sums.get((entry.wallet, entry.gone), (0, 0))
            sums[entry.wallet, entry.gone] = (held[0] + units, entry.rule)
    for (place, gone), (units, _) in sums.items():
        name = kept.machine.by_place[place].name
        wallet = machine.wallets.get(name)
        if wallet is not None:
            collect(c, wallet, units, gone, rule)


def collect(c: Context, wallet: Any, units: int, gone: int, rule: int) -> None:
    """Takes usable units back from a wallet: a counter gives back into the window they came from (a closed one takes nothing); others below
    zero where they may owe.
    """
    if wallet.counter and gone and gone <= c.today:
        return
    keep = (lambda lot: lot.gone == gone) if wallet.counter and gone else None
    holding, moved, taken = lots.give_back(
        c.holding(wallet.name), units, wallet.name, RETURNED, wallet.may_owe, wallet.order, keep, gone or NEVER
    )
    if taken:
        c.hold(wallet.name, holding)
        c.moved.extend(moved)
        c.recording.append(Entry(rule, wallet.place, -taken, units, 0, 1, units))
