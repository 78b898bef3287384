"""Regulars as a library: a program from a file, a decision about an event, and why. No database is needed.

Everything here is a value, and deciding is pure: keep `decision.member` and give it to the next decision.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from regulars.calculators import Given, compiled
from regulars.engine import view
from regulars.engine.book import Book
from regulars.engine.events import Event as Read
from regulars.engine.model import Decision as Decided
from regulars.engine.model import Facts, Member, Movement, Receipt, Sale, Told
from regulars.engine.outside import accept, caused
from regulars.program import model
from regulars.program.load import load as load_program
from regulars.program.problems import Problem, Problems, show_all
from regulars.speech.explain import Explanation
from regulars.speech.explain import explain as explain_receipt
from regulars.speech.language import language as language_of
from regulars.speech.program import describe
from regulars.speech.refusals import text as refusal_text
from regulars.speech.telling import lines
from regulars.words.days import Day
from regulars.words.refusals import Refusal

Money = str | int | Decimal
"""An amount in whole money, exact: "7.50", Decimal("7.50"), 7. Floats are refused."""

_canonical = msgspec.json.Encoder(order="deterministic", decimal_format="string").encode


class ProgramError(ValueError):
    """Raised when a program has mistakes; `problems` are all of them, each with line, column and a hint."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(show_all(problems))
        self.problems = tuple(problems)


class _Value:
    """Equal when its fields are, and shown by them."""

    __slots__ = ()

    def body(self) -> dict[str, Any]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, _Value) and other.body() == self.body()

    def __hash__(self) -> int:
        return hash(_canonical(self.body()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in self.body().items())})"


class Line(_Value):
    """A line of a purchase: what it cost, how many pieces, and the facts that the program declares of lines."""

    __slots__ = ("amount", "facts", "qty")

    def __init__(self, amount: Money, qty: int | None = None, **facts: Any) -> None:
        self.amount, self.qty, self.facts = amount, qty, facts

    def body(self) -> dict[str, Any]:
        """The line as it is sent."""
        return {**self.facts, **({} if self.qty is None else {"qty": self.qty}), "amount": self.amount}


class Event(_Value):
    """Something that happened to a member: a kind (`join`, `visit`, `redeem.mug`), a moment, facts that the program declares.

    `happened_at` is local to the program where it names no offset: "2026-03-02T09:00", or a datetime. Without an `id`
    one is made of what the event says; where the same thing may happen twice in a moment, give ids of your own.
    """

    __slots__ = ("facts", "happened_at", "id", "member", "source", "type")

    def __init__(
        self,
        type: str,
        member: str,
        happened_at: str | datetime,
        *,
        id: str | None = None,
        source: str = "api",
        **facts: Any,
    ) -> None:
        self.type, self.member, self.source, self.facts = type, member, source, facts
        self.happened_at = happened_at.isoformat() if isinstance(happened_at, datetime) else happened_at
        self.id = id or hashlib.sha256(_canonical(self._said())).hexdigest()[:16]

    def body(self) -> dict[str, Any]:
        """The event as it is sent, as the command line and the ledger read it."""
        return {"id": self.id, **self._said()}

    def _said(self) -> dict[str, Any]:
        head = {"type": self.type, "member": self.member, "happened_at": self.happened_at, "source": self.source}
        return {**head, **self.facts}


class Purchase(Event):
    """A sale: its lines, how it was paid (`pay`: {"method": .., "amount": ..}), and what was used on it
    (`use`: {"voucher": 1}, {"reward": "mug"} ..).
    """

    __slots__ = ()

    def __init__(
        self,
        member: str,
        happened_at: str | datetime,
        lines: Sequence[Line | Mapping[str, Any]],
        *,
        pay: Sequence[Mapping[str, Any]] | None = None,
        use: Sequence[Mapping[str, Any]] | None = None,
        id: str | None = None,
        source: str = "api",
        **facts: Any,
    ) -> None:
        given = {
            name: [dict(one) for one in value] for name, value in (("pay", pay), ("use", use)) if value is not None
        }
        super().__init__("purchase", member, happened_at, id=id, source=source, **facts, lines=_lines(lines), **given)


class Return(Event):
    """Goods that come back: `of` is the decision about their purchase, or about the last return of it.

    `lines` say which lines of it, by their places from 0, and how much of each: {"line": 0, "qty": 1}; without them
    everything comes back.
    """

    __slots__ = ("sale",)

    def __init__(
        self,
        member: str,
        happened_at: str | datetime,
        of: Decision,
        lines: Sequence[Mapping[str, Any]] | None = None,
        *,
        id: str | None = None,
        source: str = "api",
        **facts: Any,
    ) -> None:
        if of.sale is None:
            raise ValueError("`of` is the decision about a purchase that was not refused, or about a return of it")
        self.sale = of.sale
        given = {} if lines is None else {"lines": [dict(line) for line in lines]}
        super().__init__(
            "return", member, happened_at, id=id, source=source, **facts, of=str(of.sale.body["id"]), **given
        )


def _lines(lines: Sequence[Line | Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [line.body() if isinstance(line, Line) else dict(line) for line in lines]


class Decision:
    """What a program says about an event.

    `member` is the member afterwards; `movements` what was moved between accounts, in smallest units; `refusal` why the
    event could not be had (None when it was), with a stable code; `receipt` what was decided, as the ledger keeps it
    (None when the event could not even be read); `told` events that it causes for other members; `sale` what a `Return`
    needs to know.
    """

    __slots__ = ("_body", "_book", "member", "movements", "receipt", "refusal", "sale", "told")

    def __init__(
        self, book: Book, body: Mapping[str, Any], member: Member, found: Decided | Refusal, sale: Sale | None
    ) -> None:
        self._book, self._body = book, body
        self.member: Member = member
        self.movements: tuple[Movement, ...] = ()
        self.receipt: Receipt | None = None
        self.refusal: Refusal | None = None
        self.told: tuple[Told, ...] = ()
        self.sale: Sale | None = sale
        if isinstance(found, Refusal):
            self.refusal = found
        else:
            self.movements, self.receipt, self.refusal, self.told = (
                found.movements, found.receipt, found.refusal, found.told,
            )  # fmt: skip

    @property
    def because(self) -> str:
        """Why, in plain English, a line a sentence: what was given and for what, what acted, what stayed silent."""
        return self.said("en")

    def said(self, language: str) -> str:
        """Why, in a language (`en`, `es`); ValueError when there is none of that tag."""
        explanation = self.explain(language)
        if explanation is None:
            assert self.refusal is not None, "an event without a receipt was refused"
            return refusal_text(self._book.program, self.refusal, language_of(language))
        return "\n".join(lines(explanation))

    def explain(self, language: str = "en") -> Explanation | None:
        """Why, rule by rule, as data: rates, roundings, limits, lines; None when the event could not be read."""
        if self.receipt is None:
            return None
        return explain_receipt(self._book, self.receipt, self._body, language_of(language))

    def __repr__(self) -> str:
        said = f"refusal={self.refusal.code!r}" if self.refusal else f"movements={list(self.movements)!r}"
        return f"Decision(member={self.member.id!r}, {said})"


class Program:
    """A loyalty program, checked and compiled. Made by `load`; safe to share between threads.

    `book` is the engine's own face of it, for whoever needs more.
    """

    __slots__ = ("book",)

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def slug(self) -> str:
        """The name that it goes by in files and addresses."""
        return self.book.slug

    @property
    def name(self) -> str:
        """The name that people read."""
        return self.book.program.name

    def decide(self, member: Member, event: Event | Told, left: Mapping[str, int] | None = None) -> Decision:
        """What the program says about an event of a member, or about what another decision `told` this one; the same for
        the same arguments, and nothing is kept.

        `left` says what is left of budgets and stocks that everybody shares, in smallest units by key; without it a
        budget is untouched. Raises ValueError when the event is somebody else's.
        """
        if event.member != member.id:
            raise ValueError(f"the event is of member {event.member!r}, not of {member.id!r}")
        body = caused(event) if isinstance(event, Told) else event.body()
        read = self.book.read(body) if isinstance(event, Told) else accept(self.book, body, openings=True)
        if isinstance(read, Refusal):
            return Decision(self.book, body, member, read, None)
        sale = event.sale if isinstance(event, Return) else None
        found = self.book.decide(member, read, Facts(sale, self._left(member, read, left or {})))
        return Decision(self.book, body, found.member, found, _sale_after(read, found, sale))

    def advance(self, member: Member, day: str | date) -> Member:
        """The member with time run on to the start of a day: what has lapsed by then is gone, what has matured is there."""
        return self.book.advance(member, self._day(day))

    def view(self, member: Member, day: str | date) -> dict[str, Any]:
        """What the member has at the start of a day, as plain data: wallets with their lots, tiers, vouchers, benefits."""
        return view.view(self.book, member, self._day(day))

    def describe(self, language: str = "en") -> str:
        """The program in plain words, section by section; ValueError when there is no such language."""
        sections = describe(self.book.program, language_of(language))
        return "\n\n".join("\n".join((one.title, *one.sentences)) for one in sections)

    def __repr__(self) -> str:
        return f"<Program {self.slug}>"

    def _left(self, member: Member, event: Read, left: Mapping[str, int]) -> dict[str, int]:
        asked = ((key, left.get(key, ceiling)) for key, ceiling in self.book.asks(member, event).budgets)
        return {key: units for key, units in asked if units is not None}

    def _day(self, day: str | date) -> Day:
        if isinstance(day, date):
            return day.toordinal()
        match self.book.zone.parse(day):
            case int(at):
                return self.book.zone.local(at)[0]
            case _:
                raise ValueError(f"{day!r} is no day; write 2026-03-02")


def _sale_after(event: Read, found: Decided, sale: Sale | None) -> Sale | None:
    """What a later return of this purchase, or another of the same, has to know."""
    if found.refusal is not None:
        return sale
    if event.first == "purchase":
        return Sale(event.raw, found.receipt)
    return None if sale is None else Sale(sale.body, sale.receipt, (*sale.taken, *found.receipt.taken))


def load(file: str | os.PathLike[str], calculators: Given | None = None) -> Program:
    """The program of a file.

    `calculators` are reward calculators by the names under which the file speaks of them: classes or objects with a
    method `worth(measured)`, or functions; those that installed packages offer as `regulars.calculators` are known
    anyway. Raises `ProgramError` with all mistakes at once, and OSError when there is no such file.
    """
    data = Path(file).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = Problem(
            data[: error.start].count(b"\n") + 1, 1, "encoding", "the file is no text in UTF-8", "", str(file)
        )
        raise ProgramError([said]) from None
    return loads(text, calculators, os.fspath(file))


def loads(text: str, calculators: Given | None = None, file: str = "program.yaml") -> Program:
    """The program of a text, as `load` has it; `file` is what mistakes call it."""
    read = load_program(text, file)
    if not isinstance(read, model.Program):
        raise ProgramError(read)
    book = compiled([read], file, calculators)
    if isinstance(book, Problems):
        raise ProgramError(book)
    return Program(book)
