"""The commands under `regulars codes`, and what they share: a ledger with its program, a moment, what a refusal looks like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, Stop
from regulars.doors.cli.ledgers import ledgers
from regulars.doors.cli.moments import moment_of, now
from regulars.doors.cli.options import Data, Tenant

if TYPE_CHECKING:
    from regulars.ledger.poster import Poster
    from regulars.vouchers.qualify import Qualified
    from regulars.words.moments import Moment
    from regulars.words.refusals import Refusal

codes = App(name="codes", help="Voucher codes: make, import and export them, hold and use them at a till.")
app.command(codes)

HINTS = {
    "voucher.unknown_kind": "Give a voucher of the program `issued: operator`.",
    "voucher.pattern_too_small": "Each # makes a code 31 times harder to guess.",
    "voucher.batch_reused": "Take another id for other codes; `regulars codes show` lists the batches.",
    "voucher.unknown_batch": "`regulars codes show` lists the batches.",
    "voucher.held": "It is free again when that till releases it, or when its time is over.",
    "voucher.bad_check": "Type it again as it is printed.",
    "voucher.unknown": "`regulars codes show` lists the batches; capitals, spaces and dashes do not matter.",
}


@dataclass(frozen=True, slots=True)
class Where:
    """What every command may say of where and when: program, database, moment."""

    program: str | None
    data: Data
    tenant: Tenant
    as_of: str | None = None


@asynccontextmanager
async def opened(where: Where) -> AsyncIterator[tuple[Poster, Moment]]:
    """Who posts to the program's ledger, and the moment that is meant."""
    async with ledgers().open(where.data, where.tenant) as ledger:
        book = await ledger.book(where.program)
        yield ledger.poster(book), now() if where.as_of is None else moment_of(where.as_of, book.zone)


def refuse(poster: Poster, refusal: Refusal) -> Stop:
    """How a command ends that was refused."""
    return Stop(
        sentence(poster, refusal), HINTS.get(refusal.code, f"The code of this refusal is {refusal.code}."), FOUND
    )


def sentence(poster: Poster, refusal: Refusal) -> str:
    """What a refusal says to a person."""
    from regulars.speech.language import language
    from regulars.speech.refusals import text

    return text(poster.book.program, refusal, language("en"))


def answer(poster: Poster, one: Qualified) -> dict[str, Any]:
    """What a voucher would do, as JSON has it."""
    machine = poster.book.machines[-1]
    found: dict[str, Any] = {"voucher": one.voucher, "kind": one.kind, "usable": one.usable}
    if one.refusal is not None:
        return found | {"refused": one.refusal.code, "text": sentence(poster, one.refusal)}
    gives = {name: machine.wallets[name].text(units) for name, units in one.gives if name in machine.wallets}
    return found | {"off": machine.money_text(one.off)} | ({"gives": gives} if gives else {})


def body_of(file: Path) -> dict[str, Any]:
    """The one event of a JSON file, numbers exact."""
    from decimal import Decimal

    import msgspec

    try:
        found = msgspec.json.Decoder(float_hook=Decimal).decode(file.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError) as error:
        raise Stop(
            f"{file}: this is no JSON: {error}.", "It holds one event, as `regulars import` takes them."
        ) from None
    if not isinstance(found, dict):
        raise Stop(f"{file}: this is no event.", "An event is an object with `id`, `type`, `member` and `happened_at`.")
    return found


def with_shown(body: dict[str, Any], codes: list[str] | None) -> dict[str, Any]:
    """The event with these codes in use besides what it uses itself."""
    return {**body, "use": [*(body.get("use") or ()), *({"code": code} for code in codes)]} if codes else body
