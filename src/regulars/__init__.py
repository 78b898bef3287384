"""Regulars: an open customer-loyalty platform.

A program is a file, the engine that judges events by it is pure, and the ledger that remembers can be proved.

    program = regulars.load("programs/corner-coffee-card.yaml")
    purchase = regulars.Purchase("ana", "2026-03-02T09:00", [regulars.Line("7.50", qty=3, kind="drink")])
    decision = program.decide(regulars.Member("ana"), purchase)
    print(decision.because)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regulars.calculators import RewardCalculator
    from regulars.engine.calculators import Measured, ProductTypeRewardCalculator
    from regulars.engine.model import Member, Movement
    from regulars.face import Decision, Event, Line, Program, ProgramError, Purchase, Return, load, loads
    from regulars.program.problems import Problem
    from regulars.words.refusals import Refusal

__version__ = "0.1.0"

__all__ = [
    "load",
    "loads",
    "Program",
    "ProgramError",
    "Problem",
    "Member",
    "Event",
    "Purchase",
    "Line",
    "Return",
    "Decision",
    "Movement",
    "Refusal",
    "RewardCalculator",
    "ProductTypeRewardCalculator",
    "Measured",
]

_HOMES = {
    **dict.fromkeys(
        ("load", "loads", "Program", "ProgramError", "Event", "Purchase", "Line", "Return", "Decision"), "regulars.face"
    ),
    **dict.fromkeys(("Member", "Movement"), "regulars.engine.model"),
    **dict.fromkeys(("Measured", "ProductTypeRewardCalculator"), "regulars.engine.calculators"),
    "RewardCalculator": "regulars.calculators",
    "Problem": "regulars.program.problems",
    "Refusal": "regulars.words.refusals",
}


def __getattr__(name: str) -> object:
    """A public name, from its module when it is first asked for: the command line and the engine start without the rest."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
