"""Occurrences to fill a log with, and the plainest possible computation of its root."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ledger.commands.record import RecordOccurrence
from ledger.intake.lines import Line
from ledger.times import Instant
from ledger.vocabulary import (
    CrewEntered,
    CrewWithdrew,
    Occurrence,
    RallyConstituted,
    RemarkMade,
    Source,
)
from projections.desk.judging import judge
from tests.conftest import NOW

RALLY = "test"
AT = Instant(NOW, 480)


def constituted() -> RallyConstituted:
    """The rally begins."""
    return RallyConstituted(
        rally=RALLY, recorded_at=AT, by="Secretary", role="secretary", title="Test Rally"
    )


def entered(number: str, driver: str) -> CrewEntered:
    """A crew is entered."""
    return CrewEntered(
        rally=RALLY, recorded_at=AT, by="Secretary", role="secretary", number=number, driver=driver
    )


def entry(number: str, driver: str) -> RecordOccurrence:
    """The act of an official who enters a crew."""
    return RecordOccurrence(entered(number, driver), judge)


def remark(text: str, number: str = "", stage: str = "") -> RemarkMade:
    """Somebody notes something."""
    return RemarkMade(
        rally=RALLY,
        recorded_at=AT,
        by="Secretary",
        role="secretary",
        text=text,
        number=number,
        stage=stage,
    )


def withdrew(number: str, stage: str = "") -> CrewWithdrew:
    """A crew goes home."""
    return CrewWithdrew(rally=RALLY, recorded_at=AT, role="secretary", number=number, stage=stage)


def line(seq: str, text: str) -> Line:
    """A line of a sheet, under its key there."""
    said = RemarkMade(rally=RALLY, recorded_at=AT, text=text, source=Source(name="sheet", seq=seq))
    return Line(f"sheet:{seq}", text, said)


def some(count: int) -> list[Occurrence]:
    """Several occurrences with and without tags."""
    return [
        remark(f"remark {number}", number=str(number % 7 or ""), stage="SS1" if number % 2 else "")
        for number in range(count)
    ]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash as RFC 6962 (section 2.1) defines it, recursion and all."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = naive_root(leaves[:split]), naive_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()
