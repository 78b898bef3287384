"""Kills the server and the processes that post to it, two hundred times, and prints what came of it.

`make faults` runs it, `make faults ARGS=20` makes fewer rounds. Exits 1 when anything was lost, or is there twice.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
from pathlib import Path

from tests.faults import faults


def main() -> int:
    """0 when nothing was lost, else 1."""
    asked = argparse.ArgumentParser(prog="make faults", description=__doc__)
    asked.add_argument("rounds", nargs="?", type=int, default=200, help="how many kills; 200 unless said")
    asked.add_argument(
        "--seed", type=int, default=random.SystemRandom().randrange(10**6), help="who is killed, and when"
    )
    given = asked.parse_args()
    # Whoever ends the run leaves no server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="regulars-faults-") as folder:
        figures = faults(Path(folder), given.rounds, given.seed, lambda line: print(line, flush=True))
    print("\n".join(figures.lines()))
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
