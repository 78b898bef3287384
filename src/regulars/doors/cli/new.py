"""`regulars new`: a program of the gallery, with its scenarios, to make one's own."""

from __future__ import annotations

from dataclasses import asdict
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
    *names: str,
    to: Annotated[
        Path, Parameter(help="The folder to write to; made when it is not there.", show_default=False)
    ] = Path(),
    list_: Annotated[
        bool,
        Parameter(name="--list"),
        flag(
            "Say which programs there are and what each is good for; words after it leave those that have to do with them."
        ),
    ] = False,
    force: Annotated[bool, flag("Write over files that are there.")] = False,
    json: Json = False,
) -> int:
    """Write a program of the gallery and its scenarios, to begin from.

    Parameters
    ----------
    names
        A program of the gallery, such as corner-coffee-card; without one they are listed. With --list, words to look for.
    """
    if not names or list_:
        return _list(names, json)
    if len(names) > 1:
        raise Stop("One program at a time.", f"`regulars new --list {' '.join(names)}` looks for programs by words.")
    (name,) = names
    there_are = gallery.names()
    if name not in there_are:
        raise Stop(f"The gallery has no program {name!r}.", _meant(name, there_are))
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


def _meant(name: str, there_are: list[str]) -> str:
    """What may have been meant: the nearest slug, a program that is known by a part of it, or where to look."""
    from regulars.program.problems import nearest

    near = nearest(name, there_are)
    meant = [near] if near else []
    if not meant:
        # People ask by a part of the name, or by the brand alone, perhaps misspelt.
        part = name.casefold()
        meant = [one.name for one in gallery.entries() if part in f"{one.name} {one.title}".casefold()]
    if not meant:
        brands = {one.partition("-")[0]: one for one in reversed(there_are)}
        meant = [brands[one] for one in (nearest(name, brands),) if one]
    asked = " or ".join(f"`{one}`" for one in meant[:3])
    return f"Did you mean {asked}?" if meant else "`regulars new --list` says which there are."


def _list(words: tuple[str, ...], json: bool) -> int:
    found = [(one, through) for one in gallery.entries() if (through := gallery.fits(one, words)) is not None]
    if json:
        emit({"programs": [asdict(one) for one, _ in found]})
        return OK
    if not found:
        raise Stop(
            f"No program of the gallery has to do with {' and '.join(words)}.",
            "`regulars new --list` says which there are.",
            FOUND,
        )
    pairs(((one.name, f"{one.line}{_because(through)}") for one, through in found), indent=0)
    say()
    say("`regulars new NAME` writes one of them, with its scenarios.")
    if not words:
        say(
            "`regulars new --list WORD` leaves those that have to do with it: stamps, cash back, travel, referral, household."
        )
    return OK


def _because(mechanics: list[str]) -> str:
    return f" ({', '.join(mechanics)})" if mechanics else ""
