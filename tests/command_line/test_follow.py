"""Following a log: what others append is told once, record by record, and what it changed.

Whoever follows may be stopped at any moment, and goes on where they stopped.
"""

# ruff: noqa: E501 - lines are as wide as what is expected

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from cli.office.overall import overall
from cli.waiting import Stopped, Waiting
from ledger.log import Ledger
from ledger.vocabulary import TYPES, build
from projections.comparing.compare import changes
from projections.results.standings import Row
from projections.state.facts import Fold
from projections.state.rally import RallyState
from tests.command_line.conftest import answer, size
from tests.command_line.test_transcripts import CLEO, seen, shown
from tests.conftest import NOW, Rally
from tests.spec import RALLY, Case

PATIENCE_SECONDS = 120


# -- what is told --------------------------------------------------------------------------------


def test_what_is_new(dune: Rally) -> None:
    """Position, when it was received, what it says; below it who moved in the overall."""
    penalty = ("amount_ms=5:00", "stage=SS2", "number=101", "--reason", "speeding", *CLEO)
    assert 0 == dune("record", "PenaltyGiven", *penalty).code
    assert 0 == dune("record", "RemarkMade", "text=a dog on the road", *CLEO).code
    assert 0 == dune("void", "#29", "--reason", "the other car", *CLEO).code
    expected = """
        #28  20 Jul 15:33 +08:00  SS3 was cancelled for truck: sandstorm.
               Overall truck: 201 not classified → 1st, total 5:30:00
        #29  20 Jul 15:33 +08:00  Crew 101 penalised 0:05:00 on SS2: speeding.
               Overall car: 102 2nd → 1st, total 4:52:00
               Overall car: 101 1st → 2nd, total 4:55:00 (+0:05:00)
        #30  20 Jul 15:33 +08:00  Remark: a dog on the road
        #31  20 Jul 15:33 +08:00  Record #29 (penalty-2) of crew 101 on SS2 was voided: the other car.
               Overall car: 101 2nd → 1st, total 4:50:00 (-0:05:00)
               Overall car: 102 1st → 2nd, total 4:52:00
        """
    assert shown(expected) == seen(dune, "follow", "--since", "#27", "--once")
    assert "" == seen(dune, "follow", "--once")


def test_with_the_overall(dune: Rally) -> None:
    """When what came in has changed it, it stands below."""
    penalty = ("amount_ms=5:00", "stage=SS2", "number=101", "--reason", "speeding", *CLEO)
    assert 0 == dune("record", "PenaltyGiven", *penalty).code
    expected = """
        #29  20 Jul 15:33 +08:00  Crew 101 penalised 0:05:00 on SS2: speeding.
               Overall car: 102 2nd → 1st, total 4:52:00
               Overall car: 101 1st → 2nd, total 4:55:00 (+0:05:00)

        Overall as of #29:
        Each category by itself, as not the same stages are in a total: that of truck lacks SS3.

        car
            No  Crew                     Nat  Category     Time   Penalty    Total       Gap  Interval  Notes
        1  102  Bruno Reis / Carla Reis  POR  car       4:52:00            4:52:00
        2  101  Aino Salo / Petra Holm   FIN  car       4:50:00  +0:05:00  4:55:00  +0:03:00  +0:03:00

        Not classified  Driver    Category  Status   Stage  Reason
                   103  Chen Wei  car       retired  SS3    gearbox

        truck
            No  Crew                                  Nat  Category     Time  Penalty    Total  Gap  Interval  Notes
        1  201  Egor Panin / Fedor Ilin / Gleb Orlov  RUS  truck     5:30:00           5:30:00

        """
    assert shown(expected) == seen(dune, "follow", "--since", "#28", "--standings", "--once")
    assert 0 == dune("record", "RemarkMade", "text=tea", *CLEO).code
    assert "No  Crew" not in seen(dune, "follow", "--since", "#29", "--standings", "--once")


def test_for_a_program(dune: Rally) -> None:
    """One document a line; `changed` as a write says it."""
    penalty = ("amount_ms=5:00", "stage=SS2", "number=101", "--reason", "speeding", *CLEO)
    wrote = answer(dune, "record", "PenaltyGiven", *penalty)
    said = dune("follow", "--since", "#27", "--once", "--json", "--standings")
    first, second = (json.loads(line) for line in said.out.splitlines())

    assert (0, "") == (said.code, said.err)
    assert (28, "StageCancelled", "SS3 was cancelled for truck: sandstorm.", ["201"]) == (
        first["position"],
        first["type"],
        first["words"],
        [each["number"] for each in first["changed"]],
    )
    told = {name: wrote[name] for name in wrote if name not in ("warnings", "handle", "key")}
    assert list(told) == [name for name in second if name in told]
    assert told == {name: second[name] for name in told}
    assert ["basis", "position", "id", "type", "words", "changed"] == list(first)
    assert ["102", "101", "201"] == [row["number"] for row in second["standings"]["rows"]]
    for each in (first, second):
        at = each["position"]
        basis = answer(dune, "standings", "--known-at", f"#{at}")["basis"]
        assert basis | {"head": at} == each["basis"]


def test_where_the_rules_do_not_suffice(rally: Rally) -> None:
    """That there is no overall is said once; then it is there."""
    case = Case()
    adopted = case.records.pop(1)
    case.enter("101")
    case.times("SS1", _101="1:00:00")
    case.times("SS2", _101="1:00:00")
    case.records.append(adopted)
    ledger = Ledger("rally.db", lambda: NOW)
    ledger.log(RALLY).append([each for _, each in case.records])
    ledger.close()
    expected = """
        #6  20 Jul 15:33 +08:00  Crew 101 SS1: 1:00:00 (measured).
               There is no overall: The regulations (none adopted) do not define timing.sources.
        #7  20 Jul 15:33 +08:00  Crew 101 SS2: 1:00:00 (measured).
        #8  20 Jul 15:33 +08:00  Regulations silk-way-2016 were adopted (all parameters).
               Overall: 101 not classified → 1st, total 2:00:00
        """
    told = re.sub(
        r"\d+ parameters", "all parameters", seen(rally, "follow", "--since", "5", "--once")
    )
    assert shown(expected) == told
    said = rally("follow", "--since", "5", "--once", "--json").out.splitlines()
    assert [True, False, False] == ["no_overall" in json.loads(each) for each in said]


@pytest.mark.slow
def test_what_each_record_changed(rally: Rally) -> None:
    """The same as two full replays side by side, whatever the log: also where none is indexed."""
    for made in (("demo",), ("simulate", "--crews", 6, "--stages", 3, "--points", 3, "--seed", 4)):
        ledger = f"{made[0]}.db"
        assert 0 == rally("--ledger", ledger, *made).code
        said = rally("--ledger", ledger, "follow", "--since", 0, "--once", "--json")
        told = {
            each["position"]: each["changed"] for each in map(json.loads, said.out.splitlines())
        }
        opened = Ledger(ledger, lambda: NOW)
        log = opened.log(opened.rallies()[0])
        folded = Fold()
        was: dict[str, Row] = {}
        for record in log.read():
            folded.add(record)
            now = overall(RallyState(folded.facts())).rows
            moved = [
                {"number": e.number, "place": list(e.place), "total_ms": list(e.total_ms)}
                for e in changes(was, now)
            ]
            assert moved == told.pop(record.position), record.position
            was = now
        assert {} == told
        opened.close()


# -- going on ------------------------------------------------------------------------------------


def test_going_on_where_it_stopped(dune: Rally, tmp_path: Path) -> None:
    """--since counts the first time; then what was told is told no more."""
    once = ("follow", "--state", "state.json", "--since", "#26", "--once")
    assert 2 == len(positions(dune(*once).out))
    assert "" == dune(*once).out
    kept = json.loads((tmp_path / "state.json").read_text())
    assert (28, answer(dune, "verify")["root"]) == (kept["position"], kept["root"])
    assert 0 == dune("record", "RemarkMade", "text=tea", *CLEO).code
    assert [29] == positions(dune(*once).out)
    assert ["state.json"] == [each.name for each in tmp_path.glob("state*")]


def test_beginning_with_what_comes(dune: Rally) -> None:
    """Without --since the first look tells nothing, and keeps from where on."""
    once = ("follow", "--state", "state.json", "--once")
    assert "" == dune(*once).out
    assert 0 == dune("record", "RemarkMade", "text=tea", *CLEO).code
    assert [29] == positions(dune(*once).out)


def test_records_that_come_while_it_follows(dune: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look tells what came since the last one, however often it is looked."""
    ledger = Ledger("rally.db", lambda: NOW)
    log = ledger.log(ledger.rallies()[0])
    waits = iter(range(4))

    def wait(_waiting: Waiting) -> None:
        if (wait := next(waits)) == 3:
            raise Stopped(signal.SIGINT)
        if wait != 1:
            remark = next(log.read(types=["RemarkMade"]), None) or log.at(28)
            again = remark.occurrence()
            log.append([msgspec.structs.replace(again, reason=f"round {wait}")])

    monkeypatch.setattr(Waiting, "a_moment", wait)
    said = dune("follow", "--state", "state.json")
    assert (130, [29, 30]) == (said.code, positions(said.out))
    assert "Following dune-2016 behind #28; Ctrl-C ends it.\n" == said.err
    ledger.close()


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("{", 5, "does not say how far a log was followed"),
        ('{"position":1}', 5, "does not say how far a log was followed"),
        ('{"ledger":"","rally":"x","position":1,"root":""}', 1, "is about the rally x"),
        (
            '{"ledger":"%s","rally":"dune-2016","position":99,"root":"aa"}',
            3,
            "at #99; this one has",
        ),
        (
            '{"ledger":"%s","rally":"dune-2016","position":-1,"root":"aa"}',
            3,
            "at #-1; this one has",
        ),
        (
            '{"ledger":"%s","rally":"dune-2016","position":7,"root":"aa"}',
            3,
            "had the root aa at #7",
        ),
    ],
)
def test_a_state_that_does_not_fit(
    dune: Rally, tmp_path: Path, content: str, code: int, said: str
) -> None:
    """Nothing is told that may be wrong, and the file stays as it is."""
    content = content.replace("%s", answer(dune, "log")["basis"]["ledger"])
    (tmp_path / "state.json").write_text(content)
    refused = dune("follow", "--state", "state.json", "--once")
    assert (code, "") == (refused.code, refused.out)
    assert said in refused.err
    assert "\nHint: " in refused.err
    assert content == (tmp_path / "state.json").read_text()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--since", "#99"), 2, "There is no record #99 yet."),
        (("--since", "SS9"), 2, "No stage SS9"),
        (("--interval", "0"), 2, "0.0 is not in the range"),
        (("--state", "no/such/folder"), 5, "no/such/folder can't be written"),
        (("--ledger", "none.db"), 5, "There is no ledger none.db."),
    ],
)
def test_what_can_not_be_followed(
    dune: Rally, words: tuple[str, ...], code: int, said: str
) -> None:
    """An error before anything is told; a program gets it as JSON."""
    refused = dune("follow", "--once", *words)
    assert (code, "") == (refused.code, refused.out)
    assert said in refused.err
    assert said in answer(dune, "follow", "--once", *words, code=code)["error"]["message"]


# -- other processes -----------------------------------------------------------------------------


def follow_process(*words: str) -> subprocess.Popen[str]:
    """`rally follow` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "follow", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )


class Following:
    """Such a process, with what it says line by line."""

    def __init__(self, *words: str) -> None:
        self.process = follow_process(*words)
        self.lines: queue.Queue[str] = queue.Queue()
        self.told: list[int] = []
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def begun(self) -> None:
        """Wait until it follows."""
        assert self.process.stderr is not None
        assert self.process.stderr.readline().startswith("Following ")

    def hear(self, count: int) -> list[int]:
        """The positions of so many more records."""
        found: list[int] = []
        while len(found) < count:
            found += positions(self.lines.get(timeout=PATIENCE_SECONDS))
        self.told += found
        return found

    def end(self, by: int = 0) -> int:
        """Wait for its end, or end it by a signal; hear what it still says, and how it ended."""
        if by:
            self.process.send_signal(by)
        code = self.process.wait(PATIENCE_SECONDS)
        self._listening.join(PATIENCE_SECONDS)
        while not self.lines.empty():
            self.told += positions(self.lines.get())
        return code


@pytest.fixture
def following(dune: Rally, tmp_path: Path) -> Iterator[Callable[..., Following]]:
    """Begins to follow the Dune Rally, as often as one likes, with one state."""
    begun: list[Following] = []

    def begin(*words: str) -> Following:
        begun.append(Following("--state", "state.json", "--interval", "0.02", *words))
        return begun[-1]

    yield begin
    for each in begun:
        each.process.kill()
        each.process.wait()


def positions(told: str) -> list[int]:
    """The positions of the records that are told."""
    return [int(line[1:].split()[0]) for line in told.splitlines() if line.startswith("#")]


def remarks(rally: Rally, count: int) -> None:
    """Others append so many records."""
    for _ in range(count):
        assert 0 == rally("record", "RemarkMade", "text=tea", *CLEO).code


def noted(folder: Path, position: int) -> None:
    """Wait until the state says that a record was told."""
    until = time.monotonic() + PATIENCE_SECONDS
    while json.loads((folder / "state.json").read_text())["position"] != position:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_killed_and_begun_again(
    dune: Rally, following: Callable[..., Following], tmp_path: Path
) -> None:
    """Another process appends; neither a kill nor an end loses a record or tells one twice."""
    first = following()
    first.begun()
    remarks(dune, 2)
    assert [29, 30] == first.hear(2)
    noted(tmp_path, 30)
    assert -signal.SIGKILL == first.end(signal.SIGKILL)
    remarks(dune, 3)
    second = following()
    second.begun()
    assert [31, 32, 33] == second.hear(3)
    remarks(dune, 1)
    assert [34] == second.hear(1)
    assert 130 == second.end(signal.SIGINT)
    remarks(dune, 1)
    assert [35] == following("--once").hear(1)
    assert [29, 30, 31, 32, 33, 34] == first.told + second.told


@pytest.mark.slow
def test_ended_in_the_middle_of_many(dune: Rally, following: Callable[..., Following]) -> None:
    """However often it is asked to end while it tells, each record is told exactly once."""
    ledger = Ledger("rally.db", lambda: NOW)
    log = ledger.log(ledger.rallies()[0])
    said = {"rally": log.rally, "recorded_at": log.at(1).occurrence().recorded_at}
    log.append([build(TYPES["RemarkMade"], {**said, "text": f"tea {n}"}) for n in range(300)])
    ledger.close()
    told: list[int] = []
    for by, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGINT, 130)):
        part = following("--since", "0")
        part.begun()
        part.hear(40)
        assert code == part.end(by)
        assert part.process.stderr is not None
        assert "" == part.process.stderr.read()
        told += part.told
    assert len(told) < size(dune)
    last = following("--once")
    assert 0 == last.end()
    assert list(range(1, size(dune) + 1)) == told + last.told


def test_nobody_listens_any_more(dune: Rally) -> None:
    """A closed pipe ends it, silently."""
    process = follow_process("--since", "27", "--interval", "0.02")
    assert process.stdout is not None
    assert process.stderr is not None
    assert [28] == positions(process.stdout.readline())
    process.stdout.close()
    remarks(dune, 1)
    assert 141 == process.wait(PATIENCE_SECONDS)
    assert "Following dune-2016 behind #27; Ctrl-C ends it.\n" == process.stderr.read()
