"""Every method of both clients, asked of a service that runs, over a socket."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from tests.service_factory import PROGRAM, SLUG, Service

from regulars.client import Client, Refused
from regulars.client.call import Method

LINES = [{"amount": Decimal("3.50"), "kind": "drink"}, {"amount": "20.00", "kind": "food"}]


def new() -> str:
    """A member whom nobody knows yet."""
    return f"m_{token_hex(8)}"


def points(shop: Any, member: str) -> str:
    return str(shop.wallets(member).wallets["points"]["available"])


def test_a_purchase_is_answered_with_what_it_gave_and_why(shop: Any) -> None:
    ann = new()
    told = shop.purchase(ann, LINES, id=f"{ann}-1")
    assert (told.id, told.member, told.status, told.number) == (f"{ann}-1", ann, "recorded", 1)
    assert told.given == {"points": "23", "stamps": "1"}
    assert told.wallets["points"].available == "23"
    assert told.pay == "23.50"
    assert told.because[0] == "23 points: 23 for 23.50"
    assert shop.receipt(ann, f"{ann}-1")["because"] == told.because


def test_a_dry_run_records_nothing(shop: Any) -> None:
    ann = new()
    assert shop.purchase(ann, LINES, dry_run=True).status == "decided"
    assert shop.send({"type": "purchase", "member": ann, "happened_at": "2026-03-02", "lines": LINES}, dry_run=True)
    with pytest.raises(Refused) as refused:
        shop.wallets(ann)
    assert refused.value.code == "member.unknown"


def test_of_several_events_each_has_a_result_of_its_own(shop: Any) -> None:
    ann = new()
    good = {"id": f"{ann}-1", "type": "purchase", "member": ann, "happened_at": "2026-03-02T10:00", "lines": LINES}
    several = [good, good | {"id": f"{ann}-2", "lines": []}, good]
    first, second, third = shop.send_all(several)
    assert (first.receipt.status, third.receipt.status) == ("recorded", "repeated")
    assert (second.receipt, second.problem.code, second.id) == (None, "event.bad_lines", f"{ann}-2")
    with pytest.raises(ValueError, match="1000"):
        shop.send_all([good] * 1_001)


def test_a_refusal_says_its_code_what_is_wrong_what_to_do_and_where(shop: Any) -> None:
    with pytest.raises(Refused) as refused:
        shop.purchase(new(), [{"amount": "3.50", "kind": "tea"}])
    problem = refused.value
    assert (problem.code, problem.status, problem.pointer) == ("event.unknown_value", 422, "/lines/0/kind")
    assert "tea" in problem.detail
    assert problem.hint
    assert str(problem).startswith("event.unknown_value: ")


def test_reasons_and_problems_come_in_the_language_that_is_asked_for(
    running: Service, opened: Callable[..., Any]
) -> None:
    shop = opened(running, language="es")
    assert shop.purchase(new(), LINES).because[0].startswith("23 points: 23 por")
    said = set()
    for client in (shop, opened(running)):
        with pytest.raises(Refused) as refused:
            client.wallets("nobody")
        said.add(refused.value.detail)
    assert len(said) == 2


def test_a_key_that_nobody_knows_is_refused(running: Service, opened: Callable[..., Any]) -> None:
    with pytest.raises(Refused) as refused:
        opened(running, "another").wallets("ann")
    assert (refused.value.code, refused.value.status) == ("access.unknown_key", 401)


def test_a_program_is_named_where_there_are_several(running: Service, opened: Callable[..., Any]) -> None:
    assert opened(running, program=SLUG).purchase(new(), LINES).status == "recorded"
    with pytest.raises(Refused) as refused:
        opened(running, program="another").purchase(new(), LINES)
    assert refused.value.code == "program.unknown"


def test_what_a_member_has_is_read_now_and_then(shop: Any) -> None:
    ann = new()
    shop.event("join", ann, happened_at="2026-02-01T10:00")
    shop.purchase(ann, LINES, id=f"{ann}-1", happened_at="2026-03-02T10:00")
    shop.event("return", ann, of=f"{ann}-1", happened_at="2026-03-05T10:00")
    assert points(shop, ann) == "0"
    assert shop.wallets(ann, as_of="2026-03-03").wallets["points"]["available"] == "23"
    assert shop.member(ann, as_of="2026-03-03").wallets["points"]["available"] == "23"
    assert shop.tiers(ann)["status"]["level"] == "basic"
    assert "birthday_drink" in shop.benefits(ann)
    page = shop.activity(ann, limit=2)
    assert [one.type for one in page.items] == ["return", "purchase"]
    assert [one.type for one in shop.activity(ann, cursor=page.next).items] == ["join"]


def test_a_reward_is_redeemed_and_then_cannot_be(shop: Any) -> None:
    ann = new()
    shop.goodwill(ann, "points", 60, "welcome")
    (mug,) = shop.rewards(ann).rewards
    assert (mug.reward, mug.can) == ("mug", True)
    assert shop.redeem(ann, "mug", dry_run=True).status == "decided"
    assert shop.redeem(ann, "mug").given == {"points": "-50"}
    (mug,) = shop.rewards(ann).rewards
    assert not mug.can
    assert mug.why
    with pytest.raises(Refused) as refused:
        shop.redeem(ann, "mug")
    assert refused.value.code == mug.code


def test_a_reserved_reward_is_confirmed_or_released(shop: Any) -> None:
    ann = new()
    shop.goodwill(ann, "points", 120, "welcome")
    kept, left = shop.reserve(ann, "mug"), shop.reserve(ann, "mug", seconds=60)
    assert left.wallets["points"].available == "20"
    assert shop.confirm(ann, kept.id).status == "recorded"
    assert shop.confirm(ann, kept.id).status == "repeated"
    shop.release(ann, left.id)
    assert points(shop, ann) == "70"


def test_members_ask_for_benefits_conversions_choices_plans_and_orders(shop: Any) -> None:
    ann = new()
    shop.goodwill(ann, "points", 20, "welcome")
    assert shop.use_benefit(ann, "birthday_drink").used == ["benefits.birthday_drink"]
    assert shop.convert(ann, "coupon").given == {"points": "-20"}
    assert [one["kind"] for one in shop.vouchers(ann)] == ["one_off"]
    assert shop.choose(ann, "day", "tue").status == "recorded"
    assert shop.plan(ann, "monthly", "subscribe").pay == "5.00"
    for act in ("renew", "charge_failed", "cancel"):
        assert shop.plan(ann, "monthly", act).status == "recorded"
    assert shop.plan(ann, "beans", "subscribe", every_weeks=2).status == "recorded"
    assert shop.subscription(ann, "beans", "skip").status == "recorded"
    assert shop.subscription(ann, "beans", "reschedule", every_weeks=6).status == "recorded"
    assert shop.subscription(ann, "beans", "ship", lines=LINES).pay == "23.50"


def test_a_member_invites_a_friend_and_is_paid(shop: Any) -> None:
    ann, bob = new(), new()
    assert shop.refer(ann, bob).status == "recorded"
    shop.event("join", bob, referred_by=ann)
    shop.purchase(bob, LINES)
    assert points(shop, ann) == "20"


def test_staff_gives_takes_back_and_sets_levels(shop: Any) -> None:
    ann = new()
    shop.purchase(ann, LINES, id=f"{ann}-1")
    assert shop.goodwill(ann, "points", 50, "late delivery").given == {"points": "50"}
    assert shop.reverse(ann, f"{ann}-1", "rung up twice").given == {"points": "-23", "stamps": "-1"}
    assert shop.set_level(ann, "status", "gold", "long a customer", until="2030-12-31").levels[0]["now"] == "gold"


def test_people_are_made_found_changed_merged_closed_taken_out_and_erased(shop: Any) -> None:
    mail = f"{token_hex(6)}@example.org"
    ann = shop.enrol(fields={"name": "Ann"}, email=mail)
    assert shop.find("email", mail) == ann
    assert shop.find("email", f"no-{mail}") is None
    changed = shop.change(ann.member, {"city": "Cádiz"}, identifiers={"card": token_hex(6)}, version=ann.version)
    assert (changed.version, changed.fields) == (2, {"name": "Ann", "city": "Cádiz"})
    with pytest.raises(Refused) as refused:
        shop.change(ann.member, {"city": None}, version=1)
    assert refused.value.code == "person.changed"
    assert shop.person(ann.member) == changed
    assert len(shop.people(limit=1).items) == 1

    twin = shop.enrol(member=new())
    for member in (ann.member, twin.member):
        shop.purchase(member, LINES)
    shop.merge(twin.member, ann.member, "joined twice")
    assert points(shop, ann.member) == "46"
    packed = zipfile.ZipFile(io.BytesIO(shop.export(ann.member)))
    assert packed.testzip() is None
    assert packed.namelist()
    shop.close_member(ann.member, "asked for it")
    assert shop.erase(ann.member).state == "erased"


def test_codes_are_made_printed_tried_held_used_and_claimed(shop: Any) -> None:
    batch, ann = f"b{token_hex(4)}", new()
    made = shop.make_batch(batch, 3, kind="ten_off", pattern="####-####-####-C")
    assert (made.stored, made.terms["kind"]) == (3, "ten_off")
    assert batch in {one.id for one in shop.batches()}
    assert len(shop.batch_codes(batch).splitlines()) == 4
    code = shop.print_code(batch)
    (tried,) = shop.qualify({"lines": LINES}, codes=[code])
    assert (tried.usable, tried.off) == (True, "10.00")
    held = shop.hold_code(code, "till-3", member=ann, basket={"lines": LINES})
    assert (held.till, held.would.off) == ("till-3", "10.00")
    assert shop.release_code(code, "till-4") is False
    with pytest.raises(Refused) as refused:
        shop.hold_code(code, "till-4")
    assert refused.value.code == "voucher.held"
    assert refused.value.values["first_moment"] in refused.value.hint
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", refused.value.values["first_moment"])
    event = {"type": "purchase", "member": ann, "lines": LINES, "use": [{"code": code}]}
    assert shop.use_codes(event, till="till-3").pay == "13.50"
    assert shop.code(code).used == 1
    assert shop.claim_code(shop.print_code(batch), ann) is True


def test_a_program_is_checked_written_compared_and_published(shop: Any) -> None:
    slug = f"p{token_hex(4)}"
    text = PROGRAM.replace(SLUG, slug)
    assert shop.check_program(text).program == slug
    with pytest.raises(Refused) as refused:
        shop.check_program(text.replace("wallets:", "walets:"))
    assert refused.value.code == "program.invalid"
    assert refused.value.mistakes[0]["line"] > 1
    draft = shop.upload(slug, text)
    assert shop.draft(slug).text == text
    again = shop.upload(slug, text + "\n", seen=draft.sha256)
    assert shop.publish(slug, again.sha256).version == 0
    assert {"program": slug, "versions": 1, "draft": False} in shop.programs()
    assert [one.version for one in shop.versions(slug)] == [0]
    assert shop.version(slug, 0).text == text + "\n"
    later = text.replace("from: 2026-01-01", "from: 2030-01-01").replace("cost: 50 points", "cost: 60 points")
    wanted = shop.upload(slug, later)
    assert any("60" in line for line in shop.diff(slug))
    shop.drop_draft(slug, wanted.sha256)


def test_imports_and_exports_are_begun_sent_listed_and_cancelled(shop: Any) -> None:
    job = shop.begin_import("csv")
    assert shop.send_file(job.id, b"id,type,member,happened_at\n").state == "waiting"
    assert shop.job(job.id).kind == "import"
    assert job.id in {one.id for one in shop.jobs().items}
    assert shop.cancel_job(job.id).state == "cancelled"
    export = shop.begin_export("members", "csv")
    for fetch in (shop.result, shop.rejects):
        with pytest.raises(Refused) as refused:
            fetch(export.id)
        assert refused.value.code == "job.unfinished"


def test_webhooks_are_set_up_changed_tried_out_and_taken_away(shop: Any) -> None:
    made = shop.make_webhook("https://shop.example.org/hooks", ["points.earned"], "the shop")
    assert made.secret.startswith("whsec_")
    assert "points.earned" in shop.webhook_types()
    changed = shop.change_webhook(made.id, "https://shop.example.org/all")
    assert changed in shop.webhooks()
    assert shop.rotate_webhook(made.id).secret != made.secret
    shop.disable_webhook(made.id)
    shop.enable_webhook(made.id)
    shop.test_webhook(made.id)
    (message,) = shop.webhook_messages(made.id).items
    assert message.type == "webhook.test"
    assert shop.webhook_attempts(made.id, message.id) == []
    shop.resend_message(made.id, message.id)
    assert shop.resend_failed(made.id) == 0
    shop.drop_webhook(made.id)
    assert made.id not in {one.id for one in shop.webhooks()}
    with pytest.raises(Refused) as refused:
        shop.make_webhook("https://10.0.0.1/hooks")
    assert refused.value.code == "webhook.private_address"


def test_keys_tokens_and_staff_are_made_and_closed_and_the_log_is_proved(
    shop: Any, running: Service, opened: Callable[..., Any]
) -> None:
    ann = new()
    shop.purchase(ann, LINES)
    made = shop.make_key("till 3", ["members:read", "events:write"], limit=600)
    new_one = shop.rotate_key(made.key.id)
    assert points(opened(running, new_one.token), ann) == "23"
    assert shop.revoke_key(made.key.id).revoked_at is not None
    known = shop.keys()
    assert new_one.key.id in {key.id for key in known}
    app = opened(running, shop.make_token(ann).token)
    assert points(app, ann) == "23"
    with pytest.raises(Refused) as refused:
        app.wallets("somebody")
    assert refused.value.code == "access.other_member"
    invited = shop.add_staff(f"{token_hex(6)}@shop.example", "support")
    staff = invited.staff.id
    assert shop.invite_staff(staff).invitation != invited.invitation
    assert shop.set_role(staff, "cashier") == "cashier"
    assert shop.drop_second_factor(staff).id == staff
    assert shop.disable_staff(staff).role == "cashier"
    assert {one.id: one.disabled_at is None for one in shop.staff()}[staff] is False
    assert shop.audit(limit=1).items[0].action
    assert shop.audit_proof().ok


def test_no_method_is_left_untried() -> None:
    told = Path(__file__).read_text(encoding="utf-8")
    methods = [name for kind in Client.__mro__ for name, value in vars(kind).items() if isinstance(value, Method)]
    assert len(methods) > 70
    assert [name for name in methods if not re.search(rf"\bshop\.{name}\b", told)] == []
