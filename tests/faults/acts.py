"""What officials do on the sample, each act with a mark by which it is found again.

A mark ends with "!", so that none is the beginning of another.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from ledger.record import arrival_of
from ledger.times import Instant
from ledger.vocabulary import RemarkMade
from tests.conftest import NOW
from tests.faults.ledgers import SAMPLE

CLERK = ("--by", "Ann", "--role", "clerk-of-the-course")
PARTS = 4
Words = tuple[str, ...]


class Act(NamedTuple):
    """A command line that puts something on record: its words, for a mark and an empty folder.

    `parts` is how many records an act makes that all bear the mark, each with a number of its own.
    """

    name: str
    words: Callable[[str, Path], Words]
    parts: int = 1
    keyed: bool = True

    def again(self, mark: str, folder: Path) -> Words:
        """The words, with the key under which it is the same act when it is given again."""
        key = ("--key", mark) if self.keyed else ()
        return (*self.words(f"{mark}!", folder), *key)


def _remark(mark: str, _: Path) -> Words:
    return ("record", "RemarkMade", f"text={mark}", *CLERK)


def _private(mark: str, _: Path) -> Words:
    return ("record", "RemarkMade", f"text={mark}", "private.phone=0123", *CLERK)


def _decide(mark: str, _: Path) -> Words:
    act = ("decide", "penalty", "104", "0:00:01", "--stage", "SS13", "--fact", mark)
    return (*act, "--reason", "tried", "--by", "Ann", "--role", "stewards")


def _correct(mark: str, _: Path) -> Words:
    return ("correct", "#191", f"text={mark}", "--reason", "mistyped", *CLERK)


def _void(mark: str, _: Path) -> Words:
    """Another remark of the sample each time: a mark ends with its number."""
    number = int(mark.rstrip("!").rpartition("-")[2])
    return ("void", f"#{_remarks()[number % len(_remarks())]}", "--reason", mark, *CLERK)


@functools.cache
def _remarks() -> list[int]:
    """Where the remarks of the sample stand that nothing else is done to here."""
    lines = resources.files("ledger.samples").joinpath(f"{SAMPLE}.jsonl").read_bytes().splitlines()
    said = [json.loads(line) for line in lines]
    return [each["position"] for each in said if each["occurrence"]["type"] == "RemarkMade"][:-2]


def _publish(mark: str, _: Path) -> Words:
    what = ("publish", "classification", "--after", "SS12", "--kind", "provisional")
    return (*what, "--reason", mark, *CLERK)


def _exhibit(mark: str, folder: Path) -> Words:
    file = folder / "exhibit.txt"
    file.write_text(mark)
    return ("exhibit", "add", "#150", str(file), "--title", mark, *CLERK)


def _merge(mark: str, folder: Path) -> Words:
    """The log of a laptop comes in: several records at once."""
    said = [
        RemarkMade(
            rally=SAMPLE,
            recorded_at=Instant(NOW, 480),
            by="Bo",
            role="timekeeper",
            text=f"{mark} {part}",
        )
        for part in range(PARTS)
    ]
    file = folder / f"{mark.rstrip('!')}.jsonl"
    file.write_bytes(b"\n".join(arrival_of(each).data for each in said))
    return ("import", "jsonl", str(file))


ACTS = (
    Act("record", _remark),
    Act("record a private value", _private),
    Act("decide", _decide),
    Act("correct", _correct),
    Act("void", _void),
    Act("publish", _publish),
    Act("exhibit", _exhibit),
    Act("merge", _merge, PARTS, keyed=False),
)
"""What is imported is known by its own ids: it needs no key."""
