"""The folder of exhibits: each file under its digest, kept once, and found out when it changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import Altered, NotFound, Unavailable, Unreadable
from ledger.exhibits import Exhibits, folder_of


@pytest.mark.parametrize(
    ("ledger", "chosen", "folder"),
    [
        ("rally.db", None, "rally.db.exhibits"),
        ("/data/dune.db", "elsewhere", "/data/dune.db.exhibits"),
        ("sqlite:////data/dune.db", None, "/data/dune.db.exhibits"),
        ("postgresql://ann@host/name", None, "rally.exhibits"),
        ("postgresql+psycopg://ann@host/name", "/srv/exhibits", "/srv/exhibits"),
    ],
)
def test_where_the_exhibits_of_a_ledger_lie(ledger: str, chosen: str | None, folder: str) -> None:
    """Beside its file; of a ledger on a server, in the folder that was chosen."""
    assert Path(folder) == folder_of(ledger, chosen)


def test_a_file_is_kept_once_whatever_it_is_called(tmp_path: Path) -> None:
    """Two names, one digest, one file; nothing half-written stays behind."""
    store = Exhibits(tmp_path / "kept")
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"a photo")
        kept = store.keep(tmp_path / name)
        assert kept == store.measure(tmp_path / name)
    assert [kept.digest] == [each.name for each in store.folder.iterdir()]
    assert (b"a photo", 7) == (store.read(kept.digest), kept.size)
    assert "here" == store.state(kept.digest)


def test_what_is_missing_or_altered_is_never_given_out(tmp_path: Path) -> None:
    """It is said which; keeping the right file again sets it right."""
    store = Exhibits(tmp_path / "kept")
    (tmp_path / "a.jpg").write_bytes(b"a photo")
    digest = store.keep(tmp_path / "a.jpg").digest
    (store.folder / digest).write_bytes(b"another photo")
    with pytest.raises(Altered):
        store.read(digest)
    assert "altered" == store.state(digest)
    (store.folder / digest).unlink()
    with pytest.raises(NotFound):
        store.read(digest)
    assert "missing" == store.state(digest)
    store.keep(tmp_path / "a.jpg")
    assert "here" == store.state(digest)


def test_what_can_not_be_read_or_kept_is_told_plainly(tmp_path: Path) -> None:
    """No file, and a folder that can't be made."""
    (tmp_path / "a.jpg").write_bytes(b"a photo")
    with pytest.raises(Unreadable, match="nowhere"):
        Exhibits(tmp_path / "kept").keep(tmp_path / "nowhere.jpg")
    with pytest.raises(Unavailable, match="can't be written"):
        Exhibits(tmp_path / "a.jpg").keep(tmp_path / "a.jpg")
