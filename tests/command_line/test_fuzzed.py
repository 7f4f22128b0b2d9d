"""Whatever is typed, and whatever a file holds: an answer or a sentence, never a traceback.

What was found once is named below; beside it, mutated inputs from a seed.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from tests.command_line.conftest import answer
from tests.command_line.sheets import write_sheets
from tests.command_line.test_options import TREE
from tests.conftest import Rally, Said
from tests.examples import share_of

ANN = ("--by", "Ann", "--role", "secretary")
LONG = "9" * 5000
FOUND: tuple[tuple[str, ...], ...] = (
    ("standings", "--known-at", "^" * 2000),
    ("standings", "--known-at", f"@{'^' * 2000}"),
    ("standings", "--known-at", LONG),
    ("standings", "--known-at", f"doc:{LONG}"),
    ("standings", "--known-at", "\udcff\udcfe"),
    ("standings", "--after", "\ud800"),
    ("standings", "--basis", "\ud800"),
    ("what-if", "--with", "\ud800"),
    ("import", "sheets", "\ud800"),
    ("--ledger", "\ud800", "standings"),
    ("why", "a" * 100_000),
    ("show", "a" * 100_000),
    ("show", "a:b:" * 30_000 + "@"),
    ("show", "password" * 10_000 + "="),
    ("show", f"penalty-{LONG}"),
    ("drift", LONG),
    ("decisions", f"stewards-{LONG}"),
    ("decide", "penalty", "104", LONG, "--stage", "SS13", "--fact", "x", *ANN),
    ("decide", "penalty", "104", "0:05:00", "--decision-number", LONG, *ANN),
    ("decide", "other", "--fact", "x", "--effect", f"Fine amount={LONG}", *ANN),
    ("record", "DecisionIssued", f"number={LONG}", *ANN),
    ("record", "PenaltyGiven", "number=104", f"amount_ms={LONG}", *ANN),
    ("late", "--by", f"{LONG}d"),
)


def is_told(said: Said) -> None:
    """What is refused is told, with an exit code that is known."""
    assert said.code in (0, 1, 2, 3, 4, 5), said
    assert not said.code or said.out or said.err
    assert said.code != 2 or "Error: " in said.err or '{"error": {' in said.out, said


@pytest.mark.parametrize("words", FOUND, ids=lambda words: ascii(" ".join(words)[:40]))
def test_what_was_found(silk_way: Rally, words: tuple[str, ...]) -> None:
    """Each was a traceback, or never ended."""
    for form in ((), ("--json",)):
        said = silk_way(*words, *form)
        assert 0 != said.code, said
        is_told(said)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"basis": ' * 5_000,
        '{"basis": {"position": ' + LONG + "}}",
        '{"basis": {"position": 1e400}}',
        '{"basis": "\\ud800"}',
        '{"ledger": "\\ud800", "rally": "x"}',
        "\x00",
        '"basis"',
        "null",
    ],
    ids=lambda text: text[:20],
)
def test_a_basis_or_bookmark_of_any_shape(silk_way: Rally, tmp_path: Path, text: str) -> None:
    """Deep, odd or huge: it is named, with what it should be."""
    (tmp_path / "odd.json").write_text(text)
    for words in (
        ("standings", "--basis", "odd.json"),
        ("follow", "--once", "--state", "odd.json"),
    ):
        said = silk_way(*words)
        assert 5 == said.code, said
        assert said.err.startswith("Error: odd.json ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("entries.csv", 'number,"driver,category\n' + "101,Ann,car\n" * 30_000),
        ("times.csv", '"stage,number'),
        ("rally.toml", f"precision = {LONG}"),
        ("rally.toml", "a = " + "[" * 5_000),
        ("rally.toml", '"\\ud800" = 1'),
    ],
    ids=lambda text: text[:20],
)
def test_a_file_of_sheets_of_any_shape(rally: Rally, tmp_path: Path, name: str, text: str) -> None:
    """An open quote in the header, integers without an end, nests without a floor."""
    write_sheets(tmp_path / "sheets")
    (tmp_path / "sheets" / name).write_text(text)
    said = rally("import", "sheets", "sheets")
    assert 5 == said.code, said
    assert f"sheets/{name}" in said.err


@pytest.mark.parametrize("value", ["inf", "nan", "1e308", "0.0001"])
def test_a_precision_that_is_none(rally: Rally, tmp_path: Path, value: str) -> None:
    """TOML has numbers that no clock has."""
    write_sheets(tmp_path / "sheets")
    file = tmp_path / "sheets" / "rally.toml"
    text = file.read_text(encoding="utf-8")
    stage = '[[stage]]\ncode = "SS9"\nprecision = '
    file.write_text(f"{text}\n{stage}{value}\n", encoding="utf-8")
    said = rally("import", "sheets", "sheets")
    assert 5 == said.code
    assert "is not known." in said.err


@pytest.mark.parametrize("value", ["1e999999999", "1e99999999999999999999", "1e30", "inf", LONG])
def test_a_distance_that_is_none(rally: Rally, tmp_path: Path, value: str) -> None:
    """Nobody computes it, and nothing waits for it."""
    write_sheets(tmp_path / "sheets")
    file = tmp_path / "sheets" / "waypoints.csv"
    with file.open("a", encoding="utf-8") as more:
        more.write(f"SS1,,WPX,99,{value},\n")
    said = rally("import", "sheets", "sheets")
    assert 5 == said.code
    assert "is not a distance in kilometres." in said.err


def test_too_many_who_ask_at_once(tmp_path: Path) -> None:
    """Whoever finds no connection is told so."""
    import sqlalchemy as sa

    from ledger.database import told_plainly
    from ledger.errors import Unavailable

    engine = sa.create_engine(
        f"sqlite:///{tmp_path / 'x.db'}",
        poolclass=sa.pool.QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=0.01,
    )
    with (
        engine.connect(),
        pytest.raises(Unavailable, match="too many ask it at once"),
        told_plainly("rally.db"),
    ):
        engine.connect()
    engine.dispose()


# -- mutated inputs --------------------------------------------------------------------------------

VALUES = (
    *("", " ", "^" * 2000, "#1", "1", "@", "@-1", "SS12", "SS1^^", "doc:1", "-1", "0", "1e999"),
    *("NaN", "2016-07-21T20:00+08:00", "2016-07-21", "99999-01-01T00:00", "0001-01-01T00:00+14:00"),
    *("9999-12-31T23:59:59-12:00", "now", "\udcff\udcfe", "\ud800", "é", "\u202e", "\x1b[31m"),
    *(LONG, "a" * 30_000, "[", "(", "*", "%s", "{}", "null", '"', "'", "=1+1", ";", "a;b", " / "),
    *("102", "101", "cars", "stewards", "penalty-1", "exhibit-1", "clerk-1", f"clerk-{LONG}"),
    *("1:00:00", "99999999999:00:00", "1_000", "٣", "0x10", "9223372036854775808", "postgresql://"),
    *("sqlite://", "file:", "://", "a\nb", "..", "/", "nodir/x", "~", "-", "--", "=", "a=b", "=b"),
    *("number=102", "stage=SS12", "amount_ms=5:00", f"amount_ms={LONG}", "W" * 300, "+08:00"),
)
NOT_TRIED = {"demo", "simulate"}


def typed(path: str, command: click.Command, draw: random.Random) -> list[str]:
    """A command as somebody types it who knows its options, and none of their values."""
    words = path.split()
    for each in command.params:
        if isinstance(each, click.Argument):
            words += [
                draw.choice(VALUES) for _ in range(draw.choice((1, 1, 2)) if each.nargs < 0 else 1)
            ]
        elif each.required or draw.random() < 0.2:
            words.append(each.opts[0])
            if not getattr(each, "is_flag", False):
                words.append(draw.choice(VALUES))
    # What would go on until it is ended answers once.
    once = {"follow": ["--once"], "serve": ["--get", draw.choice(VALUES)]}
    return [*words, *once.get(path, ())]


def mutated(data: bytes, draw: random.Random) -> bytes:
    """A file with something in it turned over, put in, left out, doubled or cut off."""
    held = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 5))):
        at, how = draw.randrange(len(held) + 1), draw.random()
        if how < 0.25 and at < len(held):
            held[at] ^= 1 << draw.randrange(8)
        elif how < 0.55:
            held[at:at] = draw.choice(
                (b'"', b"{", b"[", b"\xff", b"\x00", b",", b";", b"\\ud800", LONG.encode(), b"null")
            )
        elif how < 0.75:
            del held[at : at + draw.randrange(1, 40)]
        elif how < 0.9:
            held[at:at] = held[at : at + draw.randrange(200)]
        else:
            del held[at:]
    return bytes(held)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))]
)
def test_whatever_is_typed(silk_way: Rally, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command, with values that none of its options expects; the same stand on its input."""
    draw = random.Random(seed)
    lines = "".join(f"{each}\n" for each in draw.sample(VALUES, 20))
    typed_in = io.BytesIO(lines.encode(errors="surrogatepass"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(typed_in))
    for path, command in TREE.items():
        if path not in NOT_TRIED and not isinstance(command, click.Group):
            is_told(silk_way(*typed(path, command, draw)))
    assert answer(silk_way, "verify")["ok"]


def _of_jsonl(rally: Rally, folder: Path) -> tuple[Path, tuple[str, ...]]:
    rally("export", "jsonl", "whole.jsonl")
    lines = (folder / "whole.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "x.jsonl").write_bytes(b"".join(lines[:12]))
    return folder / "x.jsonl", ("--ledger", "new.db", "import", "jsonl", "x.jsonl")


def _of_basis(rally: Rally, folder: Path) -> tuple[Path, tuple[str, ...]]:
    (folder / "x.json").write_text(json.dumps(answer(rally, "finishers")["basis"]))
    return folder / "x.json", ("standings", "--basis", "x.json")


def _of_sheets(name: str) -> Callable[[Rally, Path], tuple[Path, tuple[str, ...]]]:
    def lay_out(rally: Rally, folder: Path) -> tuple[Path, tuple[str, ...]]:
        write_sheets(folder / "sheets")
        return folder / "sheets" / name, ("--ledger", "new.db", "import", "sheets", "sheets")

    return lay_out


FORMS = {
    "jsonl": _of_jsonl,
    "basis": _of_basis,
    **{name: _of_sheets(name) for name in ("rally.toml", "entries.csv", "times.csv", "status.csv")},
}


@pytest.mark.law
@pytest.mark.parametrize("form", FORMS)
def test_whatever_a_file_holds(silk_way: Rally, tmp_path: Path, form: str) -> None:
    """Eighty mutations of each form of a file, each into a ledger of its own."""
    file, words = FORMS[form](silk_way, tmp_path)
    whole, draw = file.read_bytes(), random.Random(form)
    for _ in range(share_of(80)):
        file.write_bytes(mutated(whole, draw))
        for each in tmp_path.glob("new.db*"):
            each.unlink()
        is_told(silk_way(*words))
