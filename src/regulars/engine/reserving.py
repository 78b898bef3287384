"""Redemptions in two steps: a `redeem` with `reserve` sets its cost aside, `redemption.confirm` makes it final, `redemption.release`
gives it back whole. A till asks for the first before the customer pays, and for one of the others after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from regulars.engine import cancels, holds
from regulars.engine.model import REDEEMED, Facts
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context

CONFIRM: Final = holds.CONFIRM
RELEASE: Final = "redemption.release"
FIRST: Final = "redemption"


def end(c: Context, given: Facts) -> Refusal | None:
    """Confirms or releases the redemption that the event is `of`; refused when it is no open one of this member."""
    event, sale = c.event, given.sale
    assert event is not None
    if sale is None or sale.body.get("reserve") is not True:
        return Refusal(code="redemption.unknown", text="There is no reserved redemption of this member.", pointer="/of")
    if sale.taken:
        return Refusal(code="redemption.closed", text="The redemption was confirmed or released.", pointer="/of")
    redemption = str(sale.body["id"])
    if event.kind == RELEASE:
        return cancels.call_off(c, sale, whole=True)
    for name in sorted(c.holdings):
        reserved = holds.of_event(c, name, redemption)
        if reserved is not None and reserved.until == CONFIRM:
            holds.close(c, name, reserved, REDEEMED)
    c.taken_lines = cancels.DONE
    return None
