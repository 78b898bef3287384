"""The steps of the schema, of all rooms in one order. What a room's tables are now stands in its own `schema.sql`."""
