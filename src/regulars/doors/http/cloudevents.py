"""Events in the form of CloudEvents 1.0 (JSON, structured mode), told in the short form that everything else reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from regulars.words.refusals import Refusal

HEAD: Final = frozenset({"id", "type", "member", "happened_at", "source"})


def plain_event(value: Any) -> dict[str, Any] | Refusal:
    """The event in its short form, or why it is none. Attributes of CloudEvents that say nothing of the event are left out:
    `datacontenttype`, `dataschema` and extensions.
    """
    if type(value) is not dict:
        return Refusal("event.not_an_object", "An event is an object with `id`, `type`, `member` and `happened_at`.")
    if "specversion" not in value:
        return value
    if value["specversion"] != "1.0":
        return Refusal("event.unknown_value", "CloudEvents are taken in version 1.0.", pointer="/specversion")
    if "data_base64" in value:
        return Refusal("event.unknown_field", "The data of an event is JSON.", pointer="/data_base64")
    data = value.get("data", {})
    if not isinstance(data, Mapping):
        return Refusal("event.wrong_type", "The field `data` is an object: the facts of the event.", pointer="/data")
    clash = HEAD & data.keys()
    if clash:
        name = min(clash)
        return Refusal(
            "event.unknown_field", f"The field `{name}` stands beside `data`, not in it.", pointer=f"/data/{name}"
        )
    for name in ("subject", "time"):
        if name not in value:
            text = f"The field `{name}` is missing: it says {'who the member is' if name == 'subject' else 'when it happened'}."
            return Refusal("event.missing_field", text, pointer=f"/{name}")
    head = {"member": value["subject"], "happened_at": value["time"], "source": value.get("source", "api")}
    return {**data, **head, "id": value.get("id"), "type": value.get("type")}
