"""The words all rooms share: points and money, days and moments, rounding and sharing, ids and refusals.

The law of the room:

1. It imports nothing of ours, keeps nothing, and asks no clock, no chance and no environment.
2. Every quantity is an integer: minor units, days, microseconds. No float comes in or goes out.
3. A fraction becomes whole in `rounding` and nowhere else, by a named mode.
4. What is shared out adds up to what there was.
5. Every stretch of time holds its start and not its end.
6. What a caller may do wrong is a Refusal; what we do wrong is an exception.
"""

from regulars.words.days import (
    NEVER,
    WEEKDAYS,
    Day,
    add_months,
    add_span,
    add_years,
    age_on,
    birthday_in,
    day_of,
    from_ymd,
    iso,
    month_day,
    weekday,
    ymd,
)
from regulars.words.ids import check_id, derived
from regulars.words.moments import Moment, UnknownZone, Zone
from regulars.words.money import UnknownCurrency, exponent, minor
from regulars.words.refusals import Refusal, fill
from regulars.words.rounding import Mode, divide, divider
from regulars.words.sharing import share
from regulars.words.spans import Span
from regulars.words.windows import (
    BUILT_IN,
    Anchored,
    AnchoredDays,
    Daily,
    HalfYearly,
    Monthly,
    Quarterly,
    Starts,
    Weekly,
    Window,
    Yearly,
)

__all__ = [
    "BUILT_IN",
    "NEVER",
    "WEEKDAYS",
    "Anchored",
    "AnchoredDays",
    "Daily",
    "Day",
    "HalfYearly",
    "Mode",
    "Moment",
    "Monthly",
    "Quarterly",
    "Refusal",
    "Span",
    "Starts",
    "UnknownCurrency",
    "UnknownZone",
    "Weekly",
    "Window",
    "Yearly",
    "Zone",
    "add_months",
    "add_span",
    "add_years",
    "age_on",
    "birthday_in",
    "check_id",
    "day_of",
    "derived",
    "divide",
    "divider",
    "exponent",
    "fill",
    "from_ymd",
    "iso",
    "minor",
    "month_day",
    "share",
    "weekday",
    "ymd",
]
