"""What records of live timing say under which keys, as one digest: of a log of any version.

Left out is what the reader works out or assumes itself, the rules, which a rally adopts once, and
how texts are composed and where they have blanks.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

WORKED_OUT: Mapping[str, frozenset[str]] = {
    "RallyConstituted": frozenset({"id_at_source"}),
    "RegulationsAdopted": frozenset({"parameters", "provenance", "later", "wanted", "articles"}),
    "StageScheduled": frozenset({"date", "kind"}),
    "ControlScheduled": frozenset({"stage"}),
    "WaypointPlaced": frozenset({"order"}),
    "PenaltyGiven": frozenset({"stage"}),
    "RetirementReported": frozenset({"stage"}),
}
_OF_THE_RECORD = frozenset({"v", "by", "role", "rally", "recorded_at", "source"})


def digest(occurrences: Iterable[Mapping[str, Any]]) -> str:
    """The SHA-256 over what was said under each key, whatever the order."""
    return hashlib.sha256("\n".join(sorted(map(_said, occurrences))).encode()).hexdigest()


def _said(occurrence: Mapping[str, Any]) -> str:
    assumed = occurrence.get("fact_assumed") or "fact_at" not in occurrence
    left_out = _OF_THE_RECORD | WORKED_OUT.get(occurrence["type"], frozenset())
    left_out |= {"fact_at", "fact_assumed"} if assumed else frozenset()
    said = {name: _bare(value) for name, value in occurrence.items() if name not in left_out}
    return json.dumps([occurrence["source"]["seq"], said], sort_keys=True)


def _bare(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_bare(each) for each in value]
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    return value
