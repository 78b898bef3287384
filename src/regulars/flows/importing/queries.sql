-- Statements of importing.

-- name: import_of
-- How far the processes have come with a file.
select part, row_no, byte_no, events, refused, cut, done_at is not null as done, rejects
from imports
where tenant = $1 and program = $2 and fingerprint = $3
order by part;

-- name: begin_import
-- Begins a file with so many parts.
insert into imports (tenant, program, fingerprint, part, file, rejects)
select $1, $2, $3, part, $5, $6 from generate_series(0, $4::integer - 1) as part;

-- name: forget_import
-- Begins a file anew.
delete from imports where tenant = $1 and program = $2 and fingerprint = $3;

-- name: come_to
-- How far a process has come.
update imports
set row_no = $5, byte_no = $6, events = $7, refused = $8, cut = $9, done_at = case when $10 then now() end
where tenant = $1 and program = $2 and fingerprint = $3 and part = $4;

-- name: alone
-- Whether nobody else is importing this file now; lasts until the connection ends.
select pg_try_advisory_lock($1);

-- name: known
-- Those of some members of whom something is recorded.
select member from member_states
where tenant = $1 and program = $2 and member = any($3::text[]) and events > 0;
