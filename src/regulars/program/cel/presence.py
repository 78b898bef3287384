"""What a condition tells of facts that may be missing: after `has(x) && ..`, x is there."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.program.cel.nodes import Call, Chain, Constant, Infix, Node, Prefix, path_of


@dataclass(frozen=True, slots=True)
class Presence:
    """Paths of facts that are there when the condition held, and those that are there when it did not."""

    held: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


def presence(node: Node) -> Presence:
    """What a node tells: `has(x)` and `x != null` when they hold, `!` turned round, chains of all their operands."""
    match node:
        case Call(of=None, name="has", arguments=(fact,)):
            return Presence(held=_with_owners(fact))
        case (
            Infix(sign="!=", left=fact, right=Constant(value=None))
            | Infix(sign="!=", left=Constant(value=None), right=fact)
        ):
            return Presence(held=_with_owners(fact))
        case (
            Infix(sign="==", left=fact, right=Constant(value=None))
            | Infix(sign="==", left=Constant(value=None), right=fact)
        ):
            return Presence(failed=_with_owners(fact))
        case Prefix(sign="!", of=inside):
            told = presence(inside)
            return Presence(told.failed, told.held)
        case Chain(sign=sign, operands=operands):
            told_by = [presence(operand) for operand in operands]
            if sign == "&&":
                return Presence(held=frozenset().union(*(told.held for told in told_by)))
            return Presence(failed=frozenset().union(*(told.failed for told in told_by)))
    return Presence()


def _with_owners(fact: Node) -> frozenset[str]:
    """The path of a fact, and of what it belongs to, which must be there too."""
    path = path_of(fact)
    if path is None:
        return frozenset()
    words = path.split(".")
    return frozenset(".".join(words[:n]) for n in range(1, len(words) + 1))
