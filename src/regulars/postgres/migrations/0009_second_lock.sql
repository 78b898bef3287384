-- A tenant's number by its slug, and the other way round: asked before a connection has taken on a tenant, when it sees no
-- row of `tenants` yet.
create function tenant_numbered(wanted text) returns integer
language sql stable security definer set search_path from current as $$
    select tenant from tenants where slug = wanted
$$;

create function tenant_called(wanted integer) returns text
language sql stable security definer set search_path from current as $$
    select slug from tenants where tenant = wanted
$$;

-- The second lock on a table: a connection sees and writes rows of the tenant alone that its setting regulars.tenant names.
-- `rights` are what the service may do with them at all, out of: select insert update delete. The role of the service is
-- granted just these, so what is only ever added to can be changed by no statement of the service. Owners pass freely.
create function guard(guarded text, rights text) returns void language plpgsql as $$
declare
    own constant text := 'tenant = (select nullif(current_setting(''regulars.tenant'', true), '''')::integer)';
    one text;
begin
    execute format('alter table %I enable row level security', guarded);
    foreach one in array string_to_array(rights, ' ') loop
        execute format(
            'create policy %I on %I for %s %s (%s)',
            one, guarded, one, case one when 'insert' then 'with check' else 'using' end, own
        );
    end loop;
end
$$;

select guard('tenants', 'select update');
select guard('programs', 'select insert');
select guard('versions', 'select insert');
select guard('names', 'select insert');
select guard('events', 'select insert');
select guard('movements', 'select insert');
select guard('member_states', 'select insert update');
select guard('refs', 'select insert');
select guard('budgets', 'select insert update');
select guard('outbox', 'select insert update');
select guard('imports', 'select insert update delete');

select guard('api_keys', 'select insert update');
select guard('staff', 'select insert update');
select guard('staff_tokens', 'select insert delete');
select guard('oidc_providers', 'select insert update delete');
select guard('oidc_identities', 'select insert delete');
select guard('oidc_begun', 'select insert delete');

select guard('audit_log', 'select insert');
select guard('audit_heads', 'select insert update');

select guard('people', 'select insert update');
select guard('identifiers', 'select insert update delete');

select guard('code_batches', 'select insert update');
select guard('codes', 'select insert update');
select guard('code_uses', 'select insert');
select guard('code_holds', 'select insert update delete');
select guard('code_prints', 'select insert update');

select guard('listeners', 'select insert delete');
select guard('feed', 'select insert update delete');
select guard('webhook_endpoints', 'select insert update delete');
select guard('webhook_deliveries', 'select insert update delete');
select guard('webhook_attempts', 'select insert delete');

select guard('drafts', 'select insert update delete');
select guard('jobs', 'select insert update delete');
select guard('job_files', 'select insert delete');
select guard('time_limits', 'select insert update delete');
