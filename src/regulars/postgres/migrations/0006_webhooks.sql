-- Who is told of everything that a tenant records, each on their own.
create table listeners (
    tenant    integer not null references tenants,
    listener  text collate "C" not null,
    primary key (tenant, listener)
);

-- What a listener has not been told yet: the keys of the events of one commit, written with them, gone when it was told.
create table feed (
    made_at    timestamptz not null default now(),
    no         bigint generated always as identity,
    tenant     integer not null,
    program    smallint not null,
    listener   text collate "C" not null,
    members    text[] collate "C" not null,
    event_nos  integer[] not null,
    primary key (tenant, listener, no)
);

-- Webhooks: who is told, of what, and how each delivery went.

-- Where messages go. `types` is what is wanted, all when it is empty. Secrets are sealed; for a while after a change both sign.
-- `failures` counts what failed in a row, `failing_since` when that began; until `open_until` nothing is tried.
create table webhook_endpoints (
    made_at        timestamptz not null,
    disabled_at    timestamptz,
    failing_since  timestamptz,
    open_until     timestamptz,
    old_until      timestamptz,
    tenant         integer not null references tenants,
    failures       integer not null default 0,
    id             text collate "C" not null,
    url            text not null,
    label          text not null,
    types          text[] collate "C" not null,
    secret         bytea not null,
    old_secret     bytea,
    primary key (tenant, id)
);

-- A message on its way to an endpoint. Who sends it moves `next_at` on first: that is its lease.
create table webhook_deliveries (
    made_at       timestamptz not null,
    next_at       timestamptz,
    delivered_at  timestamptz,
    tenant        integer not null,
    attempts      integer not null default 0,
    endpoint      text collate "C" not null,
    id            text collate "C" not null,
    type          text collate "C" not null,
    body          bytea not null,
    primary key (tenant, endpoint, id),
    foreign key (tenant, endpoint) references webhook_endpoints on delete cascade
);

create index webhook_deliveries_due on webhook_deliveries (tenant, endpoint, next_at) where next_at is not null;
create index webhook_deliveries_newest on webhook_deliveries (tenant, endpoint, made_at desc);

-- While there are few rows it looks as if each had an endpoint of its own; whoever believed it would read all messages to find one.
alter table webhook_deliveries alter column tenant set (n_distinct = 10), alter column endpoint set (n_distinct = 10);

-- Each attempt, and what came of it: a status, or why there was none.
create table webhook_attempts (
    at        timestamptz not null,
    tenant    integer not null,
    attempt   integer not null,
    millis    integer not null,
    status    integer,
    endpoint  text collate "C" not null,
    id        text collate "C" not null,
    error     text,
    primary key (tenant, endpoint, id, attempt),
    foreign key (tenant, endpoint, id) references webhook_deliveries on delete cascade
);
