"""`python -m tests.slips.forgetful`: Regulars, whose worker calls some webhooks sent that it never sent."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import count

from regulars.webhooks.model import Due
from regulars.webhooks.sending import Sender
from regulars.wiring import main
from regulars.words.moments import Moment

EACH = 20
numbers = count(1)


class Forgetful(Sender):
    """Sends all but one in twenty."""

    async def send(self, due: Due, secrets: Sequence[bytes], now: Moment) -> int:
        """The status, or what it would have been."""
        return 204 if next(numbers) % EACH == 0 else await super().send(due, secrets, now)


if __name__ == "__main__":
    import regulars.webhooks.sending

    regulars.webhooks.sending.Sender = Forgetful  # type: ignore[misc]
    sys.exit(main())
