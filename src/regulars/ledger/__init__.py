"""The ledger: events in, receipts, movements and member snapshots out; the durable truth.

Law: the only room that moves points. Movements are added, never changed; an event is recorded once, however often it is
sent; a snapshot can be rebuilt from events and movements at any time, and `verify` proves that it would be the same.
"""
