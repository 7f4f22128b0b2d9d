"""`rally prove`: a file that proves a record, or that the log only grew, to whoever has no log."""

from __future__ import annotations

from pathlib import Path

import click

from cli.changes import show
from cli.context import Settings
from cli.keeping import KEEPING, put_on_record
from cli.office.keys import signer
from cli.office.proving import of_a_record, of_growth, up_to
from cli.options import MOMENT, completing, of_ledger, taking
from cli.output import print_json, visible, write_file, write_out
from cli.signing import ask_passphrase, with_key


@click.command(name="prove")
@click.argument("record", required=False, shell_complete=completing("RECORD"))
@click.option(
    "--since",
    metavar="CHECKPOINT",
    type=click.Path(path_type=Path),
    help="Prove that the log begins with what this earlier checkpoint saw.",
)
@click.option(
    "--checkpoint",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Up to this checkpoint of the log (default: one that is signed now).",
)
@with_key
@taking(MOMENT[0])
@click.option(
    "-o", "--output", metavar="FILE", help="Where the proof goes (default: standard output)."
)
@taking(*KEEPING)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def command(
    settings: Settings,
    record: str | None,
    since: Path | None,
    checkpoint: Path | None,
    key_named: str | None,
    known_at: str | None,
    output: str | None,
    by: str,
    role: str,
    *,
    keep: bool,
    as_json: bool,
) -> None:
    """Prove a record, or that the log only grew, to somebody who has no log.

    RECORD is '#149', the first digits of an id, or a handle as protest-1. The proof holds the
    record with what it says, where it stands, and a checkpoint (a `.tlog-proof` of the C2SP).
    Private values are not in it. With --since it says that everything up to an earlier checkpoint
    stands unchanged before the later one, which a witness asks for. `rally verify --proof` checks
    both, without a ledger; so do other programs.

    The checkpoint is one that was signed before, so that the signatures of witnesses are in it, or
    it is signed now, with --key. With --keep the proof of a record is put on record itself: where
    witnesses signed its checkpoint, the record is shown by it to have been there before they did.

    \b
    Examples:
      rally prove '#149' --checkpoint evening.checkpoint -o decision.tlog-proof
      rally prove --since day1.checkpoint --key ledger.key -o day2.proof
    """
    if (record is None) == (since is None):
        raise click.UsageError("Name a record, or an earlier checkpoint with --since.")
    if checkpoint is not None and known_at is not None:
        raise click.UsageError("--checkpoint and --known-at both say up to where: leave out one.")
    office = settings.office()
    seen = office.view(office.log(settings.rally), known_at)
    up = up_to(seen, checkpoint, lambda: signer(key_named, ask_passphrase))
    if record is not None:
        proven = of_a_record(seen, record, up)
    else:
        assert since is not None
        proven = of_growth(seen, since, up)
    data = proven.proof.to_bytes()
    kept = put_on_record(settings, seen.log, data, "It", by, role) if keep else None
    named = output not in (None, "-")
    if named:
        write_file(str(output), data)
    if as_json:
        print_json(proven.json() | ({"kept": kept.json()} if kept else {}))
        return
    if output == "-" or (output is None and not kept):
        write_out("-", data)
        return
    if named:
        about = f"#{proven.about['position']}" if record is not None else "that the log only grew"
        click.echo(visible(f"{output}: {about}, up to {up.checkpoint.words}."))
    if kept:
        show(kept)
