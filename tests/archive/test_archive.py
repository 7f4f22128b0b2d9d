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


def recorded(rally: Rally, number: int = 104) -> None:
    """One more record, which moves somebody."""
    words = (f"number={number}", "stage=SS13", "amount_ms=0:05:00", "--reason", "speeding", *BY)
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
    recorded(silk_way)
    said = silk_way(*words, "--basis", archive / "manifest.json", "--json")
    assert said.code in (0, 1), said  # a check that found something
    assert (archive / path).read_text(encoding="utf-8") == said.out


def test_a_record_is_what_the_command_says(silk_way: Rally, archive: Path) -> None:
    said = silk_way("show", "149", "--json")
    assert (archive / "record/149.json").read_text(encoding="utf-8") == said.out


def test_nothing_private_and_nothing_of_this_machine(silk_way: Rally, tmp_path: Path) -> None:
    words = ("number=104", "text=called", "private.phone=0170-4711", *BY)
    assert silk_way("record", "RemarkMade", *words[1:]).code == 0
    assert silk_way("export", "archive", "a").code == 0
    for data in some_of(contents(tmp_path / "a").values()):
        assert b"0170-4711" not in data
        assert str(tmp_path).encode() not in data


def test_the_same_log_gives_the_same_bytes(silk_way: Rally, archive: Path) -> None:
    assert silk_way("export", "archive", "again").code == 0
    assert contents(archive) == contents(archive.with_name("again"))


def test_publishing_again_without_news_writes_nothing(silk_way: Rally, archive: Path) -> None:
    before = times(archive)
    assert told(silk_way, "export", "archive", "silk-way")["written"] == 0
    assert times(archive) == before


def in_small_tiles(rally: Rally, within: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of which most tiles are full: of 40 positions each."""
    monkeypatch.setattr(tiles, "SIZE", 40)
    monkeypatch.setattr("cli.archive.publication.SIZE", 40)
    assert rally("export", "archive", "a").code == 0
    return within / "a"


def test_publishing_again_leaves_full_tiles_alone(
    silk_way: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are neither computed nor written; one that is another one is made anew."""
    folder = in_small_tiles(silk_way, tmp_path, monkeypatch)
    before, was = contents(folder), times(folder)
    recorded(silk_way)
    taken, take = list[int](), tiles.Tile.take

    def watched(tile: tiles.Tile, position: int, shown: Shown) -> None:
        taken.append(position)
        take(tile, position, shown)

    monkeypatch.setattr(tiles.Tile, "take", watched)
    written = told(silk_way, "export", "archive", "a")["written"]
    after, now = contents(folder), times(folder)
    full = [f"replay/{number}.js" for number in range(4)]
    assert min(taken) == 160
    for path in some_of(full):
        assert (before[path], was[path]) == (after[path], now[path])
    changed = {path for path in after if was.get(path) != now[path]}
    assert written == len(changed) < len(after)
    assert {"replay/4.js", "replay/archive.js", "manifest.json", "crew/104.json"} <= changed
    assert "replay/player.js" not in changed
    (folder / "replay/2.js").write_bytes(after["replay/2.js"].replace(b"104", b"105"))
    assert silk_way("export", "archive", "a").code == 0
    assert contents(folder) == after


def test_a_tile_that_the_manifest_vouches_for_is_made_anew_where_it_is_another(
    silk_way: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the folder says of itself is no proof: this ledger remembers what it computed."""
    folder = in_small_tiles(silk_way, tmp_path, monkeypatch)
    before = contents(folder)
    falsified = before["replay/2.js"].replace(b"104", b"105")
    manifest = json.loads(before["manifest.json"])
    manifest["files"]["replay/2.js"] = digest(falsified)
    (folder / "replay/2.js").write_bytes(falsified)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    findings = told(silk_way, "verify", "--archive", folder, code=3)["archive"]["findings"]
    assert findings == ["replay/2.js is not what this ledger tells at #192."]
    assert silk_way("export", "archive", "a").code == 0
    assert contents(folder) == before


def test_pages_that_are_no_more_are_taken_away(silk_way: Rally, archive: Path) -> None:
    """Published as of an earlier moment: what was not known then is gone."""
    assert silk_way("export", "archive", "early", "--known-at", 148).code == 0
    said = told(silk_way, "export", "archive", "silk-way", "--known-at", 148)
    assert "record/149.json" in said["removed"]
    assert contents(archive) == contents(archive.with_name("early"))


@pytest.mark.parametrize("other", ["a file", "a folder of something", "another rally"])
def test_something_else_is_never_overwritten(silk_way: Rally, tmp_path: Path, other: str) -> None:
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
        assert silk_way("--ledger", "loop.db", "new", *words).code == 0
        assert silk_way("--ledger", "loop.db", "export", "archive", "there").code == 0
    before = contents(place) if place.is_dir() else place.read_bytes()
    error = told(silk_way, "export", "archive", "there", code=1)["error"]
    assert error["kind"] == "refused"
    assert (contents(place) if place.is_dir() else place.read_bytes()) == before


def test_who_may_read_it(silk_way: Rally, archive: Path) -> None:
    """A new one is its owner's alone; what comes into one that is open to others is as well."""
    modes = {stat.S_IMODE(each.stat().st_mode) for each in archive.rglob("*")}
    assert modes == {0o600, 0o700}
    assert stat.S_IMODE(archive.stat().st_mode) == 0o700
    for each in (archive, *archive.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    recorded(silk_way)
    said = silk_way(
        "decide",
        "penalty",
        "104",
        "0:01:00",
        "--stage",
        "SS13",
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
    assert silk_way("export", "archive", "silk-way").code == 0
    assert (archive / "record/194.json").exists()
    modes = {stat.S_IMODE(each.stat().st_mode) for each in archive.rglob("*")}
    assert modes == {0o644, 0o755}


def test_an_archive_that_fails_leaves_nothing(
    silk_way: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: object, path: str, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module._Folder, "_put", full)
    said = silk_way("export", "archive", "new")
    assert said.code == 5
    assert "No space left" in said.err
    assert not (tmp_path / "new").exists()
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".new-")]


@pytest.fixture
def posted(silk_way: Rally) -> list[str]:
    """The digests of two documents that were posted: a classification and a decision."""
    pytest.importorskip("typst", reason="needs the extra `pdf`")
    for words in (("classification", "--category", "cars"), ("decision", "clerk-1")):
        kind = ("--kind", "provisional") if words[0] == "classification" else ()
        assert silk_way("publish", *words, *kind, *BY).code == 0
    rows = told(silk_way, "log", "--newest", 2)["records"]
    said = [each["occurrence"] for each in rows]
    return [said[1]["file"], said[0]["digest"]]


@pytest.mark.slow
def test_documents_are_there_as_they_were_posted(silk_way: Rally, posted: list[str]) -> None:
    """As PDF, to which their page leads; each has the digest that stands in the log."""
    assert silk_way("export", "archive", "a").code == 0
    for path, held in zip(("193", "194"), posted, strict=True):
        pdf = Path("a/publications", f"{path}.pdf").read_bytes()
        assert (held, b"%PDF") == (digest(pdf), pdf[:4])
        assert f'href="{path}.pdf"' in Path("a/publications", f"{path}.html").read_text()
        assert f'href="publications/{path}.pdf"' in Path("a/publications.html").read_text()
    assert told(silk_way, "verify", "--archive", "a")["ok"] is True


@pytest.mark.slow
def test_a_document_that_is_not_the_one_posted_is_found(silk_way: Rally, posted: list[str]) -> None:
    """Though the manifest vouches for it: its digest stands in the log. Published anew it is it."""
    assert silk_way("export", "archive", "a").code == 0
    before = contents(Path("a"))
    manifest = json.loads(before["manifest.json"])
    manifest["files"]["publications/193.pdf"] = digest(b"%PDF other")
    Path("a/publications/193.pdf").write_bytes(b"%PDF other")
    Path("a/manifest.json").write_text(json.dumps(manifest))
    found = told(silk_way, "verify", "--archive", "a", code=3)["archive"]["findings"]
    assert found == ["publications/193.pdf is not the document that was posted."]
    assert silk_way("export", "archive", "a").code == 0
    assert contents(Path("a")) == before


@pytest.mark.slow
def test_documents_that_can_not_be_drawn_here(
    silk_way: Rally, posted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that lies there as it was posted stays; a new archive has none and leads to none."""
    assert silk_way("export", "archive", "a").code == 0
    monkeypatch.setattr("cli.archive.sheets.is_available", lambda: False)
    recorded(silk_way)
    assert silk_way("export", "archive", "a").code == 0
    assert digest(Path("a/publications/193.pdf").read_bytes()) == posted[0]
    assert silk_way("export", "archive", "b").code == 0
    assert not list(Path("b").rglob("*.pdf"))
    assert ".pdf" not in Path("b/publications.html").read_text()
    for folder in ("a", "b"):
        assert told(silk_way, "verify", "--archive", folder)["ok"] is True


def test_one_that_was_broken_off_is_mended(
    silk_way: Rally, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In between each file is whole; the next publication leaves nothing over."""
    recorded(silk_way)
    put, written = module._Folder._put, list[str]()

    def stops(folder: module._Folder, path: str, data: bytes) -> None:
        if len(written) == 9:
            raise KeyboardInterrupt
        written.append(path)
        put(folder, path, data)

    monkeypatch.setattr(module._Folder, "_put", stops)
    assert silk_way("export", "archive", "silk-way").code == 130
    monkeypatch.undo()
    monkeypatch.chdir(archive.parent)
    (archive / ".new-0123456789abcdef").write_text("half")
    for position in some_of((3, 148, 192)):
        said = silk_way("replay", archive, position, "--json")
        assert said.code in (0, 3)  # of the tile that goes further the manifest does not know yet
    assert silk_way("export", "archive", "silk-way").code == 0
    assert silk_way("export", "archive", "fresh").code == 0
    assert contents(archive) == contents(archive.with_name("fresh"))


def test_verify_finds_what_is_altered_missing_or_too_much(silk_way: Rally, archive: Path) -> None:
    assert told(silk_way, "verify", "--archive", archive)["archive"]["ok"] is True
    (archive / "standings.json").write_bytes(b"{}")
    (archive / "crew/102.json").unlink()
    (archive / "index.html").unlink()
    (archive / "index.html").symlink_to(archive / "teams.json")
    (archive / "extra").mkdir()
    (archive / "extra/page.html").write_text("<p>")
    found = told(silk_way, "verify", "--archive", archive, code=3)
    assert found["ok"] is False
    assert found["archive"]["findings"] == [
        "crew/102.json is missing.",
        "index.html is a link, and no file.",
        "standings.json is not the file that the manifest names.",
        "extra/page.html is no file of the archive.",
    ]
    said = silk_way("verify", "--archive", archive)
    assert "192 records verify" in said.out
    assert "does NOT fit: 4 findings" in said.out


def test_verify_without_a_ledger(silk_way: Rally, archive: Path) -> None:
    """Its files are held against its manifest, and it is said that no more was done."""
    Path("rally.db").unlink()
    found = told(silk_way, "verify", "--archive", archive)
    assert found["archive"]["ok"] is True
    assert found["not_checked"][0]["what"] == "the log"
    assert "was not checked" in silk_way("verify", "--archive", archive).out
    (archive / "teams.json").write_text("{}")
    assert told(silk_way, "verify", "--archive", archive, code=3)["ok"] is False
    assert silk_way("--ledger", "nowhere.db", "verify", "--archive", archive).code == 5


def test_verify_against_another_log(silk_way: Rally, archive: Path) -> None:
    """A log that was cut off, another history, another rally; and one that went on."""
    recorded(silk_way)
    assert told(silk_way, "verify", "--archive", archive)["ok"] is True
    lines = silk_way("export", "jsonl", "-").out.splitlines(keepends=True)
    Path("cut.jsonl").write_text("".join(lines[:150]), encoding="utf-8")
    assert silk_way("--ledger", "cut.db", "import", "jsonl", "cut.jsonl").code == 0
    found = told(silk_way, "--ledger", "cut.db", "verify", "--archive", archive, code=3)
    assert found["archive"]["findings"] == ["It is of #192, and the log ends at #150."]
    for number in some_of(range(50)):
        recorded(lambda *words: silk_way("--ledger", "cut.db", *words), 101 + number % 4)
    found = told(silk_way, "--ledger", "cut.db", "verify", "--archive", archive, code=3)
    assert re.match(
        r"Its root at #192 is \w{16}, and the log has \w{16} there: this is not",
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
    silk_way: Rally, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this ledger published last is not made a second time; altered it is made anew."""
    assert silk_way("export", "archive", "silk-way").code == 0
    before, made = contents(archive), list[int]()
    files = Publication.files

    def watched(publication: Publication, held: Held) -> Iterator[tuple[str, bytes]]:
        made.append(publication.seen.position)
        return files(publication, held)

    monkeypatch.setattr(Publication, "files", watched)
    again = told(silk_way, "export", "archive", "silk-way")
    assert (again["written"], again["files"], made) == (0, len(before) - 1, [])
    (archive / "crew/102.html").write_text("other")
    assert told(silk_way, "export", "archive", "silk-way")["written"] == 1
    assert (contents(archive), made) == (before, [192])
    manifest = json.loads(before["manifest.json"])
    falsified = before["crew/102.html"].replace(b"Loeb", b"Leob")
    manifest["files"]["crew/102.html"] = digest(falsified)
    (archive / "crew/102.html").write_bytes(falsified)
    (archive / "manifest.json").write_text(json.dumps(manifest))
    assert silk_way("export", "archive", "silk-way").code == 0
    assert (contents(archive), made) == (before, [192, 192])
    recorded(silk_way)
    assert silk_way("export", "archive", "silk-way").code == 0
    assert made == [192, 192, 193]


def test_who_waits_is_told_how_far_it_is(silk_way: Rally, tmp_path: Path) -> None:
    """After each file, how many are done."""
    counted: list[int] = []
    office = Settings(Ticking(), lambda _: 480).office()
    seen = office.view(office.log()).at_its_head()
    published = publish(Publication(seen), tmp_path / "new", counted.append)
    assert counted == [*range(1, published.files + 1)]
