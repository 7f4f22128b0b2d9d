"""Laws of the bytes: one spelling, one id, the same today as when they were written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unreadable
from ledger.record import arrival_of
from ledger.vocabulary import (
    NO_SOURCE,
    TYPES,
    Corrected,
    Occurrence,
    RegulationsAdopted,
    RemarkMade,
    build,
    canonical,
    decode,
    occurrence_id,
)
from tests.examples import examples
from tests.laws.rallies import happenings, identity
from tests.laws.words import NOBODY, of

GOLDEN = Path(__file__).parent / "golden" / "occurrences.jsonl"

texts = st.text(max_size=12)
whole = st.integers(-(2**53) + 1, 2**53 - 1)
names = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=12)
parameters = st.dictionaries(names, whole | texts | st.booleans() | st.lists(texts).map(tuple))
spoken: st.SearchStrategy[Occurrence] = st.one_of(
    happenings,
    of(RemarkMade, text=st.text(min_size=1), by=texts, reason=texts),
    of(RegulationsAdopted, rulebook="dakar-2020", parameters=parameters),
    of(Corrected, target=NOBODY, changes=parameters),
)


@examples(300)
@given(spoken)
def test_the_bytes_are_canonical_json(occurrence: Occurrence) -> None:
    """What is stored is the one spelling of RFC 8785, and reading it gives the same occurrence."""
    data = canonical(occurrence)

    assert rfc8785.dumps(json.loads(data)) == data
    assert occurrence == decode(data)
    assert data == canonical(decode(data))
    assert occurrence_id(data) == arrival_of(occurrence).id


@examples(200)
@given(spoken)
def test_the_way_in_plays_no_part(occurrence: Occurrence) -> None:
    """Typed, read from a table or decoded from bytes: the same occurrence has the same id."""
    said = json.loads(json.dumps(msgspec.to_builtins(occurrence)))
    kind = said.pop("type")
    spelled_out = {name: value for name, value in _in_full(occurrence).items() if name != "type"}

    if occurrence.source == NO_SOURCE:
        said.pop("source", None)
        assert identity(occurrence) == identity(build(TYPES[kind], {**said, "source": {}}))
    assert identity(occurrence) == identity(build(TYPES[kind], said))
    assert identity(occurrence) == identity(build(TYPES[kind], spelled_out))
    in_full = json.dumps({"type": kind, **spelled_out}).encode()
    assert identity(occurrence) == identity(decode(in_full))


def _in_full(occurrence: Occurrence) -> dict[str, Any]:
    """Every field by its name in JSON, also those that have their default."""
    said = {}
    names = zip(occurrence.__struct_encode_fields__, occurrence.__struct_fields__, strict=True)
    for encoded, name in names:
        value = getattr(occurrence, name)
        said[encoded] = value if value is None else json.loads(msgspec.json.encode(value))
    said["source"] = msgspec.structs.asdict(occurrence.source)
    found: dict[str, Any] = json.loads(json.dumps(said))
    return found


@examples(100)
@given(st.lists(spoken, min_size=2, max_size=20))
def test_ids_tell_occurrences_apart(rally: list[Occurrence]) -> None:
    """Two occurrences have one id only if they say the same in everything."""
    distinct = {identity(each): each for each in rally}

    for each in rally:
        assert each == distinct[identity(each)]
    assert len({canonical(each) for each in rally}) == len(distinct)


class _Golden(msgspec.Struct):
    id: str
    occurrence: msgspec.Raw


def _golden() -> list[_Golden]:
    return [msgspec.json.decode(line, type=_Golden) for line in GOLDEN.read_bytes().splitlines()]


@pytest.mark.parametrize("golden", _golden(), ids=lambda golden: golden.id[:10])
def test_bytes_of_old_are_read_for_ever(golden: _Golden) -> None:
    """These bytes keep their id, their meaning and their spelling, whatever fields are added.

    They are never edited. A new type or field adds a line, and so does a new schema version.
    """
    data = bytes(golden.occurrence)

    assert golden.id == occurrence_id(data)
    assert TYPES[json.loads(data)["type"]] is type(decode(data))
    assert data == canonical(decode(data))
    assert rfc8785.dumps(json.loads(data)) == data
    assert arrival_of(decode(data)).id == golden.id
    assert decode(data).words()


def test_every_type_and_every_field_has_bytes_on_record() -> None:
    """Each type has a line, and each field of it stands in one of them: none is left unproved."""
    said: dict[str, set[str]] = {}
    for golden in _golden():
        occurrence = json.loads(bytes(golden.occurrence))
        said.setdefault(occurrence["type"], set()).update(occurrence)

    assert TYPES.keys() == said.keys()
    envelope = set(Occurrence.__struct_encode_fields__)
    assert envelope == set().union(*said.values()) & envelope
    for name, kind in TYPES.items():
        assert set(kind.__struct_encode_fields__) - envelope <= said[name], name


@pytest.mark.parametrize("name", ["", "größe", "\ufb33", "\U0001f3c1", "a b", "a\n"])
def test_a_name_is_of_plain_letters(name: str) -> None:
    """Readers of JSON sort other letters in different ways, and so would get another id."""
    occurrence = build(
        Corrected, {"rally": "r", "recorded_at": [0, 0], "target": NOBODY, "changes": {"stage": 1}}
    )
    assert isinstance(occurrence, Corrected)

    with pytest.raises(Unreadable):
        decode(canonical(msgspec.structs.replace(occurrence, changes={name: 1})))


@pytest.mark.parametrize("number", ["", " ", "102\n", "102 ", " 102", "1\x002", "102\x00"])
def test_a_race_number_has_nothing_around_it(number: str) -> None:
    """A number that looks like 102 is 102, and not another crew because of an invisible letter."""
    with pytest.raises(Unreadable):
        build(TYPES["StartRefused"], {"rally": "r", "recorded_at": [0, 0], "number": number})


@given(st.binary(max_size=40) | spoken.map(canonical).map(lambda data: data[:-1]))
def test_bytes_that_are_no_occurrence_are_unreadable(data: bytes) -> None:
    """What can't be read is refused as such; nothing else ever comes out of reading."""
    with pytest.raises(Unreadable):
        decode(data)
