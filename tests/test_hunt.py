"""The hunt finds what fails on the examples of a seed, and says how to repeat it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hunt import main

LAWS = """
import os
import pytest
from hypothesis import core

def test_of_every_seed_but_7():
    assert (7, "1") != (core.global_force_seed, os.environ["RALLY_EXAMPLES"])

@pytest.mark.slow
def test_that_holds():
    assert 7 == core.global_force_seed
"""


@pytest.mark.slow
def test_what_fails_is_told_with_its_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Name, seed and the command that repeats it; what does not run at all is no success."""
    monkeypatch.delenv("RALLY_EXAMPLES", raising=False)  # as people hunt
    file = tmp_path / "test_drawn.py"
    file.write_text(LAWS, encoding="utf-8")
    assert 1 == main(["--seed", "7", "--minutes", "0", str(file)])
    seed, again, count = capsys.readouterr().out.splitlines()
    assert seed.endswith("test_drawn.py::test_of_every_seed_but_7")
    assert "-n 0 -m '' --hypothesis-seed=7 '" in again
    assert "1 failed." == count
    with pytest.raises(SystemExit, match="did not run"):
        main(["--minutes", "0", str(tmp_path / "test_missing.py")])
