"""Identifiers: what others call their things, and what follows from them."""

from typing import Final

from regulars.words.refusals import Refusal

LONGEST: Final = 200
DERIVED: Final = "derived"
"""The source of derived events: with their id it makes that they happen once."""
SEPARATOR: Final = "/"
"""Stands between a cause and a name in a derived id; nobody else's id has it."""


def derived(cause: str, name: str) -> str:
    """The id of what one event causes elsewhere: the same cause and name give the same id, so it happens once."""
    return f"{cause}{SEPARATOR}{name}"


def check_id(text: str) -> Refusal | None:
    """Nothing when the text can be an id, or the refusal that says why not.

    An id has 1 to 200 printable characters: no control characters, no line breaks, no lone surrogates. Refused are
    `id.empty`, `id.too_long` and `id.unprintable`.
    """
    if not text:
        return Refusal("id.empty", "An id has at least one character.")
    if len(text) > LONGEST:
        return Refusal(
            "id.too_long",
            f"An id has at most {LONGEST} characters; this has {len(text)}.",
            values=(("longest", LONGEST), ("length", len(text))),
        )
    if not text.isprintable():
        place = next(place for place, character in enumerate(text) if not character.isprintable())
        return Refusal(
            "id.unprintable",
            f"An id has printable characters only; character {place + 1} is U+{ord(text[place]):04X}.",
            values=(("place", place + 1), ("character", f"U+{ord(text[place]):04X}")),
        )
    return None
