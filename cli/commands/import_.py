"""`rally import`: take in sheets, a road book, live timing or another log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from cli.context import Settings
from cli.office.acts import ACTS
from cli.office.desk import Signature
from cli.office.importing import Taken
from cli.options import JSON, lines_of, of_ledger, taking, typed
from cli.output import counted, counting, print_json, visible
from ledger.errors import Usage
from ledger.intake.batch import Kinds, Report
from ledger.intake.parting import Parting
from ledger.vocabulary import short_id
from projections.control.plan import OF_AUTHORITY

SHOWN = 10


@click.group(name="import")
def command() -> None:
    """Take in sheets, a road book, live timing or another log.

    The same thing imported again appends nothing. What can't be read goes to the quarantine file
    beside the ledger, with the reason; the rest is appended (exit code 5). What differs from the
    record is a conflict (exit code 1), and so is what a whole answer no longer holds;
    --as-corrections records it as corrections, what is there no longer as void.
    """


KEY = click.Option(
    ["--key"],
    default="",
    metavar="TEXT",
    help="What this delivery is called: under its key nothing else comes in.",
)


def _taking_in(function: Callable[..., int]) -> Callable[..., int]:
    strict = click.Option(["--strict"], is_flag=True, help="Append nothing when anything is wrong.")
    return of_ledger(taking(strict, KEY, *JSON)(function))


CORRECTING = (
    click.Option(
        ["--as-corrections"], is_flag=True, help="Record lines that differ as corrections."
    ),
    click.Option(["--reason"], default="", help="Why lines differ, with --as-corrections."),
    click.Option(
        ["--only"],
        multiple=True,
        metavar="KIND|FILE|KEY",
        help="Of what differs, record only this: a type (PenaltyGiven), withdrawn, returned or "
        "differs, a file, or a key of the source. Naming a file also confirms that it is [].",
    ),
)


def _import(name: str, explained: str, *, new: bool = True) -> click.Command:
    """The command of an import of the table, which records what differs where it is asked to."""
    parameters = ACTS[f"import {name}"].parameters()

    @_taking_in
    def take_in(
        settings: Settings, as_corrections: bool, reason: str, only: tuple[str, ...], **said: Any
    ) -> int:
        if as_corrections and not reason:
            raise Usage("--as-corrections needs a --reason.", hint="Say why the lines differ.")
        if only and not as_corrections:
            raise Usage("--only limits --as-corrections.", hint="Give it with --as-corrections.")
        given = {each.name: said.pop(each.name) for each in parameters}
        correcting = reason if as_corrections else ""
        return _taken_in(
            settings, f"import {name}", given, new=new, correcting=correcting, only=only, **said
        )

    return click.command(name, help=explained)(
        taking(*map(typed, parameters), *CORRECTING)(take_in)
    )


command.add_command(
    _import(
        "sheets",
        """Take in a folder of timing sheets (rally.toml, CSV, .xlsx).

        A table is NAME.csv, or the sheet NAME of any .xlsx in the folder: entries, waypoints,
        times, penalties, status, direction. A line that is gone means nothing, unless its table is
        whole: named by --whole (penalties.csv, penalties), or in rally.toml as
        whole = ["penalties.csv"]. `rally help sheets` explains the format, `rally new --sheets DIR`
        lays out an empty folder.
        """,
    )
)
command.add_command(
    _import(
        "gpx",
        """Take in the road book of a stage, as OpenRally GPX.

        Its waypoints become the points of the stage, dz to fz its speed zones, neutralization to fn
        its neutralisations. A stage that is not scheduled yet comes after those that are.

        \b
        Example:
          rally import gpx ss3.gpx --rally loop-2027 --stage SS3
        """,
        new=False,
    )
)
command.add_command(
    _import(
        "wrc-live",
        """Take in a folder of saved answers of the WRC live timing.

        The rally's code is the folder's name, a hyphen and the year of its first day. Another event
        of the service is refused under a code that is taken.
        """,
    )
)


def _taken_in(
    settings: Settings,
    name: str,
    given: Mapping[str, Any],
    as_json: bool,
    *,
    signature: Signature | None = None,
    new: bool = True,
    **how: Any,
) -> int:
    """Carry out an import of the table and tell its report, with a counter while a person waits."""
    with counting(" lines read") as progress:
        at = settings.secretariat(signature, new=new, progress=progress, **how)
        (taken,) = ACTS[name].carry_out(at, given)
    assert isinstance(taken, Taken)
    return _tell(taken, as_json, correcting=bool(how.get("correcting")))


def _tell(taken: Taken, as_json: bool, *, correcting: bool) -> int:
    report = taken.report
    if fork := taken.fork:
        click.echo(visible(_of_a_fork(fork)), err=as_json)
    for line in _of_authority(taken):
        click.echo(visible(line), err=as_json)
    if report.corrected:
        click.echo(f"Recorded as corrections: {_by_kind(report.corrected)}.", err=True)
    for note in report.notes:
        click.echo(f"{note.where}: {note.message}", err=True)
    _tell_problems(report)
    fresh = [each for each in taken.fresh() if each[-1].kind not in OF_AUTHORITY]
    for place, at, each in fresh[:SHOWN]:
        click.echo(visible(f"{place}: #{at} {each.message}"), err=True)
    if len(fresh) > SHOWN:
        click.echo(f"… and {len(fresh) - SHOWN} more (`rally anomalies`).", err=True)
    if report.quarantine_file:
        click.echo(f"What was not appended is kept in {report.quarantine_file}.", err=True)
    if not correcting and any(each.recordable for each in report.conflicts):
        click.echo("Hint: --as-corrections --reason TEXT records what differs.", err=True)
    if as_json:
        print_json(taken.json())
        return taken.exit_code
    new = "".join(f", {count} new {kind}" for kind, count in taken.new.most_common())
    click.echo(
        f"{report.rally}: {counted(report.read, 'line')} read, {report.appended} appended, "
        f"{report.already_known} already known, {counted(taken.conflicts, 'conflict')}{new}, "
        f"{len(report.unreadable)} unreadable, "
        f"{counted(len(taken.anomalies), 'anomaly', 'anomalies')} in the log."
    )
    _tell_of_sites(taken)
    return taken.exit_code


def _of_a_fork(fork: Parting) -> str:
    """That two histories came together that one site wrote, and where they part."""
    return (
        f"These are two histories: they are the same up to #{fork.position - 1} and part at "
        f"#{fork.position}, where this log holds {short_id(fork.here)}, and the other held "
        f"{short_id(fork.there)}. One was written anew, or two wrote under one name: checkpoints "
        "that others kept tell which (`rally help proof`)."
    )


def _of_authority(taken: Taken) -> Iterator[str]:
    """Who acted and may not have; of very many only the first."""
    found = taken.unauthorised()
    for place, at, each in found[:SHOWN]:
        yield f"{place}: #{at} {each.message}"
    if len(found) > SHOWN:
        yield f"… and {len(found) - SHOWN} more that somebody did who may not (`rally anomalies`)."


def _tell_of_sites(taken: Taken) -> None:
    """Whose clock was declared, and as whom this ledger writes on what another began."""
    if taken.clock:
        already = "" if taken.clock.position else " (declared already)"
        click.echo(f"{visible(taken.clock.said.words())}{already}")
        click.echo(visible(taken.clock.words()))
    if taken.writes_as:
        click.echo(f"This ledger writes as the site {visible(taken.writes_as)}.", err=True)
        if not taken.named:
            click.echo("Hint: if others write as that too, `rally site NAME` names it.", err=True)


def _tell_problems(report: Report) -> None:
    """What was not appended; of conflicts first how many there are of each kind."""
    if len(report.conflicts) > 1:
        click.echo(f"Conflicts: {_by_kind(report.kinds)}.", err=True)
    told: Counter[tuple[str, str]] = Counter()
    for problem in report.problems:
        kind = (problem.type, problem.way)
        told[kind] += 1
        if problem.kind == "unreadable" or told[kind] <= SHOWN:
            click.echo(f"{problem.where}: {problem.reason}", err=True)
    if more := sum(max(0, many - SHOWN) for (kind, _), many in told.items() if kind):
        click.echo(f"… and {more} more of these kinds.", err=True)


_IN_WORDS = {
    "differs": ("differs", "differ"),
    "withdrawn": ("is no longer in the answer", "are no longer in the answer"),
    "returned": ("is there again", "are there again"),
}


def _by_kind(kinds: Kinds) -> str:
    """ "3 PenaltyGiven are no longer in the answer, 1 CrewEntered differs"."""
    counts = [(n, kind, way) for kind, ways in kinds.items() for way, n in ways.items()]
    counts.sort(key=lambda each: (each[2] == "differs", -each[0], each[1]))
    return ", ".join(f"{n} {kind} {_IN_WORDS[way][n > 1]}" for n, kind, way in counts)


@command.command(name="jsonl")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--clock-ahead", metavar="DURATION", help="How far the site's clock was ahead.")
@click.option("--of-site", default="", metavar="NAME", help="Whose clock, of several.")
@click.option("--by", default="", envvar="RALLY_BY", help="Who declares the clock.")
@click.option("--role", default="", envvar="RALLY_ROLE", help="The office they act in.")
@click.option("--reason", default="", help="How it is known.")
@_taking_in
def jsonl(
    settings: Settings,
    /,
    file: Path,
    clock_ahead: str | None,
    of_site: str,
    by: str,
    role: str,
    reason: str,
    **how: Any,
) -> int:
    """Restore or merge an exported log (`-` is standard input).

    Into a ledger without that rally, the log is restored exactly. Otherwise what is new is merged,
    with the site that it comes from and its number there. --clock-ahead puts on record how wrong
    the clock of that site was (-0:00:20: it was slow); the rulebook says whether it is applied.

    \b
    Example:
      rally import jsonl finish-ss3.jsonl --clock-ahead 0:01:30 --by Ann --role timekeeper
    """
    clock = {"clock_ahead": clock_ahead, "of_site": of_site}
    given = {"name": str(file), "lines": lines_of(file), **clock}
    return _taken_in(settings, "import jsonl", given, signature=Signature(by, role, reason), **how)
