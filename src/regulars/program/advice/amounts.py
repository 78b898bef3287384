"""What can be said of amounts without an event: whether they are fixed, whether one is never less than another."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from regulars.program.forms.tree import Number, Percent, Rate
from regulars.program.model import AmountCell, Program, Rule, Sum, Table


def cells(cell: object) -> Iterator[object]:
    """Every cell of a table at any depth; None for a key that no cell names; the cell itself when it is none."""
    if not isinstance(cell, Table):
        yield cell
        return
    for _, row in cell.rows:
        yield from cells(row)
    yield from cells(cell.otherwise)


def fixed(cell: object) -> Fraction | None:
    """The number that an amount is, whatever happens; None where it hangs on something."""
    return cell.value if isinstance(cell, Number) else None


def factor(cell: object) -> Fraction | None:
    """The number behind an amount: of a number itself, of a rate or share how much of one thing measured."""
    if isinstance(cell, Number):
        return cell.value
    if isinstance(cell, Percent):
        return cell.share
    if isinstance(cell, Rate):
        return cell.value / cell.measure.n
    return None


def nothing(cell: AmountCell | None) -> bool:
    """Whether an amount is nothing, whatever happens."""
    if isinstance(cell, Sum):
        return all(nothing(part) for part in cell.parts)
    if isinstance(cell, Table):
        return all(one is None or factor(one) == 0 for one in cells(cell))
    return factor(cell) == 0


def never_less(one: Rule, other: Rule) -> bool:
    """Whether a rule's first amount is never less than another's on the same event and lines: plain numbers, or rates
    on the same measure that are rounded alike.
    """
    if len(one.give) != 1 or len(other.give) != 1 or one.give[0].target != other.give[0].target:
        return False
    first, second = one.give[0].amount, other.give[0].amount
    much, less = factor(first), factor(second)
    if much is None or less is None or much < less or type(first) is not type(second):
        return False
    if isinstance(first, Number):
        return True
    if one.round != other.round or not same_measure(one, other):
        return False
    if isinstance(first, Rate) and isinstance(second, Rate):
        # Steps of another size give another amount even at a better rate.
        steps = first.whole == second.whole and (not first.whole or first.measure == second.measure)
        return steps and (first.measure.name, first.measure.money) == (second.measure.name, second.measure.money)
    return True


def same_measure(one: Rule, other: Rule) -> bool:
    """Whether two rules measure the same: base, rule or expression, over one event, paid with anything."""
    return (
        _text(one.of) == _text(other.of)
        and (one.over, one.as_of) == (other.over, other.as_of)
        and _text(one.paid_with) == _text(other.paid_with)
    )


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else str(getattr(value, "text", ""))


def worth_something(program: Program) -> frozenset[str]:
    """The wallets whose units can be exchanged for something, or are kept elsewhere; the others only decide."""
    found: set[str] = set()
    for rule in program.rules:
        for one in (rule, *rule.choose):
            found.update(wallet for wallet, _ in one.cost)
            if one.every is not None:
                found.add(one.every[0])
    for name, wallet in program.wallets.items():
        if wallet.held_at is not None or wallet.splits:
            found.add(name)
        if wallet.splits:
            found.update(into for into, _ in wallet.splits)
    return frozenset(found)
