"""Programs on their way: a draft is written, looked at, and published by somebody else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from regulars.access.four_eyes import Approval, FourEyes, Publishing, judge
from regulars.audit.model import Entry
from regulars.audit.store import record
from regulars.calculators import compiled
from regulars.engine.book import Book
from regulars.flows.importing.mapping import read_mapping
from regulars.flows.opened import Opened
from regulars.jobs.model import Draft
from regulars.jobs.store import Drafts
from regulars.ledger.programs import Version, publish
from regulars.postgres.connect import transaction
from regulars.program.load import load
from regulars.program.model import Program
from regulars.program.problems import Problem
from regulars.words.refusals import Refusal

LONGEST: int = 1_000_000
"""Bytes of a program's text."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and from where."""

    subject: str
    place: str = ""


def checked(text: str, file: str) -> Program | Sequence[Problem]:
    """The program of a text, or everything that is wrong with it; calculators that are not installed here are, too."""
    read = load(text, file)
    if not isinstance(read, Program):
        return read
    book = compiled([read], file)
    return read if isinstance(book, Book) else book


async def drafts_of(opened: Opened) -> Drafts:
    """The drafts of a tenant."""
    return Drafts(opened.pool, await opened.number())


async def write_draft(opened: Opened, slug: str, text: str, seen: bytes | None, by: By) -> bool | Refusal:
    """Whether the draft is the first one of its program; `seen` is the checksum of the one that it takes the place of.

    The text is checked already. Refused is `program.changed`, when another draft stands there than was seen.
    """
    sha256 = hashlib.sha256(text.encode()).digest()
    new = await (await drafts_of(opened)).put(slug, by.subject, sha256, text, seen)
    if new is None:
        return Refusal("program.changed", "Another draft stands there than the one that was seen.")
    await _note(opened, Entry(by.subject, "draft.written", f"program:{slug}", by.place, after={"sha256": sha256.hex()}))
    return new


async def drop_draft(opened: Opened, slug: str, seen: bytes, by: By) -> Refusal | None:
    """Takes a draft away; refused is `program.changed`."""
    if not await (await drafts_of(opened)).drop(slug, seen):
        return Refusal("program.changed", "Another draft stands there than the one that was seen.")
    await _note(opened, Entry(by.subject, "draft.dropped", f"program:{slug}", by.place, before={"sha256": seen.hex()}))
    return None


async def publish_draft(opened: Opened, draft: Draft, by: By, rule: FourEyes) -> Version | Refusal | Sequence[Problem]:
    """The version that a draft has become.

    Refused are `four_eyes.same_person`, when whoever publishes wrote it and the rule asks for two, and what the ledger
    refuses: `version.not_later`, `version.judged`.
    """
    what = Publishing(draft.slug, draft.sha256.hex())
    verdict = judge(rule, what, draft.author, Approval(by.subject, what))
    if isinstance(verdict, Refusal):
        return verdict
    program = checked(draft.text, f"{draft.slug}.yaml")
    if not isinstance(program, Program):
        return program
    version = await publish(opened.pool, opened.tenant, program)
    if isinstance(version, Refusal):
        return version
    after = {"version": str(version.version), "sha256": version.sha256.hex(), "author": draft.author}
    await _note(opened, Entry(by.subject, "program.published", f"program:{draft.slug}", by.place, after=after))
    await (await drafts_of(opened)).drop(draft.slug, draft.sha256)
    return version


async def _note(opened: Opened, entry: Entry) -> None:
    tenant = await opened.number()
    async with transaction(opened.pool) as connection:
        await record(connection, tenant, entry)


def checked_mapping(text: str) -> Refusal | None:
    """Nothing when a mapping of columns can be read, or there is none; else `import.bad_mapping` with the first mistake."""
    found = read_mapping(text, "mapping.yaml") if text else None
    if not isinstance(found, list):
        return None
    first = found[0]
    return Refusal("import.bad_mapping", f"{first.line}:{first.column} {first.text}", pointer="/mapping")
