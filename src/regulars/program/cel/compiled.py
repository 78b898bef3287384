"""Makes Python functions of checked conditions.

The source comes from the typed tree alone: facts by the sources of the scope, literals by `repr`. The functions see the
helpers of `runtime` and their arguments, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regulars.program.cel.checked import Checked
from regulars.program.cel.runtime import NAMESPACE


def compile_value(checked: Checked, parameters: Sequence[str] = ("c", "line")) -> Callable[..., Any]:
    """A function of these parameters that gives the expression's value."""
    return _function(checked, f"lambda {', '.join(parameters)}: {checked.source}")


def compile_filter(checked: Checked, one: str = "line") -> Callable[[Any, Sequence[Any]], list[int]]:
    """A function of `c` and several lines that gives the places of the lines for which the condition holds.

    `one` is the name under which the scope's sources know a single line (or tender).
    """
    return _function(checked, f"lambda c, _all: [_i for _i, {one} in enumerate(_all) if {checked.source}]")


def compile_parts(checked: Checked, parameters: Sequence[str] = ("c",)) -> Callable[..., int]:
    """A function that gives -1 when all parts of the condition hold, or the place of the first that does not."""
    names = ", ".join(parameters)
    tests = "".join(f"    if not ({source}): return {place}\n" for place, (_, source) in enumerate(checked.parts))
    space = dict(NAMESPACE)
    exec(compile(f"def parts({names}):\n{tests}    return -1\n", _label(checked), "exec"), space)
    made: Callable[..., int] = space["parts"]
    return made


def _function(checked: Checked, source: str) -> Callable[..., Any]:
    made: Callable[..., Any] = eval(compile(source, _label(checked), "eval"), NAMESPACE)
    return made


def _label(checked: Checked) -> str:
    """What a traceback names as the file."""
    return f"<condition {checked.text[:60].encode('ascii', 'replace').decode()}>"
