"""What a condition of a program may speak of: the facts of its rule's events, and what a member holds, as typed CEL
names.

The Python source of each name is the contract with the engine: `c` is the decision's context, `line` and `tender` the
one looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from regulars.program.cel import (
    Bool,
    Count,
    Date,
    DayOfYear,
    Enum,
    Field,
    Function,
    ListOf,
    Moment,
    Money,
    Name,
    Number,
    Optional,
    Record,
    Scope,
    SpanType,
    Text,
    TimeOfDay,
    Type,
)
from regulars.program.cel.errors import UnreadableCondition
from regulars.program.cel.presence import presence
from regulars.program.cel.syntax import read
from regulars.program.cel.types import Unknown
from regulars.program.forms.tree import FactType
from regulars.program.model import Fact
from regulars.program.sections.names import Names
from regulars.words.days import WEEKDAYS, day_of

_SIMPLE: dict[str, Type] = {
    "text": Text(),
    "money": Money(),
    "bool": Bool(),
    "date": Date(),
    "moment": Moment(),
    "day_of_year": DayOfYear(),
    "span": SpanType(),
    "member": Text(),
}
LINE, TENDER = "line", "tender"
NOT_KINDS = ("event", LINE, TENDER, "member")
"""Keys of `facts` that are no kinds of events."""


@dataclass(frozen=True, slots=True)
class View:
    """Which facts are in sight: those that all of `kinds` have, and those of any of `also`; whether a line, a tender,
    a voucher is looked at; and the types of what a rule has at hand (`taken`, `given`, None where it has none).
    """

    kinds: tuple[str, ...] = ("purchase",)
    also: tuple[str, ...] = ()
    line: bool = False
    tender: bool = False
    voucher: bool = False
    bases: bool = False
    crossed: bool = False
    opening: bool = False
    taken: Type | None = None
    given: Type | None = None
    everything: bool = False
    present: frozenset[str] = frozenset()


EVERYTHING = View(
    kinds=(),
    line=True,
    tender=True,
    voucher=True,
    crossed=True,
    opening=True,
    taken=Unknown(),
    given=Unknown(),
    everything=True,
)
"""All facts of the file at once: how a `define` is checked, which is then in sight wherever what it names is."""


def present_in(texts: Iterable[str], turned: bool = False) -> frozenset[str]:
    """Dotted paths that are there when all of these conditions hold, or when none does (`turned`)."""
    found: frozenset[str] = frozenset()
    for text in texts:
        try:
            told = presence(read(text))
        except UnreadableCondition:
            continue
        found |= told.failed if turned else told.held
    return found


def type_of(fact: FactType, lines: Type) -> Type:
    """The CEL type of a fact as declared."""
    if fact.base == "enum":
        made: Type = Enum(fact.values)
    elif fact.base == "count":
        made = Count(fact.unit)
    elif fact.base == "number":
        made = Number(fact.unit)
    elif fact.base in (LINE, "lines"):
        made = lines if fact.base == "lines" or not isinstance(lines, ListOf) else lines.of
    else:
        made = _SIMPLE.get(fact.base, Unknown())
    if fact.many:
        made = ListOf(made)
    return Optional(made) if fact.optional else made


def default_source(fact: FactType, exponent: int) -> str | None:
    """The Python literal of a fact's default, in the units of the run time, or None when it has none."""
    text = fact.default
    if text is None:
        return None
    if fact.base in ("count", "number", "money"):
        value = Fraction(text) * (10**exponent if fact.base == "money" else 1)
        return str(value.numerator) if value.denominator == 1 else f"_fraction({value.numerator}, {value.denominator})"
    if fact.base == "bool":
        return "True" if text == "true" else "False"
    return str(day_of(text)) if fact.base == "date" else repr(text)


class Scopes:
    """Makes the scopes of one program and remembers them."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.defined: dict[str, tuple[Name, frozenset[str]]] = {}
        """Define -> its name and the roots that it needs."""
        self.tainted: set[str] = set()
        self._made: dict[View, Scope] = {}
        self._line: Record | None = None
        self._constant: dict[str, Name] | None = None

    def of(self, view: View) -> Scope:
        """The scope of a view."""
        scope = self._made.get(view)
        if scope is None:
            scope = self._made[view] = self._scope(view)
        return scope

    def define(self, name: str, made: Name, roots: Iterable[str]) -> None:
        """Adds a named condition; it is in sight where the facts that it mentions are."""
        self.defined[name] = (made, self.needs(roots) & self.roots())
        self._made.clear()

    def forget(self) -> None:
        """Scopes are made again: more is known now."""
        self._made.clear()
        self._constant = None

    def roots(self) -> frozenset[str]:
        """First words that stand for facts and may be out of sight."""
        kinds = {kind.partition(".")[0] for kind in self.names.kinds()}
        return frozenset(kinds | {LINE, TENDER, "voucher", "sale", "crossed", "opening", "taken", "given"})

    def needs(self, roots: Iterable[str]) -> frozenset[str]:
        """The root names that an expression needs, through what is defined too."""
        found: set[str] = set()
        for word in roots:
            found |= self.defined[word][1] if word in self.defined else {word}
        return frozenset(found)

    def line(self) -> Record:
        """The type of a line."""
        if self._line is None:
            fields: dict[str, Field] = {
                "amount": Field(Money(), "{0}.amount"),
                "price": Field(Money(), "{0}.price"),
                "qty": Field(Count(), "{0}.qty"),
                "by_voucher": Field(Bool(), "{0}.by_voucher"),
            }
            self._line = Record(LINE, fields)
            fields.update(self._fields(self.names.facts.get(LINE, {}), "{0}"))
        return self._line

    def _fields(self, facts: Mapping[str, Fact], source: str) -> dict[str, Field]:
        lines = ListOf(self.line()) if self._line is not None or source != "{0}" else Unknown()
        return {name: Field(type_of(fact.type, lines), f"{source}.{fact.attribute}") for name, fact in facts.items()}

    def _scope(self, view: View) -> Scope:
        names = dict(self._constants())
        names.update(self._kinds(view))
        if view.line:
            names[LINE] = Name(self.line(), LINE)
        if view.tender:
            fields = {"method": Field(Text(), "{0}.method")} | self._fields(self.names.facts.get(TENDER, {}), "{0}")
            names[TENDER] = Name(Record(TENDER, fields), TENDER)
        if view.voucher:
            fields = {"worth": Field(Money(), "{0}.worth"), "scope": Field(Text(), "{0}.scope")}
            names["voucher"] = Name(Record("voucher", fields), "c.voucher")
        if view.crossed:
            names["crossed"] = Name(Unknown() if view.everything else Number(), "c.crossed")
        if view.opening:
            fields = {"first_day": Field(Date(), "c.opening_first"), "last_day": Field(Date(), "c.opening_last")}
            names["opening"] = Name(Record("opening", fields), "c.opening")
        if view.taken is not None:
            names["taken"] = Name(view.taken, "c.taken")
        if view.given is not None:
            names["given"] = Name(view.given, "c.given")
        if view.bases:
            names.update(
                (base, Name(self._measured(base), f"c.basket({base!r})"))
                for base in self.names.bases
                if base not in names
            )
        for name, (made, needs) in self.defined.items():
            if all(root in names for root in needs):
                names[name] = made
        for word in self.tainted:
            names.setdefault(word, Name(Unknown(), "None"))
        functions = {
            "paid": Function((Text(),), Money(), "c.paid({0})"),
            "rate": Function((Text(),), Number(), "c.rate({0})"),
        }
        return Scope(names=names, functions=functions, exponent=self.names.exponent, present=view.present)

    def _kinds(self, view: View) -> Iterator[tuple[str, Name]]:
        facts = self.names.facts
        shared = [self._of_kind(kind) for kind in view.kinds]
        roots = {kind.partition(".")[0] for kind in view.kinds}
        found: dict[str, dict[str, Fact]] = {}
        if len(roots) == 1:
            common = dict(shared[0])
            for other in shared[1:]:
                common = {
                    name: fact for name, fact in common.items() if name in other and other[name].type == fact.type
                }
            found[next(iter(roots))] = common
        kinds = [kind for kind in facts if kind not in NOT_KINDS] if view.everything else view.also
        for kind in kinds:
            found.setdefault(kind.partition(".")[0], {}).update(self._of_kind(kind))
        if view.everything:
            for kind in ("purchase", "return"):
                found.setdefault(kind, {})
        for root, own in found.items():
            yield root, Name(Record(root, self._fields(own, "c.facts")), "c.facts")
        if view.everything or "return" in view.kinds:
            sale = self._fields(self._of_kind("purchase"), "c.sale") | {"date": Field(Date(), "c.sale.day")}
            yield "sale", Name(Record("sale", sale), "c.sale")

    def _of_kind(self, kind: str) -> dict[str, Fact]:
        """The facts of an event: its own, and those of every beginning of its name (`redeem` for `redeem.coffee`)."""
        parts = kind.split(".")
        found: dict[str, Fact] = {}
        for length in range(1, len(parts) + 1):
            found.update(self.names.facts.get(".".join(parts[:length]), {}))
        return found

    def _constants(self) -> dict[str, Name]:
        if self._constant is None:
            self._constant = {
                "event": self._event(),
                "member": self._member(),
                "basket": self._basket(),
                "last": self._last(),
                "can": self._flags("can", (*self.names.rules.get("benefits", {}), *self._unlocks())),
                "applied": self._flags("applied", self._priced()),
                "unused": Name(Bool(), "c.unused"),
            }
            if self.names.rules.get("plans"):
                self._constant["plan"] = self._plan()
            self._constant.update(self._held())
        return self._constant

    def _event(self) -> Name:
        fields = {
            "id": Field(Text(), "c.event.id"),
            "kind": Field(Text(), "c.event.kind"),
            "at": Field(Moment(), "c.event.at"),
            "date": Field(Date(), "c.event.day"),
            "time": Field(TimeOfDay(), "c.event.time"),
            "weekday": Field(Enum(WEEKDAYS), "c.event.weekday"),
            "month": Field(Count(), "c.event.month"),
            "lines": Field(ListOf(self.line()), "c.event.lines"),
        } | self._fields(self.names.facts.get("event", {}), "c.facts")
        return Name(Record("event", fields), "c.event")

    def _member(self) -> Name:
        fields = {
            "joined": Field(Optional(Date()), "c.day_of('joined')"),
            "market": Field(Text(), "c.who.get('market', '')"),
            "currency": Field(Text(), f"c.who.get('currency', {self.names.currency!r})"),
            "age": Field(Optional(Count()), "c.age()"),
        }
        for name, fact in self.names.facts.get("member", {}).items():
            made = type_of(fact.type, ListOf(self.line()))
            default = default_source(fact.type, self.names.exponent)
            # A member who never said it has no such fact, whatever the file says of those who did.
            if default is None and not isinstance(made, Optional):
                made = Optional(made)
            source = f"c.who.get({name!r})" if default is None else f"c.who.get({name!r}, {default})"
            fields[name] = Field(made, source)
        return Name(Record("member", fields), "c.who")

    def _basket(self) -> Name:
        fields = {name: Field(self._measured(name), f"c.basket({name!r})") for name in self.names.bases}
        fields |= {"list": Field(Money(), "c.basket_list()"), "net": Field(Money(), "c.basket_net()")}
        return Name(Record("basket", fields), "c")

    def _measured(self, base: str) -> Type:
        """What a base measures: money, or so many of something."""
        kind = self.names.base_types.get(base, "money")
        return Money() if kind == "money" else Unknown() if kind == "any" else Number(self.names.base_units.get(base))

    def _last(self) -> Name:
        kinds = [kind.partition(".")[0] for kind in self.names.kinds()]
        fields = {name: Field(Optional(Date()), f"c.last({name!r})") for name in (*kinds, *self.names.events)}
        return Name(Record("last", fields), "c")

    def _plan(self) -> Name:
        """The plan that the member holds, or the one an event is about."""
        found: dict[str, Type] = {
            "name": Optional(Enum(tuple(self.names.places.get("plans", {})))),
            "start": Optional(Date()),
            "end": Optional(Date()),
            "charged": Optional(Date()),
            "price": Optional(Money()),
            "cancelled": Bool(),
        }
        fields = {name: Field(made, f"c.of_plan({name!r})") for name, made in found.items()}
        for ladder in self.names.ladders:
            own = {name: Field(made, f"c.of_plan({name!r}, {ladder!r})") for name, made in found.items()}
            # Of several plans that are held at once, the one that leads to this standing.
            fields.setdefault(ladder, Field(Record(f"plan.{ladder}", own), "c"))
        return Name(Record("plan", fields), "c")

    def _flags(self, root: str, names: Iterable[str]) -> Name:
        return Name(Record(root, {name: Field(Bool(), f"c.{root}({name!r})") for name in names}), "c")

    def _unlocks(self) -> Iterator[str]:
        return (ladder for ladder, levels in self.names.ladders.items() if len(levels) == 2)

    def _priced(self) -> Iterator[str]:
        return (
            name
            for section in ("prices", "vouchers", "rewards", "benefits")
            for name in self.names.rules.get(section, {})
        )

    def _held(self) -> dict[str, Name]:
        names = self.names
        found = {
            name: Name(Enum(levels, ordered=True), f"c.levels[{name!r}]") for name, levels in names.ladders.items()
        }
        for name, options in names.choices.items():
            found[name] = _choice(name, options, name in names.chosen)
        records: dict[str, dict[str, Field]] = {}
        for name, wallet in names.wallets.items():
            made: Type = Money() if wallet.money else Count() if wallet.scale == 1 else Number()
            exact = wallet.money or wallet.scale == 1
            records[name] = {
                part: Field(made, f"c.{part}({name!r})" if exact else f"c.units({name!r}, {part!r})")
                for part in ("available", "pending")
            }
            records[name]["first_earned"] = Field(Date(), f"c.first_earned({name!r})")
        for name in names.vouchers:
            records.setdefault(name, {})["live"] = Field(Count(), f"c.live({name!r})")
        for name, money in names.lefts.items():
            records.setdefault(name, {})["left"] = Field(Money() if money else Count(), f"c.left({name!r})")
        for name in names.shared:
            seats = {
                "giver": Field(Optional(Text()), f"(c.marks.get('shared:{name}') or (None,))[-1]"),
                "seated": Field(ListOf(Text()), f"c.marks.get('seats:{name}', ())"),
            }
            records.setdefault(name, {}).update(seats)
        for name, fields in records.items():
            found.setdefault(name, Name(Record(name, fields), "c"))
        return found


def _choice(name: str, options: tuple[str, ...], always: bool) -> Name:
    if options == ("date",):
        return Name(Optional(Date()), f"c.chosen_day({name!r})")
    if options == ("dates",):
        return Name(ListOf(Date()), f"c.chosen({name!r})")
    if options == ("member",):
        return Name(Optional(Text()), f"c.marks.get('choice:{name}')")
    if options == ("percent",):
        return Name(Count(), f"c.chosen_percent({name!r})")
    made = Enum(options)
    return Name(made if always else Optional(made), f"c.levels[{name!r}]")
