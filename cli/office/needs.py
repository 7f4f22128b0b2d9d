"""What a read has to do before it answers: told before it is asked, so that nobody waits unawares.

Most reads look up what they need, however long the log is. Some go through all of it. A face may
leave those to a worker with a deadline, and say beforehand about how long they take.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from cli.office.view import View


class Needs(Enum):
    """What a read looks at."""

    RECORDS = "some records"
    """Those that are asked for, by indexes of the log."""
    DESK = "the desk"
    """Everything but readings of clocks: papers, decisions, the plan, the rules."""
    TIMELINE = "a timeline"
    """Times and places at a moment; with what lies on the desk, or is known of one crew."""
    MOMENTS = "many moments of a timeline"
    WHILE_RUN = "a full replay while a stage is under way"
    PART = "every record of a part of the log"
    """All of it, where no moment is named behind which to begin, or no newest ones are asked."""
    LOG = "every record"
    REPLAY = "a full replay"


WHOLE = frozenset({Needs.PART, Needs.LOG, Needs.REPLAY})
"""What takes the longer the longer the log is."""
MOMENT_US, CREW_US = 1500, 10
"""About what the standings take at a moment, and what each crew in them adds."""
SOON_S = 1.0
"""What takes longer is told to who asks before it is done."""


class Work(NamedTuple):
    """What is ahead: what is looked at, so many records of the log, and about how long it takes.

    The seconds are an estimate for a usual machine, by the length of the log alone.
    """

    needs: Needs
    records: int = 0
    seconds: float = 0.0

    @property
    def is_long(self) -> bool:
        """Whether it goes through the log, so that it takes the longer the longer that is."""
        return self.needs in WHOLE

    @property
    def is_awaited(self) -> bool:
        """Whether whoever asks has to wait for it: for most of a long log, or for many moments."""
        from cli.office.view import A_SHORT_LOG

        return self.records > A_SHORT_LOG or self.seconds > SOON_S


def work_of(needs: Needs, us: float, seen: View, given: Mapping[str, Any]) -> Work:
    """What a read of that need has ahead at a cut, which takes so many microseconds a record.

    Raises:
        NotFound: there is no such moment. Usage: it is none.
    """
    first, last = 0, seen.position
    if needs is Needs.PART:
        first, last = seen.part(given.get("since"), given.get("until"))
        # What had happened by a moment may be put on record anywhere behind it.
        if given.get("newest") and seen.cut is None:
            needs = Needs.RECORDS
    elif needs is Needs.WHILE_RUN:
        needs = Needs.REPLAY if seen.is_run(given.get("stage")) else Needs.TIMELINE
    by_itself = needs in (Needs.RECORDS, Needs.DESK) and not seen.is_framed_by_a_replay
    if needs not in WHOLE and not by_itself and seen.is_replayed:
        needs = Needs.REPLAY
    if needs is Needs.MOMENTS:
        from cli.office.history import part_of

        each = MOMENT_US + CREW_US * len(seen.classified.facts.crews)
        moments = part_of(seen, given.get("since"), given.get("until")).steps
        return Work(needs, 0, len(moments) * each / 1e6)
    return Work(needs, last - first, (last - first) * us / 1e6) if needs in WHOLE else Work(needs)
