-- What flows ask across the rooms' tables.

-- name: programs_of_tenant
-- The programs that a tenant has published, by name.
select p.slug
from tenants t join programs p using (tenant)
where t.slug = $1
order by p.slug;

-- name: versions_of_program
-- How many versions of a program are published.
select count(*)
from tenants t join programs p using (tenant) join versions v using (tenant, program)
where t.slug = $1 and p.slug = $2;

-- name: count_of_programs
-- How many programs a tenant has published.
select count(*)
from tenants t join programs p using (tenant)
where t.slug = $1;

-- name: outbox_lag
-- How many derived events wait in the outbox, and for how many seconds the oldest has.
select count(*) as waiting, extract(epoch from now() - min(e.recorded_at))::float8 as lag
from outbox o join events e using (tenant, member, program, event_no)
where o.delivered_at is null;

-- name: all_tenants
-- Every tenant; asked by a worker, who works for all of them.
select slug from tenants order by slug;

-- name: log_copies
-- What becomes of the server's log: kept here, copied elsewhere, or not copied since a copy has failed.
select case
    when current_setting('archive_mode') = 'off' then 'kept here'
    when last_failed_time > coalesce(last_archived_time, '-infinity') then 'failing'
    else 'copied'
end
from pg_stat_archiver;
