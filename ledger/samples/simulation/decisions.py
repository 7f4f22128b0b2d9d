"""What befalls the crews of a synthetic rally: retirements, penalties, credits, incidents."""

from __future__ import annotations

from ledger.samples.simulation import judged
from ledger.samples.simulation.day import Day
from ledger.samples.simulation.desk import CLERK, MARSHAL, SECRETARY, STEWARDS, TRACKING, Key, Link
from ledger.samples.simulation.fates import Fate
from ledger.samples.simulation.itinerary import LIMIT_KMH
from ledger.samples.simulation.plan import HOUR, MINUTE, SECOND
from ledger.samples.simulation.road import FIRST_START, Run
from ledger.vocabulary import (
    Corrected,
    CrewDisqualified,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    IncidentReported,
    Occurrence,
    PenaltyGiven,
    PenaltyWithdrawn,
    RetirementReported,
    RetirementRetracted,
    SpeedZoneRead,
    StageNotFinished,
    StartRefused,
    TimeCreditGranted,
    TimeCreditRevoked,
    WaypointMissed,
)

SPEEDING, ROAD, OVERALL, CREDIT, INCIDENT = 50, 60, 15, 30, 150
"""How often, in ten thousand crews on a stage."""
WITHDRAWN, AMENDED, REVOKED = 8, 12, 4
"""One in so many: penalties withdrawn, penalties corrected, credits revoked."""
DECIDED = 2
"""One in so many penalties of the stewards is a decision with a number, and so are exclusions."""
BY_STEWARDS = {"waypoint", "speeding", "overall"}
"""What the stewards hear; what is lost on the road follows from a table."""
CAUSES = (
    ("mechanical", "gearbox"),
    ("mechanical", "engine"),
    ("mechanical", "suspension"),
    ("accident", "rolled in the dunes"),
    ("accident", "hit a stone"),
    ("medical", "a broken wrist"),
    ("navigation", "lost, out of fuel"),
    ("overtime", "outside the maximum time"),
)
INCIDENTS = ("puncture", "puncture", "mechanical", "stuck", "navigation", "tow", "accident")
_BEFORE: dict[Fate, tuple[type[Occurrence], str, str]] = {
    "not-started": (CrewNotStarted, MARSHAL, "did not come to the start"),
    "withdrawn": (CrewWithdrew, SECRETARY, "the competitor withdrew it"),
    "refused": (StartRefused, STEWARDS, "did not pass scrutineering"),
}


def befall(day: Day, fates: dict[str, Fate], back: list[str]) -> None:
    """Plan what becomes of the crews on a stage, and what it costs them.

    `fates` has those that do not start, by number; `back` are the crews that restart.
    """
    first = day.stage.midnight + FIRST_START
    for number, fate in fates.items():
        at = first + 90 * MINUTE + day.rng.randrange(3600) * SECOND
        if fate in _BEFORE:
            kind, office, why = _BEFORE[fate]
            day.act(kind, first - HOUR, office, first - HOUR, number=number, reason=why)
        elif fate == "absent":
            day.act(
                CrewNotStarted,
                at,
                MARSHAL,
                at - HOUR,
                number=number,
                stage=day.stage.code,
                reason="did not come to the start",
            )
    for number in back:
        at = first - 30 * MINUTE
        day.act(CrewRestarted, at, MARSHAL, at, number=number, stage=day.stage.code)
    for run in day.runs:
        _leave(day, run)
        _lose(day, run)


# -- leaving -------------------------------------------------------------------------------------


def _leave(day: Day, run: Run) -> None:
    said = day.about(run)
    if run.fate in {"retires", "leaves"} and run.until is not None:
        cause, why = day.rng.choice(CAUSES)
        fact = run.until + 3 * MINUTE
        at = fact + day.rng.randrange(5, 240) * MINUTE
        last = day.stage.points[run.seen - 1] if run.seen else ""
        said |= {"cause": cause, "reason": why, "point": last, "reported_by": "the crew by radio"}
        definitive = run.fate == "retires"
        day.act(RetirementReported, at, CLERK, fact, definitive=definitive, **said)
    elif run.fate == "rumoured" and run.until is None:
        fact = run.start + run.driven * day.rng.randrange(20, 80) // 100
        key = ("rumour", day.stage.code, run.crew.number)
        day.act(
            RetirementReported,
            fact + 10 * MINUTE,
            MARSHAL,
            fact,
            Link(key=key),
            cause="mechanical",
            reason="seen standing at the track",
            **said,
        )
        at = run.finish + day.rng.randrange(10, 180) * MINUTE
        day.act(
            RetirementRetracted,
            at,
            CLERK,
            at,
            Link(target=key),
            reason="it came to the finish",
            **said,
        )
    elif run.fate == "unfinished" and run.until is not None:
        kind = day.rng.choice(("overtime", "abandoned", "missed-finish"))
        at = max(day.within(20, 23), run.until + HOUR)
        day.act(StageNotFinished, at, CLERK, run.until, kind=kind, **said)
    elif run.fate == "disqualified":
        at = max(day.within(21, 23), run.finish + HOUR)
        why = "towed over the finish"
        if day.judges.randrange(DECIDED) == 0:
            judged.disqualify(day, run, at, why)
        else:
            day.act(CrewDisqualified, at, STEWARDS, at, reason=why, **said)


# -- losing time ---------------------------------------------------------------------------------


def _lose(day: Day, run: Run) -> None:
    if run.missed is not None:
        _missed_point(day, run, day.stage.points[run.missed])
    if run.until is None:
        if day.roll(SPEEDING):
            _speeding(day, run)
        if day.roll(ROAD):
            minutes = day.rng.randrange(1, 15)
            control = day.stage.controls[1]
            _penalise(
                day,
                run,
                "road",
                day.within(20, 23),
                minutes * MINUTE,
                f"{minutes} minutes late at {control}",
                control=control,
                applies_to="road",
            )
        if day.roll(OVERALL):
            why = "refuelled outside the zone"
            minutes = day.rng.choice((2, 5, 10))
            at = day.within(20, 23)
            _penalise(day, run, "overall", at, minutes * MINUTE, why, applies_to="overall")
        if day.roll(CREDIT):
            _give_back(day, run)
    if day.roll(INCIDENT):
        at = run.start + run.driven * day.rng.randrange(10, 90) // 100
        said = {**day.about(run), "kind": day.rng.choice(INCIDENTS)}
        day.act(IncidentReported, max(at, day.within(17, 22)), MARSHAL, at, **said)


def _missed_point(day: Day, run: Run, point: str) -> None:
    """The read-out lacks a point; the stewards penalise it later."""
    key = ("missed", day.stage.code, run.crew.number)
    seen = day.arrivals[run.crew.index] + 10 * MINUTE
    fact = run.start + run.driven // 2
    day.act(WaypointMissed, seen, TRACKING, fact, Link(key=key), point=point, **day.about(run))
    amount_ms = day.rng.choice((5, 15, 20)) * MINUTE
    at = seen + day.rng.randrange(30, 150) * MINUTE
    _penalise(day, run, "waypoint", at, amount_ms, f"{point} missed", key, point=point)


def _speeding(day: Day, run: Run) -> None:
    key = ("speed", day.stage.code, run.crew.number)
    seen, impulses = day.arrivals[run.crew.index] + 10 * MINUTE, day.rng.randrange(1, 8)
    day.act(
        SpeedZoneRead,
        seen,
        TRACKING,
        run.start + run.driven // 3,
        Link(key=key),
        zone=day.stage.zone,
        impulses=impulses,
        highest_kmh=LIMIT_KMH + day.rng.randrange(3, 40),
        **day.about(run),
    )
    at, why = seen + day.rng.randrange(20, 120) * MINUTE, f"speeding in {day.stage.zone}"
    _penalise(day, run, "speeding", at, impulses * 30 * SECOND, why, key)


def _penalise(
    day: Day,
    run: Run,
    label: str,
    at: int,
    amount_ms: int,
    why: str,
    evidence: Key = (),
    /,
    **said: str,
) -> None:
    """A penalty, which may be withdrawn or corrected the next day; some are decisions."""
    later = max(at + HOUR, day.within(32, 36))
    withdrawn = day.rng.randrange(WITHDRAWN) == 0
    slip = not withdrawn and day.rng.randrange(AMENDED) == 0
    more = day.rng.choice((1, 2, 5)) * MINUTE if slip else 0
    if label in BY_STEWARDS and day.judges.randrange(DECIDED) == 0:
        judged.penalise(day, run, label, at, amount_ms, why, evidence, **said)
        return
    key, about = ("penalty", label, day.stage.code, run.crew.number), day.about(run)
    fact = run.start + run.driven // 2
    given = {"kind": label, "amount_ms": amount_ms, "reason": why, **about, **said}
    day.act(PenaltyGiven, at, STEWARDS, fact, Link(evidence=evidence, key=key), **given)
    if withdrawn:
        about |= {"reason": "the crew was heard"}
        day.act(PenaltyWithdrawn, later, STEWARDS, later, Link(target=key), **about)
    elif slip:
        about |= {"reason": "mistyped", "changes": {"amount_ms": amount_ms + more}}
        day.act(Corrected, later, STEWARDS, None, Link(target=key), **about)


def _give_back(day: Day, run: Run) -> None:
    """Time given back for helping another crew; sometimes that turns out to be wrong."""
    number, about = run.crew.number, day.about(run)
    key, helped = ("credit", day.stage.code, number), day.rng.choice(day.runs).crew.number
    at, amount = day.within(20, 23), day.rng.randrange(60, 1800) * SECOND
    whom = {"helped": helped} if helped != number else {}
    fact = run.start + run.driven // 2
    given = {"amount_ms": amount, "reason": "stopped for an accident", **about, **whom}
    day.act(TimeCreditGranted, at, STEWARDS, fact, Link(key=key), **given)
    if day.rng.randrange(REVOKED) == 0:
        later = day.within(32, 36)
        why = "the tracker shows that it did not stop"
        day.act(TimeCreditRevoked, later, STEWARDS, later, Link(target=key), reason=why, **about)
