"""The acts of the stewards' desk as they are typed: what is refused, asked and said."""

from __future__ import annotations

import io
import sys
from typing import Any

import click
import pytest

from tests.command_line.conftest import answer, size
from tests.conftest import Rally

CHAIR = ("--by", "A. Chair", "--role", "stewards")
CLERK = ("--by", "Cleo", "--role", "clerk-of-the-course")
OFFICE = ("--by", "Rae", "--role", "results-office")
COURT = ("--by", "Registry", "--role", "court")
TEAM = ("--by", "Team Blue", "--role", "competitor")
WHY = ("--reason", "seen by two marshals")


def decided(dune: Rally, *words: str, by: tuple[str, ...] = CHAIR) -> dict[str, Any]:
    """A decision is issued; what a program is told of it."""
    found: dict[str, Any] = answer(dune, "decide", *words, *WHY, *by)
    return found


def test_a_dry_run_shows_who_would_move_and_appends_nothing(dune: Rally) -> None:
    """Places, totals and gaps in the overall and on the stage; afterwards the same is echoed."""
    before = size(dune)
    tried = decided(dune, "penalty", "101", "0:10:00", "--stage", "SS2", "--dry-run")
    assert (None, True) == (tried["position"], tried["dry_run"])
    assert before == size(dune)

    said = decided(dune, "penalty", "101", "0:10:00", "--stage", "SS2")

    assert before + 1 == said["position"]
    assert ("stewards", 1) == (said["series"], said["decision"])
    moved = {each["number"]: each["place"] for each in said["changed"]}
    assert {"101": [1, 2], "102": [2, 1]} == moved
    assert tried["changed"] == said["changed"]
    assert ["SS2"] == [each["stage"] for each in said["stages"]]


def test_an_effect_that_something_else_defeats_is_told(dune: Rally) -> None:
    """By the dry run before anybody signs, by the register, and by the check."""
    time = "StageTimeRecorded number=101 stage=SS2 elapsed_ms={} basis=notional"
    decided(dune, "effects", time.format("1:00:00"))
    again = ("decide", "effects", time.format("2:00:00"), *WHY, *CLERK)
    said = dune(*again, "--dry-run").out
    assert "Nothing changes in the standings or the next start order." in said
    assert "because stewards-1 counts instead (#29)." in said
    (tried,) = answer(dune, *again)["without_effect"]
    assert ("stewards-1 counts instead", [29]) == (tried["why"], tried["positions"])

    (entry,) = answer(dune, "decisions", "clerk-1")["rows"]
    (one,) = entry["effects"]
    assert ("in force", True) == (one["status"], one["in_force"])
    assert {"why": "stewards-1 counts instead", "positions": [29]} == one["no_effect"]
    assert "no effect, because stewards-1 counts" in dune("decisions", "clerk-1").out
    found = answer(dune, "check", code=1)["findings"]
    assert ["no-effect"] == [e["kind"] for e in found if e["kind"] == "no-effect"]


def test_it_binds_what_was_on_the_screen(dune: Rally) -> None:
    """The basis that the signers had before them, and who would move by it."""
    before = answer(dune, "standings")["basis"]
    decided(dune, "penalty", "101", "0:10:00", "--stage", "SS2")
    (entry,) = answer(dune, "decisions", "stewards-1")["rows"]

    seen = entry["seen"]
    assert (before["position"], before["root"]) == (seen["position"], seen["root"])
    assert ["102", "101"] == [each["number"] for each in seen["moves"]]


def test_each_series_has_its_own_numbers(dune: Rally) -> None:
    """By the office that acts, or as it is said; a number that is not the next is refused."""
    assert 1 == decided(dune, "reprimand", "101")["decision"]
    assert 1 == decided(dune, "fine", "102", "500", "EUR", by=CLERK)["decision"]
    assert 2 == decided(dune, "no-action", "103", "--series", "clerk", by=CLERK)["decision"]
    typed = ("record", "DecisionIssued", "series=clerk", "number=101", "decision=7", *CLERK)
    refused = dune(*typed)
    assert 1 == refused.code
    assert "The next decision of the series clerk has the number 3." in refused.err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("penalty", "999", "0:01:00"), 1, "No crew 999 is entered."),
        (("penalty", "101", "soon"), 2, "'soon' is not a time."),
        (("penalty", "101", "0:01:00", "--stage", "SS9"), 1, "No stage SS9 is scheduled."),
        (("effects", "Banishment"), 2, "A decision can't bring about 'Banishment'."),
        (("effects", "PenaltyGiven amount_ms=x"), 2, "amount_ms=x: expected a whole number."),
        (("effects", "PenaltyGiven"), 1, "PenaltyGiven: the field number is missing"),
        (("effects", "PenaltyGiven amount='1"), 2, "is no effect."),
        (("effects", "TargetTimeChanged stage=SS1"), 1, "No time is changed."),
        (("effects", "StageStopped stage=SS1 method=own-average"), 1, "needs the point."),
        (("penalty", "101", "0:01:00", "--supersedes-from", "SS1"), 1, "is not said."),
        (("withdraw", "#1"), 2, "#1 is no penalty and no time credit."),
        (("withdraw", "stewards-9"), 2, "There is no decision 'stewards-9'."),
        (
            ("penalty", "101", "0:01:00", "--until", "2016-07-20T10:00+08:00"),
            2,
            "needs a condition",
        ),
        (
            ("penalty", "101", "0:01:00", "--supersedes", "clerk-7"),
            2,
            "There is no decision 'clerk-7'.",
        ),
    ],
)
def test_what_can_not_be_decided(
    dune: Rally, words: tuple[str, ...], code: int, message: str
) -> None:
    """What, where and what to do; nothing is appended."""
    before = size(dune)
    said = dune("decide", *words, *WHY, *CHAIR)

    assert code == said.code, said
    assert message in said.err
    assert "Hint: " in said.err
    assert before == size(dune)


def test_an_office_that_decides_nothing(dune: Rally) -> None:
    """The office says whose decision it is; one that may decide nothing is refused."""
    said = dune("decide", "reprimand", "101", *WHY, *OFFICE)
    assert 2 == said.code
    assert "does not follow from the office results-office" in said.err
    said = dune("decide", "reprimand", "101", "--series", "stewards", *WHY, *OFFICE)
    assert 1 == said.code
    assert "may not record DecisionIssued" in said.err


def test_a_decision_is_superseded_once(dune: Rally) -> None:
    """A second claim is refused; so is one on what was rescinded, or fell before a court."""
    decided(dune, "penalty", "101", "0:10:00", "--stage", "SS2")
    decided(dune, "penalty", "101", "0:02:00", "--stage", "SS2", "--supersedes", "stewards-1")
    again = dune("decide", "reprimand", "101", "--supersedes", "stewards-1", *WHY, *CHAIR)
    assert 1 == again.code
    assert "Stewards' decision 1 is superseded already, by Stewards' decision 2." in again.err

    assert 0 == dune("court", "stewards-2", "quashed", *COURT).code
    fallen = dune("decide", "reprimand", "101", "--supersedes", "stewards-2", *WHY, *CHAIR)
    assert 1 == fallen.code
    assert "Stewards' decision 2 was quashed by a court." in fallen.err

    decided(dune, "reprimand", "102")
    assert 0 == dune("decide", "rescind", "stewards-3", *WHY, *CHAIR).code
    gone = dune("decide", "reprimand", "102", "--supersedes", "stewards-3", *WHY, *CHAIR)
    assert 1 == gone.code
    assert "Stewards' decision 3 was rescinded." in gone.err


def test_what_follows_is_about_something_and_said_once(dune: Rally) -> None:
    """An appeal against what is no decision, a second confirmation, a court that varies nothing."""
    decided(dune, "penalty", "101", "0:10:00", "--stage", "SS2")
    assert 2 == dune("appeal", "announce", "#1", *TEAM).code
    assert 2 == dune("appeal", "confirm", "stewards-1", *TEAM).code
    assert 0 == dune("appeal", "announce", "stewards-1", *TEAM).code
    assert 0 == dune("appeal", "confirm", "stewards-1", *TEAM).code
    twice = dune("appeal", "confirm", "stewards-1", *TEAM)
    assert 1 == twice.code
    assert "says so already" in twice.err
    nothing = dune("court", "stewards-1", "varied", *COURT)
    assert 1 == nothing.code
    assert "needs what is put in its place" in nothing.err
    odd = dune("court", "stewards-1", "upheld", "--effect", "Reprimand", *COURT)
    assert 1 == odd.code
    assert "puts no effects in the place" in odd.err


def test_the_reasons_are_written_in_an_editor(dune: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the line stands what the decision is and would change; nothing written is a refusal."""
    shown: list[str] = []

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def edit(text: str, **_: object) -> str:
        shown.append(text)
        return "The crew admitted it.\n" + text

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(click, "edit", edit)
    assert 0 == dune("decide", "penalty", "101", "0:10:00", "--stage", "SS2", *CHAIR).code
    (entry,) = answer(dune, "decisions", "stewards-1")["rows"]
    assert "The crew admitted it." == entry["reason"]
    assert "# Overall car: 102 2nd → 1st" in shown[0]

    monkeypatch.setattr(click, "edit", lambda text, **_: text)
    empty = dune("decide", "reprimand", "101", *CHAIR)
    assert 2 == empty.code
    assert "No reasons were written" in empty.err


def test_without_a_terminal_the_reasons_are_asked_for(dune: Rally) -> None:
    """Nobody can write them there, so they have to be given."""
    said = dune("decide", "reprimand", "101", *CHAIR)
    assert (2, True) == (said.code, "A decision needs its reasons." in said.err)


# -- drawn up, signed, posted ----------------------------------------------------------------------

BULLETIN = (
    *("record", "BulletinIssued", "bulletin=1"),
    "documents.classification_signatures=clerk-of-the-course;stewards",
    *("--by", "The stewards", "--role", "stewards", "--reason", "two signatures"),
)
AFTER = ("classification", "--after", "SS2", "--kind", "provisional")


def test_drawn_up_is_not_posted(dune: Rally) -> None:
    """Where the rulebook wants two signatures, a classification waits for both of them."""
    assert 0 == dune(*BULLETIN).code
    early = dune("publish", *AFTER, *CLERK)
    assert 1 == early.code
    assert "It lacks the signature of stewards." in early.err
    assert "rally draw-up" in early.err

    drawn = answer(dune, "draw-up", *AFTER, *OFFICE)["position"]
    assert [] == answer(dune, "publications")["rows"]
    assert ["has to be signed"] == _waiting(dune)
    posting = ("publish", *AFTER, "--drawn-up", f"#{drawn}", *OFFICE)
    assert "clerk-of-the-course and stewards" in dune(*posting).err
    assert 0 == dune("sign", f"#{drawn}", *CLERK).code
    assert "It lacks the signature of stewards." in dune(*posting).err
    assert ["is signed, and not posted"] == _waiting(dune)
    assert 0 == dune("sign", f"#{drawn}", *CHAIR).code
    posted = answer(dune, *posting)

    assert "1" == posted["document"]
    # What was signed is posted as it was signed, whatever came to the log in between.
    assert drawn - 1 == posted["cut_off"]
    assert [] == _waiting(dune)


def _waiting(dune: Rally) -> list[str]:
    """What is due on the drafts."""
    rows = answer(dune, "due")["rows"]
    return [each["what"] for each in rows if each["act"] == "DocumentSigned"]


def test_what_is_no_draft_can_not_be_signed_or_posted(dune: Rally) -> None:
    """A record of another kind, and a draft of something else."""
    assert 2 == dune("sign", "#1", *CLERK).code
    assert 2 == dune("publish", *AFTER, "--drawn-up", "#1", *CLERK).code
    drawn = answer(dune, "draw-up", *AFTER, *OFFICE)["position"]
    final = ("publish", "classification", "--kind", "final", "--drawn-up", f"#{drawn}", *CLERK)
    said = dune(*final)
    assert 1 == said.code
    assert "It is not what was drawn up and signed." in said.err


def test_a_fine_is_followed_until_it_is_paid(dune: Rally) -> None:
    """A part suspended, the rest by a time; money for no fine is refused."""
    part = (
        "fine",
        "101",
        "30000",
        "EUR",
        "--suspended-part",
        "25000",
        "--pay-by",
        "2026-03-05T18:00",
    )
    alone = dune("decide", *part, *WHY, *CHAIR)
    assert (2, True) == (alone.code, "needs a condition" in alone.err)
    none = dune("decide", "fine", "101", "5", "EUR", "--suspended-part", "5", *WHY, *CHAIR)
    assert (2, True) == (none.code, "5 of 5 EUR is no part." in none.err)
    decided(dune, *part, "--suspended", "no second offence")
    decided(dune, "reprimand", "102")
    for words, message in (
        (("stewards-2", "5"), "Stewards' decision 2 imposes no fine."),
        (("stewards-1", "5", "--currency", "USD"), "Stewards' decision 1 imposes no fine in USD."),
    ):
        refused = dune("decide", "fine-paid", *words, *CHAIR)
        assert (1, True) == (refused.code, message in refused.err), refused
    answer(dune, "decide", "fine-paid", "stewards-1", "2000", *CHAIR)
    early = dune("decide", "fine-returned", "stewards-1", "5", *CHAIR)
    assert (1, True) == (early.code, "nothing is to be given back, and not 5." in early.err)
    typed = "Fine amount=7 currency=USD pay_by_at=2026-03-05T18:00"
    decided(dune, "effects", typed, "--number", "103")
    (other,) = answer(dune, "decisions", "stewards-3")["rows"]
    assert ["2026-03-05T18:00:00+08:00"] == [each["pay_by"] for each in other["fines"]]

    (mine, *_) = answer(dune, "decisions")["rows"]
    said = "fine of 30000 EUR: 5000 EUR to be paid by 5 Mar 18:00 +08:00, 25000 EUR suspended: "
    assert f"{said}no second offence" == mine["ruling"]
    told = answer(dune, "decisions")["fines"]
    assert [("EUR", 30_000, 25_000, 2000, 3000), ("USD", 7, 0, 0, 7)] == [
        tuple(each[name] for name in ("currency", "imposed", "suspended", "paid", "open"))
        for each in told
    ]
    for read in ("decisions", "docket", "decisions stewards-1"):
        _, _, table = dune(*read.split()).out.partition("Fines\n")
        assert ["stewards-1", "101", "30000", "25000", "2000", "3000", "EUR"] == (
            table.splitlines()[1].split()[:7]
        )
