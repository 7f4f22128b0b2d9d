"""The time card of a crew: every control, start and finish, what it cost, and what was struck out.

It is what the crew could carry in its hand: due and actual, early or late, the source; what was
corrected or voided stays readable on it, with who did it and why; and the sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ledger.errors import NotFound
from ledger.times import iso
from ledger.vocabulary import (
    TIME_CARD,
    ControlPassed,
    Corrected,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
    TimeCardHandled,
    Voided,
)
from projections.results.penalties import Penalty, listed
from projections.state.contested import stage_of
from projections.state.keyed import DIFFERS, SINGLE, Keyed
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.rulings import IN_FORCE
from projections.state.totals import overall_total

ON_THE_CARD = (
    ControlPassed,
    NeutralisationPassed,
    PassingRecorded,
    StageStarted,
    StageTimeRecorded,
)
"""What can be struck out on a card."""


class CardLine(msgspec.Struct, frozen=True):
    """A line of the card. `late_ms` is negative where early; `verdict` as the rules judge it.

    `status` is what became of a penalty that does not count: "quashed", "withdrawn" …
    """

    what: str
    place: str
    due_at: str | None = None
    actual_at: str | None = None
    late_ms: int | None = None
    verdict: str = ""
    time_ms: int | None = None
    penalty_ms: int = 0
    source: str = ""
    note: str = ""
    positions: tuple[int, ...] = ()
    status: str = ""


class Struck(msgspec.Struct, frozen=True):
    """What a record said before it was corrected or voided, by whom and why."""

    position: int
    said: str
    struck_by: int
    now: str
    by: str
    role: str
    reason: str


class CardStage(msgspec.Struct, frozen=True):
    """A stage on the card: its lines, what was struck out on it, and its sums."""

    stage: str
    lines: tuple[CardLine, ...]
    struck: tuple[Struck, ...]
    time_ms: int | None
    penalty_ms: int


class TimeCard(msgspec.Struct, frozen=True):
    """The card with its sums: those of the overall, where the crew is classified."""

    number: str
    driver: str
    stages: tuple[CardStage, ...]
    time_ms: int | None
    penalty_ms: int
    total_ms: int | None


def time_card(state: RallyState, number: str) -> TimeCard:
    """The time card of a crew.

    Raises:
        NotFound: no such crew is entered.
    """
    crew = state.facts.crews.get(number)
    if crew is None:
        raise NotFound(
            f"No crew {number} is entered.", hint="`rally log --type CrewEntered` lists them."
        )
    struck, charged = _struck(state, number), listed(state, number)
    codes = [each.stage for each in state.stages]
    found = [
        _stage(state, number, each, struck.get(each.stage, []), charged) for each in state.stages
    ]
    elsewhere = [line for code in struck.keys() - set(codes) for line in struck[code]]
    apart = _keyed(state, number, "", [*_controls(state, number, ""), *_penalties(charged, "")])
    if apart or elsewhere:
        found.append(CardStage("", tuple(apart), tuple(elsewhere), None, _costs(apart)))
    total = overall_total(state, number)
    stages = tuple(each for each in found if each.lines or each.struck)
    return TimeCard(
        number,
        crew.value.driver,
        stages,
        total.time_ms if total else None,
        total.penalty_ms if total else sum(each.penalty_ms for each in stages),
        total.total_ms if total else None,
    )


def time_cards(state: RallyState) -> dict[str, TimeCard]:
    """The cards of all crews."""
    return {number: time_card(state, number) for number in state.facts.crews}


def _costs(lines: list[CardLine]) -> int:
    return sum(line.penalty_ms for line in lines)


def _stage(
    state: RallyState,
    number: str,
    stage: StageScheduled,
    struck: list[Struck],
    charged: tuple[Penalty, ...],
) -> CardStage:
    value = state.values.get((stage.stage, number))
    counts = state.counts(stage, state.category(number))
    lines = [
        *_start(state, number, stage.stage),
        *_points(state, number, stage.stage),
        *_finish(state, number, stage.stage),
        *_controls(state, number, stage.stage),
        *_penalties(charged, stage.stage),
        *_handled(state, number, stage.stage),
    ]
    lines = _keyed(state, number, stage.stage, lines)
    if lines and state.cancelled(stage.stage, state.category(number)):
        lines.append(CardLine("cancelled", stage.stage))
    time = value.counted_ms if value is not None and counts else None
    return CardStage(stage.stage, tuple(lines), tuple(struck), time, _costs(lines))


def _start(state: RallyState, number: str, stage: str) -> list[CardLine]:
    start = state.timing.starts.get((stage, number))
    if start is None:
        return []
    said = start.fact.value
    shown = (said.fact_at or said.due_at or said.recorded_at).offset
    late = None if start.actual_ms is None else start.actual_ms - start.official_ms
    return [
        CardLine(
            "start",
            stage,
            iso(start.official_ms, shown),
            iso(start.actual_ms, shown),
            late or None,
            "late" if late and late > 0 else "early" if late and late < 0 else "",
            source=said.source.kind,
            positions=(start.fact.position,),
        )
    ]


def _points(state: RallyState, number: str, stage: str) -> list[CardLine]:
    """The times at the points along the stage before its finish, the one that counts of each."""
    category, value = state.category(number), state.values.get((stage, number))
    finish = set(value.ids if value else ())
    points = state.timing.readings.get((stage, number), {})
    order = {
        point: placed.order
        for point, readings in points.items()
        if point
        and not finish.issuperset(reading.id for reading in readings)
        and (placed := state.point(stage, category, point)) is not None
    }
    return [
        CardLine("point", point, time_ms=value.time_ms, positions=value.positions)
        for point in sorted(order, key=lambda each: (order[each], each))
        for value in (state.timing.effective(stage, number, points[point], credited=False),)
    ]


def _finish(state: RallyState, number: str, stage: str) -> list[CardLine]:
    """What the stage counts, what came off the time on the clock, and what else was recorded."""
    value = state.values.get((stage, number))
    if value is None:
        return []
    taken_off = [
        CardLine(part.what, stage, time_ms=-part.ms, positions=part.positions)
        for part in value.parts
    ]
    notes = ", ".join(value.flags())
    counts, *others = [_as_told(state, number, identity, stage) for identity in value.ids]
    line = msgspec.structs.replace(counts, time_ms=value.time_ms, note=notes)
    also = [msgspec.structs.replace(each, what="also", note="does not count") for each in others]
    return [*taken_off, line, *also]


def _as_told(state: RallyState, number: str, identity: str, stage: str) -> CardLine:
    """A record of a time as it stands: when, by which kind of source, where in the log."""
    fact = state.facts.by_id[identity]
    if identity in state.facts.rulings.all:
        given = (
            each
            for each in state.facts.of(StageTimeRecorded)
            if each.id == identity and (each.value.stage, each.value.number) == (stage, number)
        )
        fact = next(given, fact)
    said = fact.value
    at, decided = None, fact.id in state.facts.rulings.all
    if isinstance(said, (PassingRecorded, StageTimeRecorded)) and said.fact_at and not decided:
        told = Fact(fact.id, fact.position, said, fact.amended_by)
        at = iso(state.timing.clocks.true_ms(told), said.fact_at.offset)
    return CardLine(
        "time",
        stage,
        actual_at=at,
        time_ms=getattr(said, "elapsed_ms", None),
        source=said.source.kind,
        positions=(fact.position,),
    )


def _controls(state: RallyState, number: str, stage: str) -> list[CardLine]:
    return [
        CardLine(
            "control",
            visit.control,
            iso(visit.due_ms, visit.offset),
            iso(visit.actual_ms, visit.offset),
            visit.late_ms,
            visit.verdict,
            source=visit.source,
            note=f"may be {visit.allowance_ms // 60_000} min late" if visit.allowance_ms else "",
            positions=(visit.fact.position,),
        )
        for visit in state.road.visits.get(number, ())
        if visit.stage == stage
    ]


def _keyed(state: RallyState, number: str, stage: str, lines: Sequence[CardLine]) -> list[CardLine]:
    """The lines, with who keyed each and who confirmed it; and the cells that count for nobody.

    Nothing is said of it on the cards of which nobody keyed a cell that another had keyed.
    """
    cells = [e for e in state.timing.keyed_twice.get(number, ()) if stage_of(state, e) == stage]
    at = {fact.position: each for each in cells if (fact := each.counting)}
    told = [
        _by_whom(line, cell)
        if line.positions and (cell := at.get(line.positions[0])) is not None
        else line
        for line in lines
    ]
    return told + [
        CardLine(
            "differs",
            each.cell.words,
            source=TIME_CARD,
            note=each.told,
            positions=tuple(sorted(one.position for one in each.keyings)),
        )
        for each in cells
        if each.stands == DIFFERS
    ]


def _by_whom(line: CardLine, cell: Keyed) -> CardLine:
    """A line with who keyed it; the records that confirm it stand behind its own."""
    note = ", ".join(each for each in (line.note, cell.told) if each)
    confirming = [each.position for each in cell.agreeing[1:]] if cell.stands != SINGLE else []
    positions = tuple(dict.fromkeys((*line.positions, *confirming)))
    return msgspec.structs.replace(line, note=note, positions=positions)


def _penalties(charged: tuple[Penalty, ...], stage: str) -> list[CardLine]:
    return [
        CardLine(
            "penalty",
            row.stage,
            penalty_ms=row.amount_ms if row.status == IN_FORCE else 0,
            note=row.reason or row.kind,
            positions=row.positions,
            status="" if row.status == IN_FORCE else row.status,
        )
        for row in charged
        if row.stage == stage
    ]


def _handled(state: RallyState, number: str, stage: str) -> list[CardLine]:
    return [
        CardLine(
            "card",
            stage,
            actual_at=each.value.fact_at.iso() if each.value.fact_at else None,
            note=each.value.kind,
            positions=(each.position,),
        )
        for each in state.facts.of(TimeCardHandled)
        if (each.value.number, each.value.stage) == (number, stage)
    ]


def _struck(state: RallyState, number: str) -> dict[str, list[Struck]]:
    """What was corrected or voided of the crew's times, by stage, in the order of recording."""
    told, positions = state.facts.told, state.facts.positions
    found: dict[str, list[Struck]] = {}
    amendings = [each for each, said in told.items() if isinstance(said, (Corrected, Voided))]
    amendings.sort(key=lambda each: (state.facts.truly(each).recorded_at, each))
    for identity in amendings:
        amending = told[identity]
        if identity in state.facts.idle:
            continue
        original = _original(told, amending)
        if isinstance(original[1], ON_THE_CARD) and original[1].number == number:
            now = amending.words() if isinstance(amending, Corrected) else "void"
            struck = Struck(
                positions.get(original[0], 0),
                _spelled(original[1]),
                positions.get(identity, 0),
                now,
                amending.by,
                amending.role,
                amending.reason,
            )
            found.setdefault(original[1].stage, []).append(struck)
    return found


def _spelled(said: Occurrence) -> str:
    """What a record said, with the instant that it said it of."""
    return f"{said.words()} {said.fact_at.iso()}" if said.fact_at else said.words()


def _original(
    told: Mapping[str, Occurrence], amending: Occurrence
) -> tuple[str, Occurrence | None]:
    """The record that a chain of corrections and voids is about."""
    at: Occurrence | None = amending
    identity = ""
    while isinstance(at, (Corrected, Voided)):
        identity = at.target
        at = told.get(identity)
    return identity, at
