"""`rally import`: take in sheets, a road book, live timing or another log."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import click

from cli.context import Settings
from cli.options import complete_stage, of_ledger, pass_settings
from cli.output import print_json, visible
from cli.reading import View
from cli.sites import SiteClock, of_a_site_clock
from ledger.commands.site_clock import declare
from ledger.errors import Unreadable, Usage
from ledger.intake.batch import AsCorrections, Problem, Report, keep, take_in
from ledger.intake.jsonl import WITHHELD, Arrived, ArrivedOpening, read_jsonl, take_in_jsonl
from ledger.intake.lines import BadLine, Delivery, Line, Note
from ledger.log import Log
from ledger.vocabulary import Occurrence, RallyConstituted, RegulationsAdopted
from projections.anomalies import Anomaly, anomalies
from projections.judging import judge
from projections.rules.templates import template

SHOWN = 10
FOUNDING: tuple[type[Occurrence], ...] = (RallyConstituted, RegulationsAdopted)
_BOM = b"\xef\xbb\xbf"
Function = TypeVar("Function", bound=Callable[..., Any])


@click.group(name="import")
def command() -> None:
    """Take in sheets, a road book, live timing or another log.

    The same thing imported again appends nothing. What can't be read goes to the quarantine file
    beside the ledger, with the reason; the rest is appended (exit code 5). What differs from the
    record is a conflict (exit code 1); --as-corrections records it as corrections.
    """


def _taking_in(function: Function) -> Function:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON document."),
        click.option("--strict", is_flag=True, help="Append nothing when anything is wrong."),
    ):
        function = option(function)
    return of_ledger(function)


def _correcting(function: Function) -> Function:
    for option in (
        click.option("--reason", default="", help="Why lines differ, with --as-corrections."),
        click.option(
            "--as-corrections", is_flag=True, help="Record lines that differ as corrections."
        ),
    ):
        function = option(function)
    return function


@command.command(name="sheets")
@click.argument("folder", type=click.Path(path_type=Path))
@_correcting
@_taking_in
@pass_settings
def sheets(
    settings: Settings, folder: Path, strict: bool, as_corrections: bool, reason: str, as_json: bool
) -> int:
    """Take in a folder of timing sheets (rally.toml, CSV, .xlsx).

    A table is NAME.csv, or the sheet NAME of any .xlsx in the folder: entries, waypoints, times,
    penalties, status, direction.
    """
    from ledger.intake.sheets import read_sheets

    code, delivery = read_sheets(folder, template, settings.now())
    founded = _founded(settings.open_ledger(new=True).log(code), delivery)
    return _deliver(settings, code, founded, strict, as_corrections, reason, as_json)


def _founded(log: Log, delivery: Delivery) -> Delivery:
    """A delivery without what founds the rally, where an official has founded it already."""
    facts = View(log).state.facts
    stands = {
        type(each.value): each
        for kind in FOUNDING
        for each in facts.of(kind)
        if not each.value.source.name
    }
    for each in delivery:
        already = stands.get(type(each.occurrence)) if isinstance(each, Line) else None
        if already and isinstance(each, Line):
            kept = f"Already on record: #{already.position} {already.value.words()}"
            yield Note(each.where, f"{kept} Not read: {each.occurrence.words()}")
        else:
            yield each


@command.command(name="gpx")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--stage", required=True, help="The stage whose road book it is.", shell_complete=complete_stage
)
@click.option("--category", default="", help="Only for this category (default: for all).")
@_correcting
@_taking_in
@pass_settings
def gpx(
    settings: Settings,
    file: Path,
    stage: str,
    category: str,
    strict: bool,
    as_corrections: bool,
    reason: str,
    as_json: bool,
) -> int:
    """Take in the road book of a stage, as OpenRally GPX.

    Its waypoints become the points of the stage, dz to fz its speed zones, neutralization to fn its
    neutralisations. A stage that is not scheduled yet comes after those that are.

    \b
    Example:
      rally import gpx ss3.gpx --rally loop-2027 --stage SS3
    """
    from ledger.intake.openrally import Stage, read_openrally

    if not stage.strip():
        raise Usage("--stage is empty.", hint="Name the stage, as SS3.")
    log = settings.open_log()
    orders = View(log).state.orders
    order = None if stage in orders else max(orders.values(), default=0) + 1
    wanted = Stage(log.rally, stage, category, order, settings.now())
    delivery = read_openrally(file, wanted)
    return _deliver(settings, log.rally, delivery, strict, as_corrections, reason, as_json)


@command.command(name="wrc-live")
@click.argument("folder", type=click.Path(path_type=Path))
@_correcting
@_taking_in
@pass_settings
def wrc_live(
    settings: Settings, folder: Path, strict: bool, as_corrections: bool, reason: str, as_json: bool
) -> int:
    """Take in a folder of saved answers of the WRC live timing.

    The rally's code is the folder's name with -2019.
    """
    from ledger.intake.wrc_live import read_wrc_live

    code, delivery = read_wrc_live(folder, template("wrc-2019"), settings.now())
    return _deliver(settings, code, delivery, strict, as_corrections, reason, as_json)


def _deliver(
    settings: Settings,
    code: str,
    delivery: Delivery,
    strict: bool,
    as_corrections: bool,
    reason: str,
    as_json: bool,
) -> int:
    if as_corrections and not reason:
        raise Usage("--as-corrections needs a --reason.", hint="Say why the lines differ.")
    corrections = (
        AsCorrections(reason, "results office", "results-office", settings.now())
        if as_corrections
        else None
    )
    log = settings.open_ledger(new=True).log(code)
    with _progress() as progress:
        report = take_in(
            log,
            delivery,
            settings.quarantine(),
            strict=strict,
            corrections=corrections,
            progress=progress,
        )
    found = anomalies(View(log).state)
    _tell(report, found, as_json)
    return _exit_code(report.problems)


def _exit_code(problems: Iterable[Problem]) -> int:
    kinds = {each.kind for each in problems}
    return 5 if "unreadable" in kinds else 1 if kinds else 0


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """A counter on standard error while a person waits; silent elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    yield lambda count: click.echo(f"\r{count} lines read …", nl=False, err=True)
    click.echo("\r" + " " * 30 + "\r", nl=False, err=True)


def _tell(
    report: Report,
    found: tuple[Anomaly, ...],
    as_json: bool,
    extra: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    document = {
        "rally": report.rally,
        "read": report.read,
        "appended": report.appended,
        "already_known": report.already_known,
        "conflicts": len(report.conflicts),
        "anomalies": len(found),
        "quarantined": len(report.quarantined),
        "quarantine_file": report.quarantine_file,
        **extra,
    }
    for note in report.notes:
        click.echo(f"{note.where}: {note.message}", err=True)
    for problem in report.problems:
        click.echo(f"{problem.where}: {problem.reason}", err=True)
    fresh = [each for each in found if report.places.keys() & set(each.positions)]
    for each in fresh[:SHOWN]:
        at = max(report.places.keys() & set(each.positions))
        click.echo(f"{report.places[at]}: #{at} {each.message}", err=True)
    if len(fresh) > SHOWN:
        click.echo(f"… and {len(fresh) - SHOWN} more (`rally anomalies`).", err=True)
    if report.quarantine_file:
        click.echo(f"What was not appended is kept in {report.quarantine_file}.", err=True)
        if report.conflicts:
            click.echo("Hint: --as-corrections --reason TEXT records what differs.", err=True)
    if as_json:
        problems = [each._asdict() for each in report.problems]
        print_json({**document, "problems": problems})
    else:
        click.echo(
            f"{report.rally}: {_count(report.read, 'line')} read, {report.appended} appended, "
            f"{report.already_known} already known, {_count(len(report.conflicts), 'conflict')}, "
            f"{len(report.quarantined)} unreadable, "
            f"{_count(len(found), 'anomaly', 'anomalies')} in the log."
        )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


@command.command(name="jsonl")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@of_a_site_clock
@_taking_in
@pass_settings
def jsonl(
    settings: Settings, file: Path, strict: bool, as_json: bool, clock: SiteClock | None
) -> int:
    """Restore or merge an exported log (`-` is standard input).

    Into a ledger without that rally, the log is restored exactly. Otherwise what is new is merged,
    with the site that it comes from and its number there. --clock-ahead puts on record how wrong
    the clock of that site was (-0:00:20: it was slow); the rulebook says whether it is applied.

    \b
    Example:
      rally import jsonl finish-ss3.jsonl --clock-ahead 0:01:30 --by Ann --role timekeeper
    """
    arrived: list[Arrived] = []
    openings: list[ArrivedOpening] = []
    bad: list[BadLine] = []
    for each in read_jsonl(str(file), _lines(file)):
        if isinstance(each, BadLine):
            bad.append(each)
        elif isinstance(each, ArrivedOpening):
            openings.append(each)
        else:
            arrived.append(each)
    if strict and bad:
        raise Unreadable(
            f"{bad[0].where}: {bad[0].reason}", hint="Nothing was appended (--strict)."
        )
    if not arrived and not openings and not bad:
        raise Unreadable(f"{file} holds no records.", hint="`rally export jsonl` writes them.")
    problems = [Problem(each.where, each.raw, each.reason, "unreadable") for each in bad]
    kept = keep(settings.quarantine(), problems)
    if not arrived and not openings:
        raise Unreadable(
            f"{file}: no line could be read. {bad[0].where}: {bad[0].reason}",
            hint=f"What was not appended is kept in {kept}.",
        )
    rallies = sorted({each.rally for each in arrived} | {each.rally for each in openings})
    if len(rallies) > 1:
        raise Unreadable(
            f"{file} holds records of {len(rallies)} rallies: {', '.join(rallies)}.",
            hint="Nothing was appended. Import each from a file of its own.",
        )
    ledger = settings.open_ledger(new=True)
    log = ledger.log(rallies[0])
    said = clock.said(log, arrived, settings.now()) if clock else None
    (merged,) = take_in_jsonl(ledger, arrived, openings)
    stray = [
        Problem(where, WITHHELD, "It opens no private value of this log.", "unreadable")
        for where in merged.stray
    ]
    kept = keep(settings.quarantine(), stray) or kept
    report = Report(
        merged.rally,
        merged.read + len(bad),
        merged.appended,
        merged.already_known,
        problems + stray,
        [Note(where, "Not taken in: this opening was erased.") for where in merged.erased],
        merged.places,
        kept,
    )
    extra: dict[str, Any] = {"openings": merged.opened} if openings else {}
    if said:
        position = declare(log, said, judge)
        extra["clock"] = {"site": said.of_site, "ahead_ms": said.ahead_ms, "position": position}
    _tell(report, anomalies(View(log).state), as_json, extra)
    if said and not as_json:
        click.echo(f"{visible(said.words())}{'' if position else ' (declared already)'}")
    return _exit_code(report.problems)


def _lines(file: Path) -> Iterable[bytes]:
    if str(file) == "-":
        return sys.stdin.buffer.read().removeprefix(_BOM).split(b"\n")
    try:
        return file.read_bytes().removeprefix(_BOM).split(b"\n")
    except OSError as error:
        raise Unreadable(f"{file} can't be read: {os.strerror(error.errno or 0)}.") from None
