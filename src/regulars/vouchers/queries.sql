-- Every statement of the codes. $1 is the tenant and $2 the program. Moments come and go as microseconds since 1970.

-- name: add_batch
-- Makes a batch unless one has its id, and gives it the program's next number; the tenant's row is locked meanwhile.
with held as (select tenant from tenants where tenant = $1 for update)
insert into code_batches (tenant, program, batch, id, kind, pattern, wanted, worth, percent, minimum, scope, first_day, last_day,
                          uses, print_most, print_per)
select held.tenant, $2, (select coalesce(max(b.batch), 0) + 1 from code_batches b where b.tenant = $1 and b.program = $2),
       $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
from held
on conflict do nothing;

-- name: batch
-- A batch by its id.
select * from code_batches where tenant = $1 and program = $2 and id = $3;

-- name: lock_batch
-- A batch by its number, locked: one at a time adds codes to it or prints them.
select * from code_batches where tenant = $1 and program = $2 and batch = $3 for update;

-- name: batches
-- All batches, newest first.
select * from code_batches where tenant = $1 and program = $2 order by batch desc;

-- name: incoming
-- Where new codes are copied to before it is known which of them are new.
create temporary table incoming_codes (place bigint, key text collate "C", code text, member text, worth bigint) on commit drop;

-- name: take_in
-- Keeps those of the incoming codes that nobody has, and gives their places.
insert into codes (tenant, program, batch, place, key, code, member, worth)
select $1, $2, $3, place, key, code, member, worth from incoming_codes
on conflict do nothing
returning place;

-- name: take_in_all
-- Keeps those of the incoming codes that nobody has.
insert into codes (tenant, program, batch, place, key, code, member, worth)
select $1, $2, $3, place, key, code, member, worth from incoming_codes
on conflict do nothing;

-- name: repeated
-- Those of these codes that this batch has already, spelled the same and from the same place of a file.
select asked.place
from unnest($4::bigint[], $5::text[], $6::text[]) as asked (place, key, code)
join codes c on c.tenant = $1 and c.program = $2 and c.key = asked.key
where c.batch = $3 and c.place = asked.place and c.code = asked.code;

-- name: added
-- How many codes came to a batch, and how far its numbering has come.
update code_batches set stored = stored + $4, place = greatest(place, $5)
where tenant = $1 and program = $2 and batch = $3;

-- name: lock_codes
-- Locks codes in the order of their keys, so that tills wait for each other and never in a circle.
select key, code, batch, used, member, worth, (extract(epoch from printed_at) * 1000000)::bigint as printed
from codes
where tenant = $1 and program = $2 and key = any($3::text[])
order by key
for update;

-- name: look_codes
-- Codes as they stand, locked by nobody.
select key, code, batch, used, member, worth, (extract(epoch from printed_at) * 1000000)::bigint as printed
from codes
where tenant = $1 and program = $2 and key = any($3::text[])
order by key;

-- name: codes_of_member
-- The codes that only this member may use.
select key, code, batch, used, member, worth, (extract(epoch from printed_at) * 1000000)::bigint as printed
from codes
where tenant = $1 and program = $2 and member = $3
order by batch, place
limit 200;

-- name: batches_of
-- Batches by their numbers.
select * from code_batches where tenant = $1 and program = $2 and batch = any($3::integer[]);

-- name: holds
-- Who holds these codes at a moment.
select key, till, (extract(epoch from until) * 1000000)::bigint as until
from code_holds
where tenant = $1 and program = $2 and key = any($3::text[]) and until > timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
order by key, till;

-- name: used_by
-- Which of these codes an event has used.
select key from code_uses
where tenant = $1 and program = $2 and key = any($3::text[]) and member = $4 and event = $5 and source = $6;

-- name: uses
-- Who used a code, first use first.
select member, event, source, till, (extract(epoch from used_at) * 1000000)::bigint as at
from code_uses
where tenant = $1 and program = $2 and key = $3
order by used_at, event
limit 50;

-- name: write_uses
-- Notes that an event used these codes at a moment.
insert into code_uses (tenant, program, key, member, event, source, till, used_at)
select $1, $2, key, $4, $5, $6, $7, timestamptz 'epoch' + $8::bigint * interval '1 microsecond' from unnest($3::text[]) as key;

-- name: count_uses
-- Counts a use of each of these codes.
update codes set used = used + 1 where tenant = $1 and program = $2 and key = any($3::text[]);

-- name: hold
-- Reserves a use of a code for a till until a moment; a till that asks again holds it so long anew.
insert into code_holds (tenant, program, key, till, until)
values ($1, $2, $3, $4, timestamptz 'epoch' + $5::bigint * interval '1 microsecond')
on conflict (tenant, program, key, till) do update set until = excluded.until;

-- name: release
-- Gives up what a till holds of these codes.
delete from code_holds where tenant = $1 and program = $2 and key = any($3::text[]) and till = $4;

-- name: forget_holds
-- Takes away the holds of a code that are past.
delete from code_holds
where tenant = $1 and program = $2 and key = $3 and until <= timestamptz 'epoch' + $4::bigint * interval '1 microsecond';

-- name: export
-- All codes of a batch in their order.
select code, member, worth, used, (extract(epoch from printed_at) * 1000000)::bigint as printed
from codes
where tenant = $1 and program = $2 and batch = $3
order by place;

-- name: count_print
-- Counts a print against a limit, and gives nothing where there is no room.
insert into code_prints as p (tenant, program, batch, counted, printed)
values ($1, $2, $3, $4, 1)
on conflict (tenant, program, batch, counted) do update set printed = p.printed + 1 where p.printed < $5::integer
returning printed;

-- name: next_own
-- A code of a batch that is kept for this member and was not printed yet.
select key, code, place from codes
where tenant = $1 and program = $2 and member = $4 and batch = $3 and printed_at is null
order by place
limit 1
for update;

-- name: next_free
-- The next code of a batch that is anybody's and was not printed yet.
select key, code, place from codes
where tenant = $1 and program = $2 and batch = $3 and place > $4 and member is null and printed_at is null and used = 0
order by place
limit 1
for update;

-- name: printed
-- Notes that a code was printed at a moment, and for whom.
update codes set printed_at = timestamptz 'epoch' + $4::bigint * interval '1 microsecond', member = coalesce(member, $5)
where tenant = $1 and program = $2 and key = $3;

-- name: printed_to
-- How far printing has come in a batch.
update code_batches set printed_to = greatest(printed_to, $4) where tenant = $1 and program = $2 and batch = $3;
