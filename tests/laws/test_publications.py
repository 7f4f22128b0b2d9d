"""Laws of publications: what was posted is reproduced for ever, and what was altered is not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import assume, event, given
from hypothesis import strategies as st

from ledger.commands.numbering import NUMBERED
from ledger.commands.publish import PostDocument, post
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.merkle import Frontier
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import (
    ClassificationPublished,
    DocumentPosted,
    Occurrence,
    RallyConstituted,
    RemarkMade,
    canonical,
    decode,
)
from ledger.vocabulary.publication import Line
from projections.comparing.drift import Without, drift, moves
from projections.desk.judging import judge
from projections.desk.publications import (
    AS_PUBLISHED,
    DRIFTED,
    Content,
    as_posted,
    computed_content,
    content_of,
    posted_content,
    publications,
    scope_of,
)
from projections.desk.reproduction import NOT_REPRODUCED, REPRODUCED, Reproduction, reproductions
from projections.results.standings import standings
from projections.state.rally import EDITION, RallyState
from tests.examples import examples
from tests.laws.answers import records_of, scopes_of, sites, state_of
from tests.laws.rallies import Rally, amendments, identity, rallies, unique
from tests.laws.words import CODE, START
from tests.looked import some_of, when

AT = Instant(START, 480)


def root_of(records: Iterable[Record]) -> str:
    """The root of a log of these records."""
    tree = Frontier()
    for each in records:
        tree.append(each.leaf)
    return tree.root().hex()


def contents_of(state: RallyState) -> list[Content]:
    """Every classification of a state that has anybody in it."""
    found = []
    for scope in scopes_of(state):
        try:
            answer = standings(state, scope)
        except LedgerError:
            continue
        if answer.rows:
            found.append(content_of(answer))
    return found


def published(prefix: Rally, content: Content, number: str = "1") -> ClassificationPublished:
    """A classification posted on a log that ends with these occurrences."""
    said = ClassificationPublished(
        rally=CODE,
        recorded_at=AT,
        by="Results",
        role="results-office",
        document=number,
        kind="provisional",
        scope=dict(content.scope),
        position=len(prefix),
        root=root_of(records_of(prefix)),
        edition=EDITION,
        digest=content.digest(),
        rows=content.rows,
        unclassified=content.unclassified,
    )
    read_again = decode(canonical(said))
    assert isinstance(read_again, ClassificationPublished)
    return read_again


def judged(log: Rally) -> list[Reproduction]:
    """What verifying says of the publications in a log."""
    records = records_of(log)
    posted = [each for each in records if isinstance(each.occurrence(), ClassificationPublished)]
    found = reproductions(posted, iter(records), "main")
    return [each for each in found if each.document.startswith("doc ")]


@st.composite
def posted_rallies(draw: st.DrawFn) -> Rally:
    """A rally with classifications posted at random cuts, and anything said of it all later."""
    rally = draw(rallies(most=10, timed=True))
    cuts = draw(st.sets(st.integers(len(rally) // 2, len(rally)), min_size=1, max_size=3))
    log: Rally = []
    for index, each in enumerate([*rally, None]):
        if index in cuts and (contents := contents_of(state_of(log))):
            log.append(published(log, draw(st.sampled_from(contents)), f"doc {index}"))
        if each is not None:
            log.append(each)
    for _ in range(draw(st.integers(0, 4))):
        log.append(draw(amendments(log)))
    return unique(log)


@examples(60)
@given(posted_rallies())
def test_a_publication_reproduces_for_ever(log: Rally) -> None:
    """Whatever is appended after it, corrections and voids of anything included."""
    found = judged(log)
    assume(found)
    event(f"{len(found)} publications")

    for each in some_of(found):
        assert REPRODUCED == each.status, each
        assert "" == each.message


@examples(60)
@given(posted_rallies(), st.data())
def test_an_altered_prefix_does_not_pass(log: Rally, data: st.DataObject) -> None:
    """One record before the cut-off says something else, left out or moved: it is another log.

    All hashes of it are right; only what was published on it tells.
    """
    found = judged(log)
    assume(found)
    last = log[found[-1].position - 1]
    assert isinstance(last, ClassificationPublished)
    at = data.draw(st.integers(0, last.position - 1))
    match data.draw(st.sampled_from(["other", "gone", "moved"])):
        case "other":
            other = msgspec.structs.replace(log[at], by="A forger")
            altered = [*log[:at], other, *log[at + 1 :]]
        case "gone":
            altered = [*log[:at], *log[at + 1 :]]
        case _:
            assume(last.position > 1)
            with_it = [each for each in log[: last.position] if each is not log[at]]
            to = data.draw(st.integers(0, len(with_it)).filter(lambda n: n != at))
            altered = [*with_it[:to], log[at], *with_it[to:], *log[last.position :]]
    found = judged(altered)

    assert NOT_REPRODUCED == found[-1].status
    assert found[-1].proof or found[-1].message.startswith("It says that it rests on #")


@examples(60)
@given(rallies(most=10, timed=True), st.data())
def test_the_digest_is_that_of_what_it_says(rally: Rally, data: st.DataObject) -> None:
    """Of its scope and rows alone: not of when, by whom, on which cut-off or as what it is posted.

    Two that say the same have one digest, two that do not have different ones.
    """
    contents = contents_of(state_of(rally))
    contents += contents_of(state_of(rally[: data.draw(st.integers(0, len(rally)))]))
    assume(contents)
    said = published(rally, data.draw(st.sampled_from(contents)))
    other = msgspec.structs.replace(
        said, document="2", kind="final", position=1, root="", edition=7, recorded_at=AT, by="B"
    )

    assert said.digest == posted_content(said).digest() == posted_content(other).digest()
    spelled = {canonical(each): each.digest() for each in contents}
    assert len(spelled) == len(set(spelled.values()))
    assert {each.digest() for each in contents} == set(spelled.values())
    one = posted_content(said)
    changed: dict[str, Any] = {
        "scope": {**one.scope, "team": "A"},
        "rows": one.rows[1:],
        "unclassified": (*one.unclassified, {"number": "999"}),
    }
    for name, value in changed.items():
        assert said.digest != msgspec.structs.replace(one, **{name: value}).digest()


@examples(60)
@given(posted_rallies())
def test_the_register_says_whether_it_still_holds(log: Rally) -> None:
    """It is as published exactly where the same scope, computed now, says the same."""
    state = state_of(log)
    posted = {identity(each): each for each in log if isinstance(each, ClassificationPublished)}
    for row in publications(state).rows:
        said = posted.get(row.id)
        if said is not None and when(said.digest):
            told = _today(state, said)
            same = told == canonical(posted_content(said))
            expected = AS_PUBLISHED if same else DRIFTED
            assert (told if isinstance(told, str) else expected) == row.today


def _today(state: RallyState, said: ClassificationPublished) -> bytes | str:
    """What the same scope says now, or why it says nothing."""
    try:
        return canonical(content_of(standings(state, scope_of(said.scope))))
    except LedgerError as error:
        return error.message


@examples(80)
@given(rallies(most=12, timed=True), st.data())
def test_drift_names_who_moved_and_nobody_else(rally: Rally, data: st.DataObject) -> None:
    """Two answers to one scope differ exactly in the crews that are named, in what is told."""
    before = {canonical(c.scope): c for c in contents_of(state_of(rally[: len(rally) * 2 // 3]))}
    after = {canonical(c.scope): c for c in contents_of(state_of(rally))}
    assume(before.keys() & after.keys())
    scope = data.draw(st.sampled_from(sorted(before.keys() & after.keys())))
    was, now = _by_number(before[scope]), _by_number(after[scope])
    found = {each.number: each for each in moves(before[scope], after[scope])}
    event("moved" if found else "the same")

    differing = {n for n in was.keys() | now.keys() if was.get(n) != now.get(n)}
    assert differing == found.keys()
    assert bool(found) == (before[scope].digest() != after[scope].digest())
    for number, each in found.items():
        pair = was.get(number, {}), now.get(number, {})
        assert tuple(line.get("place") for line in pair) == each.place
        assert tuple(line.get("total_ms") for line in pair) == each.total_ms


@examples(60)
@given(posted_rallies())
def test_nothing_of_an_explanation_can_be_left_out(log: Rally) -> None:
    """Without the records of an explanation a crew stands as published; with any of them, not."""
    state, records = state_of(log), records_of(log)
    for row in publications(state).rows:
        if row.today == DRIFTED and row.document.startswith("doc "):
            posted = state.facts.of(ClassificationPublished)
            (fact,) = [each for each in posted if each.id == row.id]
            said = as_posted(state, fact)
            found = drift(state, fact, Without(said, records).explain)
            for each in some_of((*found.rows, *found.unclassified)):
                event("explained" if each.because else "not explained")
                assert all(said.position < position <= len(log) for position in each.because)
                assert _as_published(log, said, each.number, each.because)
                for kept in each.because:
                    others = [position for position in each.because if position != kept]
                    assert not _as_published(log, said, each.number, others)


def _as_published(
    log: Rally, said: ClassificationPublished, number: str, without: Iterable[int]
) -> bool:
    """Whether a crew stands as it was published in a log without these records."""
    left_out = set(without)
    rest = [each for position, each in enumerate(log, 1) if position not in left_out]
    try:
        now = computed_content(state_of(rest), said)
    except LedgerError:
        return False
    return _by_number(posted_content(said)).get(number) == _by_number(now).get(number)


def _by_number(content: Content) -> dict[str, Line]:
    """What is said of each crew, but for what follows from the other rows."""
    lines = [*content.rows, *content.unclassified]
    left_out = {"gap_ms", "interval_ms"}
    return {
        str(line["number"]): {name: v for name, v in line.items() if name not in left_out}
        for line in lines
    }


@examples(15)
@given(st.lists(st.sampled_from(["post", "other", "remark"]), min_size=1, max_size=8))
def test_numbers_are_gapless(steps: list[str]) -> None:
    """Who posts one document after another gets 1, 2, 3 …, whatever else is recorded between."""
    with sites() as opened:
        log = opened.log("main", [RallyConstituted(rally=CODE, recorded_at=AT, title="Steppe")])
        for step in steps:
            _carry_out(log, step)
        posted = [each.occurrence() for each in log.read(types=NUMBERED_NAMES)]
        numbers = [getattr(each, "document", "") for each in posted]

    assert [str(number) for number in range(1, len(posted) + 1)] == numbers


NUMBERED_NAMES = [kind.type_name() for kind in NUMBERED]


def _carry_out(log: Log, step: str) -> None:
    """Post a classification or another document, or note something that is no document."""
    if step == "remark":
        text = f"after {log.head().size}"
        log.append([RemarkMade(rally=CODE, recorded_at=AT, text=text)])
        return
    said: Occurrence = DocumentPosted(
        rally=CODE, recorded_at=AT, role="secretary", document="", title="Convoy"
    )
    if step == "post":
        scope = {"kind": "overall"}
        said = published([], Content(scope, ({"place": 1, "number": "1"},), ()))
    post(log, lambda: PostDocument([said], judge))
