"""What a proof of a record says beside it: the record, so that a reader sees what is proven.

It is canonical JSON: `header` is what the log says of the record, whose hash is the leaf,
`occurrence` what happened, whose hash is the id in the header. `key`, if there is one, is the
public key that signed; it proves nothing by itself and is there for who knows its fingerprint.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ledger.errors import Tampered, Unreadable
from ledger.proofs.ed25519 import PublicKey, public_key
from ledger.proofs.papers import RecordProof
from ledger.record import Header, Record, arrival_of, occurrence_at
from ledger.vocabulary import canonical, occurrence_id, plainly


class _Extra(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    header: Header
    occurrence: msgspec.Raw
    key: str = ""


class Disclosed(NamedTuple):
    """A record that a proof discloses, and the key that it offers."""

    record: Record
    key: PublicKey | None


def disclosing(record: Record, key: PublicKey | None) -> bytes:
    """What is said beside the proof of a record."""
    said = _Extra(record.header, msgspec.Raw(record.data), key.line if key else "")
    return canonical(said)


def disclosed(proof: RecordProof, what: str) -> Disclosed:
    """The record of which a proof is, which holds of it.

    Raises:
        Unreadable: none is disclosed, or what is can't be read.
        Tampered: it is another record, or the proof does not hold.
    """
    if not proof.extra:
        raise Unreadable(f"{what} does not hold the record of which it is.")
    try:
        said = msgspec.json.decode(proof.extra, type=_Extra)
        spelled = canonical(said)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        why = plainly(error) if isinstance(error, msgspec.MsgspecError) else "it is no JSON"
        raise Unreadable(f"The record in {what} can't be read: {why}.") from None
    data = bytes(said.occurrence)
    if spelled != proof.extra:
        raise Unreadable(f"The record in {what} is not in canonical form.")
    header = said.header
    if header.position != proof.at + 1:
        raise Tampered(f"{what} is of #{proof.at + 1}, and the record in it #{header.position}.")
    if occurrence_id(data) != header.id:
        raise Tampered(f"The content of the record in {what} does not have its id: it was altered.")
    proof.must_hold(header.leaf())
    happened = occurrence_at(header.position, data)
    arrival = arrival_of(happened)
    if (arrival.data, arrival.tags, happened.rally) != (data, header.tags, header.rally):
        raise Tampered(f"What {what} says of the record is not what its content says.")
    key = public_key(said.key) if said.key else None
    return Disclosed(Record(header, data, header.leaf()), key)
