"""How many examples a law is tried on: a part of them in the default run, all of them in the gate.

`RALLY_EXAMPLES=1` tries every law on as many as it names, 3 on three times as many.
"""

from __future__ import annotations

import os

from hypothesis import settings

SHARE = float(os.environ.get("RALLY_EXAMPLES", "0.2"))
FEWEST = 5


def examples(count: int) -> settings:
    """Try a law on so many examples, or on the part of them that is asked for."""
    return settings(max_examples=max(FEWEST, round(count * SHARE)))
