"""Writes the pages of the gallery and of the mechanics, each from the files in `programs/`.

A program has a page `docs/gallery/SLUG.md`: what it is good for, its plain words, its tables, its scenarios, the mechanics it
shows and the file itself. A mechanic has a page `docs/mechanics/ID.md` with the lines of real programs that make it.
`python tools/gallery_pages.py` writes the pages, `--check` says which are not as they would be written and exits 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.snippets import cut

from regulars.doors.cli import gallery
from regulars.program.keys import BLOCKS
from regulars.program.load import load
from regulars.program.model import Program, Rule
from regulars.speech import describe, language
from regulars.speech.effects import cost, effect
from regulars.speech.forms import lapse
from regulars.speech.language import capital, human
from regulars.speech.program import level_words
from regulars.speech.voice import Voice, title

FOLDER = Path(__file__).resolve().parent.parent / "docs"
FOLDERS = ("gallery", "mechanics")
MADE = "<!-- Made from the files in programs/ by tools/gallery_pages.py; `make docs` writes it again. -->"
SHOWN = 3
"""Of how many programs a mechanic's page shows the lines; of the others it gives the names."""

ORIGINS = {
    "source": "said by its sources",
    "recall": "general knowledge of the program",
    "choice": "chosen by us",
}
FAMILIES = {
    "Earning": ("earn",),
    "Units": ("unit",),
    "Expiry, and what is spent first": ("expiry", "consume"),
    "Levels": ("tier",),
    "Milestones and redemption": ("milestone", "redeem"),
    "Vouchers and returns": ("coupon", "return"),
    "Plans and fees": ("fee",),
    "Benefits": ("perk",),
    "Orders, accounts and versions": ("order", "region", "account", "household", "rules"),
}
"""The families of mechanics, by the word before the point."""


def pages() -> dict[str, str]:
    """Every page by its path under docs, as it should be."""
    entries = gallery.entries()
    texts = {one.name: gallery.parts(one.name) for one in entries}
    found = {"gallery/README.md": _gallery_index(entries), "mechanics/README.md": _mechanics_index(entries)}
    for one in entries:
        found[f"gallery/{one.name}.md"] = _program_page(one, texts[one.name])
    for mechanic, says in gallery.mechanics().items():
        found[f"mechanics/{mechanic}.md"] = _mechanic_page(mechanic, says, entries, texts)
    return found


def _gallery_index(entries: list[gallery.Entry]) -> str:
    groups: dict[str, list[gallery.Entry]] = {}
    for one in entries:
        for group in one.groups or ("more",):
            groups.setdefault(group, []).append(one)
    lines = [
        "# The gallery",
        "",
        MADE,
        "",
        "Programs to begin from: well-known ones, as public pages describe them, and a few of our own. Each has scenarios that run.",
        "`regulars new --list` shows them on a terminal, `regulars new --list WORD` those that have to do with a word, and",
        "`regulars new NAME` writes one with its scenarios. What they do, mechanic by mechanic: [the mechanics](../mechanics/README.md).",
        "",
        "The names belong to their owners. These are worked examples for software, not a statement of what anybody offers today.",
        "",
    ]
    for group, those in sorted(groups.items(), key=lambda item: item[0] == "more"):
        lines += [f"## {capital(group)}", ""]
        lines += [f"* [{one.title}]({one.name}.md): {one.about}{_suits(one)}" for one in those]
        lines.append("")
    return _page(lines)


def _suits(one: gallery.Entry) -> str:
    return f" *For {one.suits}.*" if one.suits else ""


def _program_page(one: gallery.Entry, texts: dict[str, str]) -> str:
    text, story = texts[f"{one.name}.yaml"], texts.get(f"{one.name}.scenarios.yaml")
    program = load(text, f"{one.name}.yaml")
    if not isinstance(program, Program):
        raise SystemExit(f"programs/{one.name}.yaml does not load: {program}")
    told: dict[str, Any] = yaml.safe_load(story) if story else {}
    lines = [f"# {one.title}", "", MADE, "", one.about, ""]
    if one.suits:
        lines += [f"**Good for** {', '.join(one.groups)}: {one.suits}.", ""]
    if one.models:
        lines += [one.models, ""]
    lines += ["## Start from it", "", "```sh", f"regulars new {one.name}", f"regulars show {one.name}.yaml"]
    lines += [f"regulars test {one.name}.yaml"] if story else []
    lines += ["```", ""]
    files = [f"[the program](../../programs/{one.name}.yaml)"]
    files += [f"[its scenarios](../../programs/{one.name}.scenarios.yaml)"] if story else []
    lines += [f"The files: {' and '.join(files)}.", ""]
    lines += ["## In plain words", ""]
    for section in describe(program, language("en")):
        lines += [f"**{section.title}**", "", *(f"* {sentence}" for sentence in section.sentences), ""]
    lines += [*_tables(program), *_scenarios(told), *_shows(one), *_terms(told)]
    lines += ["## The file", "", "```yaml", text.rstrip("\n"), "```"]
    return _page(lines)


def _tables(program: Program) -> Iterator[str]:
    voice = Voice(program, language("en"))
    wallets = [wallet for wallet in program.wallets.values() if "." not in wallet.name]
    rewards = [rule for rule in program.rules if rule.section == "rewards"]
    if not (wallets or program.ladders or rewards):
        return
    yield from ("## At a glance", "")
    if wallets:
        yield from ("| wallet | holds | lapses |", "| --- | --- | --- |")
        for wallet in wallets:
            holds = "money" if wallet.money else "units"
            holds = f"{holds}, counts only" if wallet.counter or wallet.counts else holds
            lapses = lapse(voice, wallet.lasts) if wallet.lasts else "never"
            yield _row(capital(human(wallet.name)), holds, lapses)
        yield ""
    if program.ladders:
        yield from ("| standing | levels |", "| --- | --- |")
        for ladder in program.ladders.values():
            yield _row(capital(human(ladder.name)), "; ".join(level_words(voice, level) for level in ladder.levels))
        yield ""
    if rewards:
        yield from ("| reward | costs | gives |", "| --- | --- | --- |")
        yield from (_row(title(rule), _cost(voice, rule), effect(voice, rule)) for rule in rewards)
        yield ""


def _cost(voice: Voice, rule: Rule) -> str:
    said = cost(voice, rule)
    return f"each {said}" if rule.every is not None else said or "nothing"


def _scenarios(told: dict[str, Any]) -> Iterator[str]:
    if not told:
        return
    yield from ("## What its scenarios promise", "")
    yield from (f"* {str(one.get('title', one['id'])).rstrip('.')}." for one in told["scenarios"])
    yield ""


def _shows(one: gallery.Entry) -> Iterator[str]:
    places = gallery.places(one.name)
    if not places:
        return
    says = gallery.mechanics()
    yield from ("## Mechanics it shows", "", "| mechanic | what it is | where |", "| --- | --- | --- |")
    for mechanic in says:
        if mechanic in places:
            where = ", ".join(f"`{path}`" for path in places[mechanic])
            yield _row(f"[{mechanic}](../mechanics/{mechanic}.md)", says[mechanic], where)
    yield ""


def _terms(told: dict[str, Any]) -> Iterator[str]:
    if not told.get("rules"):
        return
    yield from ("## The terms behind it", "", "What `terms` in the file names, in our own words.", "")
    yield from ("| clause | says | comes from |", "| --- | --- | --- |")
    for rule in told["rules"]:
        sources = f" ({', '.join(rule['src'])})" if rule.get("src") else ""
        yield _row(f"`{rule['id']}`", rule["text"], ORIGINS[rule["origin"]] + sources)
    yield ""
    if told.get("readings"):
        yield from ("Where the terms leave something open:", "")
        for one in told["readings"]:
            doubt = one["doubt"].rstrip(".")
            yield f"* {doubt}{'' if doubt.endswith('?') else ':'} {one['taken']}."
        yield ""
    if told.get("sources"):
        yield from ("Sources:", "")
        for source in told["sources"]:
            dated = f", {source['dated']}" if source.get("dated") else ""
            address = source["address"]
            said = f"<{address}>" if source["kind"] == "official" and "@" not in address else f"`{address}`"
            yield f"* {source['id']} ({source['kind']}{dated}): {said}"
        yield ""


def _mechanics_index(entries: list[gallery.Entry]) -> str:
    says = gallery.mechanics()
    lines = [
        "# The mechanics",
        "",
        MADE,
        "",
        f"What loyalty programs do, in {len(says)} mechanics. Each page shows the lines of real programs that make it.",
        "The programs: [the gallery](../gallery/README.md). The keys: [the language](../look-up/language.md).",
        "",
    ]
    for family, words in FAMILIES.items():
        lines += [f"## {family}", "", "| mechanic | what it is | programs |", "| --- | --- | --- |"]
        for mechanic in says:
            if mechanic.partition(".")[0] in words:
                shown = sum(mechanic in one.mechanics for one in entries)
                lines.append(_row(f"[{mechanic}]({mechanic}.md)", says[mechanic], str(shown)))
        lines.append("")
    return _page(lines)


def _mechanic_page(mechanic: str, says: str, entries: list[gallery.Entry], texts: dict[str, dict[str, str]]) -> str:
    cuts = {}
    for one in entries:
        if mechanic in one.mechanics:
            paths = gallery.places(one.name)[mechanic]
            cuts[one.name] = (one, paths, cut(texts[one.name][f"{one.name}.yaml"], paths))
    # The shortest say it best; those that people know stand first.
    best = sorted(cuts, key=lambda name: cuts[name][2].count("\n"))[:SHOWN]
    lines = [f"# {mechanic}", "", MADE, "", says, ""]
    for name, (one, paths, shown) in cuts.items():
        if name in best:
            where = " and ".join(f"`{path}`" for path in paths)
            lines += [f"[{one.title}](../gallery/{name}.md), {where}:", "", "```yaml", shown, "```", ""]
    others = [f"[{cuts[name][0].title}](../gallery/{name}.md)" for name in cuts if name not in best]
    if others:
        lines += [f"Also in {', '.join(others)}.", ""]
    sections = dict.fromkeys(path.partition(".")[0] for name in best for path in cuts[name][1])
    keys = ", ".join(
        f"`{section}` ([{_block(section)}](../look-up/language.md#{_block(section).lower()}))" for section in sections
    )
    lines += [f"The keys: {keys}. All mechanics: [the list](README.md)."]
    return _page(lines)


def _block(section: str) -> str:
    """The table of the language reference that has a section's keys."""
    named = re.findall(r"[A-Z]{3,}", BLOCKS["PROGRAM"][section].type)
    return next((block for block in named if block in BLOCKS), "PROGRAM")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _page(lines: list[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


def stale() -> dict[str, str | None]:
    """The pages that are not as they should be, with their text; None for a page that should not be there."""
    should = pages()
    there = {str(path.relative_to(FOLDER)) for folder in FOLDERS for path in (FOLDER / folder).glob("*.md")}
    left = dict.fromkeys(sorted(there.difference(should)))
    wanted = {
        page: text
        for page, text in should.items()
        if page not in there or (FOLDER / page).read_text(encoding="utf-8") != text
    }
    return {**left, **wanted}


def main() -> int:
    """0 when the pages are written, or, with `--check`, when they need not be."""
    found = stale()
    if "--check" in sys.argv:
        for page in found:
            print(f"docs/{page} is not what the programs say; run `make docs`")
        return 1 if found else 0
    for page, text in found.items():
        path = FOLDER / page
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    print(f"{len(found)} pages of the gallery and the mechanics written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
