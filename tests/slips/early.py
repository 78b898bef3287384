"""`python -m tests.slips.early`: Regulars, which answers before it has committed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from regulars.engine.events import Event
from regulars.ledger.batch import Outcome
from regulars.ledger.dry import dry_run
from regulars.ledger.gather import Gatherer
from regulars.wiring import main

LATER = 0.2
posts: set[asyncio.Task[list[Outcome]]] = set()


class Early(Gatherer):
    """Answers what it would decide, and posts a little later."""

    async def submit(self, event: Event) -> Outcome:
        """What would become of the event."""
        (outcome,) = await self.submit_all([event])
        return outcome

    async def submit_all(self, events: Sequence[Event]) -> list[Outcome]:
        """What would become of some events."""
        outcomes = await dry_run(self._poster, events)
        posts.add(asyncio.create_task(self._later(events)))
        return outcomes

    async def _later(self, events: Sequence[Event]) -> list[Outcome]:
        await asyncio.sleep(LATER)
        return await super().submit_all(events)


if __name__ == "__main__":
    import regulars.flows.serving

    regulars.flows.serving.Gatherer = Early  # type: ignore[misc]
    sys.exit(main())
