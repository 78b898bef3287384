"""Looks at one member's whole history: judges it again and compares everything that is kept of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from regulars.engine.book import Book
from regulars.engine.model import (
    IN_TRANSIT,
    MEMBER_ACCOUNTS,
    Decision,
    Member,
    Receipt,
    pack_member,
    pack_receipt,
    unpack_member,
    unpack_receipt,
)
from regulars.ledger.laws import Findings
from regulars.ledger.replay import Replay
from regulars.ledger.stored import Row, digest, pack_details, unpack_body, unpack_details
from regulars.ledger.transit import carried, carries
from regulars.words.ids import DERIVED
from regulars.words.refusals import Refusal


class History:
    """What is kept of one member, as rows in order."""

    __slots__ = ("events", "member", "movements", "notices", "refs", "state")

    def __init__(
        self,
        member: str,
        state: bytes | None,
        events: Sequence[Row],
        movements: Sequence[Row],
        refs: Sequence[Row],
        notices: Sequence[Row],
    ) -> None:
        self.member = member
        self.state = state
        self.events = events
        self.movements = movements
        self.refs = refs
        self.notices = notices


class Auditor:
    """Audits one member after the other; `findings` is what was found of all."""

    def __init__(self, book: Book, names: Mapping[str, int]) -> None:
        self.book = book
        self.numbers = names
        self.names = {no: name for name, no in names.items()}
        self.owing = {
            name for machine in book.machines for name, wallet in machine.program.wallets.items() if wallet.may_owe
        }
        self.findings = Findings()

    def audit(self, history: History) -> None:
        """Judges the history again from nothing, and notes whatever differs from what is kept."""
        replay = Replay(self.book, history.member)
        moved = _by_event(history.movements)
        refs = {row["event_no"]: row["of_no"] for row in history.refs}
        notices = _by_event(history.notices)
        sums: dict[tuple[str, str], int] = {}
        whole = True
        for row in history.events:
            movements = moved.pop(row["event_no"], ())
            self._sum(row, movements, sums)
            whole = self._event(replay, row, movements, refs, notices) and whole
        for event_no, movements in moved.items():
            self._sum({"member": history.member, "event_no": event_no, "id": "no event"}, movements, sums)
        self._transit(history)
        self._references(history, refs)
        self._snapshot(history, replay.member if whole else None, sums)

    def _event(
        self,
        replay: Replay,
        row: Row,
        movements: Sequence[Row],
        refs: Mapping[int, int],
        notices: Mapping[int, Sequence[Row]],
    ) -> bool:
        """Whether the event could be judged again; what differs is noted."""
        findings = self.findings
        where = f"{row['member']}#{row['event_no']} ({row['id']})"
        for law in ("receipts", "judged", "moved"):
            findings.saw(law)
        try:
            receipt = unpack_receipt(row["receipt"])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            findings.offend("receipts", f"{where}: the receipt cannot be read: {error}")
            receipt = Receipt()
        try:
            decision = replay.judge(row, receipt)
        except Exception as error:
            findings.offend("judged", f"{where}: {type(error).__name__}: {error}")
            return False
        if isinstance(decision, Refusal):
            findings.offend("receipts", f"{where}: the event cannot be read: {decision.code} {decision.text}")
            return False
        if digest(row["type"], row["at"], row["body"]) != row["hash"]:
            findings.offend("receipts", f"{where}: the hash is of another body")
        again = pack_receipt(decision.receipt)
        if again != row["receipt"]:
            findings.offend("judged", f"{where}: {_differs(receipt, decision.receipt)}")
        self._movements(where, decision, movements)
        if decision.claims:
            self._budgets(where, decision, receipt, replay.asked)
        if replay.sale_no != refs.get(row["event_no"], 0):
            findings.offend("references", f"{where}: about #{replay.sale_no}, kept as #{refs.get(row['event_no'], 0)}")
        if decision.told or row["event_no"] in notices:
            self._notices(where, decision, notices.get(row["event_no"], ()))
        return True

    def _movements(self, where: str, decision: Decision, movements: Sequence[Row]) -> None:
        number = self.numbers.get
        made = [
            (n, m.amount, m.lot, number(m.wallet), number(m.source), number(m.target))
            for n, m in enumerate(decision.movements)
        ]
        kept = [(r["n"], r["amount"], r["lot"], r["wallet"], r["source"], r["target"]) for r in movements]
        if made != kept:
            self.findings.offend("moved", f"{where}: kept {kept}, judged again {made}")

    def _budgets(
        self, where: str, decision: Decision, receipt: Receipt, asked: Sequence[tuple[str, int | None]]
    ) -> None:
        self.findings.saw("budgets", len(decision.claims))
        ceilings = dict(asked)
        self.findings.draw(decision.claims, ceilings.items())
        for key, amount in decision.claims:
            if ceilings.get(key) is not None and amount > receipt.left.get(key, 0):
                self.findings.offend("budgets", f"{where}: drew {amount} of {receipt.left.get(key, 0)} left of {key}")

    def _notices(self, where: str, decision: Decision, notices: Sequence[Row]) -> None:
        self.findings.saw("outbox", len(decision.told))
        made = [
            (n, told.member, told.id, told.type, told.happened_at, pack_details(told.details))
            for n, told in enumerate(decision.told)
        ]
        kept = [(r["n"], r["target"], r["id"], r["type"], r["at"], r["details"]) for r in notices]
        if made != kept:
            told, found = [item[:3] for item in made], [item[:3] for item in kept]
            self.findings.offend("outbox", f"{where}: told {told}, kept {found}")

    def _sum(self, row: Row, movements: Sequence[Row], sums: dict[tuple[str, str], int]) -> None:
        """Adds an event's movements to the accounts, and looks whether one went below its floor."""
        touched: set[tuple[str, str]] = set()
        for movement in movements:
            wallet = self.names.get(movement["wallet"], "?")
            for side, sign in (("source", -1), ("target", 1)):
                name, amount = self.names.get(movement[side], "?"), sign * movement["amount"]
                if name in MEMBER_ACCOUNTS:
                    sums[wallet, name] = sums.get((wallet, name), 0) + amount
                    touched.add((wallet, name))
                elif name == IN_TRANSIT:
                    self.findings.travel(((wallet, amount),))
        self.findings.saw("floors", len(touched))
        for wallet, account in touched:
            if sums[wallet, account] < 0 and not (account == "active" and wallet in self.owing):
                where = f"{row['member']}#{row['event_no']} ({row['id']})"
                self.findings.offend("floors", f"{where}: {wallet}.{account} at {sums[wallet, account]}")

    def _transit(self, history: History) -> None:
        """Counts what the member sent and what arrived: with the movements of all members it comes to nothing."""
        for row in history.notices:
            if carries(row["type"]):
                self.findings.saw("transit")
                sent = carried(row["type"], unpack_details(row["details"]))
                self.findings.travel((wallet, -units) for wallet, units in sent)
        for row in history.events:
            if carries(row["type"]) and row["source"] == DERIVED:
                self.findings.saw("transit")
                self.findings.travel(carried(row["type"], unpack_body(row["body"])))

    def _references(self, history: History, refs: Mapping[int, int]) -> None:
        self.findings.saw("references", len(refs))
        known = {row["event_no"] for row in history.events}
        for event_no, of_no in refs.items():
            if event_no not in known or of_no not in known:
                self.findings.offend("references", f"{history.member}#{event_no}: about #{of_no}, which is not there")

    def _snapshot(self, history: History, judged: Member | None, sums: Mapping[tuple[str, str], int]) -> None:
        findings = self.findings
        findings.saw("snapshots")
        findings.saw("sums")
        if history.state is None:
            if history.events:
                findings.offend("snapshots", f"{history.member}: has events and no snapshot")
            return
        try:
            member = unpack_member(history.state)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            findings.offend("snapshots", f"{history.member}: the snapshot cannot be read: {error}")
            return
        if judged is None or pack_member(judged) != history.state:
            findings.offend("snapshots", f"{history.member}: {_differs(member, judged)}")
        held: dict[tuple[str, str], int] = {}
        for wallet, holding in member.holdings.items():
            held[wallet, "active"] = holding.active
            held[wallet, "pending"] = holding.pending
            held[wallet, "reserved"] = sum(one.units for one in holding.reserved)
        for key in sorted(held.keys() | sums.keys()):
            if held.get(key, 0) != sums.get(key, 0):
                wallet, account = key
                what = f"{wallet}.{account} is {held.get(key, 0)}, movements make {sums.get(key, 0)}"
                findings.offend("sums", f"{history.member}: {what}")


def _by_event(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["event_no"], []).append(row)
    return found


def _differs(kept: msgspec.Struct, judged: msgspec.Struct | None) -> str:
    """The fields in which two values differ, for a person to start from."""
    if judged is None:
        return "could not be judged again"
    names = [name for name in kept.__struct_fields__ if getattr(kept, name) != getattr(judged, name)]
    shown = [f"{name}: kept {getattr(kept, name)!r}, judged again {getattr(judged, name)!r}" for name in names[:3]]
    return "; ".join(shown)[:600] or "the bytes differ"
