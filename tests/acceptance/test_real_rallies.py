"""Real rallies go in, and the organisers' own classifications come out.

The data belong to others and are not part of the project. They are looked for in `$RALLY_DATA`, or
in a folder `shared/data` beside the checkout, and the tests are skipped where they are absent.
"""

from __future__ import annotations

import csv
import functools
import json
import shutil
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.intake.lines import Line
from ledger.intake.live_timing.saved import saved_in
from ledger.intake.live_timing.wrc import read_wrc_live
from ledger.log import Ledger, Log
from ledger.times import Instant, parse_duration
from ledger.vocabulary import CrewNominated, RetirementReported, StageTimeRecorded
from projections.results.standings import Row, Scope, standings
from projections.results.start_order import start_order
from projections.rules.templates import template
from projections.state.facts import Facts, fold
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.timeline.timeline import Timeline
from tests.acceptance.keys import WORKED_OUT, digest
from tests.conftest import NOW, Ticking, data_folder
from tests.looked import some_of

DATA = data_folder()
WRC = sorted(p.name for p in (DATA / "wrc-2019").iterdir()) if DATA else []
KNOWN_MEMBERSHIP = {("chile", "SS11"): 1}
"""Rows of the season where the source contradicts itself."""
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        DATA is None, reason="no real rallies here: set $RALLY_DATA to their folder"
    ),
]
Official = dict[str, tuple[int, int, int]]


class Known:
    """A rally as it was taken in, without the organisers' own answers, which are held apart."""

    def __init__(self, folder: Path, where: Path) -> None:
        from ledger.intake.batch import take_in

        copy = where / folder.name
        shutil.copytree(folder, copy)
        self.name, self.folder = folder.name, folder
        self.answers: dict[str, Any] = {}
        for file in copy.rglob("results.json"):
            self.answers[str(file.relative_to(copy))] = json.loads(file.read_text() or "[]")
            file.unlink()
        saved = saved_in(copy)
        delivery = read_wrc_live(saved, template("wrc-2019"), Instant(NOW, 0))
        self.log: Log = Ledger(str(where / "rally.db"), Ticking()).log(saved.code)
        report = take_in(self.log, delivery, where / "quarantine.jsonl")
        assert report.problems == []
        self.folded = fold(self.log.read())
        self.state = functools.cache(self._state)

    def _state(self, effective_at_ms: int | None = None) -> RallyState:
        """The rally as it is known today, of what had happened by an instant."""
        return RallyState(self.folded.facts(effective_at_ms))


def of_the_season(name: str, *more: str) -> Any:
    """Where it has to be quick, the first rally stands for all."""
    return pytest.param(*filter(None, (name, *more)), marks=[pytest.mark.slow] * (name != WRC[0]))


@pytest.fixture(scope="module", params=[of_the_season(name) for name in WRC])
def known(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Known:
    """Each rally of the season: taken in once for all tests that only ask."""
    assert DATA is not None
    return Known(DATA / "wrc-2019" / request.param, tmp_path_factory.mktemp(request.param))


AS_RECORDED_BEFORE = {
    "argentina": "973582b7ba2dd797f1a104a4104163616082e6fb03fec8248f2ccc39e9bffa49",
    "chile": "016bc298dd63e58a8f7240648628c833dcf7e97cd18351d14f4c7af51ebd5bb2",
    "mexico": "b3383fec990f926baf3babb05cb0bc26408fbe4d2736e0526d2c943f40e705f3",
    "monte-carlo": "02313e5385ce532991b984697faa6f2e454ac54f47ffe4fd99a6148628808b19",
}
"""The digests of what the version before the event's number was recorded made of the answers."""


@pytest.mark.parametrize("name", AS_RECORDED_BEFORE)
def test_wrc_answers_are_known_to_ledgers_made_before(name: str, tmp_path: Path) -> None:
    """Each line has the key of then and says the same, but for what the reader works out itself.

    So such a ledger finds no conflict, as `tests/intake` shows of one, and takes in nothing new but
    for whom crews score, which was not read then.
    """
    assert DATA is not None
    copy = tmp_path / name
    shutil.copytree(DATA / "wrc-2019" / name, copy)
    saved = saved_in(copy)
    assert f"{name}-2019" == saved.code
    delivery = read_wrc_live(saved, template("wrc-2019"), Instant(NOW, 0))
    read = [each for each in delivery if isinstance(each, Line)]
    lines = [each for each in read if not isinstance(each.occurrence, CrewNominated)]
    kinds = {each.occurrence.type_name() for each in lines}
    derived = {kind: set[str]() for kind in kinds}
    for line in lines:
        derived[line.occurrence.type_name()] |= line.derived - {"source"}
    assert all(fields <= WORKED_OUT.get(kind, set()) for kind, fields in derived.items())
    said = (msgspec.to_builtins(each.occurrence) for each in lines)
    assert AS_RECORDED_BEFORE[name] == digest(said)


def officially(rows: list[dict[str, Any]], numbers: dict[int, str]) -> Official:
    """The organisers' rows: time, penalty and total by number."""
    return {
        numbers[row["entryId"]]: (row["stageTimeMs"], row["penaltyTimeMs"], row["totalTimeMs"])
        for row in rows
    }


def ours(rows: tuple[Row, ...]) -> Official:
    """Our rows in the same form."""
    return {row.number: (row.time_ms, row.penalty_ms, row.total_ms) for row in rows}


def wrc_numbers(folder: Path) -> tuple[Path, dict[int, str]]:
    """The folder of the rally's answers, and the car number of each entry."""
    rally = next(folder.glob("events/*/rallies/*/"))
    entries = json.loads((rally / "entries.json").read_text())
    return rally, {each["entryId"]: str(each["identifier"]) for each in entries}


def test_wrc_classifications(known: Known) -> None:
    """Every overall after every stage, and the final, equal the organisers' to the tenth."""
    name, folder, answers, state = known.name, known.folder, known.answers, known.state()
    rally, numbers = wrc_numbers(folder)
    compared = 0
    for stage in stages_of(rally):
        official = answers.get(f"{stage_folder(rally, folder)}/{stage['stageId']}/results.json")
        if not official:
            continue
        want, got = (
            officially(official, numbers),
            ours(standings(state, Scope(after=stage["code"])).rows),
        )
        differing = {n for n in want.keys() | got.keys() if want.get(n) != got.get(n)}
        assert len(differing) <= KNOWN_MEMBERSHIP.get((name, stage["code"]), 0), (stage, differing)
        compared += len(want)
    final = answers[f"{rally.relative_to(folder)}/results.json"]
    assert officially(final, numbers) == ours(standings(state).rows)
    assert compared > 300


DRIVEN = [("argentina", "SS10"), ("chile", "SS13"), ("mexico", "SS19")]
"""The first stages of days on which nobody of the first group started out of turn."""


@pytest.mark.parametrize(
    ("known", "code"),
    [of_the_season(*each) for each in DRIVEN if DATA],
    indirect=["known"],
    scope="module",
)
def test_wrc_start_orders_of_later_days(known: Known, code: str) -> None:
    """The order by the rule is the one in which the first group drove: the overall reversed."""
    folder = known.folder
    rally, numbers = wrc_numbers(folder)
    (group,) = start_order(known.state(), code, "WRC").groups
    stage = next(each for each in stages_of(rally) if each["code"] == code)
    splits = json.loads(
        (
            folder / stage_folder(rally, folder) / str(stage["stageId"]) / "splittimes.json"
        ).read_text()
    )
    began: dict[str, datetime] = {}
    for each in splits:
        if each["splitDateTime"] and each["elapsedDurationMs"]:
            passed = datetime.fromisoformat(each["splitDateTime"][:19])
            start = passed - timedelta(milliseconds=each["elapsedDurationMs"])
            began.setdefault(numbers[each["entryId"]], start)
    order = [row.number for row in group.rows]
    assert len(order) > 8
    assert sorted(order, key=lambda number: began[number]) == order


def test_wrc_at_the_last_finish_of_each_stage(known: Known) -> None:
    """With what had happened by the last finish on a stage, the overall after it is the official.

    With today's knowledge, by a full replay and by the timeline alike. Where nobody finished, the
    stage was cancelled: then by the last finish before.
    """
    name, folder, answers = known.name, known.folder, known.answers
    rally, numbers = wrc_numbers(folder)
    timeline, head = Timeline(known.log), known.log.head().size
    last = last_finishes(known.state().facts)
    end = 0
    for stage in some_of(stages_of(rally)):
        end = last.get(stage["code"], end)
        official = answers.get(f"{stage_folder(rally, folder)}/{stage['stageId']}/results.json")
        if not official:
            continue
        scope = Scope(after=stage["code"])
        rows = standings(known.state(end), scope).rows
        assert rows == standings(timeline.at(head, end), scope).rows
        want, got = officially(official, numbers), ours(rows)
        differing = {n for n in want.keys() | got.keys() if want.get(n) != got.get(n)}
        assert len(differing) <= KNOWN_MEMBERSHIP.get((name, stage["code"]), 0), (stage, differing)
        totals = [total for _, _, total in got.values()]
        assert all(row.place == 1 + sum(t < row.total_ms for t in totals) for row in rows)


def test_wrc_penalties_and_retirements_belong_to_their_stage(known: Known) -> None:
    """A penalty without an instant counts from the end of its stage: not before, and not later.

    One at a control of the next stage does not enter by the last finish of the stage before; and
    whoever retires for good is out by the last finish of the stage of the control.
    """
    whole = known.state()
    last = {whole.orders[stage]: end for stage, end in last_finishes(whole.facts).items()}
    compared = 0
    for order, end in last.items():
        before = max((each for each in last if each < order), default=None)
        given = [c for group in whole.penalties.values() for c in group if c.order == order]
        by_then = known.state(end).penalties
        assert all(charge in by_then.get(charge.number, ()) for charge in given)
        if before is not None and last[before] < end:
            earlier = known.state(last[before]).penalties.values()
            assert not [each for group in earlier for each in group if each.order == order]
            compared += len(given)
    for fact in whole.facts.retirements:
        order, at = whole.out_from(fact.value.number, fact), fact.value.fact_at
        if fact.value.definitive and order in last and order <= max(_had(whole, fact), default=0):
            assert at is not None
            assert at.ms <= last[order], fact
    assert compared


@pytest.mark.slow
def test_penalties_that_were_withdrawn(tmp_path: Path) -> None:
    """Three penalties are gone from a later answer: as corrections, so they are from the totals.

    They go with nothing else, the same again appends nothing, and back in the answer they count.
    """
    assert DATA is not None
    from cli.context import Settings
    from cli.main import run

    copy = tmp_path / "chile"
    shutil.copytree(DATA / "wrc-2019" / "chile", copy)
    rally, numbers = wrc_numbers(copy)
    whole = json.loads((rally / "penalties.json").read_text())
    gone = {each["penaltyId"]: each for each in whole[1:4]}
    left = [each for each in whole if each["penaltyId"] not in gone]
    ledger = str(tmp_path / "rally.db")

    def taken(answer: list[Any], *words: str) -> tuple[int, int]:
        (rally / "penalties.json").write_text(json.dumps(answer))
        code = run(["--ledger", ledger, "import", "wrc-live", str(copy), *words], Settings())
        (log,) = (
            Ledger(ledger, Ticking()).log(each) for each in Ledger(ledger, Ticking()).rallies()
        )
        return code, log.head().size

    def totals() -> dict[str, int]:
        (code,) = Ledger(ledger, Ticking()).rallies()
        state = RallyState(fold(Ledger(ledger, Ticking()).log(code).read()).facts())
        return {row.number: row.total_ms for row in standings(state).rows}

    as_corrections = ("--as-corrections", "--reason", "withdrawn by the stewards")
    _, size = taken(whole)
    before = totals()
    assert (1, size) == taken(left)
    assert before == totals()
    assert (0, size + 3) == taken(left, *as_corrections)
    withdrawn: Counter[str] = Counter()
    for each in gone.values():
        withdrawn[numbers[each["entryId"]]] += each["penaltyDurationMs"]
    moved = {n: before[n] - total for n, total in totals().items() if before[n] != total}
    assert moved == {n: ms for n, ms in withdrawn.items() if n in before}
    assert moved
    assert (0, size + 3) == taken(left) == taken(left, *as_corrections)
    assert (0, size + 6) == taken(whole, *as_corrections)
    assert before == totals()


def _had(state: RallyState, fact: Fact[RetirementReported]) -> list[int]:
    """The numbers of the stages for which the crew of a retirement has a time."""
    return [
        state.orders[stage]
        for stage, values in state.on_stages.items()
        if fact.value.number in values
    ]


def last_finishes(facts: Facts) -> dict[str, int]:
    """The last instant of a time on each stage that the ledger knows."""
    found: dict[str, int] = {}
    for each in facts.of(StageTimeRecorded):
        if each.value.fact_at is not None:
            stage = each.value.stage
            found[stage] = max(found.get(stage, 0), each.value.fact_at.ms)
    return found


def stages_of(rally: Path) -> list[dict[str, Any]]:
    """The stages of the itinerary by their number."""
    legs = json.loads((rally / "itinerary.json").read_text())["itineraryLegs"]
    stages = [s for leg in legs for part in leg["itinerarySections"] for s in part["stages"]]
    return sorted(stages, key=lambda stage: int(stage["number"]))


def stage_folder(rally: Path, folder: Path) -> Path:
    """Where the answers of the stages lie, seen from the rally's folder."""
    return (rally.parents[1] / "stages").relative_to(folder)


@pytest.mark.slow
def test_dakar_general(tmp_path: Path) -> None:
    """The general after each stage is the sum of the sheets; stage 8 counts for trucks alone."""
    assert DATA is not None
    from ledger.intake.batch import take_in
    from ledger.intake.sheets import read_sheets

    folder = tmp_path / "sheets"
    shutil.copytree(DATA / "dakar-2020", folder)
    with (folder / "official_general.csv").open() as file:
        official = list(csv.DictReader(file))
    (folder / "official_general.csv").unlink()
    code, delivery = read_sheets(folder, template, Instant(NOW, 0))
    log = Ledger(str(tmp_path / "rally.db"), Ticking()).log(code)
    assert take_in(log, delivery, tmp_path / "quarantine.jsonl").problems == []
    state = RallyState(fold(log.read()).facts())
    times, penalties = _sheet_sums(folder)
    rows: dict[tuple[str, str], Official] = {}
    reproduced: Counter[str] = Counter()
    for line in official:
        after, category, number = line["after"], line["category"], line["number"]
        if (after, category) not in rows:
            scope = Scope(after=after, category=category)
            rows[after, category] = ours(standings(state, scope).rows)
        counted = [f"SS{k}" for k in range(1, int(after[2:]) + 1) if k != 8 or category == "truck"]
        if all((stage, number) in times for stage in counted):
            time = sum(times[stage, number] for stage in counted)
            penalty = sum(penalties[stage, number] for stage in counted)
            if time + penalty == parse_duration(line["total"]):
                assert (time, penalty, time + penalty) == rows[after, category][number]
                reproduced[category] += 1
    assert reproduced.total() == 1746
    for category in ("moto", "quad", "truck"):
        stage = standings(state, Scope("stage", stage="SS8", category=category))
        assert (category == "truck") == bool(stage.rows)


def _sheet_sums(folder: Path) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    times: dict[tuple[str, str], int] = {}
    penalties: dict[tuple[str, str], int] = defaultdict(int)
    with (folder / "times.csv").open() as file:
        for line in csv.DictReader(file):
            if not line["point"]:
                times[line["stage"], line["number"]] = parse_duration(line["elapsed"])
    with (folder / "penalties.csv").open() as file:
        for line in csv.DictReader(file):
            penalties[line["stage"], line["number"]] += parse_duration(line["penalty"])
    return times, penalties
