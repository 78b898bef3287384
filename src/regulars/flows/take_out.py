"""All that is held of a member, as a zip that they can read: who they are, what they have, everything that happened and why."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, Final

from regulars.engine.book import Book
from regulars.engine.view import view
from regulars.flows.opened import Opened
from regulars.ledger.reads import LAST, Entry, Reads
from regulars.members.model import Person
from regulars.speech import explain, language
from regulars.speech.telling import lines
from regulars.words.moments import Moment

PAGE: Final = 500
ABOUT: Final = """\
What is held of {member}.

person.json     who you are to us: names, addresses, and what you are found by
{programs}
Each of those folders has
  wallets.json  what you have: points, tiers, vouchers, benefits
  events.jsonl  everything that happened, oldest first, a line each: the event as it came, what it moved, and why in words
"""


async def take_out(opened: Opened, person: Person | None, member: str, now: Moment, tongue: str = "en") -> bytes:
    """The zip's bytes. A member of whom nothing is held gets one that says so by empty files."""
    packed = io.BytesIO()
    slugs = await opened.programs()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        listed = "\n".join(f"{slug + '/':15} the program {slug}" for slug in slugs)
        archive.writestr("README.txt", ABOUT.format(member=member, programs=listed))
        archive.writestr("person.json", _json({} if person is None else person.told()))
        for slug in slugs:
            book = await opened.book(slug)
            reads = opened.reads(book)
            archive.writestr(f"{slug}/wallets.json", _json(await _wallets(reads, book, member, now)))
            with archive.open(f"{slug}/events.jsonl", "w") as file:
                for entry in await _history(reads, member):
                    file.write(
                        json.dumps(await _event(reads, book, entry, tongue), ensure_ascii=False).encode() + b"\n"
                    )
    return packed.getvalue()


async def _wallets(reads: Reads, book: Book, member: str, now: Moment) -> dict[str, Any]:
    found = await reads.member(member, now)
    return {} if found is None else view(book, found, *book.zone.local(now))


async def _history(reads: Reads, member: str) -> Sequence[Entry]:
    """Everything that happened to a member, oldest first."""
    found: list[Entry] = []
    before = LAST
    while page := await reads.activity(member, before, PAGE):
        found.extend(page)
        before = page[-1].event_no
    return found[::-1]


async def _event(reads: Reads, book: Book, entry: Entry, tongue: str) -> dict[str, Any]:
    movements = await reads.movements(entry.member, entry.event_no)
    why = explain(book, entry.receipt, entry.body, language(tongue))
    return {
        "id": entry.id, "type": entry.type, "source": entry.source, "happened_at": book.zone.text(entry.happened_at),
        "body": entry.body, "moved": [movement._asdict() for movement in movements], "because": lines(why),
    }  # fmt: skip


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
