"""The labels of an occurrence, derived from its JSON as `complete.md` says, and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

Said = Mapping[str, Any]
CREWS = ("number", "numbers", "new_number", "against", "helped", "parties")
RECORDS = ("target", "supersedes", "matter", "heir", "appeal", "drawn_up", "about", "decision")
ONCE = ("Corrected", "ProtestLodged", "DecisionIssued", "CourtDecisionIssued")
OF_A_STAGE = ("StageCancelled", "StageDelayed", "StageReinstated", "TargetTimeChanged")
OF_SEVERAL = ("StageShortened", "StageStopped", "TieBreakDisapplied", "TieSettled")
ON_A_RECORD = ("PenaltyWithdrawn", "RetirementRetracted", "TimeCreditRevoked", "TimeDetermined")
SANCTIONS = ("Warning", "Reprimand", "Fine", "Obligation", "Licence")
OTHERS = (
    *("CrewDisqualified", "CrewReclassified", "CrewRelegated", "CrewRepositioned"),
    *("DelayAllowanceGranted", "MovedOutsideClassification", "PenaltyGiven", "PointsDocked"),
    *("RestartDecided", "StageTimeRecorded", "StartPutBack", "TimeCreditGranted", *ON_A_RECORD),
)


def tags(said: Said) -> list[str]:
    """The tags, in their order."""
    kind = said["type"]
    if kind == "BulletinIssued":
        return [*_of(said, stage="from_stage")]
    if kind == "ClassificationPublished":
        scope = said["scope"]
        stage = next((scope[e] for e in ("stage", "after", "to") if scope.get(e)), "")
        return [f"document:{said['document']}", *([f"stage:{stage}"] if stage else [])]
    found = [*_of(said, crew="number", stage="stage", office="office", ref="target")]
    found += _more(kind, said)
    return [*dict.fromkeys(found)] if kind in ONCE else found


def _of(said: Said, **labels: str) -> Iterator[str]:
    for label, field in labels.items():
        if said.get(field):
            yield f"{label}:{said[field]}"


def _texts(fields: Said) -> Iterator[str]:
    for label, field in (("crew", "number"), ("stage", "stage")):
        if isinstance(fields.get(field), str) and fields[field]:
            yield f"{label}:{fields[field]}"


def _more(kind: str, said: Said) -> Iterator[str]:
    if kind == "Corrected":
        yield from _texts(said["changes"])
    elif kind == "NumberReallocated":
        yield f"crew:{said['new_number']}"
    elif kind in ("CrewsSeeded", *OF_SEVERAL):
        yield from (f"crew:{each}" for each in dict.fromkeys(said.get("numbers", ())))
    elif kind == "ProtestLodged":
        yield from _of(said, crew="against")
    elif kind == "DecisionIssued":
        yield f"decision:{said['series']}-{said['decision']}"
        yield from _of(said, ref="supersedes")
        yield from (f"ref:{each}" for each in said.get("matter", ()))
    elif kind == "CourtDecisionIssued":
        yield from _of(said, ref="appeal")
    elif kind == "StartOrderPublished":
        yield from _of(said, document="document")
    elif kind == "DocumentDrawnUp":
        yield from _of(said, ref="about")
    elif kind == "DocumentPosted":
        yield from _of(said, document="document", ref="about")
    elif kind == "KeyRegistered":
        blob = base64.b64decode(said["key"].split(" ")[1])
        digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
        yield f"key:SHA256:{digest}"
        yield from _of(said, key="replaces")
    elif kind in ("KeyRevoked", "KeyReportedLost"):
        yield f"key:{said['fingerprint']}"
    elif kind == "ActsSigned":
        yield from (f"ref:{each}" for each in dict.fromkeys(said["targets"]))
        yield f"key:{said['key']}"
    if kind in ("DecisionIssued", "CourtDecisionIssued"):
        for each in said.get("effects", ()):
            yield from _texts(each.get("fields", {}))


def beside(said: Said) -> list[str]:
    """What stands beside the tags."""
    found = {*_names(said, said["type"])}
    for each in said.get("effects", ()):
        fields = each.get("fields", {})
        found |= {*_by_effect(each["act"], fields)}
        if each["act"] in OF_A_STAGE or (each["act"] in OF_SEVERAL and not fields.get("numbers")):
            found.add("everybody")
    if said["type"] == "Corrected":
        found |= {*_names(said["changes"], "Corrected")}
    return sorted(found - {*tags(said)})


def _names(fields: Said, kind: str) -> Iterator[str]:
    for label, names in (("crew", CREWS), ("ref", RECORDS)):
        for name in names:
            if name == "decision" and kind in ("DecisionIssued", "ReportFiled"):
                continue
            value = fields.get(name)
            for each in value if isinstance(value, list) else [value]:
                if each and (label == "crew" or _is_id(each)):
                    yield f"{label}:{each}"


def _by_effect(act: str, fields: Said) -> Iterator[str]:
    single: tuple[str, ...] = ("number",)
    several: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    if act in OF_A_STAGE:
        single = ()
    elif act in OF_SEVERAL:
        single, several = (), ("numbers",)
    elif act in ON_A_RECORD:
        records = ("target",)
    elif act == "TimeCreditGranted":
        single = ("number", "helped")
    elif act not in OTHERS:
        records, several = ("supersedes",), ("matter",)
    for name in (*single, *records):
        value = fields.get(name)
        if value and isinstance(value, (str, int)) and (name in single or _is_id(value)):
            yield f"{'ref' if name in records else 'crew'}:{value}"
    for name in several:
        if isinstance(fields.get(name), list):
            for each in fields[name]:
                if name != "matter" or _is_id(each):
                    yield f"{'ref' if name == 'matter' else 'crew'}:{each}"


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and not {*value} - {*"0123456789abcdef"}
