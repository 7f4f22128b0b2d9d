"""`rally verify`: prove that the log is whole and unaltered, and what was published from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from cli.context import Settings
from cli.options import of_ledger, pass_settings
from cli.output import print_json, visible
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.verify import Flaw, Verification, verify
from ledger.vocabulary import ClassificationPublished
from projections.reproduction import ELSEWHERE, REPRODUCED, Reproduction, reproductions

if TYPE_CHECKING:
    from cli.documents.checking import CheckedSheet


@click.command(name="verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
@pass_settings
def command(settings: Settings, as_json: bool) -> int:
    """Recompute every hash from the stored bytes, and compare.

    Positions without gaps, the id and leaf of every record, the columns and tags beside them, the
    tiles, the root against the head, and the guards that refuse changes. Exit code 3 if anything
    does not verify. Private values that are kept beside the log are checked as well: that they open
    what the records commit to, and that nothing erased is still there (exit code 1).

    Every published classification is computed again from the records up to its cut-off, never from
    the rows that it holds, and is said to be reproduced, reproduced under its own edition, or not
    reproduced. Where the computing rules have changed since, it is computed by those of its edition
    if they can still be run. One that is not reproduced is a finding (exit code 1); exit code 3 if
    the root of these records is not the one that it rests on. One that another site published from
    a log of its own can't be computed here; it is named and no finding.

    Every sheet whose digest is bound in its publication is drawn again from the log and compared
    byte for byte (exit code 1). It is not checked where it was made with other versions than those
    here; it is named then and no finding.
    """
    log = settings.open_log()
    proof = verify(log)
    published = _published(log, proof)
    sheets = _sheets(log, proof, published)
    findings = [*proof.findings, *(_finding(each) for each in published if each.failed)]
    findings += [_unlike(each) for each in sheets if each.failed]
    proved = not any(each.proof for each in findings)
    if as_json:
        counted = {"publications": len(published), "documents": len(sheets)}
        checked = {**proof.checked, **{name: count for name, count in counted.items() if count}}
        print_json(
            {
                "ok": not findings,
                "size": proof.size,
                "root": proof.root,
                "checked": checked,
                "findings": [{"position": e.position, "message": e.message} for e in findings],
                "publications": [
                    {
                        "document": each.document,
                        "position": each.position,
                        "status": each.status,
                        "message": each.message,
                    }
                    for each in published
                ],
                "documents": sheets,
            }
        )
    else:
        _say(proof, findings, published, proved)
        _say_sheets(sheets)
    return 0 if not findings else 1 if proved else 3


def _published(log: Log, proof: Verification) -> list[Reproduction]:
    """What came of computing every publication again, as the log was when it was proved."""
    kind = ClassificationPublished.type_name()
    try:
        found = list(log.read(until=proof.size, types=[kind]))
        return reproductions(found, log.read(until=proof.size), log.head().site)
    except (LedgerError, ValueError, TypeError, msgspec.MsgspecError):
        if proof.proved:
            raise
        return []  # what is stored can't even be read, as the findings say


def _sheets(log: Log, proof: Verification, published: list[Reproduction]) -> list[CheckedSheet]:
    """What came of drawing every posted sheet again; not of what can't be computed again."""
    from cli.documents.checking import check_sheets

    apart = [each.position for each in published if each.failed or each.status == ELSEWHERE]
    try:
        return check_sheets(log, proof.size, apart)
    except (LedgerError, ValueError, TypeError, msgspec.MsgspecError):
        if proof.proved:
            raise
        return []  # what is stored can't even be read, as the findings say


def _unlike(each: CheckedSheet) -> Flaw:
    what = f"The sheet of document {each.document} is not reproduced. {each.message}"
    return Flaw(each.position, what, proof=False)


def _finding(each: Reproduction) -> Flaw:
    what = f"Document {each.document} is not reproduced. {each.message}"
    return Flaw(each.position, what, each.proof)


def _say(
    proof: Verification, findings: list[Flaw], published: list[Reproduction], proved: bool
) -> None:
    for flaw in findings[:50]:
        where = "" if flaw.position is None else f"#{flaw.position}: "
        click.echo(f"{where}{visible(flaw.message)}")
    if findings:
        verdict = "The log verifies, but" if proved else "The log does NOT verify:"
        click.echo(f"{verdict} {_count(len(findings), 'finding')}.")
    else:
        click.echo(f"{proof.size} records verify; root {proof.root}.")
    whole = [each for each in published if each.status == REPRODUCED]
    if whole:
        click.echo(f"{_count(len(whole), 'publication')} reproduced from the log.")
    for each in published:
        if each.status != REPRODUCED and not each.failed:
            said = f"{each.status}. {each.message}".rstrip()
            click.echo(visible(f"#{each.position}: Document {each.document} {said}"))


def _say_sheets(sheets: list[CheckedSheet]) -> None:
    whole = [each for each in sheets if each.status == REPRODUCED]
    if whole:
        click.echo(f"{_count(len(whole), 'sheet')} reproduced byte for byte.")
    for each in sheets:
        if each.status != REPRODUCED and not each.failed:
            said = f"The sheet of document {each.document} was {each.status}. {each.message}"
            click.echo(visible(f"#{each.position}: {said}"))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
