-- What `verify` asks. $1 is the tenant, $2 the program; a range of members is `member > $3 and member <= $4`.

-- name: unbalanced
-- Movements that do not run from one account to another with more than nothing.
select member, event_no, n
from movements
where tenant = $1 and program = $2 and (amount <= 0 or source = target)
order by member, event_no, n
limit 1000;

-- name: unnamed
-- Movements of a wallet or an account that has no name.
select m.member, m.event_no, m.n
from movements m
left join names w on w.tenant = m.tenant and w.no = m.wallet
left join names s on s.tenant = m.tenant and s.no = m.source
left join names t on t.tenant = m.tenant and t.no = m.target
where m.tenant = $1 and m.program = $2 and (w.no is null or s.no is null or t.no is null)
order by m.member, m.event_no, m.n
limit 1000;

-- name: orphans
-- Movements without their event.
select m.member, m.event_no, m.n
from movements m
left join events e using (tenant, member, program, event_no)
where m.tenant = $1 and m.program = $2 and e.member is null
order by m.member, m.event_no, m.n
limit 1000;

-- name: misnumbered
-- Members whose events are not numbered from 1 without a gap, or are not as many as their snapshot says.
select coalesce(e.member, s.member) as member, s.events, e.counted, e.last
from (
    select member, count(*) as counted, max(event_no) as last, min(event_no) as first
    from events
    where tenant = $1 and program = $2
    group by member
) as e
full join (select member, events from member_states where tenant = $1 and program = $2 and events > 0) as s using (member)
where e.counted is distinct from s.events or e.last is distinct from s.events or e.first is distinct from 1
order by 1
limit 1000;

-- name: undelivered
-- Notices marked as delivered whose event is not recorded.
with told as materialized (
    select member, event_no, n, target, id from outbox
    where tenant = $1 and program = $2 and delivered_at is not null and refused is null
),
arrived as (
    select o.member, o.event_no, o.n
    from told o join events e on e.member = o.target and e.id = o.id
    where e.tenant = $1 and e.program = $2 and e.source = 'derived'
)
select o.member, o.event_no, o.n, o.id
from told o left join arrived a using (member, event_no, n)
where a.member is null
order by o.member, o.event_no, o.n
limit 1000;

-- name: counted
-- How much there is to look at.
select (select count(*) from events where tenant = $1 and program = $2) as events,
       (select count(*) from movements where tenant = $1 and program = $2) as movements,
       (select count(*) from outbox where tenant = $1 and program = $2) as notices,
       (select count(*) from member_states where tenant = $1 and program = $2) as members;

-- name: borders
-- The members at which the events fall into so many parts of about the same number.
select min(member) as border
from (
    select member, sum(events) over (order by member) * $3::int / greatest(sum(events) over (), 1) as part
    from member_states
    where tenant = $1 and program = $2
) as parts
where part between 1 and $3::int - 1
group by part
order by 1;

-- name: budgets
-- What is drawn from budgets and granted of stocks.
select key, used, granted from budgets where tenant = $1 and program = $2 order by key;

-- name: states
-- Snapshots in member order.
select member, events, state
from member_states
where tenant = $1 and program = $2 and member > $3 and ($4::text is null or member <= $4)
order by member;

-- name: events
-- Events in the order in which they were decided.
select member, event_no, id, source, type, (extract(epoch from happened_at) * 1000000)::bigint as at, hash, body, receipt
from events
where tenant = $1 and program = $2 and member > $3 and ($4::text is null or member <= $4)
order by member, event_no;

-- name: movements
-- Movements in the order in which they were made.
select member, event_no, n, amount, lot, wallet, source, target
from movements
where tenant = $1 and program = $2 and member > $3 and ($4::text is null or member <= $4)
order by member, event_no, n;

-- name: refs
-- Which event is about which earlier one.
select member, event_no, of_no
from refs
where tenant = $1 and program = $2 and member > $3 and ($4::text is null or member <= $4)
order by member, event_no, of_no;

-- name: notices
-- What others were to be told.
select member, event_no, n, target, id, type, (extract(epoch from happened_at) * 1000000)::bigint as at, details
from outbox
where tenant = $1 and program = $2 and member > $3 and ($4::text is null or member <= $4)
order by member, event_no, n;
