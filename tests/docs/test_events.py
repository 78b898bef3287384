"""Every event in the docs is read, or refused, as its page says."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from tests.docs.blocks import DOCS, Block, blocks

from regulars.engine.book import Book
from regulars.engine.events import BUILT_IN, REQUESTS, Event
from regulars.engine.model import Decision
from regulars.engine.outside import accept
from regulars.program.load import load
from regulars.program.model import Program
from regulars.simulation import Memory
from regulars.words.refusals import Refusal

PAGE = "look-up/events.md"
EVENTS = [block for block in blocks(PAGE, "json") if "event" in block.words]
OUTSIDE = [block for block in blocks(PAGE, "json") if "outside" in block.words]
REFUSED = [block for block in blocks(PAGE, "json") if "refused" in block.words]


def book() -> Book:
    program = load(blocks(PAGE, "yaml")[0].text, "events.yaml")
    assert isinstance(program, Program), program
    return Book([program])


def body(block: Block) -> dict[str, object]:
    read: dict[str, object] = json.loads(block.text, parse_float=Decimal)
    return read


@pytest.mark.parametrize("block", EVENTS, ids=lambda block: str(body(block)["id"]))
def test_an_event_in_the_docs_is_read(block: Block) -> None:
    assert isinstance(book().read(body(block)), Event), block.where


@pytest.mark.parametrize("block", EVENTS, ids=lambda block: str(body(block)["id"]))
def test_an_event_in_the_docs_can_be_decided(block: Block) -> None:
    shop = Memory(book())
    shop.post(body(EVENTS[0]))
    answer = shop.post(body(block))
    assert isinstance(answer, Decision)
    assert answer.refusal is None or not answer.refusal.code.startswith(("event.", "engine.")), answer.refusal


@pytest.mark.parametrize("block", REFUSED, ids=lambda block: block.words["refused"])
def test_an_event_that_the_docs_call_refused_is_refused_with_that_code(block: Block) -> None:
    answer = book().read(body(block))
    assert isinstance(answer, Refusal), block.where
    assert answer.code == block.words["refused"]


@pytest.mark.parametrize("block", EVENTS, ids=lambda block: str(body(block)["id"]))
def test_an_event_in_the_docs_can_be_sent(block: Block) -> None:
    assert isinstance(accept(book(), body(block), openings=True), Event), block.where


@pytest.mark.parametrize("block", OUTSIDE, ids=lambda block: str(body(block)["id"]))
def test_an_event_that_only_the_engine_makes_is_refused_with_that_code(block: Block) -> None:
    assert isinstance(book().read(body(block)), Event), block.where
    answer = accept(book(), body(block))
    assert isinstance(answer, Refusal)
    assert answer.code == block.words["outside"]


def test_every_built_in_event_and_request_is_documented() -> None:
    text = (DOCS / PAGE).read_text(encoding="utf-8")
    assert {kind for kind in BUILT_IN if f"`{kind}`" not in text} == set()
    assert {kind for kind in REQUESTS if f'"{kind}.' not in text and f"`{kind}.NAME`" not in text} == set()
