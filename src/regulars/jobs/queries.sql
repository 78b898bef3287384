-- Every statement of jobs. $1 is the tenant wherever it is asked for.

-- name: draft
-- The draft of a program.
select slug, text, sha256, author, (extract(epoch from made_at) * 1000000)::bigint as made_at
from drafts
where tenant = $1 and slug = $2;

-- name: put_draft
-- Writes a draft, if what stands there is still what the writer saw (null: nothing).
insert into drafts as d (tenant, slug, author, sha256, text)
values ($1, $2, $3, $4, $5)
on conflict (tenant, slug) do update
set author = excluded.author, sha256 = excluded.sha256, text = excluded.text, made_at = now()
where d.sha256 = $6
returning (extract(epoch from made_at) * 1000000)::bigint as made_at, (xmax = 0) as new;

-- name: drop_draft
-- Takes a draft away, if it is still the one that is meant.
delete from drafts where tenant = $1 and slug = $2 and sha256 = $3
returning slug;

-- name: drafts
-- The programs that have a draft.
select slug, text, sha256, author, (extract(epoch from made_at) * 1000000)::bigint as made_at
from drafts
where tenant = $1
order by slug;

-- name: add_job
-- Adds a job, unless there is one under the same key.
insert into jobs (tenant, id, kind, state, program, author, key, request)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (tenant, key) do nothing
returning id;

-- name: job
-- A job by its id.
select id, kind, state, program, author, request, outcome, done, refused, attempts,
       (extract(epoch from made_at) * 1000000)::bigint as made_at,
       (extract(epoch from started_at) * 1000000)::bigint as started_at,
       (extract(epoch from ended_at) * 1000000)::bigint as ended_at
from jobs
where tenant = $1 and id = $2;

-- name: job_of_key
-- The id of the job that was asked for under a key.
select id from jobs where tenant = $1 and key = $2;

-- name: jobs
-- A page of jobs, newest first, before a moment and an id.
select id, kind, state, program, author, request, outcome, done, refused, attempts,
       (extract(epoch from made_at) * 1000000)::bigint as made_at,
       (extract(epoch from started_at) * 1000000)::bigint as started_at,
       (extract(epoch from ended_at) * 1000000)::bigint as ended_at
from jobs
where tenant = $1 and (made_at, id) < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3)
order by made_at desc, id desc
limit $4;

-- name: close_input
-- Lets a job wait for a worker, once its file is whole.
update jobs set state = 'waiting' where tenant = $1 and id = $2 and state = 'open'
returning id;

-- name: cancel_job
-- Cancels a job that has not ended.
update jobs set state = 'cancelled', ended_at = now(), leased_until = null
where tenant = $1 and id = $2 and state in ('open', 'waiting', 'running')
returning id;

-- name: lease_job
-- Takes the job that has waited longest, or whose worker has not been heard of: $2 seconds it belongs to who asked.
update jobs
set state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()),
    leased_until = now() + $2::float8 * interval '1 second'
where (tenant, id) = (
    select tenant, id from jobs
    where tenant = $1 and (state = 'waiting' or state = 'running' and leased_until < now())
    order by made_at
    limit 1
    for update skip locked
)
returning id;

-- name: keep_job
-- Says that a worker is still at it, and how far; nothing is returned when it is no longer its work.
update jobs
set leased_until = now() + $3::float8 * interval '1 second', done = $5, refused = $6
where tenant = $1 and id = $2 and state = 'running' and attempts = $4
returning id;

-- name: end_job
-- Says what came of a job, when it is still the work of who says so.
update jobs
set state = $3, outcome = $5, done = $6, refused = $7, ended_at = now(), leased_until = null
where tenant = $1 and id = $2 and state = 'running' and attempts = $4
returning id;

-- name: add_part
-- Adds a part to a file of a job.
insert into job_files (tenant, job, role, n, data) values ($1, $2, $3, $4, $5);

-- name: drop_file
-- Takes a file of a job away.
delete from job_files where tenant = $1 and job = $2 and role = $3;

-- name: part
-- A part of a file.
select data from job_files where tenant = $1 and job = $2 and role = $3 and n = $4;

-- name: forget_jobs
-- Takes away jobs that ended more than so many days ago, with their files.
delete from jobs where tenant = $1 and ended_at < now() - $2::int * interval '1 day';

-- name: forget_unsent
-- Takes away jobs whose file never came.
delete from jobs where tenant = $1 and state = 'open' and made_at < now() - interval '1 day';

-- name: add_limit
-- Notes until when a redemption is reserved; the same one once more changes nothing.
insert into time_limits (tenant, program, member, id, source, ends_at)
values ($1, $2, $3, $4, $5, now() + $6::float8 * interval '1 second')
on conflict do nothing;

-- name: limit_open
-- Whether the time of a reserved redemption still runs; no row when none is noted.
select ends_at > now() as open from time_limits where tenant = $1 and program = $2 and member = $3 and id = $4;

-- name: drop_limit
-- Forgets the time limit of a redemption.
delete from time_limits where tenant = $1 and program = $2 and member = $3 and id = $4;

-- name: limits_over
-- Redemptions whose time is over; those that another worker holds are left to it.
select program, member, id, source
from time_limits
where tenant = $1 and program = $2 and ends_at <= now()
order by ends_at
limit $3
for update skip locked;
