"""What a face asks of a log: the newest records, the span of a stage, positions, and times."""

from __future__ import annotations

import itertools
import random
from tempfile import TemporaryDirectory

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger import schema
from ledger.database import open_engine, writing
from ledger.log import Log
from ledger.moment import resolve
from ledger.store import Recorder
from ledger.times import Instant
from ledger.verify import verify
from ledger.vocabulary import CrewEntered, Occurrence, RemarkMade
from tests.conftest import NOW, Ticking
from tests.examples import examples
from tests.store.conftest import RALLY, NewUrl
from tests.store.samples import entered, remark

TILE = 256
HOUR = 3_600_000


def at(said: Occurrence, ms: int) -> Occurrence:
    """The same, recorded at another time."""
    return msgspec.structs.replace(said, recorded_at=Instant(NOW + ms, 0))


def recorded(times: list[int]) -> list[Occurrence]:
    """Remarks that were recorded at these times, in the order in which they arrive."""
    return [at(remark(f"{place}"), ms) for place, ms in enumerate(times)]


def when_recorded(log: Log) -> list[int]:
    """The times at which the records of a log were recorded, by reading every one."""
    return [each.occurrence().recorded_at.ms - NOW for each in log.read()]


def by_looking(times: list[int], ms: int) -> int:
    """The last record before the first that was recorded later, by looking at every one."""
    return next((place for place, at in enumerate(times) if at > ms), len(times))


# -- records ---------------------------------------------------------------------------------------


def test_the_newest_records(log: Log) -> None:
    """The newest first, as many as are wanted, of some types or with some tags, at any cut."""
    log.append([remark(f"r{n}", stage="SS1" if n % 2 else "SS2") for n in range(10)])
    log.append([entered("101", "Ann"), entered("102", "Bo")])
    remarks, crews = [RemarkMade.type_name()], [CrewEntered.type_name()]
    assert [12, 11, 10] == [each.position for each in log.newest(3)]
    assert [4, 3] == [each.position for each in log.newest(2, until=4)]
    assert [12, 11] == [each.position for each in log.newest(5, types=crews)]
    found = log.newest(3, types=remarks, tags=["stage:SS1"], until=9)
    assert [8, 6, 4] == [each.position for each in found]
    assert [*reversed(list(log.read()))] == log.newest(100)
    assert [] == log.newest(3, until=0)
    assert [] == log.newest(3, tags=["stage:SS9"])


def test_the_span_of_a_stage(log: Log) -> None:
    """Its first and its last record, as far as they were known."""
    log.append([remark("a"), remark("b", stage="SS1"), remark("c"), remark("d", stage="SS1")])
    assert (2, 4) == log.span("SS1")
    assert (2, 2) == log.span("SS1", until=3)
    assert log.span("SS1", until=1) is None
    assert log.span("SS2") is None
    assert 4 == resolve("SS1", log, apart_ms=HOUR)


def test_the_positions_of_a_type(log: Log) -> None:
    """In their order, between two positions."""
    log.append([remark("a"), entered("101", "Ann"), remark("b"), remark("c")])
    remarks = [RemarkMade.type_name()]
    assert [1, 3, 4] == log.positions(remarks)
    assert [3] == log.positions(remarks, after=1, until=3)
    assert [1, 2, 3, 4] == log.positions([*remarks, CrewEntered.type_name()])
    assert [] == log.positions(["StageScheduled"])


# -- times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "size",
    [
        *(0, 1, TILE, 2 * TILE + 17),
        *(pytest.param(n, marks=pytest.mark.slow) for n in (TILE - 1, TILE + 1, 3 * TILE + 17)),
    ],
)
def test_a_time_leads_to_the_position(log: Log, size: int) -> None:
    """Whatever the order in which records arrive: the last before the first recorded later."""
    times = [random.Random(size).randrange(1000) for _ in range(size)]
    said = recorded(sorted(times))
    random.Random(1).shuffle(said)
    for first in range(0, size, 100):  # batches that end within a tile, and beyond several
        log.append(said[first : first + 100])
    stored = when_recorded(log)
    for ms in (-1, 0, 1, 250, 500, 990, 998, 999, 1000, *times[:20]):
        want = by_looking(stored, ms)
        assert want == resolve(Instant(NOW + ms, 0).iso(), log, apart_ms=HOUR), ms
    assert verify(log).ok


def test_only_a_few_records_are_looked_at(engine: sa.Engine, log: Log) -> None:
    """The tile is looked up; of the records only those of that tile are read."""
    log.append(recorded(list(range(5 * TILE))))
    seen: list[str] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _hear(*words: object) -> None:
        statement, parameters = str(words[2]), words[3]
        seen.append(f"{statement} {parameters}")

    assert 3 * TILE + 4 == log.scan.first_recorded_after(
        NOW + 3 * TILE + 2, {"main"}, 5 * TILE, HOUR
    )
    asked = [each for each in seen if "FROM record " in each.replace("\n", " ")]
    assert asked
    for each in asked:
        assert f"{3 * TILE}" in each
        assert f"{4 * TILE}" in each


def test_records_of_other_sites_do_not_count(log: Log, engine: sa.Engine) -> None:
    """What was merged is known from where it arrived; the latest time stands for each site."""
    log.append(recorded(list(range(2 * TILE))))
    other = Log(engine, "other", Ticking(), "away")
    other.append(recorded([5]))
    later = NOW + 2 * TILE - 2
    assert 2 * TILE == log.scan.first_recorded_after(later, {"main"}, 2 * TILE, HOUR)
    assert log.scan.first_recorded_after(later, {"away"}, 2 * TILE, HOUR) is None
    assert 1 == other.scan.first_recorded_after(NOW, {"away"}, 1, HOUR)


def test_an_older_ledger_gets_the_index_and_keeps_its_roots(new_url: NewUrl) -> None:
    """Without the table it is read as before; the next tile that is filled brings it all in."""
    url = new_url()
    engine = open_engine(url)
    log = Log(engine, RALLY, Ticking(), "main")
    times = [ms % 700 for ms in range(0, 7 * 3 * TILE, 7)]
    log.append(recorded(times[: 2 * TILE + 9]))
    with writing(engine) as connection:
        for table in ("recorded_until", "recorded_from"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
    roots = [log.root_at(position) for position in (1, TILE, 2 * TILE + 9)]
    engine.dispose()

    engine = open_engine(url)
    log = Log(engine, RALLY, Ticking(), "main")
    moments = [Instant(NOW + ms, 0).iso() for ms in (0, 300, 690, 699, 700)]
    before = [resolve(each, log, apart_ms=HOUR) for each in moments]
    stored = when_recorded(log)
    assert before == [by_looking(stored, ms) for ms in (0, 300, 690, 699, 700)]
    assert verify(log).ok
    log.append(recorded(times)[2 * TILE + 9 :])
    with engine.connect() as connection:
        for derived in (schema.recorded_until, schema.recorded_from):
            assert schema.has(connection, derived)
            assert [0, 1, 2] == sorted(connection.scalars(sa.select(derived.c.tile)))
    stored = when_recorded(log)
    assert [by_looking(stored, ms) for ms in (0, 300, 690)] == before[:3]
    assert before[:3] == [resolve(each, log, apart_ms=HOUR) for each in moments[:3]]
    assert roots == [log.root_at(position) for position in (1, TILE, 2 * TILE + 9)]
    assert verify(log).ok
    engine.dispose()


def cut_by_looking(times: list[int], ms: int, apart: int) -> int:
    """The cut at a time, by the rule itself: what is well ahead of a later one is left aside."""
    telling = [(n, at) for n, at in enumerate(times) if not _behind_both(times, n, apart)]
    for place, at in enumerate(times):
        if at > ms and not any(each <= at - apart for n, each in telling if n > place):
            return place
    return len(times)


def _behind_both(times: list[int], place: int, apart: int) -> bool:
    """Whether a time lies well before those beside it; of the last, before the two before it."""
    beside = [*times[place + 1 : place + 2], *times[max(place - 2, 0) : place][::-1]][:2]
    return len(beside) == 2 and all(each - apart >= times[place] for each in beside)


@given(st.data())
@examples(200)
def test_one_wrong_clock_moves_no_cut(data: st.DataObject) -> None:
    """With one outlier anywhere, ahead or behind, the cut is the one without it."""
    steps = data.draw(st.lists(st.integers(0, 50 * 60_000), min_size=3, max_size=12))
    times = [sum(steps[: place + 1]) for place in range(len(steps))]
    ms = data.draw(st.sampled_from(times)) + data.draw(st.sampled_from([-1, 0, 1, 30 * 60_000]))
    place = data.draw(st.integers(0, len(times)))
    way = data.draw(st.sampled_from([-1, 1]))
    far = way * data.draw(st.sampled_from([HOUR, 2 * HOUR, 30 * 365 * 24 * HOUR]))
    outlier = times[min(place, len(times) - 1)] + far
    # Of a clock that lies behind the last record alone nobody can tell which of the two is wrong.
    assume(place < len(times) or sum(each >= outlier + HOUR for each in times) != 1)
    spoilt = [*times[:place], outlier, *times[place:]]
    cuts = [_cut(each, ms) for each in (times, spoilt)]
    assert cuts[0] == cuts[1] - (cuts[1] > place)
    assert cuts[1] == cut_by_looking(spoilt, ms, HOUR)


def _cut(times: list[int], ms: int) -> int:
    with TemporaryDirectory() as folder:
        engine = open_engine(f"{folder}/rally.db")
        log = Log(engine, RALLY, Ticking(), "main")
        log.append(recorded(times))
        found = resolve(Instant(NOW + ms, 0).iso(), log, apart_ms=HOUR)
        engine.dispose()
    return found


WRONG = [*itertools.product((0, 1, TILE - 1, TILE, 2 * TILE + 9, 3 * TILE + 16), (1, 300), (1, -1))]
STAND_FOR_ALL = ((0, 1, -1), (TILE, 300, 1))


@pytest.mark.parametrize(
    ("place", "many", "way"),
    [
        pytest.param(*each, marks=() if each in STAND_FOR_ALL else pytest.mark.slow)
        for each in WRONG
    ],
)
def test_wrong_clocks_across_tiles(log: Log, place: int, many: int, way: int) -> None:
    """Over several tiles: a clock a hundred years off, for one record or for very many."""
    times = [30_000 * each for each in range(3 * TILE + 17)]
    times[place:place] = [way * 100 * 365 * 24 * HOUR // 2 + each for each in range(many)]
    for first in range(0, len(times), 400):
        log.append(recorded(times[first : first + 400]))
    for ms in (-1, 0, 30_000 * TILE, 30_000 * 2 * TILE + 1, 30_000 * 3 * TILE):
        found = resolve(Instant(NOW + ms, 0).iso(), log, apart_ms=HOUR)
        assert cut_by_looking(times, ms, HOUR) == found, ms
    for as_of in (place + 1, len(times) - 1):
        want = cut_by_looking(times[:as_of], 30_000 * TILE, HOUR)
        moment = Instant(NOW + 30_000 * TILE, 0).iso()
        assert want == resolve(moment, log, as_of, apart_ms=HOUR)
    assert verify(log).ok


LIES = (
    "UPDATE recorded_until SET recorded_at = recorded_at + 1",
    "DELETE FROM recorded_until WHERE tile = 0",
    "UPDATE recorded_until SET site = 'x'",
    "UPDATE recorded_until SET tile = 7 WHERE tile = 1",
    "UPDATE recorded_from SET recorded_at = recorded_at + 1",
    "DELETE FROM recorded_from WHERE tile = 0",
)


def test_an_index_of_times_that_lies_is_found(log: Log, engine: sa.Engine) -> None:
    """It follows from the records, so the log is proved all the same, and it is said."""
    log.append(recorded(list(range(2 * TILE))))
    tables = (schema.recorded_until, schema.recorded_from)
    with engine.connect() as connection:
        right = [connection.execute(sa.select(each)).mappings().all() for each in tables]
    for done in LIES:
        with writing(engine) as connection:
            connection.execute(sa.text(done))
        found = verify(log)
        told = [each.message for each in found.findings]
        assert (done, ["The index of times differs from the records."]) == (done, told)
        assert found.proved
        with writing(engine) as connection:
            for table, rows in zip(tables, right, strict=True):
                connection.execute(sa.delete(table))
                connection.execute(sa.insert(table), [dict(each) for each in rows])
    assert verify(log).ok


def test_what_is_no_occurrence_has_no_time(recorder: Recorder, engine: sa.Engine) -> None:
    """The recorder keeps opaque bytes as well; a tile of such records is of no time."""
    from ledger.record import Arrival

    recorder.append_arrivals([Arrival("X", b"{}", ()) for _ in range(TILE)])
    log = Log(engine, RALLY, Ticking(), "main")
    assert log.scan.first_recorded_after(0, {"main"}, TILE, HOUR) is None
