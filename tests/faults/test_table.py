"""The matrix says what it counted: a fault is never taken for none, and a row left out says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.ledgers import Said, copied, expect_no_traceback, opened, said, sample, whole
from tests.faults.rows import ROWS
from tests.faults.table import Counts, Row, Skipped, as_markdown, tried


def _outcomes(tmp_path: Path, counts: Counts | None) -> tuple[bool, tuple[str, ...]]:
    def trial(_seed: int, tries: int, folder: Path) -> Counts:
        assert not list(folder.iterdir())
        assert tries == 2
        if counts is None:
            raise Skipped("there is no compiler")
        return counts

    (outcome,) = tried([Row("row", 2, 9, trial)], 7, tmp_path, long=False)
    return outcome.passed, outcome.cells()


@pytest.mark.parametrize("kind", ["lost", "doubled", "unseen", "tracebacks"])
def test_one_of_a_kind_fails_the_row(tmp_path: Path, kind: str) -> None:
    counts = Counts(2)
    counts.find(kind, "somebody's act")
    passed, cells = _outcomes(tmp_path, counts)
    assert not passed
    assert 1 == cells[2:6].count("1")


def test_a_row_that_tried_nothing_fails(tmp_path: Path) -> None:
    assert not _outcomes(tmp_path, Counts())[0]


def test_a_row_that_found_nothing_passes(tmp_path: Path) -> None:
    passed, cells = _outcomes(tmp_path, Counts(2, note="as it should be"))
    assert passed
    assert ("row", "2", "0", "0", "0", "0") == cells[:6]
    assert ("7", "as it should be") == cells[7:]


def test_a_row_that_can_not_be_tried_says_why(tmp_path: Path) -> None:
    passed, cells = _outcomes(tmp_path, None)
    assert passed
    assert "skipped: there is no compiler" == cells[-1]


def test_every_row_has_a_name_of_its_own_and_is_longer_in_the_long_form() -> None:
    assert len(ROWS) == len({row.name for row in ROWS})
    assert all(0 < row.short <= row.long for row in ROWS)
    assert "| Row |" in as_markdown([])


def test_a_log_that_was_damaged_is_not_whole(tmp_path: Path) -> None:
    """The look at what is left sees what is missing."""
    ledger = copied(sample(tmp_path / "sample.db"), tmp_path / "copy.db")
    counts = Counts(1)
    with opened(ledger) as log:
        whole(counts, log, "as it was")
        assert counts.clean
        with log.recorder.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER record_refuses_delete")
            connection.exec_driver_sql("DELETE FROM record WHERE position = 100")
        whole(counts, log, "without #100")
    assert counts.lost > 1
    answer = said(ledger, "verify")
    assert 3 == answer.code
    assert expect_no_traceback(counts, answer, "verify")
    assert not expect_no_traceback(counts, Said(70, "", "", "KeyError: 'x'"), "made up")
    assert 1 == counts.tracebacks
