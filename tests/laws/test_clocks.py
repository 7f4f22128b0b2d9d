"""A clock that was wrong and is put right: every answer is as if it had been right all along."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.times import Instant
from ledger.vocabulary import (
    BulletinIssued,
    ClockOffsetDeclared,
    Corrected,
    Occurrence,
    RegulationsAdopted,
    SourceDeclaredUnreliable,
)
from projections.state.facts import Fold
from tests.examples import examples
from tests.laws.answers import Answers, answers, values
from tests.laws.rallies import Rally, identity, rallies
from tests.laws.words import CODE, MINUTE, START

HOUR = 60 * MINUTE
SITE = "lap-4"
CUTS = (None, *(START + each * MINUTE for each in (-1, 10, 25, 40, 200)))
"""The head, and instants by which some of it had happened."""
ahead = st.sampled_from([-26 * HOUR, -7 * MINUTE, 20 * MINUTE, HOUR, 24 * HOUR])


@st.composite
def written_at_sites(draw: st.DrawFn, clock: str = "applied") -> Rally:
    """A rally that is written at several sites; the clocks of sites are applied, or noted only."""
    rally = [
        msgspec.structs.replace(each, site=draw(st.sampled_from([SITE, SITE, "", "race-control"])))
        for each in draw(rallies())
        if not isinstance(each, (ClockOffsetDeclared, SourceDeclaredUnreliable))
    ]
    return [_under(each, clock) for each in rally]


CLOCK = "timing.site_clock"


def _under(said: Occurrence, clock: str) -> Occurrence:
    if isinstance(said, (RegulationsAdopted, BulletinIssued)):
        said = msgspec.structs.replace(said, parameters={**said.parameters, CLOCK: clock})
    if isinstance(said, RegulationsAdopted):
        later = tuple(each for each in said.later if each.parameter != CLOCK)
        said = msgspec.structs.replace(said, later=later)
    return said


def put_right(rally: Rally) -> Rally:
    """The same written at the site, with its clock declared to have been an hour ahead."""
    there = [_under(msgspec.structs.replace(each, site=SITE), "applied") for each in rally]
    return [*there, declared(HOUR)]


def by_the_clock(said: Occurrence, ahead_ms: int) -> Occurrence:
    """What a site writes whose clock is so far ahead: every instant that the clock gives."""
    if said.site != SITE:
        return said
    fields: dict[str, Any] = {"recorded_at": _later(said.recorded_at, ahead_ms)}
    if said.fact_at is not None:
        fields["fact_at"] = _later(said.fact_at, ahead_ms)
    if getattr(said, "decided_at", None) == said.recorded_at:
        fields["decided_at"] = fields["recorded_at"]
    if isinstance(said, Corrected):
        match said.changes.get("fact_at"):
            case (int(ms), int(offset)):
                fields["changes"] = {**said.changes, "fact_at": (ms + ahead_ms, offset)}
    return msgspec.structs.replace(said, **fields)


def _later(at: Instant, ms: int) -> Instant:
    return Instant(at.ms + ms, at.offset)


def declared(ahead_ms: int) -> ClockOffsetDeclared:
    """What is said of the clock in the evening."""
    at = Instant(START + 12 * HOUR, 480)
    return ClockOffsetDeclared(rally=CODE, recorded_at=at, of_site=SITE, ahead_ms=ahead_ms)


def told(rally: Rally, ahead_ms: int, said: ClockOffsetDeclared) -> Fold:
    """The log of a rally in which the clock of the site was so far ahead.

    The ids are those of the right times: which of two comes first by its id is no matter of clocks.
    """
    fold = Fold()
    for position, each in enumerate(rally, 1):
        fold.take(identity(each), position, by_the_clock(each, ahead_ms))
    fold.take("declared", len(rally) + 1, said)
    return fold


QUOTED = {"fact_at", "decided_at", "notified_at", "acknowledged_at", "at"}
"""What the register of decisions quotes from papers as it was put down."""


def about_the_rally(found: Answers) -> Answers:
    """The answers without what quotes the clock of a record as it was put down."""
    records = {each: found[each] for each in ("anomalies", "check", "outstanding")}
    return {**values(found), **records, "decisions": _unquoted(found["decisions"])}


def at_every_cut(log: Fold) -> list[Answers]:
    """The answers about the rally at the head, and at instants of the true time."""
    return [about_the_rally(answers(log, cut)) for cut in CUTS]


def _unquoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unquoted(each) for name, each in value.items() if name not in QUOTED}
    return [_unquoted(each) for each in value] if isinstance(value, list) else value


@pytest.mark.slow
@examples(150)
@given(written_at_sites(), ahead)
def test_a_clock_that_is_put_right_was_never_wrong(rally: Rally, ahead_ms: int) -> None:
    """All that a site wrote was dated too late or too early; that is declared, and no answer moves.

    At the head and at any instant of the true time, for every answer.
    """
    right, wrong = told(rally, 0, declared(0)), told(rally, ahead_ms, declared(ahead_ms))

    assert at_every_cut(right) == at_every_cut(wrong)


@examples(40)
@given(written_at_sites("noted"), ahead)
def test_a_clock_that_is_only_noted_moves_nothing(rally: Rally, ahead_ms: int) -> None:
    """Where the rulebook only notes the clocks of sites, a declaration changes no result."""
    plain, noted = told(rally, ahead_ms, declared(0)), told(rally, ahead_ms, declared(ahead_ms))

    assert plain.facts().true == {}
    assert at_every_cut(plain) == at_every_cut(noted)
