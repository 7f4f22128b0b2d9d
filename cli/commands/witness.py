"""`rally witness`: keep what was seen of a log, and sign that it goes on from there."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import Settings
from cli.office.witnessing import attest, cosign, founded
from cli.options import of_ledger, taking
from cli.output import print_json, visible, write_out
from cli.signing import TRUST, ask_passphrase

_settings = click.make_pass_decorator(Settings, ensure=True)


@click.group(name="witness")
def command() -> None:
    """Keep what was seen of a log, and sign that it goes on from there.

    A witness is a folder of somebody who does not trust the log: another club, a federation, a
    competitor's delegate. It has a key of its own and the last checkpoint that it has seen of each
    log. It works with files, without network and, but to attest, without the ledger.
    """


@command.command(name="init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--name", required=True, metavar="NAME", help="Who signs, without blanks: club.example/laptop."
)
@click.option(
    "--key",
    "key_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A key of ssh to sign with (default: a new one).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_settings
def init(
    settings: Settings, folder: Path, name: str, key_file: Path | None, *, as_json: bool
) -> None:
    """Make the folder of a witness, and tell its verifier key, for policies.

    The key may be that of no log, and of no other witness.

    \b
    Examples:
      rally witness init club --name desert-club.example/laptop
    """
    settings.without_a_ledger()
    made = founded(folder, name, key_file, ask_passphrase, settings.randomness)
    if as_json:
        print_json({"folder": str(folder), "name": made.name, "vkey": made.vkey.text})
        return
    click.echo(visible(f"{folder} is the witness {made.name}: keep it to yourself."))
    click.echo(visible(f"Verifier key: {made.vkey.text}"))


_witness = click.option(
    "--witness",
    "folder",
    metavar="DIR",
    default="witness",
    envvar="RALLY_WITNESS",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder of the witness.",
)


@command.command(name="cosign")
@click.argument("checkpoint", metavar="CHECKPOINT", type=click.Path(path_type=Path))
@click.option(
    "--proof",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The proof that the log goes on from what was seen (rally prove --since).",
)
@_witness
@taking(TRUST)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Where the checkpoint goes with the signature (default: standard output).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@_settings
def cosign_command(
    settings: Settings,
    checkpoint: Path,
    proof: Path | None,
    folder: Path,
    trust: tuple[str, ...],
    output: str,
    *,
    as_json: bool,
) -> None:
    """Sign a checkpoint that goes on from the last one that was seen of its log.

    Of a log that is new to the witness, --trust says whose it is; from then on its checkpoints have
    to be signed by that key. Where the log has grown, a proof has to show that it begins with what
    was seen. A log that went back, or has another root at the same size, is not signed (exit code
    3): both files are the proof then. What was seen is on the disk before the signature is told.

    \b
    Examples:
      rally witness cosign evening.checkpoint --witness club --trust ledger.key.pub
      rally witness cosign day2.checkpoint --witness club --proof day2.proof -o day2.checkpoint
    """
    settings.without_a_ledger()
    made = cosign(folder, checkpoint, proof, trust, settings.now(), ask_passphrase)
    if output != "-" or not as_json:
        write_out(output, made.checkpoint.to_bytes())
    if as_json:
        print_json(made.json())
        return
    seen = f"after {made.before.words}" if made.before else "the first that was seen of it"
    click.echo(visible(f"{made.by.name} has signed {made.checkpoint.words}, {seen}."), err=True)


@command.command(name="attest")
@click.argument("checkpoint", metavar="CHECKPOINT", type=click.Path(path_type=Path))
@_witness
@click.option("-o", "--output", default="-", metavar="FILE", help="Where it goes.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def attest_command(
    settings: Settings, checkpoint: Path, folder: Path, output: str, *, as_json: bool
) -> None:
    """Attest that the tags of all records up to a checkpoint are those of their contents.

    For a witness who has the whole log, as `rally export jsonl` gives it: each record up to there
    is read, and its tags are derived anew. Who proves that nothing was left out for a crew hands it
    over (`rally prove --attested`): then what the proof withholds no longer rests on the word of
    the log alone. Exit code 3 where one does not fit, or the log is not that of the checkpoint.

    \b
    Examples:
      rally witness attest evening.checkpoint --witness club -o evening.attested
    """
    log = settings.office().log(settings.rally)
    made = attest(folder, checkpoint, log, settings.now(), ask_passphrase)
    if output != "-" or not as_json:
        write_out(output, made.note.to_bytes())
    if as_json:
        print_json(made.json())
        return
    said = f"{made.by.name} attests the tags of {made.checkpoint.words}."
    click.echo(visible(said), err=True)
