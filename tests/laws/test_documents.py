"""Laws of documents: whatever is on record can be drawn, and drawn again to the same bytes.

The first law makes the data of the sheets only, which is quick; the second one draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from hypothesis import event, given
from hypothesis import strategies as st

from cli.documents.cards import Moment, card, retired, starters
from cli.documents.classification import classification
from cli.documents.decision import decision
from cli.documents.rendering import Sheet, printable, render
from ledger.errors import LedgerError
from ledger.times import Instant
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import state_of
from tests.laws.rallies import Rally, cases, rallies
from tests.laws.test_publications import contents_of, published
from tests.laws.words import CODE, START
from tests.looked import some_of, when

MOMENT = Moment(CODE, 7, "ab" * 32, Instant(START, 480))


WITH_A_CASE = st.builds(lambda rally, case: [*rally, *case], rallies(), cases())
"""A rally with decisions, and what became of them."""


def sheets_of(rally: Rally, state: RallyState) -> list[Sheet]:
    """Every sheet that can be made of a rally, but for those that a lacking rule refuses."""
    made = []
    for make in _makers(rally, state):
        try:
            made.append(make())
        except LedgerError:
            continue
    return made


def _makers(rally: Rally, state: RallyState) -> Iterator[Callable[[], Sheet]]:
    for content in contents_of(state):
        said = published(rally, content)
        for draft in (False, True):
            yield partial(classification, said, state, draft=draft)
    for decided in (*state.facts.rulings.decisions, *state.facts.rulings.of_courts):
        yield partial(decision, decided, state, 7, "ab" * 32, "12")
    for number in state.facts.crews:
        yield partial(card, state, MOMENT, number)
    for stage in state.stages:
        yield partial(starters, state, MOMENT, stage.stage)
    yield partial(retired, state, MOMENT)


@examples(25)
@given(WITH_A_CASE)
def test_a_sheet_can_be_made_of_anything(rally: Rally) -> None:
    """No record makes it impossible; penalties are named of crews that are in it."""
    state = state_of(rally)
    made = sheets_of(rally, state)
    event(f"{min(len(made), 20)} sheets")
    for sheet in some_of(made):
        shown = printable(sheet.data, set())
        assert {"title", "document", "dated", "basis"} <= shown.keys()
        if sheet.kind == "classification":
            numbers = {row["number"] for row in sheet.data["rows"]}
            named = {each["number"] for each in sheet.data["notes"]["given"]}
            outside = {row["number"] for row in sheet.data["unclassified"]}
            assert named <= numbers | outside


@examples(8)
@given(WITH_A_CASE, st.integers(0, 100))
def test_a_sheet_can_be_drawn_again(rally: Rally, chosen: int) -> None:
    """One of its sheets, drawn twice, the second time from the same records folded anew."""
    first, again = (sheets_of(rally, state_of(rally)) for _ in range(2))
    if when(first):
        event(first[chosen % len(first)].kind)
        assert render(first[chosen % len(first)]) == render(again[chosen % len(first)])
