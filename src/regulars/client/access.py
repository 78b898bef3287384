"""Who may do what: keys, members' tokens, staff, and the log of who did what."""

from __future__ import annotations

from collections.abc import Sequence

from regulars.client.answers import Invited, Key, KeyWithToken, MemberToken, Page, Proof, Row, Staff
from regulars.client.call import Call, Method, Moment, as_field, as_items, as_shape, at, encoded, get, past, post


class Access:
    """Keys, tokens, staff, audit."""

    @Method
    def keys(self) -> Call[list[Key]]:
        """All keys, oldest first, with those that no longer open."""
        return Call("GET", "/v1/keys", as_items(Key))

    @Method
    def make_key(
        self,
        label: str,
        scopes: Sequence[str],
        *,
        expires_at: Moment | None = None,
        program: str | None = None,
        limit: int | None = None,
    ) -> Call[KeyWithToken]:
        """A key with these scopes; its token is shown this once. `limit`: requests a minute."""
        body = {"label": label, "scopes": scopes, "expires_at": past(expires_at), "program": program, "limit": limit}
        return post("/v1/keys", KeyWithToken, body, repeatable=False)

    @Method
    def rotate_key(self, key: str, overlap_hours: int = 24) -> Call[KeyWithToken]:
        """A key in the place of another; both open until the overlap is over."""
        return post(at("keys", key, "rotate"), KeyWithToken, {"overlap_hours": overlap_hours}, repeatable=False)

    @Method
    def revoke_key(self, key: str) -> Call[Key]:
        """Closes a key for good."""
        return post(at("keys", key, "revoke"), Key)

    @Method
    def make_token(
        self, member: str, scopes: Sequence[str] = ("members:read",), seconds: int = 900
    ) -> Call[MemberToken]:
        """A token for a member's app, which sees that member and nobody else."""
        return post(at("members", member, "tokens"), MemberToken, {"scopes": scopes, "seconds": seconds})

    @Method
    def staff(self) -> Call[list[Staff]]:
        """Everybody who works here, with those whose account was closed."""
        return Call("GET", "/v1/staff", as_items(Staff))

    @Method
    def add_staff(self, email: str, role: str) -> Call[Invited]:
        """Somebody more, with an invitation by which they set a password."""
        return post("/v1/staff", Invited, {"email": email, "role": role}, repeatable=False)

    @Method
    def invite_staff(self, staff: str) -> Call[Invited]:
        """Another invitation, for a password that was forgotten."""
        return post(at("staff", staff, "invite"), Invited, repeatable=False)

    @Method
    def set_role(self, staff: str, role: str) -> Call[str]:
        """The role that somebody has from now on."""
        return Call("PUT", at("staff", staff, "role"), as_field("role"), body=encoded({"role": role}))

    @Method
    def disable_staff(self, staff: str) -> Call[Staff]:
        """Closes somebody's account; the answer is who they were."""
        return post(at("staff", staff, "disable"), Staff)

    @Method
    def drop_second_factor(self, staff: str) -> Call[Staff]:
        """Takes off an authenticator that was lost; the answer is who they were."""
        return Call("DELETE", at("staff", staff, "second-factor"), as_shape(Staff))

    @Method
    def audit(self, limit: int = 50, cursor: str | None = None) -> Call[Page[Row]]:
        """A page of who did what, newest first."""
        return get("/v1/audit", Page[Row], limit=limit, cursor=cursor)

    @Method
    def audit_proof(self) -> Call[Proof]:
        """Whether the audit log is as it was written."""
        return get("/v1/audit/proof", Proof)
