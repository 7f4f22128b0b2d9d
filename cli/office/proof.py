"""The proof: the log is whole and unaltered, and what was published from it comes out again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec

from cli.archive.checking import Checked, check
from cli.archive.layout import digest
from cli.archive.publication import Publication, can_draw
from cli.documents.checking import CheckedSheet, check_sheets
from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.handed import NOTHING, NOTHING_JUDGED, Handed, OfALog, Outcome, judging
from cli.office.kept import SHOWN, not_of, of_another_history, origin_of, stamps_amiss, unlike
from cli.office.signed import Signed, signed
from cli.office.trusting import trusted
from cli.office.view import View
from cli.web.build import BUILD
from ledger.errors import LedgerError, Usage, how_to_install
from ledger.log import Log
from ledger.verify import Flaw, Verification, verify
from projections.desk.publications import PUBLISHED
from projections.desk.reproduction import ELSEWHERE, Reproduction, claim_a_ledger, reproductions
from projections.rules.witnesses import policy_of
from projections.state.rally import EDITION

Found = TypeVar("Found")


class Verified(NamedTuple):
    """What was proved of the log, its publications and their sheets, and all that was found."""

    proof: Verification
    published: list[Reproduction]
    sheets: list[CheckedSheet]
    findings: list[Flaw]
    against: Compared | None = None
    """What the log says to a root that somebody kept."""
    archive: Checked | None = None
    """What came of holding an archive against the log."""
    handed: Outcome = NOTHING_JUDGED
    """What came of checkpoints that were handed over."""
    signed: Signed | None = None
    """By whom it is signed, where keys of office are on record."""

    @property
    def proved(self) -> bool:
        """Whether the log itself verifies."""
        return not any(each.proof for each in self.findings)


class Kept(NamedTuple):
    """A root that somebody kept elsewhere, with its position; None is the end of the log."""

    root: str
    position: int | None

    def compared(self, proof: Verification) -> Compared:
        """What the log says to it: `proof` was made with the root at its position."""
        at = proof.size if self.position is None else self.position
        there = proof.root if self.position is None else proof.root_at
        if there is None:
            return Compared(
                at,
                self.root,
                f"The log ends at #{proof.size}, and a root of #{at} was kept: what came after is "
                "gone, or this is another log.",
            )
        if there.startswith(self.root):
            return Compared(at, self.root, "")
        other = "" if self.position is not None else " Where it was kept earlier, say HEX@POSITION."
        return Compared(
            at,
            self.root,
            f"The root at #{at} is {there[:SHOWN]}, and {self.root[:SHOWN]} was kept: this is "
            f"not the history that was there.{other}",
        )


class Compared(NamedTuple):
    """A root that was kept, the position where it was looked up, and what does not fit there."""

    position: int
    root: str
    complaint: str


_KEPT = re.compile(r"([0-9a-f]{10,64})(?:@#?(\d{1,18}))?")


def kept(text: str) -> Kept:
    """A root as it is typed: `HEX` of the whole log, `HEX@POSITION` of its beginning.

    Raises:
        Usage: it is none.
    """
    found = _KEPT.fullmatch(text.strip().lower())
    if found is None:
        raise Usage(
            f"{text!r} is no root that was kept.",
            hint="Write HEX@POSITION with ten digits or more, as posted sheets have them.",
        )
    return Kept(found[1], int(found[2]) if found[2] else None)


def verified(
    seen: View,
    root: Annotated[
        str | None, Word("A root that was kept elsewhere, and at which position.", "HEX[@POSITION]")
    ] = None,
    archive: Annotated[
        Path | None, Word("Also that this archive is whole, and of this log.", "DIR")
    ] = None,
    handed: Handed = NOTHING,
) -> Answer[Verified]:
    """Every hash computed again from the stored bytes, and every publication from its records.

    It is of the whole log, whatever the cut, and can be asked of one that is damaged. What holds
    together may still be another history, or the beginning of one: that shows against a root that
    somebody kept.
    """
    log = seen.log
    held = None if root is None else kept(root)
    judge = judging(handed, lambda: policy_of(seen.on_the_desk.rulebook))
    proof = verify(log, held.position or 0 if held else 0)
    against = held.compared(proof) if held else None
    published = _published(log, proof)
    sheets = _sheets(log, proof, published)
    flaws = [*proof.findings, *(_finding(each) for each in published if each.failed)]
    flaws += [_unlike(each) for each in sheets if each.failed]
    flaws += [Flaw(None, against.complaint)] if against and against.complaint else []
    flaws += [
        Flaw(*each, proof=False) for each in _readable(proof, lambda: _papers_amiss(log, proof))
    ]
    kept_as_files = None if archive is None else _archived(seen, archive, proof)
    outcome = judge(_here(log, proof) if handed.checkpoint else None)
    flaws += [Flaw(None, each, proof=False) for each in outcome.findings]
    trust = trusted(handed.trust)
    by = next(iter(_readable(proof, lambda: [signed(log, trust)])), None)
    named_in_vain = handed.trust and not (by or handed.checkpoint or handed.proof)
    if named_in_vain and proof.proved:
        raise Usage(
            "--trust is about keys, and neither keys of office nor a checkpoint are here.",
            hint="Name a checkpoint with --checkpoint FILE, or a proof with --proof FILE.",
        )
    if by and by.complaint and not handed.checkpoint:
        flaws.append(Flaw(None, by.complaint))
    found = Verified(proof, published, sheets, flaws, against, kept_as_files, outcome, by)
    counted = {"publications": len(published), "documents": len(sheets)}
    document: dict[str, Any] = {
        "ok": not flaws,
        "size": proof.size,
        "root": proof.root,
        "checked": {**proof.checked, **{name: count for name, count in counted.items() if count}},
        "findings": [{"position": each.position, "message": each.message} for each in flaws],
        "publications": [
            {
                "document": each.document,
                "position": each.position,
                "status": each.status,
                "message": each.message,
                "edition": each.edition,
            }
            for each in published
        ],
        "documents": sheets,
    }
    if against:
        fits = not against.complaint
        document["kept"] = {"position": against.position, "root": against.root, "fits": fits}
    code = 0 if not flaws else 1 if found.proved else 3
    if kept_as_files:
        document["archive"] = kept_as_files.json()
        if kept_as_files.findings:
            document["ok"], code = False, 3
    if handed._replace(trust=()) != NOTHING:
        document |= outcome.json()
        document["ok"], code = document["ok"] and outcome.ok, max(code, outcome.exit_code)
    if by:
        document["signed"] = by.json()
    unchecked = (*outcome.unchecked, *(by.unchecked if by else ()))
    document["not_checked"] = [each.json() for each in unchecked]
    return Answer(None, found, "", document, exit_code=code)


def _papers_amiss(log: Log, proof: Verification) -> list[tuple[int, str]]:
    return [*of_another_history(log, proof.size), *stamps_amiss(log, proof.size)]


def _here(log: Log, proof: Verification) -> OfALog:
    return OfALog(origin_of(log).text, lambda each: not_of(log, each, proof.size))


def _archived(seen: View, folder: Path, proof: Verification) -> Checked:
    """What came of an archive: of its files, and of computing again what they tell of the log."""
    checked = check(folder)
    basis, log = checked.manifest.basis, seen.log
    position = basis["position"]
    of = basis["ledger"], basis["rally"]
    if amiss := unlike(log, proof.size, of, position, basis["root"]):
        found = [amiss]
    elif basis["edition"] != EDITION or not proof.proved:
        found = []  # other rules may tell otherwise, and such a log tells nothing for sure
    else:
        checked = checked._replace(not_drawn=_not_drawn(checked))
        found = list(_unlike_the_log(View(log, str(position)).at_its_head(), checked))
    return checked._replace(findings=[*checked.findings, *found], against=log.identity())


def _not_drawn(checked: Checked) -> str:
    """Why the pages of an archive can't be drawn again here; "" where they can."""
    if not can_draw():
        return f"To draw them needs the module jinja2. {how_to_install('web')}"
    if checked.manifest.build != BUILD:
        return f"They are of build {checked.manifest.build}; this is {BUILD}."
    return ""


def _unlike_the_log(then: View, checked: Checked) -> Iterator[str]:
    publication, files = Publication(then), checked.manifest.files
    posted = publication.posted()
    sheets = {each for each in files if each.endswith(".pdf")}
    for path in sorted(sheets):
        if files[path] != posted.get(path):
            yield f"{path} is not the document that was posted."
    for path, data in publication.told(drawn=not checked.not_drawn, sheets=sheets):
        if files.get(path) != digest(data):
            yield f"{path} is not what this ledger tells at #{then.position}."


def _published(log: Log, proof: Verification) -> list[Reproduction]:
    """What came of computing every publication again, as the log was when it was proved."""
    kinds = [each.type_name() for each in PUBLISHED]

    def again() -> list[Reproduction]:
        found = list(claim_a_ledger(log.read(until=proof.size, types=kinds)))
        return reproductions(found, log.read(until=proof.size), log.head().site)

    return _readable(proof, again)


def _sheets(log: Log, proof: Verification, published: list[Reproduction]) -> list[CheckedSheet]:
    """What came of drawing every posted sheet again; not of what can't be computed again."""
    apart = [each.position for each in published if each.failed or each.status == ELSEWHERE]
    return _readable(proof, lambda: check_sheets(log, proof.size, apart))


def _readable(proof: Verification, look: Callable[[], list[Found]]) -> list[Found]:
    """What is found; nothing where what is stored can't even be read, as the findings say."""
    try:
        return look()
    except (LedgerError, ValueError, TypeError, msgspec.MsgspecError):
        if proof.proved:
            raise
        return []


def _unlike(each: CheckedSheet) -> Flaw:
    what = f"The sheet of document {each.document} is not reproduced. {each.message}"
    return Flaw(each.position, what, proof=False)


def _finding(each: Reproduction) -> Flaw:
    what = f"Document {each.document} is not reproduced. {each.message}"
    return Flaw(each.position, what, each.proof)
