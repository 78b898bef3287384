"""The desugared rules of a program as text that reads like a program: every section in the one shape underneath."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from regulars.program.model import Program, Rule
from regulars.program.written import number, said
from regulars.words.days import iso

_PLAIN = (
    ("open", "open"), ("when", "when"), ("unless", "unless"), ("lines", "lines"), ("excepted", "except"), ("of", "of"),
    ("over", "over"), ("as_of", "as_of"), ("paid_with", "paid_with"),
)  # fmt: skip
_AFTER = (
    ("asked", "asked"), ("earned", "earned"), ("part_pay", "part_pay"), ("give", "give"), ("give_table", "give"),
    ("off", "off"), ("to", "to"), ("add", "add"), ("free", "free"), ("up_to", "up_to"), ("item", "item"),
    ("receiver", "receiver"), ("tell", "tell"), ("round", "round"), ("pending", "pending"), ("at_most", "at_most"), ("within", "within"),
    ("places", "places"), ("seats", "seats"),
)  # fmt: skip
_LAST = (
    ("instead_of", "instead_of"), ("best_of", "best_of"), ("on_return", "on_return"), ("hold", "hold"),
    ("gives_back", "gives_back"),
    ("settle_with", "settle"), ("stock", "stock"), ("partner", "partner"), ("marks", "at"), ("step", "step"),
)  # fmt: skip


def rules_text(program: Program) -> str:
    """Every rule of the program, in order, a key a line; the same program gives the same text."""
    blocks = [_block(program, rule, 0) for rule in program.rules]
    head = (
        f"# {program.name}: {len(program.rules)} rules, in force from {iso(program.first)}\n" if program.first else ""
    )
    return head + "\n".join(blocks)


def _block(program: Program, rule: Rule, depth: int) -> str:
    indent = "  " * depth
    lines = [f"{indent}{rule.name if not depth else rule.name.rpartition('.')[2]}:"]
    lines += [f"{indent}  {key}: {value}" for key, value in _keys(program, rule)]
    if rule.choose:
        lines.append(f"{indent}  choose:")
        lines += [_block(program, one, depth + 2).rstrip("\n") for one in rule.choose]
    return "\n".join(lines) + "\n"


def _keys(program: Program, rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.terms:
        yield "terms", said(rule.terms)
    if rule.group:
        yield "group", rule.group
    yield "stage", rule.stage
    if rule.on:
        yield "on", said(rule.on)
    for key, day in (("from", rule.first), ("until", rule.until)):
        if day is not None:
            yield key, iso(day)
    yield from _fields(rule, _PLAIN, program.exponent)
    if rule.needs:
        yield "needs", "{" + ", ".join(f"{code}: {checked.text}" for code, checked in rule.needs) + "}"
    yield from _taken(program, rule)
    yield from _fields(rule, _AFTER, program.exponent)
    for key, pairs in (("multiply", rule.multiply), ("top_up", rule.top_up)):
        if pairs:
            yield key, "{" + ", ".join(f"{name}: {said(amount, program.exponent)}" for name, amount in pairs) + "}"
    yield from _fields(rule, _LAST, program.exponent)
    if rule.any_name:
        yield "names", "any"
    if rule.surplus != "lost":
        yield "surplus", rule.surplus
    if rule.if_unmet != "refuse":
        yield "if_unmet", rule.if_unmet


def _taken(program: Program, rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.cost:
        yield (
            "cost",
            "{" + ", ".join(f"{wallet}: {said(amount, program.exponent)}" for wallet, amount in rule.cost) + "}",
        )
    if rule.every is not None:
        wallet, units = rule.every
        yield "every", f"{_units(program, wallet, units)} {wallet}"
        if rule.asked is None:
            yield "repeat", "as often as it fits"
    if rule.minimum is not None:
        yield "minimum", said(rule.minimum) if rule.minimum_of else f"{said(rule.minimum)} of the basket"


def _units(program: Program, wallet: str, units: int) -> str:
    known = program.wallets.get(wallet)
    scale = known.scale if known is not None else 1
    return number(Fraction(units, scale), program.exponent if known is not None and known.money else 0)


def _fields(rule: Rule, fields: tuple[tuple[str, str], ...], exponent: int) -> Iterator[tuple[str, str]]:
    for field, key in fields:
        value = getattr(rule, field)
        if value is None or value == ():
            continue
        yield key, said(value, exponent)
