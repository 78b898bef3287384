"""The names of a program, gathered before anything is read in full, so that every reference can be resolved wherever it
stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from regulars.program.model import Fact
from regulars.program.nodes import Mapping, Scalar, Sequence

WINDOWS = (
    "day",
    "week",
    "month",
    "quarter",
    "half_year",
    "year",
    "membership_year",
    "birthday_month",
    "campaign",
    "opening",
)
"""The windows built in."""

POINTS = ("earned", "available", "issued", "reached", "joined", "birthday", "next_order")
"""The points in time built in."""

REQUESTS = ("redeem", "use_perk", "convert", "choose", "set_preference")
"""First words of events that ask for something by name."""

SCOPES = ("member", "person", "card", "code", "everybody")
"""Whose a limit is, after `per`."""


@dataclass(frozen=True, slots=True)
class WalletName:
    """What references need to know of a wallet."""

    money: bool
    scale: int


@dataclass
class Names:
    """Every name of a program with what a reference must know of it."""

    exponent: int = 2
    currency: str = ""
    wallets: dict[str, WalletName] = field(default_factory=dict)
    vouchers: dict[str, bool] = field(default_factory=dict)
    """Name -> whether its worth is given by whoever issues it."""
    ladders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    chosen: set[str] = field(default_factory=set)
    """Choices that have a default, and so always a value."""
    limits: dict[str, None] = field(default_factory=dict)
    lefts: dict[str, bool] = field(default_factory=dict)
    """Limits and benefits whose `.left` can be asked -> whether it is money."""
    shared: dict[str, None] = field(default_factory=dict)
    """Benefits with seats for others: who gives one, and who has one, can be asked."""
    bases: dict[str, None] = field(default_factory=dict)
    base_types: dict[str, str] = field(default_factory=dict)
    """Base -> `money`, `number`, or `any` where that is not known."""
    base_units: dict[str, str | None] = field(default_factory=dict)
    base_on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Base -> the kinds of events that it measures."""
    defines: dict[str, None] = field(default_factory=dict)
    windows: dict[str, None] = field(default_factory=dict)
    dates: dict[str, None] = field(default_factory=dict)
    events: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Named sets, as written."""
    steps: tuple[str, ...] = ("basket",)
    facts: dict[str, dict[str, Fact]] = field(default_factory=dict)
    places: dict[str, dict[str, Scalar]] = field(default_factory=dict)
    """Section -> name -> where it is declared."""
    fired: dict[str, None] = field(default_factory=dict)
    """Kinds of events that rules are on."""
    rules: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """Section -> name of a rule or group -> the full names of the rules that it stands for."""

    @property
    def all_windows(self) -> tuple[str, ...]:
        """Windows built in and declared."""
        return (*WINDOWS, *self.windows)

    @property
    def units(self) -> dict[str, tuple[str, ...]]:
        """Unit words and the facts counted in them (`litre` -> `fuel.litres`)."""
        found: dict[str, tuple[str, ...]] = {}
        for owner, facts in self.facts.items():
            for fact in facts.values():
                if fact.type.unit:
                    path = f"{owner.partition('.')[0]}.{fact.name}"
                    found[fact.type.unit] = (*found.get(fact.type.unit, ()), path)
        return found

    def unit(self, word: str) -> str | None:
        """The unit word of which this is the singular or plural."""
        units = self.units
        return next((unit for unit in (word, word.removesuffix("s")) if unit in units), None)

    def targets(self) -> tuple[str, ...]:
        """What `give` may name: wallets, vouchers, ladders."""
        return (*self.wallets, *self.vouchers, *self.ladders)

    def spread(self, name: str, sections: Iterable[str] = ()) -> tuple[str, ...]:
        """Full names of the rules that a name (of a rule, a group, or `section.name`) stands for; empty when it stands
        for none.
        """
        section, _, rest = name.partition(".")
        if rest and rest in self.rules.get(section, {}):
            return self.rules[section][rest]
        for where in (*sections, *self.rules):
            if name in self.rules.get(where, {}):
                return self.rules[where][name]
        return ()

    def rule_names(self) -> Iterator[str]:
        """Names of rules and groups, short ones and full ones."""
        for section, rules in self.rules.items():
            yield from rules
            yield from (f"{section}.{name}" for name in rules)

    def kinds(self) -> tuple[str, ...]:
        """Kinds of events that the file or the language knows."""
        own = (kind for kind in self.facts if kind not in ("event", "line", "tender", "member"))
        return (*dict.fromkeys((*own, "purchase", "return", "join")),)


def kind_of(mapping: Mapping, name: str) -> str:
    """The text of a key's value if it is a single text, else nothing."""
    node = mapping.get(name)
    return node.text if isinstance(node, Scalar) else ""


def keys_of(mapping: Mapping | None, name: str) -> dict[str, None]:
    """The keys of the mapping that stands under a key."""
    node = mapping.get(name) if mapping else None
    return dict.fromkeys(node.keys()) if isinstance(node, Mapping) else {}


def texts_of(node: object) -> tuple[str, ...]:
    """The texts of one scalar or of a list of them; what is neither is left out."""
    if isinstance(node, Scalar):
        return (node.text,)
    if isinstance(node, Sequence):
        return tuple(item.text for item in node.items if isinstance(item, Scalar))
    return ()
