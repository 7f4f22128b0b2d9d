"""The chain of what refers to an occurrence: its corrections, voids, retractions, withdrawals.

And the steps of a case at the stewards' desk, which name each other in more ways.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from ledger.authority import AMENDING
from ledger.concerned import concerned
from ledger.log import Log
from ledger.naming import CREWS, RECORDS, fields_naming, named
from ledger.record import Record
from ledger.vocabulary import TYPES, CourtDecisionIssued, DecisionIssued, Occurrence, decode
from ledger.vocabulary.base import Names


def referring(log: Log, identity: str, until: int | None = None) -> list[Record]:
    """The records that refer to an occurrence directly, in the order of the log."""
    return list(log.read(tags=[f"ref:{identity}"], until=until))


def naming(log: Log, identity: str, until: int | None = None) -> list[Record]:
    """The records that name an occurrence anywhere, in the order of the log.

    As their target, as what they supersede, decide or rest on, or in what a decision does.
    """
    found = {each.position: each for each in referring(log, identity, until)}
    for each in log.read(types=_naming_more("target", RECORDS), until=until):
        if identity in named(each.occurrence(), *RECORDS):
            found[each.position] = each
    return [found[position] for position in sorted(found)]


@functools.cache
def _naming_more(tagged: str, what: tuple[Names, ...]) -> list[str]:
    """The types whose records may name more of this than the tag of that field tells."""
    return [
        name
        for name, kind in TYPES.items()
        if "effects" in kind.__struct_fields__ or {*fields_naming(kind, *what)} - {tagged}
    ]


def concerning(
    log: Log,
    number: str,
    *,
    after: int = 0,
    until: int | None = None,
    types: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> list[Record]:
    """The records about a crew, as they were recorded: of these types, with all these tags.

    Those that name it, and the decisions that concern it by what they are about, in the order of
    the log.
    """

    def of(some: Sequence[str], *more: str) -> list[Record]:
        return [*log.read(after=after, until=until, types=some, tags=[*more, *tags])]

    def among(some: Sequence[str]) -> list[Record]:
        asked = [kind for kind in some if not types or kind in types]
        return of(asked) if asked else []

    found = {each.position: each for each in of(types, f"crew:{number}")}
    for each in among(_naming_more("number", CREWS)):
        if number in named(each.occurrence(), *CREWS):
            found[each.position] = each
    deciding = among([DecisionIssued.type_name(), CourtDecisionIssued.type_name()])
    known = _known_from(log, deciding, until)
    for each in deciding:
        if number in concerned(each.occurrence(), known.get).crews:
            found[each.position] = each
    return [found[position] for position in sorted(found)]


def whom(log: Log, record: Record, until: int | None = None) -> tuple[str, ...]:
    """The crews that a decision concerns, as it was recorded."""
    known = _known_from(log, [record], until)
    return concerned(record.occurrence(), known.get).crews


def _known_from(log: Log, several: list[Record], until: int | None) -> dict[str, Occurrence]:
    """What records lead to, by id: what they are about, what that is about, and so on."""
    known: dict[str, Occurrence] = {}
    ahead = {identity for each in several for identity in named(each.occurrence(), "record")}
    while ahead:
        rows = [r for r in log.scan.with_ids(ahead) if until is None or r.position <= until]
        found = {row.id: decode(row.data) for row in rows}
        known |= found
        ahead = {i for each in found.values() for i in named(each, "record")} - known.keys()
    return known


def chain_of(log: Log, record: Record) -> dict[str, Occurrence]:
    """Everything connected to a record by what amends or adopts it: downwards and upwards."""
    found: dict[str, Occurrence] = {}
    pending = [record]
    while pending:
        at = pending.pop()
        if at.id in found:
            continue
        occurrence = at.occurrence()
        found[at.id] = occurrence
        target = str(getattr(occurrence, "target", ""))
        if isinstance(occurrence, AMENDING) and log.recorder.known_ids([target]):
            pending.append(log.find(target))
        about = referring(log, at.id)
        pending += [each for each in about if isinstance(each.occurrence(), AMENDING)]
    return found
