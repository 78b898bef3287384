"""Who may do what: permissions, roles, and the frozen nouns of keys, staff and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar, get_args

from regulars.words.moments import Moment

Permission = Literal[
    "events:write",
    "members:read",
    "members:write",
    "goodwill:write",
    "reversals:write",
    "programs:read",
    "programs:write",
    "programs:publish",
    "imports:write",
    "exports:write",
    "jobs:read",
    "vouchers:read",
    "vouchers:write",
    "webhooks:read",
    "webhooks:write",
    "tokens:write",
    "access:read",
    "access:write",
    "audit:read",
    "metrics:read",
]
"""Everything that somebody may be let do. A key's scopes, a role's rights and a token's are sets of these."""

PERMISSIONS: Final[frozenset[Permission]] = frozenset(get_args(Permission))

Role = Literal["owner", "marketer", "finance", "support", "cashier", "auditor"]

_SEES: Final[frozenset[Permission]] = frozenset({"members:read", "programs:read", "vouchers:read", "jobs:read"})

ROLES: Final[dict[Role, frozenset[Permission]]] = {
    "owner": PERMISSIONS,
    "marketer": _SEES | {"programs:write", "programs:publish", "vouchers:write", "imports:write"},
    "finance": _SEES | {"exports:write", "audit:read", "metrics:read"},
    "support": _SEES | {"events:write", "members:write", "goodwill:write", "reversals:write", "vouchers:write"},
    "cashier": frozenset({"events:write", "members:read", "vouchers:read", "vouchers:write"}),
    "auditor": _SEES | {"access:read", "audit:read", "webhooks:read", "metrics:read"},
}
"""What each role may do: the one table."""

MEMBER: Final[frozenset[Permission]] = frozenset({"events:write", "members:read", "vouchers:read"})
"""What a member's own token may carry, for that member alone."""

P = TypeVar("P", bound=Permission)
P_co = TypeVar("P_co", bound=Permission, covariant=True)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a stable name without personal data (`staff:…`, `key:…`, `member:…`, `operator`), rights, and from where.

    `program` narrows the rights to one program, where it is not None.
    """

    subject: str
    permissions: frozenset[str]
    place: str = ""
    program: str | None = None


@dataclass(frozen=True, slots=True)
class Permit(Generic[P_co]):
    """That an actor may do something. An act that takes `Permit[Literal["access:write"]]` cannot be called without one:
    only `decide.permit` makes them, and the type checker tells one permission's from another's.
    """

    actor: Actor
    permission: P_co


AccessWrite = Permit[Literal["access:write"]]
AccessRead = Permit[Literal["access:read"]]
TokensWrite = Permit[Literal["tokens:write"]]
AuditRead = Permit[Literal["audit:read"]]


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as it is kept: everything but the token. `used_on` is a day since 0001-01-01, in UTC."""

    id: str
    label: str
    scopes: frozenset[str]
    made_at: Moment
    expires_at: Moment | None = None
    revoked_at: Moment | None = None
    replaces: str | None = None
    program: str | None = None
    limit: int | None = None
    used_on: int | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key with its token, which is never to be had again."""

    key: Key
    token: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works here. `failures` counts wrong passwords since the last right one."""

    id: str
    email: str
    role: Role
    made_at: Moment
    password: str | None = None
    failures: int = 0
    locked_until: Moment | None = None
    disabled_at: Moment | None = None
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A staff member who is signed in: whose, with which rights, and until when."""

    staff: str
    role: Role
    made_at: Moment
    expires_at: Moment


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session with its token, which is never to be had again."""

    session: Session
    token: str
