"""PostgreSQL: the embedded server, connections, named queries, migrations, and databases made from a template.

Law: knows nothing of points. It starts and stops a server, hands out connections, and runs the SQL it is given; whether
the server is our own or somebody else's, what stands above cannot tell. A server that is missing or too old is one
exception, `DatabaseUnavailable`, with a hint that a person can act on.
"""
