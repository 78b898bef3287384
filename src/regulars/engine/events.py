"""Events as the engine sees them: typed records read from a body, or a refusal that names the field.

A body is a mapping as JSON gives it (numbers with a point as `Decimal` or text, never floats). What a program declares under `facts` is
required unless it is optional or has a default; what nothing declares is refused, so a mistyped field is never silently ignored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from regulars.engine.bodies import Shape, identifier, plain, quantity, reader_of_money, return_line, unsaid_class, uses
from regulars.engine.fields import Bad, text_field
from regulars.engine.quick_lines import quick_line
from regulars.program.model import Fact, Program
from regulars.words.days import WEEKDAYS, Day, weekday, ymd
from regulars.words.moments import Zone
from regulars.words.refusals import Refusal

MAX_LINES = 20_000
EARLIEST = -2_208_988_800_000_000  # 1900-01-01
LATEST = 4_102_444_800_000_000 * 2  # about the year 2100, doubled: absurd dates are refused, far ones are not
OF_THE_EVENT = frozenset({"id", "type", "member", "happened_at", "source", "lines", "pay", "use", "of"})
BUILT_IN = frozenset({
    "purchase", "return", "join", "tick", "opening", "hold_card", "drop_card", "invite", "refer", "update", "goodwill", "reversal",
    "retier", "merge", "merged", "close", "leave", "use", "purchase.brought_in", "redemption.confirm", "redemption.release", "award",
})  # fmt: skip
REQUESTS = frozenset({"redeem", "use_perk", "choose", "set_preference", "convert"})
NONE: frozenset[str] = frozenset()
BUILT_IN_FACTS: dict[str, frozenset[str]] = {
    "join": frozenset({"referred_by", "market", "currency", "channel"}),
    "purchase": frozenset({"referred_by", "market"}),
    "purchase.brought_in": frozenset({"gave"}),
    "hold_card": frozenset({"card"}), "drop_card": frozenset({"card"}),
    "refer": frozenset({"friend"}),
    "invite": frozenset({"tier"}),
    "friend": frozenset({"friend", "spend"}),
    "redeem": frozenset({"cost", "reserve", "choose"}), "convert": frozenset({"choose"}),
    "use_perk": frozenset({"choose", "item", "amount"}),
    "subscribe": frozenset({"plan", "trial", "activate"}),
    "renew": frozenset({"plan", "charge_fails"}),
    "cancel": frozenset({"plan"}), "upgrade": frozenset({"plan"}), "downgrade": frozenset({"plan"}), "charge_failed": frozenset({"plan"}),
    "clip": frozenset({"offer", "offers"}), "print": frozenset({"offer", "offers"}),
    "claim_code": frozenset({"code", "kind", "worth", "percent", "minimum", "scope", "first_day", "last_day"}),
    "reschedule": frozenset({"to", "add", "add_once", "remove"}),
    "share": frozenset({"with"}), "unshare": frozenset({"with"}), "shared": frozenset({"by"}), "unshared": frozenset({"by"}),
    "sent": frozenset({"by", "rule", "paid", "own", "gives", "vouchers"}),
    "sent_back": frozenset({"by", "rule", "paid", "vouchers", "why"}),
    "waits": frozenset({"place", "by", "places"}), "freed": frozenset({"place", "by"}), "placed": frozenset({"place"}),
    "remind": frozenset({"next"}),
    "choose": frozenset({"option"}), "set_preference": frozenset({"option"}),
    "goodwill": frozenset({"wallet", "amount", "reason", "by"}),
    "reversal": frozenset({"reason", "by"}),
    "award": frozenset({"gives", "members", "by"}),
    "retier": frozenset({"ladder", "level", "until", "reason", "by"}),
    "merge": frozenset({"into", "reason", "by"}), "merged": frozenset({"by", "state"}), "close": frozenset({"reason", "by"}),
    "opening": frozenset({
        "balances", "lots", "levels", "vouchers", "last", "ever", "used", "facts", "choices", "referred_by", "plan", "orders", "shared",
    }),
}  # fmt: skip
ABOUT: dict[str, frozenset[str]] = {
    "return": frozenset({"purchase"}), "reversal": frozenset({"purchase", "friend"}), "cancel": frozenset({"redeem", "convert"}),
    "redemption": frozenset({"redeem"}),
    "convert": frozenset({"purchase"}),
}  # fmt: skip
"""Kinds of events about an earlier one (`of`), and of which kind that is."""
SPOKEN_OF = frozenset().union(*ABOUT.values())
"""Kinds of events that a later one may be about."""
OPEN_BODIES = frozenset({"opening"})


TIMES = tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1_440))


class Event:
    """One event, typed. `day` and `minute` are local to the program; `facts` its own declared facts; `body` what is stored."""

    __slots__ = (
        "at",
        "body",
        "day",
        "facts",
        "first",
        "id",
        "kind",
        "lines",
        "member",
        "minute",
        "of",
        "of_lines",
        "rest",
        "source",
        "tenders",
        "use",
    )

    id: str
    kind: str
    source: str
    member: str
    at: int
    day: Day
    minute: int
    facts: Any
    lines: list[Any]
    tenders: list[Any]
    use: tuple[Mapping[str, Any], ...]
    of: str | None
    of_lines: tuple[Mapping[str, Any], ...]
    rest: Any
    """The tender that pays what the others leave, where one names no amount."""
    first: str
    body: dict[str, Any]

    @property
    def type(self) -> str:
        """The event's kind, as the API calls it."""
        return self.kind

    @property
    def time(self) -> str:
        """Local time of day, `HH:MM`."""
        return TIMES[self.minute]

    @property
    def weekday(self) -> str:
        """`mon` .. `sun`, local."""
        return WEEKDAYS[weekday(self.day)]

    @property
    def month(self) -> int:
        """1 .. 12, local."""
        return ymd(self.day)[1]

    @property
    def raw(self) -> dict[str, Any]:
        """The event as it could be sent again: its body with id, type, member, source and moment put back."""
        head = {"id": self.id, "type": self.kind, "member": self.member, "source": self.source, "happened_at": self.at}
        return {**self.body, **head}


class Reader:
    """Reads bodies into events for one version of a program."""

    def __init__(self, program: Program, zone: Zone, kinds: frozenset[str]) -> None:
        self.program = program
        self.zone = zone
        self.kinds = kinds
        exponent = program.exponent
        line_facts = {
            name: fact
            for name, fact in program.facts.get("line", {}).items()
            if name not in {"amount", "price", "by_voucher"}
        }
        self.line = Shape("line", line_facts, ("amount", "price", "qty", "by_voucher", "origin"), exponent, zone)
        tender_facts = {
            name: fact for name, fact in program.facts.get("tender", {}).items() if name not in {"method", "amount"}
        }
        self.tender = Shape("tender", tender_facts, ("method", "amount"), exponent, zone)
        self.money = reader_of_money(exponent)
        told = (facts for owner, facts in program.facts.items() if owner not in {"line", "tender", "member"})
        self._unsaid = unsaid_class([fact for facts in told for fact in facts.values()], exponent, zone)
        self.unsaid = self._unsaid()
        """The facts of a moment of the calendar, which says nothing."""
        self._shapes: dict[str, Shape] = {}
        self._days_of_year = frozenset(
            name for facts in program.facts.values() for name, fact in facts.items() if fact.type.base == "day_of_year"
        )
        self._line_keys = frozenset({"amount", "price", "qty", "id"}) | self.line.known
        self._declares_qty = "qty" in line_facts
        self._line_of = quick_line(self.line, self._line_keys, self.money, self._line, self._declares_qty)
        self.people = program.account.kind == "card"

    def shape(self, kind: str) -> Shape:
        """The facts that an event of this kind carries: those of every event, of its first word, and of itself."""
        found = self._shapes.get(kind)
        if found is None:
            facts: dict[str, Fact] = {}
            first = kind.split(".", 1)[0]
            rest = kind.partition(".")[2]
            # Who gives a place back, or waits for one, says which by the facts with which it was asked for.
            asked = (f"use_perk.{rest}",) if first == "cancel" and rest else ()
            for key in dict.fromkeys(("event", first, *asked, kind)):
                facts.update(self.program.facts.get(key, {}))
            if asked:
                facts = {name: replace(fact, type=replace(fact.type, optional=True)) for name, fact in facts.items()}
            found = self._shapes[kind] = Shape(kind, facts, (), self.program.exponent, self.zone, self._unsaid)
        return found

    def read(self, raw: Mapping[str, Any]) -> Event | Refusal:
        """The event of a body, or why it cannot be one; `pointer` names the field."""
        try:
            return self._read(raw)
        except Bad as bad:
            return Refusal(code=bad.code, text=bad.text, pointer=bad.pointer)

    def _read(self, raw: Mapping[str, Any]) -> Event:
        if not isinstance(raw, Mapping):
            raise Bad(
                "event.not_an_object", "An event must be an object with `id`, `type`, `member` and `happened_at`.", ""
            )
        event = Event()
        event.id = identifier(raw, "id")
        event.member = identifier(raw, "member")
        try:
            event.source = text_field(raw.get("source", "api")) or "api"
        except Bad as bad:
            raise bad.of("source", "/source") from None
        kind = raw.get("type")
        if not isinstance(kind, str):
            raise Bad("event.missing_field", "The field `type` is missing.", "/type")
        event.kind = kind
        event.first = kind.split(".", 1)[0]
        if kind not in self.kinds and not (event.first in REQUESTS and "." in kind):
            raise Bad("event.unknown_type", f"This program has no event `{kind}`.", "/type")
        event.at = self._moment(raw.get("happened_at"))
        event.day, event.minute = self.zone.local(event.at)
        self._details(event, raw)
        return event

    def _moment(self, value: Any) -> int:
        if value is None:
            raise Bad("event.missing_field", "The field `happened_at` is missing.", "/happened_at")
        if isinstance(value, int) and not isinstance(value, bool):
            at = value
        else:
            parsed = self.zone.parse(str(value))
            if isinstance(parsed, Refusal):
                raise Bad(
                    "event.bad_moment",
                    parsed.text or f"The moment {value!r} cannot be read; write 2026-03-02T09:00.",
                    "/happened_at",
                )
            at = parsed
        if not EARLIEST <= at <= LATEST:
            raise Bad("event.out_of_range", "The moment is not in this age.", "/happened_at")
        return at

    def _details(self, event: Event, raw: Mapping[str, Any]) -> None:
        shape = self.shape(event.kind)
        event.facts = facts = shape.cls()
        seen = shape.fill(facts, raw, "")
        event.lines, event.tenders, event.use, event.of, event.of_lines, event.rest = [], [], (), None, (), None
        body = {
            key: plain(value)
            for key, value in raw.items()
            if key not in {"id", "type", "member", "happened_at", "source"}
        }
        event.body = body
        self._forget_years(body)
        for key in body:
            if key in shape.known or (key == "person" and self.people):
                continue
            if key == "lines":
                self._lines(event, raw["lines"])
            elif key == "pay":
                self._tenders(event, raw["pay"])
            elif key == "use":
                event.use = uses(raw["use"])
            elif key == "of":
                event.of = identifier(raw, "of")
            elif key not in BUILT_IN_FACTS.get(event.first, NONE) | BUILT_IN_FACTS.get(
                event.kind, NONE
            ) and key not in self._member_facts(event):
                raise Bad("event.unknown_field", f"Nothing in the program declares `{key}` of {event.kind}.", f"/{key}")
        if event.rest is not None:
            pay_rest(event, sum(line.amount for line in event.lines))
        if shape.of_lines:
            self._inner_lines(event, shape, raw)
        if event.first == "use_perk" and not event.lines and ("item" in body or "amount" in body):
            event.lines = [self._asked_line(raw, 0)]
        if event.first == "purchase" and "lines" not in body:
            raise Bad("event.missing_field", "A purchase has `lines`, and they are missing.", "/lines")
        if event.first == "use" and not event.use:
            raise Bad("event.missing_field", "The field `use`, which says what is used, is missing.", "/use")
        if event.first == "return" and event.of is None and self.program.returns.get("without_sale") == "take back":
            event.lines, event.of_lines = [self._line(line, n) for n, line in enumerate(raw.get("lines") or ())], ()
        elif event.first in {"return", "reversal"} and event.of is None:
            raise Bad(
                "event.missing_field",
                f"The field `of`, which says of which event this is the {event.first}, is missing.",
                "/of",
            )
        del seen

    def _forget_years(self, body: dict[str, Any]) -> None:
        """A day of the year is kept without its year, so that no date of birth stays in an event."""
        if not self._days_of_year:
            return
        for record in (body, body.get("facts")):
            if isinstance(record, dict):
                for name in self._days_of_year & record.keys():
                    value = record[name]
                    if isinstance(value, str) and len(value) == 10:
                        record[name] = value[5:]

    def basket(self, raw: Sequence[Mapping[str, Any]]) -> list[Any] | Refusal:
        """The lines of an order that is kept, or why they cannot be read."""
        try:
            return [self._line(line, number) for number, line in enumerate(raw)]
        except Bad as bad:
            return Refusal(code=bad.code, text=bad.text, pointer=bad.pointer)

    def _inner_lines(self, event: Event, shape: Shape, raw: Mapping[str, Any]) -> None:
        """Facts that are lines themselves: the guests of a visit, which are its lines, or a thing to add to an order."""
        for name, attribute, several in shape.of_lines:
            value = raw.get(name)
            if several:
                found = [self._asked_line(one, number) for number, one in enumerate(value or ())]
                setattr(event.facts, attribute, found)
                event.lines = event.lines or found
            elif value is not None:
                setattr(event.facts, attribute, self._asked_line(value, 0))

    def _asked_line(self, raw: Mapping[str, Any], number: int) -> Any:
        """A line of which only some of the facts are said: what is asked for, a guest; without an amount it costs nothing."""
        line = self.line.cls()
        for attribute, name, read, default, _ in self.line.fields:
            value = raw.get(name)
            setattr(line, attribute, default if value is None else read(value))
        amount = raw.get("amount")
        line.amount = 0 if amount is None else self.money(amount)
        line.qty = getattr(line, "qty", None) or quantity(raw.get("qty", 1), f"/lines/{number}/qty")
        line.price = line.amount if line.qty == 1 else line.amount // line.qty
        line.by_voucher, line.origin = False, number
        return line

    def _member_facts(self, event: Event) -> Mapping[str, Any]:
        return self.program.facts.get("member", {}) if event.first in {"join", "update"} else {}

    def _lines(self, event: Event, raw: Any) -> None:
        if not isinstance(raw, list) or not raw:
            raise Bad("event.bad_lines", "The field `lines` must be a list of at least one line.", "/lines")
        if len(raw) > MAX_LINES:
            raise Bad(
                "event.too_many_lines", f"There are {len(raw)} lines, and at most {MAX_LINES} are taken.", "/lines"
            )
        if event.first == "return":
            event.of_lines = tuple(return_line(line, n) for n, line in enumerate(raw))
            return
        line_of = self._line_of
        event.lines = [line_of(line, n) for n, line in enumerate(raw)]

    def _line(self, raw: Any, number: int) -> Any:
        pointer = f"/lines/{number}"
        if not isinstance(raw, Mapping):
            raise Bad("event.bad_lines", "A line must be an object.", pointer)
        shape = self.line
        line = shape.cls()
        shape.fill(line, raw, pointer)
        for key in raw:
            if key not in self._line_keys:
                raise Bad("event.unknown_field", f"Nothing in the program declares `line.{key}`.", f"{pointer}/{key}")
        amount = raw.get("amount")
        if amount is None:
            raise Bad("event.missing_field", "The field `amount` is missing.", f"{pointer}/amount")
        try:
            line.amount = money = self.money(amount)
        except Bad as bad:
            raise bad.of("amount", f"{pointer}/amount") from None
        if not self._declares_qty:
            line.qty = quantity(raw.get("qty", 1), f"{pointer}/qty")
        elif line.qty < 1:
            raise Bad("event.out_of_range", "The field `qty` must be at least 1.", f"{pointer}/qty")
        line.price = money if line.qty == 1 else money // line.qty
        line.by_voucher = False
        line.origin = number
        return line

    def _tenders(self, event: Event, raw: Any) -> None:
        if not isinstance(raw, list):
            raise Bad("event.bad_tenders", "The field `pay` must be a list of {method, amount}.", "/pay")
        for number, item in enumerate(raw):
            pointer = f"/pay/{number}"
            if not isinstance(item, Mapping) or ("amount" not in item and event.rest is not None):
                raise Bad(
                    "event.bad_tenders",
                    "A tender has `method` and `amount`; one of them may pay what is left.",
                    pointer,
                )
            tender = self.tender.cls()
            self.tender.fill(tender, item, pointer)
            tender.method = str(item.get("method", ""))
            if "amount" not in item:
                tender.amount, event.rest = 0, tender
                event.tenders.append(tender)
                continue
            try:
                tender.amount = self.money(item["amount"])
            except Bad as bad:
                raise bad.of("amount", f"{pointer}/amount") from None
            event.tenders.append(tender)


def pay_rest(event: Event, due: int) -> None:
    """Lets the tender without an amount pay what the others leave of what is due."""
    others = sum(tender.amount for tender in event.tenders if tender is not event.rest)
    event.rest.amount = max(due - others, 0)
