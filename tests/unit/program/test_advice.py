"""Advice on a program: what is certain from the file is said where it stands, and a program that is well made is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.engine.book import Book
from regulars.program.advice import Advice, advise
from regulars.program.advice.ranges import Conditions
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation import Memory
from regulars.speech.advice import TABLES, advice_text
from regulars.speech.language import LANGUAGES, language

GALLERY = Path(__file__).parents[3] / "programs"
HEAD = """\
program: shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: [drink, food, gift], qty: count = 1}
  purchase: {channel: [store, web], pieces: count = 0, by_app: bool = false}
  activity.app: {times: count = 1}
  stay: {price: money}
base: {spend: {except: line.kind == 'gift'}}
wallets: {points: {lasts: 12 months}, medals: {counts: points}}
rewards: {mug: {cost: 10 points, item: mug}}
"""


def program_of(text: str) -> Program:
    program = load(HEAD + text)
    assert isinstance(program, Program), list(program)
    return program


def codes(text: str) -> list[str]:
    return [one.code for one in advise(program_of(text))]


GIVING = "z: {give: {points: 1 per 1.00}}"


def rules(*lines: str) -> str:
    return "earn:\n" + "".join(f"  {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("a: {open: from 2025-03-01 through 2025-04-01, give: {points: 1}}", "never.over"),
        ("a: {from: 2026-05-01, open: through 2026-04-30, give: {points: 1}}", "never.over"),
        ("a: {when: purchase.pieces > 5 && purchase.pieces < 3, give: {points: 1}}", "never.condition"),
        ("a: {when: purchase.pieces > 5 && purchase.pieces <= 5, give: {points: 1}}", "never.condition"),
        ("a: {lines: line.kind == 'gift', give: {points: 1 per 1.00}}", "never.condition"),
        ("a: {when: \"purchase.channel in ['web']\", unless: purchase.channel == 'web', give: {points: 1}}", "never.condition"),
        ("a: {when: purchase.by_app && purchase.pieces > 1, unless: purchase.by_app, give: {points: 1}}", "never.condition"),
        ("a: {when: (purchase.pieces == 1 || purchase.pieces == 2) && purchase.pieces > 2, give: {points: 1}}", "never.condition"),
        ("a: {on: reach.status, give: {points: 1}}", "never.event"),
        ("a: {at_most: never, give: {points: 1}}", "never.limit"),
        ("a: {give: {points: 0 per 1.00}}", "never.nothing"),
    ],
)  # fmt: skip
def test_a_rule_that_can_never_fire_is_named_where_it_stands(rule: str, code: str) -> None:
    found = advise(program_of(rules("base: {give: {points: 1 per 1.00}}", rule)), "shop.yaml")
    assert [one.code for one in found] == [code]
    assert found[0].values["rule"] == "earn.a"
    assert (found[0].line, found[0].file) == (15, "shop.yaml")


@pytest.mark.parametrize(
    "rule",
    [
        "a: {open: from 2025-03-01 through 2026-04-01, give: {points: 1}}",
        "a: {open: through 2026-01-01, give: {points: 1}}",
        "a: {when: purchase.pieces > 5 && purchase.pieces < 7, give: {points: 1}}",
        "a: {when: purchase.pieces >= 5 && purchase.pieces <= 5, give: {points: 1}}",
        "a: {lines: line.kind != 'food', give: {points: 1 per 1.00}}",
        "a: {when: purchase.pieces == 1 || purchase.pieces > 2, give: {points: 1}}",
        "a: {when: \"purchase.channel in ['web', 'store']\", unless: purchase.channel == 'web', give: {points: 1}}",
        "a: {multiply: {base: 2}}",
        "a: {top_up: {base: 2 per 1.00}}",
        "a: {on: stay, of: stay.price, give: {points: 1 per 1.00}}",
        "a: {on: stay, give: {points: 5}}",
        "a: {on: join, give: {points: 5}}",
        "a: {on: birthday, give: {points: 5}}",
        "a: {on: activity.app, give: {medals: 1}}",
        "a: {on: activity.app, give: {points: 1}, at_most: once per day}",
        "a: {on: activity.app, when: since(last.activity) > days(7), give: {points: 1}}",
    ],
)
def test_a_rule_that_can_fire_and_has_an_end_is_left_alone(rule: str) -> None:
    text = rules("base: {give: {points: 1 per 1.00}}", rule) + "events: {activity: [activity.app]}\n"
    assert codes(text) == []


def test_multiplying_by_one_and_topping_up_to_less_give_nothing() -> None:
    base = "base: {give: {points: 2 per 1.00}}"
    assert codes(rules(base, "a: {multiply: {base: 1}}")) == ["never.nothing"]
    assert codes(rules(base, "a: {top_up: {base: 2 per 1.00}}")) == ["never.nothing"]


def test_a_rule_that_another_stands_in_for_wherever_it_fires_is_shadowed() -> None:
    always = rules("a: {give: {points: 2}, instead_of: b}", "b: {when: purchase.by_app, give: {points: 1}}")
    assert codes(always) == ["shadowed.instead"]
    sometimes = rules("a: {when: purchase.by_app, give: {points: 2}, instead_of: b}", "b: {give: {points: 1}}")
    assert codes(sometimes) == []


def test_what_stands_in_with_nothing_to_give_shadows_nothing() -> None:
    text = rules("a: {give: {points: 1 per 100.00}, instead_of: b}", "b: {when: purchase.by_app, give: {points: 1}}")
    assert codes(text) == []


def test_of_a_group_of_which_the_best_counts_one_that_is_never_more_is_shadowed() -> None:
    two = (
        "a: {best_of: g, give: {points: 3 per 1.00}}",
        "b: {best_of: g, when: purchase.by_app, give: {points: 2 per 1.00}}",
    )
    assert codes(rules(*two)) == ["shadowed.best"]
    replaced = "c: {when: purchase.by_app, give: {points: 1}, instead_of: a}"
    assert codes(rules(*two, replaced)) == []


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("earn: {a: {on: activity.app, give: {points: 5}}}\n", "unbounded.activity", (13, 30)),
        ("earn: {a: {on: activity.app, give: {points: 5 per activity.times}}}\n", "unbounded.activity", (13, 30)),
        ("earn: {b: {give: {points: 1 per 1.00}}, a: {multiply: {b: = purchase.pieces}}}\n", "unbounded.multiplier", (13, 45)),
        ("vouchers: {free: {free: 1}}\n", "unbounded.voucher", (16, 12)),
        ("referrals: {friend: {pays_on: first join, referrer: {points: 5}}}\n", "unbounded.referral", (16, 13)),
    ],
)  # fmt: skip
def test_a_promise_without_an_end_is_named_where_it_is_made(text: str, code: str, place: tuple[int, int]) -> None:
    vouchers = "" if "vouchers" in text else "vouchers: {free: {free: 1, lasts: 3 days}}\n"
    filled = text if text.startswith("earn") else rules(GIVING, "a: {give: {free: 1}}") + text + vouchers
    found = [one for one in advise(program_of(filled)) if one.code == code]
    assert [(one.line, one.column) for one in found] == [place]


def test_a_voucher_that_is_meant_to_last_for_ever_says_so_and_a_gift_card_need_not() -> None:
    give = rules(GIVING, "a: {give: {free: 1}}")
    assert codes(f"{give}vouchers: {{free: {{free: 1, lasts: never}}}}\n") == []
    assert codes(f"{give}vouchers: {{free: {{off: given, surplus: kept}}}}\n".replace("free: 1", "free: 1.00")) == []
    assert codes("earn: {a: {give: {points: 1 per 1.00}}}\nvouchers: {mailed: {off: given, issued: operator}}\n") == []


def test_a_level_without_a_way_to_it_and_a_reward_above_the_ceiling_are_named() -> None:
    levels = "tiers: {status: {of: points, levels: {member: {}, gold: {at: 100}, top: {}}}}\n"
    assert codes(rules("a: {give: {points: 1 per 1.00}}") + levels) == ["reach.level"]
    given = rules("a: {give: {points: 1 per 1.00}}", "b: {on: stay, give: {status: top}}")
    assert codes(given + levels) == []
    low = (HEAD + rules("a: {give: {points: 1 per 1.00}}")).replace("lasts: 12 months", "ceiling: 9")
    program = load(low)
    assert isinstance(program, Program)
    assert [one.code for one in advise(program)] == ["reach.ceiling"]


def test_units_whose_limits_never_let_enough_live_at_once_lapse_too_soon() -> None:
    text = (HEAD + rules("a: {give: {points: 1}, at_most: once per month}")).replace("12 months", "2 months")
    program = load(text)
    assert isinstance(program, Program)
    (found,) = advise(program)
    assert found.code == "reach.lapse"
    # Two months touch three, or four months at most; a life that goes on with each purchase says nothing.
    moving = load(text.replace("2 months", "2 months after last purchase"))
    assert isinstance(moving, Program)
    assert advise(moving) == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_piece_of_advice_can_be_said_in_every_language(tag: str) -> None:
    speaking = language(tag)
    assert set(TABLES[speaking.locale.language]) == set(TABLES["en"])
    program = program_of(rules("a: {on: activity.app, give: {points: 5}}"))
    (found,) = advise(program)
    said = advice_text(program, found, speaking)
    assert "earn.a" in said.sentence
    assert "{" not in said.sentence + said.hint


SAID_OF_THE_GALLERY = {
    # Whoever reports a draw gives a pair of shoes: nothing in the file says how many draws a season has.
    # Their printed terms limit neither the bags nor the textiles that are brought back.
    "h-and-m-member": ["unbounded.activity earn.bag", "unbounded.activity earn.recycle"],
    # Nothing in the terms says how many registries or events there may be; the welcome voucher names no last day.
    "ikea-family": [
        "unbounded.activity earn.registry",
        "unbounded.activity earn.event",
        "unbounded.voucher first_store",
    ],
    # The terms give codes for free express delivery with each level, and say of none when it lapses.
    "net-a-porter-eip": ["unbounded.voucher express_code"],
    # Notes are money off, and the terms that the case quotes print no last day.
    "nordstrom-nordy-club": ["unbounded.voucher note"],
    # What a milestone brings has no last day in the clauses that the case quotes.
    "world-of-hyatt": ["unbounded.voucher milestone", "unbounded.voucher free_night", "unbounded.voucher pick_30"],
}


def _said(one: Advice) -> str:
    return f"{one.code} {one.values.get('rule') or one.values.get('voucher')}"


@pytest.mark.parametrize(
    "file", sorted(path for path in GALLERY.glob("*.yaml") if ".scenarios." not in path.name), ids=lambda path: path.stem
)  # fmt: skip
def test_a_program_of_the_gallery_gets_the_advice_that_its_terms_deserve_and_no_other(file: Path) -> None:
    program = load(file.read_text(encoding="utf-8"), str(file))
    assert isinstance(program, Program)
    assert [_said(one) for one in advise(program)] == SAID_OF_THE_GALLERY.get(file.stem, [])


comparisons = st.one_of(
    st.builds(
        lambda sign, n: f"purchase.pieces {sign} {n}",
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.integers(0, 3),
    ),
    st.sampled_from(
        ["purchase.by_app", "!purchase.by_app", "purchase.channel == 'web'", "purchase.channel in ['web', 'store']"]
    ),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(lambda a, b, sign: f"({a}) {sign} ({b})", inner, inner, st.sampled_from(["&&", "||"])),
        st.builds(lambda a: f"!({a})", inner),
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(conditions, st.integers(0, 4), st.booleans(), st.sampled_from(["store", "web"]))
def test_a_condition_that_holds_for_some_purchase_is_never_called_impossible(
    condition: str, pieces: int, by_app: bool, channel: str
) -> None:
    program = load(HEAD + f'earn:\n  a:\n    when: "{condition}"\n    give: {{points: 1}}\n')
    if not isinstance(program, Program):
        # The check of the file itself may have found it impossible already.
        assert {one.code for one in program} == {"never"}
        return
    memory = Memory(Book([program]))
    said = memory.post({
        "id": "e", "type": "purchase", "member": "ann", "happened_at": "2026-02-01", "lines": [{"kind": "food", "amount": "5.00"}],
        "pieces": pieces, "by_app": by_app, "channel": channel,
    })  # fmt: skip
    rule = program.rules[[one.name for one in program.rules].index("earn.a")]
    conditions_of = Conditions(program)
    if getattr(said, "movements", ()):
        assert not conditions_of.clash([conditions_of.cases(rule.when)])
