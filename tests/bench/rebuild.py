"""The timeline rebuilt from nothing, in this process; it tells how long and how much memory.

`python -m tests.bench.rebuild FILE` prints one JSON document.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from projections.timeline.timeline import Timeline
from tests.bench.ledgers import log_of
from tests.bench.rounds import timed

_STATUS = Path("/proc/self/status")


def peak_mb() -> float:
    """The most memory that this process has held so far.

    What `getrusage` says includes the process that started this one, before it became another
    program; so Linux is asked for what this program alone has held.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / _PER_KILOBYTE


_PER_KILOBYTE = 1024 if sys.platform == "darwin" else 1


def main(file: str) -> None:
    """Rebuild the timeline of the rally in a ledger."""
    log = log_of(Path(file))
    before = peak_mb()
    with timed() as watch:
        timeline = Timeline(log)
        timeline.carry(log.head().size)
    print(json.dumps({"seconds": watch.seconds, "before_mb": before, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(sys.argv[1])
