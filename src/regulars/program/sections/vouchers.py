"""`vouchers`: things with a worth and a life; for each a rule on use and a rule that stands for its last day."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from regulars.program.forms.tree import Life, Limit, Number, Word
from regulars.program.model import Table, VoucherKind
from regulars.program.nodes import Node, Scalar
from regulars.program.scope import View
from regulars.program.sections.blocks import Block
from regulars.program.sections.context import Context, Entries
from regulars.program.sections.limits import LimitReading, limits
from regulars.program.sections.meetings import choice_of
from regulars.program.sections.plain import PURCHASE
from regulars.program.sections.rules import Usual, add_rule, lasting, read_rule, stand_in

EFFECTS = ("off", "to", "add", "free", "item", "choose", "give", "multiply")


def worth_is_given(block: Block) -> bool:
    """Whether the voucher's worth comes from whoever issues it."""
    off = block.get("off")
    return isinstance(off, Scalar) and off.text == "given"


def read_voucher(context: Context, block: Block) -> VoucherKind:
    """The kind of a voucher, its two rules added."""
    if not block.broken and not any(key in block for key in EFFECTS):
        context.say(
            block.place,
            "missing",
            f"the voucher `{block.name}` does nothing",
            "say what it is worth with `off`, `free`, `item` or `choose`",
        )
    if_unmet = block.get("if_unmet")
    rule = read_rule(context, block, Usual("use", PURCHASE, voucher=True))
    if if_unmet is not None and context.word(if_unmet, choice_of("VOUCHER", "if_unmet"), "`if_unmet`") == "skip":
        rule = replace(rule, if_unmet="skip")
    index = add_rule(context, rule)
    view = View(("purchase",))
    lasts = block.get("lasts")
    life = lasting(context, lasts, view) if lasts is not None else None
    if isinstance(life, Life) and life.never:
        life = None
    exponent = context.names.exponent
    worth = int(rule.off.value * 10**exponent) if isinstance(rule.off, Number) else None
    kind = VoucherKind(
        block.name,
        index,
        rule.terms,
        life,
        rule.open,
        given=rule.off == Word("given"),
        worth=worth,
        issued=_issued(context, block),
    )
    kind = _on_goods(context, block, _claimed(context, block, kind, view))
    lapse = stand_in(context, f"{block.full}.lapse", "calendar", rule.terms, block.place.mark.line, group=block.group)
    return replace(kind, lapse_rule=lapse)


def _issued(context: Context, block: Block) -> Literal["rules", "operator"]:
    node = block.get("issued")
    return "operator" if node is not None and context.word(node, ("operator",), "issuer") else "rules"


def _claimed(context: Context, block: Block, kind: VoucherKind, view: View) -> VoucherKind:
    node = block.get("claim")
    if node is None:
        return kind
    entries = context.entries(node, "CLAIM")
    by = context.word(entries["by"][1], ("clip", "print"), "way to claim") if "by" in entries else None
    if "by" not in entries:
        context.say(block.key("claim"), "missing", "`claim` says `by` what: `clip` or `print`")
    at_most = limits(LimitReading(context, view), entries["at_most"][1]) if "at_most" in entries else ()
    return replace(
        kind, claim=by, claim_at_most=at_most, claim_rule=_claim_rule(context, block, node, entries, at_most)
    )


def _claim_rule(
    context: Context, block: Block, node: Node, entries: Entries, at_most: tuple[Limit | Table, ...]
) -> int:
    """The rule that counts claims: one for all vouchers of a group that inherit them."""
    found = context.claims.get(id(node))
    if found is None:
        name = f"vouchers.{block.group or block.name}.claim"
        terms = context.terms(entries) or tuple(
            item.text for part in block.all("terms") for item in context.texts(part, "clause")
        )
        found = stand_in(context, name, "ask", terms, block.place.mark.line, group=block.group, at_most=at_most)
        context.claims[id(node)] = found
    return found


def _on_goods(context: Context, block: Block, kind: VoucherKind) -> VoucherKind:
    node = block.get("earned_on_goods")
    if node is None:
        return kind
    entries = context.entries(node, "GOODS")
    kind = replace(kind, return_terms=context.terms(entries))
    if "unused" in entries:
        unused = context.word(entries["unused"][1], choice_of("GOODS", "unused"), "`unused`")
        kind = replace(kind, unused_on_return=unused or "cancel")  # type: ignore[arg-type]
    if "used" in entries:
        used = context.word(entries["used"][1], choice_of("GOODS", "used"), "`used`")
        kind = replace(kind, used_on_return=used or "keep")  # type: ignore[arg-type]
    return kind
