-- Webhooks.

-- name: add_endpoint
-- A new endpoint.
insert into webhook_endpoints (tenant, id, url, label, types, secret, made_at)
values ($1, $2, $3, $4, $5, $6, timestamptz 'epoch' + $7::bigint * interval '1 microsecond');

-- name: listen
-- From now on everything that is recorded is kept for the webhooks until it was told.
insert into listeners (tenant, listener) values ($1, 'webhooks') on conflict do nothing;

-- name: stop_listening
-- Nothing is kept any more, once there is nobody to tell.
delete from listeners
where tenant = $1 and listener = 'webhooks'
  and not exists (select from webhook_endpoints where tenant = $1 and disabled_at is null);

-- name: endpoints
-- All endpoints of a tenant.
select id, url, label, types, failures, disabled_at is not null as disabled, open_until > now() as resting,
       (extract(epoch from made_at) * 1000000)::bigint as made_at
from webhook_endpoints where tenant = $1 order by made_at, id;

-- name: change_endpoint
-- Another address, label or choice of types.
update webhook_endpoints set url = $3, label = $4, types = $5 where tenant = $1 and id = $2;

-- name: drop_endpoint
-- Takes an endpoint away, with what it was still to be sent.
delete from webhook_endpoints where tenant = $1 and id = $2;

-- name: enable_endpoint
-- An endpoint that was given up, or turned off, gets messages again.
update webhook_endpoints set disabled_at = null, failures = 0, failing_since = null, open_until = null
where tenant = $1 and id = $2;

-- name: disable_endpoint
-- Turns an endpoint off.
update webhook_endpoints set disabled_at = now() where tenant = $1 and id = $2 and disabled_at is null;

-- name: rotate_secret
-- A new secret; the old one signs too, for a while.
update webhook_endpoints
set old_secret = secret, secret = $3, old_until = timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
where tenant = $1 and id = $2;

-- name: take_feed
-- Commits that were not told yet, oldest first; those that another worker has in hand are left to it. The caller deletes them.
select no, program, members, event_nos from feed
where tenant = $1 and listener = 'webhooks'
order by no limit $2
for update skip locked;

-- name: drop_feed
-- What has been told.
delete from feed where tenant = $1 and listener = 'webhooks' and no = any($2::bigint[]);

-- name: program_of
-- The slug of a program.
select slug from programs where tenant = $1 and program = $2;

-- name: by_keys
-- Rows are looked up by their keys, always: a plan made while a table was empty must not read the whole of it later. For the same
-- reason statements join by `lateral … offset 0`.
set local enable_seqscan = off;

-- name: told_movements
-- The movements of the events of these keys.
select m.member, m.event_no, m.wallet, m.source, m.target, m.amount, m.lot
from unnest($3::text[], $4::integer[]) as asked (member, event_no)
cross join lateral (
    select * from movements
    where tenant = $1 and program = $2 and movements.member = asked.member and movements.event_no = asked.event_no
    order by n
    offset 0
) as m;

-- name: told_events
-- The events of these keys, with their receipts.
select e.member, e.event_no, e.id, e.type, (extract(epoch from e.happened_at) * 1000000)::bigint as at, e.receipt
from unnest($3::text[], $4::integer[]) as asked (member, event_no)
cross join lateral (
    select * from events where tenant = $1 and program = $2 and events.member = asked.member and events.event_no = asked.event_no
    offset 0
) as e;

-- name: open_endpoints
-- The endpoints that get messages, and of which types.
select id, types from webhook_endpoints where tenant = $1 and disabled_at is null;

-- name: add_deliveries
-- Messages on their way; one that is on its way already is not sent twice.
insert into webhook_deliveries (tenant, endpoint, id, type, body, made_at, next_at)
select $1, u.endpoint, u.id, u.type, u.body, now(), now()
from unnest($2::text[], $3::text[], $4::text[], $5::bytea[]) as u (endpoint, id, type, body)
on conflict do nothing;

-- name: lease
-- Deliveries that are due, to endpoints that do not rest and are not among those of $6; no more than a few to each, so that a slow
-- one keeps nobody waiting. They are leased by moving on when they are next due. An endpoint that has rested is tried with one
-- message first.
with mine as (
    select d.endpoint, d.place
    from webhook_endpoints e
    cross join lateral (
        select endpoint, ctid as place from webhook_deliveries
        where tenant = $1 and endpoint = e.id and next_at <= now()
        order by next_at
        limit case when e.failures >= $4 then 1 else $3::integer end
        for update skip locked
    ) as d
    where e.tenant = $1 and e.disabled_at is null and coalesce(e.open_until <= now(), true) and e.id <> all($6::text[])
    limit $2
)
update webhook_deliveries d
set next_at = now() + $5::integer * interval '1 second', attempts = d.attempts + 1
from mine join webhook_endpoints e on e.tenant = $1 and e.id = mine.endpoint
where d.tenant = $1 and d.ctid = mine.place
returning d.endpoint, e.url, d.id, d.type, d.body, d.attempts, e.secret, case when e.old_until > now() then e.old_secret end as old,
          (extract(epoch from e.failing_since) * 1000000)::bigint as failing_since, e.failures;

-- name: log_attempts
-- What came of attempts.
insert into webhook_attempts (tenant, endpoint, id, attempt, at, millis, status, error)
select $1, u.endpoint, u.id, u.attempt, timestamptz 'epoch' + u.at * interval '1 microsecond', u.millis, u.status, u.error
from unnest($2::text[], $3::text[], $4::integer[], $5::bigint[], $6::integer[], $7::integer[], $8::text[])
     as u (endpoint, id, attempt, at, millis, status, error)
on conflict do nothing;

-- name: delivered
-- A message has arrived.
update webhook_deliveries set delivered_at = now(), next_at = null where tenant = $1 and endpoint = $2 and id = $3;

-- name: works
-- Endpoints that answered have not failed.
update webhook_endpoints set failures = 0, failing_since = null, open_until = null
where tenant = $1 and id = any($2::text[]) and failures > 0;

-- name: not_delivered
-- When a message is tried again; null when it is given up.
update webhook_deliveries set next_at = timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
where tenant = $1 and endpoint = $2 and id = $3 and delivered_at is null;

-- name: fails
-- An endpoint has failed once more; how often in a row, and since when.
update webhook_endpoints
set failures = failures + 1, failing_since = coalesce(failing_since, timestamptz 'epoch' + $3::bigint * interval '1 microsecond')
where tenant = $1 and id = $2
returning failures, (extract(epoch from failing_since) * 1000000)::bigint as failing_since;

-- name: rest
-- An endpoint rests until a moment.
update webhook_endpoints set open_until = timestamptz 'epoch' + $3::bigint * interval '1 microsecond' where tenant = $1 and id = $2;

-- name: log
-- The newest messages to an endpoint, before one of them.
select id, type, attempts, body, (extract(epoch from made_at) * 1000000)::bigint as made_at,
       (extract(epoch from next_at) * 1000000)::bigint as next_at,
       (extract(epoch from delivered_at) * 1000000)::bigint as delivered_at
from webhook_deliveries
where tenant = $1 and endpoint = $2
  and (made_at, id) < (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4)
order by made_at desc, id desc
limit $5;

-- name: attempts
-- Every attempt at a message.
select attempt, (extract(epoch from at) * 1000000)::bigint as at, millis, status, error
from webhook_attempts where tenant = $1 and endpoint = $2 and id = $3 order by attempt;

-- name: send_again
-- A message is due once more, as if it had never been tried.
update webhook_deliveries set next_at = now(), delivered_at = null where tenant = $1 and endpoint = $2 and id = $3
returning id;

-- name: send_failed_again
-- All messages that were given up since a moment are due once more.
with again as (
    update webhook_deliveries set next_at = now()
    where tenant = $1 and endpoint = $2 and next_at is null and delivered_at is null
      and made_at >= timestamptz 'epoch' + $3::bigint * interval '1 microsecond'
    returning 1
)
select count(*) from again;

-- name: waiting
-- How many messages wait, and for how many seconds the oldest that is due has.
select (select count(*) from feed where tenant = $1 and listener = 'webhooks')
       + (select count(*) from webhook_deliveries where tenant = $1 and next_at is not null) as waiting,
       coalesce(extract(epoch from now() - least(
           (select min(made_at) from feed where tenant = $1 and listener = 'webhooks'),
           (select min(next_at) from webhook_deliveries where tenant = $1 and next_at <= now())
       )), 0)::float8 as seconds;
