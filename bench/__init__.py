"""Measurements, one file a question; each prints its ratio to a peer that ran in turn beside it."""
