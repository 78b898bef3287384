"""The command line: parses, calls, prints.

Law: no rules here. Whatever happens, a person gets a sentence with a hint and an exit code that means something
(`endings`), never a traceback. What a command prints it can also print as JSON.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from regulars.doors.cli.app import COMMANDS, app
from regulars.doors.cli.endings import ending, farewell
from regulars.doors.cli.ledgers import Ledgers, serving
from regulars.doors.cli.screen import ready

DEBUG = "--debug"


def main(ledgers: Ledgers, words: Sequence[str] | None = None) -> int:
    """The exit code of a command, given as words or taken from the command line; everything is printed by then."""
    given = list(sys.argv[1:] if words is None else words)
    cut = given.index("--") if "--" in given else len(given)
    debug, told = DEBUG in given[:cut], [word for place, word in enumerate(given) if place > cut or word != DEBUG]
    ready()
    try:
        for name in COMMANDS:
            import_module(f"{__name__}.{name}")
        with serving(ledgers):
            code = app(told)
        return code if isinstance(code, int) else 0
    except BaseException as error:
        if debug and not isinstance(error, SystemExit | KeyboardInterrupt):
            raise
        return farewell(ending(error), as_json="--json" in told[:cut])
