"""How much faster one condition is than in the Rust-backed CEL package.

Four terms, all of which hold, over lines that differ: both sides meet new facts at every evaluation, as an engine does,
so the peer is handed them each time. The ratio with a context that is made once and never changes is printed too.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

if __name__ == "__main__":  # run by its path, Python looks for modules beside this file only
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cel

from bench.common import in_turn, ratio, report, seconds, wants_json
from regulars.program.cel import Checked, Enum, Field, Money, Name, Record, Scope, check, compile_value

OURS = "line.kind == 'drink' && line.amount >= 2.00 && event.channel == 'store' && status in ['gold']"
THEIRS = OURS.replace("2.00", "200")
LINES, TURNS, RUNS = 100, 200, 9


class Line:
    """A line as an engine holds it."""

    __slots__ = ("amount", "kind")

    def __init__(self, kind: str, amount: int) -> None:
        self.kind, self.amount = kind, amount


def scope() -> Scope:
    line = Record("line", {"kind": Field(Enum(("drink", "food")), "{0}.kind"), "amount": Field(Money(), "{0}.amount")})
    event = Record("event", {"channel": Field(Enum(("store", "online")), "{0}.channel")})
    status = Enum(("member", "gold"), ordered=True)
    return Scope(
        {"line": Name(line, "line"), "event": Name(event, "c.event"), "status": Name(status, "c.levels['status']")}
    )


def main(arguments: list[str]) -> int:
    checked = check(OURS, scope())
    if not isinstance(checked, Checked):
        raise SystemExit(str(checked))
    holds, program = compile_value(checked), cel.compile(THEIRS)
    amounts = range(200, 200 + LINES)
    c = SimpleNamespace(event=SimpleNamespace(channel="store"), levels={"status": "gold"})
    lines = [Line("drink", amount) for amount in amounts]
    facts = [{"line": {"kind": "drink", "amount": n}, "event": {"channel": "store"}, "status": "gold"} for n in amounts]
    fixed = cel.Context(variables=facts[0])
    if not (all(holds(c, line) for line in lines) and all(program.execute(given) for given in facts)):
        raise SystemExit("the condition does not hold on one side, so nothing would be compared")

    def ours() -> float:
        return seconds(lambda: [holds(c, line) for _ in range(TURNS) for line in lines]) / (TURNS * LINES)

    def theirs() -> float:
        return seconds(lambda: [program.execute(given) for _ in range(TURNS // 20) for given in facts]) / (
            TURNS // 20 * LINES
        )

    def unchanging() -> float:
        return seconds(lambda: [program.execute(fixed) for _ in range(TURNS // 4) for _ in facts]) / (
            TURNS // 4 * LINES
        )

    figures = in_turn(ours, theirs, RUNS)
    value = ratio(figures)
    still = ratio([(mine, unchanging()) for mine, _ in figures])
    best, peer = min(mine for mine, _ in figures), min(other for _, other in figures)
    said = f"{best * 1e6:.2f} us against {peer * 1e6:.1f} us in common-expression-language"
    said += f" ({still:.1f} times with its context unchanging)"
    single = [round(other / mine, 1) for mine, other in figures]
    return 0 if report("condition", value, "times faster", said, 20, 50, single, wants_json(arguments)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
