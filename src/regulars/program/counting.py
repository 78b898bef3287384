"""Counters that a program does not name: a ladder or milestone that looks at a base over a spread of time gets one.

`tiers: {status: {of: spend, over: last 12 months, ..}}` says what a counter with a life says. So it is one: a wallet named after the
ladder or milestone, filled by a rule of its own, and the marks look at that wallet. Nothing below knows the difference.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from regulars.program.cel import Count, Number
from regulars.program.cel.types import inner
from regulars.program.forms.tree import Life, Percent, Spread, Trigger
from regulars.program.model import Base, Give, Ladder, Program, Rule, Wallet

PARTS = 1_000_000
"""Smallest parts in which a counter of something that need not be whole (kilometres) is kept."""


def with_counters(program: Program) -> Program:
    """The program with a counter for each ladder and milestone that measures a base."""
    wallets = dict(program.wallets)
    rules = list(program.rules)
    ladders = dict(program.ladders)
    for name, ladder in program.ladders.items():
        measured = {mark for level in ladder.levels for mark, _ in level.marks} & program.bases.keys() - wallets.keys()
        for base in sorted(measured):
            counter = _counter(f"tiers.{name}", program.bases[base], ladder.over, ladder.terms, program, wallets, rules)
            ladders[name] = _looking_at(ladders[name], base, counter)
    for place, rule in enumerate(program.rules):
        if (
            rule.section == "milestones"
            and isinstance(rule.of, str)
            and rule.of in program.bases.keys() - wallets.keys()
        ):
            measured_base = program.bases[rule.of]
            rules[place] = replace(
                rule,
                of=_counter(rule.name, measured_base, rule.over, rule.terms, program, wallets, rules),
                over=_known(rule.over),
            )
        elif rule.over is not None and rule.section != "milestones":
            rules[place] = _adding_up(program, rule, wallets, rules)
    return replace(program, wallets=wallets, rules=tuple(rules), ladders=ladders)


def _adding_up(program: Program, rule: Rule, wallets: dict[str, Wallet], rules: list[Rule]) -> Rule:
    """A rule that measures over some time: its conditions are those of the rule that fills a counter, and it looks at that."""
    kinds = {part for trigger in rule.on for part in (trigger.name, trigger.name.partition(".")[0])}
    fitting = (name for name, base in program.bases.items() if kinds & set(base.on))
    base = program.bases[rule.of if isinstance(rule.of, str) else next(fitting)]
    name = _counter(rule.name, base, rule.over, rule.terms, program, wallets, rules)
    looks = {
        one: getattr(rule, one)
        for one in ("on", "first", "until", "open", "when", "unless", "lines", "excepted", "as_of", "paid_with")
    }
    rules[-1] = replace(rules[-1], **looks)
    return replace(rule, stage="settle", counter=name, of=base.name)


def _counter(
    owner: str,
    base: Base,
    over: Spread | None,
    terms: tuple[str, ...],
    program: Program,
    wallets: dict[str, Wallet],
    rules: list[Rule],
) -> str:
    """Adds the counter of an owner and the rule that fills it; its name."""
    name = f"{owner}.{base.name}"
    kind = None if base.of is None else inner(base.of.type)
    money = not isinstance(kind, Count | Number)
    scale = 10**program.exponent if money else PARTS if isinstance(kind, Number) else 1
    wallets[name] = Wallet(name, terms, money=money, scale=scale, lasts=_lives(over), counter=True)
    rules.append(
        Rule(
            name=f"{name}.count",
            index=len(rules),
            section="earn",
            stage="earn",
            terms=terms,
            on=tuple(Trigger("event", kind) for kind in base.on),
            of=base.name,
            give=(Give(name, "wallet", Percent(Fraction(1))),),
        )
    )
    return name


def _lives(over: Spread | None) -> tuple[Life, ...]:
    """The life of what is counted: so long from the day itself, to the end of a window, or as written."""
    if over is None:
        return ()
    if over.last is not None:
        return (Life(span=over.last),)
    if over.window is not None:
        return (Life(end_of=over.window),)
    return () if over.life is None else (over.life,)


def _known(over: Spread | None) -> Spread | None:
    """What of a spread the milestone itself must still ask for: that the member has the day from which it runs."""
    return over if over is not None and over.life is not None else None


def _looking_at(ladder: Ladder, base: str, counter: str) -> Ladder:
    levels = tuple(
        replace(level, marks=tuple((counter if mark == base else mark, cell) for mark, cell in level.marks))
        for level in ladder.levels
    )
    return replace(ladder, levels=levels, of=counter if ladder.of == base else ladder.of, over=None)
