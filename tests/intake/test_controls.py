"""To which stage a control of the live timing belongs: when its penalties count, who is out.

SS1 and SS2 stand in the first section of an invented itinerary, SS3 in the second. The stage that
the service names for a lettered control binds only where it stands in the control's own section and
has the control's number.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from projections.results.standings import Scope, standings
from projections.state.rally import RallyState
from tests.intake.answers import Answers, Control, Section

FINAL = 4
"""Behind the last stage: it counts in the final result alone."""
CASES = {
    "same section and number": (1, "TC2A", 2, 2),
    "same section, another number": (1, "TC2A", 1, 3),
    "same section, the next number": (1, "TC1A", 2, 2),
    "another section": (2, "TC2A", 2, 3),
    "another section, another number": (2, "TC2A", 1, 3),
    "the next stage in its section": (2, "TC2A", 3, 3),
    "no stage named": (1, "TC2A", None, 3),
    "a stage that is not in the itinerary": (1, "TC2A", 9, 3),
    "behind the last stage": (2, "TC3A", None, FINAL),
    "behind the last stage, another section named": (2, "TC3A", 1, FINAL),
    "tied to the last stage": (2, "TC3A", 3, 3),
    "before the first stage": (1, "TC0", None, 1),
    "before the first stage, the last one named": (1, "TC0", 3, 1),
    "behind the control before the first stage": (1, "TC0B", None, 1),
    "a time control under another stage": (1, "TC2", 3, 2),
    "a start under another stage": (1, "SS2", 1, 2),
    "a flying finish without a stage": (1, "SF2", None, 2),
    "a code that tells no number": (1, "PF IN", 2, 2),
}
ENDS = {1: "10:20:00", 2: "11:20:00", 3: "12:20:00"}
CREWS = {"101", "102", "103"}


def rally(folder: Path, section: int, control: Control) -> Answers:
    """Three crews finish three stages, the last of them 20 minutes past the hour."""
    controls = {section: (control,)}
    saved = Answers(
        folder / "oasis", Section(controls.get(1, ()), (1, 2)), Section(controls.get(2, ()), (3,))
    )
    for stage in saved.stages:
        for crew, minutes in ((1, 10), (2, 15), (3, 20)):
            saved.finish(stage, crew, minutes)
    return saved


def penalties(state: RallyState, after: str | None) -> dict[str, int]:
    """The penalties of each crew in an overall, in seconds."""
    return {row.number: row.penalty_ms // 1000 for row in standings(state, Scope(after=after)).rows}


@pytest.mark.parametrize(("section", "code", "named", "first"), CASES.values(), ids=CASES)
def test_a_penalty_counts_from_the_stage_of_its_control(
    section: int, code: str, named: int | None, first: int, tmp_path: Path
) -> None:
    """Not before, and from there on; so it does with what had happened at the end of a stage."""
    saved = rally(tmp_path, section, Control(code, named))
    saved.penalise(2, code)
    state = saved.state()
    for stage, end in ENDS.items():
        expected = {"101": 0, "102": 10 if first <= stage else 0, "103": 0}
        assert expected == penalties(state, f"SS{stage}")
        assert expected == penalties(saved.state(until=end), f"SS{stage}")
    assert {"101": 0, "102": 10, "103": 0} == penalties(state, None)
    (charge,) = state.penalties["102"]
    assert (first, f"SS{first}" if first < FINAL else "") == (charge.order, charge.stage)


@pytest.mark.parametrize(("section", "code", "named", "first"), CASES.values(), ids=CASES)
def test_a_crew_is_out_from_the_stage_of_the_control_at_which_it_retired(
    section: int, code: str, named: int | None, first: int, tmp_path: Path
) -> None:
    """It had a time on each stage: the control alone takes it out."""
    saved = rally(tmp_path, section, Control(code, named))
    saved.retire(2, code, None)
    state = saved.state()
    for stage, end in ENDS.items():
        expected = CREWS - {"102"} if first <= stage else CREWS
        assert expected == penalties(state, f"SS{stage}").keys()
        assert expected == penalties(saved.state(until=end), f"SS{stage}").keys()
    assert CREWS - {"102"} == penalties(state, None).keys()


def test_a_penalty_before_the_first_stage_enters_at_its_end(tmp_path: Path) -> None:
    """Not in the year in which the answers were taken in, and not before the stage was over."""
    saved = rally(tmp_path, 1, Control("TC0"))
    saved.penalise(1, "TC0")
    assert [0, 10] == [
        penalties(saved.state(until=time), "SS1")["101"] for time in ("10:19:59", "10:20:00")
    ]


@pytest.mark.parametrize("control", [None, 999], ids=["no control", "an unknown control"])
def test_a_penalty_that_nothing_ties_to_a_stage_counts_in_the_final(
    control: int | None, tmp_path: Path
) -> None:
    """Before it, nobody can say where it belongs; it enters at the end of the rally."""
    saved = rally(tmp_path, 1, Control("TC0"))
    saved.penalise(1, control)
    state = saved.state()
    assert [0, 0, 0] == [penalties(state, f"SS{stage}")["101"] for stage in ENDS]
    assert 10 == penalties(state, None)["101"]
    by_then = [penalties(saved.state(until=time), None)["101"] for time in ("12:19:59", "12:20:00")]
    assert [0, 10] == by_then
