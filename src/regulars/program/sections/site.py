"""The place of a rule while it is read: its block, what is in sight, and what its amounts are measured on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from regulars.program.scope import View
from regulars.program.sections.blocks import Block
from regulars.program.sections.context import Context
from regulars.program.sections.measures import AmountReading, Measured

if TYPE_CHECKING:
    from regulars.program.sections.exchanges import Taking


@dataclass(frozen=True)
class Site:
    """A rule being read."""

    context: Context
    block: Block
    view: View
    voucher: bool = False

    def base(self) -> Measured:
        """What is measured where nothing else is said: the first base that measures one of the rule's events."""
        names = self.context.names
        kinds = {part for kind in self.view.kinds for part in (kind, kind.partition(".")[0])}
        fitting = (name for name in names.bases if kinds & set(names.base_on.get(name, ())))
        return self.of_base(next(fitting, next(iter(names.bases), "spend")))

    def of_base(self, name: str) -> Measured:
        """What a base measures."""
        names = self.context.names
        kind = names.base_types.get(name, "money")
        return Measured(
            name, "money" if kind == "money" else "any" if kind == "any" else "number", names.base_units.get(name)
        )

    def measured(self, taken: Taking) -> Measured:
        """What `give` is measured on: what is taken in an exchange, else the first base."""
        if not taken.names:
            return self.base()
        wallets = self.context.names.wallets
        name = taken.names[0]
        return Measured(name, "money" if name in wallets and wallets[name].money else "units")

    def amounts(self, measured: Measured, taken: tuple[str, ...] = (), deep: bool = True) -> AmountReading:
        """Where an amount of this rule stands."""
        view = self.view if self.view.bases else self.with_bases()
        return AmountReading(self.context, view, deep, measured, taken)

    def with_bases(self) -> View:
        """The view in which a base's bare name is what was measured."""
        return replace(self.view, bases=True)
