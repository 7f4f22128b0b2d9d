"""`rally document`: what goes on the notice board, as PDF."""

from __future__ import annotations

import functools
import hashlib
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from cli.context import Settings
from cli.documents.binding import last_word
from cli.documents.cards import card, rests_on, retired, starters
from cli.documents.certified import Certificate, certificate_in, certificates, certified, sheet_in
from cli.documents.checking import posted_sheets
from cli.documents.classification import classification
from cli.documents.evidence import evidence
from cli.documents.hanging import (
    Drawn,
    classification_posted,
    decision_as_of,
    decision_posted,
    moment_of,
    order_posted,
)
from cli.documents.orders import order_that_hangs
from cli.documents.receipt import lines
from cli.documents.rendering import Sheet, made_with
from cli.documents.rules import lines_of, rules_in_layers
from cli.evidence.case import case_of
from cli.office.asking import Among, Cuts, Over
from cli.office.checkpoints import data_of
from cli.office.naming import decision_named, posted_named, sheet_named
from cli.office.reads import READS
from cli.office.receipts import Handed
from cli.office.results import scope_of
from cli.office.signers import certificate_holds
from cli.office.view import View
from cli.options import (
    at_a_moment,
    complete_decision,
    complete_number,
    complete_stage,
    of_ledger,
    well_put,
)
from cli.output import print_json, visible, write_out
from cli.reading import asking
from cli.signing import ask_passphrase
from ledger.board import sheets_numbered
from ledger.errors import Altered, NotFound, Refused
from ledger.log import Log
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import ClassificationPublished, DocumentPosted, StartOrderPublished
from projections.desk.publications import content_of
from projections.results.classifications import rankings
from projections.results.standings import Scope
from projections.state.facts import fold
from projections.state.rally import EDITION


@click.group(name="document")
def command() -> None:
    """Draw a document as PDF/A, laid out for the notice board, with its data attached as JSON.

    What was published is drawn as it was published, to the same bytes for ever: its digest stands
    in the publication, and `rally verify` draws it again. Needs the extra `pdf`.

    With --sign-with the file carries a signature by a certificate, for programs that show PDF
    (PAdES, with the extra `pades`). It is appended: the sheet itself stays the beginning of the
    file. A key of office can't make one. `rally document check` tells of a file what it is.
    """


def drawing(function: Callable[..., Drawn]) -> Callable[..., int]:
    """What every kind of document takes; the command gives back what is to be drawn."""

    @functools.wraps(function)
    def call(
        settings: Settings, /, output: str, sign_with: Path | None, as_json: bool, **given: Any
    ) -> int:
        by = None if sign_with is None else _certificate(sign_with)
        drawn = function(settings, **given)
        pdf = drawn.pdf()
        now = Instant(settings.clock(), 0)
        signed = None if by is None else _Signed(by, certified(pdf, by, now))
        write_out(output, signed.whole if signed else pdf)
        return _tell(drawn, output, pdf, as_json, signed)

    form = click.option("--json", "as_json", is_flag=True, help="One JSON document about it.")
    file = click.option(
        "-o", "--output", required=True, metavar="FILE", help="Where it goes; - is standard output."
    )
    sign = click.option(
        "--sign-with",
        metavar="FILE.p12",
        type=click.Path(path_type=Path),
        help="Sign the file with this certificate (PAdES), behind the sheet.",
    )
    return file(sign(form(of_ledger(call))))


class _Signed(NamedTuple):
    """A file that carries a signature behind its sheet, and by which certificate."""

    by: Certificate
    whole: bytes


def _certificate(file: Path) -> Certificate:
    return certificate_in(data_of(file), str(file), lambda: ask_passphrase(str(file)))


def _tell(
    drawn: Drawn, output: str, pdf: bytes, as_json: bool, signed: _Signed | None = None
) -> int:
    """Say which sheet it is, whether it is the one that was posted, and who signed it."""
    whole = signed.whole if signed else pdf
    digest = hashlib.sha256(whole).hexdigest()
    posted, data = drawn.posted, drawn.sheet.data
    bound, same = drawn.bound(), drawn.is_as_posted(pdf)
    if as_json:
        if output == "-":
            raise click.UsageError("--json says where the file is: name one with -o.")
        about = {"file": output, "sha256": digest, "size": len(whole), "made_with": made_with(data)}
        if signed:
            by = signed.by
            about["signed_by"] = {"name": by.whose, "certificate": by.fingerprint}
            about["sheet"] = {"sha256": hashlib.sha256(pdf).hexdigest(), "size": len(pdf)}
        about |= {"kind": drawn.sheet.kind, "document": data["document"], "draft": data["draft"]}
        print_json({**about, "basis": data["basis"], "bound": bound or None, "reproduced": same})
    elif output != "-":
        click.echo(f"{output}  {digest}")
        if signed:
            of_sheet = f"the sheet, {hashlib.sha256(pdf).hexdigest()}"
            click.echo(
                visible(f"Its first {len(pdf)} bytes are {of_sheet}; signed by {signed.by.whose}.")
            )
    if same is False:
        told = drawn.complaint()
        click.echo(f"Error: {told}\nHint: `rally verify` looks for the reason.", err=True)
        return 1
    if bound and same is None and posted is not None:
        click.echo(
            f"The sheet that was posted was made with {visible(posted.made_with)}.", err=True
        )
    elif same:
        click.echo("It is the sheet that was posted, byte for byte.", err=True)
    return 0


@command.command(name="check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def check(settings: Settings, file: Path, as_json: bool) -> int:
    """Tell which posted sheet a file of PDF is, and who signed it with a certificate.

    The file has to begin with the sheet, byte for byte, as the digest on record has it. What stands
    behind it may be signatures and nothing else, else a program may show another thing (exit code
    3). Whose a certificate is, and in which term, is told as it is registered (`rally key register
    --certificate`), by the time that the signature says of itself; no authority is asked.

    \b
    Examples:
      rally document check provisional.pdf
    """
    office, pdf = settings.office(), data_of(file)
    log = office.log(settings.rally)
    posted = posted_sheets(log, log.head().size)
    sheet = sheet_in(pdf, posted)
    if sheet is None:
        raise Altered(
            f"{file} is no sheet that was posted here, and does not begin with one.",
            hint="Drawn by other versions it has other bytes: `rally verify` tells with which.",
        )
    digest = hashlib.sha256(sheet).hexdigest()
    record, found, seen = posted[digest], certificates(pdf, sheet), office.view(log)
    whose = [certificate_holds(seen, e.fingerprint, e.at.ms if e.at else None) for e in found]
    amiss = any(each.amiss for each in found) or any(fits is False for _, fits in whose)
    if as_json:
        told = [
            {**each._asdict(), "at": each.at.iso() if each.at else None, "registered": said}
            for each, (said, _) in zip(found, whose, strict=True)
        ]
        about = {"file": str(file), "position": record.position, "sha256": digest}
        unknown = [
            {"what": f"whose the certificate {each.fingerprint} is", "why": said}
            for each, (said, fits) in zip(found, whose, strict=True)
            if fits is None
        ]
        about |= {"size": len(sheet), "ok": not amiss, "signatures": told}
        print_json({**about, "not_checked": unknown})
    else:
        size = "It is" if sheet == pdf else f"Its first {len(sheet)} bytes are"
        said = record.occurrence().words()
        click.echo(visible(f"{size} the sheet of #{record.position}, byte for byte. {said}"))
        for each, (registered, _) in zip(found, whose, strict=True):
            at = f" at {each.at.iso()}, as it says" if each.at else ""
            who = f"{each.whose}{at}, with the certificate {each.fingerprint}."
            click.echo(visible(f"Signed by {who} {each.amiss or 'It holds.'} {registered}"))
    return 3 if amiss else 0


# -- classifications -------------------------------------------------------------------------------


@command.command(name="classification")
@click.argument("document", required=False)
@asking("standings")
@at_a_moment
@drawing
def of_classification(
    settings: Settings, document: str | None, at: Cuts, joint: bool, **given: str | None
) -> Drawn:
    """Draw a classification that was published, or the draft of one that was not.

    DOCUMENT is its number on the notice board, or its record. Without one, a classification as
    `rally standings` shows it is drawn, and marked as not published; with --joint also a list
    across several, which can't be published.

    \b
    Examples:
      rally document classification 7 -o provisional.pdf
      rally document classification --after SS12 --category cars -o draft.pdf
    """
    log = settings.open_log()
    asked = (*at, *given.values())
    if document is not None:
        if joint or any(each is not None for each in asked):
            raise click.UsageError("A document says what it is of: name nothing else with it.")
        return _published(log, document)
    with well_put():
        over = Over(**{name: given.pop(name) for name in Over._fields})
        seen = View(log, *at)
        scope = scope_of(lambda: seen.state, over, Among(**given))
    return Drawn(_draft(seen, scope, joint=joint))


def _published(log: Log, document: str) -> Drawn:
    """A classification as it was posted: what its record says, on the log up to its cut-off."""
    facts = fold(log.read()).facts()
    (record,) = posted_named(log, document, (ClassificationPublished,), None, facts.by_id)
    said = record.occurrence()
    assert isinstance(said, ClassificationPublished)
    return classification_posted(log, record, said)


def _draft(seen: View, scope: Scope, *, joint: bool) -> Sheet:
    found = rankings(seen.state, scope)
    if found.apart and not joint:
        each = ", ".join(f"--category {shlex.quote(s.category or '')}" for s in found.scopes)
        raise Refused(
            "These are several classifications, and each is a document of its own.",
            hint=f"Draw one of them, {each}; or the list across them, --joint.",
        )
    content = content_of(found.joint)
    moment = moment_of(seen)
    said = ClassificationPublished(
        rally=moment.rally,
        recorded_at=moment.at,
        document="",
        kind="unofficial",
        scope=dict(content.scope),
        position=moment.position,
        root=moment.root,
        rulebook=seen.state.rulebook.name,
        edition=EDITION,
        digest=content.digest(),
        rows=content.rows,
        unclassified=content.unclassified,
    )
    sheet = classification(said, seen.state, draft=True)
    sheet.data["basis"] = moment.basis(seen.state)
    return sheet


# -- decisions -------------------------------------------------------------------------------------


@command.command(name="decision")
@click.argument("decision", metavar="DECISION", shell_complete=complete_decision)
@drawing
def of_decision(settings: Settings, decision: str) -> Drawn:
    """Draw the sheet of a decision, as it was when it was posted, or as it stands.

    DECISION is its series and number, its record, or doc:12 as which it was posted. What became of
    it later stands in `rally decisions`, not on its sheet.

    \b
    Examples:
      rally document decision stewards-7 -o decision.pdf
      rally document decision '#149' -o decision.pdf
    """
    log = settings.open_log()
    posting = _posting(log, decision)
    if posting is not None:
        said = posting.occurrence()
        assert isinstance(said, DocumentPosted)
        return decision_posted(log, posting, said)
    about = decision_named(log, decision)
    said = DocumentPosted(
        rally=log.rally,
        recorded_at=about.occurrence().recorded_at,
        document="",
        title="",
        kind="decision",
        about=about.id,
    )
    return Drawn(decision_as_of(log, said, last_word(log, about.id, log.head().size)))


def _posting(log: Log, reference: str) -> Record | None:
    """The record by which a decision was posted: the one of that number, or the first."""
    label, _, number = reference.strip().partition(":")
    if label.lower() != "doc":
        tags = [f"ref:{decision_named(log, reference).id}"]
        found = log.read(types=[DocumentPosted.type_name()], tags=tags)
        return next((each for each in found if _is_of_decision(each)), None)
    for sheet in sheets_numbered(log, number):
        if _is_of_decision(sheet[0]):
            return sheet[0]
    raise NotFound(
        f"No decision was posted as document {number.strip()}.",
        hint="`rally publications` lists what was posted.",
    )


def _is_of_decision(record: Record) -> bool:
    said = record.occurrence()
    return isinstance(said, DocumentPosted) and said.kind == "decision"


@command.command(name="evidence")
@click.argument("decision", metavar="DECISION", shell_complete=complete_decision)
@click.option("--known-at", metavar="MOMENT", help="As the case stood there.")
@drawing
def of_evidence(settings: Settings, decision: str, known_at: str | None) -> Drawn:
    """Draw the cover of an evidence file: register entry, chain, and both classifications.

    DECISION is its series and number, its record, or a record about it.

    \b
    Example:
      rally document evidence stewards-7 -o evidence.pdf
    """
    seen = View(settings.open_log(), known_at)
    return Drawn(evidence(case_of(seen, decision), moment_of(seen)))


@command.command(name="receipt")
@asking("document receipt")
@click.option("-o", "--output", metavar="FILE", help="As PDF; - is standard output.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@of_ledger
def of_receipt(settings: Settings, lodged: str, output: str | None, as_json: bool) -> int:
    """Print the receipt of what was lodged: what, when, with whom, by which means.

    LODGED is protest-1, review-1, appeal-1, or the record of one of these or of the confirmation of
    an appeal. As text, as JSON, or as PDF with -o: at once, when it is handed in, and the same for
    ever. It rests on the log up to there.

    \b
    Examples:
      rally document receipt appeal-1
      rally document receipt appeal-1 -o receipt.pdf
    """
    answer = READS["document receipt"].ask(View(settings.open_log()), {"lodged": lodged})
    found: Handed = answer.found
    if output is not None:
        drawn = Drawn(found.sheet())
        pdf = drawn.pdf()
        write_out(output, pdf)
        return _tell(drawn, output, pdf, as_json)
    if as_json:
        print_json(answer.json())
        return 0
    moment = found.moment
    for name, text in lines(found.receipt, moment.rally, moment.root, moment.position):
        if text:
            click.echo(f"{name:<14} {visible(text)}")
    return 0


# -- how something stands at a moment --------------------------------------------------------------


@command.command(name="time-card")
@click.argument("number", shell_complete=complete_number)
@click.option("--stage", metavar="STAGE", help="Only this stage.", shell_complete=complete_stage)
@at_a_moment
@drawing
def of_time_card(settings: Settings, number: str, stage: str | None, at: Cuts) -> Drawn:
    """Draw the time card of a crew, with what was struck on it and its sums."""
    seen = View(settings.open_log(), *at)
    return Drawn(card(seen.state, moment_of(seen), number, stage))


@command.command(name="start-order")
@asking("start-order")
@at_a_moment
@drawing
def of_start_order(
    settings: Settings, stage: str, category: str | None, first_at: str | None, at: Cuts
) -> Drawn:
    """Draw the start order of a stage, or the one of a document; one that does not hang is a draft.

    STAGE may be a document: doc:7 is the sheet that was posted under that number, for ever, and
    '#17' the one of that record. Of a stage it is the sheet that hangs, unless it was amended
    since: `rally publish start-order` posts that as a sheet of its own.

    \b
    Examples:
      rally document start-order SS3 -o start-order.pdf
      rally document start-order doc:7 -o as-posted.pdf
    """
    log = settings.open_log()
    asked = (category, first_at, *at)
    if stage.strip().lower().startswith(("doc:", "#")):
        if any(each is not None for each in asked):
            raise click.UsageError("A document says what it is of: name nothing else with it.")
        return order_posted(log, sheet_named(log, stage, (StartOrderPublished,)))
    seen = View(log, *at)
    if category is None and first_at is None and seen.until is None:
        if stage not in seen.state.orders and sheets_numbered(log, stage, seen.position):
            return order_posted(log, posted_named(log, stage, (StartOrderPublished,)))
        hanging = order_that_hangs(seen.state, stage)
        if hanging:
            return order_posted(log, [log.at(each.position) for each in hanging])
    if at == Cuts():
        position = rests_on(seen.state, stage)
        seen = seen if position is None else View(log, str(position))
    first = seen.instant(first_at)
    return Drawn(starters(seen.state, moment_of(seen), stage, category, first))


@command.command(name="retirements")
@asking("retirements")
@at_a_moment
@drawing
def of_retirements(settings: Settings, category: str | None, at: Cuts) -> Drawn:
    """Draw the list of who left the rally, where and why."""
    seen = View(settings.open_log(), *at)
    return Drawn(retired(seen.state, moment_of(seen), category))


@command.command(name="rulebook")
@click.option("--stage", metavar="STAGE", help="As they hold on it.", shell_complete=complete_stage)
@at_a_moment
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="A .pdf, or .json or .txt; - is a PDF."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document about it.")
@of_ledger
def of_rulebook(settings: Settings, stage: str | None, at: Cuts, output: str, as_json: bool) -> int:
    """Draw the rules in force for signature, layer by layer, with what each layer replaced.

    What was adopted, what its code changed on a day, and each bulletin; where every value stands,
    the articles, and what is not defined. A file that ends with .json or .txt holds the same.

    \b
    Examples:
      rally document rulebook -o rules.pdf
      rally document rulebook --stage SS3 -o rules.txt
    """
    seen = View(settings.open_log(), *at)
    drawn = Drawn(rules_in_layers(seen.state, moment_of(seen), stage))
    as_text = {".json": _as_json, ".txt": _as_lines}.get(output[output.rfind(".") :])
    if as_text is not None:
        write_out(output, as_text(drawn.sheet.data).encode())
        return 0
    pdf = drawn.pdf()
    write_out(output, pdf)
    return _tell(drawn, output, pdf, as_json)


def _as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _as_lines(data: dict[str, Any]) -> str:
    lines = (line for each in lines_of(data) for line in each.split("\n"))
    return "".join(f"{visible(line)}\n" for line in lines)
