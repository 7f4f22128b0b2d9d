"""`rally export`: the log to be restored elsewhere, evidence, the rally as files, read tables."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import Settings
from cli.options import complete_decision, completing, of_ledger
from cli.output import (
    PATIENCE_S,
    counted,
    counting,
    print_json,
    print_table,
    visible,
    write_file,
    write_out,
    writing_file,
)
from cli.tables.formats import FORMATS
from cli.terminal import standard_output
from ledger.intake.jsonl import export

if TYPE_CHECKING:
    from cli.archive.folder import Published
    from cli.evidence.bundle import Bundle


@click.group(name="export")
def command() -> None:
    """Write the log to be restored, evidence, who signs what, plain files, or read tables."""


@command.command(name="jsonl")
@click.argument("file", default="-")
@click.option(
    "--with-private", is_flag=True, help="Private values, too: keep such a file where it is safe."
)
@of_ledger
def jsonl(settings: Settings, file: str, with_private: bool) -> None:
    """Write one record a line to FILE, or to standard output. Private values stay here."""
    log = settings.open_log()
    size, lines = log.head().size, 0
    with standard_output() if file == "-" else writing_file(file, _OTHER, private=True) as out:
        for line in export(log, until=size, private=with_private):
            out.write(f"{line}\n".encode())
            lines += 1
    private = f" and {counted(lines - size, 'private value')}" if with_private else ""
    click.echo(f"{size} records{private} of {log.rally} written.", err=True)


_OTHER = "Nothing was changed there. Make room, or name another file."


@command.command(name="evidence")
@click.argument("decision", metavar="DECISION", shell_complete=complete_decision)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    help="Where it goes: FILE.zip, or FILE.html with a checker around it.",
)
@click.option(
    "--for",
    "parties",
    multiple=True,
    metavar="PARTY",
    help="With the exhibits that are only for this office or crew. Repeatable.",
)
@click.option("--known-at", metavar="MOMENT", help="As the log was then (default: now).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def evidence(
    settings: Settings,
    decision: str,
    output: str,
    parties: tuple[str, ...],
    known_at: str | None,
    as_json: bool,
) -> int:
    """Write everything that a court needs to judge a decision, with checkers of one file each.

    DECISION is a series and a number (stewards-7, court-3/2016), or a record: the decision itself,
    or an appeal against it.
    In it are every record of the log, the register entry and its chain, the records that bear on
    it, the classifications with it and without it, time cards, explanations, rules, publications
    and exhibits. Exhibits that are for some parties only are left out but for their digests and
    titles, unless --for names one of them. Private values never leave. The same log gives the same
    bytes. README.txt in it says how it is checked, and what that proves; specification.md is what
    the checkers are written from, and any other can be.

    FILE.zip holds check.py, which needs nothing but Python, and verify.html, which needs a browser
    and no network. FILE.html is that page with the evidence file in it: a double click checks it,
    and says in plain words what was checked, what was not, and what does not fit.

    \b
    Examples:
      rally export evidence stewards-7 -o stewards-7.zip
      rally export evidence stewards-7 -o stewards-7.html
      rally export evidence '#149' -o court.zip --for court --for 102
      python3 -I check.py stewards-7.zip --root 5d0e8cf1a2
    """
    from cli.evidence.bundle import bundle
    from cli.evidence.check import checked
    from cli.evidence.page import page
    from cli.evidence.papers import ALTERED
    from cli.office.exhibits import must_be_parties
    from cli.office.view import View

    seen = View(settings.open_log(), known_at)
    must_be_parties(seen.log, parties)
    made = bundle(seen, decision, settings.exhibits(), parties)
    in_a_page = output.lower().endswith(_PAGES)
    write_file(output, page(made.data) if in_a_page else made.data, private=True)
    findings = checked(made.files).findings
    if as_json:
        print_json(_told(made, findings))
    else:
        _say(made, output, findings)
    altered = any(each["state"] == ALTERED for each in made.exhibits)
    return 1 if findings or altered else 0


_PAGES = (".html", ".htm")


def _told(made: Bundle, findings: list[str]) -> dict[str, object]:
    from cli.evidence import check

    manifest = check.read_json(made.files[check.MANIFEST])
    return {
        "basis": manifest["basis"],
        "decision": manifest["decision"],
        "sha256": check.sha256(made.data),
        "size": len(made.data),
        "files": manifest["files"],
        "exhibits": made.exhibits,
        "findings": findings,
    }


def _say(made: Bundle, output: str, findings: list[str]) -> None:
    from cli.evidence import check

    title, size = made.case.entry.title, made.case.seen.position
    click.echo(f"{visible(title)} (#{made.case.fact.position}): {len(made.files)} files")
    held = ", which holds the evidence file with the" if output.lower().endswith(_PAGES) else ","
    click.echo(f"       {output}{held} SHA-256 {check.sha256(made.data)}")
    click.echo(f"       the log up to #{size}, root {made.case.seen.basis().root}")
    for each in made.exhibits:
        if each["state"] != "included":
            click.echo(
                f"       exhibit #{each['position']} {visible(each['title'])}: {each['state']}"
            )
    for finding in findings:
        click.echo(f"The checker finds: {visible(finding)}", err=True)


@command.command(name="signers")
@click.argument("file", default="-")
@click.option("--known-at", metavar="MOMENT", help="As the log was then (default: now).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def signers(settings: Settings, file: str, known_at: str | None, *, as_json: bool) -> None:
    """Write who may sign for which office and when, as ssh-keygen reads it (allowed_signers).

    Each line is a key on record with its term: from when it was registered until it ends, is
    replaced, revoked or lost. The name is OFFICE@RALLY, as is the namespace (of a device
    device:NAME@RALLY, of a site site:NAME@RALLY); what is no letter, digit, hyphen, dot or
    underscore is %XX in it. Times are in UTC. So anybody checks a signature without this software,
    at the moment at which the act was recorded. That the first key is the organiser's, only its
    fingerprint on paper says.

    \b
    Examples:
      rally export signers signers
      rally export signature '#149' -o decision
    """
    from cli.office.signers import signers_of

    office = settings.office()
    found = signers_of(office.view(office.log(settings.rally), known_at))
    if file != "-":
        write_file(file, found.text.encode())
    if as_json:
        print_json(found.json())
        return
    if file == "-":
        write_out(file, found.text.encode())
        return
    click.echo(f"{file}: {counted(len(found.terms), 'key')}; the organiser's is {found.root}.")


@command.command(name="signature")
@click.argument("record", shell_complete=completing("RECORD"))
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    help="Where the message goes; beside: FILE.sig.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def signature(settings: Settings, record: str, output: str, *, as_json: bool) -> None:
    """Write the signature over a record, and what was signed, as ssh-keygen reads them.

    RECORD is the act, or the record of a signature where it has several. FILE holds the message:
    the id of the act, 64 hex digits and no line end, or where several were signed together the id
    of each, one a line. FILE.sig holds the signature. The command that checks them is printed.

    \b
    Examples:
      rally export signature '#149' -o decision
      ssh-keygen -Y verify -f signers -I OFFICE@RALLY -n OFFICE@RALLY \\
        -O verify-time=20160721121500Z -s decision.sig < decision
    """
    from cli.office.signers import signature_over

    office = settings.office()
    found = signature_over(office.view(office.log(settings.rally)), record)
    write_file(output, found.message)
    write_file(f"{output}.sig", found.armour.encode())
    if as_json:
        print_json({"file": output, **found.json()})
        return
    click.echo(visible(f"{output}, {output}.sig: {found.words}."))
    name = shlex.quote(found.namespace)
    where, beside = shlex.quote(output), shlex.quote(f"{output}.sig")
    click.echo(
        f"       ssh-keygen -Y verify -f SIGNERS -I {name} -n {name} "
        f"-O verify-time={found.when} -s {beside} < {where}"
    )
    if found.others:
        more = ", ".join(f"#{each}" for each in found.others)
        click.echo(f"       Also signed by {more}: name one of them for that one.")


@command.command(name="archive")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--known-at", metavar="MOMENT", help="As the log was then (default: now).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def archive(settings: Settings, folder: Path, known_at: str | None, *, as_json: bool) -> None:
    """Write the rally as plain files: any moment of it, for a web server or a USB stick.

    index.html replays to any position in a browser, from a file server or opened as a file. Beside
    it lie the pages of `rally serve` as of that position (standings.html, crew/102.html,
    decisions/clerk-1.html, log.html …), which need no server and no script, and the same answers as
    JSON and CSV, as the commands give them. Documents are there as PDF, as they were posted (extra
    `pdf`). road.html leads to how it stood on the road (--effective-at) at the end
    of each stage, at each publication and at the fact of each decision. manifest.json holds the
    digest of every file, the position and its root. To draw pages takes the extra `web`.

    Nothing of a private value is in it. Written into an archive of this rally again, after more
    records, it changes only what is another: tiles of the replay that are full stay as they are.
    A new folder is yours alone; who may read one that is there may read what is written into it.

    \b
    Examples:
      rally export archive silk-way
      rally verify --archive silk-way
      rally replay silk-way 148 --category cars
    """
    from cli.archive.folder import publish
    from cli.archive.publication import Publication

    office = settings.office()
    seen = office.view(office.log(settings.rally), known_at).at_its_head()
    with counting(" files of the archive are done", PATIENCE_S) as progress:
        published = publish(Publication(seen), folder, progress)
    if as_json:
        print_json({**published._asdict(), "written": len(published.written)})
    else:
        _say_archive(published, folder)


def _say_archive(published: Published, folder: Path) -> None:
    basis = published.basis
    anew = len(published.written)
    click.echo(
        f"{folder}: {published.files} files and their manifest, {anew} of them written anew."
    )
    if published.removed:
        click.echo(f"       taken away: {', '.join(published.removed)}")
    click.echo(f"       the log up to #{basis['position']}, root {basis['root']}")


@command.command(name="tables")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    show_default=True,
    help="One SQLite database, or a Parquet file for each table (with the extra `tables`).",
)
@click.option("--known-at", metavar="MOMENT", help="As the log was then (default: now).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def tables(
    settings: Settings, folder: Path, form: str, known_at: str | None, as_json: bool
) -> None:
    """Write read tables into a new folder, for DuckDB, a spreadsheet or any other tool.

    They are the standings (of all crews and of each category, along the log and on the road, each
    line with how long it held), crews, stages, decisions, penalties and the log. datapackage.json
    beside them says what every column means, and on which log they rest. The same log gives the
    same bytes, by the same version of SQLite or DuckDB. Private values never leave.

    \b
    Examples:
      rally export tables tables
      rally export tables parquet --format parquet
      sqlite3 tables/tables.sqlite "SELECT place, number, total_ms FROM standings
        WHERE classification = 'cars' AND 148 BETWEEN from_position AND to_position
        AND place IS NOT NULL ORDER BY place"
    """
    from cli.tables.export import export as export_tables

    office = settings.office()
    seen = office.view(office.log(settings.rally), known_at).at_its_head()
    with counting(" moments of the standings", PATIENCE_S) as progress:
        made = export_tables(seen, folder, form, progress)
    if as_json:
        print_json(made.json())
        return
    told = [(each.table.name, str(each.rows), each.file) for each in made.written]
    print_table(("Table", "Rows", "File"), told, figures=("Rows",))
    click.echo(
        f"{folder}: {counted(len(told), 'table')} of the log up to #{made.basis.position}, "
        f"root {made.basis.root}; datapackage.json explains them.",
        err=True,
    )
