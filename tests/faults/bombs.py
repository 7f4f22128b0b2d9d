"""Bombs: small inputs that want to become large, or deep, in a process that may hold little.

Each is refused with a sentence, or read; in either case within the memory and the time that it has.
"""

from __future__ import annotations

import io
import random
import resource
import time
import zipfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from tests.faults.ledgers import Child, Said, copied, expect_no_traceback, said, sample
from tests.faults.table import Counts

MEGABYTES = 400
"""So much address space is there beside what the process holds already."""
SECONDS = 60
"""So long it may compute; how long it has to wait for that is the machine's."""
CODES = {0, 1, 2, 3, 4, 5}


def _xlsx(folder: Path, sheet: bytes) -> Path:
    """A workbook whose only sheet has that content."""
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        b'package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="'
        b'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override '
        b'PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-office'
        b'document.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/office'
        b'Document/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        b'main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        b'<sheets><sheet name="times" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/'
        b'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.'
        b'org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        b"</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    (folder / "times.xlsx").write_bytes(written.getvalue())
    return folder


_HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def _workbook_of_zeros(folder: Path) -> tuple[str, ...]:
    _xlsx(folder, _HEAD + b" " * 500_000_000)
    return ("import", "sheets", str(folder))


def _workbook_with_a_far_cell(folder: Path) -> tuple[str, ...]:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    _xlsx(folder, _HEAD + cell)
    return ("import", "sheets", str(folder))


def _workbook_of_entities(folder: Path) -> tuple[str, ...]:
    _xlsx(folder, _laughs("worksheet"))
    return ("import", "sheets", str(folder))


def _laughs(root: str) -> bytes:
    entities = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(12)
    )
    return f"<?xml version='1.0'?><!DOCTYPE {root} [{entities}]><{root}>&l11;</{root}>".encode()


def _road_book_of_entities(folder: Path) -> tuple[str, ...]:
    (folder / "book.gpx").write_bytes(_laughs("gpx"))
    return _gpx(folder)


def _road_book_that_is_deep(folder: Path) -> tuple[str, ...]:
    (folder / "book.gpx").write_bytes(b"<gpx>" + b"<a>" * 2_000_000)
    return _gpx(folder)


def _gpx(folder: Path) -> tuple[str, ...]:
    signed = ("--stage", "SS3", "--by", "Bo", "--role", "secretary")
    return ("import", "gpx", str(folder / "book.gpx"), *signed)


def _cells_of_a_file(folder: Path) -> tuple[str, ...]:
    (folder / "times.csv").write_bytes(b"stage,number,elapsed\nSS1," + b"1" * 60_000_000)
    return ("import", "sheets", str(folder))


def _columns_of_a_file(folder: Path) -> tuple[str, ...]:
    (folder / "times.csv").write_bytes(b"stage," * 1_000_000 + b"\n" + b"SS1," * 1_000_000)
    return ("import", "sheets", str(folder))


def _line(folder: Path, data: bytes) -> tuple[str, ...]:
    (folder / "log.jsonl").write_bytes(data)
    return ("import", "jsonl", str(folder / "log.jsonl"))


def _line_that_is_long(folder: Path) -> tuple[str, ...]:
    return _line(folder, b'{"type":"RemarkMade","text":"' + b"x" * 60_000_000 + b'"}')


def _line_that_is_deep(folder: Path) -> tuple[str, ...]:
    return _line(folder, b'{"type":' + b"[" * 10_000_000)


def _line_with_a_number(folder: Path) -> tuple[str, ...]:
    return _line(folder, b'{"type":"PenaltyGiven","amount_ms":' + b"9" * 20_000_000 + b"}")


def _lines_that_are_many(folder: Path) -> tuple[str, ...]:
    return _line(folder, b'{"type":"RemarkMade"}\n' * 400_000)


def _live_that_is_deep(folder: Path) -> tuple[str, ...]:
    stages = folder / "events" / "5" / "rallies" / "7"
    stages.mkdir(parents=True)
    (stages / "itinerary.json").write_bytes(b"[" * 10_000_000)
    return ("import", "wrc-live", str(folder))


def _basis_that_is_deep(folder: Path) -> tuple[str, ...]:
    (folder / "basis.json").write_bytes(b'{"basis":' * 1_000_000)
    return ("standings", "--basis", str(folder / "basis.json"))


def _rulebook_that_is_deep(folder: Path) -> tuple[str, ...]:
    (folder / "own.toml").write_bytes(b"a = " + b"[" * 1_000_000)
    return ("rulebook", "check", str(folder / "own.toml"))


BOMBS: tuple[Callable[[Path], tuple[str, ...]], ...] = (
    _workbook_of_zeros,
    _workbook_with_a_far_cell,
    _workbook_of_entities,
    _road_book_of_entities,
    _road_book_that_is_deep,
    _cells_of_a_file,
    _columns_of_a_file,
    _line_that_is_long,
    _line_that_is_deep,
    _line_with_a_number,
    _lines_that_are_many,
    _live_that_is_deep,
    _basis_that_is_deep,
    _rulebook_that_is_deep,
)


def bombs(seed: int, tries: int, folder: Path) -> Counts:
    """The row: so many of the bombs, the same ones for a seed."""
    counts, begun = Counts(), sample(folder / "sample.db")
    chosen = random.Random(seed).sample(BOMBS, min(tries, len(BOMBS)))
    for bomb in chosen:
        place = folder / bomb.__name__
        place.mkdir()
        child = Child(_reads, copied(begun, folder / "bombed.db"), bomb(place))
        counts.tried += 1
        about = bomb.__name__.strip("_").replace("_", " ")
        try:
            answer: Said = child.told(20 * SECONDS)
        except (EOFError, TimeoutError, AssertionError) as end:
            counts.find("tracebacks", f"{about}: {end!r}"[:300])
            continue
        child.end()
        if expect_no_traceback(counts, answer, about) and answer.code not in CODES:
            counts.find("tracebacks", f"{about}: exit code {answer.code}")
    counts.note = f"{MEGABYTES} MB, {SECONDS} s of computing each"
    return counts


def _reads(tell: Connection, ledger: Path, words: tuple[str, ...]) -> None:
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = held + MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    spent = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (spent + SECONDS, spent + SECONDS + 1))
    tell.send(said(ledger, *words))
