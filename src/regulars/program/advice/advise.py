"""All advice on a program, in the order of its file."""

from __future__ import annotations

from dataclasses import replace

from regulars.program.advice.model import Advice
from regulars.program.advice.never import never
from regulars.program.advice.places import Places
from regulars.program.advice.promises import unbounded
from regulars.program.advice.reach import unreached
from regulars.program.advice.shadows import shadowed
from regulars.program.model import Program


def advise(program: Program, file: str = "") -> list[Advice]:
    """What its author may want to look at again; certain from the file alone, whoever comes and whatever they buy."""
    places = Places(program)
    found = [
        *never(program, places),
        *shadowed(program, places),
        *unbounded(program, places),
        *unreached(program, places),
    ]
    return [replace(one, file=file) for one in sorted(found)]
