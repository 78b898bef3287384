"""What a till, an app or a kiosk does with a code: `regulars codes hold`, `release`, `use`, `claim` and `print`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from regulars.doors.cli.codes.group import Where, answer, body_of, codes, opened, refuse, with_shown
from regulars.doors.cli.endings import FOUND, OK
from regulars.doors.cli.ledgers import run
from regulars.doors.cli.options import AsOf, Data, Json, Published, Tenant
from regulars.doors.cli.programs import listed
from regulars.doors.cli.screen import emit, say

Till = Annotated[str, Parameter(help="The name of the till.")]


@codes.command
def hold(
    code: str,
    /,
    *,
    till: Till,
    minutes: Annotated[int, Parameter(help="How long.")] = 10,
    member: Annotated[str | None, Parameter(help="Who shows it.")] = None,
    basket: Annotated[Path | None, Parameter(help="A purchase (JSON) that it must be good for.")] = None,
    as_of: AsOf = None,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Keep a code for a till for some minutes; at another till it is refused meanwhile.

    Parameters
    ----------
    code
        The code, in any spelling.
    """
    return run(_hold(code, till, minutes, member, basket, Where(program, data, tenant, as_of), json))


async def _hold(
    code: str, till: str, minutes: int, member: str | None, basket: Path | None, where: Where, json: bool
) -> int:
    from regulars.flows.vouchers import hold_code
    from regulars.words.refusals import Refusal

    body = None if basket is None else body_of(basket)
    async with opened(where) as (poster, at):
        held = await hold_code(poster, code, till, minutes, at, member, body)
        if isinstance(held, Refusal):
            raise refuse(poster, held)
        until = poster.book.zone.text(held.until)
        would = {} if held.would is None else answer(poster, held.would)
    if json:
        told: dict[str, Any] = {"code": held.code, "kind": held.kind, "till": till, "until": until}
        emit(told | ({"would": would} if would else {}))
    else:
        off = f", {would['off']} off" if would else ""
        say(f"{held.code} ({held.kind}{off}) is held for {till} until {until[:16]}.")
    return OK


@codes.command
def release(
    code: str,
    /,
    *,
    till: Till,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Give a code free that a till holds.

    Parameters
    ----------
    code
        The code, in any spelling.
    """
    return run(_release(code, till, Where(program, data, tenant), json))


async def _release(code: str, till: str, where: Where, json: bool) -> int:
    from regulars.flows.vouchers import release_code

    async with opened(where) as (poster, _):
        released = await release_code(poster, code, till)
    if json:
        emit({"ok": released})
    else:
        say(f"{code} is free." if released else f"{till} did not hold {code}.")
    return OK if released else FOUND


@codes.command
def use(
    event: Path,
    /,
    *,
    code: Annotated[list[str] | None, Parameter(negative="", help="A code to use; may be said several times.")] = None,
    till: Annotated[str, Parameter(help="The till; what another one holds is refused.")] = "",
    as_of: AsOf = None,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Record a purchase and use its codes, both or neither. The same purchase again is one purchase.

    Parameters
    ----------
    event
        The purchase in a JSON file, as `regulars import` takes them; `use` may name codes: [{"code": "SUN-7K2M-9"}].
    """
    return run(_use(event, code, till, Where(program, data, tenant, as_of), json))


async def _use(file: Path, shown: list[str] | None, till: str, where: Where, json: bool) -> int:
    from regulars.flows.vouchers import use_codes
    from regulars.words.refusals import Refusal

    body = with_shown(body_of(file), shown)
    async with opened(where) as (poster, at):
        done = await use_codes(poster, body, at, till)
        if isinstance(done, Refusal):
            raise refuse(poster, done)
        if done.outcome.refusal is not None:
            raise refuse(poster, done.outcome.refusal)
        receipt = done.outcome.receipt
        assert receipt is not None, "what is not refused has a receipt"
        pay = None if receipt.pay is None else poster.book.machines[-1].money_text(receipt.pay)
    if json:
        told = {"event": done.outcome.event_id, "member": done.outcome.member, "used": list(done.used), "pay": pay}
        emit({"ok": True, **told, "repeated": done.outcome.repeated})
    else:
        again = " It was recorded before." if done.outcome.repeated else ""
        say(f"{done.outcome.event_id}: used {listed(done.used)}; to pay: {pay or '-'}.{again}")
    return OK


@codes.command
def claim(
    code: str,
    /,
    *,
    member: str,
    as_of: AsOf = None,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Make a code a voucher of a member's, to be used later.

    Parameters
    ----------
    code
        The code, in any spelling.
    member
        Whose it will be.
    """
    return run(_claim(code, member, Where(program, data, tenant, as_of), json))


async def _claim(code: str, member: str, where: Where, json: bool) -> int:
    from regulars.flows.vouchers import claim_code
    from regulars.words.days import iso
    from regulars.words.refusals import Refusal

    async with opened(where) as (poster, at):
        done = await claim_code(poster, code, member, at)
        if isinstance(done, Refusal):
            raise refuse(poster, done)
        if done.outcome.refusal is not None:
            raise refuse(poster, done.outcome.refusal)
    assert done.outcome.receipt is not None, "what is not refused has a receipt"
    issued = done.outcome.receipt.issued[0]
    last = iso(issued.gone - 1) if issued.gone else None
    if json:
        emit({"ok": True, "member": member, "voucher": issued.serial, "kind": issued.name, "last_day": last})
    else:
        say(f"{member} has voucher #{issued.serial}, {issued.name}{f' until {last}' if last else ''}.")
    return OK


@codes.command(name="print")
def print_(
    batch: str,
    /,
    *,
    member: Annotated[str | None, Parameter(help="Whom it is for; it is theirs alone then.")] = None,
    as_of: AsOf = None,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Hand out the next code of a batch, as a kiosk does, as often as its limit allows.

    Parameters
    ----------
    batch
        The id of the codes.
    """
    return run(_print(batch, member, Where(program, data, tenant, as_of), json))


async def _print(batch: str, member: str | None, where: Where, json: bool) -> int:
    from regulars.flows.voucher_batches import print_code
    from regulars.words.refusals import Refusal

    async with opened(where) as (poster, at):
        code = await print_code(poster, batch, at, member)
        if isinstance(code, Refusal):
            raise refuse(poster, code)
    if json:
        emit({"ok": True, "code": code})
    else:
        say(code)
    return OK
