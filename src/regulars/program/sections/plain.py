"""The sections whose entries are rules and nothing more: `earn`, `convert`, `rewards`, `prices`, `benefits`,
`milestones`, `rules`.
"""

from __future__ import annotations

from collections.abc import Callable

from regulars.program.forms.tree import Trigger
from regulars.program.model import Stage
from regulars.program.sections.blocks import Block
from regulars.program.sections.context import Context
from regulars.program.sections.names import REQUESTS
from regulars.program.sections.rules import Usual, add_rule, on_calendar, read_rule, triggers

PRICED = ("off", "to", "free")
"""Effects by which a request also acts inside a purchase."""
PURCHASE = (Trigger("event", "purchase"),)


def read_plain(context: Context, block: Block) -> None:
    """Adds the rule of a block."""
    add_rule(context, read_rule(context, block, USUAL[block.section](context, block)))


def _first_word(found: tuple[Trigger, ...] | None) -> str:
    return found[0].name.partition(".")[0] if found else ""


def _on(context: Context, block: Block) -> tuple[Trigger, ...] | None:
    """What `on` says; mistakes in it are noted when the rule is read."""
    before = len(context.problems)
    found = triggers(context, block)
    del context.problems[before:]
    return found


def stage_on(found: tuple[Trigger, ...] | None, usual: Stage) -> Stage:
    """Where a rule on these events is asked, when it is not where its section's rules are."""
    if found and on_calendar(found):
        return "calendar"
    return "tell" if _first_word(found) == "friend" else usual


def _earn(context: Context, block: Block) -> Usual:
    return Usual(stage_on(_on(context, block), _giving(block)), PURCHASE)


def _giving(block: Block) -> Stage:
    """Where a rule that gives on an event is asked: what goes to another member is worked out after what the member gets."""
    return "send" if "receiver" in block else "earn"


def _convert(context: Context, block: Block) -> Usual:
    found = _on(context, block)
    return Usual("settle") if found is None else Usual(stage_on(found, "ask"))


def _asked(event: str, stage: Stage) -> Callable[[Context, Block], Usual]:
    def usual(context: Context, block: Block) -> Usual:  # noqa: ARG001
        also = ("purchase",) if any(key in block for key in PRICED) and "on" not in block else ()
        name = event if "names" in block else f"{event}.{block.name}"
        return Usual(stage, (Trigger("event", name),), also)

    return usual


def _prices(context: Context, block: Block) -> Usual:  # noqa: ARG001
    return Usual("price", PURCHASE)


def _milestones(context: Context, block: Block) -> Usual:
    if "at" not in block and not block.broken:
        context.say(
            block.place,
            "missing",
            f"the milestone `{block.name}` has no `at`",
            "`at: [8000.00]` says which marks it crosses",
        )
    if "over" not in block and "of" not in block and not block.broken:
        context.say(
            block.place,
            "missing",
            f"the milestone `{block.name}` measures nothing",
            "`of:` names a counter, or a base with `over:`",
        )
    return Usual("settle", crossed=True)


def _rules(context: Context, block: Block) -> Usual:
    found = _on(context, block)
    if found is None:
        return Usual("price" if any(key in block for key in (*PRICED, "add")) else "earn", PURCHASE)
    word = _first_word(found)
    usual: Stage = _giving(block)
    if word in REQUESTS:
        usual = "perk" if word == "use_perk" else "ask"
    elif any(key in block for key in (*PRICED, "add")):
        usual = "price"
    elif word == "return":
        usual = "back"
    return Usual(stage_on(found, usual))


USUAL: dict[str, Callable[[Context, Block], Usual]] = {
    "earn": _earn,
    "convert": _convert,
    "rewards": _asked("redeem", "ask"),
    "prices": _prices,
    "benefits": _asked("use_perk", "perk"),
    "milestones": _milestones,
    "rules": _rules,
}
"""What each of these sections says of its rules."""
