"""Every act of the desk is done without a terminal, and its outcome is what the command says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.office.acts import ACTS
from cli.office.desk import Desk, Outcome, Signature
from cli.office.overall import Recorded
from ledger.errors import NotFound, Refused, Usage
from ledger.exhibits import Exhibits, folder_of
from ledger.log import Ledger
from ledger.times import Instant
from tests.conftest import NOW
from tests.office.conftest import BEGUN, FINGERPRINT, PUBLIC, typed

STEWARDS = ("A. Chair", "stewards", "heard")
CLERK = ("Ann Lee", "clerk-of-the-course", "seen")
SECRETARY = ("Eva Ink", "secretary", "")
COURT = ("Registry", "court", "")
ORGANISER = ("Olga Roe", "organiser", "")
NEXT = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUKGu3NCRGjCI9SwrSiQJ5cPAdj7f9TwGgxLcMzC4A5"
Case = tuple[tuple[str, str, str], dict[str, Any], tuple[object, ...]]

CASES: dict[str, Case] = {
    "decide proposal": (
        STEWARDS,
        {"proposal": "missed-1", "amount": "0:10:00", "applies_to": "overall"},
        ("missed-1", "--amount", "0:10:00", "--applies-to", "overall"),
    ),
    "decide penalty": (
        STEWARDS,
        {
            "number": "102", "amount": "0:01:00", "stage": "SS1", "point": "CP1",
            "not_in_start_order": True, "fact": "did not stop", "signed_by": ("A", "B"),
            "suspended": "again", "until": "2016-12-31T12:00+08:00", "supersedes": "stewards-1",
            "evidence": ("#5",), "immediate": True, "decided_at": "2016-07-20T13:00+08:00",
        },
        (
            *("102", "0:01:00", "--stage", "SS1", "--point", "CP1", "--not-in-start-order"),
            *("--fact", "did not stop", "--signed-by", "A", "--signed-by", "B", "--immediate"),
            *("--suspended", "again", "--until", "2016-12-31T12:00+08:00", "--evidence", "#5"),
            *("--supersedes", "stewards-1", "--decided-at", "2016-07-20T13:00+08:00"),
        ),
    ),
    "decide credit": (
        CLERK,
        {"number": "102", "amount": "0:01:00", "stage": "SS1", "helped": "101"},
        ("102", "0:01:00", "--stage", "SS1", "--helped", "101"),
    ),
    "decide disqualify": (STEWARDS, {"number": "102", "infringement": "3"},
                          ("102", "--infringement", "3")),
    "decide reprimand": (STEWARDS, {"number": "102"}, ("102",)),
    "decide fine": (STEWARDS, {"number": "102", "amount": 100, "currency": "EUR"},
                    ("102", "100", "EUR")),
    "decide licence": (STEWARDS, {"number": "102", "what": "withdrawn"}, ("102", "withdrawn")),
    "decide reclassify": (STEWARDS, {"number": "102", "since": "SS2", "crew_class": "T2"},
                          ("102", "--from", "SS2", "--class", "T2")),
    "decide put-back-start": (STEWARDS, {"number": "102", "amount": "0:05:00", "stage": "SS1"},
                              ("102", "0:05:00", "--stage", "SS1")),
    "decide relegate": (STEWARDS, {"number": "102", "places": 1, "only_in": ("joint",)},
                        ("102", "1", "--only-in", "joint")),
    "decide dock-points": (STEWARDS, {"number": "102", "table": "teams", "points": 3},
                           ("102", "teams", "3")),
    "decide reposition": (CLERK, {"number": "102", "place": 2, "stage": "SS2"},
                          ("102", 2, "--stage", "SS2")),
    "decide cancel-stage": (CLERK, {"stage": "SS2", "categories": ("cars",)},
                            ("SS2", "--category", "cars")),
    "decide reinstate-stage": (CLERK, {"stage": "SS2"}, ("SS2",)),
    "decide withdraw": (STEWARDS, {"record": "#13"}, ("#13",)),
    "decide no-action": (STEWARDS, {"number": "102", "matter": ("#12",)},
                         ("102", "--matter", "#12")),
    "decide effects": (
        STEWARDS,
        {"effects": ("Warning", "PenaltyGiven amount_ms=0:02:00"), "number": "102", "stage": "SS1"},
        ("Warning", "PenaltyGiven amount_ms=0:02:00", "--number", "102", "--stage", "SS1"),
    ),
    "decide notify": (SECRETARY, {"decision": "stewards-1", "how": "electronic", "to": "T"},
                      ("stewards-1", "--how", "electronic", "--to", "T")),
    "decide acknowledge": (SECRETARY, {"decision": "stewards-1"}, ("stewards-1",)),
    "decide rescind": (STEWARDS, {"decision": "stewards-1"}, ("stewards-1",)),
    "decide activate": (
        STEWARDS,
        {"decision": "stewards-3", "stage": "SS1", "by_decision": "stewards-1"},
        ("stewards-3", "--stage", "SS1", "--by-decision", "stewards-1"),
    ),
    "decide lapse": (SECRETARY, {"decision": "stewards-3"}, ("stewards-3",)),
    "decide fine-paid": (SECRETARY, {"decision": "stewards-4", "amount": 200},
                         ("stewards-4", "200")),
    "decide fine-returned": (SECRETARY, {"decision": "stewards-5", "amount": 50},
                             ("stewards-5", "50")),
    "decide succession": (STEWARDS, {"decision": "clerk-1", "heir": "stewards-2"},
                          ("clerk-1", "stewards-2")),
    "protest lodge": (
        SECRETARY,
        {"grounds": "x", "number": "101", "document": "1", "against": "102", "fee_paid": True},
        ("--grounds", "x", "--number", "101", "--document", "1", "--against", "102", "--fee-paid"),
    ),
    "protest decide": (STEWARDS, {"protest": "#19", "outcome": "upheld", "decision": "stewards-1"},
                       ("#19", "--decision", "stewards-1")),
    "protest withdraw": (SECRETARY, {"protest": "#19"}, ("#19",)),
    "review petition": (SECRETARY, {"decision": "stewards-1", "new_element": "a film"},
                        ("stewards-1", "--new", "a film")),
    "review decide": (STEWARDS, {"petition": "stewards-1", "outcome": "admitted"}, ("stewards-1",)),
    "appeal announce": (SECRETARY, {"decision": "stewards-2", "competitor": "The federation"},
                        ("stewards-2", "--competitor", "The federation")),
    "appeal confirm": (SECRETARY, {"appeal": "stewards-1"}, ("stewards-1",)),
    "appeal lapse": (SECRETARY, {"appeal": "stewards-1"}, ("stewards-1",)),
    "appeal withdraw": (SECRETARY, {"appeal": "#21"}, ("#21",)),
    "appeal suspend": (STEWARDS, {"decision": "stewards-1"}, ("stewards-1",)),
    "appeal resume": (STEWARDS, {"decision": "stewards-1"}, ("stewards-1",)),
    "extend": (
        STEWARDS,
        {"about": "stewards-1", "deadline": "review", "until": "2016-07-24T19:33+08:00"},
        ("stewards-1", "review", "--until", "2016-07-24T19:33+08:00"),
    ),
    "end-competition": (STEWARDS, {}, ()),
    "prize-giving": (SECRETARY, {"prizes_at": "2016-07-24T20:00+08:00"},
                     ("2016-07-24T20:00+08:00",)),
    "court": (
        COURT,
        {
            "decision": "stewards-1", "outcome": "varied", "case": "3/2016", "appeal": "#21",
            "effects": ("PenaltyGiven amount_ms=0:02:00",), "court": "Court of appeal",
        },
        (
            *("stewards-1", "varied", "--case", "3/2016", "--appeal", "#21"),
            *("--effect", "PenaltyGiven amount_ms=0:02:00", "--court", "Court of appeal"),
        ),
    ),
    "draw-up classification": (
        SECRETARY,
        {"kind": "final", "after": "SS1", "category": "cars", "known_at": "#17"},
        ("--kind", "final", "--after", "SS1", "--category", "cars", "--known-at", "#17"),
    ),
    "publish classification": (
        CLERK,
        {
            "kind": "final", "after": "SS1", "category": "cars", "document": "9",
            "subject_to_appeal": True, "protests_until": "2016-07-20T20:00+08:00",
        },
        (
            *("--kind", "final", "--after", "SS1", "--category", "cars", "--document", "9"),
            *("--subject-to-appeal", "--protests-until", "2016-07-20T20:00+08:00"),
        ),
    ),
    "publish start-order": (
        CLERK,
        {"stage": "SS1", "category": "cars", "first_at": "2016-07-21T08:00+08:00"},
        ("SS1", "--category", "cars", "--first-at", "2016-07-21T08:00+08:00"),
    ),
    "publish decision": (
        SECRETARY,
        {"decision": "stewards-1", "document": "12", "drawn_up": "#22"},
        ("stewards-1", "--document", "12", "--drawn-up", "#22"),
    ),
    "record": (
        CLERK,
        {
            "kind": "PenaltyGiven",
            "fields": ("number=102", "stage=SS1", "amount_ms=0:01:00"),
            "source": "hand",
        },
        (*("PenaltyGiven", "number=102", "stage=SS1", "amount_ms=0:01:00"), "--source", "hand"),
    ),
    "correct": (
        CLERK,
        {"record": "#13", "fields": ("amount_ms=0:00:30",)},
        ("#13", "amount_ms=0:00:30"),
    ),
    "void": (CLERK, {"record": "#13"}, ("#13",)),
    "adopt": (CLERK, {"record": "#23"}, ("#23",)),
    "decline": (
        STEWARDS,
        {"proposal": "missed-1", "because": "it was hidden"},
        ("missed-1", "--because", "it was hidden"),
    ),
    "close-cards": (CLERK, {"wanted": "100%", "stage": "SS1"}, ("100%", "--stage", "SS1")),
    "throw-dice": (STEWARDS, {"record": "#30", "throw": "351"}, ("#30", "351")),
    "forget": (
        ("Eva Ink", "secretary", "asked to"),
        {"record": "#12", "fields": ("phone",)},
        ("#12", "phone"),
    ),
    "exhibit add": (
        SECRETARY,
        {"record": "#12", "file": Path(__file__), "title": "Card", "parties": ("stewards", "102")},
        ("#12", __file__, "--title", "Card", "--for", "stewards", "--for", "102"),
    ),
    "keep": (SECRETARY, {"file": BEGUN}, (BEGUN,)),
    "sign": (STEWARDS, {"document": "#22"}, ("#22",)),
    "draw-up decision": (SECRETARY, {"decision": "stewards-1"}, ("stewards-1",)),
    "key register": (
        ORGANISER,
        {"public": PUBLIC, "office": "clerk-of-the-course", "holder": "Ann Lee"},
        (PUBLIC, "--office", "clerk-of-the-course", "--holder", "Ann Lee"),
    ),
    "key replace": (ORGANISER, {"fingerprint": FINGERPRINT, "public": NEXT}, (FINGERPRINT, NEXT)),
    "key revoke": (ORGANISER, {"fingerprint": FINGERPRINT}, (FINGERPRINT,)),
    "key lost": (
        CLERK,
        {"fingerprint": FINGERPRINT, "since": "2016-07-19T12:00+08:00"},
        (FINGERPRINT, "--since", "2016-07-19T12:00+08:00"),
    ),
}  # fmt: skip
ONCE = ("--key", "once", "--json")
COMMANDS = {"protest decide": "protest uphold", "review decide": "review admit"}
"""Where one act has a command for each outcome."""


def desk(ledger: Path, signature: Signature, later_ms: int = 0) -> Desk:
    """The desk of a ledger, before whoever signs, at the one moment of these tests, or later."""
    now = Instant(NOW + later_ms, 480)
    log, exhibits = Ledger(str(ledger), lambda: NOW).log("loop"), Exhibits(folder_of(str(ledger)))
    return Desk(log, signature, lambda: now, exhibits=exhibits)


@pytest.mark.parametrize(
    ("name", "dry_run"),
    [
        *((name, False) for name in CASES),
        *(  # where it has to be quick, one in ten stands for all that were only tried
            pytest.param(name, True, marks=[pytest.mark.slow] * (turn % 10 != 0))
            for turn, name in enumerate(CASES)
        ),
    ],
)
def test_every_act_says_what_its_command_says(
    before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, *, dry_run: bool
) -> None:
    """The same record under the same id, and the same that it moved."""
    who, given, words = CASES[name]
    one, other = (Path(shutil.copy(before, tmp_path / each)) for each in ("one.db", "other.db"))
    signature = Signature(*who, dry_run=dry_run, key="once")
    (outcome,) = ACTS[name].carry_out(desk(one, signature), given)
    assert isinstance(outcome, Outcome | Recorded)
    told = msgspec.json.decode(msgspec.json.encode(outcome.json()))
    capsys.readouterr()
    by, role, reason = who
    signed = ("--by", by, "--role", role, *(("--reason", reason) if reason else ()))
    command = COMMANDS.get(name, name).split()
    typed(other, *command, *words, *signed, *(("--dry-run",) if dry_run else ()), *ONCE)

    assert json.loads(capsys.readouterr().out) == told
    assert (outcome.record is None) is dry_run
    if outcome.record:
        assert outcome.record.occurrence() == outcome.said


def test_what_an_act_can_not_be_asked(before: Path) -> None:
    """A question of the domain is an error of the ledger, with what to do about it."""
    at, court = (desk(before, Signature(*who)) for who in (STEWARDS, COURT))
    fine = {"number": "101", "currency": "EUR"}
    colour = {"number": "101", "amount": "0:01:00", "colour": "red"}
    for asked, name, given, kind, message in (
        (at, "decide penalty", colour, Usage, "Nothing is asked by 'colour'"),
        (at, "decide penalty", {"number": "101"}, Usage, "amount has to be said"),
        (at, "decide fine", {**fine, "amount": True}, Usage, "amount can't be True"),
        (at, "publish classification", {"kind": "last"}, Usage, "kind can't be 'last'"),
        (at, "correct", {"record": "#13", "fields": "x=1"}, Usage, "fields can't be 'x=1'"),
        (at, "decide rescind", {"decision": "stewards-9"}, NotFound, "There is no decision"),
        (court, "court", {"decision": "stewards-1", "outcome": "varied"}, Refused, "needs what"),
    ):
        with pytest.raises(kind, match=message):
            ACTS[name].carry_out(asked, given)
    nobody_asked = desk(before, Signature("A. Chair", "stewards"))
    with pytest.raises(Usage, match="needs its reasons"):
        ACTS["decide reprimand"].carry_out(nobody_asked, {"number": "101"})
