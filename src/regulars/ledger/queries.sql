-- Every statement of the ledger. $1 is the tenant and $2 the program wherever both are asked for.
-- A moment comes and goes as microseconds since 1970: whole numbers, so nothing is rounded on the way.

-- name: find_program
-- The numbers of a tenant and of one of its programs.
select p.tenant, p.program
from programs p join tenants t using (tenant)
where t.slug = $1 and p.slug = $2;

-- name: tenant_numbered
-- The number of a tenant, for whoever has not taken on a tenant yet.
select tenant_numbered($1);

-- name: tenant_called
-- The slug of a tenant, for whoever has not taken on a tenant yet.
select tenant_called($1);

-- name: add_tenant
-- Makes a tenant unless it is there.
insert into tenants (slug) values ($1) on conflict do nothing;

-- name: add_program
-- Gives a program the tenant's next number unless it has one; the tenant's row is locked, so numbers are given in turn.
with held as (select tenant from tenants where slug = $1 for update)
insert into programs (tenant, program, slug)
select held.tenant, (select coalesce(max(p.program), 0) + 1 from programs p where p.tenant = held.tenant), $2
from held
on conflict do nothing;

-- name: published
-- The versions of a program, oldest first.
select version, first_day, sha256, text
from versions
where tenant = $1 and program = $2
order by version;

-- name: publish
-- Adds a version.
insert into versions (tenant, program, version, first_day, sha256, text)
values ($1, $2, $3, $4, $5, $6);

-- name: judged_since
-- Whether something was judged that happened at or after a moment.
select exists (
    select 1 from events
    where tenant = $1 and program = $2
      and happened_at >= timestamptz 'epoch' + $3::bigint * interval '1 microsecond'
);

-- name: all_names
-- The numbers of a tenant's wallets and accounts.
select no, name from names where tenant = $1;

-- name: lock_tenant
-- One transaction at a time gives out numbers.
select tenant from tenants where tenant = $1 for update;

-- name: add_names
-- Gives each name that has none the next number.
insert into names (tenant, no, name)
select $1, (select coalesce(max(no), 0) from names where tenant = $1) + row_number() over (order by wanted.name), wanted.name
from unnest($2::text[]) as wanted (name)
where not exists (select from names n where n.tenant = $1 and n.name = wanted.name);

-- name: create_members
-- An empty row for each member that has none, in id order.
insert into member_states (tenant, program, member)
select $1, $2, wanted.member
from unnest($3::text[]) as wanted (member)
order by wanted.member
on conflict do nothing;

-- name: by_keys
-- A batch looks rows up by their keys, always: a plan made while a table was empty must not read the whole of it later.
-- For the same reason its statements join by `lateral … offset 0`, or write by `on conflict`: there is no other plan.
set local enable_seqscan = off;
set local plan_cache_mode = force_generic_plan;

-- name: lock_members
-- Locks the members of a batch, in id order, and gives what is known of them.
select member, events, state
from member_states
where tenant = $1 and program = $2 and member = any($3::text[])
order by member
for update;

-- name: recorded
-- What is recorded already under these members, ids and sources; `place` is the one asked for, from 1.
select asked.place, known.event_no, known.hash, known.receipt
from unnest($3::text[], $4::text[], $5::text[]) with ordinality as asked (member, id, source, place)
cross join lateral (
    select e.event_no, e.hash, e.receipt
    from events e
    where e.tenant = $1 and e.program = $2 and e.member = asked.member and e.id = asked.id and e.source = asked.source
    offset 0
) as known;

-- name: create_budgets
-- An empty row for each budget that has none, in key order.
insert into budgets (tenant, program, key)
select $1, $2, wanted.key
from unnest($3::text[]) as wanted (key)
order by wanted.key
on conflict do nothing;

-- name: lock_budgets
-- Locks the budgets that a batch may draw from, in key order.
select key, used, granted
from budgets
where tenant = $1 and program = $2 and key = any($3::text[])
order by key
for update;

-- name: budgets_of
-- What is drawn from some budgets, and granted of them, without a lock.
select key, used, granted
from budgets
where tenant = $1 and program = $2 and key = any($3::text[]);

-- name: use_budgets
-- Adds what a batch has drawn.
update budgets b
set used = b.used + drawn.amount
from unnest($3::text[], $4::bigint[]) as drawn (key, amount)
where b.tenant = $1 and b.program = $2 and b.key = drawn.key;

-- name: grant_stock
-- Adds to what the operator granted of a stock, and gives what was granted and used in all. Until then it had no end, so
-- what was used before counts as granted.
insert into budgets as b (tenant, program, key, granted)
values ($1, $2, $3, $4)
on conflict (tenant, program, key) do update set granted = coalesce(b.granted, b.used) + excluded.granted
returning b.granted, b.used;

-- name: sales
-- The events of these members and ids, and the receipts of what has referred to them since.
select e.member, e.id, e.source, e.event_no, e.type, e.body, e.receipt,
       (extract(epoch from e.happened_at) * 1000000)::bigint as at,
       array(
           select later.receipt
           from refs r
           join events later on later.tenant = $1 and later.program = $2 and later.member = r.member and later.event_no = r.event_no
           where r.tenant = $1 and r.program = $2 and r.member = e.member and r.of_no = e.event_no
           order by r.event_no
       ) as since
from unnest($3::text[], $4::text[]) as asked (member, id)
cross join lateral (
    select * from events
    where tenant = $1 and program = $2 and events.member = asked.member and events.id = asked.id
    offset 0
) as e
order by e.event_no;

-- name: write_events
-- Writes the events of a batch with their receipts, and their keys for each who listens. One clock says when: the database's.
with fed as (
    insert into feed (tenant, program, listener, members, event_nos)
    select $1, $2, l.listener, $5, $4 from listeners l where l.tenant = $1
)
insert into events (tenant, program, recorded_at, happened_at, event_no, member, id, source, type, hash, body, receipt)
select $1, $2, now(), timestamptz 'epoch' + u.at * interval '1 microsecond',
       u.event_no, u.member, u.id, u.source, u.type, u.hash, u.body, u.receipt
from unnest($3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bytea[], $11::bytea[])
     as u (at, event_no, member, id, source, type, hash, body, receipt);

-- name: write_movements
-- Writes the movements of a batch.
insert into movements (tenant, program, amount, event_no, lot, n, wallet, source, target, member)
select $1, $2, u.amount, u.event_no, u.lot, u.n, u.wallet, u.source, u.target, u.member
from unnest($3::bigint[], $4::integer[], $5::integer[], $6::smallint[], $7::smallint[], $8::smallint[], $9::smallint[], $10::text[])
     as u (amount, event_no, lot, n, wallet, source, target, member);

-- name: write_states
-- Writes what the members of a batch have become; their rows are there and locked.
insert into member_states (tenant, program, member, events, next_due_at, state)
select $1, $2, u.member, u.events, timestamptz 'epoch' + u.due * interval '1 microsecond', u.state
from unnest($3::text[], $4::integer[], $5::bigint[], $6::bytea[]) as u (member, events, due, state)
on conflict (tenant, member, program) do update
set events = excluded.events, next_due_at = excluded.next_due_at, state = excluded.state;

-- name: write_refs
-- Writes which event is about which earlier one.
insert into refs (tenant, program, member, of_no, event_no)
select $1, $2, u.member, u.of_no, u.event_no
from unnest($3::text[], $4::integer[], $5::integer[]) as u (member, of_no, event_no);

-- name: write_outbox
-- Writes what others must be told.
insert into outbox (tenant, program, happened_at, event_no, n, member, target, id, type, details)
select $1, $2, timestamptz 'epoch' + u.at * interval '1 microsecond',
       u.event_no, u.n, u.member, u.target, u.id, u.type, u.details
from unnest($3::bigint[], $4::integer[], $5::smallint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bytea[])
     as u (at, event_no, n, member, target, id, type, details);

-- name: waiting
-- What was to be told and is not delivered yet, in the order of its causes' keys, after one of them.
select member, event_no, n, target, id, type, details, (extract(epoch from happened_at) * 1000000)::bigint as at
from outbox
where tenant = $1 and program = $2 and delivered_at is null and (member, event_no, n) > ($3, $4, $5)
order by member, event_no, n
limit $6;

-- name: delivered
-- Marks what has been told; `refused` says why it could not be read, null when it could.
update outbox o
set delivered_at = now(), refused = u.refused
from unnest($3::text[], $4::integer[], $5::smallint[], $6::text[]) as u (member, event_no, n, refused)
where o.tenant = $1 and o.program = $2 and o.member = u.member and o.event_no = u.event_no and o.n = u.n;

-- name: due
-- Members on whom something falls due, longest waiting first; those that another sweep holds are left to it.
select member, events, state
from member_states
where tenant = $1 and program = $2
  and next_due_at <= timestamptz 'epoch' + $3::bigint * interval '1 microsecond'
  and member <> all($5::text[])
order by next_due_at
limit $4
for update skip locked;

-- name: member_state
-- The snapshot of a member.
select events, state from member_states where tenant = $1 and program = $2 and member = $3;

-- name: states_of
-- The snapshots of some members, looked up by their keys.
select found.member, found.events, found.state
from unnest($3::text[]) as wanted (member)
cross join lateral (
    select s.member, s.events, s.state from member_states s
    where s.tenant = $1 and s.program = $2 and s.member = wanted.member
    offset 0
) as found;

-- name: member_balance
-- What movements alone make of a member's wallets by account, of all that had happened by a moment.
select wallet, account, sum(amount)::bigint as amount
from (
    select m.wallet, m.target as account, m.amount
    from movements m join events e using (tenant, member, program, event_no)
    where m.tenant = $1 and m.program = $2 and m.member = $3
      and e.happened_at <= timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
    union all
    select m.wallet, m.source, -m.amount
    from movements m join events e using (tenant, member, program, event_no)
    where m.tenant = $1 and m.program = $2 and m.member = $3
      and e.happened_at <= timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
) as sides
group by wallet, account;

-- name: member_history
-- The events of a member in the order in which they were decided: those that had happened, or were known, by a moment.
select event_no, member, id, source, type, body, receipt,
       (extract(epoch from happened_at) * 1000000)::bigint as at
from events
where tenant = $1 and program = $2 and member = $3
  and (case when $5 then recorded_at else happened_at end) <= timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
order by event_no;

-- name: event_of_member
-- The events of a member under an id.
select event_no, member, id, source, type, body, receipt,
       (extract(epoch from happened_at) * 1000000)::bigint as at,
       (extract(epoch from recorded_at) * 1000000)::bigint as recorded
from events
where tenant = $1 and program = $2 and member = $3 and id = $4
order by event_no;

-- name: event_of_anybody
-- The events of whomever under an id. No index leads with the id, so this reads the whole table.
select event_no, member, id, source, type, body, receipt,
       (extract(epoch from happened_at) * 1000000)::bigint as at,
       (extract(epoch from recorded_at) * 1000000)::bigint as recorded
from events
where tenant = $1 and program = $2 and id = $3
order by recorded_at, member, event_no
limit 100;

-- name: activity
-- A page of a member's events, newest first, before an event number.
select event_no, member, id, source, type, body, receipt,
       (extract(epoch from happened_at) * 1000000)::bigint as at,
       (extract(epoch from recorded_at) * 1000000)::bigint as recorded
from events
where tenant = $1 and program = $2 and member = $3 and event_no < $4
order by event_no desc
limit $5;

-- name: events_page
-- A page of everybody's events, in the order of their keys, after one of them; time's own are left out.
select event_no, member, id, source, type, body, receipt,
       (extract(epoch from happened_at) * 1000000)::bigint as at,
       (extract(epoch from recorded_at) * 1000000)::bigint as recorded
from events
where tenant = $1 and program = $2 and (member, event_no) > ($3, $4) and type <> 'tick'
order by member, event_no
limit $5;

-- name: movements_of_event
-- The movements of an event, in order.
select amount, lot, wallet, source, target
from movements
where tenant = $1 and program = $2 and member = $3 and event_no = $4
order by n;

-- name: members_page
-- The snapshots of members in id order, after an id.
select member, events, state
from member_states
where tenant = $1 and program = $2 and member > $3 and events > 0
order by member
limit $4;
