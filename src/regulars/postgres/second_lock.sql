-- What is asked and done to fit the second lock: rows by tenant, and a role that may do no more than policies say.

-- name: facts
-- Whether the role is there, whether this user may take it on, may make one, and owns the tables.
select exists (select from pg_roles where rolname = $1) as there,
       coalesce((select pg_has_role(oid, 'SET') from pg_roles where rolname = $1), false) as taken_on,
       (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as makes,
       coalesce((select pg_has_role(relowner, 'USAGE') from pg_class where oid = to_regclass('schema_migrations')), false)
           as owns,
       current_user::text as person;

-- name: make_role
-- Makes the role of the service.
create role regulars_service nologin;

-- name: amiss
-- Rights that policies name and the role lacks, and rights that it has and no policy names.
with allowed as (
    select p.polrelid as relation, said.one
    from pg_policy p
    cross join lateral unnest(case p.polcmd
        when 'r' then array['select'] when 'a' then array['insert'] when 'w' then array['update'] when 'd' then array['delete']
        else array['select', 'insert', 'update', 'delete']
    end) as said (one)
    union
    select to_regclass('schema_migrations')::oid, 'select'
)
select c.oid::regclass::text as relation, said.one as "right", allowed.one is not null as granted
from pg_class c
cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as said (one)
left join allowed on allowed.relation = c.oid and allowed.one = said.one
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
  and has_table_privilege($1, c.oid, said.one) <> (allowed.one is not null);

-- name: active
-- Whether every table that has a tenant is locked to this user, and who that is.
select coalesce(bool_and(row_security_active(c.oid)), false) as locked, session_user::text as person
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p');
