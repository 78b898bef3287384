"""How commands end when something is wrong: a sentence, a hint, a code that means something, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.doors.conftest import Regulars

from regulars.doors.cli.endings import DEFECT, STOPPED, USAGE


def test_a_word_that_is_no_command_is_wrong_usage(regulars: Regulars) -> None:
    ran = regulars("chekc")
    assert ran.code == USAGE
    assert "check" in ran.err
    assert "--help" in ran.err


@pytest.mark.parametrize(
    "words", [("check",), ("check", "--nope", "x"), ("play", "only-one"), ("diff", "one"), ("member",), ("explain",)]
)
def test_a_command_that_is_not_understood_says_what_is_missing(regulars: Regulars, words: tuple[str, ...]) -> None:
    ran = regulars(*words)
    assert ran.code == USAGE
    assert ran.err.startswith("regulars: ")
    assert f"regulars {words[0]} --help" in ran.err
    assert ran.out == ""


def test_help_and_version_are_no_mistakes(regulars: Regulars) -> None:
    everything = regulars("--help")
    assert everything.code == 0
    for command in ("new", "check", "show", "diff", "test", "play", "member", "explain", "verify", "sweep"):
        assert command in everything.out
        assert regulars(command, "--help").code == 0
    assert regulars("--version").out[0].isdigit()
    assert regulars().code == 0


def test_a_file_that_is_not_there_is_named(regulars: Regulars, card: Path) -> None:
    for words in (("check", "no.yaml"), ("show", "no.yaml"), ("play", card, "no.yaml"), ("test", card, "no.yaml")):
        ran = regulars(*words)
        assert ran.code == USAGE
        assert "no.yaml" in ran.err
        assert "Traceback" not in ran.err


def test_a_folder_is_no_file(regulars: Regulars, tmp_path: Path) -> None:
    ran = regulars("check", tmp_path)
    assert ran.code == USAGE
    assert "name a file" in ran.err


def test_asked_for_json_a_mistake_is_json_too(regulars: Regulars) -> None:
    ran = regulars("check", "no.yaml", "--json")
    assert ran.code == USAGE
    assert ran.json["ok"] is False
    assert "no.yaml" in ran.json["error"]
    assert ran.err == ""


def fails(error: BaseException) -> object:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_a_mistake_of_ours_is_one_line_and_a_request(
    regulars: Regulars, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.speech.program.describe", fails(KeyError("no such phrase")))
    ran = regulars("show", card)
    assert ran.code == DEFECT
    assert "no such phrase" in ran.err
    assert "report" in ran.err
    assert len(ran.err.splitlines()) == 2
    with pytest.raises(KeyError, match="no such phrase"):
        regulars("show", card, "--debug")


def test_stopped_from_the_keyboard_is_said_in_a_word(
    regulars: Regulars, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.speech.program.describe", fails(KeyboardInterrupt()))
    ran = regulars("show", card)
    assert ran.code == STOPPED
    assert ran.err.strip() == "regulars: Stopped."


def test_a_full_disk_is_a_sentence(regulars: Regulars, card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.speech.program.describe", fails(OSError(28, "No space left on device")))
    ran = regulars("show", card)
    assert ran.code == USAGE
    assert "no space left" in ran.err


def test_a_file_that_may_not_be_read_is_a_sentence(
    regulars: Regulars, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regulars.speech.program.describe", fails(PermissionError(13, "Permission denied", "shut")))
    ran = regulars("show", card)
    assert ran.code == USAGE
    assert "shut" in ran.err
    assert "no right" in ran.err
