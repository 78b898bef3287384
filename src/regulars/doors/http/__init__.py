"""The HTTP door: `/v1`, JSON, problems by RFC 9457.

Law: no rules here. A route parses, calls a flow or a view, and renders; it names the scope that it needs. Every way a
request can fail is a code with a status in one table (`status`), and a body that says what to do.
"""
