"""`rally export archive`: what is in it, who may read it, and what publishing again writes."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.archive import folder as module
from cli.archive.folder import publish
from cli.archive.layout import Names, digest
from cli.archive.publication import Held, Publication
from cli.context import Settings
from projections.replay import tiles
from projections.replay.shown import Shown
from tests.archive.conftest import contents, times, told
from tests.conftest import Rally, Ticking
from tests.looked import some_of

BY = ("--by", "Ann", "--role", "clerk-of-the-course")


def recorded(rally: Rally, number: int = 101, stage: str = "SS2") -> None:
    """One more record, which moves somebody."""
    words = (f"number={number}", f"stage={stage}", "amount_ms=0:05:00", "--reason", "speeding", *BY)
    said = rally("record", "PenaltyGiven", *words)
    assert said.code == 0, said


def test_the_manifest_names_every_file(silk_way: Rally, archive: Path) -> None:
    found = contents(archive)
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest["files"] == {path: digest(data) for path, data in found.items()}
    verified = told(silk_way, "verify")
    assert manifest["basis"]["root"] == verified["root"]
    assert manifest["basis"]["head"] == manifest["basis"]["position"] == verified["size"]
    assert {"index.html", "replay/player.js", "replay/archive.js", "replay/0.js"} <= found.keys()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("standings.json", ("standings",)),
        ("standings/after/SS12.json", ("standings", "--after", "SS12")),
        ("standings/stage/SS12.json", ("standings", "--stage", "SS12")),
        ("standings/category/cars.json", ("standings", "--category", "cars")),
        ("start-order/SS2.json", ("start-order", "SS2")),
        ("crew/102.json", ("crew", "102")),
        ("why/102.json", ("why", "102")),
        ("time-card/102.json", ("time-card", "102")),
        *(
            (f"{read}.json", (read,))
            for read in (
                *("teams", "retirements", "finishers", "penalties", "publications", "decisions"),
                *("docket", "protest-clock", "anomalies", "check", "history"),
            )
        ),
    ],
)
def test_a_page_is_what_the_command_says(
    silk_way: Rally, archive: Path, path: str, words: tuple[str, ...]
) -> None:
    """Byte for byte, run on the basis of the archive, however far the log went on since."""
    recorded(silk_way, 104, "SS13")
    said = silk_way(*words, "--basis", archive / "manifest.json", "--json")
    assert said.code in (0, 1), said  # a check that found something
    assert (archive / path).read_text(encoding="utf-8") == said.out


def test_a_record_is_what_the_command_says(silk_way: Rally, archive: Path) -> None:
    said = silk_way("show", "149", "--json")
    assert (archive / "record/149.json").read_text(encoding="utf-8") == said.out


def test_nothing_private_and_nothing_of_this_machine(dune: Rally, tmp_path: Path) -> None:
    words = ("text=called", "private.phone=0170-4711", *BY)
    assert dune("record", "RemarkMade", *words).code == 0
    assert dune("export", "archive", "a").code == 0
    for data in some_of(contents(tmp_path / "a").values()):
        assert b"0170-4711" not in data
        assert str(tmp_path).encode() not in data


@pytest.mark.slow
def test_the_same_log_gives_the_same_bytes(silk_way: Rally, archive: Path) -> None:
    assert silk_way("export", "archive", "again").code == 0
    assert contents(archive) == contents(Path("again"))


def test_publishing_again_without_news_writes_nothing(dune: Rally, dunes: Path) -> None:
    before = times(dunes)
    assert told(dune, "export", "archive", "dunes")["written"] == 0
    assert times(dunes) == before


def in_small_tiles(rally: Rally, within: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of which most tiles are full: of 6 positions each."""
    monkeypatch.setattr(tiles, "SIZE", 6)
    monkeypatch.setattr("cli.archive.publication.SIZE", 6)
    assert rally("export", "archive", "a").code == 0
    return within / "a"


def test_publishing_again_leaves_full_tiles_alone(
    dune: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are neither computed nor written; one that is another one is made anew."""
    folder = in_small_tiles(dune, tmp_path, monkeypatch)
    before, was = contents(folder), times(folder)
    recorded(dune)
    taken, take = list[int](), tiles.Tile.take

    def watched(tile: tiles.Tile, position: int, shown: Shown) -> None:
        taken.append(position)
        take(tile, position, shown)

    monkeypatch.setattr(tiles.Tile, "take", watched)
    written = told(dune, "export", "archive", "a")["written"]
    after, now = contents(folder), times(folder)
    full = [f"replay/{number}.js" for number in range(4)]
    assert min(taken) == 24
    for path in some_of(full):
        assert (before[path], was[path]) == (after[path], now[path])
    changed = {path for path in after if was.get(path) != now[path]}
    assert written == len(changed) < len(after)
    assert {"replay/4.js", "replay/archive.js", "manifest.json", "crew/101.json"} <= changed
    assert "replay/player.js" not in changed
    (folder / "replay/2.js").write_bytes(after["replay/2.js"].replace(b"103", b"105"))
    assert contents(folder) != after
    assert dune("export", "archive", "a").code == 0
    assert contents(folder) == after


def test_a_tile_that_the_manifest_vouches_for_is_made_anew_where_it_is_another(
    dune: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the folder says of itself is no proof: this ledger remembers what it computed."""
    folder = in_small_tiles(dune, tmp_path, monkeypatch)
    before = contents(folder)
    falsified = before["replay/2.js"].replace(b"103", b"105")
    manifest = json.loads(before["manifest.json"])
    manifest["files"]["replay/2.js"] = digest(falsified)
    (folder / "replay/2.js").write_bytes(falsified)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    findings = told(dune, "verify", "--archive", folder, code=3)["archive"]["findings"]
    assert findings == ["replay/2.js is not what this ledger tells at #28."]
    assert dune("export", "archive", "a").code == 0
    assert contents(folder) == before


def test_pages_that_are_no_more_are_taken_away(dune: Rally, dunes: Path) -> None:
    """Published as of an earlier moment: what was not known then is gone."""
    assert dune("export", "archive", "early", "--known-at", 8).code == 0
    said = told(dune, "export", "archive", "dunes", "--known-at", 8)
    assert "crew/201.json" in said["removed"]
    assert contents(dunes) == contents(dunes.with_name("early"))


@pytest.mark.parametrize("other", ["a file", "a folder of something", "another rally"])
def test_something_else_is_never_overwritten(dune: Rally, tmp_path: Path, other: str) -> None:
    place = tmp_path / "there"
    if other == "a file":
        place.write_text("mine")
    elif other == "a folder of something":
        place.mkdir()
        (place / "mine").write_text("mine")
    else:
        words = (
            "loop",
            "--title",
            "Loop",
            "--timezone",
            "+03:00",
            "--by",
            "Ann",
            "--role",
            "secretary",
        )
        assert dune("--ledger", "loop.db", "new", *words).code == 0
        assert dune("--ledger", "loop.db", "export", "archive", "there").code == 0
    before = contents(place) if place.is_dir() else place.read_bytes()
    error = told(dune, "export", "archive", "there", code=1)["error"]
    assert error["kind"] == "refused"
    assert (contents(place) if place.is_dir() else place.read_bytes()) == before


def test_who_may_read_it(dune: Rally, dunes: Path) -> None:
    """A new one is its owner's alone; what comes into one that is open to others is as well."""
    modes = {stat.S_IMODE(each.stat().st_mode) for each in dunes.rglob("*")}
    assert modes == {0o600, 0o700}
    assert stat.S_IMODE(dunes.stat().st_mode) == 0o700
    for each in (dunes, *dunes.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    recorded(dune)
    said = dune(
        "decide",
        "penalty",
        "101",
        "0:01:00",
        "--stage",
        "SS2",
        "--fact",
        "late",
        "--reason",
        "late",
        "--by",
        "Ann",
        "--role",
        "stewards",
    )
    assert said.code == 0, said
    assert dune("export", "archive", "dunes").code == 0
    assert (dunes / "record/30.json").exists()
    modes = {stat.S_IMODE(each.stat().st_mode) for each in dunes.rglob("*")}
    assert modes == {0o644, 0o755}


def test_an_archive_that_fails_leaves_nothing(
    dune: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: object, path: str, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module._Folder, "_put", full)
    said = dune("export", "archive", "new")
    assert said.code == 5
    assert "No space left" in said.err
    assert not (tmp_path / "new").exists()
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".new-")]


@pytest.fixture
def posted(dune: Rally) -> list[str]:
    """The digests of two documents that were posted: a classification and a decision."""
    pytest.importorskip("typst", reason="needs the extra `pdf`")
    penalty = ("penalty", "101", "0:01:00", "--stage", "SS2", "--fact", "late", "--reason", "late")
    assert dune("decide", *penalty, *BY).code == 0
    for words in (("classification", "--category", "car"), ("decision", "clerk-1")):
        kind = ("--kind", "provisional") if words[0] == "classification" else ()
        assert dune("publish", *words, *kind, *BY).code == 0
    rows = told(dune, "log", "--newest", 2)["records"]
    said = [each["occurrence"] for each in rows]
    return [said[1]["file"], said[0]["digest"]]


@pytest.mark.slow
def test_documents_are_there_as_they_were_posted(dune: Rally, posted: list[str]) -> None:
    """As PDF, to which their page leads; each has the digest that stands in the log."""
    assert dune("export", "archive", "a").code == 0
    for path, held in zip(("30", "31"), posted, strict=True):
        pdf = Path("a/publications", f"{path}.pdf").read_bytes()
        assert (held, b"%PDF") == (digest(pdf), pdf[:4])
        assert f'href="{path}.pdf"' in Path("a/publications", f"{path}.html").read_text()
        assert f'href="publications/{path}.pdf"' in Path("a/publications.html").read_text()
    assert told(dune, "verify", "--archive", "a")["ok"] is True


@pytest.mark.slow
def test_a_document_that_is_not_the_one_posted_is_found(dune: Rally, posted: list[str]) -> None:
    """Though the manifest vouches for it: its digest stands in the log. Published anew it is it."""
    assert dune("export", "archive", "a").code == 0
    before = contents(Path("a"))
    manifest = json.loads(before["manifest.json"])
    manifest["files"]["publications/30.pdf"] = digest(b"%PDF other")
    Path("a/publications/30.pdf").write_bytes(b"%PDF other")
    Path("a/manifest.json").write_text(json.dumps(manifest))
    found = told(dune, "verify", "--archive", "a", code=3)["archive"]["findings"]
    assert found == ["publications/30.pdf is not the document that was posted."]
    assert dune("export", "archive", "a").code == 0
    assert contents(Path("a")) == before


@pytest.mark.slow
def test_documents_that_can_not_be_drawn_here(
    dune: Rally, posted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that lies there as it was posted stays; a new archive has none and leads to none."""
    assert dune("export", "archive", "a").code == 0
    monkeypatch.setattr("cli.archive.sheets.is_available", lambda: False)
    recorded(dune)
    assert dune("export", "archive", "a").code == 0
    assert digest(Path("a/publications/30.pdf").read_bytes()) == posted[0]
    assert dune("export", "archive", "b").code == 0
    assert not list(Path("b").rglob("*.pdf"))
    assert ".pdf" not in Path("b/publications.html").read_text()
    for folder in ("a", "b"):
        assert told(dune, "verify", "--archive", folder)["ok"] is True


def test_one_that_was_broken_off_is_mended(
    dune: Rally, dunes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In between each file is whole; the next publication leaves nothing over."""
    recorded(dune)
    put, written = module._Folder._put, list[str]()

    def stops(folder: module._Folder, path: str, data: bytes) -> None:
        if len(written) == 9:
            raise KeyboardInterrupt
        written.append(path)
        put(folder, path, data)

    monkeypatch.setattr(module._Folder, "_put", stops)
    assert dune("export", "archive", "dunes").code == 130
    monkeypatch.undo()
    monkeypatch.chdir(dunes.parent)
    (dunes / ".new-0123456789abcdef").write_text("half")
    for position in some_of((3, 20, 28)):
        said = dune("replay", dunes, position, "--json")
        assert said.code in (0, 3)  # of the tile that goes further the manifest does not know yet
    assert dune("export", "archive", "dunes").code == 0
    assert dune("export", "archive", "fresh").code == 0
    assert contents(dunes) == contents(dunes.with_name("fresh"))


def test_verify_finds_what_is_altered_missing_or_too_much(dune: Rally, dunes: Path) -> None:
    assert told(dune, "verify", "--archive", dunes)["archive"]["ok"] is True
    (dunes / "standings.json").write_bytes(b"{}")
    (dunes / "crew/102.json").unlink()
    (dunes / "index.html").unlink()
    (dunes / "index.html").symlink_to(dunes / "teams.json")
    (dunes / "extra").mkdir()
    (dunes / "extra/page.html").write_text("<p>")
    found = told(dune, "verify", "--archive", dunes, code=3)
    assert found["ok"] is False
    assert found["archive"]["findings"] == [
        "crew/102.json is missing.",
        "index.html is a link, and no file.",
        "standings.json is not the file that the manifest names.",
        "extra/page.html is no file of the archive.",
    ]
    said = dune("verify", "--archive", dunes)
    assert "28 records verify" in said.out
    assert "does NOT fit: 4 findings" in said.out


def test_verify_without_a_ledger(dune: Rally, dunes: Path) -> None:
    """Its files are held against its manifest, and it is said that no more was done."""
    Path("rally.db").unlink()
    found = told(dune, "verify", "--archive", dunes)
    assert found["archive"]["ok"] is True
    assert found["not_checked"][0]["what"] == "the log"
    assert "was not checked" in dune("verify", "--archive", dunes).out
    (dunes / "teams.json").write_text("{}")
    assert told(dune, "verify", "--archive", dunes, code=3)["ok"] is False
    assert dune("--ledger", "nowhere.db", "verify", "--archive", dunes).code == 5


def test_verify_against_another_log(dune: Rally, dunes: Path) -> None:
    """A log that was cut off, another history, another rally; and one that went on."""
    recorded(dune)
    assert told(dune, "verify", "--archive", dunes)["ok"] is True
    lines = dune("export", "jsonl", "-").out.splitlines(keepends=True)
    Path("cut.jsonl").write_text("".join(lines[:20]), encoding="utf-8")
    assert dune("--ledger", "cut.db", "import", "jsonl", "cut.jsonl").code == 0
    found = told(dune, "--ledger", "cut.db", "verify", "--archive", dunes, code=3)
    assert found["archive"]["findings"] == ["It is of #28, and the log ends at #20."]
    for number in some_of(range(10)):
        recorded(lambda *words: dune("--ledger", "cut.db", *words), 101 + number % 3)
    found = told(dune, "--ledger", "cut.db", "verify", "--archive", dunes, code=3)
    assert re.match(
        r"Its root at #28 is \w{16}, and the log has \w{16} there: this is not",
        found["archive"]["findings"][0],
    )


def test_names_of_paths_are_never_two_of_one_and_never_lead_away() -> None:
    names = Names()
    asked = [
        *(
            "SS1",
            "ss1",
            "Ss1",
            "../x",
            "..",
            ".",
            "",
            "a/b",
            "a%2Fb",
            "CON",
            "x" * 4000,
            "x" * 4001,
        ),
        *(
            "\N{RIGHT-TO-LEFT OVERRIDE}102",
            "é",
            "e\N{COMBINING ACUTE ACCENT}",
            "-x",
            "~",
            "T1+",
            "T1 +",
            "a:b",
            "a\\b",
            "\0",
            "%",
        ),
    ]
    paths = [names.path("crew", each) for each in asked]
    assert len({each.casefold() for each in paths}) == len(asked)
    for path in some_of(paths):
        assert re.fullmatch(r"crew/[\w%~-][\w%~.+-]{0,120}\.json", path, re.ASCII), path
    assert names.path("crew", "102") == "crew/102.json"


def test_publishing_again_without_news_makes_nothing(
    dune: Rally, dunes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this ledger published last is not made a second time; altered it is made anew."""
    assert dune("export", "archive", "dunes").code == 0
    before, made = contents(dunes), list[int]()
    files = Publication.files

    def watched(publication: Publication, held: Held) -> Iterator[tuple[str, bytes]]:
        made.append(publication.seen.position)
        return files(publication, held)

    monkeypatch.setattr(Publication, "files", watched)
    again = told(dune, "export", "archive", "dunes")
    assert (again["written"], again["files"], made) == (0, len(before) - 1, [])
    (dunes / "crew/102.html").write_text("other")
    assert told(dune, "export", "archive", "dunes")["written"] == 1
    assert (contents(dunes), made) == (before, [28])
    manifest = json.loads(before["manifest.json"])
    falsified = before["crew/102.html"].replace(b"Bruno", b"Burno")
    manifest["files"]["crew/102.html"] = digest(falsified)
    (dunes / "crew/102.html").write_bytes(falsified)
    (dunes / "manifest.json").write_text(json.dumps(manifest))
    assert dune("export", "archive", "dunes").code == 0
    assert (contents(dunes), made) == (before, [28, 28])
    recorded(dune)
    assert dune("export", "archive", "dunes").code == 0
    assert made == [28, 28, 29]


def test_who_waits_is_told_how_far_it_is(dune: Rally, tmp_path: Path) -> None:
    """After each file, how many are done."""
    counted: list[int] = []
    office = Settings(Ticking(), lambda _: 480).office()
    seen = office.view(office.log()).at_its_head()
    published = publish(Publication(seen), tmp_path / "new", counted.append)
    assert counted == [*range(1, published.files + 1)]
