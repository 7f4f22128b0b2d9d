"""The chain of what refers to an occurrence: its corrections, voids, retractions, withdrawals.

And the steps of a case at the stewards' desk, which name each other in more ways.
"""

from __future__ import annotations

import functools

from ledger.log import Log
from ledger.naming import RECORDS, fields_naming, named
from ledger.record import Record
from ledger.vocabulary import TYPES, Corrected, Occurrence, Voided
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


def chain_of(log: Log, record: Record) -> dict[str, Occurrence]:
    """Everything connected to a record by correction or void, by id: downwards and upwards."""
    found: dict[str, Occurrence] = {}
    pending = [record]
    while pending:
        at = pending.pop()
        if at.id in found:
            continue
        occurrence = at.occurrence()
        found[at.id] = occurrence
        if isinstance(occurrence, (Corrected, Voided)) and log.recorder.known_ids(
            [occurrence.target]
        ):
            pending.append(log.find(occurrence.target))
        about = referring(log, at.id)
        pending += [each for each in about if isinstance(each.occurrence(), (Corrected, Voided))]
    return found
