-- Every statement of the audit log. $1 is the tenant. A moment comes and goes as microseconds since 1970.

-- name: make_head
-- Begins a tenant's chain unless it was begun.
insert into audit_heads (tenant, n, hash) values ($1, $2, $3) on conflict do nothing;

-- name: lock_head
-- Where the chain ends, held until the end of the transaction, and what time it is.
select n, hash, (extract(epoch from clock_timestamp()) * 1000000)::bigint as now
from audit_heads
where tenant = $1
for update;

-- name: add
-- Adds a row, and moves the end of the chain to it.
with moved as (update audit_heads set n = $2, hash = $10 where tenant = $1)
insert into audit_log (tenant, n, at, actor, action, subject, place, before, after, hash)
values ($1, $2, timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4, $5, $6, $7, $8, $9, $10);

-- name: page
-- Rows, newest first, before one of them.
select n, actor, action, subject, place, before, after, hash, (extract(epoch from at) * 1000000)::bigint as at
from audit_log
where tenant = $1 and n < $2
order by n desc
limit $3;

-- name: chain
-- All rows in order.
select n, actor, action, subject, place, before, after, hash, (extract(epoch from at) * 1000000)::bigint as at
from audit_log
where tenant = $1
order by n;

-- name: head
-- Where the chain ends.
select n, hash from audit_heads where tenant = $1;
