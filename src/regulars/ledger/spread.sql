-- What is said in another way to a database that is spread over machines (Citus): the same names, arguments and columns
-- as in queries.sql, and what only such a database is asked.

-- name: shards_of
-- The shards of some members, in the order asked for.
select get_shard_id_for_distribution_column('member_states', asked.member) as shard
from unnest($1::text[]) with ordinality as asked (member, place)
order by asked.place;

-- name: by_keys
-- Plans are made anew for each call: only so does the coordinator see for which machine it is.
set local enable_seqscan = off;
set local plan_cache_mode = force_custom_plan;

-- name: recorded
-- What is recorded already under these members, ids and sources; `place` is the one asked for, from 1.
select asked.place, e.event_no, e.hash, e.receipt
from unnest($3::text[], $4::text[], $5::text[]) with ordinality as asked (member, id, source, place)
join events e on e.tenant = $1 and e.program = $2 and e.member = asked.member and e.id = asked.id and e.source = asked.source;

-- name: sales
-- The events of these members and ids, and the receipts of what has referred to them since.
select e.member, e.id, e.source, e.event_no, e.type, e.body, e.receipt,
       (extract(epoch from e.happened_at) * 1000000)::bigint as at,
       coalesce(array_agg(later.receipt order by r.event_no) filter (where later.receipt is not null), '{}') as since
from unnest($3::text[], $4::text[]) as asked (member, id)
join events e on e.tenant = $1 and e.program = $2 and e.member = asked.member and e.id = asked.id
left join refs r on r.tenant = e.tenant and r.program = e.program and r.member = e.member and r.of_no = e.event_no
left join events later on later.tenant = r.tenant and later.program = r.program and later.member = r.member
    and later.event_no = r.event_no
group by e.member, e.id, e.source, e.event_no, e.type, e.body, e.receipt, e.happened_at
order by e.event_no;

-- name: states_of
-- The snapshots of some members, looked up by their keys.
select s.member, s.events, s.state
from member_states s
where s.tenant = $1 and s.program = $2 and s.member = any($3::text[]);

-- name: due_somewhere
-- Members on whom something falls due, longest waiting first, wherever they live; locks nobody.
select member
from member_states
where tenant = $1 and program = $2
  and next_due_at <= timestamptz 'epoch' + $3::bigint * interval '1 microsecond'
  and member <> all($5::text[])
order by next_due_at
limit $4;

-- name: due_here
-- Those of some members of one shard on whom something falls due, locked; those that another sweep holds are left to it.
select member, events, state
from member_states
where tenant = $1 and program = $2 and member = any($3::text[])
  and next_due_at <= timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
for update skip locked;
