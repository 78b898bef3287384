"""The nouns of the room: batches of codes with their terms, codes as they stand, and what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from regulars.words.days import Day
from regulars.words.moments import Moment

PrintPer = Literal["ever", "member", "day", "member_day"]
"""What printing is counted by: all of a batch, a member, a day, a member on a day."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all codes of a batch.

    `kind` is a voucher kind of the program that an operator issues. `worth` and `minimum` are in minor units and `percent`
    in millionths, where the kind leaves them to whoever issues it. Codes are good from `first_day` through `last_day`, each
    `uses` times (None: without end). At most `print_most` are printed `print_per` member, day or both.
    """

    kind: str
    pattern: str | None = None
    worth: int | None = None
    percent: int | None = None
    minimum: int | None = None
    scope: str = ""
    first_day: Day | None = None
    last_day: Day | None = None
    uses: int | None = 1
    print_most: int | None = None
    print_per: PrintPer = "ever"


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it stands: its number, the id it was sent under, how many codes were wanted (None: they come in files) and
    how many there are; the numbering of codes has come to `place`, that of printing to `printed_to`.
    """

    no: int
    id: str
    terms: Terms
    wanted: int | None
    stored: int
    place: int
    printed_to: int


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code to be kept: its place in the batch or file, and what it has of its own, a member or a worth in minor units."""

    place: int
    code: str
    member: str | None = None
    worth: int | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A till that has reserved a use of a code, and until when."""

    till: str
    until: Moment


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it stands: how often it was `used`, whether by the event that is asked about (`mine`), and who holds it now."""

    key: str
    code: str
    batch: Batch
    used: int = 0
    member: str | None = None
    worth: int | None = None
    printed_at: Moment | None = None
    holds: tuple[Hold, ...] = ()
    mine: bool = False

    @property
    def left(self) -> int | None:
        """How often it can still be used; None without end."""
        uses = self.batch.terms.uses
        return None if uses is None else max(uses - self.used, 0)


@dataclass(frozen=True, slots=True)
class CodeUse:
    """That an event used a code."""

    key: str
    member: str
    event: str
    source: str
    till: str
