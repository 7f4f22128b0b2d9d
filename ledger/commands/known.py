"""What an act has learnt from the log, and the rules it checks against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from eventsourcing.dcb.domain import Selector

from ledger.amendments import settle
from ledger.authority import AMENDING
from ledger.errors import Refused
from ledger.log import selector
from ledger.naming import CREWS, named
from ledger.powers import SAID_OF_OFFICIALS, Powers
from ledger.times import Instant
from ledger.vocabulary import (
    ABOUT,
    TAKES_BACK,
    ControlPassed,
    ControlScheduled,
    CrewEntered,
    CrewReclassified,
    NeutralisationPassed,
    NumberReallocated,
    Occurrence,
    PassingRecorded,
    PenaltyGiven,
    RallyConstituted,
    StageClosed,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
    TimeDetermined,
    WaypointPlaced,
    ZonePlaced,
    short_id,
)

Kind = TypeVar("Kind", bound=Occurrence)


class Known:
    """The occurrences of a consistency boundary, with corrections and voids applied."""

    def __init__(self) -> None:
        self.all: dict[str, Occurrence] = {}
        self._settled: dict[str, Occurrence] | None = None

    def learn(self, identity: str, said: Occurrence) -> None:
        """Take in one occurrence."""
        self.all[identity] = said
        self._settled = None
        self.__dict__.pop("powers", None)

    @property
    def counting(self) -> Mapping[str, Occurrence]:
        """Those that count by id, with their values after corrections."""
        if self._settled is None:  # several rules ask, of what is learnt once
            standing = settle(self.all, idle=self.powers.idle).standing
            self._settled = {each.id: each.value for each in standing}
        return self._settled

    def standing(self, kind: type[Kind]) -> Iterator[Kind]:
        """Those of a type that count."""
        return (each for each in self.counting.values() if isinstance(each, kind))

    @cached_property
    def powers(self) -> Powers:
        """Who may act, as far as was learnt."""
        return Powers(self.all)

    def must_be_constituted(self, rally: str) -> None:
        """Refuse an act in a rally that does not exist."""
        if next(self.standing(RallyConstituted), None) is None:
            raise Refused(
                f"There is no rally {rally} in this ledger.",
                hint="Begin with `rally record RallyConstituted title=… --rally CODE`.",
            )

    def must_not_be_constituted(self, rally: str) -> None:
        """Refuse to constitute a rally twice."""
        if next(self.standing(RallyConstituted), None) is not None:
            raise Refused(f"The rally {rally} is already constituted.", hint="Correct its record.")

    def _borne(self, number: str) -> list[CrewEntered | NumberReallocated]:
        """What gave a number to a crew or took it away, in the order in which it held."""
        found: list[CrewEntered | NumberReallocated] = [
            *(each for each in self.standing(CrewEntered) if each.number == number),
            *(
                each
                for each in self.standing(NumberReallocated)
                if number in (each.number, each.new_number)
            ),
        ]
        found.sort(key=lambda act: (act.instant or 0, act.recorded_at.ms))
        return found

    def must_be_entered(self, number: str, at: Instant | None = None) -> None:
        """Refuse an act about a crew that is not entered, or bears another number by then."""
        borne = self._borne(number)
        if not borne:
            raise Refused(
                f"No crew {number} is entered.",
                hint="`rally log --type CrewEntered` lists the entries.",
            )
        last = borne[-1]
        given_up = isinstance(last, NumberReallocated) and last.number == number
        if given_up and (at is None or at.ms >= (last.instant or 0)):
            raise Refused(
                f"Crew {number} bears the number {getattr(last, 'new_number', '')} now.",
                hint="Name it by that, or say with --at that it was before.",
            )

    def number_must_be_free(self, number: str, at: Instant | None = None) -> None:
        """Refuse a race number that a crew bears, or bore before without saying from when."""
        borne = self._borne(number)
        if not borne:
            return
        last = borne[-1]
        if isinstance(last, CrewEntered):
            raise Refused(
                f"The number {number} belongs to {last.driver}.",
                hint="Give another number, or void the entry that holds it.",
            )
        if last.new_number == number:
            raise Refused(
                f"The number {number} was given to another crew.", hint="Give another number."
            )
        if at is None or at.ms < (last.instant or 0):
            raise Refused(
                f"Crew {last.new_number} bore the number {number} before.",
                hint="Say with --at from when it is given anew.",
            )

    def stage_must_exist(self, stage: str) -> None:
        """Refuse an act about a stage that is not in the itinerary."""
        if not any(each.stage == stage for each in self.standing(StageScheduled)):
            raise Refused(
                f"No stage {stage} is scheduled.",
                hint="`rally log --type StageScheduled` lists the stages.",
            )

    def stage_must_be_new(self, stage: str) -> None:
        """Refuse to schedule a stage twice."""
        if any(each.stage == stage for each in self.standing(StageScheduled)):
            raise Refused(f"{stage} is already scheduled.", hint="Correct its record instead.")

    def point_must_exist(self, stage: str, point: str) -> None:
        """Refuse an act about a point that the stage does not have."""
        points = {each.point for each in self.standing(WaypointPlaced) if each.stage == stage}
        if point not in points:
            listed = ", ".join(sorted(points)) or "none"
            raise Refused(f"{stage} has no point {point}.", hint=f"Its points: {listed}.")

    def is_start(self, said: Occurrence) -> bool:
        """Whether a crew was seen at the start of the selective section, where time begins."""
        where = getattr(said, "stage", ""), getattr(said, "point", "")
        starts = (each for each in self.standing(WaypointPlaced) if each.is_start)
        return any((each.stage, each.point) == where for each in starts)

    def stage_must_not_be_closed(self, stage: str) -> None:
        """Refuse to close a stage that is closed."""
        for identity, each in self.counting.items():
            if isinstance(each, StageClosed) and each.stage == stage:
                raise Refused(
                    f"{stage} is closed already.",
                    hint=f"If that was too early, `rally void {short_id(identity)}` first.",
                )

    def must_be_planned_once(self, said: ControlScheduled | WaypointPlaced | ZonePlaced) -> None:
        """Refuse to schedule a control, or to place a point or a zone, under a name that is taken.

        Which of two counted would depend on the order in which they are read.
        """
        for identity, each in self.counting.items():
            if type(each) is type(said) and planned_as(each) == planned_as(said):
                raise Refused(
                    f"It is planned already: {each.words()}",
                    hint=f"Correct its record instead: `rally correct {short_id(identity)} …`.",
                )

    def control_must_exist(self, control: str) -> None:
        """Refuse an act about a control that the itinerary does not have."""
        if not any(each.control == control for each in self.standing(ControlScheduled)):
            raise Refused(
                f"No control {control} is scheduled.",
                hint="`rally log --type ControlScheduled` lists the controls.",
            )

    def order_must_be_free(self, order: int) -> None:
        """Refuse a second stage of one number."""
        for each in self.standing(StageScheduled):
            if each.order == order:
                raise Refused(
                    f"{each.stage} has the number {order} already.", hint="Give another `order`."
                )

    def has_zone(self, stage: str, zone: str) -> bool:
        """Whether a stage has a zone of that name."""
        return any((z.stage, z.zone) == (stage, zone) for z in self.standing(ZonePlaced))

    def categories_must_exist(self, categories: Sequence[str]) -> None:
        """Refuse categories that no crew is of."""
        known = {each.category for each in self.standing(CrewEntered)}
        known |= {each.category for each in self.standing(CrewReclassified)}
        for each in categories:
            if each not in known:
                listed = ", ".join(sorted(name for name in known if name)) or "none"
                raise Refused(f"No crew is of the category {each}.", hint=f"There are: {listed}.")

    def zone_must_exist(self, stage: str, zone: str) -> None:
        """Refuse an act about a zone that the stage does not have."""
        zones = {each.zone for each in self.standing(ZonePlaced) if each.stage == stage}
        if zone not in zones:
            listed = ", ".join(sorted(zones)) or "none"
            raise Refused(f"{stage} has no zone {zone}.", hint=f"Its zones: {listed}.")

    def must_stand(self, target: str, kinds: tuple[type[Occurrence], ...]) -> None:
        """Refuse to take back, or to rule on, what is not there or is void."""
        if target in self.powers.idle:
            raise self.powers.idle[target].of(short_id(target))
        if not isinstance(self.counting.get(target), kinds):
            names = [kind.type_name() for kind in kinds]
            raise Refused(
                f"{short_id(target)} is no {' or '.join(names)} that stands.",
                hint=f"`rally log --type {names[0]}` lists them.",
            )


def planned_as(said: Occurrence) -> tuple[object, ...]:
    """What names a control, a point or a zone in the plan; nothing for what is no such part."""
    match said:
        case ControlScheduled():
            return (said.control,)
        case WaypointPlaced():
            return said.stage, said.category, said.point
        case ZonePlaced():
            return said.stage, said.zone, frozenset(said.categories)
        case _:
            return ()


AMENDMENTS = AMENDING


def of_office(office: str) -> list[Selector]:
    """The part of the log that says who may act, in this office above all."""
    return [selector(SAID_OF_OFFICIALS), selector(AMENDMENTS, f"office:{office}")]


TIMES = (StageStarted, PassingRecorded, StageTimeRecorded, ControlPassed, NeutralisationPassed)
"""The records of times, on which a ruling may say which of several counts."""


def bearing_on(said: Occurrence) -> list[Selector]:
    """The parts of the log that what an occurrence refers to depends on."""
    parts = []
    for tag in dict.fromkeys([*said.tags(), *(f"crew:{each}" for each in named(said, *CREWS))]):
        label, _, _ = tag.partition(":")
        if label == "crew":
            parts.append(selector([*_referred_to(said), *AMENDMENTS], tag))
        elif label == "stage":
            parts.append(selector([StageScheduled, WaypointPlaced, ZonePlaced, *AMENDMENTS], tag))
        elif label == "ref":
            parts.append(selector([*TAKES_BACK, *AMENDMENTS], tag))
    if isinstance(said, StageScheduled):
        parts.append(selector([StageScheduled, *AMENDMENTS]))
    if isinstance(said, StageClosed):
        parts.append(selector([StageClosed, *AMENDMENTS], f"stage:{said.stage}"))
    if getattr(said, "categories", ()):
        parts.append(selector([CrewEntered, CrewReclassified]))
    if (kinds := TAKES_BACK.get(type(said)) or ABOUT.get(type(said))) is not None:
        parts.append(selector(kinds))  # under whichever number the crew bore then
    if getattr(said, "control", ""):
        parts.append(selector([ControlScheduled]))
    return parts


def _referred_to(said: Occurrence) -> tuple[type[Occurrence], ...]:
    """What of a crew an act refers to: its entry, and what it rules on."""
    if isinstance(said, TimeDetermined):
        return CrewEntered, NumberReallocated, *TIMES
    return CrewEntered, NumberReallocated


def must_refer_to_what_exists(
    said: Occurrence, known: Known, before: Occurrence | None = None
) -> None:
    """Refuse crews, stages, points and controls that are not there, and names that are taken.

    With `before`, only what differs from it is asked: a correction of a time is not about the crew.
    """

    def asked(field: str) -> str:
        value = getattr(said, field, "")
        return "" if before is not None and value == getattr(before, field, "") else str(value)

    _crews_must_be_there(known, said, before)
    if isinstance(said, StageScheduled):
        if order := asked("order"):
            known.order_must_be_free(int(order))
        if stage := asked("stage"):
            known.stage_must_be_new(stage)
    elif stage := asked("stage"):
        known.stage_must_exist(stage)
    if isinstance(said, StageClosed) and asked("stage"):
        known.stage_must_not_be_closed(said.stage)
    if isinstance(said, (ControlScheduled, WaypointPlaced, ZonePlaced)) and (
        before is None or planned_as(said) != planned_as(before)
    ):
        known.must_be_planned_once(said)
    if asked("categories"):
        known.categories_must_exist(getattr(said, "categories", ()))
    _must_have(known, said, asked)


def _crews_must_be_there(known: Known, said: Occurrence, before: Occurrence | None) -> None:
    """Refuse crews that are not entered, whatever field or effect names them; or entered twice."""
    named_before = {*named(before, *CREWS)} if before is not None else set[str]()
    for each in dict.fromkeys(named(said, *CREWS)):
        if each in named_before:
            continue
        if isinstance(said, CrewEntered):
            known.number_must_be_free(each, said.fact_at)
        elif not (isinstance(said, NumberReallocated) and each == said.new_number):
            known.must_be_entered(each, said.fact_at)


def _must_have(known: Known, said: Occurrence, asked: Callable[[str], str]) -> None:
    """Refuse points, zones and controls that are not in the itinerary."""
    about = getattr(said, "stage", "")
    if (point := asked("point")) and not isinstance(said, WaypointPlaced):
        # A penalty may be for what was done in a zone.
        in_zone = isinstance(said, PenaltyGiven) and known.has_zone(about, point)
        if not in_zone:
            known.point_must_exist(about, point)
    if (zone := asked("zone")) and not isinstance(said, ZonePlaced):
        known.zone_must_exist(about, zone)
    for end in ("from_point", "to_point"):
        if point := asked(end):
            known.point_must_exist(about, point)
    if (control := asked("control")) and not isinstance(said, ControlScheduled):
        known.control_must_exist(control)
