"""The evidence file of a decision, put together: the same log gives the same bytes for ever."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from importlib import resources
from typing import Any, NamedTuple

import msgspec

from cli.evidence import check, readme
from cli.evidence.bearing import bearing
from cli.evidence.case import Case, case_of
from cli.evidence.figures import figures
from cli.evidence.page import page, specification
from cli.evidence.papers import exhibits, posted, rules
from cli.office.forms import plain
from cli.office.view import View
from ledger.errors import Refused
from ledger.exhibits import Exhibits
from ledger.record import Record
from ledger.vocabulary import canonical
from projections.desk.docket import docket


class Bundle(NamedTuple):
    """An evidence file: its bytes, its files by name, what it is of, and which exhibits it has."""

    data: bytes
    files: Mapping[str, bytes]
    case: Case
    exhibits: list[dict[str, Any]]


def bundle(seen: View, reference: str, store: Exhibits, parties: Collection[str] = ()) -> Bundle:
    """The evidence file of a decision, for these parties.

    Raises:
        NotFound, Refused: there is no such decision. Refused: it is too large for one file.
    """
    case = case_of(seen, reference)
    computed = figures(case)
    in_force, papers = rules(case), posted(case, computed.crews)
    reasons = bearing(case, computed, in_force, papers)
    records = {each.position: each for each in seen.log.read(until=seen.position)}
    bound = exhibits(case, {records[each].id for each in reasons}, store, parties)
    rows = [_row(case, records[each], why) for each, why in reasons.items()]
    documents: dict[str, Any] = {
        **computed.files,
        check.DECISION: {"entry": plain(case.entry), "chain": plain(case.chain)},
        check.DOCKET: {"rows": _docket(case)},
        check.BEARING: {"records": rows},
        check.RULES: in_force,
        check.PUBLICATIONS: {"publications": papers},
        check.EXHIBITS: {"exhibits": bound.rows},
    }
    files = {name: _spelled(each) for name, each in documents.items()}
    files |= bound.files
    files[check.RECORDS] = b"".join(_line(each) for each in records.values())
    files[check.WORDS] = check.words_of(rows)
    files[check.MOVES] = check.moves_of(documents)
    files[check.CHECKER] = resources.files(__package__ or "").joinpath(check.CHECKER).read_bytes()
    files |= {check.PAGE: page(), check.SPECIFICATION: specification()}
    manifest = _manifest(case, parties)
    files[readme.NAME] = readme.text(case, manifest, computed.crews, bound.rows)
    files[check.MANIFEST] = check.manifest_of(manifest, files)
    try:
        return Bundle(check.packed(files), files, case, bound.rows)
    except ValueError as error:
        raise Refused(
            f"The evidence file is too large: {error}.",
            hint="Hand over the largest exhibits beside it: leave their parties out of --for.",
        ) from None


def _manifest(case: Case, parties: Collection[str]) -> dict[str, Any]:
    """What it is of and what it rests on; where the log went on later plays no part."""
    basis = msgspec.structs.replace(case.seen.basis(), head=case.seen.position)
    return {
        "format": check.FORMAT,
        "decision": {"name": case.name, "position": case.fact.position, "id": case.fact.id},
        "basis": plain(basis),
        "for": sorted(set(parties)),
    }


def _line(record: Record) -> bytes:
    """A record as an export has it; where else it was recorded too may still become known."""
    alone = msgspec.structs.replace(record, also=())
    return canonical(alone.as_json()) + b"\n"


def _row(case: Case, record: Record, why: list[str]) -> dict[str, Any]:
    said = case.state.facts.told[record.id]
    return {
        "position": record.position,
        "id": record.id,
        "type": said.type_name(),
        "by": said.by,
        "role": said.role,
        "recorded_at": said.recorded_at.iso(),
        "words": said.words(),
        "why": why,
        "bytes": record.data.decode(),
    }


def _docket(case: Case) -> list[Any]:
    ids = {each.id for each in case.entries}
    return [plain(row) for row in docket(case.state).rows if row.id in ids]


def _spelled(document: Any) -> bytes:
    """JSON that a person can read, too."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
