"""The chain of what refers to an occurrence: its corrections, voids, retractions, withdrawals.

And the steps of a case at the stewards' desk, which name each other in more ways.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import TYPES, Corrected, Occurrence, Voided

_BY_ONE = ("supersedes", "heir", "appeal", "about", "drawn_up", "decision")
_BY_SEVERAL = ("matter", "evidence")
_NAMING = [
    name
    for name, kind in TYPES.items()
    if {*_BY_ONE, *_BY_SEVERAL, "effects"} & set(kind.__struct_fields__)
]
"""The types whose records name others elsewhere than in their target."""


def referring(log: Log, identity: str, until: int | None = None) -> list[Record]:
    """The records that refer to an occurrence directly, in the order of the log."""
    return list(log.read(tags=[f"ref:{identity}"], until=until))


def naming(log: Log, identity: str, until: int | None = None) -> list[Record]:
    """The records that name an occurrence anywhere, in the order of the log.

    As their target, as what they supersede, decide or rest on, or in what a decision does.
    """
    found = {each.position: each for each in referring(log, identity, until)}
    for each in log.read(types=_NAMING, until=until):
        if identity in _named(each.occurrence()):
            found[each.position] = each
    return [found[position] for position in sorted(found)]


def _named(said: Occurrence) -> Iterator[object]:
    """What an occurrence names elsewhere than in its target."""
    for field in _BY_ONE:
        yield getattr(said, field, "")
    for field in _BY_SEVERAL:
        yield from getattr(said, field, ())
    for each in getattr(said, "effects", ()):
        yield each.fields.get("target")
        evidence = each.fields.get("evidence")
        yield from evidence if isinstance(evidence, tuple) else ()


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
