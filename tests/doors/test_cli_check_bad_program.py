"""A program with twenty different mistakes: all are said at once, each where it stands, in words that help."""

from __future__ import annotations

from pathlib import Path

from tests.doors.conftest import Regulars

# (a line of the file, the word at which the mistake begins, what is said about it); lines without a mistake say nothing
TWENTY = (
    ("program: bad-card", "", ""),
    ("money: EUX", "EUX", "no currency"),
    ("timezone: Europe/Madird", "Europe/Madird", "Europe/Madrid"),
    ("from: 2026-02-30", "2026-02-30", "no day"),
    ("colour: red", "colour", "unknown key"),
    ("facts:", "", ""),
    ("  line: {kind: [drink, food], qty: count = 1, size: larg}", "larg", "no type"),
    ("wallets:", "", ""),
    ("  stamps: {lapses: 6 months after last purchase}", "lapses", "`lasts`"),
    ("  points: {lasts: 12 moons}", "moons", "no unit of time"),
    ("earn:", "", ""),
    ("  stamp: {lines: line.kind == 'drnk', give: {stamps: 1 per line.qty}}", "drnk", "did you mean 'drink'?"),
    ("  base: {when: event.weekdy == 'tue', give: {points: 1 per 1.00}}", "event.weekdy", "`event.weekday`"),
    ("  some: {give: {point: 1 per 1.00}}", "point:", "`points`"),
    ("  four: {give: {points: 4}, at_most: 4 per purchase}", "4 per purchase", "4 points per purchase"),
    ("  litre: {give: {points: 1 per litre}}", "litre}}", "money, not litres"),
    ("  both: {when: line.qty > 'a', give: {points: 1}}", "line.qty", "under `lines`"),
    ("  twice: {give: {points: 1}, instead_of: nobody}", "nobody", "no rule"),
    ("convert:", "", ""),
    ("  free: {every: 9 stamps, giv: {free_drink: 1}}", "giv:", "`give`"),
    ("vouchers:", "", ""),
    ("  free_drink: {lines: line.kind == 'drink', free: 1, lasts: 60 days after purchas}", "purchas}", "point in time"),
    ("  five_off: {off: 5}", "5}", "`5.00` or `5%`"),
    ("tiers:", "", ""),
    ("  status: {of: points, levels: {member: {}, gold: {at: 500, by: card}}}", "at: 500", "one source"),
    ("returns: {points: take bak}", "take bak", "`take back`"),
    ("choices: {day: {options: [first, last], default: middle}}", "middle", "no option"),
)


def bad_program(folder: Path) -> Path:
    file = folder / "bad.yaml"
    file.write_text("\n".join(line for line, _, _ in TWENTY) + "\n", encoding="utf-8")
    return file


def test_twenty_mistakes_are_twenty_located_errors(regulars: Regulars, tmp_path: Path) -> None:
    ran = regulars("check", bad_program(tmp_path))
    *said, total = ran.lines
    expected = [(number, line.index(word) + 1, help) for number, (line, word, help) in enumerate(TWENTY, 1) if word]
    assert len(expected) == 20
    assert ran.code == 1
    assert total == "20 mistakes"
    found = []
    for one in said:
        place, _, text = one.partition("    ")
        file, line, column = place.rsplit(":", 2)
        assert file == str(tmp_path / "bad.yaml")
        found.append((int(line), int(column), text))
    assert [place[:2] for place in found] == [place[:2] for place in expected]
    assert [help for (*_, help), (*_, text) in zip(expected, found, strict=True) if help not in text] == []
    assert "Traceback" not in ran.out + ran.err


def test_the_same_mistakes_as_json_have_a_code_each(regulars: Regulars, tmp_path: Path) -> None:
    ran = regulars("check", bad_program(tmp_path), "--json")
    answer = ran.json
    assert ran.code == 1
    assert answer["ok"] is False
    assert len(answer["problems"]) == 20
    for problem in answer["problems"]:
        assert problem["code"]
        assert problem["message"]
        assert problem["line"] > 0
        assert problem["column"] > 0


def test_no_command_takes_a_program_with_mistakes(regulars: Regulars, tmp_path: Path, card: Path) -> None:
    bad = bad_program(tmp_path)
    (tmp_path / "none.jsonl").write_text("")
    for words in (("show", bad), ("test", bad), ("play", bad, "none.jsonl"), ("diff", card, bad), ("diff", bad, bad)):
        ran = regulars(*words)
        assert ran.code == 1, words
        assert f"{bad}:5:1" in ran.out, words
