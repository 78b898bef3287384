"""`regulars serve` as anybody runs it: a process of its own on a socket of its own, before a real database."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

PROGRAM = """
program: api-shop
money: EUR
timezone: Europe/Madrid
from: 2026-01-01
facts:
  line: {kind: [drink, food], qty: count = 1}
  subscribe: {every_weeks: count = 4}
  reschedule: {every_weeks: count?}
wallets:
  points: {}
  stamps: {}
choices:
  day: {options: [mon, tue]}
tiers:
  status: {of: points, levels: {basic: {}, gold: {at: 1000}}}
  club: {levels: {none: {}, monthly: {by: plan}, yearly: {by: plan}}}
plans:
  club:
    cancel: at once
    on_failed_charge: pause
    each:
      monthly: {every: 1 month, price: 5.00, grants: {club: monthly}}
      yearly: {every: 12 months, price: 50.00, grants: {club: yearly}}
subscriptions:
  beans:
    every: subscribe.every_weeks weeks
    open: until 1 hours before next_order
    skip: {}
    change_every: {}
    cancel: at once
earn:
  base: {give: {points: 1 per 1.00}}
  stamp: {lines: line.kind == 'drink', give: {stamps: 1 per line.qty}}
convert:
  tenth: {every: 9 stamps, give: {free_drink: 1}}
  coupon: {on: convert.coupon, cost: 20 points, give: {one_off: 1}}
vouchers:
  free_drink: {lines: line.kind == 'drink', free: 1, lasts: 60 days}
  one_off: {off: 1.00, lasts: 30 days}
  ten_off: {off: 10.00, issued: operator}
rewards:
  mug: {cost: 50 points, item: mug}
benefits:
  birthday_drink: {at_most: once per year, item: a drink}
referrals:
  friend: {pays_on: first purchase, referee: {points: 10}, referrer: {points: 20}}
returns: {points: take back, stamps: take back}
"""
"""A shop that has one of everything the API can be asked for; nothing in it lapses soon."""
SLUG = "api-shop"
KEY = "the-first-key-of-a-test"
MASTER = base64.b64encode(bytes(range(32))).decode()
STARTS_WITHIN = 60.0


@dataclass(frozen=True)
class Service:
    """A service that runs: its address and a key with every right."""

    url: str
    key: str
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def service(dsn: str, *words: str, key: str = KEY) -> Iterator[Service]:
    """The service before a database, ready, for the block."""
    with tempfile.TemporaryDirectory(prefix="regulars-service-") as folder:
        errors = Path(folder) / "stderr"
        port = free_port()
        environment = {
            **os.environ,
            "REGULARS_DATABASE_URL": dsn,
            "REGULARS_API_KEY": key,
            "REGULARS_MASTER_KEY": MASTER,
            "REGULARS_FOUR_EYES": "no",
            "REGULARS_TENANT": "main",
        }
        with errors.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "regulars", "serve", "--port", str(port), *words],
                cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=sink,
            )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            until_ready(url, process, errors)
            yield Service(url, key, process)
        finally:
            process.terminate()
            process.wait(60)


def until_ready(url: str, process: subprocess.Popen[bytes], errors: Path) -> None:
    """Returns when the service can serve requests."""
    deadline = monotonic() + STARTS_WITHIN
    while monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (OSError, urllib.error.URLError):
            # Not yet; waiting for the process to end is waiting no longer than need be.
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError(f"the service did not start: {errors.read_text()[-2000:]}")
