"""The chain of the audit log, in memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.audit.decide import Checker, chained, genesis, network, written
from regulars.audit.model import Entry, Head, Recorded, Verdict

facts = st.dictionaries(
    st.sampled_from(["role", "scopes", "limit", "open"]),
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=8)
    | st.lists(st.text(max_size=4), max_size=3),
)
entries = st.builds(
    Entry, st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), facts, facts
)


def chain(given: list[Entry], tenant: int = 1) -> list[tuple[Recorded, str, str]]:
    head, rows = genesis(tenant), []
    for at, entry in enumerate(given):
        was, became = written(entry.before), written(entry.after)
        head = chained(head, at, entry, was, became)
        rows.append((Recorded(head.n, at, entry, head.hash), was, became))
    return rows


def looked_at(rows: list[tuple[Recorded, str, str]], end: Head | None, tenant: int = 1) -> Verdict:
    checker = Checker(tenant)
    for row in rows:
        checker.look(*row)
    return checker.verdict(end)


@given(st.lists(entries, max_size=6))
def test_a_chain_as_it_was_written_is_whole_for_its_tenant_alone(given_entries: list[Entry]) -> None:
    rows = chain(given_entries)
    end = Head(rows[-1][0].n, rows[-1][0].hash) if rows else genesis(1)
    assert looked_at(rows, end).holds
    assert looked_at(rows, end, tenant=2).holds is False


@given(st.lists(entries, min_size=2, max_size=6), st.data())
def test_a_row_taken_out_or_two_exchanged_are_found(given_entries: list[Entry], data: st.DataObject) -> None:
    rows = chain(given_entries)
    end = Head(rows[-1][0].n, rows[-1][0].hash)
    place = data.draw(st.integers(0, len(rows) - 1))
    assert not looked_at(rows[:place] + rows[place + 1 :], end).holds
    if place:
        moved = [*rows]
        moved[0], moved[place] = moved[place], moved[0]
        assert not looked_at(moved, end).holds


@given(facts)
def test_the_order_of_facts_does_not_matter(given_facts: dict[str, object]) -> None:
    backwards = dict(reversed(list(given_facts.items())))
    assert written(backwards) == written(given_facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("somewhere", ""),
    ],
)
def test_a_place_says_from_where_and_not_who(address: str, expected: str) -> None:
    assert network(address) == expected


def test_the_end_of_a_chain_is_written_as_it_is_read_back() -> None:
    head = Head(12, bytes(range(32)))
    number, _, text = str(head).partition(":")
    assert Head(int(number), bytes.fromhex(text)) == head
