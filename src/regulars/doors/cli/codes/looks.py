"""`regulars codes show` and `qualify`: what there is, and what a basket could use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from regulars.doors.cli.codes.bulk import batch_json
from regulars.doors.cli.codes.group import Where, answer, body_of, codes, opened, refuse
from regulars.doors.cli.endings import OK
from regulars.doors.cli.ledgers import run
from regulars.doors.cli.options import AsOf, Data, Json, Published, Tenant
from regulars.doors.cli.programs import counted
from regulars.doors.cli.screen import emit, heading, pairs, say

if TYPE_CHECKING:
    from regulars.ledger.poster import Poster
    from regulars.vouchers.model import Batch, Code, CodeUse
    from regulars.words.moments import Moment


@codes.command
def show(
    name: str | None = None,
    /,
    *,
    as_of: AsOf = None,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Show all batches, one batch, or one code with who holds it and who used it.

    Parameters
    ----------
    name
        The id of a batch, or a code in any spelling; without it all batches are listed.
    """
    return run(_show(name, Where(program, data, tenant, as_of), json))


async def _show(name: str | None, where: Where, json: bool) -> int:
    from regulars.flows.vouchers import all_batches, find_batch, look_up
    from regulars.words.refusals import Refusal

    async with opened(where) as (poster, at):
        batch = None if name is None else await find_batch(poster, name)
        if name is None or batch is not None:
            found = [batch] if batch is not None else await all_batches(poster)
            if json:
                listed = [batch_json(poster, one) for one in found]
                emit(listed if name is None else listed[0])
            else:
                _print_batches(poster, found)
            return OK
        looked = await look_up(poster, name, at)
        if isinstance(looked, Refusal):
            raise refuse(poster, looked)
        told = _code_json(poster, *looked)
    if json:
        emit(told)
    else:
        heading(told.pop("code"))
        pairs((key, _line(value)) for key, value in told.items() if value not in (None, []))
    return OK


def _print_batches(poster: Poster, batches: list[Batch]) -> None:
    if not batches:
        say("There are no codes yet: `regulars codes make` makes some.")
    for batch in batches:
        told = batch_json(poster, batch)
        heading(f"{told.pop('batch')}: {counted(told.pop('codes'), 'code')}")
        pairs((key, str(value)) for key, value in told.items() if value is not None)


def _code_json(poster: Poster, code: Code, uses: list[tuple[CodeUse, Moment]]) -> dict[str, Any]:
    machine, zone = poster.book.machines[-1], poster.book.zone
    used = [
        {"at": zone.text(at), "member": one.member, "event": one.event} | ({"till": one.till} if one.till else {})
        for one, at in uses
    ]
    return {
        "code": code.code,
        "batch": code.batch.id,
        "kind": code.batch.terms.kind,
        "member": code.member,
        "worth": None if code.worth is None else machine.money_text(code.worth),
        "used": code.used,
        "left": code.left,
        "printed_at": None if code.printed_at is None else zone.text(code.printed_at),
        "holds": [{"till": hold.till, "until": zone.text(hold.until)} for hold in code.holds],
        "uses": used,
    }


def _line(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return "; ".join(" ".join(f"{name} {part}" for name, part in one.items()) for one in value)


@codes.command
def qualify(
    basket: Path,
    /,
    *,
    member: Annotated[str | None, Parameter(help="Whose vouchers are tried too; else whom the basket names.")] = None,
    code: Annotated[list[str] | None, Parameter(negative="", help="A code to try; may be said several times.")] = None,
    till: Annotated[str, Parameter(help="The till that asks; what it holds itself is free for it.")] = "",
    as_of: AsOf = None,
    program: Published = None,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Say which vouchers a basket can use, what each would take off, and why not the others. Nothing is used up.

    Parameters
    ----------
    basket
        A purchase in a JSON file; `lines` are enough.
    """
    return run(_qualify(basket, member, code or [], till, Where(program, data, tenant, as_of), json))


async def _qualify(file: Path, member: str | None, shown: list[str], till: str, where: Where, json: bool) -> int:
    from regulars.flows.vouchers import qualify_basket
    from regulars.words.refusals import Refusal

    body = body_of(file)
    async with opened(where) as (poster, at):
        found = await qualify_basket(poster, body, at, member, shown, till)
        if isinstance(found, Refusal):
            raise refuse(poster, found)
        told = [answer(poster, one) for one in found]
    if json:
        emit(told)
        return OK
    if not told:
        say("There is no voucher to try: name one with --code, or a --member who has some.")
    pairs((f"{one['voucher']}", _said(one)) for one in told)
    return OK


def _said(one: dict[str, Any]) -> str:
    if not one["usable"]:
        return f"no   {one['text']} ({one['refused']})"
    gives = "".join(f", {units} {name}" for name, units in one.get("gives", {}).items())
    return f"yes  {one['off']} off{gives}"
