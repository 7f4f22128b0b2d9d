"""Laws of naming: whom and what an occurrence names is told by the types of its fields alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from cli.evidence import check
from cli.fields import parse_fields
from ledger.amendments import settle
from ledger.chain import naming
from ledger.naming import CREWS, RECORDS, fields_naming, named, renamed
from ledger.naming import naming as fields_of
from ledger.times import Instant
from ledger.vocabulary import TYPES, Effect, Occurrence, PenaltyGiven, RemarkMade, Source
from ledger.vocabulary import judicial as desk
from ledger.vocabulary.base import (
    CrewNumber,
    EvidenceId,
    OccurrenceId,
    OptionalCrew,
    OptionalId,
    Party,
)
from projections.state.facts import Fold
from tests.laws.answers import sites
from tests.laws.rallies import identity
from tests.laws.words import CODE, START

NOW = Instant(START, 480)
OF_OTHERS = {"seen", "restricted_to", "rows", "unclassified"}
"""What the signers saw and who may see an exhibit, as it was said; what was posted stays so."""


# -- the vocabulary --------------------------------------------------------------------------------


def test_a_name_means_the_same_in_every_type() -> None:
    """No field called `number` holds a crew in one type and something else in another."""
    meant: dict[str, set[str | None]] = {}
    for kind in TYPES.values():
        told = {each.field: each.names for each in fields_of(kind)}
        for field in msgspec.structs.fields(kind):
            if "int" not in str(field.type):  # a decision has a number in its series
                meant.setdefault(field.name, set()).add(told.get(field.name))

    assert {} == {name: means for name, means in meant.items() if len(means) > 1}


def test_every_field_that_can_hold_an_id_says_of_what() -> None:
    """An id that no type tells of would be followed by nobody: a digest, or a record."""
    for name, kind in TYPES.items():
        told = {each.field for each in fields_of(kind)}
        of_digests = {"digest", "file", "private"}
        ids = {f.name for f in msgspec.structs.fields(kind) if "[0-9a-f]{64}" in str(f.type)}
        assert ids - of_digests <= told, name


class RiderAssisted(Occurrence, frozen=True, kw_only=True, tag="RiderAssisted"):
    """A type that nobody knows of but the vocabulary: no other line says what its fields name."""

    rider: CrewNumber
    pillion: OptionalCrew = ""
    convoy: tuple[CrewNumber, ...] = ()
    witnesses: tuple[Party, ...] = ()
    after: OptionalId = ""
    calls: tuple[OccurrenceId, ...] = ()
    photos: tuple[EvidenceId, ...] = ()

    def words(self) -> str:
        return "A rider was assisted."


@contextlib.contextmanager
def in_the_vocabulary(kind: type[Occurrence]) -> Iterator[None]:
    TYPES[kind.type_name()] = kind
    caches: list[Any] = [c for c in _caches() if hasattr(c, "cache_clear")]
    for each in caches:
        each.cache_clear()
    try:
        yield
    finally:
        del TYPES[kind.type_name()]
        for each in caches:
            each.cache_clear()


def _caches() -> list[Callable[..., Any]]:
    from ledger import chain, vocabulary
    from projections.slices import belonging

    return [chain._naming_more, vocabulary._decoder, belonging._naming_a_crew]


def test_a_new_type_needs_no_other_line() -> None:
    """Renumbered, found by its crews and by what it names, and typed by position: at once."""
    with in_the_vocabulary(RiderAssisted), sites() as opened:
        one, two, three = (RemarkMade(rally=CODE, recorded_at=NOW, text=t) for t in "abc")
        log = opened.log("main", [one, two, three])
        ids = [identity(each) for each in (one, two, three)]
        typed = ["rider=1", "convoy=2, 3", "witnesses=4", "after=#1", "calls=#2", "photos=#3"]
        fields = parse_fields(RiderAssisted, typed, log)
        assert ([ids[0], [ids[1]], [ids[2]]]) == [fields[n] for n in ("after", "calls", "photos")]
        said = msgspec.convert(
            {"type": "RiderAssisted", "rally": CODE, "recorded_at": [START, 480], **fields},
            RiderAssisted,
        )
        log.append([said])

        assert ["1", "2", "3", "4"] == [*named(said, *CREWS)]
        for each in ids:
            assert [4] == [record.position for record in naming(log, each)]
        moved = renamed(said, CREWS, lambda number: f"{number}0")
        assert ("10", ("20", "30"), ("40",)) == (moved.rider, moved.convoy, moved.witnesses)
        fold = Fold()
        for position, told in enumerate((said, _given("4", "44")), 1):
            fold.take(identity(told), position, told)
        (fact,) = fold.facts().of(RiderAssisted)
        assert ("44",) == fact.value.witnesses


def _given(number: str, new: str) -> Occurrence:
    kind = TYPES["NumberReallocated"]
    fields: dict[str, Any] = {"number": number, "new_number": new}
    return kind(rally=CODE, recorded_at=Instant(START + 1, 480), **fields)


@pytest.mark.parametrize("name", ["matter", "evidence", "supersedes", "effects"])
def test_a_copy_of_a_line_is_named_like_the_line(name: str) -> None:
    """Which copy of a line somebody named plays no part, whatever field names it."""
    source = Source(kind="waypoint", name="tracker", seq="7")
    copies = [
        PenaltyGiven(
            rally=CODE,
            recorded_at=Instant(START + late, 480),
            number="1",
            amount_ms=1000,
            source=source,
        )
        for late in (0, 1)
    ]
    first, other = sorted(map(identity, copies))
    given: dict[str, dict[str, Any]] = {
        "matter": {"matter": (other,)},
        "evidence": {"evidence": (other,)},
        "supersedes": {"supersedes": other},
        "effects": {"effects": (Effect("PenaltyWithdrawn", {"target": other}),)},
    }
    decision = desk.DecisionIssued(
        rally=CODE, recorded_at=NOW, series="stewards", decision=1, **given[name]
    )
    held = {identity(each): each for each in (*copies, decision)}

    stands = next(s.value for s in settle(held).standing if s.id == identity(decision))
    assert {first} == {*named(stands, *RECORDS)}


# -- the checker's copy ----------------------------------------------------------------------------


def test_the_checkers_copy_names_what_the_vocabulary_does() -> None:
    """The checker stands alone, with a copy of what the fields of the desk name."""
    for name in check.STEPS:
        of = [each for each in fields_of(TYPES[name]) if each.names == "record"]
        one = {each.field for each in of if not each.several}
        assert one <= set(check.NAMING), name
        assert {each.field for each in of if each.several} <= set(check.NAMING_SEVERAL), name
        assert set(fields_naming(TYPES[name], *CREWS)) <= set(check.CREWS), name
        lists = {each.field for each in fields_of(TYPES[name]) if each.several}
        assert lists <= set(check._LISTS), name
    for name in (*check.NAMING, *check.NAMING_SEVERAL):
        assert any(name in fields_naming(kind, "record") for kind in TYPES.values()), name
