"""Reads a file of scenarios in the form `loyalty-case/1`: dates and times stay texts, numbers are exact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from regulars.program.nodes import Mapping, Node, Scalar, Sequence
from regulars.program.nodes import read as read_nodes
from regulars.program.problems import Problems
from regulars.scenarios.model import Scenario, Step, Suite

FORMAT: Final = "loyalty-case/1"
STEP_KEYS: Final = frozenset({"at", "do", "who", "with", "then"})
OUTCOMES: Final = frozenset(
    {
        "ledger",
        "balance",
        "balances",
        "pending",
        "tier",
        "tier_until",
        "coupons",
        "pay",
        "pay_calc",
        "can",
        "uses_left",
        "refused",
        "check",
        "note",
    }
)


def read(text: str, file: str = "scenarios.yaml") -> Suite | Problems:
    """The scenarios of a text, or everything that is wrong with its form, by line and column."""
    top, found = read_nodes(text, file)
    problems = Problems(file, found)
    if top is None:
        return problems
    form = plain(top.get("format"))
    if form != FORMAT:
        problems.add(top.mark, "format", f"`format` is `{FORMAT}`, not {form!r}")
    listed = top.get("scenarios")
    if not isinstance(listed, Sequence):
        problems.add(top.mark, "scenarios", "a file of scenarios has a list `scenarios`")
        return problems
    scenarios = tuple(_scenario(node, problems) for node in listed.items if isinstance(node, Mapping))
    for node in listed.items:
        if not isinstance(node, Mapping):
            problems.add(node.mark, "scenario", "a scenario is keys with values")
    program = plain(top.get("program"))
    slug = program.get("slug", "") if isinstance(program, dict) else program
    units = tuple(str(unit["id"]) for unit in plain(top.get("units")) or () if isinstance(unit, dict) and "id" in unit)
    return problems or Suite(file, str(slug or ""), units, scenarios)


def _scenario(node: Mapping, problems: Problems) -> Scenario:
    name = str(plain(node.get("id")) or "")
    if not name:
        problems.add(node.mark, "id", "a scenario has an `id`")
    given = plain(node.get("given")) or []
    if not (isinstance(given, list) and all(isinstance(one, dict) and "who" in one for one in given)):
        problems.add(node.mark, "given", f"`given` of {name} is a list of members, each with `who`")
        given = []
    steps = node.get("steps")
    if not isinstance(steps, Sequence) or not steps.items:
        problems.add(node.mark, "steps", f"{name} has a list `steps`")
    made = tuple(_step(step, name, problems) for step in (steps.items if isinstance(steps, Sequence) else ()))
    tests = tuple(str(test) for test in plain(node.get("tests")) or ())
    return Scenario(
        name,
        str(plain(node.get("title")) or name),
        tuple(step for step in made if step is not None),
        tuple(given),
        tests,
        str(plain(node.get("skip")) or ""),
        node.mark.line,
    )


def _step(node: Node, name: str, problems: Problems) -> Step | None:
    if not isinstance(node, Mapping):
        problems.add(node.mark, "step", f"a step of {name} is keys with values")
        return None
    for key, _ in node.items:
        if key.text not in STEP_KEYS:
            problems.add(key.mark, "unknown_key", f"a step has no `{key.text}`; it has at, do, who, with, then")
    missing = [key for key in ("at", "do", "who", "then") if key not in node]
    if missing:
        problems.add(node.mark, "missing_key", f"a step of {name} has no `{missing[0]}`")
        return None
    then = node.get("then")
    for key, _ in then.items if isinstance(then, Mapping) else ():
        if key.text not in OUTCOMES:
            problems.add(key.mark, "unknown_key", f"`then` has no `{key.text}`")
    outcome, details = plain(then), plain(node.get("with")) or {}
    if not isinstance(outcome, dict) or not isinstance(details, dict):
        problems.add(node.mark, "step", f"`with` and `then` of a step of {name} are keys with values")
        return None
    at, do, who = (str(plain(node.get(key))) for key in ("at", "do", "who"))
    return Step(at, do, who, details, outcome, node.mark.line)


def plain(node: Node | None) -> Any:
    """The node as plain data: dict, list, str, int, Decimal, bool, None. Numbers in quotes, dates and times are
    texts.
    """
    if node is None:
        return None
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node.items}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return _scalar(node)


def _scalar(node: Scalar) -> Any:
    if node.quoted or node.kind == "text":
        return node.text
    if node.kind == "int":
        return int(node.text)
    if node.kind == "decimal":
        return Decimal(node.text)
    return node.text.lower() == "true" if node.kind == "bool" else None
