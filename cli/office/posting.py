"""Posting: what the ledger computes goes on the notice board, as it was drawn up and signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec

from cli.documents.binding import Bind, binding
from cli.documents.rendering import HINT
from cli.office.asking import (
    EVERYBODY,
    EVERYTHING,
    ADecision,
    Among,
    Category,
    FirstAt,
    Over,
    Stage,
    Text,
    Word,
)
from cli.office.desk import Desk, Outcome
from cli.office.kept import basis_kept, checkpoint_kept
from cli.office.naming import drawn_up_named, record_named
from cli.office.overall import MovedOverall, Recorded, around
from cli.office.results import scope_of
from cli.office.view import View
from ledger.commands.publish import PostDocument, post
from ledger.errors import LedgerError, Refused
from ledger.keyring import VALID
from ledger.log import Log
from ledger.powers import Powers, with_bearing
from ledger.record import Record
from ledger.times import parse_instant
from ledger.vocabulary import (
    ActsSigned,
    ClassificationPublished,
    DocumentDrawnUp,
    DocumentPosted,
    DocumentSigned,
    Occurrence,
    StartOrderPublished,
    StartSlot,
)
from ledger.vocabulary.publication import ClassificationKind
from projections.desk.judging import judge, must_be_one_classification
from projections.desk.publications import content_of, posted_content
from projections.desk.publications import scope_of as posted_scope
from projections.results.standings import must_exist, standings
from projections.results.start_order import StartGroup, start_order, without_times
from projections.state.rally import EDITION, RallyState

_NOBODY = MovedOverall((), (), is_there=True, complaint="")


OnTheBoard = Annotated[
    str, Word("Its number on the notice board (default: the next free one).", "NUMBER")
]
AsDrawnUp = Annotated[Text, Word("Post it as it was drawn up and signed.", "RECORD")]

# -- classifications -------------------------------------------------------------------------------


def classification(
    desk: Desk,
    *,
    over: Over = EVERYTHING,
    among: Among = EVERYBODY,
    kind: Annotated[ClassificationKind, Word("Which kind it is.")],
    document: OnTheBoard = "",
    known_at: Annotated[
        Text, Word("On how much of the log it rests (default: all of it).", "MOMENT")
    ] = None,
    protests_until: Annotated[Text, Word("Until when protests may be lodged.", "TIME")] = None,
    subject_to_appeal: Annotated[bool, Word("Final, although something is still open.")] = False,
    drawn_up: AsDrawnUp = None,
) -> Recorded:
    """Publish a classification as it is computed, with everything that it rests on."""
    drawn = drawn_up_named(desk.log, drawn_up, "classification") if drawn_up else None
    seen = desk.view(str(drawn[1].position) if drawn else known_at or basis_kept(desk.log))
    scope = scope_of(lambda: seen.with_papers, over, among)
    if drawn:
        scope = posted_scope(drawn[1].scope)
    answer = standings(seen.with_papers, scope)
    content = content_of(answer)
    root = desk.log.root_at(seen.position)
    said = ClassificationPublished(
        **desk.envelope(),
        document="",  # the act gives it its number
        kind=kind,
        scope=dict(content.scope),
        position=seen.position,
        root=root,
        checkpoint=checkpoint_kept(desk.log, seen.position, root),
        rulebook=seen.with_papers.rulebook.name,
        edition=EDITION,
        digest=content.digest(),
        rows=content.rows,
        unclassified=content.unclassified,
        protests_until_at=desk.instant(protests_until),
        drawn_up=drawn[0].id if drawn else "",
        signed_by=signed_by(desk.log, drawn[0].id if drawn else ""),
        subject_to_appeal=subject_to_appeal and kind == "final",
    )
    ((said, record),), notes = _post(desk, [said], document, seen.with_papers)
    return Recorded(said, record, _NOBODY, notes, answer, _told(said, record))


def _told(said: ClassificationPublished, record: Record | None) -> dict[str, Any]:
    """What is told of a classification that was posted; its rows where it was only tried."""
    until = said.protests_until_at
    told = {
        "document": said.document,
        "kind": said.kind,
        "amendment": said.amendment,
        "scope": said.scope,
        "cut_off": said.position,
        "root": said.root,
        "rulebook": said.rulebook,
        "edition": said.edition,
        "digest": said.digest,
        "protests_until": until.iso() if until else None,
        "file": said.file,
        "made_with": said.made_with,
    }
    return told | ({} if record else {"rows": said.rows, "unclassified": said.unclassified})


def draw_up_classification(
    desk: Desk,
    *,
    over: Over = EVERYTHING,
    among: Among = EVERYBODY,
    kind: Annotated[ClassificationKind, Word("Which kind it is to be.")],
    known_at: Annotated[Text, Word("On how much of the log it rests.", "MOMENT")] = None,
) -> Outcome:
    """Draw up a classification as it is computed, to be signed before it is posted."""
    seen = desk.view(known_at)
    scope = scope_of(lambda: seen.with_papers, over, among)
    content = content_of(standings(seen.with_papers, scope))
    crews = (*content.rows, *content.unclassified)
    must_be_one_classification(seen.with_papers.facts, kind, content.scope, crews)
    return desk.record(
        DocumentDrawnUp,
        subject="classification",
        kind=kind,
        scope=dict(content.scope),
        position=seen.position,
        root=desk.log.root_at(seen.position),
        digest=content.digest(),
    )


def signed_by(log: Log, drawn_up: str) -> str:
    """Who signed a document that was drawn up, each with the office: as it stands on the sheet."""
    if not drawn_up:
        return ""
    about = [each.occurrence() for each in log.read(tags=[f"ref:{drawn_up}"])]
    found = [f"{e.by}, {e.role}" for e in about if isinstance(e, DocumentSigned)]
    if any(isinstance(each, ActsSigned) for each in about):
        read = [*log.read(types=with_bearing()), log.find(drawn_up)]
        powers = Powers({each.id: each.occurrence() for each in read})
        by = {each.id: each.occurrence().by for each in read}
        signed = (each for each in powers.signatures(drawn_up) if each.state == VALID)
        found += [f"{each.holder or by[each.id]}, {each.office}" for each in signed]
    return "; ".join(dict.fromkeys(found))


# -- start orders and decisions --------------------------------------------------------------------


def start_orders(
    desk: Desk,
    stage: Stage,
    category: Category = None,
    first_at: FirstAt = None,
    document: OnTheBoard = "",
) -> tuple[Recorded, ...]:
    """Publish the start order of a stage, category by category in one document.

    One that was amended since it was published is posted anew, with the number of the amendment.
    """
    seen, first = desk.view(basis_kept(desk.log)), desk.instant(first_at)
    must_exist(
        "category", category, (each.value.category for each in seen.state.facts.crews.values())
    )
    groups = [
        group
        for group in start_order(seen.state, stage, first_at=first).groups
        if category is None or group.category in ("", category)
    ]
    fresh = [group for group in groups if not group.published and group.rows]
    chosen = fresh or _amended(seen, stage, [group for group in groups if group.published])
    if not chosen:
        raise Refused(
            f"The start order of {stage} is published already and reads as it was, or nobody "
            "starts.",
            hint="Record StartOrderAmended to change it for a crew, then publish it again.",
        )
    envelope, rules = desk.envelope(), seen.state.rulebook.name
    root = desk.log.root_at(seen.position)
    checkpoint = checkpoint_kept(desk.log, seen.position, root)
    said = []
    for group in chosen:
        order = StartOrderPublished(
            **envelope,
            stage=stage,
            slots=_slots(group),
            category=group.category,
            basis=group.basis,
            position=seen.position,
            amendment=None if fresh else 1,  # the act gives it its number
            first_at=first,
            root=root,
            checkpoint=checkpoint,
            rulebook=rules,
            edition=EDITION,
        )
        said.append(msgspec.structs.replace(order, digest=posted_content(order).digest()))
    posted, notes = _post(desk, said, document, seen.state)
    notes = (*notes, *without_times(stage, chosen))
    return tuple(
        Recorded(*each, around(desk, *each), notes if place == 0 else (), more=_bound(each[0]))
        for place, each in enumerate(posted)
    )


def _bound(said: StartOrderPublished) -> dict[str, Any]:
    """What the record of a start order binds, for its JSON."""
    names = ("document", "amendment", "digest", "file", "made_with")
    return {"cut_off": said.position, **{name: getattr(said, name) for name in names}}


def _slots(group: StartGroup) -> tuple[StartSlot, ...]:
    return tuple(
        StartSlot(row.place, row.number, parse_instant(row.due_at) if row.due_at else None)
        for row in group.rows
    )


def _amended(seen: View, stage: str, groups: Sequence[StartGroup]) -> list[StartGroup]:
    """The orders that read otherwise than they hang, with those that hang on the same sheets."""
    hanging = {
        each.position: each.value
        for each in seen.state.timing.start_lists.published.get(stage, {}).values()
    }
    posted = {group.position or 0: hanging[group.position or 0] for group in groups}
    changed = [group for group in groups if _slots(group) != posted[group.position or 0].slots]
    sheets = {posted[group.position or 0].document for group in changed}
    return [
        group
        for group in groups
        if group in changed or (group.document and group.document in sheets)
    ]


def decision(
    desk: Desk, decision: ADecision, document: OnTheBoard = "", drawn_up: AsDrawnUp = None
) -> Recorded:
    """Post the sheet of a decision: it is notified by that, if it was not before."""
    about = desk.decision(decision)
    told: Any = about.occurrence()
    seen = desk.view()
    said = DocumentPosted(
        **desk.envelope(),
        document="",  # the act gives it its number
        title=told.title,
        kind="decision",
        about=about.id,
        number=told.number,
        stage=told.stage,
        drawn_up=record_named(desk.log, drawn_up).id if drawn_up else "",
    )
    (posted,), notes = _post(desk, [said], document, seen.state)
    return Recorded(*posted, around(desk, *posted), notes)


# -- what all have in common -----------------------------------------------------------------------


def _post(
    desk: Desk, said: Sequence[Occurrence], number: str, prefix: RallyState | None = None
) -> tuple[list[tuple[Any, Record | None]], tuple[str, ...]]:
    """Post a document, or only try to; with a prefix, bound to its sheet as far as that is drawn.

    Where no sheet can be drawn the document is posted without, and it is noted: nobody waits at the
    notice board because of a font.
    """
    notes: list[str] = []
    bind = _binding(desk.log, prefix, notes.append) if prefix else None

    def make() -> PostDocument:
        return PostDocument(said, judge, number, bind)

    if desk.signature.dry_run:
        act, _ = desk.log.prepare(make)
        return [(each.decision, None) for each in act.collect_events()], tuple(notes)
    records = post(desk.log, make, expect=desk.signature.expect)
    return [(record.occurrence(), record) for record in records], tuple(dict.fromkeys(notes))


def _binding(log: Log, prefix: RallyState, note: Callable[[str], None]) -> Bind | None:
    bind = binding(log, prefix)
    if bind is None:
        note(f"No digest of the sheet is bound: Typst is not installed. {HINT}")
        return None

    def try_to(said: Sequence[Occurrence]) -> Sequence[Occurrence]:
        try:
            return bind(said)
        except LedgerError as error:
            note(f"No digest of the sheet is bound: {error.message}")
            return said

    return try_to
