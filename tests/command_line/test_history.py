"""`rally history`: who led when, and by which records, on the Silk Way Rally."""

# ruff: noqa: E501 - lines are as wide as the tables, what is expected stands on the left

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cli.office.history
from cli.office.history import TYPES_READ, moved
from cli.office.view import View
from ledger.errors import LedgerError
from ledger.log import Ledger, Log
from projections.results.standings import Scope, Standings, standings
from projections.rules.rulebook import EACH
from projections.state.facts import Fold
from projections.state.rally import RallyState
from projections.timeline.replayed import Replay
from tests.command_line.conftest import answer
from tests.command_line.test_transcripts import seen, shown
from tests.conftest import Rally, Ticking
from tests.spec import RALLY, Case, at, due


def test_how_loeb_moved_on_leg_12(silk_way: Rally) -> None:
    """Along the rally as it is known now; along the log the finish, Despres's, and the decision."""
    expected = """
        Silk Way Rally 2016 Moscow – Beijing · History of 102 Sébastien Loeb, overall after SS12 · as of #192, received 24 Jul 13:00 +03:00
        After  Place     Total       Gap  Status
        SS1                               running
        SS2                               cancelled, running
        SS3                               running
        SS4                               shortened, running
        SS5        3  10:01:27  +7:47:14
        SS6        2  11:14:35  +0:08:00  shortened
        SS7        4  12:20:05  +0:32:47
        SS8        2  15:31:00  +0:06:58
        SS9        2  19:15:01  +0:12:17
        SS10       2  22:35:41  +0:09:57
        SS11       2  22:35:41  +0:09:57  cancelled
        SS12       7  31:33:27  +4:02:55
        SS13       7  36:30:36  +4:04:55
        SS14      10  40:17:19  +4:02:01

        Record  Recorded             Place     Total    Change       Gap  Status  By              What
          #140  21 Jul 13:00 +03:00  2 → 1  27:33:27  +4:57:46                    Sample editor   Crew 102 SS12: 4:57:46 (measured).
          #141  21 Jul 13:00 +03:00  1 → 2  27:33:27            +0:02:55          Sample editor   Crew 104 SS12: 5:04:48 (measured).
          #149  21 Jul 15:15 +03:00  2 → 7  31:33:27  +4:00:00  +4:02:55          Race direction  Clerk of the course's decision 1, crew 102 on SS12: time penalty of 4:00:00.
        """
    assert shown(expected) == seen(silk_way, "history", "102", "--after", "SS12", "--since", "139")


def test_who_led_after_leg_12(silk_way: Rally) -> None:
    """Without a number: who led, of the cars, along the rally and along the log."""
    expected = """
        Silk Way Rally 2016 Moscow – Beijing · Who led, among cars, overall after SS12 · as of #192, received 24 Jul 13:00 +03:00
        After  Leader                Total     Ahead
        SS5    104 Cyril Despres   9:47:05  +0:14:22
        SS6    104 Cyril Despres  11:06:35  +0:08:00
        SS7    104 Cyril Despres  12:09:19  +0:10:46
        SS8    104 Cyril Despres  15:24:02  +0:06:58
        SS9    104 Cyril Despres  19:02:44  +0:12:17
        SS10   104 Cyril Despres  22:25:44  +0:09:57
        SS11   104 Cyril Despres  22:25:44  +0:09:57
        SS12   104 Cyril Despres  27:30:32  +0:30:30
        SS13   104 Cyril Despres  32:25:41  +0:31:27
        SS14   104 Cyril Despres  36:15:18  +0:25:51

        Record  Recorded             Leader                 Total     Ahead  By             What
          #140  21 Jul 13:00 +03:00  102 Sébastien Loeb  27:33:27            Sample editor  Crew 102 SS12: 4:57:46 (measured).
          #141  21 Jul 13:00 +03:00  104 Cyril Despres   27:30:32  +0:02:55  Sample editor  Crew 104 SS12: 5:04:48 (measured).
        """
    words = ("--category", "cars", "--after", "SS12", "--since", "SS11", "--until", "SS12")
    assert shown(expected) == seen(silk_way, "history", *words)


def test_the_record_behind_a_change(silk_way: Rally) -> None:
    """As JSON: each change before and after, with who put what on record, and when."""
    document = answer(silk_way, "history", "102", "--after", "SS12", "--since", "148")

    assert ["basis", "number"] == list(document)[:2]
    assert (148, 192, True) == (document["since"], document["until"], document["complete"])
    (change,) = document["changes"]
    assert {
        "position": 149,
        "place": [2, 7],
        "total_ms": [99_207_000, 113_607_000],
        "gap_ms": [175_000, 14_575_000],
        "status": ["classified", "classified"],
        "type": "DecisionIssued",
        "by": "Race direction",
        "role": "clerk-of-the-course",
        "recorded_at": "2016-07-21T20:15:00+08:00",
        "received_at": "2016-07-21T12:15:00+00:00",
    }.items() <= change.items()
    assert {"after": "SS12", "made": "", "place": 7, "total_ms": 113_607_000}.items() <= (
        document["stages"][11].items()
    )


def test_the_lead_as_json(silk_way: Rally) -> None:
    """Who led before and who after, and by how much; nobody where the field is under way."""
    document = answer(silk_way, "history", "--category", "cars")
    taken = {each["position"]: (each["before"], each["leaders"]) for each in document["leads"]}

    assert (["104"], ["102"]) == taken[140]
    assert (["102"], ["104"]) == taken[141]
    assert (["104"], []) == taken[157]
    assert 149 not in taken
    assert ("SS14", ["104"], ["Cyril Despres"], 1_551_000) == tuple(
        document["stages"][-1][each] for each in ("after", "leaders", "drivers", "ahead_ms")
    )


def test_as_csv(silk_way: Rally) -> None:
    """One table: what is along the rally and what is along the log, told apart by the first column."""
    lines = silk_way(
        "history", "102", "--after", "SS12", "--since", "148", "--csv"
    ).out.splitlines()
    assert lines[0].startswith("axis,after,position,place,total_ms,gap_ms,status,type,words,by,")
    assert "rally,SS12,,7,113607000,14575000,classified,,,,,,," == lines[12]
    assert lines[-1].startswith("log,,149,7,113607000,14575000,classified,DecisionIssued,")
    lines = silk_way("history", "--csv").out.splitlines()
    assert lines[0].startswith("axis,after,position,leaders,drivers,total_ms,ahead_ms,type,")
    assert "rally,SS12,,104,Cyril Despres,99032000,1830000,,,,,,," in lines


def test_at_a_moment(silk_way: Rally) -> None:
    """Known at the evening of leg 12, and what had happened by noon of it."""
    known = answer(silk_way, "history", "102", "--known-at", "148")
    assert ("SS12", 2) == tuple(known["stages"][-1][each] for each in ("after", "place"))
    noon = answer(silk_way, "history", "102", "--effective-at", "2016-07-21T12:00+08:00")
    assert "SS11" == noon["stages"][-1]["after"]
    assert 140 not in {each["position"] for each in noon["changes"]}


def test_of_a_long_log_the_end_is_looked_at(
    silk_way: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody says since when, a long log is asked for its end, and that is said."""
    whole = answer(silk_way, "history", "102")
    monkeypatch.setattr(cli.office.history, "MOST_INDEXED", 20)
    said = silk_way("history", "102", "--json")

    end: dict[str, Any] = answer(silk_way, "history", "102")
    assert said.err == (
        "Along the log only the last 20 records that can change a classification are looked at, "
        f"those after #{end['since']}: name a --since MOMENT for more.\n"
    )
    assert (False, True) == (end["complete"], whole["complete"])
    assert [each for each in whole["changes"] if each["position"] > end["since"]] == end["changes"]
    assert whole["changes"] == answer(silk_way, "history", "102", "--since", "0")["changes"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("1022",), "There is no crew 1022."),
        (("--category", "boats"), "There is no category 'boats'."),
        (("102", "--after", "SS99"), "There is no stage SS99."),
        (("102", "--since", "500"), "There is no record #500 yet."),
    ],
)
def test_slips(silk_way: Rally, words: tuple[str, ...], message: str) -> None:
    """No such crew, category, stage or record."""
    assert message == answer(silk_way, "history", *words, code=2)["error"]["message"]


@pytest.mark.parametrize(
    ("scope", "instant"),
    [
        (Scope(), "2016-07-21T20:00+08:00"),
        (Scope(category="cars"), None),
        *(
            pytest.param(scope, instant, marks=pytest.mark.slow)
            for scope, instant in (
                (Scope(), None),
                (Scope(category="cars"), "2016-07-21T20:00+08:00"),
                (Scope(after="SS12"), None),
                (Scope(after="SS12"), "2016-07-21T20:00+08:00"),
            )
        ),
    ],
)
def test_what_is_asked_position_by_position_is_a_replay(
    silk_way: Rally, clock: Ticking, scope: Scope, instant: str | None
) -> None:
    """At every position of the sample as a full replay up to it."""
    log = Ledger("rally.db", clock).log("silk-way-2016")
    _is_a_replay(log, scope, instant)


def test_so_it_is_where_the_timeline_does_not_tell(ledger: Ledger) -> None:
    """Where penalties are computed from times at controls, the facts are folded on."""
    case = Case("cross-country", controls__penalties="computed")
    case.enter("101", "102")
    for number, minute in (("101", "01"), ("102", "00")):
        crew = {"number": number, "stage": "SS1"}
        case.record("StageStarted", at(f"10:{minute}"), due_at=due("10:00"), **crew)
        case.record("PassingRecorded", at("12:00"), **crew)
        case.record(
            "ControlPassed", at(f"12:3{minute}"), control="TC1", due_at=due("12:30"), **crew
        )
    log = ledger.log(RALLY)
    log.append([occurrence for _, occurrence in case.records])

    _is_a_replay(log, Scope(), None)


def test_who_is_put_back_is_put_back_in_the_own_list(ledger: Ledger) -> None:
    """101 goes one place back: among all behind a truck, among the cars behind 102, and leads none.

    As the standings of its category have it.
    """
    case = Case("silk-way-2016", overall__classifications=(EACH,))
    case.enter("101", "102")
    case.enter("201", category="trucks")
    case.times("SS1", _101="1:00:00", _102="1:10:00", _201="1:01:00")
    case.record("CrewRelegated", number="101", places=1)
    log = ledger.log(RALLY)
    log.append([occurrence for _, occurrence in case.records])

    ((of, crew),) = moved(View(log, None), "101").found.parts
    ((cars, led), *_) = moved(View(log, None)).found.parts
    assert ("cars", "cars") == (of, cars)
    assert (1, 2) == crew.changes[-1]["place"]
    assert ("102",) == tuple(led.changes[-1]["leaders"])


def _is_a_replay(log: Log, scope: Scope, instant: str | None) -> None:
    view = View(log, None, instant)
    replay = Replay(log, TYPES_READ, view.cut)
    folded = Fold()
    for record in log.read():
        folded.add(record)
        state = RallyState(folded.facts(view.cut))
        replayed = replay.state(view.timeline, record.position)
        assert _or_error(standings, state, scope) == _or_error(standings, replayed, scope)


def _or_error(asked: Callable[..., Standings], *what: Any) -> Standings | str:
    try:
        return asked(*what)
    except LedgerError as error:
        return error.message
