"""What an exchange says nothing of: a table of its cost, its price or its gives without a row for what is asked.

Nothing is taken for nothing, nor given for it: the exchange is refused, with `not_a_step` where the request asks for what no row is for,
else with `not_entitled`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from regulars.engine.tables import choose, key_of
from regulars.program.model import Rule, Table
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine

Gap = Callable[["Context"], "tuple[str, Any] | None"]
"""(code of the refusal, the key that no row is for) of a table in the context; None where a row fits."""


class Gaps:
    """Where an exchange may find nothing: `must` in what it takes and takes off, `gives` in what it gives."""

    __slots__ = ("gives", "must")

    def __init__(self, rule: Rule) -> None:
        asked = frozenset(trigger.name.partition(".")[0] for trigger in rule.on) | {"event"}
        self.must = tuple(_gaps([*(cell for _, cell in rule.cost), rule.off], asked))
        self.gives = tuple(_gaps([rule.give_table, *(give.amount for give in rule.give)], asked))

    def found(self, c: Context, rule: RuleMachine) -> Refusal | None:
        """The refusal of an exchange whose cost or price has no row for what is asked."""
        return next((refusal for gap in self.must if (refusal := _refused(c, rule, gap)) is not None), None)

    def nothing(self, c: Context, rule: RuleMachine, taken: str) -> Refusal:
        """The refusal of an exchange that gives nothing: by a table without a row, else because what is `taken` is too little."""
        refusals = (refusal for gap in self.gives if (refusal := _refused(c, rule, gap)) is not None)
        return next(refusals, None) or rule.refusal("not_a_step", asked=taken)


def _of_event(cell: Any) -> Any:
    """A cell without the tables in it that are looked up line by line: those always say something of some line."""
    if not isinstance(cell, Table):
        return cell
    if cell.level != "event":
        return True
    rows = tuple((keys, _of_event(inner)) for keys, inner in cell.rows)
    return replace(cell, rows=rows, otherwise=None if cell.otherwise is None else _of_event(cell.otherwise))


def _refused(c: Context, rule: RuleMachine, gap: Gap) -> Refusal | None:
    missed = gap(c)
    if missed is None:
        return None
    code, key = missed
    return rule.refusal(code, asked=key) if code == "not_a_step" else rule.refusal(code)


def _gaps(cells: Sequence[Any], asked: frozenset[str]) -> list[Gap]:
    return [_gap(cell, asked) for cell in cells if isinstance(cell, Table) and cell.level == "event"]


def _gap(table: Table, asked: frozenset[str]) -> Gap:
    """Looks the table up; a table inside it that has no row is a gap too."""
    row = choose(_of_event(table), lambda _cell: True)
    keys = tuple(key_of(table, place) for place in range(len(table.keys)))
    code = "not_a_step" if any(asked & key.roots for key in table.keys) else "not_entitled"

    def missed(c: Context) -> tuple[str, Any] | None:
        if row(c, None) is not None:
            return None
        return code, ", ".join(str(key(c, None)) for key in keys)

    return missed
