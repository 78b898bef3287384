"""The rooms beside the ledger that a service works with: persons and webhooks, of each tenant, with the keys that open what is sealed."""

from __future__ import annotations

from collections.abc import Callable

from regulars.engine.book import Book
from regulars.flows.people import Membership
from regulars.flows.serving import Serving
from regulars.flows.webhooks import Telling
from regulars.sealing import Vault
from regulars.webhooks.sending import Sender
from regulars.words.moments import Moment


class Rooms:
    """The rooms of all tenants, opened when they are first asked for."""

    def __init__(
        self, serving: Serving, vault: Vault, sender: Sender, clock: Callable[[], Moment], region: str | None = None
    ) -> None:
        """`region` (ISO 3166): whose telephone numbers are written without a country."""
        self.vault, self.sender = vault, sender
        self._serving, self._clock, self._region = serving, clock, region
        self._memberships: dict[str, Membership] = {}
        self._tellings: dict[str, Telling] = {}

    async def membership(self, tenant: str) -> Membership:
        """The persons of a tenant."""
        found = self._memberships.get(tenant)
        if found is None:
            opened = await self._serving.tenant(tenant)
            found = self._memberships[tenant] = Membership(opened, self.vault, self._region)
        return found

    async def telling(self, tenant: str) -> Telling:
        """The webhooks of a tenant."""
        found = self._tellings.get(tenant)
        if found is None:
            opened = await self._serving.tenant(tenant)

            async def book_of(slug: str) -> Book:
                return (await self._serving.running(tenant, slug)).book

            found = self._tellings[tenant] = Telling(opened, self.vault, self.sender, self._clock, book_of)
        return found

    async def close(self) -> None:
        """Returns when what is under way to receivers of webhooks is reported, and closes the connections to them."""
        for telling in self._tellings.values():
            await telling.close()
        await self.sender.close()
