-- What is asked and done to spread a database over the machines of a Citus cluster.

-- name: extension
-- The version of the extension in this database, and of the one that the server could make; null where there is none.
select (select extversion from pg_extension where extname = 'citus') as made,
       (select default_version from pg_available_extensions where name = 'citus') as offered,
       to_regclass('pg_catalog.pg_dist_partition') is not null as readable;

-- name: placed
-- The tables that are spread or copied already.
select logicalrelid::text as name from pg_dist_partition where logicalrelid::oid in (
    select oid from pg_class where relnamespace = current_schema()::regnamespace
);

-- name: group_here
-- The number of this machine's group in the cluster; the coordinator's is 0.
select groupid from pg_dist_local_group;

-- name: policies
-- The policies of a table.
select polname as name from pg_policy where polrelid = $1::text::regclass order by 1;

-- name: foreign_keys
-- Every foreign key: its table, the table that it names, and the columns of both.
select k.conname as name, k.conrelid::regclass::text as source, k.confrelid::regclass::text as target,
       array(select a.attname::text from unnest(k.conkey) as c (no)
             join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.no) as columns,
       array(select a.attname::text from unnest(k.confkey) as c (no)
             join pg_attribute a on a.attrelid = k.confrelid and a.attnum = c.no) as named
from pg_constraint k
where k.contype = 'f' and k.connamespace = current_schema()::regnamespace
order by 1;

-- name: settings
-- Triggers of tables that are only added to go with them to every machine, where each guards the rows that it has.
set local citus.enable_unsafe_triggers = on;
set local citus.multi_shard_modify_mode = 'sequential';

-- name: spread
-- Spreads a table by a column, beside another or, with 'none', by itself.
select create_distributed_table($1, $2, colocate_with => $3);

-- name: copy
-- Puts a table on every machine.
select create_reference_table($1);
