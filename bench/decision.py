"""One decision: a purchase of three lines under ten rules, with tiers, lots, limits and the explanation kept.

`python bench/decision.py [--json]`: decisions a second on one core, everything in memory. The figure is the median of several runs.
"""

from __future__ import annotations

import statistics
import sys
import time

from bench.common import report, wants_json
from bench.programs import PROGRAM, purchase
from regulars.engine.book import Book
from regulars.engine.events import Event
from regulars.program.load import load
from regulars.program.model import Program

EVENTS, MEMBERS, RUNS = 20_000, 500, 5


def events(book: Book) -> list[Event]:
    """The purchases, read, in the order of time."""
    made = [book.read(purchase(number, MEMBERS)) for number in range(EVENTS)]
    read = [event for event in made if isinstance(event, Event)]
    assert len(read) == len(made)
    return sorted(read, key=lambda event: event.at)


def run(book: Book, read: list[Event]) -> float:
    """Decisions a second over all purchases, each member carried on."""
    members = {event.member: book.blank(event.member) for event in read}
    started = time.perf_counter()
    for event in read:
        members[event.member] = book.decide(members[event.member], event).member
    return len(read) / (time.perf_counter() - started)


def main() -> None:
    """Prints the figure."""
    program = load(PROGRAM, "bench.yaml")
    assert isinstance(program, Program), program
    book = Book([program])
    read = events(book)
    run(book, read)
    rates = [run(book, read) for _ in range(RUNS)]
    report("decision", round(statistics.median(rates)), "decisions/s a core", "no peer", 40_000, 120_000, RUNS, wants_json(sys.argv))


if __name__ == "__main__":
    main()
