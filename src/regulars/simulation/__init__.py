"""Programs tried out in memory: a ledger without a database, and what comes of a history of events."""

from regulars.simulation.memory import Memory, Repeated
from regulars.simulation.play import Played, play

__all__ = ["Memory", "Played", "Repeated", "play"]
