"""Refusals as values, and the texts they fill."""

from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.words.refusals import Refusal, fill


def test_a_refusal_needs_a_code_and_nothing_else() -> None:
    assert Refusal("rouge_only") == Refusal("rouge_only", text="", rule=None, pointer=None, values=())


def test_refusals_with_the_same_content_are_one_value() -> None:
    assert len({Refusal("a", values=(("n", 1),)), Refusal("a", values=(("n", 1),)), Refusal("b")}) == 2


def test_names_are_filled_from_a_mapping_or_from_the_values_of_a_refusal() -> None:
    assert fill("{n} of {all}", {"n": 3, "all": 5}) == "3 of 5"
    assert fill("{n} of {all}", (("n", 3), ("all", 5))) == "3 of 5"


def test_a_name_without_a_value_stays() -> None:
    assert fill("{n} of {all}, {} {0} {not a name}", {"n": 3}) == "3 of {all}, {} {0} {not a name}"


def test_a_name_can_be_a_path() -> None:
    assert fill("{line.sku}", {"line.sku": "A1"}) == "A1"


def test_a_value_is_not_filled_again() -> None:
    assert fill("{a}{b}", {"a": "{b}", "b": "{a}"}) == "{b}{a}"


def test_a_value_of_none_is_a_value() -> None:
    assert fill("{a}", {"a": None}) == "None"


@settings(max_examples=60)
@given(st.text(alphabet="{}ab.1 "))
def test_no_template_breaks_and_without_values_none_changes(template: str) -> None:
    assert fill(template, {}) == template
