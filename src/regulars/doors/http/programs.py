"""Programs: checked, kept as drafts, published by somebody else, compared in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from regulars.doors.http.answers import Answer, Headers
from regulars.doors.http.asked import Asked
from regulars.doors.http.problems import Place, Refused, refuse
from regulars.doors.http.routes import Query, ok, route
from regulars.flows.opened import Opened
from regulars.flows.programs import LONGEST, By, checked, drafts_of, drop_draft, publish_draft, write_draft
from regulars.jobs.model import Draft
from regulars.ledger.programs import Version, published
from regulars.program.model import Program
from regulars.program.problems import Problem
from regulars.speech.diff import changes
from regulars.speech.program import describe
from regulars.words.days import iso
from regulars.words.moments import Zone
from regulars.words.refusals import Refusal

UTC: Final = Zone("UTC")
TAG: Final[dict[str, Any]] = {"tag": "programs"}
TEXT: Final[dict[str, Any]] = {"takes": str, "takes_media": ("application/yaml", "text/yaml", "text/plain")}
MATCH: Final = {"If-Match": "The ETag of the draft that you saw."}
CARD: Final = """program: corner-card
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
wallets:
  stamps: {}
earn:
  stamp: {give: {stamps: 1}}
"""


class Checked(Struct, frozen=True):
    """What a text says: the name of its program, from when, and itself in plain words."""

    program: str
    first_day: str
    words: list[Any]


class DraftShown(Struct, frozen=True, omit_defaults=True):
    """A draft: its program, checksum (its ETag), author, moment and text."""

    program: str
    sha256: str
    author: str
    made_at: str
    text: str = ""


class VersionShown(Struct, frozen=True, omit_defaults=True):
    """A published version: its place among the program's versions, the first day it judges, checksum and text."""

    version: int
    first_day: str
    sha256: str
    text: str = ""


class Listed(Struct, frozen=True):
    """A program: how many versions it has, and whether there is a draft."""

    program: str
    versions: int
    draft: bool


class Changes(Struct, frozen=True):
    """What changes from one version to another, a sentence each."""

    changes: list[str]


@route(
    "POST", "/v1/programs/check", "programs:read", "Everything that is wrong with a program's text, or what it says.",
    gives=Checked, codes=("program.invalid",), example=CARD, **TEXT, **TAG,
    answer={"program": "corner-card", "first_day": "2026-01-01", "words": ["1 stamp on each purchase."]},
)  # fmt: skip
async def check_program(asked: Asked) -> Answer:
    """Nothing is kept. Each mistake has its line and column, a code and a hint."""
    program = _sound(await _text(asked), "program")
    return ok(Checked(program.slug, iso(program.first), describe(program, asked.tongue)))


@route(
    "GET", "/v1/programs", "programs:read", "All programs: their versions, and which have a draft.", items=Listed, **TAG
)
async def list_programs(asked: Asked) -> Answer:
    """In order of name."""
    opened = await _opened(asked)
    found: dict[str, dict[str, Any]] = {
        slug: {"program": slug, "versions": len(await published(opened.pool, opened.tenant, slug)), "draft": False}
        for slug in await opened.programs()
    }
    for draft in await (await drafts_of(opened)).all():
        found.setdefault(draft.slug, {"program": draft.slug, "versions": 0})["draft"] = True
    return ok({"items": [found[slug] for slug in sorted(found)]})


@route(
    "GET", "/v1/programs/{slug:str}/draft", "programs:read", "The draft of a program.", gives=DraftShown,
    codes=("program.no_draft",), **TAG,
)  # fmt: skip
async def get_draft(asked: Asked) -> Answer:
    """Its ETag is what If-Match asks for when it is changed or published."""
    draft = await _draft(asked)
    return ok(_shown(draft, draft.text), headers=_etag(draft.sha256))


@route(
    "PUT", "/v1/programs/{slug:str}/draft", "programs:write", "Write the draft of a program.", gives=DraftShown, status=201,
    codes=("program.invalid", "program.other_name", "program.changed", "program.if_match"), headers=MATCH, example=CARD,
    **TEXT, **TAG,
)  # fmt: skip
async def put_draft(asked: Asked) -> Answer:
    """The text is checked whole first. To change a draft send If-Match with the ETag of the one that you saw."""
    slug, text, opened = asked.path("slug"), await _text(asked), await _opened(asked)
    program = _sound(text, slug)
    if program.slug != slug:
        raise refuse("program.other_name", f"The text says `program: {program.slug}`.")
    seen = _match(asked)
    if seen is None and await (await drafts_of(opened)).get(slug) is not None:
        raise refuse("program.if_match", "There is a draft already; say which one is changed.")
    new = await write_draft(opened, slug, text, seen, _by(asked))
    if isinstance(new, Refusal):
        raise Refused(new)
    draft = await _draft(asked)
    return ok(_shown(draft), 201 if new else 200, _etag(draft.sha256))


@route(
    "DELETE", "/v1/programs/{slug:str}/draft", "programs:write", "Throw the draft of a program away.", status=204,
    codes=("program.no_draft", "program.changed", "program.if_match"), headers=MATCH, **TAG,
)  # fmt: skip
async def delete_draft(asked: Asked) -> Answer:
    """If-Match says which one is meant."""
    draft = await _draft(asked)
    refusal = await drop_draft(await _opened(asked), draft.slug, _matched(asked, draft), _by(asked))
    if refusal is not None:
        raise Refused(refusal)
    return Answer(b"", 204)


@route(
    "POST", "/v1/programs/{slug:str}/publish", "programs:publish", "Publish the draft of a program.", gives=VersionShown,
    status=201, headers=MATCH, **TAG,
    codes=("program.no_draft", "program.changed", "program.if_match", "program.invalid", "four_eyes.same_person",
           "version.not_later", "version.judged"),
)  # fmt: skip
async def publish_program(asked: Asked) -> Answer:
    """By somebody else than who wrote it, and just the draft that If-Match names. From then on it judges what happens from
    its first day on; it is never changed.
    """
    draft = await _draft(asked)
    _matched(asked, draft)
    version = await publish_draft(await _opened(asked), draft, _by(asked), asked.door.four_eyes)
    if isinstance(version, Refusal):
        raise Refused(version)
    if not isinstance(version, Version):
        raise _mistaken(version)
    await asked.door.serving.look()
    return ok(_version(version), 201)


@route(
    "GET", "/v1/programs/{slug:str}/versions", "programs:read", "The published versions of a program.",
    items=VersionShown, codes=("program.unknown",), **TAG,
)  # fmt: skip
async def list_versions(asked: Asked) -> Answer:
    """Oldest first."""
    return ok({"items": [_version(one) for one in await _versions(asked)]})


@route(
    "GET", "/v1/programs/{slug:str}/versions/{version:str}", "programs:read", "A published version with its text.",
    gives=VersionShown, codes=("program.unknown", "version.unknown"), **TAG,
)  # fmt: skip
async def get_version(asked: Asked) -> Answer:
    """Exactly as it was published."""
    one = _which(await _versions(asked), asked.path("version"))
    return ok(_version(one, one.text))


@route(
    "GET", "/v1/programs/{slug:str}/diff", "programs:read", "What changes from one version to another, in words.",
    gives=Changes, codes=("program.unknown", "version.unknown", "program.no_draft"), **TAG,
    query={"old": Query("A version's number; the newest when it is not said."),
           "new": Query("A version's number, or `draft`, which it is when it is not said.")},
)  # fmt: skip
async def diff_program(asked: Asked, old: str | None = None, new: str = "draft") -> Answer:
    """In the language that is asked for."""
    versions = await _versions(asked)
    before = _which(versions, old).text if old is not None else versions[-1].text
    after = (await _draft(asked)).text if new == "draft" else _which(versions, new).text
    return ok(Changes(changes(_sound(before, "old"), _sound(after, "new"), asked.tongue)))


async def _opened(asked: Asked) -> Opened:
    return await asked.door.serving.tenant(asked.caller.tenant)


async def _text(asked: Asked) -> str:
    body = await asked.whole(LONGEST)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("request.bad_text", "The text is not valid UTF-8.") from None


def _sound(text: str, name: str) -> Program:
    found = checked(text, f"{name}.yaml")
    if not isinstance(found, Program):
        raise _mistaken(found)
    return found


def _mistaken(problems: Sequence[Problem]) -> Refused:
    places = tuple(Place(one.line, one.column, one.code, one.message, one.hint) for one in sorted(problems))
    count = f"{len(places)} mistake{'s' if len(places) != 1 else ''}"
    return Refused(Refusal("program.invalid", f"The program has {count}."), mistakes=places)


async def _draft(asked: Asked) -> Draft:
    found = await (await drafts_of(await _opened(asked))).get(asked.path("slug"))
    if found is None:
        raise refuse("program.no_draft", "This program has no draft.")
    return found


async def _versions(asked: Asked) -> Sequence[Version]:
    opened = await _opened(asked)
    found = await published(opened.pool, opened.tenant, asked.path("slug"))
    if not found:
        raise refuse("program.unknown", "No such program was published here.")
    return found


def _which(versions: Sequence[Version], number: str) -> Version:
    if not (number.isascii() and number.isdigit() and len(number) < 6 and int(number) < len(versions)):
        raise refuse("version.unknown", f"There are the versions 0 to {len(versions) - 1}.")
    return versions[int(number)]


def _match(asked: Asked) -> bytes | None:
    written = asked.header(b"if-match").strip().strip('"')
    if not written:
        return None
    try:
        return bytes.fromhex(written)
    except ValueError:
        raise refuse("program.changed", "If-Match is not the ETag of a draft.") from None


def _matched(asked: Asked, draft: Draft) -> bytes:
    seen = _match(asked)
    if seen is None:
        raise refuse("program.if_match", "Send If-Match with the ETag of the draft that you saw.")
    if seen != draft.sha256:
        raise refuse("program.changed", "The draft is not the one that was seen.")
    return seen


def _etag(sha256: bytes) -> Headers:
    return ((b"etag", f'"{sha256.hex()}"'.encode()),)


def _by(asked: Asked) -> By:
    client = asked.scope["client"]
    return By(asked.caller.subject, client[0] if client else "")


def _shown(draft: Draft, text: str = "") -> DraftShown:
    return DraftShown(draft.slug, draft.sha256.hex(), draft.author, UTC.text(draft.made_at), text)


def _version(one: Version, text: str = "") -> VersionShown:
    return VersionShown(one.version, iso(one.first_day), one.sha256.hex(), text)


ROUTES: Final = (
    check_program,
    list_programs,
    get_draft,
    put_draft,
    delete_draft,
    publish_program,
    list_versions,
    get_version,
    diff_program,
)
