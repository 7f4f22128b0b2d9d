"""Cuts by a moment of the rally: by when things had happened, or by when they were decided.

Asked what had happened by then, a fact counts with everything that is known of it today: a penalty
of the evening for what was done at noon counts at noon, and what was quashed later never did. Asked
how it stood as decided by then, decisions enter like facts, at the time they were taken: one counts
from then on, however early its fact, and until it was undone.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.vocabulary import (
    TAKES_BACK,
    BulletinIssued,
    ClockOffsetDeclared,
    CourtDecisionIssued,
    DecisionIssued,
    Occurrence,
    RegulationsAdopted,
    SourceDeclaredUnreliable,
    SupersedingDetermined,
    TimeDetermined,
)

OF_THE_WHOLE_RALLY: tuple[type[Occurrence], ...] = (
    *TAKES_BACK,
    RegulationsAdopted,
    BulletinIssued,
    ClockOffsetDeclared,
    SourceDeclaredUnreliable,
    TimeDetermined,
    DecisionIssued,
    SupersedingDetermined,
    CourtDecisionIssued,
)
"""What no cut by the time of facts leaves out: it works on facts, whenever it was said.

A decision replaces and a court quashes from the beginning; what they do enters as facts do.
"""
KNOWLEDGE: tuple[type[Occurrence], ...] = (ClockOffsetDeclared,)
"""What nobody decides: like a correction it says what was so all along, so no cut leaves it out."""


class Cut(NamedTuple):
    """A moment of the rally (UTC ms): by the time of facts, or `as_decided` by then."""

    instant: int
    as_decided: bool = False

    def holds(self, said: Occurrence) -> bool:
        """Whether it counts: it had happened or was decided, or works whenever it was said."""
        always = KNOWLEDGE if self.as_decided else OF_THE_WHOLE_RALLY
        return isinstance(said, always) or self.reached(said)

    def reached(self, said: Occurrence) -> bool:
        """Whether it had happened by then; what describes the plan had from the beginning."""
        instant = taken(said) if self.as_decided else said.instant
        return instant is None or instant <= self.instant


AsOf = Cut | int | None
"""A cut; an instant alone (UTC ms) is one by the time of facts, and without one all counts."""


def cut_of(as_of: AsOf) -> Cut | None:
    """The cut that is meant."""
    return Cut(as_of) if isinstance(as_of, int) else as_of


def taken(said: Occurrence) -> int | None:
    """When something was decided or done, in UTC milliseconds; None is "from the beginning".

    The instant of the fact that it is about says nothing of that: of a decision that does not say
    when it was taken, no more is known than that it was by the time it was recorded.
    """
    if decided_at := getattr(said, "decided_at", None):
        return int(decided_at.ms)
    return said.recorded_at.ms if isinstance(said, DecisionIssued) else said.instant
