"""Keys of office as they are handed out: registered, replaced, taken away, lost; and who signs.

Each is an act like any other, put on record and signed by whoever may: see `ledger.powers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from cli.fields import as_typed
from cli.office.answer import Answer
from cli.office.asking import Text, Word
from cli.office.desk import Desk, Outcome
from cli.office.naming import drawn_up_named, record_named
from cli.office.overall import Recorded
from cli.office.private import sealed
from cli.office.recording import carry_out
from cli.office.registered import registrations
from cli.office.trusting import public_in
from cli.office.view import View
from ledger.authority import OFFICES
from ledger.commands.record import RecordOccurrence
from ledger.errors import Refused, Usage
from ledger.keyring import Holding
from ledger.powers import Powers, with_bearing
from ledger.record import Record
from ledger.signatory import signature_over
from ledger.times import Instant
from ledger.vocabulary import DocumentSigned, KeyRegistered, KeyReportedLost, KeyRevoked, Occurrence
from projections.desk.judging import judge

AFingerprint = Annotated[str, Word("The key.", "SHA256:…", subject=True)]
Since = Annotated[Text, Word("Since when (default: now).", "TIME")]
Holder = Annotated[Text, Word("Whose it is, by name.", "NAME")]
Private = Annotated[
    Text, Word("Whose it is, as a private value that can be erased.", "NAME", name="private-holder")
]
From = Annotated[
    Text, Word("From when on it signs, by when something is recorded (default: now).", "TIME")
]
Until = Annotated[Text, Word("Until when it signs.", "TIME")]
Certificate = Annotated[
    Text, Word("The SHA-256 of a certificate with which its holder signs sheets.", "SHA256")
]


def register(
    desk: Desk,
    public: Annotated[str, Word("Its public part: a file, or the line.", "FILE.pub", subject=True)],
    office: Annotated[
        Text, Word("The office for which it signs.", "OFFICE", choices=(*OFFICES,))
    ] = None,
    device: Annotated[Text, Word("The source for which it signs.", "NAME")] = None,
    of_site: Annotated[Text, Word("The site for which it signs.", "NAME")] = None,
    holder: Holder = None,
    private_holder: Private = None,
    from_at: From = None,
    until_at: Until = None,
    certificate: Certificate = None,
) -> Recorded:
    """Register a key for an office, a device or a site; the first is the organiser's own."""
    fields = {"office": office, "device": device, "of_site": of_site}
    if sum(map(bool, fields.values())) != 1:
        raise Usage(
            "A key signs for one thing.",
            hint="Name the office (--office), the device (--device) or the site (--of-site).",
        )
    fields["certificate"] = _digest_in(certificate)
    return _registered(desk, public, fields, holder, private_holder, from_at, until_at)


def replace(
    desk: Desk,
    fingerprint: AFingerprint,
    public: Annotated[str, Word("The public part of the next.", "FILE.pub", subject=True)],
    holder: Holder = None,
    private_holder: Private = None,
    from_at: From = None,
    until_at: Until = None,
    certificate: Certificate = None,
) -> Recorded:
    """Register a key in the place of another, whose term ends; it signs for the same."""
    held = [each for each in registrations(desk.log) if each.fingerprint == fingerprint]
    if not held:
        raise Refused(f"No key {fingerprint} is registered.", hint="`rally key list` has them.")
    before = held[-1]
    fields = {"office": before.office, "device": before.device, "of_site": before.of_site}
    if not private_holder and not before.private:
        holder = holder or before.holder
    more = {**fields, "replaces": fingerprint, "certificate": _digest_in(certificate)}
    return _registered(desk, public, more, holder, private_holder, from_at, until_at)


def _digest_in(certificate: str | None) -> str | None:
    """The SHA-256 of a certificate, as `openssl x509 -fingerprint -sha256` shows it too."""
    return certificate and certificate.rpartition("=")[2].replace(":", "").lower()


def _registered(
    desk: Desk,
    public: str,
    fields: Mapping[str, str | None],
    holder: str | None,
    private_holder: str | None,
    from_at: str | None,
    until_at: str | None,
) -> Recorded:
    words = [f"private.holder={private_holder}"] if private_holder else []
    _, openings = sealed(words, desk.randomness)
    given: dict[str, Any] = {**fields, "holder": holder, "key": public_in(public).line}
    given |= {"from_at": desk.instant(from_at), "until_at": desk.instant(until_at)}
    given = {name: value for name, value in given.items() if value}
    if openings:
        given["private"] = {name: each.commitment for name, each in openings.items()}
    said = as_typed(KeyRegistered, desk.envelope() | given)
    kept = tuple(openings.values())
    return carry_out(desk, lambda: RecordOccurrence(said, judge, kept))


def revoke(desk: Desk, fingerprint: AFingerprint, since: Since = None) -> Recorded:
    """Revoke a key: it signs for nobody since then."""
    return _ended(desk, KeyRevoked, fingerprint, since)


def lost(desk: Desk, fingerprint: AFingerprint, since: Since = None) -> Recorded:
    """Report that a key is lost, or was in another hand, since an instant."""
    return _ended(desk, KeyReportedLost, fingerprint, since)


def _ended(desk: Desk, kind: type[Occurrence], fingerprint: str, since: str | None) -> Recorded:
    if not any(each.fingerprint == fingerprint for each in registrations(desk.log)):
        raise Refused(f"No key {fingerprint} is registered.", hint="`rally key list` has them.")
    at = desk.instant(since)
    given = {"fingerprint": fingerprint, **({"since": at} if at else {})}
    said = as_typed(kind, desk.envelope() | given)
    return carry_out(desk, lambda: RecordOccurrence(said, judge))


def sign(
    desk: Desk,
    document: Annotated[str, Word("The document, or the record.", "RECORD", subject=True)],
    more: Annotated[tuple[str, ...], Word("More of them.", "[RECORD]...", subject=True)] = (),
) -> Outcome:
    """Sign records with your key of office; without one, a document that was drawn up."""
    signatory = desk.log.recorder.signatory
    if signatory is None:
        if more:
            raise Usage("Several records are signed with a key.", hint="RALLY_KEY=FILE names it.")
        found, drawn = drawn_up_named(desk.log, document)
        return desk.record(DocumentSigned, found, digest=drawn.digest)
    ids = [record_named(desk.log, each).id for each in (document, *more)]
    known = {
        each.signs_for
        for each in registrations(desk.log)
        if each.fingerprint == signatory.fingerprint
    }
    role = desk.signature.role
    signs_for = role if role in known or not known else min(known)
    envelope = as_typed(DocumentSigned, desk.envelope() | {"target": ids[0]})
    said = signature_over(signatory.signer, signs_for, ids, envelope)
    return desk.carry_out(lambda: RecordOccurrence(said, judge))


# -- who holds which -------------------------------------------------------------------------------

COLUMNS = ("key", "for", "holder", "from", "until", "state", "position")
Rows = list[dict[str, Any]]


def listed(seen: View) -> Answer[Rows]:
    """The keys on record: for what each signs, whose it is, in which term, and how it stands."""
    read = telling_of_keys(seen)
    powers = Powers({identity: each.occurrence() for identity, each in read.items()})
    last = seen.log.at(seen.position).header.received_at if seen.position else 0
    rows = [
        _row(powers, identity, said, each.position, last)
        for identity, each in read.items()
        if isinstance(said := each.occurrence(), KeyRegistered)
    ]
    document = {"organiser": fingerprint_of_the_organiser(powers), "rows": rows}
    return Answer(seen, rows, "Keys of office", document, rows, COLUMNS)


def telling_of_keys(seen: View) -> dict[str, Record]:
    """What tells whose keys there are and what was signed with them, by id."""
    types = with_bearing()
    return {each.id: each for each in seen.log.read(until=seen.position, types=types)}


def fingerprint_of_the_organiser(powers: Powers) -> str | None:
    """The key of which all others come, as it stands on sheets; None where there is none."""
    root = powers.told(powers.root)
    return root.fingerprint if isinstance(root, KeyRegistered) else None


def _row(
    powers: Powers, identity: str, said: KeyRegistered, position: int, at_ms: int
) -> dict[str, Any]:
    keys = powers.keys
    held = next((e for e in keys.keys.get(said.fingerprint, ()) if e.by == identity), None)
    refused = powers.idle.get(identity)
    lost_since = keys.lost.get(said.fingerprint)
    until = held.until_ms if held else None
    offset = said.recorded_at.offset
    return {
        "key": said.fingerprint,
        "for": said.signs_for,
        "holder": said.holder or ("withheld" if "holder" in said.private else None),
        "from": (said.from_at or said.recorded_at).iso(),
        "until": None if until is None else Instant(until, offset).iso(),
        "state": "without effect" if refused or held is None else _stands(held, at_ms),
        "lost_since": None if lost_since is None else Instant(lost_since, offset).iso(),
        "why": refused.why if refused else None,
        "position": position,
    }


def _stands(held: Holding, at_ms: int) -> str:
    """How the term of a key stands at an instant."""
    if at_ms < held.from_ms:
        return "its term has not begun"
    return "in its term" if held.holds(at_ms) else "its term is over"


def in_words(rows: Rows) -> Iterator[tuple[str, ...]]:
    """The keys as a table has them."""
    for row in rows:
        lost_since = row["lost_since"]
        state = f"lost or revoked since {lost_since}" if lost_since else row["state"]
        yield (
            f"#{row['position']}",
            row["key"],
            row["for"],
            row["holder"] or "",
            row["from"],
            row["until"] or "",
            f"{state}: {row['why']}" if row["why"] else state,
        )
