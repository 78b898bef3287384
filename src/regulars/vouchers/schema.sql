-- Codes: what is printed, mailed or told and becomes a voucher. They grow with what an operator makes, not with members.

-- Codes that were made or imported together, with what is the same for all of them: days, uses, worth. Never changed but
-- for how many codes there are and how many of them were printed.
create table code_batches (
    made_at      timestamptz not null default now(),
    wanted       bigint check (wanted > 0),
    stored       bigint not null default 0,
    place        bigint not null default 0,
    printed_to   bigint not null default 0,
    worth        bigint check (worth >= 0),
    minimum      bigint check (minimum >= 0),
    first_day    date,
    last_day     date,
    tenant       integer not null,
    batch        integer not null,
    percent      integer check (percent >= 0),
    uses         integer check (uses > 0),
    print_most   integer check (print_most > 0),
    program      smallint not null,
    print_per    text collate "C" not null,
    id           text collate "C" not null,
    kind         text collate "C" not null,
    scope        text collate "C" not null,
    pattern      text collate "C",
    primary key (tenant, program, batch),
    unique (tenant, program, id),
    foreign key (tenant, program) references programs
);

-- A code: as it is printed, and as it is looked up (`key`: capitals, without spaces and dashes). Its row is what tills lock.
-- Its batch is there because who writes codes holds the batch's lock; a million foreign keys need not be looked up for it.
create table codes (
    place        bigint not null,
    worth        bigint check (worth >= 0),
    printed_at   timestamptz,
    tenant       integer not null,
    batch        integer not null,
    used         integer not null default 0,
    program      smallint not null,
    key          text collate "C" not null,
    code         text collate "C" not null,
    member       text collate "C",
    primary key (tenant, program, key)
);

create index codes_of_batch on codes (tenant, program, batch, place);

create index codes_of_member on codes (tenant, program, member) where member is not null;

-- Which event used a code: the same event sent again finds itself here, and is no second use.
create table code_uses (
    used_at      timestamptz not null,
    tenant       integer not null,
    program      smallint not null,
    key          text collate "C" not null,
    member       text collate "C" not null,
    event        text collate "C" not null,
    source       text collate "C" not null,
    till         text collate "C" not null,
    primary key (tenant, program, key, member, event, source)
);

-- Tills that have reserved a use of a code until a moment; what is past counts no more and goes when the code is next locked.
create table code_holds (
    until        timestamptz not null,
    tenant       integer not null,
    program      smallint not null,
    key          text collate "C" not null,
    till         text collate "C" not null,
    primary key (tenant, program, key, till)
);

-- How many codes of a batch were printed, for whom and on which day where its terms count by them.
create table code_prints (
    printed      integer not null,
    tenant       integer not null,
    batch        integer not null,
    program      smallint not null,
    counted      text collate "C" not null,
    primary key (tenant, program, batch, counted)
);

select guard('code_batches', 'select insert update');
select guard('codes', 'select insert update');
select guard('code_uses', 'select insert');
select guard('code_holds', 'select insert update delete');
select guard('code_prints', 'select insert update');
