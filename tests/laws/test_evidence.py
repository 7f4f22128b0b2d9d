"""Laws of evidence files: what the ledger writes is accepted, and says the same for ever."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import event, given
from hypothesis import strategies as st

from cli.evidence import check
from cli.evidence.bundle import Bundle, bundle
from cli.office.view import View
from ledger.exhibits import Exhibits
from ledger.log import Log
from ledger.vocabulary import (
    TYPES,
    ClassificationPublished,
    DocumentPosted,
    FinePaid,
    FineReturned,
    RemarkMade,
)
from tests.examples import examples
from tests.laws.answers import sites
from tests.laws.rallies import Rally, amendments, cases, rallies, unique
from tests.laws.test_clocks import put_right
from tests.laws.words import CODE


@st.composite
def judged(draw: st.DrawFn) -> Rally:
    """A rally with a case in it, and what was said about that later; perhaps by a wrong clock.

    What was only drawn as a publication claims digests and roots that no log ever had.
    """
    rally = [*draw(rallies()), *draw(cases())]
    for _ in range(draw(st.integers(0, 3))):
        rally.append(draw(amendments(rally, spare_rules=True)))
    rally = [each for each in rally if not isinstance(each, ClassificationPublished)]
    return unique(put_right(rally) if draw(st.booleans()) else rally)


def evidence(log: Log, known_at: int, position: int) -> Bundle:
    """The evidence file of the decision at a position."""
    with tempfile.TemporaryDirectory() as folder:
        return bundle(View(log, f"#{known_at}"), f"#{position}", Exhibits(Path(folder)))


@examples(40)
@given(judged(), st.data())
def test_what_the_ledger_writes_is_accepted_and_stays_the_same(
    rally: Rally, data: st.DataObject
) -> None:
    """Of any decision in the register of any log, also after more was recorded."""
    with sites() as opened:
        log = opened.log("main", rally)
        size = log.head().size
        rulings = View(log).state.facts.rulings
        positions = [each.fact.position for each in rulings.all.values()]
        event(f"{min(len(positions), 3)} decisions")
        if not positions:
            return
        position = data.draw(st.sampled_from(sorted(positions)))
        made = evidence(log, size, position)

        assert [] == check.checked(made.files).findings
        assert made.files == check.unpacked(made.data)
        assert "" == check.difference(made.data, made.files)
        later = RemarkMade(rally=CODE, recorded_at=rally[-1].recorded_at, text="later")
        log.append([later])
        assert made.data == evidence(log, size, position).data


def test_the_checker_knows_every_step_of_a_case() -> None:
    """What refers to a decision in the register is what the checker looks for; no type is new."""
    desk = {name for name, kind in TYPES.items() if kind.__module__.endswith(".judicial")}
    paid = {FinePaid.type_name(), FineReturned.type_name()}
    assert {*desk, *paid, DocumentPosted.type_name()} == check.STEPS
