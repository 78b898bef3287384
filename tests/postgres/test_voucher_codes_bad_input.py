"""Whatever is sent to the flows of codes: an answer or a refusal with a code, never a mistake of ours, and nothing half written."""

from __future__ import annotations

import random
from typing import Any

from tests.ledger_factory import Shop
from tests.voucher_factory import AT, PATTERN, book, bought, made, run

from regulars.flows.voucher_batches import make_codes, print_code
from regulars.flows.vouchers import claim_code, find_batch, hold_code, look_up, qualify_basket, release_code, use_codes
from regulars.speech import codes, language
from regulars.vouchers.decide import check_terms, read_terms
from regulars.vouchers.model import Terms
from regulars.words.refusals import Refusal

ODD: list[Any] = [
    None, "", " ", "\0", "x\0y", "\ud800", "é", "x" * 5_000, 0, -1, 10**30, 1.5, True, [], ["x"], {}, {"code": "x"}, "2026-13-40", "1e9999",
    "NaN", "-3", "1/0",
]  # fmt: skip
KNOWN = {one.code for one in codes(language("en"))}


def test_whatever_a_till_sends_is_answered_or_refused_with_a_known_code(database: str) -> None:
    async def story(shop: Shop) -> None:
        (code, *_), at, poster = await made(shop), shop.moment(AT), shop.poster
        refused: list[Refusal] = []

        def note(found: object) -> None:
            if isinstance(found, Refusal):
                refused.append(found)

        for odd in ODD:
            for use in (
                odd,
                [odd],
                [{"code": odd}],
                [{"code": code, "worth": odd, "on": odd}, {"code": odd}],
                {"code": odd},
            ):
                note(await qualify_basket(poster, {**bought(), "use": use}, at, "ann", [code]))
                if use != [{"code": code}]:
                    note(await use_codes(poster, {**bought(f"u{len(refused)}"), "use": use}, at, "t1"))
            for field in ("member", "lines", "happened_at", "id", "type"):
                note(await qualify_basket(poster, {**bought(), field: odd}, at, None, [code]))
            text = odd if isinstance(odd, str) else str(odd)
            note(await claim_code(poster, text, "ann", at))
            note(await claim_code(poster, code, text, at))
            note(await hold_code(poster, text, "t1", 5, at))
            note(await hold_code(poster, code, text, 5, at))
            note(await look_up(poster, text, at))
            note(await print_code(poster, text, at))
            note(await print_code(poster, "spring", at, text))
            assert await release_code(poster, text, text) is False
            assert await find_batch(poster, text) is None
        assert {one.code for one in refused} <= KNOWN
        assert {"voucher.unknown", "event.bad_use", "voucher.unknown_batch"} <= {one.code for one in refused}
        used = await shop.pool.fetchval("select sum(used) from codes")
        assert used == await shop.pool.fetchval("select count(*) from code_uses")
        assert await shop.broken() == set()

    run(database, story)


def test_whatever_terms_are_sent_they_can_be_kept_or_are_refused(database: str) -> None:
    chance = random.Random(5)

    async def story(shop: Shop) -> None:
        kept = 0
        for number in range(150):
            raw: dict[str, Any] = {"kind": chance.choice(["coupon", "coffee"]), "pattern": PATTERN}
            for name in chance.sample([*list(Terms.__slots__)[1:], "colour"], chance.randint(0, 2)):
                raw[name] = chance.choice([*ODD, "5.00", 3, "2026-03-02", "member"])
            terms = read_terms(shop.book, raw)
            if isinstance(terms, Refusal):
                assert terms.code in KNOWN
                continue
            found = await make_codes(shop.poster, f"b{number}", terms, 1, chance.randbytes)
            assert not isinstance(found, Refusal) or found.code in KNOWN
            kept += not isinstance(found, Refusal)
        assert kept > 5

    run(database, story)


def test_terms_read_from_a_request_are_those_that_are_shown_again() -> None:
    from regulars.vouchers.decide import terms_json

    raw = {
        "kind": "coupon", "pattern": PATTERN, "worth": "5.00", "minimum": "20.00", "scope": "shoes", "first_day": "2026-03-02",
        "last_day": "2026-04-02", "shared": True, "print_most": 3, "print_per": "member_day",
    }  # fmt: skip
    terms = read_terms(book(), raw)
    assert isinstance(terms, Terms)
    assert check_terms(book(), terms) is None
    assert terms_json(book().machines[-1], terms) == raw
