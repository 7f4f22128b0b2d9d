"""Recording: an occurrence is put on record, given its right value, or found never to have been.

A file is bound to a record by its digest.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import msgspec

from cli.fields import as_typed, parse_fields, source_of
from cli.office.asking import ARecord, Word
from cli.office.blind import UNTOLD, is_blind
from cli.office.desk import Desk
from cli.office.exhibits import must_be_parties
from cli.office.naming import record_named
from cli.office.overall import NOTHING_MOVED, Around, Recorded, around
from cli.office.private import field_name, sealed
from cli.office.view import lying_there
from cli.parameters import parse_rules
from ledger.chain import chain_of
from ledger.commands.adopt import AdoptAct
from ledger.commands.amend import CorrectOccurrence, Envelope, VoidOccurrence
from ledger.commands.clock import days_of
from ledger.commands.desk import IssueDecision, shared_with
from ledger.commands.forget import ForgetPrivate
from ledger.commands.record import RecordOccurrence
from ledger.errors import Unavailable, Usage
from ledger.log import Act, Log
from ledger.record import Record
from ledger.spelling import normal_form
from ledger.times import Instant
from ledger.vocabulary import (
    Corrected,
    CrewRepositioned,
    DecisionIssued,
    ExhibitBound,
    Occurrence,
    RallyConstituted,
    StageClosed,
    StartOrderAmended,
    StartPositionChosen,
    canonical,
    occurrence_id,
    type_named,
)
from projections.desk.judging import judge
from projections.results.start_order import not_given, unheeded
from projections.state.entries import by_number
from projections.state.rally import RallyState
from projections.state.whereabouts import Whereabouts


def record(
    desk: Desk,
    kind: Annotated[str, Word("Its type.", "TYPE", of="type", subject=True)],
    fields: Annotated[
        tuple[str, ...], Word("What it says.", "[FIELD=VALUE]...", of="field", subject=True)
    ] = (),
    source: Annotated[str, Word('Where it is known from: "hand", "gps: device 12".')] = "",
) -> Recorded:
    """Put an occurrence on record: its type, and its fields as FIELD=VALUE."""
    return carry_out(desk, recording(desk, kind, fields, source))


def recording(
    desk: Desk, kind: str, fields: tuple[str, ...] = (), source: str = ""
) -> Callable[[], Act]:
    """How an occurrence is put on record: the act, made each time it looks at the log."""
    public, openings = sealed(fields, desk.randomness)
    envelope = desk.envelope()
    if source:
        envelope["source"] = msgspec.to_builtins(source_of(source))
    if openings:
        envelope["private"] = {name: each.commitment for name, each in openings.items()}
    said = _occurrence(desk, type_named(kind), public, envelope)
    if isinstance(said, RallyConstituted):
        desk.must_have_the_right_time(days_of(said.starts_on, said.ends_on))
    if isinstance(said, DecisionIssued):
        return lambda: IssueDecision(said, judge, said.decision)
    kept = tuple(openings.values())
    return lambda: RecordOccurrence(said, judge, kept)


def _occurrence(
    desk: Desk, kind: type[Occurrence], words: tuple[str, ...], envelope: dict[str, Any]
) -> Occurrence:
    at: Instant = envelope.get("fact_at") or envelope["recorded_at"]
    rules, others = parse_rules(kind, words, str(envelope["reason"]), at.datetime.date())
    fields = {**parse_fields(kind, others, desk.log), **rules}
    if "target" in fields:  # what takes something back is about the same crew and stage
        about = desk.log.find(fields["target"]).occurrence()
        fields |= shared_with(kind, about, fields, desk.team(getattr(about, "number", "")))
    return as_typed(kind, envelope | fields)


def correct(
    desk: Desk,
    record: ARecord,
    fields: Annotated[tuple[str, ...], Word("What is right.", "FIELD=VALUE...", subject=True)],
) -> Recorded:
    """Give the right value of a fact: FIELD=VALUE, an empty value takes one away."""
    return carry_out(desk, correcting(desk, record, fields))


def correcting(desk: Desk, record: str, fields: tuple[str, ...]) -> Callable[[], Act]:
    """How the right value of a fact is given."""
    log, found = desk.log, record_named(desk.log, record)
    changes = changed_by(fields, original(log, found).occurrence(), log)
    chain, why = chain_of(log, found), _envelope(desk)
    return lambda: CorrectOccurrence(found.id, chain, why, changes, judge)


def changed_by(fields: tuple[str, ...], was: Occurrence, log: Log) -> dict[str, Any]:
    """What FIELD=VALUE words change in an occurrence; a time of day is of its stage and date."""
    about = [f"{name}={getattr(was, name, '')}" for name in ("stage", "control", "date")]
    return parse_fields(type(was), fields, log, amending=True, about=about)


def void(desk: Desk, record: ARecord) -> Recorded:
    """Say that a record should never have been entered: it counts as never recorded."""
    return carry_out(desk, voiding(desk, record))


def voiding(desk: Desk, record: str) -> Callable[[], Act]:
    """How it is said that a record should never have been entered."""
    found = record_named(desk.log, record)
    chain, why = chain_of(desk.log, found), _envelope(desk)
    return lambda: VoidOccurrence(found.id, chain, why)


def adopt(desk: Desk, record: ARecord) -> Recorded:
    """Make an act your own that has no effect, as an office or a site took it which may not."""
    found = record_named(desk.log, record)
    chain, why = chain_of(desk.log, found), _envelope(desk)
    return carry_out(desk, lambda: AdoptAct(found.id, chain, why))


def forget(
    desk: Desk,
    record: ARecord,
    fields: Annotated[tuple[str, ...], Word("Which values.", "FIELD...", subject=True)],
) -> Recorded:
    """Erase private values of a record for good, and put on record that they were erased."""
    about, why = record_named(desk.log, record).occurrence(), _envelope(desk)
    names = [field_name(each) or each for each in fields]
    done = carry_out(desk, lambda: ForgetPrivate(about, names, why))
    if done.record is None or desk.log.recorder.leaves_no_trace():
        return done
    return replace(done, notes=(_STILL_READ,))


def bind(
    desk: Desk,
    record: ARecord,
    file: Annotated[Path, Word("The file.", subject=True)],
    title: Annotated[str, Word('What it is: "photo of the time card".')],
    parties: Annotated[
        tuple[str, ...],
        Word(
            "Only for this office or crew. Repeatable; without it, it is for everybody.",
            "PARTY",
            name="for",
        ),
    ] = (),
    media: Annotated[str, Word("What kind of file (default: by its name).")] = "",
) -> Recorded:
    """Bind a file to a record by its digest, and keep a copy of it; for everybody, or `parties`."""
    target = record_named(desk.log, record)
    must_be_parties(desk.log, parties)
    store = lying_there(desk.exhibits)
    kept = store.measure(file)
    said = ExhibitBound(
        **desk.envelope(),
        target=target.id,
        digest=kept.digest,
        title=title,
        file=file.name,
        # by the table that comes with Python alone: the same on every machine
        media=media or mimetypes.MimeTypes().guess_type(file.name)[0] or "",
        size=kept.size,
        restricted_to=tuple(dict.fromkeys(parties)),
        number=getattr(target.occurrence(), "number", ""),
    )
    if not desk.signature.dry_run and store.keep(file) != kept:
        raise Unavailable(f"{file} was changed while it was read.", hint="Try again.")
    return carry_out(desk, lambda: RecordOccurrence(said, judge))


def put(desk: Desk, said: Occurrence) -> Recorded:
    """Put on record what moves nobody and no list, and is told in its own words alone."""
    return Recorded(*_carried_out(desk, lambda: RecordOccurrence(said, judge)), NOTHING_MOVED)


_STILL_READ = (
    "Somebody reads the ledger at this moment. Until they are done, what was erased may "
    "still stand in its write-ahead log; the next write takes it out."
)


def original(log: Log, record: Record) -> Record:
    """What a correction, or a correction of it, is about."""
    while isinstance(said := record.occurrence(), Corrected):
        record = log.find(said.target)
    return record


def _envelope(desk: Desk) -> Envelope:
    """Who amends, in which office, when and why.

    Raises:
        Usage: no reason is given.
    """
    said = desk.signature
    if not said.reason:
        raise Usage("What amends the record needs a --reason.", hint="Say why, in a few words.")
    by, reason = normal_form(said.by), normal_form(said.reason)
    return Envelope(desk.log.rally, desk.now(), by, said.role, reason, said.at)


def carry_out(desk: Desk, make: Callable[[], Act]) -> Recorded:
    """Carry out an act, or only try it, and tell what it moved."""
    said, made = _carried_out(desk, make)
    if is_blind(desk, [said]):
        return Recorded(said, made, NOTHING_MOVED, (UNTOLD,))
    between = around(desk, said, made)
    return Recorded(said, made, between, beside(between, said))


def _carried_out(desk: Desk, make: Callable[[], Act]) -> tuple[Occurrence, Record | None]:
    if desk.signature.dry_run:
        act, _ = desk.log.prepare(make)
        (tagged,) = act.collect_events()
        return tagged.decision, None
    (made,) = desk.log.act(make, expect=desk.signature.expect)
    return made.occurrence(), made


def beside(between: Around, said: Occurrence) -> tuple[str, ...]:
    """What belongs beside an act, where its words alone leave something to be guessed."""
    if isinstance(said, StageClosed):
        return _without_time(between.after, said.stage)
    if isinstance(said, (CrewRepositioned, StartOrderAmended)):
        return _about_what_hangs(between.after, said)
    if isinstance(said, StartPositionChosen):
        chosen = not_given(between.after, said.stage)
        own = (each for each in chosen if each.chosen.value == said)
        return tuple(f"It does not have that place: {each.why}." for each in own)
    return ()


def _without_time(state: RallyState, stage: str) -> tuple[str, ...]:
    """Who did not finish a stage by its being closed, and nothing says why."""
    closed = [each for each in state.stages if each.stage == stage and each.timed]
    crews = [number for each in closed for number in Whereabouts(state).lacking(each)]
    if not crews:
        return ()
    them = ", ".join(sorted(crews, key=by_number))
    told = (
        f"No time on {stage}: {them}. Whoever has none when it is closed did not finish it; record "
        "what became of them (RetirementReported, StageNotFinished), or the time."
    )
    return (told,)


def _about_what_hangs(
    state: RallyState, said: CrewRepositioned | StartOrderAmended
) -> tuple[str, ...]:
    """What belongs beside an act on a start order that hangs on the board already."""
    stage = said.stage
    again = f"`rally publish start-order {stage}` posts it as amended."
    if isinstance(said, CrewRepositioned):
        identity = occurrence_id(canonical(said))
        return tuple(
            f"The start order of {stage}{_as_document(order.value.document)} was published before "
            f"and does not change by it. `rally record StartOrderAmended number={said.number} "
            f"stage={stage} place={said.place}` changes it, and {again}"
            for moved, order in unheeded(state, stage)
            if moved.id == identity
        )
    published = state.timing.start_lists.published.get(stage, {})
    order = published.get("") or published.get(state.category(said.number))
    if order is None:
        return ()
    return (f"What hangs{_as_document(order.value.document)} stays as it was posted; {again}",)


def _as_document(number: str) -> str:
    return f" as document {number}" if number else ""
