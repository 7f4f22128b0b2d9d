"""Signatures below checkpoints: of the log itself, and of witnesses.

A log signs the text. A witness signs the text with the time (c2sp.org/tlog-cosignature), with
Ed25519; the other manner of that document, ML-DSA-44, is read and checked where it can be. In the
same way it attests what it found of a log beside its checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ledger.errors import Tampered, Unreadable
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.ed25519 import PublicKey, Signer
from ledger.proofs.notes import Note, Signature
from ledger.proofs.vkeys import OF_A_LOG, OF_A_WITNESS, VerifierKey

_TIME_BYTES = 8
_LATEST_S = 2**63 - 1
_LONGEST_NAME = 255


class Signed(NamedTuple):
    """A signature that holds: by which key, and when it says that it was made (s since 1970).

    `unchecked` says why it can't be checked here, and then it is not known to hold.
    """

    by: VerifierKey
    at_s: int | None = None
    unchecked: str = ""


def signed(checkpoint: Checkpoint, key: Signer) -> Checkpoint:
    """A checkpoint that is signed by the key of its log."""
    by = key_of_log(checkpoint.origin, key.public)
    made = key.sign(checkpoint.text.encode())
    return checkpoint.with_signature(Signature(by.name, by.key_id, made))


def cosigned(checkpoint: Checkpoint, name: str, key: Signer, at_s: int) -> Checkpoint:
    """A checkpoint that is signed by a witness of that name, at a time (s since 1970)."""
    return checkpoint.with_signature(attesting(checkpoint.text, name, key, at_s))


def attesting(text: str, name: str, key: Signer, at_s: int) -> Signature:
    """The signature of a witness of that name over a text, at a time (s since 1970)."""
    by = key_of_witness(name, key.public)
    return Signature(by.name, by.key_id, _at(at_s) + key.sign(_with_time(at_s, text)))


def key_of_log(origin: str, key: PublicKey) -> VerifierKey:
    """By what is checked what a log of that origin signs.

    Raises:
        Unreadable: it is a key in hardware, which can't sign a note.
    """
    if key.in_hardware:
        raise Unreadable(
            f"The key {key.fingerprint} is in hardware, which signs acts and no checkpoints.",
            hint="Sign checkpoints with a key in a file: `rally key new -o FILE`.",
        )
    return VerifierKey(origin, OF_A_LOG, key.raw)


def key_of_witness(name: str, key: PublicKey) -> VerifierKey:
    """By what is checked what a witness of that name signs."""
    return VerifierKey(name, OF_A_WITNESS, key.raw)


def signature_of(key: VerifierKey, checkpoint: Checkpoint) -> Signed | None:
    """The signature of a key below a checkpoint; None where it has not signed.

    Raises:
        Tampered: there is one, and it does not hold.
    """
    made = next((each.made for each in checkpoint.signatures if key.signed(each)), None)
    if made is None:
        return None
    at_s, unchecked = None, ""
    if key.manner == OF_A_LOG:
        holds = PublicKey(key.raw).verifies(checkpoint.text.encode(), made)
    elif key.manner == OF_A_WITNESS:
        at_s, holds = _holds(key, checkpoint.text, made)
    else:
        at_s, made = _timed(made)
        holds, unchecked = _ml_dsa(key, at_s, checkpoint, made)
        holds = holds and at_s <= _LATEST_S
    if not holds:
        said = f"The signature of {key.name} below the checkpoint {checkpoint.words} does not hold."
        raise Tampered(said)
    return Signed(key, at_s, unchecked)


def attested(key: VerifierKey, note: Note) -> Signed | None:
    """The signature of a witness below another note than a checkpoint; None where there is none.

    Raises:
        Tampered: there is one, and it does not hold.
    """
    made = next((each.made for each in note.signatures if key.signed(each)), None)
    if made is None or key.manner != OF_A_WITNESS:
        return None
    at_s, holds = _holds(key, note.text, made)
    if not holds:
        raise Tampered(f"The signature of {key.name} by which it attests does not hold.")
    return Signed(key, at_s)


def signer_of(checkpoint: Checkpoint, keys: Iterable[VerifierKey]) -> VerifierKey | None:
    """Which of these keys signed a checkpoint as its log; a key of another log did not.

    Raises:
        Tampered: a signature of one of them does not hold.
    """
    own = [each for each in keys if (each.name, each.manner) == (checkpoint.origin, OF_A_LOG)]
    return next((each for each in own if signature_of(each, checkpoint)), None)


def _holds(key: VerifierKey, text: str, made: bytes) -> tuple[int, bool]:
    """When a witness signed a text, and whether that holds."""
    at_s, made = _timed(made)
    return at_s, PublicKey(key.raw).verifies(_with_time(at_s, text), made) and at_s <= _LATEST_S


def _timed(made: bytes) -> tuple[int, bytes]:
    return int.from_bytes(made[:_TIME_BYTES], "big"), made[_TIME_BYTES:]


def is_signed_by(key: VerifierKey, checkpoint: Checkpoint) -> bool:
    """Whether a key has signed a checkpoint, and its signature holds."""
    try:
        return signature_of(key, checkpoint) is not None
    except Tampered:
        return False


def _with_time(at_s: int, text: str) -> bytes:
    """What a witness signs: when, and the text of the checkpoint."""
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


def _at(number: int) -> bytes:
    return number.to_bytes(_TIME_BYTES, "big")


def _ml_dsa(key: VerifierKey, at_s: int, checkpoint: Checkpoint, made: bytes) -> tuple[bool, str]:
    """Whether a signature of that manner holds; or that it may, and why it can't be told."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    name, origin = key.name.encode(), checkpoint.origin.encode()
    if max(len(name), len(origin)) > _LONGEST_NAME:
        return False, ""
    named, of = (bytes([len(each)]) + each for each in (name, origin))
    tree = _at(0) + _at(checkpoint.size) + checkpoint.root
    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        public = MLDSA44PublicKey.from_public_bytes(key.raw)
        public.verify(made, b"subtree/v1\n\0" + named + _at(at_s) + of + tree)
    except (ImportError, UnsupportedAlgorithm):
        return True, "ML-DSA-44 is not in what is installed here"
    except (InvalidSignature, ValueError):
        return False, ""
    return True, ""
