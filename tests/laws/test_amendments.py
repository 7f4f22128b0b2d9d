"""Laws of amendments: what is corrected back or voided leaves no trace in the results."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.amendments import tips_of
from ledger.times import Instant
from ledger.vocabulary import (
    Corrected,
    Occurrence,
    PenaltyGiven,
    PenaltyWithdrawn,
    RegulationsAdopted,
    Source,
    StageTimeRecorded,
    Voided,
)
from tests.examples import examples
from tests.laws.answers import answers_of, folded, values, without_history
from tests.laws.rallies import (
    IMPOSSIBLE,
    Rally,
    happenings,
    identity,
    keyed,
    observations,
    possible_changes,
    rallies,
    unique,
)
from tests.laws.words import CODE, MINUTE, NOBODY, START, either, of, penalties


def _shared_lines(rally: Rally) -> set[str]:
    """The ids of occurrences whose line of a source was delivered more than once."""
    lines: dict[tuple[str, str], set[str]] = {}
    for each in rally:
        if each.source.name:
            lines.setdefault((each.source.name, each.source.seq), set()).add(identity(each))
    return {one for ids in lines.values() if len(ids) > 1 for one in ids}


def _old_values(value: Occurrence, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes that take these fields back to what they were."""
    stood = msgspec.to_builtins(value)
    return {
        name: tuple(was) if isinstance(was := stood.get(name), list) else was for name in changes
    }


@st.composite
def corrected_and_back(draw: st.DrawFn) -> tuple[Rally, Corrected, Corrected, Voided]:
    """A rally; a correction in it; and its two inverses: the old values again, and a void."""
    rally = draw(rallies())
    held = {identity(each): each for each in rally}
    twice = _shared_lines(rally)
    targets = [
        each
        for each, said in held.items()
        if not isinstance(said, (Corrected, Voided))
        and each not in twice
        and [each] == tips_of(each, held)
        and not any(getattr(other, "target", "") == each for other in rally)
        and [one for one in possible_changes(said) if one.keys() <= set(said.__struct_fields__)]
    ]
    assume(targets)
    target = draw(st.sampled_from(targets))
    changes = draw(st.sampled_from([*possible_changes(held[target]), *IMPOSSIBLE[:2]]))
    here = {"site": ""}  # another site may be limited to other offices
    there = draw(of(Corrected, target=target, changes=changes, **here))
    old = _old_values(held[target], changes)
    back = draw(of(Corrected, target=identity(there), changes=old, **here))
    return rally, there, back, draw(of(Voided, target=identity(there), **here))


@examples(40)
@given(corrected_and_back())
def test_correcting_back_restores_every_value(
    drawn: tuple[Rally, Corrected, Corrected, Voided],
) -> None:
    """A correction that is itself corrected back to the old values leaves the results as before."""
    rally, there, back, _ = drawn

    assert values(answers_of(rally)) == values(answers_of(unique([*rally, there, back])))


@examples(40)
@given(corrected_and_back())
def test_voiding_a_correction_restores_every_value(
    drawn: tuple[Rally, Corrected, Corrected, Voided],
) -> None:
    """A correction that is voided leaves all as before; voiding that void corrects again."""
    rally, there, _, void = drawn
    again = Voided(
        rally=void.rally, recorded_at=void.recorded_at, target=identity(void), by="Second thoughts"
    )

    _same_but_for_history(rally, [*rally, there, void])
    _same_but_for_history([*rally, there], [*rally, there, void, again])


def _same_but_for_history(one: Rally, other: Rally) -> None:
    assert without_history(answers_of(one)) == without_history(answers_of(other))


of_nothing_there = st.one_of(
    of(Voided, target=NOBODY), of(Corrected, target=NOBODY, changes={"reason": "late"})
)
"""Amendments of what the log does not hold."""


@examples(60)
@given(rallies(twice=False), either(happenings, of_nothing_there), st.data())
def test_what_is_voided_counts_as_never_recorded(
    rally: Rally, extra: Occurrence, data: st.DataObject
) -> None:
    """Something that should never have been entered, and the void that says so, change nothing.

    The target is something to which nothing else refers: a reference to it would be left dangling.
    """
    referred = {getattr(each, "target", "") for each in rally}
    held = [each for each in [*rally, extra] if identity(each) not in referred]
    amending = [each for each in held if isinstance(each, (Corrected, Voided))]
    target = data.draw(either(st.just(extra), st.sampled_from([*held, *amending])), label="target")
    assume(identity(target) not in referred)
    # By race control itself: a site may be limited to other offices.
    void = data.draw(of(Voided, target=identity(target), site=""), label="void")
    without = [each for each in rally if each != target]

    _same_but_for_history(without, unique([*without, target, void]))


def test_voided_regulations_settle_nothing() -> None:
    """Of two corrections side by side the better source counts, but not by rules that are void.

    The beam says 1:00:00 and then the gps says 1:01:00. Without an order of sources the later
    counts; regulations that put the beam first were adopted by mistake, and voided.
    """
    start = Instant(START, 480)
    time = StageTimeRecorded(rally=CODE, recorded_at=start, number="1", stage="SS1", elapsed_ms=1)
    corrections = [
        Corrected(
            rally=CODE,
            recorded_at=Instant(START + minute * MINUTE, 480),
            source=Source(kind=kind),
            target=identity(time),
            changes={"elapsed_ms": elapsed_ms},
        )
        for minute, kind, elapsed_ms in ((1, "beam", 3_600_000), (2, "gps", 3_660_000))
    ]
    rules = RegulationsAdopted(
        rally=CODE, recorded_at=start, rulebook="x", parameters={"timing.sources": ("beam",)}
    )
    void = Voided(rally=CODE, recorded_at=start, target=identity(rules))

    for expected, said in (
        (3_660_000, [time, *corrections]),
        (3_600_000, [time, *corrections, rules]),
        (3_660_000, [time, *corrections, rules, void]),
    ):
        stands = folded(said).facts().of(StageTimeRecorded)
        assert [expected] == [each.value.elapsed_ms for each in stands]


@examples(35)
@given(
    rallies(about=observations, most=4, amended=False, twice=False, timed=True),
    penalties,
    st.data(),
)
def test_a_line_that_arrives_twice_counts_once(
    rally: Rally, penalty: PenaltyGiven, data: st.DataObject
) -> None:
    """The same line of a source, taken in at two sites, is one; what takes it back may name either.

    Who recorded it is another matter: the copies differ in that, and the retirement list tells it.
    """
    said = data.draw(st.just(penalty) | st.sampled_from(rally), label="line")
    line = keyed(said, "sheet", "7")
    copy = msgspec.structs.replace(line, by="Another site")
    told = [each for each in rally if not isinstance(each, (Corrected, Voided))]
    back = PenaltyWithdrawn(rally=CODE, recorded_at=line.recorded_at, target=identity(line))
    also = msgspec.structs.replace(back, target=identity(copy))

    _same_results([*told, line], [*told, line, copy])
    _same_results([*told, line, back], [*told, line, copy, back])
    _same_results([*told, line, back], [*told, line, copy, also])
    _same_results([*told, line, back], [*told, line, copy, back, also])


def _same_results(one: Rally, other: Rally) -> None:
    expected, found = answers_of(unique(one)), answers_of(unique(other))
    assert expected["standings"] == found["standings"]
    assert expected["finishers"] == found["finishers"]
