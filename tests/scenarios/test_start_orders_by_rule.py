"""Start orders by rule: on what the regulations rest the order of a stage, and what moves it."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import NotFound, Unreadable
from ledger.times import parse_instant
from projections.results.start_order import start_order
from projections.rules.rulebook import checked
from projections.rules.starting import read
from tests.spec import Case, at, due

SATURDAY, SUNDAY = "2016-07-09", "2016-07-10"


def ruled(*lines: str) -> Case:
    """Four cars; 104 lost SS1 by a puncture, and SS3 is driven on the last day."""
    case = Case("cross-country", start_order__rule=lines)
    case.enter("101", "102", "103", "104")
    for stage, date in (("SS1", SATURDAY), ("SS2", SATURDAY), ("SS3", SUNDAY)):
        case.plan(stage, date=date)
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:02:00", _104="1:30:00")
    case.times("SS2", _101="1:05:00", _102="1:01:00", _103="1:02:00", _104="1:00:00")
    return case


def order(case: Case, stage: str = "SS3") -> str:
    """The numbers in the order in which they start: "104 102 103 101"."""
    rows = [row for group in start_order(case.state(), stage).groups for row in group.rows]
    return " ".join(row.number for row in rows)


def basis(case: Case, stage: str = "SS3") -> str:
    """On what that rests, in words."""
    return start_order(case.state(), stage).groups[0].basis


@pytest.mark.parametrize(
    ("line", "expected", "words"),
    [
        ("previous stage", "104 102 103 101", "result of SS2"),
        ("result of SS1", "101 102 103 104", "result of SS1"),
        ("overall", "102 103 101 104", "overall after SS2"),
        ("SS1 to SS2", "102 103 101 104", "stages SS1 to SS2"),
        ("day before", "102 103 101 104", "stages SS1 to SS2"),
        ("overall after the day before", "102 103 101 104", "overall after SS2"),
        ("race numbers", "101 102 103 104", "race numbers"),
        ("overall, reversed", "104 101 103 102", "overall after SS2, reversed"),
        ("overall, first 3 reversed", "101 103 102 104", "overall after SS2, first 3 reversed"),
        (
            "overall, first 2 behind the next 1",
            "101 102 103 104",
            "overall after SS2, first 2 behind the next 1",
        ),
    ],
)
def test_an_order_rests_on_what_the_rule_names(line: str, expected: str, words: str) -> None:
    """102 leads overall with 2:02:00, 103 has 2:04:00, 101 2:05:00 and 104 2:30:00."""
    case = ruled(line)
    assert (expected, words) == (order(case), basis(case))


def test_the_first_line_that_holds_counts() -> None:
    """The last day has a rule of its own; the other stages follow the one before, as ever."""
    case = ruled("last day: overall after the day before, first 10 reversed", "SS9: race numbers")
    assert "101 102 103 104" == order(case, "SS2")
    assert "104 101 103 102" == order(case)
    assert "102 103 101 104" == order(ruled("SS1 to SS3 for trucks: race numbers", "overall"))
    assert "101 102 103 104" == order(ruled("SS2 to SS3 for cars: race numbers", "overall"))
    assert "101 102 103 104" == order(ruled("day 2: race numbers", "overall"))
    assert "102 103 101 104" == order(ruled("first day: race numbers", "day 3: seeding", "overall"))


def test_a_day_has_one_order() -> None:
    """On the second stage of a day the order of the day stands, whatever the first one brought."""
    case = ruled("any stage: overall after the day before, reversed")
    case.record("StageScheduled", stage="SS4", order=4, date=SUNDAY)
    case.times("SS3", _101="0:10:00", _102="0:59:00", _103="0:59:00", _104="0:10:00")

    assert order(case, "SS3") == order(case, "SS4") == "104 101 103 102"
    assert "overall after SS2, reversed" == basis(case, "SS4")
    assert "race numbers, reversed" == basis(case, "SS1")  # no day came before the first


def test_after_a_cancelled_stage_the_one_before_it_counts() -> None:
    """Also where the rule names it."""
    case = ruled("result of SS2")
    case.record("StageCancelled", at("06:00"), stage="SS2")
    assert ("101 102 103 104", "result of SS1") == (order(case), basis(case))


def test_who_is_not_classified_starts_behind() -> None:
    """By race number; a reversed order does not bring them to the front."""
    case = ruled("overall, reversed")
    case.enter("90", "105")
    case.times("SS2", _105="0:50:00")
    assert "104 101 103 102 90 105" == order(case)


def test_a_penalty_that_moves_no_start_order_is_left_aside() -> None:
    """It stands in the overall, that of a late arrival moves both."""
    case = ruled("overall")
    penalty: dict[str, Any] = {"number": "102", "stage": "SS2", "amount_ms": "0:20:00"}
    case.record("PenaltyGiven", in_start_order=False, **penalty)
    assert "102 103 101 104" == order(case)
    case.record("PenaltyGiven", applies_to="road", **penalty)
    assert "103 101 102 104" == order(case)


def test_crews_are_seeded_by_a_championship() -> None:
    """The first day goes by the list on record; of two the later; who is not in it goes behind."""
    case = ruled("first day: seeding", "overall")
    assert ("101 102 103 104", "race numbers: no crew was seeded") == (
        order(case, "SS1"),
        basis(case, "SS1"),
    )
    by = {"basis": "drivers' championship after round 1", "category": "cars"}
    case.record("CrewsSeeded", numbers=["104", "103", "102", "101"], **by)
    case.record("CrewsSeeded", numbers=["103", "999", "101"], **by)
    case.record("CrewsSeeded", numbers=["102"], category="trucks")
    case.record("CrewsSeeded", numbers=["102"], stage="SS2")

    assert "103 101 102 104" == order(case, "SS1")
    assert "seeding: drivers' championship after round 1" == basis(case, "SS1")
    assert "102 101 103 104" == order(case, "SS2")


def test_the_best_of_a_prologue_choose_their_places() -> None:
    """Dakar 2022: the first ten cars chose where to start; who did not got what was left."""
    case = ruled("after a prologue: prologue, first 3 choose")
    case.plan("SS1", kind="prologue")
    assert ("101 102 103 104", "result of SS1, first 3 choose") == (
        order(case, "SS2"),
        basis(case, "SS2"),
    )
    choose: dict[str, Any] = {"stage": "SS2"}
    case.record("StartPositionChosen", at("18:00"), number="103", place=2, **choose)
    case.record("StartPositionChosen", at("18:01"), number="102", place=2, **choose)  # taken
    case.record("StartPositionChosen", at("18:02"), number="104", place=1, **choose)  # not asked
    case.record("StartPositionChosen", at("18:03"), number="101", place=4, **choose)  # not one of 3
    assert "101 103 102 104" == order(case, "SS2")
    case.record("StartPositionChosen", at("18:04"), number="101", place=3, **choose)
    assert "102 103 101 104" == order(case, "SS2")
    case.record("StartPositionChosen", at("18:05"), number="103", place=1, **choose)  # anew

    assert "103 102 101 104" == order(case, "SS2")


def test_the_second_stage_of_dakar_2022_went_by_prologue_and_first_stage() -> None:
    """The times of both were added up for the order of the cars: a range is its basis."""
    case = ruled("SS3 for cars: SS1 to SS2", "previous stage")
    case.plan("SS1", kind="prologue")
    assert ("102 103 101 104", "stages SS1 to SS2") == (order(case), basis(case))


def test_the_last_stage_of_dakar_2017_went_backwards() -> None:
    """The motorcycles: the last overall opened the stage, and Sunderland, the leader, closed it."""
    case = Case("cross-country", start_order__rule=("last day for moto: overall, reversed",))
    case.enter("8", "14", "16", "134", category="moto")
    for stage, date in (("SS1", SATURDAY), ("SS2", SATURDAY), ("SS3", SUNDAY)):
        case.plan(stage, date=date)
    case.times("SS1", _14="32:06:22", _16="32:38:22", _8="32:42:02", _134="65:11:00")
    case.times("SS2", _14="1:00:00", _16="1:00:00", _8="1:00:00", _134="1:30:00")

    assert "134 8 16 14" == order(case)


def test_a_choice_that_comes_to_nothing_is_told() -> None:
    """It was taken, nobody is asked, or the order hangs on the board: for an official to see to."""
    case = ruled("SS2: result of SS1, first 3 choose")
    choose: dict[str, Any] = {"stage": "SS2"}
    case.record("StartPositionChosen", at("18:00"), number="103", place=2, **choose)
    case.record("StartPositionChosen", at("18:01"), number="102", place=2, **choose)
    case.record("StartPositionChosen", at("18:02"), number="104", place=1, **choose)
    case.record("StartPositionChosen", at("18:03"), number="101", place=4, **choose)
    case.record("StartPositionChosen", at("18:04"), number="101", place=1, stage="SS3")
    assert [
        "Crew 102 chose place 2 on SS2, but crew 103 chose that place before.",
        "Crew 104 chose place 1 on SS2, but it is not one of the first 3, who choose.",
        "Crew 101 chose place 4 on SS2, but it may choose from 1 to 3.",
        "Crew 101 chose place 1 on SS3, but the rules let nobody choose on SS3.",
    ] == case.anomalies_told()
    case.record("StartPositionChosen", at("18:05"), number="102", place=1, **choose)
    slots = [{"place": 1, "number": "102"}, {"place": 2, "number": "103"}]
    case.record("StartOrderPublished", at("19:00"), slots=slots, category="cars", **choose)
    case.record("StartPositionChosen", at("20:00"), number="103", place=3, **choose)

    assert (
        "Crew 103 chose place 3 on SS2, but its start order was published before; "
        "StartOrderAmended changes it."
    ) in case.anomalies_told()


def test_priority_goes_first_and_restarters_where_the_rule_says() -> None:
    """Priority by a list that crews run in; a crew that did not finish the day before restarts."""
    case = Case(
        "cross-country", start_order__rule=("overall, Gold then Silver first, restarters last",)
    )
    for number, lists in (("101", []), ("102", ["Silver"]), ("103", ["Gold"]), ("104", ["Gold"])):
        case.enter(number, trophies=lists)
    case.plan("SS2", max_time_ms="5:00:00")
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:02:00", _104="1:03:00")
    case.times("SS2", _101="1:00:00", _102="1:00:00", _104="1:00:00")
    case.record("StageNotFinished", at("12:00"), number="103", stage="SS2", reason="axle")

    assert "104 102 101 103" == order(case)
    front = Case("cross-country", start_order__rule=("overall, restarters first",))
    front.records = [each for each in front.records if each[1].type_name() != "StageScheduled"]
    front.records += [r for r in case.records if r[1].type_name() != "RegulationsAdopted"]
    assert "103 101 102 104" == order(front)


def started(case: Case, stage: str, minutes: dict[str, int], late: dict[str, int]) -> None:
    """Crews set off so many minutes past eight, some of them later than they were due."""
    for number, minute in minutes.items():
        official = parse_instant(at(f"08:{minute:02}"))
        off = at(f"08:{minute + late.get(number, 0):02}")
        case.record("StageStarted", off, number=number, stage=stage, due_at=official)


def test_who_was_late_at_a_start_of_the_day_starts_behind() -> None:
    """102 set off two minutes late on SS1, and 101 twenty: on Saturday both start behind.

    They are penalised for it besides, 101 by more than what it was ahead.
    """
    minutes = {"101": 0, "102": 2, "103": 4, "104": 6}
    case = ruled("overall, late starters last")
    assert "101 102 103 104" == order(case, "SS2")
    started(case, "SS1", minutes, {"102": 2, "101": 20})
    assert "103 104 102 101" == order(case, "SS2")
    assert "overall after SS1, late starters last" == basis(case, "SS2")
    rows = start_order(case.state(), "SS2").groups[0].rows
    assert ["", "", "late at SS1", "late at SS1"] == [row.note for row in rows]
    assert "102 103 101 104" == order(case), "Sunday is another day"
    by_much = ruled("overall, late starters by more than 0:15:00 last")
    started(by_much, "SS1", minutes, {"102": 2, "101": 20})
    assert "103 102 104 101" == order(by_much, "SS2")


def test_who_was_let_to_start_later_is_late_as_well() -> None:
    """103 missed its start of SS2, and the clerk gave it a time at the end: so it is on SS3."""
    case = ruled("overall, late starters last")
    case.plan("SS3", date=SATURDAY)
    slots = [
        {"place": place, "number": number, "due_at": parse_instant(at(f"12:{2 * place:02}"))}
        for place, number in enumerate(("102", "103", "101", "104"), 1)
    ]
    case.record("StartOrderPublished", at("11:00"), stage="SS2", category="cars", slots=slots)
    assert "102 103 101 104" == order(case)
    later: dict[str, Any] = {
        "due_at": parse_instant(at("12:30")),
        "reason": "a puncture on the way",
    }
    case.record("StartOrderAmended", at("12:06"), stage="SS2", number="103", **later)
    assert "102 101 104 103" == order(case)


def test_the_order_may_rest_on_what_hangs_on_the_board() -> None:
    """A penalty after the posting moves the classification, and not who starts first."""
    case = ruled("SS1 to SS2, as posted")
    assert "102 103 101 104" == order(case)
    rows = [
        {"place": place, "number": number, "total_ms": 1000 * place}
        for place, number in enumerate(("103", "102", "101"), 1)
    ]
    posted: dict[str, Any] = {"document": "12", "kind": "unofficial", "position": 5}
    scope = {"kind": "range", "from": "SS1", "to": "SS2", "category": "cars"}
    case.record("ClassificationPublished", scope=scope, rows=rows, **posted)

    assert ("103 102 101 104", "document 12") == (order(case), basis(case))
    case.record("PublicationWithdrawn", target=case.records[-1][0])
    assert "stages SS1 to SS2" == basis(case)


def test_categories_may_have_intervals_of_their_own() -> None:
    """Cars every two minutes; a truck, of which nothing else is said, every five."""
    rules = ("trucks: rest x 0:05:00", "rest x 0:02:00")
    case = Case("cross-country", start_order__intervals=rules, start_order__categories=("cars",))
    case.enter("101", "102")
    case.enter("501", "502", category="trucks")
    start = due("08:00")
    case.plan("SS1", first_start_at=[start.ms, start.offset])

    times = [line.split()[2] for line in case.start_order("SS1")]
    assert ["08:00:00", "08:02:00", "08:32:00", "08:37:00"] == times


def test_a_repositioned_crew_stays_where_it_was_put() -> None:
    """The decision on one crew counts after whatever the rule does."""
    case = ruled("overall, reversed")
    case.record("CrewRepositioned", at("07:00"), number="102", stage="SS3", place=1)
    assert "102 104 101 103" == order(case)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("the fastest first", "is nothing on which an order rests"),
        ("overall, upside down", "does nothing to an order"),
        ("on Sunday: overall", "names no stages"),
        ("last day for : overall", "names no categories"),
        ("seeding, as posted", "is no classification that is posted"),
        ("overall, first 0 reversed", "does nothing to an order"),
    ],
)
def test_what_is_no_rule_is_refused(line: str, why: str) -> None:
    """With what is wrong in it, and how it is written."""
    with pytest.raises(Unreadable, match=why):
        checked("desert", "start_order.rule", [line])


def test_a_rule_of_a_stage_that_there_is_not() -> None:
    """The order says so, rather than to rest on something else."""
    with pytest.raises(NotFound, match="There is no stage SS9"):
        order(ruled("result of SS9"))


def test_the_words_of_a_step_are_those_of_the_rule() -> None:
    """What is read of a line says the same again."""
    steps = (
        *("reversed", "first 15 reversed", "first 10 choose", "first 5 behind the next 10"),
        *("Gold then Silver first", "restarters last", "restarters first"),
        *("late starters last", "late starters by more than 0:15:00 last"),
    )
    assert [*steps] == [each.words() for each in read(", ".join(("overall", *steps))).steps]
