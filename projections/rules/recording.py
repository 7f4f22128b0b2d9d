"""How far the clock of a machine that records may be off: the ledger's own rules, with reasons.

They are no regulations of a rally, which has none of it before it is constituted, and a clock that
is wrong may be wrong while it is.
"""

from __future__ import annotations

import functools
from importlib import resources

from ledger.commands.clock import Limits
from ledger.record import Record

NOT_ITS_TIME = (
    "Its time of receipt is not usable: it repeats that of an earlier record, whose clock was "
    "ahead."
)


def has_its_time(record: Record, site: str) -> bool:
    """Whether the time of receipt tells when a record was received, at the site that writes here.

    Times of receipt never go back: behind a record that was dated ahead they repeat its own. What
    was typed here was received when it was recorded; of anything else nobody can tell.
    """
    said = record.occurrence()
    if record.header.site != site or said.source.name or said.recorded_assumed:
        return True
    return record.header.received_at - said.recorded_at.ms < limits().behind_ms


@functools.cache
def limits() -> Limits:
    """How far a clock may be off before somebody has to say that it is right."""
    import tomllib  # most reads name no time at which something was put on record

    file = resources.files("projections.rules") / "recording.toml"
    said = tomllib.loads(file.read_text(encoding="utf-8"))["recording"]
    return Limits(**{name: each["value"] for name, each in said.items()})
