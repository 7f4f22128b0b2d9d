"""A witness: what it has seen last of each log, and when it signs that a log goes on from there.

It is a folder of whoever does not trust the log: a key, the name under which it signs, and the last
checkpoint of each origin that it has signed. It needs neither the ledger nor a network. What it has
seen is on the disk before its signature leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ledger.errors import Refused, Tampered, Unreadable, Usage
from ledger.files import LARGEST, bytes_of, making, why
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.ed25519 import SigningKey, read_key
from ledger.proofs.notes import Note, is_key_name
from ledger.proofs.papers import GrowthProof
from ledger.proofs.remembered import Remembered, told
from ledger.proofs.signatures import attesting, cosigned, key_of_witness, signer_of
from ledger.proofs.vkeys import VerifierKey, read_vkey

_KEY, _NAME = "key", "name"
_BY = ".vkey"


class Seen(NamedTuple):
    """What a witness has seen last of a log, and by which key the log signs."""

    by: VerifierKey
    checkpoint: Checkpoint


def must_go_on(seen: Seen, new: Checkpoint, growth: GrowthProof | None, file: str = "SEEN") -> None:
    """Refuse a checkpoint that does not go on from what was seen of its log, as a `file` has it.

    Raises:
        Tampered: the log went back, has two roots at one size, or the proof does not fit.
        Refused: a proof is needed.
    """
    old = seen.checkpoint
    both = f"{old.words} was seen of {old.origin}, and now {new.words} is signed"
    if new.size < old.size:
        raise Tampered(
            f"The log went back: {both}.",
            hint="An older checkpoint is not signed again. Keep both files: a log that is shorter "
            "than it was is not the log that was seen.",
        )
    if new.size == old.size:
        if new.root != old.root:
            raise Tampered(
                f"Two roots at one size: {both}. This is a fork.",
                hint="Keep both files: with the signatures under them they are the proof.",
            )
        return
    if old.size == 0:
        return
    if growth is None:
        raise Refused(
            f"A proof is needed that the log goes on: {both}.",
            hint="Who has the log makes it with what was seen: `rally prove --since "
            f"{file} --checkpoint NEW -o FILE`.",
        )
    if (growth.checkpoint.size, growth.checkpoint.root) != (new.size, new.root):
        raise Tampered(f"The proof leads to {growth.checkpoint.words}, and {new.words} is signed.")
    try:
        growth.must_hold(old)
    except Tampered as error:
        raise Tampered(
            f"The proof does not fit: {both}. {error.message}",
            hint="If no proof fits, one of both is of another history. Keep both files.",
        ) from None


class Witness:
    """The folder of a witness."""

    def __init__(self, folder: Path, name: str, key: SigningKey) -> None:
        self._remembered = Remembered(folder)
        self._key = key
        self.vkey = key_of_witness(name, key.public)

    @property
    def name(self) -> str:
        """The name under which it signs."""
        return self.vkey.name

    def seen(self, origin: str) -> Seen | None:
        """What was seen last of a log; None where nothing was.

        Raises:
            Unreadable: it can't be read, and nothing may be signed.
        """
        found = self._remembered.last(origin)
        if found is None:
            return None
        file = self.file_of(origin).with_suffix(_BY)
        try:
            by = bytes_of(file, LARGEST).decode("utf-8", "replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(f"{file} can't be read: {why(error)}.") from None
        return Seen(read_vkey(by.removesuffix("\n")), found)

    def file_of(self, origin: str) -> Path:
        """Where it keeps the checkpoint that was seen last of a log; the log's key is beside it."""
        return self._remembered.file_of(origin)

    def cosign(
        self,
        new: Checkpoint,
        growth: GrowthProof | None,
        now_s: int,
        keys: Callable[[], list[VerifierKey]],
    ) -> Checkpoint:
        """A checkpoint with the signature of the witness, where it goes on from what was seen.

        `keys` are those that somebody trusts, asked for where the log is new to the witness.

        Raises:
            Refused: the log is new, and no key is trusted that signed; or a proof is needed.
            Tampered: it does not fit what was seen, or a signature does not hold.
        """
        with self._remembered.alone():
            seen = self.seen(new.origin)
            known = [seen.by] if seen else keys()
            by = signer_of(new, known)
            if by is None:
                whose = (
                    f"by {seen.by.text}, as what was seen" if seen else "by a key that is trusted"
                )
                raise Refused(
                    f"The checkpoint {new.words} of {new.origin} is not signed {whose}.",
                    hint="Say at the first one by whose key it is signed: --trust.",
                )
            if seen:
                must_go_on(seen, new, growth, str(self.file_of(new.origin)))
            now = cosigned(new, self.name, self._key, now_s)
            self._keep(Seen(by, now))
        return now

    def attest(self, text: str, now_s: int) -> Note:
        """A text of what the witness has found, signed; its kinds begin otherwise than logs do."""
        return Note(text, (attesting(text, self.name, self._key, now_s),))

    def _keep(self, seen: Seen) -> None:
        """Have it on the disk; the key first, without which a checkpoint counts as not seen."""
        by = self.file_of(seen.checkpoint.origin).with_suffix(_BY)
        self._remembered.write(by, f"{seen.by.text}\n".encode())
        self._remembered.keep(seen.checkpoint)


def new_witness(folder: Path, name: str, key: SigningKey) -> Witness:
    """Make the folder of a witness.

    Raises:
        Usage: nobody can be called so. Refused: there is something already.
        Unavailable: it can't be written.
    """
    if not is_key_name(name):
        raise Usage(
            f"{name!r} can't name a witness.",
            hint="A name has no blank and no plus, like club.example/laptop.",
        )
    try:
        with told(folder), making(folder) as made:
            (made / _KEY).write_bytes(key.file())
            (made / _NAME).write_text(f"{name}\n", encoding="utf-8")
    except FileExistsError:
        raise Refused(f"{folder} is there already.", hint="Name another folder.") from None
    return Witness(folder, name, key)


def witness_in(folder: Path, passphrase: Callable[[], str]) -> Witness:
    """The witness whose folder this is.

    Raises:
        Unreadable: it is none.
    """
    try:
        name = (folder / _NAME).read_text(encoding="utf-8").removesuffix("\n")
        data = bytes_of(folder / _KEY, LARGEST)
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{folder} is no folder of a witness: {why(error)}.",
            hint="`rally witness init DIR --name NAME` makes one.",
        ) from None
    if not is_key_name(name):
        raise Unreadable(f"{folder} names no witness.")
    return Witness(folder, name, read_key(data, str(folder / _KEY), passphrase))
