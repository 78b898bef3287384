-- Files that were imported, a row for each process's share of one: how far it has come, so that it can go on from there.
-- What is before the position is in the ledger or was refused; what is after it may be, and is recorded only once.
create table imports (
    begun_at     timestamptz not null default now(),
    done_at      timestamptz,
    row_no       bigint not null default 0,
    byte_no      bigint not null default 0,
    events       bigint not null default 0,
    refused      bigint not null default 0,
    tenant       integer not null,
    program      smallint not null,
    part         smallint not null,
    cut          boolean not null default false,
    fingerprint  bytea not null,
    file         text not null,
    rejects      text not null,
    primary key (tenant, program, fingerprint, part),
    foreign key (tenant, program) references programs
);
