"""The order of a table: most units first, then who had them first, then by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from regulars.engine.model import ACTIVE, ISSUED, PENDING, RETURNED, Movement
from regulars.words.moments import Moment


@dataclass(frozen=True, slots=True)
class Gain:
    """What a member gained in a span of time, in the wallet's smallest units, and the moment of the last gain in it."""

    member: str
    units: int
    reached_at: Moment


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a table; `rank` counts from 1, and no two members share one."""

    rank: int
    member: str
    units: int
    reached_at: Moment


def ranked(gains: Iterable[Gain], most: int | None = None) -> tuple[Place, ...]:
    """The table of these gains, of the first `most`; who gained nothing has no place."""
    ordered = sorted(
        (gain for gain in gains if gain.units > 0), key=lambda gain: (-gain.units, gain.reached_at, gain.member)
    )
    return tuple(Place(rank, gain.member, gain.units, gain.reached_at) for rank, gain in enumerate(ordered[:most], 1))


def gained(moved: Iterable[tuple[str, Moment, Movement]], wallet: str) -> tuple[Gain, ...]:
    """What members gained of a wallet by (member, moment, movement): what rules gave, less what returns took back."""
    units: dict[str, int] = {}
    reached: dict[str, Moment] = {}
    for member, at, movement in moved:
        if movement.wallet != wallet:
            continue
        if movement.target == ACTIVE and movement.source in {ISSUED, PENDING}:
            units[member] = units.get(member, 0) + movement.amount
            reached[member] = max(at, reached.get(member, at))
        elif movement.source == ACTIVE and movement.target == RETURNED:
            units[member] = units.get(member, 0) - movement.amount
    return tuple(Gain(member, units[member], at) for member, at in reached.items())
