"""`rally import`: take in sheets, live timing or another log."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.context import Settings
from cli.options import of_ledger, pass_settings
from cli.output import print_json
from cli.reading import View
from ledger.errors import Unreadable, Usage
from ledger.intake.batch import AsCorrections, Problem, Report, keep, take_in
from ledger.intake.lines import BadLine, Delivery
from projections.anomalies import Anomaly, anomalies
from projections.rulebook import template

SHOWN = 10
_BOM = b"\xef\xbb\xbf"
Function = TypeVar("Function", bound=Callable[..., Any])


@click.group(name="import")
def command() -> None:
    """Take in sheets, live timing or another log.

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
    """Take in a folder of timing sheets (rally.toml and CSV files)."""
    from ledger.intake.sheets import read_sheets

    code, delivery = read_sheets(folder, template, settings.now())
    return _deliver(settings, code, delivery, strict, as_corrections, reason, as_json)


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


def _tell(report: Report, found: tuple[Anomaly, ...], as_json: bool) -> None:
    document = {
        "rally": report.rally,
        "read": report.read,
        "appended": report.appended,
        "already_known": report.already_known,
        "conflicts": len(report.conflicts),
        "anomalies": len(found),
        "quarantined": len(report.quarantined),
        "quarantine_file": report.quarantine_file,
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
@_taking_in
@pass_settings
def jsonl(settings: Settings, file: Path, strict: bool, as_json: bool) -> int:
    """Restore or merge an exported log (`-` is standard input)."""
    from ledger.intake.jsonl import Arrived, read_jsonl, take_in_jsonl

    arrived: list[Arrived] = []
    bad: list[BadLine] = []
    for each in read_jsonl(str(file), _lines(file)):
        if isinstance(each, BadLine):
            bad.append(each)
        else:
            arrived.append(each)
    if strict and bad:
        raise Unreadable(
            f"{bad[0].where}: {bad[0].reason}", hint="Nothing was appended (--strict)."
        )
    if not arrived and not bad:
        raise Unreadable(f"{file} holds no records.", hint="`rally export jsonl` writes them.")
    problems = [Problem(each.where, each.raw, each.reason, "unreadable") for each in bad]
    kept = keep(settings.quarantine(), problems)
    if not arrived:
        raise Unreadable(
            f"{file}: no line could be read. {bad[0].where}: {bad[0].reason}",
            hint=f"What was not appended is kept in {kept}.",
        )
    rallies = sorted({each.rally for each in arrived})
    if len(rallies) > 1:
        raise Unreadable(
            f"{file} holds records of {len(rallies)} rallies: {', '.join(rallies)}.",
            hint="Nothing was appended. Import each from a file of its own.",
        )
    ledger = settings.open_ledger(new=True)
    (merged,) = take_in_jsonl(ledger, arrived)
    report = Report(
        merged.rally,
        merged.read + len(bad),
        merged.appended,
        merged.already_known,
        problems,
        [],
        merged.places,
        kept,
    )
    _tell(report, anomalies(View(ledger.log(merged.rally)).state), as_json)
    return _exit_code(problems)


def _lines(file: Path) -> Iterable[bytes]:
    if str(file) == "-":
        return sys.stdin.buffer.read().removeprefix(_BOM).split(b"\n")
    try:
        return file.read_bytes().removeprefix(_BOM).split(b"\n")
    except OSError as error:
        raise Unreadable(f"{file} can't be read: {os.strerror(error.errno or 0)}.") from None
