"""Promises without an end: what is given for nothing that was paid and nothing that limits it, vouchers without a last
day, multipliers whose size somebody else decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from regulars.program.advice.amounts import cells, factor, worth_something
from regulars.program.advice.model import Advice
from regulars.program.advice.never import event_kinds
from regulars.program.advice.places import Places
from regulars.program.cel import Checked
from regulars.program.model import Program, Referral, Rule, VoucherKind

ONCE = frozenset({"join", "opening", "tick"})
"""Events that come to a member once."""
PAID = frozenset({"purchase", "return", "subscribe", "renew", "upgrade", "downgrade", "ship", "redeem", "convert"})
"""Events that cost somebody money or units."""
HELD_BACK = re.compile(r"\blast\.|\.left\b|\.available\b|\.pending\b|\.first_earned\b|\.live\b|\bsince\(")
"""What in a condition may hold a rule back after it fired."""


def unbounded(program: Program, places: Places) -> Iterator[Advice]:
    """Advice on each promise without an end."""
    worth = worth_something(program)
    for rule in program.rules:
        if rule.section in {"earn", "rules"} and rule.line and _endless(program, rule, worth):
            mark = places.of(rule.section, rule.name.partition(".")[2], "give")
            values = {"rule": rule.name, "event": event_kinds(rule)[0]}
            yield Advice(mark.line, mark.column, "unbounded.activity", values)
        if rule.multiply and rule.line and _open_ended(program, rule):
            mark = places.of(rule.section, rule.name.partition(".")[2], "multiply")
            yield Advice(mark.line, mark.column, "unbounded.multiplier", {"rule": rule.name})
    for referral in program.referrals.values():
        if _anybody(program, referral, worth):
            mark = places.of("referrals", referral.name)
            yield Advice(mark.line, mark.column, "unbounded.referral", {"referral": referral.name})
    given = given_vouchers(program)
    for voucher in program.vouchers.values():
        if _for_ever(program, voucher, places, given):
            mark = places.of("vouchers", voucher.name)
            yield Advice(mark.line, mark.column, "unbounded.voucher", {"voucher": voucher.name})


def given_vouchers(program: Program) -> frozenset[str]:
    """The vouchers that rules of the file give; of others, whoever issues them says how long they last."""
    gives = [give for rule in program.rules for one in (rule, *rule.choose) for give in one.give]
    gives += [
        give for rule in program.rules for row in cells(rule.give_table) if isinstance(row, tuple) for give in row
    ]
    gives += [give for one in program.referrals.values() for give in (*one.referee, *one.referrer)]
    return frozenset(give.target for give in gives if give.kind == "voucher")


def _endless(program: Program, rule: Rule, worth: frozenset[str]) -> bool:
    kinds = event_kinds(rule)
    if not kinds or rule.stage != "earn" or _limited(rule) or rule.multiply or rule.top_up:
        return False
    if isinstance(rule.of, str) and program.rule(rule.of) is not None:
        return False
    if not any(_free(program, kind) for kind in kinds):
        return False
    return any(
        (give.kind == "voucher" or (give.target in worth and not _ceiling(program, rule, give.target)))
        and any(factor(one) for one in cells(give.amount))
        for give in rule.give
    )


def _limited(rule: Rule) -> bool:
    """Whether anything holds a rule back: a limit, an offer that is used up, a condition on what was before."""
    held = any(HELD_BACK.search(one.text) for one in (rule.when, rule.unless) if isinstance(one, Checked))
    return bool(rule.at_most or rule.within or rule.uses or rule.cost or rule.every) or held


def _free(program: Program, kind: str) -> bool:
    """Whether an event of this kind costs the member nothing: it has no goods, no sum of money and nothing that is counted
    in a unit (litres, nights), and no rule of the file tells it.
    """
    first = kind.partition(".")[0]
    if first in PAID or first in ONCE or first in {"friend", "reach"}:
        return False
    if any(rule.tell == kind for rule in program.rules):
        return False
    facts = {**program.facts.get(first, {}), **program.facts.get(kind, {})}
    return not any(fact.type.base in {"money", "lines", "line"} or fact.type.unit for fact in facts.values())


def _ceiling(program: Program, rule: Rule, wallet: str) -> bool:
    """Whether the wallet, or a counter that mirrors it, has a ceiling that clips what the rule gives."""
    return any(
        held.ceiling is not None
        for held in program.wallets.values()
        if held.name == wallet or (held.counts == wallet and (not held.only or rule.name in held.only))
    )


def _open_ended(program: Program, rule: Rule) -> bool:
    """Whether nothing bounds how much a multiplier gives: its factor is worked out, or it multiplies what has no end."""
    if _limited(rule):
        return False
    if any(factor(one) is None for _, cell in rule.multiply for one in cells(cell) if one is not None):
        return True
    worth = worth_something(program)
    return any((base := program.rule(name)) is not None and _endless(program, base, worth) for name, _ in rule.multiply)


def _anybody(program: Program, referral: Referral, worth: frozenset[str]) -> bool:
    """Whether each friend pays the referrer for something that costs nothing, and nothing limits how many."""
    gives = any(give.kind == "voucher" or give.target in worth for give in referral.referrer)
    if not gives or referral.at_most or referral.pays_on == "spend":
        return False
    rule = program.rules[referral.referrer_rule] if referral.referrer_rule is not None else None
    if rule is not None and all(
        give.kind == "wallet" and _ceiling(program, rule, give.target) for give in referral.referrer
    ):
        return False
    kinds = program.events.get(referral.event, (referral.event,))
    known = [kind for kind in kinds if kind != "earning" and program.rule(kind) is None]
    return any(kind == "join" or _free(program, kind) for kind in known)


def _for_ever(program: Program, voucher: VoucherKind, places: Places, given: frozenset[str]) -> bool:
    """Whether a voucher that this file gives has no last day, and the file does not say that it is meant."""
    rule = program.rules[voucher.use_rule]
    ends = voucher.lasts is not None or rule.until is not None or voucher.open is not None
    if rule.section != "vouchers" or voucher.name not in given or ends:
        return False
    if voucher.given and rule.surplus == "kept":
        # What is left stays on it: a gift card, whose money was paid.
        return False
    return not places.written("vouchers", voucher.name, "lasts")
