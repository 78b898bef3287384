"""Reads a program file: from its text to a checked, desugared Program, or to everything that is wrong with it at once.

Names are gathered first, so that a section may speak of one that stands below it; then each section is read, rules in
the order of the file; then what only shows when all is known is checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.program.check import check_names, check_program
from regulars.program.counting import with_counters
from regulars.program.keys import SECTIONS
from regulars.program.model import Base, Program
from regulars.program.nodes import Mapping, Node, read
from regulars.program.problems import Problems
from regulars.program.scope import Scopes
from regulars.program.sections import (
    bases,
    calendar,
    closing,
    facts,
    head,
    limits,
    members,
    offers,
    plans,
    subscriptions,
    tiers,
    vouchers,
    wallets,
)  # fmt: skip
from regulars.program.sections.blocks import Block, blocks_of
from regulars.program.sections.called_off import called_off
from regulars.program.sections.context import Context, Entries
from regulars.program.sections.names import Names, keys_of, kind_of, texts_of
from regulars.program.sections.plain import USUAL, read_plain


def load(text: str, file: str = "program.yaml") -> Program | Problems:
    """The program that a text says, or all its problems in the order of the file.

    A text is never too broken: whatever stands in it, the answer is one of the two. What only follows from another
    mistake is held back.
    """
    top, found = read(text, file)
    problems = Problems(file, found)
    if top is None:
        return problems
    program = _Load(top, problems).program(text)
    return Problems(file, sorted(set(problems))) if problems else with_counters(program)


_Read = Callable[[Context, Node], Any]
_BY_SECTION: dict[str, _Read] = {
    "wallets": wallets.read_wallets,
    "tiers": tiers.read_tiers,
    "choices": members.read_choices,
    "referrals": members.read_referrals,
}
"""Sections that add rules, read in the order of the file."""
PLACED = ("wallets", "tiers", "choices", "limits", "base", "define", "referrals")
"""Sections whose keys are names that hold no rules as written."""
_FIRST: dict[str, _Read] = {
    "dates": calendar.read_dates,
    "windows": calendar.read_windows,
    "events": calendar.read_events,
    "account": members.read_account,
    "limits": limits.read_limits,
}


class _Load:
    """One load: what was gathered, and the parts of the program as they are read."""

    def __init__(self, top: Mapping, problems: Problems) -> None:
        names = Names()
        self.top = top
        self.problems = problems
        self.names = names
        self.context = Context(problems, names, Scopes(names))
        self.blocks: dict[str, list[Block]] = {}
        self.parts: dict[str, Any] = {}

    def program(self, text: str) -> Program:
        context = self.context
        entries = context.entries(self.top, "PROGRAM")
        first = head.read_head(context, self.top, entries)
        context.first = first.first
        self.names.exponent = first.exponent
        self.names.currency = first.currency[0] if first.currency else ""
        self.gather(entries)
        check_names(context)
        self.read(entries)
        called_off(context)
        program = Program(
            slug=first.slug,
            name=first.name,
            currency=first.currency,
            exponent=first.exponent,
            timezone=first.timezone,
            first=first.first,
            text=text,
            rules=tuple(context.rules),
            **self.parts,
        )
        return check_program(context, program)

    def gather(self, entries: Entries) -> None:
        """Every name of the file, before anything is read in full."""
        names, top, context = self.names, self.top, self.context
        names.steps = head.steps_of(top.get("checkout"))
        names.windows, names.dates = keys_of(top, "windows"), keys_of(top, "dates")
        names.bases = keys_of(top, "base") or {"spend": None}
        names.limits, names.defines = keys_of(top, "limits"), keys_of(top, "define")
        events = top.get("events")
        if isinstance(events, Mapping):
            names.events = {key.text: texts_of(value) for key, value in events.items}
        if "facts" in entries:
            read_facts = facts.read_facts(context, entries["facts"][1])
            self.parts["facts"] = names.facts = {kind: dict(own) for kind, own in read_facts.items()}
        names.wallets = wallets.wallet_names(context, top.get("wallets"))
        self.standings()
        for section in SECTIONS:
            if section in entries:
                self.blocks[section] = blocks_of(context, section, entries[section][1])
        names.vouchers = {block.name: vouchers.worth_is_given(block) for block in self.blocks.get("vouchers", ())}
        names.vouchers |= {block.name: False for block in self.blocks.get("offers", ())}
        if "subscriptions" in self.blocks:
            names.fired[subscriptions.ORDER] = None
        for name in keys_of(top, "referrals"):
            sides = (f"referrals.{name}", f"referrals.{name}.referrer")
            names.rules.setdefault("referrals", {})[name] = sides
            names.fired[f"friend.{name}"] = None
        for block in (block for blocks in self.blocks.values() for block in blocks):
            names.fired.update((text, None) for text in texts_of(block.get("on")) if " " not in text)
        self.lefts()
        for section in PLACED:
            node = top.get(section)
            if isinstance(node, Mapping):
                names.places[section] = {key.text: key for key, _ in node.items}
        self.broken_sections()

    def broken_sections(self) -> None:
        """What a broken section would have declared is taken for known, and what it holds for lost."""
        context, top = self.context, self.top
        if any(key in top.broken for key in SECTIONS):
            for word in ("plan", "subscription"):
                context.taint(word)
            context.lost.add("rules")
            context.unread_codes = True

    def standings(self) -> None:
        names, top = self.names, self.top
        tiers_node, choices = top.get("tiers"), top.get("choices")
        for key, value in tiers_node.items if isinstance(tiers_node, Mapping) else ():
            names.ladders[key.text] = tuple(keys_of(value, "levels")) if isinstance(value, Mapping) else ()
        for key, value in choices.items if isinstance(choices, Mapping) else ():
            names.choices[key.text] = texts_of(value.get("options")) if isinstance(value, Mapping) else ()
            if isinstance(value, Mapping) and kind_of(value, "default"):
                names.chosen.add(key.text)

    def lefts(self) -> None:
        """Limits and benefits whose `.left` can be asked, and whether it is money."""
        limits_node = self.top.get("limits")
        for key, value in limits_node.items if isinstance(limits_node, Mapping) else ():
            at_most = value.get("at_most") if isinstance(value, Mapping) else None
            self.names.lefts[key.text] = limits.is_money(texts_of(at_most))
        for block in self.blocks.get("benefits", ()):
            if "at_most" in block:
                self.names.lefts.setdefault(block.name, limits.is_money(texts_of(block.get("at_most"))))
            if "shared_with" in block:
                self.names.shared[block.name] = None

    def read(self, entries: Entries) -> None:
        """The sections: first what others speak of, then those with rules in the order of the file."""
        context, parts = self.context, self.parts
        parts |= head.read_rest(context, entries)
        if "define" in entries:
            parts["defines"] = bases.read_defines(context, entries["define"][1])
        for section, reader in _FIRST.items():
            if section in entries:
                parts[section] = reader(context, entries[section][1])
        parts["bases"] = (
            bases.read_bases(context, entries["base"][1]) if "base" in entries else {"spend": Base("spend")}
        )
        # What a base measures is known only now.
        context.scopes.forget()
        context.cel.clear()
        named = {"tiers": "ladders"}
        for section, (_, node) in entries.items():
            if section in _BY_SECTION:
                parts[named.get(section, section)] = _BY_SECTION[section](context, node)
            elif section in ("vouchers", "offers"):
                kind_of_block = vouchers.read_voucher if section == "vouchers" else offers.read_offer
                kinds = {block.name: kind_of_block(context, block) for block in self.blocks[section]}
                parts["vouchers"] = {**parts.get("vouchers", {}), **kinds}
            elif section == "plans":
                parts["plans"] = plans.read_plans(context, self.blocks["plans"])
            elif section == "subscriptions":
                blocks = self.blocks["subscriptions"]
                parts["subscriptions"] = {
                    block.name: subscriptions.read_subscription(context, block) for block in blocks
                }
            elif section in USUAL:
                for block in self.blocks[section]:
                    read_plain(context, block)
        parts["returns"], parts["return_rule"] = closing.read_returns(
            context, entries["returns"][1] if "returns" in entries else None
        )
        if "imports" in entries:
            parts["imports"] = closing.read_imports(context, entries["imports"][1])
        account = parts.get("account")
        context.codes.update(code for code, _ in account.join_needs) if account else None
        context.unread_codes |= (
            any(block.broken for blocks in self.blocks.values() for block in blocks) or "needs" in context.lost
        )
        if "says" in entries:
            parts["says"] = closing.read_says(context, entries["says"][1], context.rules)
