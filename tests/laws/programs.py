"""Programs drawn from the whole language: fragments of every section put together, each speaking of the names that are there so far.

`programs()` is the strategy. What is drawn always loads; a test says so.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.laws.drafting import Choose, Draft
from tests.laws.fragments import earning, exchanges, grounds, people
from tests.laws.shops import Shop

MOST = 6
SHARED = ("everybody", "stock: ", "referrals:", "seats:", "places:", "receiver: ")


def draft(choose: Choose) -> Draft:
    """A program, section by section; what others speak of comes first."""
    d = Draft(choose)
    grounds.head(d)
    grounds.calendar(d)
    grounds.account(d)
    grounds.bases(d)
    grounds.wallets(d)
    for make in (exchanges.voucher, exchanges.voucher, exchanges.picked, people.ladder, people.ladder):
        if d.maybe():
            make(d)
    if d.maybe(2):
        earning.shared_limit(d)
    for make in people.FRAGMENTS:
        if d.maybe(2):
            make(d)
    earning.base_rule(d)
    for _ in range(d.choose(tuple(range(2, MOST + 5)))):
        d.choose((*earning.FRAGMENTS, *exchanges.FRAGMENTS))(d)
    grounds.tie_up(d)
    grounds.closing(d)
    return d


def shop(choose: Choose, undo: bool = False) -> Shop:
    """A shop with a drawn program, in which members may ask for whatever the program has; with `undo` returns take everything back."""
    d = draft(choose)
    if undo:
        d.top = undone(d.top)
    return Shop("drawn", texts_of(d), ("drink", "food", "other"), (), alone(d))


def texts_of(d: Draft) -> tuple[str, ...]:
    """The text of the program, or of its two versions."""
    if d.maybe(5):
        d.put("wallets", "old", {"lasts": "6 months after earned"})
        d.put("earn", "olden", {"give": {"old": "1 per 1.00"}})
        before = d.text()
        d.top = grounds.later(d)
        return before, d.text()
    return (d.text(),)


def alone(d: Draft) -> bool:
    """Whether what one member does never touches another: no budget, stock, referral, seat, place or transfer."""
    return not any(word in d.text() for word in SHARED)


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, ...]:
    """The text of a program, or of its versions."""
    return texts_of(draft(lambda options: draw(st.sampled_from(list(options)))))


def undone(value: Any, within: str = "") -> Any:
    """The same entries, with everything that a return would leave standing taken back instead."""
    if isinstance(value, dict):
        return {key: undone(one, within or key) for key, one in value.items() if (key, one) != ("on_return", "keep")}
    return "take back" if (within, value) == ("returns", "keep") else value
