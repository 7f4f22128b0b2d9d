"""The checkpoint on a sheet: scanned as a telephone does, and the same bytes without the key."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from cli.documents import rendering
from cli.documents.rendering import Sheet, made_with, render
from tests.command_line.conftest import answer
from tests.command_line.pdf import attached, text
from tests.conftest import Rally

CLEO = ("--by", "Cleo", "--role", "clerk-of-the-course")
PUBLISH = ("publish", "classification", "--category", "cars", "--kind", "provisional", *CLEO)


def _page(rally: Rally, tmp_path: Path, *of: str) -> bytes:
    assert 0 == rally("document", *of, "-o", "sheet.pdf").code
    return (tmp_path / "sheet.pdf").read_bytes()


def test_a_sheet_bears_the_checkpoint_of_its_basis(silk_way: Rally, tmp_path: Path) -> None:
    """It rests on the checkpoint that was kept last, bears it, and needs no key to be drawn again.

    What witnesses sign later changes nothing on it, and what rests on another basis bears none.
    """
    silk_way("key", "new", "-o", "ledger.key")
    made = answer(silk_way, "checkpoint", "--key", "ledger.key", "--keep", *CLEO)
    posted = answer(silk_way, *PUBLISH)
    assert 192 == posted["cut_off"]
    assert made_with(("checkpoint",)) == posted["made_with"] != made_with()
    for name in ("ledger.key", "ledger.key.pub"):
        (tmp_path / name).rename(tmp_path / f"{name}.away")
    pdf = _page(silk_way, tmp_path, "classification", "1")
    assert made["checkpoint"] == attached(pdf)["checkpoint"]
    origin, size, root, _, signature = made["checkpoint"].splitlines()
    for each in (origin, size, root, signature.split(" ")[-1]):
        assert each in text(pdf).split(" ")

    silk_way("witness", "init", "club", "--name", "club.example")
    (tmp_path / "kept").write_text(made["checkpoint"])
    signing = ("witness", "cosign", "kept", "--witness", "club", "--trust", "ledger.key.pub.away")
    assert 0 == silk_way(*signing, "-o", "kept").code
    assert 0 == silk_way("keep", "kept", *CLEO).code
    assert pdf == _page(silk_way, tmp_path, "classification", "1")
    found = answer(silk_way, "verify")["documents"]
    assert [("1", "reproduced")] == [(each["document"], each["status"]) for each in found]

    without = answer(silk_way, *PUBLISH)
    assert (195, made_with()) == (without["cut_off"], without["made_with"])
    assert "checkpoint" not in attached(_page(silk_way, tmp_path, "classification", "2"))


def test_start_orders_and_decisions_bear_it_too(silk_way: Rally, tmp_path: Path) -> None:
    """A decision that of its last word: kept behind it, before the sheet is posted."""
    silk_way("key", "new", "-o", "ledger.key")
    keep = ("checkpoint", "--key", "ledger.key", "--keep", *CLEO)
    order = answer(silk_way, *keep)["checkpoint"]
    assert 0 == silk_way("publish", "start-order", "SS15", *CLEO).code
    assert order == attached(_page(silk_way, tmp_path, "start-order", "SS15"))["checkpoint"]
    decided = answer(silk_way, "decide", "reprimand", "101", "--reason", "so seen", *CLEO)
    kept = answer(silk_way, *keep)
    assert decided["position"] == kept["size"]
    assert 0 == silk_way("publish", "decision", "clerk-2", *CLEO).code
    drawn = attached(_page(silk_way, tmp_path, "decision", "clerk-2"))
    assert kept["checkpoint"] == drawn["checkpoint"]
    assert ["reproduced"] * 2 == [e["status"] for e in answer(silk_way, "verify")["documents"]]


def test_the_code_is_scanned_from_the_sheet(
    silk_way: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is printed, at 200 dots an inch: byte for byte the checkpoint, which is a file then."""
    silk_way("key", "new", "-o", "ledger.key")
    made = answer(silk_way, "checkpoint", "--key", "ledger.key", "--keep", *CLEO)
    assert 0 == silk_way(*PUBLISH).code
    data = attached(_page(silk_way, tmp_path, "classification", "1"))
    with monkeypatch.context() as printing:
        printing.setattr(rendering, "_FORMAT", {"format": "png", "ppi": 200})
        page = render(Sheet("classification", data))
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page)))
    assert made["checkpoint"] == found.bytes.decode()
    (tmp_path / "scanned").write_bytes(found.bytes)
    checked = ("verify", "--checkpoint", "scanned", "--trust", "ledger.key.pub")
    assert 0 == silk_way(*checked).code
