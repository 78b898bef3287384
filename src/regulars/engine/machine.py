"""A program, compiled: every text form a function, every rule in the plan of the events it acts on.

Compiling happens once; deciding only walks what stands here. Nothing in a machine changes after it is made but caches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from regulars.engine import measuring, perks, rations, standings
from regulars.engine.accruing import Accrual
from regulars.engine.amounts import Amounts, Factories, plain_number
from regulars.engine.bases import BaseMachine, Filter
from regulars.engine.budgets import budgets_of
from regulars.engine.calculators import Fixed, RewardCalculator, Worked
from regulars.engine.calendar import Calendar
from regulars.engine.clipped import emptied_by
from regulars.engine.context import Context
from regulars.engine.conversions import convert
from regulars.engine.effects import Effects
from regulars.engine.events import BUILT_IN, Event, Reader
from regulars.engine.fields import money_reader
from regulars.engine.funnels import funnels_of, share_out
from regulars.engine.gives import spread
from regulars.engine.granting import level_now
from regulars.engine.limits import Bound, BoundOf, bounds, fixed
from regulars.engine.memberships import DROP
from regulars.engine.openings import OpenOf, opening
from regulars.engine.plan_machines import PlanMachine, brought_by
from regulars.engine.plan_state import START, start_of
from regulars.engine.plans import Plan, Plans
from regulars.engine.rules import Rounding, RuleMachine, Target
from regulars.engine.survey import counted, event_sets, names_of_events, openers
from regulars.engine.waits import WaitOf
from regulars.engine.wallets import Milestone, VoucherMachine, WalletMachine
from regulars.program.cel import compile_value
from regulars.program.forms.tree import Trigger
from regulars.program.model import Base, Give, Program, Rule
from regulars.words.days import NEVER, Day
from regulars.words.moments import Zone
from regulars.words.money import text as money_text

if TYPE_CHECKING:
    from regulars.engine.book import Book


GOODS = frozenset({"prices", "vouchers", "rewards", "benefits"})
NO_BASE = ("prices", "vouchers", "benefits", "rewards", "convert", "milestones")


class Machine:
    """One version of a program, compiled."""

    def __init__(self, program: Program, book_: Book, version: int, factories: Factories) -> None:
        self.program, self.book, self.version, self.factories = program, book_, version, factories
        self.zone = Zone(program.timezone)
        self.minor = 10**program.exponent
        self.calendar = Calendar(program)
        self.next_version: Day | None = None
        self.names = tuple(rule.name for rule in program.rules)
        kinds = frozenset(BUILT_IN | names_of_events(program))
        self.reader = Reader(program, self.zone, kinds)
        bases = program.bases or {"spend": Base("spend")}
        self.bases = {name: BaseMachine(base) for name, base in bases.items()}
        self._days_matter = {wallet for rule in program.rules if rule.earned is not None for wallet in _taken_by(rule)}
        self.by_place = tuple(
            WalletMachine(self, wallet, place) for place, wallet in enumerate(program.wallets.values())
        )
        self.wallets = {wallet.name: wallet for wallet in self.by_place}
        self.vouchers = {name: VoucherMachine(self, kind) for name, kind in program.vouchers.items()}
        self.ladders = {name: standings.LadderMachine(self, ladder) for name, ladder in program.ladders.items()}
        self.lowest = {name: ladder.names[0] for name, ladder in self.ladders.items()}
        self.told_rises = frozenset(
            trigger.name.removeprefix("reach.")
            for rule in program.rules
            for trigger in rule.on
            if trigger.name.startswith("reach.")
        )
        self.termed = tuple(ladder for ladder in self.ladders.values() if ladder.termed)
        self.choices = dict(program.choices)
        self.choice_starts = {name: self.calendar.start(choice.starts) for name, choice in program.choices.items()}
        self.choice_defaults = tuple((name, choice.default) for name, choice in program.choices.items())
        self.limits = tuple(program.limits)
        self.shared_bounds = {
            name: bounds(name, limit.at_most, place, self.calendar, rations.countings(self, None))
            for place, (name, limit) in enumerate(program.limits.items())
        }
        self._fed: dict[tuple[str, str], tuple[WalletMachine, ...]] = {}
        self.unnamed_tender = self.reader.tender.cls()
        for attribute, _, _, default, _ in self.reader.tender.fields:
            setattr(self.unnamed_tender, attribute, default)
        self.unnamed_tender.method, self.unnamed_tender.amount = "", 0
        self.rules: dict[int, RuleMachine] = {rule.index: RuleMachine(self, spread(rule)) for rule in program.rules}
        self.named = {rule.name: rule for rule in self.rules.values()}
        account = program.account
        self.join_needs = tuple((code, compile_value(condition)) for code, condition in account.join_needs)
        self.asks_first = account.unknown == "refuse" or account.lock is not None
        self._lock = None if account.lock is None else compile_value(account.lock)
        self.openers = openers(program)
        self._compile_effects()
        self._compile_rules()
        self._compile_plans()

    def _compile_effects(self) -> None:
        made = Effects(self)
        self.effects, self.caps, self.minimums, self.costs = made.amounts, made.caps, made.minimums, made.costs
        self.asked, self.stocks, self.options, self._prices = made.asked, made.stocks, made.options, made.prices
        self.receivers, self.gaps = made.receivers, made.gaps

    def _compile_rules(self) -> None:
        self.sets_of_rule, self._sets_of_kind = event_sets(
            self.program, {name: rule.index for name, rule in self.named.items()}
        )
        for rule_machine in self.rules.values():
            rule_machine.sets = tuple(
                (f"last:{name}", f"first:{name}") for name in self.sets_of_rule.get(rule_machine.index, ())
            )
            for target in rule_machine.targets:
                if target.kind == "wallet":
                    target.feeds = self.fed_by(target.name, rule_machine.name)
                    target.capped = any(wallet.ceiling is not None for wallet in target.feeds)
                    if len(target.feeds) == 1 and rule_machine.pending is None and target.feeds[0].pending is None:
                        target.only = target.feeds[0]
            rule_machine.bounded |= bool(rule_machine.sets) or any(target.capped for target in rule_machine.targets)

    def _compile_plans(self) -> None:
        program = self.program
        self.empties, self.funnels = emptied_by(self), funnels_of(self)
        self.plans = Plans(self)
        self.plan: Callable[[str], Plan] = self.plans.plan
        self.paid = {name: PlanMachine(self, plan) for name, plan in program.plans.items()}
        self.paid_for = tuple(dict.fromkeys(ladder for plan in program.plans.values() for ladder, _ in plan.grants))
        """The ladders to which plans lead."""
        self.starts = frozenset({START, *(start_of(ladder) for ladder in self.paid_for)})
        self.brought_by = brought_by(self)
        self.suspends = frozenset(program.account.suspend or ())
        self.shared = tuple(rule.name.partition(".")[2] for rule in program.rules if rule.seats is not None)
        self.places = {rule.index: plain_number(rule.places, 1) for rule in program.rules if rule.places is not None}
        self.reminds = any(cycle.remind is not None for cycle in program.subscriptions.values())
        self.activations = frozenset(plan.waits_for for plan in self.paid.values() if plan.waits_for)
        self.started_by = (
            frozenset(plan.plan.on for plan in self.paid.values()) | self.activations | ({DROP} if self.paid else set())
        )
        # Most programs ask nothing of a purchase before it is priced and earns.
        self.plain_purchases = not (self.asks_first or self.suspends or self.started_by)
        self.milestones = tuple(
            Milestone(self, rule) for rule in self.rules.values() if rule.rule.section == "milestones"
        )
        self.accruals = tuple(Accrual(self, rule) for rule in self.rules.values() if rule.rule.counter is not None)
        self.conversions = tuple(
            (share_out, funnel.rule, frozenset({name})) for name, funnel in self.funnels.items()
        ) + tuple(
            (convert, rule, self._taken(rule.rule))
            for rule in self.rules.values()
            if rule.rule.stage == "settle" and rule.rule.section == "convert"
        )
        self.scheduled = self.plans.scheduled()
        self.triggers = tuple(when for _, when in self.scheduled)
        self.plan_months = tuple(
            (rule, self.calendar.tile(trigger.name), start)
            for rule in self.rules.values()
            for trigger in rule.rule.on
            if (start := self._of_plan(trigger)) is not None
        )
        # From which day on a member's next due day, once known, changes only by what events do: never while something is scheduled.
        self.idle = tuple(wallet for wallet in self.by_place if wallet.idle is not None)
        self.steady_from = NEVER if self.triggers or self.idle else program.first if self.version else 0
        self.carries_in = any(ladder.carry_in is not None for ladder in self.ladders.values())
        self.return_prices = self.plan("return").prices
        self.return_gates = tuple(
            rule
            for rule in self.rules.values()
            if rule.rule.section == "benefits" and any(trigger.name == "return" for trigger in rule.rule.on)
        )
        self.kept_alive_by = self.plans.kept_alive()
        self.asked_again = self.plans.asked_again()
        self.snapshot = standings.snapshot

    # Compiling a rule's parts.

    def opening(self, cell: Any) -> OpenOf | None:
        """The opening function of a cell; None without one."""
        return None if cell is None else opening(cell, self.calendar)

    def wait(self, cell: Any) -> WaitOf | None:
        """When units become available; None at once."""
        return None if cell is None else WaitOf(cell, self.calendar)

    def default_base(self, rule: Rule) -> str | None:
        """The first base that measures one of the rule's events; None where the rule acts on what lines cost now."""
        if rule.section in NO_BASE and rule.stage != "earn":
            return None
        kinds = {trigger.name for trigger in rule.on} | {trigger.name.split(".", 1)[0] for trigger in rule.on}
        return next(
            (name for name, base in (self.program.bases or {"spend": Base("spend")}).items() if kinds & set(base.on)),
            None,
        )

    def goods_of(self, rule: Rule) -> Filter | None:
        """The lines that a price, voucher, reward or benefit acts on when it names none: those of the first base of purchases."""
        if rule.section not in GOODS or rule.add is not None:
            return None
        bases = (self.program.bases or {}).values()
        return next((self.bases[base.name].filter for base in bases if "purchase" in base.on), None)

    def bounds_of(self, rule: Rule) -> tuple[BoundOf, ...]:
        """The rule's own limits."""
        if not rule.at_most:
            return ()
        return bounds(rule.name, rule.at_most, rule.index, self.calendar, rations.countings(self, rule))

    def static_limits(self, rule: RuleMachine) -> tuple[tuple[Bound, int], ...] | None:
        """All limits of a rule when none of them is a table, so that they need not be looked up; None otherwise."""
        own = [(fixed(bound), rule.index) for bound in rule.bounds]
        own.extend((fixed(bound), -1 - place) for place, shared in rule.shared for bound in shared)
        found = tuple((bound, name) for bound, name in own if bound is not None)
        return found if len(found) == len(own) else None

    def shared_of(self, rule: Rule) -> tuple[tuple[int, tuple[BoundOf, ...]], ...]:
        """The limits it shares: (place among the shared limits, bounds)."""
        return tuple(
            (self.limits.index(name), self.shared_bounds[name]) for name in rule.within if name in self.shared_bounds
        )

    def rounding_of(self, rule: Rule) -> Rounding:
        """How the rule rounds: by default down, once per event, to the wallet's unit."""
        spec = rule.round
        if spec is None:
            return Rounding("down", 1, False, False)
        wallet = next((self.wallets[give.target] for give in rule.give if give.target in self.wallets), None)
        scale = wallet.scale if wallet is not None else self.minor
        grain = 1 if spec.to is None else max(int(spec.to * scale), 1)
        return Rounding(spec.mode, grain, spec.per == "line", spec.per == "rate")

    def amounts(self, target: str | None, measured_scale: int | None = None, rule: Rule | None = None) -> Amounts:
        """Makes calculators of amounts for a wallet, a voucher, or (None) for money; of a rule whose limits may leave less to measure."""
        wallet = self.wallets.get(target or "")
        kind = self.program.vouchers.get(target or "")
        scale = wallet.scale if wallet is not None else (self.minor if kind is None or kind.given else 1)
        if rule is None:
            return Amounts(scale, self.minor, self.counts, self.factories, measured_scale)
        counts, broken = measuring.counts(self, rule), measuring.broken(self, rule)
        return Amounts(scale, self.minor, counts, self.factories, measured_scale, broken)

    def counts(self, name: str) -> tuple[Callable[..., Any], bool]:
        """What a rate's measure counts: a fact by its path, or by its unit word."""
        return counted(self.program, name)

    def target(self, rule: Rule, give: Give) -> Target:
        """One thing that a rule gives, with its calculator."""
        wallet = self.wallets.get(give.target)
        calculator: RewardCalculator | None = None
        if give.kind == "standing" and give.amount is not None:
            # A level in some rows of a table only: given once, or not at all.
            calculator = Amounts(1, self.minor, self.counts, self.factories).make(give.amount)
        elif give.amount is not None:
            taken = next(iter(_taken_by(rule)), None)
            scale = self.wallets[taken].scale if taken in self.wallets else measuring.scale(self, rule)
            calculator = self.amounts(
                give.target, scale if wallet is None or not wallet.wallet.money or taken else None, rule
            ).make(give.amount)
        made = Target(give, calculator, -1 if wallet is None else wallet.place)
        made.rationed = rations.asks(self.program, rule, give.amount)
        return made

    def asks_for_days(self, wallet: str) -> bool:
        """Whether something asks on which very day units of a wallet were earned."""
        return wallet in self._days_matter

    def attribute(self, fact: str) -> str:
        """The attribute under which a line keeps a fact."""
        found = self.program.facts.get("line", {}).get(fact)
        return fact if found is None else found.attribute

    def _taken(self, rule: Rule) -> frozenset[str]:
        taken = [f"voucher:{name}" if name in self.vouchers else name for name in _taken_by(rule)]
        return frozenset(taken) | {
            f"standing:{name}" for name in self.ladders if rule.when is not None and name in rule.when.roots
        }

    def _of_plan(self, trigger: Trigger) -> str | None:
        form = self.program.windows.get(trigger.name) if trigger.kind == "start_of" else None
        name = None if form is None or form.point is None else form.point.name
        return name if name in self.starts else None

    # What deciding asks.

    def sets_of_kind(self, kind: str, first: str) -> tuple[str, ...]:
        """The event sets to which an event of this kind belongs."""
        sets = self._sets_of_kind
        own = sets.get(kind, ())
        return own if kind == first else (*own, *sets.get(first, ()))

    def fed_by(self, wallet: str, rule: str) -> tuple[WalletMachine, ...]:
        """The wallet and those that mirror what this rule gives to it."""
        key = (wallet, rule)
        found = self._fed.get(key)
        if found is None:
            mirrors = [
                held
                for held in self.by_place
                if held.wallet.counts == wallet and (not held.wallet.only or rule in held.wallet.only)
            ]
            found = self._fed[key] = (self.wallets[wallet], *mirrors)
        return found

    def credited_by_set(self, name: str) -> list[str]:
        """The wallets that the rules of a set give to."""
        rules = [self.named[member] for member in self.program.events.get(name, ()) if member in self.named]
        return [target.name for rule in rules for target in rule.targets if target.kind == "wallet"]

    def step_of(self, rule: RuleMachine) -> str:
        """The price step at which a rule acts."""
        return rule.rule.step or self.program.checkout[0]

    def line_price(self, rule: RuleMachine, c: Context, place: int) -> Any:
        """What `to` makes a line cost."""
        return self._prices[rule.index](c, c.lines[place])

    def operator_voucher(self, kind: Any) -> VoucherMachine | None:
        """The kind of voucher that an operator's code is of: the one named, or the only one."""
        kinds = [
            held for held in self.vouchers.values() if held.kind.issued == "operator" and kind in {None, held.name}
        ]
        return kinds[0] if kinds else None

    def worth_of(self, raw: Mapping[str, Any]) -> int | None:
        """The worth that a voucher brings, in minor units."""
        return None if raw.get("worth") is None else money_reader(self.program.exponent)(raw["worth"])

    def percent_of(self, raw: Mapping[str, Any]) -> int | None:
        """The share that a voucher brings, in millionths."""
        percent = raw.get("percent")
        return None if percent is None else money_reader(4)(percent)

    def money_text(self, minor: int) -> str:
        """Money as text."""
        return money_text(minor, self.program.currency[0])

    def takes_back(self, wallet: str) -> bool:
        """Whether a return takes back units of a wallet."""
        return wallet not in self.funnels and self.program.returns.get(wallet, "take back") == "take back"

    def can(self, c: Context, name: str) -> bool:
        """Whether the member has a benefit now."""
        rule = self.named.get(f"benefits.{name}")
        if rule is None and name in self.ladders:
            # What an unlock opens is a ladder with a level to reach.
            return not c.suspended and level_now(c, name) > 0
        return rule is not None and perks.can(c, rule)

    def left(self, c: Context, name: str) -> int:
        """What a benefit, choice or shared limit has left."""
        shared = self.shared_bounds.get(name)
        if shared is not None:
            return min((0 if (bound := made(c)) is None else bound.room(c) for made in shared), default=0)
        for section in ("benefits", "choices", "rewards", "earn", "vouchers"):
            rule = self.named.get(f"{section}.{name}")
            if rule is not None:
                return perks.left(c, rule)
        return 0

    def by_step(self, calculator: RewardCalculator) -> bool:
        """Whether an amount is so much for each step of an exchange (a share of what was taken is not)."""
        return isinstance(calculator, Fixed | Worked)

    def open_catalogue(self, first: str) -> tuple[RuleMachine, ...]:
        """The exchanges that take any name."""
        return tuple(
            rule
            for rule in self.rules.values()
            if rule.rule.any_name and (first == "redeem") == (rule.rule.section == "rewards")
        )

    def budgets_of(self, event: Event) -> tuple[tuple[str, int | None], ...]:
        """The shared budgets and stocks that an event could touch: (key, ceiling; None for a stock that the operator sets)."""
        return budgets_of(self, event)

    def locked(self, c: Context) -> bool:
        """Whether the account is locked now."""
        return bool(self._lock is not None and self._lock(c, None))

    @property
    def asked_for(self) -> Mapping[str, tuple[RuleMachine, ...]]:
        """Exchanges by the request that asks for them."""
        return self.plans.asked_for


def _taken_by(rule: Rule) -> list[str]:
    taken = [wallet for wallet, _ in rule.cost]
    return [*taken, rule.every[0]] if rule.every is not None else taken
