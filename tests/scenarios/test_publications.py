"""What hangs on the notice board stays as it was posted; what became of it since is explained."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.record import Header, Record
from ledger.times import parse_instant
from ledger.vocabulary import ClassificationPublished, canonical
from projections.comparing.drift import Without, drift
from projections.desk.publications import as_posted, content_of, publications
from projections.results.standings import Scope, standings
from projections.results.start_order import start_order
from projections.state.rally import EDITION
from tests.spec import RALLY, Case, at, due


def publish(case: Case, document: str, kind: str, recorded: str = "", **scope: str) -> None:
    """The classification of a scope is posted as it is known now."""
    chosen = Scope("stage" if "stage" in scope else "overall", **scope)
    content = content_of(standings(case.state(), chosen))
    case.record(
        "ClassificationPublished",
        recorded=recorded,
        document=document,
        kind=kind,
        scope=dict(content.scope),
        position=len(case.records),
        edition=EDITION,
        digest=content.digest(),
        rows=content.rows,
        unclassified=content.unclassified,
    )


def publish_start_order(case: Case, stage: str, document: str, recorded: str) -> None:
    """The start order of a stage is frozen as it is computed now."""
    (group,) = start_order(case.state(), stage, first_at=due("08:00")).groups
    slots = [
        {"place": row.place, "number": row.number, "due_at": parse_instant(row.due_at or "")}
        for row in group.rows
    ]
    posted: dict[str, Any] = {
        "slots": slots,
        "basis": group.basis,
        "document": document,
        "stage": stage,
    }
    case.record("StartOrderPublished", recorded=recorded, category=group.category, **posted)


def board(case: Case, known_at: int | None = None) -> list[str]:
    """The register: "7 provisional in force, drifted"."""
    rows = publications(case.state(known_at)).rows
    return [f"{r.document} {r.kind_in_full} {r.status}, {r.today}".strip(", ") for r in rows]


def moved(case: Case, document: str) -> list[str]:
    """Who stands otherwise than published: "101 1 → 2 because #11"."""
    state = case.state()
    posted = state.facts.of(ClassificationPublished)
    fact = [each for each in posted if each.value.document == document][-1]
    records = [
        Record(Header(RALLY, position, identity, 0, "main", position, ()), canonical(said), b"")
        for position, (identity, said) in enumerate(case.records, 1)
    ]
    found = drift(state, fact, Without(as_posted(state, fact), records).explain)
    return [
        f"{each.number} {_place(each.place[0])} → {_place(each.place[1])} because "
        + " ".join(f"#{position}" for position in each.because)
        for each in found.rows
    ]


def _place(place: int | None) -> str:
    return "–" if place is None else str(place)


def position(case: Case, identity: str) -> int:
    """The number of a record."""
    return [each for each, _ in case.records].index(identity) + 1


def test_a_wrong_time_is_corrected_after_it_was_published() -> None:
    """4:57:46 was keyed as 4:47:46 at 17:10, published at 18:00 and corrected at 18:20.

    What was known at 18:00 shows the wrong time, what is known now the right one. One record
    explains the difference, and the start order that was posted meanwhile stays.
    """
    case = Case()
    case.enter("101", "102", "103")
    case.times("SS1", _102="4:50:00", _103="5:00:00")
    wrong = case.record(
        "StageTimeRecorded",
        at("16:55"),
        number="101",
        stage="SS1",
        elapsed_ms="4:47:46",
        recorded=at("17:10"),
    )
    publish(case, "7", "partial", at("18:00"), stage="SS1")
    publish_start_order(case, "SS2", "8", at("18:05"))
    eighteen = len(case.records)
    frozen = case.start_order("SS2")
    assert ["1 101 08:00:00", "2 102 08:03:00", "3 103 08:06:00"] == frozen
    corrected = case.record(
        "Corrected",
        target=wrong,
        changes={"elapsed_ms": 17_866_000},
        number="101",
        stage="SS1",
        recorded=at("18:20"),
    )
    later = case.record("RemarkMade", text="The timekeeper was told.", recorded=at("18:30"))

    published = ["1 101 4:47:46", "2 102 4:50:00", "3 103 5:00:00"]
    assert published == case.stage("SS1", known_at=eighteen)
    assert ["1 102 4:50:00", "2 101 4:57:46", "3 103 5:00:00"] == case.stage("SS1")
    only = f"because #{position(case, corrected)}"
    assert [f"102 2 → 1 {only}", f"101 1 → 2 {only}"] == moved(case, "7")
    assert position(case, later) > position(case, corrected)
    assert ["7 partial in force, drifted", "8 start order in force, as published"] == board(case)
    assert ["7 partial in force, as published"] == board(case, known_at=eighteen - 1)

    assert frozen == case.start_order("SS2")
    for number, place, time in (("101", 2, "08:03"), ("102", 1, "08:00")):
        moved_to: dict[str, Any] = {
            "number": number,
            "stage": "SS2",
            "place": place,
            "due_at": due(time),
        }
        case.record("StartOrderAmended", recorded=at("18:40"), **moved_to)
    assert ["1 102 08:00:00", "2 101 08:03:00"] == [
        line.removesuffix(" amended") for line in case.start_order("SS2")[:2]
    ]
    assert "8 start order in force, amended" == board(case)[1]
    publish(case, "9", "amended", at("18:45"), stage="SS1")
    assert "7 partial superseded, drifted" == board(case)[0]
    assert [] == moved(case, "9")


def test_a_penalty_rescinded_on_appeal_after_the_rally() -> None:
    """The final was posted with the penalty; the court withdraws it, and a new final is posted.

    The old one stays as it was, superseded; once the penalty is given back by the court, the crew
    gains and the one that it passes loses, by that record alone.
    """
    case = Case()
    case.enter("101", "102", "103")
    case.times("SS1", _101="3:00:00", _102="3:10:00", _103="3:20:00")
    penalty = case.record("PenaltyGiven", number="101", stage="SS1", amount_ms="0:15:00")
    publish(case, "30", "final")
    assert [] == moved(case, "30")
    court = case.record("PenaltyWithdrawn", target=penalty, number="101")
    only = f"because #{position(case, court)}"
    assert [f"101 2 → 1 {only}", f"102 1 → 2 {only}"] == moved(case, "30")
    publish(case, "31", "final")
    expected = ["30 final superseded, drifted", "31 final in force, as published"]
    assert expected == board(case)


def test_who_enters_and_who_leaves_a_published_classification() -> None:
    """A crew is disqualified, a late time comes in: each by its own record.

    Who loses a place by the one and gains it back by the other stands as published.
    """
    case = Case()
    case.enter("101", "102", "103", "104")
    case.times("SS1", _101="3:00:00", _102="3:10:00", _103="3:20:00")
    publish(case, "5", "provisional")
    out = case.record("CrewDisqualified", number="101")
    case.times("SS1", _104="3:05:00")
    out_at, late_at = position(case, out), len(case.records)
    expected = [f"104 – → 1 because #{late_at}", f"101 1 → – because #{out_at}"]
    assert expected == moved(case, "5")
    assert ["1 104 3:05:00", "2 102 3:10:00", "3 103 3:20:00"] == case.overall()


@pytest.mark.parametrize("kind", ["PublicationWithdrawn", "Voided"])
def test_a_document_that_is_taken_back(kind: str) -> None:
    """Withdrawn it stays in the register, void it is gone; what it replaced is in force again."""
    case = Case()
    case.enter("101", "102")
    case.times("SS1", _101="3:00:00", _102="3:10:00")
    publish(case, "1", "provisional")
    publish(case, "2", "amended")
    assert ["1 provisional superseded, as published", "2 amended in force, as published"] == board(
        case
    )
    case.record(kind, target=case.records[-1][0])
    withdrawn = ["2 amended withdrawn, as published"] if kind == "PublicationWithdrawn" else []
    assert ["1 provisional in force, as published", *withdrawn] == board(case)
