"""Points of the championship: what a rally gives, to whom, and what a decision does to it."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import NotFound, Undefined, Unreadable
from ledger.times import parse_instant
from projections.results.points import Points, points
from projections.results.season import season
from tests.spec import Case, effect

FINAL = "overall: 25 18 15 12 10 8 6 4 2 1"
NEXT = "only who is in the final classification, else the next"
EVERYBODY = {"points__scorers": "everybody", "points__shared_place": "each"}


def rally(*scales: str, rulebook: str = "wrc-2019", **rules: Any) -> Case:
    """Four crews, a minute apart on the first two stages; the power stage turns them about."""
    case = Case(rulebook, points__scales=scales, **{**EVERYBODY, **rules})
    case.plan("SS1", date="2019-05-11")
    case.plan("SS2", date="2019-05-11")
    case.plan("SS3", date="2019-05-12", kind="power-stage")
    case.enter("1", "2", "3", "4", category="wrc", codrivers=["Co"])
    for stage in ("SS1", "SS2"):
        case.times(stage, _1="1:00:00", _2="1:01:00", _3="1:02:00", _4="1:03:00")
    return case


def sunday(case: Case) -> None:
    """Nobody's place in the overall changes by the last stage."""
    case.times("SS3", _1="0:30:30", _2="0:30:20", _3="0:30:10", _4="0:30:00")
    case.record("CompetitionEnded")


def told(found: Points) -> list[str]:
    """Each line as a steward reads it: "1 Driver 1 30: 25 + 5"."""
    return [
        f"{row.place} {row.name} {row.points}: {' + '.join(str(e.points) for e in row.awards)}"
        for row in found.rows
    ]


def scored(case: Case, table: str = "drivers", **cut: Any) -> list[str]:
    """The points as they stand."""
    return told(points(case.state(**cut), table))


# -- scales ----------------------------------------------------------------------------------------


def test_the_final_and_the_power_stage() -> None:
    """The first has 25 and is last on the power stage: 2; the fourth has 12 and 5."""
    case = rally(FINAL, "power stage: 5 4 3 2 1, for drivers and co-drivers")
    sunday(case)
    assert [
        "1 Driver 1 27: 25 + 2",
        "2 Driver 2 21: 18 + 3",
        "3 Driver 3 19: 15 + 4",
        "4 Driver 4 17: 12 + 5",
    ] == scored(case)


def test_until_it_is_over_they_are_those_that_it_would_give() -> None:
    """Nothing of a stage that was not run; "over" once the competition ended."""
    case = rally(FINAL, "power stage: 5 4 3 2 1")
    assert ("under way", "1 Driver 1 25: 25") == (points(case.state()).when, scored(case)[0])
    sunday(case)
    assert "over" == points(case.state()).when
    assert "not run" == points(case.state(known_at=4)).when


def test_the_points_of_saturday_go_to_the_next_where_somebody_falls_out() -> None:
    """2024: only who is in the final has those of Saturday; on Sunday everybody starts anew."""
    case = rally(f"overall before the last day: 18 15 13, {NEXT}", "last day: 7 6 5")
    assert ["18", "15", "13"] == [each.rpartition(" ")[2] for each in scored(case)]
    case.times("SS3", _2="0:30:20", _3="0:30:10", _4="0:30:00")
    case.record("RetirementReported", number="1", stage="SS3", definitive=True)
    case.record("CompetitionEnded")
    assert ["1 Driver 2 23: 18 + 5", "2 Driver 3 21: 15 + 6", "3 Driver 4 20: 13 + 7"] == scored(
        case
    )
    (without,) = points(case.state()).without
    assert ("1", "overall after SS2", 1) == (without.number, without.what, without.place)
    assert "is not in the final classification" == without.why


def test_without_the_words_the_place_stays_empty() -> None:
    """Who falls out keeps the place, and its points are given to nobody."""
    case = rally("overall after SS2: 18 15 13, only who is in the final classification")
    case.record("RetirementReported", number="1", stage="SS3", definitive=True)
    assert ["1 Driver 2 15: 15", "2 Driver 3 13: 13"] == scored(case)


def test_lower_places_and_who_does_not_finish() -> None:
    """Each lower place has two, who retired one, and who did not start none."""
    case = rally("overall: 30 25, below 2, not classified 1")
    case.enter("5", category="wrc")
    case.record("CrewNotStarted", number="5")
    case.times("SS3", _1="0:30:30", _2="0:30:20", _3="0:30:10")
    case.record("RetirementReported", number="4", stage="SS3", definitive=True)
    assert ["30", "25", "2"] == [each.rpartition(" ")[2] for each in scored(case)][:3]
    case.record("CompetitionEnded")
    assert "4 Driver 4 1: 1" == scored(case)[3]
    assert 4 == len(scored(case))


def test_halves_and_half_as_much_again() -> None:
    """By the distance that was run, and by the number of stages; who cancels changes points."""
    halved = f"{FINAL}, x 0.5 where at most 50 % of the distance was run"
    case = rally(halved, "SS1: 3, x 1.5 where more than 1 stages were run")
    for stage in ("SS1", "SS2"):
        case.plan(stage, special_m=50_000, date="2019-05-11")
    case.plan("SS3", special_m=100_000, date="2019-05-12")
    sunday(case)
    assert "1 Driver 1 29.5: 25 + 4.5" == scored(case)[0]
    case.record("StageCancelled", stage="SS3")
    assert "1 Driver 1 17: 12.5 + 4.5" == scored(case)[0]
    assert ("x 0.5: 50 % of the distance was run",) == points(case.state()).rows[0].awards[0].how
    case.record("StageCancelled", stage="SS2")
    assert "1 Driver 1 15.5: 12.5 + 3" == scored(case)[0]


def test_of_a_shortened_stage_what_was_run_is_its_distance() -> None:
    """SS3, of 100 km of the 200, is half as long now; where nothing tells how long, say so."""
    case = rally(f"{FINAL}, x 0.5 where at most 75 % of the distance was run")
    for stage, metres in (("SS1", 50_000), ("SS2", 50_000), ("SS3", 100_000)):
        case.plan(stage, special_m=metres)
    sunday(case)
    assert "1 Driver 1 25: 25" == scored(case)[0]
    case.record("StageShortened", "2019-05-12T08:00+02:00", stage="SS3", special_m=50_000)
    assert "1 Driver 1 12.5: 12.5" == scored(case)[0]
    at_cp9 = {"number": "1", "stage": "SS3", "point": "CP9", "elapsed_ms": "0:20:00"}
    case.record("PassingRecorded", **at_cp9)
    case.record("StageShortened", "2019-05-12T09:00+02:00", stage="SS3", point="CP9")
    with pytest.raises(Undefined, match="The length of SS3 is not on record") as told:
        scored(case)
    assert "what shortened it" in told.value.hint


def test_a_day_that_the_plan_does_not_say_is_that_of_the_start() -> None:
    """By the clocks of the rally: SS3 was opened at half past midnight there."""
    case = rally("last day: 7 6 5")
    case.plan("SS3", date="")
    case.times("SS3", _2="0:30:00", _1="0:30:10", _3="0:30:20", _4="0:30:30")
    case.record("StageOpened", "2019-05-11T16:30Z", stage="SS3")
    assert ["1 Driver 2 7: 7", "2 Driver 1 6: 6", "3 Driver 3 5: 5"] == scored(case)


def test_a_scale_of_a_category() -> None:
    """Each classification scores by itself; a line may be for one of them alone."""
    case = Case(
        "cross-country",
        points__scales=("overall: 9 8, in cars", "overall: 5, in moto"),
        **EVERYBODY,
    )
    case.enter("1", "2")
    case.enter("3", category="moto")
    case.times("SS1", _1="1:00:00", _2="1:01:00", _3="1:02:00")
    assert ["1 Driver 1 9: 9", "2 Driver 2 8: 8", "1 Driver 3 5: 5"] == scored(case)
    assert ["1 Driver 3 5: 5"] == told(points(case.state(), "drivers", "moto"))
    with pytest.raises(NotFound, match="There is no category 'trucks'"):
        points(case.state(), "drivers", "trucks")


# -- for whom --------------------------------------------------------------------------------------


def test_who_is_not_registered_is_skipped() -> None:
    """Where the rules say so; nobody on record as registered is no answer, and no guess."""
    case = rally(FINAL, points__scorers="registered; others are skipped")
    with pytest.raises(Undefined, match="Nobody is registered"):
        scored(case)
    case.record("CrewRegistered", number="2")
    case.record("CrewRegistered", number="3", persons=["Driver 3"])
    assert ["1 Driver 2 25: 25", "2 Driver 3 18: 18"] == scored(case)
    assert ["1 Co 25: 25"] == scored(case, "co-drivers")  # of crew 3 only the driver is


def test_manufacturers_by_their_best_two() -> None:
    """The third car of one is skipped, also on the power stage; who was not nominated as well."""
    case = rally(FINAL, points__manufacturers="best 2 of those nominated; others are skipped")
    with pytest.raises(Undefined, match="Nobody was nominated to score for a manufacturer"):
        scored(case, "manufacturers")
    case.enter("5", category="wrc")
    for stage in ("SS1", "SS2"):
        case.times(stage, _5="1:04:00")
    for number, name in (("1", "Dune"), ("2", "Dune"), ("3", "Dune"), ("5", "Oasis")):
        case.record("CrewNominated", number=number, table="manufacturers", name=name)
    assert ["1 Dune 43: 25 + 18", "2 Oasis 15: 15"] == scored(case, "manufacturers")
    case.record("CrewNominated", number="2", table="manufacturers", name="Oasis")
    assert ["1 Dune 40: 25 + 15", "2 Oasis 30: 18 + 12"] == scored(case, "manufacturers")


def test_points_are_docked_and_given_back() -> None:
    """By a decision, of the manufacturer of a crew; with the court they are there again."""
    case = rally(FINAL, points__manufacturers="best 2 of those nominated; others are skipped")
    for number in ("1", "2"):
        case.record("CrewNominated", number=number, table="manufacturers", name="Dune")
    docked = effect("PointsDocked", table="manufacturers", points=7)
    decision = case.decide(3, number="1", effects=[docked])
    assert ["1 Dune 36: 25 + 18 + -7"] == scored(case, "manufacturers")
    case.record("CourtDecisionIssued", target=decision, outcome="quashed", court="Court")
    assert ["1 Dune 43: 25 + 18"] == scored(case, "manufacturers")


def test_disqualified_and_quashed() -> None:
    """Who is disqualified loses the points to the next, and has them back."""
    case = rally(FINAL)
    before = scored(case)
    decision = case.decide(1, number="1", effects=[effect("CrewDisqualified")])
    assert "1 Driver 2 25: 25" == scored(case)[0]
    assert 3 == len(scored(case))
    case.record("CourtDecisionIssued", target=decision, outcome="quashed", court="Court")
    assert before == scored(case)


def test_what_a_result_stands_subject_to_is_told() -> None:
    """A penalty of which the execution is suspended: the points are given, with that flag."""
    case = rally(FINAL)
    ten = effect("PenaltyGiven", amount_ms="0:10:00", stage="SS2", applies_to="overall")
    decision = case.decide(1, number="1", effects=[ten])
    assert ("2 Driver 3 18: 18", "4 Driver 1 12: 12") == (scored(case)[1], scored(case)[3])
    case.record("ExecutionSuspended", target=decision)
    assert "1 Driver 1 25: 25" == scored(case)[0]
    assert ("penalty-suspended",) == points(case.state()).rows[0].awards[0].flags


def test_where_no_stage_is_the_power_stage() -> None:
    """The rules give points for one, and none is on record: that is not nothing."""
    case = Case("wrc-2019", **EVERYBODY)
    case.enter("1")
    case.times("SS1", _1="1:00:00")
    with pytest.raises(Undefined, match="No stage is on record as the power stage"):
        scored(case)


# -- a title ---------------------------------------------------------------------------------------


def test_dubai_2014_the_title_turns() -> None:
    """Case ICA-2014-04: six points ahead before the last rally, Al-Attiyah lost it by 0.3 s and the
    title by one point; thirty seconds by the court of 4 December made that thirteen ahead.

    Points before Dubai: six between them (racecar.com, Citroen Dubai International Rally Preview),
    0.3 seconds, one point and thirteen (2014 Middle East Rally Championship, swiki.se). How many
    each had is made up.
    """
    rules: dict[str, Any] = {"courts__international": ("International Court of Appeal",)}
    rules |= {"appeals__to_court": "7 days from decision", "points__scales": (FINAL,)}
    case = Case("wrc-2019", **EVERYBODY, **rules)
    case.enter("1", driver="Nasser Al-Attiyah")
    case.enter("2", driver="Khalid Al-Qassimi")
    case.times("SS1", "2014-11-28T12:00+04:00", _1="1:00:00.3", _2="1:00:00")
    carried: dict[str, Any] = {"of_rally": "five rallies before", "table": "drivers"}
    carried["document"] = "the table before Dubai"
    case.record("PointsCarriedIn", name="Nasser Al-Attiyah", points="106", **carried)
    case.record("PointsCarriedIn", name="Khalid Al-Qassimi", points="100", **carried)
    decided: dict[str, Any] = {"decided_at": parse_instant("2014-11-29T20:00+04:00")}
    decision = case.decide(1, "2014-11-28T12:00+04:00", number="2", stage="SS1", **decided)
    case.record("DecisionNotified", "2014-11-29T20:30+04:00", target=decision)
    assert ["1 Khalid Al-Qassimi 125", "2 Nasser Al-Attiyah 124"] == titles(case)
    qmmf = {"target": decision, "party": "federation", "competitor": "QMMF"}
    appeal = case.record("AppealIntentionNotified", "2014-12-02T12:00+03:00", **qmmf)
    thirty = effect("PenaltyGiven", amount_ms="0:00:30", number="2", stage="SS1")
    court: dict[str, Any] = {"court": "International Court of Appeal", "case": "ICA-2014-04"}
    court |= {"target": decision, "appeal": appeal, "outcome": "varied", "effects": [thirty]}
    case.record("CourtDecisionIssued", "2014-12-04T18:00+01:00", **court)
    assert ["1 Nasser Al-Attiyah 131", "2 Khalid Al-Qassimi 118"] == titles(case)
    before = {"decided_by": "2014-12-04T17:00+01:00"}
    assert ["1 Khalid Al-Qassimi 125", "2 Nasser Al-Attiyah 124"] == titles(case, **before)


def titles(case: Case, **cut: Any) -> list[str]:
    """The table of the season as one log tells it."""
    rows = season({"dubai-2014": case.state(**cut)}).rows
    return [f"{row.place} {row.name} {row.points}" for row in rows]


def of_two(**categories: str) -> Case:
    """Crews that score 9 and 8 in their classification, by their numbers."""
    case = Case("cross-country", points__scales=("overall: 9 8",), **EVERYBODY, **OF_A_SEASON)
    for number, category in categories.items():
        case.enter(number.removeprefix("_"), category=category)
    case.times("SS1", **{each: f"1:0{at}:00" for at, each in enumerate(categories)})
    return case


OF_A_SEASON: dict[str, Any] = {"season__counting": "all", "season__ties": ["places"]}


def test_a_classification_is_the_same_in_each_rally_of_a_season() -> None:
    """Cars alone start in one rally, with trucks in the other; a driver of cars has one line."""
    cars, both = of_two(_1="cars", _2="cars"), of_two(_3="trucks", _2="cars", _1="cars")
    states = {"cars-2026": cars.state(), "both-2026": both.state()}
    rows = season(states).rows
    assert [
        (1, "cars", "Driver 1", 17),
        (1, "cars", "Driver 2", 17),
        (1, "trucks", "Driver 3", 9),
    ] == [(each.place, each.category, each.name, each.points) for each in rows]
    assert ["Driver 3"] == [each.name for each in season(states, category="trucks").rows]
    with pytest.raises(NotFound, match="There is no category 'moto'"):
        season(states, category="moto")


def test_what_came_in_counts_in_the_only_classification() -> None:
    """It names the category, as its source does; here there is none beside it."""
    case = of_two(_1="cars", _2="cars")
    scored = {"of_rally": "a-2026", "table": "drivers", "name": "Driver 2", "points": "5"}
    case.record("PointsCarriedIn", category="cars", **scored)
    for asked in (None, "cars"):
        rows = season({"b-2026": case.state()}, category=asked).rows
        assert [("Driver 2", 13), ("Driver 1", 9)] == [(each.name, each.points) for each in rows]


def test_a_rally_that_is_only_announced_has_no_rules_of_the_season_yet() -> None:
    """Those of the last rally that adopted any hold."""
    announced = Case("cross-country")
    states = {"a-2026": of_two(_1="cars").state(), "b-2026": announced.state(known_at=1)}
    found = season(states)
    assert ("a-2026", 9) == (found.ruled_by, found.rows[0].points)


@pytest.mark.parametrize("points", ["ten", "1,5", ""])
def test_points_are_refused_for_what_they_are(points: str) -> None:
    """They have to be a figure, with a point before its fraction."""
    with pytest.raises(Unreadable, match=r"expected a figure \(12 or 12\.5\) in points"):
        Case("wrc-2019").record(
            "PointsCarriedIn", of_rally="a", table="drivers", name="B", points=points
        )
