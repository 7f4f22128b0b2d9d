"""Group E: acts of race direction. Their effects follow from the rulebook, not from the record."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ledger.times import Instant, format_duration
from ledger.vocabulary.base import (
    Categories,
    Code,
    CrewNumber,
    Duration,
    EvidenceId,
    Metres,
    Name,
    Occurrence,
    OccurrenceId,
    OptionalCode,
    OptionalCrew,
    OptionalParty,
    Ranking,
    Text,
    among,
    on,
)

AppliesTo = Literal["stage", "overall", "road"]
StopMethod = Literal["last-common-point", "own-average", "notional"]


def _among(categories: tuple[str, ...], numbers: tuple[str, ...]) -> str:
    """The categories and crews that are meant, in words; nothing where all are."""
    crews = " and ".join(numbers)
    return f"{among(categories)}{f' for crews {crews}' if numbers else ''}"


class StageOpened(Occurrence, frozen=True, kw_only=True, tag="StageOpened"):
    """A stage is open: its first crew may start."""

    stage: Code

    def words(self) -> str:
        return f"{self.stage} was opened."


class StageDelayed(Occurrence, frozen=True, kw_only=True, tag="StageDelayed"):
    """The start of a stage was put back for everybody."""

    stage: Code
    by_ms: Annotated[int, msgspec.Meta(ge=1, le=10**12)]

    def words(self) -> str:
        return f"The start of {self.stage} was delayed by {format_duration(self.by_ms)}."


class StageShortened(Occurrence, frozen=True, kw_only=True, tag="StageShortened"):
    """A stage ends earlier or begins later than planned, for all or for some categories.

    Where a point is named, the passing there is the finish; where a `start_point` is named, time
    runs from the passing there. Otherwise the times that are recorded are those of the shortened
    stage. Where `numbers` are named it is for those crews, and counts for them before what is said
    for everybody.
    """

    stage: Code
    categories: Categories = ()
    point: OptionalCode = ""
    start_point: OptionalCode = ""
    special_m: Metres | None = None
    numbers: tuple[CrewNumber, ...] = ()

    def tags(self) -> list[str]:
        """It is about the crews that it names."""
        return [*super().tags(), *(f"crew:{number}" for number in dict.fromkeys(self.numbers))]

    def words(self) -> str:
        to = f" to {self.point}" if self.point else ""
        km = "" if self.special_m is None else f" to km {self.special_m / 1000:g}"
        return f"{self.stage} was shortened{to or km}{_among(self.categories, self.numbers)}."


class StageInterrupted(Occurrence, frozen=True, kw_only=True, tag="StageInterrupted"):
    """A red flag: a stage was interrupted while crews were on it; it may resume or be stopped."""

    stage: Code

    def words(self) -> str:
        return f"{self.stage} was interrupted."


class StageResumed(Occurrence, frozen=True, kw_only=True, tag="StageResumed"):
    """An interrupted stage runs again."""

    stage: Code

    def words(self) -> str:
        return f"{self.stage} was resumed."


class StageStopped(Occurrence, frozen=True, kw_only=True, tag="StageStopped"):
    """A stage was stopped for good while crews were on it, and classified by one of three methods.

    `last-common-point`: the passing at `point` is everybody's time. `own-average`: who finished
    keeps the time, each other gets the time to `point` stretched to the length of the stage.
    `notional`: who finished keeps the time, the others have one allocated (`StageTimeRecorded`).
    Crews that were held at different points are stopped in groups: one act for the `numbers` of
    each. For them it counts before what is said for everybody.
    """

    stage: Code
    method: StopMethod
    point: OptionalCode = ""
    categories: Categories = ()
    numbers: tuple[CrewNumber, ...] = ()

    def tags(self) -> list[str]:
        """It is about the crews that it names."""
        return [*super().tags(), *(f"crew:{number}" for number in dict.fromkeys(self.numbers))]

    def words(self) -> str:
        at = f" at {self.point}" if self.point else ""
        whose = _among(self.categories, self.numbers)
        return f"{self.stage} was stopped{at}{whose}, by {self.method}."


class StageCancelled(Occurrence, frozen=True, kw_only=True, tag="StageCancelled"):
    """A stage does not count, for all or for some categories: it adds nothing to any total.

    `road_penalties` says whether penalties of its road sections are kept or void; where it does
    not, the rulebook does.
    """

    stage: Code
    categories: Categories = ()
    road_penalties: Literal["", "keep", "void"] = ""

    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"{self.stage} was cancelled{among(self.categories)}{why}."


class StageReinstated(Occurrence, frozen=True, kw_only=True, tag="StageReinstated"):
    """A cancellation, shortening or stop was revoked: the stage counts again as it was run."""

    stage: Code
    categories: Categories = ()

    def words(self) -> str:
        return f"{self.stage} was reinstated{among(self.categories)}."


class StageClosed(Occurrence, frozen=True, kw_only=True, tag="StageClosed"):
    """Every crew of a stage is accounted for: who has no time by now did not finish it."""

    stage: Code

    def words(self) -> str:
        return f"{self.stage} was closed."


class PenaltyGiven(Occurrence, frozen=True, kw_only=True, tag="PenaltyGiven"):
    """A time penalty for a crew.

    It counts in the stage that is named, otherwise in the one that the rulebook derives from the
    control. `applies_to` says whether the stage's result carries it (`stage`), the overall alone
    (`overall`), or the road sections and so the overall (`road`). One with a `point` falls away
    with that part of the stage. `in_start_order` says whether it counts for the next start order,
    `evidence` which records it rests on. Where a tariff proposed it, `proposed_ms` is how much.
    `decided_at` is when it was given, where `fact_at` is when that happened which it is for.
    With `only_in` it counts in classifications of these kinds alone: in the class, and not joint.
    """

    number: CrewNumber
    amount_ms: Duration
    stage: OptionalCode = ""
    control: OptionalCode = ""
    applies_to: AppliesTo = "stage"
    article: OptionalCode = ""
    document: OptionalCode = ""
    kind: OptionalCode = ""
    point: OptionalCode = ""
    in_start_order: bool = True
    evidence: tuple[EvidenceId, ...] = ()
    proposed_ms: Duration | None = None
    only_in: tuple[Ranking, ...] = ()
    decided_at: Instant | None = None

    def words(self) -> str:
        where = on(self.stage) or (f" at {self.control}" if self.control else "")
        why = f": {self.reason}" if self.reason else ""
        where += f", only by {' and '.join(self.only_in)}" if self.only_in else ""
        return f"Crew {self.number} penalised {format_duration(self.amount_ms)}{where}{why}."


class PenaltyWithdrawn(Occurrence, frozen=True, kw_only=True, tag="PenaltyWithdrawn"):
    """A penalty no longer stands: it counts as never given, and stays readable."""

    target: OccurrenceId
    number: OptionalCrew = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"The penalty {self.target[:10]} of crew {self.number or '?'} was withdrawn."


class SanctionDeclined(Occurrence, frozen=True, kw_only=True, tag="SanctionDeclined"):
    """A sanction that a tariff proposes is not given; the reason says why, and stays disclosed.

    `tariff` is the rule that proposed it, `proposed_ms` how much, `evidence` the facts that it
    would have rested on, as they were corrected by then.
    """

    number: CrewNumber
    tariff: Name
    evidence: tuple[EvidenceId, ...]
    stage: OptionalCode = ""
    proposed_ms: Duration | None = None

    def words(self) -> str:
        much = "" if self.proposed_ms is None else f" of {format_duration(self.proposed_ms)}"
        why = f": {self.reason}" if self.reason else ""
        return f"A sanction{much} was declined for crew {self.number}{on(self.stage)}{why}."


class TimeCreditGranted(Occurrence, frozen=True, kw_only=True, tag="TimeCreditGranted"):
    """Time is given back to a crew on a stage: it stopped to help, or was held up by the rally.

    It shortens a measured time of the crew on that stage; a time that was allocated includes it.
    """

    number: CrewNumber
    stage: Code
    amount_ms: Duration
    kind: Literal["assistance", "delay", "bonus", "other"] = "assistance"
    helped: OptionalParty = ""
    document: OptionalCode = ""

    def words(self) -> str:
        whom = f" for helping {self.helped}" if self.helped else ""
        time = format_duration(self.amount_ms)
        return f"Crew {self.number} was given back {time}{on(self.stage)}{whom}."


class TimeCreditRevoked(Occurrence, frozen=True, kw_only=True, tag="TimeCreditRevoked"):
    """A time credit no longer stands: it counts as never granted, and stays readable."""

    target: OccurrenceId
    number: OptionalCrew = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"The time credit {self.target[:10]} of crew {self.number or '?'} was revoked."


class DelayAllowanceGranted(Occurrence, frozen=True, kw_only=True, tag="DelayAllowanceGranted"):
    """A crew may come to a control later than due, without penalty: it was held up.

    Where the `stage` is one of regularity and the `control` one of its points, its ideal times are
    later by that, there and at all points behind.
    """

    number: CrewNumber
    control: Code
    amount_ms: Duration
    stage: OptionalCode = ""

    def words(self) -> str:
        return (
            f"Crew {self.number} may be {format_duration(self.amount_ms)} late at {self.control}."
        )


class TargetTimeChanged(Occurrence, frozen=True, kw_only=True, tag="TargetTimeChanged"):
    """The time allowed to a control, or for a stage, was changed; it works forward only.

    `target_ms` is the new time to the control named; `max_time_ms` the new time within which the
    stage must be finished. Who had passed, or had started, before is judged by what held then.
    """

    stage: OptionalCode = ""
    control: OptionalCode = ""
    target_ms: Duration | None = None
    max_time_ms: Duration | None = None

    def words(self) -> str:
        times = [each for each in (self.target_ms, self.max_time_ms) if each is not None]
        to = " and ".join(format_duration(each) for each in times) or "nothing"
        return f"The time allowed to {self.control or self.stage} was changed to {to}."


class RouteDirected(Occurrence, frozen=True, kw_only=True, tag="RouteDirected"):
    """Crews are led on: in convoy, through a regroup, by a detour or the service route."""

    stage: Code
    kind: Literal["convoy", "regroup", "detour", "service-route"]
    categories: Categories = ()

    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"A {self.kind} was ordered{on(self.stage)}{among(self.categories)}{why}."


class CrewRepositioned(Occurrence, frozen=True, kw_only=True, tag="CrewRepositioned"):
    """A crew starts a stage in another place than its result gives it, as was decided."""

    number: CrewNumber
    stage: Code
    place: Annotated[int, msgspec.Meta(ge=1, le=10_000)]

    def words(self) -> str:
        return f"Crew {self.number} starts {self.stage} as number {self.place}."


class CrewsSeeded(Occurrence, frozen=True, kw_only=True, tag="CrewsSeeded"):
    """Crews are seeded in this order, as by their places in a championship: `basis` says by which.

    Without a category or a stage it is for all; of several lists for a stage the last counts. The
    rules say where an order rests on it.
    """

    numbers: tuple[CrewNumber, ...]
    category: OptionalCode = ""
    stage: OptionalCode = ""
    basis: Text = ""
    document: OptionalCode = ""

    def tags(self) -> list[str]:
        """It is about each of these crews."""
        return [*super().tags(), *(f"crew:{number}" for number in dict.fromkeys(self.numbers))]

    def words(self) -> str:
        who = f" {self.category}" if self.category else ""
        by = f" by {self.basis}" if self.basis else ""
        first = ", ".join(self.numbers[:3])
        more = f" and {len(self.numbers) - 3} more" if len(self.numbers) > 3 else ""
        return f"The{who} crews were seeded{by}{on(self.stage)}: {first}{more}."


class StartPositionChosen(Occurrence, frozen=True, kw_only=True, tag="StartPositionChosen"):
    """A crew chose the place in which it starts a stage, where the rules let it choose."""

    number: CrewNumber
    stage: Code
    place: Annotated[int, msgspec.Meta(ge=1, le=10_000)]

    def words(self) -> str:
        return f"Crew {self.number} chose to start {self.stage} as number {self.place}."


class TieBreakDisapplied(Occurrence, frozen=True, kw_only=True, tag="TieBreakDisapplied"):
    """The stewards let these crews share their place: no rule for ties is applied among them."""

    numbers: tuple[CrewNumber, ...]
    document: OptionalCode = ""

    def tags(self) -> list[str]:
        """It is about each of these crews."""
        return [*super().tags(), *(f"crew:{number}" for number in dict.fromkeys(self.numbers))]

    def words(self) -> str:
        return f"Crews {' and '.join(self.numbers)} share their place."


class TieSettled(Occurrence, frozen=True, kw_only=True, tag="TieSettled"):
    """The order of crews that are level, as it was published: by a count, a draw, a ruling.

    `numbers` are the crews from the first on; it holds among those of them that are level, in the
    result of `stage` alone where one is named. The source says where it was published.
    """

    numbers: tuple[CrewNumber, ...]
    stage: OptionalCode = ""
    basis: Literal["count", "draw", "ruling"] = "ruling"
    article: OptionalCode = ""
    document: OptionalCode = ""

    def tags(self) -> list[str]:
        """It is about each of these crews."""
        return [*super().tags(), *(f"crew:{number}" for number in dict.fromkeys(self.numbers))]

    def words(self) -> str:
        by = {"count": "a published count", "draw": "a draw", "ruling": "a ruling"}[self.basis]
        crews = ", ".join(self.numbers)
        return f"Level crews stand in the order {crews}{on(self.stage)}, by {by}."
