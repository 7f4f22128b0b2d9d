"""What others check signatures with: who may sign, and what was signed, as files of ssh."""

from __future__ import annotations

from typing import Any, NamedTuple

from cli.office.keyholding import telling_of_keys
from cli.office.naming import record_named
from cli.office.view import View
from ledger.errors import NotFound, Refused
from ledger.keyring import WORDS, State
from ledger.powers import Powers
from ledger.proofs.signers import Term, allowed_signers, verify_time
from ledger.proofs.spelling import bytes_of
from ledger.proofs.sshsig import armoured, namespace_of, read_signature, signed_over
from ledger.vocabulary import ActsSigned, KeyRegistered


class Signers(NamedTuple):
    """Who may sign for which office, device or site, and when, as the log says it at a moment."""

    text: str
    terms: tuple[Term, ...]
    root: str
    """The fingerprint of the organiser's key, of which all others come."""

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        terms = [
            {
                "namespace": each.namespace,
                "key": each.key,
                "valid_after": verify_time(each.from_ms),
                "until": None if each.until_ms is None else verify_time(each.until_ms),
            }
            for each in self.terms
        ]
        return {"organiser": self.root, "signers": terms, "file": self.text}


def signers_of(seen: View) -> Signers:
    """Everybody who may sign, with the term of each key; it ends where the key was lost.

    Raises:
        Refused: no organiser registered a key.
    """
    told = {i: each.occurrence() for i, each in telling_of_keys(seen).items()}
    powers = Powers(told)
    root = told.get(powers.root)
    if not isinstance(root, KeyRegistered):
        raise Refused(
            "Nobody signs here: no organiser has registered a key, signed with itself.",
            hint="Without one nothing is signed that could be checked.",
        )
    lines = {e.fingerprint: e.key for e in told.values() if isinstance(e, KeyRegistered)}
    terms = tuple(
        Term(namespace_of(held.signs_for, root.rally), lines[key], held.from_ms, held.until_ms)
        for key, held in powers.keys.terms()
    )
    basis = seen.basis()
    about = (
        f"Who signs, as it is on record up to #{basis.position}, root {basis.root}.",
        f"All of it hangs on the organiser's key {root.fingerprint}:",
        "compare that with the regulations or a posted sheet, never with this file alone.",
        "ssh-keygen -Y verify -f THIS -I NAME -n NAME -O verify-time=WHEN -s FILE.sig < FILE",
    )
    return Signers(allowed_signers(terms, *about), terms, root.fingerprint)


def certificate_holds(seen: View, fingerprint: str, at_ms: int | None) -> tuple[str, bool | None]:
    """Who signs sheets with a certificate, by the keys on record, in words; and whether it fits.

    The time is that which a signature says of itself. None is a certificate that nobody registered.
    """
    told = {i: each.occurrence() for i, each in telling_of_keys(seen).items()}
    held = [
        each
        for _, each in Powers(told).keys.terms()
        if getattr(told.get(each.by), "certificate", "") == fingerprint
    ]
    if not held:
        return "The certificate is registered for nobody here: whose it is was not checked.", None
    now = next((each for each in held if at_ms is not None and each.holds(at_ms)), None)
    of = now or held[0]
    whose = f"{of.signs_for}, {of.holder}" if of.holder else of.signs_for
    term = "in its term" if now else "and not for that time"
    return f"The certificate is registered for {whose}, {term}.", now is not None


class Signed(NamedTuple):
    """A signature over a record, as ssh-keygen checks it: the message, and the file of it."""

    message: bytes
    armour: str
    position: int
    ids: tuple[str, ...]
    key: str
    namespace: str
    when: str
    state: State
    others: tuple[int, ...]
    """Where more signatures over the same stand."""

    @property
    def words(self) -> str:
        """What it is, for people."""
        over = "it alone" if len(self.ids) == 1 else f"{len(self.ids)} records"
        return f"#{self.position}, over {over}: {WORDS[self.state]}, {self.key}"

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        names = ("position", "ids", "key", "namespace", "when", "state", "others")
        return {
            **{each: getattr(self, each) for each in names},
            "message": self.message.decode(),
            "signature": self.armour,
        }


def signature_over(seen: View, reference: str) -> Signed:
    """The signature over a record, the best of several; or the one that stands in a record.

    Raises:
        NotFound: there is no such record, or nobody signed it.
    """
    record = record_named(seen.log, reference, seen.position)
    said, records = record.occurrence(), telling_of_keys(seen)
    act = seen.log.find(said.targets[0]) if isinstance(said, ActsSigned) else record
    records |= {act.id: act}
    found = Powers({i: e.occurrence() for i, e in records.items()}).signatures(act.id)
    if isinstance(said, ActsSigned):
        found = [each for each in found if each.id == record.id]
    best = min(found, key=lambda each: [*WORDS].index(each.state), default=None)
    signature = None if best is None else records[best.id].occurrence()
    if best is None or not isinstance(signature, ActsSigned):
        raise NotFound(f"#{record.position} is not signed.", hint="`rally log` shows what is.")
    blob = bytes_of(signature.signature, "The signature")
    return Signed(
        signed_over(signature.targets),
        armoured(blob),
        records[best.id].position,
        signature.targets,
        signature.key,
        read_signature(blob).namespace,
        verify_time(act.occurrence().recorded_at.ms),
        best.state,
        tuple(records[each.id].position for each in found if each.id != best.id),
    )
