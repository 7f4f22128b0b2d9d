"""What a source says otherwise of a key, put on record as amendments of what it said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ledger.intake.comparing import can_be_corrected
from ledger.intake.quarantine import Problem
from ledger.intake.stock import NTH, Held
from ledger.times import Instant
from ledger.vocabulary import Corrected, Occurrence, Voided

WAYS = ("differs", "withdrawn", "returned")
"""How a source may say something else than it did: otherwise, no longer, or again."""


class AsCorrections(NamedTuple):
    """Record what differs as corrections: why, by whom, in which office and when.

    `only` limits it to types, ways of differing, files or keys.
    """

    reason: str
    by: str
    role: str
    recorded_at: Instant
    only: tuple[str, ...] = ()

    def meant(self, problem: Problem) -> bool:
        """Whether this difference is to be recorded."""
        return not self.only or any(named_by(each, problem) for each in self.only)


def statements(
    rally: str,
    key: str,
    held: Held,
    said: Occurrence | None,
    changes: Mapping[str, Any] | None,
    how: AsCorrections,
    numbers: Iterator[int],
) -> list[Occurrence]:
    """What stands under a key from now on; None: it was withdrawn.

    What a key no longer holds is void; one that returns has its void voided; what a correction
    can't say (no `changes`, or such as hold a table) is said anew, and what it was is void.
    `numbers` are those of the further statements about the key.
    """

    def envelope() -> dict[str, Any]:
        source = (said or held.said).source
        seq = f"{key}{NTH}{next(numbers)}"
        return {
            "rally": rally,
            "recorded_at": how.recorded_at,
            "by": how.by,
            "role": how.role,
            "reason": how.reason,
            "source": msgspec.structs.replace(source, seq=seq),
            "number": getattr(said or held.said, "number", ""),
            "stage": getattr(said or held.said, "stage", ""),
        }

    if said is None:
        return [Voided(**envelope(), target=held.root)]
    if changes is None or not can_be_corrected(changes):
        void = [] if held.withdrawn_by else [Voided(**envelope(), target=held.root)]
        return [*void, msgspec.structs.replace(said, source=envelope()["source"])]
    made: list[Occurrence] = [Voided(**envelope(), target=each) for each in held.withdrawn_by]
    if changes:
        made.append(Corrected(**envelope(), target=held.tip, changes=dict(changes)))
    return made


def named_by(word: str, problem: Problem) -> bool:
    """Whether a word names this difference: by its type, its way, its file, or its key."""
    if word.casefold() in (problem.type.casefold(), problem.way):
        return True
    if problem.key == word or problem.key.startswith(f"{word}/"):
        return True
    named, file = Path(word), Path(file_of(problem.where))
    parts = named.parts
    return bool(parts) and (file.parts[-len(parts) :] == parts or named.resolve() == file.resolve())


def file_of(where: str) -> str:
    """The file in which a line stands, as readers name places."""
    return re.sub(r"(\[\d+\]|:\d+|: sheet .*)\Z", "", where)
