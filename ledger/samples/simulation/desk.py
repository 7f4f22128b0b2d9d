"""Race control of a synthetic rally: where what is seen and decided is put on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ledger.samples.simulation.plan import OFFSET, SECOND
from ledger.times import Instant
from ledger.vocabulary import Occurrence, Source, canonical, occurrence_id

CLERK, STEWARDS, TIMEKEEPER = "clerk-of-the-course", "stewards", "timekeeper"
TRACKING, MARSHAL, SECRETARY, COURT = "tracking", "marshal", "secretary", "court"
OFFICIALS = {
    CLERK: "Marta Rocha",
    STEWARDS: "The stewards",
    TIMEKEEPER: "Jonas Bergh",
    TRACKING: "Wen Jia",
    MARSHAL: "Pierre Lagarde",
    SECRETARY: "Ольга Белова",
    COURT: "The court of appeal",
}
"""Who holds each office. They are as invented as the crews."""
LINE_MS = 2 * SECOND
"""From putting something on record to its arrival in the log."""

Key = tuple[str, ...]


class Link(NamedTuple):
    """What an act points at, and the key under which it is remembered itself."""

    target: Key = ()
    evidence: Key = ()
    key: Key = ()
    supersedes: Key = ()
    appeal: Key = ()


ALONE = Link()


class Bundle(NamedTuple):
    """Records that reach race control together: when (UTC ms), how many, and how they are made.

    They are made only when they arrive, so that a large rally needs little memory. `site` is the
    site that had recorded them before.
    """

    at: int
    records: int
    make: Callable[[], Iterable[Occurrence]]
    site: str = ""


class Desk:
    """Puts on record, under the name of one rally, and remembers the ids that are pointed at."""

    def __init__(self, rally: str) -> None:
        self.rally = rally
        self._ids: dict[Key, str] = {}
        self._numbers: Counter[str] = Counter()

    def act(
        self, kind: type[Occurrence], at: int, office: str, fact: int | None = None, /, **said: Any
    ) -> Occurrence:
        """What an official puts on record at an instant; `fact` is when it happened."""
        return kind(
            rally=self.rally,
            recorded_at=shown(at),
            fact_at=None if fact is None else shown(fact),
            by=OFFICIALS[office],
            role=office,
            **said,
        )

    def read(
        self, kind: type[Occurrence], at: int, fact: int, source: Source, /, **said: Any
    ) -> Occurrence:
        """What a device or a sheet tells: when it was taken in, and what its clock showed."""
        return kind(
            rally=self.rally, recorded_at=shown(at), fact_at=shown(fact), source=source, **said
        )

    def remember(self, key: Key, occurrence: Occurrence) -> Occurrence:
        """Keep the id of an occurrence, for what will point at it."""
        self._ids[key] = occurrence_id(canonical(occurrence))
        return occurrence

    def next_number(self, series: str) -> int:
        """The next number of a series of decisions: they have no gaps, in the order of the log."""
        self._numbers[series] += 1
        return self._numbers[series]

    def id_of(self, key: Key) -> str:
        """The id that was kept; whatever points at it comes later than it."""
        return self._ids[key]


def shown(ms: int) -> Instant:
    """An instant as the clocks of the rally show it."""
    return Instant(ms, OFFSET)
