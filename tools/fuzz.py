"""Ten thousand requests to a running service, made of its own description, and what was wrong with the answers.

`make fuzz` runs it, `make fuzz ARGS=500` makes fewer. Exits 1 when an answer was a 5xx, or not as it is described.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
from pathlib import Path

from tests.fuzz import fuzz, seeded
from tests.served import served

from regulars.postgres.embedded import start


def main() -> int:
    """0 when every answer was as it is described, else 1."""
    asked = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    asked.add_argument("cases", nargs="?", type=int, default=10_000, help="how many requests; 10,000 unless said")
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="which ones")
    given = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with (
        tempfile.TemporaryDirectory(prefix="regulars-fuzz-") as folder,
        start(Path(folder) / "database", {"fsync": "off"}) as server,
        served(server.dsn()) as service,
    ):
        seeded(service)
        done = fuzz(service.port, given.cases, given.seed, lambda line: print(line, flush=True))
    print("\n".join([*done.lines(), f"seed {given.seed}"]))
    return 1 if done.faults else 0


if __name__ == "__main__":
    sys.exit(main())
