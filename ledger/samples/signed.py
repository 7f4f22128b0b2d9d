"""The sample with keys of office: made up, from a seed that everybody can read, to be shown.

They stand behind the records of the sample, so each position and root up to there is what it was.
Nobody of the rally ever had one of these keys, and each record of them says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from ledger.grouping import grouped
from ledger.proofs.ed25519 import SigningKey, new_key
from ledger.record import Record
from ledger.signatory import signature_over
from ledger.times import Instant
from ledger.vocabulary import KeyRegistered, Occurrence, canonical, occurrence_id
from ledger.vocabulary.keys import ORGANISER

SEED = "rally demo --signed"
FOR_SHOW = f"For show: made from the seed {SEED!r}, nobody of this rally ever had it."


def key_for_show(office: str) -> SigningKey:
    """The key of an office, the same one each time."""
    return new_key(lambda many: hashlib.sha256(f"{SEED} {office}".encode()).digest()[:many])


def signed_for_show(records: Iterable[Record]) -> Iterator[Occurrence]:
    """The keys of the offices that these records name, and what is signed with each."""
    said = [(each.id, each.occurrence()) for each in records]
    first = min((each for _, each in said), key=lambda each: each.recorded_at.ms)
    last = max((each for _, each in said), key=lambda each: each.recorded_at.ms)
    moments = (Instant(last.recorded_at.ms + 1000 * n, last.recorded_at.offset) for n in count(1))
    offices = grouped((each.role, (identity, each)) for identity, each in said if each.role)
    for office in (ORGANISER, *offices):
        at: dict[str, Any] = {"rally": first.rally, "recorded_at": next(moments)}
        at |= {"by": "Sample editor", "role": ORGANISER, "reason": FOR_SHOW}
        own = key_for_show(office)
        made = KeyRegistered(**at, office=office, key=own.public.line, from_at=first.recorded_at)
        ids = [occurrence_id(canonical(made))]
        yield signature_over(key_for_show(ORGANISER), ORGANISER, ids, made)
        yield made
        if office in offices:
            acts = [identity for identity, _ in offices[office]]
            as_said = KeyRegistered(**{**at, "role": office}, office=office, key=own.public.line)
            yield signature_over(own, office, acts, as_said)
