"""Keys of office: whose they are and for how long, and what was signed with them.

A signature is an occurrence of its own beside what it signs. So every copy of an act has the one
id, whoever signed it, and whoever signs it later does the same thing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from functools import lru_cache
from typing import Annotated

import msgspec

from ledger.times import Instant
from ledger.vocabulary.base import Occurrence, OptionalCode, OptionalDigest, SignedId, Text, many

PublicLine = Annotated[
    str,
    msgspec.Meta(
        max_length=400, pattern=r"^(ssh-ed25519|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]+={0,2}\Z"
    ),
]
"""The public part of a key as ssh writes it, without a comment."""
Fingerprint = Annotated[str, msgspec.Meta(pattern=r"^SHA256:[A-Za-z0-9+/]{43}\Z")]
"""A key as `ssh-keygen -l` shows it, and as it stands on a sheet."""
OptionalFingerprint = Annotated[str, msgspec.Meta(pattern=r"^(SHA256:[A-Za-z0-9+/]{43})?\Z")]
Base64 = Annotated[str, msgspec.Meta(max_length=8000, pattern=r"^[A-Za-z0-9+/]+={0,2}\Z")]
ORGANISER = "organiser"
DEVICE, SITE = "device:", "site:"
"""How a key is called that is of no office: that of a source that delivers, or of a site."""
_REMEMBERED = 1 << 10


@lru_cache(_REMEMBERED)
def fingerprint_of(line: str) -> str:
    """The fingerprint of a public key as ssh writes it; "" of what is none."""
    try:
        blob = base64.b64decode(line.partition(" ")[2], validate=True)
    except (binascii.Error, ValueError):
        return ""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode()
    return f"SHA256:{digest.rstrip('=')}"


class KeyRegistered(Occurrence, frozen=True, kw_only=True, tag="KeyRegistered"):
    """A key signs for an office from now on, or for a device or a site.

    The first is the organiser's, signed with itself; each other one is signed with a key of the
    organiser or of an office that may register it, else it has no effect. `holder` is whose it is,
    and may be a private value; `from_at` and `until_at` are its term where one is said, by when
    something is recorded. It may replace another, whose term then ends. `certificate` is the
    SHA-256 of one (X.509) with which the holder signs files of sheets, in the same term.
    """

    office: OptionalCode = ""
    device: OptionalCode = ""
    of_site: OptionalCode = ""
    holder: Text = ""
    key: PublicLine
    from_at: Instant | None = None
    until_at: Instant | None = None
    replaces: OptionalFingerprint = ""
    certificate: OptionalDigest = ""

    @property
    def fingerprint(self) -> str:
        """The key as it is shown to people."""
        return fingerprint_of(self.key)

    @property
    def signs_for(self) -> str:
        """For what it signs: an office, `device:NAME` or `site:NAME`."""
        if self.office:
            return self.office
        return f"{DEVICE}{self.device}" if self.device else f"{SITE}{self.of_site}"

    def tags(self) -> list[str]:
        """It is found by its office, and by the keys that it names."""
        named = [each for each in (self.fingerprint, self.replaces) if each]
        return [*super().tags(), *(f"key:{each}" for each in named)]

    def words(self) -> str:
        held = f", held by {self.holder}" if self.holder else ""
        instead = f" in place of {self.replaces}" if self.replaces else ""
        return f"The key {self.fingerprint} was registered for {self.signs_for}{held}{instead}."


class KeyEnded(Occurrence, frozen=True, kw_only=True):
    """A key signs for nobody any more, whatever the reason."""

    fingerprint: Fingerprint
    since: Instant | None = None

    @property
    def since_ms(self) -> int:
        """From when on the key signs for nobody, in UTC milliseconds."""
        return (self.since or self.recorded_at).ms

    def tags(self) -> list[str]:
        """It is found by the key."""
        return [*super().tags(), f"key:{self.fingerprint}"]


class KeyRevoked(KeyEnded, frozen=True, kw_only=True, tag="KeyRevoked"):
    """A key signs for nobody any more, since an instant (where none is said, since it is recorded).

    What it signed before counts without reserve only where that is proven.
    """

    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"The key {self.fingerprint} was revoked{why}."


class KeyReportedLost(KeyEnded, frozen=True, kw_only=True, tag="KeyReportedLost"):
    """A key is no longer in its holder's hand, since an instant, or may not have been.

    It then signs for nobody, as one that was revoked since then.
    """

    def words(self) -> str:
        return f"The key {self.fingerprint} was reported lost."


class ActsSigned(Occurrence, frozen=True, kw_only=True, tag="ActsSigned"):
    """Records were signed with a key: one, or a batch of them.

    `targets` are their ids in the order in which they were signed, and `signature` is what
    `ssh-keygen -Y sign` makes of them, one a line, in base64. Whether it counts is judged
    by whoever reads it, never by whoever recorded it.
    """

    nature = "report"
    targets: tuple[SignedId, ...]
    key: Fingerprint
    signature: Base64

    def tags(self) -> list[str]:
        """It is found with each record that it signs, and by the key."""
        refs = dict.fromkeys(f"ref:{each}" for each in self.targets)
        return [*super().tags(), *refs, f"key:{self.key}"]

    def words(self) -> str:
        return f"{many(len(self.targets), 'record')} signed with the key {self.key}."
