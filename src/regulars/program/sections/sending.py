"""What a rule sends to another member: who that is, and what cannot be sent."""

from __future__ import annotations

from regulars.program.cel import Checked, Text
from regulars.program.model import Stage
from regulars.program.sections.conditions import condition
from regulars.program.sections.site import Site

SENDING = ("earn", "convert", "rewards", "rules")
"""Sections whose rules can send."""
STAYS = (
    "off", "to", "add", "free", "item", "choose", "cancel", "hold", "part_pay", "pending", "multiply", "top_up", "instead_of", "best_of",
)  # fmt: skip
"""Keys that speak of the member's own purchase or wallets only."""


def receiver(site: Site) -> Checked | None:
    """The member to whom a rule gives or tells; None for a rule that acts on the member alone."""
    context, block = site.context, site.block
    node = block.get("receiver")
    if node is None:
        if "tell" in block:
            context.say(block.key("tell"), "missing", "`tell` does not say whom", "write `receiver:` beside it")
        return None
    if block.section not in SENDING:
        context.say(block.key("receiver"), "receiver", f"nothing under `{block.section}` goes to another member")
    for key in STAYS:
        if key in block:
            context.say(block.key(key), "receiver", f"`{key}` has no meaning for what goes to another member")
    if any(one in context.names.ladders for one in _given(site)):
        context.say(block.key("give"), "receiver", "a level is nobody's to send; send units or vouchers")
    return condition(context, node, site.view, Text(), "member")


def sends_where(site: Site, stage: Stage) -> None:
    """Notes a rule that sends where nothing can be sent from: on the calendar only what is taken can be."""
    block = site.block
    asked = stage in ("send", "ask", "settle") or (stage == "calendar" and ("cost" in block or "every" in block))
    if "receiver" in block and block.section in SENDING and not asked:
        site.context.say(block.key("receiver"), "receiver", "what is not taken is sent on events only")


def _given(site: Site) -> tuple[str, ...]:
    node = site.block.get("give")
    keys = getattr(node, "keys", None)
    return tuple(keys()) if keys is not None else ()
