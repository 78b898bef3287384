-- Jobs: drafts of programs, work for the workers, and the time limits of reserved redemptions.

-- A version of a program that is not published: one a program, with who wrote it last.
create table drafts (
    made_at  timestamptz not null default now(),
    tenant   integer not null references tenants,
    slug     text collate "C" not null,
    author   text collate "C" not null,
    sha256   bytea not null,
    text     text not null,
    primary key (tenant, slug)
);

-- Work that a worker does: an import or an export. It belongs to a worker until its lease is over; a killed one's work is
-- taken up by another. `request` says what is wanted, as JSON; `key` is the Idempotency-Key under which it was asked for.
create table jobs (
    made_at       timestamptz not null default now(),
    started_at    timestamptz,
    ended_at      timestamptz,
    leased_until  timestamptz,
    done          bigint not null default 0,
    refused       bigint not null default 0,
    tenant        integer not null references tenants,
    attempts      smallint not null default 0,
    id            text collate "C" not null,
    kind          text collate "C" not null check (kind in ('import', 'export')),
    state         text collate "C" not null check (state in ('open', 'waiting', 'running', 'done', 'failed', 'cancelled')),
    program       text collate "C" not null,
    author        text collate "C" not null,
    key           text collate "C",
    request       text not null,
    outcome       text,
    primary key (tenant, id),
    unique (tenant, key)
);

create index jobs_waiting on jobs (tenant, made_at) where state in ('waiting', 'running');

-- The files of a job, in parts: what is brought in, what came out, what was refused.
create table job_files (
    tenant  integer not null,
    n       integer not null,
    job     text collate "C" not null,
    role    text collate "C" not null check (role in ('input', 'result', 'rejects')),
    data    bytea not null,
    primary key (tenant, job, role, n),
    foreign key (tenant, job) references jobs on delete cascade
);

-- When a reserved redemption is released, unless it was confirmed before.
create table time_limits (
    ends_at  timestamptz not null,
    tenant   integer not null references tenants,
    program  text collate "C" not null,
    member   text collate "C" not null,
    id       text collate "C" not null,
    source   text collate "C" not null,
    primary key (tenant, program, member, id)
);

create index time_limits_due on time_limits (tenant, ends_at);

select guard('drafts', 'select insert update delete');
select guard('jobs', 'select insert update delete');
select guard('job_files', 'select insert delete');
select guard('time_limits', 'select insert update delete');
