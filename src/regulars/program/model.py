"""A program as data: what a file says once it is read, checked and desugared.

Everything here is a frozen value. Sections are gone: what they said stands as `Rule`s (one shape) beside the things that rules act on
(wallets, vouchers, ladders, limits, bases). Conditions are typed expressions (`Checked`), text forms are values of `forms.tree`.
The engine compiles this; plain words, the diff and `regulars show --rules` read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Union

from regulars.program.cel import Checked
from regulars.program.forms.tree import (
    Amount,
    Cutoff,
    FactType,
    Life,
    Limit,
    Mark,
    Opening,
    Round,
    Spread,
    Start,
    Trigger,
    Wait,
    WindowForm,
)
from regulars.program.paid import Cycle, Plan
from regulars.words.days import Day

Stage = Literal["price", "use", "perk", "ask", "earn", "send", "settle", "calendar", "tell", "back"]
"""Where a rule is asked: price (checkout), use (a voucher in use), perk (`use_perk`), ask (another request), earn (what gives on an
event), send (what goes to another member then), settle (at once, after earning), calendar (on a day), tell (on what another member's
event caused), back (on a return)."""


@dataclass(frozen=True, slots=True)
class Table:
    """A value looked up. `cells` are what may stand there without the table (an Amount, Limit, Opening, Life, give, or another Table).

    by: `keys` one expression, `rows` (key values, cell), `otherwise` the cell of `else`;
    across: `keys` two expressions, each row key is (row value, column value);
    band: `keys` one expression, `limits` the bounds in the order written (money in minor units), lower inclusive, upper if `up_to`;
    since: rows are (first day or None for `start`), cell, oldest first.
    """

    kind: Literal["by", "across", "band", "since"]
    keys: tuple[Checked, ...] = ()
    rows: tuple[tuple[tuple[object, ...], Cell], ...] = ()
    otherwise: Cell | None = None
    up_to: bool = False
    level: Literal["event", "line", "tender"] = "event"
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CelAmount:
    """An amount worked out by an expression (`= CEL`), typed."""

    checked: Checked


@dataclass(frozen=True, slots=True)
class Calculator:
    """An amount that a registered `RewardCalculator` works out: `{calculator: name, ...settings}`."""

    name: str
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sum:
    """A list of amounts: their sum."""

    parts: tuple[AmountCell, ...]


AmountCell = Amount | CelAmount | Calculator | Sum | Table
Cell = Union[AmountCell, Limit, Opening, Life, Wait, "tuple[Give, ...]", str, None]


@dataclass(frozen=True, slots=True)
class Give:
    """One effect of `give`: units of a wallet, a voucher (amount = how many, or its worth where `off: given`), or a standing's level."""

    target: str
    kind: Literal["wallet", "voucher", "standing"]
    amount: AmountCell | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """On an event, when a condition holds, for these lines, give so much, at most so often.

    `index` is its place in the program, and what receipts keep; `counter` adds up what it measures `over` some time.
    """

    name: str
    index: int
    section: str
    stage: Stage
    line: int = 0
    group: str | None = None
    terms: tuple[str, ...] = ()
    on: tuple[Trigger, ...] = ()
    first: Day | None = None
    until: Day | None = None
    open: Opening | Table | None = None
    when: Checked | None = None
    unless: Checked | None = None
    needs: tuple[tuple[str, Checked], ...] = ()
    lines: Checked | None = None
    excepted: Checked | None = None
    of: str | Checked | None = None
    """A base's name (`spend`), a rule's name (`earn.base`), or an expression; None: the first base."""
    over: Spread | None = None
    counter: str | None = None
    as_of: Checked | None = None
    paid_with: Checked | None = None
    cost: tuple[tuple[str, AmountCell], ...] = ()
    """(wallet, amount taken); the amount Of(None, ..) takes all."""
    every: tuple[str, int] | None = None
    """(wallet, smallest units): taken as often as it fits or as asked."""
    asked: Checked | None = None
    minimum: AmountCell | None = None
    minimum_of: str | None = None
    """Wallet whose holding `minimum` looks at; None: the basket."""
    earned: Cutoff | None = None
    part_pay: AmountCell | None = None
    give: tuple[Give, ...] = ()
    give_table: Table | None = None
    off: AmountCell | None = None
    to: Checked | None = None
    add: AmountCell | None = None
    free: int | None = None
    up_to: AmountCell | None = None
    item: str | None = None
    choose: tuple[Rule, ...] = ()
    step: str | None = None
    surplus: Literal["lost", "refuse", "paid_out", "kept"] = "lost"
    if_unmet: Literal["refuse", "skip"] = "refuse"
    tell: str | None = None
    round: Round | None = None
    pending: Wait | Table | None = None
    at_most: tuple[Limit | Table, ...] = ()
    within: tuple[str, ...] = ()
    multiply: tuple[tuple[str, AmountCell], ...] = ()
    top_up: tuple[tuple[str, AmountCell], ...] = ()
    instead_of: tuple[str, ...] = ()
    best_of: str | None = None
    on_return: Literal["share", "revalue", "keep", "take back"] | None = None
    marks: tuple[Mark, ...] = ()
    stock: int | str | None = None
    settle_with: str | None = None
    gives_back: AmountCell | None = None
    cancel_terms: tuple[str, ...] = ()
    back_rule: int | None = None
    """Index of the rule that stands for its cancellation."""
    hold: Wait | None = None
    partner: str | None = None
    any_name: bool = False
    places: AmountCell | None = None
    renews: bool = True
    seats: int | None = None
    """`shared_with`: so many others have it too."""
    uses: str | None = None
    """The voucher that must be live and is used up when the rule gives something: an offer that was clipped."""
    when_full: Literal["wait", "refuse"] = "wait"
    """What becomes of who asks for one of `places` when all are taken."""
    receiver: Checked | None = None
    """The other member to whom what it gives, or what it tells, goes."""


@dataclass(frozen=True, slots=True)
class Base:
    """What is measured: which lines, less what, paid with which tenders; or an expression on an event without lines."""

    name: str
    terms: tuple[str, ...] = ()
    on: tuple[str, ...] = ("purchase",)
    when: Checked | None = None
    lines: Checked | None = None
    excepted: Checked | None = None
    of: Checked | None = None
    less: tuple[str, ...] = ("discounts", "vouchers")
    less_facts: tuple[Checked, ...] = ()
    """Sums of the event's own taken off, shared over the lines in proportion."""
    paid_with: Checked | None = None


@dataclass(frozen=True, slots=True)
class Wallet:
    """Units of one kind. `scale` is how many smallest units make one unit as written (100 for `unit: 0.01`, 10**exponent for money)."""

    name: str
    terms: tuple[str, ...] = ()
    money: bool = False
    scale: int = 1
    lasts: tuple[Life | Table, ...] = ()
    unless: Checked | None = None
    pending: Wait | Table | None = None
    counts: str | None = None
    only: tuple[str, ...] = ()
    """Names of rules (groups spread out) whose credits it mirrors; empty: all."""
    ceiling: int | None = None
    splits: tuple[tuple[str, AmountCell], ...] = ()
    round: Round | None = None
    divided_by: str | None = None
    spent: Literal["oldest first", "newest first", "first to lapse", "newest compartment that has enough"] = (
        "first to lapse"
    )
    may_owe: bool = False
    held_at: str | None = None
    counter: bool = False
    """It only decides (feeds a ladder, milestone or mirrors) and nothing spends it."""
    split_rule: int | None = None
    lapse_rule: int | None = None
    """Index of the calendar rule that stands for `lasts`; `split_rule` is that of the settle rule for `splits`."""


@dataclass(frozen=True, slots=True)
class VoucherKind:
    """One kind of voucher; its effect is the rule `use_rule`."""

    name: str
    use_rule: int
    terms: tuple[str, ...] = ()
    lasts: Life | Table | None = None
    open: Opening | Table | None = None
    given: bool = False
    """Its worth comes from whoever issues it (`off: given`)."""
    worth: int | None = None
    """Minor units it takes off when the file says so (a number of money), for showing; None for shares, items and `given`."""
    issued: Literal["rules", "operator"] = "rules"
    claim: str | None = None
    claim_at_most: tuple[Limit | Table, ...] = ()
    claim_rule: int | None = None
    """Index of the rule that counts claims; kinds that share one `claim` share it."""
    unused_on_return: Literal["cancel", "lower", "keep"] = "cancel"
    used_on_return: Literal["keep", "keep from refund"] = "keep"
    lapse_rule: int | None = None
    return_terms: tuple[str, ...] = ()
    """Clauses of `earned_on_goods`."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a ladder; `source` says what grants it. Marks: (counter or base name, amount cell); flags: card, invitation."""

    name: str
    source: Literal["none", "at", "any", "all", "by", "cost"] = "none"
    marks: tuple[tuple[str, AmountCell], ...] = ()
    flags: tuple[str, ...] = ()
    by: str | None = None
    cost: tuple[str, int] | None = None
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """A tier set: levels lowest first and how grants live."""

    name: str
    levels: tuple[Level, ...]
    terms: tuple[str, ...] = ()
    of: str | None = None
    over: Spread | None = None
    lasts: Life | Table | None = None
    starts: Start = Start("at_once")
    one_rung: bool = False
    on_return: Literal["undo", "keep"] = "undo"
    at_end: Mapping[str, object] | None = None
    carry_in_on: str | None = None
    carry_in: Checked | None = None
    carry_terms: tuple[str, ...] = ()
    rule: int | None = None
    """Index of the settle rule that stands for it."""
    end_rule: int | None = None
    carry_rule: int | None = None


@dataclass(frozen=True, slots=True)
class SharedLimit:
    """A limit that rules share by `within`; `empty` is the wallet that `when_clipped` names."""

    name: str
    at_most: tuple[Limit | Table, ...]
    terms: tuple[str, ...] = ()
    empty: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A standing that the member sets."""

    name: str
    options: tuple[str, ...]
    """Values, or one of `date`, `dates`, `percent`."""
    default: str | None = None
    at_most: tuple[Limit | Table, ...] = ()
    within: tuple[str, ...] = ()
    starts: Start = Start("at_once")
    terms: tuple[str, ...] = ()
    rule: int | None = None


@dataclass(frozen=True, slots=True)
class Referral:
    """What friend and member get, and when."""

    name: str
    pays_on: Literal["first", "spend", "event"]
    """`first NAME` (an event, an event set or `earning`), `DEC of NAME`, or each NAME."""
    event: str = ""
    amount: int | None = None
    referee: tuple[Give, ...] = ()
    referrer: tuple[Give, ...] = ()
    at_most: tuple[Limit | Table, ...] = ()
    on_return: Literal["take back", "keep"] = "keep"
    terms: tuple[str, ...] = ()
    referee_rule: int | None = None
    referrer_rule: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A declared fact: its type as written and the attribute under which the engine keeps it."""

    name: str
    type: FactType
    attribute: str


@dataclass(frozen=True, slots=True)
class Account:
    """Who is one account and who may join."""

    kind: Literal["person", "card", "company"] = "person"
    join_needs: tuple[tuple[str, Checked], ...] = ()
    fixed: tuple[str, ...] = ()
    lock: Checked | None = None
    unknown: Literal["enrol", "refuse"] = "enrol"
    """What an event of a member who never joined does."""
    terms: tuple[str, ...] = ()
    suspend: tuple[str, str] | None = None
    """The events that begin and end a suspension."""
    on_close: Literal["lapse", "keep"] = "lapse"
    """What becomes of the units of an account that is closed: gone at once, or each at its own last day."""


@dataclass(frozen=True, slots=True)
class Program:
    """One version of a program, checked. `rules` in evaluation order within their stage (file order)."""

    slug: str
    name: str
    currency: tuple[str, ...]
    exponent: int
    timezone: str
    first: Day
    text: str
    """The file, as written."""
    terms: tuple[str, ...] = ()
    markets: tuple[str, ...] = ()
    follows: str | None = None
    ends: Mapping[str, str] = field(default_factory=dict)
    account: Account = Account()
    facts: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    """By event kind, or event, line, tender, member."""
    dates: Mapping[str, tuple[Day, ...]] = field(default_factory=dict)
    events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Named sets: event kinds, or names of rules (`earn.base`, groups spread out)."""
    windows: Mapping[str, WindowForm] = field(default_factory=dict)
    defines: Mapping[str, Checked] = field(default_factory=dict)
    checkout: tuple[str, ...] = ("basket",)
    bases: Mapping[str, Base] = field(default_factory=dict)
    wallets: Mapping[str, Wallet] = field(default_factory=dict)
    limits: Mapping[str, SharedLimit] = field(default_factory=dict)
    vouchers: Mapping[str, VoucherKind] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    choices: Mapping[str, Choice] = field(default_factory=dict)
    referrals: Mapping[str, Referral] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    subscriptions: Mapping[str, Cycle] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    returns: Mapping[str, str] = field(default_factory=dict)
    """By wallet, or `vouchers`: `take back` or `keep`."""
    return_rule: int | None = None
    imports: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Column -> (verb, name): ("last", "purchase"), ("ever", ..), ("used", ..), ("vouchers", "live"), ("name", "member.card")."""
    says: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Key -> language -> text; a text without a language stands under ""."""

    def rule(self, name: str) -> Rule | None:
        """The rule of this full name, or None."""
        return next((rule for rule in self.rules if rule.name == name), None)
