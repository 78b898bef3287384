"""Kills the server and who posts to it two hundred times, then the service with all that belongs to it, and prints what came of it.

`make faults` runs it, `make faults ARGS=20` makes fewer rounds. Exits 1 when anything was lost, or is there twice.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
from pathlib import Path

from tests import faults, service_faults


def main() -> int:
    """0 when nothing was lost, else 1."""
    asked = argparse.ArgumentParser(prog="make faults", description=__doc__)
    asked.add_argument("rounds", nargs="?", type=int, default=200, help="how many kills of each; 200 unless said")
    asked.add_argument(
        "--seed", type=int, default=random.SystemRandom().randrange(10**6), help="who is killed, and when"
    )
    given = asked.parse_args()
    # Whoever ends the run leaves no server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    def say(line: str) -> None:
        print(line, flush=True)

    with tempfile.TemporaryDirectory(prefix="regulars-faults-") as folder:
        ledger = faults.faults(Path(folder), given.rounds, given.seed, say)
    with tempfile.TemporaryDirectory(prefix="regulars-faults-") as folder:
        service = service_faults.faults(Path(folder), given.rounds, given.seed, say, wait_for_leases=True)
    print("\n".join(["the ledger:", *ledger.lines(), "the service:", *service.lines()]))
    return 1 if ledger.faults or service.faults else 0


if __name__ == "__main__":
    sys.exit(main())
