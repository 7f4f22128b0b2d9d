"""`rally history`: how a crew moved, or the lead, along the rally and along the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import click

from cli.options import complete_category, complete_number, complete_stage
from cli.output import Column, plain, print_table
from cli.reading import Answer, View, reading
from ledger.record import Record
from ledger.times import Instant, format_duration, format_gap, parse_instant
from projections.crew import entry_of
from projections.history import (
    CLASSIFIED,
    READ,
    AfterStage,
    Change,
    Lead,
    LeadAfter,
    along_the_rally,
    history,
    leaders_after,
    leads,
)
from projections.standings import Scope, Standings, standings
from projections.state.facts import Fold
from projections.state.rally import RallyState
from projections.timeline.timeline import Timeline

MOST_INDEXED, MOST_REPLAYED = 1000, 200
"""How many positions are asked for where nobody says since when: each takes milliseconds where the
timeline tells of it, and a replay of the facts where it does not."""
TYPES_READ = sorted(each.type_name() for each in READ)
OF_A_RECORD = ("type", "words", "by", "role", "recorded_at", "received_at", "id")
CSV = ("axis", "after", "position", "place", "total_ms", "gap_ms", "status", *OF_A_RECORD)
CSV_LEADS = (
    "axis",
    "after",
    "position",
    "leaders",
    "drivers",
    "total_ms",
    "ahead_ms",
    *OF_A_RECORD,
)


@click.command(name="history")
@click.argument("number", required=False, shell_complete=complete_number)
@click.option("--category", help="Places among these crews only.", shell_complete=complete_category)
@click.option(
    "--after",
    metavar="STAGE",
    help="In the overall after this stage.",
    shell_complete=complete_stage,
)
@click.option("--since", metavar="MOMENT", help="Only what was put on record after this.")
@click.option("--until", metavar="MOMENT", help="Only what was put on record up to this.")
@reading
def command(
    seen: View,
    number: str | None,
    category: str | None,
    after: str | None,
    since: str | None,
    until: str | None,
) -> Answer:
    """Show how a crew moved in the overall; without a number, how the lead did.

    Along the rally: place, total and status after each stage, as it is known now. Along the log:
    each record that changed one of them, so that it shows when a crew took the lead, and by what.
    While a stage is run, only who has a time on it is in the overall so far; with --after, the log
    is asked for the overall after that stage alone.

    \b
    Examples:
      rally history 104
      rally history --category cars
      rally history 102 --after SS12
      rally history 102 --since SS11 --until SS12
    """
    scope = Scope(after=after, category=category)
    standings(seen.classified, scope)  # a stage or category that there is not is refused at once
    if number is not None:
        entry_of(seen.classified, number)
    evaluate = Replay(seen, scope)
    part = _part(seen, since, until, evaluate)
    if not part.complete:
        click.echo(
            f"Along the log only the last {len(part.positions)} records that can change a "
            f"classification are looked at, those after #{part.since}: name a --since MOMENT for "
            "more.",
            err=True,
        )
    bounds = {"since": part.since, "until": part.until, "complete": part.complete}
    if number is None:
        return _of_the_lead(seen, scope, list(leads(evaluate, part.positions, part.since)), bounds)
    changes = list(history(evaluate, part.positions, number, part.since))
    return _of_a_crew(seen, scope, number, changes, bounds)


# -- what is asked -------------------------------------------------------------------------------


class Part(NamedTuple):
    """The part of the log that is looked at: its bounds, its positions, whether it is all asked."""

    since: int
    until: int
    positions: Sequence[int]
    complete: bool


def _part(seen: View, since: str | None, until: str | None, replay: Replay) -> Part:
    first, last = seen.part(since, until)
    if since is not None:
        return Part(first, last, _positions(seen, first, last), complete=True)
    most = MOST_INDEXED if replay.is_indexed(last) else MOST_REPLAYED
    found: list[int] = []
    first, back = last, most
    while first and len(found) <= most:
        before = max(first - back, 0)
        found = [*_positions(seen, before, first), *found]
        first, back = before, 2 * back
    if len(found) <= most:
        return Part(0, last, found, complete=True)
    return Part(found[-most - 1], last, found[-most:], complete=False)


def _positions(seen: View, after: int, until: int) -> list[int]:
    """The positions of the records that can change a classification."""
    read = seen.log.read(after=after, until=until, types=TYPES_READ)
    return [each.position for each in read]


class Replay:
    """What answers for one position after another: the timeline, and a fold for what it leaves.

    Positions are to be asked for in their order.
    """

    def __init__(self, seen: View, scope: Scope) -> None:
        self._scope = scope
        self._instant = seen.effective_at.ms if seen.effective_at else None
        self._timeline = Timeline.of(seen.log)
        self._timeline.carry(seen.position)
        self._timeline.keep()
        self._folded = Fold()
        self._records = _ahead(seen.log.read(until=seen.position, types=TYPES_READ))
        self._next = next(self._records)

    def __call__(self, position: int) -> Standings:
        """The classification as it was known at a position."""
        if self.is_indexed(position):
            return standings(self._timeline.at(position, self._instant), self._scope)
        while self._next is not None and self._next.position <= position:
            self._folded.add(self._next)
            self._next = next(self._records)
        return standings(RallyState(self._folded.facts(self._instant)), self._scope)

    def is_indexed(self, position: int) -> bool:
        """Whether the timeline tells of this part of the log."""
        return not self._timeline.is_replayed(position)


def _ahead(records: Iterator[Record]) -> Iterator[Record | None]:
    """The records, and then nothing for ever."""
    yield from records
    while True:
        yield None


# -- what is shown -------------------------------------------------------------------------------


def _with_record(seen: View, change: Change | Lead) -> dict[str, Any]:
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
    seen: View, scope: Scope, number: str, changes: Sequence[Change], bounds: dict[str, Any]
) -> Answer:
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
    return Answer(title, document, rows, CSV, lambda: _crew_table(stages, told))


def _of_the_lead(seen: View, scope: Scope, found: Sequence[Lead], bounds: dict[str, Any]) -> Answer:
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
    return Answer(title, document, rows, CSV_LEADS, lambda: _lead_tables(stages, told))


def _of(scope: Scope) -> str:
    among = f", among {scope.category}" if scope.category else ""
    return f"{among}, overall after {scope.after}" if scope.after else among


def _crew_table(stages: Sequence[AfterStage], changes: Sequence[dict[str, Any]]) -> None:
    print_table(
        [
            Column("After"),
            Column("Place", figures=True),
            Column("Total", figures=True),
            Column("Gap", figures=True),
            Column("Status"),
        ],
        [
            (
                each.after,
                _place(each.place),
                _time(each.total_ms),
                _gap(each.gap_ms),
                ", ".join(e for e in (each.made, _status(each.status, each.reason)) if e),
            )
            for each in stages
        ],
    )
    click.echo()
    print_table(
        [
            Column("Record", figures=True),
            Column("Recorded"),
            Column("Place"),
            Column("Total", figures=True),
            Column("Change", figures=True),
            Column("Gap", figures=True),
            Column("Status"),
            Column("By"),
            Column("What"),
        ],
        [_change(each) for each in changes],
    )


def _change(told: dict[str, Any]) -> tuple[str, ...]:
    (was, place), (before, after) = told["place"], told["total_ms"]
    moved = _place(place) if was == place else f"{_place(was) or '–'} → {_place(place) or '–'}"
    grew = ""
    if before is not None and after is not None and before != after:
        grew = f"{'+' if after > before else '-'}{format_duration(abs(after - before))}"
    return (
        f"#{told['position']}",
        _when(told),
        moved,
        _time(after),
        grew,
        _gap(told["gap_ms"][1]),
        _status(told["status"][1], told["reason"]),
        told["by"],
        told["words"],
    )


def _lead_tables(stages: Sequence[LeadAfter], found: Sequence[dict[str, Any]]) -> None:
    figures = [Column("Total", figures=True), Column("Ahead", figures=True)]
    print_table(
        [Column("After"), Column("Leader"), *figures],
        [
            (
                each.after,
                _who(each.leaders, each.drivers),
                _time(each.total_ms),
                _gap(each.ahead_ms),
            )
            for each in stages
        ],
    )
    click.echo()
    print_table(
        [
            Column("Record", figures=True),
            Column("Recorded"),
            Column("Leader"),
            *figures,
            Column("By"),
            Column("What"),
        ],
        [
            (
                f"#{each['position']}",
                _when(each),
                _who(each["leaders"], each["drivers"]),
                _time(each["total_ms"]),
                _gap(each["ahead_ms"]),
                each["by"],
                each["words"],
            )
            for each in found
        ],
    )


def _who(numbers: Sequence[str], drivers: Sequence[str]) -> str:
    return " and ".join(" ".join(each) for each in zip(numbers, drivers, strict=True)) or "nobody"


def _when(told: dict[str, Any]) -> str:
    return parse_instant(told["recorded_at"]).short()


def _gap(ms: int | None) -> str:
    return format_gap(ms or 0, 1 if (ms or 0) % 1000 else 1000)


def _place(place: int | None) -> str:
    return "" if place is None else str(place)


def _time(ms: int | None) -> str:
    return "" if ms is None else format_duration(ms, 1 if ms % 1000 else 1000)


def _status(status: str, reason: str) -> str:
    shown = "" if status == CLASSIFIED else status
    return f"{shown}: {reason}" if reason else shown
