"""Wallets kept in compartments that are never drawn on together: by person, where several share an account, or by window.

Whose a lot is stands beside the member's marks, by the lot's number; in which window it was earned, its day says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from regulars.engine.lots import EMPTY
from regulars.engine.model import Lot

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.wallets import WalletMachine

PERSON = "person"
WHOSE = "whose:"
Keep = Callable[[Lot], bool]


def note(c: Context, wallet: WalletMachine, serial: int) -> None:
    """Remembers whose units a new lot has, and forgets the lots that are gone."""
    key = WHOSE + wallet.name
    live = {str(lot.serial) for lot in c.holdings.get(wallet.name, EMPTY).lots}
    known = {number: who for number, who in c.marks.get(key, {}).items() if number in live}
    c.mark(key, {**known, str(serial): c.person or c.member.id})


def compartment(c: Context, wallet: WalletMachine) -> Callable[[Lot], Any]:
    """The compartment of a lot: a person, or the first day of a window."""
    if wallet.divided_by == PERSON:
        whose = c.marks.get(WHOSE + wallet.name, {})
        return lambda lot: whose.get(str(lot.serial), c.member.id)
    tile = c.machine.calendar.tile(wallet.divided_by)
    return lambda lot: (tile(c, lot.earned) or (0,))[0]


def keep(c: Context, wallet: WalletMachine, admits: Keep | None, units: int = 1) -> Keep:
    """The lots of the one compartment that an exchange may draw on: the person's own; or of the windows the newest, or the oldest, that has
    enough, as the wallet says, else the fullest.
    """
    of = compartment(c, wallet)
    if wallet.divided_by == PERSON:
        me = c.person or c.member.id
        return lambda lot: of(lot) == me and (admits is None or admits(lot))
    held: dict[Any, int] = {}
    for lot in c.holdings.get(wallet.name, EMPTY).lots:
        if admits is None or admits(lot):
            held[of(lot)] = held.get(of(lot), 0) + lot.left
    enough = [start for start, left in held.items() if left >= units]
    newest = wallet.wallet.spent.startswith("newest")
    chosen = (
        (max(enough) if newest else min(enough)) if enough else max(held, key=lambda start: held[start], default=None)
    )
    return lambda lot: of(lot) == chosen and (admits is None or admits(lot))
