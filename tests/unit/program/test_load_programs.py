"""The programs that are shipped load, and sections become rules of one shape."""

import json
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest

from regulars.program.forms.tree import Life, Number, Of, Point, Span, Trigger
from regulars.program.keys import BLOCKS, CALLED
from regulars.program.load import load
from regulars.program.model import Program, Table
from regulars.program.rules_text import rules_text
from regulars.program.schema import json_schema
from regulars.words.days import day_of

PROGRAMS = sorted(
    path for path in (Path(__file__).parents[3] / "programs").glob("*.yaml") if "scenarios" not in path.name
)

SMALLEST = """\
program: nine-and-one
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts: {line: {kind: [drink, food], qty: count = 1}}
wallets: {stamps: {lasts: 6 months after last purchase}}
earn: {stamp: {lines: line.kind == 'drink' && !line.by_voucher, give: {stamps: 1 per line.qty}}}
convert: {free: {every: 9 stamps, give: {free_drink: 1}}}
vouchers: {free_drink: {lines: line.kind == 'drink', free: 1, lasts: 60 days}}
"""
HEAD = SMALLEST.partition("facts:")[0]


def program(text):
    found = load(text)
    assert isinstance(found, Program), "\n".join(one.text for one in found)
    return found


def shipped(name):
    return program(next(path for path in PROGRAMS if path.stem == name).read_text(encoding="utf-8"))


def test_the_smallest_program_loads():
    found = program(SMALLEST)
    assert [(rule.name, rule.stage) for rule in found.rules] == [
        ("wallets.stamps.lapse", "calendar"),
        ("earn.stamp", "earn"),
        ("convert.free", "settle"),
        ("vouchers.free_drink", "use"),
        ("vouchers.free_drink.lapse", "calendar"),
        ("returns", "back"),
    ]
    assert found.first == day_of("2026-01-01")
    assert list(found.bases) == ["spend"]
    assert found.wallets["stamps"].lasts == (Life(Span(6, "month"), (Point("last", "purchase"),)),)
    assert found.rules[2].every == ("stamps", 9)
    assert found.vouchers["free_drink"].lasts == Life(Span(60, "day"))


@pytest.mark.parametrize("path", PROGRAMS, ids=[path.stem for path in PROGRAMS])
def test_a_shipped_program_loads(path):
    found = program(path.read_text(encoding="utf-8"))
    assert [rule.index for rule in found.rules] == list(range(len(found.rules)))
    assert len({rule.name for rule in found.rules}) == len(found.rules)
    assert found.slug == path.stem


@pytest.mark.parametrize("path", PROGRAMS, ids=[path.stem for path in PROGRAMS])
def test_the_rules_of_a_program_are_the_same_text_each_time_and_name_every_rule(path):
    text = path.read_text(encoding="utf-8")
    written = rules_text(program(text))
    assert written == rules_text(program(text))
    assert all(f"{rule.name}:\n" in written for rule in program(text).rules)
    assert " object at 0x" not in written
    assert "Checked(" not in written


def test_a_rule_is_written_out_in_the_words_of_the_language():
    written = rules_text(shipped("starbucks-rewards"))
    assert "give: {stars: {by: status, green: 1 per 1.00, gold: 1.2 per 1.00, reserve: 1.7 per 1.00}}" in written
    assert "give: {stars: {band: activity.amount, from: {30.00: 10, 50.00: 25}}}" in written
    assert "every: 9 stamps\n  repeat: as often as it fits\n" in rules_text(program(SMALLEST))


def test_groups_are_opened_and_what_stands_beside_each_is_inherited():
    found = program(
        HEAD
        + """\
facts: {purchase: {channel: [a, b], vip: bool}}
wallets: {points: {}}
earn:
  group:
    terms: R1
    when: purchase.channel == 'a'
    round: nearest per purchase
    each:
      one: {terms: R2, when: purchase.vip, give: {points: 1 per 1.00}}
      two: {round: up, needs: {vip: purchase.vip}, unless: purchase.vip, give: {points: 2 per 1.00}}
"""
    )
    one, two = found.rule("earn.one"), found.rule("earn.two")
    assert (one.terms, one.group, one.when.text) == (
        ("R1", "R2"),
        "group",
        "(purchase.channel == 'a') && (purchase.vip)",
    )
    assert [text for text, _ in one.when.parts] == ["(purchase.channel == 'a')", "(purchase.vip)"]
    assert (two.terms, two.round.mode, one.round.mode) == (("R1",), "up", "nearest")


def test_a_name_of_a_group_stands_for_all_its_rules():
    found = shipped("north-face-xplr-pass")
    assert found.wallets["activity_points_year"].only == (
        "earn.app", "earn.check_in", "earn.bag", "earn.confirmed", "referrals.friend", "referrals.friend.referrer",
    )  # fmt: skip
    assert found.wallets["activity_points_year"].counter
    assert not found.wallets["points"].counter


def test_units_are_scaled_to_the_smallest_part_that_a_wallet_keeps():
    found = program(
        HEAD
        + """\
wallets: {stars: {unit: 0.01}, mirror: {counts: stars, ceiling: 7}, cash: {is: money}}
earn: {a: {give: {stars: 1.25, cash: 5%}}}
convert: {b: {every: 9 stars, give: {cash: 1.00}}, c: {on: start of month, every: 5.00 of cash, give: {stars: 1}}}
"""
    )
    scales = {name: wallet.scale for name, wallet in found.wallets.items()}
    assert scales == {"stars": 100, "mirror": 100, "cash": 100}
    assert (found.rule("convert.b").every, found.rule("convert.c").every) == (("stars", 900), ("cash", 500))
    assert found.rule("convert.c").stage == "calendar"
    assert found.wallets["mirror"].ceiling == 700


def test_a_ladder_has_its_rules_and_their_places():
    found = shipped("starbucks-rewards")
    ladder = found.ladders["status"]
    named = {
        found.rules[place].name: found.rules[place].terms for place in (ladder.rule, ladder.end_rule, ladder.carry_rule)
    }
    assert named == {
        "tiers.status": ("R4", "R5"),
        "tiers.status.end": ("R4", "R5"),
        "tiers.status.carry_in": ("R11",),
    }
    assert [(level.name, level.source, level.marks) for level in ladder.levels] == [
        ("green", "none", ()),
        ("gold", "at", (("year_stars", Number(Fraction(500))),)),
        ("reserve", "at", (("year_stars", Number(Fraction(2500))),)),
    ]
    assert found.wallets["year_stars"].counter


def test_levels_may_have_several_sources():
    ladder = shipped("nordstrom-nordy-club").ladders["status"]
    level = ladder.levels[1]
    assert (level.source, level.flags, [name for name, _ in level.marks]) == ("any", ("card",), ["year_spend"])


def test_a_referral_has_a_side_for_each():
    found = shipped("corner-coffee-card")
    friend, member = found.rule("referrals.friend"), found.rule("referrals.friend.referrer")
    assert (friend.stage, [give.target for give in friend.give], friend.tell) == ("earn", ["stamps"], "friend.friend")
    assert (member.stage, member.on) == ("tell", (Trigger("event", "friend.friend"),))
    assert len(member.at_most) == 1
    assert (found.referrals["friend"].referee_rule, found.referrals["friend"].referrer_rule) == (
        friend.index,
        member.index,
    )


def test_sets_of_rules_are_spread_out():
    found = program(
        HEAD
        + "wallets: {points: {}}\nevents: {some: [earn.g, purchase]}\n"
        + "earn: {g: {each: {a: {give: {points: 1}}, b: {give: {points: 2}}}}}"
    )
    assert found.events["some"] == ("earn.a", "earn.b", "purchase")


def test_what_a_reward_takes_and_what_it_is_on():
    rule = shipped("sephora-beauty-insider").rule("rewards.ten_off")
    assert rule.cost == (("points", Of(Fraction(500), "points")),)
    assert (rule.on, rule.stage, rule.surplus) == ((Trigger("event", "redeem.ten_off"),), "ask", "refuse")


def test_choices_of_one_effect_are_rules_of_their_own():
    rule = shipped("sephora-beauty-insider").rule("benefits.birthday")
    gift, points = rule.choose
    assert (gift.name, gift.item, gift.index) == ("benefits.birthday.gift", "birthday_gift", rule.index)
    assert ([code for code, _ in points.needs], points.terms) == (["vib_and_rouge"], ("R8",))


def test_the_facts_of_conditions_have_the_sources_that_the_engine_provides():
    found = program(
        HEAD
        + """\
facts: {line: {kind: [a, b], from: count}, purchase: {class: text}, member: {card: bool = false, vip: bool?}}
wallets: {points: {}, stars: {unit: 0.1}}
tiers: {status: {of: points, levels: {low: {}, high: {at: 5}}}}
earn:
  a: {when: purchase.class == 'x' && member.card && status == 'high', lines: line.from > 2, give: {points: 1}}
  b:
    when: points.available > 1 && stars.available > 1.5 && basket.spend > 2.00 && has(last.purchase)
    give: {stars: 1}
"""
    )
    rule, other = found.rule("earn.a"), found.rule("earn.b")
    assert [source for _, source in rule.when.parts] == [
        "c.facts.class_ == 'x'",
        "c.who.get('card', False)",
        "c.levels['status'] == 'high'",
    ]
    assert rule.lines.source == "line.from_ > 2"
    sources = [source for _, source in other.when.parts]
    assert sources[0] == "c.available('points') > 1"
    assert "c.units('stars', 'available')" in sources[1]
    assert (sources[2], sources[3]) == ("c.basket('spend') > 200", "c.last('purchase') is not None")


def test_a_define_stands_in_parentheses_where_it_is_used():
    found = shipped("corner-coffee-card")
    assert found.rule("earn.stamp").lines.source.startswith("(")
    assert "line.price >= 200" in found.rule("earn.stamp").lines.source


def test_a_table_is_looked_up_where_its_key_lives():
    found = program(
        HEAD
        + """\
facts: {line: {kind: [a, b]}, purchase: {by_card: bool}}
wallets: {points: {}}
earn:
  a: {give: {points: {by: line.kind, "a, b": 1 per 1.00}}}
  b: {give: {points: {by: tender.method, card: 1 per 1.00, else: 2 per 1.00}}}
  c: {give: {points: {by: purchase.by_card, true: 1, false: 2}}}
  d: {give: {points: {since: {start: 3, 2026-06-14: 2}}}}
"""
    )
    tables = [found.rule(f"earn.{name}").give[0].amount for name in "abcd"]
    assert all(isinstance(table, Table) for table in tables)
    assert [table.level for table in tables] == ["line", "tender", "event", "event"]
    assert [key for key, _ in tables[0].rows] == [("a",), ("b",)]
    assert [key for key, _ in tables[2].rows] == [(True,), (False,)]
    assert [key for key, _ in tables[3].rows] == [(None,), (day_of("2026-06-14"),)]


def test_a_file_in_another_order_gives_the_same_meaning():
    head, *sections = SMALLEST.partition("facts:")
    lines = ("".join(sections)).splitlines()
    turned = program(head + "\n".join(reversed(lines)))
    assert {rule.name for rule in turned.rules} == {rule.name for rule in program(SMALLEST).rules}


def test_every_key_has_a_meaning_and_a_schema():
    schema = json_schema()
    json.dumps(schema)
    for block, keys in BLOCKS.items():
        assert block in CALLED
        shown = schema["$defs"][block]["properties"]
        assert set(shown) == set(keys)
        assert all(key.meaning and key.default for key in keys.values())


def test_every_reference_of_the_schema_leads_somewhere():
    schema = json_schema()
    text = json.dumps(schema)
    named = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert named <= set(schema["$defs"])


def test_a_rule_has_a_field_for_every_key_that_is_built():
    renamed = {
        "from": "first", "except": "excepted", "cancel": "gives_back", "settle": "settle_with", "names": "any_name",
    }  # fmt: skip
    known = {field.name for field in fields(program(SMALLEST).rules[0])}
    assert {renamed.get(key, key) for key in BLOCKS["RULE"] if key != "each"} <= known
