"""Who may act: what another office, person or site did counts once somebody adopts it who may."""

from __future__ import annotations

from typing import Any

import msgspec

from ledger.vocabulary import RallyConstituted, canonical, occurrence_id
from projections.control.anomalies import anomalies
from projections.explain.why import why
from projections.results.standings import Scope
from projections.state.facts import Fold
from projections.state.rally import RallyState
from tests.spec import Case

CLERK: dict[str, Any] = {"role": "clerk-of-the-course", "by": "Ann"}
STEWARDS: dict[str, Any] = {"role": "stewards", "by": "Chair"}
SECRETARY: dict[str, Any] = {"role": "secretary", "by": "Eva"}
MARSHAL: dict[str, Any] = {"role": "marshal", "by": "Mo", "site": "finish-ss1"}


def loop() -> Case:
    """Three crews with their times; the rally was founded in an office."""
    case = Case()
    said = [msgspec.structs.replace(each, **SECRETARY) for _, each in case.records]
    case.records = [(occurrence_id(canonical(each)), each) for each in said]
    for number in ("101", "102", "103"):
        crew = {"number": number, "category": "cars", "driver": f"Driver {number}"}
        case.record("CrewEntered", **crew, **SECRETARY)
        time = {"number": number, "stage": "SS1", "elapsed_ms": f"3:{number[1:]}:00"}
        case.record("StageTimeRecorded", **time, **CLERK)
    return case


def told(case: Case, kind: str) -> list[str]:
    """The messages of one kind of anomaly."""
    return [each.message for each in anomalies(case.state()) if each.kind == kind]


def test_what_a_marshal_decides_has_no_effect() -> None:
    """A penalty, a disqualification, a cancelled stage: each is told, and moves nobody."""
    case = loop()
    before = case.overall()
    case.record("PenaltyGiven", number="101", stage="SS1", amount_ms="1:00:00", **MARSHAL)
    case.record("CrewDisqualified", number="102", **MARSHAL)
    case.record("StageCancelled", stage="SS1", **MARSHAL)
    assert before == case.overall() != []
    assert 3 == len(told(case, "act-without-authority"))
    assert case.penalties() == []


def test_what_a_marshal_sees_and_tells_counts() -> None:
    """A retirement is reported, a time is taken: whoever does so is heard."""
    case = loop()
    case.record("RetirementReported", number="101", stage="SS2", **MARSHAL)
    case.record("StageTimeRecorded", number="102", stage="SS2", elapsed_ms="3:00:00", **MARSHAL)
    assert ["101 retired SS2"] == case.retired()
    assert [] == told(case, "act-without-authority")
    allotted = {"number": "103", "stage": "SS2", "elapsed_ms": "1:00:00", "basis": "notional"}
    case.record("StageTimeRecorded", **allotted, **MARSHAL)
    assert 1 == len(told(case, "act-without-authority"))


def test_it_is_adopted_and_the_adoption_voided() -> None:
    """By the stewards it counts as theirs; by a marshal nothing comes of it; void, it falls."""
    case = loop()
    out = case.record("CrewDisqualified", number="101", **MARSHAL)
    before = case.overall()
    case.record("ActAdopted", target=out, **MARSHAL)
    case.record("ActAdopted", target=out, **CLERK)
    assert before == case.overall()
    adopted = case.record("ActAdopted", target=out, **STEWARDS)
    assert ["101 disqualified"] == case.unclassified()
    case.record("Voided", target=adopted, **MARSHAL)
    assert ["101 disqualified"] == case.unclassified()
    case.record("Voided", target=adopted, **STEWARDS)
    assert before == case.overall()


def test_as_decided_it_counts_from_its_adoption() -> None:
    """What a marshal decided at noon and the stewards adopted in the evening was decided then."""
    case = loop()
    noon, evening = "2026-03-01T12:00+08:00", "2026-03-01T20:00+08:00"
    out = case.record("CrewDisqualified", noon, number="101", recorded=noon, **MARSHAL)
    case.record("ActAdopted", target=out, recorded=evening, **STEWARDS)
    assert [] == case.unclassified(decided_by="2026-03-01T19:00+08:00")
    assert ["101 disqualified"] == case.unclassified(decided_by=evening)
    assert ["101 disqualified"] == case.unclassified(effective_at=noon)


def test_why_tells_what_had_no_effect() -> None:
    """It stands among the records that count no more, with why."""
    case = loop()
    case.record("PenaltyGiven", number="101", stage="SS1", amount_ms="1:00:00", **MARSHAL)
    found = why(case.state(), "101", Scope())
    (penalty,) = [each for each in found.addends if each.kind == "penalty"]
    assert (0, "without effect: The office marshal may not record PenaltyGiven") == (
        penalty.ms,
        penalty.status,
    )


def test_what_the_results_office_delivers_counts() -> None:
    """A penalty of a sheet is the report of one that the clerk gave."""
    case = loop()
    office = {"role": "results-office", "by": "import"}
    given = {"number": "101", "stage": "SS1", "amount_ms": "0:01:00"}
    case.record("PenaltyGiven", seq="penalties.csv 2", **given, **office)
    assert 1 == len(case.penalties())
    assert [] == told(case, "act-without-authority")
    case.record("PenaltyGiven", **given, **office)
    assert 1 == len(told(case, "act-without-authority"))
    assert 1 == len(case.penalties())


def test_an_office_is_held_from_when_it_was_given() -> None:
    """What Ann did before Bea was appointed counts; what she does afterwards does not."""
    case = loop()
    penalty: dict[str, Any] = {"number": "101", "stage": "SS1", "amount_ms": "0:01:00"}
    case.record("PenaltyGiven", **penalty, **CLERK)
    case.record("OfficialAppointed", office="clerk-of-the-course", official="Bea", **SECRETARY)
    case.record("PenaltyGiven", **penalty, **CLERK)
    case.record("PenaltyGiven", **penalty, role="clerk-of-the-course", by="Bea")
    replaced = {"office": "clerk-of-the-course", "official": "Bea", "successor": "Ann"}
    case.record("OfficialReplaced", **replaced, **SECRETARY)
    case.record("PenaltyGiven", **penalty, **CLERK)
    assert 3 == len(case.penalties())
    (message,) = told(case, "act-without-authority")
    assert message.startswith("Ann is not appointed clerk-of-the-course of this rally.")


def test_a_laptop_appoints_nobody_where_it_may_not() -> None:
    """Who was appointed from a site that is limited holds no office, also before it was limited."""
    case = loop()
    secretary = {"role": "secretary", "by": "Mo", "site": "finish-ss1"}
    case.record("OfficialAppointed", office="stewards", official="Mo", **secretary)
    case.record("CrewDisqualified", number="101", role="stewards", by="Mo")
    assert ["101 disqualified"] == case.unclassified()
    case.record("SiteLimited", of_site="finish-ss1", offices=["marshal"], **SECRETARY)
    case.record("SiteLimited", of_site="finish-ss1", offices=["secretary"], **secretary)
    case.record("CrewDisqualified", number="102", **STEWARDS)
    assert ["101 disqualified", "102 disqualified"] == sorted(case.unclassified())
    assert 2 == len(told(case, "act-without-authority"))


def test_a_correction_on_top_of_one_without_effect_counts() -> None:
    """The timekeeper corrects what a competitor had corrected: his value stands."""
    case = loop()
    at = {"number": "101", "stage": "SS2", "elapsed_ms": "3:00:00"}
    time = case.record("StageTimeRecorded", **at, **CLERK)
    wrong = case.record(
        "Corrected", target=time, changes={"elapsed_ms": 1000}, role="competitor", by="Crew 101"
    )
    assert case.state().values["SS2", "101"].time_ms == 10_800_000
    case.record("Corrected", target=wrong, changes={"elapsed_ms": 7_200_000}, **CLERK)
    assert case.state().values["SS2", "101"].time_ms == 7_200_000


def test_numbers_of_sites_that_no_record_has() -> None:
    """Sites count from 1: what is numbered 0 or less is told."""
    case, folded = loop(), Fold()
    for position, (identity, said) in enumerate(case.records, 1):
        origins = [("main", position)] if position > 2 else [("finish-ss1", 1 - position)]
        folded.take(identity, position, said, origins)
    listed = anomalies(RallyState(folded.facts()))
    found = [each.message for each in listed if each.kind == "site-number-of-no-record"]
    assert ["The site finish-ss1 counts from #1, and #-1, #0 is no number of a record."] == found


def test_where_nobody_says_in_which_office_all_counts() -> None:
    """A log of devices and programs that names no office, the founding neither, stays as it was."""
    case = Case()
    case.enter("101", "102")
    case.times("SS1", _101="3:10:00", _102="3:11:00")
    case.record("PenaltyGiven", number="101", stage="SS1", amount_ms="0:02:00")
    assert ["1 102 3:11:00", "2 101 3:12:00"] == case.overall()
    assert all(not each.role for _, each in case.records if isinstance(each, RallyConstituted))
