"""A record whose parameter the rulebook does not define fails no answer that does not need it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Undefined
from ledger.vocabulary import TYPES, AppealIntentionNotified, ProtestLodged
from projections.registry import PROJECTIONS
from projections.rules.templates import template, template_names
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import folded
from tests.laws.rallies import ABOUT
from tests.laws.words import WORDS
from tests.spec import RALLY, Case, at, effect

OF_THE_DESK = ("decisions", "docket", "due", "check", "anomalies", "protest-clock")
PROCEDURE = ("protests.", "appeals.")
CASES = {name: TYPES[name] for name in sorted(TYPES) if TYPES[name] in WORDS}


def case(rulebook: str, *, silent: bool = False) -> tuple[Case, dict[type, str]]:
    """A rally with a case on the desk that is known, appealed against, and a document posted.

    Under a `silent` rulebook nothing is said on protests and appeals.
    """
    found = Case(rulebook)
    if silent:
        parameters = template(rulebook).parameters
        kept = {n: v for n, v in parameters.items() if not n.startswith(PROCEDURE)}
        found.record("RegulationsAdopted", rulebook=rulebook, parameters=kept)
    found.enter("1", "2")
    found.times("SS1", at("10:00"), _1="1:00:00", _2="1:01:00")
    minute = effect("PenaltyGiven", amount_ms="0:01:00")
    said = found.decide(1, at("12:00"), "clerk", number="1", stage="SS1", effects=[minute])
    posted = found.record(
        "ClassificationPublished",
        at("15:00"),
        document="1",
        kind="provisional",
        scope={"kind": "overall"},
        position=3,
        root="ab" * 32,
        rulebook=rulebook,
        edition=2,
        digest="ab" * 32,
        rows=[],
        unclassified=[],
    )
    found.record("DecisionNotified", at("15:00"), target=said)
    appeal = found.record("AppealIntentionNotified", at("15:10"), target=said, number="1")
    return found, {AppealIntentionNotified: appeal, ProtestLodged: posted, object: said}


WHOLE = [each for each in template_names() if "ties.chain" in template(each).parameters]
"""The rulebooks by which crews are classified; another one tells of procedure alone."""


@pytest.mark.parametrize("rulebook", WHOLE)
@examples(150)
@given(data=st.data())
def test_each_type_recorded_once_leaves_every_answer_that_does_not_need_more(
    rulebook: str, data: st.DataObject
) -> None:
    """Under every rulebook that is shipped, but where it says which page is wanted for it."""
    found, ids = case(rulebook)
    name = data.draw(st.sampled_from(sorted(CASES)))
    said = data.draw(WORDS[TYPES[name]])
    about = (AppealIntentionNotified,) if TYPES[name] is not ProtestLodged else (ProtestLodged,)
    wanted = ABOUT.get(TYPES[name], about) if name != "ProtestLodged" else about
    fields = {"rally": RALLY}
    if "target" in said.__struct_fields__:
        fields["target"] = next((ids[each] for each in wanted if each in ids), ids[object])
    rally = [*(each for _, each in found.records), msgspec.structs.replace(said, **fields)]
    state = RallyState(folded(rally).facts())
    for answer in (*OF_THE_DESK, "standings", "publications"):
        lacking = _lacking(answer, state)
        assert not lacking or answer not in OF_THE_DESK, (answer, lacking)
        wanting = [each for each in template(rulebook).wanted if each in lacking]
        assert not lacking or wanting, (answer, lacking)


def _lacking(answer: str, state: RallyState) -> str:
    """Which rule an answer needs and has not, as it says so; "" where it answers."""
    try:
        PROJECTIONS[answer](state)
    except Undefined as error:
        return error.message
    return ""


def test_an_appeal_under_a_rulebook_that_says_nothing_on_appeals() -> None:
    """Nothing is suspended, the deadlines are not known, and the docket says which rules lack."""
    found, _ = case("wrc-2019", silent=True)
    assert ["1 2 1:01:00", "1 1 1:01:00"] == sorted(found.overall(), reverse=True)
    assert ["clerk-1 in force"] == found.register()
    (row,) = PROJECTIONS["docket"](found.state()).rows
    assert (None, None) == (row.appeal_until, row.protest_until)
    assert (
        "appeals.to_stewards",
        "protests.time_decision",
        "appeals.confirm_to_stewards",
        "appeals.suspends",
    ) == row.undefined
    unknown = "due clerk-1: a time is not known: the rules do not define appeals.to_stewards"
    assert unknown in found.due(at("20:00"))
    why_not = (
        "1 the rules do not define protests.time_classification; SS3 is not closed; "
        "the appeal of 1 against clerk-1 is announced"
    )
    assert [why_not] == found.clocks(at("20:00"))
