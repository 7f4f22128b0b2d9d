"""The figures of a case: the classifications with and without it, why, and the time cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cli.evidence.case import Case, crews_named, gone_with_it, scopes
from cli.evidence.check import plain_name
from cli.office.basis import received_at
from cli.office.compared import explained
from cli.office.forms import plain
from ledger.errors import LedgerError
from projections.comparing.compare import compare
from projections.comparing.what_if import Alternatives, between, supposing
from projections.explain.grounds import Grounds
from projections.explain.told import Why
from projections.explain.why import explain
from projections.results.classifications import rankings
from projections.results.standings import Scope
from projections.results.time_card import TimeCard, time_card
from projections.state.entries import by_number
from projections.state.rally import EDITION, RallyState

CLASSIFICATIONS = "classifications"


class Figures(NamedTuple):
    """Documents by the names of their files; and the explanations and cards among them."""

    files: dict[str, Any]
    crews: tuple[str, ...]
    whys: tuple[Why, ...]
    cards: tuple[TimeCard, ...]


class Side(NamedTuple):
    """One of two classifications that are compared: its name, the rally behind it, up to where."""

    name: str
    state: RallyState
    position: int
    without: tuple[int, ...] = ()


class Pair(NamedTuple):
    """Two logs that are compared, with the rally behind each."""

    name: str
    logs: Alternatives
    sides: tuple[Side, Side]


def figures(case: Case) -> Figures:
    """Everything of a case that is computed, as it stands in the evidence file."""
    pairs = tuple(_pairs(case))
    crews = crews_named(case) or _moved(pairs)
    asked = scopes(case, crews)
    files: dict[str, Any] = {}
    for folder, scope in asked.items():
        files |= {f"{CLASSIFICATIONS}/{folder}/{n}": d for n, d in _compared(case, pairs, scope)}
    whys: list[Why] = []
    for folder, scope in asked.items():
        if scope.category is None:
            for each in _explained(case, crews, scope):
                whys.append(each)
                of = f"{CLASSIFICATIONS}/{folder}/with.json"
                name = f"why/{folder}/{plain_name(each.number)}.json"
                files[name] = {"classification": of, **plain(each)}
    cards = list(_cards(case, crews))
    files |= {f"time-cards/{plain_name(each.number)}.json": plain(each) for each in cards}
    return Figures(files, tuple(crews), tuple(whys), tuple(cards))


def _pairs(case: Case) -> Iterator[Pair]:
    """With and without the decision, as it is known now; and before and after its record."""
    facts, head = case.state.facts, case.seen.position
    gone = gone_with_it(case)
    without = supposing(facts, gone)
    left_out = tuple(sorted(facts.positions[each] for each in gone))
    hypothetical = RallyState(without.facts())
    yield Pair(
        "without",
        without,
        (Side("with", case.state, head), Side("without", hypothetical, head, left_out)),
    )
    position = case.fact.position
    record = between(facts, position - 1, position)
    before = RallyState(record.facts(frozenset(record.edits)))
    after = RallyState(record.facts())
    yield Pair(
        "record", record, (Side("before", before, position - 1), Side("after", after, position))
    )


def _moved(pairs: tuple[Pair, ...]) -> list[str]:
    """Who moves by a decision that names nobody."""
    found: set[str] = set()
    for pair in pairs:
        try:
            rows = compare(pair.logs, Scope(), pair.sides[1].state).rows
        except LedgerError:
            continue
        found |= {row.number for row in rows}
    return sorted(found, key=by_number)


def _compared(
    case: Case, pairs: tuple[Pair, ...], scope: Scope
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for pair in pairs:
        sides = {side.name: _classification(case, side, scope) for side in pair.sides}
        yield from ((f"{name}.json", side) for name, side in sides.items())
        joint = {"joint": True} if any(side.get("joint") for side in sides.values()) else {}
        yield f"difference-{pair.name}.json", {**_difference(pair, scope), **joint}


def _classification(case: Case, side: Side, scope: Scope) -> dict[str, Any]:
    """A classification with what it rests on; without rows where the rules do not suffice.

    A list across classifications that are kept apart is `joint`: nobody is ranked in it.
    """
    log = case.seen.log
    found: dict[str, Any] = {
        "hypothetical": bool(side.without),
        "without": list(side.without),
        "cut": {
            "position": side.position,
            "root": log.root_at(side.position),
            "received_at": received_at(log, side.position),
            "rulebook": side.state.rulebook.name,
            "edition": EDITION,
        },
        "refused": None,
        "scope": plain(scope),
        "rows": [],
        "unclassified": [],
    }
    try:
        ranked = rankings(side.state, scope)
    except LedgerError as error:
        return {**found, "refused": error.message}
    answer, joint = ranked.joint, {"joint": True} if ranked.apart else {}
    parts = {"rows": plain(answer.rows), "unclassified": plain(answer.unclassified)}
    return {**found, **parts, **joint}


def _difference(pair: Pair, scope: Scope) -> dict[str, Any]:
    """Who differs between the two, and by which records."""
    found: dict[str, Any] = {
        "between": [side.name for side in pair.sides],
        "hypothetical": any(side.without for side in pair.sides),
        "scope": plain(scope),
        "refused": None,
        "rows": [],
        "records": [],
    }
    try:
        comparison = compare(pair.logs, scope, pair.sides[1].state)
    except LedgerError as error:
        return {**found, "refused": error.message}
    rows, records = plain(comparison.rows), explained(comparison, pair.logs)
    return {**found, "rows": rows, "records": records}


def _explained(case: Case, crews: list[str], scope: Scope) -> Iterator[Why]:
    grounds = Grounds(case.state)
    for number in crews:
        try:
            yield explain(grounds, number, scope)
        except LedgerError:
            return  # there is no such classification, as its file says


def _cards(case: Case, crews: list[str]) -> Iterator[TimeCard]:
    for number in crews:
        try:
            yield time_card(case.state, number)
        except LedgerError:
            return
