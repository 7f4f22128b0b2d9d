"""The road: what race control waits for, what was observed there, and what can't be right."""

from __future__ import annotations

from typing import Annotated

from cli.office.answer import Answer
from cli.office.asking import OfCrew, OfKind, OnStage, Word
from cli.office.forms import plain
from cli.office.view import View
from projections.control.anomalies import anomalies
from projections.control.anomaly import Anomaly
from projections.control.check import Suspicion, check
from projections.control.outstanding import Outstanding, StillOut, outstanding
from projections.desk.incidents import KINDS, Incident, incidents

INCIDENTS = (
    *("position", "number", "driver", "stage", "kind", "fact_at", "words", "injury", "open"),
    "decided",
)


def awaited(
    seen: View, stage: Annotated[str | None, Word("Only this stage.", "STAGE", of="stage")] = None
) -> Answer[Outstanding]:
    """Who is still out, what is missing, and what keeps a result back."""
    found = outstanding(seen.under_way(stage), stage)
    title = f"Outstanding on {stage}" if stage else "Outstanding"
    return Answer(seen, found, title, plain(found), found.still_out, StillOut)


def observed(
    seen: View,
    crew: OfCrew = None,
    stage: OnStage = None,
    kind: Annotated[
        str | None, Word("Only of this kind, such as accident.", "KIND", choices=KINDS)
    ] = None,
) -> Answer[tuple[Incident, ...]]:
    """What was observed and needs attention, in the order of the facts."""
    found = incidents(seen.with_papers, crew, stage, kind)
    flat = [{**plain(row), "decided": [each.words for each in row.decided]} for row in found]
    return Answer(seen, found, "Incidents", {"rows": found}, flat, INCIDENTS)


def suspected(seen: View, kind: OfKind = None) -> Answer[list[Suspicion]]:
    """Data that contradict each other or are hardly possible, and what to do about them."""
    rows = [each for each in check(seen.state) if kind in (None, each.kind)]
    code = 1 if rows else 0
    return Answer(seen, rows, "Check", {"findings": rows}, rows, Suspicion, exit_code=code)


def contradictions(seen: View, kind: OfKind = None) -> Answer[list[Anomaly]]:
    """What contradicts itself, for an official to look at; nothing is dropped for it."""
    rows = [each for each in anomalies(seen.state) if kind in (None, each.kind)]
    return Answer(seen, rows, "Anomalies", {"rows": rows}, rows, Anomaly)
