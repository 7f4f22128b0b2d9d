"""`rally prove`: a file that proves something of the log to whoever has none.

That a record stands in it, that it only grew, or that nothing was left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from cli.changes import show
from cli.context import Settings
from cli.keeping import KEEPING, put_on_record
from cli.office.keys import signing
from cli.office.proving import Proven, Up, of_a_record, of_a_subject, of_growth, up_to
from cli.office.view import View
from cli.options import MOMENT, completing, of_ledger, taking
from cli.output import print_json, visible, write_file, write_out
from cli.signing import ask_passphrase, with_key
from ledger.completeness import Kind


@click.command(name="prove")
@click.argument("record", required=False, shell_complete=completing("RECORD"))
@click.option(
    "--since",
    metavar="CHECKPOINT",
    type=click.Path(path_type=Path),
    help="Prove that the log begins with what this earlier checkpoint saw.",
)
@click.option(
    "--crew",
    metavar="NUMBER",
    shell_complete=completing("NUMBER"),
    help="Prove that nothing was left out for this crew.",
)
@click.option(
    "--decision",
    metavar="DECISION",
    shell_complete=completing("RECORD"),
    help="Prove that nothing was left out for this decision.",
)
@click.option(
    "--stage",
    metavar="STAGE",
    shell_complete=completing("STAGE"),
    help="Prove that nothing was left out for this stage.",
)
@click.option("--blind", is_flag=True, help="Of what is withheld give hashes, and no headers.")
@click.option(
    "--attested",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="What a witness attests of the tags (rally witness attest).",
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
    crew: str | None,
    decision: str | None,
    stage: str | None,
    attested: tuple[Path, ...],
    checkpoint: Path | None,
    key_named: str | None,
    known_at: str | None,
    output: str | None,
    by: str,
    role: str,
    *,
    blind: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Prove a record, that the log only grew, or that nothing was left out, to who has no log.

    RECORD is '#149', the first digits of an id, or a handle as protest-1. The proof holds the
    record with what it says, where it stands, and a checkpoint (a `.tlog-proof` of the C2SP).
    Private values are not in it. With --since it says that everything up to an earlier checkpoint
    stands unchanged before the later one, which a witness asks for. `rally verify --proof` checks
    all of them, without a ledger; so do other programs.

    With --crew, --decision or --stage it holds everything that bears on it, in full: what is about
    it by its tags and its content, what amends or signs that, and what is about everybody (rules,
    officials, acts on stages). Of every other record it has the header, from which its hash
    follows, so that none can be missing; that the tags in these headers are those of the contents
    rests on the log's word, unless a witness attests it (--attested). What is revealed so is said
    before; --blind reveals no headers, and then only what is shown is proven, and not that it is
    all.

    The checkpoint is one that was signed before, so that the signatures of witnesses are in it, or
    it is signed now, with --key. With --keep the proof of a record is put on record itself: where
    witnesses signed its checkpoint, the record is shown by it to have been there before they did.

    \b
    Examples:
      rally prove '#149' --checkpoint evening.checkpoint -o decision.tlog-proof
      rally prove --since day1.checkpoint --key ledger.key -o day2.proof
      rally prove --crew 102 --checkpoint evening.checkpoint -o crew-102.proof
    """
    what, of = _asked(record=record, since=since, crew=crew, decision=decision, stage=stage)
    if (blind or attested) and what in ("record", "since"):
        raise click.UsageError("--blind and --attested are for --crew, --decision and --stage.")
    if keep and what not in ("record", "since"):
        raise click.UsageError("--keep is for the proof of a record.")
    if checkpoint is not None and known_at is not None:
        raise click.UsageError("--checkpoint and --known-at both say up to where: leave out one.")
    office = settings.office()
    seen = office.view(office.log(settings.rally), known_at)
    up = up_to(seen, checkpoint, lambda: signing(key_named, ask_passphrase))
    proven, about = _proven(seen, what, of, up, attested, blind=blind)
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
        click.echo(visible(f"{output}: {about}, up to {up.checkpoint.words}."))
    if kept:
        show(kept)


def _asked(**named: str | Path | None) -> tuple[str, str | Path]:
    """What is to be proven: the one that is named."""
    found = [(what, of) for what, of in named.items() if of is not None]
    if len(found) != 1:
        raise click.UsageError(
            "Name one: a record, an earlier checkpoint (--since), --crew, --decision or --stage."
        )
    return found[0]


def _proven(
    seen: View, what: str, of: str | Path, up: Up, attested: tuple[Path, ...], *, blind: bool
) -> tuple[Proven, str]:
    """The proof, and what it is of; what it reveals beside that is said first."""
    if what == "record":
        proven = of_a_record(seen, str(of), up)
        return proven, f"#{proven.about['position']}"
    if what == "since":
        return of_growth(seen, Path(of), up), "that the log only grew"
    proven, revealed = of_a_subject(seen, cast("Kind", what), str(of), up, attested, blind=blind)
    click.echo(visible(revealed.words), err=True)
    return proven, f"that nothing was left out for {what} {of}"
