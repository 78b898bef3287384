"""What refusals say, and that every code of the source has a phrase."""

import ast
import re
from pathlib import Path

import pytest
from tests.unit.speech.helpers import changed, gallery

import regulars
from regulars.engine.book import Book
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


def is_sentence(said: str) -> bool:
    """A capital letter, a full stop, no blank that nobody filled."""
    return said[:1].isupper() and said.endswith(".") and not re.search(r"[{}]", said)


VALUES = (
    ("first_day", day_of("2026-03-02")), ("last_day", day_of("2026-03-31")), ("next_time", day_of("2026-04-01")),
    ("first_moment", 1_772_442_000_000_000), ("held", "28"), ("asked", 7), ("cost", "300"), ("worth", 700), ("minimum", 2000),
    ("mark", "500"),
)  # fmt: skip


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("code", [one.code for one in codes(language("en"))])
def test_every_code_is_said_as_a_sentence_with_its_values_and_has_a_hint(code: str, tag: str) -> None:
    program = gallery("corner-coffee-card")
    known = {one.code: one for one in codes(language(tag))}
    more = tuple((name, "x") for name in re.findall(r"\{(\w+)\}", known[code].sentence) if name not in dict(VALUES))
    for refusal in (
        Refusal(code, values=VALUES + more),
        Refusal(code, values=VALUES + more, pointer="/lines/0/amount"),
    ):
        said = text(program, refusal, language(tag))
        assert is_sentence(said), said
        assert " - " not in said, said
    assert known[code].hint[:1].isupper() or known[code].hint.startswith("`")
    assert known[code].hint.endswith(".")


def texts_in_the_source() -> list[tuple[str, str]]:
    """Every sentence that stands where a refusal is made, with where; what is filled in reads `x`."""
    found = []
    for path in Path(regulars.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Refusal", "Bad"}:
                given = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "text")]
                found += [(f"{path.name}:{one.lineno}", said) for one in given if (said := written(one)) is not None]
    return found


def written(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return str(node.value) or None
    if isinstance(node, ast.JoinedStr):
        # A text may begin with where a file is wrong: what is filled in there is a line and a sentence of its own.
        if isinstance(node.values[0], ast.FormattedValue) and getattr(node.values[1], "value", "") == ":":
            return None
        parts = [part.value if isinstance(part, ast.Constant) else "x" for part in node.values]
        # A text that ends with another refusal's ends as that one does.
        return "".join(map(str, parts)) + ("" if isinstance(node.values[-1], ast.Constant) else ".")
    return None


def test_every_text_of_a_refusal_in_the_source_is_a_sentence() -> None:
    found = texts_in_the_source()
    assert len(found) > 60
    assert [f"{where}: {said}" for where, said in found if not (said[:1].isupper() and said.endswith("."))] == []


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("-3.00", "The field `amount` is negative."),
        ("9" * 15, "The field `amount` is absurdly large."),
        ("abc", "The field `amount` must be a number, not abc."),
        ("3.005", "The field `amount` has more decimals than the money has: 3.005."),
        (None, "The field `amount` is missing."),
    ],
)
def test_a_refused_field_is_named_in_a_sentence(amount: object, said: str) -> None:
    book = Book([gallery("corner-coffee-card")])
    line = {"kind": "drink", "amount": amount}
    refused = book.read(
        {"id": "p-1", "type": "purchase", "member": "ann", "happened_at": "2026-03-02T09:00", "lines": [line]}
    )
    assert isinstance(refused, Refusal)
    assert (refused.text, refused.pointer) == (said, "/lines/0/amount")


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
    precise = Refusal("event.missing_field", "The field `amount` is missing.", pointer="/lines/0/amount")
    assert text(nike, precise, language("en")) == "The field `amount` is missing."
    assert text(nike, precise, language("es")) == "Falta un campo: `amount`."
    assert (
        text(nike, Refusal("event.bad_lines", pointer="/lines/0"), language("es"))
        == "No se pueden leer las líneas: `lines`."
    )
    assert text(nike, Refusal("a_code_of_ones_own"), language("en")) == "You do not have this."
