"""Where a moment of the log lies: what was being driven, what hung on the board; and what to see.

A mark is a record of the log, whatever became of it since: at a position the marks are what they
were, however far the log went on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.forms import plain
from cli.office.records import Amended, happened
from cli.office.view import View
from ledger.authority import Refusal
from ledger.errors import NotFound
from ledger.log import Log
from ledger.record import Record, occurrence_at
from ledger.times import iso
from ledger.vocabulary import (
    ClassificationPublished,
    CourtDecisionIssued,
    CrewDisqualified,
    CrewNotStarted,
    CrewReclassified,
    CrewWithdrew,
    DecisionIssued,
    DocumentPosted,
    Occurrence,
    RetirementReported,
    StageCancelled,
    StageScheduled,
    StartOrderPublished,
)
from ledger.vocabulary.publication import scope_key, scope_title
from projections.read_by import reads
from projections.state import entries
from projections.state.facts import Facts, fold
from projections.state.matters import published, window_closes
from projections.state.recorded import READINGS, Fact

STAGE, RECORD = "stage", "record"
KINDS: dict[str, tuple[type[Occurrence], ...]] = {
    "cancellation": (StageCancelled,),
    "decision": (DecisionIssued, CourtDecisionIssued),
    "retirement": (RetirementReported, CrewWithdrew, CrewNotStarted, CrewDisqualified),
    "publication": (ClassificationPublished, StartOrderPublished, DocumentPosted),
}
"""What is marked along the log, besides where each stage begins."""
STEPS = (RECORD, STAGE, *KINDS)
"""What one goes to from a moment, back and forth."""
_KIND_OF = {each.type_name(): kind for kind, types in KINDS.items() for each in types}
_READ_ON_THE_ROAD = [each.type_name() for each in READINGS]
_ON_THE_BOARD: tuple[type[Occurrence], ...] = (*reads("protest-clock"), CrewReclassified)
_TOLD = sorted({each.type_name() for each in _ON_THE_BOARD})
"""The types that tell what hangs on the board and with which time running, and of whom."""


class Band(msgspec.Struct, frozen=True):
    """A stage along the log: the first record that tells of somebody on it."""

    stage: str
    position: int


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record to be seen along the log: of which kind, what it says, and why without effect."""

    position: int
    kind: str
    stage: str
    words: str
    without_effect: str = ""

    @property
    def told(self) -> str:
        """What it says, and that it has no effect where that is so."""
        return f"{self.words} (without effect)" if self.without_effect else self.words


class Marks(msgspec.Struct, frozen=True):
    """The stages in the order in which they began, and the marks, along the log."""

    stages: tuple[Band, ...]
    marks: tuple[Mark, ...]


class Posted(msgspec.Struct, frozen=True):
    """The last classification on the board: its kind and number, and until when it is open."""

    document: str
    kind: str
    title: str
    posted_at: str
    protests_until: str | None
    position: int


Known = entries.Known
"""A crew by its number."""


class Moment(msgspec.Struct, frozen=True):
    """A moment of the log, as a person places it: which rally and zone, the stage, the board.

    `stage` is the one that the last reading from the road is about; both it and `posted` are null
    before there is any; `board` holds the last of each scope. `stages`, `categories` and `crews`
    are those that one may ask for.
    """

    title: str
    timezone: str
    stage: str | None
    stages: tuple[str, ...]
    categories: tuple[str, ...]
    crews: tuple[Known, ...]
    posted: Posted | None
    board: tuple[Posted, ...]


def moment(seen: View) -> Answer[Moment]:
    """Where a moment lies: the stage that was being driven, and what hung on the board."""
    said = seen.founded
    facts = _facts(seen)
    planned = sorted((each.value.order, each.value.stage) for each in facts.of(StageScheduled))
    board = _board(facts)
    found = Moment(
        said.title if said else "",
        said.timezone if said else "",
        _stage(seen.log, seen.position),
        tuple(dict.fromkeys(stage for _, stage in planned)),
        tuple(sorted(facts.crews.categories - {""})),
        facts.crews.known,
        board[-1] if board else None,
        board,
    )
    return Answer(seen, found, "Moment", msgspec.structs.asdict(found), (found,), Moment)


def _facts(seen: View) -> Facts:
    """The crews, the plan and the board at the cut."""
    if seen.is_short or seen.is_replayed:
        return fold(seen.log.read(until=seen.position, types=_TOLD)).facts(seen.cut)
    return seen.with_posted.facts


def _stage(log: Log, position: int) -> str | None:
    # While a stage is run nearly every record is a reading: the last few mostly hold one.
    near = [*log.scan.rows(max(position - _NEAR, 0), position)]
    for at, kind, _, data in reversed(near):
        if kind in _READ_ON_THE_ROAD:
            return getattr(occurrence_at(at, data), "stage", None)
    before = position - len(near)
    last = log.newest(1, until=before, types=_READ_ON_THE_ROAD) if before else []
    return getattr(last[0].occurrence(), "stage", None) if last else None


_NEAR = 4


def _board(facts: Facts) -> tuple[Posted, ...]:
    """The classifications that were posted and not withdrawn, of each scope the last."""
    last = {scope_key(each.value.scope): each for each in published(facts)}
    return tuple(_posted(facts, each) for each in sorted(last.values(), key=Fact.order))


def _posted(facts: Facts, fact: Fact[ClassificationPublished]) -> Posted:
    said = fact.value
    at = said.happened
    closes = iso(window_closes(facts, fact), at.offset)
    title = scope_title(said.scope)
    return Posted(said.document, said.kind_in_full, title, at.iso(), closes, fact.position)


def marks(
    seen: View,
    kind: Annotated[
        str | None, Word("Only marks of this kind.", "KIND", choices=tuple(KINDS))
    ] = None,
) -> Answer[Marks]:
    """What is to be seen along the log: stages, cancellations, decisions, who left, documents."""
    types = [each.type_name() for each in (KINDS[kind] if kind else _every())]
    records = [*happened(seen, seen.log.read(until=seen.position, types=types))]
    amended = Amended(seen.log, seen.position, records)
    found = Marks(
        tuple(_bands(seen.log, seen.position)),
        tuple(_mark(each, amended.idle(each)) for each in records),
    )
    return Answer(seen, found, "Marks", plain(found), found.marks, Mark)


def _every() -> Iterator[type[Occurrence]]:
    for types in KINDS.values():
        yield from types


def _mark(record: Record, refused: Refusal | None) -> Mark:
    said = record.occurrence()
    stage, kind = getattr(said, "stage", "") or "", _KIND_OF[said.type_name()]
    return Mark(record.position, kind, stage, said.words(), refused.why if refused else "")


def _bands(log: Log, until: int) -> Iterator[Band]:
    first = log.scan.first_of_each("stage:", _READ_ON_THE_ROAD, until)
    for tag, position in sorted(first.items(), key=lambda each: each[1]):
        yield Band(tag.removeprefix("stage:"), position)


def places(log: Log, what: str, after: int, until: int) -> Sequence[int]:
    """Where steps of a kind lead to behind one position and up to another, in their order."""
    if what == RECORD:
        return range(after + 1, until + 1)
    if what == STAGE:
        return [band.position for band in _bands(log, until) if band.position > after]
    return log.positions([each.type_name() for each in KINDS[what]], after=after, until=until)


def step(log: Log, position: int, what: str, *, back: bool) -> int:
    """The position to which a step leads: the next or the last record, stage or mark.

    Raises:
        NotFound: there is none.
    """
    head = log.head().size
    there = places(log, what, *((0, max(position - 1, 0)) if back else (position, head)))
    if not there:
        raise NotFound(f"There is no {what} {'before' if back else 'after'} #{position}.")
    return there[-1] if back else there[0]
