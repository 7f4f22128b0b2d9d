"""The seed rally: every published figure comes out of the sample log, and follows from it."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest

from cli.commands.demo import story
from ledger.intake.jsonl import Arrived, read_jsonl, take_in_jsonl
from ledger.log import Ledger, Log
from ledger.times import parse_duration
from ledger.verify import verify
from ledger.vocabulary import CrewEntered, StageTimeRecorded, canonical
from projections.results.standings import Row, Scope, standings
from projections.results.start_order import start_order
from projections.state.facts import Fold, fold
from projections.state.rally import RallyState
from tests.conftest import Rally, Ticking
from tests.looked import some_of

SAMPLE = resources.files("ledger.samples").joinpath("silk-way-2016.jsonl").read_bytes()
CARS = {
    "SS5": ("9:47:05", {"102": "14:22", "103": "14:38", "101": "15:16", "190": "16:04"}),
    "SS6": ("11:06:35", {"102": "8:00", "101": "9:50", "103": "12:50", "190": "14:58"}),
    "SS7": ("12:09:19", {"102": "10:46", "101": "14:00", "103": "20:01", "190": "21:22"}),
    "SS8": ("15:24:02", {"102": "6:58", "101": "14:50", "103": "15:42", "190": "37:31"}),
    "SS9": ("19:02:44", {"102": "12:17", "103": "27:22"}),
    "SS10": (None, {"102": "9:57", "103": "28:00", "101": "45:46"}),
    "SS11": (None, {"102": "9:57", "103": "28:00", "101": "45:46"}),
    "SS12": (None, {"103": "30:30", "101": "49:04", "102": "4:02:55"}),
    "SS13": ("32:25:41", {"103": "31:27", "101": "51:51", "105": "1:57:02", "102": "4:04:55"}),
    "SS14": (
        "36:15:18",
        {
            "103": "25:51",
            "101": "49:46",
            "105": "1:54:47",
            "190": "2:12:45",
            "192": "2:38:28",
            "102": "4:02:01",
            "194": "4:28:44",
            "195": "4:53:12",
            "191": "5:08:09",
        },
    ),
}


def loaded(sample: bytes, where: Path) -> Log:
    """A ledger with a sample log."""
    ledger = Ledger(str(where / "silk.db"), Ticking())
    lines = read_jsonl("sample", sample.split(b"\n"))
    (merged,) = take_in_jsonl(ledger, [each for each in lines if isinstance(each, Arrived)])
    return ledger.log(merged.rally)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """The Silk Way Rally 2016."""
    return loaded(SAMPLE, tmp_path_factory.mktemp("silk"))


def overall(folded: Fold, after: str | None, category: str) -> tuple[Row, ...]:
    """The overall of a category after a leg."""
    return standings(RallyState(folded.facts()), Scope(after=after, category=category)).rows


@pytest.mark.parametrize("after", CARS)
def test_the_published_overall_of_the_cars(log: Log, after: str) -> None:
    """After each leg the leader is Despres, with the published total and gaps."""
    total, gaps = CARS[after]
    rows = overall(fold(log.read()), after, "cars")
    assert rows[0].number == "104"
    if total:
        assert parse_duration(total) == rows[0].total_ms
    known = {row.number: row.gap_ms for row in rows}
    assert {n: parse_duration(gap) for n, gap in gaps.items()} == {n: known[n] for n in gaps}


def test_loeb_on_the_road_and_after_the_decision(log: Log) -> None:
    """Leg 12: 2:55 behind on the road, 4:02:55 after four hours for two missed waypoints."""
    (decision,) = log.read(types=["DecisionIssued"], tags=["crew:102"])
    road = overall(fold(log.read(until=decision.position - 1)), "SS12", "cars")
    ruled = overall(fold(log.read(until=decision.position)), "SS12", "cars")

    assert [(row.number, row.gap_ms) for row in road[:2]] == [("104", 0), ("102", 175_000)]
    assert (ruled[3].number, ruled[3].gap_ms) == ("102", 14_575_000)
    stage = standings(
        RallyState(fold(log.read()).facts()), Scope("stage", stage="SS12", category="cars")
    )
    assert stage.rows[0].number == "104"


def test_the_start_orders_of_legs_twelve_and_thirteen(log: Log) -> None:
    """Leg 11 was cancelled, so leg 12 went by leg 10; the four hours put Loeb behind for leg 13.

    On the road he had won leg 12, and would have opened leg 13; Despres did.
    """
    (decision,) = log.read(types=["DecisionIssued"], tags=["crew:102"])

    def first(stage: str, position: int) -> list[str]:
        state = RallyState(fold(log.read(until=position)).facts())
        (cars,) = start_order(state, stage, "cars").groups
        return [cars.basis, *(row.number for row in cars.rows[:4])]

    morning = min(
        each.position for each in log.read(tags=["stage:SS12"], types=["StageTimeRecorded"])
    )
    assert ["result of SS10", "100", "102", "104", "103"] == first("SS12", morning - 1)
    assert ["result of SS12", "102", "104", "103", "101"] == first("SS13", decision.position - 1)
    assert ["result of SS12", "104", "103", "101", "102"] == first("SS13", decision.position)


def test_the_final_places(log: Log) -> None:
    """The first ten cars and the first five trucks, in the published order."""
    folded = fold(log.read())
    cars = ["104", "103", "101", "105", "190", "192", "102", "194", "195", "191"]
    assert cars == [row.number for row in overall(folded, None, "cars")]
    trucks = overall(folded, None, "trucks")
    gaps = [parse_duration(gap) for gap in ("0:00", "15:28", "33:26", "1:32:53", "3:18:56")]
    assert gaps == [row.gap_ms for row in trucks]
    assert parse_duration("39:23:18") == trucks[0].total_ms


def test_the_trucks_before(log: Log) -> None:
    """After leg 10 van den Brink, Mardeev +4:32, Shibalov +9:20; after leg 12 Mardeev leads."""
    folded = fold(log.read())
    ten = [("395", 0), ("391", 272_000), ("393", 560_000)]
    twelve = [("391", 0), ("392", 472_000), ("395", 753_000)]

    assert ten == [(row.number, row.gap_ms) for row in overall(folded, "SS10", "trucks")][:3]
    known = {row.number: row.gap_ms for row in overall(folded, "SS12", "trucks")}
    assert dict(twelve) == {number: known[number] for number, _ in twelve}


def test_every_record_has_its_source(log: Log) -> None:
    """Each record says where it comes from and how it stands, and was recorded in 2016."""
    for record in some_of(log.read()):
        said = record.occurrence()
        assert said.source.standing in ("published", "derived", "assumed"), said
        assert said.source.kind, said
        assert said.source.name, said
        assert said.recorded_assumed, said
        assert said.recorded_at.datetime.year == 2016
        if said.source.standing == "derived":
            assert said.source.note, said
        if isinstance(said, CrewEntered) and int(said.number) in range(190, 200):
            assert said.source.standing == "assumed"


def test_the_sample_proves_itself(log: Log) -> None:
    """The sample is restored verbatim: its leaves are those in its file, and it verifies."""
    assert verify(log).ok
    lines = [json.loads(line) for line in SAMPLE.splitlines()]
    assert [line["leaf"] for line in lines] == [record.leaf.hex() for record in log.read()]


def test_the_demo_is_computed_not_recited(log: Log, tmp_path: Path) -> None:
    """When Loeb's leg 12 takes a minute longer in a copy of the log, the demo's figures follow."""
    shifted = []
    for record in log.read():
        said = record.occurrence()
        fields = json.loads(record.data)
        if isinstance(said, StageTimeRecorded) and (said.number, said.stage) == ("102", "SS12"):
            fields["elapsed_ms"] += 60_000
        shifted.append(canonical(fields))
    told = "\n".join(story(log))
    moved = "\n".join(story(loaded(b"\n".join(shifted), tmp_path)))

    for before, after in (("+2:55", "+3:55"), ("+4:02:55", "+4:03:55"), ("+4:02:01", "+4:03:01")):
        assert before in told
        assert after not in told
        assert after in moved
        assert before not in moved


def test_the_demo_fits_a_screen_and_says_it_all(rally: Rally) -> None:
    """`rally demo` tells the story; a second time it loads nothing and says the same."""
    first, second = rally("demo"), rally("demo")
    assert (0, first.out) == (second.code, second.out)
    for figure in (
        "+9:57",
        "unchanged",
        "+2:55",
        "+4:02:55",
        "is on the retirement list",
        "is not on the retirement list",
        "36:15:18",
        "+25:51",
        "+49:46",
        "+4:02:01",
        "39:23:18",
    ):
        assert figure in first.out
    assert len(first.out.splitlines()) < 50
