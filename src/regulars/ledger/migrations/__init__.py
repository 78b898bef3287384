"""The ledger's schema, one plain SQL step a file, in the order of their numbers."""
