"""Reads the text of a condition into nodes.

The grammar is that of cel-python, taken from its package and built by lark on first use: the package itself would cost
as much again to import, and its evaluator is not needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Final

from regulars.program.cel.errors import unreadable
from regulars.program.cel.nodes import Call, Chain, Constant, Dot, Infix, Items, Node, Prefix, Ternary, Word
from regulars.program.cel.tokens import DEEPEST, Token, plain, tokens, too_deep

_SIGNS: Final = {
    "relation_lt": "<", "relation_le": "<=", "relation_ge": ">=", "relation_gt": ">",
    "relation_eq": "==", "relation_ne": "!=", "relation_in": "in", "addition_add": "+", "addition_sub": "-",
    "multiplication_mul": "*", "multiplication_div": "/", "multiplication_mod": "%",
}  # fmt: skip
_WORDS: Final = {"and": "write `&&`", "or": "write `||`", "not": "write `!`", "is": "write `==`"}
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=1)
def _grammar() -> Callable[[str], Any]:
    from lark import Lark

    spec = find_spec("celpy")
    if spec is None or not spec.submodule_search_locations or spec.loader is None:
        raise ImportError("the grammar of conditions comes with the package cel-python, which is not installed")
    # A package's loader reads its data files wherever they are, in a folder or in an archive.
    text: bytes = spec.loader.get_data(f"{spec.submodule_search_locations[0]}/cel.lark")  # type: ignore[attr-defined]
    parser = Lark(text.decode(), parser="lalr", start="expr", propagate_positions=True, maybe_placeholders=False)
    return parser.parse


def read(text: str) -> Node:
    """The nodes of a condition; UnreadableCondition, with its offset, when it is none."""
    from lark.exceptions import UnexpectedInput

    found = tokens(text)
    try:
        tree = _grammar()(text)
    except UnexpectedInput as error:
        ended = getattr(getattr(error, "token", None), "type", "") == "$END"
        raise _unexpected(found, len(text) if ended else error.pos_in_stream, len(text)) from None
    return _Builder(text).node(tree, 0)


def _unexpected(found: list[Token], at: int | None, end: int) -> Exception:
    """Says what stands where the grammar gave up, and what would have fitted."""
    at = end if at is None or at < 0 else at
    index = next((i for i, token in enumerate(found) if token.end > at), len(found))
    here = found[index] if index < len(found) else None
    before = found[index - 1] if index else None
    wants_value = before is None or (before.kind == "sign" and before.text not in {")", "]"}) or before.text == "in"
    for token in (here, before):
        if token is not None and token.kind == "name" and token.text in _WORDS:
            return unreadable(token.start, f"`{token.text}` is no operator", _WORDS[token.text])
    if wants_value and before is not None:
        what = "a name" if before.text == "." else "a value"
        return unreadable(
            here.start if here else end,
            f"expected {what} after `{before.text}`" + (f", not `{here.text}`" if here else ""),
        )
    if here is None:
        return unreadable(
            end, "this condition ends too early", "`? ..` needs `: ..`" if any(t.text == "?" for t in found) else ""
        )
    if before is None or here.kind == "sign":
        return unreadable(here.start, f"`{here.text}` cannot stand here")
    return unreadable(here.start, f"expected an operator between `{before.text}` and `{here.text}`")


class _Builder:
    """Makes nodes of lark's tree, which has a level for each precedence even where nothing stands there."""

    def __init__(self, text: str) -> None:
        self.text = text

    def node(self, tree: Any, depth: int) -> Node:
        while len(tree.children) == 1 and tree.data in _PASSED:
            tree = tree.children[0]
        if depth > DEEPEST:
            raise too_deep(tree.meta.start_pos)
        start, end = tree.meta.start_pos, tree.meta.end_pos
        match tree.data:
            case "expr":
                condition, yes, no = (self.node(child, depth + 1) for child in tree.children)
                return Ternary(start, end, condition, yes, no)
            case "conditionalor" | "conditionaland":
                return self.chain(tree, depth)
            case "relation" | "addition" | "multiplication":
                return self.infix(tree, depth)
            case "unary":
                sign = "!" if tree.children[0].data == "unary_not" else "-"
                return Prefix(start, end, sign, self.node(tree.children[1], depth + 1))  # type: ignore[arg-type]
            case "paren_expr":
                return replace(self.node(tree.children[0], depth + 1), start=start, end=end)
            case "list_lit":
                return Items(start, end, self.arguments(tree.children, depth))
            case "ident":
                token = tree.children[0]
                name = str(token)
                return Constant(start, end, _CONSTANTS[name]) if name in _CONSTANTS else Word(start, end, name)
            case "ident_arg":
                token, *rest = tree.children
                return Call(start, end, None, str(token), start, self.arguments(rest, depth))
            case "member_dot":
                of, token = tree.children
                return Dot(start, end, self.node(of, depth + 1), str(token), token.start_pos)
            case "member_dot_arg":
                of, token, *rest = tree.children
                return Call(
                    start, end, self.node(of, depth + 1), str(token), token.start_pos, self.arguments(rest, depth)
                )
            case "literal":
                return self.literal(tree.children[0], start, end)
            case "member_index":
                raise unreadable(
                    end - 1, "a list is not read by place", "write `x.exists(one, ..)`, `x.all(one, ..)` or `.. in x`"
                )
        raise unreadable(start, f"`{self.text[start:end]}` has no place in a condition")

    def arguments(self, children: list[Any], depth: int) -> tuple[Node, ...]:
        return tuple(self.node(child, depth + 1) for listed in children for child in listed.children)

    def chain(self, tree: Any, depth: int) -> Node:
        """Operands in the order written; the grammar nests them to the left, one level each."""
        kind, start, end = tree.data, tree.meta.start_pos, tree.meta.end_pos
        operands = []
        while tree.data == kind and len(tree.children) == 2:
            tree, last = tree.children
            operands.append(self.node(last, depth + 1))
        operands.append(self.node(tree, depth + 1))
        return Chain(start, end, "||" if kind == "conditionalor" else "&&", tuple(reversed(operands)))

    def infix(self, tree: Any, depth: int) -> Node:
        first, last = tree.children
        sign = _SIGNS[first.data]
        at = first.meta.end_pos - len(sign)
        if sign == "in" and (self.text[at + 2].isalnum() or self.text[at + 2] == "_"):
            # The grammar reads `x inside` as `x in side`.
            raise unreadable(at, "expected an operator here")
        left = self.node(first.children[0], depth + 1)
        return Infix(tree.meta.start_pos, tree.meta.end_pos, sign, at, left, self.node(last, depth + 1))

    def literal(self, token: Any, start: int, end: int) -> Node:
        text = str(token)
        match token.type:
            case "STRING_LIT":
                return Constant(start, end, plain(text, start + 1))
            case "BOOL_LIT" | "NULL_LIT":
                return Constant(start, end, _CONSTANTS[text])
            case "INT_LIT":
                return Constant(start, end, int(text, 16 if "x" in text else 10))
            case "FLOAT_LIT" if "e" not in text.lower():
                return Constant(start, end, Fraction(text if not text.endswith(".") else text[:-1]))
        raise unreadable(start, f"`{text}` is no number of this language", "write it out, as 1000 or 0.05")


_PASSED: Final = frozenset(
    {"expr", "conditionalor", "conditionaland", "relation", "addition", "multiplication", "unary", "member", "primary"}
)
