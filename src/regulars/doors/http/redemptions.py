"""Redemptions: a reward at once, or reserved for a while and then confirmed or released."""

from __future__ import annotations

import uuid
from typing import Any, Final

from msgspec import Struct

from regulars.doors.http.answers import Answer
from regulars.doors.http.asked import Asked
from regulars.doors.http.bodies import converted, parsed_object
from regulars.doors.http.events import DRY, EXPLAIN, acted, flag, one
from regulars.doors.http.problems import refuse
from regulars.doors.http.receipts import EventReceipt
from regulars.doors.http.recording import CODES
from regulars.doors.http.routes import route
from regulars.engine.reserving import CONFIRM, RELEASE
from regulars.flows.reserving import limits_of

LONGEST: Final = 7 * 24 * 3_600
USUAL: Final = 900
END_CODES: Final = (*CODES, "redemption.unknown", "redemption.closed", "used")
TAG: Final[dict[str, Any]] = {"tag": "redemptions", "gives": EventReceipt, "of_member": True}


class Redeeming(Struct, frozen=True, forbid_unknown_fields=True):
    """The reward that is asked for.

    `reserve` sets its cost aside for so many seconds (15 minutes unless said, a week at most); who does not confirm it by
    then has released it. `facts` are what the program declares of such a request, or what the reward asks: goods, an amount, how
    much in units and how much in money.
    """

    reward: str
    id: str | None = None
    happened_at: str | None = None
    source: str = "api"
    reserve: bool = False
    seconds: int = USUAL
    facts: dict[str, Any] = {}


class Ending(Struct, frozen=True, forbid_unknown_fields=True):
    """The end of a reserved redemption; without `happened_at` it is now."""

    happened_at: str | None = None
    source: str = "api"


@route(
    "POST", "/v1/members/{member:str}/redemptions", "events:write", "Redeem a reward, or reserve it.", takes=Redeeming,
    query={"dry_run": DRY, "explain": EXPLAIN}, codes=CODES, key=True, example={"reward": "mug", "reserve": True},
    answer={"id": "r1", "member": "ann", "status": "recorded", "number": 2, "given": {"points": "-50"}}, **TAG,
)  # fmt: skip
async def redeem(asked: Asked, dry_run: str = "false", explain: str = "false") -> Answer:
    """Records an event `redeem.REWARD`: judged whole, so two who ask at once never spend the same units."""
    body = converted(parsed_object(await asked.whole()), Redeeming)
    if not 1 <= body.seconds <= LONGEST:
        raise refuse("request.bad_field", f"A redemption is reserved for 1 to {LONGEST} seconds.", pointer="/seconds")
    running, dry = await asked.running(), flag(dry_run, "dry_run")
    member, id = asked.path("member"), body.id or asked.key() or str(uuid.uuid4())
    event: dict[str, Any] = {
        **body.facts,
        **({"reserve": True} if body.reserve else {}),
        "id": id,
        "type": f"redeem.{body.reward}",
        "member": member,
        "happened_at": body.happened_at,
        "source": body.source,
    }
    if body.reserve and not dry:
        # Noted first: who is killed in between leaves a limit of nothing, never a redemption without a limit.
        await (await limits_of(running)).add(member, id, body.source, body.seconds)
    return await acted(asked, running, event, dry, flag(explain, "explain"))


@route(
    "POST", "/v1/members/{member:str}/redemptions/{redemption:str}/confirm", "events:write",
    "Make a reserved redemption final.", takes=Ending, codes=END_CODES, example={},
    answer={"id": "r1.confirm", "member": "ann", "status": "recorded", "number": 3}, **TAG,
)  # fmt: skip
async def confirm_redemption(asked: Asked) -> Answer:
    """What was set aside is redeemed. Sent twice it is done once; after its time it is refused."""
    running = await asked.running()
    if await (await limits_of(running)).open(asked.path("member"), asked.path("redemption")) is False:
        raise refuse("redemption.closed", "The time of this redemption is over.")
    return await _end(asked, CONFIRM, "confirm")


@route(
    "POST", "/v1/members/{member:str}/redemptions/{redemption:str}/release", "events:write",
    "Give back what a reserved redemption set aside.", takes=Ending, codes=END_CODES, example={},
    answer={"id": "r1.release", "member": "ann", "status": "recorded", "number": 3, "given": {"points": "50"}}, **TAG,
)  # fmt: skip
async def release_redemption(asked: Asked) -> Answer:
    """All units come back with their own last days, and what the reward gave is taken away unless it was used."""
    return await _end(asked, RELEASE, "release")


async def _end(asked: Asked, kind: str, word: str) -> Answer:
    body = converted(parsed_object(await asked.whole()), Ending)
    running, member, of = await asked.running(), asked.path("member"), asked.path("redemption")
    event = {
        "id": f"{of}.{word}",
        "type": kind,
        "member": member,
        # Sent twice, it has to be the same event: the redemption itself says when it was.
        "happened_at": body.happened_at or await _when(asked, member, of),
        "source": body.source,
        "of": of,
    }
    answer = await one(asked, running, event)
    await (await limits_of(running)).drop(member, of)
    return answer


async def _when(asked: Asked, member: str, of: str) -> int:
    entries = await (await asked.running()).reads.events(of, member)
    redeemed = [entry for entry in entries if entry.type.startswith("redeem.")]
    if not redeemed:
        raise refuse("redemption.unknown", "No such redemption of this member is recorded.")
    return redeemed[0].happened_at


ROUTES: Final = (redeem, confirm_redemption, release_redemption)
