"""Flows: acts that join rooms, one file each.

Law: a flow decides nothing about points itself; it asks the rooms in the right order and keeps what
they promise together.
"""
