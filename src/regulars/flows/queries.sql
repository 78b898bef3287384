-- What flows ask across the rooms' tables.

-- name: programs_of_tenant
-- The programs that a tenant has published, by name.
select p.slug
from tenants t join programs p using (tenant)
where t.slug = $1
order by p.slug
