"""Whether a rally on record is the one that a folder holds: the same event of the service."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ledger.errors import Refused
from ledger.intake.live_timing.saved import Saved
from ledger.intake.live_timing.writing import SOURCE
from ledger.log import Log
from ledger.vocabulary import Corrected, RallyConstituted, decode

ITS_OWN = ("stage/", "control/", "entry/")
"""How keys begin that no two events of the service share."""


def must_not_mix_events(log: Log, arrived: Iterable[tuple[str, bytes]]) -> None:
    """Refuse to merge the log of another event: under one code no reader could tell them apart.

    `arrived` are the keys at the service and the bytes of what the other log holds of it.

    Raises:
        Refused: both logs say of which event they are, and it is not the same.
    """
    here, there = _numbers(log.recorder.from_source(SOURCE)), _numbers(arrived)
    if here and there and not here & there:
        raise Refused(
            f"{log.rally} holds event {', '.join(sorted(here))} of the service, and what arrives "
            f"is of event {', '.join(sorted(there))}.",
            hint="Nothing was appended. Keep it in a ledger of its own: --ledger FILE.",
        )


def _numbers(held: Iterable[tuple[str, bytes]]) -> set[str]:
    """The events of the service that a rally is, by keys and bytes of what its source said."""
    numbers = set[str]()
    for seq, data in held:
        if seq.partition(" ")[0] == "rally":
            said = decode(data)
            if isinstance(said, RallyConstituted):
                numbers.add(said.id_at_source)
            elif isinstance(said, Corrected):
                numbers.add(str(said.changes.get("id_at_source") or ""))
    return numbers - {""}


def must_be_the_same_event(log: Log, saved: Saved, keys: Collection[str]) -> None:
    """Refuse answers of another event than the one whose answers the rally holds.

    The number of the event is recorded with the first import. Where an earlier one did not record
    it, stages, controls and entries tell, by their `keys`: events share none.

    Raises:
        Refused: it is another event.
    """
    held = log.recorder.from_source(SOURCE)
    theirs = {seq for seq, _ in held if seq.startswith(ITS_OWN)}
    numbers = _numbers(held)
    if numbers:
        same, known = saved.number in numbers, f"event {', '.join(sorted(numbers))}"
    else:
        same, known = not theirs or any(each in theirs for each in keys), "another event"
    if not same:
        raise Refused(
            f"{log.rally} holds the answers of {known}; those in this folder are of event "
            f"{saved.number}.",
            hint="Nothing was appended. Rename the folder: the rally is called after it.",
        )
