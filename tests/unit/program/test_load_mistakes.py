"""What the loader says about mistakes: where, in which words, all at once, nothing that only follows from another."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.program.load import load
from regulars.program.model import Program
from regulars.program.problems import show_all

PROGRAMS = Path(__file__).parents[3] / "programs"

HEAD = """\
program: corner-card
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
"""

TWELVE = (
    HEAD
    + """\
facts:
  line: {kind: [drink, food], qty: count = 1}
  purchase: {channel: [store, online]}
wallets:
  stamps: {lapses: 6 months after last purchase}
  points: {lasts: 12 months, to end of year}
earn:
  stamp: {lines: line.kind == 'drnk', give: {stamps: 1 per line.qty}}
  points:
    lines: !line.by_voucher
    give: {point: 1 per 1.00}
    at_most: 4 per purchase
  food: {lines: line.kind == 'food', give: {points: 1 per litre}}
convert:
  free: {every: 9 stamps, giv: {free_drink: 1}}
vouchers:
  free_drink: {lines: line.kind == 'drink', free: 1, lasts: 60 days after purchas}
  five_off: {off: 5, needs: {Online only: purchase.channel == 'online'}}
tiers:
  status: {of: points, levels: {member: {}, gold: {at: 500, by: card}}}
"""
)

SAID = """\
card.yaml:9:12     unknown key `lapses` in a wallet; did you mean `lasts`?
card.yaml:10:30    `to end of year` is no key of a wallet: in braces a comma begins a new key, and a life has none; \
write `12 months to end of year`
card.yaml:12:32    line.kind is never 'drnk' (drink, food); did you mean 'drink'?
card.yaml:14:12    a condition that begins with `!` needs quotes, or turn it round: `except: line.by_voucher`
card.yaml:15:12    `point` is no wallet, voucher or standing; did you mean `points`?
card.yaml:16:14    4 of what? write `4 points per purchase` or `4 times per purchase`
card.yaml:17:59    `spend` is money, not litres: write `1 per 1.00`, or declare a `number of litre` and measure that
card.yaml:19:27    unknown key `giv` in a rule; did you mean `give`? (rules inside a rule stand under `each`)
card.yaml:21:75    `purchas` is no point in time; did you mean `last purchase`?
card.yaml:22:19    5 is no money and no share; write `5.00` or `5%`
card.yaml:22:30    a refusal needs a stable code, not a text: \
write `online_only`, and `says: {online_only: Online only}`
card.yaml:24:52    a level has one source: `at` or `by`; \
for both `all: {points: 500, card: true}`, for either `any: {..}`"""

BODY = """\
facts:
  line: {kind: [drink, food], qty: count = 1}
  purchase: {channel: [store, online], litres: number of litre = 0}
  fuel: {litres: number of litre}
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
"""

ONE_BY_ONE = [
    # (what stands below the body, or replaces a line of it; where in the added text; what is said)
    ("colour: red", "1:1", "unknown key `colour` in a program"),
    ("plans: {p: {price: 5.00, every: never}}", "1:9", "the plan `p` grants nothing"),
    ("plans: {p: {price: 5.00, grants: {}}}", "1:9", "the plan `p` has no `every`"),
    ("plans: {p: {every: 1 month, grants: {levl: a}}}", "1:38", "`levl` is no ladder of `tiers`"),
    ("plans: {p: {price: 5, every: 1 month, grants: {}}}", "1:20", "5 is no money; write `5.00`"),
    ("plans: {p: {every: 3 months after joined, grants: {}}}", "1:20", "a cycle is a plain span"),
    ("plans: {p: {every: 1 month, grants: {}, then: q after 4 months}}", "1:47", "`q` is no plan"),
    ("plans: {p: {every: 1 month, grants: {}, cancel: at once more}}", "1:49", "expected an ending"),
    ("plans: {p: {every: 1 month, grants: {}, trial: {lasts: 30 days}}}", "1:41", "`trial` has no `grants`"),
    ("plans: {p: {every: 1 month, grants: {}, at_end: {empty: cash}}}", "1:57", "`cash` is no wallet"),
    ("offers: {o: {terms: R1}}", "1:10", "the offer `o` does nothing"),
    ("offers: {points: {give: {points: 5}}}", "1:10", "`points` is a offer and a wallet"),
    (
        "subscriptions: {s: {remind: {on: 3 days after next_order}}}",
        "1:34",
        "a reminder comes so long before the order",
    ),
    ("subscriptions: {s: {every: subscribe.weeks weeks}}", "1:28", "no fact `subscribe`"),
    ("benefits: {ride: {places: 2, when_full: turn_away}}", "1:41", "`turn_away` is no `when_full`"),
    (
        "limits: {unused: {at_most: once per day}}\nrules: {a: {within: unused, give: {points: 1}}}",
        "1:10",
        "`unused` is a limit and a word of conditions",
    ),
    ("limits: {cap: {at_most: once per day}}", "1:10", "no rule is within the limit `cap`"),
    ("limits: {cap: {}}", "1:10", "the limit `cap` has no `at_most`"),
    ("rules: {a: {within: capp, give: {points: 1}}}", "1:21", "`capp` is no limit"),
    ("rules: {a: {give: {points: 1.5}}}", "1:28", "`points` is kept whole, and 1.5 is not"),
    ("rules: {a: {give: {points: 1 per 1}}}", "1:34", "`spend` is money, and 1 is no money; write `1 per 1.00`"),
    (
        "rules: {a: {on: fuel, give: {points: 1 per litres, base: 3}}}",
        "1:52",
        "`base` is no wallet, voucher or standing",
    ),
    ("rules: {a: {on: stay, give: {points: 1 per litre}}}", "1:44", "`stay` has nothing counted in litre"),
    (
        "rules: {a: {of: purchase.litres, give: {points: 1 per 1.00}}}",
        "1:55",
        "`purchase.litres` is counted in litre, not money",
    ),
    ("rules: {a: {on: purchse, give: {points: 1}}}", "1:17", "no event `purchse` is known; did you mean `purchase`?"),
    (
        "rules: {a: {on: [purchase, start of month], give: {points: 1}}}",
        "1:13",
        "a rule is on events or on days, not on both",
    ),
    (
        "rules: {a: {when: line.kind == 'food', give: {points: 1}}}",
        "1:19",
        "no fact `line`; a condition on lines stands under",
    ),
    (
        "rules: {a: {on: fuel, when: purchase.channel == 'store', give: {points: 1}}}",
        "1:29",
        "no fact `purchase`; this rule is on",
    ),
    (
        "rules: {a: {when: purchase.channel == 'shop', give: {points: 1}}}",
        "1:40",
        "purchase.channel is never 'shop' (store, online)",
    ),
    (
        "rules: {a: {when: purchase.channel == 'store' && purchase.channel == 'online', give: {points: 1}}}",
        "1:9",
        "the rule `rules.a` can never fire: `when` asks for `purchase.channel` to be store and online at once",
    ),
    ("rules: {a: {from: 2026-03-01, until: 2026-03-01, give: {points: 1}}}", "1:31", "this rule can never fire"),
    (
        "rules: {a: {until: 2025-03-01, give: {points: 1}}}",
        "1:13",
        "this rule can never fire: it ends before the program begins",
    ),
    ("rules: {a: {give: {points: {by: purchase.channel, store: 1}}}}", "1:29", "this table says nothing for `online`"),
    (
        "rules: {a: {give: {points: {by: purchase.channel, stor: 1, online: 2}}}}",
        "1:51",
        "purchase.channel is never 'stor'",
    ),
    (
        'rules: {a: {give: {points: {by: purchase.channel, store: 1, "online, store": 2}}}}',
        "1:70",
        "`store` stands twice in this table",
    ),
    (
        "rules: {a: {give: {points: {band: basket.spend, from: {50.00: 1, 30.00: 2}}}}}",
        "1:66",
        "the limits of bands rise",
    ),
    (
        "rules: {a: {give: {points: {band: basket.spend, from: {5: 1}}}}}",
        "1:56",
        "`5` is no amount of money such as `5.00`",
    ),
    (
        "rules: {a: {give: {points: {since: {2026-02-01: 1, start: 2}}}}}",
        "1:52",
        "the days of `since` follow one another",
    ),
    (
        "rules: {a: {instead_of: b, give: {points: 1}}, b: {instead_of: a, give: {points: 1}}}",
        "1:9",
        "waits for itself through `rules.b`",
    ),
    ("rules: {a: {of: zz, give: {points: 1}}}", "1:17", "no fact `zz`"),
    (
        "convert: {a: {every: 9, give: {points: 1}}}",
        "1:22",
        "`every` takes so many units of a wallet, and `9` names none",
    ),
    ("convert: {a: {cost: 100, give: {points: 1}}}", "1:21", "a cost says of which wallet; write `100 points`"),
    (
        "convert: {a: {cost: 1 points, every: 1 points, give: {points: 1}}}",
        "1:31",
        "an exchange takes `cost` once, or `every`",
    ),
    ("rewards: {a: {cost: 5 points, off: 2}}", "1:36", "2 is no money and no share; write `2.00` or `2%`"),
    ("rewards: {a: {cost: 5 points, off: 2.005}}", "1:36", "2.005 is more exact than EUR, which has 2 decimals"),
    ("rewards: {a: {cost: 5 points, off: 2.00, step: late}}", "1:48", "`late` is no step of `checkout`"),
    (
        "rewards: {a: {cost: 5 points, item: cup, minimum: 200}}",
        "1:51",
        "200 of what? write `200.00` for the basket, or `200 points`",
    ),
    ("vouchers: {five: {off: 5.00}}", "1:12", "nobody issues the voucher `five`"),
    ("vouchers: {five: {issued: operator}}", "1:12", "the voucher `five` does nothing"),
    (
        "vouchers: {five: {off: given}}\nrules: {a: {give: {five: 1}}}",
        "2:26",
        "the worth of `five` is given here: 1 is no money",
    ),
    (
        "vouchers: {five: {off: 5.00}}\nrules: {a: {give: {five: 5.00}}}",
        "2:26",
        "`five` has a worth of its own: this says how many",
    ),
    ("tiers: {status: {levels: {}}}", "1:18", "the ladder `status` has no levels"),
    (
        "tiers: {status: {of: points, levels: {a: {}, b: {at: 5}, c: {at: 4}}}}",
        "1:58",
        "the mark of `c` is not above the one before it",
    ),
    ("tiers: {status: {of: points, levels: {a: {}, b: {at: 5.00}}}}", "1:54", "`points` is kept whole"),
    (
        "tiers: {status: {of: pionts, levels: {a: {}, b: {at: 5}}}}",
        "1:22",
        "`pionts` is no wallet and no base; did you mean `points`?",
    ),
    (
        "tiers: {status: {levels: {a: {}, b: {at: 5}}}}",
        "1:38",
        "`at` is a mark of the ladder's counter, and the ladder has no `of`",
    ),
    ("tiers: {points: {levels: {a: {}}}}", "1:9", "`points` is a standing and a wallet"),
    ("tiers: {purchase: {levels: {a: {}}}}", "1:9", "`purchase` is a standing and the first word of facts"),
    ("define: {once: purchase.channel == 'store'}", "1:10", "`once` is a word of the language"),
    ("define: {a: b, b: a}", "1:13", "`a` is defined by itself through `b`"),
    ("events: {happy: [earn.bse]}", "1:18", "`earn.bse` is no rule; did you mean `earn.base`?"),
    ("windows: {season: starts 31 February}", "1:26", "February"),
    ("dates: {mondays: [2026-02-30]}", "1:19", "`2026-02-30` is no day"),
    (
        "base: {spend: {less: [discount]}}",
        "1:23",
        "`discount` is nothing that can be taken off; did you mean `discounts`?",
    ),
    ("choices: {day: {options: [a, b], default: c}}", "1:43", "`c` is no option"),
    ("referrals: {friend: {pays_on: first purchase}}", "1:13", "the referral `friend` gives nobody anything"),
    ("returns: {point: take back}", "1:11", "`point` is no wallet, and not `vouchers`; did you mean `points`?"),
    ("says: {not_opn: closed}", "1:8", "no refusal has the code `not_opn`; did you mean `not_open`?"),
    ("says: {used: already {hold}}", "1:14", "needs quotes"),
    ('says: {used: "{hold}"}', "1:16", "`{hold}` is nothing that can be filled in; did you mean `held`?"),
    ("says: {earn.bas.not_open: closed}", "1:8", "`earn.bas` is no rule, limit or group; did you mean `earn.base`?"),
    ("account: {is: persn}", "1:15", "`persn` is no kind of account; did you mean `person`?"),
    ("account: {suspend: {on: a}}", "1:20", "`suspend` has no `until`"),
    ("imports: {last: last purchas}", "1:22", "`purchas` is nothing that a column can set here"),
]


def test_the_twelve_mistakes_are_said_where_and_as_the_reference_says_them():
    assert show_all(load(TWELVE, "card.yaml")) == SAID


@pytest.mark.parametrize(("added", "place", "said"), ONE_BY_ONE, ids=[said[:50] for _, _, said in ONE_BY_ONE])
def test_a_mistake_is_said_once_at_its_place(added, place, said):
    above = HEAD + BODY
    if added.startswith("base:"):
        above = above.replace("base: {give", "other: {give")
    found = load(above + added)
    assert isinstance(found, list)
    line, column = (int(part) for part in place.split(":"))
    placed = (line + above.count("\n"), column)
    assert [(one.line, one.column) for one in found] == [placed], show_all(found)
    assert said in found[0].text


def test_what_is_missing_of_the_head_is_said_where_the_file_begins():
    found = load("program: a")
    assert [(one.line, one.column, one.text.partition(" ")[0]) for one in found] == [
        (1, 1, "`from:`"),
        (1, 1, "`money:`"),
        (1, 1, "`timezone:`"),
    ]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("program", "Corner Card", "`Corner Card` is no slug"),
        ("money", "EURO", "`EURO` is no currency"),
        ("money", "eur", "write `EUR`"),
        ("money", "[EUR, JPY]", "the same number of decimals"),
        ("timezone", "Madrid", "`Madrid` is no time zone"),
        ("from", "2026-13-01", "`2026-13-01` is no day"),
    ],
)
def test_a_head_that_cannot_be_is_said_at_its_value(key, value, said):
    lines = [f"{key}: {value}" if line.startswith(key) else line for line in HEAD.splitlines()]
    found = load("\n".join([*lines, BODY]))
    assert len(found) == 1
    assert found[0].column == len(key) + 3
    assert said in found[0].text


def test_a_broken_define_is_said_once_however_often_it_is_used():
    found = load(
        HEAD
        + BODY
        + "define: {shop: purchase.chanel == 'store'}\n"
        + "rules: {a: {when: shop, give: {points: 1}}, b: {when: shop, off: 1%}}"
    )
    assert [one.text for one in found] == ["no fact `purchase.chanel`; did you mean `purchase.channel`?"]


def test_a_broken_fact_is_said_once_however_often_it_is_used():
    found = load(
        HEAD
        + "facts: {purchase: {kind: txt}}\nwallets: {points: {}}\n"
        + "earn: {a: {when: purchase.kind == 'x' && purchase.kind > 5, give: {points: 1}}}"
    )
    assert [one.line for one in found] == [5]


def test_a_mistake_beside_each_is_said_once_for_the_whole_group():
    found = load(
        HEAD
        + BODY
        + "rules: {g: {when: purchase.chanel == 'store', each: {a: {give: {points: 1}}, b: {give: {points: 2}}}}}"
    )
    assert len(found) == 1


def test_a_rule_that_cannot_be_read_does_not_make_its_voucher_one_that_nobody_issues():
    found = load(HEAD + BODY + "vouchers: {five: {off: 5.00}}\nconvert: {a: {every: 5 points, giv: {five: 1}}}")
    assert [one.code for one in found] == ["unknown_key"]


def _tokens(text):
    return list(re.finditer(r"[\w.]+|'[^']*'|[{}\[\],:]", text))


ODD = [
    "",
    "0",
    "-1",
    "{}",
    "[]",
    "null",
    "9" * 30,
    "= 1 / 0",
    "never",
    "{by: x}",
    "{by: status, a: 1}",
    "''",
    "each",
    "give",
    "line.kind",
]


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(path.name for path in PROGRAMS.glob("*.yaml") if "scenarios" not in path.name)),
    seed=st.integers(0, 10**9),
)
def test_however_a_file_is_broken_it_gives_a_program_or_problems(name, seed):
    chance = random.Random(seed)
    text = (PROGRAMS / name).read_text(encoding="utf-8")
    for _ in range(chance.randint(1, 4)):
        token = chance.choice(_tokens(text))
        text = text[: token.start()] + chance.choice([*ODD, chance.choice(_tokens(text)).group()]) + text[token.end() :]
    found = load(text, name)
    assert isinstance(found, Program) or (
        found and all(one.line >= 1 and one.column >= 1 and one.message for one in found)
    )
    assert found == load(text, name)
