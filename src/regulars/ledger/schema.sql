-- The ledger: what happened, what was decided about it, and what moved.
--
-- Every table that grows with members has tenant and member at the head of its primary key and can be spread by
-- member over machines. Columns are as narrow as their contents and stand widest first, so that no row is padded.
-- Texts that are compared only for being equal are collated "C": the same order on every machine, and quicker.

create table tenants (
    tenant      integer generated always as identity primary key,
    slug        text collate "C" not null unique,
    made_at     timestamptz not null default now()
);

-- A program of a tenant, and its small number.
create table programs (
    tenant      integer not null references tenants,
    program     smallint not null,
    slug        text collate "C" not null,
    primary key (tenant, program),
    unique (tenant, slug)
);

-- The versions of a program, as they were published: never changed, since receipts say by which they were judged.
create table versions (
    tenant        integer not null,
    program       smallint not null,
    version       smallint not null check (version >= 0),
    first_day     date not null,
    sha256        bytea not null,
    text          text not null,
    published_at  timestamptz not null default now(),
    primary key (tenant, program, version),
    foreign key (tenant, program) references programs
);

-- Wallets and accounts by small numbers: their names are few, their movements many.
create table names (
    tenant      integer not null references tenants,
    no          smallint not null,
    name        text collate "C" not null,
    primary key (tenant, no),
    unique (tenant, name)
);

-- What happened, and the receipt of what was decided about it. `event_no` counts the events of a member in the order
-- in which they were decided; in keys it stands before the narrower program, since that leaves no gap. `hash` is 128 bits
-- over type, moment and body: it tells a repeated event from another one under the same id. Bodies are compared only when
-- somebody uses one id twice, so that many bits never meet by chance.
create table events (
    happened_at  timestamptz not null,
    recorded_at  timestamptz not null,
    tenant       integer not null,
    event_no     integer not null,
    program      smallint not null,
    member       text collate "C" not null,
    id           text collate "C" not null,
    source       text collate "C" not null,
    type         text collate "C" not null,
    hash         bytea not null,
    body         bytea not null,
    receipt      bytea not null,
    primary key (tenant, member, event_no, program),
    unique (tenant, member, program, id, source)
);

-- So many units of a wallet from one account to another: a row is balanced by its shape.
create table movements (
    amount      bigint not null check (amount > 0),
    tenant      integer not null,
    event_no    integer not null,
    lot         integer not null,
    n           smallint not null,
    program     smallint not null,
    wallet      smallint not null,
    source      smallint not null,
    target      smallint not null check (target <> source),
    member      text collate "C" not null,
    primary key (tenant, member, event_no, program, n)
);

-- A member as the events so far have made them: derived, one row, changed in place.
create table member_states (
    next_due_at  timestamptz,
    tenant       integer not null,
    events       integer not null default 0,
    program      smallint not null,
    member       text collate "C" not null,
    state        bytea,
    primary key (tenant, member, program)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

create index member_states_due on member_states (tenant, program, next_due_at)
    where next_due_at is not null;

-- Which earlier event an event is about: the returns of a purchase.
create table refs (
    tenant      integer not null,
    of_no       integer not null,
    event_no    integer not null,
    program     smallint not null,
    member      text collate "C" not null,
    primary key (tenant, member, program, of_no, event_no)
);

-- What everybody draws from together. A budget has its ceiling in the program; a stock has what the operator granted.
create table budgets (
    used        bigint not null default 0 check (used >= 0),
    granted     bigint,
    tenant      integer not null,
    program     smallint not null,
    key         text collate "C" not null,
    primary key (tenant, program, key),
    check (granted is null or used <= granted)
) with (fillfactor = 50);

-- What other members must be told: events that an event causes. Written with their cause, posted after it, then marked.
create table outbox (
    happened_at   timestamptz not null,
    delivered_at  timestamptz,
    tenant        integer not null,
    event_no      integer not null,
    program       smallint not null,
    n             smallint not null,
    member        text collate "C" not null,
    target        text collate "C" not null,
    id            text collate "C" not null,
    type          text collate "C" not null,
    details       bytea not null,
    refused       text,
    primary key (tenant, member, program, event_no, n)
);

create index outbox_waiting on outbox (tenant, program, member, event_no, n) where delivered_at is null;

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

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is only ever added to', tg_table_name using errcode = 'restrict_violation';
end
$$;

create trigger append_only before update or delete or truncate on versions
    for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on events
    for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on movements
    for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on refs
    for each statement execute function refuse_change();

-- A tenant's number by its slug, and the other way round: asked before a connection has taken on a tenant, when it sees no
-- row of `tenants` yet.
create function tenant_numbered(wanted text) returns integer
language sql stable security definer set search_path from current as $$
    select tenant from tenants where slug = wanted
$$;

create function tenant_called(wanted integer) returns text
language sql stable security definer set search_path from current as $$
    select slug from tenants where tenant = wanted
$$;

-- The second lock on a table: a connection sees and writes rows of the tenant alone that its setting regulars.tenant names.
-- `rights` are what the service may do with them at all, out of: select insert update delete. The role of the service is
-- granted just these, so what is only ever added to can be changed by no statement of the service. Owners pass freely.
create function guard(guarded text, rights text) returns void language plpgsql as $$
declare
    own constant text := 'tenant = (select nullif(current_setting(''regulars.tenant'', true), '''')::integer)';
    one text;
begin
    execute format('alter table %I enable row level security', guarded);
    foreach one in array string_to_array(rights, ' ') loop
        execute format(
            'create policy %I on %I for %s %s (%s)',
            one, guarded, one, case one when 'insert' then 'with check' else 'using' end, own
        );
    end loop;
end
$$;

select guard('tenants', 'select update');
select guard('programs', 'select insert');
select guard('versions', 'select insert');
select guard('names', 'select insert');
select guard('events', 'select insert');
select guard('movements', 'select insert');
select guard('member_states', 'select insert update');
select guard('refs', 'select insert');
select guard('budgets', 'select insert update');
select guard('outbox', 'select insert update');
select guard('imports', 'select insert update delete');
select guard('listeners', 'select insert delete');
select guard('feed', 'select insert update delete');
