"""Conditions and values in CEL, typed when a program is checked and compiled to Python.

The law of the room:

1. Every mistake of an expression is said at once, with its offset; a text too long or too deep is a mistake, never a
   crash.
2. Numbers are exact: money is minor units, quotients are fractions, nothing is a float.
3. Code is made from the typed tree only, and reaches nothing but its facts and the helpers in `runtime`.
4. `&&`, `||` and `? :` are asked from left to right and stop as soon as the answer is known.
5. A comparison with a missing value is false, and `!=` with it true; in arithmetic a value that may be missing is a
   mistake of the author.
6. A condition that divides by zero does not hold; a value that divides by zero is None.
"""

from regulars.program.cel.checked import Checked, check
from regulars.program.cel.compiled import compile_filter, compile_parts, compile_value
from regulars.program.cel.errors import CelError
from regulars.program.cel.scope import Scope
from regulars.program.cel.types import (
    Bool,
    Count,
    Date,
    DayOfYear,
    Enum,
    Field,
    Function,
    ListOf,
    Method,
    Moment,
    Money,
    Name,
    Null,
    Number,
    Optional,
    Record,
    SpanType,
    Text,
    TimeOfDay,
    Type,
    say,
)

__all__ = [
    "check", "Checked", "CelError", "Scope", "compile_value", "compile_filter", "compile_parts",
    "Type", "Text", "Enum", "Count", "Number", "Money", "Bool", "Date", "Moment", "TimeOfDay", "DayOfYear", "SpanType",
    "ListOf", "Record", "Optional", "Null", "Field", "Name", "Function", "Method", "say",
]  # fmt: skip
