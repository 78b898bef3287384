"""Webhooks over a real socket, checked by the library that others check them with: signed, retried, given up, never lost."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from tests.ledger_factory import Shop, run
from tests.webhook_receiver import Receiver, receiving

from regulars.flows.opened import Opened
from regulars.flows.webhooks import Telling
from regulars.sealing import Vault
from regulars.webhooks.model import Endpoint
from regulars.webhooks.sending import Sender
from regulars.webhooks.store import sql
from regulars.words.refusals import Refusal

HERE = (ip_network("127.0.0.0/8"),)


class Now:
    """A clock that runs when it is told to."""

    def __init__(self) -> None:
        self.at = int(datetime.now(UTC).timestamp() * 1_000_000)

    def __call__(self) -> int:
        return self.at


Story = Callable[[Shop, Telling, Receiver], Awaitable[None]]


def told(dsn: str, story: Story, seconds: float = 5.0) -> None:
    async def in_shop(shop: Shop) -> None:
        sender = Sender(HERE, seconds)
        with receiving() as receiver:
            await story(shop, Telling(Opened(dsn, shop.pool, shop.tenant), Vault(b"k" * 32), sender, Now()), receiver)
        await sender.close()

    run(dsn, in_shop)


async def added(telling: Telling, receiver: Receiver, *types: str) -> tuple[Endpoint, str]:
    found = await telling.add(receiver.url, types, "the shop")
    assert not isinstance(found, Refusal), found
    return found


async def due_now(shop: Shop) -> None:
    """What waits for its time is due, and what rested has rested."""
    await shop.pool.execute("update webhook_deliveries set next_at = now() where next_at is not null")
    await shop.pool.execute("update webhook_endpoints set open_until = null")


def types_of(receiver: Receiver) -> list[str]:
    return [json.loads(body)["type"] for _, body in receiver.came]


def test_what_was_recorded_arrives_signed_and_says_what_happened(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        _, secret = await added(telling, receiver)
        await shop.one("p1")
        assert await telling.gather() == 1
        assert await telling.deliver() == len(receiver.came) > 0
        for headers, body in receiver.came:
            assert Webhook(secret).verify(body.decode(), headers) == json.loads(body)
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(body.decode().replace("ann", "bob"), headers)
        earned = next(json.loads(body) for _, body in receiver.came if b'"wallet":"points"' in body)
        assert earned["data"] == {
            "member": "ann", "event": "p1", "event_type": "purchase", "program": "ledger-shop", "wallet": "points", "units": "23",
        }  # fmt: skip
        assert await telling.deliver() == 0

    told(database, story)


def test_an_endpoint_gets_the_types_that_it_asked_for(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        await added(telling, receiver, "voucher.issued")
        for n in range(9):
            await shop.one(f"p{n}")
        while await telling.gather():
            pass
        await telling.deliver()
        assert types_of(receiver) == ["voucher.issued"]

    told(database, story)


@pytest.mark.parametrize("name", ["told_events", "told_movements", "take_feed", "lease", "delivered"])
def test_a_plan_made_while_tables_are_empty_looks_rows_up_by_their_keys(database: str, name: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        async with shop.pool.acquire() as connection, connection.transaction():
            await connection.execute(sql.by_keys)
            await connection.execute("set local plan_cache_mode = force_generic_plan")
            await connection.execute(f"prepare asked as {sql[name]}")
            nothing = ", ".join("null" for _ in set(re.findall(r"\$\d+", sql[name])))
            rows = await connection.fetch(f"explain execute asked({nothing})")
        plan = "\n".join(row[0] for row in rows)
        assert [word for word in ("Seq Scan", "Hash Join", "Merge Join") if word in plan] == [], plan

    told(database, story)


MANY = """
insert into webhook_deliveries (made_at, tenant, endpoint, id, type, body)
select made_at, tenant, endpoint, id || n, type, body from webhook_deliveries, generate_series(1, 3000) as n
"""
BELIEVED = (
    "alter table webhook_deliveries alter column tenant reset (n_distinct), alter column endpoint reset (n_distinct)"
)


@pytest.mark.parametrize(("before", "key"), [("select 1", True), (BELIEVED, False)])
def test_what_was_known_of_two_messages_does_not_mislead_among_thousands(database: str, before: str, key: bool) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        await added(telling, receiver)
        await shop.one("p1")
        await telling.gather()
        await telling.deliver()
        await shop.pool.execute(before)
        await shop.pool.execute("analyze webhook_deliveries")
        await shop.pool.execute(MANY)
        async with shop.pool.acquire() as connection, connection.transaction():
            await connection.execute(sql.by_keys)
            await connection.execute("set local plan_cache_mode = force_generic_plan")
            await connection.execute(f"prepare asked as {sql.delivered}")
            rows = await connection.fetch("explain execute asked(null, null, null)")
        assert ("webhook_deliveries_pkey" in "\n".join(row[0] for row in rows)) is key

    told(database, story)


def test_before_there_is_an_endpoint_nothing_is_kept(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        await shop.one("p1")
        endpoint, _ = await added(telling, receiver)
        assert await telling.gather() == 0
        room = await telling.room()
        assert await room.drop(endpoint.id)
        await shop.one("p2")
        assert await shop.pool.fetchval("select count(*) from feed") == 0

    told(database, story)


def test_an_event_that_is_sent_twice_is_told_once(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        await added(telling, receiver)
        await shop.one("p1")
        await shop.one("p1")
        await telling.gather()
        await telling.deliver()
        assert len({headers["webhook-id"] for headers, _ in receiver.came}) == len(receiver.came) == 2

    told(database, story)


def test_what_failed_is_tried_again_with_the_same_id_until_it_arrives(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        receiver.answers = [500, 503, 204]
        endpoint, _ = await added(telling, receiver, "points.earned")
        await shop.one("p1", lines=[{"amount": "20.00", "kind": "food"}])
        await telling.gather()
        for _ in range(3):
            assert await telling.deliver() == 1
            assert await telling.deliver() == 0
            await due_now(shop)
        assert await telling.deliver() == 0
        assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
        room = await telling.room()
        (delivery,) = await room.log(endpoint.id)
        assert (delivery.state, delivery.attempts) == ("delivered", 3)
        assert [one.status for one in await room.attempts(endpoint.id, delivery.id)] == [500, 503, 204]
        assert [one.state for one in await room.all()] == ["open"]

    told(database, story)


def test_after_a_day_of_attempts_a_message_is_given_up_and_can_be_sent_again(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        receiver.answers = [500]
        endpoint, _ = await added(telling, receiver, "points.earned")
        await shop.one("p1", lines=[{"amount": "20.00", "kind": "food"}])
        await telling.gather()
        tries = 0
        while await telling.deliver():
            tries += 1
            await due_now(shop)
        room = await telling.room()
        (delivery,) = await room.log(endpoint.id)
        assert (delivery.state, delivery.attempts, tries) == ("given_up", 11, 11)
        receiver.answers = [204]
        assert await room.send_failed_again(endpoint.id, 0) == 1
        assert await telling.deliver() == 1
        assert [one.state for one in await room.log(endpoint.id)] == ["delivered"]

    told(database, story)


def test_an_endpoint_that_keeps_failing_rests_and_is_then_tried_with_one_message(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        receiver.answers = [500]
        await added(telling, receiver, "points.earned")
        for n in range(8):
            await shop.one(f"p{n}", lines=[{"amount": "20.00", "kind": "food"}])
        await telling.gather()
        assert await telling.deliver() == 8
        await shop.pool.execute("update webhook_deliveries set next_at = now() where next_at is not null")
        assert await telling.deliver() == 0
        room = await telling.room()
        assert [one.state for one in await room.all()] == ["resting"]
        await due_now(shop)
        receiver.answers = [204]
        assert await telling.deliver() == 1
        assert await telling.deliver() == 7
        assert [one.state for one in await room.all()] == ["open"]

    told(database, story)


def test_a_slow_receiver_is_not_waited_for_and_holds_up_nobody(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        slow, _ = await added(telling, receiver, "points.earned")
        with receiving() as quick:
            await added(telling, quick, "points.earned")
            receiver.go_on.clear()
            await shop.one("p1", lines=[{"amount": "20.00", "kind": "food"}])
            await telling.gather()
            assert await telling.deliver() == 2
            assert len(quick.came) == 1
        room = await telling.room()
        (delivery,) = await room.log(slow.id)
        (attempt,) = await room.attempts(slow.id, delivery.id)
        assert (attempt.status, attempt.error) == (None, "no answer within 0.3 seconds")
        receiver.go_on.set()

    told(database, story, seconds=0.3)


def test_who_waits_behind_a_slow_receiver_does_not_wait_long(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.flows.webhooks.PATIENCE", 0.2)

    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        slow, _ = await added(telling, receiver, "points.earned")
        with receiving() as quick:
            await added(telling, quick, "points.earned")
            receiver.go_on.clear()
            for n in range(3):
                await shop.one(f"p{n}", lines=[{"amount": "20.00", "kind": "food"}])
                await telling.gather()
                # The first message of the slow one is under way until it answers: it gets no other meanwhile.
                assert await telling.deliver() == (2 if n == 0 else 1)
                assert len(quick.came) == n + 1
            receiver.go_on.set()
            await telling.close()
            assert await telling.deliver() == 2
        room = await telling.room()
        assert [one.state for one in await room.log(slow.id)] == ["delivered"] * 3
        assert [one.attempts for one in await room.log(slow.id)] == [1, 1, 1]

    told(database, story)


def test_a_redirect_is_not_followed(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        receiver.answers = [302, 204]
        endpoint, _ = await added(telling, receiver, "points.earned")
        await shop.one("p1", lines=[{"amount": "20.00", "kind": "food"}])
        await telling.gather()
        await telling.deliver()
        assert len(receiver.came) == 1
        room = await telling.room()
        (delivery,) = await room.log(endpoint.id)
        (attempt,) = await room.attempts(endpoint.id, delivery.id)
        assert (attempt.status, attempt.error) == (302, "a redirect is not followed")

    told(database, story)


def test_an_endpoint_that_says_it_is_gone_gets_nothing_more(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        receiver.answers = [410]
        endpoint, _ = await added(telling, receiver, "points.earned")
        await shop.one("p1", lines=[{"amount": "20.00", "kind": "food"}])
        await telling.gather()
        await telling.deliver()
        await due_now(shop)
        assert await telling.deliver() == 0
        room = await telling.room()
        assert [one.state for one in await room.all()] == ["disabled"]
        assert await room.enable(endpoint.id)
        assert [one.state for one in await room.all()] == ["open"]

    told(database, story)


def test_a_name_that_stands_for_a_private_address_is_not_sent_to(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        await telling.add(receiver.url, (), "")
        endpoint, _ = await added(telling, receiver, "points.earned")
        # The name was harmless when it was written down, and means this machine now.
        await shop.pool.execute(
            "update webhook_endpoints set url = 'https://localhost/hook' where id = $1", endpoint.id
        )
        await shop.one("p1", lines=[{"amount": "20.00", "kind": "food"}])
        await telling.gather()
        outside = Sender()
        await Telling(telling.opened, Vault(b"k" * 32), outside, Now()).deliver()
        await outside.close()
        room = await telling.room()
        (delivery,) = await room.log(endpoint.id)
        (attempt,) = await room.attempts(endpoint.id, delivery.id)
        assert attempt.error == "the address is private"

    told(database, story)


def test_what_a_worker_left_behind_is_sent_by_another(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        await added(telling, receiver, "points.earned")
        await shop.one("p1", lines=[{"amount": "20.00", "kind": "food"}])
        await telling.gather()
        room = await telling.room()
        assert len(await room.lease(10)) == 1
        assert await telling.deliver() == 0
        await due_now(shop)
        assert await telling.deliver() == 1
        assert len(receiver.came) == 1

    told(database, story)


def test_two_workers_share_the_messages_and_send_each_once(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        await added(telling, receiver, "points.earned")
        await asyncio.gather(
            *(shop.one(f"p{n}", member=f"m{n}", lines=[{"amount": "20.00", "kind": "food"}]) for n in range(30))
        )
        other = Telling(telling.opened, Vault(b"k" * 32), telling.sender, Now())

        async def work(one: Telling) -> None:
            while await one.gather() + await one.deliver():
                pass

        await asyncio.gather(work(telling), work(other))
        await work(telling)
        room = await telling.room()
        (endpoint,) = await room.all()
        log = await room.log(endpoint.id)
        assert [one.state for one in log] == ["delivered"] * 30, [
            await room.attempts(endpoint.id, one.id) for one in log
        ]
        ids = [headers["webhook-id"] for headers, _ in receiver.came]
        assert (len(ids), len(set(ids))) == (30, 30)

    told(database, story)


def test_for_a_day_after_a_change_both_secrets_open_a_message(database: str) -> None:
    async def story(shop: Shop, telling: Telling, receiver: Receiver) -> None:
        endpoint, old = await added(telling, receiver, "points.earned")
        new = await telling.rotate(endpoint.id)
        assert isinstance(new, str)
        await shop.one("p1", lines=[{"amount": "20.00", "kind": "food"}])
        await telling.gather()
        await telling.deliver()
        ((headers, body),) = receiver.came
        for secret in (old, new):
            Webhook(secret).verify(body.decode(), headers)

    told(database, story)
