"""Law of deliveries: what was imported before leaves no trace in what the last answer says."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.intake.batch import Report, take_in
from ledger.intake.live_timing.saved import saved_in
from ledger.intake.live_timing.wrc import read_wrc_live
from ledger.intake.statements import AsCorrections
from ledger.log import Ledger, Log
from ledger.times import Instant
from projections.results.standings import Scope, standings
from projections.rules.templates import template
from projections.state.facts import Fold
from projections.state.rally import RallyState
from tests.command_line.sheets import ANSWERS, SPLITS_JSON, write_wrc_live
from tests.conftest import NOW, Ticking
from tests.examples import examples

Answers = dict[str, list[dict[str, Any]]]
RALLY, STAGES = "events/5/rallies/7", "events/5/stages"
CREWS = st.sampled_from([901, 902, 903])
TIMES = st.integers(600_000, 602_000)


def _each(identity: str, row: st.SearchStrategy[dict[str, Any]]) -> Any:
    """Rows under a few keys, so that an answer and the next share some of them; at least one."""
    rows = st.dictionaries(st.integers(1, 4), row, min_size=1)
    return rows.map(lambda found: [{identity: key, **each} for key, each in found.items()])


PENALTIES = st.fixed_dictionaries(
    {
        "entryId": CREWS,
        "penaltyDurationMs": st.sampled_from([10_000, 20_000]),
        "controlId": st.sampled_from([1, 3, 4]),
        "reason": st.sampled_from(["late", "Late ", "Stewards decision 4", None]),
    }
)
RETIREMENTS = st.fixed_dictionaries(
    {
        "entryId": CREWS,
        "status": st.sampled_from(["Permanent", "Temporary", "Rejoined"]),
        "controlId": st.sampled_from([2, 4]),
        "reason": st.sampled_from(["Mechanical", "Off road"]),
    }
)


@st.composite
def times(draw: st.DrawFn, stage: int) -> list[dict[str, Any]]:
    """Times of a stage; a crew may have a row and no time, or none at all.

    The first crew always has the same: it is the one whose finish is known, so the end of the stage
    does not move. An instant that was assumed once stays while nothing else is said otherwise.
    """
    # As fine as the stage is timed: a coarser time that agrees with a finer one is no news of it.
    elapsed = st.none() | TIMES.map(lambda ms: ms - ms % 100 if stage == 11 else ms | 1)
    sources = st.sampled_from(["Default", "Assessed"])
    others = sorted(draw(st.sets(st.sampled_from([902, 903]))))
    rows = [(901, 602_000, "Default"), *((each, draw(elapsed), draw(sources)) for each in others)]
    return [
        {
            "stageTimeId": 10 * stage + crew % 10,
            "entryId": crew,
            "elapsedDurationMs": ms,
            "source": source,
        }
        for crew, ms, source in rows
    ]


ANSWERED: st.SearchStrategy[Answers] = st.fixed_dictionaries(
    {
        f"{RALLY}/penalties.json": _each("penaltyId", PENALTIES),
        f"{RALLY}/retirements.json": _each("retirementId", RETIREMENTS),
        f"{STAGES}/11/stagetimes.json": times(11),
        f"{STAGES}/12/stagetimes.json": times(12),
    }
)


def taken(log: Log, folder: Path, answers: Answers, *, correct: bool = True) -> Report:
    """What comes of importing these answers."""
    saved = {name: json.dumps(rows) for name, rows in answers.items()}
    write_wrc_live(folder, {**saved, SPLITS_JSON: json.dumps(ANSWERS[SPLITS_JSON])})
    recorded_at = Instant(log.clock(), 0)
    delivery = read_wrc_live(saved_in(folder), template("wrc-2019"), recorded_at)
    how = AsCorrections("saved again", "office", "results-office", Instant(log.clock(), 0))
    return take_in(log, delivery, folder / "q.jsonl", corrections=how if correct else None)


def said(log: Log, *, backwards: bool = False) -> list[Any]:
    """Every classification, with who is in none and why; the log read from either end."""
    folded = Fold()
    for each in sorted(log.read(), key=lambda each: each.position, reverse=backwards):
        folded.add(each)
    state = RallyState(folded.facts())
    scopes = [Scope(), *(Scope(after=stage) for stage in ("SS1", "SS2"))]
    found: list[Any] = []
    for scope in [*scopes, *(Scope("stage", stage=stage) for stage in ("SS1", "SS2"))]:
        table = standings(state, scope)
        found.append([(row.place, row.number, row.time_ms, row.total_ms) for row in table.rows])
        found.append(sorted((each.number, each.status) for each in table.unclassified))
    return found


@examples(25)
@given(st.lists(ANSWERED, min_size=2, max_size=4))
def test_the_last_answer_counts(row: list[Answers]) -> None:
    """Imported one after the other as corrections, they answer as the last one does alone.

    The same again appends nothing; and in whichever order the records arrive, they say the same.
    """
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where) / "quarry"
        one = Ledger(f"{where}/one.db", Ticking(NOW)).log("quarry-2019")
        for each in row:
            assert [] == taken(one, folder, each).problems
            for correct in (True, False):
                report = taken(one, folder, each, correct=correct)
                assert (0, []) == (report.appended, report.problems)
        other = Ledger(f"{where}/other.db", Ticking(NOW)).log("quarry-2019")
        taken(other, folder, row[-1])

        assert said(other) == said(one) == said(one, backwards=True)
