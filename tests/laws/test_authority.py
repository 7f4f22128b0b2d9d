"""Laws of who may act: judged from what is on record alone, so that every copy of a log agrees."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from cli.evidence import check
from ledger.authority import AMENDING, MAY_RECORD, OFFICES
from ledger.commands.record import RecordOccurrence
from ledger.errors import LedgerError, Refused
from ledger.keyring import KEYS
from ledger.powers import OFFICIAL, Powers
from ledger.times import Instant
from ledger.verify import verify
from ledger.vocabulary import (
    TYPES,
    ActAdopted,
    ClassificationPublished,
    CrewDisqualified,
    CrewEntered,
    Occurrence,
    OfficialAppointed,
    OfficialReplaced,
    PenaltyGiven,
    RallyConstituted,
    RegulationsAdopted,
    SiteLimited,
    StageCancelled,
    Voided,
)
from projections.comparing.compare import Whole
from projections.comparing.what_if import between
from projections.desk.judging import judge
from projections.results.standings import Scope
from projections.slices.belonging import Belonging
from projections.slices.outcomes import Outcomes
from projections.slices.parts import CannotSlice, Slices
from projections.state.facts import fold
from projections.state.rally import RallyState
from projections.timeline.saved import from_bytes, to_bytes
from projections.timeline.timeline import Timeline
from tests.examples import examples, share_of
from tests.laws.answers import (
    answers,
    answers_of,
    exported,
    folded,
    imported,
    records_of,
    sites,
    state_of,
)
from tests.laws.rallies import Rally, cases, identity, rallies, unique
from tests.laws.test_evidence import evidence
from tests.laws.test_timeline import classified
from tests.laws.words import CODE, MINUTE, START
from tests.looked import some_of

PERSONS = ("Li", "Anna", "Mo")
FEW = ("clerk-of-the-course", "stewards", "secretary", "timekeeper", "marshal")
SITES = ("", "", "finish")
moments = st.integers(START, START + 60 * MINUTE).map(lambda ms: Instant(ms, 480))


def said(draw: st.DrawFn, kind: type[Occurrence], **fields: Any) -> Occurrence:
    """Something about officials, sites or acts, said by somebody in an office."""
    envelope = {
        "rally": CODE,
        "recorded_at": draw(moments),
        "role": draw(st.sampled_from(FEW)),
        "by": draw(st.sampled_from(PERSONS)),
        "site": draw(st.sampled_from(SITES)),
    }
    return kind(**{**envelope, **fields})


@st.composite
def officials(draw: st.DrawFn) -> Rally:
    """Who is appointed and replaced, and to what sites are limited, said by whoever it may be."""
    found: Rally = []
    for _ in range(draw(st.integers(0, 5))):
        office, official = draw(st.sampled_from(FEW)), draw(st.sampled_from(PERSONS))
        kinds: list[type[Occurrence]] = [OfficialAppointed, OfficialAppointed, OfficialReplaced]
        kind = draw(st.sampled_from(kinds))
        fields: dict[str, Any] = {"office": office, "official": official}
        if kind is OfficialReplaced:
            fields["successor"] = draw(st.sampled_from(["", *PERSONS]))
        found.append(said(draw, kind, **fields))
    if draw(st.booleans()):
        offices = draw(st.sampled_from([(), ("marshal",), ("marshal", "stewards")]))
        found.append(said(draw, SiteLimited, of_site="finish", offices=offices))
    return found


@st.composite
def in_offices(draw: st.DrawFn, *, judged: bool = False) -> Rally:
    """A rally of which everything was recorded in some office, fitting or not, at some site.

    Things are voided and adopted by whoever it may be.
    """
    rally = [*draw(rallies(judged=judged)), *(draw(cases()) if judged else [])]
    founded = said(draw, RallyConstituted, title="The Steppe", role="secretary", site="")
    told = [founded, *draw(officials())]
    ids: dict[str, str] = {}
    for each in rally:
        fitting = sorted(MAY_RECORD[each.type_name()])
        role = draw(st.sampled_from([*fitting, *fitting, *fitting, *FEW, ""]))
        by, site = draw(st.sampled_from(PERSONS)), draw(st.sampled_from(SITES))
        changed: dict[str, Any] = {"role": role, "by": by, "site": site}
        if (target := getattr(each, "target", None)) in ids:
            changed["target"] = ids[str(target)]
        now = msgspec.structs.replace(each, **changed)
        ids[identity(each)] = identity(now)
        told.append(now)
    for _ in range(draw(st.integers(0, 6))):
        target = identity(draw(st.sampled_from([e for e in told if not _is_rule(e)])))
        told.append(
            said(draw, draw(st.sampled_from([ActAdopted, ActAdopted, Voided])), target=target)
        )
    return unique(told)


def _is_rule(each: Occurrence) -> bool:
    return isinstance(each, RegulationsAdopted)


@examples(60)
@given(in_offices(), st.data())
def test_the_order_of_arrival_does_not_matter(rally: Rally, data: st.DataObject) -> None:
    """Whoever's log came first: the same acts have no effect, for the same reasons."""
    other = data.draw(st.permutations(rally), label="in this order")
    assert folded(rally).facts().idle == folded(other).facts().idle
    event(f"{min(len(folded(rally).facts().idle), 5)} without effect")
    assert answers_of(rally) == answers_of(other)


@examples(30)
@given(in_offices(), st.data())
def test_typed_merged_and_restored_agree(rally: Rally, data: st.DataObject) -> None:
    """A copy that was restored, and one into which the rest was merged, tell what the log tells."""
    cut = data.draw(st.integers(1, len(rally)), label="already there")
    with sites() as opened:
        log = opened.log("race-control", rally)
        restored, merged = opened.ledger("copy"), opened.ledger("office")
        imported(restored, exported(log))
        imported(merged, exported(opened.log("race-control", rally[:cut])))
        imported(merged, exported(log))
        told = [answers(fold(each.read())) for each in (log, restored.log(CODE), merged.log(CODE))]
        assert told[0] == told[1]
        assert _without_sites(told[0]) == _without_sites(told[2])
        assert verify(restored.log(CODE)).proved


def _without_sites(found: dict[str, Any]) -> dict[str, Any]:
    """The answers without what is told of the numbers of sites."""
    for name in ("anomalies", "check"):
        if isinstance(found[name], list):
            found[name] = [e for e in found[name] if not e["kind"].startswith("site-")]
    return found


@pytest.mark.slow
@examples(60)
@given(in_offices(), st.data())
def test_the_timeline_tells_what_a_replay_tells(rally: Rally, data: st.DataObject) -> None:
    """At any position, also of a log that was followed in two steps and kept in between."""
    with sites() as opened:
        log = opened.log("main", rally)
        timeline = Timeline(log)
        timeline.carry(data.draw(st.integers(1, len(rally)), label="begun"))
        kept = from_bytes(to_bytes(timeline.index, ""))
        assert kept is not None
        timeline.index = kept[0]
        timeline.carry(len(rally))
        for position in some_of(range(1, len(rally) + 1)):
            replayed = classified(RallyState(fold(log.read(until=position)).facts()))
            event("served" if timeline.serves(position) else "replayed")
            assert classified(timeline.at(position)) == replayed


@examples(60)
@given(in_offices(), st.data())
def test_crews_by_themselves_tell_what_all_tell(rally: Rally, data: st.DataObject) -> None:
    """With records left out, the crews that they bear on tell what a replay of all tells."""
    cut = data.draw(st.integers(0, len(rally) - 1), label="position")
    logs = between(folded(rally).facts(), cut, len(rally))
    scope, after = Scope(), RallyState(logs.facts())
    whole = Whole(logs, scope)
    undone = data.draw(st.frozensets(st.sampled_from(sorted(logs.edits))), label="undone")
    try:
        outcomes = Outcomes(Slices(logs, Belonging(logs.told), scope, after))
        told, replayed = outcomes.undoing(undone), whole.undoing(undone)
        crews = sorted(after.facts.crews.keys() | replayed.rows.keys())
        agree = [told.shows(each, replayed.rows.get(each, (None, None))) for each in crews]
    except (CannotSlice, LedgerError):
        return
    assert all(agree), [each for each, does in zip(crews, agree, strict=True) if not does]


def _act(kind: type[Occurrence], role: str, by: str) -> Occurrence:
    """An act of one kind on a small rally, at a moment of which nothing else is."""
    at: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START + 30 * MINUTE + 1, 480)}
    fields: dict[type[Occurrence], dict[str, Any]] = {
        PenaltyGiven: {"number": "1", "stage": "SS1", "amount_ms": 60_000},
        CrewDisqualified: {"number": "1"},
        StageCancelled: {"stage": "SS1"},
    }
    return kind(**at, role=role, by=by, **fields[kind])


@examples(40)
@given(
    rallies(),
    st.sampled_from([PenaltyGiven, CrewDisqualified, StageCancelled]),
    st.sampled_from(["marshal", "tracking", "competitor", "scrutineer"]),
    st.booleans(),
)
def test_what_is_adopted_counts_as_if_who_may_had_done_it(
    rally: Rally, kind: type[Occurrence], role: str, voided: bool
) -> None:
    """Without the adoption nothing of it counts; with it, all of it; and not if that is void."""
    founded = RallyConstituted(
        rally=CODE, recorded_at=Instant(START, 480), role="secretary", title="The Steppe"
    )
    rally = [founded, *(msgspec.structs.replace(e, role=_fitting(e)) for e in rally)]
    rally = [each for each in rally if not isinstance(each, (SiteLimited, *AMENDING))]
    rally = [e for e in rally if not isinstance(e, (OfficialAppointed, OfficialReplaced))]
    act, entitled = _act(kind, role, "Mo"), _act(kind, "stewards", "Mo")
    adoption = ActAdopted(
        rally=CODE,
        recorded_at=Instant(START + 50 * MINUTE, 480),
        role="stewards",
        by="Anna",
        target=identity(act),
    )
    void = Voided(
        rally=CODE,
        recorded_at=Instant(START + 55 * MINUTE, 480),
        role="stewards",
        by="Anna",
        target=identity(adoption),
    )

    assert _shown(rally) == _shown([*rally, act])
    if voided:
        assert _shown(rally) == _shown([*rally, act, adoption, void])
    else:
        assert _shown([*rally, entitled]) == _shown([*rally, act, adoption])


def _fitting(each: Occurrence) -> str:
    return (
        "stewards"
        if "stewards" in MAY_RECORD[each.type_name()]
        else min(MAY_RECORD[each.type_name()])
    )


def _shown(rally: Iterable[Occurrence]) -> dict[str, Any]:
    """What the classifications show of crews, and not which records are behind it."""
    found = classified(state_of(rally))
    return {name: rows for name, rows in found.items() if name != "retirements"} | {
        "retirements": _without_places(found["retirements"])
    }


def _without_places(rows: Any) -> Any:
    return (
        [{n: v for n, v in each.items() if n not in ("position", "reported_by")} for each in rows]
        if isinstance(rows, list)
        else rows
    )


# -- what is typed counts --------------------------------------------------------------------------


@st.composite
def typed(draw: st.DrawFn) -> list[Occurrence]:
    """What officials type one after the other, by a clock that never goes back but may stand."""
    now, told = START, list[Occurrence]()
    for _ in range(draw(st.integers(1, 14))):
        now += draw(st.sampled_from([0, 0, 1, MINUTE]))
        at: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(now, 480)}
        at |= {"role": draw(st.sampled_from(FEW)), "by": draw(st.sampled_from(PERSONS))}
        office, official = draw(st.sampled_from(FEW)), draw(st.sampled_from(PERSONS))
        kind = draw(st.sampled_from(["appoint", "replace", "act", "act", "act"]))
        if kind == "appoint":
            told.append(OfficialAppointed(**at, office=office, official=official))
        elif kind == "replace":
            successor = draw(st.sampled_from(["", *PERSONS]))
            told.append(
                OfficialReplaced(**at, office=office, official=official, successor=successor)
            )
        else:
            amount = draw(st.integers(1, 10**6))
            told.append(PenaltyGiven(**at, number="1", amount_ms=amount, kind="x"))
    return told


def _held_before(told: Iterable[Occurrence], office: str) -> set[str]:
    """Who held an office by what a log held: the rule by which acts were refused when typed."""
    held: set[str] = set()
    for each in sorted(told, key=lambda act: (act.recorded_at.ms, act.type_name())):
        if getattr(each, "office", "") != office:
            continue
        if isinstance(each, OfficialReplaced):
            held.discard(each.official)
            held |= {each.successor} if each.successor else set()
        elif isinstance(each, OfficialAppointed):
            held.add(each.official)
    return held


@examples(300)
@given(typed())
def test_what_was_accepted_when_it_was_typed_counts(told: Rally) -> None:
    """Of a log that was typed by the rule of its time, nothing loses its effect."""
    log: list[Occurrence] = []
    for each in told:
        held = _held_before(log, each.role)
        if each.role in MAY_RECORD[each.type_name()] and (not held or each.by in held):
            log.append(each)
    assert {} == folded(unique(log)).facts().idle


@examples(40)
@given(typed(), st.sampled_from(["", "finish"]), st.booleans())
def test_what_a_command_accepts_counts(told: Rally, site: str, limited: bool) -> None:
    """The same rule refuses what is typed, and judges it afterwards."""
    with sites() as opened:
        log = opened.ledger(site or "main").log(CODE)
        at: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START, 480)}
        at |= {"role": "secretary", "by": "Eva"}
        log.append([RallyConstituted(**at, title="The Steppe")])
        log.append([CrewEntered(**at, number="1", driver="Driver 1")])
        if limited:
            log.append([SiteLimited(**at, of_site="finish", offices=("marshal", "stewards"))])
        refused = 0
        for each in told:
            try:
                log.act(partial(RecordOccurrence, each, judge))
            except Refused:
                refused += 1
        event(f"{refused > 0} refused")
        assert {} == fold(log.read()).facts().idle


# -- the table -------------------------------------------------------------------------------------


def test_every_type_is_an_act_unless_it_says_what_it_is() -> None:
    """What is seen and told counts whoever says so; everything else needs who may do it."""
    natures = {name: kind.nature for name, kind in TYPES.items()}
    assert {"act", "observation", "report"} == set(natures.values())
    seen = {name for name, nature in natures.items() if nature == "observation"}
    assert {"PassingRecorded", "StageStarted", "ControlPassed", "StageTimeRecorded"} <= seen
    assert {"PenaltyGiven", "StageCancelled", "Voided", "OpeningErased"}.isdisjoint(seen)
    for name, nature in natures.items():
        if nature == "act":
            assert MAY_RECORD[name] < OFFICES.keys(), f"{name} is an act of no office"


def test_the_checker_knows_the_table() -> None:
    """The file of a case is checked without this program: by the same offices, for every type."""
    assert {name: frozenset(offices) for name, offices in check._OFFICES.items()} == MAY_RECORD
    assert {name for name, kind in TYPES.items() if kind.nature != "act"} == check._NO_ACTS
    assert {kind.type_name() for kind in AMENDING} == set(check._AMENDING)
    of_persons = [kind for kind in OFFICIAL if kind not in KEYS]
    assert {kind.type_name() for kind in of_persons} == set(check._OFFICIAL)


@examples(60)
@given(in_offices(judged=True))
def test_the_checker_finds_the_same_without_effect(rally: Rally) -> None:
    """Whoever acted: what has no effect in the ledger has none in the checker."""
    records = [
        check.Record(at, each.id, each.data, msgspec.json.decode(each.data), "main", at, "")
        for at, each in enumerate(records_of(rally), 1)
    ]
    found = check.Powers(records)
    event(f"{min(len(found.idle), 5)} without effect{', not sure' if found.unsure else ''}")
    assert found.unsure or folded(rally).facts().idle.keys() == found.idle


@examples(40)
@given(in_offices(judged=True), st.data())
def test_what_evidence_says_of_it_is_accepted(rally: Rally, data: st.DataObject) -> None:
    """The file of a case is accepted by the checker that comes with it, whoever acted in it."""
    with sites() as opened:
        log = opened.log("main", [e for e in rally if not isinstance(e, ClassificationPublished)])
        size = log.head().size
        rulings = RallyState(fold(log.read()).facts()).facts.rulings
        positions = sorted(each.fact.position for each in rulings.all.values())
        if not positions:
            return
        made = evidence(log, size, data.draw(st.sampled_from(positions)))
        findings = check.checked(made.files).findings
        assert [] == findings, findings


@pytest.mark.slow
def test_powers_of_very_many_officials_are_found_in_time() -> None:
    """Of ten thousand, with RALLY_EXAMPLES=1: each appointment and each act is looked at once."""
    told: dict[str, Occurrence] = {}
    for number in range(share_of(10_000)):
        at: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START + number, 480)}
        at |= {"role": "secretary", "by": "Eva"}
        each = OfficialAppointed(**at, office="marshal", official=f"M {number}")
        told[f"{number:064x}"] = each
    assert {} == Powers(told).idle
