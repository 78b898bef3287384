"""Two people for what one should not do alone: goodwill above a limit, and publishing a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from regulars.words.refusals import Refusal

Subject = str
Verdict = Literal["alone", "approved"]


@dataclass(frozen=True, slots=True)
class FourEyes:
    """When a second person is asked: goodwill of more than so many units of a wallet, and publishing.

    A wallet that is not named takes `goodwill_other`; None: no amount needs a second person.
    """

    publishing: bool = True
    goodwill: Mapping[str, int] = field(default_factory=dict)
    goodwill_other: int | None = None


@dataclass(frozen=True, slots=True)
class Goodwill:
    """Units of a wallet, given (above zero) or taken by staff."""

    wallet: str
    amount: int


@dataclass(frozen=True, slots=True)
class Publishing:
    """A version of a program, by the checksum of its text: an approval holds for what was looked at, and nothing else."""

    program: str
    sha256: str


Act = Goodwill | Publishing


@dataclass(frozen=True, slots=True)
class Approval:
    """That somebody has looked at an act and agreed to it."""

    by: Subject
    act: Act


def needs_second(rule: FourEyes, act: Act, already: int = 0) -> bool:
    """Whether an act takes two people; `already` is what the same person gave the same member of the wallet that day,
    so that a limit is not passed in small steps.
    """
    if isinstance(act, Publishing):
        return rule.publishing
    limit = rule.goodwill.get(act.wallet, rule.goodwill_other)
    return limit is not None and abs(act.amount) + already > limit


def judge(
    rule: FourEyes, act: Act, asked_by: Subject, approval: Approval | None, already: int = 0
) -> Verdict | Refusal:
    """Whether an act may be done: by whoever asked alone, or since somebody else approved just this act.

    Refused are `four_eyes.needed` when nobody has, `four_eyes.same_person` when the same person did, and
    `four_eyes.other_act` when something else was approved.
    """
    if not needs_second(rule, act, already):
        return "alone"
    if approval is None:
        return Refusal("four_eyes.needed", "A second person has to approve this.")
    if approval.act != act:
        return Refusal("four_eyes.other_act", "What was approved is not this.")
    if approval.by == asked_by:
        return Refusal("four_eyes.same_person", "Whoever asked cannot approve as well.")
    return "approved"
