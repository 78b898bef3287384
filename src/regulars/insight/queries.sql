-- What the tables and draws ask of the ledger. $1 is the tenant, $2 the program.

-- name: gains
-- What each member gained of a wallet in events that happened from a moment up to another: issued or matured, less what returns took.
select m.member,
       sum(case when m.target = $4 then m.amount else -m.amount end)::bigint as units,
       (extract(epoch from max(e.happened_at) filter (where m.target = $4)) * 1000000)::bigint as reached_at
from movements m
join events e using (tenant, member, program, event_no)
where m.tenant = $1 and m.program = $2 and m.wallet = $3
  and ((m.target = $4 and m.source = any($5::smallint[])) or (m.source = $4 and m.target = $6))
  and e.happened_at >= timestamptz 'epoch' + $7::bigint * interval '1 microsecond'
  and e.happened_at < timestamptz 'epoch' + $8::bigint * interval '1 microsecond'
group by m.member
having bool_or(m.target = $4)
order by units desc, reached_at, m.member collate "C"
limit $9;

-- name: holders
-- A page of the members that ever held some of a wallet, in id order, after an id.
select s.member, s.state
from member_states s
where s.tenant = $1 and s.program = $2 and s.member > $4 and s.events > 0
  and exists (select from movements m where m.tenant = $1 and m.program = $2 and m.member = s.member and m.wallet = $3)
order by s.member
limit $5;
