"""`regulars codes`: codes made in bulk, and what tills do with them."""

from __future__ import annotations

from regulars.doors.cli.codes import bulk, looks, till

__all__ = ["bulk", "looks", "till"]
