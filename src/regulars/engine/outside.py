"""What may be sent from outside: every event but those that the engine makes of others, and ids that cannot be taken for theirs.

Every door reads with `accept`. Who plays a history again, or delivers what an event has caused, reads with the book itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from regulars.engine import claims, places, seats, transfers
from regulars.engine.accounts import MERGED
from regulars.engine.events import Event
from regulars.engine.model import Told
from regulars.program.model import Program
from regulars.words.ids import DERIVED, SEPARATOR
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.book import Book

CLOCK: Final = "clock"
"""The source of the events by which time passes."""
BROUGHT_IN: Final = frozenset({"opening", "purchase.brought_in"})
"""What a member brings from other books: for who opens the books, not for a till."""
ALWAYS_DERIVED: Final = frozenset({"tick", MERGED})


def derived_kinds(program: Program) -> frozenset[str]:
    """The kinds of events that only the engine makes under this program."""
    made = {f"friend.{name}" for name in program.referrals}
    made.update(f"remind.{name}" for name in program.subscriptions)
    if any(voucher.issued == "operator" for voucher in program.vouchers.values()):
        # Whoever keeps the codes makes it, when a member shows one.
        made.add(claims.CODE)
    for rule in program.rules:
        name = rule.name.partition(".")[2]
        if rule.seats is not None:
            made.update(f"{kind}.{name}" for kind in seats.TOLD)
        if rule.places is not None:
            made.update(f"{kind}.{name}" for kind in places.TOLD)
        if rule.receiver is not None:
            made.update(f"{kind}.{name}" for kind in transfers.TOLD)
    return ALWAYS_DERIVED | made


def accept(book: Book, raw: Mapping[str, Any], *, openings: bool = False) -> Event | Refusal:
    """The typed event of a body that came from outside, or the refusal that names the field.

    Beside what `book.read` refuses: `event.derived` for a kind of event or a source that is the engine's own, `id.reserved` for an
    id with the character that joins a derived id, or a member's id that stands for an account of an event's places, and, unless
    `openings`, `event.opening` for what brings in balances from elsewhere.
    """
    event = book.read(raw)
    if isinstance(event, Refusal):
        return event
    if event.kind in book.derived_kinds(event):
        return Refusal(
            "event.derived",
            f"The event `{event.kind}` is made by the program itself and cannot be sent.",
            pointer="/type",
        )
    if event.source in {DERIVED, CLOCK}:
        return Refusal(
            "event.derived", f"The source `{event.source}` is that of events that are made here.", pointer="/source"
        )
    if SEPARATOR in event.id:
        return Refusal(
            "id.reserved", f"An id has no `{SEPARATOR}`: what an event causes is named with it.", pointer="/id"
        )
    if event.member.startswith(places.ACCOUNT):
        return Refusal(
            "id.reserved",
            f"A member's id does not begin with `{places.ACCOUNT}`: accounts of places do.",
            pointer="/member",
        )
    if not openings and event.kind in BROUGHT_IN:
        return Refusal("event.opening", "What a member brings from elsewhere is imported, not sent.", pointer="/type")
    return event


def caused(told: Told) -> dict[str, Any]:
    """What was told to a member as the body of an event, for the book to read."""
    return {
        **told.details,
        "id": told.id,
        "type": told.type,
        "member": told.member,
        "happened_at": told.happened_at,
        "source": DERIVED,
    }
