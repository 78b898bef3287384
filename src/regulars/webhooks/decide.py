"""When to try again, when to rest, when to give up; which addresses are refused: pure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from regulars.webhooks.model import TYPES
from regulars.words.moments import Moment
from regulars.words.refusals import Refusal

SECOND: Final = 1_000_000
WAITS: Final = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800)
"""Seconds before each further attempt; together a day."""
RESTS_AFTER: Final = 5
"""Failures in a row after which an endpoint rests."""
REST: Final = 60
LONGEST_REST: Final = 3_600
GIVES_UP: Final = 5 * 86_400
"""Seconds of nothing but failures after which an endpoint is disabled."""
LONGEST_URL: Final = 2_000

Network = IPv4Network | IPv6Network


def next_attempt(attempts: int, now: Moment, jitter: float) -> Moment | None:
    """When a message is tried again after so many attempts, or None when it is given up. `jitter` is from 0 to 1: up to a tenth longer,
    so that what failed together does not come back together.
    """
    if attempts > len(WAITS):
        return None
    return now + int(WAITS[attempts - 1] * (1 + jitter / 10) * SECOND)


def rests_until(failures: int, now: Moment) -> Moment | None:
    """Until when an endpoint is left alone after so many failures in a row; None when it is not."""
    if failures < RESTS_AFTER:
        return None
    # After so many doublings it is the longest rest anyway.
    doublings = min(failures - RESTS_AFTER, 10)
    return now + min(REST << doublings, LONGEST_REST) * SECOND


def given_up(failing_since: Moment | None, now: Moment) -> bool:
    """Whether an endpoint has failed so long that it is disabled."""
    return failing_since is not None and now - failing_since >= GIVES_UP * SECOND


def checked(url: str, types: Sequence[str], allowed: Sequence[Network]) -> Refusal | None:
    """Why messages cannot go there: `webhook.bad_url`, `webhook.private_address`, `webhook.unknown_type`."""
    unknown = next((one for one in types if one not in TYPES), None)
    if unknown is not None:
        return Refusal("webhook.unknown_type", values=(("type", str(unknown)[:60]),), pointer="/types")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return Refusal("webhook.bad_url", pointer="/url")
    if (
        parts.scheme not in {"https", "http"}
        or not host
        or parts.username
        or len(url) > LONGEST_URL
        or not url.isprintable()
    ):
        return Refusal("webhook.bad_url", pointer="/url")
    literal = address(host)
    if literal is None:
        # What a name stands for is looked at each time something is sent.
        open_to_all = parts.scheme == "https" or allowed
        return None if open_to_all else Refusal("webhook.bad_url", pointer="/url")
    if not reachable(literal, allowed):
        return Refusal("webhook.private_address", pointer="/url")
    return None


def address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is written as, or None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def reachable(at: IPv4Address | IPv6Address, allowed: Sequence[Network]) -> bool:
    """Whether messages may go to an address: a public one, or one in a network that the operator allows.

    An IPv4 address inside an IPv6 one counts as itself.
    """
    inner = getattr(at, "ipv4_mapped", None) or getattr(at, "sixtofour", None)
    if inner is not None:
        return reachable(inner, allowed)
    if any(at in network for network in allowed if network.version == at.version):
        return True
    return at.is_global and not at.is_multicast
