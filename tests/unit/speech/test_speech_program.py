"""Programs of the gallery in plain words."""

import pytest
from tests.unit.speech.helpers import GALLERY, gallery, program_of, said

from regulars.speech import LANGUAGES

SMALLEST = """
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


def test_the_smallest_program_reads_as_a_card_on_the_counter() -> None:
    assert said(program_of(SMALLEST)) == {
        "Nine and one": ("In force from January 1, 2026. Amounts are in euros, days are those of Europe/Madrid.",),
        "How you earn": ("For each drink not had by a voucher you get 1 stamp.",),
        "How long it lasts": ("Stamps lapse 6 months after you last shopped.",),
        "What becomes of it": ("Every 9 stamps become 1 “free drink” voucher at once.",),
        "Vouchers": ("Free drink: 1 drink free, valid for 60 days.",),
    }


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("name", GALLERY)
def test_every_program_of_the_gallery_can_be_said_whole(name: str, tag: str) -> None:
    sentences = [sentence for told in said(gallery(name), tag).values() for sentence in told]
    for sentence in sentences:
        assert sentence.endswith(".")
        assert sentence[0].isupper() or not sentence[0].isalpha()
        assert not {"{", "}", "|"} & set(sentence)
        assert "  " not in sentence
        assert ", ," not in sentence
        assert "None" not in sentence


def test_rates_by_tier_stand_in_brackets_behind_the_lowest() -> None:
    earn = said(gallery("starbucks-rewards"))["How you earn"]
    assert earn[0] == (
        "For each $1.00 of goods after discounts, vouchers and rewards, you get 1 star (Gold 1.2, Reserve 1.7)."
    )
    assert earn[1] == "On a purchase marked “double star day”, for Gold and above, “base” counts 2 times."
    assert earn[2] == "For the activity “reload” you get 10 stars from $30.00, 25 stars from $50.00."


def test_a_life_is_said_with_its_anchors_and_its_waiver() -> None:
    lapse = said(gallery("starbucks-rewards"))["How long it lasts"]
    assert lapse[0] == (
        "Stars lapse at the end of the sixth month after the month you earned them or last shopped, "
        "but not for Gold and above."
    )
    assert lapse[1] == "Year stars count your stars and go back to zero at the end of the year."


def test_a_named_condition_is_said_by_what_it_means() -> None:
    early = said(gallery("corner-coffee-card"))["How you earn"][1]
    assert early == (
        "For each drink of €2.00 or more, not had by a voucher, on Tuesdays before 10:00, you get 2 stamps, "
        "instead of “stamp”, within the limit “visit”."
    )


def test_levels_are_said_with_their_marks() -> None:
    assert said(gallery("nordstrom-nordy-club"))["Levels"][0] == (
        "Status: Member, Insider from $500.00 year spend or the card, Influencer from $2,000.00 year spend, "
        "Ambassador from $5,000.00 year spend."
    )


def test_openings_by_level_are_said_one_by_one() -> None:
    item = said(gallery("starbucks-rewards"))["Benefits"][0]
    assert "Green on your birthday; Gold for 7 days from your birthday; Reserve for 30 days from your birthday" in item


def test_a_reward_is_said_with_cost_gate_and_opening() -> None:
    assert said(gallery("sephora-beauty-insider"))["Rewards"][2] == (
        "Rouge 100: 2,500 points for 1 “rouge reward” voucher, for Rouge, on Tuesdays and Thursdays from 09:00, "
        "while stocks last."
    )


def test_a_referral_a_return_and_a_shared_limit_are_said() -> None:
    card = said(gallery("corner-coffee-card"))
    assert card["Friends"] == (
        "When a friend you sent first earns, you get 2 stamps and the friend gets 1 stamp, at most 3 times per year.",
    )
    assert card["When goods come back"][0] == "What the goods earned is taken back: stamps."
    assert card["Limits"] == ("Visit: at most 4 stamps per purchase, shared by stamp and early.",)


def test_scheduled_conversions_are_said_with_their_days() -> None:
    assert said(gallery("north-face-xplr-pass"))["What becomes of it"] == (
        (
            "Each February 15, June 15 and October 15, every 100 points become 1 “reward” voucher, "
            "counting what you had by the end of the last season, at most 5 times in one go."
        ),
    )


def test_rates_by_department_are_said_together_where_they_are_alike() -> None:
    text = SMALLEST + "base: {spend: {}}\n"
    by = "give: {stamps: {by: line.kind, drink: 2 per 1.00, food: 2 per 1.00, else: 1 per 1.00}}"
    text = text.replace("give: {stamps: 1 per line.qty}", by)
    earn = said(program_of(text))["How you earn"][0]
    assert earn.endswith("you get 2 stamps for drink or food, otherwise 1 stamp.")


def test_spanish_says_the_same_sentence() -> None:
    assert said(gallery("starbucks-rewards"), "es")["Cuánto dura"][0] == (
        "Stars caducan a fin del sexto mes después del mes en que usted los ganó o compró por última vez, "
        "pero no para Gold y superiores."
    )
