"""Laws of naming: whom and what an occurrence names is told by the types of its fields alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cli.evidence import check
from cli.evidence.case import case_of, crews_named
from cli.fields import parse_fields
from cli.office.view import View
from ledger.amendments import settle
from ledger.chain import Concerning, naming, whom
from ledger.concerned import concerned
from ledger.errors import LedgerError
from ledger.naming import CREWS, RECORDS, act_type, fields_naming, named, renamed
from ledger.naming import naming as fields_of
from ledger.powers import Powers
from ledger.times import Instant
from ledger.vocabulary import (
    DECIDABLE,
    SANCTIONS,
    TYPES,
    ClassificationPublished,
    CrewEntered,
    Effect,
    Occurrence,
    PenaltyGiven,
    RemarkMade,
    Source,
)
from ledger.vocabulary import judicial as desk
from ledger.vocabulary.base import (
    CrewNumber,
    EvidenceId,
    OccurrenceId,
    OptionalCrew,
    OptionalId,
    Party,
)
from projections.desk.decisions import decisions
from projections.results.crew import crew
from projections.state.facts import Fold
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import sites, state_of
from tests.laws.rallies import Rally, cases, identity, observations, rallies, unique
from tests.laws.words import CODE, NUMBERS, START
from tests.looked import some_of

NOW = Instant(START, 480)


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
    for name, kind in some_of(TYPES.items()):
        told = {each.field for each in fields_of(kind)}
        of_digests = {"certificate", "digest", "file", "private"}
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

        assert ["1", "2", "3", "4"] == [*named(said, *CREWS)] == [*concerned(said, _nothing).crews]
        for number in "1234":
            assert [4] == [each.position for each in Concerning(log, number).read(0, 4)]
        for each in ids:
            assert [4] == [record.position for record in naming(log, each)]
        moved = renamed(said, CREWS, lambda number: f"{number}0")
        assert ("10", ("20", "30"), ("40",)) == (moved.rider, moved.convoy, moved.witnesses)
        fold = Fold()
        for position, told in enumerate((said, _given("4", "44")), 1):
            fold.take(identity(told), position, told)
        (fact,) = fold.facts().of(RiderAssisted)
        assert ("44",) == fact.value.witnesses


def _nothing(_: str) -> None:
    return None


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
    for act in (*(kind.type_name() for kind in DECIDABLE), *SANCTIONS, "Banishment"):
        names = check.crews_of_act(act)
        assert names == fields_naming(act_type(Effect(act)), *CREWS), act
        every = {*fields_naming(act_type(Effect(act)), *CREWS, "record")}
        assert {*check.fields_of_act(act)} == every, act


# -- whom a decision concerns ----------------------------------------------------------------------


@st.composite
def judged(draw: st.DrawFn) -> Rally:
    """A rally with a case in it, on which every crew of the pool is entered."""
    crews = [
        CrewEntered(rally=CODE, recorded_at=NOW, number=n, driver=f"Driver {n}") for n in NUMBERS
    ]
    matters = draw(st.lists(observations, max_size=3))
    case = draw(cases())
    decides = draw(st.booleans())
    if decides:
        about = tuple(identity(each) for each in matters)
        case[0] = msgspec.structs.replace(case[0], matter=about)
    every = [*draw(rallies()), *crews, *matters, *case]
    return unique([each for each in every if not isinstance(each, ClassificationPublished)])


def amends(said: Occurrence) -> bool:
    """Whether the log, which shows records as they were recorded, shows another crew."""
    return said.type_name() in {"Corrected", "Voided", "NumberReallocated"} or bool(said.source.seq)


def as_recorded(rally: Rally) -> Rally:
    """Those of which the log, which judges nobody, shows what counts."""
    plain = [each for each in rally if not amends(each)]
    idle = Powers({identity(each): each for each in plain}).idle
    return [each for each in plain if identity(each) not in idle]


@examples(60)
@given(judged())
def test_every_view_names_the_same_crews_for_a_decision(rally: Rally) -> None:
    """The register, the page of a crew and the evidence file; and the log, as it was recorded."""
    state = state_of(rally)
    rows = decisions(state).rows
    assume(rows)
    entered = set(state.facts.crews)
    on_pages = dict.fromkeys((row.position for row in rows), frozenset[str]())
    for number in entered:
        with contextlib.suppress(LedgerError):  # a rule is not defined: there is no page
            for each in crew(state, number).decisions:
                on_pages[each.position] |= {number}
    pages = {n for n in entered if _has_page(state, n)}
    for row in some_of(rows):
        assert on_pages[row.position] == pages & set(row.concerns)

    plain = as_recorded(rally)
    with sites() as opened:
        log = opened.log("main", plain)
        of = {number: Concerning(log, number).read(0, len(plain)) for number in NUMBERS}
        shown = {number: {each.position for each in found} for number, found in of.items()}
        for row in some_of(decisions(state_of(plain)).rows):
            record = log.at(row.position)
            assert row.id == record.id
            assert set(row.concerns) == set(whom(log, record))
            assert set(row.concerns) & {*NUMBERS} == {
                n for n, positions in shown.items() if row.position in positions
            }
            case = case_of(View(log), f"#{row.position}")
            assert set(row.concerns) & {*case.state.facts.crews} <= {*crews_named(case)}


def _has_page(state: RallyState, number: str) -> bool:
    try:
        crew(state, number)
    except LedgerError:
        return False
    return True


@examples(60)
@given(judged())
def test_whom_a_decision_names_it_concerns(rally: Rally) -> None:
    """By its own number and by those of its effects; also whom it replaces, or is about."""
    state = state_of(rally)
    rows = {row.id: row for row in decisions(state).rows}
    for row in some_of(rows.values()):
        assert {row.number} - {""} <= {*row.concerns}
        said: Any = state.facts.value(row.id)
        for name in ("target", "supersedes"):
            if (about := getattr(said, name, "")) in rows:
                assert {*rows[about].concerns} <= {*row.concerns}
        for effect in row.effects:
            for value in map(effect.fields.get, fields_naming(act_type(_effect(effect)), *CREWS)):
                assert {*((value,) if isinstance(value, str) else value or ())} <= {*row.concerns}


def _effect(row: Any) -> Effect:
    return Effect(row.act, dict(row.fields))
