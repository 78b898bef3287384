"""The text forms: what a text says as a value of `tree`, or a `FormError` with its offset and what was expected."""

from regulars.program.forms.amount import read_amount
from regulars.program.forms.facttype import TYPES, read_type
from regulars.program.forms.life import read_cutoff, read_life, read_spread, read_start, read_wait
from regulars.program.forms.limit import read_limit
from regulars.program.forms.opening import read_opening
from regulars.program.forms.phrases import read_ending, read_import, read_order, read_pays, read_then
from regulars.program.forms.rounding import read_mark, read_round
from regulars.program.forms.spans import UNITS, WEEKDAYS, read_span
from regulars.program.forms.trigger import read_trigger, read_window
from regulars.program.forms.words import RESERVED, FormError

__all__ = [
    "RESERVED",
    "TYPES",
    "UNITS",
    "WEEKDAYS",
    "FormError",
    "read_amount",
    "read_cutoff",
    "read_ending",
    "read_import",
    "read_life",
    "read_limit",
    "read_mark",
    "read_opening",
    "read_order",
    "read_pays",
    "read_round",
    "read_span",
    "read_spread",
    "read_start",
    "read_then",
    "read_trigger",
    "read_type",
    "read_wait",
    "read_window",
]
