"""The command line answers what it has always answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.main import run
from tests.examples import in_turn
from tests.office.conftest import LEDGERS, settings
from tests.office.goldens import differs, goldens, questions, words_of


@pytest.mark.parametrize("name", LEDGERS)
def test_every_question_is_answered_as_before(
    name: str,
    ledgers: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each question as it is typed: the same fields with the same values; others may be added.

    Then words held digits of ids, where they name records now (`cli.names`). Of Dakar one in
    three is asked; with RALLY_EXAMPLES=1 all.
    """
    ledger, found = ledgers(name), goldens(name)
    assert questions(name) == [each["asked"] for each in found]
    for golden in in_turn(found, 0, 3) if name == "dakar" else found:
        capsys.readouterr()
        words = ["--ledger", str(ledger), *words_of(golden["asked"]), "--json"]
        as_then = settings()
        monkeypatch.setattr(as_then, "naming", lambda *_: str)
        assert golden["code"] == run(words, as_then), golden["asked"]
        answer = json.loads(capsys.readouterr().out)
        assert "" == differs(name, golden, answer), golden["asked"]
