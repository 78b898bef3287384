"""`offers`: rules that hold once they are clipped; for each a voucher that clipping issues, and the rule that uses it up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from regulars.program.forms.tree import Life, Limit, Period
from regulars.program.model import VoucherKind
from regulars.program.scope import View
from regulars.program.sections.blocks import Block
from regulars.program.sections.context import Context
from regulars.program.sections.plain import PRICED, PURCHASE, stage_on
from regulars.program.sections.rules import Usual, add_rule, lasting, read_rule, stand_in, triggers

ONCE_EVER = Limit(Fraction(1), times=True, periods=(Period(),))
EFFECTS = (*PRICED, "add", "give", "multiply", "top_up")


def read_offer(context: Context, block: Block) -> VoucherKind:
    """The voucher that clipping an offer issues; its rule and the one that stands for its last day are added."""
    if not block.broken and not any(key in block for key in EFFECTS):
        context.say(
            block.place,
            "missing",
            f"the offer `{block.name}` does nothing",
            "say what it gives with `give` or `multiply`",
        )
    before = len(context.problems)
    found = triggers(context, block)
    del context.problems[before:]
    usual = Usual("price" if any(key in block for key in (*PRICED, "add")) else stage_on(found, "earn"), PURCHASE)
    rule = read_rule(context, block, usual)
    if "at_most" not in block:
        rule = replace(rule, at_most=(ONCE_EVER,))
    index = add_rule(context, replace(rule, uses=block.name))
    node = block.get("lasts")
    life = lasting(context, node, View(("purchase",))) if node is not None else None
    if isinstance(life, Life) and life.never:
        life = None
    claim = stand_in(context, f"{block.full}.clip", "ask", rule.terms, block.place.mark.line, group=block.group)
    lapse = stand_in(context, f"{block.full}.lapse", "calendar", rule.terms, block.place.mark.line, group=block.group)
    return VoucherKind(block.name, index, rule.terms, life, rule.open, claim="clip", claim_rule=claim, lapse_rule=lapse)
