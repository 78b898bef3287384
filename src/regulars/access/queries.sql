-- Every statement of access. $1 is the tenant. A moment comes and goes as microseconds since 1970.

-- name: add_key
-- Keeps a new key.
insert into api_keys (tenant, id, label, hash, scopes, made_at, expires_at, replaces, program, per_minute)
values ($1, $2, $3, $4, $5, timestamptz 'epoch' + $6::bigint * interval '1 microsecond',
        timestamptz 'epoch' + $7::bigint * interval '1 microsecond', $8, $9, $10);

-- name: key_by_hash
-- The key that a token opens.
select id, label, scopes, replaces, program, per_minute, used_on,
       (extract(epoch from made_at) * 1000000)::bigint as made_at,
       (extract(epoch from expires_at) * 1000000)::bigint as expires_at,
       (extract(epoch from revoked_at) * 1000000)::bigint as revoked_at
from api_keys
where tenant = $1 and hash = $2;

-- name: all_keys
-- All keys, oldest first.
select id, label, scopes, replaces, program, per_minute, used_on,
       (extract(epoch from made_at) * 1000000)::bigint as made_at,
       (extract(epoch from expires_at) * 1000000)::bigint as expires_at,
       (extract(epoch from revoked_at) * 1000000)::bigint as revoked_at
from api_keys
where tenant = $1
order by made_at, id;

-- name: lock_key
-- A key, held until the end of the transaction.
select id, label, scopes, replaces, program, per_minute, used_on,
       (extract(epoch from made_at) * 1000000)::bigint as made_at,
       (extract(epoch from expires_at) * 1000000)::bigint as expires_at,
       (extract(epoch from revoked_at) * 1000000)::bigint as revoked_at
from api_keys
where tenant = $1 and id = $2
for update;

-- name: end_key
-- Lets a key end at a moment.
update api_keys set expires_at = timestamptz 'epoch' + $3::bigint * interval '1 microsecond' where tenant = $1 and id = $2;

-- name: revoke_key
-- Closes a key for good; once is enough.
update api_keys set revoked_at = timestamptz 'epoch' + $3::bigint * interval '1 microsecond'
where tenant = $1 and id = $2 and revoked_at is null;

-- name: key_used
-- Notes the day on which a key was used, at most once a day.
update api_keys set used_on = $3 where tenant = $1 and id = $2 and used_on is distinct from $3;

-- name: add_staff
-- Adds somebody who works here; nothing when the address is taken.
insert into staff (tenant, id, email, role, made_at)
values ($1, $2, $3, $4, timestamptz 'epoch' + $5::bigint * interval '1 microsecond')
on conflict (tenant, email) do nothing
returning id;

-- name: staff
-- Everybody who works here or did, oldest first.
select id, email, role, password, failures, second_factor,
       (extract(epoch from made_at) * 1000000)::bigint as made_at,
       (extract(epoch from locked_until) * 1000000)::bigint as locked_until,
       (extract(epoch from disabled_at) * 1000000)::bigint as disabled_at
from staff
where tenant = $1
order by made_at, id;

-- name: lock_staff
-- One who works here, by id or address, held until the end of the transaction.
select id, email, role, password, failures, second_factor, totp_secret, totp_step, recovery,
       (extract(epoch from made_at) * 1000000)::bigint as made_at,
       (extract(epoch from locked_until) * 1000000)::bigint as locked_until,
       (extract(epoch from disabled_at) * 1000000)::bigint as disabled_at
from staff
where tenant = $1 and (id = $2 or email = $2)
for update;

-- name: lock_owners
-- The owners who can sign in, held in id order: of two changes at once one waits, and sees what the other left.
select id from staff where tenant = $1 and role = 'owner' and disabled_at is null order by id for update;

-- name: set_role
-- Gives somebody another role.
update staff set role = $3 where tenant = $1 and id = $2;

-- name: disable_staff
-- Closes somebody's account; it stays, since the audit log names it.
update staff set disabled_at = timestamptz 'epoch' + $3::bigint * interval '1 microsecond', password = null,
       totp_secret = null, second_factor = false, recovery = '{}'
where tenant = $1 and id = $2;

-- name: set_password
-- Keeps what argon2 made of a password; wrong ones are forgotten.
update staff set password = $3, failures = 0, locked_until = null where tenant = $1 and id = $2;

-- name: signed_in
-- Forgets wrong passwords; keeps the step whose code was taken, and the recovery codes that are left.
update staff set failures = 0, locked_until = null, totp_step = $3, recovery = $4 where tenant = $1 and id = $2;

-- name: failed
-- Counts a wrong password.
update staff set failures = $3, locked_until = timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
where tenant = $1 and id = $2;

-- name: set_totp
-- Keeps a sealed secret for codes, in force or not yet, with the hashes of recovery codes.
update staff set totp_secret = $3, second_factor = $4, totp_step = $5, recovery = $6 where tenant = $1 and id = $2;

-- name: add_token
-- Keeps what a token of a session or an invitation opens.
insert into staff_tokens (tenant, hash, kind, staff, made_at, expires_at)
values ($1, $2, $3, $4, timestamptz 'epoch' + $5::bigint * interval '1 microsecond',
        timestamptz 'epoch' + $6::bigint * interval '1 microsecond');

-- name: token
-- What a token of a kind opens, if it has not expired and the account is open.
select t.staff, s.role,
       (extract(epoch from t.made_at) * 1000000)::bigint as made_at,
       (extract(epoch from t.expires_at) * 1000000)::bigint as expires_at
from staff_tokens t join staff s on s.tenant = t.tenant and s.id = t.staff
where t.tenant = $1 and t.hash = $2 and t.kind = $3 and s.disabled_at is null
  and t.expires_at > timestamptz 'epoch' + $4::bigint * interval '1 microsecond';

-- name: take_token
-- Uses a token up: of several at once, one gets the staff member's id.
delete from staff_tokens
where tenant = $1 and hash = $2 and kind = $3 and expires_at > timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
returning staff;

-- name: drop_token
-- Ends a session.
delete from staff_tokens where tenant = $1 and hash = $2;

-- name: drop_tokens_of
-- Ends every session and invitation of somebody.
delete from staff_tokens where tenant = $1 and staff = $2;

-- name: drop_expired
-- Clears away what has expired.
delete from staff_tokens where tenant = $1 and expires_at <= timestamptz 'epoch' + $2::bigint * interval '1 microsecond';

-- name: set_provider
-- Adds a provider, or changes it.
insert into oidc_providers (tenant, id, issuer, client_id, client_secret) values ($1, $2, $3, $4, $5)
on conflict (tenant, id) do update
set issuer = excluded.issuer, client_id = excluded.client_id, client_secret = excluded.client_secret;

-- name: provider
-- A provider.
select id, issuer, client_id, client_secret from oidc_providers where tenant = $1 and id = $2;

-- name: providers
-- All providers.
select id, issuer, client_id, client_secret from oidc_providers where tenant = $1 order by id;

-- name: begin_sign_in
-- Keeps what a sign-in that was begun with a provider has to come back with.
insert into oidc_begun (tenant, hash, provider, nonce, verifier, redirect, expires_at)
values ($1, $2, $3, $4, $5, $6, timestamptz 'epoch' + $7::bigint * interval '1 microsecond');

-- name: finish_sign_in
-- Takes a sign-in that was begun: once.
delete from oidc_begun
where tenant = $1 and hash = $2
returning provider, nonce, verifier, redirect, (extract(epoch from expires_at) * 1000000)::bigint as expires_at;

-- name: drop_begun
-- Clears away sign-ins that nobody finished.
delete from oidc_begun where tenant = $1 and expires_at <= timestamptz 'epoch' + $2::bigint * interval '1 microsecond';

-- name: identity
-- Whom a provider's name belongs to.
select staff from oidc_identities where tenant = $1 and issuer = $2 and subject = $3;

-- name: unbind_identities
-- Forgets how providers call somebody.
delete from oidc_identities where tenant = $1 and staff = $2;

-- name: bind_identity
-- Binds a provider's name to somebody.
insert into oidc_identities (tenant, issuer, subject, staff) values ($1, $2, $3, $4);
