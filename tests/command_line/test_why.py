"""`rally why`: the Silk Way Rally explained, and a day with corrections, word for word."""

# ruff: noqa: E501 - lines are as wide as the tree, what is expected stands on the left

from __future__ import annotations

from typing import Any

import pytest

from tests.command_line.conftest import answer
from tests.command_line.test_transcripts import ANN, CLEO, seen, shown
from tests.conftest import Rally

SS12 = ("why", "102", "--after", "SS12")


def test_loeb_after_leg_12(silk_way: Rally) -> None:
    """The four hours, the two waypoints, and who put them on record."""
    expected = """
        Silk Way Rally 2016 Moscow – Beijing · Why 102 Sébastien Loeb, overall after SS12 · as of #192, received 24 Jul 13:00 +03:00
        7th: 1:28:36 behind 395.
        Among cars, 4th: 3:13:51 behind 101.
        Crew 102 is classified.

        12:20:05  carried in after SS7
                  #92  Crew 102 carried in 12:20:05 after SS7. (stands for everything up to it) · Sample editor (results-office), 16 Jul 14:00 +03:00 · derived Published overall after leg 7, derived
                  #66  Crew 102 carried in 10:01:27 after SS5. (a later one takes over) · Sample editor (results-office), 13 Jul 16:00 +03:00 · derived Published overall after leg 5, derived
                  #79  Crew 102 carried in 11:14:35 after SS6. (a later one takes over) · Sample editor (results-office), 14 Jul 16:00 +03:00 · derived Published overall after leg 6, derived
         3:10:55  time on SS8
                  #99  Crew 102 SS8: 3:10:55 (measured). · Sample editor (results-office), 17 Jul 13:00 +03:00 · derived Public reports 2016, derived
         3:44:01  time on SS9
                  #111  Crew 102 SS9: 3:44:01 (measured). · Sample editor (results-office), 18 Jul 13:00 +03:00 · derived Public reports 2016, derived
         3:20:40  time on SS10 (assumed)
                  #124  Crew 102 SS10: 3:20:40 (measured). · Sample editor (results-office), 19 Jul 13:00 +03:00 · editor Sample editor, assumed
                      assumed: the gaps to Peterhansel, +1:15 against +3:35, are published; of Despres's times on legs 10 and 13 only the sum is known, 8:18:09; 3:23:00 on leg 10 is assumed, so that Loeb's leg 13 is about 7 minutes behind the winner, as was reported
         0:00:00  SS11 cancelled
                  #134  SS11 was cancelled: a sand and dust storm over Gansu in the night, visibility partly under 100 m, the safety helicopters could not take off. · Race direction (clerk-of-the-course), 20 Jul 01:00 +03:00 · press Public reports 2016, published
         4:57:46  time on SS12
                  #140  Crew 102 SS12: 4:57:46 (measured). · Sample editor (results-office), 21 Jul 13:00 +03:00 · press Public reports 2016, published
         4:00:00  penalty on SS12: two mandatory waypoints missed before CP3 (clerk-1)
                  #149  Clerk of the course's decision 1, crew 102 on SS12: time penalty of 4:00:00. · Race direction (clerk-of-the-course), 21 Jul 15:15 +03:00 · press Public reports 2016, published
        31:33:27  total: times 27:33:27, penalties 4:00:00 (assumed)
        """
    assert shown(expected) == seen(silk_way, *SS12)


def test_before_the_decision(silk_way: Rally) -> None:
    """Two hours before it was recorded he was second; what was known then does not hold the four."""
    document = answer(silk_way, *SS12, "--known-at", "148")

    assert (27 * 60 + 33) * 60_000 + 27_000 == document["total_ms"]
    assert {"2nd: 0:02:55 behind 104, 0:27:35 ahead of 103."} == {
        place["words"] for place in document["places"]
    }
    assert 149 not in {at for each in document["addends"] for at in each["positions"]}


def test_why_peterhansel_is_not_retired(silk_way: Rally) -> None:
    """He is not in the list, and not for the report that was retracted: both are told."""
    expected = """
        Silk Way Rally 2016 Moscow – Beijing · Why 100 Stéphane Peterhansel, overall · as of #192, received 24 Jul 13:00 +03:00
        Crew 100 is unclassified: no time in SS14. It is not retired: the report was retracted (he arrived in the night and restarted the next day).
                  #70  ~~Crew 100 was reported retired on SS5 at km 416: rolled.~~ (retracted) · Sample editor (results-office), 13 Jul 16:30 +03:00 · press Public reports 2016, published
                      → #73 taken back · Sample editor (results-office), 14 Jul 05:00 +03:00: he arrived in the night and restarted the next day

        41:46:38  carried in after SS13
                  #166  Crew 100 carried in 41:46:38 after SS13. (stands for everything up to it) · Sample editor (results-office), 22 Jul 14:00 +03:00 · derived Published overall after leg 13, derived
         0:00:00  no time on SS14
                  #192  SS14 was closed. (closed the stage) · Race direction (clerk-of-the-course), 24 Jul 13:00 +03:00 · derived Published final classification, derived
        41:46:38  so far, and not classified
        """
    assert shown(expected) == seen(silk_way, "why", "100")


def test_a_crew_of_which_little_is_known(silk_way: Rally) -> None:
    """Stages of which nothing at all is known stand in one line."""
    lines = seen(silk_way, "why", "193").splitlines()

    assert "Crew 193 is unclassified: no time in SS4." == lines[1]
    assert "0:00:00  no time on SS8, SS9, SS10" in lines


def test_the_contract(silk_way: Rally) -> None:
    """The basis first; addends with ms, what, positions and article that sum to the total."""
    document = answer(silk_way, *SS12)

    assert ["basis", "number"] == list(document)[:2]
    assert document["total_ms"] == sum(each["ms"] for each in document["addends"])
    standings = answer(silk_way, "standings", "--after", "SS12")
    row = next(each for each in standings["rows"] if each["number"] == "102")
    assert {row["total_ms"]} == {document["total_ms"]}
    assert (row["place"], row["time_ms"], row["penalty_ms"]) == (
        document["place"],
        document["time_ms"],
        document["penalty_ms"],
    )
    for each in document["addends"]:
        assert {"ms", "what", "positions", "article"} <= set(each)
    penalty = document["addends"][-1]
    assert (14_400_000, [149], "") == (penalty["ms"], penalty["positions"], penalty["article"])
    (record,) = penalty["records"]
    assert {
        "position": 149,
        "by": "Race direction",
        "role": "clerk-of-the-course",
        "recorded_at": "2016-07-21T20:15:00+08:00",
        "received_at": "2016-07-21T12:15:00+00:00",
        "standing": "published",
        "struck": [],
    }.items() <= record.items()


def test_the_result_of_a_stage(silk_way: Rally) -> None:
    """Of one stage: 4:57:46 + 4:00:00."""
    document = answer(silk_way, "why", "102", "--stage", "SS12")
    assert [17_866_000, 14_400_000] == [each["ms"] for each in document["addends"]]
    assert ("stage", "SS12") == (document["scope"]["kind"], document["scope"]["stage"])


def test_as_csv(silk_way: Rally) -> None:
    """For a spreadsheet: one line for each addend."""
    said = silk_way(*SS12, "--csv").out.splitlines()
    assert "ms,what,positions,article,kind,stage,status" == said[0]
    assert "0,SS11 cancelled,134,,cancelled,SS11,cancelled" == said[5]
    assert (
        "14400000,penalty on SS12: two mandatory waypoints missed before CP3 (clerk-1),149,,penalty,SS12,in force"
        == said[-1]
    )


@pytest.mark.parametrize(
    ("words", "code", "message", "hint"),
    [
        (("1022",), 2, "There is no crew 1022.", "Did you mean 102"),
        (("102", "--after", "SS99"), 2, "There is no stage SS99.", "The rally has SS1 to SS15."),
        (("102", "--stage", "SS99"), 2, "There is no stage SS99.", "The rally has SS1 to SS15."),
        (("102", "--after", "SS1", "--stage", "SS1"), 2, "--after and --stage exclude", "See"),
    ],
)
def test_slips(silk_way: Rally, words: tuple[str, ...], code: int, message: str, hint: str) -> None:
    """No such crew, no such stage, two questions at once."""
    said: dict[str, Any] = answer(silk_way, "why", *words, code=code)["error"]
    assert said["message"].startswith(message)
    assert said["hint"].startswith(hint)


def test_what_officials_did_to_a_total(dune: Rally) -> None:
    """A correction, a correction voided, a penalty withdrawn and one voided: each where it acted."""
    penalty = ("record", "PenaltyGiven", "number=102", "stage=SS2")
    for words in (
        ("correct", "#21", "elapsed_ms=1:36:00", "--reason", "mistyped", *ANN),
        ("correct", "#21", "elapsed_ms=1:39:00", "--reason", "misread", *ANN),
        ("void", "#30", "--reason", "it was not", *ANN),
        (*penalty, "amount_ms=5:00", "article=41.2", "--reason", "speeding", *CLEO),
        (*penalty, "amount_ms=1:00", *CLEO),
        ("void", "#33", "--reason", "the wrong car", *CLEO),
    ):
        said = dune(*words)
        assert 0 == said.code, said
    given = answer(dune, "log", "--crew", "102", "--type", "PenaltyGiven")["records"]
    target = next(each["id"] for each in given if each["position"] == 32)
    withdrawn = ("record", "PenaltyWithdrawn", f"target={target}", "--reason", "appeal", *CLEO)
    assert 0 == dune(*withdrawn).code

    expected = """
        Dune Rally 2016 · Why 102 Bruno Reis, overall after SS2 · as of #35, received 20 Jul 15:33 +08:00
        2nd: 0:01:00 behind 101, 0:11:00 ahead of 103.
        Among car, 2nd: 0:01:00 behind 101, 0:11:00 ahead of 103.
        Crew 102 is classified.

        2:05:00  time on SS1
                 #17  Crew 102 SS1: 2:05:00 (measured). · results office (results-office), 20 Jul 15:33 +08:00 · official sheets
        1:36:00  time on SS2
                 #21  Crew 102 SS2: 1:36:00 (measured). · results office (results-office), 20 Jul 15:33 +08:00 · official sheets
                     ~~elapsed_ms = 1:35:00~~ → #29 elapsed_ms = 1:36:00 · Ann (timekeeper), 20 Jul 15:33 +08:00: mistyped
                     ~~elapsed_ms = 1:36:00~~ → #30 elapsed_ms = 1:39:00, without effect · Ann (timekeeper), 20 Jul 15:33 +08:00: misread
                     ~~#30~~ → #31 void · Ann (timekeeper), 20 Jul 15:33 +08:00: it was not
        0:00:00  ~~penalty of 0:05:00 on SS2: speeding~~ withdrawn [41.2]
                 #32  ~~Crew 102 penalised 0:05:00 on SS2: speeding.~~ · Cleo (clerk-of-the-course), 20 Jul 15:33 +08:00
                     → #35 taken back · Cleo (clerk-of-the-course), 20 Jul 15:33 +08:00: appeal
        0:00:00  ~~Crew 102 penalised 0:01:00 on SS2~~ voided
                 #33  ~~Crew 102 penalised 0:01:00 on SS2.~~ (voided) · Cleo (clerk-of-the-course), 20 Jul 15:33 +08:00
                     → #34 void · Cleo (clerk-of-the-course), 20 Jul 15:33 +08:00: the wrong car
        3:41:00  total
        """
    assert shown(expected) == seen(dune, "why", "102", "--after", "SS2")


def test_what_had_not_happened_yet_is_not_told(dune: Rally) -> None:
    """A penalty of the second day, voided: on the first day it is nothing, not even that."""
    given = ("record", "PenaltyGiven", "number=102", "stage=SS1", "amount_ms=5:00")
    assert 0 == dune(*given, "--at", "2016-07-19T12:00+08:00", *CLEO).code
    assert 0 == dune("void", "#29", "--reason", "the wrong car", *CLEO).code

    whole = answer(dune, "why", "102", "--after", "SS1")
    assert ["in force", "voided"] == [each["status"] for each in whole["addends"]]
    first = answer(dune, "why", "102", "--effective-at", "2016-07-18T23:59:59+08:00")
    assert ["in force"] == [each["status"] for each in first["addends"]]


def test_a_tie_and_a_time_that_was_cut(dune: Rally) -> None:
    """Level after SS2: what does not decide it; the parts of a time, and the rules applied."""
    credit = ("record", "TimeCreditGranted", "number=103", "stage=SS1", "amount_ms=0:00:20.5")
    assert 0 == dune(*credit, "helped=201", "--reason", "stopped to help", *CLEO).code

    lines = seen(dune, "why", "101", "--after", "SS2").splitlines()
    assert lines[1].startswith(
        "1st: level with 102, 0:11:39 ahead of 103. The total is that of 102;"
    )
    assert lines[2].startswith("Among car, 1st: level with 102, 0:11:39 ahead of 103.")
    assert lines[3].lstrip().startswith("rule ties.chain = ")
    lines = seen(dune, "why", "103", "--after", "SS2").splitlines()
    at = next(i for i, line in enumerate(lines) if "time on SS1" in line)
    expected = """
         2:09:39.0  time on SS1
                     2:10:00.0  time recorded #18
                    -0:00:20.5  given back for assistance #29
                    -0:00:00.5  cut to 0:00:01 h
                    #18  Crew 103 SS1: 2:10:00 (measured). · results office (results-office), 20 Jul 15:33 +08:00 · official sheets
                    #29  Crew 103 was given back 0:00:20.500 on SS1 for helping 201. (given back for assistance) · Cleo (clerk-of-the-course), 20 Jul 15:33 +08:00
                    rule timing.counted_precision_ms = 0:00:01 · regulations dakar-2020 #2 · """
    assert [line[8:] for line in expected.splitlines()[1:-1]] == lines[at : at + 6]
    assert lines[at + 6].startswith(expected.splitlines()[-1][8:])
