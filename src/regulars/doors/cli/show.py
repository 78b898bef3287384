"""`regulars show`: a program in plain words, as its rules, or the schema of all programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from regulars.doors.cli.app import app
from regulars.doors.cli.endings import OK, Stop
from regulars.doors.cli.options import Json, Language, flag
from regulars.doors.cli.programs import program_of, tongue
from regulars.doors.cli.screen import emit, heading, say


@app.command
def show(
    file: Path | None = None,
    /,
    *,
    rules: Annotated[bool, flag("Print the rules that the sections come down to.")] = False,
    schema: Annotated[bool, flag("Print the JSON Schema of program files, for editors; needs no FILE.")] = False,
    language: Language = "en",
    json: Json = False,
) -> int:
    """Say a program in plain words.

    Parameters
    ----------
    file
        The program.
    """
    if schema:
        from regulars.program.schema import json_schema

        emit(json_schema())
        return OK
    if file is None:
        raise Stop("Which program? FILE is missing.", "`regulars new` writes one to begin from.")
    program = program_of(file)
    if rules:
        from regulars.program.rules_text import rules_text

        text = rules_text(program)
        if json:
            emit({"program": program.slug, "rules": text.splitlines()})
        else:
            for line in text.splitlines():
                say(line)
        return OK
    from regulars.speech.program import describe

    sections = describe(program, tongue(language))
    if json:
        emit({"program": program.slug, "language": language, "sections": [asdict(one) for one in sections]})
        return OK
    for number, section in enumerate(sections):
        if number:
            say()
        heading(section.title)
        for sentence in section.sentences:
            say(sentence, indent=2)
    return OK
