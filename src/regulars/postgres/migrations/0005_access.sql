-- Access: keys, staff, sessions, sign-in with other providers. No token is kept, only its hash.

-- API keys. A key that replaces another names it; both open until the older one's end.
create table api_keys (
    made_at     timestamptz not null default now(),
    expires_at  timestamptz,
    revoked_at  timestamptz,
    used_on     date,
    tenant      integer not null references tenants,
    per_minute  integer check (per_minute > 0),
    id          text collate "C" not null,
    label       text not null,
    program     text collate "C",
    replaces    text collate "C",
    hash        bytea not null,
    scopes      text[] collate "C" not null,
    primary key (tenant, id),
    unique (tenant, hash),
    foreign key (tenant, replaces) references api_keys (tenant, id)
);

-- Who works here. `password` is what argon2 made of one; `totp_secret` is sealed; `recovery` has the hashes of codes that
-- were not used yet. `totp_step` is the last step whose code was taken, so that none is taken twice.
create table staff (
    made_at       timestamptz not null default now(),
    locked_until  timestamptz,
    disabled_at   timestamptz,
    totp_step     bigint,
    tenant        integer not null references tenants,
    failures      integer not null default 0,
    second_factor boolean not null default false,
    id            text collate "C" not null,
    email         text collate "C" not null,
    role          text collate "C" not null,
    password      text,
    totp_secret   bytea,
    recovery      bytea[] not null default '{}',
    primary key (tenant, id),
    unique (tenant, email)
);

-- What a token of a session or of an invitation opens: a staff member's account.
create table staff_tokens (
    made_at     timestamptz not null default now(),
    expires_at  timestamptz not null,
    tenant      integer not null,
    kind        text collate "C" not null,
    staff       text collate "C" not null,
    hash        bytea not null,
    primary key (tenant, hash),
    foreign key (tenant, staff) references staff
);

create index staff_tokens_of on staff_tokens (tenant, staff);

-- Others who vouch for staff (OpenID Connect). The client's secret is sealed.
create table oidc_providers (
    tenant         integer not null references tenants,
    id             text collate "C" not null,
    issuer         text collate "C" not null,
    client_id      text collate "C" not null,
    client_secret  bytea,
    primary key (tenant, id)
);

-- Whom a provider knows by which name: bound at the first sign-in, by an address that the provider has verified.
create table oidc_identities (
    tenant    integer not null,
    issuer    text collate "C" not null,
    subject   text collate "C" not null,
    staff     text collate "C" not null,
    primary key (tenant, issuer, subject),
    foreign key (tenant, staff) references staff
);

-- Sign-ins that were begun with a provider: each can be finished once. What comes back has to fit nonce and verifier.
create table oidc_begun (
    expires_at  timestamptz not null,
    tenant      integer not null,
    provider    text collate "C" not null,
    nonce       text collate "C" not null,
    verifier    text collate "C" not null,
    redirect    text collate "C" not null,
    hash        bytea not null,
    primary key (tenant, hash),
    foreign key (tenant, provider) references oidc_providers
);
