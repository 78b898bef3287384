"""`regulars new`: a program of the gallery, with its scenarios, to make one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from regulars.doors.cli import gallery
from regulars.doors.cli.app import app
from regulars.doors.cli.endings import FOUND, OK, Stop
from regulars.doors.cli.options import Json, flag
from regulars.doors.cli.screen import emit, pairs, say


@app.command
def new(
    name: str | None = None,
    /,
    *,
    to: Annotated[
        Path, Parameter(help="The folder to write to; made when it is not there.", show_default=False)
    ] = Path(),
    list_: Annotated[bool, Parameter(name="--list"), flag("Say which programs there are.")] = False,
    force: Annotated[bool, flag("Write over files that are there.")] = False,
    json: Json = False,
) -> int:
    """Write a program of the gallery and its scenarios, to begin from.

    Parameters
    ----------
    name
        A program of the gallery, such as corner-coffee-card; without one they are listed.
    """
    if name is None or list_:
        return _list(json)
    if name not in gallery.names():
        from regulars.program.problems import did_you_mean

        guess = did_you_mean(name, gallery.names())
        raise Stop(f"The gallery has no program {name!r}.", guess.capitalize() or "`regulars new --list` says which.")
    texts = gallery.parts(name)
    there = [str(to / file) for file in texts if (to / file).exists()]
    if there and not force:
        raise Stop(f"{' and '.join(there)}: there already", "Use --to for another folder, or --force.", FOUND)
    to.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (to / file).write_text(text, encoding="utf-8")
    written = [str(to / file) for file in texts]
    if json:
        emit({"ok": True, "written": written})
        return OK
    for file in written:
        say(f"Wrote {file}")
    say()
    say("Now:")
    steps = [
        (f"regulars show {written[0]}", "the program in plain words"),
        (f"regulars check {written[0]}", "after each change"),
    ]
    if len(written) > 1:
        steps.append((f"regulars test {written[0]}", "its scenarios"))
    pairs(steps)
    return OK


def _list(json: bool) -> int:
    found = {name: gallery.about(name) for name in gallery.names()}
    if json:
        emit({"programs": [{"name": name, "about": about} for name, about in found.items()]})
        return OK
    pairs(found.items(), indent=0)
    say()
    say("`regulars new NAME` writes one of them, with its scenarios.")
    return OK
