"""Tariffs and proposed sanctions: what a fact costs is proposed, and an office decides.

Where a case is a public one, amounts, gaps and outcomes are as published; speeds that were not
published are such that they come to what was.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_duration
from projections.control.outstanding import outstanding
from projections.desk.docket import docket
from projections.desk.proposals import CORRECTED, REOPENED, TWICE, VOIDED, Proposal, proposals
from projections.explain.why import why
from tests.spec import Case, at, effect

FIM_2022 = (
    "up to 20 km/h: 0:01:00 an impulse (80.16)",
    "up to 40 km/h: 0:02:00 an impulse (80.16)",
    "above 40 km/h: 0:06:00 an impulse (80.16)",
)
FIM_2023 = (*FIM_2022[:2], "above 40 km/h: 0:03:00 an impulse (80.16)")
FIM_2025 = ("WPP: 0:02:00", "WPN: 1:00:00", "any waypoint: 0:15:00")
ON_SS1: dict[str, Any] = {"stage": "SS1"}


def rally(*numbers: str, category: str = "moto", **tariffs: tuple[str, ...]) -> Case:
    """A rally with these tariffs and crews, of which each drives SS1 in five hours."""
    rules = {f"tariffs__{name}": lines for name, lines in tariffs.items()}
    case = Case("cross-country", **rules)
    case.enter(*numbers or ("101",), category=category)
    return case


def zones(case: Case, *limits: int) -> None:
    """Speed zones Z1, Z2 … of SS1 with these limits."""
    for place, limit in enumerate(limits, 1):
        case.record("ZonePlaced", zone=f"Z{place}", kind="speed", limit_kmh=limit, **ON_SS1)


def read(case: Case, number: str, zone: str, *speeds: int, time: str = "12:00") -> str:
    """The read-out of a crew in a zone, impulse by impulse."""
    said: dict[str, Any] = {"number": number, "zone": zone, "speeds_kmh": speeds}
    return case.record("SpeedZoneRead", at(time), impulses=len(speeds), **said, **ON_SS1)


def missed(case: Case, point: str, number: str = "101", kind: str = "", time: str = "12:00") -> str:
    """A waypoint of a kind that a crew missed."""
    order = 1 + len(case.records)
    case.record("WaypointPlaced", point=point, order=order, kind=kind, **ON_SS1)
    return case.record("WaypointMissed", at(time), number=number, point=point, **ON_SS1)


# -- public cases ----------------------------------------------------------------------------------


def test_dakar_2022_stage_10_the_penalties_of_a_neutralisation_halved() -> None:
    """Barreda four minutes, Quintanilla two, in the overall alone; both halved that evening."""
    case = rally("88", "7", speed=FIM_2022)
    zones(case, 30)
    case.times("SS1", _88="3:18:21", _7="3:25:05")
    read(case, "88", "Z1", 62, 65)
    read(case, "7", "Z1", 61)
    assert ["88 Z1 0:04:00 open", "7 Z1 0:02:00 open"] == case.proposals()
    assert ["1 88 3:18:21", "2 7 3:25:05"] == case.overall()

    first = case.adopt("Z1", "88", applies_to="overall")
    case.adopt("Z1", "7", applies_to="overall")
    assert ["88 Z1 0:04:00 adopted", "7 Z1 0:02:00 adopted"] == case.proposals()
    assert ["1 88 3:22:21", "2 7 3:27:05"] == case.overall()
    assert ["1 88 3:18:21", "2 7 3:25:05"] == case.stage("SS1")

    case.record("PenaltyWithdrawn", target=first, number="88")
    assert "88 Z1 0:04:00 open" in case.proposals()
    case.adopt("Z1", "88", "0:02:00", applies_to="overall", reason="one zone")
    assert "88 Z1 0:04:00 changed 0:02:00" in case.proposals()
    assert "one zone" == case.propose("Z1", "88").reason
    assert ["1 88 3:20:21", "2 7 3:27:05"] == case.overall()


def test_dakar_2024_stage_3_a_winner_loses_six_minutes_and_the_second_twelve() -> None:
    """Quintanilla at 84 km/h where 30 is allowed, Barreda in two zones; Branch by a minute."""
    case = rally("7", "88", "46", speed=FIM_2022)
    zones(case, 30, 30)
    read(case, "7", "Z1", 84)
    read(case, "88", "Z1", 75, time="12:01")
    read(case, "88", "Z2", 72, time="12:02")
    read(case, "46", "Z2", 48, time="12:03")
    six = ["7 Z1 0:06:00 open", "88 Z1 0:06:00 open", "88 Z2 0:06:00 open", "46 Z2 0:01:00 open"]
    assert six == case.proposals()
    assert "1 impulse above 40 km/h over the limit × 0:06:00 = 0:06:00" == (
        case.propose("Z1", "7").arithmetic
    )


def test_dakar_2025_stage_1_cars_by_the_highest_reading_in_the_zone() -> None:
    """The limit is 50: ten seconds for 55 and 54, two minutes above ten, ten for 77."""
    tariff = (
        "up to 10 km/h: 0:00:10 a zone",
        "up to 20 km/h: 0:02:00 a zone",
        "above 20 km/h: 0:10:00 a zone",
    )
    case = rally("225", "211", "200", "211", "205", category="cars", speed=tariff)
    zones(case, 50)
    read(case, "225", "Z1", 53, 55)
    read(case, "205", "Z1", 54, time="12:01")
    read(case, "200", "Z1", 61, 56, time="12:02")
    read(case, "211", "Z1", 60, 77, 70, time="12:03")
    assert [
        "225 Z1 0:00:10 open",
        "205 Z1 0:00:10 open",
        "200 Z1 0:02:00 open",
        "211 Z1 0:10:00 open",
    ] == case.proposals()


def test_dakar_2025_stage_5_eight_minutes_are_given_back_to_one() -> None:
    """Sanders leads by 15:02, then by 7:02; on a protest the stewards restore the first result."""
    case = rally("4", "68", speed=FIM_2023)
    case.times("SS1", _4="30:00:00", _68="30:15:02")
    zones(case, 40, 40, 40)
    for zone, speed in (("Z1", 70), ("Z2", 85), ("Z3", 90)):
        read(case, "4", zone, speed)
    given = [case.adopt(zone, "4") for zone in ("Z1", "Z2", "Z3")]
    assert ["1 4 30:08:00", "2 68 30:15:02"] == case.overall()
    for each in given:
        case.record("PenaltyWithdrawn", target=each, number="4")
    assert ["1 4 30:00:00", "2 68 30:15:02"] == case.overall()

    three = ["4 Z1 0:02:00 open", "4 Z2 0:03:00 open", "4 Z3 0:03:00 open"]
    assert three == case.proposals()  # what was withdrawn is not decided
    for zone in ("Z1", "Z2", "Z3"):
        case.decline(zone, "4", reason="the tablet failed")
    assert [f"{each[:-4]}declined" for each in three] == case.proposals()
    assert ["the tablet failed"] * 3 == [e.reason for e in docket(case.state()).declined]


def test_dakar_2025_stage_5_a_wheel_is_missing_and_a_stage_is_lost_by_a_second() -> None:
    """Ten minutes by a report that names an article, and Quintero wins."""
    case = rally("211", "216", category="cars", reports=("article spare wheel: 0:10:00",))
    case.times("SS1", _211="4:30:00", _216="4:39:59")
    about: dict[str, Any] = {"number": "211", "article": "spare wheel", "fact": "none"}
    case.record("ReportFiled", at("18:00"), **about, **ON_SS1)
    assert ["1 211 4:30:00", "2 216 4:39:59"] == case.stage("SS1")
    case.adopt("spare wheel", "211")
    assert ["1 216 4:39:59", "2 211 4:40:00"] == case.stage("SS1")


def test_dakar_2023_stage_6_the_maximum_time_ten_hours_and_the_waypoints_behind() -> None:
    """Sainz: 10 h 45 and 18 h, of which 8 h are waypoints that he did not pass after km 212."""
    rules: dict[str, Any] = {"overall__unfinished_stage": "max-time-plus-penalty"}
    case = Case("cross-country", tariffs__waypoints=FIM_2025, **rules)
    case.enter("207", "200")
    case.plan("SS1", max_time_ms="10:45:00")
    case.times("SS1", _200="4:00:00")
    case.times("SS2", _200="1:00:00", _207="1:00:00")
    case.record("StageNotFinished", at("20:00"), number="207", **ON_SS1)
    for place in range(1, 9):
        missed(case, f"W{place}", "207", "WPN", f"18:0{place}")
    assert ["1 200 5:00:00", "2 207 21:45:00"] == case.overall()
    for place in range(1, 9):
        case.adopt(f"W{place}", "207")
    # 10:45 + 10:00 + 8:00 = 28:45, and 1:00 on SS2
    assert ["1 200 5:00:00", "2 207 29:45:00"] == case.overall()


def decided_by(case: Case, decision: str) -> list[Proposal]:
    """The proposals on which a decision rests, or a penalty."""
    every = proposals(case.state())
    return [each for each in every if decision in {one.id for one in each.decided}]


def test_silk_way_2016_four_hours_are_two_waypoints() -> None:
    """One penalty for both facts is what the tariff proposes for them."""
    case = Case("silk-way-2016")
    case.enter("102")
    facts = [missed(case, each, "102") for each in ("W1", "W2")]
    assert ["102 W1 2:00:00 open", "102 W2 2:00:00 open"] == case.proposals()
    given: dict[str, Any] = {"amount_ms": "4:00:00", "evidence": facts}
    four = case.record("PenaltyGiven", at("12:00"), number="102", **given, **ON_SS1)
    assert ["102 W1 2:00:00 adopted", "102 W2 2:00:00 adopted"] == case.proposals()
    assert ("the penalty is for 2 facts",) == case.propose("W1", "102").remarks
    lines = [(e.tariff, e.place, e.lines) for e in decided_by(case, four)]
    any_waypoint = ("any waypoint: 2:00:00",)
    assert [("tariffs.waypoints", each, any_waypoint) for each in ("W1", "W2")] == lines


# -- what a tariff can say -------------------------------------------------------------------------


def test_waypoints_by_kind_and_category() -> None:
    """The first line that fits: a kind in capitals or not, a category, any."""
    case = rally("1", waypoints=("WPM and WPE for cars: 1:00:00", "wpm: 0:20:00", "WPS: 0:30:00"))
    case.enter("301")
    missed(case, "W1", "1", "WPM")
    missed(case, "W2", "301", "wpm", "12:01")
    missed(case, "W3", "301", "wpn", "12:02")
    assert ["1 W1 0:20:00 open", "301 W2 1:00:00 open", "301 W3 - open"] == case.proposals()
    why_not = case.propose("W3", "301").why_not
    assert "no line of tariffs.waypoints is for a waypoint of the kind wpn (W3)" == why_not


def test_who_was_evacuated_pays_more() -> None:
    """A crew that did not finish the stage misses what lies behind."""
    case = rally("1", "2", waypoints=("any waypoint, evacuated: 1:00:00", "any waypoint: 0:15:00"))
    missed(case, "W1", "1")
    missed(case, "W2", "2", time="12:01")
    case.record("RetirementReported", at("11:00"), number="2", cause="medical", **ON_SS1)
    assert ["1 W1 0:15:00 open", "2 W2 1:00:00 open"] == case.proposals()


def test_the_number_counts_in_the_order_of_the_facts_and_a_stage_has_a_most() -> None:
    """A fact that comes in late is first all the same; one that is declined is not counted."""
    counted = "any waypoint: 1st 0:20:00, 2nd 0:40:00, from the 3rd 1:00:00"
    case = rally(waypoints=(counted, "at most 1:30:00 a stage"))
    missed(case, "W2", time="12:02")
    missed(case, "W3", time="12:03")
    assert ["101 W2 0:20:00 open", "101 W3 0:40:00 open"] == case.proposals()
    missed(case, "W1", time="12:01")
    in_order = ["101 W1 0:20:00 open", "101 W2 0:40:00 open", "101 W3 0:30:00 open"]
    assert in_order == case.proposals()
    left = "at most 1:30:00 a stage, of which 0:30:00 is left: 0:30:00"
    assert f"the 3rd on the stage: 1:00:00; {left}" == case.propose("W3").arithmetic
    case.decline("W1")
    after = ["101 W1 0:20:00 declined", "101 W2 0:20:00 open", "101 W3 0:40:00 open"]
    assert after == case.proposals()


def test_repeats_multiply_and_then_it_is_for_the_stewards() -> None:
    """By the number of the zone in the rally, for each crew."""
    repeats = ("2nd zone in the rally: x 2", "from the 3rd zone in the rally: to the stewards")
    case = rally("1", "2", speed=(*FIM_2023, *repeats))
    zones(case, 30, 30, 30)
    for zone, time in (("Z1", "12:00"), ("Z2", "12:10"), ("Z3", "12:20")):
        read(case, "1", zone, 45, time=time)
    read(case, "2", "Z3", 45, time="12:30")
    told = ["1 Z1 0:01:00 open", "1 Z2 0:02:00 open", "1 Z3 - open", "2 Z3 0:01:00 open"]
    assert told == case.proposals()
    row = case.propose("Z3", "1")
    assert ("stewards", "the 3rd zone in the rally is for the stewards") == (row.to, row.why_not)


@pytest.mark.parametrize(
    ("said", "why_not"),
    [
        ({"impulses": 3, "highest_kmh": 60}, "the speed of 3 impulses is not on record"),
        ({"impulses": 2, "speeds_kmh": (60,)}, "the speed of 1 impulse is not on record"),
        ({"impulses": 1, "speeds_kmh": (29,)}, "no reading is above 30 km/h"),
        ({"impulses": 1, "speeds_kmh": (60,), "zone": "Z9"}, "the limit of Z9 is not on record"),
    ],
)
def test_what_is_not_known_is_not_priced(said: dict[str, Any], why_not: str) -> None:
    """It stays with the office, with what is lacking."""
    case = rally(speed=FIM_2023)
    zones(case, 30)
    case.record("SpeedZoneRead", at("12:00"), number="101", **({"zone": "Z1"} | said), **ON_SS1)
    (row,) = proposals(case.state())
    assert (None, why_not, "open") == (row.amount_ms, row.why_not, row.state)


def test_a_component_and_a_part_of_the_stage_time() -> None:
    """The first engine is free, the second costs; what a report names costs a tenth."""
    case = rally(
        components=("engine for moto: 1st free, from the 2nd 0:15:00",),
        reports=("article 9.1.6: 10 % of the stage time",),
    )
    for time in ("18:00", "19:00"):
        case.record("ComponentChanged", at(time), number="101", component="engine", **ON_SS1)
    case.record("ComponentChanged", at("19:00"), number="101", component="wheel", **ON_SS1)
    fact: dict[str, Any] = {"article": "9.1.6", "fact": "a watch", "number": "101"}
    case.record("ReportFiled", at("20:00"), **fact, **ON_SS1)
    engines = ["101 engine 0:00:00 open", "101 engine 0:15:00 open"]
    assert [*engines, "101 9.1.6 - open"] == case.proposals()
    case.times("SS1", _101="3:20:05")
    assert [*engines, "101 9.1.6 0:20:00 open"] == case.proposals()
    assert "10 % of 3:20:05 = 0:20:00" == case.propose("9.1.6").arithmetic


def test_the_rule_in_force_at_the_fact_prices_it_and_its_article_is_cited_so() -> None:
    """A bulletin changes the tariff from an instant on: what was missed before costs as before."""
    case = rally(waypoints=("any waypoint: 0:15:00 (8.4)",))
    missed(case, "W1", time="12:00")
    missed(case, "W2", time="14:00")
    words = {"article": "8.4", "page": "3", "text": "An hour."}
    case.record(
        "BulletinIssued",
        at("13:00"),
        bulletin="2",
        parameters={"tariffs.waypoints": ("any waypoint: 1:00:00 (8.4)",)},
        articles=[words],
    )
    assert ["101 W1 0:15:00 open", "101 W2 1:00:00 open"] == case.proposals()
    assert ["8.4", "8.4 (bulletin 2, p. 3)"] == [r.cited for r in proposals(case.state())]


# -- what becomes of facts, and of what was decided ------------------------------------------------


def test_two_read_outs_of_one_waypoint_are_one() -> None:
    """It is proposed once; its identity is that of both facts, and a penalty for one answers it."""
    case = rally(waypoints=FIM_2025)
    first = missed(case, "W1")
    before = case.propose("W1").name
    case.adopt("W1")
    again = case.record("WaypointMissed", at("12:05"), number="101", point="W1", **ON_SS1)
    row = case.propose("W1")
    assert {first, again} == {each.id for each in row.facts}
    assert (row.name != before, row.state) == (True, "adopted")


def test_a_fact_corrected_before_changes_the_proposal_and_afterwards_is_told() -> None:
    """The penalty stands: what the tariff comes to now is for an office to see."""
    case = rally(speed=FIM_2023)
    zones(case, 30)
    fact = read(case, "101", "Z1", 45)
    case.record("Corrected", target=fact, changes={"speeds_kmh": [60]})
    assert ["101 Z1 0:02:00 open"] == case.proposals()
    case.adopt("Z1")
    assert ((), "adopted") == (case.propose("Z1").remarks, case.propose("Z1").state)
    amended = case.records[-2][0]
    case.record("Corrected", target=amended, changes={"speeds_kmh": [45]})
    row = case.propose("Z1")
    assert (CORRECTED, "the tariff now comes to 0:01:00") == row.remarks
    assert "adopted" == row.state


def test_a_fact_voided_ends_the_proposal_and_what_was_adopted_says_so() -> None:
    """Nothing is proposed any more; the penalty stands until somebody withdraws it."""
    case = rally(waypoints=FIM_2025)
    open_one, adopted = missed(case, "W1", time="12:00"), missed(case, "W2", time="12:01")
    case.adopt("W2")
    case.record("Voided", target=open_one)
    case.record("Voided", target=adopted)
    (row,) = proposals(case.state())
    assert ("adopted", (VOIDED,), None) == (row.state, row.remarks, row.amount_ms)
    assert ["101 SS1 0:15:00 , in force"] == case.penalties()


def test_a_fact_of_another_crew_leaves_the_penalty_to_be_looked_at() -> None:
    """The fact turns out to be of 102, and is open there; the penalty of 101 rests on nothing."""
    case = rally("101", "102", waypoints=FIM_2025)
    fact = missed(case, "W1")
    case.adopt("W1")
    case.record("Corrected", target=fact, changes={"number": "102"})
    assert {"102 W1 0:15:00 open", "101 W1 - adopted"} == {*case.proposals()}
    assert (CORRECTED,) == case.propose("W1", "101").remarks


def test_what_was_declined_is_open_again_once_its_fact_is_corrected() -> None:
    """It was declined on other facts; both stay disclosed."""
    case = rally(speed=FIM_2023)
    zones(case, 30)
    fact = read(case, "101", "Z1", 31)
    case.decline("Z1", reason="within what the clock may err")
    case.record("Corrected", target=fact, changes={"speeds_kmh": [81]})
    row = case.propose("Z1")
    assert ("open", (REOPENED,), 180_000) == (row.state, row.remarks, row.amount_ms)
    assert ["within what the clock may err"] == [e.reason for e in docket(case.state()).declined]


def test_beyond_the_finish_of_a_shortened_stage_nothing_is_proposed() -> None:
    """Nor on a stage that is cancelled."""
    case = rally(waypoints=FIM_2025)
    missed(case, "W1", time="12:00")
    missed(case, "W2", time="12:01")
    case.record("StageShortened", point="W1", **ON_SS1)
    assert ["101 W1 0:15:00 open"] == case.proposals()
    case.record("StageCancelled", **ON_SS1)
    assert [] == case.proposals()


def test_a_decision_that_names_the_fact_adopts_or_declines_it() -> None:
    """A penalty by decision, no further action by another; a rescinded one leaves it open."""
    case = rally(waypoints=FIM_2025)
    first, second = missed(case, "W1", time="12:00"), missed(case, "W2", time="12:01")
    penalty = effect("PenaltyGiven", amount_ms="0:10:00")
    one = case.decide(
        1, number="101", evidence=[first], effects=[penalty], reason="it was hidden", **ON_SS1
    )
    case.decide(2, number="101", evidence=[second], reason="no fault", **ON_SS1)
    assert ["101 W1 0:15:00 changed 0:10:00", "101 W2 0:15:00 declined"] == case.proposals()
    assert [("tariffs.waypoints", "W1", 900_000, (first,))] == [
        (e.tariff, e.place, e.amount_ms, e.rests_on) for e in decided_by(case, one)
    ]
    case.record("DecisionRescinded", target=one)
    assert "101 W1 0:15:00 open" in case.proposals()


def test_two_penalties_on_one_fact_are_told() -> None:
    """Two offices adopted it at once."""
    case = rally(waypoints=FIM_2025)
    missed(case, "W1")
    row = case.propose("W1")
    case.adopt("W1")
    given: dict[str, Any] = {"amount_ms": row.amount_ms, "proposed_ms": row.amount_ms}
    case.record("PenaltyGiven", number="101", evidence=row.rests_on, reason="x", **given, **ON_SS1)
    assert (TWICE,) == case.propose("W1").remarks


# -- where it waits, and where it is disclosed -----------------------------------------------------


def test_what_is_open_waits_for_an_office_and_what_is_declined_stays_disclosed() -> None:
    """In `due` and `outstanding` until it is decided; then in the register, and with the crew."""
    case = rally(waypoints=FIM_2025)
    case.times("SS1", _101="3:00:00")
    missed(case, "W1")
    name = case.propose("W1").name
    waits = f"due {name}: Crew 101 missed W1 on SS1: a sanction is proposed (tariffs.waypoints)"
    assert waits in case.due()
    blockers = [each.message for each in outstanding(case.state(), "SS1").blockers]
    undecided = f"Nobody has decided on it: Crew 101 missed W1 on SS1. Proposed: {name}."
    assert undecided in blockers

    case.decline("W1", reason="it was blown away")
    assert [] == [each for each in case.due() if name in each]
    assert [] == [e for e in outstanding(case.state(), "SS1").blockers if e.kind == "undecided"]
    (addend,) = (e for e in why(case.state(), "101").addends if e.status == "declined")
    assert "penalty of 0:15:00 on SS1 declined: it was blown away" == addend.what
    assert 0 == addend.ms
    assert ["SanctionDeclined", "WaypointMissed"] == [each.type for each in addend.records]


def test_an_adopted_penalty_says_what_was_proposed() -> None:
    """With the facts that it rests on."""
    case = rally(waypoints=FIM_2025)
    case.times("SS1", _101="3:00:00")
    missed(case, "W1")
    case.adopt("W1", amount="0:05:00", reason="a beacon was down")
    (addend,) = (each for each in why(case.state(), "101").addends if each.kind == "penalty")
    assert ("proposed by tariffs.waypoints: 0:15:00",) == addend.notes
    assert ["PenaltyGiven", "WaypointMissed"] == [each.type for each in addend.records]


def test_where_no_tariff_is_defined_the_fact_waits_all_the_same() -> None:
    """Nothing is proposed, and the reason is told; `due` asks for no amount."""
    case = Case("dakar-2020")
    case.enter("101")
    missed(case, "W1")
    row = case.propose("W1")
    assert (None, "the regulations do not define tariffs.waypoints") == (row.amount_ms, row.why_not)
    assert [] == [each for each in case.due() if "proposed" in each]


# -- what counts by rules, and is not proposed -----------------------------------------------------


def test_dakar_2013_a_minute_lost_on_the_prologue_is_five() -> None:
    """Thirteen kilometres in ten minutes count fifty for a motorcycle, and thirty for a car."""
    coefficients: dict[str, Any] = {
        "overall__coefficients": ("prologue x 5 for moto", "prologue x 3")
    }
    case = Case("cross-country", **coefficients)
    case.plan("SS1", kind="prologue")
    case.enter("1", "2", category="moto")
    case.enter("301")
    case.times("SS1", _1="0:10:00", _2="0:11:00", _301="0:10:00")
    case.times("SS2", _1="2:00:00", _2="2:00:00", _301="2:00:00")
    assert ["1 1 0:10:00", "2 2 0:11:00"] == case.stage("SS1", category="moto")
    assert ["1 1 0:50:00", "2 2 0:55:00"] == case.overall("SS1", category="moto")
    assert ["1 1 2:50:00", "2 2 2:55:00"] == case.overall(category="moto")
    assert ["1 301 2:30:00"] == case.overall(category="cars")
    addend, _ = why(case.state(), "2").addends
    assert [("time recorded", 660_000), ("counts 5 times", 2_640_000)] == [
        (part.what, part.ms) for part in addend.parts
    ]
    assert "overall.coefficients" in {each.parameter for each in addend.rules}


def left_out(rule: str, extra: str, **more: Any) -> Case:
    """Crew 104 of the class T1 does not finish SS1; 101 and 102 are of it, 103 is not."""
    rules = {"overall__unfinished_stage": rule, "overall__unfinished_stage_ms": _ms(extra)}
    case = Case("cross-country", **rules, **more)
    case.enter("101", "102", "104", **{"class": "T1"})
    case.enter("103", **{"class": "T2"})
    case.times("SS1", _101="1:00:00", _102="1:20:00", _103="2:00:00")
    case.record("StageNotFinished", at("20:00"), number="104", **ON_SS1)
    return case


def _ms(time: str) -> int:
    return parse_duration(time)


def test_a_stage_not_finished_is_priced_by_the_slowest_or_the_best_of_the_class() -> None:
    """Of the class, not of all; the one that is over the maximum time does not count."""
    assert "4 104 1:20:30" not in left_out("slowest-plus-penalty", "0:00:30").overall()
    assert "3 104 1:20:30" in left_out("slowest-plus-penalty", "0:00:30").overall()
    assert "2 104 1:05:00" in left_out("best-plus-penalty", "0:05:00").overall()


def test_the_time_of_another_moves_what_a_stage_costs() -> None:
    """When the slowest is put right, so is the cost; and the explanation names it."""
    case = left_out("slowest-plus-penalty", "0:02:00")
    time: dict[str, Any] = {"number": "102", "elapsed_ms": "1:30:00"}
    case.record("StageTimeRecorded", source="official", **time, **ON_SS1)
    assert "3 104 1:32:00" in case.overall()
    (addend,) = why(case.state(), "104").addends
    assert [("the time of crew 102", 5_400_000), ("fixed penalty", 120_000)] == [
        (part.what, part.ms) for part in addend.parts
    ]


def test_a_stage_costs_at_most_what_the_rules_say() -> None:
    """The best of the class and ten hours, and no more than four."""
    case = left_out("best-plus-penalty", "10:00:00", overall__unfinished_stage_most_ms=14_400_000)
    assert "4 104 4:00:00" in case.overall()
    (addend,) = why(case.state(), "104").addends
    assert ("a stage costs no more", -25_200_000) == (addend.parts[-1].what, addend.parts[-1].ms)
    assert "overall.unfinished_stage_most_ms" in {each.parameter for each in addend.rules}


def test_nobody_of_the_class_finished() -> None:
    """Then the category is asked, and where nobody of that has a time, everybody."""
    case = left_out("best-plus-penalty", "0:05:00")
    case.enter("105", **{"class": "T3"})
    case.enter("401", category="trucks")
    for number in ("105", "401"):
        case.record("StageNotFinished", at("20:00"), number=number, **ON_SS1)
    assert {"105 1:05:00", "401 1:05:00", "104 1:05:00"} <= {e[2:] for e in case.overall()}


def test_a_report_that_a_tariff_prices_is_settled_by_what_an_office_made_of_it() -> None:
    """It waits twice while it is open, as a report and as a proposal; then not at all."""
    case = rally(reports=("article 9.1.6: 0:30:00", "article 9.2: 0:10:00"))
    for article in ("9.1.6", "9.2"):
        said: dict[str, Any] = {"article": article, "fact": "a watch", "number": "101"}
        case.record("ReportFiled", at("18:00"), **said, **ON_SS1)
    assert 4 == len(case.due())
    case.adopt("9.1.6", point="")
    case.decline("9.2")
    assert [] == case.due()


def test_a_tariff_that_can_not_be_read_proposes_nothing() -> None:
    """It came from elsewhere, where nobody refused it; every answer stands all the same."""
    case = rally(waypoints=("WPN: an hour",))
    missed(case, "W1")
    assert ["101 W1 - open"] == case.proposals()
    assert "tariffs.waypoints of the regulations can't be read" == case.propose("W1").why_not
    assert [] == case.due()
