-- What is said in another way to a database that is spread over machines (Citus): same names, arguments and columns.

-- name: told_movements
-- The movements of the events of these keys.
select m.member, m.event_no, m.wallet, m.source, m.target, m.amount, m.lot
from unnest($3::text[], $4::integer[]) as asked (member, event_no)
join movements m on m.tenant = $1 and m.program = $2 and m.member = asked.member and m.event_no = asked.event_no
order by m.member, m.event_no, m.n;

-- name: told_events
-- The events of these keys, with their receipts.
select e.member, e.event_no, e.id, e.type, (extract(epoch from e.happened_at) * 1000000)::bigint as at, e.receipt
from unnest($3::text[], $4::integer[]) as asked (member, event_no)
join events e on e.tenant = $1 and e.program = $2 and e.member = asked.member and e.event_no = asked.event_no;
