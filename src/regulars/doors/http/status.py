"""The one table of HTTP statuses: by the code of a refusal, else by its first word."""

from __future__ import annotations

from typing import Final

BAD, UNAUTHORIZED, FORBIDDEN, MISSING, METHOD, CONFLICT = 400, 401, 403, 404, 405, 409
GONE, CHANGED, LARGE, MEDIA, REFUSED, CONDITION, MANY = 410, 412, 413, 415, 422, 428, 429
BROKEN, AWAY = 500, 503

BY_CODE: Final = {
    "access.missing": UNAUTHORIZED,
    "access.unknown_key": UNAUTHORIZED,
    "access.expired": UNAUTHORIZED,
    "access.revoked": UNAUTHORIZED,
    "access.bad_email": REFUSED,
    "access.bad_end": REFUSED,
    "access.bad_issuer": REFUSED,
    "access.bad_label": REFUSED,
    "access.bad_limit": REFUSED,
    "access.code_needed": UNAUTHORIZED,
    "access.code_set_up": CONFLICT,
    "access.email_taken": CONFLICT,
    "access.last_owner": CONFLICT,
    "access.no_scope": REFUSED,
    "access.no_such_key": MISSING,
    "access.not_for_members": REFUSED,
    "access.not_vouched": UNAUTHORIZED,
    "access.provider_silent": AWAY,
    "access.too_long": REFUSED,
    "access.unknown_provider": MISSING,
    "access.unknown_role": REFUSED,
    "access.unknown_scope": REFUSED,
    "access.unknown_session": UNAUTHORIZED,
    "access.unknown_sign_in": UNAUTHORIZED,
    "access.unknown_staff": MISSING,
    "access.unknown_token": UNAUTHORIZED,
    "access.weak_password": REFUSED,
    "access.wrong_code": REFUSED,
    "access.wrong_credentials": UNAUTHORIZED,
    "engine.failed": BROKEN,
    "event.id_reused": CONFLICT,
    "event.not_an_object": BAD,
    "job.done": CONFLICT,
    "job.unfinished": CONFLICT,
    "job.unknown": MISSING,
    "member.unknown": MISSING,
    "identifier.taken": CONFLICT,
    "person.changed": CHANGED,
    "person.closed": GONE,
    "person.erased": GONE,
    "person.exists": CONFLICT,
    "person.merged": GONE,
    "person.unknown": MISSING,
    "program.ambiguous": BAD,
    "program.changed": CHANGED,
    "program.four_eyes": FORBIDDEN,
    "program.if_match": CONDITION,
    "program.no_draft": MISSING,
    "program.unknown": MISSING,
    "rate.exceeded": MANY,
    "receipt.unknown": MISSING,
    "redemption.unknown": MISSING,
    "request.busy": AWAY,
    "request.media_type": MEDIA,
    "request.method": METHOD,
    "request.not_found": MISSING,
    "request.too_large": LARGE,
    "service.database": AWAY,
    "service.failed": BROKEN,
    "service.stopping": AWAY,
    "version.judged": CONFLICT,
    "version.not_later": CONFLICT,
    "version.unknown": MISSING,
    "voucher.unknown": MISSING,
    "voucher.unknown_batch": MISSING,
    "webhook.unknown": MISSING,
}
"""Codes whose status is not that of their first word."""

BY_WORD: Final = {
    "access": FORBIDDEN,
    "four_eyes": FORBIDDEN,
    "job": REFUSED,
    "member": REFUSED,
    "program": REFUSED,
    "request": BAD,
    "service": AWAY,
}
"""The status of all other codes that begin with a word and a point; what a program or the engine refuses is 422."""

RETRY: Final = frozenset(
    {"access.provider_silent", "rate.exceeded", "request.busy", "service.database", "service.stopping"}
)
"""Codes after which the same request may well succeed: their answers carry Retry-After."""


def status_of(code: str) -> int:
    """The HTTP status of a refusal's code."""
    found = BY_CODE.get(code)
    if found is not None:
        return found
    word, point, _ = code.partition(".")
    return BY_WORD.get(word, REFUSED) if point else REFUSED
