"""Whose account a step is on: where an account is a card, several people of a scenario may be one member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from regulars.program.model import Program
from regulars.scenarios.model import Scenario, Step

ACCOUNT = ("name", "account.id")


def on_accounts(program: Program, scenario: Scenario) -> Scenario:
    """The scenario with every person as their account, and with who it was (`person`) beside what they do."""
    column = next((name for name, sets in program.imports.items() if sets == ACCOUNT), None)
    account = {str(one["who"]): str(one[column]) for one in scenario.given if column in one} if column else {}
    if not account:
        return scenario
    given = tuple({**one, "who": account.get(str(one["who"]), one["who"])} for one in scenario.given)
    return replace(scenario, given=given, steps=tuple(_step(step, account) for step in scenario.steps))


def _step(step: Step, account: Mapping[str, str]) -> Step:
    details = {**step.details, "person": step.who} if step.who in account and step.do != "tick" else step.details
    return replace(step, who=account.get(step.who, step.who), details=details, then=_then(step.then, account))


def _then(then: Mapping[str, Any], account: Mapping[str, str]) -> dict[str, Any]:
    said = dict(then)
    if "ledger" in said:
        said["ledger"] = [
            {**one, "who": account[one["who"]]} if one.get("who") in account else one for one in said["ledger"]
        ]
    if "balances" in said:
        said["balances"] = {account.get(who, who): held for who, held in said["balances"].items()}
    return said
