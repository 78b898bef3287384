"""What refusals say, and that every code of the source has a phrase."""

import ast
from pathlib import Path

import pytest
from tests.unit.speech.helpers import changed, gallery

import regulars
from regulars.program.keys import CODES
from regulars.speech import LANGUAGES, codes, language, text
from regulars.words.days import day_of
from regulars.words.moments import Zone
from regulars.words.refusals import Refusal

MAKERS = frozenset({"Refusal", "Bad", "refusal"})


def codes_in_the_source() -> set[str]:
    """Every code that stands as a text where a refusal is made."""
    found: set[str] = set()
    for path in Path(regulars.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in MAKERS:
                continue
            given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
            inside = [
                part for one in given for part in ([one.body, one.orelse] if isinstance(one, ast.IfExp) else [one])
            ]
            found |= {part.value for part in inside if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return found


def test_every_code_that_the_source_refuses_with_has_a_phrase() -> None:
    found = codes_in_the_source()
    assert {"event.float", "return.exceeds_sale", "too_much", "used"} <= found
    assert found <= {code.code for code in codes(language("en"))}


def test_every_standard_code_has_a_phrase() -> None:
    assert set(CODES) <= {code.code for code in codes(language("en"))}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_code_has_one_sentence_and_one_hint(tag: str) -> None:
    for code in codes(language(tag)):
        assert code.sentence.endswith(".")
        assert code.hint.endswith(".")


def test_a_program_says_its_own_text_with_its_values() -> None:
    refusal = Refusal("too_little", rule="rewards.lunch", values=(("held", "28"), ("cost", "300")))
    assert text(gallery("starbucks-rewards"), refusal, language("en")) == "28 Stars are fewer than 300"


def test_the_longest_key_wins() -> None:
    own = (
        "lunch.too_little: for lunch",
        "merchandise.too_little: not this",
        "rewards.merchandise.too_little: for that",
    )
    program = changed("starbucks-rewards", ("says:\n", "\n  ".join(["says:", *own]) + "\n"))
    said = {
        name: text(program, Refusal("too_little", rule=f"rewards.{name}"), language("en"))
        for name in ("lunch", "merchandise", "handcrafted")
    }
    assert said == {"lunch": "for lunch", "merchandise": "for that", "handcrafted": "- Stars are fewer than -"}


def test_a_group_and_a_shared_limit_have_texts_for_their_rules() -> None:
    program = changed(
        "north-face-xplr-pass", ("says:\n", "says:\n  acts.limit_reached: enough of that\n"),
    )  # fmt: skip
    assert text(program, Refusal("limit_reached", rule="earn.app"), language("en")) == "enough of that"
    card = changed("corner-coffee-card", ("says:\n", "says:\n  visit.limit_reached: four a visit\n"))
    assert text(card, Refusal("limit_reached", rule="earn.stamp"), language("en")) == "four a visit"


def test_days_are_dates_and_moments_are_local() -> None:
    nike = gallery("nike-membership")
    closed = Refusal("not_open", rule="benefits.returns", values=(("last_day", day_of("2026-03-31")),))
    assert text(nike, closed, language("en")) == "last day was 2026-03-31"
    at = Zone(nike.timezone).moment(day_of("2026-03-31"), 9 * 60)
    early = Refusal("not_open", rule="benefits.launch", values=(("first_moment", at),))
    assert text(nike, early, language("en")) == "opens at 2026-03-31T09:00"


def test_money_that_was_asked_for_is_written_as_money() -> None:
    program = changed("nordstrom-nordy-club", ("not one of the steps", '"{asked} is not one of the steps"'))
    refusal = Refusal("not_a_step", rule="rewards.note", values=(("asked", 700),))
    assert text(program, refusal, language("en")) == "7.00 is not one of the steps"


def test_a_text_is_said_in_the_language_that_there_is() -> None:
    program = changed("nike-membership", ("used: already used", "used: {en: already used, es: ya usado}"))
    assert text(program, Refusal("used"), language("es-MX")) == "ya usado"
    assert text(program, Refusal("used"), language("en")) == "already used"


def test_the_built_in_phrase_is_the_last_resort() -> None:
    nike = gallery("nike-membership")
    assert text(nike, Refusal("sold_out"), language("es")) == "No queda ninguno."
    precise = Refusal("event.missing_field", "`amount` is missing.", pointer="/lines/0/amount")
    assert text(nike, precise, language("en")) == "`amount` is missing."
    assert text(nike, precise, language("es")) == "Falta un campo."
    assert text(nike, Refusal("a_code_of_ones_own"), language("en")) == "You do not have this."
