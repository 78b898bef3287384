"""What measurements share: two things timed in turn, the median of their ratios, and how a figure is printed.

Each `bench/NAME.py` prints one line for people, or with `--json` one object with `bench`, `value`, `unit`, `peer`,
`must`, `aim`, `runs` and `ok`. Ratios are for judging, absolute times for reading: both sides of a ratio ran in turn on
one machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes, in seconds."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def in_turn(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> list[tuple[float, float]]:
    """Figures of both sides, measured one after the other so many times; each side goes first in every other run."""
    figures = []
    for run in range(runs):
        if run % 2:
            other = theirs()
            figures.append((ours(), other))
        else:
            figures.append((ours(), theirs()))
    return figures


def ratio(figures: Sequence[tuple[float, float]]) -> float:
    """How many times longer theirs took than ours: the median of the runs' ratios."""
    return median(theirs / ours for ours, theirs in figures)


def report(
    name: str,
    value: float,
    unit: str,
    peer: str,
    must: float | None,
    aim: float | None,
    runs: Sequence[object] | int,
    as_json: bool,
    lower_is_better: bool = False,
) -> bool:
    """Whether the figure, once printed, reached what it must; `runs` are the single figures, or how many there were."""
    reached = must is None or (value <= must if lower_is_better else value >= must)
    rounded = round(value, 3 if abs(value) < 10 else 1)
    if as_json:
        figure = {"bench": name, "value": rounded, "unit": unit, "peer": peer, "must": must, "aim": aim, "runs": runs}
        print(json.dumps(figure | {"ok": reached}))
    else:
        count = runs if isinstance(runs, int) else len(runs)
        wanted = "" if must is None else f" (must {must:g}, aim {aim:g})" if aim is not None else f" (must {must:g})"
        print(f"{name}: {rounded:g} {unit}, {peer}{wanted}, median of {count} runs{'' if reached else ': MISSED'}")
    return reached


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the command line asks for JSON."""
    return "--json" in arguments
