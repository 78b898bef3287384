"""What both clients can do: one definition of each method, so that they cannot drift apart."""

from __future__ import annotations

from regulars.client.access import Access
from regulars.client.acts import Acts
from regulars.client.codes import Codes
from regulars.client.events import Events, Redemptions
from regulars.client.members import Members, People
from regulars.client.office import Jobs, Programs, Webhooks


class Methods(Events, Redemptions, Acts, Members, People, Codes, Programs, Jobs, Webhooks, Access):
    """Everything that the service is asked."""
