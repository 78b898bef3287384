"""The walk of one event: time first, then a snapshot, price, earn, settle, tell.

`decide` is pure. A request that cannot be had is refused whole: the member then only has what time brought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.engine import choosing, closing, memberships, places, reserving, seats, transfers
from regulars.engine.accounts import ASKED as ASKED_TO_CLOSE
from regulars.engine.accounts import MERGED
from regulars.engine.awards import award
from regulars.engine.cancels import cancel
from regulars.engine.context import Context, begun
from regulars.engine.corrections import retier, reverse
from regulars.engine.earning import keep_alive, remember
from regulars.engine.events import Event, pay_rest
from regulars.engine.fields import Bad
from regulars.engine.granting import level_now
from regulars.engine.holds import final_on
from regulars.engine.model import NO_FACTS, Decision, Facts, Member, Receipt
from regulars.engine.opening import bring_in, brought_in, facts, goodwill
from regulars.engine.pending import open_on
from regulars.engine.perks import gate, goods_gate
from regulars.engine.pricing import price
from regulars.engine.referring import pass_on, pay_referrals, remember_referrer
from regulars.engine.requests import ASKED, ask
from regulars.engine.returns import give_back
from regulars.engine.settle import settle
from regulars.engine.standings import too_soon
from regulars.engine.terms import begin_terms
from regulars.engine.timing import advance, due_of, mature_and_lapse
from regulars.engine.vouchers import lapse as lapse_vouchers
from regulars.words.refusals import Refusal

if TYPE_CHECKING:
    from regulars.engine.book import Book

NONE_LEFT: dict[str, int] = {}
ABOUT_MEMBER = frozenset({"join", "update", "hold_card", "drop_card", "invite"})
TOLD = frozenset({*places.TOLD, *seats.TOLD, *transfers.TOLD})
REQUESTS = frozenset({"redeem", "convert", "use_perk", "choose", "set_preference"}) | ASKED
OF_STAFF = frozenset({"award", "goodwill", "reversal", "retier"}) | ASKED_TO_CLOSE
ALWAYS = frozenset({"cancel", "renew", "downgrade", "charge_failed"})
"""Requests that are taken of a member who is suspended too."""


def decide(book: Book, member: Member, event: Event, given: Facts = NO_FACTS) -> Decision:
    """What the program says about an event of a member, given what was fetched: movements, receipt, the member afterwards.

    Time alone (a tick) changes nothing of a member nobody has heard of, and is not counted among a member's events.
    """
    if event.first == "tick" and not member.events:
        return Decision(member, Receipt(version=book.at(event.day).version))
    c = begin(book, member, event, given)
    try:
        refusal = judge(c, given)
    except Bad as bad:
        refusal = Refusal(code=bad.code, text=bad.text, pointer=bad.pointer)
    if refusal is not None:
        return refused(book, member, event, given, refusal)
    if c.machine.termed and event.first != "tick":
        begin_terms(c)
    settle(c)
    if c.machine.shared:
        seats.review(c)
    late = event.day < member.day
    if late:
        catch_up(c, member.day)
    return finish(c, late, pay_of(c), None)


def begin(book: Book, member: Member, event: Event, given: Facts) -> Context:
    """The context with time run to the event's day, and standings as they are then."""
    c = begun(book.at(event.day), member, event, given)
    if event.day > member.day or not member.events:
        advance(c, book, event.day)
    else:
        c.today = event.day
        c.due = member.due if event.day == member.day and c.machine.steady_from <= event.day else 0
    c.recording = c.entries
    c.levels = c.machine.snapshot(c)
    return c


def judge(c: Context, given: Facts) -> Refusal | None:
    """Everything the event itself does; a refusal when it cannot be."""
    event = c.event
    assert event is not None
    plan = c.machine.plan(event.kind)
    if plan.everyday and not event.use and "referred_by" not in event.body:
        if not c.suspended:
            plan.walk(c.today)(c)
            return None
        return closing.after(c) if c.closed else None
    first = event.first
    if first == "tick":
        return None
    if c.closed:
        return closing.after(c)
    if first == MERGED:
        closing.arrive(c)
        return None
    refusal = may(c) if c.machine.asks_first else None
    if refusal is not None:
        return refusal
    if first == "cancel" and event.of is not None:
        return cancel(c, given)
    if first == reserving.FIRST:
        return reserving.end(c, given)
    if first in REQUESTS:
        c.about = given.sale
        refusal = ask(c)
        if refusal is None:
            remember(c, c.machine.plan(event.kind).sets)
            keep_alive(c)
        return refusal
    if first in TOLD:
        return told(c, first)
    if first == "opening":
        refusal = bring_in(c)
        # What is judged next is judged by what the member was brought in with.
        c.levels = c.machine.snapshot(c)
        return refusal
    if first in OF_STAFF:
        return corrected(c, given)
    if first in ABOUT_MEMBER:
        refusal = about_member(c)
        if refusal is not None:
            return refusal
    if "referred_by" in event.body:
        remember_referrer(c)
    if event.kind in c.machine.suspends:
        suspend(c, event.kind)
    if c.machine.started_by and (event.kind in c.machine.started_by or first in c.machine.started_by):
        refusal = memberships.happened(c)
        if refusal is not None:
            return refusal
    return happen(c, given)


def told(c: Context, first: str) -> Refusal | None:
    """What another member's event tells this one: of places, of seats, of units that were sent."""
    if first in transfers.TOLD:
        return transfers.told(c)
    if first in places.TOLD:
        places.told(c)
    else:
        seats.told(c)
    return None


def corrected(c: Context, given: Facts) -> Refusal | None:
    """What staff set right: units given, an event taken back, a level set, an account merged or closed."""
    assert c.event is not None
    first = c.event.first
    if first in ASKED_TO_CLOSE:
        return closing.ask(c)
    if first == "award":
        return award(c)
    if first == "goodwill":
        return goodwill(c)
    return reverse(c, given) if first == "reversal" else retier(c)


def suspend(c: Context, kind: str) -> None:
    """An event of the staff's that suspends the account, or ends that."""
    on, _ = c.machine.program.account.suspend or ("", "")
    c.mark("suspended", c.today if kind == on else None)
    c.suspended = kind == on


def may(c: Context) -> Refusal | None:
    """Whether the member may have events at all."""
    event = c.event
    assert event is not None
    account = c.machine.program.account
    if account.unknown == "refuse" and not c.member.events and event.first not in {"join", "opening", "award"}:
        return Refusal(code="member.unknown", text=f"Nobody has joined as {c.member.id!r}.", pointer="/member")
    if account.lock is not None and event.first in REQUESTS and c.machine.locked(c):
        return Refusal(code="locked")
    if c.suspended and (event.use or event.first in REQUESTS - ALWAYS):
        return Refusal(code="suspended")
    return None


def happen(c: Context, given: Facts) -> Refusal | None:
    """Something that happened: prices, what it gives, what it fulfils."""
    event = c.event
    assert event is not None
    plan = c.machine.plan(event.kind)
    for rule in plan.gates:
        refusal = gate(c, rule)
        if refusal is not None:
            return refusal
    if event.kind == "purchase.brought_in":
        refusal = brought_in(c)
        remember(c, plan.sets)
        return refusal
    if event.kind in c.machine.openers:
        open_on(c, event.kind, about(event))
        final_on(c, event.kind, about(event))
        pass_on(c, event.kind, about(event))
    if event.first == "return":
        refusal = give_back(c, given)
        if refusal is not None:
            return refusal
    elif event.lines or event.use or plan.prices:
        for rule in plan.goods:
            refusal = goods_gate(c, rule)
            if refusal is not None:
                return refusal
        if plan.prices or plan.perks or plan.tenders or event.use:
            if event.rest is not None:
                # An event may be judged again, and starts from what was read.
                pay_rest(event, sum(line.amount for line in event.lines))
            refusal = price(c, plan)
            if refusal is not None:
                return refusal
            if event.rest is not None:
                pay_rest(event, pay_of(c) or 0)
    had = len(c.entries), len(c.promised), len(c.issued)
    if not c.suspended:
        plan.walk(c.today)(c)
        if plan.sends:
            transfers.share(c, plan.sends)
    if event.kind in c.machine.openers:
        choosing.begin_with(c, event.kind)
    if c.machine.program.referrals:
        pay_referrals(c, (len(c.entries), len(c.promised), len(c.issued)) != had)
    return None


def about(event: Event) -> str | None:
    """The id of the earlier event that an event speaks of: `of`, or the order that it names."""
    named = event.of or event.body.get("order")
    return None if named is None else str(named)


def about_member(c: Context) -> Refusal | None:
    """What an event says of the member: joined, facts, a card held or dropped, an invitation."""
    event = c.event
    assert event is not None
    program = c.machine.program
    body = event.body
    if event.first == "join":
        market = body.get("market")
        if program.markets and market is not None and market not in program.markets:
            return Refusal(code="other_market", text="")
        c.days.setdefault("joined", event.day)
        c.changed.add("fact:join")
    known = program.facts.get("member", {})
    told = {name: value for name, value in body.items() if name in known or name in {"market", "currency"}}
    if event.first in {"hold_card", "drop_card"}:
        told = {"card": event.first == "hold_card"}
    if event.first == "invite":
        refusal = too_soon(c, body.get("tier"))
        if refusal is not None:
            return refusal
        told = {"invitation": True}
    if event.first == "update":
        fixed = next(
            (name for name in told if name in program.account.fixed and c.who.get(name) not in {None, told[name]}), None
        )
        if fixed is not None:
            return Refusal(code="fixed", values=(("fact", fixed),), pointer=f"/{fixed}")
    if event.first in {"hold_card", "drop_card", "invite"}:
        for name, value in told.items():
            c.learn(name, value or None)
            c.changed.add(f"fact:{name}")
    else:
        facts(c, told)
    if event.first == "join":
        needs = c.machine.join_needs
        return next((Refusal(code=code) for code, condition in needs if not condition(c, None)), None)
    return None


def catch_up(c: Context, day: int) -> None:
    """After late news: what it gave and would have lapsed since, lapses now; the member's day does not run backwards."""
    c.today = day
    for name in sorted(c.holdings):
        held = c.holdings[name]
        if held.lots or held.waiting or held.reserved:
            mature_and_lapse(c, c.machine.wallets.get(name), name, day)
    lapse_vouchers(c, day)
    choosing.begin_by(c, day)
    settle(c)


def pay_of(c: Context) -> int | None:
    """What the event charges, in minor units (negative: paid back); None where it has no lines."""
    event = c.event
    assert event is not None
    if event.first == "return":
        return c.added
    if not event.lines:
        return c.added if c.added or event.first == "use" or event.first in REQUESTS else None
    if c.nets is None:
        listed: int = sum([line.amount for line in event.lines])
        return listed + c.added
    return sum(c.nets) + c.added


def refused(book: Book, member: Member, event: Event, given: Facts, refusal: Refusal) -> Decision:
    """The decision of a refusal: only time has run."""
    c = begin(book, member, event, given)
    if event.first in transfers.TOLD:
        transfers.refused(c, refusal)
    return finish(c, event.day < member.day, None, refusal)


def risen(c: Context) -> tuple[tuple[str, int, int], ...]:
    """The ladders on which the level is another than when the event began: (ladder, from, to)."""
    levels = [(name, ladder.places[c.levels[name]], level_now(c, name)) for name, ladder in c.machine.ladders.items()]
    return tuple((name, was, now) for name, was, now in levels if was != now)


def finish(c: Context, late: bool, pay: int | None, refusal: Refusal | None) -> Decision:
    """The member afterwards, and the receipt."""
    member, event = c.member, c.event
    assert event is not None
    day = member.day if late else event.day
    after = Member(
        member.id, member.events if event.first == "tick" else member.events + 1, day, due_of(c, day), c.serial, c.holdings,
        c.grants, c.vouchers, c.tallies, c.days, c.who, c.marks, c.spent, c.plans, c.orders,
    )  # fmt: skip
    code = None if refusal is None else (refusal.code, refusal.rule, dict(refusal.values))
    nets, told = c.nets, c.told
    receipt = Receipt(
        c.machine.version, code, tuple(c.entries), tuple(c.dues) if c.dues else (), tuple(c.silent), pay,
        None if nets is None else tuple(nets), c.issued, c.used, c.gone_vouchers,
        () if c.grants is member.grants else risen(c), c.taken_lines, tuple([one.id for one in told]) if told else (),
        late, c.promised, c.took,
        {key: left + c.claimed.get(key, 0) for key, left in c.left_of.items()} if c.left_of else NONE_LEFT,
        () if nets is None or len(nets) == len(event.lines) else tuple([line.origin for line in c.lines[len(event.lines) :]]),
        c.charged,
    )  # fmt: skip
    # What was measured knows its context: let go of it here, and nothing is left for the garbage collector.
    c.measures = {}
    return Decision(after, receipt, tuple(c.moved), told, tuple(c.claimed.items()) if c.claimed else (), refusal)
