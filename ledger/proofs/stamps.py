"""Time-stamps (RFC 3161): an authority that knows nothing of a rally says that bytes were there.

It signs their digest with its own clock, so nobody who holds a key of the rally can set it back.
Whether its certificate is one that somebody trusts, it does not say: that is known from outside.
The clock of whoever checks plays no part: a certificate has to have been valid when it stamped.
"""

from __future__ import annotations

import hashlib
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from ledger.errors import Unreadable

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse
    from rfc3161_client.tsp import Accuracy

_DIGESTS = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_GRANTED = bytes.fromhex("3003020100")
_SEQUENCE = b"\x30"
_SHORT = 0x80
_WITHIN_A_SECOND_MS = 999


class Stamp(NamedTuple):
    """What an authority says: that a digest was before it at a time; nothing is proven yet.

    `time_ms` is its second (ms since 1970), `latest_ms` the last moment that it may have meant: a
    stamp may name a part of the second that is not read here, and say how well its clock goes.
    """

    token: bytes
    algorithm: str
    digest: bytes
    time_ms: int
    latest_ms: int

    def is_over(self, data: bytes) -> bool:
        """Whether it is over these bytes."""
        return hashlib.new(self.algorithm, data).digest() == self.digest

    def shows(self, data: bytes, authority: str) -> bool:
        """The same by one certificate as rules name it: in base64, without the lines of PEM."""
        try:
            return self.verifies(data, _pem(authority))
        except Unreadable:
            return False

    def verifies(self, data: bytes, certificates: bytes) -> bool:
        """Whether it is over these bytes, by an authority that these certificates (PEM) vouch for.

        They are the roots that somebody trusts, with those in between and the authority's own where
        the stamp does not bring them.

        Raises:
            Unreadable: the certificates are none.
        """
        from rfc3161_client import VerificationError, VerifierBuilder

        known = _certificates(certificates)
        reply = _granted(self.token)
        own = None if reply.signed_data.certificates else next(filter(_stamps, known), None)
        verifier = VerifierBuilder(roots=known, tsa_certificate=own).build()
        try:
            return self.is_over(data) and verifier.verify(reply, self.digest)
        except (VerificationError, ValueError):
            return False


def read_stamp(data: bytes) -> Stamp:
    """The stamp in a reply of an authority, or in its token, as `openssl ts -reply` writes both.

    Raises:
        Unreadable: it is none, the authority said no, or it is over another digest than of SHA-2.
    """
    from rfc3161_client import PKIStatus, decode_timestamp_response

    try:
        reply = decode_timestamp_response(data)
    except ValueError:
        return _stamp(data)
    try:
        if reply.status in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
            return _stamp(reply.time_stamp_token())
    except ValueError:
        pass
    raise Unreadable("The authority gave no time-stamp.", hint=_HOW)


def _stamp(token: bytes) -> Stamp:
    try:
        says = _granted(token).tst_info
        imprint = says.message_imprint
        within: Accuracy | None = says.accuracy
        algorithm = _DIGESTS.get(imprint.hash_algorithm.dotted_string)
        at_ms = round(says.gen_time.timestamp()) * 1000
    except (ValueError, OverflowError):
        raise Unreadable("That is no time-stamp.", hint=_HOW) from None
    if algorithm is None or len(imprint.message) != hashlib.new(algorithm).digest_size:
        raise Unreadable("The time-stamp is over no digest of sha256, sha384 or sha512.", hint=_HOW)
    off_ms = 0
    if within:
        off_ms = (within.seconds or 0) * 1000 + (within.millis or 0) + bool(within.micros)
    return Stamp(token, algorithm, imprint.message, at_ms, at_ms + _WITHIN_A_SECOND_MS + off_ms)


def _granted(token: bytes) -> TimeStampResponse:
    """A token as an authority replies with it; what else it says beside it, it does not sign."""
    from rfc3161_client import decode_timestamp_response

    body = _GRANTED + token
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    head = bytes([len(body)]) if len(body) < _SHORT else bytes([_SHORT + len(size)]) + size
    return decode_timestamp_response(_SEQUENCE + head + body)


def must_be_a_certificate(text: str) -> None:
    """Refuse what names no authority: a certificate in base64, as PEM has it between its lines.

    Raises:
        Unreadable: it is none.
    """
    _certificates(_pem(text))


def _pem(text: str) -> bytes:
    body = "\n".join(textwrap.wrap(text, 64))
    return f"{_BEGIN}\n{body}\n{_END}\n".encode()


_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def _certificates(data: bytes) -> list[Certificate]:
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return load_pem_x509_certificates(data)
    except ValueError:
        raise Unreadable(
            "These are no certificates.",
            hint="They are a file of PEM: -----BEGIN CERTIFICATE-----.",
        ) from None


def _stamps(certificate: Certificate) -> bool:
    """Whether a certificate is one of an authority, and of no other use."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in uses


_HOW = "`openssl ts -reply -in FILE -text` shows the reply of an authority (RFC 3161)."
