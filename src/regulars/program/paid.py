"""What is paid for again and again, as data: plans with their trials, and recurring orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.program.forms.tree import Life, Limit, Span, Start, Then, Trigger

if TYPE_CHECKING:
    from regulars.program.model import AmountCell, Table


@dataclass(frozen=True, slots=True)
class Trial:
    """A stretch of a plan for nothing; plans that share one `trial` share its rule, whose limit counts it."""

    lasts: Life
    grants: tuple[tuple[str, str], ...]
    rule: int
    at_most: tuple[Limit | Table, ...] = ()
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Money for a standing, each cycle. `grants` are (ladder, level); `every` None: once for life."""

    name: str
    rule: int
    """Index of the rule that stands for starting it: its `needs`, `when`, clauses."""
    end_rule: int
    """Index of the rule that carries the clauses of its end."""
    on: str = "subscribe"
    price: AmountCell | None = None
    renewals: Table | None = None
    """What renewals cost by day; before its first day a member pays what was paid last."""
    every: Span | None = None
    grants: tuple[tuple[str, str], ...] = ()
    trial: Trial | None = None
    cancel: str | Table = "at end"
    then: Then | None = None
    starts: Start = Start("at_once")
    renews: bool = True
    prorates: bool = False
    pauses: bool = True
    empties: str | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cycle:
    """A recurring order. `every` None: the shop keeps the cadence and only tells what it ships."""

    name: str
    rule: int
    """Index of the rule that stands for its requests: when they are open, `when`, `needs`, clauses."""
    every: Span | None = None
    cancel: str | Table = "at once"
    remind: Trigger | None = None
    remind_terms: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
