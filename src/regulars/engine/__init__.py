"""Judging, pure: (program, member, event, facts) -> decision.

The law of this room: same input, same output, byte for byte. Nothing here reads a clock, a file or a store; the moment is in the event
and what lives elsewhere (the receipt of a sale, what is left of a budget) comes in as `Facts`. A member is a value: deciding makes a new
one. One file a mechanic; `decide.py` is the walk through them.
"""
