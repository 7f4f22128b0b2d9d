"""Evidence under rules that word their times: the checker reads the same lines, and agrees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.evidence import check
from cli.evidence.bundle import bundle
from cli.office.view import View
from ledger.exhibits import Exhibits
from ledger.log import Ledger
from ledger.times import parse_instant
from tests.conftest import Ticking
from tests.scenarios.test_procedure import CODE, before_courts, decided
from tests.spec import RALLY, Case, at, effect

STEWARDS = {"by": "The stewards", "role": "stewards"}


def files_of(case: Case, folder: Path, decision: str) -> dict[str, bytes]:
    """The evidence file of a decision, part by part."""
    log = Ledger(str(folder / "rally.db"), Ticking()).log(RALLY)
    log.append([said for _, said in case.records])
    return dict(bundle(View(log), decision, Exhibits(folder / "exhibits")).files)


def during() -> Case:
    """An appeal to the court while the competition runs, told to the wrong official before."""
    case, decision = decided(
        rules={"appeals__lodged_with_court": ("secretary",), "lodging__elsewhere": "inadmissible"}
    )
    appeal = {"target": decision, "number": "101"}
    case.record("AppealIntentionNotified", at("18:10"), lodged_with="marshal", **appeal)
    case.record("AppealIntentionNotified", at("18:20"), lodged_with="secretary", **appeal)
    return case


def after() -> Case:
    """The same after the end of the competition: a review in an extended time, a fine at once."""
    lines = ("Fine of stewards: never", *CODE["appeals__suspends"])
    case, decision = decided(rules={"appeals__suspends": lines}, effects=[effect("Fine")])
    case.record("AppealIntentionNotified", at("18:30"), target=decision, number="101")
    case.record("CompetitionEnded", at("21:00"))
    until: dict[str, Any] = {"deadline": "review", "until_at": parse_instant(at("23:59"))}
    until["until_at"] = parse_instant("2016-07-15T12:00+03:00")
    case.record("DeadlineExtended", at("22:00"), target=decision, **until, **STEWARDS)
    petition = {"target": decision, "new_element": "a film"}
    case.record("ReviewPetitioned", "2016-07-15T11:00+03:00", **petition)
    return case


def by_the_calendar() -> Case:
    """Seven days to their end in the zone of the rally, limited by the giving of the prizes."""
    rule = "7 days from decision; not later than 4 days before prize-giving"
    case, decision = decided("clerk", rules={"reviews__time": rule})
    case.record("PrizeGivingSet", at("08:00"), prizes_at=parse_instant("2016-07-18T20:00+08:00"))
    appeal = case.record("AppealIntentionNotified", at("18:20"), target=decision, number="101")
    case.decide(1, at("19:30"), number="101", stage="SS2", matter=[appeal])
    return case


CASES = {
    "during": (during, "stewards-1"),
    "after": (after, "stewards-1"),
    "by the calendar": (by_the_calendar, "clerk-1"),
    "before courts": (lambda: before_courts()[0], "court-7"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_checker_computes_the_same(name: str, tmp_path: Path) -> None:
    """It finds nothing, has computed statuses and deadlines, and sees an hour that is moved."""
    make, decision = CASES[name]
    files = files_of(make(), tmp_path, decision)
    found = check.checked(files)
    assert [] == found.findings
    assert not [each for each in found.remarks if "not computed again" in each]
    docket = json.loads(files["docket.json"])
    moved = 0
    for row in docket["rows"]:
        for field in ("appeal_until", "review_until"):
            if row[field]:
                other = json.loads(json.dumps(docket))
                at_row = next(e for e in other["rows"] if e["id"] == row["id"])
                at_row[field] = f"2017{row[field][4:]}"
                told = json.dumps(other, ensure_ascii=False).encode()
                assert check.checked({**files, "docket.json": told}).findings
                moved += 1
    assert moved


@pytest.mark.parametrize("places", [None, 1])
def test_a_sanction_on_place_is_no_list_of_places(places: int | None, tmp_path: Path) -> None:
    """The last place, or some places back: the file holds together, and a false place is seen."""
    case, decision = decided(effects=[effect("CrewRelegated", places=places)])
    files = files_of(case, tmp_path, decision)
    assert [] == check.checked(files).findings
    told = json.loads(files["decision.json"])
    told["entry"]["effects"][0]["fields"]["places"] = 3
    files["decision.json"] = json.dumps(told, ensure_ascii=False).encode()
    assert check.checked(files).findings
