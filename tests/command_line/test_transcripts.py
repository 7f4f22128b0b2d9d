"""Transcripts: what a person sees, word for word, of the commands that are used every evening.

Ids are shown as `xxxxxxxxxx`: they are hashes of the content and would hide what matters. A change
of the wording or of the columns changes a text here, to be looked at with a steward's eyes.
"""

# ruff: noqa: E501 - lines are as wide as the tables, what is expected stands on the left

from __future__ import annotations

import re
from textwrap import dedent

from tests.command_line.conftest import size
from tests.command_line.sheets import RECORDS
from tests.conftest import Rally

ANN = ("--by", "Ann", "--role", "timekeeper")
CLEO = ("--by", "Cleo", "--role", "clerk-of-the-course")


def seen(rally: Rally, *words: object) -> str:
    """What a terminal shows of a command that is carried out, without the ids."""
    said = rally(*words)
    assert 0 == said.code, said
    return re.sub(r"\b([0-9a-f]{64}|[0-9a-f]{10})\b", "x" * 10, said.err + said.out)


def shown(text: str) -> str:
    """A text as it stands in a test, at the margin."""
    return dedent(text).removeprefix("\n")


def test_the_overall(dune: Rally) -> None:
    """Who leads the rally, by how much; who is out, and why. The truck was spared a stage."""
    expected = """
        Dune Rally 2016 · Overall · as of #28, received 20 Jul 15:33 +08:00
        Each category by itself, as not the same stages are in a total: that of truck lacks SS3.

        car
            No  Crew                     Nat  Category     Time  Penalty    Total       Gap  Interval  Notes
        1  101  Aino Salo / Petra Holm   FIN  car       4:50:00           4:50:00
        2  102  Bruno Reis / Carla Reis  POR  car       4:52:00           4:52:00  +0:02:00  +0:02:00

        Not classified  Driver    Category  Status   Stage  Reason
                   103  Chen Wei  car       retired  SS3    gearbox

        truck
            No  Crew                                  Nat  Category     Time  Penalty    Total  Gap  Interval  Notes
        1  201  Egor Panin / Fedor Ilin / Gleb Orlov  RUS  truck     5:30:00           5:30:00
        """
    assert shown(expected) == seen(dune, "standings")


def test_the_overall_in_one_list(dune: Rally) -> None:
    """When asked for: who has run other stages than the first is flagged."""
    expected = """
        Dune Rally 2016 · Overall · as of #28, received 20 Jul 15:33 +08:00
            No  Crew                                  Nat  Category     Time  Penalty    Total       Gap  Interval  Notes
        1  101  Aino Salo / Petra Holm                FIN  car       4:50:00           4:50:00
        2  102  Bruno Reis / Carla Reis               POR  car       4:52:00           4:52:00  +0:02:00  +0:02:00
        3  201  Egor Panin / Fedor Ilin / Gleb Orlov  RUS  truck     5:30:00           5:30:00  +0:40:00  +0:38:00  unequal-stages

        Not classified  Driver    Category  Status   Stage  Reason
                   103  Chen Wei  car       retired  SS3    gearbox
        """
    assert shown(expected) == seen(dune, "standings", "--joint")


def test_the_overall_after_a_stage(dune: Rally) -> None:
    """Level crews share a place; a penalty stands in its own column."""
    expected = """
        Dune Rally 2016 · Overall after SS2 · as of #28, received 20 Jul 15:33 +08:00
            No  Crew                                  Nat  Category     Time   Penalty    Total       Gap  Interval  Notes
        1  101  Aino Salo / Petra Holm                FIN  car       3:40:00            3:40:00
        1  102  Bruno Reis / Carla Reis               POR  car       3:40:00            3:40:00
        3  103  Chen Wei / Dai Lin                    CHN  car       3:50:00  +0:02:00  3:52:00  +0:12:00  +0:12:00
        4  201  Egor Panin / Fedor Ilin / Gleb Orlov  RUS  truck     5:30:00            5:30:00  +1:50:00  +1:38:00
        """
    assert shown(expected) == seen(dune, "standings", "--after", "SS2")


def test_the_result_of_a_stage(dune: Rally) -> None:
    """One stage; gaps and intervals within it."""
    expected = """
        Dune Rally 2016 · Stage SS2 · as of #28, received 20 Jul 15:33 +08:00
            No  Crew                                  Nat  Category     Time   Penalty    Total       Gap  Interval  Notes
        1  102  Bruno Reis / Carla Reis               POR  car       1:35:00            1:35:00
        2  101  Aino Salo / Petra Holm                FIN  car       1:40:00            1:40:00  +0:05:00  +0:05:00
        3  103  Chen Wei / Dai Lin                    CHN  car       1:40:00  +0:02:00  1:42:00  +0:07:00  +0:02:00
        4  201  Egor Panin / Fedor Ilin / Gleb Orlov  RUS  truck     3:00:00            3:00:00  +1:25:00  +1:18:00
        """
    assert shown(expected) == seen(dune, "standings", "--stage", "SS2")


def test_standings_of_a_category(dune: Rally) -> None:
    """The heading says of whom."""
    expected = """
        Dune Rally 2016 · Overall truck · as of #28, received 20 Jul 15:33 +08:00
            No  Crew                                  Nat  Category     Time  Penalty    Total  Gap  Interval  Notes
        1  201  Egor Panin / Fedor Ilin / Gleb Orlov  RUS  truck     5:30:00           5:30:00
        """
    assert shown(expected) == seen(dune, "standings", "--category", "truck")


def test_standings_of_the_past(dune: Rally) -> None:
    """Both cuts stand in the heading: what was known, and what had happened."""
    expected = """
        Dune Rally 2016 · Overall · as of #20 of 28, received 20 Jul 15:33 +08:00; what had happened by 2016-07-18T23:59:59+08:00
            No  Crew                                  Nat  Category     Time  Penalty    Total       Gap  Interval  Notes
        1  101  Aino Salo / Petra Holm                FIN  car       2:00:00           2:00:00
        2  102  Bruno Reis / Carla Reis               POR  car       2:05:00           2:05:00  +0:05:00  +0:05:00
        3  103  Chen Wei / Dai Lin                    CHN  car       2:10:00           2:10:00  +0:10:00  +0:05:00
        4  201  Egor Panin / Fedor Ilin / Gleb Orlov  RUS  truck     2:30:00           2:30:00  +0:30:00  +0:20:00
        """
    assert shown(expected) == seen(
        dune, "standings", "--known-at", "20", "--effective-at", "2016-07-18T23:59:59+08:00"
    )


def test_standings_as_csv(dune: Rally) -> None:
    """For a spreadsheet: milliseconds, no heading, lists with a slash between."""
    expected = """
        place,number,driver,codrivers,nationality,category,class,vehicle,team,time_ms,penalty_ms,total_ms,gap_ms,interval_ms,flags
        1,101,Aino Salo,Petra Holm,FIN,car,T1.1,Dromedar 4x4,Team North,17400000,0,17400000,0,0,
        2,102,Bruno Reis,Carla Reis,POR,car,T1.1,Dromedar 4x4,Reis Racing,17520000,0,17520000,120000,120000,
        3,201,Egor Panin,Fedor Ilin / Gleb Orlov,RUS,truck,T4.1,Mammut 6,Mammut,19800000,0,19800000,2400000,2280000,unequal-stages
        """
    assert shown(expected) == seen(dune, "standings", "--csv")


def test_an_empty_table(dune: Rally) -> None:
    """Nothing to show is said, not left open."""
    expected = """
        Dune Rally 2016 · Anomalies · as of #28, received 20 Jul 15:33 +08:00
        None.
        """
    assert shown(expected) == seen(dune, "anomalies")
    expected = """
        Dune Rally 2016 · Log · as of #28, received 20 Jul 15:33 +08:00
        None.
        """
    assert shown(expected) == seen(dune, "log", "--crew", "777")


def test_retirements(dune: Rally) -> None:
    """Who left, where and why, with the record that says so."""
    expected = """
        Dune Rally 2016 · Retirements · as of #28, received 20 Jul 15:33 +08:00
         No  Driver    Category  Status   Stage  Place  Reason     Record
        103  Chen Wei  car       retired  SS3    km 61  gearbox       #27
        """
    assert shown(expected) == seen(dune, "retirements")
    expected = """
        number,driver,category,status,stage,place,cause,reason,fact_at,reported_by,restarted,position
        103,Chen Wei,car,retired,SS3,km 61,,gearbox,2016-07-20T10:15:00+08:00,results office,false,27
        """
    assert shown(expected) == seen(dune, "retirements", "--csv")


def test_finishers(dune: Rally) -> None:
    """The counts by category and of all."""
    expected = """
        Dune Rally 2016 · Finishers · as of #28, received 20 Jul 15:33 +08:00
        Category  Entered  Withdrawn  Refused  Not started  Starters  Retired  Disqualified  Unclassified  Running  Finishers
        car             3          0        0            0         3        1             0             0        0          2
        truck           1          0        0            0         1        0             0             0        0          1
        All             4          0        0            0         4        1             0             0        0          3
        """
    assert shown(expected) == seen(dune, "finishers")
    expected = """
        category,entered,withdrawn,refused,not_started,starters,retired,disqualified,unclassified,running,finishers
        car,3,0,0,0,3,1,0,0,0,2
        truck,1,0,0,0,1,0,0,0,0,1
        """
    assert shown(expected) == seen(dune, "finishers", "--csv")


def test_the_log_of_a_crew(dune: Rally) -> None:
    """Everything about a crew; ~ marks instants that no source gives."""
    expected = """
        Dune Rally 2016 · Log · as of #28, received 20 Jul 15:33 +08:00
         #  Id          Happened              Recorded             By              What
         8  xxxxxxxxxx                        20 Jul 15:33 +08:00  results office  Crew 103 Chen Wei / Dai Lin, Steppe S was entered.
        18  xxxxxxxxxx  ~18 Jul 23:59 +08:00  20 Jul 15:33 +08:00  results office  Crew 103 SS1: 2:10:00 (measured).
        22  xxxxxxxxxx  ~19 Jul 23:59 +08:00  20 Jul 15:33 +08:00  results office  Crew 103 SS2: 1:40:00 (measured).
        26  xxxxxxxxxx  ~19 Jul 23:59 +08:00  20 Jul 15:33 +08:00  results office  Crew 103 penalised 0:02:00 on SS2: speeding in a village.
        27  xxxxxxxxxx  20 Jul 10:15 +08:00   20 Jul 15:33 +08:00  results office  Crew 103 was reported retired on SS3 at km 61: gearbox (may restart).
        """
    assert shown(expected) == seen(dune, "log", "--crew", "103")


def test_one_record(dune: Rally) -> None:
    """All of one record; the times in it as people write them."""
    expected = """
        #26 xxxxxxxxxx  Crew 103 penalised 0:02:00 on SS2: speeding in a village.
          Happened  2016-07-19T23:59:59+08:00 (assumed: no source gives it)
          Recorded  2016-07-20T15:33:20.001+08:00 by results office (results-office)
          Received  2016-07-20T15:33:20.027+08:00, site main #26
          Source    sheet sheets penalties/SS2/103
          Reason    speeding in a village
          Id        xxxxxxxxxx
          Leaf      xxxxxxxxxx
          Fields
            amount_ms = 0:02:00
            article = 41.2
            document = 12
            number = 103
            stage = SS2
        """
    assert shown(expected) == seen(dune, "show", "#26")


def test_the_regulations(dune: Rally) -> None:
    """The parameters one by one, with where each comes from."""
    text = seen(dune, "show", "#2")
    assert (
        "      timing.sources = official / beam / transponder / gps / waypoint / hand / sheet\n"
        in text
    )
    assert (
        "      overall.removed_by = assumed: a crew that retired is out unless it restarted\n"
        in text
    )


def test_a_penalty(dune: Rally) -> None:
    """Tried first, then recorded: the position, the words, and what it changed."""
    expected = """
        Not appended (dry run):  Crew 101 penalised 0:05:00 on SS2: cut a corner.
               Overall car: 102 2nd → 1st, total 4:52:00
               Overall car: 101 1st → 2nd, total 4:55:00 (+0:05:00)
        """
    assert shown(expected) == seen(
        dune,
        "record",
        "PenaltyGiven",
        "number=101",
        "stage=SS2",
        "amount_ms=5:00",
        "--reason",
        "cut a corner",
        "--dry-run",
        *CLEO,
    )
    assert RECORDS == size(dune)
    expected = """
        #29 xxxxxxxxxx  Crew 101 penalised 0:05:00 on SS2: cut a corner.
               Overall car: 102 2nd → 1st, total 4:52:00
               Overall car: 101 1st → 2nd, total 4:55:00 (+0:05:00)
        """
    assert shown(expected) == seen(
        dune,
        "record",
        "PenaltyGiven",
        "number=101",
        "stage=SS2",
        "amount_ms=5:00",
        "--reason",
        "cut a corner",
        *CLEO,
    )
    assert RECORDS + 1 == size(dune)


def test_a_correction_voided_and_restored(dune: Rally) -> None:
    """Correct, void the correction, void the void: each says what it changed."""
    expected = """
        Not appended (dry run):  Record #21 of crew 102 on SS2 was corrected: elapsed_ms = 1:36:00.
               Overall car: 102 stays 2nd, total 4:53:00 (+0:01:00)
        """
    assert shown(expected) == seen(
        dune, "correct", "#21", "elapsed_ms=1:36:00", "--reason", "mistyped", *ANN, "--dry-run"
    )
    assert RECORDS == size(dune)
    expected = """
        #29 xxxxxxxxxx  Record #21 of crew 102 on SS2 was corrected: elapsed_ms = 1:36:00.
               Overall car: 102 stays 2nd, total 4:53:00 (+0:01:00)
        """
    assert shown(expected) == seen(
        dune, "correct", "#21", "elapsed_ms=1:36:00", "--reason", "mistyped", *ANN
    )
    expected = """
        Not appended (dry run):  Record #29 of crew 102 on SS2 was voided: was right.
               Overall car: 102 stays 2nd, total 4:52:00 (-0:01:00)
        """
    assert shown(expected) == seen(dune, "void", "#29", "--reason", "was right", *ANN, "--dry-run")
    expected = """
        #30 xxxxxxxxxx  Record #29 of crew 102 on SS2 was voided: was right.
               Overall car: 102 stays 2nd, total 4:52:00 (-0:01:00)
        """
    assert shown(expected) == seen(dune, "void", "#29", "--reason", "was right", *ANN)
    assert "was corrected: elapsed_ms = 1:36:00.  void by #30\n" in seen(dune, "show", "#21")
    expected = """
        #31 xxxxxxxxxx  Record #30 of crew 102 on SS2 was voided: was wrong after all.
               Overall car: 102 stays 2nd, total 4:53:00 (+0:01:00)
        """
    assert shown(expected) == seen(dune, "void", "#30", "--reason", "was wrong after all", *ANN)
    expected = """
        Dune Rally 2016 · Log · as of #31, received 20 Jul 15:33 +08:00
         #  Id          Happened              Recorded             By              What
        21  xxxxxxxxxx  ~19 Jul 23:59 +08:00  20 Jul 15:33 +08:00  results office  Crew 102 SS2: 1:35:00 (measured).                                   corrected by #29
        25  xxxxxxxxxx  ~20 Jul 23:59 +08:00  20 Jul 15:33 +08:00  results office  Crew 102 SS3: 1:12:00 (measured).
        29  xxxxxxxxxx                        20 Jul 15:33 +08:00  Ann             Record #21 of crew 102 on SS2 was corrected: elapsed_ms = 1:36:00.
        30  xxxxxxxxxx                        20 Jul 15:33 +08:00  Ann             Record #29 of crew 102 on SS2 was voided: was right.                void by #31
        31  xxxxxxxxxx                        20 Jul 15:33 +08:00  Ann             Record #30 of crew 102 on SS2 was voided: was wrong after all.
        """
    assert shown(expected) == seen(dune, "log", "--crew", "102", "--since", "#20")
    expected = """
        #21 xxxxxxxxxx  Crew 102 SS2: 1:35:00 (measured).
          Happened  2016-07-19T23:59:59+08:00 (assumed: no source gives it)
          Recorded  2016-07-20T15:33:20.001+08:00 by results office (results-office)
          Received  2016-07-20T15:33:20.022+08:00, site main #21
          Source    official sheets times/SS2/102/finish/official
          Id        xxxxxxxxxx
          Leaf      xxxxxxxxxx
          Fields
            elapsed_ms = 1:35:00
            number = 102
            stage = SS2
          ← #29 xxxxxxxxxx  Record #21 of crew 102 on SS2 was corrected: elapsed_ms = 1:36:00.
        """
    assert shown(expected) == seen(dune, "show", "#21")


def test_a_retirement_that_was_none(dune: Rally) -> None:
    """Taken back by its record alone; then the crew's time counts again."""
    expected = """
        #29 xxxxxxxxxx  The report that crew 103 had retired was retracted: repaired on the road.
               The overall does not change.
        """
    assert shown(expected) == seen(
        dune,
        "record",
        "RetirementRetracted",
        "target=#27",
        "--reason",
        "repaired on the road",
        *CLEO,
    )
    expected = """
        #30 xxxxxxxxxx  Crew 103 SS3: 1:30:00 (measured).
               Overall car: 103 not classified → 3rd, total 5:22:00
        """
    assert shown(expected) == seen(
        dune,
        "record",
        "StageTimeRecorded",
        "number=103",
        "stage=SS3",
        "elapsed_ms=1:30:00",
        "--at",
        "2016-07-20T11:00:00+08:00",
        *ANN,
    )


def test_a_disqualification(dune: Rally) -> None:
    """Who loses the place is said to be in none."""
    expected = """
        #29 xxxxxxxxxx  Crew 101 was disqualified.
               Overall car: 102 2nd → 1st, total 4:52:00
               Overall car: 101 1st → not classified
        """
    assert shown(expected) == seen(
        dune, "record", "CrewDisqualified", "number=101", "--by", "Sue", "--role", "stewards"
    )


def test_a_sandstorm(dune: Rally) -> None:
    """A cancelled stage: what the classification becomes, before it is decided."""
    expected = """
        Not appended (dry run):  SS3 was cancelled: sandstorm.
               Overall: 101 stays 1st, total 3:40:00 (-1:10:00)
               Overall: 102 2nd → 1st, total 3:40:00 (-1:12:00)
        """
    assert shown(expected) == seen(
        dune, "record", "StageCancelled", "stage=SS3", "--reason", "sandstorm", "--dry-run", *CLEO
    )


def test_importing_again(dune: Rally) -> None:
    """One line tells what became of a delivery."""
    expected = """
        dune-2016: 28 lines read, 0 appended, 28 already known, 0 conflicts, 0 unreadable, 0 anomalies in the log.
        """
    assert shown(expected) == seen(dune, "import", "sheets", "sheets")


def test_the_proof(dune: Rally) -> None:
    """How much verifies, and the root to compare with another copy."""
    expected = """
        28 records verify; root xxxxxxxxxx.
        """
    assert shown(expected) == seen(dune, "verify")


def test_one_type(dune: Rally) -> None:
    """What it means, its fields with their types, and who may record it."""
    expected = """
        PenaltyGiven (version 1, race direction)

        A time penalty for a crew.

        It counts in the stage that is named, otherwise in the one that the rulebook derives from the
        control. `applies_to` says whether the stage's result carries it (`stage`), the overall alone
        (`overall`), or the road sections and so the overall (`road`). One with a `point` falls away
        with that part of the stage. `in_start_order` says whether it counts for the next start order,
        `evidence` which records it rests on. Where a tariff proposed it, `proposed_ms` is how much.
        `decided_at` is when it was given, where `fact_at` is when that happened which it is for.
        With `only_in` it counts in classifications of these kinds alone: in the class, and not joint.

          number*          text
          amount_ms*       time, as 4:57:46 or in milliseconds
          stage            text
          control          text
          applies_to       overall | road | stage
          article          text
          document         text
          kind             text
          point            text
          in_start_order   yes/no
          evidence         list, with ; between
          proposed_ms      time, as 4:57:46 or in milliseconds
          only_in          list, with ; between
          decided_at       instant

        May be recorded by: clerk-of-the-course, court, stewards.
        """
    assert shown(expected) == seen(dune, "types", "PenaltyGiven")


def test_the_help(dune: Rally) -> None:
    """The commands by what they are for."""
    expected = """
        Usage: rally [OPTIONS] COMMAND [ARGS]...

          Keep the ledger of a rally, and replay it to any moment.

        Options:
          --ledger FILE-OR-URL    The ledger (default: rally.db).
          --rally CODE            Which rally, where the ledger holds several.
          --site NAME             Who writes, for a new log.
          --sign-with FILE|agent  The key that signs (default: $RALLY_KEY).
          --version               Show the version and exit.
          -h, --help              Show this message and exit.

        Learn:
          demo        Load the Silk Way Rally 2016 and tell its story.
          simulate    Make up a whole rally of any size, from a seed.
          types       List every occurrence that can be recorded.
          help        Pages to read: a whole rally, a whole case, others.
          completion  Print the completion script of a shell.

        Record:
          new          Begin a rally: its name and its regulations.
          import       Take in sheets, a road book, live timing or another log.
          desk         Enter what is seen, line by line, as the cars come in.
          record       Put an occurrence on record.
          correct      Give the right value of a fact.
          void         Say that a record should never have been entered.
          adopt        Give a penalty that is proposed; make an act your own.
          decline      Decline a penalty that is proposed, with the reason.
          close-cards  Close the cards: some are read again.
          throw-dice   Throw dice for the cards that are read again.
          forget       Erase private values for good.
          publish      Post a start order, a classification or a decision.

        Decide:
          decide           Issue a decision, and what follows it.
          protest          Lodge a protest; what the stewards find on it.
          review           Petition for a review of a decision; its two steps.
          appeal           Announce an appeal; confirm it, or let it end.
          extend           A time to appeal, petition or protest is extended.
          end-competition  The competition is over: times run.
          prize-giving     When the prizes are given.
          court            What a court decided about a decision.
          draw-up          Draw up a document, to be signed and then posted.
          sign             Sign records with a key of office, or a document.
          exhibit          Bind files to records, by their digest.

        Read:
          standings      The overall, or the result of one stage.
          teams          The classification of teams by their best crews.
          points         The points of the championship that a rally gives.
          season         The points of several rallies, added.
          crew           Everything about one crew on one page.
          retirements    Who left the rally, where and why.
          finishers      How many crews are in each status.
          penalties      Every penalty, with the cross-foot to the totals.
          publications   What was posted, and whether it still holds.
          decisions      The register of decisions, and what became of each.
          alike          What was given before for the like, and what was not.
          docket         Deadlines of decisions, protests, reviews and appeals.
          protest-clock  Times for protests; what may become final.
          due            What lapses and what may be done next, by a moment.
          document       Draw what goes on the notice board, as PDF.
          start-order    Who starts a stage when.
          time-card      A crew's controls and times, with what was struck.
          incidents      What needs attention, and what came of it.
          proposals      What the tariffs propose, and what an office made of it.
          cards          Who keyed which time cards, and what differs.
          outstanding    Who is still out, and what has not come in.
          check          Data that look wrong, and what to do about them.
          anomalies      What in the log contradicts itself.
          log            The records, one by one.
          show           One record with everything that refers to it.
          rulebook       The rules in force; check and compare rulebooks.

        Replay:
          why      Why a crew has its total, its place and its status.
          history  How a crew moved, or the lead, and by which records.
          diff     Who moved between two moments, and because of what.
          what-if  What would be without a record, or with others.
          late     What reached the log long after it happened.
          moment   Which stage was driven then, and what hung on the board.
          marks    Stages, decisions, who left and documents along the log.
          drift    Why a published document is not today's answer.
          chart    Draw places or gaps along the stages, as SVG.
          replay   Show any position out of an archive, without a ledger.
          serve    Show the rally in a browser, at any moment.
          follow   Tell what others append, and what it changes.

        Trust:
          verify      Prove that the log is whole and unaltered.
          key         Keys of office: make one, say whose it is, list them.
          checkpoint  Sign how long the log is, and its root.
          keep        Put on record what witnesses signed.
          prove       Prove a record, or that the log only grew, to strangers.
          witness     Sign that somebody's log goes on from what was seen.
          rebuild     Make anew what is derived from the log.
          backup      Copy the ledger while others write, and prove the copy.
          site        What this ledger is called, and whose records it holds.
          export      Write the log, evidence, the rally as plain files, or tables.

          Exit codes: 0 done, 1 refused or something found, 2 usage, 3 the proof does
          not verify, 4 somebody appended first, 5 unreadable input.
        """
    assert shown(expected) == seen(dune, "--help")
