"""`python -m regulars`: the command line."""

from __future__ import annotations

import sys

from regulars.wiring import main

sys.exit(main())
