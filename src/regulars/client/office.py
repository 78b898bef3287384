"""What an office does: programs, imports and exports, webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regulars.client.answers import Attempt, Checked, Draft, Job, Message, Page, Version, Webhook, WebhookSecret
from regulars.client.call import (
    Call,
    Method,
    Moment,
    as_field,
    as_items,
    as_none,
    as_shape,
    at,
    encoded,
    get,
    new_key,
    past,
    post,
    queried,
)

YAML = {"content-type": "application/yaml"}


class Programs:
    """Programs: checked, kept as drafts, published, compared."""

    @Method
    def check_program(self, text: str) -> Call[Checked]:
        """What a program's text says; refused with all `mistakes` when something is wrong. Nothing is kept."""
        return Call("POST", "/v1/programs/check", as_shape(Checked), body=text.encode(), headers=YAML)

    @Method
    def programs(self) -> Call[list[dict[str, Any]]]:
        """All programs: how many versions each has, and whether it has a draft."""
        return Call("GET", "/v1/programs", as_items(dict[str, Any]))

    @Method
    def draft(self, program: str) -> Call[Draft]:
        """The draft of a program."""
        return get(at("programs", program, "draft"), Draft)

    @Method
    def upload(self, program: str, text: str, *, seen: str | None = None) -> Call[Draft]:
        """Writes the draft of a program. To change one, `seen` is its `sha256` as you know it."""
        headers = YAML | ({} if seen is None else {"if-match": f'"{seen}"'})
        path = at("programs", program, "draft")
        return Call("PUT", path, as_shape(Draft), body=text.encode(), headers=headers, repeatable=False)

    @Method
    def drop_draft(self, program: str, seen: str) -> Call[None]:
        """Throws a draft away: the one whose `sha256` is given."""
        headers = {"if-match": f'"{seen}"'}
        return Call("DELETE", at("programs", program, "draft"), as_none, headers=headers, repeatable=False)

    @Method
    def publish(self, program: str, seen: str) -> Call[Version]:
        """Publishes just the draft whose `sha256` is given, which somebody else wrote."""
        headers = {"if-match": f'"{seen}"'}
        return post(at("programs", program, "publish"), Version, headers=headers, repeatable=False)

    @Method
    def versions(self, program: str) -> Call[list[Version]]:
        """The published versions of a program, oldest first, without their texts."""
        return Call("GET", at("programs", program, "versions"), as_items(Version))

    @Method
    def version(self, program: str, number: int) -> Call[Version]:
        """A published version with its text."""
        return get(at("programs", program, "versions", str(number)), Version)

    @Method
    def diff(self, program: str, old: int | None = None, new: int | str = "draft") -> Call[list[str]]:
        """What changes from one version (the newest) to another (the draft), a sentence each."""
        query = queried({"old": old, "new": new})
        return Call("GET", at("programs", program, "diff"), as_field("changes"), query)


class Jobs:
    """Imports and exports, done by workers."""

    @Method
    def begin_import(self, form: str, mapping: str = "") -> Call[Job]:
        """Begins an import of events; then `send_file`. `form`: `csv`, `jsonl`, `parquet`, `csv.gz`, `jsonl.gz`."""
        return post("/v1/imports", Job, {"form": form, "mapping": mapping}, key=new_key())

    @Method
    def send_file(self, job: str, content: bytes) -> Call[Job]:
        """Sends the file of an import, whole."""
        headers = {"content-type": "application/octet-stream"}
        return Call("PUT", at("imports", job, "file"), as_shape(Job), body=content, headers=headers, repeatable=False)

    @Method
    def begin_export(self, what: str = "members", form: str = "jsonl") -> Call[Job]:
        """Begins an export of `members` or `events`."""
        return post("/v1/exports", Job, {"what": what, "form": form}, key=new_key())

    @Method
    def jobs(self, limit: int = 50, cursor: str | None = None) -> Call[Page[Job]]:
        """A page of imports and exports, newest first."""
        return get("/v1/jobs", Page[Job], limit=limit, cursor=cursor)

    @Method
    def job(self, id: str) -> Call[Job]:
        """How a job stands."""
        return get(at("jobs", id), Job)

    @Method
    def cancel_job(self, id: str) -> Call[Job]:
        """Cancels a job; what an import has recorded by then stays."""
        return Call("DELETE", at("jobs", id), as_shape(Job), repeatable=False)

    @Method
    def result(self, id: str) -> Call[bytes]:
        """The file that an export has written."""
        return Call("GET", at("jobs", id, "result"), bytes)

    @Method
    def rejects(self, id: str) -> Call[bytes]:
        """The rows that an import has refused, with why."""
        return Call("GET", at("jobs", id, "rejects"), bytes)


class Webhooks:
    """Who is told of what happens."""

    @Method
    def make_webhook(self, url: str, types: Sequence[str] = (), label: str = "") -> Call[WebhookSecret]:
        """A webhook for these types of messages, or all; its secret is shown this once."""
        return post("/v1/webhooks", WebhookSecret, {"url": url, "types": types, "label": label}, repeatable=False)

    @Method
    def webhooks(self) -> Call[list[Webhook]]:
        """All webhooks, oldest first."""
        return Call("GET", "/v1/webhooks", as_items(Webhook))

    @Method
    def webhook_types(self) -> Call[dict[str, str]]:
        """Every type of message, in a few words."""
        return get("/v1/webhook-types", dict[str, str])

    @Method
    def change_webhook(self, webhook: str, url: str, types: Sequence[str] = (), label: str = "") -> Call[Webhook]:
        """Another address, other types, another label; the secret stays."""
        body = {"url": url, "types": types, "label": label}
        return Call("PUT", at("webhooks", webhook), as_shape(Webhook), body=encoded(body))

    @Method
    def drop_webhook(self, webhook: str) -> Call[None]:
        """Takes a webhook away, with its log."""
        return Call("DELETE", at("webhooks", webhook), as_none, repeatable=False)

    @Method
    def rotate_webhook(self, webhook: str) -> Call[WebhookSecret]:
        """A new secret; for a day messages are signed with the old one as well."""
        return post(at("webhooks", webhook, "secret"), WebhookSecret, repeatable=False)

    @Method
    def enable_webhook(self, webhook: str) -> Call[None]:
        """Sends to a webhook again."""
        return Call("POST", at("webhooks", webhook, "enable"), as_none)

    @Method
    def disable_webhook(self, webhook: str) -> Call[None]:
        """Sends nothing more to a webhook."""
        return Call("POST", at("webhooks", webhook, "disable"), as_none)

    @Method
    def test_webhook(self, webhook: str) -> Call[None]:
        """Sends a message of type `webhook.test`; the log says how it went."""
        return Call("POST", at("webhooks", webhook, "test"), as_none, repeatable=False)

    @Method
    def webhook_messages(self, webhook: str, limit: int = 50, cursor: str | None = None) -> Call[Page[Message]]:
        """A page of what was sent to a webhook, newest first."""
        return get(at("webhooks", webhook, "messages"), Page[Message], limit=limit, cursor=cursor)

    @Method
    def webhook_attempts(self, webhook: str, message: str) -> Call[list[Attempt]]:
        """Every attempt at a message, oldest first."""
        return Call("GET", at("webhooks", webhook, "messages", message), as_items(Attempt))

    @Method
    def resend_message(self, webhook: str, message: str) -> Call[None]:
        """Sends a message again, with the same id."""
        return Call("POST", at("webhooks", webhook, "messages", message, "resend"), as_none)

    @Method
    def resend_failed(self, webhook: str, since: Moment | None = None) -> Call[int]:
        """How many messages that were given up will be sent again."""
        path = at("webhooks", webhook, "resend")
        return Call("POST", path, as_field("resent"), queried({"since": past(since)}), repeatable=False)
