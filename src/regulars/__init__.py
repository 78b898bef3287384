"""Regulars: an open customer-loyalty platform.

A program is a file, the engine that judges events by it is pure, and the ledger that remembers can be proved.
"""

from __future__ import annotations

__version__ = "0.1.0"
