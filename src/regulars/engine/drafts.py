"""What a rule would give to one target, before limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from regulars.engine.calculators import Measured
    from regulars.engine.rules import RuleMachine, Target
else:
    # The struct's fields are not checked at run time; the true types would import one another in a ring.
    Measured = RuleMachine = Target = Any


class Draft(Struct, gc=False):
    """The units a rule would give to a target, on what, at which rate; `units` and `shaped` change as rules meet and limits clip."""

    rule: RuleMachine
    target: Target
    measured: Measured
    units: int
    weights: Sequence[int] | None
    num: int
    den: int
    rounded: int
    shaped: tuple[int, ...] = ()
    dropped: bool = False
