"""What goes from one member to another: gifts, fees, treats, pools, claims, and what comes back."""

from __future__ import annotations

import pytest
from tests.laws.shops import program
from tests.laws.till import HEAD, Till, code

from regulars.engine.model import IN_TRANSIT, Decision
from regulars.program.load import load
from regulars.program.problems import Problems, show_all

CIRCLE = """
account: {suspend: {on: staff.suspend, until: staff.reinstate}, unknown: refuse}
facts:
  line: {kind: {of: [goods, drink], else: goods}}
  convert: {friend: member?, points: count = 0, by: member?, claimant: member?}
wallets:
  points: {lasts: 6 months after earned to end of month, ceiling: 1000}
  miles: {lasts: 12 months after earned}
earn:
  base: {when: has(member.joined), give: {points: 1 per 1.00}}
  family: {of: base, give: {points: 20%}, receiver: family.giver}
benefits:
  family: {shared_with: {seats: 2}}
convert:
  gift:
    on: convert.gift
    cost: {points: = convert.points}
    at_most: [3 times per month, 300 points per month]
    give: {points: own}
    receiver: convert.friend
  fee: {on: convert.fee, cost: {points: = convert.points}, give: {points: 90%}, receiver: convert.friend}
  twice: {on: convert.twice, cost: {points: = convert.points}, give: {points: 200%}, receiver: convert.friend}
  abroad: {on: convert.abroad, cost: {points: = convert.points}, give: {miles: 1 per 2 points}, receiver: convert.friend}
  treat: {on: convert.treat, cost: 50 points, give: {coffee: 1}, receiver: convert.friend}
  draw: {on: convert.draw, tell: convert.hand_out, receiver: family.giver}
  hand_out: {on: convert.hand_out, needs: {no_seat: convert.by in family.seated}, cost: {points: = convert.points}, give: {points: own}, receiver: convert.by}
vouchers:
  coffee: {lines: line.kind == 'drink', free: 1, lasts: 60 days}
"""  # noqa: E501  # a rule on one line, as programs have it


def circle(*joined: str) -> Till:
    till = Till(CIRCLE)
    for member in joined or ("ann", "bob"):
        till.does("join", "2026-01-01", member)
    return till


def lots(till: Till, member: str, wallet: str = "points") -> list[tuple[int, int]]:
    return [(lot.left, lot.gone) for lot in till.held(wallet, member=member).lots]


def in_transit(till: Till) -> int:
    moved = [movement for _, _, movement in till.memory.movements]
    return sum(one.amount * ((one.target == IN_TRANSIT) - (one.source == IN_TRANSIT)) for one in moved)


def test_a_gift_keeps_the_last_days_of_its_lots_first_to_lapse_first() -> None:
    till = circle()
    till.buys("2026-01-10", "100.00")
    till.buys("2026-02-10", "100.00")
    (january, first), (february, second) = lots(till, "ann")
    assert code(till.does("convert.gift", "2026-02-11", friend="bob", points=150)) == ""
    assert lots(till, "bob") == [(january, first), (50, second)]
    assert lots(till, "ann") == [(february - 50, second)]
    assert in_transit(till) == 0


def test_the_receipt_of_a_gift_names_the_derived_event_and_the_derived_event_its_sender() -> None:
    till = circle()
    till.buys("2026-01-10", "100.00")
    sent = till.does("convert.gift", "2026-01-11", id="g", friend="bob", points=10)
    assert isinstance(sent, Decision)
    assert sent.receipt.told == ("g/gift",)
    ((event, receipt),) = [one for one in till.memory.history("bob") if one[0].first == "sent"]
    assert (event.id, event.kind, event.source, event.body["by"]) == ("g/gift", "sent.gift", "derived", "ann")
    assert [entry.given for entry in receipt.entries] == [10]


@pytest.mark.parametrize(
    ("points", "friend", "why"),
    [(10, "ann", "oneself"), (101, "bob", "too_little"), (0, "bob", "too_little"), (10, None, "not_entitled")],
)
def test_a_gift_to_oneself_of_more_than_there_is_of_nothing_or_to_nobody_is_refused(
    points: int, friend: str | None, why: str
) -> None:
    till = circle()
    till.buys("2026-01-10", "100.00")
    body = {"points": points} if friend is None else {"points": points, "friend": friend}
    assert code(till.does("convert.gift", "2026-01-11", **body)) == why
    assert till.points() == 100


def test_limits_of_the_sender_count_units_and_times() -> None:
    till = circle()
    till.buys("2026-01-10", "900.00")
    assert code(till.does("convert.gift", "2026-01-11", friend="bob", points=301)) == "limit_reached"
    assert code(till.does("convert.gift", "2026-01-11", friend="bob", points=299)) == ""
    assert code(till.does("convert.gift", "2026-01-11", friend="bob", points=2)) == "limit_reached"
    assert code(till.does("convert.gift", "2026-02-01", friend="bob", points=300)) == ""


def test_what_a_fee_keeps_is_redeemed_and_what_arrives_has_a_life_of_its_own() -> None:
    till = circle()
    till.buys("2026-01-10", "100.00")
    till.does("convert.fee", "2026-03-11", friend="bob", points=50)
    assert (till.points(), till.points(member="bob"), in_transit(till)) == (50, 45, 0)
    assert lots(till, "bob")[0][1] > lots(till, "ann")[0][1]


def test_more_than_was_sent_is_issued_on_top_and_another_wallet_gets_its_own_units() -> None:
    till = circle()
    till.buys("2026-01-10", "100.00")
    till.does("convert.twice", "2026-01-11", friend="bob", points=10)
    till.does("convert.abroad", "2026-01-11", friend="bob", points=21)
    assert (till.points(), till.points(member="bob"), till.points(wallet="miles", member="bob")) == (69, 20, 10)
    assert in_transit(till) == 0
    assert code(till.does("convert.abroad", "2026-01-11", friend="bob", points=1)) == "too_little"


def test_a_treat_is_a_voucher_of_the_friend_s() -> None:
    till = circle()
    till.buys("2026-01-10", "100.00")
    till.does("convert.treat", "2026-01-11", friend="bob")
    assert [voucher.name for voucher in till.now(member="bob").vouchers] == ["coffee"]
    assert (till.points(), in_transit(till)) == (50, 0)


@pytest.mark.parametrize("hinders", ["unknown", "suspended", "ceiling"])
@pytest.mark.parametrize("kind", ["gift", "fee", "treat"])
def test_what_the_receiver_cannot_have_comes_back_as_it_was(hinders: str, kind: str) -> None:
    till = circle()
    till.buys("2026-01-10", "60.00")
    till.buys("2026-02-10", "40.00")
    friend = {"unknown": "nobody"}.get(hinders, "bob")
    if hinders == "suspended":
        till.does("staff.suspend", "2026-02-10", "bob")
    if hinders == "ceiling":
        till.does("goodwill", "2026-02-10", "bob", wallet="points", amount=995, reason="much")
        if kind == "treat":
            return
    before = lots(till, "ann")
    assert code(till.does(f"convert.{kind}", "2026-02-11", friend=friend, points=70)) == ""
    assert sorted(lots(till, "ann")) == sorted(before)
    assert in_transit(till) == 0
    back = [event for event, _ in till.memory.history("ann") if event.first == "sent_back"]
    assert [event.body["why"] for event in back] == [
        {"unknown": "member.unknown", "suspended": "suspended", "ceiling": "limit_reached"}[hinders]
    ]


def test_a_purchase_gives_a_share_to_the_pool_of_who_shares_and_none_where_nobody_does() -> None:
    till = circle("ann", "bob", "home")
    till.does("share.family", "2026-01-02", "home", **{"with": "ann"})
    till.buys("2026-01-10", "100.99")
    till.buys("2026-01-10", "100.00", member="bob")
    assert (till.points(), till.points(member="bob"), till.points(member="home")) == (100, 100, 20)
    till.does("unshare.family", "2026-01-11", "home", **{"with": "ann"})
    till.buys("2026-01-12", "100.00")
    assert till.points(member="home") == 20


def test_only_who_belongs_to_the_household_draws_on_its_pool_and_never_more_than_it_has() -> None:
    till = circle("ann", "bob", "home")
    till.does("share.family", "2026-01-02", "home", **{"with": "ann"})
    till.buys("2026-01-10", "100.00")
    assert code(till.does("convert.draw", "2026-01-11", "bob", points=5)) == "not_entitled"
    assert code(till.does("convert.hand_out", "2026-01-11", "home", points=5, by="bob")) == "no_seat"
    till.does("convert.draw", "2026-01-11", points=15)
    till.does("convert.draw", "2026-01-11", points=6)
    assert (till.points(), till.points(member="home"), in_transit(till)) == (115, 5, 0)
    refused = [receipt.refused for event, receipt in till.memory.history("home") if event.first == "convert"]
    assert [None if one is None else one[0] for one in refused][-1] == "too_little"


def test_the_same_gift_again_is_the_same_gift() -> None:
    till = circle()
    till.buys("2026-01-10", "100.00")
    for _ in range(3):
        till.does("convert.gift", "2026-01-11", id="g", friend="bob", points=40)
    assert (till.points(), till.points(member="bob")) == (60, 40)


def test_a_late_gift_arrives_when_it_was_sent_and_has_lapsed_if_its_day_is_over() -> None:
    till = circle()
    till.buys("2026-01-10", "100.00")
    till.buys("2026-09-01", "10.00", member="bob")
    till.does("convert.gift", "2026-01-11", friend="bob", points=40)
    assert till.points(member="bob") == 10
    assert in_transit(till) == 0


def test_an_id_that_leaves_no_room_for_what_follows_is_refused() -> None:
    till = circle()
    till.buys("2026-01-10", "100.00")
    assert code(till.does("convert.gift", "2026-01-11", id="x" * 190, friend="bob", points=40)) == "id.too_long"


def test_members_who_pool_for_each_other_do_not_send_for_ever() -> None:
    till = Till("""
wallets: {points: {}}
earn: {base: {give: {points: 1 per 1.00}}}
benefits: {family: {shared_with: {seats: 1}}}
convert: {pool: {every: 10 points, give: {points: own}, receiver: family.giver}}
""")
    till.does("share.family", "2026-01-02", "ann", **{"with": "bob"})
    till.does("share.family", "2026-01-02", "bob", **{"with": "ann"})
    till.buys("2026-01-03", "25.00")
    assert (till.points(), till.points(member="bob")) == (5, 20)


CLAIMS = """
facts: {convert.claim: {claimant: member}}
wallets: {points: {}, year: {is: money, lasts: end of year}}
earn:
  base: {when: has(member.joined), give: {points: {by: status, member: 1 per 1.00, gold: 2 per 1.00}}}
  year: {when: has(member.joined), give: {year: 100%}}
tiers: {status: {of: year, levels: {member: {}, gold: {at: 500.00}}}}
convert: {claim: {on: convert.claim, open: through 30 days after last purchase, tell: purchase, receiver: convert.claimant}}
returns: {points: take back, year: take back}
"""


def test_a_purchase_without_a_member_is_claimed_once_at_the_claimant_s_own_rate() -> None:
    till = Till(CLAIMS)
    till.does("join", "2026-01-01")
    till.buys("2026-01-02", "500.00")
    till.buys("2026-01-05", "40.00", member="receipt-7", id="t7")
    assert till.points(member="receipt-7") == 0
    assert code(till.does("convert.claim", "2026-01-06", "receipt-7", of="t8", claimant="ann")) == "not_held"
    assert code(till.does("convert.claim", "2026-01-06", "receipt-7", id="c", of="t7", claimant="ann")) == ""
    assert code(till.does("convert.claim", "2026-01-06", "receipt-7", of="t7", claimant="bob")) == "used"
    assert till.points() == 580
    assert till.held("year").active == 540_00


def test_a_claimed_purchase_comes_back_to_who_claimed_it_and_not_where_it_was_before() -> None:
    till = Till(CLAIMS)
    till.does("join", "2026-01-01")
    till.buys("2026-01-05", "40.00", member="receipt-7", id="t7")
    till.does("convert.claim", "2026-01-06", "receipt-7", id="c", of="t7", claimant="ann")
    assert code(till.returns("2026-01-07", "t7", member="receipt-7")) == "return.exceeds_sale"
    assert code(till.returns("2026-01-07", "c/purchase")) == ""
    assert till.points() == 0


def test_a_purchase_that_came_back_or_that_is_too_old_cannot_be_claimed() -> None:
    till = Till(CLAIMS)
    till.buys("2026-01-05", "40.00", member="receipt-7", id="t7")
    till.buys("2026-01-05", "40.00", member="receipt-8", id="t8")
    till.returns("2026-01-06", "t7", member="receipt-7")
    assert code(till.does("convert.claim", "2026-01-07", "receipt-7", of="t7", claimant="ann")) == "used"
    assert code(till.does("convert.claim", "2026-02-04", "receipt-8", id="ok", of="t8", claimant="ann")) == ""
    assert code(till.does("convert.claim", "2026-02-05", "receipt-8", of="t8", claimant="ann")) == "not_open"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("earn: {base: {give: {points: 1}, tell: x.y}}", "`tell` does not say whom"),
        ("earn: {base: {give: {points: 1}, receiver: event.id, pending: until confirm}}", "`pending` has no meaning"),
        ("earn: {base: {on: start of month, give: {points: 1}, receiver: member.market}}", "sent on events only"),
        ("earn: {base: {give: {points: own}, receiver: event.id}}", "`own` is a level's cost"),
        ("earn: {base: {give: {status: gold, points: 1}, receiver: event.id}}", "a level is nobody's to send"),
        ("earn: {base: {give: {points: 1}, receiver: basket.net}}", "text"),
        ("earn: {base: {give: {points: 1}}}\nprices: {p: {off: 10%, receiver: event.id}}", "nothing under `prices` goes"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_said(line: str, said: str) -> None:
    text = f"{HEAD}wallets: {{points: {{}}}}\ntiers: {{status: {{of: points, levels: {{low: {{}}, gold: {{at: 5}}}}}}}}\n{line}\n"
    found = load(text, "p.yaml")
    assert isinstance(found, Problems), found
    assert said in show_all(found)


def test_the_rules_of_a_program_show_who_receives() -> None:
    made = program(HEAD + CIRCLE)
    assert made.rule("convert.gift") is not None
    assert made.rules[[rule.name for rule in made.rules].index("earn.family")].stage == "send"
