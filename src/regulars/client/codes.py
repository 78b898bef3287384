"""Voucher codes: batches, tried against a basket, held by a till, used, claimed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.client.answers import Batch, Code, Hold, Receipt, Tried
from regulars.client.call import Call, Method, as_field, as_items, at, encoded, get, new_key, post, shown


class Codes:
    """Codes with value."""

    @Method
    def make_batch(self, /, id: str, count: int, **terms: Any) -> Call[Batch]:
        """A batch of up to 100,000 codes: their terms are `kind`, `pattern`, `worth`, `uses` and the like."""
        return post("/v1/voucher-batches", Batch, {"id": id, "count": count, "terms": terms})

    @Method
    def batches(self) -> Call[list[Batch]]:
        """All batches of codes, newest first."""
        return Call("GET", "/v1/voucher-batches", as_items(Batch))

    @Method
    def batch_codes(self, batch: str) -> Call[bytes]:
        """The codes of a batch: a CSV file's bytes."""
        return Call("GET", at("voucher-batches", batch, "codes"), bytes)

    @Method
    def print_code(self, batch: str, *, member: str | None = None) -> Call[str]:
        """The next code of a batch; with a member it is theirs from now on."""
        path = at("voucher-batches", batch, "print")
        return Call("POST", path, as_field("code"), body=encoded({"member": member}), repeatable=False)

    @Method
    def qualify(
        self,
        basket: Mapping[str, Any],
        *,
        member: str | None = None,
        codes: Sequence[str] = (),
        till: str = "",
        own: bool = True,
    ) -> Call[list[Tried]]:
        """Which vouchers a basket can use, and why not the others; without `own` only the codes that are named."""
        body = {"basket": basket, "member": member, "codes": codes, "till": till, "own": own}
        return Call("POST", "/v1/vouchers/qualify", as_items(Tried), body=encoded(body))

    @Method
    def code(self, code: str) -> Call[Code]:
        """A voucher code as it stands."""
        return get(at("vouchers", code), Code)

    @Method
    def hold_code(
        self,
        code: str,
        till: str,
        *,
        minutes: int = 10,
        member: str | None = None,
        basket: Mapping[str, Any] | None = None,
    ) -> Call[Hold]:
        """Holds a code for a till, so that no other can use it for some minutes."""
        return post(
            at("vouchers", code, "hold"), Hold, {"till": till, "minutes": minutes, "member": member, "basket": basket}
        )

    @Method
    def release_code(self, code: str, till: str) -> Call[bool]:
        """Whether the till held the code, which is free again."""
        return Call("POST", at("vouchers", code, "release"), as_field("released"), body=encoded({"till": till}))

    @Method
    def use_codes(self, event: Mapping[str, Any], till: str = "") -> Call[Receipt]:
        """Sends an event that uses codes (`use: [{code: ..}]`), by the till that holds them."""
        known = {"id": new_key(), "happened_at": shown(None), **event}
        return post("/v1/vouchers/use", Receipt, {"event": known, "till": till})

    @Method
    def claim_code(self, code: str, member: str) -> Call[bool]:
        """Makes a code a member's voucher; True."""
        return Call("POST", at("vouchers", code, "claim"), as_field("claimed"), body=encoded({"member": member}))
