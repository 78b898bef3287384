"""How problems are shown, and which word is guessed."""

import pytest

from regulars.program.nodes import Mark
from regulars.program.problems import Problem, Problems, did_you_mean, nearest, show, show_all


def test_a_problem_is_shown_with_its_place_and_hint() -> None:
    problem = Problem(9, 12, "key.unknown", "unknown key `lapses` in a wallet", "did you mean `lasts`?", "card.yaml")
    assert show(problem) == "card.yaml:9:12    unknown key `lapses` in a wallet; did you mean `lasts`?"


def test_a_hint_follows_a_question_without_a_semicolon() -> None:
    assert Problem(1, 1, "x", "4 of what?", "write `4 times per year`").text == "4 of what? write `4 times per year`"


def test_problems_are_shown_in_the_order_of_the_file_with_their_texts_in_one_column() -> None:
    problems = Problems("card.yaml")
    problems.add(Mark(10, 30), "b", "second")
    problems.add(Mark(9, 2), "a", "first")
    assert show_all(problems) == "card.yaml:9:2      first\ncard.yaml:10:30    second"
    assert show_all([]) == ""


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("lapses", "lasts"),
        ("giv", "give"),
        ("moths", "months"),
        ("point", "points"),
        ("pionts", "points"),
        ("GIVE", "give"),
        ("purchas", "purchase"),
        ("at_msot", "at_most"),
        ("xylophone", None),
        ("q", None),
        ("", None),
    ],
)
def test_the_nearest_word_is_guessed_or_none(word: str, meant: str | None) -> None:
    known = ["lasts", "give", "months", "points", "purchase", "at_most", "when"]
    assert nearest(word, known) == meant
    assert did_you_mean(word, known) == (f"did you mean `{meant}`?" if meant else "")
