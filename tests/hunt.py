"""Hunt for examples on which a law fails: new seeds, one after another, on all examples.

    python -m tests.hunt [--seed N] [--minutes M] [PATH ...]

Each seed is tried on one file after another, the slow laws too. What fails is printed at once with
the command that repeats it. The first seed is drawn, unless it is given, and each next one is
larger by 1. It goes on until the minutes are over, or until it is broken off with Ctrl-C. The exit
code is 1 where something failed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S.*?)(?: - |$)", re.MULTILINE)
_NONE_COLLECTED = 5


def main(words: Sequence[str]) -> int:
    """Hunt as the words of the command line say."""
    asked = argparse.ArgumentParser(prog="python -m tests.hunt", description=__doc__)
    asked.formatter_class = argparse.RawDescriptionHelpFormatter
    asked.add_argument("paths", nargs="*", metavar="PATH", default=["tests/laws"])
    asked.add_argument("--seed", type=int, help="the first seed")
    asked.add_argument(
        "--minutes", type=float, default=float("inf"), help="begin no file after them"
    )
    given = asked.parse_args(words)
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    until, found = time.monotonic() + given.minutes * 60, 0
    try:
        for tried, file in _in_turn(seed, list(_files(given.paths))):
            found += _said(tried, failing(file, tried))
            if time.monotonic() > until:
                break
    except KeyboardInterrupt:
        print("Broken off.")
    print(f"{found} failed." if found else "Nothing failed.")
    return int(found > 0)


def failing(path: str | Path, seed: int) -> list[str]:
    """The tests of a file that fail on the examples of a seed, by their names."""
    words = ("-n", "0", "-m", "slow or not slow", "--tb=no", "-rfE", f"--hypothesis-seed={seed}")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", str(path), *words],
        cwd=ROOT,
        env={"RALLY_EXAMPLES": "1", **os.environ},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = _FAILED.findall(run.stdout)
    if run.returncode not in (0, _NONE_COLLECTED) and not failed:
        raise SystemExit(f"The tests of {path} did not run:\n{run.stdout}{run.stderr}")
    return failed


def _in_turn(seed: int, files: Sequence[str]) -> Iterator[tuple[int, str]]:
    return ((each, file) for each in itertools.count(seed) for file in files)


def _files(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        inside = sorted((ROOT / path).glob("test_*.py"))
        yield from [str(each.relative_to(ROOT)) for each in inside] or [path]


def _said(seed: int, failed: Sequence[str]) -> int:
    for test in failed:
        again = f"-n 0 -m '' --hypothesis-seed={seed} '{test}'"
        print(f"seed {seed}: {test}\n    RALLY_EXAMPLES=1 python -m pytest {again}", flush=True)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
