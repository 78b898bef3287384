"""The command `regulars`, and the place where its commands are listed: a file each, each an `@app.command`.

A command's module imports at its head only what is light; engine, database and language wait inside the function, so
that `regulars --help` answers at once.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from cyclopts import App

COMMANDS: Final = (
    "new",
    "check",
    "show",
    "diff",
    "test",
    "play",
    "import_",
    "codes",
    "demo",
    "member",
    "explain",
    "verify",
    "sweep",
    "keys",
    "staff",
    "audit",
    "db",
    "serve",
    "worker",
)
"""The modules of the commands. A new command is a file here and its name in this list."""

app = App(
    name="regulars",
    help="Loyalty programs as files: write one, try it, run it on a ledger that can be proved.",
    help_epilogue=(
        "Exit codes: 0 all is well, 1 something was found, 2 the command was not understood, 3 no database, "
        "4 a mistake in Regulars. Every command takes --json and --debug."
    ),
    help_format="plaintext",
    version=lambda: version("regulars"),
    result_action="return_value",
    exit_on_error=False,
    print_error=False,
    help_on_error=False,
    suppress_keyboard_interrupt=False,
)
