"""One decision: a purchase of three lines under ten rules, with tiers, lots, limits and the explanation kept; then under sixty.

`python bench/decision.py [--json]`: decisions a second on one core, everything in memory, and which part of that is left when fifty rules
that give nothing stand beside the ten. The figures are medians of several runs, of both programs in turn.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time

from bench.common import report, wants_json
from bench.programs import PROGRAM, of_sixty_rules, purchase
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


def book_of(text: str) -> Book:
    """The compiled program of a text."""
    program = load(text, "bench.yaml")
    assert isinstance(program, Program), program
    return Book([program])


def run(book: Book, read: list[Event]) -> float:
    """Decisions a second over all purchases, each member carried on."""
    members = {event.member: book.blank(event.member) for event in read}
    started = time.perf_counter()
    for event in read:
        members[event.member] = book.decide(members[event.member], event).member
    return len(read) / (time.perf_counter() - started)


def main() -> None:
    """Prints the figure."""
    few, many = book_of(PROGRAM), book_of(of_sixty_rules())
    read, same = events(few), events(many)
    run(few, read)
    run(many, same)
    # Tens of thousands of events wait here to be judged, which nowhere else are kept at once: the collector need not walk them.
    gc.collect()
    gc.freeze()
    rates = [(run(few, read), run(many, same)) for _ in range(RUNS)]
    alone = round(statistics.median(rate for rate, _ in rates))
    left = statistics.median(beside / rate for rate, beside in rates)
    as_json = wants_json(sys.argv)
    report("decision", alone, "decisions/s a core", "no peer", 40_000, 120_000, RUNS, as_json)
    report("decision_60", left, "of that under 60 rules", "no peer", 0.8, 1.0, RUNS, as_json)


if __name__ == "__main__":
    main()
