"""`regulars codes`: from a pattern to a code used at a till, in sentences and as JSON."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.doors.conftest import Regulars
from tests.voucher_factory import AT, PATTERN, PROGRAM, bought

from regulars.ledger.programs import Version, publish
from regulars.program.load import load
from regulars.program.model import Program
from regulars.wiring import URL, Databases

MAKE = ("--kind", "coffee", "--pattern", PATTERN, "--count")


@pytest.fixture
def shop(database: str, monkeypatch: pytest.MonkeyPatch, regulars: Regulars) -> Regulars:
    """The command line on a database in which the program of the shop is published."""

    async def fill() -> None:
        program = load(PROGRAM, "codes-shop.yaml")
        assert isinstance(program, Program)
        async with Databases({URL: database}).open(make=True) as ledger:
            assert isinstance(await publish(ledger.pool, ledger.tenant, program), Version)

    monkeypatch.setenv(URL, database)
    asyncio.run(fill())
    return regulars


def codes_of(shop: Regulars, batch: str = "june", count: int = 3, *words: str) -> list[str]:
    assert shop("codes", "make", batch, *MAKE, count, *words).code == 0
    rows = csv.DictReader(shop("codes", "export", batch).lines)
    return [row["code"] for row in rows]


def basket(name: str = "basket.json", **body: Any) -> Path:
    path = Path(name)
    path.write_text(json.dumps(bought(**body)), encoding="utf-8")
    return path


def test_a_batch_is_made_once_and_exported_to_a_file(shop: Regulars) -> None:
    first = shop("codes", "make", "june", *MAKE, 250, "--json").json
    again = shop("codes", "make", "june", *MAKE, 250)
    assert (first["ok"], first["codes"], first["wanted"], first["pattern"]) == (True, 250, 250, PATTERN)
    assert again.code == 0
    assert "250 codes of coffee" in again.out
    ran = shop("codes", "export", "june", "--to", "june.csv", "--json")
    assert ran.json["codes"] == 250
    with Path("june.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["code"] for row in rows}) == 250
    assert list(Path().glob("*.part")) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "mine", "--pattern", PATTERN, "--count", 3), "issued: operator"),
        (("--kind", "coffee", "--pattern", "x", "--count", 3), "capitals"),
        (("--kind", "coffee", "--pattern", "#-C", "--count", 900), "guess"),
        (("--kind", "coupon", "--pattern", PATTERN, "--count", 3), "worth"),
        (("--kind", "coupon", "--worth", "5.001", "--pattern", PATTERN, "--count", 3), "decimals"),
        (("--kind", "coupon", "--worth", "x", "--pattern", PATTERN, "--count", 3), "worth"),
        (("--kind", "coffee", "--last-day", "soon", "--pattern", PATTERN, "--count", 3), "last_day"),
        (("--kind", "coffee", "--uses", 0, "--pattern", PATTERN, "--count", 3), "uses"),
    ],
)
def test_what_cannot_be_made_ends_with_a_sentence_and_nothing_is_made(
    shop: Regulars, words: tuple[object, ...], said: str
) -> None:
    ran = shop("codes", "make", "june", *words)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert shop("codes", "show", "--json").json == []


def test_other_codes_under_a_known_id_are_refused(shop: Regulars) -> None:
    codes_of(shop)
    ran = shop("codes", "make", "june", *MAKE, 4)
    assert ran.code == 1
    assert "never changed" in ran.err


def test_a_file_of_codes_goes_in_and_its_rejects_lie_beside_it(shop: Regulars) -> None:
    Path("old.csv").write_text("code,member\nHELLO-1,ann\nhello1,\n,\n", encoding="utf-8")
    ran = shop("codes", "import", "old", "old.csv", "--kind", "coffee")
    assert ran.code == 1
    assert "1 new code" in ran.out
    assert (
        Path("old.rejects.csv").read_text(encoding="utf-8").splitlines()[0] == "refusal_code,refusal_text,code,member"
    )
    answer = shop("codes", "import", "old", "old.csv", "--kind", "coffee", "--json").json
    assert (answer["new"], answer["repeated"], answer["refused"]) == (0, 1, 2)
    assert shop("codes", "import", "old", "none.csv", "--kind", "coffee").code == 2
    Path("bad.csv").write_text("colour\nred\n", encoding="utf-8")
    assert "column" in shop("codes", "import", "bad", "bad.csv", "--kind", "coffee").err


def test_a_code_is_held_used_once_and_shown_with_what_became_of_it(shop: Regulars) -> None:
    code, *_ = codes_of(shop)
    at = ("--as-of", AT)
    held = shop("codes", "hold", code.lower(), "--till", "t1", *at, "--basket", basket(), "--json").json
    assert (held["code"], held["would"]["off"]) == (code, "3.50")
    assert "t1 until 2026-03-02T10:10" in shop("codes", "hold", code, "--till", "t1", *at).out
    refused = shop("codes", "use", basket(), "--code", code, "--till", "t2", *at)
    assert refused.code == 1
    assert "till" in refused.err
    assert shop("codes", "release", code, "--till", "t2").code == 1
    assert shop("codes", "release", code, "--till", "t1", "--json").json == {"ok": True}
    used = shop("codes", "use", basket(), "--code", code, "--till", "t2", *at, "--json").json
    assert (used["used"], used["pay"], used["repeated"]) == ([code], "20.00", False)
    again = shop("codes", "use", basket(), "--code", code, "--till", "t2", *at)
    assert "recorded before" in again.out
    other = shop("codes", "use", basket(id="p2"), "--code", code, *at)
    assert (other.code, "used already" in other.err) == (1, True)
    shown = shop("codes", "show", code, "--json").json
    assert (shown["used"], shown["left"], shown["uses"][0]["event"]) == (1, 0, "p1")
    assert "till t2" in shop("codes", "show", code).out
    assert shop("verify").code == 0


def test_a_basket_is_told_which_codes_it_can_use(shop: Regulars) -> None:
    code, *_ = codes_of(shop)
    shop("codes", "make", "big", "--kind", "big", "--pattern", "BIG-####-C", "--count", 1)
    big = shop("codes", "export", "big").lines[1].partition(",")[0]
    ran = shop("codes", "qualify", basket(), "--code", code, "--code", big, "--as-of", AT)
    assert ran.code == 0
    assert [line.split()[:3] for line in ran.lines] == [[code, "yes", "3.50"], [big, "no", "The"]]
    (answer, _) = shop("codes", "qualify", basket(), "--code", code, "--code", big, "--as-of", AT, "--json").json
    assert answer == {"voucher": code, "kind": "coffee", "usable": True, "off": "3.50", "gives": {"points": "-3"}}
    assert "no voucher" in shop("codes", "qualify", basket(), "--as-of", AT).out
    assert shop("codes", "qualify", basket(lines=[]), "--as-of", AT).code == 1
    Path("broken.json").write_text("{", encoding="utf-8")
    Path("list.json").write_text("[]", encoding="utf-8")
    assert [shop("codes", "qualify", name).code for name in ("broken.json", "list.json", "none.json")] == [2, 2, 2]


def test_a_code_is_claimed_for_later_and_the_member_has_it(shop: Regulars) -> None:
    code, other, _ = codes_of(shop)
    ran = shop("codes", "claim", code, "--member", "ann", "--as-of", AT)
    assert "voucher #1, coffee until 2026-03-11" in ran.out
    assert shop("codes", "claim", code, "--member", "bob", "--as-of", AT).code == 1
    answer = shop("codes", "claim", other, "--member", "bob", "--as-of", AT, "--json").json
    assert (answer["voucher"], answer["last_day"]) == (1, "2026-03-11")
    assert "coffee" in shop("member", "ann", "--as-of", AT).out


def test_a_kiosk_prints_as_many_as_it_may(shop: Regulars) -> None:
    codes_of(shop, "june", 5, "--prints", "1", "--prints-per", "member-day")
    printed = shop("codes", "print", "june", "--member", "ann", "--as-of", AT, "--json").json["code"]
    refused = shop("codes", "print", "june", "--member", "ann", "--as-of", AT)
    assert (refused.code, "printed" in refused.err) == (1, True)
    assert shop("codes", "print", "june", "--member", "bob", "--as-of", AT).out.strip() != printed
    assert "printed_at" in shop("codes", "show", printed).out


def test_batches_are_listed_and_a_name_that_is_nothing_is_a_finding(shop: Regulars) -> None:
    assert "make" in shop("codes", "show").out
    codes_of(shop)
    codes_of(shop, "july", 2, "--shared", "--last-day", "2026-07-31")
    assert [one["batch"] for one in shop("codes", "show", "--json").json] == ["july", "june"]
    (july, june) = (shop("codes", "show", name, "--json").json for name in ("july", "june"))
    assert (july["shared"], july["last_day"], june["uses"]) == (True, "2026-07-31", 1)
    assert "june: 3 codes" in shop("codes", "show", "june").out
    for words in (("show", "NOTHING"), ("export", "none"), ("print", "none"), ("claim", "X", "--member", "ann")):
        assert shop("codes", *words).code == 1
