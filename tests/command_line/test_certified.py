"""Sheets that carry a signature by a certificate: the sheet stays their beginning."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from cli.documents import certified
from tests.command_line.conftest import answer
from tests.conftest import Rally, Ticking

pytestmark = pytest.mark.slow
ANN = ("--by", "Results", "--role", "results-office")


def _certificate(file: Path, *, passphrase: bytes = b"", last: int = 2017) -> None:
    """A certificate that Ann has made herself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ann Lee")])
    usage = {each: False for each in x509.KeyUsage.__init__.__annotations__ if each != "return"}
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 7)
        .not_valid_before(datetime(2016, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(last, 1, 2, tzinfo=UTC))
        .add_extension(x509.KeyUsage(**(usage | {"digital_signature": True})), critical=True)
        .sign(key, hashes.SHA256())
    )
    how = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    file.write_bytes(serialize_key_and_certificates(b"ann", key, made, None, how))


@pytest.fixture
def posted(silk_way: Rally, tmp_path: Path) -> Rally:
    """The sample with a classification that was published, and a certificate."""
    words = ("--after", "SS12", "--category", "cars", "--kind", "provisional")
    assert 0 == silk_way("publish", "classification", *words, *ANN).code
    _certificate(tmp_path / "ann.p12")
    return silk_way


def _draw(rally: Rally, *words: str) -> dict[str, Any]:
    made: dict[str, Any] = answer(rally, "document", "classification", "1", *words)
    return made


def test_the_sheet_is_the_beginning_of_what_is_signed(posted: Rally) -> None:
    """So its digest is the one on record; who shows PDF is told who signed it, and when."""
    plain = _draw(posted, "-o", "plain.pdf")
    made = _draw(posted, "-o", "signed.pdf", "--sign-with", "ann.p12")
    whole, sheet = Path("signed.pdf").read_bytes(), Path("plain.pdf").read_bytes()
    assert whole.startswith(sheet)
    assert {"sha256": plain["sha256"], "size": plain["size"]} == made["sheet"]
    assert made["reproduced"] is True
    assert hashlib.sha256(whole).hexdigest() == made["sha256"]
    told = answer(posted, "document", "check", "signed.pdf")
    assert (plain["sha256"], plain["size"], True) == (told["sha256"], told["size"], told["ok"])
    (signature,), (left,) = told["signatures"], told["not_checked"]
    assert left["what"] == f"whose the certificate {signature['fingerprint']} is"
    assert made["signed_by"]["certificate"] == signature["fingerprint"]
    assert signature["at"].startswith("2016-")
    assert [] == answer(posted, "document", "check", "plain.pdf")["signatures"]
    said = posted("document", "check", "signed.pdf").out
    assert f"Its first {len(sheet)} bytes are the sheet of #193, byte for byte." in said
    assert "Signed by Common Name: Ann Lee at 2016-" in said
    assert 0 == posted("verify").code
    if shutil.which("pdfsig"):
        shown = subprocess.run(
            ["pdfsig", "signed.pdf"], capture_output=True, text=True, check=False
        )
        assert "Signature is Valid." in shown.stdout
        assert "Total document signed" in shown.stdout


def test_a_sheet_that_nobody_signed_is_known_without_the_extra(
    posted: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads signatures is asked for where there is something to read."""
    _draw(posted, "-o", "plain.pdf")
    _draw(posted, "-o", "signed.pdf", "--sign-with", "ann.p12")
    monkeypatch.setattr(certified, "is_available", lambda: False)
    assert "It is the sheet of #193, byte for byte." in posted("document", "check", "plain.pdf").out
    refused = posted("document", "check", "signed.pdf")
    assert refused.code
    assert "pyHanko, which is not installed" in refused.err


def test_a_certificate_is_registered_with_a_key_for_office_and_term(
    posted: Rally, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose it is then follows from the record; out of its term it does not fit."""
    made = _draw(posted, "-o", "signed.pdf", "--sign-with", "ann.p12")
    said = posted("document", "check", "signed.pdf")
    assert "The certificate is registered for nobody here" in said.out
    digest = made["signed_by"]["certificate"].upper()
    shown = ":".join(digest[at : at + 2] for at in range(0, 64, 2))
    monkeypatch.setenv("RALLY_KEY", "office.key")
    assert 0 == posted("key", "new", "-o", "office.key").code
    register = ("key", "register", "office.key.pub", "--office", "organiser", "--holder", "Olga")
    more = ("--certificate", f"sha256 Fingerprint={shown}", "--by", "Olga", "--role", "organiser")
    assert 0 == posted(*register, *more).code
    said = posted("document", "check", "signed.pdf")
    assert 3 == said.code
    assert "registered for organiser, Olga, and not for that time." in said.out
    clock.now += 2000
    _draw(posted, "-o", "later.pdf", "--sign-with", "ann.p12")
    said = posted("document", "check", "later.pdf")
    assert 0 == said.code
    assert "It holds. The certificate is registered for organiser, Olga, in its term." in said.out


def _content(writer: IncrementalPdfFileWriter, page: Any) -> None:
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 m"))


def _note(writer: IncrementalPdfFileWriter, page: Any) -> None:
    note = generic.DictionaryObject()  # type: ignore[no-untyped-call]
    note["/Subtype"] = generic.NameObject("/FreeText")
    page["/Annots"] = generic.ArrayObject([writer.add_object(note)])


def _appended(pdf: bytes, change: Callable[[IncrementalPdfFileWriter, Any], None]) -> bytes:
    """A file to which somebody appended another first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]
    while page["/Type"] != "/Page":
        page = page["/Kids"].raw_get(0).get_object()
    change(writer, page)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def test_what_was_appended_beside_a_signature_is_told(posted: Rally) -> None:
    """Another page or a note may be shown; what is altered, or no sheet, is none."""
    _draw(posted, "-o", "signed.pdf", "--sign-with", "ann.p12")
    whole = Path("signed.pdf").read_bytes()
    for change in (_content, _note):
        Path("other.pdf").write_bytes(_appended(whole, change))
        said = posted("document", "check", "other.pdf")
        assert 3 == said.code
        assert "More than a signature was appended" in said.out
    size = answer(posted, "document", "check", "signed.pdf")["size"]
    Path("other.pdf").write_bytes(whole[:size] + whole[size:].replace(rb"D\0722016", rb"D\0722015"))
    said = posted("document", "check", "other.pdf")
    assert (3, True) == (said.code, "It does not hold." in said.out)
    Path("other.pdf").write_bytes(whole[:-2000])
    assert 5 == posted("document", "check", "other.pdf").code
    for data in (b"x" + whole, whole[:500]):
        Path("other.pdf").write_bytes(data)
        said = posted("document", "check", "other.pdf")
        assert 1 == said.code
        assert "is no sheet that was posted here" in said.err


def test_a_certificate_has_its_passphrase_and_its_term(posted: Rally) -> None:
    """Who can't be asked is told; one that has run out signs nothing; a key of office is none."""
    draw = ("document", "classification", "1", "-o", "signed.pdf", "--sign-with")
    _certificate(Path("locked.p12"), passphrase=b"sesame")
    said = posted(*draw, "locked.p12")
    assert (5, True) == (said.code, "has a passphrase, and nobody is there" in said.err)
    _certificate(Path("old.p12"), last=2016)
    said = posted(*draw, "old.p12")
    assert (1, True) == (said.code, "is valid from 2016-01-01" in said.err)
    assert 0 == posted("key", "new", "-o", "office.key").code
    said = posted(*draw, "office.key")
    assert 5 == said.code
    assert not Path("signed.pdf").exists()
