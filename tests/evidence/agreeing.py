"""Very many edited evidence files, by both checkers: they agree on each, and on what does not fit.

    python -m tests.evidence.agreeing [--many N] [--seed S] [--cores C]

They are those of every decision of the case in `story.py`, edited as `mutations.py` does.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from cli.evidence.bundle import Bundle
from tests.evidence.javascript import Javascript
from tests.evidence.mutations import edited
from tests.evidence.story import JUDGED, judged
from tests.evidence.test_verifier import both_say

PART = 50


@cache
def _bundles() -> list[Bundle]:
    with tempfile.TemporaryDirectory() as folder:
        case = judged(Path(folder))
        return [case.bundle(decision=name) for name in JUDGED]


def agreeing(seed: int, many: int) -> Counter[str]:
    """Try so many; answers how many there were of each kind of edit, and how many were accepted.

    Raises:
        AssertionError: the two checkers do not agree on one.
    """
    count, made, javascript = Counter[str](), _bundles()[seed % len(JUDGED)], Javascript()
    for what, data in edited({**made.files}, seed, many):
        count["tried"] += 1
        count["accepted"] += not both_say(javascript, what, data)["findings"]
    javascript.end()
    return count


def main(words: Sequence[str]) -> int:
    """Try as many as the words of the command line say, on every core."""
    asks = argparse.ArgumentParser(prog="python -m tests.evidence.agreeing", description=__doc__)
    asks.formatter_class = argparse.RawDescriptionHelpFormatter
    asks.add_argument("--many", type=int, default=2_000)
    asks.add_argument("--seed", type=int, default=1)
    asks.add_argument("--cores", type=int, default=os.cpu_count())
    given = asks.parse_args(words)
    began, count = time.monotonic(), Counter[str]()
    sizes = [min(PART, given.many - at) for at in range(0, given.many, PART)]
    seeds = [given.seed * 10_000 + at for at in range(len(sizes))]
    with ProcessPoolExecutor(given.cores) as cores:
        for at, found in enumerate(cores.map(agreeing, seeds, sizes), 1):
            count.update(found)
            sys.stderr.write(f"{at} of {len(sizes)} parts, {time.monotonic() - began:.0f} s\n")
    seconds = time.monotonic() - began
    print(f"{count['tried']:,} edited files, {count['accepted']:,} accepted by both, the others")
    print(f"refused by both for what does not fit in the same place; {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
