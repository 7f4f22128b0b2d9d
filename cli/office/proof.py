"""The proof: the log is whole and unaltered, and what was published from it comes out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import msgspec

from cli.documents.checking import CheckedSheet, check_sheets
from cli.office.answer import Answer
from cli.office.view import View
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.verify import Flaw, Verification, verify
from projections.desk.publications import PUBLISHED
from projections.desk.reproduction import ELSEWHERE, Reproduction, claim_a_ledger, reproductions

Found = TypeVar("Found")


class Verified(NamedTuple):
    """What was proved of the log, its publications and their sheets, and all that was found."""

    proof: Verification
    published: list[Reproduction]
    sheets: list[CheckedSheet]
    findings: list[Flaw]

    @property
    def proved(self) -> bool:
        """Whether the log itself verifies."""
        return not any(each.proof for each in self.findings)


def verified(seen: View) -> Answer[Verified]:
    """Every hash computed again from the stored bytes, and every publication from its records.

    It is of the whole log, whatever the cut, and can be asked of one that is damaged.
    """
    log = seen.log
    proof = verify(log)
    published = _published(log, proof)
    sheets = _sheets(log, proof, published)
    flaws = [*proof.findings, *(_finding(each) for each in published if each.failed)]
    flaws += [_unlike(each) for each in sheets if each.failed]
    found = Verified(proof, published, sheets, flaws)
    counted = {"publications": len(published), "documents": len(sheets)}
    document = {
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
    code = 0 if not flaws else 1 if found.proved else 3
    return Answer(None, found, "", document, exit_code=code)


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
