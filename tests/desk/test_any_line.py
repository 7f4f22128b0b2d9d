"""Laws of the desk: no line makes it stumble, and what it acknowledges is what is on record."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.desk.conftest import Sits
from tests.examples import examples
from tests.looked import some_of

WORDS = """
    101 #102 103,104 999 110 12 at SS1 SS2 start finish cards TC1 WP1 clock elapsed e u n who log ?
    quit - r mech x p c 6:00 7:31:12 +1:31:12.4 @8:11 31:12 @ + ; ;why number=102 PenaltyGiven
    amount_ms=2:00 StageClosed RemarkMade text=fog stage=SS9 #
"""
GRAMMAR = st.lists(st.sampled_from(WORDS.split()), max_size=5).map(" ".join)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LINES = st.lists(st.tuples(GRAMMAR | ANYTHING, st.booleans()), min_size=1, max_size=8)


def test_any_line(sits: Sits) -> None:
    """Whatever is typed or pasted: each reply says what was appended, and nothing else was."""
    ann = sits("SS1 finish")

    @examples(300)
    @given(LINES)
    def holds(lines: list[tuple[str, bool]]) -> None:
        for line, answers in some_of(lines):
            before = ann.session.seat.log.head().size
            reply = ann.session.take(line, ann.session.seat.now(), answers=answers)
            after = ann.session.seat.log.head().size
            assert [*range(before + 1, after + 1)] == [*reply.appended], line
            assert not reply.waits or ann.session.waiting
            assert not (reply.refused and reply.appended)
            assert all("\n" not in each.text and each.text for each in reply.lines)
            undoable = [each.id for deed in ann.session.deeds for each in deed.records]
            assert ann.session.own.keys() >= {*undoable}

    holds()
