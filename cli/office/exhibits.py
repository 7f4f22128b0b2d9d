"""Exhibits: the files that are bound to records, and whether they are there and unaltered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.naming import record_named
from cli.office.view import View
from ledger.authority import OFFICES
from ledger.errors import NotFound, Refused
from ledger.log import Log
from ledger.vocabulary import CrewEntered, ExhibitBound
from projections.state.recorded import Fact

COLUMNS = (
    *("position", "digest", "title", "file", "media", "size", "restricted_to", "target"),
    "stored",
)
LEAST_DIGITS = 6
Rows = list[dict[str, Any]]


def bound(
    seen: View,
    record: Annotated[
        str | None, Word("The record to which they are bound.", "[POSITION-OR-ID]", subject=True)
    ] = None,
) -> Answer[Rows]:
    """The exhibits, or those of one record."""
    target = record_named(seen.log, record).id if record else ""
    rows = [_row(seen, each) for each in _bound(seen) if target in ("", each.value.target)]
    return Answer(seen, rows, "Exhibits", {"rows": rows}, rows, COLUMNS)


def checked(seen: View) -> Answer[Rows]:
    """Whether every exhibit is there and has its digest."""
    store = seen.exhibits
    rows = [{**_row(seen, each), "stored": store.state(each.value.digest)} for each in _bound(seen)]
    ok = all(row["stored"] == "here" for row in rows)
    document = {"ok": ok, "rows": rows}
    return Answer(seen, rows, "Exhibits", document, rows, COLUMNS, exit_code=0 if ok else 1)


def _bound(seen: View) -> list[Fact[ExhibitBound]]:
    return sorted(seen.on_the_desk.facts.of(ExhibitBound), key=lambda each: each.position)


def named(seen: View, exhibit: str) -> Fact[ExhibitBound]:
    """The exhibit of a digest, or of the record that binds it."""
    bound, digits = _bound(seen), exhibit.strip().lower()
    found = [each for each in bound if each.value.digest.startswith(digits)]
    if len(digits) >= LEAST_DIGITS and len({each.value.digest for each in found}) == 1:
        return found[0]
    record = record_named(seen.log, exhibit, seen.position)
    for each in bound:
        if each.id == record.id:
            return each
    raise NotFound(
        f"#{record.position} binds no exhibit.", hint="`rally exhibit list` shows those there are."
    )


def for_everybody(seen: View, exhibit: str) -> ExhibitBound:
    """The exhibit of a digest or a record, if everybody may have it.

    It is asked of a log as it is known now: what was restricted or taken back since is not given
    out by an address of before.

    Raises:
        NotFound: none is bound so, or no longer. Refused: it is for some parties only.
    """
    found = named(seen, exhibit).value
    bound = [each.value for each in _bound(seen) if each.value.digest == found.digest]
    parties = dict.fromkeys(party for each in bound for party in each.restricted_to)
    if parties:
        raise Refused(
            f"This exhibit is for {', '.join(parties)} only.",
            hint="Ask the officials of the rally for it.",
        )
    return found


def must_be_parties(log: Log, parties: Sequence[str]) -> None:
    """Refuse who is neither an office nor a crew.

    Raises:
        Refused: with the offices that there are.
    """
    records = log.read(types=[CrewEntered.type_name()])
    crews = {getattr(each.occurrence(), "number", "") for each in records}
    for each in parties:
        if each not in OFFICES and each not in crews:
            raise Refused(
                f"There is no party {each!r}.",
                hint=f"A crew by its number, or an office: {', '.join(sorted(OFFICES))}.",
            )


def _row(seen: View, fact: Fact[ExhibitBound]) -> dict[str, Any]:
    said, positions = fact.value, seen.on_the_desk.facts.positions
    return {
        "position": fact.position,
        "id": fact.id,
        "target": said.target,
        "target_position": positions.get(said.target),
        "digest": said.digest,
        "title": said.title,
        "file": said.file,
        "media": said.media,
        "size": said.size,
        "restricted_to": list(said.restricted_to),
        "bound_at": (said.fact_at or said.recorded_at).iso(),
        "by": said.by,
    }
