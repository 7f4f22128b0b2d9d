"""What the tests of evidence files share: the case, and its evidence file, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.evidence.bundle import Bundle
from tests.evidence.story import JUDGED, Story, judged, story


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The case; nothing is added to it."""
    return story(tmp_path_factory.mktemp("case"))


@pytest.fixture(scope="session")
def made(case: Story) -> Bundle:
    """The evidence file of the stewards' decision 1, for everybody."""
    return case.bundle()


@pytest.fixture(scope="session")
def all_of_them(made: Bundle, tmp_path_factory: pytest.TempPathFactory) -> list[Bundle]:
    """Evidence files of every decision of the case to its end, and the one from before it."""
    case = judged(tmp_path_factory.mktemp("judged"))
    return [made, *(case.bundle(decision=name) for name in JUDGED)]


@pytest.fixture
def folder(tmp_path: Path, made: Bundle) -> Path:
    """The evidence file as it is extracted."""
    for name, content in made.files.items():
        path = tmp_path / "extracted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "extracted"
