"""What honest.py found: evidence files that the checkers refused, and that nobody had forged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.evidence.bundle import Bundle, bundle
from cli.office.view import View
from ledger.exhibits import Exhibits
from ledger.log import Ledger
from tests.conftest import Ticking
from tests.evidence.javascript import Javascript, javascript
from tests.evidence.test_verifier import both_say
from tests.spec import RALLY, Case, effect

__all__ = ["javascript"]


def level() -> Case:
    """101 and 102 share the first place, and no place stays empty behind it; 103 falls behind."""
    case = Case(ties__shared_place="1-1-2")
    case.enter("101", "102", "103", "104", "105")
    case.times("SS1", _101="1:00", _102="1:00", _103="1:01", _104="1:02", _105="1:03")
    case.decide(1, number="103", effects=[effect("CrewRelegated", places=1)])
    return case


def moved() -> Case:
    """A court moves the crew to another class of which the decision is: it names another itself."""
    case = Case()
    case.enter("101", "102")
    case.times("SS1", _101="1:00", _102="1:01")
    decision = case.decide(1, number="101")
    other = effect("CrewReclassified", **{"class": "T2"})
    fields: dict[str, Any] = {
        "target": decision,
        "number": "102",
        "outcome": "quashed",
        "effects": [other],
    }
    case.record("CourtDecisionIssued", **fields)
    return case


def taken_back() -> Case:
    """The regulations were void before the stewards decided."""
    case = Case()
    case.enter("101", "102")
    case.times("SS1", _101="1:00", _102="1:01")
    case.record("Voided", target=case.records[1][0])
    case.decide(1, number="101")
    return case


def made(case: Case, folder: Path) -> Bundle:
    """The evidence file of the last decision of a case."""
    log = Ledger(str(folder / "rally.db"), Ticking()).log(RALLY)
    log.append([said for _, said in case.records])
    of = [at for at, (_, said) in enumerate(case.records, 1) if hasattr(said, "effects")]
    return bundle(View(log), f"#{of[-1]}", Exhibits(folder / "exhibits"))


@pytest.mark.parametrize("told", [level, moved, taken_back])
def test_an_honest_file_is_taken_by_both(
    told: Callable[[], Case], javascript: Javascript, tmp_path: Path
) -> None:
    """Whatever the rally was: they find nothing, and say the same."""
    assert both_say(javascript, "", made(told(), tmp_path).data)["findings"] == []
