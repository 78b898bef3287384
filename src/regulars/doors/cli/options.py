"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Parameter

Json: TypeAlias = Annotated[
    bool, Parameter(name="--json", negative="", show_default=False, help="Print the answer as JSON.")
]
Language: TypeAlias = Annotated[str, Parameter(name="--language", help="The language of the answer: en, es.")]
AsOf: TypeAlias = Annotated[
    str | None,
    Parameter(name="--as-of", help="A moment (2026-03-02T09:00, local to the program) or a day (its start)."),
]
Data: TypeAlias = Annotated[
    Path | None,
    Parameter(name="--data", help="The folder of the embedded database; else REGULARS_DATA, else .regulars here."),
]
Tenant: TypeAlias = Annotated[
    str | None, Parameter(name="--tenant", help="Whose data; else REGULARS_TENANT, else `main`.")
]
Published: TypeAlias = Annotated[
    str | None, Parameter(name="--program", help="Which published program, by its slug; needed when there are several.")
]


def flag(help: str) -> Parameter:
    """A switch that is only ever turned on."""
    return Parameter(negative="", show_default=False, help=help)
