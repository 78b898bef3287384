"""What members do by themselves and for one another: `account`, `choices`, `referrals`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from regulars.program.forms import read_pays
from regulars.program.forms.tree import Pays, Trigger
from regulars.program.model import Account, Choice, Give, Referral, Rule
from regulars.program.nodes import Node, Scalar
from regulars.program.problems import did_you_mean
from regulars.program.scope import View
from regulars.program.sections import calendar
from regulars.program.sections.blocks import good_name
from regulars.program.sections.calendar import unknown
from regulars.program.sections.conditions import condition
from regulars.program.sections.context import Context, Entries
from regulars.program.sections.effects import gives
from regulars.program.sections.limits import LimitReading, limits
from regulars.program.sections.measures import AmountReading, Measured
from regulars.program.sections.meetings import choice_of
from regulars.program.sections.rules import add_rule, needs, stand_in

NO_EVENT = View(())
ASKED = ("date", "dates", "percent", "member")
"""Options of a choice that are no values but a kind of answer."""


def read_account(context: Context, node: Node) -> Account:
    """`account`: who is one account and who may join."""
    entries = context.entries(node, "ACCOUNT")
    fields: dict[str, Any] = {"terms": context.terms(entries)}
    if "is" in entries:
        fields["kind"] = context.word(entries["is"][1], choice_of("ACCOUNT", "is"), "kind of account")
    if "unknown" in entries:
        fields["unknown"] = context.word(entries["unknown"][1], choice_of("ACCOUNT", "unknown"), "`unknown`")
    if "on_close" in entries:
        fields["on_close"] = context.word(entries["on_close"][1], choice_of("ACCOUNT", "on_close"), "`on_close`")
    if "join" in entries:
        join = context.entries(entries["join"][1], "JOIN")
        if "needs" in join:
            fields["join_needs"] = tuple(needs(context, join["needs"][1], View(("join",))))
    if "fixed" in entries:
        fields["fixed"] = tuple(_fixed(context, item) for item in context.texts(entries["fixed"][1], "member fact"))
    if "suspend" in entries:
        fields["suspend"] = _suspend(context, entries["suspend"][1])
    if "lock" in entries:
        fields["lock"] = condition(context, entries["lock"][1], NO_EVENT)
    return Account(**{key: value for key, value in fields.items() if value is not None})


def _suspend(context: Context, node: Node) -> tuple[str, str] | None:
    entries = context.entries(node, "SUSPEND")
    missing = [key for key in ("on", "until") if key not in entries]
    if missing:
        context.say(
            node, "missing", f"`suspend` has no `{missing[0]}`", "`{on: staff.suspend, until: staff.reinstate}`"
        )
        return None
    on, until = (context.name(entries[key][1], "event", paths=True) for key in ("on", "until"))
    return None if on is None or until is None else (on, until)


def _fixed(context: Context, item: Scalar) -> str:
    known = context.names.facts.get("member", {})
    if item.text not in known:
        context.say(item, "unknown_name", f"`member.{item.text}` is no declared fact", did_you_mean(item.text, known))
    return item.text


def read_choices(context: Context, node: Node) -> dict[str, Choice]:
    """`choices`: standings that the member sets, each with a rule on being chosen."""
    found: dict[str, Choice] = {}
    mapping = context.mapping(node, "`choices`")
    for key, value in mapping.items if mapping else ():
        good_name(context, key, "choice")
        entries = context.entries(value, "CHOICE")
        choice = _choice(context, key, entries)
        on = (Trigger("event", f"choose.{key.text}"), Trigger("event", f"set_preference.{key.text}"))
        index = stand_in(
            context,
            f"choices.{key.text}",
            "ask",
            choice.terms,
            key.mark.line,
            on=on,
            at_most=choice.at_most,
            within=choice.within,
        )
        found[key.text] = replace(choice, rule=index)
    return found


def _limit(context: Context, item: Scalar) -> str | None:
    if item.text in context.names.limits:
        return item.text
    context.say(item, "unknown_name", f"`{item.text}` is no limit", did_you_mean(item.text, context.names.limits))
    return None


def _choice(context: Context, key: Scalar, entries: Entries) -> Choice:
    if "options" not in entries:
        context.say(
            key,
            "missing",
            f"the choice `{key.text}` has no `options`",
            "`options: [a, b]`, or `date`, `dates`, `percent`",
        )
        return Choice(key.text, ())
    options = tuple(item.text for item in context.texts(entries["options"][1], "option"))
    fields: dict[str, Any] = {"terms": context.terms(entries)}
    if "default" in entries:
        text = context.scalar(entries["default"][1], "option")
        if text is not None and options not in tuple((word,) for word in ASKED) and text.text not in options:
            context.say(text, "word", f"`{text.text}` is no option", did_you_mean(text.text, options))
        if text is not None and options == ("percent",) and not (text.kind == "int" and 0 <= int(text.text) <= 100):
            context.say(text, "number", f"`{text.text}` is no share", "write 0 to 100")
        fields["default"] = text.text if text is not None else None
    if "at_most" in entries:
        fields["at_most"] = limits(LimitReading(context, NO_EVENT), entries["at_most"][1])
    if "within" in entries:
        names = [_limit(context, item) for item in context.texts(entries["within"][1], "limit")]
        fields["within"] = tuple(name for name in names if name is not None)
    if "starts" in entries:
        fields["starts"] = calendar.start(context, entries["starts"][1])
    return Choice(key.text, options, **{name: value for name, value in fields.items() if value is not None})


def read_referrals(context: Context, node: Node) -> dict[str, Referral]:
    """`referrals`: a rule for the friend's side and one for the member's, on what the friend's event tells."""
    found: dict[str, Referral] = {}
    mapping = context.mapping(node, "`referrals`")
    for key, value in mapping.items if mapping else ():
        good_name(context, key, "referral")
        entries = context.entries(value, "REFERRAL")
        found[key.text] = _referral(context, key, entries)
    return found


def _referral(context: Context, key: Scalar, entries: Entries) -> Referral:
    pays = _pays(context, entries["pays_on"][1]) if "pays_on" in entries else Pays("first", "purchase")
    terms = context.terms(entries)
    view = View((pays.name,) if pays.kind == "event" else ("purchase",))
    reading = AmountReading(context, view, measured=Measured())
    gifts: dict[str, tuple[Give, ...]] = {
        side: gives(reading, entries[side][1]) for side in ("referee", "referrer") if side in entries
    }
    if not gifts and not context.lost & {"referee", "referrer"}:
        context.say(
            key, "missing", f"the referral `{key.text}` gives nobody anything", "say what `referee` and `referrer` get"
        )
    at_most = limits(LimitReading(context, view), entries["at_most"][1]) if "at_most" in entries else ()
    on_return = (
        context.word(entries["on_return"][1], choice_of("REFERRAL", "on_return"), "`on_return`")
        if "on_return" in entries
        else None
    )
    name, line = f"referrals.{key.text}", key.mark.line
    back: Literal["take back", "keep"] = "take back" if on_return == "take back" else "keep"
    friend = Trigger("event", pays.name if pays.kind == "event" else "purchase")
    index = len(context.rules)
    given = gifts.get("referee", ())
    add_rule(
        context,
        Rule(
            name,
            index,
            "referrals",
            "earn",
            line,
            terms=terms,
            on=(friend,),
            give=given,
            tell=f"friend.{key.text}",
            on_return=back,
        ),
    )
    told = (Trigger("event", f"friend.{key.text}"),)
    other = len(context.rules)
    given = gifts.get("referrer", ())
    add_rule(
        context,
        Rule(f"{name}.referrer", other, "referrals", "tell", line, terms=terms, on=told, give=given, at_most=at_most),
    )
    spent = None if pays.amount is None else int(pays.amount * 10**context.names.exponent)
    return Referral(
        key.text,
        pays.kind,
        pays.name,
        spent,
        gifts.get("referee", ()),
        given,
        at_most,
        back,
        terms,
        index,
        other,
    )


def _pays(context: Context, node: Node) -> Pays:
    read = context.form(node, read_pays, "event on which a referral pays")
    if read is None or not isinstance(node, Scalar):
        return Pays("first", "purchase")
    names = context.names
    if read.kind == "spend":
        if read.name not in names.bases:
            unknown(context, node, read.name, "base", names.bases)
    else:
        known = ("earning", *names.kinds(), *names.events, *names.fired)
        if read.name not in known:
            unknown(context, node, read.name, "event and no set of events", known)
    return read
