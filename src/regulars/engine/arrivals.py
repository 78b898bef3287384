"""What is in transit arrives, or comes back to who sent it. Nothing is left in transit by either.

Of what was taken the same units arrive with their own last days, or others with a life of their own in their place; what is not handed on
is redeemed. What comes back are the same units, with the last days they had.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from regulars.engine import handed_in, lots
from regulars.engine.compartments import PERSON, note
from regulars.engine.earning import credit
from regulars.engine.granting import issue
from regulars.engine.model import ACTIVE, EXPIRED, IN_TRANSIT, REDEEMED, RETURNED, Entry, Lot, Movement
from regulars.words.days import NEVER, Day

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.wallets import WalletMachine

Body = Mapping[str, Any]


def fits(c: Context, body: Body) -> bool:
    """Whether the ceilings of the wallets leave room for all that comes."""
    coming: dict[str, int] = {}
    for name, units in body["gives"]:
        coming[name] = coming.get(name, 0) + units
    for name, units, _, _ in body["paid"]:
        if name in body["own"]:
            coming[name] = coming.get(name, 0) + units
    for name, units in coming.items():
        wallet = c.machine.wallets.get(name)
        if wallet is not None and wallet.ceiling is not None and c.available(name) + units > wallet.ceiling:
            return False
    return True


def deliver(c: Context, body: Body) -> None:
    """Brings the member what was sent."""
    rule = place_of(c, body)
    travelling: dict[str, int] = {}
    for name, units, earned, gone in body["paid"]:
        if name in body["own"]:
            put(c, c.machine.wallets[name], rule, units, earned, gone)
        else:
            travelling[name] = travelling.get(name, 0) + units
    for parts in body.get("vouchers", ()):
        voucher = handed_in.unpacked(parts)
        if voucher.name in body["own"]:
            handed_in.arrive(c, rule, voucher)
    for name, units in body["gives"]:
        wallet = c.machine.wallets.get(name)
        if wallet is None:
            issue(c, rule, name, units)
            continue
        gone = wallet.life(c, c.today)
        arriving = min(units, travelling.get(name, 0))
        if arriving:
            travelling[name] -= arriving
            credit(c, wallet, arriving, gone, IN_TRANSIT)
        if units > arriving:
            credit(c, wallet, units - arriving, gone)
        c.recording.append(Entry(rule, wallet.place, units, 0, 0, 1, units, (), None, gone if gone < NEVER else 0))
    c.moved.extend(Movement(name, IN_TRANSIT, REDEEMED, units, 0) for name, units in travelling.items() if units)


def bring_back(c: Context, body: Body) -> None:
    """Brings back to the sender what nobody took; what was issued for the receiver is returned."""
    rule = place_of(c, body)
    for name, units, earned, gone in body["paid"]:
        wallet = c.machine.wallets.get(name)
        if not earned or wallet is None:
            c.moved.append(Movement(name, IN_TRANSIT, RETURNED, units, 0))
        else:
            put(c, wallet, rule, units, earned, gone)
    for parts in body.get("vouchers", ()):
        voucher = handed_in.unpacked(parts)
        if voucher.name in c.machine.vouchers:
            handed_in.put_back(c, rule, voucher)


def lapse(c: Context, body: Body) -> None:
    """Of what comes back to an account that was closed meanwhile nothing is left."""
    c.moved.extend(
        Movement(name, IN_TRANSIT, EXPIRED if earned else RETURNED, units, 0) for name, units, earned, _ in body["paid"]
    )


def put(c: Context, wallet: WalletMachine, rule: int, units: int, earned: Day, gone: Day) -> None:
    """Puts units that are on their way into a wallet, as a lot of the day on which they were earned; what would have gone goes tomorrow."""
    alive = max(gone, c.today + 1) if gone else NEVER
    if any(wallet.name == held.name for _, wallets in c.machine.kept_alive_by for held in wallets):
        # Where a life hangs on what a member did last, it hangs on what this one did.
        alive = max(wallet.life(c, earned), c.today + 1)
    before = c.holding(wallet.name)
    held = next((lot for lot in before.lots if (lot.earned, lot.gone) == (earned, alive)), None)
    if held is not None and not wallet.divided_by:
        # Lots that were parted on the way are one again.
        grown = tuple(Lot(lot.serial, lot.left + units, earned, alive) if lot is held else lot for lot in before.lots)
        holding, serial = replace(before, active=before.active + units, lots=grown), held.serial
    else:
        holding, serial = lots.credit(before, units, c.next_serial(), earned, alive, earned)
    c.hold(wallet.name, holding)
    if wallet.divided_by == PERSON:
        note(c, wallet, serial)
    c.moved.append(Movement(wallet.name, IN_TRANSIT, ACTIVE, units, serial))
    c.recording.append(Entry(rule, wallet.place, units, 0, 0, 1, units, (), None, alive if alive < NEVER else 0))


def place_of(c: Context, body: Body) -> int:
    """The place of the rule that sent, in the version of now."""
    named = c.machine.named.get(str(body["rule"]))
    return (c.machine.program.return_rule or 0) if named is None else named.index
