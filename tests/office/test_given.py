"""What a rally gives to a season is kept beside its log, and believed only where it is its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cli.office.office import Office
from cli.office.reads import READS
from ledger.log import Ledger, Log
from ledger.times import Instant
from ledger.vocabulary import RemarkMade
from projections import beside
from projections.results import given
from projections.results.given import NAME, keep, kept
from projections.results.season import Season
from tests.conftest import NOW, Ticking
from tests.spec import RALLY, Case


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """A rally in which one driver scores 9 points, and the other 8."""
    rules = {"points__scales": ("overall: 9 8",), "points__scorers": "everybody"}
    case = Case("cross-country", season__counting="all", season__ties=("places",), **rules)
    case.enter("1", "2")
    case.times("SS1", _1="1:00:00", _2="1:01:00")
    ledger = Ledger(str(tmp_path / "rally.db"), Ticking(NOW))
    log = ledger.log(RALLY)
    log.append([said for _, said in case.records])
    yield log
    ledger.close()


def asked(log: Log, *, keeps: bool = True) -> Season:
    """The season as a process tells it that opens the ledger anew."""
    ledger = Ledger(str(log.recorder.engine.url.database), Ticking(NOW))
    views = Office(ledger, keeps=keeps).views()
    found: Season = READS["season"].ask(views, {}).found.season
    ledger.close()
    return found


def forged(log: Log) -> None:
    """Keep of the log that its second driver won, under a seal that holds."""
    position = log.head().size
    true = kept(log, position, "drivers")
    assert true is not None
    first, second = true.points.rows
    rows = tuple(
        msgspec.structs.replace(row, name=other.name)
        for row, other in ((first, second), (second, first))
    )
    points = msgspec.structs.replace(true.points, rows=rows)
    assert keep(log, position, msgspec.structs.replace(true, points=points))


def first_of(found: Season) -> str:
    """Who leads."""
    return found.rows[0].name


def test_what_is_kept_is_what_is_told(log: Log) -> None:
    """Nothing else is asked: so it had better be of this log, this position and this program."""
    assert "Driver 1" == first_of(asked(log))
    forged(log)
    assert "Driver 2" == first_of(asked(log))
    log.append([RemarkMade(rally=RALLY, recorded_at=Instant(NOW, 0), text="a quiet day")])
    assert "Driver 1" == first_of(asked(log))


def test_what_another_program_kept_is_computed_anew(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older or newer, with other rules or another edition; its own is what it keeps then."""
    asked(log)
    forged(log)
    monkeypatch.setattr(given, "program", lambda: "4 another")
    assert "Driver 1" == first_of(asked(log))
    monkeypatch.undo()
    assert "Driver 1" == first_of(asked(log))


def test_another_log_under_the_same_name_is_computed_anew(log: Log, tmp_path: Path) -> None:
    """As long as the other, as after it was restored from elsewhere."""
    asked(log)
    forged(log)
    other = Ledger(str(tmp_path / "other.db"), Ticking(NOW + 1)).log(RALLY)
    other.append([each.occurrence() for each in log.read()])
    data = log.scan.load(NAME)
    assert data is not None
    assert other.scan.save(NAME, data)
    assert other.head().size == log.head().size
    assert "Driver 1" == first_of(asked(other))
    other.recorder.engine.dispose()


def test_damage_is_noticed(log: Log) -> None:
    """Whatever byte is another one: it is computed anew."""
    asked(log)
    forged(log)
    data = log.scan.load(NAME)
    assert data is not None
    for place in range(0, len(data), len(data) // 20):
        damaged = bytearray(data)
        damaged[place] ^= 1
        assert log.scan.save(NAME, bytes(damaged))
        assert kept(log, log.head().size, "drivers") is None
    assert "Driver 1" == first_of(asked(log))


def test_who_leaves_no_trace_keeps_nothing(log: Log) -> None:
    """The answer is the same; so is that of a moment before the end, of which nothing is kept."""
    assert "Driver 1" == first_of(asked(log, keeps=False))
    assert log.scan.load(NAME) is None
    seen = Office(Ledger(str(log.recorder.engine.url.database), Ticking(NOW))).view(log, "@-1")
    assert "over" != seen.gives("drivers").among([("cars",)]).when
    assert log.scan.load(NAME) is None


def test_a_program_is_told_by_its_rules_too(tmp_path: Path) -> None:
    """A figure in a rulebook makes it another one; what Python lays down beside it does not."""
    (tmp_path / "__pycache__").mkdir()
    rules, code = tmp_path / "rules.toml", tmp_path / "rules.py"
    rules.write_text("value = 1")
    code.write_text("VALUE = 1")
    digests = [beside.digest_of([str(tmp_path)])]
    for file in (rules, code):
        file.write_text(file.read_text().replace("1", "2"))
        digests.append(beside.digest_of([str(tmp_path)]))
    (tmp_path / "__pycache__" / "rules.py").write_text("")
    assert 3 == len({*digests})
    assert digests[-1] == beside.digest_of([str(tmp_path)])
