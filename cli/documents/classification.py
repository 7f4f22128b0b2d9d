"""The sheet of a classification: as it was published, or a draft of one that was not.

Everything in it comes from the record of the publication and from the log up to its cut-off, so it
is the same whatever was appended since.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cli.documents.heading import basis, borne, head, offices_to_sign, places, sheet, subject_of
from cli.documents.notes import notes
from cli.documents.rendering import Sheet
from ledger.errors import LedgerError
from ledger.times import Instant, precision_of
from ledger.vocabulary import ClassificationPublished
from ledger.vocabulary.publication import Line
from projections.desk.publications import scope_of
from projections.state.matters import WITHOUT_A_TIME, window_closes
from projections.state.rally import RallyState
from projections.state.recorded import Fact

MARKS = {
    "notional": ("N", "notional time"),
    "assessed": ("A", "assessed time"),
    "own-average": ("E", "time from the crew's own average"),
    "determined": ("T", "time determined by a ruling"),
    "fixed-penalty": ("F", "stage not finished: fixed penalty"),
    "max-time": ("M", "stage not finished: maximum time"),
    "credit": ("C", "time given back"),
    "under-verification": ("V", "under verification"),
    "provisional": ("P", "provisional time"),
    "penalty-suspended": ("S", "a penalty is suspended"),
    "subject-to-appeal": ("J", "subject to an appeal"),
    "under-investigation": ("I", "under investigation"),
    "awards-withheld": ("W", "awards withheld"),
    "relegated": ("R", "put back by a sanction on place"),
    "unequal-stages": ("U", "other stages counted than for the first"),
    "outside": ("O", "outside the classification"),
    "assumed": ("a", "assumed, the sources do not say"),
}
"""The flags of a row as they stand in a column, and what they mean."""
NO_WINDOW = "the regulations state no time"


def classification(said: ClassificationPublished, prefix: RallyState, *, draft: bool) -> Sheet:
    """The sheet of a classification; `prefix` is the rally as it was known at its cut-off."""
    posted = said.happened
    rules = prefix.facts.regulations.at(posted.ms)
    offices = offices_to_sign(rules, "documents.classification_signatures")
    until, why_none = protests_until(said, prefix)
    times = (row.get(name) for row in said.rows for name in ("time_ms", "total_ms"))
    data = head(
        prefix.facts, said.rally, title="Classification", subject=subject_of(said.scope), at=posted
    )
    data |= {
        "document": said.document,
        "draft": draft,
        "badge": said.kind_in_full,
        "kind": said.kind,
        "amendment": said.amendment,
        "scope": dict(said.scope),
        "posted_at": None if draft else posted.iso(),
        "protests_until": None if draft else until,
        "no_protests": why_none,
        "posted_by": "" if draft else _who(said.by, said.role),
        "precision_ms": precision_of(time for time in times if isinstance(time, int)),
        "rows": list(said.rows),
        "unclassified": list(said.unclassified),
        "marks": _marks(said.rows),
        "notes": _notes(said, prefix),
        "signatures": []
        if draft
        else places(prefix.facts, offices, said.by, said.role, said.signed_by),
        "signed_by": said.signed_by,
        "basis": basis(said.position, said.root, said.rulebook, said.edition),
        "digest": said.digest,
        **borne(said.checkpoint, said.position, said.root),
    }
    return sheet("classification", data, prefix.facts, said.edition)


def protests_until(said: ClassificationPublished, prefix: RallyState) -> tuple[str | None, str]:
    """Until when it may be protested against; without such a time, why there is none."""
    posted = said.happened
    closes = window_closes(prefix.facts, Fact("", 0, said, ()))
    if closes is None:  # some regulations were adopted before there was such a rule
        return None, f"none ({said.kind})" if said.kind in WITHOUT_A_TIME else NO_WINDOW
    return Instant(closes, posted.offset).iso(), ""


def _who(by: str, role: str) -> str:
    return ", ".join(each for each in (by, role.replace("-", " ")) if each)


def _marks(rows: tuple[Line, ...]) -> dict[str, list[str]]:
    """The marks that are used: a letter and what it means, by flag."""
    used = dict.fromkeys(flag for row in rows for flag in _flags(row))
    return {flag: list(MARKS.get(flag, (flag, flag.replace("-", " ")))) for flag in sorted(used)}


def _flags(row: Line) -> list[str]:
    flags = row.get("flags")
    return [str(each) for each in flags] if isinstance(flags, (list, tuple)) else []


def _notes(said: ClassificationPublished, prefix: RallyState) -> dict[str, Any]:
    """What decisions and penalties made of it; of a scope that nothing is computed by, nothing."""
    numbers = [str(row.get("number", "")) for row in (*said.rows, *said.unclassified)]
    try:
        found: dict[str, Any] = msgspec.to_builtins(notes(prefix, scope_of(said.scope), numbers))
    except LedgerError:
        return {"given": [], "computed": [], "acts": []}
    return found
