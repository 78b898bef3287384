"""Lines of a purchase, read by a function that is written for the facts that a program declares of a line.

A grocer's basket has dozens of lines, so nothing is asked twice here. Whatever is not as almost every line is, goes to the reader that says
what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from regulars.engine.bodies import Shape
from regulars.engine.fields import Bad

LineOf = Callable[[Any, int], Any]
MOST_PIECES = 1_000_000


def quick_line(
    shape: Shape, keys: frozenset[str], money: Callable[[Any], int], slow: LineOf, declares_qty: bool
) -> LineOf:
    """The line of an object and its place in the basket: what `slow` gives, sooner."""
    space: dict[str, Any] = {"Bad": Bad, "cls": shape.cls, "keys": keys, "money": money, "slow": slow}
    text = [
        "def line_of(raw, number):",
        "    if type(raw) is not dict or not raw.keys() <= keys: return slow(raw, number)",
        "    try:",
        "        line, get = cls(), raw.get",
        "        line.amount = amount = money(raw['amount'])",
    ]
    for place, (attribute, name, read, default, required) in enumerate(shape.fields):
        space[f"read_{place}"], space[f"default_{place}"] = read, default
        missing = "return slow(raw, number)" if required else f"line.{attribute} = default_{place}"
        text += [
            f"        value = get({name!r})",
            f"        if value is None: {missing}",
            f"        else: line.{attribute} = read_{place}(value)",
        ]
    text.append("        qty = line.qty" if declares_qty else "        qty = get('qty', 1)")
    text += [
        f"        if type(qty) is not int or not 1 <= qty <= {MOST_PIECES}: return slow(raw, number)",
        "        line.qty = qty",
        "        line.price = amount if qty == 1 else amount // qty",
        "        line.by_voucher, line.origin = False, number",
        "        return line",
        "    except (Bad, KeyError): return slow(raw, number)",
    ]
    exec(compile("\n".join(text), "<line reader>", "exec"), space)
    made: LineOf = space["line_of"]
    return made
