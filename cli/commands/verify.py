"""`rally verify`: prove that the log is whole and unaltered, and what was published from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.archive.checking import Checked, check
from cli.handed import words_of
from cli.office.answer import Answer
from cli.office.handed import Handed, Outcome, judging
from cli.office.proof import Verified
from cli.options import JSON, LEDGER, here
from cli.output import counted, visible
from cli.reading import reading
from cli.terminal import json_text
from ledger.verify import Flaw, Verification
from projections.desk.reproduction import REPRODUCED, Reproduction

if TYPE_CHECKING:
    from cli.documents.checking import CheckedSheet


@reading("verify", forms=(*JSON, *LEDGER))
def command(answer: Answer[Verified]) -> None:
    """Recompute every hash from the stored bytes, and compare.

    Positions without gaps, the id and leaf of every record, the columns and tags beside them, the
    tiles, the root against the head, and the guards that refuse changes. Exit code 3 if anything
    does not verify. The database looks through its own files, so that a damaged index shows (exit
    code 1): where nothing is found, every answer is what it was. `rally rebuild` makes anew what
    follows from the log. The index of times is compared with the records, and private values that
    are kept beside the log are checked: that they open what the records commit to, and that nothing
    erased is still there (exit code 1).

    Every published classification and start order is computed again from the records up to its
    cut-off, never from the rows that it holds, and is said to be reproduced, of an earlier edition
    and as posted, or not reproduced. Where the computing rules have changed since and give other
    rows, it stands as it was posted if root, digest and rows agree, and the rules that changed are
    named. One that is not reproduced is a finding (exit code 1); exit code 3 if the root of these
    records is not the one that it rests on. One that another site published from a log of its own
    can't be computed here; it is named and no finding.

    Every sheet whose digest is bound in its publication is drawn again from the log and compared
    byte for byte (exit code 1), those of an earlier edition from their stored rows. It is not
    checked where it was made with other versions than those here; it is named then and no finding.

    All of that holds of a log that was cut off, or written anew, as well. That shows against a root
    that somebody kept elsewhere, as posted sheets do: --root says whether the log had it there, and
    exit code 3 where it had not, or ends before.

    Of an archive (--archive) every file is held against its manifest, nothing may be missing and
    nothing else be there. With its ledger the root has to be one that the log had, and everything
    that the archive tells of the log is computed again; where no ledger is named and none is here,
    its files alone are checked, and that is said. Exit code 3 where something does not fit.

    Where keys of office are on record, it says with which of them how much is signed. All of them
    come of the organiser's: --trust names that one from outside, as its fingerprint stands in the
    regulations or on a posted sheet. Without it the log is consistent in itself, and whose it is
    was not checked; exit code 3 where another key is on record.

    A checkpoint (--checkpoint) has to be one of this log; two of them, or one and a proof, are held
    against each other where no ledger is here. Whose it is only --trust can say, which names a key
    from outside; without it, that was not checked, and is said. --witnesses names a policy: how
    many of which witnesses had to sign; `--witnesses own` is that of the log's own rulebook, for
    the house itself, and it is said that it is. A proof (--proof), of a record, of growth
    or that nothing was left out, is checked without a ledger. Exit code 0 means that all that was
    asked for was checked and holds, 3 that something does not fit, 1 that something was not
    checked: `not_checked` says what and why.

    \b
    Examples:
      rally verify --root 5d0e8cf1a2@148
      rally verify --trust SHA256:LZcH5ApRMT9W3kDhKzbPqNxV7sYmTgJcRfUeQwAoI1E
      rally verify --checkpoint evening.checkpoint --trust ledger.key.pub --witnesses policy.txt
      rally verify --proof decision.tlog-proof --trust ledger.key.pub
      rally verify --archive silk-way
    """
    found = answer.found
    _say(found.proof, found.findings, found.published, found.proved)
    _say_sheets(found.sheets)
    if found.against and not found.against.complaint:
        click.echo(f"The root at #{found.against.position} is the one that was kept.")
    if found.archive:
        _say_archive(found.archive)
    for line in found.signed.words() if found.signed else ():
        click.echo(visible(line))
    _say_handed(found.handed, against_a_log=True)


_of_a_log: Any = command.callback


def _of_what_is_here(archive: Path | None = None, **given: Any) -> Any:
    """Verify a log; where there is none, an archive by itself, or what was handed over.

    A proof is looked at by itself, whatever is here.
    """
    settings = here()
    handed = Handed(**{name: given[name] for name in Handed._fields})
    alone = handed.proof or (handed.checkpoint and not settings.has_a_ledger)
    if alone and (archive or given["root"]):
        raise click.UsageError("What was handed over is checked by itself: ask for it alone.")
    if not alone and (archive is None or settings.has_a_ledger):
        return _of_a_log(archive=archive, **given)
    settings.without_a_ledger()
    if not alone:
        assert archive is not None
        return _of_an_archive(archive, as_json=given["as_json"])
    outcome = judging(handed)(None)
    if given["as_json"]:
        findings = [{"position": None, "message": each} for each in outcome.findings]
        unchecked = [each.json() for each in outcome.unchecked]
        document = {"ok": outcome.ok, **outcome.json(), "findings": findings}
        click.echo(json_text({**document, "not_checked": unchecked}))
    else:
        for each in outcome.findings:
            click.echo(visible(each))
        _say_handed(outcome, against_a_log=False)
    return outcome.exit_code


def _of_an_archive(archive: Path, *, as_json: bool) -> int:
    checked = check(archive)
    if as_json:
        told = checked.json()
        unchecked = [{"what": "the log", "why": "No ledger is named, and none is here."}]
        click.echo(json_text({"ok": told["ok"], "archive": told, "not_checked": unchecked}))
    else:
        _say_archive(checked)
    return 3 if checked.findings else 0


command.callback = _of_what_is_here


def _say_handed(outcome: Outcome, *, against_a_log: bool) -> None:
    for line in words_of(outcome, against_a_log=against_a_log):
        click.echo(visible(line))


def _say_archive(checked: Checked) -> None:
    where, basis = checked.folder, checked.manifest.basis
    for each in checked.findings[:50]:
        click.echo(visible(f"{where}: {each}"))
    count = counted(len(checked.manifest.files), "file")
    if checked.findings:
        told = counted(len(checked.findings), "finding")
        click.echo(visible(f"The archive {where} does NOT fit: {told}."))
    elif checked.against:
        click.echo(visible(f"The archive {where} is of this log: {count}, #{basis['position']}."))
        if checked.not_drawn:
            click.echo(visible(f"Its pages were not drawn again: {checked.not_drawn}"))
    else:
        told = f"{count} as its manifest names them, {basis['rally']} #{basis['position']}"
        click.echo(visible(f"The archive {where} is whole: {told}, root {basis['root']}."))
        click.echo("No ledger is named and none is here: that it is of the log was not checked.")


def _say(
    proof: Verification, findings: list[Flaw], published: list[Reproduction], proved: bool
) -> None:
    for flaw in findings[:50]:
        click.echo(visible(flaw.words()))
    if findings:
        verdict = "The log verifies, but" if proved else "The log does NOT verify:"
        click.echo(f"{verdict} {counted(len(findings), 'finding')}.")
    else:
        click.echo(f"{proof.size} records verify; root {proof.root}.")
    whole = [each for each in published if each.status == REPRODUCED]
    if whole:
        click.echo(f"{counted(len(whole), 'publication')} reproduced from the log.")
    for each in published:
        if each.status != REPRODUCED and not each.failed:
            said = f"{each.status}. {each.message}".rstrip()
            click.echo(visible(f"#{each.position}: Document {each.document} {said}"))


def _say_sheets(sheets: list[CheckedSheet]) -> None:
    whole = [each for each in sheets if each.status == REPRODUCED]
    if whole:
        click.echo(f"{counted(len(whole), 'sheet')} reproduced byte for byte.")
    for each in sheets:
        if each.status != REPRODUCED and not each.failed:
            said = f"The sheet of document {each.document} was {each.status}. {each.message}"
            click.echo(visible(f"#{each.position}: {said}"))
