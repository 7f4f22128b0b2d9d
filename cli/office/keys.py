"""Key files: how one is made, opened, and what of it others need to know."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ledger.errors import Refused, Unavailable, Unreadable, Usage
from ledger.files import LARGEST, bytes_of, is_there, replacing, take_private, why
from ledger.openings import Randomness
from ledger.proofs.agent import key_in_agent
from ledger.proofs.ed25519 import PublicKey, Signer, SigningKey, new_key, public_key, read_key
from ledger.proofs.program import ProgramKey
from ledger.proofs.remembered import Remembered
from ledger.proofs.signatures import key_of_log

Passphrase = Callable[[str], str]
"""Asks for the passphrase of a file."""
PUBLIC, SIGNED = ".pub", ".signed"
AGENT = "agent"
_HOW = "`rally key new -o FILE` makes one, as `ssh-keygen -t ed25519 -f FILE` does."


class Signing(NamedTuple):
    """A key of a log, and what was signed with it before: the last checkpoint of each origin."""

    key: Signer
    before: Remembered


class KeyFile(NamedTuple):
    """A key as others need to know it, and the name under which it signs, if a log is meant."""

    file: Path
    public: PublicKey
    origin: str = ""

    @property
    def vkey(self) -> str:
        """By what its signatures below checkpoints of that log are checked."""
        return key_of_log(self.origin, self.public).text if self.origin else ""

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        return {
            "file": str(self.file),
            "fingerprint": self.public.fingerprint,
            "public": self.public.line,
            "vkey": self.vkey or None,
        }


def signer(named: str | None, ask: Passphrase) -> Signer:
    """Who signs: the key in a file, or one of an ssh-agent (`agent`, `agent:SHA256:…`).

    With a key in hardware, whose public part is FILE.pub, ssh-keygen signs.

    Raises:
        Usage: no key is named. Unreadable: there is none, or none that opens.
    """
    if named is None:
        raise Usage("No key is named to sign with.", hint=f"Name its file: --key FILE. {_HOW}")
    agent, colon, fingerprint = named.partition(":")
    if agent == AGENT and (colon or not is_there(Path(named))):
        return key_in_agent(os.environ.get("SSH_AUTH_SOCK", ""), fingerprint)
    file = Path(named)
    in_hardware = _in_hardware(file)
    return ProgramKey(file, in_hardware) if in_hardware else opened(file, ask)


def _in_hardware(file: Path) -> PublicKey | None:
    """The public part of a key in hardware, as it lies beside its file, or is the file."""
    beside = file if file.suffix == PUBLIC else public_file(file)
    try:
        found = public_key(bytes_of(beside, LARGEST).decode())
    except (OSError, ValueError, Unreadable):
        return None
    return found if found.in_hardware else None


def signing(named: str | None, ask: Passphrase) -> Signing:
    """Who signs checkpoints, as `signer` has it, and what was signed so far.

    That lies in FILE.signed beside the file of a key; of one that an ssh-agent holds, in the folder
    where programs of whoever runs this keep their state.

    Raises:
        Usage, Unreadable: as `signer` says.
    """
    key = signer(named, ask)
    file = Path(named or "")
    if is_there(file):
        return Signing(key, Remembered(file.with_name(f"{file.name}{SIGNED}")))
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    of_it = hashlib.sha256(key.public.raw).hexdigest()[:32]
    return Signing(key, Remembered(Path(state) / "rally-ledger" / f"{of_it}{SIGNED}"))


def opened(file: Path, ask: Passphrase) -> SigningKey:
    """The key in a file.

    Raises:
        Unreadable: it holds no key, or none that opens.
    """
    try:
        data = bytes_of(file, LARGEST)
    except (OSError, ValueError) as error:
        raise Unreadable(f"The key {file} can't be read: {why(error)}.", hint=_HOW) from None
    return read_key(data, str(file), lambda: ask(str(file)))


def made(file: Path, randomness: Randomness) -> SigningKey:
    """A new key in a file that only its owner may read, and its public part in `FILE.pub`.

    Raises:
        Refused: one of both is there already. Unavailable: they can't be written.
    """
    public = public_file(file)
    for each in (file, public):
        if is_there(each):
            raise Refused(f"{each} is there already: no key is overwritten.", hint="Name another.")
    key = new_key(randomness)
    try:
        take_private(file)
        with replacing(file, private=True) as there:
            there.write(key.file())
        with replacing(public) as there:
            there.write(f"{key.public.line}\n".encode())
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"{file} can't be written: {why(error)}.", hint="Name another file with -o."
        ) from None
    return key


def public_file(file: Path) -> Path:
    """The file beside another in which the public part of a key stands."""
    return file.parent / f"{file.name}{PUBLIC}"
