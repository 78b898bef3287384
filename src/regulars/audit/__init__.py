"""The audit log: who did what, from where, and what it was before and after.

Law:

1. It is only ever added to, in the transaction of the act itself: no act without its row, no row without its act.
2. Each row's hash covers the row and the hash before it, one chain a tenant. A row that was changed, taken out, put in or
   moved is found; so is a missing end, for whoever has noted where the chain once ended.
3. No personal data: people and members by their ids, places by their networks, facts by names that are not personal.
"""
