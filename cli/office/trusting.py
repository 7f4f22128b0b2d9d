"""Whom somebody trusts: keys that are named from outside, and what they find below a checkpoint.

A key is named as a verifier key, as the fingerprint of one that is at hand, or by a file: public
keys of ssh, or verifier keys, one a line. Whose checkpoint it is, is never taken from the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cli.office.checkpoints import data_of
from cli.office.keys import public_file
from ledger.errors import LedgerError, Unreadable, Usage
from ledger.files import is_there
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.ed25519 import PublicKey, is_fingerprint, is_public_line, public_key
from ledger.proofs.signatures import key_of_log, signer_of
from ledger.proofs.spelling import lines_of
from ledger.proofs.vkeys import OF_A_LOG, VerifierKey, read_vkey


class Whose(NamedTuple):
    """Who signed a checkpoint, or why that is not known; `complaint` where it is not as it says."""

    by: VerifierKey | None = None
    complaint: str = ""
    unchecked: str = ""


class Trust(NamedTuple):
    """The keys that somebody trusts, of logs that are named and of any."""

    vkeys: tuple[VerifierKey, ...] = ()
    public: tuple[PublicKey, ...] = ()
    fingerprints: tuple[str, ...] = ()

    def keys(self, origin: str, offered: Iterable[PublicKey]) -> list[VerifierKey]:
        """Those for a log; `offered` are public keys that prove nothing but are at hand."""
        known = [*self.public, *(e for e in offered if e.fingerprint in self.fingerprints)]
        signing = [each for each in known if not each.in_hardware]
        return [*self.vkeys, *(key_of_log(origin, each) for each in signing)]

    def whose(self, checkpoint: Checkpoint, offered: Sequence[PublicKey]) -> Whose:
        """Who signed a checkpoint, of those who are trusted."""
        if self == NOBODY:
            return Whose(
                unchecked="No key is trusted: --trust names one, as the regulations or a posted "
                "sheet have it."
            )
        keys = self.keys(checkpoint.origin, offered)
        try:
            by = signer_of(checkpoint, keys)
        except LedgerError as error:
            return Whose(complaint=error.message)
        if by is not None:
            return Whose(by)
        at_hand = {each.fingerprint for each in keys}
        if absent := [each for each in self.fingerprints if each not in at_hand]:
            return Whose(
                unchecked=f"The key {absent[0]} is not at hand: put it beside, as FILE.pub."
            )
        return Whose(complaint=f"It is signed as {checkpoint.origin} by no key that is trusted.")


NOBODY = Trust()


def trusted(said: Sequence[str], more: Iterable[VerifierKey] = ()) -> Trust:
    """Whom somebody trusts who says so, each as a verifier key, a fingerprint or a file.

    Raises:
        Usage: one is none of these. Unreadable: a file can't be read, or holds another thing.
    """
    vkeys, public, fingerprints = list(more), list[PublicKey](), list[str]()
    for each in said:
        if is_fingerprint(each):
            fingerprints.append(each)
        elif is_there(Path(each)):
            held = _held(Path(each))
            vkeys += [one for one in held if isinstance(one, VerifierKey)]
            public += [one for one in held if isinstance(one, PublicKey)]
        elif "+" in each:
            vkeys.append(read_vkey(each))
        else:
            raise Usage(
                f"{each!r} names no key.",
                hint="Give a verifier key (NAME+ID+KEY), a fingerprint (SHA256:…) or a file.",
            )
    if stranger := next((each for each in vkeys if each.manner != OF_A_LOG), None):
        raise Usage(
            f"The key of {stranger.name} is that of a witness.",
            hint="Witnesses stand in a policy: --witnesses FILE.",
        )
    return Trust(tuple(vkeys), tuple(public), tuple(fingerprints))


def _held(file: Path) -> list[VerifierKey | PublicKey]:
    lines = [each.strip() for each in lines_of(data_of(file), str(file))]
    said = [each for each in lines if each and not each.startswith("#")]
    if not said:
        raise Unreadable(f"{file} holds no key.")
    return [public_key(each) if is_public_line(each) else read_vkey(each) for each in said]


def public_in(said: str) -> PublicKey:
    """A public key that is given as the line of ssh, or by its file; that of a key lies beside it.

    Raises:
        Unreadable: it is none.
    """
    if is_public_line(said):
        return public_key(said)
    beside = public_file(Path(said))
    file = beside if is_there(beside) else Path(said)
    return public_key("".join(lines_of(data_of(file), str(file))).strip())


def offered_beside(file: Path) -> list[PublicKey]:
    """The public key that lies beside a file, where one does.

    Raises:
        Unreadable: what lies there is none.
    """
    beside = public_file(file)
    if not is_there(beside):
        return []
    return [public_key("".join(lines_of(data_of(beside), str(beside))))]
