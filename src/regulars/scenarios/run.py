"""Runs scenarios: posts what is given and each step through a ledger, and stops a scenario at the first thing that does
not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from regulars.engine.book import Book
from regulars.engine.budgets import stocks_of
from regulars.engine.model import Receipt
from regulars.engine.view import live_vouchers
from regulars.program.problems import Problems
from regulars.scenarios import past
from regulars.scenarios.accounts import on_accounts
from regulars.scenarios.chain import chain
from regulars.scenarios.clock import times_of
from regulars.scenarios.compare import After, first_miss, unknown_names
from regulars.scenarios.coupons import Labels
from regulars.scenarios.entries import Written, line_of
from regulars.scenarios.events import NAMED_BY, event_of
from regulars.scenarios.explain import explain
from regulars.scenarios.given import Opening
from regulars.scenarios.model import Answer, Failure, Poster, Scenario, ScenarioResult, Step, Suite
from regulars.scenarios.read import read
from regulars.simulation.memory import Memory
from regulars.words.days import Day, iso
from regulars.words.refusals import Refusal

Posters = Callable[[], Poster]
SOURCE = "scenario"
REDEEMED = {do: NAMED_BY[do] for do in ("redeem", "convert")}


def run_file(book: Book, source: Path | str, posters: Posters | None = None) -> list[ScenarioResult] | Problems:
    """How each scenario of a file (or of a text) went, each through an empty ledger of its own that `posters` makes.

    Without `posters` they run in memory.
    """
    text, name = (
        (source.read_text(encoding="utf-8"), source.name) if isinstance(source, Path) else (source, "scenarios.yaml")
    )
    suite = read(text, name)
    return suite if isinstance(suite, Problems) else run_suite(book, suite, posters)


def run_suite(book: Book, suite: Suite, posters: Posters | None = None) -> list[ScenarioResult]:
    """How each scenario went."""
    made = posters or partial(Memory, book)
    return [
        ScenarioResult(one.id, one.title, True, skipped=one.skip) if one.skip else _Run(book, one, made()).result()
        for one in suite.scenarios
    ]


class _Run:
    """One scenario on its way."""

    def __init__(self, book: Book, scenario: Scenario, poster: Poster) -> None:
        self.book, self.scenario, self.poster = book, on_accounts(book.program, scenario), poster
        self.labels = Labels()
        self.seen: dict[str, int] = {}
        self.carried: dict[str, Written] = {}
        self.dropped: list[str] = []
        self.redeemed: dict[tuple[str, str], Any] = {}

    def result(self) -> ScenarioResult:
        """How it went."""
        failure = self.walk()
        one = self.scenario
        return ScenarioResult(
            one.id, one.title, failure is None, len(one.steps), "", failure, tuple(dict.fromkeys(self.dropped))
        )

    def walk(self) -> Failure | None:
        """What is given, then step by step until something does not hold."""
        try:
            times = times_of(self.scenario.steps)
        except ValueError as wrong:
            return Failure(0, self.scenario.line, "at", "a date, or a date and a time", str(wrong))
        for number, given in enumerate(self.scenario.given):
            failure = self.give(number, given, times[0][0] - 1)
            if failure is not None:
                return failure
        for number, (step, (day, minute)) in enumerate(zip(self.scenario.steps, times, strict=True), 1):
            failure = self.step(number, step, day, minute)
            if failure is not None:
                return failure
        return None

    def give(self, number: int, given: Mapping[str, Any], day: Day) -> Failure | None:
        """Posts what is known of a member as an opening of the day before the first step."""
        opening = Opening(self.book.at(day))
        opening.read(given)
        who = str(given["who"])
        self.dropped.extend(f"given: {name}" for name in opening.dropped if name != "past")
        known, balances = opening.body(), {}
        bought = list(past.purchases(given, self.scenario.steps, day, self.book.at(day).reader.line.known | {"amount"}))
        if bought:
            balances = known.pop("balances", {})
        body = {
            **known,
            "id": f"given/{number}",
            "type": "opening",
            "member": who,
            "source": SOURCE,
            "happened_at": iso(day),
        }
        answer = self.poster.post(body)
        refusal = refusal_of(answer)
        for event in bought:
            self.poster.post({**event, "source": SOURCE})
        if bought:
            held = self.book.advance(self.poster.member(who), day).holdings
            shown = {name: self.book.at(day).wallets[name].text(held[name].active) for name in held}
            for event in past.corrections(who, balances, shown, day):
                self.poster.post({**event, "source": SOURCE})
        if refusal is not None:
            return Failure(
                0,
                self.scenario.line,
                f"given of {who}",
                "an opening that can be posted",
                f"{refusal.code} {refusal.text}",
            )
        receipt = receipt_of(answer)
        for label, issue in zip(opening.labels, () if receipt is None else receipt.issued, strict=False):
            if label:
                self.labels.bind(who, label, issue.serial, issue.name)
        self.seen[who] = len(self.poster.receipts(who))
        return None

    def step(self, number: int, step: Step, day: Day, minute: int) -> Failure | None:
        """Posts a step and looks whether what must hold does."""
        answer = self.post(number, step, day, minute)
        receipt, refusal = receipt_of(answer), refusal_of(answer)
        written = self.written(step.who)
        asked = {step.who, *self.seen, *(step.then.get("balances") or {})}
        members = {who: self.book.advance(self.poster.member(who), day) for who in sorted(asked)}
        after = After(self.book, step, day, minute, receipt, refusal, members, written, self.labels)
        self.dropped.extend(unknown_names(after))
        miss = first_miss(after)
        if miss is None:
            return None
        told = () if receipt is None else tuple(explain(self.book.at_version(receipt.version), receipt))
        return Failure(number, step.line, *miss, told)

    def post(self, number: int, step: Step, day: Day, minute: int) -> Answer | Refusal:
        """Posts a step's event; of a tick, what falls due."""
        machine, who = self.book.at(day), step.who
        if step.do == "tick":
            return self.poster.advance(who, day)
        if step.do == "use_coupon":
            step = replace(step, do="use", details={"use": [{"voucher": self.shown(step, day)}]})
        step = self.about_earlier(step)
        mapped = event_of(machine, step, lambda label: self.labels.serial(who, label))
        self.dropped.extend(f"{step.do}: {name}" for name in mapped.dropped)
        head = {
            "id": str(step.details.get("id") or f"{self.scenario.id}/{number}"),
            "type": mapped.kind,
            "member": who,
            "source": SOURCE,
            "happened_at": machine.zone.moment(day, minute),
        }
        if mapped.stock is not None:
            read = self.book.read({**mapped.body, **head})
            for key, _ in () if isinstance(read, Refusal) else stocks_of(machine, read):
                self.poster.put_stock(key, mapped.stock)
        answer = self.poster.post({**mapped.body, **head})
        if step.do in REDEEMED and mapped.name and refusal_of(answer) is None:
            self.redeemed[who, mapped.name] = head["id"]
        return answer

    def about_earlier(self, step: Step) -> Step:
        """A cancellation that names a reward calls off the last redemption of it."""
        name = next((str(step.details[key]) for key in REDEEMED["redeem"] if key in step.details), None)
        if step.do != "cancel" or name is None:
            return step
        return replace(step, details={"of": self.redeemed.get((step.who, name), name)})

    def shown(self, step: Step, day: Day) -> int | str:
        """The voucher of a coupon shown without a purchase: the label's; of a label not seen before, the first that none names."""
        label = str(step.details.get("coupon"))
        serial = self.labels.serial(step.who, label)
        if serial is None:
            bound = self.labels.bound(step.who)
            live = live_vouchers(self.book.advance(self.poster.member(step.who), day), day)
            found = next((voucher for voucher in live if voucher.serial not in bound), None)
            if found is not None:
                serial = found.serial
                self.labels.bind(step.who, label, serial, found.name)
        return label if serial is None else serial

    def written(self, who: str) -> dict[str, Written]:
        """What was written since each member's previous step, by member. What only time wrote for another one than
        `who` waits for that member's own step.
        """
        for member in (*self.seen, who):
            self.seen.setdefault(member, 0)
        found: dict[str, Written] = {}
        for member in self._touched(who):
            receipts = self.poster.receipts(member)
            held = self.carried.setdefault(member, Written())
            for receipt in receipts[self.seen[member] :]:
                self._read(held, receipt)
            self.seen[member] = len(receipts)
            found[member] = held
            if member == who or held.own:
                self.carried[member] = Written()
        return found

    def _touched(self, who: str) -> list[str]:
        return list(dict.fromkeys((who, *self.seen)))

    def _read(self, held: Written, receipt: Receipt) -> None:
        machine = self.book.at_version(receipt.version)
        held.charged += sum(charge.amount for charge in receipt.charged if charge.due)
        held.own = held.own or any(entry.given for entry in receipt.entries)
        held.lines.extend(line_of(machine, entry, chain(machine, entry)) for entry in (*receipt.dues, *receipt.entries))


def receipt_of(answer: Answer | Refusal) -> Receipt | None:
    """The receipt of an answer; None when the event was none."""
    return None if isinstance(answer, Refusal) else answer.receipt


def refusal_of(answer: Answer | Refusal) -> Refusal | None:
    """Why it was refused, if it was."""
    return answer if isinstance(answer, Refusal) else answer.refusal
