"""Sanctions that are no time: what each moves, from when on, and what becomes of it on appeal."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_instant
from ledger.vocabulary import PointsDocked
from projections.desk.decisions import decisions
from projections.explain.grounds import Grounds
from projections.explain.why import explain
from projections.results.points import points
from projections.results.relegation import RELEGATED
from projections.results.standings import Scope, standings
from projections.results.teams import teams
from tests.spec import CARS, Case, effect


@pytest.fixture
def case() -> Case:
    """Three cars, 101 before 102 before 103 by a minute each, after two stages."""
    case = Case("cross-country", controls__penalties="given")
    case.enter(*CARS)
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:02:00")
    case.times("SS2", _101="1:00:00", _102="1:00:00", _103="1:00:00")
    return case


# -- championship points ---------------------------------------------------------------------------


def test_points_are_docked_by_a_decision_and_come_back_with_a_court(case: Case) -> None:
    """Who loses how many in which table stands in the register; a court gives them back."""
    docked = effect("PointsDocked", table="manufacturers", points=7)
    decision = case.decide(1, number="101", effects=[docked])

    (fact,) = case.state().facts.of(PointsDocked)
    assert ("101", "manufacturers", 7) == (fact.value.number, fact.value.table, fact.value.points)
    assert "The manufacturer of crew 101 loses 7 points in the table of manufacturers." == (
        fact.value.words()
    )
    assert ["1 101 2:00:00", "2 102 2:01:00", "3 103 2:02:00"] == case.overall()
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert [] == case.state().facts.of(PointsDocked)


# -- places ----------------------------------------------------------------------------------------

LAST = effect("CrewRelegated")


def test_a_court_imposes_the_last_place_for_an_exclusion(case: Case) -> None:
    """As in 2009: the breach is upheld, the exclusion set aside, and the last place imposed."""
    out = case.decide(1, number="101", effects=[effect("CrewDisqualified")])
    assert ["1 102 2:01:00", "2 103 2:02:00"] == case.overall()
    ruled = case.record("CourtDecisionIssued", target=out, outcome="varied", effects=[LAST])

    assert ["1 102 2:01:00", "2 103 2:02:00", "3 101 2:00:00"] == case.overall()
    assert (RELEGATED,) == case.flags("101")
    assert () == case.flags("102")
    rows = standings(case.state()).rows
    assert [0, 60_000, -60_000] == [row.gap_ms for row in rows]
    assert [0, 60_000, -120_000] == [row.interval_ms for row in rows]
    case.record("Voided", target=ruled)
    assert ["1 102 2:01:00", "2 103 2:02:00"] == case.overall()


def test_a_sanction_on_place_that_is_quashed_counts_as_never_given(case: Case) -> None:
    """The order is that of before; the decision stays in the register."""
    before = case.overall()
    decision = case.decide(1, number="101", effects=[effect("CrewRelegated", places=1)])
    assert ["1 102 2:01:00", "2 101 2:00:00", "3 103 2:02:00"] == case.overall()
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert before == case.overall()


def test_it_counts_from_its_stage_on_and_in_no_result_of_a_stage(case: Case) -> None:
    """What was the overall after SS1 stays so; without a stage, only the overall of everything."""
    case.record("CrewRelegated", number="101", stage="SS2")
    assert "1 101 1:00:00" == case.overall("SS1")[0]
    assert "3 101 2:00:00" == case.overall("SS2")[2]
    assert "1 101 1:00:00" == case.stage("SS2")[0]
    case.record("CrewRelegated", number="102")
    assert ["1 103 2:02:00", "2 101 2:00:00", "3 102 2:01:00"] == case.overall()
    assert ["1 102 2:01:00", "2 103 2:02:00", "3 101 2:00:00"] == case.overall("SS2")


def test_in_the_result_of_a_stage_it_moves_nothing_else(case: Case) -> None:
    """Two of three are level on SS2, and stay so among each other."""
    case.record("CrewRelegated", number="101", stage="SS2", applies_to="stage")
    assert ["1 102 1:00:00", "1 103 1:00:00", "3 101 1:00:00"] == case.stage("SS2")
    assert "1 101 2:00:00" == case.overall()[0]


def test_it_may_count_in_the_class_alone() -> None:
    """Last in its class, and in its place among all; or the other way round."""
    case = Case("cross-country", controls__penalties="given")
    case.enter("101", "102", **{"class": "T1"})
    case.enter("103", **{"class": "T2"})
    case.times("SS1", _101="1:00:00", _102="1:02:00", _103="1:01:00")
    case.record("CrewRelegated", number="101", only_in=("class",))
    in_class = Scope(crew_class="T1")

    assert ["1 101 1:00:00", "2 103 1:01:00", "3 102 1:02:00"] == case.overall()
    assert ["102", "101"] == [row.number for row in standings(case.state(), in_class).rows]
    case.record("CrewRelegated", number="103", only_in=("joint",))
    assert ["1 101 1:00:00", "2 102 1:02:00", "3 103 1:01:00"] == case.overall()


def test_why_tells_the_place_by_times_and_the_sanctions(case: Case) -> None:
    """Of the crew that goes back, and of those that come forward by it."""
    case.decide(1, number="101", effects=[LAST])
    told = explain(Grounds(case.state()), "101", Scope()).places[0].words
    assert told == (
        "3rd: 0:02:00 faster than 103, which is before it. By times and ties it is 1st. "
        "Crew 101 goes to the last place in the overall."
    )
    gained = explain(Grounds(case.state()), "102", Scope()).places[0].words
    assert gained.startswith("1st: 0:01:00 ahead of 103. By times and ties it is 2nd.")


def test_what_has_no_effect_says_so(case: Case) -> None:
    """Who is last anyway, and who goes last already."""
    case.decide(1, number="103", effects=[LAST])
    case.decide(2, number="101", effects=[LAST])
    case.decide(3, number="101", effects=[effect("CrewRelegated", places=1)])
    rows = decisions(case.state()).rows
    told = [row.effects[0].no_effect.why if row.effects[0].no_effect else "" for row in rows]
    assert ["it is last anyway, by times and ties", "", "stewards-2 puts it last"] == told


# -- ties ------------------------------------------------------------------------------------------


def test_two_winners_as_the_stewards_of_the_classic_safari_had_it() -> None:
    """2017: the penalties were made equal, and no rule for ties applied: 1, 1, 3."""
    case = Case("cross-country", controls__penalties="given")
    case.enter("3", driver="Carl Tundo")
    case.enter("8", driver="Richard Jackson")
    case.enter("5")
    case.times("SS1", _3="5:00:00", _8="5:10:00", _5="5:40:00")
    case.times("SS2", _3="5:00:00", _8="4:50:00", _5="5:00:00")
    assert ["1 3 10:00:00", "2 8 10:00:00", "3 5 10:40:00"] == case.overall()
    case.decide(1, effects=[effect("TieBreakDisapplied", numbers=("3", "8"))])
    assert ["1 3 10:00:00", "1 8 10:00:00", "3 5 10:40:00"] == case.overall()


def test_a_dead_heat_goes_to_who_was_faster_on_the_first_stage() -> None:
    """Acropolis 2024, WRC2: Pajari before Virves, level, by 19.7 s on the first stage."""
    case = Case("wrc-2024")
    case.enter("20", driver="Sami Pajari")
    case.enter("22", driver="Robert Virves")
    case.times("SS1", _20="0:10:00.300", _22="0:10:20.000")
    case.times("SS2", _20="0:20:19.700", _22="0:20:00.000")
    assert ["1 20 0:30:20", "2 22 0:30:20"] == case.overall()
    told = explain(Grounds(case.state()), "20", Scope()).places[0].words
    assert "ahead by the time on SS1: 0:10:00.300 against 0:10:20." in told


def test_what_was_published_settles_a_tie() -> None:
    """By a draw, say, with its document; among those that are level, and nobody else."""
    case = Case("silk-way-2016")
    case.enter(*CARS)
    case.times("SS1", _101="1:00:00", _102="1:00:00", _103="1:01:00")
    assert ["1 101 1:00:00", "1 102 1:00:00", "3 103 1:01:00"] == case.overall()
    drawn = effect("TieSettled", numbers=("103", "102", "101"), basis="draw", document="17")
    decision = case.decide(1, effects=[drawn])
    assert ["1 102 1:00:00", "2 101 1:00:00", "3 103 1:01:00"] == case.overall()
    assert ["1 102 1:00:00", "2 101 1:00:00", "3 103 1:01:00"] == case.stage("SS1")
    told = explain(Grounds(case.state()), "102", Scope()).places[0].words
    assert "ahead by a ruling: Level crews stand in the order 103, 102, 101, by a draw." in told
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert "1 102 1:00:00" == case.overall()[1]


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ("count-back", "ahead by count-back: 2 times 1st on a stage against 1."),
        ("longest-stage", "ahead by the time on SS2: 1:00:00 against 1:00:10."),
        ("race-number", "ahead by the race number."),
        ("best-stage", "nothing breaks the tie."),
    ],
)
def test_why_tells_by_what_a_tie_is_broken(chain: str, words: str) -> None:
    """By count-back, the longest stage, the number; or that the place is shared."""
    case = Case("cross-country", controls__penalties="given", ties__chain=(chain,))
    case.plan("SS2", special_m=300_000)
    case.enter("101", "102")
    case.times("SS1", _101="1:00:00", _102="1:00:05")
    case.times("SS2", _101="1:00:00", _102="1:00:10")
    case.times("SS3", _101="1:00:15", _102="1:00:00")
    assert words in explain(Grounds(case.state()), "101", Scope()).places[0].words


CLOSED_UP: dict[str, Any] = {"ties__shared_place": "1-1-2", "points__scales": ("overall: 9 8 7",)}


def test_a_text_may_say_that_no_place_stays_empty() -> None:
    """1, 1, 2: for crews, in a category, for teams and, by the place, in points."""
    scored = {"points__scorers": "everybody", "points__shared_place": "each"}
    case = Case("silk-way-2016", **CLOSED_UP, **scored, teams__counting=1)
    for number, category, team in (
        *(("101", "cars", "Dune"), ("102", "cars", "Erg")),
        *(("103", "trucks", "Wadi"), ("104", "cars", "Reg")),
    ):
        case.enter(number, category=category, team=team)
    case.times("SS1", _101="1:00:00", _102="1:00:00", _103="1:01:00", _104="1:02:00")
    assert ["1 101", "1 102", "2 103", "3 104"] == [e.rpartition(" ")[0] for e in case.overall()]
    assert ["1 101 1:00:00", "1 102 1:00:00", "2 104 1:02:00"] == case.stage("SS1", category="cars")
    assert [1, 1, 2, 3] == [row.place for row in teams(case.state()).rows]
    assert [9, 9, 8, 7] == [row.points for row in points(case.state()).rows]


def test_who_is_put_back_goes_by_as_many_crews() -> None:
    """103 of 1, 1, 2, 3 goes two places back, behind 104; whatever follows on a shared place."""
    case = Case("silk-way-2016", **CLOSED_UP)
    case.enter("101", "102", "103", "104", "105")
    case.times("SS1", _101="1:00", _102="1:00", _103="1:01", _104="1:02", _105="1:03")
    assert [1, 1, 2, 3, 4] == [int(each.split()[0]) for each in case.overall()]
    case.decide(1, number="103", effects=[effect("CrewRelegated", places=1)])
    assert ["1 101", "1 102", "2 104", "3 103", "4 105"] == [
        each.rpartition(" ")[0] for each in case.overall()
    ]


def test_a_sanction_on_place_is_in_no_range() -> None:
    """Of the overall it is in that from its stage on, of a stage in its result; a leg is by itself.

    A range sums its own stages: to be last in the overall is no place among them.
    """
    case = Case("silk-way-2016")
    case.enter(*CARS)
    for stage in ("SS1", "SS2", "SS3"):
        case.times(stage, _101="1:00:00", _102="1:01:00", _103="1:02:00")
    case.decide(1, number="101", stage="SS2", effects=[LAST])
    case.decide(2, number="102", stage="SS2", effects=[effect("CrewRelegated", applies_to="stage")])
    leg = Scope("range", first="SS2", last="SS3")
    assert ["101", "102", "103"] == [row.number for row in standings(case.state(), leg).rows]
    assert ["102", "103", "101"] == [each.split()[1] for each in case.overall()]
    assert ["101", "103", "102"] == [each.split()[1] for each in case.stage("SS2")]


def test_who_carried_its_times_in_is_behind_on_the_stages_before() -> None:
    """Level with who drove SS1: the best time on SS1 is no time of the crew that carried it in."""
    case = Case("silk-way-2016", ties__chain=("stage-times", "count-back"))
    case.enter("101", "102")
    case.times("SS1", _102="1:00:00")
    case.record("TimesCarriedIn", number="101", stage="SS1", total_ms="1:00:00")
    case.times("SS2", _101="1:00:00", _102="1:00:00")
    assert ["1 102 2:00:00", "2 101 2:00:00"] == case.overall()
    told = explain(Grounds(case.state()), "101", Scope()).places[0].words
    assert "behind by the time on SS1: none against 1:00:00." in told


@pytest.mark.parametrize(
    ("chain", "first", "words"),
    [
        ("stage-times", "102", "behind by the time on SS1: none against 1:00:10."),
        ("longest-stage", "102", "behind by the time on SS1: none against 1:00:10."),
        ("best-stage", "102", "behind by the best place on a stage: 2nd against 1st."),
        ("count-back", "102", "behind by count-back: 0 times 1st on a stage against 1."),
    ],
)
def test_a_notional_time_breaks_no_tie(chain: str, first: str, words: str) -> None:
    """101 was given the best time on SS1, and did not set it: 102 drove both stages."""
    case = Case("cross-country", controls__penalties="given", ties__chain=(chain,))
    case.enter("101", "102")
    given = {"number": "101", "stage": "SS1", "elapsed_ms": "1:00:00", "basis": "notional"}
    case.record("StageTimeRecorded", **given)
    case.times("SS1", _102="1:00:10")
    case.times("SS2", _101="1:00:10", _102="1:00:00")
    assert first == case.overall()[0].split()[1]
    assert words in explain(Grounds(case.state()), "101", Scope()).places[0].words


def test_where_nobody_has_a_time_the_next_stage_decides() -> None:
    """Both were given a notional time on SS1, the better one to 101: that says nothing of them."""
    case = Case("silk-way-2016", ties__chain=("stage-times",))
    case.enter("101", "102", "103")
    case.times("SS1", _103="1:02:00")
    for number, time in (("101", "1:00:00"), ("102", "1:00:10")):
        given = {"number": number, "stage": "SS1", "elapsed_ms": time, "basis": "notional"}
        case.record("StageTimeRecorded", **given)
    case.times("SS2", _101="1:00:10", _102="1:00:00", _103="1:00:00")
    assert ["1 102", "2 101", "3 103"] == [each.rpartition(" ")[0] for each in case.overall()]


@pytest.mark.parametrize(("said", "first"), [({"point": "CP1"}, "102"), ({}, "101")])
def test_the_longest_stage_is_so_as_it_was_run(said: dict[str, str], first: str) -> None:
    """SS1, of 300 km, ended at its CP1 at km 90: SS2 is longer; 102 was faster there."""
    case = Case("cross-country", controls__penalties="given", ties__chain=("longest-stage",))
    case.plan("SS1", special_m=300_000)
    case.plan("SS2", special_m=200_000)
    case.record("WaypointPlaced", stage="SS1", point="CP1", order=1, at_m=90_000)
    case.enter("101", "102")
    for number, time in (("101", "1:00:00"), ("102", "1:00:10")):
        case.record("PassingRecorded", number=number, stage="SS1", point="CP1", elapsed_ms=time)
    case.times("SS1", _101="1:00:00", _102="1:00:10")
    case.times("SS2", _101="1:00:10", _102="1:00:00")
    if said:
        case.record("StageShortened", stage="SS1", **said)
    assert first == case.overall()[0].split()[1]


# -- moved to another class ------------------------------------------------------------------------


def of_class(
    case: Case, name: str, after: str | None = None, stage: str | None = None
) -> list[str]:
    """The classification of a class, as a steward reads it."""
    scope = Scope("stage" if stage else "overall", after, stage, crew_class=name)
    return [f"{row.place} {row.number}" for row in standings(case.state(), scope).rows]


@pytest.fixture
def classes() -> Case:
    """101 and 102 of class T1, 103 and 104 of T2, after three stages; 101 leads, then 103."""
    case = Case("cross-country", controls__penalties="given")
    case.enter("101", "102", **{"class": "T1"})
    case.enter("103", "104", **{"class": "T2"})
    case.times("SS1", _101="1:00:00", _102="1:10:00", _103="1:05:00", _104="1:20:00")
    case.times("SS2", _101="1:00:00", _102="1:10:00", _103="1:05:00", _104="1:20:00")
    case.times("SS3", _101="1:00:00", _102="1:10:00", _103="1:05:00", _104="1:20:00")
    return case


def test_a_crew_is_moved_from_a_stage_on_and_not_backwards(classes: Case) -> None:
    """Its engine does not conform from SS2 on: T1 after SS1 stays as it was, T2 has it since."""
    moved = effect("CrewReclassified", **{"class": "T2"})
    decision = classes.decide(1, number="101", stage="SS2", effects=[moved])

    assert ["1 101", "2 102"] == of_class(classes, "T1", "SS1")
    assert ["1 101", "2 102"] == of_class(classes, "T1", stage="SS1")
    assert ["1 102"] == of_class(classes, "T1", "SS2")
    assert ["1 102"] == of_class(classes, "T1")
    assert ["1 103", "2 104"] == of_class(classes, "T2", "SS1")
    assert ["1 101", "2 103", "3 104"] == of_class(classes, "T2", stage="SS2")
    assert ["1 101", "2 103", "3 104"] == of_class(classes, "T2", "SS2")
    assert "1 101 3:00:00" == classes.overall()[0]
    classes.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert ["1 101", "2 102"] == of_class(classes, "T1")


def test_the_rules_may_keep_it_out_of_the_overall_of_that_class(classes: Case) -> None:
    """It is in the results of the stages since, and told among those without a place."""
    rule = {"overall.reclassified": "not-classified"}
    classes.record("BulletinIssued", bulletin="1", parameters=rule, from_stage="SS1")
    classes.record("CrewReclassified", number="101", stage="SS3", **{"class": "T2"})

    assert ["1 103", "2 104"] == of_class(classes, "T2")
    assert ["1 101", "2 103", "3 104"] == of_class(classes, "T2", stage="SS3")
    (out,) = standings(classes.state(), Scope(crew_class="T2")).unclassified
    assert ("101", "reclassified", "SS3") == (out.number, out.status, out.stage)
    assert ["1 101", "2 102"] == of_class(classes, "T1", "SS2")


def test_it_may_be_from_an_instant_on_by_the_plan(classes: Case) -> None:
    """From the first stage that starts then or later."""
    for stage, day in (("SS1", 9), ("SS2", 10), ("SS3", 11)):
        at = parse_instant(f"2016-07-{day:02}T08:00+08:00")
        classes.plan(stage, first_start_at=[at.ms, at.offset])
    noon = parse_instant("2016-07-10T12:00+08:00")
    classes.record("CrewReclassified", number="101", since_at=noon, **{"class": "T2"})
    assert ["1 101", "2 102"] == of_class(classes, "T1", "SS2")
    assert ["1 102"] == of_class(classes, "T1", "SS3")


def test_without_a_stage_an_entry_was_never_of_another_class(classes: Case) -> None:
    """As where the entry form said so: every classification has it in that class."""
    classes.record("CrewReclassified", number="101", **{"class": "T2"})
    assert ["1 102"] == of_class(classes, "T1", "SS1")
    assert ["1 101", "2 103", "3 104"] == of_class(classes, "T2", "SS1")


# -- in a class alone ------------------------------------------------------------------------------


def test_a_penalty_may_count_in_the_class_alone(classes: Case) -> None:
    """A trophy car breaks the rules of its class: the joint classification stays as it was."""
    minutes = effect("PenaltyGiven", amount_ms="0:40:00", stage="SS2", only_in=("class",))
    decision = classes.decide(1, number="101", effects=[minutes])

    assert "1 101 3:00:00" == classes.overall()[0]
    assert ["1 102", "2 101"] == of_class(classes, "T1")
    assert ["1 102", "2 101"] == of_class(classes, "T1", stage="SS2")
    assert ["1 101", "2 102"] == of_class(classes, "T1", "SS1")
    assert ["101 SS2 0:40:00 , counts by class only"] == classes.penalties()
    told = explain(Grounds(classes.state()), "101", Scope())
    (addend,) = [each for each in told.addends if each.kind == "penalty"]
    assert (0, "counts by class only") == (addend.ms, addend.status)
    classes.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert ["1 101", "2 102"] == of_class(classes, "T1")


def test_or_in_the_joint_one_alone(classes: Case) -> None:
    """The other way round."""
    joint: dict[str, Any] = {"amount_ms": "0:40:00", "stage": "SS2", "only_in": ("joint",)}
    classes.record("PenaltyGiven", number="101", **joint)
    assert ["1 103 3:15:00", "2 102 3:30:00", "3 101 3:40:00", "4 104 4:00:00"] == classes.overall()
    assert ["1 101", "2 102"] == of_class(classes, "T1")


# -- the next start --------------------------------------------------------------------------------


def test_the_next_start_is_put_back_and_the_order_with_it() -> None:
    """Five minutes: 101 would start first at 08:00 and starts behind 102, who starts at 08:03."""
    case = Case("cross-country", controls__penalties="given")
    at = parse_instant("2016-07-10T08:00+08:00")
    case.plan("SS3", first_start_at=[at.ms, at.offset])
    case.enter(*CARS)
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:02:00")
    minutes = effect("StartPutBack", by_ms="0:05:00")
    decision = case.decide(1, number="101", stage="SS1", effects=[minutes])
    case.record("StageCancelled", stage="SS2")

    assert ["1 102 08:03:00", "2 101 08:05:00 put back 0:05:00", "3 103 08:06:00"] == (
        case.start_order("SS3")
    )
    assert "1 101 1:00:00" == case.overall()[0]
    case.record("CourtDecisionIssued", target=decision, outcome="quashed")
    assert ["1 101 08:00:00", "2 102 08:03:00", "3 103 08:06:00"] == case.start_order("SS3")


def test_behind_the_last_stage_there_is_no_start(case: Case) -> None:
    """The register says so."""
    case.decide(1, number="101", stage="SS3", effects=[effect("StartPutBack", by_ms="0:05:00")])
    (row,) = decisions(case.state()).rows
    assert row.effects[0].no_effect is not None
    assert "no stage behind SS3 is left that it starts" == row.effects[0].no_effect.why
