"""Whether a code may be used, held or printed, and how it is named to the engine. Pure; what a code is worth is not judged here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, get_args

from regulars.engine.book import Book
from regulars.engine.fields import Bad
from regulars.engine.machine import Machine
from regulars.engine.view import percent_text
from regulars.vouchers.model import Code, PrintPer, Terms
from regulars.vouchers.patterns import Pattern, fault_of, key_of, read_pattern
from regulars.words.days import Day, day_of, iso
from regulars.words.refusals import Refusal

ENGINE: Final = ("code", "kind", "worth", "percent", "minimum", "scope", "first_day", "last_day")
"""What the engine is told of a code; from outside only `code` (and `on`, the goods that are meant) is taken."""

WHOLE: Final = 1_000_000
"""All of something, in millionths."""
LONGEST_SCOPE: Final = 200
TERMS: Final = frozenset(Terms.__slots__) | {"shared"}
"""What a request may say of a batch; `shared` codes are used without end."""


def judge(code: Code, member: str | None, till: str) -> Refusal | None:
    """Why a member cannot use a code at a till now: `voucher.other_member`, `voucher.used`, `voucher.held`; None when nothing is
    in the way. Without a till, any hold is somebody else's. An event that has used the code already may come again.
    """
    if code.mine:
        return None
    if code.member is not None and code.member != member:
        return Refusal("voucher.other_member", "This code is kept for another member.", pointer="/use")
    if code.left is None:
        return None
    if code.left < 1:
        return Refusal("voucher.used", "This code was used already.", pointer="/use")
    others = [hold for hold in code.holds if not till or hold.till != till]
    if code.left <= len(others):
        until = min(hold.until for hold in others)
        text = "Another till is taking this code right now."
        return Refusal("voucher.held", text, pointer="/use", values=(("first_moment", until),))
    return None


def unknown(shown: str, patterns: Sequence[str]) -> Refusal:
    """The refusal of a code that is not kept: `voucher.bad_check` where it looks like one of ours with a slip, else `voucher.unknown`."""
    for text in patterns:
        pattern = read_pattern(text)
        fault = fault_of(pattern, shown) if isinstance(pattern, Pattern) else None
        if fault is not None and fault.code == "voucher.bad_check":
            return fault
    return Refusal("voucher.unknown", f"There is no code {shown!r}.", pointer="/use")


def item_of(code: Code, machine: Machine) -> dict[str, Any]:
    """A code as an event names it to the engine, so that the event alone says what was judged: the same for the same code."""
    terms = code.batch.terms
    worth = terms.worth if code.worth is None else code.worth
    found = {
        "code": code.code,
        "kind": terms.kind,
        "worth": None if worth is None else machine.money_text(worth),
        "percent": None if terms.percent is None else percent_text(terms.percent),
        "minimum": None if terms.minimum is None else machine.money_text(terms.minimum),
        "scope": terms.scope or None,
        "first_day": None if terms.first_day is None else iso(terms.first_day),
        "last_day": None if terms.last_day is None else iso(terms.last_day),
    }
    return {name: value for name, value in found.items() if value is not None}


def shown_codes(body: Mapping[str, Any]) -> list[str]:
    """The codes that the `use` of a body names, as they were shown, in order."""
    use = body.get("use")
    items = use if isinstance(use, list) else ()
    return [str(item["code"]) for item in items if isinstance(item, Mapping) and "code" in item]


def with_codes(body: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The body with each code that it uses described by the item of its key; what the body itself said of its worth is not heard."""

    def described(item: Any) -> Any:
        if not (isinstance(item, Mapping) and "code" in item):
            return item
        own = {name: value for name, value in item.items() if name not in ENGINE}
        return {**own, **items[key_of(str(item["code"]))]}

    use = body.get("use")
    return {**body, "use": [described(item) for item in use]} if isinstance(use, list) else {**body}


def read_terms(book: Book, raw: Mapping[str, Any]) -> Terms | Refusal:
    """The terms of a batch as a request writes them, money and days as texts; or `voucher.bad_terms` with a pointer to the field."""
    machine = book.machines[-1]
    given = {name: value for name, value in raw.items() if value is not None}
    strange = next((name for name in given if name not in TERMS), None)
    if strange is not None or not isinstance(given.get("kind"), str):
        text = "A batch names its `kind`: a voucher of the program."
        text = text if strange is None else f"A batch has no term `{strange}`."
        return Refusal("voucher.bad_terms", text, pointer=f"/{strange or 'kind'}")
    readers: dict[str, Callable[[Any], Any]] = {
        "worth": lambda value: machine.worth_of({"worth": value}),
        "minimum": lambda value: machine.worth_of({"worth": value}),
        "percent": lambda value: machine.percent_of({"percent": value}),
        "first_day": lambda value: day_of(str(value)),
        "last_day": lambda value: day_of(str(value)),
        "uses": _times,
        "print_most": _times,
        "print_per": _per,
    }
    found: dict[str, Any] = {}
    for name, value in given.items():
        try:
            found[name] = readers.get(name, str)(value)
        except Bad as bad:
            return Refusal("voucher.bad_terms", bad.of(name, "").text, pointer=f"/{name}")
        except (ValueError, ArithmeticError):
            return Refusal("voucher.bad_terms", f"The term `{name}` cannot be {value!r}.", pointer=f"/{name}")
    if raw.get("shared"):
        found["uses"] = None
    found.pop("shared", None)
    return Terms(**found)


def terms_json(machine: Machine, terms: Terms) -> dict[str, Any]:
    """The terms as a request would write them; what is not said is left out."""
    money = {name: getattr(terms, name) for name in ("worth", "minimum")}
    days = {name: getattr(terms, name) for name in ("first_day", "last_day")}
    found = {
        "kind": terms.kind,
        "pattern": terms.pattern,
        **{name: None if value is None else machine.money_text(value) for name, value in money.items()},
        "percent": None if terms.percent is None else percent_text(terms.percent),
        "scope": terms.scope or None,
        **{name: None if value is None else iso(value) for name, value in days.items()},
        "uses": terms.uses,
        "shared": True if terms.uses is None else None,
        "print_most": terms.print_most,
        "print_per": None if terms.print_most is None else terms.print_per,
    }
    return {name: value for name, value in found.items() if value is not None}


def _times(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 2**31 - 1:
        raise ValueError(value)
    return value


def _per(value: Any) -> str:
    if value not in get_args(PrintPer):
        raise ValueError(value)
    return str(value)


def check_terms(book: Book, terms: Terms) -> Refusal | None:
    """Why no code can have these terms under the program: `voucher.unknown_kind`, `voucher.bad_terms`, `voucher.bad_pattern`."""
    kind = book.machines[-1].vouchers.get(terms.kind)
    if kind is None or kind.kind.issued != "operator":
        text = f"No voucher `{terms.kind}` with `issued: operator` stands in the program."
        return Refusal("voucher.unknown_kind", text, pointer="/kind")
    if kind.given != (terms.worth is not None or terms.percent is not None):
        said = "`off: given`: say its worth or its percent" if kind.given else "a worth of its own, so give none"
        return Refusal("voucher.bad_terms", f"The voucher `{terms.kind}` has {said}.", pointer="/worth")
    if terms.worth is not None and terms.percent is not None:
        return Refusal("voucher.bad_terms", "A code is worth an amount or a percentage, not both.", pointer="/percent")
    if terms.first_day is not None and terms.last_day is not None and terms.last_day < terms.first_day:
        return Refusal("voucher.bad_terms", "The last day is before the first.", pointer="/last_day")
    if (terms.uses is not None and terms.uses < 1) or (terms.print_most is not None and terms.print_most < 1):
        return Refusal("voucher.bad_terms", "A code is used, and printed, at least once.", pointer="/uses")
    if terms.percent is not None and terms.percent > WHOLE:
        return Refusal("voucher.bad_terms", "A code takes off at most 100 percent.", pointer="/percent")
    if not terms.scope.isprintable() or len(terms.scope) > LONGEST_SCOPE:
        text = f"A scope is printable, with at most {LONGEST_SCOPE} characters."
        return Refusal("voucher.bad_terms", text, pointer="/scope")
    read = None if terms.pattern is None else read_pattern(terms.pattern)
    return read if isinstance(read, Refusal) else None


def counted_by(terms: Terms, member: str | None, day: Day) -> str | Refusal:
    """What a print is counted under, or `voucher.member_needed` where that is a member and there is none."""
    if terms.print_per in {"member", "member_day"} and member is None:
        return Refusal("voucher.member_needed", "Prints are counted by member: say which.", pointer="/member")
    parts = {"ever": "", "member": member, "day": iso(day), "member_day": f"{iso(day)} {member}"}
    return str(parts[terms.print_per])
