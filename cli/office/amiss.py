"""What lies with a whole delivery rather than with a line of it, told once for all of its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ledger.grouping import grouped
from ledger.intake.lines import Note
from ledger.intake.rally_toml import SOURCE, TAKEN_OFF
from ledger.vocabulary import PenaltyGiven, StageTimeRecorded
from projections.control.alike import names_alike
from projections.control.anomaly import Anomaly
from projections.state.rally import RallyState


def amiss(state: RallyState, found: Iterable[Anomaly], places: Mapping[int, str]) -> Iterator[Note]:
    """What is amiss of what was appended: at which place of the delivery each new record stood.

    Stages that are not scheduled, names that may be one, and penalties that a time was thought to
    hold and that no sheet has.
    """
    unknown = grouped(
        (each.stage, position)
        for each in found
        if each.kind == "unknown-stage"
        for position in each.positions
        if position in places
    )
    for stage, positions in unknown.items():
        lines = (
            "1 line of it gives" if len(positions) == 1 else f"{len(positions)} lines of it give"
        )
        said = f"{stage} is not scheduled, so {lines} no result: schedule it, or correct the stage."
        yield Note(places[min(positions)], said)
    yield from _not_taken_off(state, places)
    for alike in names_alike(state):
        if here := places.keys() & set(alike.positions):
            yield Note(places[min(here)], alike.message)


def _not_taken_off(state: RallyState, places: Mapping[int, str]) -> Iterator[Note]:
    """Penalties of which sheets know nothing, on stages whose times hold their penalties."""
    timed = {
        (each.value.stage, each.value.number): places[each.position]
        for each in state.facts.of(StageTimeRecorded)
        if each.value.source.note == TAKEN_OFF and each.position in places
    }
    others = grouped(
        ((each.value.stage, each.value.number), f"#{each.position}")
        for each in (state.facts.of(PenaltyGiven) if timed else ())
        if each.value.applies_to == "stage" and each.value.source.name != SOURCE
    )
    for (stage, number), where in timed.items():
        if at := others.get((stage, number)):
            lacks = f"no sheet has the penalty {', '.join(at)} of crew {number} on {stage}"
            said = f"Taken off is what penalties.csv has: {lacks}, so it counts besides."
            yield Note(where, said)
