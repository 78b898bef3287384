"""What only shows when a whole program is known: names in two roles, rules that cannot fire, things that nobody gives
or uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import replace

from regulars.program.cel import Checked
from regulars.program.model import Program, Rule, Wallet
from regulars.program.problems import did_you_mean
from regulars.program.sections.context import Context
from regulars.words.days import day_of

ROOTS = (
    "line", "tender", "member", "event", "sale", "voucher", "basket", "can", "applied", "last", "opening", "plan",
    "crossed", "taken", "given", "unused",
)  # fmt: skip
"""First words of conditions that are the language's own."""

_ROLES = {
    "wallets": "wallet", "vouchers": "voucher", "offers": "offer", "tiers": "standing", "choices": "standing", "limits": "limit",
    "base": "base", "define": "define",
}  # fmt: skip
_EQUALS = re.compile(r"\(*([a-z_][\w.]*) == '([^']*)'\)*")
_AMONG = re.compile(r"\(*([a-z_][\w.]*) in \[([^\]]*)\]\)*")
_PRICED = ("off", "to", "add", "free")
_EFFECTS = (*_PRICED, "give", "give_table", "item", "choose", "multiply", "top_up", "tell", "cost", "every")
_MUST_ACT = {
    "earn": _EFFECTS, "convert": _EFFECTS, "rewards": _EFFECTS, "milestones": _EFFECTS, "prices": _PRICED,
}  # fmt: skip


def check_names(context: Context) -> None:
    """Notes names that are two things: wallets, vouchers, standings, limits, bases and defines share one namespace with
    the facts.
    """
    seen: dict[str, tuple[str, int]] = {}
    kinds = {kind.partition(".")[0] for kind in context.names.kinds()}
    for section, role in _ROLES.items():
        for name, place in context.names.places.get(section, {}).items():
            if name in ROOTS or name in kinds:
                what = "the first word of facts" if name in kinds or name in ROOTS[:4] else "a word of conditions"
                context.say(place, "two_things", f"`{name}` is a {role} and {what}", "give one of them another name")
            elif name in seen:
                other, line = seen[name]
                context.say(
                    place,
                    "two_things",
                    f"`{name}` is a {role} and a {other} (line {line})",
                    "give one of them another name",
                )
            else:
                seen[name] = (role, place.mark.line)


def check_program(context: Context, program: Program) -> Program:
    """Notes what is wrong with the whole; gives the program with what follows from the whole filled in."""
    for rule in program.rules:
        _acts(context, rule)
        _can_fire(context, rule)
    _kept_elsewhere(context, program)
    _no_loops(context, program)
    _nobody(context, program)
    spent = frozenset(_spent(program))
    deciding = frozenset(_deciding(program))
    return replace(
        program, wallets={name: _counter(wallet, spent, deciding) for name, wallet in program.wallets.items()}
    )


def _acts(context: Context, rule: Rule) -> None:
    must = _MUST_ACT.get(rule.section)
    if (
        must is None
        or rule.name in context.broken
        or any(getattr(rule, field) not in (None, (), False) for field in must)
    ):
        return
    place = context.names.places[rule.section][rule.name.partition(".")[2]]
    if context.written(rule.name, must):
        return
    hint = (
        "say what it does with `off`, `to`, `add` or `free`"
        if rule.section == "prices"
        else "say what it gives with `give`"
    )
    context.say(place, "no_effect", f"the rule `{rule.name}` does nothing", hint)


def _can_fire(context: Context, rule: Rule) -> None:
    place = context.names.places.get(rule.section, {}).get(rule.name.partition(".")[2])
    if place is None:
        return
    for checked, what in ((rule.when, "`when`"), (rule.lines, "`lines`")):
        if checked is not None and (why := _never(checked)):
            context.say(place, "never", f"the rule `{rule.name}` can never fire: {what} asks for {why}")
    if rule.when is not None and rule.unless is not None and rule.when.text == rule.unless.text:
        context.say(place, "never", f"the rule `{rule.name}` can never fire: `when` and `unless` ask the same")
    edges = [
        edge.day
        for edge in (getattr(rule.open, "first", None), getattr(rule.open, "last", None))
        if edge is not None and edge.day
    ]
    if len(edges) == 2 and edges[1] < edges[0]:
        context.say(place, "never", f"`{rule.name}` is never open: it closes on {edges[1]} and opens on {edges[0]}")
    elif (
        edges and rule.until is not None and getattr(rule.open, "kind", "") == "from" and day_of(edges[0]) >= rule.until
    ):
        context.say(place, "never", f"`{rule.name}` is never open: it opens on {edges[0]}, when the rule is over")


def _never(checked: Checked) -> str:
    """Which parts of a condition exclude one another."""
    if checked.text.strip() == "false":
        return "`false`"
    allowed: dict[str, set[str]] = {}
    for text, _ in checked.parts:
        for part in re.split(r"\s*&&\s*", text) if "||" not in text else (text,):
            one, among = _EQUALS.fullmatch(part.strip()), _AMONG.fullmatch(part.strip())
            values = {one.group(2)} if one else set(re.findall(r"'([^']*)'", among.group(2))) if among else set()
            found = one or among
            if found is None or not values:
                continue
            path = found.group(1)
            before = allowed.get(path)
            if before is not None and not before & values:
                return f"`{path}` to be {' or '.join(sorted(before))} and {' or '.join(sorted(values))} at once"
            allowed[path] = values if before is None else before & values
    return ""


def _kept_elsewhere(context: Context, program: Program) -> None:
    """What a partner keeps is sent and no more: nothing here can take it, and it has no life of ours."""
    for rule in program.rules:
        taken = [name for name, _ in rule.cost] + ([rule.every[0]] if rule.every is not None else [])
        for name in taken:
            wallet = program.wallets.get(name)
            place = context.names.places.get(rule.section, {}).get(rule.name.partition(".")[2])
            if wallet is not None and wallet.held_at is not None and place is not None:
                message = f"`{name}` is kept at `{wallet.held_at}`, and nothing here can take it"
                context.say(place, "held_at", message, "the partner's own program spends it")


def _no_loops(context: Context, program: Program) -> None:
    """A rule may not wait for itself, through `of`, `multiply`, `top_up` or `instead_of`; nor a wallet count itself."""
    known = {rule.name: rule for rule in program.rules}
    after: dict[str, list[str]] = {}
    for name, rule in known.items():
        others = [rule.of] if isinstance(rule.of, str) and rule.of in known else []
        after[name] = [*others, *(of for of, _ in (*rule.multiply, *rule.top_up)), *rule.instead_of]
    _loops(context, after, "rule", "waits for itself")
    counts = {name: [wallet.counts] if wallet.counts else [] for name, wallet in program.wallets.items()}
    _loops(
        context,
        {f"wallets.{name}": [f"wallets.{other}" for other in others] for name, others in counts.items()},
        "wallet",
        "counts itself",
    )


def _loops(context: Context, after: Map[str, list[str]], what: str, says: str) -> None:
    done: set[str] = set()
    for start in after:
        path: list[str] = []
        _walk(context, after, start, path, done, (what, says))


def _walk(
    context: Context, after: Map[str, list[str]], name: str, path: list[str], done: set[str], words: tuple[str, str]
) -> None:
    if name in path:
        loop = path[path.index(name) :]
        section, _, short = name.partition(".")
        place = context.names.places.get(section, {}).get(short)
        if place is not None:
            through = f" through {', '.join(f'`{one}`' for one in loop[1:])}" if len(loop) > 1 else ""
            context.say(place, "loop", f"the {words[0]} `{name.removeprefix('wallets.')}` {words[1]}{through}")
        done.update(loop)
        return
    if name in done:
        return
    path.append(name)
    for other in after.get(name, ()):
        _walk(context, after, other, path, done, words)
    path.pop()
    done.add(name)


def _nobody(context: Context, program: Program) -> None:
    """Vouchers that nobody issues, wallets that nobody fills, limits that nothing counts; held back where a rule could
    not be read.
    """
    given = context.given
    places = context.names.places
    if not context.lost & {"give", "each", "choose", "referee", "referrer", "rules"}:
        for name, voucher in program.vouchers.items():
            if name not in given and voucher.issued == "rules" and voucher.claim is None:
                context.say(
                    places["vouchers"][name],
                    "nobody",
                    f"nobody issues the voucher `{name}`",
                    "give it in a rule, or write `issued: operator`",
                )
        fed = given | {into for wallet in program.wallets.values() for into, _ in wallet.splits}
        for name, wallet in program.wallets.items():
            if name not in fed and wallet.counts is None and wallet.held_at is None:
                context.say(
                    places["wallets"][name],
                    "nobody",
                    f"nobody fills the wallet `{name}`",
                    "give it in a rule, or let it mirror another with `counts`",
                )
    if not context.lost & {"within", "each", "rules"}:
        used = {name for rule in program.rules for name in rule.within} | set(_asked_for(context))
        for name in program.limits:
            if name not in used:
                hint = did_you_mean(name, used) or f"write `within: {name}` in the rules that share it"
                context.say(places["limits"][name], "nobody", f"no rule is within the limit `{name}`", hint)


def _asked_for(context: Context) -> Iterator[str]:
    """Limits whose `.left` a condition asks for: they count even so."""
    for found in context.cel.values():
        if isinstance(found, Checked):
            yield from (path.partition(".")[0] for path in found.paths if path.endswith(".left"))


def _spent(program: Program) -> Iterator[str]:
    for rule in program.rules:
        yield from (name for name, _ in rule.cost)
        if rule.every is not None:
            yield rule.every[0]
    for ladder in program.ladders.values():
        yield from (level.cost[0] for level in ladder.levels if level.cost is not None)
    yield from (name for name, wallet in program.wallets.items() if wallet.splits)


def _deciding(program: Program) -> Iterator[str]:
    for ladder in program.ladders.values():
        if ladder.of is not None:
            yield ladder.of
        yield from (name for level in ladder.levels for name, _ in level.marks)
    yield from (rule.of for rule in program.rules if rule.section == "milestones" and isinstance(rule.of, str))


def _counter(wallet: Wallet, spent: frozenset[str], deciding: frozenset[str]) -> Wallet:
    only_decides = wallet.name not in spent and (wallet.counts is not None or wallet.name in deciding)
    return replace(wallet, counter=True) if only_decides else wallet
