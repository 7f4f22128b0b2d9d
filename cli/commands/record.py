"""`rally record`: put an occurrence on record, or a batch of short lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from cli.acting import act, at_the_desk, signed, tell_if_known
from cli.changes import named, show, warn
from cli.context import Settings
from cli.office.desk import Desk, Signature
from cli.office.moving import MOST_TOLD, sentences
from cli.options import complete_stage, here, lines_of
from cli.output import counted, print_json, visible
from ledger.errors import Usage
from ledger.vocabulary import type_named

if TYPE_CHECKING:
    from cli.office.lines.batch import Batch


def _desk(settings: Settings, signature: Signature, given: Mapping[str, Any]) -> Desk:
    """The desk of the rally that is meant; what constitutes one begins it."""
    if type_named(given["kind"]).type_name() != "RallyConstituted":
        return at_the_desk(settings, signature, given)
    if settings.rally is None:
        raise Usage("A new rally needs a code.", hint="Name it with --rally CODE.")
    return at_the_desk(settings, signature, given, settings.rally)


_ONE = act(
    "record",
    """Put an occurrence on record, checked by the rules for who may record it and about what.

    `rally types` lists the types and `rally types TYPE` the fields of one. It prints the position,
    what it means in words, and what it changed in the standings. Any type may have private values,
    private.NAME=VALUE: the log holds only a commitment to each, and `rally forget` erases them.

    With --lines it takes short lines instead (`rally help desk`), one record and more in each: all
    that can be read is one append. Refused lines are told and kept in the quarantine file beside
    the ledger (exit code 5); with --strict nothing is appended then.

    \b
    Examples:
      rally record PenaltyGiven number=102 stage=SS12 amount_ms=4:00:00 \\
        --by "Race direction" --role clerk-of-the-course --reason "two waypoints missed"
      rally record BulletinIssued bulletin=3 from_stage=SS5 timing.tolerance_ms=0:00:01 \\
        --by "The stewards" --role stewards
      rally record RallyConstituted title="Desert Loop" --rally loop-2027 --by Ann --role secretary
      rally record --lines ss3.txt --at-place "SS3 finish elapsed" --by Ann --role timekeeper
    """,
    show,
    at=_desk,
)
_TYPE, *_OTHERS = _ONE.params
_TYPE.required = False  # lines have a type each
LINES = (
    click.Option(
        ["--lines"],
        type=click.Path(path_type=Path, allow_dash=True),
        metavar="FILE",
        help="Short lines as at a desk, from a file or `-`.",
    ),
    click.Option(
        ["--at-place"],
        default="",
        metavar="PLACE",
        help="Where the lines begin: `SS3 finish elapsed`, as `at` in a line says it.",
        shell_complete=complete_stage,
    ),
    click.Option(["--strict"], is_flag=True, help="Append no line when any is refused."),
)


def _record(lines: Path | None, at_place: str, strict: bool, **given: Any) -> int | None:
    if lines is not None:
        return _batch(lines, {"at_place": at_place, "strict": strict}, given)
    if at_place or strict:
        raise Usage("--at-place and --strict say how lines are read.", hint="Name them: --lines.")
    if given["kind"] is None:
        raise click.MissingParameter(param=_TYPE, ctx=click.get_current_context())
    assert _ONE.callback
    _ONE.callback(**given)
    return None


def _batch(lines: Path, how: dict[str, Any], given: dict[str, Any]) -> int:
    """Put lines on record, and tell of each what became of it; answers the exit code."""
    from cli.office.lines.batch import BATCH

    if given["kind"] is not None:
        raise Usage(f"Either {given['kind']} is recorded, or --lines are.", hint="Say one of both.")
    settings = here()
    settings.hold()
    signature = signed(given)
    how |= {"lines": tuple(lines_of(lines)), "quarantine": settings.quarantine()}
    desk = at_the_desk(settings, signature, given)
    (done,) = BATCH.carry_out(desk, {**how, "source": given["source"]})
    batch = cast("Batch", done)
    if given["as_json"]:
        print_json(batch.json())
    else:
        _tell(batch)
    for each in (*_beside(batch), *batch.notes):
        click.echo(visible(each), err=True)
    tell_if_known(batch)
    return batch.exit_code


def _tell(batch: Batch) -> None:
    """Each record in full, who moved by all of it, and what `check` finds since."""
    for each, words in zip(batch.parts, batch.says, strict=True):
        click.echo(named(each.position, each.said, words=words))
    for line in sentences(batch.moved.told) if batch.moved else ():
        click.echo(f"       {visible(line)}")
    warn(batch.warnings)
    became = "would be appended" if batch.dry_run else "appended"
    if batch.already_known:
        became = "already known"
    click.echo(
        f"{batch.rally}: {counted(batch.read, 'line')} read, "
        f"{counted(len(batch.parts), 'record')} {became}, {len(batch.refused)} refused."
    )


def _beside(batch: Batch) -> Iterator[str]:
    """What is told of lines: those that were refused, and those that were recorded before."""
    for each in batch.refused:
        yield f"line {each.line}: {each.reason} {each.hint}".rstrip()
    if twice := [str(each.line) for each in batch.twice]:
        more = f" and {len(twice) - MOST_TOLD} more" if len(twice) > MOST_TOLD else ""
        yield f"You recorded before what these lines say: {', '.join(twice[:MOST_TOLD])}{more}."
    if batch.quarantine_file:
        yield f"What was refused is kept in {batch.quarantine_file}."


command = click.Command(
    "record", params=[_TYPE, *_OTHERS, *LINES], callback=_record, help=_ONE.help
)
