"""Articles as texts with versions, and the rules in force layer by layer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.vocabulary.rally import Article
from projections.rules.articles import versioned
from projections.rules.layers import layers
from projections.rules.regulations import Regulations, RuleChange
from projections.rules.rulebook import Rulebook
from tests.command_line.conftest import answer
from tests.conftest import Rally

OWN = """\
extends = "cross-country"

[[article]]
article = "12.3"
text = "Both crew members present the card."
page = "14"
"""
STEWARDS = ("--by", "A. Chair", "--role", "stewards")
CLERK = ("--by", "Bo", "--role", "clerk-of-the-course")
NOON = "2016-07-20T12:00"
ARTICLE = "article.12.3=p. 1: One crew member presents the card."
CASE = ("--stage", "SS1", "--infringement", "Art. 12.3", "--fact", "no card", "--reason", "seen")


@pytest.fixture
def worded(rally: Rally, tmp_path: Path) -> Rally:
    """A rally of which a bulletin words an article anew from noon on."""
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    new = ("new", "loop", "--title", "Loop", "--timezone", "+08:00", "--rulebook", "own.toml")
    assert 0 == rally(*new, "--starts-on", "2016-07-20", "--by", "Bo", "--role", "secretary").code
    for words in (
        ("StageScheduled", "stage=SS1", "order=1"),
        ("CrewEntered", "number=101", "driver=Vera Sand", "category=cars"),
        ("StageTimeRecorded", "number=101", "stage=SS1", "elapsed_ms=1:00:00"),
    ):
        assert 0 == rally("record", *words, *CLERK).code
    bulletin = ("BulletinIssued", "bulletin=3", ARTICLE, f"effective_at={NOON}")
    said = rally("record", *bulletin, *STEWARDS)
    assert (0, True) == (said.code, "article 12.3 reads anew." in said.out)
    return rally


@pytest.mark.parametrize(
    ("at", "version"),
    [
        ("2016-07-20T11:59", "Art. 12.3 (regulations own, p. 14)"),
        (NOON, "Art. 12.3 (bulletin 3, p. 1)"),
    ],
)
def test_a_decision_cites_the_version_in_force_at_the_fact(
    worded: Rally, at: str, version: str
) -> None:
    """In the register, in why, and on its sheet; whenever it was taken."""
    decide = ("decide", "penalty", "101", "0:01:00", *CASE, "--at", at)
    assert 0 == worded(*decide, *STEWARDS).code
    (row,) = answer(worded, "decisions")["rows"]
    assert version == row["infringement"]
    addend = answer(worded, "why", "101")["addends"][-1]
    assert (60_000, version) == (addend["ms"], addend["article"])
    pdf = worded("document", "decision", "stewards-1", "-o", "d.pdf", "--json")
    assert 0 == pdf.code
    assert version in worded("decisions", "stewards-1").out


def test_the_rules_in_force_layer_by_layer(worded: Rally, tmp_path: Path) -> None:
    """What was adopted, then each bulletin, with what it took the place of; text, JSON and PDF."""
    said = ("BulletinIssued", "bulletin=4", "ties.chain=stage-times", f"effective_at={NOON}")
    assert 0 == worded("record", *said, "--reason", "Bulletin 4, p. 2", *STEWARDS).code
    assert 0 == worded("document", "rulebook", "-o", "rules.json").code
    data = json.loads((tmp_path / "rules.json").read_text(encoding="utf-8"))
    assert ["regulations own", "bulletin 3", "bulletin 4"] == [e["title"] for e in data["layers"]]
    first, third, fourth = data["layers"]
    assert ["Both crew members present the card."] == [e["text"] for e in first["articles"]]
    assert [("12.3", "1")] == [(e["article"], e["page"]) for e in third["articles"]]
    (tie,) = fourth["rules"]
    assert ("stage-times", "Bulletin 4, p. 2") == (tie["shown"], tie["provenance"])
    assert ("regulations own", "") == (tie["replaced_of"], tie["replaced_by"])
    assert "stage-times-without-super-specials" == tie["replaced_shown"]
    (gone,) = (each for each in first["rules"] if each["name"] == "ties.chain")
    assert "bulletin 4" == gone["replaced_by"]
    assert ["clerk of the course", "stewards"] == [each["office"] for each in data["signatures"]]
    assert (
        0
        == worded("document", "rulebook", "--effective-at", "2016-07-20T11:00", "-o", "r.txt").code
    )
    text = (tmp_path / "r.txt").read_text(encoding="utf-8")
    assert "bulletin" not in text
    assert "  article 12.3, p. 14: Both crew members present the card.\n" in text
    about: Any = json.loads(worded("document", "rulebook", "-o", "rules.pdf", "--json").out)
    assert "rulebook" == about["kind"]
    assert (tmp_path / "rules.pdf").read_bytes().startswith(b"%PDF")
    assert 2 == worded("document", "rulebook", "--stage", "SS9", "-o", "x.txt").code


@pytest.mark.parametrize(
    ("word", "told"), [("article.12.3=", "has no text"), ("article.=p. 1: A text", "has no text")]
)
def test_an_article_that_is_not_well_put(worded: Rally, word: str, told: str) -> None:
    """It is refused with what is to be written."""
    said = worded("record", "BulletinIssued", "bulletin=5", word, *STEWARDS)
    assert (2, True) == (said.code, told in said.err)
    twice = worded("record", "BulletinIssued", "bulletin=5", ARTICLE, ARTICLE, *STEWARDS)
    assert (2, True) == (twice.code, "is given twice" in twice.err)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Article 12.3", "Article 12.3 (regulations own, p. 9)"),
        ("12.3 and 12.30", "12.3 and 12.30 (regulations own, p. 9)"),
        ("Art. 12.3.1", "Art. 12.3.1"),
        ("Art. 112.3", "Art. 112.3"),
        ("Art. 12.30", "Art. 12.30"),
        ("", ""),
    ],
)
def test_which_article_a_text_names(said: str, told: str) -> None:
    """By its whole number, and not one that begins or ends with it."""
    own = Regulations(Rulebook("own", {}), articles=(Article("12.3", "A text", "9"),))
    assert told == versioned(own, said, 0, None)


def test_regulations_that_are_adopted_anew_take_the_place_of_all() -> None:
    """Their layer replaces every rule before it, those that it does not give as well."""
    anew = RuleChange("new", 5, None, {"ties.chain": ()}, whole=True, position=2)
    both = Regulations(
        Rulebook("own", {"ties.chain": ("stage-times",), "teams.counting": 2}), (anew,)
    )
    first, second = layers(both, 9)
    assert ["regulations new"] * 2 == [each.replaced_by for each in first.rules]
    assert [(("stage-times",), "regulations own")] == [
        (each.replaced, each.replaced_of) for each in second.rules
    ]
    assert 1 == len(layers(both, 4))
