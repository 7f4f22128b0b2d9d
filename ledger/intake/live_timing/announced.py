"""What is known before the start: the rally, its rules, stages, points, controls and entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.errors import Unreadable
from ledger.intake.lines import NOTHING, Line, Note, Template
from ledger.intake.live_timing.answers import Entry, Person, SplitPoint, Stage, StageDetail
from ledger.intake.live_timing.figures import PRECISIONS, metres
from ledger.intake.live_timing.files import Read, is_missing, one
from ledger.intake.live_timing.plan import Plan, due_at
from ledger.intake.live_timing.saved import Saved
from ledger.intake.live_timing.writing import Fact, Writer

REGULATIONS = "regulations"
"""The key under which the rules stand that a rally adopted with its first import."""
_RULES = frozenset({"rulebook", "parameters", "provenance", "later", "wanted", "articles"})
OF_THE_PLAN = frozenset({"stage"})
OF_A_STAGE = frozenset({"date", "kind"})
POWER_STAGE, FOR_ITS_MAKE = "PowerStage", "M"
"""A stage that gives points; who is eligible to score for the make of the car."""


def founding(saved: Saved, template: Template, writer: Writer, *, adopted: bool) -> list[Line]:
    """The rally itself and its rules; what it has `adopted` stands, whatever templates say now."""
    name = saved.name.replace("-", " ").title()
    days = {"starts_on": saved.days[0].isoformat(), "ends_on": saved.days[-1].isoformat()}
    said = {"title": f"{name} {saved.year}", "id_at_source": saved.number, **days}
    rules = template.adopted(saved.days[0])
    rally = writer.occurrence("RallyConstituted", "rally", "", said)
    where = str(saved.files.rally / "itinerary.json")
    regulations = writer.occurrence("RegulationsAdopted", REGULATIONS, "", rules)
    return [
        Line(where, "rally", rally, derived=frozenset({"id_at_source"})),
        Line(where, REGULATIONS, regulations, _RULES if adopted else NOTHING),
    ]


def announced(
    saved: Saved, plan: Plan, entries: Iterable[Read], numbers: dict[int, str], writer: Writer
) -> Iterator[Fact]:
    """The stages with their points, the controls, and the crews."""
    where = str(saved.files.rally / "itinerary.json")
    for stage in plan.stages.values():
        yield from writer.line(
            where,
            "StageScheduled",
            f"stage/{stage.stage_id}",
            derived=OF_A_STAGE,
            stage=stage.code,
            order=stage.number,
            title=stage.name,
            special_m=metres(stage.distance),
            precision_ms=PRECISIONS.get(stage.timing_precision or ""),
            date=due.datetime.date().isoformat() if (due := plan.due(stage.stage_id)) else None,
            kind="power-stage" if stage.stage_type == POWER_STAGE else None,
        )
        yield from _points(saved, stage, writer)
    for control in plan.controls.values():
        yield from writer.line(
            where,
            "ControlScheduled",
            f"control/{control.control_id}",
            derived=OF_THE_PLAN,
            control=control.code,
            stage=plan.code(plan.stage_of(control)),
            kind=control.type,
            location=control.location,
            due_at=due_at(control),
        )
    for read in entries:
        yield from _entry(read, numbers, writer)


def _points(saved: Saved, stage: Stage, writer: Writer) -> Iterator[Fact]:
    path = saved.files.stages / f"{stage.stage_id}.json"
    if is_missing(path):
        saved.files.bad.append(Note(str(path), "This answer is missing."))
        return
    try:
        rows = one(path, StageDetail).split_points
    except Unreadable as error:
        saved.files.keep(path, error.message)
        return
    reads = [*saved.files.parts(str(path), rows, SplitPoint)]
    points: list[SplitPoint] = [each.row for each in reads]
    for order, point in enumerate(along(points), 1):
        yield from writer.line(
            str(path),
            "WaypointPlaced",
            f"point/{point.split_point_id}",
            derived=frozenset({"order"}),
            stage=stage.code,
            point=str(point.split_point_id),
            order=order,
            at_m=metres(point.distance),
            kind="split",
        )


def along(points: Sequence[SplitPoint]) -> list[SplitPoint]:
    """The split points of a stage in the order in which crews pass them.

    By their distances, of equal ones by their numbers; where the distance of any is missing, by
    their numbers alone, as far as they have some.
    """
    known = all(metres(each.distance) for each in points)

    def place(point: SplitPoint) -> tuple[int, bool, int, int, int]:
        at = metres(point.distance) or 0
        number = point.number or 0
        return (at if known else 0, point.number is None, number, at, point.split_point_id)

    return sorted(points, key=place)


def _entry(read: Read, numbers: dict[int, str], writer: Writer) -> Iterator[Fact]:
    entry: Entry = read.row
    driver, codriver = entry.driver or Person(), entry.codriver or Person()
    classes = [each.name for each in entry.event_classes or () if each and each.name]
    make = entry.manufacturer.name if entry.manufacturer else None
    its_class: dict[str, Any] = {"class": (classes[0] or "").strip() if classes else ""}
    yield from writer.line(
        read.where,
        "CrewEntered",
        f"entry/{entry.entry_id}",
        number=numbers[entry.entry_id],
        driver=driver.name or "?",
        codrivers=[codriver.name] if codriver.name else None,
        nationality=driver.country.iso3 if driver.country else None,
        category=(entry.group.name or "").strip() if entry.group else "",
        vehicle=" ".join(part for part in (make, entry.vehicle_model) if part),
        team=entry.entrant.name if entry.entrant else None,
        **its_class,
    )
    if entry.eligibility == FOR_ITS_MAKE and (make or "").strip():
        yield from writer.line(
            read.where,
            "CrewNominated",
            f"nominated/{entry.entry_id}",
            number=numbers[entry.entry_id],
            table="manufacturers",
            name=(make or "").strip(),
        )
