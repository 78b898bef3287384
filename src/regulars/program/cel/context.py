"""What is known while one condition is checked: its scope, the names bound in it, and the mistakes found so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from regulars.program.cel.errors import CelError
from regulars.program.cel.nodes import Node
from regulars.program.cel.scope import Scope
from regulars.program.cel.terms import Term
from regulars.program.cel.types import Optional, Type, Unknown, inner


@dataclass(slots=True)
class Context:
    """One check. `bound` are the names that macros bind; `present` the paths known not to be missing where we are."""

    text: str
    scope: Scope
    errors: list[CelError] = field(default_factory=list)
    roots: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)
    bound: dict[str, tuple[Type, str]] = field(default_factory=dict)
    present: frozenset[str] = frozenset()
    serial: int = 0

    def wrong(self, at: Node | Term, message: str, hint: str = "", offset: int | None = None) -> Term:
        """Notes a mistake and gives a term that causes no further ones."""
        error = CelError(at.start if offset is None else offset, message, hint)
        if error not in self.errors:
            self.errors.append(error)
        return Term(Unknown(), "None", at.start, at.end)

    def said(self, at: Node | Term) -> str:
        """The text of a node or term, as the author wrote it."""
        return self.text[at.start : at.end]

    def there(self, term: Term, what: str) -> Term:
        """The term as a value that is there; one that may be missing is a mistake."""
        if not term.optional:
            return term
        said = self.said(term)
        # What may be missing though it is no fact (the highest of a list) cannot be tested in words.
        hint = f"test it first: `has({said}) && ..`" if term.path else ""
        return self.wrong(term, f"`{said}` may be missing, so {what} is not safe", hint)

    @contextmanager
    def knowing(self, paths: frozenset[str]) -> Iterator[None]:
        """Within it, these paths are known to be there."""
        before = self.present
        self.present = before | paths
        try:
            yield
        finally:
            self.present = before

    @contextmanager
    def binding(self, name: str, of: Type) -> Iterator[str]:
        """Within it, a macro's name stands for a value of this type; gives the Python name."""
        before, present = dict(self.bound), self.present
        self.serial += 1
        source = f"_{self.serial}"
        self.bound[name] = (of, source)
        self.present = frozenset(p for p in present if p != name and not p.startswith(f"{name}."))
        try:
            yield source
        finally:
            self.bound, self.present = before, present


def bare(term: Term) -> Term:
    """The term without its Optional, for those who have seen to the missing value."""
    return replace(term, type=inner(term.type)) if isinstance(term.type, Optional) else term
