"""Who the members are: names, addresses, and by what they are found. Apart from the ledger, which knows an opaque id only.

Law: what is personal is sealed with a key of the member's own, and found by a keyed hash. Whoever deletes the key has erased the person:
no copy of this room, however old its backup, can be read again, and the ledger's books still balance.
"""
