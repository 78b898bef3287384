"""What a member has, printed: wallets with their lots, tiers, vouchers, benefits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from regulars.doors.cli.programs import listed
from regulars.doors.cli.screen import heading, pairs

LOTS = 3
"""Lots named of a wallet; the others are counted."""


def print_member(view: Mapping[str, Any], hide_empty: bool = False) -> None:
    """Prints a member as `regulars.engine.view` sees it; with `hide_empty` without what the member has nothing of."""
    heading(f"{view['member']}  ({view['day']})")
    pairs(_rows(view, hide_empty))


def _rows(view: Mapping[str, Any], hide_empty: bool) -> Iterator[tuple[str, str]]:
    for name, wallet in view["wallets"].items():
        if not hide_empty or wallet["lots"] or wallet["available"] != "0" or wallet["pending"] != "0":
            yield name, _wallet(wallet)
    for name, tier in view["tiers"].items():
        yield name, tier["level"] + _until(tier)
    for voucher in view["vouchers"]:
        yield "voucher", _voucher(voucher)
    for name, benefit in view["benefits"].items():
        if not hide_empty or benefit["can"]:
            yield name, _benefit(benefit)


def _wallet(wallet: Mapping[str, Any]) -> str:
    lots = wallet["lots"]
    said = [f"{lot['amount']}{_until(lot)}" for lot in lots[:LOTS] if lot.get("last_day")]
    more = f", {len(lots) - LOTS} more lots" if said and len(lots) > LOTS else ""
    pending = f", {wallet['pending']} pending" if wallet["pending"] not in {"0", "0.00"} else ""
    return f"{wallet['available']}{pending}" + (f"  ({listed(said)}{more})" if said else "")


def _voucher(voucher: Mapping[str, Any]) -> str:
    worth = f" worth {voucher['worth']}" if "worth" in voucher else ""
    percent = f" {voucher['percent']}%" if "percent" in voucher else ""
    return f"#{voucher['voucher']} {voucher['kind']}{worth}{percent}{_until(voucher)}"


def _benefit(benefit: Mapping[str, Any]) -> str:
    said = {True: "yes", False: "not now", None: "on a return"}[benefit["can"]]
    return f"{said}, {benefit['left']} left" if benefit["can"] and "left" in benefit else said


def _until(thing: Mapping[str, Any]) -> str:
    return f" until {thing['last_day']}" if thing.get("last_day") else ""
