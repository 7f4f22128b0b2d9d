"""Handles: short names for records that people refer to, such as `protest-1`.

The first protest that this log took in is protest-1, whatever became of it since, and so on: like a
position, a handle is for people and stays what it is in this log for ever, and it is no identity.
Decisions and documents have names of their own (`stewards-7`, `doc:3`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cli.office.forms import RECORDED
from ledger.errors import NotFound
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import (
    AppealIntentionNotified,
    CheckHeld,
    DocumentDrawnUp,
    ExhibitBound,
    FalseStartObserved,
    FitnessDecided,
    HearingHeld,
    IncidentReported,
    Occurrence,
    PenaltyGiven,
    ProtestLodged,
    ReportFiled,
    RetirementReported,
    ReviewPetitioned,
    SpeedZoneRead,
    SummonsIssued,
    TimeCreditGranted,
    WaypointMissed,
)

HANDLES: dict[str, type[Occurrence]] = {
    "protest": ProtestLodged,
    "review": ReviewPetitioned,
    "appeal": AppealIntentionNotified,
    "report": ReportFiled,
    "summons": SummonsIssued,
    "hearing": HearingHeld,
    "retirement": RetirementReported,
    "penalty": PenaltyGiven,
    "credit": TimeCreditGranted,
    "incident": IncidentReported,
    "missed": WaypointMissed,
    "speeding": SpeedZoneRead,
    "false-start": FalseStartObserved,
    "check": CheckHeld,
    "fitness": FitnessDecided,
    "draft": DocumentDrawnUp,
    "exhibit": ExhibitBound,
}
"""The word of each handle, and which records it numbers."""
ON_THE_DESK = frozenset({"protest", "review", "appeal", "report", "summons", "hearing", "draft"})
"""What further acts name: these are told with the record itself."""
_ALSO = {"petition": "review"}
_WORDS = {kind.type_name(): word for word, kind in HANDLES.items()}
_HANDLE = re.compile(rf"({'|'.join((*HANDLES, *_ALSO))})-([1-9]\d{{0,8}})", re.IGNORECASE)


def record_by_handle(log: Log, reference: str, until: int | None = None) -> Record | None:
    """The record that a handle names; None for what is no handle.

    Raises:
        NotFound: there are not so many.
    """
    found = _HANDLE.fullmatch(reference.strip())
    if found is None:
        return None
    word, count = found[1].lower(), int(found[2])
    kind = HANDLES[_ALSO.get(word, word)].type_name()
    places = log.positions([kind], until=until)
    if count > len(places):
        there = f"the last is {word}-{len(places)}" if places else "none is on record"
        raise NotFound(f"There is no {word}-{count}: {there}.", hint=f"`rally log --type {kind}`.")
    return log.at(places[count - 1])


def kind_with_handle(said: Occurrence) -> str:
    """The word of the handle of such a record; "" for one of a kind that has none."""
    return _WORDS.get(said.type_name(), "")


def handle_of(log: Log, record: Record) -> str:
    """The handle of a record; "" for one of a kind that has none."""
    said = record.occurrence()
    word = kind_with_handle(said)
    if not word:
        return ""
    return f"{word}-{len(log.positions([said.type_name()], until=record.position))}"


def handles(log: Log, until: int) -> Mapping[int, str]:
    """The handles of the records up to a position, by their positions."""
    return {
        position: f"{word}-{count}"
        for word, kind in HANDLES.items()
        for count, position in enumerate(log.positions([kind.type_name()], until=until), 1)
    }


def handles_at(log: Log, positions: Iterable[int]) -> Mapping[int, str]:
    """The same of the records at these positions: the other kinds are not looked at."""
    of = {place: kind for place, kind in log.scan.types_at(positions) if kind in _WORDS}
    last: dict[str, int] = {}
    for position, kind in of.items():
        last[kind] = max(last.get(kind, 0), position)
    return {
        position: f"{_WORDS[kind]}-{count}"
        for kind, until in last.items()
        for count, position in enumerate(log.positions([kind], until=until), 1)
        if position in of
    }


_HOLDING = frozenset({dict, list, tuple})


def with_handles(answer: Any, known: Mapping[int, str]) -> Any:
    """An answer in which every record that has a handle says it beside its position.

    A row that is not about the record itself, but rests on it, has neither its id nor its words.
    """
    if isinstance(answer, (list, tuple)):
        return [with_handles(e, known) if type(e) in _HOLDING else e for e in answer]
    if not isinstance(answer, dict):
        return answer
    told = {
        n: with_handles(e, known) if type(e) in _HOLDING and n != RECORDED else e
        for n, e in answer.items()
    }
    handle = known.get(answer.get("position", 0) or 0)
    return told | {"handle": handle} if handle and answer.keys() & {"id", "words"} else told


def named_to_people(handle: str) -> str:
    """A handle as it stands beside a record that is told by itself; "" where nobody needs it."""
    return handle if handle.rpartition("-")[0] in ON_THE_DESK else ""


def places(answer: Any) -> Iterator[int]:
    """The positions of records that an answer names."""
    pending = [answer]
    while pending:
        at = pending.pop()
        if isinstance(at, dict):
            if isinstance(place := at.get("position"), int):
                yield place
            at = [each for name, each in at.items() if name != RECORDED]
        pending += [each for each in at if type(each) in _HOLDING]
