"""`regulars play`: events through a program in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.doors.conftest import Regulars


def purchase(id: str, member: str = "ana", at: str = "2026-03-02T12:00", qty: int = 3, **more: Any) -> dict[str, Any]:
    lines = [{"kind": "drink", "qty": qty, "amount": 2.50 * qty}]
    return {"id": id, "type": "purchase", "member": member, "happened_at": at, "lines": lines, **more}


def written(folder: Path, *events: dict[str, Any] | str | bytes) -> Path:
    file = folder / "events.jsonl"
    lines = [
        one if isinstance(one, bytes) else (one if isinstance(one, str) else json.dumps(one)).encode() for one in events
    ]
    file.write_bytes(b"\n".join(lines) + b"\n")
    return file


def test_everybody_has_what_the_program_gives(regulars: Regulars, card: Path, tmp_path: Path) -> None:
    events = written(tmp_path, purchase("p1"), purchase("p2", "bob", qty=2), purchase("p3", at="2026-03-03T12:00"))
    ran = regulars("play", card, events, "--json")
    assert ran.code == 0
    members = {one["member"]: one for one in ran.json["members"]}
    assert members["ana"]["wallets"]["stamps"]["available"] == "6"
    assert members["bob"]["wallets"]["stamps"]["available"] == "2"
    assert ran.json["events"] == {"decided": 3, "repeated": 0, "refused": 0}


def test_for_people_wallets_vouchers_and_last_days_are_printed(regulars: Regulars, card: Path, tmp_path: Path) -> None:
    events = written(tmp_path, *(purchase(f"p{day}", at=f"2026-03-0{day}T12:00", qty=4) for day in range(2, 5)))
    ran = regulars("play", card, events)
    assert ran.code == 0
    assert "free_drink worth 5.00 until 2026-05-02" in ran.out
    assert "3 events, 1 member" in ran.out


def test_as_of_a_moment_what_happened_later_does_not_count(regulars: Regulars, card: Path, tmp_path: Path) -> None:
    events = written(
        tmp_path, purchase("p1"), purchase("p2", at="2026-03-02T12:01"), purchase("p3", "bob", "2026-03-09")
    )
    at = regulars("play", card, events, "--as-of", "2026-03-02T12:00", "--json").json
    assert [one["member"] for one in at["members"]] == ["ana"]
    assert at["members"][0]["wallets"]["stamps"]["available"] == "3"
    assert at["events"]["later"] == 2


def test_as_of_a_later_moment_what_has_lapsed_is_gone(regulars: Regulars, card: Path, tmp_path: Path) -> None:
    events = written(tmp_path, purchase("p1"))
    (before,) = regulars("play", card, events, "--as-of", "2026-09-01", "--json").json["members"]
    (after,) = regulars("play", card, events, "--as-of", "2026-09-02", "--json").json["members"]
    assert before["wallets"]["stamps"]["available"] == "3"
    assert after["wallets"]["stamps"]["available"] == "0"


def test_the_same_event_again_counts_once(regulars: Regulars, card: Path, tmp_path: Path) -> None:
    events = written(tmp_path, purchase("p1"), purchase("p1"))
    ran = regulars("play", card, events, "--json")
    assert ran.json["events"] == {"decided": 1, "repeated": 1, "refused": 0}
    assert ran.json["members"][0]["wallets"]["stamps"]["available"] == "3"


def test_what_is_refused_is_listed_with_its_line_and_the_rest_goes_in(
    regulars: Regulars, card: Path, tmp_path: Path
) -> None:
    events = written(
        tmp_path,
        purchase("p1"),
        '{"id": "p2", "type": "purch',
        "[1, 2]",
        b'{"id": "p\xff"}',
        "",
        {"id": "p6", "type": "purchase", "member": "ana", "happened_at": "2026-03-02"},
        {**purchase("p7"), "type": "moonwalk"},
        {**purchase("p8"), "happened_at": "some day"},
        {**purchase("p9"), "lines": [{"kind": "drink", "amount": -1}]},
        {**purchase("p10"), "lines": [{"kind": "drink", "amount": 0.001}]},
        {**purchase("p11"), "colour": "red"},
        purchase("p1", qty=1),
        {"id": "p13", "type": "return", "member": "ana", "happened_at": "2026-03-03", "of": "never"},
        {"id": "p14", "type": "use_perk.birthday_drink", "member": "ana", "happened_at": "2026-03-03"},
        "[" * 100_000,
        purchase("p16", "bob"),
    )
    ran = regulars("play", card, events, "--json")
    refused = {one["line"]: one for one in ran.json["refused"]}
    assert ran.code == 1
    assert sorted(refused) == [2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    assert all(one["code"] and one["text"] for one in refused.values())
    assert refused[7]["code"] == "event.unknown_type"
    assert refused[12]["code"] == "event.id_reused"
    assert refused[14]["id"] == "p14"
    assert {one["member"] for one in ran.json["members"]} == {"ana", "bob"}
    said = regulars("play", card, events)
    assert said.code == 1
    assert all(f"line {line}" in said.out for line in refused)
    assert "Traceback" not in said.out + said.err


def test_amounts_are_read_exactly(regulars: Regulars, tmp_path: Path) -> None:
    (tmp_path / "cents.yaml").write_text(
        "program: cents\nmoney: EUR\ntimezone: Europe/Madrid\nfrom: 2026-01-01\nwallets: {points: {}}\n"
        "earn: {base: {give: {points: 1 per 0.01}}}\n"
    )
    # As binary fractions these are 0.28999.. and 4.34999..
    events = written(
        tmp_path,
        *(
            f'{{"id": "p{n}", "type": "purchase", "member": "ana", "happened_at": "2026-03-02", '
            f'"lines": [{{"amount": {amount}}}]}}'
            for n, amount in enumerate(("0.29", "4.35", "1.1", "2.20"))
        ),
    )
    (ana,) = regulars("play", "cents.yaml", events, "--json").json["members"]
    assert ana["wallets"]["points"]["available"] == str(29 + 435 + 110 + 220)


def test_a_file_without_events_is_nobody(regulars: Regulars, card: Path, tmp_path: Path) -> None:
    ran = regulars("play", card, written(tmp_path), "--json")
    assert ran.code == 0
    assert ran.json["members"] == []


def test_a_moment_that_is_none_is_wrong_usage(regulars: Regulars, card: Path, tmp_path: Path) -> None:
    ran = regulars("play", card, written(tmp_path, purchase("p1")), "--as-of", "yesterday")
    assert ran.code == 2
    assert "yesterday" in ran.err


def test_what_only_the_engine_makes_is_refused_and_a_balance_from_elsewhere_goes_in(
    regulars: Regulars, card: Path, tmp_path: Path
) -> None:
    head = {"member": "ana", "happened_at": "2026-03-02T12:00"}
    tick, opening = (
        {"id": "t1", "type": "tick", **head},
        {"id": "o1", "type": "opening", "balances": {"stamps": 2}, **head},
    )
    events = written(tmp_path, tick, purchase("p/1"), opening)
    ran = regulars("play", card, events, "--json")
    assert ran.code == 1
    assert [(one["line"], one["code"]) for one in ran.json["refused"]] == [(1, "event.derived"), (2, "id.reserved")]
    assert ran.json["members"][0]["wallets"]["stamps"]["available"] == "2"
