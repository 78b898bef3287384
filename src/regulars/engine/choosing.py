"""Choices: what a member sets, held at once or from the day, or with the event, on which the program lets it begin.

What is chosen and does not hold yet stands beside the member's marks, day by day; time brings it about.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from regulars.engine.fields import Bad
from regulars.engine.perks import own_limits, shared_limits, use
from regulars.words.days import NEVER, Day, day_of
from regulars.words.ids import check_id
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.context import Context
    from regulars.engine.rules import RuleMachine

CHOSEN = "choice:"
LATER = "chosen:"
"""The mark of what was chosen and does not hold yet: (first day, value) each, the first day first; NEVER while an event must come."""


def option(c: Context) -> Any:
    """What the member chose: `option`, `choose`, or the field of the request's own name."""
    event = c.event
    assert event is not None
    name = event.kind.partition(".")[2]
    body = event.body
    return body.get("option", body.get("choose", body.get(name)))


def choose(c: Context, name: str) -> Refusal | None:
    """A choice that the member makes: one of its values, or a day, kept until the day on which it takes effect and from then on."""
    choice = c.machine.choices[name]
    assert choice.rule is not None
    rule = c.machine.rules[choice.rule]
    refusal = shared_limits(c, rule) or own_limits(c, rule)
    if refusal is not None:
        return refusal
    try:
        value = read_option(choice.options, option(c))
    except Bad as bad:
        return Refusal(code=bad.code, text=bad.text, rule=rule.name, pointer="/option")
    use(c, rule)
    first = first_day(c, name)
    if first <= c.today:
        if LATER + name in c.marks and choice.options != ("dates",):
            # What was chosen under rules by which it came later gives way.
            keep_waiting(c, name, [])
        hold(c, name, value)
    else:
        later(c, name, first, value)
    return None


def first_day(c: Context, name: str) -> Day:
    """The day from which a choice made today holds; NEVER where an event must come first."""
    return NEVER if c.machine.choices[name].starts.kind == "on" else c.machine.choice_starts[name](c, c.today)


def hold(c: Context, name: str, value: Any) -> None:
    """The choice holds from now on; days are all kept."""
    if c.machine.choices[name].options == ("dates",):
        value = tuple(sorted({*c.chosen(name), value}))
    c.mark(CHOSEN + name, value)


def later(c: Context, name: str, first: Day, value: Any) -> None:
    """The choice holds from a day on; of two for the same day the one made last, but for days, which are all kept."""
    waiting = [(day, one) for day, one in c.marks.get(LATER + name, ())]
    if c.machine.choices[name].options != ("dates",):
        waiting = [(day, one) for day, one in waiting if day != first]
    keep_waiting(c, name, [*waiting, (first, value)])


def keep_waiting(c: Context, name: str, waiting: list[tuple[Day, Any]]) -> None:
    """Remembers what does not hold yet."""
    c.mark(LATER + name, tuple(sorted(waiting, key=lambda one: one[0])) or None)
    c.due = 0


def begin_by(c: Context, day: Day) -> None:
    """What was chosen for a day that has come holds."""
    for name in c.machine.choices:
        waiting = c.marks.get(LATER + name)
        if waiting and waiting[0][0] <= day:
            for first, value in waiting:
                if first <= day:
                    hold(c, name, value)
            keep_waiting(c, name, [(first, value) for first, value in waiting if first > day])


def begin_with(c: Context, kind: str) -> None:
    """What was chosen and waits for an event of this kind holds."""
    for name, choice in c.machine.choices.items():
        if choice.starts.kind == "on" and choice.starts.name == kind:
            waiting = c.marks.get(LATER + name, ())
            for first, value in waiting:
                if first >= NEVER:
                    hold(c, name, value)
            if waiting:
                keep_waiting(c, name, [(first, value) for first, value in waiting if first < NEVER])


def next_begin(c: Context, names: Iterable[str], day: Day) -> Day:
    """The next day after `day` on which something chosen begins to hold; NEVER for none."""
    return min((first for name in names for first, _ in c.marks.get(LATER + name, ()) if first > day), default=NEVER)


def keep_choice(c: Context, name: str, options: tuple[str, ...], raw: Any) -> None:
    """What was chosen before holds already. What is no option raises `Bad`."""
    hold(c, name, read_option(options, raw))


def read_option(options: tuple[str, ...], value: Any) -> Any:
    """The value of a choice as it is kept: a day's ordinal, a share, or one of the options."""
    if options in {("date",), ("dates",)}:
        try:
            return day_of(str(value)[:10])
        except ValueError:
            raise Bad("event.wrong_type", f"The option {value!r} is no day; write 2026-03-02.") from None
    if options == ("member",):
        if isinstance(value, str) and check_id(value) is None:
            return value
        raise Bad("event.wrong_type", f"The option {value!r} is no member.")
    if options == ("percent",):
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100:
            return value
        raise Bad("event.wrong_type", f"The option {value!r} is no share; write 0 to 100.")
    if value in options:
        return value
    raise Bad("event.unknown_value", f"The option {value!r} is none of {', '.join(options)}.")


def picked(c: Context, rule: RuleMachine, wanted: Any) -> RuleMachine | Refusal | None:
    """The effect that the member picked of those that a rule offers; None for a rule that offers none."""
    options = c.machine.options.get(rule.index)
    if not options:
        return None
    chosen: RuleMachine | None = options.get(str(wanted))
    if chosen is None:
        return Refusal(code="unknown", text=f"There is no choice {wanted!r}.", rule=rule.name, pointer="/choose")
    failed = next((code for code, condition in chosen.needs if not condition(c, None)), None)
    return chosen if failed is None else rule.refusal(failed)
