"""What a program's author may want to look at again, though nothing is wrong: rules that can never fire, rules that
others always replace, promises without an end, things that nobody can reach.

The law of the room: advice is given only where the file alone makes it certain; what hangs on who comes and what they
buy is left to a history of events (`regulars.simulation.advice`). Advice never makes a program wrong.
"""

from regulars.program.advice.advise import advise
from regulars.program.advice.model import Advice, Units

__all__ = ["Advice", "Units", "advise"]
