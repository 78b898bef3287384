-- Members as persons.

-- name: add_person
-- A new person; nothing when the id is taken.
insert into people (tenant, member, state, made_at, changed_at, key, sealed)
values ($1, $2, 'open', timestamptz 'epoch' + $3::bigint * interval '1 microsecond',
        timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4, $5)
on conflict (tenant, member) do nothing
returning member;

-- name: person
-- A person by member id.
select member, state, version, merged_into, key, sealed,
       (extract(epoch from made_at) * 1000000)::bigint as made_at, (extract(epoch from changed_at) * 1000000)::bigint as changed_at
from people where tenant = $1 and member = $2;

-- name: lock_person
-- A person by member id, locked until the transaction ends.
select member, state, version, merged_into, key, sealed,
       (extract(epoch from made_at) * 1000000)::bigint as made_at, (extract(epoch from changed_at) * 1000000)::bigint as changed_at
from people where tenant = $1 and member = $2
for update;

-- name: people_page
-- People in id order, after an id.
select member, state, version, merged_into, key, sealed,
       (extract(epoch from made_at) * 1000000)::bigint as made_at, (extract(epoch from changed_at) * 1000000)::bigint as changed_at
from people where tenant = $1 and member > $2 order by member limit $3;

-- name: found_by
-- Whose an identifier is.
select member from identifiers where tenant = $1 and kind = $2 and blind = $3;

-- name: add_identifiers
-- Gives identifiers to a member; those that are somebody's already are left out of the answer.
insert into identifiers (tenant, member, kind, blind)
select $1, $2, u.kind, u.blind from unnest($3::text[], $4::bytea[]) as u (kind, blind)
on conflict (tenant, kind, blind) do update set member = excluded.member where identifiers.member = excluded.member
returning kind, blind;

-- name: drop_identifiers
-- Takes all identifiers from a member.
delete from identifiers where tenant = $1 and member = $2;

-- name: change_person
-- What is known of a person from now on.
update people
set version = version + 1, changed_at = timestamptz 'epoch' + $3::bigint * interval '1 microsecond',
    sealed = $4, state = $5, merged_into = $6
where tenant = $1 and member = $2;

-- name: erase_person
-- Forgets the key, and with it the person.
update people
set version = version + 1, changed_at = timestamptz 'epoch' + $3::bigint * interval '1 microsecond',
    key = null, sealed = null, state = 'erased'
where tenant = $1 and member = $2;
