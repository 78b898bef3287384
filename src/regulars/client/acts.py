"""What members ask for by name, and what staff does with a reason. `facts` are what the program declares of such an event."""

from __future__ import annotations

from typing import Any

from regulars.client.answers import Receipt
from regulars.client.call import Call, Method, Moment, at
from regulars.client.events import asked


class Acts:
    """Benefits, conversions, choices, plans, recurring orders, referrals, corrections."""

    @Method
    def use_benefit(
        self,
        /,
        member: str,
        name: str,
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
        **facts: Any,
    ) -> Call[Receipt]:
        """Uses a benefit."""
        return asked(at("members", member, "benefits", name, "use"), {}, facts, id, happened_at, dry_run)

    @Method
    def convert(
        self,
        /,
        member: str,
        name: str,
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
        **facts: Any,
    ) -> Call[Receipt]:
        """Converts units into others."""
        return asked(at("members", member, "conversions", name), {}, facts, id, happened_at, dry_run)

    @Method
    def choose(
        self,
        /,
        member: str,
        name: str,
        option: Any,
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        **facts: Any,
    ) -> Call[Receipt]:
        """Chooses one of the options, a day, a share."""
        return asked(at("members", member, "choices", name), {"option": option}, facts, id, happened_at, dry_run=False)

    @Method
    def plan(
        self,
        /,
        member: str,
        name: str,
        act: str,
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
        **facts: Any,
    ) -> Call[Receipt]:
        """Does one of these with a plan: `subscribe`, `renew`, `cancel`, `upgrade`, `downgrade`, `charge_failed`. A recurring order begins
        and ends by `subscribe` and `cancel` too.
        """
        return asked(at("members", member, "plans", name, act), {}, facts, id, happened_at, dry_run)

    @Method
    def subscription(
        self,
        /,
        member: str,
        name: str,
        act: str,
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
        **facts: Any,
    ) -> Call[Receipt]:
        """Does one of these with a recurring order: `skip`, `reschedule`, `ship`."""
        return asked(at("members", member, "subscriptions", name, act), {}, facts, id, happened_at, dry_run)

    @Method
    def refer(
        self, /, member: str, friend: str, *, id: str | None = None, happened_at: Moment | None = None, **facts: Any
    ) -> Call[Receipt]:
        """Says whom a member invites. That a friend came by them is said with the friend's own `join`, as `referred_by`."""
        return asked(at("members", member, "referrals"), {"friend": friend}, facts, id, happened_at, dry_run=False)

    @Method
    def goodwill(
        self,
        member: str,
        wallet: str,
        amount: int | str,
        reason: str,
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
    ) -> Call[Receipt]:
        """Gives units of a wallet as a courtesy; with a negative amount they are taken."""
        given = {"wallet": wallet, "amount": amount, "reason": reason}
        return asked(at("members", member, "goodwill"), given, {}, id, happened_at, dry_run)

    @Method
    def reverse(
        self,
        member: str,
        of: str,
        reason: str,
        *,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
    ) -> Call[Receipt]:
        """Takes an event back: what it gave is taken, what it took is given back."""
        return asked(at("members", member, "reversals"), {"of": of, "reason": reason}, {}, id, happened_at, dry_run)

    @Method
    def set_level(
        self,
        member: str,
        ladder: str,
        level: str,
        reason: str,
        *,
        until: str | None = None,
        id: str | None = None,
        happened_at: Moment | None = None,
        dry_run: bool = False,
    ) -> Call[Receipt]:
        """Sets a member's level, until a last day or for the ladder's own term."""
        given = {"level": level, "until": until, "reason": reason}
        return asked(at("members", member, "tiers", ladder), given, {}, id, happened_at, dry_run)
