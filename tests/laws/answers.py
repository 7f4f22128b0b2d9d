"""What the laws compare: every answer of the ledger, and ledgers to ask for them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from ledger.errors import LedgerError
from ledger.intake.jsonl import Arrived, export, read_jsonl, take_in_jsonl
from ledger.log import Ledger, Log
from ledger.record import Header, Record, arrival_of
from ledger.vocabulary import Occurrence
from projections.registry import PROJECTIONS
from projections.results.finishers import finishers
from projections.results.standings import Scope, standings
from projections.state.cuts import AsOf
from projections.state.facts import Fold
from projections.state.rally import RallyState
from tests.conftest import NOW, Ticking
from tests.laws.rallies import identity
from tests.laws.words import CODE

Answers = dict[str, Any]
NOT_A_VALUE = ("anomalies", "check", "outstanding")
"""Answers about the records themselves rather than about the sport."""
HISTORY = {"struck"}
"""Parts of answers that tell what was amended: a correction and its inverse leave them longer."""
POSITIONS = {"position", "positions", "struck_by"}


def records_of(occurrences: Iterable[Occurrence]) -> list[Record]:
    """The occurrences as a log would keep them that took them in in this order."""
    records = []
    for position, each in enumerate(occurrences, 1):
        arrival = arrival_of(each)
        header = Header(CODE, position, arrival.id, position, "main", position, arrival.tags)
        records.append(Record(header, arrival.data, header.leaf()))
    return records


def folded(occurrences: Iterable[Occurrence]) -> Fold:
    """The fold over occurrences in this order."""
    fold = Fold()
    for position, each in enumerate(occurrences, 1):
        fold.take(identity(each), position, each)
    return fold


def state_of(occurrences: Iterable[Occurrence], effective_at: int | None = None) -> RallyState:
    """The state at the head of a log of these occurrences."""
    return RallyState(folded(occurrences).facts(effective_at))


def asked(state: RallyState, names: Iterable[str] = PROJECTIONS) -> Answers:
    """Every answer as it stands, with positions; a refusal is its kind and its message."""
    answers: Answers = {}
    for name in names:
        try:
            answers[name] = msgspec.to_builtins(PROJECTIONS[name](state))
        except LedgerError as error:
            answers[name] = {"error": error.kind, "message": error.message}
    return answers


def answers(fold: Fold, as_of: AsOf = None, names: Iterable[str] = PROJECTIONS) -> Answers:
    """Every answer with ids in the place of positions: what two copies of a log agree upon."""
    facts = fold.facts(as_of)
    ids = {position: each for each, position in facts.positions.items()}
    found: Answers = by_id(asked(RallyState(facts), names), ids)
    for name in ("anomalies", "check"):
        if isinstance(found.get(name), list):
            found[name].sort(key=msgspec.json.encode)
    return found


def answers_of(
    occurrences: Iterable[Occurrence],
    effective_at: int | None = None,
    names: Iterable[str] = PROJECTIONS,
) -> Answers:
    """Every answer about these occurrences, with ids in the place of positions."""
    return answers(folded(occurrences), effective_at, names)


def classified(state: RallyState) -> Answers:
    """Every overall and stage result, for all and by category, and the counts of finishers."""
    found: Answers = {"finishers": msgspec.to_builtins(finishers(state))}
    for scope in scopes_of(state):
        found[str(scope)] = msgspec.to_builtins(standings(state, scope))
    return found


def categories_of(state: RallyState) -> list[str]:
    """The categories in which crews are entered."""
    return sorted({crew.value.category for crew in state.facts.crews.values()})


def scopes_of(state: RallyState) -> list[Scope]:
    """Every overall, every stage result and some ranges of a rally, for all and by category."""
    codes = [stage.stage for stage in state.stages]
    whole = [Scope(), *(Scope(after=code) for code in codes)]
    whole += [Scope("stage", stage=code) for code in codes]
    whole += [Scope("range", first=first, last=last) for first, last in pairwise(codes)]
    return [
        replace(each, category=category)
        for each in whole
        for category in (None, *categories_of(state))
    ]


def values(found: Answers) -> Answers:
    """The answers about the sport: no anomalies of the records, no history of amendments."""
    return {n: without_history(each) for n, each in found.items() if n not in NOT_A_VALUE}


def without_history(value: Any) -> Any:
    """An answer without what it tells of amendments."""
    if isinstance(value, dict):
        return {n: without_history(each) for n, each in value.items() if n not in HISTORY}
    if not isinstance(value, list):
        return value
    return [without_history(each) for each in value if not _only_history(each)]


def _only_history(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.get("struck")) and not value.get("lines")


def by_id(value: Any, ids: dict[int, str]) -> Any:
    """An answer with ids in the place of positions."""
    if isinstance(value, dict):
        return {
            name: _named(each, ids) if name in POSITIONS else by_id(each, ids)
            for name, each in value.items()
        }
    return [by_id(each, ids) for each in value] if isinstance(value, (list, tuple)) else value


def _named(positions: Any, ids: dict[int, str]) -> Any:
    if isinstance(positions, (list, tuple)):
        return sorted(ids[each] for each in positions)
    return ids.get(positions, positions)


# -- ledgers -------------------------------------------------------------------------------------


class Sites:
    """New ledgers in one temporary folder, each with a clock and a site of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: list[Ledger] = []

    def ledger(self, site: str, later_ms: int = 0) -> Ledger:
        """A new ledger of a site, whose clock may be later than those of the others."""
        file = self._folder / f"{len(self._opened)}-{site}.db"
        opened = Ledger(str(file), Ticking(NOW + later_ms), site)
        self._opened.append(opened)
        return opened

    def log(self, site: str, occurrences: Iterable[Occurrence]) -> Log:
        """The log of a new ledger into which these occurrences were put, in this order."""
        log = self.ledger(site).log(CODE)
        held = list(occurrences)
        if held:
            log.append(held)
        return log

    def close(self) -> None:
        """Let go of all of them."""
        for each in self._opened:
            each.close()


@contextmanager
def sites() -> Iterator[Sites]:
    """A folder for the ledgers of several sites, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        opened = Sites(Path(folder))
        try:
            yield opened
        finally:
            opened.close()


def exported(log: Log) -> list[bytes]:
    """The lines of an export."""
    return [line.encode() + b"\n" for line in export(log)]


def imported(ledger: Ledger, lines: Iterable[bytes]) -> None:
    """Import JSON Lines, every one of which can be read."""
    arrived = list(read_jsonl("export.jsonl", lines))
    readable = [each for each in arrived if isinstance(each, Arrived)]
    assert arrived == readable
    take_in_jsonl(ledger, readable)
