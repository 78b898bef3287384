"""Codes in bulk, in PostgreSQL: exactly as many as asked for, each once, gone on with when cut short; files, exports, prints."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from typing import Any

import pytest
from tests.ledger_factory import Shop
from tests.voucher_factory import AT, bought, chance, code_of, made, run, terms, use_of

from regulars.flows import voucher_batches
from regulars.flows.voucher_batches import Imported, export_codes, import_codes, make_codes, print_code
from regulars.flows.vouchers import CodesUsed, use_codes
from regulars.vouchers.model import Batch
from regulars.vouchers.patterns import check_of
from regulars.vouchers.statements import sql
from regulars.words.refusals import Refusal


async def stored(shop: Shop, batch: Batch) -> int:
    found = await shop.pool.fetchval("select count(*) from codes where batch = $1", batch.no)
    return int(found)


def test_a_batch_has_exactly_as_many_codes_as_asked_for_and_sent_again_it_is_the_same_batch(database: str) -> None:
    async def story(shop: Shop) -> None:
        seen: list[int] = []
        first = await make_codes(shop.poster, "b", terms(), 50_000, chance(), lambda done, _of: seen.append(done))
        assert isinstance(first, Batch)
        again = await make_codes(shop.poster, "b", terms(), 50_000, chance(2))
        assert again == first
        assert await stored(shop, first) == first.stored == 50_000
        assert seen == sorted(seen)
        assert seen[-1] == 50_000

    run(database, story)


def test_a_batch_that_was_cut_short_goes_on(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut(Exception):
        pass

    def cut(done: int, _of: int | None) -> None:
        if done >= 200:
            raise Cut

    async def story(shop: Shop) -> None:
        monkeypatch.setattr(voucher_batches, "CHUNK", 100)
        with pytest.raises(Cut):
            await make_codes(shop.poster, "b", terms(), 500, chance(), cut)
        before = {row["key"] for row in await shop.pool.fetch("select key from codes")}
        assert 0 < len(before) < 500
        done = await make_codes(shop.poster, "b", terms(), 500, chance(3))
        assert isinstance(done, Batch)
        assert (done.stored, await stored(shop, done)) == (500, 500)
        assert before <= {row["key"] for row in await shop.pool.fetch("select key from codes")}

    run(database, story)


def test_the_same_batch_sent_by_several_at_once_is_one_batch(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(shop: Shop) -> None:
        monkeypatch.setattr(voucher_batches, "CHUNK", 100)
        found = await asyncio.gather(*(make_codes(shop.poster, "b", terms(), 1_000, chance(n)) for n in range(4)))
        assert len({one.no for one in found if isinstance(one, Batch)}) == 1
        assert isinstance(found[0], Batch)
        assert await stored(shop, found[0]) == 1_000

    run(database, story)


def test_codes_that_chance_makes_twice_are_kept_once_and_made_up_for(database: str) -> None:
    async def story(shop: Shop) -> None:
        # The same chance twice: every code of the second batch was in the first.
        first = await make_codes(shop.poster, "one", terms(), 300, chance(9))
        drawn = chance(9)
        second = await make_codes(shop.poster, "two", terms(), 200, drawn)
        assert isinstance(first, Batch)
        assert isinstance(second, Batch)
        assert (await stored(shop, first), await stored(shop, second)) == (300, 200)

    run(database, story)


def test_other_codes_under_the_same_id_and_terms_that_do_not_fit_are_refused(database: str) -> None:
    async def story(shop: Shop) -> None:
        await made(shop, "b", 3)

        async def refused(batch: str, count: int = 3, **others: Any) -> str:
            return code_of(await make_codes(shop.poster, batch, terms(**others), count, chance()))

        assert await refused("b", 4) == "voucher.batch_reused"
        assert await refused("b", uses=2) == "voucher.batch_reused"
        assert await refused("c", 1_000, pattern="##-C") == "voucher.pattern_too_small"
        assert await refused("c", pattern=None) == "voucher.bad_pattern"
        assert await refused("c", kind="mine") == "voucher.unknown_kind"
        assert await refused("c", 0) == "voucher.bad_terms"
        assert await refused("") == "id.empty"

    run(database, story)


def test_an_export_has_every_code_in_order_with_what_became_of_it(database: str) -> None:
    async def story(shop: Shop) -> None:
        codes = await made(shop, count=5)
        used = await use_codes(shop.poster, bought(use=use_of(codes[2])), shop.moment(AT))
        assert isinstance(used, CodesUsed)
        rows = [row async for row in export_codes(shop.poster, "spring")]
        assert [row.code for row in rows] == codes
        assert [row.used for row in rows] == [0, 0, 1, 0, 0]
        assert [row async for row in export_codes(shop.poster, "none")] == []

    run(database, story)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def rejected(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["refusal_code"], row["code"]) for row in csv.DictReader(file)]


def good(free: str) -> str:
    return f"OLD-{free}-{check_of(free)}"


def imported(found: Imported | Refusal) -> Imported:
    assert isinstance(found, Imported), found
    return found


def test_codes_from_a_file_are_kept_and_what_is_none_is_rejected_with_why(database: str, tmp_path: Path) -> None:
    fine, other, bound = good("2345"), good("6789"), good("ABCD")
    wrong = fine[:-1] + ("2" if fine[-1] != "2" else "3")
    text = (
        f"code,member,worth\n{fine},,\n{other},,7.50\n{bound},bob,\n{fine.lower()},,\n,,\n{wrong},,\nHELLO,,\n"
        f"{good('WXYZ')},,much\n{good('2222')}\n"
    )

    async def story(shop: Shop) -> None:
        file, rejects = written(tmp_path / "old.csv", text), tmp_path / "old.rejects.csv"
        given = terms("coupon", "OLD-####-C", worth=500)
        found = imported(await import_codes(shop.poster, "old", given, file, rejects))
        assert (found.new, found.repeated, found.refused, found.rejects) == (3, 0, 6, rejects)
        assert [code for code, _ in rejected(rejects)] == [
            "voucher.duplicate", "voucher.empty", "voucher.bad_check", "voucher.bad_form", "voucher.bad_terms",
            "import.bad_row",
        ]  # fmt: skip
        again = imported(await import_codes(shop.poster, "old", given, file, tmp_path / "again.csv"))
        assert (again.new, again.repeated, again.refused) == (0, 3, 6)
        mended = written(rejects, rejects.read_text().replace("HELLO", good("NEWS")))
        third = imported(await import_codes(shop.poster, "old", given, mended, tmp_path / "third.csv"))
        assert (third.new, third.refused, third.batch.stored) == (1, 5, 4)
        paid = await use_codes(shop.poster, bought(use=use_of(other)), shop.moment(AT))
        assert isinstance(paid, CodesUsed)
        assert paid.outcome.receipt is not None
        assert paid.outcome.receipt.pay == 1600
        taken = await use_codes(shop.poster, bought("p2", use=use_of(bound)), shop.moment(AT))
        assert code_of(taken) == "voucher.other_member"

    run(database, story)


def test_a_mended_rejects_file_may_be_read_and_written_under_the_same_name(database: str, tmp_path: Path) -> None:
    async def story(shop: Shop) -> None:
        file = written(tmp_path / "old.csv", "code\nA 1\n\nB 2\na-1\n")
        rejects = tmp_path / "old.rejects.csv"
        given = terms(pattern=None)
        imported(await import_codes(shop.poster, "old", given, file, rejects))
        assert rejected(rejects) == [("voucher.duplicate", "a-1")]
        found = imported(await import_codes(shop.poster, "old", given, rejects, rejects))
        assert (found.new, found.refused) == (0, 1)
        assert rejected(rejects) == [("voucher.duplicate", "a-1")]

    run(database, story)


@pytest.mark.parametrize("header", ["", "name", "code,colour", "code,code"])
def test_a_file_with_other_columns_is_refused(database: str, tmp_path: Path, header: str) -> None:
    async def story(shop: Shop) -> None:
        file = written(tmp_path / "x.csv", f"{header}\n1,2\n")
        refusal = await import_codes(shop.poster, "x", terms(pattern=None), file, tmp_path / "r.csv")
        assert code_of(refusal) == "voucher.bad_columns"

    run(database, story)


async def printed(shop: Shop, member: str | None = None, at: str = AT) -> str:
    found = await print_code(shop.poster, "spring", shop.moment(at), member)
    return found.code if isinstance(found, Refusal) else "printed"


def test_prints_have_a_limit_by_member_and_day(database: str) -> None:
    async def story(shop: Shop) -> None:
        await made(shop, count=20, print_most=2, print_per="member_day")
        assert await printed(shop) == "voucher.member_needed"
        assert [await printed(shop, "ann") for _ in range(3)] == ["printed", "printed", "voucher.print_limit"]
        assert await printed(shop, "bob") == "printed"
        # Midnight is that of the program's zone.
        assert await printed(shop, "ann", "2026-03-02T23:59") == "voucher.print_limit"
        assert await printed(shop, "ann", "2026-03-03T00:00") == "printed"

    run(database, story)


def test_many_kiosks_at_once_print_each_code_once_and_no_more_than_the_limit(database: str) -> None:
    async def story(shop: Shop) -> None:
        await made(shop, count=20, print_most=7)
        found = await asyncio.gather(*(print_code(shop.poster, "spring", shop.moment(AT)) for _ in range(12)))
        codes = [one for one in found if isinstance(one, str)]
        assert len(codes) == len(set(codes)) == 7
        assert {code_of(one) for one in found if isinstance(one, Refusal)} == {"voucher.print_limit"}

    run(database, story)


def test_a_code_printed_for_a_member_is_theirs_and_the_last_one_is_the_last(database: str) -> None:
    async def story(shop: Shop) -> None:
        codes = await made(shop, count=2)
        await shop.pool.execute("update codes set member = 'ann' where code = $1", codes[1])
        at = shop.moment(AT)
        assert await print_code(shop.poster, "spring", at, "ann") == codes[1]
        assert await print_code(shop.poster, "spring", at, "bob") == codes[0]
        assert code_of(await print_code(shop.poster, "spring", at, "bob")) == "voucher.none_left"
        assert code_of(await print_code(shop.poster, "none", at)) == "voucher.unknown_batch"
        used = await use_codes(shop.poster, bought(member="ann", use=use_of(codes[0])), at)
        assert code_of(used) == "voucher.other_member"

    run(database, story)


def test_a_print_that_finds_no_code_is_not_counted(database: str) -> None:
    async def story(shop: Shop) -> None:
        await made(shop, count=1, print_most=3)
        assert [await printed(shop) for _ in range(3)] == ["printed", "voucher.none_left", "voucher.none_left"]
        assert await shop.pool.fetchval("select printed from code_prints") == 1

    run(database, story)


def test_every_statement_of_the_room_is_one_that_the_server_takes(database: str) -> None:
    async def story(shop: Shop) -> None:
        async with shop.pool.acquire() as connection, connection.transaction():
            await connection.execute(sql.incoming)
            for name in sql:
                if name != "incoming":
                    await connection.prepare(sql[name], name=name)

    run(database, story)


def test_every_table_of_the_room_has_its_tenant_at_the_head_of_its_key(database: str) -> None:
    async def story(shop: Shop) -> None:
        keys = await shop.pool.fetch(
            "select pg_get_constraintdef(oid) as key from pg_constraint "
            "where contype = 'p' and (conrelid::regclass::text like 'code%')"
        )
        assert len(keys) == 5
        assert [row["key"] for row in keys if not row["key"].startswith("PRIMARY KEY (tenant, program, ")] == []

    run(database, story)
