"""Crews: who started, what each has done and what it cost, who left and who is still there."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.office.asking import Category, FirstAt, Number, OfCrew, OnStage, Stage
from cli.office.forms import plain
from cli.office.pending import without_effect
from cli.office.view import View
from projections.results.crew import CrewPage, CrewStage, crew
from projections.results.finishers import Counts, Finishers, finishers
from projections.results.penalties import Penalty, PenaltyList, penalties
from projections.results.retirements import Retirement, retirements
from projections.results.standings import must_exist
from projections.results.start_order import Starter, StartOrder, start_order
from projections.results.time_card import CardLine, TimeCard, time_card


def page(seen: View, number: Number) -> Answer[CrewPage]:
    """One crew: entry, status, stages, penalties, incidents, decisions and history."""
    found = crew(seen.about(number), number, seen.classified)
    title, notes = f"Crew {number}", without_effect(seen.classified)
    return Answer(seen, found, title, plain(found), found.stages, CrewStage, notes=notes)


def card(seen: View, number: Number) -> Answer[TimeCard]:
    """The time card of a crew, with what was struck on it, and its sums."""
    found = time_card(seen.about(number, on_the_way=True), number)
    rows = [line for stage in found.stages for line in stage.lines]
    title = f"Time card of {number} {found.driver}"
    return Answer(seen, found, title, plain(found), rows, CardLine)


def starters(
    seen: View, stage: Stage, category: Category = None, first_at: FirstAt = None
) -> Answer[StartOrder]:
    """The start order of a stage: as posted, or as it would be now."""
    found = start_order(seen.starting(stage), stage, category, seen.instant(first_at))
    rows = [row for group in found.groups for row in group.rows]
    document = {**plain(found), "rows": rows}
    return Answer(seen, found, f"Start order of {stage}", document, rows, Starter)


def penalised(seen: View, crew: OfCrew = None, stage: OnStage = None) -> Answer[PenaltyList]:
    """Every penalty, given or computed from times, in force or not; with the cross-foot."""
    found = penalties(seen.classified, crew, stage)
    notes = without_effect(seen.classified)
    return Answer(seen, found, "Penalties", plain(found), found.rows, Penalty, notes=notes)


def left(seen: View, category: Category = None) -> Answer[list[Retirement]]:
    """Who is retired, withdrawn, refused, disqualified or did not start."""
    known = {crew.value.category for crew in seen.classified.facts.crews.values()}
    must_exist("category", category, known)
    rows = [row for row in retirements(seen.classified) if category in (None, row.category)]
    notes = without_effect(seen.classified)
    return Answer(seen, rows, "Retirements", {"rows": rows}, rows, Retirement, notes=notes)


def counted(seen: View) -> Answer[Finishers]:
    """How many crews of each category are in each status."""
    found = finishers(seen.classified)
    notes = without_effect(seen.classified)
    return Answer(seen, found, "Finishers", plain(found), found.rows, Counts, notes=notes)
