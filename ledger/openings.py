"""Private values: a commitment in the log, and beside the log an opening that can be erased.

What the law may one day oblige officials to forget (medical details, licence numbers, contacts)
never stands in an occurrence. The occurrence holds the hash of the value and a random salt; the
salt and the value, its opening, are kept in a table from which they can be erased. The proof of the
log stays whole without them, and without the salt nobody can find the value by guessing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ledger.errors import Usage
from ledger.vocabulary import Occurrence, OpeningErased

SALT_BYTES = 32
MOST_CHARACTERS = 4000
_DOMAIN = b"rally-ledger opening 1\x00"

Randomness = Callable[[int], bytes]
"""Answers so many random bytes; always passed in, as clocks are."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A private value with its salt. It never shows itself in a message or a traceback."""

    salt: bytes = field(repr=False)
    value: str = field(repr=False)

    @property
    def commitment(self) -> str:
        """The commitment that it opens."""
        return commit(self.salt, self.value)


def commit(salt: bytes, value: str) -> str:
    """What stands in the occurrence: SHA-256 over a domain, the salt and the value, in hex.

    Raises:
        ValueError: the salt does not have its 32 bytes, so the hash would be ambiguous.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(_DOMAIN + salt + value.encode()).hexdigest()


def opens(commitment: object, salt: object, value: object) -> bool:
    """Whether what is stored as an opening opens what is stored as its commitment."""
    if not (isinstance(salt, bytes) and isinstance(value, bytes)):
        return False
    try:
        return commit(salt, value.decode()) == commitment
    except ValueError:
        return False


def seal(name: str, value: str, randomness: Randomness) -> Opening:
    """A private value with a salt of its own, under the name of its field.

    Raises:
        Usage: there is no value, it is too long, or it is no text. The message does not show it.
    """
    if not value or len(value) > MOST_CHARACTERS:
        raise Usage(
            f"private.{name} needs a text of at most {MOST_CHARACTERS} characters.",
            hint=f"Write private.{name}=VALUE.",
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Usage(f"private.{name} is not UTF-8.", hint="Type it again.") from None
    return Opening(randomness(SALT_BYTES), value)


def erased_by(
    erasures: Iterable[tuple[str, OpeningErased]], targets: Mapping[str, Occurrence]
) -> dict[str, str]:
    """The commitments that were erased, each with the id of what erased it.

    Erasing can't be undone, so voids play no part here. A target that has not arrived yet has no
    commitments that are known.
    """
    found: dict[str, str] = {}
    for identity, erasure in erasures:
        target = targets.get(erasure.target)
        for name in erasure.fields if target else ():
            if target and name in target.private:
                found.setdefault(target.private[name], identity)
    return found
