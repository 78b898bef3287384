"""The room's nouns: a person, and by what a person is found."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct

State = Literal["open", "closed", "merged", "erased"]

KINDS: Final = ("email", "phone", "card", "external")
"""What a member can be found by: a mail address, a telephone number, a card's number, an id in another system."""

FIELDS: Final = {
    "name": 200, "given_name": 100, "family_name": 100, "born": 10, "street": 200, "city": 100, "region": 100, "postcode": 20,
    "country": 2, "language": 10, "note": 2_000,
}  # fmt: skip
"""What is known of a person, with the most characters of each."""


class Identifier(Struct, frozen=True, order=True):
    """A kind and a value in its one form: `ann@example.org`, `+34600100200`."""

    kind: str
    value: str


class Person(Struct, frozen=True):
    """A person as the room keeps them; `fields` and `identifiers` are empty once they are erased.

    `version` counts the changes; `into` is the member with whom they were merged.
    """

    member: str
    state: State = "open"
    version: int = 1
    fields: dict[str, str] = {}
    identifiers: tuple[Identifier, ...] = ()
    into: str | None = None
    made_at: int = 0
    changed_at: int = 0

    def told(self) -> dict[str, Any]:
        """The person as others may read them."""
        return {
            "member": self.member, "state": self.state, "version": self.version, "fields": self.fields,
            "identifiers": [{"kind": one.kind, "value": one.value} for one in self.identifiers], "merged_into": self.into,
        }  # fmt: skip
