"""What the specification says of documents and of records is what they are.

Another checker is written from its tables: so nothing that an evidence file has may be missing in
them, and nothing may be in them that it has not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from cli.evidence import check
from cli.evidence.bundle import Bundle
from cli.evidence.page import specification
from ledger.keyring import SignedBy
from ledger.vocabulary import TYPES
from ledger.vocabulary.base import Occurrence, Source
from ledger.vocabulary.judicial import Effect, Seen
from ledger.vocabulary.publication import StartSlot
from ledger.vocabulary.rally import LaterRule
from projections.comparing.compare import Moved
from projections.desk import decisions, docket, fines, publications, without_effect
from projections.explain import told
from projections.results import standings, time_card
from tests.evidence.notation import shape_of, table, written
from tests.looked import some_of
from tests.proofs.vectors import FOLDER

SIDES, DIFFERENCES = "classifications/*/*.json", "classifications/*/difference-*.json"
WHY, CARDS = "why/*/*.json", "time-cards/*.json"
ANSWERS: dict[str, type] = {
    "decision.json entry": decisions.Decision,
    "decision.json entry.effects": decisions.EffectRow,
    "decision.json entry.effects.no_effect": without_effect.Defeat,
    "decision.json entry.steps": decisions.Step,
    "decision.json entry.fines": fines.FineRow,
    "docket.json rows": docket.DocketRow,
    "docket.json rows.matters": docket.MatterRow,
    "docket.json rows.deadlines": docket.DeadlineRow,
    "docket.json rows.deadlines.extensions": docket.ExtensionRow,
    f"{SIDES} scope": standings.Scope,
    f"{SIDES} rows": standings.Row,
    f"{SIDES} unclassified": standings.Unclassified,
    f"{DIFFERENCES} scope": standings.Scope,
    f"{DIFFERENCES} rows": Moved,
    f"{WHY} scope": standings.Scope,
    f"{WHY} addends": told.Addend,
    f"{WHY} addends.parts": told.Part,
    f"{WHY} addends.records": told.Evidence,
    f"{WHY} addends.records.struck": told.Struck,
    f"{WHY} addends.records.signatures": SignedBy,
    f"{WHY} addends.rules": told.Rule,
    f"{WHY} status": told.StatusTold,
    f"{WHY} places": told.Place,
    f"{WHY} places.before": told.Neighbour,
    f"{WHY} places.ties": told.Tie,
    CARDS: time_card.TimeCard,
    f"{CARDS} stages": time_card.CardStage,
    f"{CARDS} stages.lines": time_card.CardLine,
    f"{CARDS} stages.struck": time_card.Struck,
}
"""The answers of the program that stand in documents as they are."""
WITH_MORE = {
    "publications.json publications": (
        publications.Publication,
        "| scope{} rows{}[] unclassified{}[]",
    ),
    WHY: (told.Why, "classification"),
}
"""Such to which the evidence file adds something."""
OF_THE_RECORD = ("fields", "seen", "publications.scope", "publications.rows", "unclassified")
"""Objects that stand there as their record has them."""
PARTS: dict[str, type] = {
    "source": Source,
    "effects": Effect,
    "seen": Seen,
    "slots": StartSlot,
    "later": LaterRule,
}
"""What fields of records hold."""
ENVELOPE = tuple(Occurrence.__struct_fields__)


@pytest.fixture(scope="module")
def text() -> str:
    """The specification."""
    return specification().decode()


@pytest.fixture(scope="module")
def shapes(text: str) -> dict[str, str]:
    """The fields of each object of each document, as files have them today."""
    found: dict[str, str] = {}
    for names, said in table(text.replace("+", ""), "shapes").items():
        document, *paths = names.split(" ")
        found |= {f"{document} {path}": said for path in paths} if paths else {document: said}
    return found


def objects(document: str, value: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in a document, each by where it stands."""
    if isinstance(value, dict):
        yield f"{document} {at}".strip(), value
        if not at.endswith(OF_THE_RECORD):
            for name, each in value.items():
                yield from objects(document, each, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for each in value:
            yield from objects(document, each, at)


def documents(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in an evidence file."""
    for name, data in files.items():
        kind = next((each for each in reversed(check.CHECKED) if fnmatch(name, each)), None)
        if kind is not None:
            yield from objects(kind, json.loads(data))


def test_documents_have_the_shapes_that_the_text_says(
    all_of_them: list[Bundle], shapes: dict[str, str]
) -> None:
    """Each field is in the table, of that kind; and each field of the table is somewhere."""
    there: dict[str, set[str]] = {}
    for made in some_of(all_of_them):
        for where, found in some_of(documents({**made.files})):
            if where.endswith(OF_THE_RECORD) and where not in shapes:
                continue
            shape = shape_of(shapes[where])
            known = {**shape.always, **shape.perhaps}
            assert shape.always.keys() <= found.keys() <= known.keys(), where
            for name, value in found.items():
                assert known[name].holds(value), (where, name, value)
            there.setdefault(shapes[where], set()).update(found)
    for said in {*shapes.values()} - {shapes[where] for where in ANSWERS}:
        assert {*shape_of(said).always} <= there.get(said, set())


def test_answers_of_the_program_have_these_shapes(shapes: dict[str, str]) -> None:
    """What stands in a document as the program answers it has the fields of the answer."""
    for where, kind in some_of(ANSWERS.items()):
        assert shapes[where].replace("@", "") == written(kind), where
    for where, (kind, more) in WITH_MORE.items():
        assert {*shapes[where].replace("@", "").split()} == {*written(kind).split(), *more.split()}


def test_records_say_what_the_text_says(text: str) -> None:
    """The fields of each type by name, kind, and what stands when one is absent."""
    rows = table(text, "vocabulary")
    assert rows.pop("every record") == f"type {written(Occurrence)}"
    for name, kind in PARTS.items():
        assert rows.pop(name) == written(kind), name
    for name, said in rows.items():
        assert said == written(TYPES[name], ENVELOPE), name


def test_no_type_that_a_checker_asks_for_is_missing(text: str) -> None:
    """But those of which it only knows whose they are, and whom they name."""
    source = Path(check.__file__).read_text("utf-8")
    lists = r"^(?:_NO_ACTS|PLAN|_MAY|ACTS) = .*?^[)}]|^_BY_NUMBERS = .*?$"
    asked = re.sub(lists, "", source, flags=re.DOTALL | re.MULTILINE)
    names = {name for name in TYPES if f'"{name}"' in asked}
    assert names - {*table(text, "vocabulary")} == set()


def test_what_every_type_names_alike_is_of_one_kind(text: str) -> None:
    """Where a type is not in the table, its crews, stages and records are as in the others."""
    kinds: dict[str, set[str]] = {}
    for kind in TYPES.values():
        shape = shape_of(written(kind))
        for name, field in {**shape.always, **shape.perhaps}.items():
            if name in {*check._EVERY_NAMED, "stage", "office"} - {"decision"}:
                kinds.setdefault(name, set()).add(field.sign + "[]" * field.several)
    several = {"numbers", "parties", "matter"}
    assert kinds == {each: {"[]" if each in several else ""} for each in kinds}


def test_what_is_planned_is_what_the_text_says(text: str) -> None:
    """Of what a checker puts in order it holds from the beginning, to the ledger as well."""
    [said] = re.findall(r"Planned are: ([^.]*)\.", text)
    planned = {name for name, kind in TYPES.items() if kind.plan}
    assert {*re.split(r",\s+", said)} == check.PLAN
    assert planned & check._OF_THE_DESK <= check.PLAN <= planned


def test_each_field_of_the_vectors_is_explained(text: str) -> None:
    """A line says of each file what its entries hold."""
    for path in some_of(FOLDER.iterdir()):
        [line] = re.findall(rf"^\| `{path.name}` \|.*$", text, re.MULTILINE)
        told = {*re.findall(r"`(\w+)`", line), "holds"}
        for each in some_of(json.loads(path.read_text("utf-8"))):
            assert {*each, *each.get("found", ())} <= told, path.name
