"""What was given before: public cases of the Dakar, asked as stewards ask before they decide.

Figures as published: https://131offroad.com/2025/01/10/2025-dakar-rally-penalties-from-fia-stewards-rack-up-during-rest-day
(phones, 2025), https://www.thecheckeredflag.co.uk/2023/01/2023-dakar-rally-fia-penalties-mount-on-rest-day/
(watches, 2023), https://alloutf1.africa/?p=124901 (the phone of stage 5) and
https://euro.dayfr.com/news/2576138.html (speeding on stage 1 of 2025). Crews bear their own names;
their numbers are of no account.
"""

from __future__ import annotations

from typing import Any

import pytest

from projections.desk.likeness import Alike, Held, Like, Sought, alike, sought_by
from projections.desk.precedents import Article, Precedent, articles_in, precedents, words_in
from tests.spec import Case, at, effect

SUSPENDED = effect("CrewDisqualified", condition="no further breach of similar nature")
HALF_AN_HOUR = effect("PenaltyGiven", amount_ms="0:30:00")
PHONE = "Art. 9.1.7 CCRSR: phone not in the sealed pouch"


def names(rows: tuple[Like, ...]) -> list[str]:
    """What was found: "2025 stewards-1", a record without a name by its kinds of fact."""
    told = (each.precedent for each in rows)
    return [
        f"{like.rally} {each.name or '/'.join(each.facts)}"
        for like, each in zip(rows, told, strict=True)
    ]


def figures(found: Alike) -> list[str]:
    """Amounts in seconds: "PenaltyGiven in force: 3, 1800 to 3600, median 1800"."""
    return [
        f"{e.act} {e.outcome}: {e.count}, {e.least // 1000} to {e.most // 1000}, "
        f"median {e.median // 1000}"
        for e in found.amounts
    ]


def held(**rallies: Case) -> list[Held]:
    """Everything that these rallies did, under their years."""
    return [
        Held(name.strip("_"), each)
        for name, case in rallies.items()
        for each in precedents(case.state())
    ]


def named(among: list[Held], rally: str, name: str) -> Precedent:
    """A decision of a rally."""
    return next(e.precedent for e in among if (e.rally, e.precedent.name) == (rally, name))


@pytest.fixture(name="dakar_2025")
def _dakar_2025() -> Case:
    """Phones on stage 4: three crews, half an hour each, and a disqualification suspended."""
    case = Case("cross-country")
    for number, driver in (("1", "Adam Kuś"), ("2", "Ahmed Al-Kuwari"), ("3", "Guoyu Zhang")):
        case.enter(number, driver=driver)
        case.decide(
            int(number),
            number=number,
            stage="SS2",
            infringement=PHONE,
            ruling="30 minutes; disqualification, suspended until the end of the rally",
            effects=[HALF_AN_HOUR, SUSPENDED],
        )
    return case


@pytest.fixture(name="dakar_2023")
def _dakar_2023() -> Case:
    """A watch in the cockpit: the article had another number, of the same chapter."""
    case = Case("cross-country")
    case.enter("4", driver="Yasir Seaidan")
    case.decide(
        4,
        number="4",
        stage="SS2",
        infringement="Art. 9.6.1 CCRSR: watch of the co-driver",
        effects=[HALF_AN_HOUR, SUSPENDED],
    )
    return case


def test_a_phone_in_the_cockpit_2025(dakar_2025: Case, dakar_2023: Case) -> None:
    """Given three crews with half an hour, when a fourth is handed a phone on the stage, one hour.

    Then the three are what was given before, the watch of 2023 is a near miss by its article, and
    the decision is no precedent of its own.
    """
    dakar_2025.enter("5", driver="Lucas Moraes")
    hour = effect("PenaltyGiven", amount_ms="1:00:00")
    moraes = {"number": "5", "stage": "SS3", "infringement": "Art. 9.1.7 CCRSR: phone handed in"}
    dakar_2025.decide(5, effects=[hour, SUSPENDED], **moraes)
    every = held(_2023=dakar_2023, _2025=dakar_2025)
    own = named(every, "2025", "stewards-5")
    found = alike(sought_by(own), every, own)

    assert ["2025 stewards-1", "2025 stewards-2", "2025 stewards-3"] == names(found.given)
    assert ["PenaltyGiven in force: 3, 1800 to 1800, median 1800"] == figures(found)
    assert {("article CCRSR 9.1.7", "words phone…")} == {each.by[:2] for each in found.given}
    assert {"suspended on condition"} == {
        one.status for each in found.given for one in each.precedent.given[1:]
    }
    (watch,) = found.near
    assert "Yasir Seaidan" == watch.precedent.driver
    assert "article CCRSR 9.6.1 of the same chapter" in watch.differs
    assert (4, 3, 0, 1) == (found.searched, found.matched, found.others, found.own_case)


def test_a_draft_asks_before_anything_is_decided(dakar_2025: Case, dakar_2023: Case) -> None:
    """Without a decision: by the article alone, or by what the infringement is told with."""
    every = held(_2023=dakar_2023, _2025=dakar_2025)
    by_article = alike(Sought(articles_in("9.6.1", alone=True)), every)
    assert ["2023 stewards-4"] == names(by_article.given)
    assert 3 == len(by_article.near)
    by_words = alike(Sought(about=words_in("a watch was worn")), every)
    assert ["2023 stewards-4"] == names(by_words.given)
    assert () == by_words.near


def test_one_rider_got_five_minutes_back_and_another_nothing_2025() -> None:
    """Dakar 2025, stage 3: like for like also of what was asked for, granted and refused.

    Given two riders held up by the same thing, when one is given back five minutes and the other is
    told that nothing follows, then whoever asks for the like of either finds the other.
    """
    case = Case("cross-country")
    case.enter("6", "7", "8", category="moto")
    reports = {
        number: case.record(
            "IncidentReported", at("12:00"), number=number, kind="mechanical", stage="SS3"
        )
        for number in ("6", "7", "8")
    }
    back = effect("TimeCreditGranted", amount_ms="0:05:00", kind="delay")
    lost = {"stage": "SS3", "fact": "The tablet of the road book lost its signal."}
    case.decide(1, number="6", evidence=[reports["6"]], effects=[back], **lost)
    case.decide(2, number="7", evidence=[reports["7"]], ruling="No further action.", **lost)
    every = held(_2025=case)
    granted, refused = (named(every, "2025", f"stewards-{each}") for each in (1, 2))

    found = alike(sought_by(granted), every, granted)
    assert ([], ["2025 mechanical", "2025 stewards-2"]) == (
        names(found.given),
        sorted(names(found.unpunished)),
    )
    assert {"nothing given", "not decided"} == {e.precedent.outcome for e in found.unpunished}
    found = alike(sought_by(refused), every, refused)
    assert ["2025 stewards-1"] == names(found.given)
    assert ["TimeCreditGranted in force: 1, 300 to 300, median 300"] == figures(found)


def test_speeding_on_stage_1_2025() -> None:
    """Ten seconds, two minutes, ten minutes, and one reading on which nobody has decided yet.

    10 s for 4 and 5 km/h too fast, 2:00 for more than 10, 10:00 for 27; given by the clerk of the
    course and put on record alone, each on the reading of the zone.
    """
    case = Case("cross-country")
    given = (
        *((number, over, "0:00:10") for number, over in (("225", 5), ("227", 4))),
        *((number, 12, "0:02:00") for number in ("200", "219", "201", "240")),
        ("211", 27, "0:10:00"),
    )
    case.enter(*(number for number, *_ in given), "999")
    for number, over, amount in (*given, ("999", 8, "")):
        read: dict[str, Any] = {"zone": "DZ1", "impulses": 1, "highest_kmh": over}
        reading = case.record("SpeedZoneRead", at("10:00"), number=number, stage="SS1", **read)
        if amount:
            crew: dict[str, Any] = {"number": number, "stage": "SS1", "evidence": [reading]}
            case.record("PenaltyGiven", at("10:00"), amount_ms=amount, kind="speed", **crew)
    found = alike(Sought(facts=("speed-zone",)), held(_2025=case))

    assert ["PenaltyGiven in force: 7, 10 to 600, median 120"] == figures(found)
    (open_one,) = found.unpunished
    assert ("999", "not decided") == (open_one.precedent.number, open_one.precedent.outcome)
    assert (8, 8) == (found.searched, found.matched)


def test_a_proposal_that_was_declined_is_told_beside_those_that_were_adopted() -> None:
    """Two crews miss a waypoint: one gets twenty minutes, the other is spared, and it says why."""
    case = Case("cross-country")
    case.enter("1", "2")
    missed = {
        number: case.record("WaypointMissed", at("10:00"), number=number, stage="SS1", point="WP2")
        for number in ("1", "2")
    }
    given: dict[str, Any] = {"number": "1", "stage": "SS1", "evidence": [missed["1"]]}
    case.record("PenaltyGiven", amount_ms="0:20:00", **given)
    declined: dict[str, Any] = {"number": "2", "stage": "SS1", "evidence": [missed["2"]]}
    why = {"tariff": "tariffs.waypoints", "reason": "The track was flooded."}
    case.record("SanctionDeclined", proposed_ms="0:20:00", **declined, **why)
    found = alike(Sought(tariffs=("tariffs.waypoints",)), held(_1=case))

    assert [1_200_000] == [one.amount for each in found.given for one in each.precedent.given]
    (spared,) = found.unpunished
    assert ("2", "nothing given") == (spared.precedent.number, spared.precedent.outcome)
    assert ("tariff tariffs.waypoints",) == spared.by


def test_what_became_of_it_on_appeal() -> None:
    """Each outcome by itself: what was quashed, varied, taken back is told, and counted apart."""
    case = Case("cross-country")
    case.enter("1", "2", "3", "4", "5")
    told: dict[str, Any] = {
        "infringement": "Art. 12.3",
        "effects": [effect("PenaltyGiven", amount_ms="0:10:00")],
    }
    _, quashed, varied, back, upheld = (
        case.decide(each, number=str(each), stage="SS1", **told) for each in range(1, 6)
    )
    court = {"court": "Court of appeal", "series": ""}
    del court["series"]
    case.record("CourtDecisionIssued", target=quashed, outcome="quashed", case="1", **court)
    less = [effect("PenaltyGiven", amount_ms="0:04:00")]
    case.record(
        "CourtDecisionIssued", target=varied, outcome="varied", effects=less, case="2", **court
    )
    case.record("CourtDecisionIssued", target=upheld, outcome="upheld", case="3", **court)
    case.record("DecisionRescinded", target=back)
    found = alike(Sought(articles_in("12.3", alone=True)), held(_1=case))

    outcomes = {each.precedent.name: each.precedent.outcome for each in found.given}
    assert {
        "stewards-1": "in force",
        "stewards-2": "quashed",
        "stewards-3": "varied",
        "stewards-4": "rescinded",
        "stewards-5": "upheld",
        "court-2": "in force",
    } == outcomes
    assert [
        "PenaltyGiven in force: 2, 240 to 600, median 420",
        "PenaltyGiven quashed: 1, 600 to 600, median 600",
        "PenaltyGiven rescinded: 1, 600 to 600, median 600",
        "PenaltyGiven upheld: 1, 600 to 600, median 600",
        "PenaltyGiven varied: 1, 600 to 600, median 600",
    ] == figures(found)
    own = named(held(_1=case), "1", "court-2")
    assert 2 == alike(sought_by(own), held(_1=case), own).own_case, "the decision that it varied"


def test_another_category_and_another_kind_of_stage_are_near_misses() -> None:
    """The same article on a prologue, and for a truck: said to be like, and where it is not."""
    case = Case("cross-country")
    case.plan("SS1", kind="prologue")
    case.enter("1", "2", "3")
    case.enter("4", category="trucks")
    told: dict[str, Any] = {"infringement": "Art. 12.3", "effects": [HALF_AN_HOUR]}
    for number, stage in (("1", "SS2"), ("2", "SS3"), ("3", "SS1"), ("4", "SS2")):
        case.decide(int(number), number=number, stage=stage, **told)
    every = held(_1=case)
    own = named(every, "1", "stewards-1")
    found = alike(sought_by(own), every, own)

    assert ["1 stewards-2"] == names(found.given)
    assert [("kind of stage prologue",), ("category trucks",)] == [e.differs for e in found.near]


def test_a_rejected_protest_is_no_case_in_which_nothing_was_given() -> None:
    """The stewards reject a protest against a penalty of the clerk: the penalty was upheld."""
    case = Case("cross-country")
    case.enter("1")
    told = {"infringement": "Art. 12.3", "number": "1", "stage": "SS1"}
    clerk = case.decide(1, series="clerk", effects=[HALF_AN_HOUR], **told)
    protest = case.record("ProtestLodged", number="1", target=clerk, grounds="not so")
    decision = case.decide(1, matter=[protest], ruling="The protest is rejected.", **told)
    case.record("ProtestDecided", target=protest, outcome="rejected", decision=decision)
    found = alike(Sought(articles_in("12.3", alone=True)), held(_1=case))

    assert ["1 clerk-1"] == names(found.given)
    assert ("upheld", ()) == (found.given[0].precedent.outcome, found.unpunished)


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("Art. 9.1.7 CCRSR: phone", [Article("9.1.7", ("CCRSR",))]),
        ("articles 12.3 and 12.4", [Article("12.3"), Article("12.4")]),
        ("Art. 48 of the regulations", [Article("48")]),
        ("2 km before SS3, 30 minutes late", []),
        ("Art. 12.3 (bulletin 3, p. 1.4)", [Article("12.3")]),
        ("Article 34.1a", [Article("34.1a")]),
    ],
)
def test_which_articles_a_text_cites(text: str, articles: list[Article]) -> None:
    """By what stands before a number, or by its points; not by kilometres, stages, versions."""
    assert tuple(articles) == articles_in(text)


def test_an_article_of_another_code_is_another_article() -> None:
    """12.2 of the sporting code is not 12.2 of the regulations; one that names no code may be."""
    code, rules, bare = (Article("12.2", codes) for codes in (("ISC",), ("CCRSR",), ()))
    assert not code.same(rules)
    assert not code.near(rules)
    assert code.same(bare)
