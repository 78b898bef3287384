"""Marks of a milestone: what crossing one gave is remembered, so that a return which brings the counter below it again can undo both.

A mark is undone only where all that it gave can be taken back, as `returns` says: else whoever buys, returns and buys again has it twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.engine import pending, vouchers
from regulars.engine.earning import fire
from regulars.engine.returns import collect

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine
    from regulars.engine.wallets import Milestone


def window_of(done: Any) -> Any:
    """The window in which a mark was crossed; None of one that was not."""
    return done[0] if isinstance(done, list | tuple) else done


def give(c: Context, rule: RuleMachine, window: int) -> tuple[Any, ...]:
    """Gives what a crossed mark gives; how it is remembered: window, version, event, units by wallet, numbers of vouchers."""
    had, promised, issued = len(c.recording), len(c.promised), len(c.issued)
    fire(c, rule)
    new = (*c.recording[had:], *c.promised[promised:])
    units = [(c.machine.by_place[one.wallet].name, one.given, one.gone) for one in new if one.given > 0]
    event = "" if c.event is None else c.event.id
    return (window, c.machine.version, event, tuple(units), tuple(issue.serial for issue in c.issued[issued:]))


def uncross(c: Context, milestone: Milestone, was: int, now: int) -> None:
    """Undoes the marks below which a return has brought the counter, in the window of now; a closed window stays as it was."""
    event = c.event
    if not c.returning or event is None or c.today != event.day or milestone.rule.rule.on_return == "keep":
        return
    done: dict[str, Any] = dict(c.marks.get(milestone.rule.name, {}))
    window = milestone.window(c)
    below = [mark for mark in milestone.marks if now < mark <= was and window_of(done.get(str(mark))) == window]
    undone = [mark for mark in below if take_back(c, milestone.rule, done[str(mark)])]
    if undone:
        c.mark(milestone.rule.name, {key: one for key, one in done.items() if key not in set(map(str, undone))} or None)


def take_back(c: Context, rule: RuleMachine, done: Any) -> bool:
    """Takes back all that a mark gave; False, with nothing taken, where the program keeps some of it or a voucher was used."""
    if not isinstance(done, list | tuple):
        # What a member was brought in with was given elsewhere.
        return False
    _, version, event, units, serials = done
    held = {voucher.serial: voucher for voucher in c.vouchers}
    kinds = [c.machine.vouchers[held[serial].name].kind for serial in serials if serial in held]
    if len(kinds) < len(serials) or (serials and not c.machine.takes_back("vouchers")):
        return False
    if any(kind.unused_on_return == "keep" for kind in kinds):
        return False
    if not all(name in c.machine.wallets and c.machine.takes_back(name) for name, _, _ in units):
        return False
    back = c.machine.program.return_rule or 0
    for name, given, gone in units:
        left = given - pending.take_back(c, name, version, rule.index, event, given)
        if left:
            collect(c, c.machine.wallets[name], left, gone, back)
    for serial in serials:
        vouchers.cancel(c, held[serial])
    return True
