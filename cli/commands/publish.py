"""`rally publish`: post on the notice board what the ledger computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, get_args

import click

from cli.changes import tell
from cli.commands.standings import table
from cli.context import Settings
from cli.documents.binding import Bind
from cli.documents.posting import binding_or_hint, signed_by
from cli.office.view import View
from cli.options import Signature, complete_stage, first_start, of_crews, pass_settings, signed
from cli.output import print_json, visible
from ledger.commands.publish import PostDocument, post
from ledger.errors import NotFound, Refused
from ledger.log import Log
from ledger.record import Record
from ledger.times import parse_instant
from ledger.vocabulary import (
    ClassificationPublished,
    DocumentDrawnUp,
    DocumentPosted,
    Occurrence,
    StartOrderPublished,
    StartSlot,
    canonical,
    occurrence_id,
    short_id,
)
from ledger.vocabulary.publication import ClassificationKind
from projections.judging import judge
from projections.publications import content_of, scope_of
from projections.standings import Scope, standings
from projections.start_order import StartGroup, start_order
from projections.state.rally import EDITION

Function = TypeVar("Function", bound=Callable[..., Any])
KINDS: tuple[str, ...] = get_args(ClassificationKind)


@click.group(name="publish")
def command() -> None:
    """Post on the notice board what the ledger computes. What was posted stays as it was posted.

    Documents of all kinds share one running number: without --document the next free one is taken,
    also when several people post at the same moment.
    """


def numbered(function: Function) -> Function:
    """`--document`: the number on the notice board."""
    return click.option(
        "--document",
        default="",
        metavar="NUMBER",
        help="Its number on the notice board (default: the next free one).",
    )(function)


# -- classifications -------------------------------------------------------------------------------


@command.command(name="classification")
@click.option(
    "--after", metavar="STAGE", help="The overall after this stage.", shell_complete=complete_stage
)
@click.option(
    "--stage", metavar="STAGE", help="The result of this stage.", shell_complete=complete_stage
)
@of_crews
@click.option("--kind", type=click.Choice(KINDS), required=True, help="Which kind it is.")
@numbered
@click.option(
    "--known-at", metavar="MOMENT", help="On how much of the log it rests (default: all of it)."
)
@click.option("--protests-until", metavar="TIME", help="Until when protests may be lodged.")
@click.option("--subject-to-appeal", is_flag=True, help="Final, although something is still open.")
@click.option("--drawn-up", metavar="RECORD", help="Post it as it was drawn up and signed.")
@signed
@pass_settings
def publish_classification(
    settings: Settings,
    /,
    after: str | None,
    stage: str | None,
    kind: ClassificationKind,
    document: str,
    known_at: str | None,
    protests_until: str | None,
    drawn_up: str | None,
    subject_to_appeal: bool,
    signature: Signature,
    **crews: str | None,
) -> None:
    """Publish a classification as `rally standings` shows it, with everything that it rests on.

    It keeps its rows, its cut-off in the log with the root there, the rulebook, the edition of the
    computing rules and the digest of what it says. Later facts never change it: `rally
    publications` tells whether today's answer still equals it, `rally drift` why not, and `rally
    verify` computes it again. An amended one gets the number of the amendment. The digest of its
    sheet is bound as well: `rally document classification` with its number draws the sheet.

    What it showed is shown by `rally standings --known-at` with its cut-off, and where it was
    published by doc:NUMBER as a moment.

    \b
    Examples:
      rally publish classification --after SS12 --category cars --kind provisional \\
        --by "Results" --role results-office
      rally publish classification --stage SS12 --kind amended --document 74 --dry-run \\
        --by "Results" --role results-office
      rally standings --after SS12 --category cars --known-at '#148'
    """
    if after is not None and stage is not None:
        raise click.UsageError("--after and --stage exclude each other.")
    log = settings.open_log()
    drawn = drawn_up_as(log, drawn_up) if drawn_up else None
    seen = View(log, str(drawn[1].position) if drawn else known_at)
    scope = Scope("overall" if stage is None else "stage", after, stage, **crews)
    if drawn:
        scope = scope_of(drawn[1].scope)
    answer = standings(seen.with_papers, scope)
    content = content_of(answer)
    said = ClassificationPublished(
        **_envelope(settings, seen, signature),
        document="",  # the act gives it its number
        kind=kind,
        scope=dict(content.scope),
        position=seen.position,
        root=seen.log.root_at(seen.position),
        rulebook=seen.with_papers.rulebook.name,
        edition=EDITION,
        digest=content.digest(),
        rows=content.rows,
        unclassified=content.unclassified,
        protests_until_at=seen.instant(protests_until),
        drawn_up=drawn[0] if drawn else "",
        signed_by=signed_by(log, drawn[0] if drawn else ""),
        subject_to_appeal=subject_to_appeal and kind == "final",
    )
    bind = binding_or_hint(log, seen.with_papers)
    (posted,) = _post(seen, [said], document, signature, bind)
    if signature.as_json:
        print_json(_told(posted))
        return
    _say(posted)
    if signature.dry_run:
        table(answer)


def drawn_up_as(log: Log, reference: str) -> tuple[str, DocumentDrawnUp]:
    """The id of a classification that was drawn up, and what it says.

    Raises:
        NotFound: there is none.
    """
    found = log.find(reference)
    said = found.occurrence()
    if not isinstance(said, DocumentDrawnUp) or said.subject != "classification":
        raise NotFound(
            f"#{found.position} is no classification that was drawn up.",
            hint="`rally log --type DocumentDrawnUp` lists them.",
        )
    return found.id, said


def _told(posted: Posted) -> dict[str, Any]:
    """What was posted, or would be, for a program. A publication moves nobody in the standings."""
    said = posted.said
    assert isinstance(said, ClassificationPublished)
    until = said.protests_until_at
    told: dict[str, Any] = {
        "position": posted.position,
        "id": posted.id,
        "type": said.type_name(),
        "changed": [],
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
    if posted.position is None:
        told |= {"dry_run": True, "rows": said.rows, "unclassified": said.unclassified}
    return told


def _say(posted: Posted) -> None:
    said = posted.said
    assert isinstance(said, ClassificationPublished)
    name = f"#{posted.position} {short_id(posted.id)}" if posted.position else _DRY
    crews = f"{len(said.rows)} crew{'' if len(said.rows) == 1 else 's'}"
    rules = f"{said.rulebook or 'no rulebook'}, edition {said.edition}"
    click.echo(f"{name}  {visible(said.words())}")
    click.echo(f"       {crews}; cut-off #{said.position}, digest {said.digest[:10]}; {rules}")
    if said.protests_until_at:
        click.echo(f"       Protests until {said.protests_until_at.iso()}.")
    _say_sheet(said.file)


def _say_sheet(digest: str) -> None:
    """Which sheet it is that hangs on the board."""
    if digest:
        click.echo(f"       The digest of its sheet is {digest[:10]}.")


# -- start orders ----------------------------------------------------------------------------------


@command.command(name="start-order")
@click.argument("stage", shell_complete=complete_stage)
@click.option("--category", metavar="CATEGORY", help="Only this category.")
@numbered
@first_start
@signed
@pass_settings
def publish_start_order(
    settings: Settings,
    stage: str,
    category: str | None,
    document: str,
    first_at: str | None,
    signature: Signature,
) -> None:
    """Publish the start order of a stage as `rally start-order` shows it, category by category.

    The categories stand in one document. From then on it is frozen: later results and penalties do
    not move it. To change it, record StartOrderAmended for a crew.
    """
    seen = View(settings.open_log())
    groups = start_order(seen.state, stage, category, seen.instant(first_at)).groups
    fresh = [group for group in groups if not group.published and group.rows]
    if not fresh:
        raise Refused(
            f"The start order of {stage} is published already, or nobody starts.",
            hint="Record StartOrderAmended to change it for a crew.",
        )
    said = [_published(settings, seen, stage, group, signature) for group in fresh]
    for posted in _post(seen, said, document, signature):
        tell(seen.folded, posted.said, posted.record, signature.as_json)


def _published(
    settings: Settings, seen: View, stage: str, group: StartGroup, signature: Signature
) -> StartOrderPublished:
    slots = (
        StartSlot(row.place, row.number, parse_instant(row.due_at) if row.due_at else None)
        for row in group.rows
    )
    return StartOrderPublished(
        **_envelope(settings, seen, signature),
        stage=stage,
        slots=tuple(slots),
        category=group.category,
        basis=group.basis,
        position=seen.position,
    )


# -- decisions -------------------------------------------------------------------------------------


@command.command(name="decision")
@click.argument("decision", metavar="DECISION")
@numbered
@click.option("--drawn-up", metavar="RECORD", help="Post it as it was drawn up and signed.")
@signed
@pass_settings
def publish_decision(
    settings: Settings, /, decision: str, document: str, drawn_up: str | None, signature: Signature
) -> None:
    """Post the sheet of a decision: it is notified by that, if it was not before.

    DECISION is its series and number, or its record. The digest of the sheet is bound.

    \b
    Example:
      rally publish decision stewards-7 --by "Ann Lee" --role secretary
    """
    from cli.deciding import desk_of

    desk = desk_of(settings, signature)
    about = desk.decision(decision)
    told: Any = about.occurrence()
    seen = View(desk.log)
    said = DocumentPosted(
        **_envelope(settings, seen, signature),
        document="",  # the act gives it its number
        title=told.title,
        kind="decision",
        about=about.id,
        number=told.number,
        stage=told.stage,
        drawn_up=desk.log.find(drawn_up).id if drawn_up else "",
    )
    bind = binding_or_hint(desk.log, seen.state)
    (posted,) = _post(seen, [said], document, signature, bind)
    tell(seen.folded, posted.said, posted.record, signature.as_json)
    if isinstance(posted.said, DocumentPosted) and not signature.as_json:
        _say_sheet(posted.said.digest)


# -- what all have in common ----------------------------------------------------------------------

_DRY = "Not appended (dry run):"


class Posted(NamedTuple):
    """What was posted with its record, or what would be, without one."""

    said: Occurrence
    record: Record | None

    @property
    def position(self) -> int | None:
        """The position of its record."""
        return self.record.position if self.record else None

    @property
    def id(self) -> str:
        """Its identity."""
        return occurrence_id(canonical(self.said))


def _envelope(settings: Settings, seen: View, signature: Signature) -> dict[str, Any]:
    """Who posts, in which office, when and why."""
    return {
        "rally": seen.log.rally,
        "fact_at": signature.at,
        "recorded_at": settings.now(),
        "by": signature.by,
        "role": signature.role,
        "reason": signature.reason,
    }


def _post(
    seen: View,
    said: Sequence[Occurrence],
    number: str,
    signature: Signature,
    bind: Bind | None = None,
) -> list[Posted]:
    """Post a document, or only try to."""

    def make() -> PostDocument:
        return PostDocument(said, judge, number, bind)

    if signature.dry_run:
        act, _ = seen.log.prepare(make)
        return [Posted(each.decision, None) for each in act.collect_events()]
    records = post(seen.log, make, expect=signature.expect)
    return [Posted(record.occurrence(), record) for record in records]
