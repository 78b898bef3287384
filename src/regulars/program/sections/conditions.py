"""Conditions and worked-out values of a file, checked where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from regulars.program.cel import Bool, CelError, Checked, Type, check
from regulars.program.nodes import Node, Scalar
from regulars.program.scope import View
from regulars.program.sections.context import Context

BOOL = Bool()
_NO_FACT = re.compile(r"no fact `(\w+)`")


def condition(
    context: Context, node: Node, view: View, expected: Type | None = BOOL, what: str = "condition"
) -> Checked | None:
    """The checked expression of a scalar, or None after noting every mistake in it at its place."""
    text = context.scalar(node, what)
    if text is None:
        return None
    return expression(context, text, view, expected)


def expression(
    context: Context, text: Scalar, view: View, expected: Type | None, offset: int = 0, written: str | None = None
) -> Checked | None:
    """The checked expression that begins at an offset of a scalar (`= spend / 2` is one from 2)."""
    source = text.text[offset:] if written is None else written
    found = checked(context, source, view, expected)
    if isinstance(found, Checked):
        return found
    for error in found:
        lost = _NO_FACT.fullmatch(error.message)
        hint = (elsewhere(context, lost.group(1), view) if lost else "") or error.hint
        context.say(text.at(offset + error.offset), "cel", error.message, hint)
    return None


def checked(context: Context, source: str, view: View, expected: Type | None) -> Checked | list[CelError]:
    """What the check of an expression gives; asked once for each text, view and expectation."""
    key = (source, view, expected)
    if key not in context.cel:
        context.cel[key] = check(source, context.scopes.of(view), expected)
    return context.cel[key]


def elsewhere(context: Context, word: str, view: View) -> str:
    """Why a name is out of sight here, when another rule would see it."""
    scopes = context.scopes
    if word in scopes.defined:
        seen = scopes.of(view).names
        lacking = sorted(root for root in scopes.defined[word][1] if root not in seen)
        return f"`{word}` is defined with {', '.join(f'`{root}.`' for root in lacking)}, which is not known here"
    if word == "line":
        return "a condition on lines stands under `lines` or `except`"
    if word == "tender":
        return "a condition on tenders stands under `paid_with`"
    if word in scopes.roots() and view.kinds:
        return f"this rule is on {' and '.join(f'`{kind}`' for kind in view.kinds)}"
    return ""


def joined(context: Context, nodes: Iterable[Node], view: View, sign: str) -> Checked | None:
    """Several conditions as one: each checked by itself, then joined with `&&` or `||`."""
    found: list[str] = []
    for node in nodes:
        one = condition(context, node, view)
        if one is None:
            return None
        assert isinstance(node, Scalar)
        found.append(node.text)
    if not found:
        return None
    text = found[0] if len(found) == 1 else f" {sign} ".join(f"({part})" for part in found)
    whole = checked(context, text, view, BOOL)
    return whole if isinstance(whole, Checked) else None


def on_lines(view: View) -> View:
    """The view in which a line is looked at."""
    return replace(view, line=True)
