"""The clock of this machine. Besides the store nothing but a face asks it."""

from __future__ import annotations

import time


def system_clock() -> int:
    """The present UTC milliseconds of this machine."""
    return time.time_ns() // 1_000_000
