"""Race direction of a synthetic rally: stages opened, stopped and closed, clocks, bulletins."""

from __future__ import annotations

from ledger.samples.simulation.day import AHEAD_MS, MARGIN, Day
from ledger.samples.simulation.desk import CLERK, SECRETARY, STEWARDS, TIMEKEEPER, Link, shown
from ledger.samples.simulation.itinerary import CANCELLED, CLOCK, REINSTATED, SHORTENED, UNRELIABLE
from ledger.samples.simulation.plan import MINUTE
from ledger.samples.simulation.road import FIRST_START
from ledger.vocabulary import (
    BulletinIssued,
    ClockOffsetDeclared,
    DocumentPosted,
    SourceDeclaredUnreliable,
    StageCancelled,
    StageClosed,
    StageOpened,
    StageReinstated,
    StageShortened,
    TimeDetermined,
)

RULED_ON = 20
"""In ten thousand finishes: how often it is ruled which of two records counts."""


def direct(day: Day) -> None:
    """Plan what race direction and the timekeepers do about a stage."""
    opened, closed = day.stage.midnight + FIRST_START - 15 * MINUTE, day.hour(23, 30)
    day.act(StageOpened, opened, CLERK, opened, stage=day.stage.code)
    _step_in(day)
    _declare(day)
    _issue(day)
    _rule(day)
    _post(day)
    day.act(StageClosed, closed, CLERK, closed, stage=day.stage.code)


def _step_in(day: Day) -> None:
    """A stage is cancelled or shortened while it is run, or cancelled and reinstated after it."""
    trouble, at, stage = day.road.trouble, day.road.acted_at, day.stage
    if trouble is None:
        return
    if trouble.kind == CANCELLED and at is not None:
        day.act(
            StageCancelled,
            at + 2 * MINUTE,
            CLERK,
            at,
            stage=stage.code,
            categories=trouble.categories,
            reason=day.rng.choice(("sandstorm", "a river in flood", "no helicopter can fly")),
        )
    elif trouble.kind == SHORTENED and at is not None and stage.split is not None:
        day.act(
            StageShortened,
            at + 2 * MINUTE,
            CLERK,
            at,
            stage=stage.code,
            point=stage.points[stage.split],
            special_m=stage.at_m[stage.split],
            reason="the track behind is impassable",
        )
    elif trouble.kind == REINSTATED:
        evening, morning = day.hour(20, 30), day.hour(33)
        why = "some had found a bridge closed"
        day.act(StageCancelled, evening, CLERK, evening, stage=stage.code, reason=why)
        why = "nobody was kept from the route"
        day.act(StageReinstated, morning, STEWARDS, morning, stage=stage.code, reason=why)


def _declare(day: Day) -> None:
    """In the evening the timekeepers say which clock was wrong, and what is not to be used."""
    kind = day.road.trouble.kind if day.road.trouble else ""
    about = {"kind": "beam", "device": day.finish_beam, "stage": day.stage.code}
    at = day.hour(20, 30)
    if kind == CLOCK:
        why = "compared with the master clock"
        day.act(ClockOffsetDeclared, at, TIMEKEEPER, ahead_ms=AHEAD_MS, reason=why, **about)
    elif kind == UNRELIABLE and day.unreliable:
        since, until = day.unreliable
        day.act(
            SourceDeclaredUnreliable,
            at,
            TIMEKEEPER,
            reason="dust set the beam off too early",
            since_at=shown(since - MARGIN),
            until_at=shown(until),
            **about,
        )


def _issue(day: Day) -> None:
    """The second bulletin, in the evening before the stage from which it holds."""
    midway, order = day.plan.regulations.midway, day.stage.order
    if order != max(day.plan.stages // 2, 1) or order == day.plan.stages or not midway.parameters:
        return
    at = day.hour(19, 15)
    day.act(
        BulletinIssued,
        at,
        STEWARDS,
        at,
        bulletin="2",
        title="What is changed on the way",
        parameters=dict(midway.parameters),
        provenance=dict(midway.provenance),
        from_stage=f"SS{order + 1}",
        signed_by="The stewards",
    )


def _rule(day: Day) -> None:
    """Of two records of one finish, the timekeeper says next day which one counts."""
    for run in day.runs:
        second = day.seconds.get(run.crew.index)
        if second and day.roll(RULED_ON):
            counts = second.kind if day.doubted(run) else day.rng.choice((second.kind, "beam"))
            at = max(day.within(32, 36), second.at + 10 * MINUTE)
            day.act(
                TimeDetermined,
                at,
                TIMEKEEPER,
                at,
                Link(target=(counts, day.stage.code, run.crew.number)),
                reason="heard the timekeeper of the finish",
                **day.about(run),
            )


def _post(day: Day) -> None:
    at, stage = day.hour(21, 45), day.stage
    day.act(
        DocumentPosted,
        at,
        SECRETARY,
        at,
        document=str(stage.order),
        title=f"Communication after {stage.code}: what is new for tomorrow",
        stage=stage.code,
    )
