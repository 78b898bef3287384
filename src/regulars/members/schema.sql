-- Members as persons. The ledger knows their ids only.

-- A person: what is known of them is sealed with a key of their own, which is sealed under the master key. Without its key
-- the rest says nothing.
create table people (
    made_at     timestamptz not null,
    changed_at  timestamptz not null,
    tenant      integer not null references tenants,
    version     integer not null default 1,
    member      text collate "C" not null,
    state       text collate "C" not null check (state in ('open', 'closed', 'merged', 'erased')),
    merged_into text collate "C",
    key         bytea,
    sealed      bytea,
    primary key (tenant, member),
    check ((state = 'erased') = (key is null)),
    check ((key is null) = (sealed is null))
);

-- What members are found by: a keyed hash of each identifier. One identifier is one member's.
create table identifiers (
    tenant      integer not null,
    kind        text collate "C" not null,
    member      text collate "C" not null,
    blind       bytea not null,
    primary key (tenant, kind, blind),
    foreign key (tenant, member) references people
);

create index identifiers_of on identifiers (tenant, member);

select guard('people', 'select insert update');
select guard('identifiers', 'select insert update delete');
