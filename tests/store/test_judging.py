"""The acts of the desk are judged by themselves, and judged again when somebody was there first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from ledger.commands.amend import CorrectOccurrence, Envelope
from ledger.commands.desk import IssueDecision
from ledger.commands.publish import PostDocument, post
from ledger.commands.record import RecordOccurrence
from ledger.errors import Conflict, Refused
from ledger.log import Act, Log
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import (
    BulletinIssued,
    ClassificationPublished,
    Corrected,
    CourtDecisionIssued,
    CrewEntered,
    DecisionIssued,
    DecisionNotified,
    Effect,
    Occurrence,
    PenaltyGiven,
    PenaltyWithdrawn,
    ProtestLodged,
    RegulationsAdopted,
    StageCancelled,
    StageClosed,
    StageScheduled,
    SummonsIssued,
)
from projections.desk.judging import judge
from projections.rules.templates import template
from tests.store.samples import RALLY, constituted

HOUR = 3_600_000
CLERK, STEWARDS, COURT = "clerk-of-the-course", "stewards", "court"


def at(hour: int) -> Instant:
    """An hour of the day on which it all happens."""
    return Instant(1_469_000_000_000 + hour * HOUR, 480)


def said(kind: Any, hour: int, role: str = "secretary", /, **fields: Any) -> Any:
    """An act at an hour, in an office."""
    return kind(rally=RALLY, recorded_at=at(hour), by="A", role=role, **fields)


def classification(kind: str, hour: int, **fields: Any) -> ClassificationPublished:
    """The classification after SS1."""
    rows = tuple({"place": place, "number": f"10{place}"} for place in (1, 2))
    scope = {"kind": "overall", "after": "SS1"}
    given = {"document": "", "kind": kind, "scope": scope, "position": 1, "rows": rows, **fields}
    found: ClassificationPublished = said(ClassificationPublished, hour, CLERK, **given)
    return found


@pytest.fixture
def rally(log: Log) -> Log:
    """A stage is run and closed; the provisional classification hangs since noon."""
    rules = template("cross-country")
    log.append(
        [
            constituted(),
            said(RegulationsAdopted, 0, rulebook=rules.name, parameters=rules.parameters),
            said(StageScheduled, 0, stage="SS1", order=1),
            *(said(CrewEntered, 0, number=f"10{n}", driver=f"D {n}") for n in (1, 2)),
            said(StageClosed, 10, CLERK, stage="SS1"),
        ]
    )
    post(log, lambda: PostDocument([classification("provisional", 12)], judge))
    return log


def issue(log: Log, hour: int, **fields: Any) -> Record:
    """The stewards decide about 101."""
    given = {"series": "stewards", "decision": 1, "number": "101", "decided_at": at(hour), **fields}
    (record,) = log.act(lambda: IssueDecision(said(DecisionIssued, hour, STEWARDS, **given), judge))
    return record


def record(log: Log, occurrence: Occurrence) -> Record:
    """An occurrence is put on record."""
    (found,) = log.act(lambda: RecordOccurrence(occurrence, judge))
    return found


def court(log: Log, about: Record, hour: int) -> Record:
    """A court quashes a decision."""
    quashed = {"target": about.id, "outcome": "quashed", "decided_at": at(hour)}
    return record(log, said(CourtDecisionIssued, hour, COURT, case=str(hour), **quashed))


FINAL: dict[str, Callable[[Log], Act]] = {
    "posted": lambda _: PostDocument([classification("final", 14)], judge),
    "recorded": lambda _: RecordOccurrence(classification("final", 14, document="9"), judge),
    "corrected": lambda log: corrected(log, {"kind": "final"}),
}
"""The doors by which a classification may become final."""


def corrected(log: Log, changes: dict[str, Any]) -> CorrectOccurrence:
    """The correction of the classification that hangs."""
    (hangs,) = log.read(types=["ClassificationPublished"])
    why = Envelope(RALLY, at(14), "A", CLERK, "mistyped", at(14))
    return CorrectOccurrence(hangs.id, {hangs.id: hangs.occurrence()}, why, changes, judge)


@pytest.mark.parametrize("door", FINAL)
def test_no_door_leads_past_an_open_protest(rally: Log, door: str) -> None:
    """Whichever act makes it final is refused while a protest is open."""
    (hangs,) = rally.read(types=["ClassificationPublished"])
    record(rally, said(ProtestLodged, 12, number="102", target=hangs.id))
    size = rally.head().size
    with pytest.raises(Refused, match=r"protest of 102 against document 1 is lodged|no other"):
        rally.act(lambda: FINAL[door](rally))
    assert size == rally.head().size


@pytest.mark.parametrize("expecting", [False, True])
def test_a_protest_that_comes_in_between(rally: Log, *, expecting: bool) -> None:
    """Lodged between the look at the log and the append: the final is judged again and refused."""
    (hangs,) = rally.read(types=["ClassificationPublished"])
    protest = said(ProtestLodged, 12, number="102", target=hangs.id)
    looks = []

    class Interrupted(PostDocument):
        def execute(self) -> None:
            super().execute()
            looks.append(True)
            if len(looks) == 1:
                rally.append([protest])

    def make() -> Act:
        return Interrupted([classification("final", 14)], judge)

    size = rally.head().size
    with pytest.raises((Refused, Conflict), match=r"is lodged|somebody appended first"):
        post(rally, make, expect=size if expecting else None)

    assert [True] == looks  # refused by the judge at the second look, and never posted
    assert size + 1 == rally.head().size
    kinds = [each.occurrence() for each in rally.read(types=["ClassificationPublished"])]
    assert ["provisional"] == [getattr(each, "kind", "") for each in kinds]


def test_a_decision_that_comes_in_between(rally: Log) -> None:
    """Two supersede one at once: the second hears who was first."""
    first = issue(rally, 13)
    other = {"series": "stewards", "decision": 2, "number": "101", "supersedes": first.id}
    looks = []

    class Interrupted(IssueDecision):
        def execute(self) -> None:
            super().execute()
            looks.append(True)
            if len(looks) == 1:
                rally.append([said(DecisionIssued, 14, STEWARDS, **other)])

    mine = said(DecisionIssued, 15, STEWARDS, **other)
    with pytest.raises(Refused, match="is superseded already, by Stewards' decision 2"):
        rally.act(lambda: Interrupted(mine, judge))
    assert 2 == len(list(rally.read(types=["DecisionIssued"])))


def test_what_is_in_force_again_is_superseded(rally: Log) -> None:
    """2 supersedes 1, a court quashes 2; a court quashes 3, a higher one quashes that."""
    first = issue(rally, 13)
    court(rally, issue(rally, 14, supersedes=first.id), 15)
    third = issue(rally, 16, supersedes=first.id)
    below = court(rally, third, 17)
    with pytest.raises(Refused, match="was quashed by a court"):
        issue(rally, 18, supersedes=third.id)
    with pytest.raises(Refused, match="was quashed by a court"):
        court(rally, third, 18)
    court(rally, below, 19)
    issue(rally, 20, supersedes=third.id)


def test_what_a_decision_took_back(rally: Log) -> None:
    """The same penalty is withdrawn once, by a decision or by a record, until that falls."""
    given = record(rally, said(PenaltyGiven, 13, CLERK, number="101", stage="SS1", amount_ms=1))
    withdrawal = (Effect("PenaltyWithdrawn", {"target": given.id}),)
    by = issue(rally, 14, effects=withdrawal)
    act = said(PenaltyWithdrawn, 15, CLERK, number="101", target=given.id)
    with pytest.raises(Refused, match="was taken back already, by"):
        record(rally, act)
    with pytest.raises(Refused, match="was taken back already, by"):
        issue(rally, 15, effects=withdrawal)
    court(rally, by, 16)
    record(rally, act)


def test_what_a_court_settled_keeps_nothing_open(rally: Log) -> None:
    """A summons is decided on, the decision is quashed: the final is posted."""
    summons = record(rally, said(SummonsIssued, 12, number="101"))
    with pytest.raises(Refused, match="nobody has decided on the summons on crew 101"):
        rally.act(lambda: FINAL["posted"](rally))
    decision = issue(rally, 13, matter=(summons.id,))
    with pytest.raises(Refused, match="stewards-1 has to be notified"):
        rally.act(lambda: FINAL["posted"](rally))
    court(rally, decision, 13)
    rally.act(lambda: FINAL["posted"](rally))


def test_the_time_for_an_appeal(rally: Log) -> None:
    """An hour from the notice on the final is posted, and not before."""
    decision = issue(rally, 12)
    record(rally, said(DecisionNotified, 13, target=decision.id, number="101"))
    with pytest.raises(Refused, match="an appeal against stewards-1 may be announced until"):
        rally.act(lambda: FINAL["posted"](rally))
    rally.act(lambda: PostDocument([classification("final", 15)], judge))


def test_a_correction_that_is_harmless(rally: Log) -> None:
    """A final one may be corrected although something is open by now: it is no worse for that."""
    rally.act(lambda: FINAL["posted"](rally))
    *_, final = rally.read(types=["ClassificationPublished"])
    record(rally, said(ProtestLodged, 15, number="102", target=final.id))
    why = Envelope(RALLY, at(16), "A", CLERK, "mistyped")
    chain = {final.id: final.occurrence()}
    (made,) = rally.act(lambda: CorrectOccurrence(final.id, chain, why, {"document": "17"}, judge))
    assert isinstance(made.occurrence(), Corrected)


# -- what is one classification --------------------------------------------------------------------

TOGETHER = ({"place": 1, "number": "201"}, {"place": 2, "number": "501"})
"""A car and a truck in one list; of the categories the rows say nothing."""


@pytest.fixture
def mixed(log: Log) -> Log:
    """A car and a truck have run SS1, under rules that do not name the classifications."""
    rules = template("cross-country")
    parameters = {n: v for n, v in rules.parameters.items() if n != "overall.classifications"}
    entries = (("201", "cars"), ("501", "trucks"))
    log.append(
        [
            constituted(),
            said(RegulationsAdopted, 0, rulebook=rules.name, parameters=parameters),
            *(said(StageScheduled, 0, stage=f"SS{n}", order=n) for n in (1, 2)),
            *(said(CrewEntered, 0, number=n, driver=f"D {n}", category=c) for n, c in entries),
        ]
    )
    return log


@pytest.mark.parametrize("unequal", ["by the plan", "by its flags", "by the rules"])
def test_an_act_posts_no_list_of_crews_that_are_ranked_apart(mixed: Log, unequal: str) -> None:
    """Whoever drives the act, and whatever the rows say of categories: those entered count."""
    together = classification("provisional", 13, rows=TOGETHER)
    if unequal == "by the plan":
        cancelled = said(StageCancelled, 12, CLERK, stage="SS1", categories=("trucks",))
        mixed.append([cancelled])
    elif unequal == "by its flags":
        flagged = (TOGETHER[0], {**TOGETHER[1], "flags": ("unequal-stages",)})
        together = msgspec.structs.replace(together, rows=flagged)
    else:
        apart = {"overall.classifications": ("each",)}
        mixed.append([said(BulletinIssued, 12, bulletin="1", parameters=apart)])
    before = mixed.head().size
    with pytest.raises(Refused, match="cars and trucks are ranked apart"):
        post(mixed, lambda: PostDocument([together], judge))
    assert before == mixed.head().size
    scope = {**together.scope, "category": "cars"}
    alone = msgspec.structs.replace(together, rows=TOGETHER[:1], scope=scope)
    assert 1 == len(post(mixed, lambda: PostDocument([alone], judge)))


def test_an_act_posts_a_list_of_crews_that_ran_the_same_stages(mixed: Log) -> None:
    """A later stage was cancelled for trucks: after SS1 all have run the same."""
    mixed.append([said(StageCancelled, 12, CLERK, stage="SS2", categories=("trucks",))])
    together = classification("provisional", 13, rows=TOGETHER)
    assert 1 == len(post(mixed, lambda: PostDocument([together], judge)))
