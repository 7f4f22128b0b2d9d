"""Certified sheets: a PDF that carries a signature by an X.509 certificate (PAdES).

Programs that show PDF tell whose it is. The signature is appended: the bytes that were drawn stay
the beginning of the file, so whoever cuts it off there has the sheet whose digest is on record.
That nothing else was appended, which would show another thing than what was posted, is checked too.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.errors import Refused, Unavailable, Unreadable, how_to_install
from ledger.times import Instant

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

HINT = how_to_install("pades")
_FIELD = "Signature"
_END = re.compile(rb"%%EOF(?:\r\n|\r|\n)?")
_WHOLE = ("ENTIRE_FILE", "ENTIRE_REVISION")
_OF_SIGNING = {"/AcroForm", "/Annots", "/Extensions", "/ModDate", "/Producer", "/Version"}
"""What a signature may change in what was drawn: nothing of it is shown."""


class Certificate(NamedTuple):
    """A certificate with its key: who signs, and the SHA-256 by which others know it."""

    signer: SimpleSigner

    @property
    def itself(self) -> Any:
        """What it says: whose it is, and for how long."""
        return self.signer.signing_cert

    @property
    def whose(self) -> str:
        """Whose it is, as it says itself."""
        return str(self.itself.subject.human_friendly)

    @property
    def fingerprint(self) -> str:
        """Its SHA-256 in hex."""
        return str(self.itself.sha256.hex())


class Certified(NamedTuple):
    """A signature behind a sheet: by which certificate, when it says, and what is amiss with it."""

    whose: str
    fingerprint: str
    at: Instant | None
    amiss: str


def is_available() -> bool:
    """Whether sheets can be certified here."""
    return importlib.util.find_spec("pyhanko") is not None


def certificate_in(data: bytes, where: str, passphrase: Callable[[], str]) -> Certificate:
    """The certificate with its key in a file of PKCS#12 (.p12, .pfx); its passphrase is asked for.

    Raises:
        Unreadable: it holds none, or the passphrase does not open it. Unavailable: no pyHanko here.
    """
    _must_be_available()
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
    from pyhanko.sign.signers import SimpleSigner

    opening: bytes | None = None
    try:
        try:
            load_pkcs12(data, None)
        except ValueError:
            opening = passphrase().encode()
        signer = SimpleSigner.load_pkcs12_data(data, [], opening)
        return Certificate(signer)
    except (ValueError, TypeError):
        raise Unreadable(
            f"{where} is no file of a certificate with its key, or that is not its passphrase.",
            hint="It is a .p12 or .pfx, as authorities hand them out: a key of office is none.",
        ) from None


def certified(pdf: bytes, by: Certificate, at: Instant) -> bytes:
    """A sheet with a signature behind it, made at an instant; the sheet is its beginning.

    Raises:
        Refused: the certificate is not valid at that instant.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    valid = by.itself["tbs_certificate"]["validity"]
    first, last = valid["not_before"].native, valid["not_after"].native
    if not first <= at.datetime <= last:
        raise Refused(f"The certificate of {by.whose} is valid from {first} to {last} only.")

    class Signing(PdfSigner):
        """Signs by the clock that is passed in."""

        def init_signing_session(self, *words: Any, **named: Any) -> Any:
            session = super().init_signing_session(*words, **named)
            session.system_time = at.datetime
            return session

    about = PdfSignatureMetadata(_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)

    class Appending(IncrementalPdfFileWriter):
        """Leaves what the sheet says of itself; it would put the time of this machine there."""

        def _update_meta(self) -> None:
            pass

    writer = Appending(io.BytesIO(pdf))
    made: bytes = Signing(about, signer=by.signer).sign_pdf(writer).getvalue()
    assert made.startswith(pdf)
    return made


def sheet_in(pdf: bytes, digests: Collection[str]) -> bytes | None:
    """The beginning of a file whose digest is one of these; None where there is none."""
    for end in (0, *(each.end() for each in _END.finditer(pdf)), len(pdf)):
        for size in (end, end - 1):
            if hashlib.sha256(pdf[:size]).hexdigest() in digests:
                return pdf[:size]
    return None


def certificates(pdf: bytes, sheet: bytes) -> list[Certified]:
    """The signatures behind a sheet, in a file that begins with it.

    Raises:
        Unreadable: what follows is no PDF. Unavailable: something follows, and no pyHanko is here.
    """
    if pdf == sheet:
        return []
    _must_be_available()
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        more = _beside_signatures(reader)
        found = [_certified(each, more) for each in reader.embedded_signatures]
    except (PdfError, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise Unreadable(f"What follows the sheet can't be read as PDF: {error}.") from None
    if not found:
        raise Unreadable("What follows the sheet is no signature.", hint="Cut it off there.")
    return found


def _certified(signature: Any, more: str) -> Certified:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    certificate, at = signature.signer_cert, signature.self_reported_timestamp
    # Whose a certificate is, its fingerprint tells who knows it; no authority is asked.
    alone = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=at)
    status = validate_pdf_signature(signature, alone, skip_diff=True)
    whole = status.coverage is not None and status.coverage.name in _WHOLE
    amiss = "" if status.intact and status.valid and whole else "It does not hold."
    said = None if at is None else Instant(round(at.timestamp()) * 1000, 0)
    return Certified(
        str(certificate.subject.human_friendly), certificate.sha256.hex(), said, amiss or more
    )


def _beside_signatures(reader: Any) -> str:
    """What was appended to a file beside signatures, in words; "" where nothing was."""
    drawn = reader.get_historical_resolver(0)
    for revision in range(1, reader.xrefs.total_revisions):
        now = reader.get_historical_resolver(revision)
        for ref in reader.xrefs.explicit_refs_in_revision(revision):
            is_new = reader.xrefs.get_historical_ref(ref, 0) is None
            new = now.get_object(ref)
            if not (
                _is_of_a_signature(new) if is_new else _is_as_drawn(drawn.get_object(ref), new)
            ):
                return "More than a signature was appended: what is shown may be another thing."
    return ""


def _is_of_a_signature(new: Any) -> bool:
    """Whether a new object is a signature, its field that shows nothing, or the list of fields."""
    if not isinstance(new, dict) or hasattr(new, "data"):
        return False
    if new.get("/Type") == "/Sig" or {*new} <= {"/Fields", "/SigFlags"}:
        return True
    return new.get("/FT") == "/Sig" and "/AP" not in new and [*new.get("/Rect", ())] == [0] * 4


def _is_as_drawn(old: Any, new: Any) -> bool:
    """Whether an object shows what it showed: only fields were put on it, or it shows nothing."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return bool(old == new)
    if old.get("/Type") == new.get("/Type") == "/Metadata":
        return True
    if getattr(old, "data", b"") != getattr(new, "data", b""):
        return False
    others = {each for each in {*old, *new} if _raw(old, each) != _raw(new, each)}
    return others <= _OF_SIGNING and _are_more_fields(_raw(old, "/Annots"), _raw(new, "/Annots"))


def _are_more_fields(old: Any, new: Any) -> bool:
    """Whether on a page is what was there, and besides only what is looked at itself."""
    from pyhanko.pdf_utils.generic import ArrayObject, IndirectObject

    if old == new:
        return True
    if not isinstance(new, ArrayObject) or not isinstance(old, ArrayObject | None):
        return False
    before, now = ([*map(each.raw_get, range(len(each)))] for each in (old or ArrayObject(), new))
    added = now[len(before) :]
    return before == now[: len(before)] and all(isinstance(e, IndirectObject) for e in added)


def _raw(found: Any, name: str) -> Any:
    return found.raw_get(name) if name in found else None


def _must_be_available() -> None:
    if not is_available():
        raise Unavailable("Certificates are read by pyHanko, which is not installed.", hint=HINT)
