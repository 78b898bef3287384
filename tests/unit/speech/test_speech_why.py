"""Why a receipt is as it is, as data and as lines."""

from decimal import Decimal

from tests.unit.speech.helpers import Shop, gallery

from regulars.speech import lines


def starbucks(tag: str = "en") -> Shop:
    shop = Shop(gallery("starbucks-rewards"), tag)
    gold = {"status": {"level": "gold", "until": "2027-12-31"}}
    shop.event("opening", "2026-03-11", balances={"year_stars": "600"}, levels=gold)
    return shop


BASKET = [
    {"kind": "drink", "amount": "12.50"},
    {"kind": "food", "amount": "7.50"},
    {"kind": "tax", "amount": "1.00"},
]


def test_a_purchase_is_explained_rule_by_rule() -> None:
    why = starbucks().event("purchase", "2026-04-02T09:00", lines=BASKET, tags=["double_star_day"], channel="store")
    base = why.steps[0]
    assert (base.rule, base.terms, base.wallet) == ("earn.base", ("R1",), "stars")
    assert (base.measured, base.rate, base.level) == ("20.00", "1.2 per 1.00", "Gold")
    assert (base.raw, base.rounded, base.given, base.units) == ("24", "24", "24", 2400)
    assert base.lines == ((0, "15"), (1, "9"))
    assert base.last_day == "2026-10-31"
    double = next(step for step in why.steps if step.rule == "earn.double_day")
    assert (double.rate, double.shaped, double.given) == ("2 times", ("base",), "24")
    assert lines(why)[0] == "48 stars: 24 for 20.00 at Gold, 24 for the double day"


def test_the_shares_of_lines_add_up_to_what_was_given() -> None:
    why = starbucks().event("purchase", "2026-04-02T09:00", lines=BASKET)
    for step in why.steps:
        assert sum(Decimal(share) for _, share in step.lines) == Decimal(step.given)


def test_a_silent_rule_says_which_condition_failed_in_words_and_as_written() -> None:
    why = starbucks().event("purchase", "2026-04-02T09:00", lines=BASKET)
    (silent,) = why.silent
    assert (silent.rule, silent.written) == ("earn.double_day", "'double_star_day' in purchase.tags")
    assert silent.reason == "it is only marked “double star day” (`'double_star_day' in purchase.tags`)"


def test_a_second_condition_is_named_when_the_first_holds() -> None:
    shop = Shop(gallery("starbucks-rewards"))
    why = shop.event("purchase", "2026-04-02T09:00", lines=BASKET, tags=["double_star_day"])
    assert why.silent[0].written == "status.at_least('gold')"


def test_a_limit_that_clipped_is_named() -> None:
    shop = Shop(gallery("corner-coffee-card"))
    why = shop.event("purchase", "2026-04-02T09:00", lines=[{"kind": "drink", "amount": "12.50", "qty": 5}])
    step = why.steps[0]
    assert (step.rounded, step.given, step.rate) == ("5", "4", "1 per qty")
    assert step.limited == ("“visit” allows at most 4 stamps per purchase",)
    assert lines(why)[0] == "4 stamps: 4 for the stamp (not 5: “visit” allows at most 4 stamps per purchase)"


def test_a_rule_that_another_stands_in_for_says_so() -> None:
    shop = Shop(gallery("corner-coffee-card"))
    why = shop.event("purchase", "2026-04-07T09:00", lines=[{"kind": "drink", "amount": "2.50"}])
    replaced = next(silent for silent in why.silent if silent.rule == "earn.stamp")
    assert replaced.reason == "“early” stands in its place"


def test_what_an_exchange_took_and_issued_is_told_apart_from_what_was_earned() -> None:
    shop = Shop(gallery("corner-coffee-card"))
    shop.event("opening", "2026-04-01", balances={"stamps": "8"})
    why = shop.event(
        "purchase", "2026-04-08T09:00", own_cup=True, lines=[{"kind": "drink", "amount": "5.00", "qty": 2}]
    )
    assert lines(why)[:5] == [
        "2 stamps: 2 for the stamp",
        "9 stamps went into “tenth free”.",
        "“own cup” took 0.40 off.",
        "To pay: 4.60.",
        "You got 1 “free drink” voucher, good through June 6, 2026.",
    ]
    assert [(given.rule, given.voucher, given.last_day) for given in why.issued] == [
        ("convert.tenth_free", "free_drink", "2026-06-06")
    ]


def test_an_opening_balance_and_a_risen_level_are_told() -> None:
    shop = Shop(gallery("nordstrom-nordy-club"))
    brought = shop.event("opening", "2026-04-01", balances={"points": "100"})
    assert lines(brought) == ["100 points: 100 brought in"]
    why = shop.event("purchase", "2026-04-02", lines=[{"kind": "goods", "amount": "600.00"}])
    assert why.levels == (("status", "member", "insider"),)
    assert "“status” went from Member to Insider." in lines(why)


def test_goods_that_come_back_and_units_that_lapsed_are_told() -> None:
    shop = starbucks()
    shop.event("purchase", "2026-04-02", lines=[{"kind": "drink", "amount": "10.00"}], id="sale")
    back = shop.event("return", "2026-04-06", of="sale", lines=[{"line": 0}])
    assert lines(back)[0] == "-12 stars: -12 taken back for the goods"
    assert "Paid back: 10.00." in lines(back)
    later = shop.event("purchase", "2027-04-06", lines=[{"kind": "drink", "amount": "10.00"}])
    assert lines(later)[0] == "Before that, 600 year stars lapsed."


def test_a_refusal_is_told_in_the_words_of_the_program() -> None:
    why = starbucks().event("redeem.lunch", "2026-04-05")
    assert why.code == "too_little"
    assert lines(why) == ["Refused: 0 Stars are fewer than 300"]


def test_spanish_tells_it_too() -> None:
    why = starbucks("es").event("purchase", "2026-04-02T09:00", lines=BASKET)
    assert lines(why)[0] == "24 stars: 24 por 20.00 en Gold"
    assert lines(why)[-1] == (
        "«double day» no dio nada: solo con la marca «double star day» (`'double_star_day' in purchase.tags`)."
    )
