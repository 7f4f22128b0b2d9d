"""What the register says is what the acts are held to, whichever command asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.conftest import answer
from tests.conftest import Filling, Rally
from tests.looked import some_of

STEWARDS = ("--by", "A. Chair", "--role", "stewards", "--reason", "heard")
CLERK = ("--by", "Ann Lee", "--role", "clerk-of-the-course", "--reason", "seen")
SECRETARY = ("--by", "Eva Ink", "--role", "secretary")
COURT = ("--by", "Registry", "--role", "court")


def told(rally: Rally, *words: object, code: int = 0) -> str:
    """What a command says; that it ends so is asserted."""
    said = rally(*words)
    assert code == said.code, said
    return said.out + said.err


def new(rally: Rally, rulebook: str) -> Rally:
    """A rally of two stages and three crews; SS1 is run and closed."""
    told(rally, "new", "loop", "--title", "Loop", "--rulebook", rulebook, "--timezone", "+08:00",
         *SECRETARY)  # fmt: skip
    for order in (1, 2):
        told(rally, "record", "StageScheduled", f"stage=SS{order}", f"order={order}", *SECRETARY)
    for number in (101, 102, 103):
        crew = (f"number={number}", f"driver=Driver {number}", "category=cars", f"team=T{number}")
        told(rally, "record", "CrewEntered", *crew, *SECRETARY)
        time = (f"number={number}", "stage=SS1", f"elapsed_ms=1:0{number - 100}:00")
        told(rally, "record", "StageTimeRecorded", *time, "--at", "2016-07-20T10:00", *CLERK)
    told(rally, "record", "StageClosed", "stage=SS1", "--at", "2016-07-20T12:00", *CLERK)
    return rally


@pytest.fixture
def loop(rally: Rally, filled: Filling) -> Rally:
    """The rally under the rulebook of cross-country."""
    filled("one-answer", lambda: new(rally, "cross-country"))
    return rally


def penalty(rally: Rally, *words: str, number: str = "101") -> None:
    """The stewards give a crew a minute, at one in the afternoon."""
    at = ("--at", "2016-07-20T09:00", "--decided-at", "2016-07-20T13:00")
    told(rally, "decide", "penalty", number, "0:01:00", "--stage", "SS1", *at, *words, *STEWARDS)


def court(rally: Rally, decision: str, outcome: str, case: str) -> None:
    """A court decides about a decision."""
    told(rally, "court", decision, outcome, "--court", f"Court {case}", "--case", case, *COURT)


def status(rally: Rally, decision: str) -> str:
    """What became of a decision."""
    (row,) = answer(rally, "decisions", decision)["rows"]
    found: str = row["status"]
    return found


def position(rally: Rally, kind: str) -> str:
    """The last record of a type."""
    return f"#{answer(rally, 'log', '--type', kind)['records'][-1]['position']}"


# -- a decision in force can be superseded ---------------------------------------------------------


def test_what_is_superseded_is_not_rescinded_before_its_heir(loop: Rally) -> None:
    """Else the first of three would count again, beside the third."""
    penalty(loop)
    penalty(loop, "--supersedes", "stewards-1")
    penalty(loop, "--supersedes", "stewards-2")
    said = told(loop, "decide", "rescind", "stewards-2", *STEWARDS, code=1)
    assert "is superseded by Stewards' decision 3." in said
    told(loop, "decide", "rescind", "stewards-3", *STEWARDS)
    told(loop, "decide", "rescind", "stewards-2", *STEWARDS)
    statuses = [row["status"] for row in answer(loop, "decisions")["rows"]]
    assert ["in force", "rescinded", "rescinded"] == statuses


def test_what_a_court_gave_back_can_be_superseded_again(loop: Rally) -> None:
    """Decision 2 supersedes 1 and is quashed: 1 is in force, and 3 supersedes it."""
    penalty(loop)
    penalty(loop, "--supersedes", "stewards-1")
    court(loop, "stewards-2", "quashed", "1/2016")
    assert "in force" == status(loop, "stewards-1")
    penalty(loop, "--supersedes", "stewards-1")

    assert "superseded" == status(loop, "stewards-1")
    assert "in force" == status(loop, "stewards-3")


def test_a_quash_that_was_quashed(loop: Rally) -> None:
    """A court quashes 1, a higher court quashes that: 1 is in force, and can be superseded."""
    penalty(loop)
    court(loop, "stewards-1", "quashed", "1/2016")
    refused = told(loop, "decide", "no-action", "101", "--supersedes", "stewards-1", *STEWARDS,
                   code=1)  # fmt: skip
    assert "Stewards' decision 1 was quashed by a court." in refused
    again = told(loop, "court", "stewards-1", "quashed", *COURT, code=1)
    assert "Stewards' decision 1 was quashed by a court." in again
    court(loop, position(loop, "CourtDecisionIssued"), "quashed", "2/2016")
    assert "in force" == status(loop, "stewards-1")
    penalty(loop, "--supersedes", "stewards-1")

    assert "superseded" == status(loop, "stewards-1")


def test_what_is_decided_after_a_ruling_may_supersede(loop: Rally) -> None:
    """Two claim to supersede 1, it is ruled that none does; a third, decided later, does."""
    penalty(loop)
    penalty(loop, "--supersedes", "stewards-1")
    told(loop, "export", "jsonl", "log.jsonl")
    other = ("--ledger", "other.db")
    told(loop, *other, "import", "jsonl", "log.jsonl")
    told(loop, *other, "void", position(loop, "DecisionIssued"), *STEWARDS)
    nothing = ("decide", "no-action", "101", "--supersedes", "stewards-1")
    told(loop, *other, *nothing, *STEWARDS)
    told(loop, *other, "void", "#" + str(answer(loop, *other, "log")["records"][-2]["position"]),
         *STEWARDS)  # fmt: skip
    told(loop, *other, "export", "jsonl", "other.jsonl")
    told(loop, "import", "jsonl", "other.jsonl")
    assert "in force" == status(loop, "stewards-1")
    heirs = {row["status"] for row in answer(loop, "decisions")["rows"]}
    assert {"in force", "contested"} == heirs
    told(loop, "decide", "succession", "stewards-1", *STEWARDS)
    assert "in force" == status(loop, "stewards-1")
    penalty(loop, "--supersedes", "stewards-1")

    assert "superseded" == status(loop, "stewards-1")
    assert "in force" == status(loop, "stewards-4")


def test_a_ruling_chooses_among_those_that_claim(loop: Rally) -> None:
    """Nobody claims to supersede the decision, or the one that is named does not."""
    penalty(loop)
    penalty(loop, number="102")
    succession = ("decide", "succession", "stewards-1")
    none = told(loop, *succession, *STEWARDS, code=1)
    assert "No decision claims to supersede" in none
    penalty(loop, "--supersedes", "stewards-1")
    other = told(loop, *succession, "stewards-2", *STEWARDS, code=1)
    assert "does not claim to supersede" in other
    assert "These do: stewards-3." in other


# -- taken back once -------------------------------------------------------------------------------

GIVEN = {
    "PenaltyGiven": ("number=101", "stage=SS1", "amount_ms=0:01:00"),
    "TimeCreditGranted": ("number=101", "stage=SS1", "amount_ms=0:01:00", "kind=delay"),
    "RetirementReported": ("number=101", "stage=SS2"),
}
BACK = {
    "PenaltyGiven": "PenaltyWithdrawn",
    "TimeCreditGranted": "TimeCreditRevoked",
    "RetirementReported": "RetirementRetracted",
}


@pytest.mark.parametrize("kind", GIVEN)
def test_what_a_decision_took_back_is_not_taken_back_again(loop: Rally, kind: str) -> None:
    """By a record or by another decision; when that falls before a court, it can be again."""
    told(loop, "record", kind, *GIVEN[kind], *STEWARDS)
    target = position(loop, kind)
    by_decision = ("decide", "effects", f"{BACK[kind]} target={target} number=101", *STEWARDS)
    by_record = ("record", BACK[kind], f"target={target}", *STEWARDS)
    told(loop, *by_decision)
    for again in (by_decision, by_record):
        assert "was taken back already, by " in told(loop, *again, code=1)
    court(loop, "stewards-1", "quashed", "1/2016")
    told(loop, *by_record)
    for again in (by_decision, by_record):
        assert "was taken back already, by " in told(loop, *again, code=1)


def test_what_supersedes_may_take_back_the_same(loop: Rally) -> None:
    """The withdrawal by decision 1 falls with it: decision 2, which supersedes it, withdraws."""
    told(loop, "record", "PenaltyGiven", *GIVEN["PenaltyGiven"], *STEWARDS)
    target = position(loop, "PenaltyGiven")
    told(loop, "decide", "withdraw", target, *STEWARDS)
    told(loop, "decide", "withdraw", target, "--supersedes", "stewards-1", *STEWARDS)

    assert "1:01:00" in told(loop, "standings")
    assert ["withdrawn"] == [row["status"] for row in answer(loop, "penalties")["rows"]]


def test_a_decision_that_fell_is_not_rescinded(loop: Rally) -> None:
    """It was quashed: nothing is left to take back."""
    penalty(loop)
    court(loop, "stewards-1", "quashed", "1/2016")
    said = told(loop, "decide", "rescind", "stewards-1", *STEWARDS, code=1)
    assert "Stewards' decision 1 was quashed by a court." in said


# -- what may become final -------------------------------------------------------------------------


def publish(rally: Rally, kind: str, at: str, *words: str, code: int = 0) -> str:
    """The classification after SS1 is posted at a time of that day, or not."""
    when = ("--at", f"2016-07-20T{at}")
    scope = ("--after", "SS1", "--kind", kind)
    return told(rally, "publish", "classification", *scope, *when, *words, *CLERK, code=code)


def test_a_final_one_rests_on_another(loop: Rally) -> None:
    """Without a provisional one no time for protests has run."""
    assert "no time for protests has run" in publish(loop, "final", "14:00", code=1)
    publish(loop, "unofficial", "14:00")
    assert "no time for protests runs" in publish(loop, "final", "20:00", code=1)
    publish(loop, "provisional", "14:00")
    assert "protests may be lodged until" in publish(loop, "final", "14:29", code=1)

    said = publish(loop, "final", "14:20", "--subject-to-appeal")
    assert "final, subject to appeal." in said
    publish(loop, "final", "14:31")  # nothing is open any more: without the reservation


def test_an_amended_one_amends_what_hangs(loop: Rally) -> None:
    """One that was withdrawn hangs no more; there is nothing to amend."""
    publish(loop, "provisional", "14:00")
    publish(loop, "amended", "14:10")
    for kind in ("amended", "provisional"):
        posted = answer(loop, "publications")["rows"]
        (position,) = (r["position"] for r in posted if r["kind"].startswith(kind))
        told(loop, "record", "PublicationWithdrawn", f"target=#{position}", *STEWARDS)
    assert "there is none to amend" in publish(loop, "amended", "14:20", code=1)


def test_what_was_drawn_up_is_posted_once(loop: Rally) -> None:
    """As a decision is: from the first posting on the time runs."""
    drawn = ("draw-up", "classification", "--after", "SS1", "--kind", "provisional")
    told(loop, *drawn, *STEWARDS)
    record = position(loop, "DocumentDrawnUp")
    publish(loop, "provisional", "14:00", "--drawn-up", record)
    again = publish(loop, "provisional", "14:10", "--drawn-up", record, code=1)
    assert "It was posted as document 1." in again


def test_a_final_one_while_its_stage_is_not_closed(loop: Rally) -> None:
    """SS2 may still bring times; a stage that was cancelled need not be closed."""
    for number in (101, 102, 103):
        time = (f"number={number}", "stage=SS2", f"elapsed_ms=1:0{number - 100}:00")
        told(loop, "record", "StageTimeRecorded", *time, *CLERK)
    overall = ("publish", "classification", "--kind")
    told(loop, *overall, "provisional", "--at", "2016-07-20T14:00", *CLERK)
    final = (*overall, "final", "--at", "2016-07-20T15:00", *CLERK)
    assert "SS2 is not closed" in told(loop, *final, code=1)
    told(loop, "decide", "cancel-stage", "SS2", "--no-appeal", *STEWARDS)
    told(loop, "decide", "notify", "stewards-1", "--at", "2016-07-20T13:00", *SECRETARY)
    told(loop, *final)


def test_a_final_one_while_a_decision_in_it_may_be_appealed(loop: Rally) -> None:
    """Nobody was told of it; then the hour runs; then an appeal is open; then it lapsed."""
    penalty(loop)
    publish(loop, "provisional", "13:00")
    assert "stewards-1 has to be notified" in publish(loop, "final", "14:00", code=1)
    told(loop, "decide", "notify", "stewards-1", "--at", "2016-07-20T13:10", *SECRETARY)
    runs = publish(loop, "final", "14:00", code=1)
    assert "an appeal against stewards-1 may be announced until 2016-07-20T14:10:00" in runs
    assert [] == answer(loop, "protest-clock", "--at", "2016-07-20T14:11")["rows"][0]["why_not"]
    appeal = ("appeal", "announce", "stewards-1", "--at", "2016-07-20T14:05")
    told(loop, *appeal, "--by", "T101", "--role", "competitor")
    assert "the appeal of 101 against stewards-1 is" in publish(loop, "final", "14:11", code=1)
    told(loop, "appeal", "withdraw", "stewards-1", "--at", "2016-07-20T14:20", *SECRETARY)
    publish(loop, "final", "14:21")


def test_no_correction_makes_it_final(loop: Rally) -> None:
    """What can't be posted as final can't be corrected into a final one either."""
    publish(loop, "provisional", "14:00")
    posted = position(loop, "ClassificationPublished")
    said = told(loop, "correct", posted, "kind=final", *CLERK, code=1)
    assert "may not become final" in said


# -- one name for one decision ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "names"),
    [
        pytest.param(
            *("7", ("court-7", "Court 7", "court of appeal, case 7")), marks=pytest.mark.slow
        ),
        ("1/2016", ("court-1/2016", "COURT 1/2016")),
        pytest.param("", ("court", "Court of Appeal"), marks=pytest.mark.slow),
    ],
)
def test_every_name_works_in_every_command(loop: Rally, tmp_path: Path, case: str,
                                           names: tuple[str, ...]) -> None:  # fmt: skip
    """What `decisions` prints names the decision of a court wherever a decision is taken."""
    penalty(loop)
    upheld = ("court", "Stewards 1", "upheld", "--court", "Court of appeal", "--case", case)
    told(loop, *upheld, *COURT)
    (row,) = answer(loop, "decisions", names[0])["rows"]
    (tmp_path / "photo.jpg").write_bytes(b"photo")
    for name in some_of(names):
        assert row == answer(loop, "decisions", name)["rows"][0]
        for words in (
            ("decide", "notify", name, *SECRETARY),
            ("decide", "activate", "--by-decision", name, name, *STEWARDS),
            ("appeal", "announce", name, *SECRETARY),
            ("appeal", "suspend", name, *STEWARDS),
            ("protest", "lodge", "--decision", name, "--grounds", "x", *SECRETARY),
            ("protest", "lodge", "--record", name, "--grounds", "x", *SECRETARY),
            ("court", name, "upheld", *COURT),
            ("publish", "decision", name, *SECRETARY),
            ("draw-up", "decision", name, *SECRETARY),
            ("decide", "no-action", "101", "--matter", name, "--evidence", name, *STEWARDS),
            ("exhibit", "add", name, "photo.jpg", "--title", "Photo", *SECRETARY),
            ("record", "DecisionNotified", f"target={name}", *SECRETARY),
        ):
            said = loop(*words, "--dry-run")
            unconditional = "has no sanction that is suspended on condition" in said.err
            assert 0 == said.code or unconditional, (words, said)
        for review in (("review", "petition", name, "--new", "x", *SECRETARY),
                       ("decide", "rescind", name, *STEWARDS)):  # fmt: skip
            assert "is no DecisionIssued that stands" in told(loop, *review, "--dry-run", code=1)
        told(loop, "export", "evidence", name, "-o", f"{names.index(name)}.zip")
        told(loop, "show", name)
        told(loop, "what-if", "--without", name)
        told(loop, "exhibit", "list", name)


def test_a_name_of_two(loop: Rally) -> None:
    """Two courts gave no case: the name is refused, with both."""
    penalty(loop)
    for number in range(2):
        told(loop, "court", "stewards-1", "upheld", "--ruling", f"{number}", *COURT)
    for words in (("decisions", "court"), ("decide", "notify", "court", *SECRETARY)):
        assert "2 decisions are named court: #" in told(loop, *words, code=2)


# -- what waits for a decision ---------------------------------------------------------------------


def waiting(rally: Rally) -> set[str]:
    """What waits, as each list tells it; that they agree is asserted."""
    due = {row["about"] for row in answer(rally, "due")["rows"] if row["act"] == "DecisionIssued"}
    others = answer(rally, "docket")["others"]
    docket = {f"{row['kind']} on crew {row['number']}" for row in others if row["open"]}
    clock = answer(rally, "protest-clock")["rows"][-1]["open"]
    told_there = {
        each.removeprefix("nobody has decided on the ") for each in clock if "nobody" in each
    }
    assert due == docket == told_there
    return due


def test_what_a_court_made_of_the_decision_settled_its_matter(loop: Rally) -> None:
    """A summons is decided on; quashed, it stays decided; rescinded, it waits again."""
    summons = ("record", "SummonsIssued", "number=101", "stage=SS1")
    told(loop, *summons, *SECRETARY)
    publish(loop, "provisional", "12:00")
    assert {"summons on crew 101"} == waiting(loop)
    decided = ("--matter", position(loop, "SummonsIssued"))
    penalty(loop, *decided)
    assert set() == waiting(loop)
    told(loop, "decide", "rescind", "stewards-1", *STEWARDS)
    assert {"summons on crew 101"} == waiting(loop)
    penalty(loop, *decided)
    court(loop, "stewards-2", "quashed", "1/2016")

    assert set() == waiting(loop)
    publish(loop, "final", "20:00")


# -- what ended does not go on ---------------------------------------------------------------------


def test_an_appeal_ends_with_its_decision(loop: Rally) -> None:
    """The decision is rescinded: the appeal is moot, and keeps nothing from becoming final."""
    penalty(loop)
    told(loop, "decide", "notify", "stewards-1", "--at", "2016-07-20T13:00", *SECRETARY)
    appeal = ("appeal", "announce", "stewards-1", "--at", "2016-07-20T13:30")
    told(loop, *appeal, "--by", "T101", "--role", "competitor")
    publish(loop, "provisional", "13:00")
    told(loop, "decide", "rescind", "stewards-1", *STEWARDS)
    (row,) = answer(loop, "docket")["rows"]
    (matter,) = row["matters"]

    assert (False, "moot", "moot") == (matter["open"], matter["step"], matter["outcome"])
    assert not [row for row in answer(loop, "due")["rows"] if "appeal" in row["about"]]
    publish(loop, "final", "20:00")


def test_a_matter_that_ended_takes_no_further_step(loop: Rally) -> None:
    """An appeal that was withdrawn is not confirmed; a protest is decided once."""
    penalty(loop)
    told(loop, "appeal", "announce", "stewards-1", *SECRETARY)
    told(loop, "appeal", "withdraw", "stewards-1", *SECRETARY)
    for step in ("confirm", "lapse", "withdraw"):
        said = told(loop, "appeal", step, "stewards-1", *SECRETARY, code=1)
        assert "says so already: the appeal is withdrawn." in said
    told(loop, "protest", "lodge", "--against", "102", "--grounds", "x", *SECRETARY)
    protest = position(loop, "ProtestLodged")
    told(loop, "protest", "admit", protest, *STEWARDS)
    told(loop, "protest", "reject", protest, *STEWARDS)
    said = told(loop, "protest", "uphold", protest, *STEWARDS, code=1)
    assert "says so already: the protest is rejected." in said


def test_a_lapse_that_came_too_early_can_be_found_again(loop: Rally) -> None:
    """Before its time a lapse is none, so the appeal is open; when the time is over it lapses."""
    penalty(loop)
    told(loop, "decide", "notify", "stewards-1", "--at", "2016-07-20T13:00", *SECRETARY)
    told(loop, "appeal", "announce", "stewards-1", "--at", "2016-07-20T13:30", *SECRETARY)
    lapse = ("appeal", "lapse", "stewards-1", "--at")
    told(loop, *lapse, "2016-07-20T14:00", *SECRETARY)
    told(loop, *lapse, "2016-08-20T14:00", *SECRETARY)
    (row,) = answer(loop, "docket")["rows"]
    assert ["lapsed"] == [each["step"] for each in row["matters"]]


def test_no_sanction_waits_for_a_condition(loop: Rally) -> None:
    """A penalty that is not suspended can't be activated."""
    penalty(loop)
    for step in ("activate", "lapse"):
        said = told(loop, "decide", step, "stewards-1", *STEWARDS, code=1)
        assert "has no sanction that is suspended on condition" in said


def test_a_stage_from_which_on_a_decision_is_superseded(loop: Rally) -> None:
    """One that the rally does not have would have the whole decision superseded, in silence."""
    penalty(loop)
    anew = ("decide", "no-action", "101", "--supersedes", "stewards-1", "--supersedes-from")
    assert "No stage SS9 is scheduled." in told(loop, *anew, "SS9", *STEWARDS, code=1)
    told(loop, *anew, "SS1", *STEWARDS)


def test_a_suspended_sanction_is_settled_once(loop: Rally) -> None:
    """A lapse before its time settles nothing; what was activated is neither activated nor over."""
    penalty(loop, "--suspended", "again", "--until", "2016-07-22T00:00")
    activate = ("decide", "activate", "stewards-1", "--at", "2016-07-21T10:00", *STEWARDS)
    lapse = ("decide", "lapse", "stewards-1", "--at")
    told(loop, *lapse, "2016-07-21T09:00", *STEWARDS)
    told(loop, *activate)
    for again in (activate, (*lapse, "2016-07-23T00:00", *STEWARDS)):
        said = told(loop, *again, code=1)
        assert "says already what became of it." in said
        assert "was activated." in said


@pytest.mark.parametrize(
    "step",
    [("decide", "activate"), ("decide", "lapse"), ("appeal", "suspend"), ("appeal", "resume")],
)
def test_nothing_is_left_to_do_about_what_is_gone(loop: Rally, step: tuple[str, str]) -> None:
    """It counts as never taken, so its execution is not suspended nor its condition found."""
    penalty(loop, "--suspended", "again")
    told(loop, "decide", "rescind", "stewards-1", *STEWARDS)
    said = told(loop, *step, "stewards-1", *STEWARDS, code=1)
    assert "Stewards' decision 1 was rescinded." in said


# -- who lodges it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ((), "101"),
        (("--competitor", "T101"), "101"),
        (("--competitor", "The federation"), ""),
        (("--number", "102", "--competitor", "T102"), "102"),
    ],
)
def test_who_petitions_stays_who_petitions(
    loop: Rally, words: tuple[str, ...], number: str
) -> None:
    """Without another name it is the crew that the decision is about; the federation is no crew."""
    penalty(loop)
    petition = ("review", "petition", "stewards-1", "--new", "a film", *words)
    told(loop, *petition, *SECRETARY)
    told(loop, "appeal", "announce", "stewards-1", *words, *SECRETARY)
    typed = [each.removeprefix("--") for each in words]
    fields = [f"{name}={value}" for name, value in zip(typed[::2], typed[1::2], strict=True)]
    record = ("record", "ReviewPetitioned", f"target={position(loop, 'DecisionIssued')}")
    told(loop, *record, *fields, *SECRETARY)
    matters = answer(loop, "docket")["rows"][0]["matters"]

    assert [number] * 3 == [each["number"] for each in matters]
    who = dict(zip(words[::2], words[1::2], strict=True)).get("--competitor", "")
    assert {who} == {each["competitor"] for each in matters}


def test_who_protests_is_not_whom_the_decision_is_about(loop: Rally) -> None:
    """A protest that is typed as a record names nobody of itself."""
    penalty(loop)
    target = f"target={position(loop, 'DecisionIssued')}"
    told(loop, "record", "ProtestLodged", target, "competitor=T102", *SECRETARY)
    (matter,) = answer(loop, "docket")["rows"][0]["matters"]
    assert ("", "T102") == (matter["number"], matter["competitor"])


# -- the board -------------------------------------------------------------------------------------


def board(rally: Rally) -> list[str]:
    """The status of everything that was posted."""
    return [row["status"] for row in answer(rally, "publications")["rows"]]


def test_the_sheet_of_a_decision_shows_what_became_of_it(loop: Rally) -> None:
    """In force, then quashed; withdrawn, it may be posted again."""
    penalty(loop)
    told(loop, "publish", "decision", "stewards-1", *SECRETARY)
    posted = ("record", "DocumentPosted", "document=9", "title=x", "kind=decision")
    about = f"about={position(loop, 'DecisionIssued')}"
    for again in (("publish", "decision", "stewards-1"), (*posted, about)):
        assert "It was posted as document 1." in told(loop, *again, *SECRETARY, code=1)
    assert ["in force"] == board(loop)
    court(loop, "stewards-1", "quashed", "1/2016")
    assert ["quashed"] == board(loop)
    withdrawal = ("record", "PublicationWithdrawn", f"target={position(loop, 'DocumentPosted')}")
    told(loop, *withdrawal, *STEWARDS)
    told(loop, "publish", "decision", "stewards-1", *SECRETARY)
    assert ["withdrawn", "quashed"] == board(loop)


# -- rules that are needed -------------------------------------------------------------------------

WINDOW = "protests.time_classification"


def test_what_was_lodged_is_on_record_though_no_rule_says_until_when(
    rally: Rally, tmp_path: Path
) -> None:
    """The rulebook knows of no appeals: it is said which rule lacks, and a bulletin gives it."""
    lacks = ["reviews.time", "appeals.to_court", "appeals.confirm_to_court", WINDOW]
    bare = f'extends = "wrc-2019"\nwithout = {json.dumps(lacks)}\n'
    (tmp_path / "bare.toml").write_text(bare)
    new(rally, "bare.toml")
    penalty(rally)
    publish(rally, "provisional", "13:00")
    told(rally, "decide", "notify", "stewards-1", *SECRETARY)
    lodged = {
        "appeals.to_court": ("appeal", "announce", "stewards-1"),
        "reviews.time": ("review", "petition", "stewards-1", "--new", "x"),
        WINDOW: ("protest", "lodge", "--document", "1", "--grounds", "x"),
    }
    for rule, words in lodged.items():
        said = told(rally, *words, *SECRETARY)
        assert "It is not known whether it is in time: the regulations bare do not define " in said
        assert f" {rule}. " in said
    docket: Any = answer(rally, "docket")
    matters = [*docket["rows"][0]["matters"], *docket["others"]]
    assert {f"no rule says until when ({rule})" for rule in lodged} == {
        each["remark"] for each in matters
    }
    assert all(each["admissible"] for each in matters)
    clock: Any = answer(rally, "protest-clock")["rows"][0]
    assert (None, False) == (clock["closes_at"], clock["may_become_final"])
    assert f"the rules do not define {WINDOW}" == clock["why_not"][0]
    assert f"the rules do not define {WINDOW}" in publish(rally, "final", "20:00", code=1)
    rules = ("appeals.intention_ms=1:00:00", "appeals.confirmation_ms=96:00:00")
    bulletin = ("record", "BulletinIssued", "bulletin=1", *rules, "--at", "2016-07-20T08:00")
    told(rally, *bulletin, *STEWARDS)
    (appeal,) = (e for e in answer(rally, "docket")["rows"][0]["matters"] if e["kind"] == "appeal")
    assert appeal["due_at"]
    assert "until when" not in appeal.get("remark", "")


def test_what_was_given_under_another_number_is_taken_back(loop: Rally) -> None:
    """The crew bears 201 by now: its penalty is withdrawn under that, by decision or record."""
    for _ in range(2):
        told(loop, "record", "PenaltyGiven", *GIVEN["PenaltyGiven"], *STEWARDS)
    second = position(loop, "PenaltyGiven")
    first = f"#{int(second[1:]) - 1}"
    reallocated = ("record", "NumberReallocated", "number=101", "new_number=201")
    told(loop, *reallocated, "--at", "2016-07-20T11:00", *SECRETARY)
    taken = ("decide", "effects", f"PenaltyWithdrawn target={first}", "--number", "201")
    told(loop, *taken, *STEWARDS)
    told(loop, "record", "PenaltyWithdrawn", f"target={second}", "number=201", *STEWARDS)
    assert ["withdrawn"] * 2 == [row["status"] for row in answer(loop, "penalties")["rows"]]
