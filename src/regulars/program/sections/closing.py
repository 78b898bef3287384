"""What stands at the end of a file: `returns`, `imports`, `says`."""

from __future__ import annotations

import re

from regulars.program.forms import read_import
from regulars.program.forms.tree import Trigger
from regulars.program.keys import BLANKS, CODES
from regulars.program.model import Rule
from regulars.program.nodes import Mapping, Node, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.sections.context import PATH, Context
from regulars.program.sections.rules import stand_in

_BLANK = re.compile(r"\{([^{}]*)\}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


OTHERS = ("vouchers", "without_sale")
"""What a return may take back beside the units of a wallet: vouchers; what goods without a known sale would have earned."""


def read_returns(context: Context, node: Node | None) -> tuple[dict[str, str], int]:
    """`returns` by wallet or `vouchers`, and the place of the rule that carries its clauses."""
    found: dict[str, str] = {}
    terms: tuple[str, ...] = ()
    mapping = context.mapping(node, "`returns`") if node is not None else None
    names = context.names
    for key, value in mapping.items if mapping else ():
        if key.text == "terms":
            terms = context.terms({"terms": (key, value)})
            continue
        if key.text not in names.wallets and key.text not in OTHERS:
            hint = did_you_mean(key.text, (*names.wallets, *OTHERS, "terms"))
            context.say(key, "unknown_name", f"`{key.text}` is no wallet, and not `vouchers`", hint)
            continue
        word = context.word(value, ("take back", "keep"), "way of a return")
        if word is not None:
            found[key.text] = word
    line = mapping.mark.line if mapping else 0
    return found, stand_in(context, "returns", "back", terms, line, on=(Trigger("event", "return"),))


def read_imports(context: Context, node: Node) -> dict[str, tuple[str, str]]:
    """`imports`: column -> what it sets."""
    found: dict[str, tuple[str, str]] = {}
    mapping = context.mapping(node, "`imports`")
    for key, value in mapping.items if mapping else ():
        read = context.form(value, read_import, "what a column sets")
        if read is None or not isinstance(value, Scalar):
            continue
        known = _importable(context, read.verb)
        if (
            known is not None
            and "rules" not in context.lost
            and read.name.partition(".")[0] not in known
            and read.name not in known
        ):
            at = value.at(value.text.rfind(read.name))
            context.say(
                at,
                "unknown_name",
                f"`{read.name}` is nothing that a column can set here",
                did_you_mean(read.name, known),
            )
        found[key.text] = (read.verb, read.name)
    return found


def _importable(context: Context, verb: str) -> tuple[str, ...] | None:
    names = context.names
    if verb in ("last", "ever"):
        return (
            *names.events,
            *names.kinds(),
            *names.fired,
            *(kind.partition(".")[0] for kind in (*names.kinds(), *names.fired)),
        )
    if verb == "used":
        return (*names.limits, *names.rule_names())
    if verb == "shared":
        return tuple(names.rules.get("benefits", ()))
    if verb == "name":
        standings = (*names.ladders, *names.choices)
        return (
            "member",
            "account",
            "plan",
            *names.wallets,
            *standings,
            *names.vouchers,
            *names.rules.get("subscriptions", {}),
        )
    return None


def read_says(context: Context, node: Node, rules: list[Rule]) -> dict[str, dict[str, str]]:
    """`says`: key -> language -> text; a text without a language stands under the empty one."""
    found: dict[str, dict[str, str]] = {}
    codes = {
        *CODES,
        *(code for rule in rules for code, _ in rule.needs),
        *(code for rule in rules for one in rule.choose for code, _ in one.needs),
    }
    codes |= context.codes
    mapping = context.mapping(node, "`says`")
    for key, value in mapping.items if mapping else ():
        if not PATH.fullmatch(key.text):
            context.say(key, "name", f"`{key.text}` is no code", "`code`, `name.code` or `section.name.code`")
            continue
        _known(context, key, codes)
        found[key.text] = _texts(context, value)
    return found


def _known(context: Context, key: Scalar, codes: set[str]) -> None:
    names = context.names
    owner, _, code = key.text.rpartition(".")
    if code not in codes and not context.unread_codes:
        context.say(
            key.at(len(key.text) - len(code)),
            "unknown_name",
            f"no refusal has the code `{code}`",
            did_you_mean(code, sorted(codes)),
        )
    owners = (*names.rule_names(), *names.rules, *names.limits, *names.ladders, *names.choices, "account", "plans")
    if owner and owner not in owners and "rules" not in context.lost:
        context.say(key, "unknown_name", f"`{owner}` is no rule, limit or group", did_you_mean(owner, owners))


def _texts(context: Context, value: Node) -> dict[str, str]:
    if not isinstance(value, Mapping):
        text = context.scalar(value, "text")
        return {"": _filled(context, text)} if text is not None else {}
    found: dict[str, str] = {}
    for key, inside in value.items:
        if not LANGUAGE.fullmatch(key.text):
            context.say(key, "language", f"`{key.text}` is no language", "write `en`, `de`, `pt-BR`, ..")
        text = context.scalar(inside, "text")
        if text is not None:
            found[key.text] = _filled(context, text)
    return found


def _filled(context: Context, text: Scalar) -> str:
    for blank in _BLANK.finditer(text.text):
        if blank.group(1) not in BLANKS:
            place = text.at(blank.start(1))
            context.say(
                place,
                "blank",
                f"`{{{blank.group(1)}}}` is nothing that can be filled in",
                did_you_mean(blank.group(1), BLANKS),
            )
    return text.text
