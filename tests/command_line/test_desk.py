"""The stewards' desk, read from the command line: register, docket, protest clock, what is due."""

# ruff: noqa: E501 - lines are as wide as the tables, what is expected stands on the left

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from ledger.log import Ledger
from tests.command_line.conftest import answer
from tests.command_line.test_transcripts import seen, shown
from tests.conftest import Rally, Ticking
from tests.spec import RALLY, Case


def at(time: str) -> str:
    """An instant of the evening on which it all happens, on the clocks of the rally."""
    return f"2016-07-10T{time}+08:00"


def evening() -> Case:
    """An evening at the desk: a penalty that is appealed against, another that is contested.

    The stewards give 102 ten minutes; the classification hangs from 20:30. 102 announces an appeal
    at 20:58, 103 announces one too late. Two decisions claim to replace a fine of the clerk.
    """
    case = Case("cross-country")
    case.enter("101", "102", "103")
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:30:00")
    stewards = {"by": "Stewards", "role": "stewards"}
    report = case.record(
        "ReportFiled",
        at("15:00"),
        recorded=at("18:00"),
        by="Pia",
        role="marshal",
        number="102",
        stage="SS1",
        fact="CP3 was not passed",
    )
    penalty = case.record(
        "DecisionIssued",
        at("15:00"),
        recorded=at("20:00"),
        series="stewards",
        decision=1,
        number="102",
        stage="SS1",
        sender="The stewards",
        addressee="The competitor of 102",
        fact="CP3 was not passed",
        infringement="article 48.3",
        ruling="ten minutes",
        signed_by=["A. Grey", "B. Blue"],
        effects=[{"act": "PenaltyGiven", "fields": {"amount_ms": 600_000, "reason": "CP3"}}],
        matter=[report],
        seen={
            "position": 12,
            "root": "ab" * 32,
            "rulebook": "cross-country",
            "scope": {"kind": "overall"},
            "moves": [{"number": "102", "place": [2, 2], "total_ms": [3_660_000, 4_260_000]}],
        },
        reason="the tracker shows it",
        **stewards,
    )
    case.record(
        "DecisionNotified", at("20:05"), recorded=at("20:05"), target=penalty, how="hand", by="Sue"
    )
    case.record(
        "ClassificationPublished",
        at("20:30"),
        recorded=at("20:30"),
        document="12",
        kind="provisional",
        scope={"kind": "overall", "after": "SS1"},
        position=14,
        rows=[{"place": n, "number": f"10{n}"} for n in (1, 2, 3)],
        by="Cleo",
        role="clerk-of-the-course",
    )
    case.record(
        "AppealIntentionNotified", at("20:58"), recorded=at("20:58"), target=penalty, number="102"
    )
    case.record(
        "AppealIntentionNotified", at("21:30"), recorded=at("21:30"), target=penalty, number="103"
    )
    fine = case.record(
        "DecisionIssued",
        recorded=at("21:40"),
        series="clerk",
        decision=1,
        number="103",
        ruling="a fine",
        effects=[{"act": "Fine", "fields": {"amount": 500, "currency": "EUR"}}],
        by="Cleo",
        role="clerk-of-the-course",
    )
    for number, ruling in ((2, "no fine"), (3, "a fine of 100")):
        case.record(
            "DecisionIssued",
            recorded=at(f"21:5{number}"),
            series="stewards",
            decision=number,
            number="103",
            ruling=ruling,
            supersedes=fine,
            **stewards,
        )
    return case


@pytest.fixture
def desk(rally: Rally, clock: Ticking) -> Rally:
    """The command `rally` on a ledger that holds the evening."""
    ledger = Ledger("rally.db", clock)
    ledger.log(RALLY).append([occurrence for _, occurrence in evening().records])
    ledger.close()
    return rally


# -- the register --------------------------------------------------------------------------------


def test_the_register(desk: Rally) -> None:
    """By series and number: what was decided, what became of it, and what contradicts itself."""
    expected = """
        Desert Loop · Decisions · as of #20, received 20 Jul 15:33 +08:00
        Decision    Doc  Taken             No  Stage  What           Effects                                                        Status                   Chain                                 Record
        clerk-1          10 Jul 21:40:00  103         a fine         Fine for crew 103: amount 500, currency EUR                    ! in force               claimed by stewards-2 and stewards-3     #18
        stewards-1       10 Jul 20:00:00  102  SS1    ten minutes    Penalty given for crew 102 on SS1: amount 0:10:00, reason CP3  execution suspended #16                                           #13
        stewards-2       10 Jul 21:52:00  103         no fine                                                                       ! contested #20          supersedes clerk-1                       #19
        stewards-3       10 Jul 21:53:00  103         a fine of 100                                                                 ! contested #19          supersedes clerk-1                       #20

        Fines
        Decision   No  Imposed  Open  Currency  Pay by  Record
        clerk-1   103      500   500  EUR                  #18
        """
    assert shown(expected) == seen(desk, "decisions")


def test_one_decision(desk: Rally) -> None:
    """Every field, what it rests on and does, what the signers saw, and each step since."""
    expected = """
        Desert Loop · Stewards' decision 1 · as of #20, received 20 Jul 15:33 +08:00
        Status       execution suspended #16
        From         The stewards
        To           The competitor of 102
        Taken        10 Jul 20:00:00
        Crew         102 Driver 102
        Stage        SS1
        Of           10 Jul 15:00:00
        Fact         CP3 was not passed
        Infringement article 48.3
        Decision     ten minutes
        Reason       the tracker shows it
        Signed by    A. Grey, B. Blue
        Appeal       open to appeal
        Notified     10 Jul 20:05:00
        Record       #13 xxxxxxxxxx

        Rests on
          #12 A report was filed on crew 102 on SS1: CP3 was not passed.

        Effects
        What                                                           Until  Status
        Penalty given for crew 102 on SS1: amount 0:10:00, reason CP3         execution suspended

        Seen by the signers: Overall, as of #12, root xxxxxxxxxx, rulebook cross-country
          102 stays 2nd, total 1:11:00 (+0:10:00)

        Steps
        Record  When             What                                                         By
           #14  10 Jul 20:05:00  The decision stewards-1 (#13) was notified by hand.          Sue
           #16  10 Jul 20:58:00  Crew 102 gave notice of an appeal against stewards-1 (#13).
           #17  10 Jul 21:30:00  Crew 103 gave notice of an appeal against stewards-1 (#13).
        """
    assert shown(expected) == seen(desk, "decisions", "stewards-1")


def test_one_decision_before_the_appeal(desk: Rally) -> None:
    """As it was known then: in force, and nothing lodged against it."""
    (row,) = answer(desk, "decisions", "#13", "--known-at", "14")["rows"]

    assert ("in force", [], "2016-07-10T20:05:00+08:00") == (
        row["status"],
        row["positions"],
        row["notified_at"],
    )
    assert ["DecisionNotified"] == [each["type"] for each in row["steps"]]
    (then,) = answer(desk, "decisions", "#13", "--effective-at", at("20:45"))["rows"]
    assert "in force" == then["status"], "so it was at a quarter to nine, as known today"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ["clerk-1", "stewards-1", "stewards-2", "stewards-3"]),
        (("--series", "clerk"), ["clerk-1"]),
        (("--series", "court"), []),
        (("--number", "102"), ["stewards-1"]),
        (("--status", "contested"), ["stewards-2", "stewards-3"]),
        (("--series", "stewards", "--number", "103"), ["stewards-2", "stewards-3"]),
        (("stewards-1",), ["stewards-1"]),
        (("Stewards 1",), ["stewards-1"]),
        (("#18",), ["clerk-1"]),
    ],
)
def test_some_of_the_register(desk: Rally, words: tuple[str, ...], expected: list[str]) -> None:
    """By series, crew and status; or one, by its number or its record."""
    rows = answer(desk, "decisions", *words)["rows"]
    assert expected == [f"{row['series']}-{row['decision']}" for row in rows]


def test_a_decision_as_json(desk: Rally) -> None:
    """The basis, every field, the effects with their status, the dry run, what it rests on."""
    document = answer(desk, "decisions", "stewards-1")
    (row,) = document["rows"]

    assert "basis" == next(iter(document))
    assert ["ReportFiled"] == [each["type"] for each in document["rests_on"]]
    assert [12] == [each["position"] for each in document["rests_on"]]
    effect = {"act": "PenaltyGiven", "status": "execution suspended", "in_force": False}
    assert effect == {key: row["effects"][0][key] for key in effect}
    assert [2, 2] == row["seen"]["moves"][0]["place"]
    fields = {
        "infringement": "article 48.3",
        "ruling": "ten minutes",
        "reason": "the tracker shows it",
        "signed_by": ["A. Grey", "B. Blue"],
        "status": "execution suspended",
        "positions": [16],
        "superseded_by": "",
    }
    assert fields == {key: row[key] for key in fields}


def test_the_register_as_csv(desk: Rally) -> None:
    """A line for each decision, what is claimed in it."""
    said = desk("decisions", "--csv").out.splitlines()
    assert said[0].startswith("series,decision,document,number,driver,stage,decided_at,ruling,")
    assert said[1].startswith("clerk,1,,103,Driver 103,,2016-07-10T21:40:00+08:00,a fine,")
    assert "stewards-2 / stewards-3" in said[1]
    assert 5 == len(said)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("stewards-9",), "There is no decision 'stewards-9'."),
        (("#12",), "#12 is no decision that stands in the register."),
        (("#99",), "There is no decision #99."),
        (("#18", "--known-at", "14"), "#18 is not known as of #14."),
        (("stewards-1", "--number", "102"), "One decision is named: leave out --series, "),
        (("--series", "jury"), "Invalid value for '--series': 'jury' is not one of "),
        (("--status", "gone"), "Invalid value for '--status': 'gone' is not one of "),
    ],
)
def test_slips_in_the_register(desk: Rally, words: tuple[str, ...], message: str) -> None:
    """No such decision, series or status; one that was not known yet."""
    said = answer(desk, "decisions", *words, code=2)["error"]["message"]
    assert said.startswith(message)


# -- deadlines -----------------------------------------------------------------------------------


def test_the_docket(desk: Rally) -> None:
    """Deadlines of each decision, and what came in: at 58 minutes in time, at 85 too late."""
    expected = """
        Desert Loop · Docket at 2016-07-10T21:53:00+08:00 (the last record) · as of #20, received 20 Jul 15:33 +08:00
        Decision     No  Status               Notified         Appeal until     Review until  Protest until  Next                                                     Record
        stewards-1  102  execution suspended  10 Jul 20:05:00  10 Jul 21:05:00                               14 Jul 20:58:00 an announced appeal has to be confirmed     #13
        clerk-1     103  in force             not yet                                                                                                                    #18
        stewards-2  103  contested            not yet                                                                                                                    #19
        stewards-3  103  contested            not yet                                                                                                                    #20

        Lodged
        Matter    Against     By   Received         In time until    Admissible                     Suspends  Confirm by       Confirmed  Stands                   Record
        appeal-1  stewards-1  102  10 Jul 20:58:00  10 Jul 21:05:00  yes                            yes       14 Jul 20:58:00             announced                   #16
        appeal-2  stewards-1  103  10 Jul 21:30:00  10 Jul 21:05:00  no: it was announced too late  no        14 Jul 21:30:00             announced                   #17
        report-1              102  10 Jul 15:00:00                   yes                            no                                    decided 10 Jul 15:00:00     #12

        Fines
        Decision   No  Imposed  Open  Currency  Pay by  Record
        clerk-1   103      500   500  EUR                  #18

        Times
        Of          Time          Runs since       Because                    Length  Until            Rule                      Extended
        stewards-1  appeal        10 Jul 20:05:00  the decision was notified  1 h     10 Jul 21:05:00  appeals.to_court
        stewards-1  review        not begun                                   96 h                     reviews.time
        clerk-1     appeal        not begun                                   1 h                      appeals.to_stewards
        clerk-1     review        not begun                                   96 h                     reviews.time
        stewards-2  appeal        not begun                                   1 h                      appeals.to_court
        stewards-2  review        not begun                                   96 h                     reviews.time
        stewards-3  appeal        not begun                                   1 h                      appeals.to_court
        stewards-3  review        not begun                                   96 h                     reviews.time
        appeal-1    appeal        10 Jul 20:05:00  the decision was notified  1 h     10 Jul 21:05:00  appeals.to_court
        appeal-1    confirmation  10 Jul 20:58:00  the appeal was announced   96 h    14 Jul 20:58:00  appeals.confirm_to_court
        appeal-2    appeal        10 Jul 20:05:00  the decision was notified  1 h     10 Jul 21:05:00  appeals.to_court
        appeal-2    confirmation  10 Jul 21:30:00  the appeal was announced   96 h    14 Jul 21:30:00  appeals.confirm_to_court
        """
    assert shown(expected) == seen(desk, "docket")


def test_the_docket_as_csv(desk: Rally) -> None:
    """A line for each matter, and for each decision without any."""
    header, *lines = desk("docket", "--csv").out.splitlines()
    assert header.startswith("decision,number,status,notified_at,appealable,appeal_until,")
    assert ["stewards-1", "stewards-1", "clerk-1", "stewards-2", "stewards-3", ""] == [
        line.partition(",")[0] for line in lines
    ]
    assert ",it was announced too late," in lines[1]


def test_how_times_run_stands_in_the_csv_of_the_docket(desk: Rally) -> None:
    """Since when, by which instant, how long, by which rule; until when has a column of its own."""
    rows = list(csv.DictReader(io.StringIO(desk("docket", "--csv").out)))
    first = rows[0]
    assert ("1 h", "the decision was notified", "appeals.to_court") == (
        first["appeal_amount"],
        first["appeal_began_by"],
        first["appeal_parameter"],
    )
    assert "2016-07-10T20:05:00+08:00" == first["appeal_began_at"]
    assert ("96 h", "") == (first["review_amount"], first["review_began_at"])
    assert ("96 h", "appeals.confirm_to_court") == (
        first["matter_confirm_amount"],
        first["matter_confirm_parameter"],
    )
    assert first["matter_due_parameter"] == first["appeal_parameter"]
    assert [""] * 2 == [first["appeal_extended"], first["matter_suspends_by"]]


def test_the_protest_clock(desk: Rally) -> None:
    """The half hour is over; the stage, a decision and two appeals keep it from becoming final."""
    expected = """
        Desert Loop · Protest clock at 2016-07-10T21:53:00+08:00 (the last record) · as of #20, received 20 Jul 15:33 +08:00
        Doc  Kind         What               Opens            Closes                 May become final  Why not                                                                                                                                                                                                           Record
         12  provisional  Overall after SS1  10 Jul 20:30:00  10 Jul 21:00:00, over  no                SS1 is not closed; clerk-1 has to be notified: it may still be appealed against; the appeal of 102 against stewards-1 is announced; the appeal of 103 against stewards-1 is announced, it was announced too late     #15
        """
    assert shown(expected) == seen(desk, "protest-clock")


def test_the_protest_clock_while_it_runs(desk: Rally) -> None:
    """At 20:45 protests may be lodged, whatever else is open."""
    document = answer(desk, "protest-clock", "--at", "2016-07-10T20:45")
    (row,) = document["rows"]

    assert "2016-07-10T20:45:00+08:00" == document["at"]
    assert "protests may be lodged until 2016-07-10T21:00:00+08:00" == row["why_not"][0]
    assert (False, False) == (row["over"], row["may_become_final"])


def test_what_may_become_final(desk: Rally) -> None:
    """Before anybody appealed, an hour after the notice, and once the stage is closed."""
    closing = ("--by", "Cleo", "--role", "clerk-of-the-course", "--at", at("20:00"))
    for decision in ("clerk-1", "stewards-2", "stewards-3"):
        assert 0 == desk("void", _position(desk, decision), "--reason", "test", *_by(decision)).code
    for appeal in ("#16", "#17"):
        assert 0 == desk("void", appeal, "--reason", "test", "--by", "S", "--role", "stewards").code
    clock = ("protest-clock", "--at")
    (open_,) = answer(desk, *clock, at("21:06"))["rows"]
    assert ["SS1 is not closed"] == open_["why_not"]
    assert 0 == desk("record", "StageClosed", "stage=SS1", *closing).code
    over, before = (answer(desk, *clock, at(time))["rows"][0] for time in ("21:06", "21:04"))

    assert (True, []) == (over["may_become_final"], over["why_not"])
    assert not before["may_become_final"]


def _position(desk: Rally, decision: str) -> str:
    (row,) = answer(desk, "decisions", decision)["rows"]
    return f"#{row['position']}"


def _by(decision: str) -> tuple[str, ...]:
    clerk = decision.startswith("clerk")
    return ("--by", "X", "--role", "clerk-of-the-course" if clerk else "stewards")


def test_what_is_due(desk: Rally) -> None:
    """What waits for somebody first; then the ends of times, the earliest first."""
    expected = """
        Desert Loop · What is due at 2016-07-10T21:53:00+08:00 (the last record) · as of #20, received 20 Jul 15:33 +08:00
        When             State  About                      What                                                  Act                          Record
                         due    appeal against stewards-1  is inadmissible: it was announced too late            AppealLapsed           #17 appeal-2
                         due    clerk-1                    a fine has to be paid: 500 EUR                        FinePaid                        #18
                         due    clerk-1                    has to be notified                                    DecisionNotified                #18
                         due    stewards-2                 claims to supersede clerk-1, and is not the only one  SupersedingDetermined           #19
                         due    stewards-2                 has to be notified                                    DecisionNotified                #19
                         due    stewards-3                 claims to supersede clerk-1, and is not the only one  SupersedingDetermined           #20
                         due    stewards-3                 has to be notified                                    DecisionNotified                #20
        14 Jul 20:58:00  ahead  appeal against stewards-1  has to be confirmed                                   AppealConfirmed        #16 appeal-1
        """
    assert shown(expected) == seen(desk, "due")


def test_what_is_due_ten_days_later(desk: Rally) -> None:
    """An appeal that nobody confirmed lapses by an act; until somebody does, nothing changes."""
    rows = answer(desk, "due", "--at", "2016-07-20T21:00")["rows"]
    over = [(row["about"], row["what"], row["act"]) for row in rows if row["state"] == "over"]

    assert [("appeal against stewards-1", "was not confirmed", "AppealLapsed")] == over
    (row,) = answer(desk, "decisions", "stewards-1")["rows"]
    assert "execution suspended" == row["status"]


# -- which moment --------------------------------------------------------------------------------

DESK = ("docket", "protest-clock", "due")


@pytest.mark.parametrize("command", DESK)
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "2016-07-10T21:53:00+08:00"),
        (("--known-at", "14"), "2016-07-10T20:05:00+08:00"),
        (("--known-at", "0"), None),
        (("--effective-at", "2016-07-10T20:45"), "2016-07-10T20:45:00+08:00"),
        (("--at", "2016-07-10T22:00"), "2016-07-10T22:00:00+08:00"),
        (("--at", "2016-07-10T22:00Z", "--known-at", "14"), "2016-07-10T22:00:00+00:00"),
    ],
)
def test_for_which_moment_it_is_asked(
    desk: Rally, command: str, words: tuple[str, ...], expected: str | None
) -> None:
    """That of the cut, the last record's, or the one that is named; without offset the rally's."""
    assert expected == answer(desk, command, *words)["at"]


@pytest.mark.parametrize("command", DESK)
def test_no_clock_changes_an_answer(desk: Rally, clock: Ticking, command: str) -> None:
    """A year later the same words give the same bytes; only `now` asks the clock of the machine."""
    words = [(command, "--json"), (command,), (command, "--json", "--at", at("20:59"))]
    before = [desk(*each) for each in words]
    clock.now += 365 * 86_400_000

    assert before == [desk(*each) for each in words]
    assert answer(desk, command, "--at", "now")["at"].startswith("2017-07-20T15:33:20.")


@pytest.mark.parametrize("command", DESK)
def test_a_basis_gives_the_same_bytes(desk: Rally, tmp_path: Path, command: str) -> None:
    """The moment is that of the basis, whatever was appended since."""
    before = desk(command, "--json", "--known-at", "16").out
    (tmp_path / "basis.json").write_text(before, encoding="utf-8")
    assert (
        0 == desk("record", "RemarkMade", "text=later", "--by", "Ann", "--role", "secretary").code
    )

    assert before == desk(command, "--json", "--basis", "basis.json").out


@pytest.mark.parametrize("command", DESK)
def test_no_moment(desk: Rally, command: str) -> None:
    """A slip in the moment is told, and how to write one."""
    error = answer(desk, command, "--at", "tonight", code=2)["error"]
    assert ("'tonight' is not a moment.", "Write it as 2016-07-21T18:00+08:00.") == (
        error["message"],
        error["hint"],
    )


@pytest.mark.parametrize("command", ["decisions", *DESK])
def test_a_long_log_gives_the_same(
    desk: Rally, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where readings of the road are left out because there are so many, nothing else changes."""
    before = desk(command, "--json").out
    monkeypatch.setattr("cli.office.view.A_SHORT_LOG", 5)

    assert before == desk(command, "--json").out


def test_an_empty_desk(dune: Rally) -> None:
    """A rally in which nobody decided anything."""
    assert "None.\n" == dune("decisions").out
    assert "Nothing is due.\n" == dune("due").out
    assert "None.\n" == dune("protest-clock").out
    assert "None.\n" == dune("docket").out


# -- what else tells of decisions ------------------------------------------------------------------


def test_show_a_decision(desk: Rally) -> None:
    """What it does and what the signers saw are told in words, and what refers to it is listed."""
    said = seen(desk, "show", "#13")

    assert (
        """
    effects:
      Penalty given for crew 102 on SS1: amount 0:10:00, reason CP3
"""
        in said
    )
    assert (
        """
    seen:
      Overall, as of #12, root xxxxxxxxxx, rulebook cross-country
      102 stays 2nd, total 1:11:00 (+0:10:00)
"""
        in said
    )
    assert ["  ← #14", "  ← #16", "  ← #17"] == [
        line[:7] for line in said.splitlines() if "←" in line
    ]


@pytest.mark.parametrize(
    ("record", "referring"),
    [
        ("#12", ["#13"]),  # the report that it decides
        ("#18", ["#19", "#20", "#22"]),  # superseded, and ruled on
        ("#19", ["#22"]),  # the heir
        ("#16", ["#23"]),  # the appeal that a court ended
        ("#13", ["#14", "#16", "#17", "#23"]),
        ("#21", ["#24"]),  # evidence in what a decision does
    ],
)
def test_what_refers_to_a_record(
    desk: Rally, clock: Ticking, record: str, referring: list[str]
) -> None:
    """As its target, and as what is superseded, decided, rested on, ended, or made the heir."""
    case = evening()
    ids = {f"#{n}": identity for n, (identity, _) in enumerate(case.records, 1)}
    seen_at = {"number": "103", "stage": "SS1", "point": "CP3"}
    case.record("WaypointMissed", at("15:10"), recorded=at("22:00"), **seen_at)
    missed = case.records[-1][0]
    case.record("SupersedingDetermined", recorded=at("22:01"), target=ids["#18"], heir=ids["#19"])
    case.record(
        "CourtDecisionIssued",
        at("23:00"),
        recorded=at("23:00"),
        target=ids["#13"],
        appeal=ids["#16"],
        outcome="upheld",
    )
    fields = {"amount_ms": 1, "evidence": [missed]}
    effects: list[dict[str, Any]] = [{"act": "PenaltyGiven", "fields": fields}]
    case.record("DecisionIssued", recorded=at("23:10"), series="clerk", decision=2, effects=effects)
    ledger = Ledger("rally.db", clock)
    ledger.log(RALLY).append([said for _, said in case.records[20:]])
    ledger.close()

    found = answer(desk, "show", record)["referred_by"]
    assert referring == [f"#{each['position']}" for each in found]
    known = (
        answer(desk, "show", record, "--known-at", "20")["referred_by"] if record != "#21" else []
    )
    assert [each for each in referring if int(each[1:]) <= 20] == [
        f"#{each['position']}" for each in known
    ]


def test_why_with_a_decision(desk: Rally) -> None:
    """The tree names the decision, the appeal that suspends it and the report that it decided."""
    expected = """
        0:00:00  ~~penalty of 0:10:00 on SS1: CP3 (stewards-1)~~ execution suspended [article 48.3]
                 #13  Stewards' decision 1, crew 102 on SS1: ten minutes, article 48.3. (execution suspended) · Stewards (stewards), 10 Jul 20:00 +08:00
                 #16  Crew 102 gave notice of an appeal against stewards-1 (#13). (suspends its execution) · 10 Jul 20:58 +08:00
                 #12  A report was filed on crew 102 on SS1: CP3 was not passed. (what it rests on) · Pia (marshal), 10 Jul 18:00 +08:00
                 rule appeals.suspensive = true · regulations cross-country #2 · no source
        """
    assert shown(expected) in seen(desk, "why", "102")


def test_history_and_difference_name_the_decision(desk: Rally) -> None:
    """Along the log the decision cost ten minutes and the appeal gave them back."""
    changes = answer(desk, "history", "102")["changes"]
    assert [13, 16] == [each["position"] for each in changes if each["position"] > 12]

    (row,) = answer(desk, "diff", "#12", "#14")["rows"]
    assert ("102", [13]) == (row["number"], row["because"])
    (row,) = answer(desk, "diff", "#14", "@")["rows"]
    assert ("102", [16]) == (row["number"], row["because"])


def test_the_page_of_a_crew(desk: Rally) -> None:
    """It lists the decisions on the crew."""
    expected = """
        Decisions
        Decision    Taken            What                                                               Effects                                                        Status               Record
        stewards-1  10 Jul 20:00:00  Stewards' decision 1, crew 102 on SS1: ten minutes, article 48.3.  Penalty given for crew 102 on SS1: amount 0:10:00, reason CP3  execution suspended     #13
        """
    assert shown(expected) in seen(desk, "crew", "102")
    assert ["clerk-1", "stewards-2", "stewards-3"] == [
        each["decision"] for each in answer(desk, "crew", "103")["decisions"]
    ]
