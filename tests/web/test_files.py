"""The notice board and the exhibits in a browser: what hangs there, and what may be had of it."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import HTTP
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.main import run
from cli.web.build import BUILD
from cli.web.files import BYTES, HARMLESS, LONGEST_NAME, disposition, media_of, name_of
from cli.web.openapi import document
from cli.web.words import bytes_of
from ledger.log import Ledger
from ledger.times import Instant
from ledger.vocabulary import ExhibitBound, Voided
from tests.conftest import NOW
from tests.web.conftest import Get, copied, settings
from tests.web.test_twins import fresh

RALLY = "/loop-2016"
PAGE = {"accept": "text/html"}
CLERK = ("--by", "Ann Lee", "--role", "clerk-of-the-course", "--clock-is-right")
STEWARDS = ("--by", "A. Chair", "--role", "stewards", "--clock-is-right")
HOSTILE = '../../etc/passwd"; filename=x\r\nSet-Cookie: a=1\r\n\r\n<script>\u202egpj.exe.html'


class Board(NamedTuple):
    """A ledger on whose board something hangs, with files bound to what it says."""

    ledger: Path
    folder: Path
    digests: dict[str, str]


@pytest.fixture(scope="module")
def board(ledgers: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Board:
    """The case: three documents hang already; more are posted here, and files are bound."""
    folder = tmp_path_factory.mktemp("board")
    ledger = copied(ledgers("case"), folder / "rally.db")
    digests = {}

    def act(*words: str) -> None:
        assert 0 == run(["--ledger", str(ledger), *words], settings())

    def bind(to: str, name: str, data: bytes, *words: str) -> None:
        file = folder / name
        file.write_bytes(data)
        digests[name] = hashlib.sha256(data).hexdigest()
        act("exhibit", "add", to, str(file), "--title", f"About {name}", *words, *STEWARDS)

    act("publish", "classification", "--after", "SS1", "--kind", "provisional", *CLERK)
    act("publish", "decision", "stewards-1", *STEWARDS)
    bind("stewards-1", "card.jpg", b"\xff\xd8\xff" + b"x" * 5000)
    bind("stewards-1", "hearing.mp3", b"ID3", "--for", "stewards", "--for", "102")
    bind("doc:4", "page.html", b"<script>alert(1)</script>")
    bind("doc:4", "gone.pdf", b"%PDF-")
    bind("doc:4", "other.pdf", b"%PDF-1")
    act("record", "DocumentPosted", "document=B1", "title=Water", "kind=communication", *CLERK)
    lying = Path(f"{ledger}.exhibits")
    (lying / digests["gone.pdf"]).unlink()
    (lying / digests["other.pdf"]).write_bytes(b"%PDF-2")
    return Board(ledger, folder, digests)


@pytest.fixture
def get(board: Board) -> Get:
    """GET of that ledger."""
    return fresh(board.ledger)


def text_of(page: bytes) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


# -- documents -------------------------------------------------------------------------------------


def test_the_board_says_what_became_of_each(get: Get) -> None:
    """Number, kind, what came in its place and in whose place it came, PDF and drift."""
    found = get(f"{RALLY}/publications", **PAGE).body.decode()
    papers = re.findall(r'<li class="paper.*?(?=<li class="paper|</ol>)', found, re.DOTALL)
    assert 6 == len(papers)
    second = next(each for each in papers if "Document 2:" in each)
    said = text_of(second.encode())
    assert "amended 1 superseded by document 3 in the place of document 1 today: drifted" in said
    hrefs = re.findall(r'href="([^"]+)"', second)
    assert f"{RALLY}/publications/%2317.pdf" in hrefs
    assert f"{RALLY}/drift/%2317" in hrefs
    drift = get(f"{RALLY}/drift/%2317", **PAGE)
    assert (200, True) == (drift.status, "103" in text_of(drift.body))
    assert "today's answer equals it" in text_of(found.encode()).replace("&#39;", "'")


def test_a_document_has_a_page(get: Get) -> None:
    """By its number or its record; of a decision that was posted it leads to the decision."""
    (row,) = json.loads(get(f"{RALLY}/publications/5.json").body)["rows"]
    for name in ("5", f"%23{row['position']}"):
        page = get(f"{RALLY}/publications/{name}", **PAGE)
        assert 200 == page.status
        assert "Document 5" in text_of(page.body)
        assert "/decisions/" in page.body.decode()
    missing = get(f"{RALLY}/publications/77", **PAGE)
    assert (404, True) == (missing.status, "as document 77" in text_of(missing.body))


def test_a_document_is_the_sheet_that_was_posted(
    get: Get, board: Board, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """As `rally document` draws it, byte for byte; at a moment its address is for ever."""
    pytest.importorskip("typst", reason="needs the extra `pdf`")
    for words, number in ((("classification", "4"), "4"), (("decision", "doc:5"), "5")):
        capsysbinary.readouterr()
        assert 0 == run(["--ledger", str(board.ledger), "document", *words, "-o", "-"], settings())
        drawn = capsysbinary.readouterr().out
        found = get(f"{RALLY}/publications/{number}.pdf")
        assert (200, "application/pdf") == (found.status, found.headers["content-type"])
        assert drawn == found.body
    moved = get(f"{RALLY}/publications/4.pdf?at=24")
    assert f"{RALLY}/publications/4.pdf?at=24&v={BUILD}" == moved.headers["location"]
    for _ in range(2):  # the second time it is kept
        found = get(moved.headers["location"])
        assert "immutable" in found.headers["cache-control"]
        assert "object-src 'self'" in found.headers["content-security-policy"]
        assert "loop-2016 4.pdf" in found.headers["content-disposition"]
    early = get(f"{RALLY}/publications/4.pdf?at=20&v={BUILD}")
    assert 404 == early.status


def test_without_what_draws_it_one_line_says_so(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    """The board is the same; who asks for the sheet is told what is missing."""
    before = get(f"{RALLY}/publications", **PAGE).body
    monkeypatch.setattr("cli.documents.rendering.is_available", lambda: False)
    monkeypatch.setitem(sys.modules, "typst", None)
    found = get(f"{RALLY}/publications/4.pdf", **PAGE)
    assert (503, True) == (found.status, b"which is not installed" in found.body)
    assert before == get(f"{RALLY}/publications", **PAGE).body


def test_what_no_ledger_drew_has_no_sheet(get: Get) -> None:
    """A communication, which its office wrote: the board has no link, and who asks is told."""
    page = get(f"{RALLY}/publications/B1", **PAGE).body.decode()
    assert ".pdf" not in page.partition("<main")[2]
    found = get(f"{RALLY}/publications/B1.pdf", **PAGE)
    assert (404, True) == (found.status, b"written by its office" in found.body)
    assert 404 == get(f"{RALLY}/publications.pdf").status
    assert 404 == get(f"{RALLY}/standings.pdf").status


# -- exhibits --------------------------------------------------------------------------------------


def exhibit(get: Get, board: Board, name: str) -> Any:
    """What is answered to who asks for an exhibit."""
    return get(f"{RALLY}/exhibit/get/{board.digests[name]}", **PAGE)


def test_an_exhibit_is_kept_and_never_shown(get: Get, board: Board) -> None:
    """Its bytes, as a file with its name; what a browser would run is only bytes."""
    card = exhibit(get, board, "card.jpg")
    assert (200, "image/jpeg") == (card.status, card.headers["content-type"])
    assert board.digests["card.jpg"] == hashlib.sha256(card.body).hexdigest()
    page = exhibit(get, board, "page.html")
    assert (200, BYTES) == (page.status, page.headers["content-type"])
    for each in (card, page):
        assert each.headers["content-disposition"].startswith("attachment; ")
        assert "nosniff" == each.headers["x-content-type-options"]
        assert "sandbox" in each.headers["content-security-policy"]
        assert "no-store" == each.headers["cache-control"]


def test_the_pages_lead_to_what_may_be_had(get: Get, board: Board) -> None:
    """From the decision, the document, the record and the list; what is restricted has no link."""
    for where, names in (
        ("decisions/stewards-1", ["card.jpg"]),
        ("publications/4", ["page.html", "gone.pdf", "other.pdf"]),
        ("exhibit/list", ["card.jpg", "page.html", "gone.pdf", "other.pdf"]),
    ):
        page = get(f"{RALLY}/{where}", **PAGE).body.decode()
        assert [board.digests[n] for n in names] == re.findall(r"/exhibit/get/(\w+)", page)
    assert "only for stewards, 102" in text_of(get(f"{RALLY}/exhibit/list", **PAGE).body)


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("hearing.mp3", 422, "for stewards, 102 only"),
        ("gone.pdf", 404, "not kept here"),
        ("other.pdf", 409, "is another file"),
    ],
)
def test_what_is_not_to_be_had_says_why(
    get: Get, board: Board, name: str, status: int, said: str
) -> None:
    """In words, and without a word on where it lies on that machine."""
    found = exhibit(get, board, name)
    assert (status, True) == (found.status, said in text_of(found.body))
    assert str(board.folder) not in found.body.decode()
    assert "rally.db" not in found.body.decode()


def test_what_was_taken_back_is_not_given_out(board: Board, tmp_path: Path) -> None:
    """By no address of before either: what counts is what is known now."""
    (tmp_path / "rally.db.exhibits").symlink_to(f"{board.ledger}.exhibits")
    ledger = copied(board.ledger, tmp_path / "rally.db")
    get = fresh(ledger)
    where = f"{RALLY}/exhibit/get/{board.digests['card.jpg']}"
    assert 200 == get(where).status
    opened = Ledger(str(ledger), lambda: NOW)
    log = opened.log("loop-2016")
    (bound,) = (each for each in log.read() if "card.jpg" in str(each.occurrence()))
    at: dict[str, Any] = {"recorded_at": Instant(NOW, 0), "by": "A", "role": "stewards"}
    log.append([Voided(rally="loop-2016", target=bound.id, reason="of somebody else", **at)])
    opened.close()
    assert 404 == fresh(ledger)(where).status


@pytest.mark.parametrize(
    "name",
    [
        *("..%2f..%2fetc%2fpasswd", "../../../etc/passwd", "%2e%2e", "%00", "%0d%0aX:1", ".new-1"),
        *("%ff", "a" * 64, "#1", "1", "7" * 5000),
    ],
)
def test_no_name_leads_out_of_the_folder(get: Get, board: Board, name: str) -> None:
    """Whatever is asked for: only what a record binds is looked for, under its digest."""
    found = get(f"{RALLY}/exhibit/get/{name}")
    assert found.status in (404, 422)
    assert {"content-disposition", "x"}.isdisjoint(found.headers)


HEADER = re.compile(
    r"""attachment; filename="[A-Za-z0-9._ -]+"; filename\*=UTF-8''[A-Za-z0-9._~%-]+"""
)


def bound(file: str, title: str = "x", media: str = "") -> ExhibitBound:
    """An exhibit of that name."""
    at = Instant(NOW, 0)
    told: dict[str, Any] = {"target": "0" * 64, "digest": "f" * 64, "title": title}
    return ExhibitBound(rally="x", recorded_at=at, file=file, media=media, **told)


@given(st.text(st.characters(codec="utf-8"), max_size=300) | st.just(HOSTILE))
def test_no_name_ends_a_header(file: str) -> None:
    """A name is read by others as one name of one folder, whatever stands in the log."""
    name = name_of(bound(file))
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    message = EmailMessage(policy=HTTP)
    message["Content-Disposition"] = header
    assert "attachment" == message.get_content_disposition()
    assert HEADER.fullmatch(header)
    assert len(name) <= LONGEST_NAME
    assert name
    assert not set(name) & set('/\\:*?"<>|\r\n\0\u202e')
    assert not name.startswith(".")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("image/png", "image/png"),
        ("IMAGE/PNG; charset=x", "image/png"),
        *((each, BYTES) for each in ("text/html", "image/svg+xml", "application/xhtml+xml", "")),
        *((each, BYTES) for each in ("text/javascript", "application/json", "text/css", "x")),
        ("text/html\r\nX: 1", BYTES),
    ],
)
def test_a_file_is_nothing_that_a_browser_runs(said: str, told: str) -> None:
    """What it is said to be counts only where that is harmless."""
    assert told == media_of(said)
    assert not any(word in each for each in HARMLESS for word in ("html", "xml", "script", "css"))


def test_how_large_a_file_is() -> None:
    """As people say it."""
    said = [bytes_of(size) for size in (0, 999, 1000, 54_324, 999_600, 2_700_000, 10**16)]
    told = ["0 bytes", "999 bytes", "1.0 kB", "54 kB", "1.0 MB", "2.7 MB", "10000 TB"]
    assert told == said


def test_the_description_tells_of_them() -> None:
    """The sheet of a document and the file of an exhibit are in it; nothing of them in /healthz."""
    paths = document()["paths"]
    assert {"/{rally}/publications/{document}.pdf", "/{rally}/exhibit/get/{exhibit}"} <= set(paths)
    assert "/{rally}/publications.pdf" not in paths
    pdf = paths["/{rally}/publications/{document}.pdf"]["get"]["responses"]["200"]["content"]
    assert {"application/pdf"} == set(pdf)


# -- rules and receipts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (("rulebook",), "rulebook/show.pdf"),
        (("rulebook", "--stage", "SS1"), "rulebook/show.pdf?stage=SS1"),
        (("rulebook", "--known-at", "#5"), "rulebook/show.pdf?at=5"),
        (("receipt", "appeal-1"), "document/receipt/appeal-1.pdf"),
    ],
)
def test_a_sheet_is_what_the_command_draws(
    get: Get, board: Board, words: tuple[str, ...], asked: str
) -> None:
    """Byte for byte, under a name of its own; a page leads there."""
    there = get(f"{RALLY}/{asked}", **PAGE)
    if there.status == 302:
        there = get(there.headers["location"])
    assert (200, "application/pdf") == (there.status, there.headers["content-type"])
    assert "inline" in there.headers["content-disposition"]
    drawn = board.folder / "drawn.pdf"
    said = ["--ledger", str(board.ledger), "document", *words, "-o", str(drawn)]
    assert 0 == run(said, settings())
    assert drawn.read_bytes() == there.body
    page = get(f"{RALLY}/{asked.partition('.pdf')[0]}", **PAGE).body.decode()
    assert f"/{asked.partition('?')[0]}" in page


def test_the_docket_leads_to_receipts_and_rules_to_what_they_mean(get: Get) -> None:
    """As links, and what they lead to is there."""
    for page, link in (
        ("docket", "document/receipt/appeal-1"),
        ("docket", "document/receipt/protest-1"),
        ("rulebook/show", "rulebook/explain/protests.window_ms"),
        ("rulebook/explain/protests.window_ms", "rulebook/check"),
        ("rulebook/check", "rulebook/check/ncr-2026"),
        ("rulebook/explain", "rulebook/explain/ties.chain"),
    ):
        assert f'href="{RALLY}/{link}"' in get(f"{RALLY}/{page}", **PAGE).body.decode()
        assert 200 == get(f"{RALLY}/{link}", **PAGE).status


def test_no_file_of_the_machine_is_read_as_a_rulebook(get: Get, board: Board) -> None:
    """Whatever is named, only what comes with the ledger is told."""
    (board.folder / "own.toml").write_text("[teams.counting]\nvalue = 2\nsource = 'x'\n")
    for named in (f"{board.folder}/own.toml", "own.toml", "../rulebooks/ncr-2026.toml"):
        answer = get(f"{RALLY}/rulebook/check/{quote(named, safe='')}.json")
        assert 404 == answer.status
        assert b"There is no rulebook" in answer.body
