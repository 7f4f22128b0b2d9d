"""The judge of an act of the desk: what the register and the regulations say to it.

Whether a decision is superseded, whether a classification may become final or which offices sign
follows from rulings and rulebook, of which the ledger knows nothing. So an act of the desk takes a
judge, which asks the very rules by which the register is read. It is asked each time the act looks
at the log, over a boundary that names every type it reads: what is appended in between, it judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from eventsourcing.dcb.domain import Selector

from ledger.commands.known import AMENDMENTS, bearing_on, of_office
from ledger.log import selector
from ledger.powers import SAID_OF_OFFICIALS
from ledger.vocabulary import (
    GROUPS,
    TAKES_BACK,
    CheckpointKept,
    CrewEntered,
    CrewReclassified,
    NumberReallocated,
    Occurrence,
    StageCancelled,
    StageClosed,
    StageReinstated,
    StageScheduled,
    StageShortened,
    StageStopped,
)

Judge = Callable[[Mapping[str, Occurrence], Occurrence], None]
"""Raises Refused where the records of a boundary, by id, don't allow what is to be said."""

OF_THE_DESK: frozenset[type[Occurrence]] = frozenset(
    {*GROUPS["stewards and courts"], *GROUPS["publication"], *TAKES_BACK}
)
"""What is said at the stewards' desk and on the notice board: it is never said without a judge."""
READ_BY_THE_JUDGE: tuple[type[Occurrence], ...] = tuple(
    sorted(
        {
            *OF_THE_DESK,
            *AMENDMENTS,
            *SAID_OF_OFFICIALS,
            CheckpointKept,
            *(StageScheduled, StageClosed, StageCancelled, StageReinstated),
            *(StageShortened, StageStopped, NumberReallocated, CrewEntered, CrewReclassified),
        },
        key=lambda kind: kind.type_name(),
    )
)
"""Every type that a judge may read. What an act takes back is in the boundary beside them."""


def boundary_of(said: Iterable[Occurrence]) -> list[Selector]:
    """The part of the log on which an act depends that says this: narrow where nobody judges it."""
    several = list(said)
    judged = any(type(each) in OF_THE_DESK for each in several)
    parts = [selector(READ_BY_THE_JUDGE)] if judged else []
    offices = dict.fromkeys(each.role for each in several)
    parts += [part for office in offices for part in of_office(office)]
    return [*parts, *(part for each in several for part in bearing_on(each))]
