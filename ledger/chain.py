"""The chain of what refers to an occurrence: its corrections, voids, retractions, withdrawals."""

from __future__ import annotations

from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import Corrected, Occurrence, Voided


def referring(log: Log, identity: str, until: int | None = None) -> list[Record]:
    """The records that refer to an occurrence directly, in the order of the log."""
    return list(log.read(tags=[f"ref:{identity}"], until=until))


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
