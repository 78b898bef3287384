-- The audit log: a chain of rows a tenant. `before` and `after` are texts, since the hash covers them letter by letter.
create table audit_log (
    at       timestamptz not null,
    n        bigint not null check (n > 0),
    tenant   integer not null references tenants,
    actor    text collate "C" not null,
    action   text collate "C" not null,
    subject  text collate "C" not null,
    place    text collate "C" not null,
    before   text collate "C" not null,
    after    text collate "C" not null,
    hash     bytea not null,
    primary key (tenant, n)
);

create trigger append_only before update or delete or truncate on audit_log
    for each statement execute function refuse_change();

-- Where each chain ends. Who adds a row holds this one, so rows follow one another whoever writes at once.
create table audit_heads (
    n       bigint not null,
    tenant  integer not null references tenants,
    hash    bytea not null,
    primary key (tenant)
);
