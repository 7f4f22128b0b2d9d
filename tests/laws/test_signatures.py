"""Laws of signatures: what each is worth follows from what is on record, in whatever order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from cli.evidence import check
from ledger import powers
from ledger.errors import Undefined
from ledger.powers import Powers
from ledger.signatory import signature_over
from ledger.times import Instant
from ledger.verify import verify
from ledger.vocabulary import (
    ActAdopted,
    ActsSigned,
    BulletinIssued,
    Corrected,
    CrewEntered,
    KeyRegistered,
    KeyReportedLost,
    KeyRevoked,
    Occurrence,
    PenaltyGiven,
    RegulationsAdopted,
    StageScheduled,
    StageTimeRecorded,
    Voided,
    canonical,
)
from projections.rules.templates import template
from projections.state.facts import fold
from projections.state.rally import RallyState
from projections.timeline.saved import from_bytes, to_bytes
from projections.timeline.timeline import Timeline
from tests.evidence.javascript import Javascript, javascript
from tests.examples import examples
from tests.laws.answers import (
    Answers,
    answers,
    answers_of,
    classified,
    exported,
    folded,
    imported,
    sites,
)
from tests.laws.rallies import Rally, identity, unique
from tests.laws.words import CODE, MINUTE, START
from tests.looked import some_of, when
from tests.signing import key, signed

__all__ = ["javascript"]
OFFICES = ("organiser", "stewards", "secretary")
WHOSE = {name: key(name) for name in ("organiser", "chair", "second", "nobody")}
LINES = (
    "any act of stewards",
    "any act of anybody",
    "PenaltyGiven of stewards",
    "any act of secretary and organiser",
)
moments = st.integers(START, START + 40 * MINUTE).map(lambda ms: Instant(ms, 480))


def _said(draw: st.DrawFn, kind: type[Occurrence], **fields: Any) -> Occurrence:
    envelope = {"rally": CODE, "recorded_at": draw(moments), "by": "Li"}
    return kind(**{**envelope, "role": draw(st.sampled_from(OFFICES)), **fields})


@st.composite
def in_keys(draw: st.DrawFn) -> Rally:
    """A small rally whose organiser has a key: others are registered, lost, and sign this or that.

    Everything is signed by whoever it may be, for an office that may be his, or not at all.
    """
    begins: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START, 480)}
    parameters = dict(template("cross-country").parameters)
    parameters["signatures.wanted"] = draw(st.lists(st.sampled_from(LINES)).map(tuple))
    if draw(st.booleans()):
        parameters["signatures.countersigned"] = ("PenaltyGiven of stewards by stewards",)
    own = WHOSE["organiser"].public.line
    root = KeyRegistered(**begins, role="organiser", office="organiser", key=own)
    told: Rally = [
        RegulationsAdopted(**begins, rulebook="cross-country", parameters=parameters),
        StageScheduled(**begins, stage="SS1", order=1),
        CrewEntered(**begins, number="1", category="moto", driver="One"),
        StageTimeRecorded(**begins, number="1", stage="SS1", elapsed_ms=3_600_000),
        root,
        signed(WHOSE["organiser"], "organiser", root),
    ]
    acts: Rally = [root]
    for _ in range(draw(st.integers(2, 7))):
        acts.append(_act(draw, acts))
        if draw(st.integers(0, 3)):
            told.append(_signed(draw, acts[-1]))
    for _ in range(draw(st.integers(0, 5))):
        told.append(_signed(draw, *draw(st.lists(st.sampled_from(acts), min_size=1, max_size=3))))
    return unique([*told, *acts])


KINDS = (
    *("register", "penalty", "penalty", "lost", "revoked", "bulletin"),
    *("adopt", "void", "correct"),
)


def _act(draw: st.DrawFn, before: Rally) -> Occurrence:
    whose = WHOSE[draw(st.sampled_from(sorted(WHOSE)))].public
    since, about = draw(st.none() | moments), identity(draw(st.sampled_from(before)))
    match draw(st.sampled_from(KINDS)):
        case "register":
            office = draw(st.sampled_from(OFFICES))
            return _said(draw, KeyRegistered, key=whose.line, from_at=since, office=office)
        case "lost":
            return _said(draw, KeyReportedLost, fingerprint=whose.fingerprint, since=since)
        case "revoked":
            return _said(draw, KeyRevoked, fingerprint=whose.fingerprint, since=since)
        case "adopt":
            return _said(draw, ActAdopted, target=about)
        case "void":
            return _said(draw, Voided, target=about)
        case "correct":
            return _said(draw, Corrected, target=about, changes={"amount_ms": 2 * MINUTE})
        case "bulletin":
            asks = {"signatures.wanted": (draw(st.sampled_from(LINES)),)}
            return _said(draw, BulletinIssued, bulletin="1", parameters=asks)
        case _:
            return _said(draw, PenaltyGiven, number="1", stage="SS1", amount_ms=MINUTE)


def _signed(draw: st.DrawFn, *acts: Occurrence) -> Occurrence:
    who = draw(st.sampled_from(["organiser", *sorted(WHOSE)]))
    office = "organiser" if who == "organiser" else draw(st.sampled_from(OFFICES))
    return signature_over(WHOSE[who], office, [identity(e) for e in acts], acts[0])


def _idle(rally: Iterable[Occurrence]) -> set[str]:
    return {*folded(rally).facts().idle}


@examples(100)
@given(in_keys(), st.data())
def test_any_order_gives_one_answer(rally: Rally, data: st.DataObject) -> None:
    """Whether signatures come before what they sign, behind it, or after its key was lost."""
    shuffled = data.draw(st.permutations(rally))
    idle = _idle(rally)
    event(f"{min(len(idle), 4)} without effect")
    assert idle == _idle(shuffled)
    assert answers_of(rally)["standings"] == answers_of(shuffled)["standings"]


def test_what_is_judged_with_one_record_more_or_less_is_judged_anew() -> None:
    """An amendment without what it is about, an act without its signature: nothing of it stays."""
    at: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START, 480), "by": "Li"}
    chair, organiser = WHOSE["chair"], WHOSE["organiser"]
    root = KeyRegistered(**at, role="organiser", office="organiser", key=organiser.public.line)
    known = KeyRegistered(**at, role="organiser", office="stewards", key=chair.public.line)
    given = PenaltyGiven(**at, role="stewards", number="1", stage="SS1", amount_ms=MINUTE)
    asked = {**template("cross-country").parameters, "signatures.wanted": LINES[:1]}
    rules = RegulationsAdopted(**at, role="secretary", rulebook="own", parameters=asked)
    signatures = [signed(organiser, "organiser", root, known), signed(chair, "stewards", given)]
    taken_back = Voided(**at, role="secretary", target=identity(given))
    rally = [rules, root, known, given, taken_back, *signatures]
    whole = {identity(each): each for each in rally}
    turns = set[str]()
    for left in whole:
        fewer = {i: each for i, each in whole.items() if i != left}
        for told, before in ((whole, fewer), (fewer, whole)):
            powers.LEARNT.clear()
            idle = Powers(told).idle
            powers.LEARNT.clear()
            turns |= {*Powers(before).idle} ^ {*idle}
            assert Powers(told).idle == idle
    assert {identity(given), identity(taken_back)} <= turns


@examples(100)
@given(in_keys())
def test_the_checkers_of_evidence_judge_alike(javascript: Javascript, rally: Rally) -> None:
    """What each signature is worth, unless what says whose keys there are was amended."""
    at = {identity(each): position for position, each in enumerate(rally, 1)}
    said = [json.loads(canonical(each)) for each in rally]
    read = [
        check.Record(position, identity(each), b"", told, "", 0, "")
        for position, (each, told) in enumerate(zip(rally, said, strict=True), 1)
    ]
    found = check.Signatures(read, check.Powers(read).idle)
    worth = [[each.of, each.by, each.state] for each in found.found]
    told = javascript.ask("worth", records=said)["found"]
    assert told == {"first": found.first, "amended": found.amended, "found": worth}
    if when(not found.amended):
        judged = Powers({identity(each): each for each in rally})
        known = [[at[act], at[e.id], e.state] for act in at for e in judged.signatures(act)]
        assert sorted(known) == sorted(worth)


@examples(60)
@given(in_keys(), st.data())
def test_the_timeline_tells_what_a_replay_tells(rally: Rally, data: st.DataObject) -> None:
    """At any position, in any order behind the rules, also of a log followed in two steps."""
    rules, *rest = rally
    told = [rules, *data.draw(st.just(rest) | st.permutations(rest))]
    with sites() as opened:
        log = opened.log("main", told)
        timeline = Timeline(log)
        timeline.carry(data.draw(st.integers(1, len(told)), label="begun"))
        kept = from_bytes(to_bytes(timeline.index, ""))
        assert kept is not None
        timeline.index = kept[0]
        for position in some_of(range(1, len(told) + 1)):
            judged = Powers({each.id: each.occurrence() for each in log.read(until=position)})
            asked = bool(judged.root) and judged.asked.at(START).lines != ()
            event(f"{'served' if timeline.serves(position) else 'replayed'}, {asked=}")
            replayed = _classified(RallyState(fold(log.read(until=position)).facts()))
            assert _classified(timeline.at(position)) == replayed


def _classified(state: RallyState) -> Answers:
    """Every classification, or why there is none: a time may come before the regulations."""
    try:
        return classified(state)
    except Undefined as error:
        return {"refused": error.message}


@pytest.mark.slow
@examples(30)
@given(in_keys(), st.data())
def test_signed_and_unsigned_copies_are_one(rally: Rally, data: st.DataObject) -> None:
    """Two sites hold the same acts with other signatures: merged either way they agree."""
    signatures = [each for each in rally if isinstance(each, ActsSigned)]
    kept = {identity(e) for e in data.draw(st.lists(st.sampled_from(signatures)))}
    acts = [each for each in rally if not isinstance(each, ActsSigned)]
    with sites() as opened:
        some = opened.log("some", [e for e in rally if identity(e) in kept] + acts)
        rest = opened.log("rest", acts + [e for e in signatures if identity(e) not in kept])
        one, other = opened.ledger("one"), opened.ledger("other")
        for ledger, logs in ((one, (some, rest)), (other, (rest, some))):
            for log in logs:
                imported(ledger, exported(log))
        told = [answers(fold(each.log(CODE).read()))["standings"] for each in (one, other)]
        idle = [{*fold(each.log(CODE).read()).facts().idle} for each in (one, other)]
        assert told[0] == told[1]
        assert idle[0] == idle[1] == _idle(rally)
        assert verify(one.log(CODE)).proved


@examples(60)
@given(in_keys(), st.data())
def test_a_signature_that_does_not_hold_is_none(rally: Rally, data: st.DataObject) -> None:
    """It adds nothing to an act, and takes nothing away from what others signed."""
    signatures = [each for each in rally if isinstance(each, ActsSigned)]
    said = data.draw(st.sampled_from(signatures))
    another = data.draw(st.sampled_from(rally))
    forged = [
        msgspec.structs.replace(said, targets=(identity(another), "0" * 64)),
        msgspec.structs.replace(said, key=WHOSE["nobody"].public.fingerprint, reason="x"),
        msgspec.structs.replace(said, signature="AAAA"),
        signed(key("a stranger"), "stewards", another),
    ]
    assert _idle(rally) == _idle([*rally, *forged])
