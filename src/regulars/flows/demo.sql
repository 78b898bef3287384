-- What the demo tells.

-- name: moved
-- What of a wallet moved from where to where: of one member, or with an empty text of everybody.
select source, target, sum(amount)::bigint as amount
from movements
where tenant = $1 and program = $2 and wallet = $3 and ($4 = '' or member = $4)
group by source, target;

-- name: receipts
-- All receipts.
select receipt from events where tenant = $1 and program = $2;

-- name: spent
-- Members by what they have spent, least first, with the number of their baskets.
select m.member, sum(m.amount)::bigint as amount, count(*) as baskets
from movements m
where m.tenant = $1 and m.program = $2 and m.wallet = $3 and m.source = $4
group by m.member
order by amount, m.member;

-- name: telling_basket
-- The purchase of a member whose receipt says most, among those with a few lines.
select event_no from events
where tenant = $1 and program = $2 and member = $3 and type = 'purchase'
order by length(body) > 400, length(receipt) desc, event_no
limit 1;
