"""Webhooks: what happened, told to other systems as Standard Webhooks.

Law: every message reaches each endpoint that asked for it at least once, or its log says why it was given up. Nothing is sent inside a
transaction, to an address inside the own network, or after a redirect.
"""
