"""Keys with which `ssh-keygen` signs: those in hardware, of which a file holds a handle alone.

It asks for the PIN and for the touch itself, on the terminal.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from ledger.errors import Unreadable
from ledger.proofs.ed25519 import PublicKey


class ProgramKey:
    """A key in hardware whose file ssh-keygen reads; it signs acts, and nothing else."""

    def __init__(self, file: Path, public: PublicKey) -> None:
        self._file = file
        self._public = public

    @property
    def public(self) -> PublicKey:
        """By which it is checked."""
        return self._public

    def sign(self, message: bytes) -> bytes:  # noqa: ARG002 - every signer has it
        """It signs no bytes as they are: what it makes is a whole signature of ssh.

        Raises:
            Unreadable: always.
        """
        raise Unreadable(f"{self._file} is a key in hardware: ssh-keygen signs acts alone with it.")

    def armour(self, namespace: str, message: bytes) -> str:
        """The file of a signature over a message, for a namespace.

        Raises:
            Unreadable: ssh-keygen is not here, or does not sign.
        """
        words = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(self._file)]
        try:
            ran = subprocess.run(words, input=message, capture_output=True, check=False)  # noqa: S603
        except OSError:
            raise Unreadable("ssh-keygen is not here, which signs with keys in hardware.") from None
        if ran.returncode:
            why = ran.stderr.decode("utf-8", "replace").strip().replace("\n", "; ")
            raise Unreadable(
                f"ssh-keygen did not sign with {self._file}: {why[:200].rstrip('.')}.",
                hint="Plug in the token and touch it; or have an ssh-agent hold it: --key agent.",
            )
        return ran.stdout.decode("utf-8", "replace")
