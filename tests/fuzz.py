"""Requests by the thousand to a running service, made of its own description: by it, against it, and its examples with one thing changed.

A few hundred are made by the tests, ten thousand by `make fuzz`. No answer may be a 5xx, have a status that is not described
or a body of another shape than is described.
"""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.http_factory import purchase
from tests.served import KEY, Served

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
KNOWN = {
    "member": "ann",
    "name": "points",
    "redemption": "r1",
    "event_id": "e1",
    "program": "ledger-shop",
    "reward": "mug",
}
"""What is there: half of all requests ask for it."""
SECONDS = 30

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["", "-1", "1e400", "2026-02-30", "2026-03-02T10:00", "ann", "\0", "/", "é" * 200]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@dataclass
class Fuzzed:
    """What a run did: cases and answers by status, and what was wrong, by operation."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    operations: int = 0
    faults: dict[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The figures, for a person."""
        said = ", ".join(f"{count:,} x {status}" for status, count in sorted(self.statuses.items()))
        return [
            f"{self.cases:,} cases of {self.operations} operations: {said}",
            *(f"FAULT: {name}: {why}" for name, why in self.faults.items()),
        ]


def seeded(service: Served) -> None:
    """Lets there be something to ask for."""
    for number in range(1, 6):
        assert service.ask("POST", "/v1/events", purchase(f"e{number}"))[0] == 200
    asked = {"id": KNOWN["redemption"], "reward": KNOWN["reward"], "reserve": True}
    assert service.ask("POST", f"/v1/members/{KNOWN['member']}/redemptions", asked)[0] == 200


def fuzz(
    port: int, cases: int, number: int, say: Callable[[str], None] = lambda _: None, only: str = "", but: str = ""
) -> Fuzzed:
    """What came of so many requests, shared out among all operations. `only` is one path; of `but`, a status, the description says
    nothing then, to show that an answer with it is noticed.
    """
    url = f"http://127.0.0.1:{port}"
    session = requests.Session()
    session.headers["authorization"] = f"Bearer {KEY}"
    described = session.get(f"{url}/openapi.json", timeout=SECONDS).json()
    for path in described["paths"].values():
        for operation in path.values():
            operation["responses"].pop(but, None)
    if only:
        described["paths"] = {only: described["paths"][only]}
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=url)
    operations = [found.ok() for found in schema.get_all_operations()]
    done = Fuzzed(operations=len(operations))
    each = math.ceil(cases / len(operations))
    for operation in operations:
        _one(session, operation, each, number, done)
        say(f"{operation.label}: {done.cases:,} cases, {len(done.faults)} faults")
    session.close()
    return done


def _one(session: requests.Session, operation: Any, each: int, number: int, done: Fuzzed) -> None:
    example = _example(operation)
    by_it = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    against = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @seed(number)
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=by_it | against, known=st.booleans(), like=st.booleans(), data=st.data())
    def ask(case: Case, known: bool, like: bool, data: st.DataObject) -> None:
        if known:
            case.path_parameters.update({name: KNOWN[name] for name in case.path_parameters if name in KNOWN})
            case.headers.pop("Regulars-Program", None)
        if like and example and isinstance(example, dict):
            case.body = data.draw(changed(example))
            case.media_type = "application/json"
        _asked(session, case, done)

    ask()


def _asked(session: requests.Session, case: Case, done: Fuzzed) -> None:
    label = case.operation.label
    response = case.call(session=session, timeout=SECONDS)
    done.cases += 1
    done.statuses[response.status_code] += 1
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        why = "; ".join(" ".join(str(one).split()) for one in group.exceptions)
        done.faults.setdefault(label, f"{why[:700]} [{case.as_curl_command()[:500]}]")


def changed(example: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The example with one of its parts, however deep, something else, or gone, or as it is."""

    def put(path: tuple[Any, ...], value: Any, how: str) -> dict[str, Any]:
        made = copy.deepcopy(example)
        inner: Any = made
        for step in path[:-1]:
            inner = inner[step]
        if how == "gone":
            del inner[path[-1]]
        elif how == "other":
            inner[path[-1]] = value
        return made

    return st.builds(put, st.sampled_from(_paths(example)), anything, st.sampled_from(["as it is", "gone", "other"]))


def _paths(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for name, part in inside for path in [(*above, name), *_paths(part, (*above, name))]]


def _example(operation: Any) -> Any:
    content = operation.definition.raw.get("requestBody", {}).get("content", {})
    return next((one["example"] for one in content.values() if "example" in one), None)
