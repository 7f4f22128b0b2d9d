"""The sheets that show how something stands at a moment: a time card, start orders, retirements.

A start order that was published is the one that hung on the board, with its amendments.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cli.documents.heading import basis, head, place, sheet
from cli.documents.rendering import Sheet
from ledger.errors import NotFound
from ledger.times import Instant
from ledger.vocabulary import CrewEntered
from projections.results.retirements import retirements
from projections.results.standings import must_exist
from projections.results.start_order import StartGroup, start_order
from projections.results.time_card import CardStage, time_card
from projections.state.rally import RallyState
from projections.state.recorded import Fact


class Moment(msgspec.Struct, frozen=True):
    """The moment of the log at which something is drawn: position, root, when it was put on record.

    `effective_at` is the cut by the time of facts, `decided_by` that by what was decided; of either
    there is one, or none.
    """

    rally: str
    position: int
    root: str
    at: Instant
    effective_at: Instant | None = None
    decided_by: Instant | None = None

    def basis(self, state: RallyState) -> dict[str, Any]:
        """What stands in the foot of the sheet."""
        effective = self.effective_at.iso() if self.effective_at else None
        found = basis(self.position, self.root, state.rulebook.name) | {"effective_at": effective}
        return found | ({"decided_by": self.decided_by.iso()} if self.decided_by else {})


def card(state: RallyState, moment: Moment, number: str, stage: str | None = None) -> Sheet:
    """The time card of a crew, of the whole rally or of one stage.

    Raises:
        NotFound: no such crew, or nothing of it on that stage.
    """
    answer = time_card(state, number)
    stages = [each for each in answer.stages if stage in (None, each.stage)]
    if stage is not None and not stages:
        known = ", ".join(each.stage for each in answer.stages if each.stage) or "none"
        raise NotFound(
            f"There is nothing on the card of {number} for {stage}.", hint=f"Its stages: {known}."
        )
    entry = state.facts.crews[number].value
    subject = f"No {number}" + (f" · {stage}" if stage else "")
    data = head(state.facts, moment.rally, title="Time card", subject=subject, at=moment.at)
    whole = stage is None
    data |= {
        **crew_of(entry),
        "stages": [_stage(state, each) for each in stages],
        "time_ms": answer.time_ms if whole else None,
        "penalty_ms": answer.penalty_ms if whole else None,
        "total_ms": answer.total_ms if whole else None,
        "signatures": [place(entry.driver, "crew"), place("", "timekeeper")],
        "basis": moment.basis(state),
    }
    return sheet("time-card", data, state.facts)


def starters(
    state: RallyState,
    moment: Moment,
    stage: str,
    category: str | None = None,
    first_at: Instant | None = None,
) -> Sheet:
    """The start order of a stage, category by category.

    Raises:
        NotFound: no such stage or category.
    """
    answer = start_order(state, stage, category, first_at)
    groups = [each for each in answer.groups if each.rows]
    posted = [said for each in groups if (said := _posted(state, stage, each)) is not None]
    # One that has a digest is drawn as it was posted, by `posted_order`.
    hangs = bool(groups) and len(posted) == len(groups)
    published = hangs and not any(each.digest for each in posted)
    data = head(
        state.facts,
        moment.rally,
        title=f"Start order of {answer.stage}",
        subject=category or "",
        at=posted[0].happened if published else moment.at,
    )
    data |= {
        "document": ", ".join(dict.fromkeys(e.document for e in groups if e.document))
        if published
        else "",
        "draft": not published,
        "posted_at": posted[0].happened.iso() if published else None,
        "posted_by": posted[0].by if published else "",
        "stage": answer.stage,
        "groups": [_group(state, each) for each in groups],
        "signatures": [place(posted[0].by, posted[0].role)] if published else [],
        "basis": moment.basis(state),
    }
    return sheet("start-order", data, state.facts)


def rests_on(state: RallyState, stage: str) -> int | None:
    """The last record of a published start order and its amendments; None if it is not published.

    What is drawn there is the same whatever is appended later.
    """
    lists = state.timing.start_lists
    published = lists.published.get(stage)
    if not published:
        return None
    facts: list[Fact[Any]] = [*published.values(), *lists.amended.get(stage, ())]
    positions = state.facts.positions
    amended = [positions[each] for fact in facts for each in fact.amended_by if each in positions]
    return max([*(each.position for each in facts), *amended])


def retired(state: RallyState, moment: Moment, category: str | None = None) -> Sheet:
    """Who left the rally, where and why.

    Raises:
        NotFound: no such category.
    """
    known = {crew.value.category for crew in state.facts.crews.values()}
    must_exist("category", category, known)
    rows = [row for row in retirements(state) if category in (None, row.category)]
    data = head(
        state.facts, moment.rally, title="Retirements", subject=category or "", at=moment.at
    )
    data |= {"rows": msgspec.to_builtins(rows), "drawn_at": moment.at.iso()}
    data |= {"basis": moment.basis(state)}
    return sheet("retirements", data, state.facts)


def crew_of(entry: CrewEntered) -> dict[str, Any]:
    """Who a crew is, as it stands in a list."""
    return {
        "number": entry.number,
        "driver": entry.driver,
        "codrivers": list(entry.codrivers),
        "nationality": entry.nationality,
        "category": entry.category,
        "class": entry.crew_class,
        "vehicle": entry.vehicle,
        "team": entry.team,
    }


def _stage(state: RallyState, stage: CardStage) -> dict[str, Any]:
    """A stage of the card; a penalty by a decision names it instead of giving all its reasons."""
    decided = {each.fact.position: each.fact.value for each in state.facts.rulings.all.values()}
    found: dict[str, Any] = msgspec.to_builtins(stage)
    for line in found["lines"]:
        said = decided.get(line["positions"][0]) if line["what"] == "penalty" else None
        if said is not None:
            parts = (said.title, getattr(said, "infringement", ""))
            line["note"] = ", ".join(each for each in parts if each)
    return found


def _posted(state: RallyState, stage: str, group: StartGroup) -> Any:
    """The record by which an order was published, as it stands."""
    if not group.published:
        return None
    published = state.timing.start_lists.published.get(stage, {})
    return next(e.value for e in published.values() if e.position == group.position)


def _group(state: RallyState, group: StartGroup) -> dict[str, Any]:
    rows = []
    for row in group.rows:
        entry = state.facts.crews.get(row.number)
        rows.append({**(crew_of(entry.value) if entry else {}), **msgspec.to_builtins(row)})
    return {
        "category": group.category,
        "published": group.published,
        "basis": group.basis,
        "document": group.document,
        "rows": rows,
    }
