"""Judgements of access, without store, clock or chance: the moment is an argument."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from regulars.access.model import MEMBER, PERMISSIONS, Actor, Key, P, Permit, Staff
from regulars.words.moments import MINUTE, Moment
from regulars.words.refusals import Refusal

FREE_FAILURES: Final = 5
"""Wrong passwords in a row before an account rests."""
LONGEST_REST: Final = 60 * MINUTE


def permit(actor: Actor, wanted: P) -> Permit[P] | Refusal:
    """That the actor may do it, or `access.scope`."""
    if wanted in actor.permissions:
        return Permit(actor, wanted)
    return Refusal("access.scope", f"This needs the scope `{wanted}`.", values=(("scope", wanted),))


def usable(key: Key, now: Moment) -> Refusal | None:
    """Nothing when the key opens at this moment; else `access.revoked` or `access.expired`."""
    if key.revoked_at is not None and key.revoked_at <= now:
        return Refusal("access.revoked", "This key was revoked.")
    if key.expires_at is not None and key.expires_at <= now:
        return Refusal("access.expired", "This key has expired.")
    return None


def within(actor: Actor, program: str | None) -> Refusal | None:
    """Nothing when the actor's rights reach as far: who is narrowed to a program gives and changes nothing beyond it."""
    if actor.program is None or actor.program == program:
        return None
    return Refusal("access.other_program", "This key is for another program.", values=(("program", actor.program),))


def grantable(actor: Actor, scopes: Collection[str]) -> Refusal | None:
    """Nothing when the actor may give these scopes away: they exist, and are the actor's own."""
    if not scopes:
        return Refusal("access.no_scope", "A key has at least one scope.", pointer="/scopes")
    unknown = sorted(set(scopes) - PERMISSIONS)
    if unknown:
        values = (("scope", unknown[0]),)
        return Refusal("access.unknown_scope", f"There is no scope {unknown[0]}.", pointer="/scopes", values=values)
    beyond = sorted(set(scopes) - actor.permissions)
    if beyond:
        values = (("scope", beyond[0]),)
        return Refusal("access.beyond_own", f"You do not have {beyond[0]} yourself.", pointer="/scopes", values=values)
    return None


def member_scopes(actor: Actor, scopes: Collection[str]) -> Refusal | None:
    """Nothing when a member's token may carry these scopes and the actor has them too."""
    refusal = grantable(actor, scopes)
    beyond = sorted(set(scopes) - MEMBER)
    if refusal is None and beyond:
        values = (("scope", beyond[0]),)
        text = f"A member's token cannot carry {beyond[0]}."
        return Refusal("access.not_for_members", text, pointer="/scopes", values=values)
    return refusal


def overlap_end(key: Key, now: Moment, overlap: int) -> Moment:
    """When a key that is being replaced ends: after the overlap (microseconds), never later than it would have."""
    end = now + overlap
    return end if key.expires_at is None else min(end, key.expires_at)


def rest(failures: int) -> int:
    """How long, in microseconds, an account rests after so many wrong passwords in a row: doubling, an hour at most."""
    if failures < FREE_FAILURES:
        return 0
    return min(MINUTE << min(failures - FREE_FAILURES, 10), LONGEST_REST)


def may_sign_in(staff: Staff, now: Moment) -> Refusal | None:
    """Nothing when the account takes a password now; else `access.resting`."""
    if staff.locked_until is not None and now < staff.locked_until:
        seconds = -(-(staff.locked_until - now) // 1_000_000)
        return Refusal("access.resting", "Too many wrong passwords: wait.", values=(("seconds", seconds),))
    return None


def may_change_role(staff: Staff, owners: int) -> Refusal | None:
    """Nothing unless the last owner who can sign in would cease to be one: `access.last_owner`."""
    if staff.role == "owner" and staff.disabled_at is None and owners <= 1:
        return Refusal("access.last_owner", "Somebody has to remain owner.")
    return None
