"""Why, with decisions: which one made a total or a status what it is, and what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from projections.comparing.compare import compare
from projections.comparing.history import history
from projections.comparing.what_if import between
from projections.control.anomalies import anomalies
from projections.control.check import HINTS, check
from projections.results.crew import crew
from projections.results.penalties import penalties
from projections.results.standings import standings
from projections.results.time_card import time_card
from tests.scenarios.test_why import addends, of, parts, records, rules
from tests.spec import Case, at

TEN = {"act": "PenaltyGiven", "fields": {"amount_ms": 600_000}}
OUT = {"act": "CrewDisqualified", "fields": {"stage": "SS2"}}


def rally() -> Case:
    """Two crews on two stages, the second of which is 102's by ten minutes."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", at("10:00"), _101="1:00:00", _102="1:01:00")
    case.times("SS2", at("12:00"), _101="1:00:00", _102="0:50:00")
    return case


def decide(case: Case, /, *effects: dict[str, Any], **said: Any) -> str:
    """The stewards decide on 102, at two in the afternoon, about something at eleven."""
    fields: dict[str, Any] = {
        "number": "102",
        "stage": "SS1",
        "ruling": "ten minutes",
        "decision": 1,
    }
    return case.record(
        "DecisionIssued",
        at("11:00"),
        recorded=at(f"14:0{said.get('decision', 1)}"),
        series="stewards",
        by="Stewards",
        role="stewards",
        effects=list(effects),
        **(fields | said),
    )


def step(case: Case, kind: str, target: str, time: str, /, **said: Any) -> str:
    """A step of the case: a notice, an appeal, what a court decided."""
    return case.record(kind, at(time), recorded=at(time), target=target, **said)


def appealed(case: Case, decision: str) -> str:
    """The decision is notified, and 102 announces an appeal at 58 minutes."""
    step(case, "DecisionNotified", decision, "14:00", how="hearing")
    return step(case, "AppealIntentionNotified", decision, "14:58", number="102")


# -- penalties -----------------------------------------------------------------------------------


def test_a_penalty_names_its_decision() -> None:
    """Series and number, its words, its article, and what it rests on."""
    case = rally()
    report = case.record("ReportFiled", number="102", stage="SS1", fact="CP3 was not passed")
    decide(case, TEN, infringement="article 48.3", matter=[report])

    found = of(case, "102")

    assert [
        "1:01:00 time on SS1 #9",
        "0:10:00 penalty on SS1 (stewards-1) #12 #13",
        "0:50:00 time on SS2 #11",
    ] == addends(found)
    assert ["#13", "#12 what it rests on"] == records(found.addends[1].records)
    decision = found.addends[1].records[0]
    words = "Stewards' decision 1, crew 102 on SS1: ten minutes, article 48.3."
    assert ("DecisionIssued", words) == (decision.type, decision.words)
    assert ("Stewards", "stewards") == (decision.by, decision.role)
    assert "article 48.3" == found.addends[1].article


def test_an_appeal_suspends_it() -> None:
    """It adds nothing while the appeal waits, and names the appeal and the rule."""
    case = rally()
    appealed(case, decide(case, TEN))

    found = of(case, "102")

    (penalty,) = (each for each in found.addends if each.kind == "penalty")
    assert (
        "0:00:00 penalty of 0:10:00 on SS1 (stewards-1) (execution suspended) #12 #14"
        == (addends(found)[1])
    )
    assert ["#12 execution suspended", "#14 suspends its execution"] == records(penalty.records)
    assert ["appeals.suspensive = True by regulations cross-country"] == rules(found, 1)
    assert "penalty-suspended" in found.flags


def test_a_stage_that_a_decision_cancels_takes_its_penalties_with_it() -> None:
    """Whether they count hangs on the rule on appeals as the cancellation itself does."""
    case = rally()
    case.record("PenaltyGiven", at("11:00"), number="102", stage="SS1", amount_ms=600_000)
    cancelled = decide(case, {"act": "StageCancelled", "fields": {"stage": "SS1"}})
    step(case, "DecisionNotified", cancelled, "14:00", how="hearing")
    step(case, "AppealIntentionNotified", cancelled, "15:30", number="102")

    fallen = of(case, "102").addends[1]
    assert ("penalty", "stage cancelled") == (fallen.kind, fallen.status)
    assert ["appeals.to_court"] == [rule.parameter for rule in fallen.rules]

    case = rally()
    case.record("PenaltyGiven", at("11:00"), number="102", stage="SS1", amount_ms=600_000)
    appealed(case, decide(case, {"act": "StageCancelled", "fields": {"stage": "SS1"}}))

    counted = of(case, "102").addends[1]
    assert ("penalty", "in force") == (counted.kind, counted.status)
    assert ["appeals.suspensive"] == [rule.parameter for rule in counted.rules]


@pytest.mark.parametrize(
    ("kind", "said", "status", "why"),
    [
        ("CourtDecisionIssued", {"outcome": "quashed"}, "quashed", "quashed it"),
        ("DecisionRescinded", {}, "rescinded", "rescinds it"),
        ("ExecutionSuspended", {}, "execution suspended", "suspends its execution"),
    ],
)
def test_what_undoes_it(kind: str, said: dict[str, Any], status: str, why: str) -> None:
    """An addend of nothing with its status, and the record that made it so."""
    case = rally()
    step(case, kind, decide(case, TEN), "16:00", **said)

    found = of(case, "102")

    told = f"0:00:00 penalty of 0:10:00 on SS1 (stewards-1) ({status}) #12 #13"
    assert told == addends(found)[1]
    assert [f"#12 {status}", f"#13 {why}"] == records(found.addends[1].records)
    assert of(rally(), "102").total_ms == found.total_ms


def test_a_court_varies_it() -> None:
    """The decision adds nothing any more, the sanction of the court stands beside it."""
    case = rally()
    five = {"act": "PenaltyGiven", "fields": {"amount_ms": 300_000}}
    said = {"outcome": "varied", "number": "102", "stage": "SS1", "case": "3", "effects": [five]}
    step(case, "CourtDecisionIssued", decide(case, TEN), "16:00", **said)

    assert [
        "1:01:00 time on SS1 #9",
        "0:00:00 penalty of 0:10:00 on SS1 (stewards-1) (varied) #12 #13",
        "0:05:00 penalty on SS1 (court-3) #13",
        "0:50:00 time on SS2 #11",
    ] == addends(of(case, "102"))


def test_another_decision_supersedes_it() -> None:
    """The later one counts and the earlier one names it; of two that claim it, none counts."""
    case = rally()
    first = decide(case, TEN)
    five = {"act": "PenaltyGiven", "fields": {"amount_ms": 300_000}}
    decide(case, five, decision=2, supersedes=first)
    assert [
        "0:00:00 penalty of 0:10:00 on SS1 (stewards-1) (superseded) #12 #13",
        "0:05:00 penalty on SS1 (stewards-2) #13",
    ] == addends(of(case, "102"))[1:3]

    decide(case, decision=3, supersedes=first)
    assert [
        "0:10:00 penalty on SS1 (stewards-1) #12",
        "0:00:00 penalty of 0:05:00 on SS1 (stewards-2) (contested) #13 #14",
    ] == addends(of(case, "102"))[1:3]


def test_a_quashed_penalty_on_a_shortened_stage() -> None:
    """The court undid it; the shortening has no part in that."""
    case = rally()
    decision = decide(case, TEN)
    case.record("StageShortened", at("12:00"), stage="SS1", point="CP2")
    step(case, "CourtDecisionIssued", decision, "16:00", outcome="quashed")

    (penalty,) = (each for each in of(case, "102").addends if each.kind == "penalty")
    assert ["#12 quashed", "#14 quashed it"] == records(penalty.records)


def test_a_suspended_penalty_and_its_activation() -> None:
    """It adds nothing until its condition comes about; then the activation is named beside it."""
    case = rally()
    decision = decide(case, {**TEN, "condition": "the same again"})
    assert (
        "0:00:00 penalty of 0:10:00 on SS1 (stewards-1) (suspended on condition) #12"
        == (addends(of(case, "102"))[1])
    )

    step(case, "SuspensionActivated", decision, "16:00")
    found = of(case, "102")
    assert "0:10:00 penalty on SS1 (stewards-1) #12 #13" == addends(found)[1]
    assert ["#12", "#13 activates it"] == records(found.addends[1].records)
    (row,) = penalties(case.state(), "102").rows
    assert (12, 13) == row.positions


def test_a_voided_decision_is_told() -> None:
    """It should never have been entered: an addend of nothing says so."""
    case = rally()
    case.record("Voided", target=decide(case, TEN), by="Cleo", reason="entered twice")

    (fallen,) = (each for each in of(case, "102").addends if each.kind == "penalty")
    assert (0, "voided", "SS1") == (fallen.ms, fallen.status, fallen.stage)
    assert ["(#12 voided)"] == records(fallen.records)


def test_a_decision_withdraws_a_penalty() -> None:
    """The penalty is struck by the decision; when that is quashed, it counts again and says so."""
    case = rally()
    penalty = case.record("PenaltyGiven", number="102", stage="SS1", amount_ms=600_000)
    back = decide(case, {"act": "PenaltyWithdrawn", "fields": {"target": penalty}})
    found = of(case, "102")
    assert "0:00:00 penalty of 0:10:00 on SS1 (withdrawn) #12 #13" == addends(found)[1]
    (struck,) = found.addends[1].records[0].struck
    assert (12, 13, "taken back", True) == (
        struck.position,
        struck.struck_by,
        struck.now,
        struck.stands,
    )

    step(case, "CourtDecisionIssued", back, "16:00", outcome="quashed")
    found = of(case, "102")
    assert "0:10:00 penalty on SS1 #12" == addends(found)[1]
    (struck,) = found.addends[1].records[0].struck
    assert not struck.stands


# -- statuses ------------------------------------------------------------------------------------


def test_disqualified_by_a_decision() -> None:
    """The status names the decision, from the stage on that it says."""
    case = rally()
    decide(case, OUT, ruling="disqualified", number="101")

    found = of(case, "101")
    assert "disqualified" == found.status.name
    assert ["#12 from SS2 on"] == records(found.status.records)
    assert ["(#12 from SS2 on)"] == records(of(case, "101", after="SS1").status.records)


@pytest.mark.parametrize(
    ("kind", "said", "status", "why"),
    [
        ("CourtDecisionIssued", {"outcome": "quashed"}, "quashed", "quashed it"),
        ("DecisionRescinded", {}, "rescinded", "rescinds it"),
        ("ExecutionSuspended", {}, "execution suspended", "suspends its execution"),
    ],
)
def test_why_it_is_not_disqualified(kind: str, said: dict[str, Any], status: str, why: str) -> None:
    """It was, and something undid it: the sentence says so, and both records are named."""
    case = rally()
    step(case, kind, decide(case, OUT, number="101"), "16:00", **said)

    found = of(case, "101").status
    assert "running" == found.name
    begins = f"Crew 101 is running. It is not disqualified: Stewards' decision 1 is {status} ("
    assert found.words.startswith(begins)
    assert [f"(#12 {status})", f"#13 {why}"] == records(found.records)


def test_a_suspended_disqualification_and_its_activation() -> None:
    """It is out once the condition came about; the activation is named, not only the decision."""
    case = rally()
    decision = decide(case, {**OUT, "condition": "the same again"}, number="101")
    found = of(case, "101").status
    assert "running" == found.name
    assert "Stewards' decision 1 is suspended on condition." in found.words

    step(case, "SuspensionActivated", decision, "16:00")
    found = of(case, "101").status
    assert "disqualified" == found.name
    assert ["#12 from SS2 on", "#13 activates it"] == records(found.records)


def test_a_retirement_retracted_by_a_decision() -> None:
    """The report is struck by the decision, and the sentence says that it was."""
    case = rally()
    report = case.record("RetirementReported", at("12:30"), number="101", stage="SS2")
    decide(case, {"act": "RetirementRetracted", "fields": {"target": report}}, number="101")

    found = of(case, "101").status
    assert "running" == found.name
    assert "It is not retired: the report was retracted" in found.words
    (reported,) = (each for each in found.records if each.type == "RetirementReported")
    assert [13] == [each.struck_by for each in reported.struck]


# -- times and stages ----------------------------------------------------------------------------


def notional(ms: int, **fields: Any) -> dict[str, Any]:
    """A time that is allocated."""
    return {"act": "StageTimeRecorded", "fields": {"elapsed_ms": ms, "basis": "notional", **fields}}


def test_a_notional_time_by_decision() -> None:
    """The decision counts before the time on the clock; several crews may be named in one."""
    case = rally()
    decide(case, notional(3_000_000), notional(3_060_000, number="101"))

    assert ["0:50:00 time on SS1 #12", "0:50:00 time on SS2 #11"] == addends(of(case, "102"))
    assert "0:51:00 time on SS1 #12" == addends(of(case, "101"))[0]
    assert ["0:50:00 notional time"] == parts(of(case, "102"))
    assert ["#12 the notional time", "(#9 does not count beside it)"] == records(
        of(case, "102").addends[0].records
    )
    (card,) = (each for each in time_card(case.state(), "102").stages if each.stage == "SS1")
    times = {line.what: (line.time_ms, line.actual_at) for line in card.lines}
    assert (3_000_000, None) == times["time"]
    assert 3_660_000 == times["also"][0]


def test_a_time_that_another_decision_replaced_stands_on_the_card() -> None:
    """Both allocated times stand there, each as its decision gave it."""
    case = rally()
    assessed = {"elapsed_ms": 3_300_000, "basis": "assessed"}
    decide(case, {"act": "StageTimeRecorded", "fields": assessed})
    decide(case, notional(3_000_000), decision=2)

    (card,) = (each for each in time_card(case.state(), "102").stages if each.stage == "SS1")
    assert [("time", 3_000_000, (13,)), ("also", 3_300_000, (12,)), ("also", 3_660_000, (9,))] == [
        (line.what, line.time_ms, line.positions) for line in card.lines
    ]


def test_two_times_in_one_decision() -> None:
    """Of an assessed and a notional one the notional counts; the explanation sums to it."""
    case = rally()
    assessed = notional(3_300_000) | {"fields": {"elapsed_ms": 3_300_000, "basis": "assessed"}}
    decide(case, assessed, notional(3_000_000))

    assert "0:50:00 time on SS1 #12" == addends(of(case, "102"))[0]
    assert ["0:50:00 notional time"] == parts(of(case, "102"))


def test_a_notional_time_that_was_quashed() -> None:
    """The measured time counts again, and what would have counted is told."""
    case = rally()
    step(case, "CourtDecisionIssued", decide(case, notional(1)), "16:00", outcome="quashed")

    found = of(case, "102")
    assert "1:01:00 time on SS1 #9 #13" == addends(found)[0]
    assert ["#9 counts", "(#12 quashed)", "#13 quashed it"] == records(found.addends[0].records)


def test_time_given_back_by_decision() -> None:
    """The credit names the decision; once it is suspended, it comes off no more."""
    case = rally()
    back = {"act": "TimeCreditGranted", "fields": {"amount_ms": 60_000, "kind": "assistance"}}
    decision = decide(case, back)
    assert "1:00:00 time on SS1 #9 #12" == addends(of(case, "102"))[0]
    assert ["1:01:00 time recorded", "-0:01:00 given back for assistance"] == parts(of(case, "102"))

    step(case, "ExecutionSuspended", decision, "16:00")
    found = of(case, "102")
    assert "1:01:00 time on SS1 #9 #13" == addends(found)[0]
    assert "(#12 execution suspended)" in records(found.addends[0].records)


def test_a_stage_cancelled_by_decision() -> None:
    """The decision is named where the stage adds nothing; quashed, it is named where it does."""
    case = rally()
    cancel = {"act": "StageCancelled", "fields": {"stage": "SS2"}}
    decision = decide(case, cancel, number="", stage="", ruling="SS2 is cancelled")
    assert "0:00:00 SS2 cancelled (cancelled) #12" == addends(of(case, "102"))[1]

    step(case, "CourtDecisionIssued", decision, "16:00", outcome="quashed")
    found = of(case, "102")
    assert "0:50:00 time on SS2 #11 #13" == addends(found)[1]
    assert ["#11 counts", "(#12 quashed)", "#13 quashed it"] == records(found.addends[1].records)


# -- history, differences, pages -----------------------------------------------------------------


def test_history_and_differences_name_what_made_the_move() -> None:
    """The decision, the appeal that suspends it, its withdrawal, the court: each made a move."""
    case = rally()
    decision = decide(case, TEN)
    appeal = appealed(case, decision)
    step(case, "AppealWithdrawn", appeal, "19:00")
    step(case, "CourtDecisionIssued", decision, "20:00", outcome="quashed")
    last = len(case.records)

    def evaluate(position: int) -> Any:
        return standings(case.state(known_at=position))

    moves = history(evaluate, range(12, last + 1), "102", 11)
    assert [(12, (1, 2)), (14, (2, 1)), (15, (1, 2)), (16, (2, 1))] == [
        (each.position, each.place) for each in moves
    ]
    facts = case.state().facts
    for before, after, because in (
        (11, 13, [(12,)]),
        (13, 14, [(14,)]),
        (14, 15, [(15,)]),
        (15, 16, [(16,)]),
        (11, 12, [(12,)]),
    ):
        rows = compare(between(facts, before, after)).rows
        assert because * 2 == [row.because for row in rows], (before, after)
    assert () == compare(between(facts, 11, last)).rows


def test_the_page_of_a_crew_lists_decisions() -> None:
    """Those on the crew, those that do something to it, and what courts made of them."""
    case = rally()
    decision = decide(case, TEN)
    decide(case, notional(3_000_000, number="101"), decision=2)
    step(case, "CourtDecisionIssued", decision, "20:00", outcome="quashed", case="3")
    decide(case, {"act": "Warning"}, decision=3, number="101")

    def listed(number: str) -> list[tuple[str, str]]:
        return [(each.decision, each.status) for each in crew(case.state(), number).decisions]

    both = [("stewards-1", "quashed"), ("stewards-2", "in force"), ("court-3", "in force")]
    assert both == listed("102")
    assert [("stewards-2", "in force"), ("stewards-3", "in force")] == listed("101")


# -- what contradicts itself ---------------------------------------------------------------------


def kinds(case: Case) -> list[tuple[str, tuple[int, ...]]]:
    """What the register contradicts itself in; each kind has a hint of what to do."""
    found = [each for each in anomalies(case.state()) if each.kind != "stage-not-run"]
    assert {each.kind for each in check(case.state())} <= set(HINTS)
    return [(each.kind, each.positions) for each in found]


def test_nothing_is_wrong_with_a_whole_case() -> None:
    """A decision, its notice, an appeal and what the court said."""
    case = rally()
    decision = decide(case, TEN, {"act": "Warning"})
    appeal = appealed(case, decision)
    step(case, "CourtDecisionIssued", decision, "20:00", outcome="upheld", appeal=appeal)

    assert [] == kinds(case)


def test_numbers_that_lack_or_were_given_twice() -> None:
    """Two decisions 2, none 1, 3 and 4: the register has to be without gaps."""
    case = rally()
    for number in (2, 2, 5):
        decide(case, decision=number, ruling=f"no action {len(case.records)}")

    found = anomalies(case.state())
    assert {
        ("There is no decision stewards-1, and there is stewards-2.", (12, 13)),
        ("The number stewards-2 was given to 2 decisions.", (12, 13)),
        ("There is no decision stewards-3 to stewards-4, and there is stewards-5.", (14,)),
    } == {(each.message, each.positions) for each in found}


def test_a_fork_of_decisions() -> None:
    """Two claim to supersede one; a ruling ends it."""
    case = rally()
    first = decide(case, TEN)
    heir = decide(case, decision=2, supersedes=first)
    decide(case, decision=3, supersedes=first)
    assert [("fork-of-decisions", (12, 13, 14))] == kinds(case)

    case.record("SupersedingDetermined", target=first, heir=heir)
    assert [] == kinds(case)


@pytest.mark.parametrize(
    ("effect", "why"),
    [
        ({"act": "PenaltyGiven", "fields": {"amount": 5}}, "PenaltyGiven: "),
        ({"act": "PenaltyGiven"}, "PenaltyGiven: "),
        ({"act": "CrewEntered"}, "A decision can't bring about 'CrewEntered'."),
        ({"act": "Applause"}, "A decision can't bring about 'Applause'."),
    ],
)
def test_an_effect_that_nobody_can_carry_out(effect: dict[str, Any], why: str) -> None:
    """It does nothing, and that is said, with what is wrong with it."""
    case = rally()
    decide(case, effect)

    (found,) = anomalies(case.state())
    assert ("unreadable-effect", (12,), "102") == (found.kind, found.positions, found.number)
    assert why.partition(":")[0] in found.message


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("CourtDecisionIssued", {"outcome": "quashed"}),
        ("AppealIntentionNotified", {}),
        ("AppealConfirmed", {}),
        ("DecisionNotified", {}),
        ("DecisionRescinded", {}),
        ("ProtestDecided", {"outcome": "rejected"}),
        ("ReviewPetitioned", {}),
        ("SuspensionActivated", {}),
        ("SupersedingDetermined", {}),
    ],
)
def test_steps_that_lead_nowhere(kind: str, said: dict[str, Any]) -> None:
    """About a record that is not there, or is nothing that such a step can be about."""
    case = rally()
    step(case, kind, "ab" * 32, "16:00", **said)
    step(case, kind, case.records[8][0], "16:01", **said)

    assert [("dangling-reference", (12,)), ("dangling-reference", (13,))] == kinds(case)


def test_a_decision_that_claims_what_is_not_there() -> None:
    """It supersedes nothing; its own effects count all the same."""
    case = rally()
    decide(case, TEN, supersedes="ab" * 32)

    assert [("dangling-reference", (12,))] == kinds(case)


def test_an_unknown_crew_is_said_once() -> None:
    """Of a decision and the act that takes place by it, in one sentence."""
    case = rally()
    decide(case, TEN, number="999")

    assert [("unknown-crew", (12,))] == kinds(case)


def test_an_activated_sanction_is_not_older_than_itself() -> None:
    """It takes effect when it is activated, long after the decision was recorded."""
    case = rally()
    decision = decide(case, {**TEN, "condition": "the same again"})
    step(case, "SuspensionActivated", decision, "20:00")

    found = [each.positions for each in check(case.state()) if each.kind == "recorded-before-fact"]
    assert found
    assert (12,) not in found, "the times were told beforehand, and the decision was not"
