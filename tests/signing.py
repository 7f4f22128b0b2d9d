"""Keys for tests, from fixed seeds, and what is signed with them."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from ledger.proofs.ed25519 import SigningKey, new_key
from ledger.signatory import signature_over
from ledger.vocabulary import TYPES, Occurrence, build, canonical, occurrence_id


def key(name: str) -> SigningKey:
    """The key of that name, always the same."""
    return new_key(lambda many: hashlib.sha256(name.encode()).digest()[:many])


def signed(who: SigningKey, office: str, first: Occurrence, *more: Occurrence) -> Occurrence:
    """A signature of an office over records, recorded when the first of them was."""
    ids = [occurrence_id(canonical(each)) for each in (first, *more)]
    return signature_over(who, office, ids, first)


def registered(who: SigningKey, office: str, at: Occurrence, **said: Any) -> Occurrence:
    """A key is registered for an office, when and by whom a record was made."""
    envelope = {"rally": at.rally, "recorded_at": msgspec.to_builtins(at.recorded_at)}
    fields = {"key": who.public.line, "office": office, "by": at.by, "role": at.role}
    return build(TYPES["KeyRegistered"], {**envelope, **fields, **said})
