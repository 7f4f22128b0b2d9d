"""Comparisons: who moved between two moments, or would without a record or with others."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec

from cli.office.answer import Answer
from cli.office.asking import EVERYBODY, EVERYTHING, Among, Over, Word
from cli.office.basis import received_at
from cli.office.forms import plain
from cli.office.records import known
from cli.office.results import Joint, Ranked, scope_of, title_of, told
from cli.office.view import View
from ledger.errors import LedgerError, Unreadable, Usage
from ledger.intake.jsonl import Arrived, read_jsonl
from ledger.intake.lines import BadLine
from ledger.vocabulary import Occurrence, decode
from projections.comparing.compare import Comparison, Moved, compare
from projections.comparing.what_if import Alternatives, between, supposing
from projections.results.classifications import rankings
from projections.results.standings import Scope
from projections.state.rally import RallyState

SIDES = ("before", "after")
BOTH = {
    "place": "place_{}",
    "total_ms": "total_{}_ms",
    "gap_ms": "gap_{}_ms",
    "status": "status_{}",
}
"""What is told of before and of after, and the names of its two columns."""


def two_columns(both: Mapping[str, str]) -> tuple[str, ...]:
    """The columns of a table for what is told of both sides."""
    return tuple(column.format(side) for column in both.values() for side in SIDES)


def in_columns(row: msgspec.Struct, both: Mapping[str, str]) -> dict[str, Any]:
    """A row with a column for each side."""
    told: dict[str, Any] = plain(row)
    for name, column in both.items():
        for side, value in zip(SIDES, told.pop(name), strict=True):
            told[column.format(side)] = value
    return told


COLUMNS = ("number", "driver", "category", *two_columns(BOTH), "because")


class Compared(NamedTuple):
    """Two classifications beside each other, and the logs on which they rest.

    `apart` compares each of the classifications in which crews are ranked; it is asked for people.
    """

    comparison: Comparison
    logs: Alternatives
    apart: Callable[[], Ranked[Comparison]]


def _compared(
    logs: Alternatives, scope: Scope, after: RallyState | None, *, turned: bool, joint: bool
) -> tuple[Compared, dict[str, Any]]:
    """The comparison, and its scope as it stands in JSON."""
    after = after or RallyState(logs.facts())

    def one(scope: Scope) -> Comparison:
        found = compare(logs, scope, after)
        return found.turned() if turned else found

    comparison, of = one(scope), None
    with contextlib.suppress(LedgerError):  # there is no classification after; the answer says so
        of = rankings(after, scope)

    def apart() -> Ranked[Comparison]:
        if of is None or joint or not of.apart:
            return Ranked((("", comparison),))
        parts = []
        for each in of.scopes:
            with contextlib.suppress(LedgerError):  # nobody is in it, on either side
                parts.append((each.category or "", one(each)))
        return Ranked(tuple(parts), of.why)

    told_scope = told(of.joint, of)["scope"] if of else plain(scope)
    return Compared(comparison, logs, apart), told_scope


def _csv_rows(rows: Iterable[Moved]) -> list[dict[str, Any]]:
    """The rows with a column for each side."""
    return [in_columns(row, BOTH) for row in rows]


def explained(comparison: Comparison, logs: Alternatives) -> list[dict[str, Any]]:
    """The records that explain the moves, in words, each once and in order."""
    wanted = {position for row in comparison.rows for position in row.because}
    return [
        {
            "position": told.position,
            "id": identity,
            "type": told.value.type_name(),
            "recorded_at": told.value.recorded_at.iso(),
            "recorded_by": told.value.by,
            "role": told.value.role,
            "words": told.value.words(),
        }
        for identity, told in logs.told.items()
        if told.position in wanted
    ]


def diff(
    seen: View,
    moments: Annotated[
        tuple[str, ...], Word("FROM and TO, or FROM..TO.", "FROM [TO]", subject=True)
    ],
    among: Among = EVERYBODY,
    over: Over = EVERYTHING,
    joint: Joint = False,
) -> Answer[Compared]:
    """Who moved between two moments of the log, and because of which records."""
    scope = scope_of(lambda: seen.classified, over, among)
    first, last = (seen.moment(each) for each in _two(moments))
    early, late = sorted((first, last))
    logs = between(seen.state.facts, early, late, seen.cut)
    after_all = seen.state if late == seen.position else None
    found, of = _compared(logs, scope, after_all, turned=first > last, joint=joint)
    title = f"{title_of(scope)} · what changed from #{first} to #{last}"
    document = {"between": [_moment(seen, first), _moment(seen, last)], **_told(found, of)}
    rows = _csv_rows(found.comparison.rows)
    return Answer(seen, found, title, document, rows, COLUMNS)


def _told(found: Compared, scope: dict[str, Any]) -> dict[str, Any]:
    return {
        "scope": scope,
        "refused": found.comparison.refused,
        "rows": found.comparison.rows,
        "records": explained(found.comparison, found.logs),
    }


def _two(moments: Sequence[str]) -> tuple[str, str]:
    """FROM and TO, in two words or in one with ".." between."""
    if len(moments) == 1:
        first, _, last = moments[0].partition("..")
        return first.strip() or "0", last.strip() or "@"
    if len(moments) == 2:
        return moments[0], moments[1]
    raise Usage("Two moments are compared: FROM and TO.")


def _moment(seen: View, position: int) -> dict[str, object]:
    return {
        "position": position,
        "root": seen.log.root_at(position),
        "received_at": received_at(seen.log, position),
    }


class Supposed(NamedTuple):
    """Records or occurrences that are only supposed: lines as `rally export jsonl` writes them."""

    name: str
    lines: Sequence[bytes]


def what_if(
    seen: View,
    without: Annotated[
        tuple[str, ...], Word("Leave out this record. Repeatable.", "POSITION-OR-ID")
    ] = (),
    supposed: Annotated[
        tuple[Supposed, ...],
        Word(
            "Suppose these records or occurrences, one a line, too. Repeatable.",
            "FILE.jsonl",
            name="with",
        ),
    ] = (),
    among: Among = EVERYBODY,
    over: Over = EVERYTHING,
    joint: Joint = False,
) -> Answer[Compared]:
    """Who would move if records were left out, or others were there. HYPOTHETICAL."""
    scope = scope_of(lambda: seen.classified, over, among)
    if not (without or supposed):
        raise Usage("Say what to leave out, --without, or what to suppose, --with.")
    gone = [known(seen, each).id for each in without]
    there = [each for some in supposed for each in _read(some, seen.log.rally)]
    logs = supposing(seen.state.facts, gone, there, seen.cut)
    after_all = None if logs.edits else seen.state
    found, of = _compared(logs, scope, after_all, turned=False, joint=joint)
    document = {
        "hypothetical": True,
        "without": [logs.told[each].position for each, there in logs.edits.items() if not there],
        "with": [
            {"position": told.position, "id": each, "type": told.value.type_name()}
            for each, told in logs.told.items()
            if logs.edits.get(each)
        ],
        **_told(found, of),
    }
    rows = [{**row, "hypothetical": True} for row in _csv_rows(found.comparison.rows)]
    title = f"HYPOTHETICAL · {title_of(scope)}"
    return Answer(seen, found, title, document, rows, (*COLUMNS, "hypothetical"))


def _read(supposed: Supposed, rally: str) -> Iterator[tuple[str, Occurrence]]:
    """The occurrences that are supposed, by id; openings of private values move nobody.

    Raises:
        Unreadable: a line can't be read, or it is of another rally.
    """
    for each in read_jsonl(supposed.name, supposed.lines):
        if isinstance(each, BadLine):
            raise Unreadable(f"{each.where}: {each.reason}", hint="`rally types` lists the fields.")
        if each.rally != rally:
            raise Unreadable(f"{each.where}: it is of the rally {each.rally}, not of {rally}.")
        if isinstance(each, Arrived):
            yield each.arrival.id, decode(each.arrival.data)
