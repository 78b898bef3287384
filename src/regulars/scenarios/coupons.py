"""Labels of coupons: a scenario's own names for vouchers, bound at first sight to the voucher that is worth as much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.engine.machine import Machine
from regulars.engine.model import Voucher
from regulars.engine.view import percent_text, worth_of
from regulars.scenarios.amounts import millionths, minor_of
from regulars.words.days import NEVER, iso


class Labels:
    """Which voucher of which member a label stands for; once bound it stays so."""

    def __init__(self) -> None:
        self._bound: dict[tuple[str, str], int] = {}
        self._kinds: dict[tuple[str, str], str] = {}

    def bind(self, who: str, label: str, serial: int, kind: str) -> None:
        """Lets a label stand for a voucher of a kind from now on."""
        self._bound[who, label] = serial
        self._kinds[who, label] = kind

    def serial(self, who: str, label: str) -> int | None:
        """The voucher of a label; None when it stands for nothing yet."""
        return self._bound.get((who, label))

    def bound(self, who: str) -> set[int]:
        """The vouchers of a member that some label stands for."""
        return {serial for (member, _), serial in self._bound.items() if member == who}

    def match(
        self, machine: Machine, who: str, wanted: Sequence[Mapping[str, Any]], live: Sequence[Voucher]
    ) -> tuple[list[Any], list[Voucher]]:
        """(coupons that no live voucher is, live vouchers that no coupon named); binds the labels that are new."""
        left = list(live)
        missing: list[Any] = []
        # A label whose voucher is gone may stand for a later one of the same kind: the birthday's of the next year.
        numbers = {voucher.serial for voucher in live}
        named = {(who, label) for label in labels(wanted)}
        self._bound = {key: serial for key, serial in self._bound.items() if key not in named or serial in numbers}
        known = [one for one in wanted if self.serial(who, str(one.get("id"))) is not None]
        fresh = [one for one in wanted if self.serial(who, str(one.get("id"))) is None]
        for one in (*known, *fresh):
            serial = self.serial(who, str(one.get("id")))
            taken = set() if serial is not None else self.bound(who)
            kind = self._kinds.get((who, str(one.get("id"))))
            found = next(
                (
                    held
                    for held in left
                    if held.serial not in taken
                    and serial in {None, held.serial}
                    and kind in {None, held.name}
                    and alike(machine, one, held)
                ),
                None,
            )
            if found is None:
                missing.append(one)
                continue
            left.remove(found)
            self.bind(who, str(one.get("id")), found.serial, found.name)
        return missing, left

    def shown(self, machine: Machine, voucher: Voucher) -> str:
        """A voucher in a line."""
        worth, percent = worth_of(machine, voucher.name, voucher)
        much = (
            machine.money_text(worth)
            if worth is not None
            else f"{percent_text(percent)}%"
            if percent is not None
            else ""
        )
        last = "" if voucher.gone >= NEVER else f" until {iso(voucher.gone - 1)}"
        return f"{voucher.name} {much}{last}".replace("  ", " ")

    def written(self, coupon: Mapping[str, Any]) -> str:
        """A coupon as the scenario has it, in a line."""
        much = next(
            (f"{coupon[key]}{'%' if key == 'pct' else ''}" for key in ("worth", "pct", "gives") if key in coupon), ""
        )
        last = f" until {coupon['last_day']}" if coupon.get("last_day") else ""
        return f"{coupon.get('id')} {much}{last}"


def labels(coupons: Sequence[Mapping[str, Any]]) -> set[str]:
    """The labels of coupons."""
    return {str(coupon.get("id")) for coupon in coupons}


def alike(machine: Machine, coupon: Mapping[str, Any], voucher: Voucher) -> bool:
    """Whether a voucher is worth what the coupon says, until the same last day where it says one."""
    worth, percent = worth_of(machine, voucher.name, voucher)
    if "worth" in coupon and minor_of(machine, coupon["worth"]) != worth:
        return False
    if "pct" in coupon and millionths(coupon["pct"]) != percent:
        return False
    if coupon.get("gives") in machine.vouchers and coupon["gives"] != voucher.name:
        return False
    if "first_day" in coupon and not (voucher.opens and iso(voucher.opens) == str(coupon["first_day"])):
        return False
    last = coupon.get("last_day")
    return last is None or (voucher.gone < NEVER and iso(voucher.gone - 1) == str(last))
