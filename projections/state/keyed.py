"""Cards keyed twice: what two officials who did not see each other's keyings make of one card.

A keying is the record of a time as an official read it off a crew's time card: its source is of
that kind, and it says who keyed it. Each is of one cell of a card: a crew at a start, a point or a
control. One alone counts. Where others keyed the cell too and all read the same, that is one
passing, confirmed: the first keying counts. Where they differ none counts, until more persons agree
on one reading than on any other, or until somebody rules which record counts.

What somebody keys twice is not read by two. It is the same whoever was first to arrive: the first
is who put it on record first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Literal, NamedTuple

from ledger.grouping import grouped, sets_of
from ledger.times import Instant, format_duration
from ledger.vocabulary import (
    TIME_CARD,
    ControlPassed,
    Occurrence,
    PassingRecorded,
    StageStarted,
    StageTimeRecorded,
)
from projections.state.persons import name_key
from projections.state.recorded import OF_NO_DECISION, Fact

OnACard = StageStarted | PassingRecorded | ControlPassed | StageTimeRecorded
ON_CARDS: tuple[type[OnACard], ...] = (
    StageStarted,
    PassingRecorded,
    ControlPassed,
    StageTimeRecorded,
)
"""What can stand on a time card."""
Stands = Literal["single", "confirmed", "settled", "ruled", "differs"]
SINGLE: Stands = "single"
CONFIRMED: Stands = "confirmed"
SETTLED: Stands = "settled"
RULED: Stands = "ruled"
DIFFERS: Stands = "differs"
EVERY: tuple[Stands, ...] = (SINGLE, CONFIRMED, SETTLED, RULED, DIFFERS)
Figures = tuple[int | None, ...]
"""What was read in a cell (ms): an instant or a duration, at a control also when it was due."""
_START, _AT, _AFTER, _TIME, _CONTROL = "start", "at", "after", "time", "control"


class Cell(NamedTuple):
    """A cell of a time card: of which crew, what stands there, and of which stage and point.

    A control is told by its code, whatever its stage. An instant and a duration are two cells.
    """

    number: str
    what: str
    stage: str
    place: str

    @property
    def name(self) -> str:
        """Its name, with the crew whose card it is: "101 TC3A"."""
        return f"{self.number} {self.words}"

    @property
    def is_control(self) -> bool:
        """Whether it is the stamp of a control."""
        return self.what == _CONTROL

    @property
    def is_start(self) -> bool:
        """Whether it is the start of a stage."""
        return self.what == _START

    def is_of(self, stage: str, ends: Collection[str], *, start: bool = True) -> bool:
        """Whether it bears on the time of a stage that ends there; of starts if these are asked."""
        if self.is_control or self.stage != stage:
            return False
        return start if self.is_start else self.what == _TIME or self.place in ends

    @property
    def words(self) -> str:
        """Where on the card it is: "the start of SS3", "CP1 on SS3", "TC3A"."""
        if self.is_control:
            return self.place
        if self.is_start:
            return f"the start of {self.stage}"
        if self.what == _TIME:
            return f"the time on {self.stage}"
        after = " (elapsed)" if self.what == _AFTER else ""
        return f"{self.place or 'the finish'} on {self.stage}{after}"


class Keyed(NamedTuple):
    """A cell that was keyed: by whom, in the order of recording, and what comes of it.

    `agreeing` are the keyings that say what counts, the first of which does; none where they
    differ. `read_to` is to how many milliseconds the cell is read.
    """

    cell: Cell
    keyings: tuple[Fact[OnACard], ...]
    stands: Stands
    agreeing: tuple[Fact[OnACard], ...]
    read_to: int

    def cut(self, figures: Figures) -> Figures:
        """What was read, as finely as the cell is read."""
        return tuple(None if each is None else each // self.read_to for each in figures)

    @property
    def persons(self) -> tuple[str, ...]:
        """Who keyed it, each once, as they are named there first."""
        return persons(self.keyings)

    @property
    def set_aside(self) -> frozenset[str]:
        """The ids of the keyings that give no time of their own."""
        if self.stands in (SINGLE, RULED):
            return frozenset()
        return frozenset(each.id for each in self.keyings) - {e.id for e in self.agreeing[:1]}

    @property
    def told(self) -> str:
        """Whose reading it is, in words: "confirmed by Bo"; nothing where a ruling says more."""
        if self.stands == SINGLE:
            return f"keyed by {self.persons[0]} alone"
        if self.stands == DIFFERS:
            return f"keyed differently by {' and '.join(self.persons)}: it counts for nobody"
        if self.stands == RULED:
            return ""
        first, *others = persons(self.agreeing)
        return f"keyed by {first}, confirmed by {' and '.join(others)}"

    @property
    def counting(self) -> Fact[OnACard] | None:
        """The keying that counts by itself; None where none does, or a ruling says what counts."""
        if self.stands == SINGLE:  # of one person's several the earliest, as of any source
            return min(self.keyings, key=lambda each: (each.order()[0], each.id))
        return self.agreeing[0] if self.stands in (CONFIRMED, SETTLED) else None


def is_keyed(said: Occurrence) -> bool:
    """Whether somebody keyed it from a time card."""
    return (
        said.source.kind == TIME_CARD
        and bool(said.by)
        and isinstance(said, ON_CARDS)
        and not said.is_act
    )


def cell_of(said: Occurrence) -> Cell | None:
    """The cell of a card in which a record would stand; None of what stands on no card."""
    if isinstance(said, ControlPassed):
        return Cell(said.number, _CONTROL, "", said.control)
    if isinstance(said, StageStarted):
        return Cell(said.number, _START, said.stage, "")
    if isinstance(said, StageTimeRecorded):
        return Cell(said.number, _TIME, said.stage, "")
    if isinstance(said, PassingRecorded):
        what = _AT if said.elapsed_ms is None else _AFTER
        return Cell(said.number, what, said.stage, said.point)
    return None


def figures_of(said: OnACard) -> Figures:
    """What a keying says was read; nothing where it tells no time."""
    if (elapsed := getattr(said, "elapsed_ms", None)) is not None:
        return (elapsed,)
    found = said.fact_at, getattr(said, "due_at", None)
    return tuple(each.ms if each else None for each in found) if any(found) else ()


def shown_in(said: OnACard) -> str:
    """The same as it stands on the card: "10:44", "0:57:46"."""
    if (elapsed := getattr(said, "elapsed_ms", None)) is not None:
        return format_duration(elapsed)
    due: Instant | None = getattr(said, "due_at", None)
    at = said.fact_at.clock() if said.fact_at else ""
    return ", ".join(each for each in (at, f"due {due.clock()}" if due else "") if each)


def keyed(
    facts: Iterable[Fact[Any]], determined: Collection[str], fineness: Callable[[Fact[Any]], int]
) -> list[Keyed]:
    """The cells that were keyed, of all records of these cells that may count.

    `determined` are the records that were ruled to count; `fineness` is to how many milliseconds a
    cell is read.
    """
    facts = list(facts)
    cells = grouped(
        (cell, each)
        for each in facts
        if is_keyed(each.value) and each.weight == OF_NO_DECISION and figures_of(each.as_shown)
        if (cell := cell_of(each.value)) is not None
    )
    ruled = {cell_of(each.value) for each in facts if each.id in determined} if determined else ()
    return [_stands(cell, cells[cell], fineness, ruled=cell in ruled) for cell in cells]


def _stands(
    cell: Cell,
    keyings: Iterable[Fact[OnACard]],
    fineness: Callable[[Fact[Any]], int],
    *,
    ruled: bool,
) -> Keyed:
    """What comes of the keyings of one cell."""
    ordered = tuple(sorted(keyings, key=lambda each: (each.value.recorded_at.ms, each.id)))
    stands = RULED if ruled else SINGLE
    if len({name_key(each.value.by) for each in ordered}) == 1:  # no rule is asked for
        return Keyed(cell, ordered, stands, ordered, 1)
    made = Keyed(cell, ordered, stands, ordered, fineness(ordered[0]))
    if ruled:
        return made
    figures = {each.id: made.cut(figures_of(each.as_shown)) for each in ordered}
    readers = sets_of((figures[each.id], name_key(each.value.by)) for each in ordered)
    most = max(map(len, readers.values()))
    agreed = [each for each, by in readers.items() if len(by) == most]
    if len(agreed) > 1:
        return made._replace(stands=DIFFERS, agreeing=())
    agreeing = tuple(each for each in ordered if figures[each.id] == agreed[0])
    return made._replace(stands=CONFIRMED if len(readers) == 1 else SETTLED, agreeing=agreeing)


def persons(keyings: Iterable[Fact[Any]]) -> tuple[str, ...]:
    """Who keyed these, each once, as they are named there first."""
    named: dict[str, str] = {}
    for each in keyings:
        named.setdefault(name_key(each.value.by), each.value.by)
    return tuple(named.values())
