"""History: how a crew moved, or the lead, along the rally and along the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.following import Replay
from cli.office.forms import plain
from cli.office.view import View
from ledger.times import Instant
from projections.comparing.history import (
    READ,
    Lead,
    Turn,
    along_the_rally,
    history,
    leaders_after,
    leads,
)
from projections.results.crew import entry_of
from projections.results.standings import Scope, Standings, standings

MOST_INDEXED, MOST_REPLAYED = 1000, 200
"""How many positions are asked for where nobody says since when: each takes milliseconds where the
timeline tells of it, and a replay of the facts where it does not."""
TYPES_READ = sorted(each.type_name() for each in READ)
OF_A_RECORD = ("type", "words", "by", "role", "recorded_at", "received_at", "id")
OF_A_CREW = ("axis", "after", "position", "place", "total_ms", "gap_ms", "status", *OF_A_RECORD)
OF_THE_LEAD = (
    *("axis", "after", "position", "leaders", "drivers", "total_ms", "ahead_ms"),
    *OF_A_RECORD,
)


class History(NamedTuple):
    """How it stood after each stage, and each record that changed it; of a crew, or of the lead."""

    number: str | None
    stages: Sequence[Any]
    changes: list[dict[str, Any]]


def moved(
    seen: View,
    number: Annotated[str | None, Word("The crew.", of="number", subject=True)] = None,
    category: Annotated[str | None, Word("Places among these crews only.", of="category")] = None,
    after: Annotated[
        str | None, Word("In the overall after this stage.", "STAGE", of="stage")
    ] = None,
    since: Annotated[str | None, Word("Only what was put on record after this.", "MOMENT")] = None,
    until: Annotated[str | None, Word("Only what was put on record up to this.", "MOMENT")] = None,
) -> Answer[History]:
    """How a crew moved in the overall; without a number, how the lead did."""
    scope = Scope(after=after, category=category)
    standings(seen.classified, scope)  # a stage or category that there is not is refused at once
    if number is not None:
        entry_of(seen.classified, number)
    replay = Replay(seen.log, TYPES_READ, seen.cut)

    def evaluate(position: int) -> Standings:
        return standings(replay.state(seen.timeline, position), scope)

    part = _part(seen, since, until)
    if number is None:
        found = list(leads(evaluate, part.positions, part.since))
        answer = _of_the_lead(seen, scope, found, part.bounds())
    else:
        changes = list(history(evaluate, part.positions, number, part.since))
        answer = _of_a_crew(seen, scope, number, changes, part.bounds())
    return answer if part.complete else answer._replace(notes=(part.words(),))


class Part(NamedTuple):
    """The part of the log that is looked at: its bounds, its positions, whether it is all asked."""

    since: int
    until: int
    positions: Sequence[int]
    complete: bool

    def bounds(self) -> dict[str, Any]:
        """Which part it is, as it stands in the answer."""
        return {"since": self.since, "until": self.until, "complete": self.complete}

    def words(self) -> str:
        """What is said of a part that leaves out what lies before."""
        return (
            f"Along the log only the last {len(self.positions)} records that can change a "
            f"classification are looked at, those after #{self.since}: name a --since MOMENT for "
            "more."
        )


def _part(seen: View, since: str | None, until: str | None) -> Part:
    first, last = seen.part(since, until)
    if since is not None:
        return Part(
            first, last, seen.log.positions(TYPES_READ, after=first, until=last), complete=True
        )
    most = MOST_REPLAYED if seen.timeline.is_replayed(last) else MOST_INDEXED
    found: list[int] = []
    first, back = last, most
    while first and len(found) <= most:
        before = max(first - back, 0)
        found = [*seen.log.positions(TYPES_READ, after=before, until=first), *found]
        first, back = before, 2 * back
    if len(found) <= most:
        return Part(0, last, found, complete=True)
    return Part(found[-most - 1], last, found[-most:], complete=False)


def _with_record(seen: View, change: Turn | Lead) -> dict[str, Any]:
    """A change with the record that made it."""
    record = seen.log.at(change.position)
    said = record.occurrence()
    return {
        **plain(change),
        "type": said.type_name(),
        "words": said.words(),
        "by": said.by or " ".join(e for e in (said.source.kind, said.source.name) if e),
        "role": said.role,
        "recorded_at": said.recorded_at.iso(),
        "received_at": Instant(record.header.received_at, 0).iso(),
        "id": record.id,
    }


def _of_a_crew(
    seen: View, scope: Scope, number: str, changes: Sequence[Turn], bounds: dict[str, Any]
) -> Answer[History]:
    entry = entry_of(seen.classified, number)
    stages = along_the_rally(seen.classified, number, scope.category)
    told = [_with_record(seen, each) for each in changes]
    document = {
        "number": number,
        "driver": entry.driver,
        "category": scope.category,
        "after": scope.after,
        "stages": stages,
        **bounds,
        "changes": told,
    }
    rows = [{"axis": "rally", **plain(each)} for each in stages]
    for each in told:
        now = {name: each[name][1] for name in ("place", "total_ms", "gap_ms", "status")}
        rows.append({"axis": "log", **each, **now})
    title = f"History of {number} {entry.driver}{_of(scope)}"
    return Answer(seen, History(number, stages, told), title, document, rows, OF_A_CREW)


def _of_the_lead(
    seen: View, scope: Scope, found: Sequence[Lead], bounds: dict[str, Any]
) -> Answer[History]:
    told = [_with_record(seen, each) for each in found]
    stages = leaders_after(seen.classified, scope.category)
    document = {
        "category": scope.category,
        "after": scope.after,
        "stages": stages,
        **bounds,
        "leads": told,
    }
    rows = [{"axis": "rally", **plain(each)} for each in stages]
    rows += [{"axis": "log", **each} for each in told]
    title = f"Who led{_of(scope)}"
    return Answer(seen, History(None, stages, told), title, document, rows, OF_THE_LEAD)


def _of(scope: Scope) -> str:
    among = f", among {scope.category}" if scope.category else ""
    return f"{among}, overall after {scope.after}" if scope.after else among
