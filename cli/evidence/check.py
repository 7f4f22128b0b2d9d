"""Check an evidence file of a rally: one file that needs nothing but Python 3.11 or newer.

    python -I check.py EVIDENCE.zip [--root HEX]... [--trust KEY|FILE]... [--proof FILE]...
    python -I check.py PROOF [--trust KEY|FILE]... [--checkpoint FILE]...

EVIDENCE.zip may also be the folder that it was extracted to. Every hash, root, digest and total in
it is computed again from the bytes of the records. What does not fit is refused with where it is
(exit code 1); what fits is accepted with what was checked (exit code 0). README.txt in the
evidence file says what this proves, and what it does not.

--root is a root that somebody else holds, as it is printed on a document of that time: the records
up to some position have to have it. Its first ten digits are enough. --checkpoint and
--proof are papers that somebody kept: a checkpoint, a proof of a record, of growth, or that nothing
was left out; these can be checked by themselves, too. --trust is the fingerprint or the public line
of a key, as the regulations have it: on it the keys of office have to rest, or it signed a
checkpoint; or it is a file, of a key or of a policy that says which witnesses have to have signed.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import itertools
import json
import re
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from fnmatch import fnmatch
from functools import cache, cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FORMAT = "rally evidence file 1"
SAYS_WHOM_IT_CONCERNS = 3
"""From this edition of the computing rules on, an entry says which crews it concerns."""
MANIFEST, RECORDS, DECISION, DOCKET = (
    "manifest.json",
    "records.jsonl",
    "decision.json",
    "docket.json",
)
BEARING, WORDS, MOVES, RULES = "bearing.json", "words.txt", "moves.txt", "rules.json"
PUBLICATIONS, EXHIBITS, CHECKER = "publications.json", "exhibits.json", "check.py"
PAGE, SPECIFICATION = "verify.html", "specification.md"
OVERALL = "classifications/overall"
_IN_A_FOLDER = (*("with", "without", "before", "after", "difference-without", "difference-record"),)
LARGEST = 2**32 - 1
"""A canonical zip is no larger than this, in bytes."""
MOST_FILES = 2**16 - 1
LEAST_DIGITS = 10
MOST_SAID = 20
DEEPEST, LARGEST_NUMBER, LONGEST_NUMBER = 100, 2**53 - 1, 20
"""How deeply JSON is nested, and how large its numbers are, at most; and how long these are."""
_HEADER = ("rally", "position", "id", "received_at", "site", "site_position", "tags")
NAMING = ("target", "supersedes", "heir", "about", "appeal", "decision", "drawn_up")
NAMING_SEVERAL = ("matter",)
CREWS = ("number", "against")
ACTS = {
    "number": "CrewDisqualified CrewReclassified CrewRelegated CrewRepositioned"
    " DelayAllowanceGranted MovedOutsideClassification PenaltyGiven PointsDocked RestartDecided"
    " StageTimeRecorded StartPutBack",
    "number helped": "TimeCreditGranted",
    "number target": "PenaltyWithdrawn RetirementRetracted TimeCreditRevoked TimeDetermined",
    "numbers": "StageShortened StageStopped TieBreakDisapplied TieSettled",
    "": "StageCancelled StageDelayed StageReinstated TargetTimeChanged",
}
"""The acts of effects by the fields in which they name crews and records."""
_FIELDS_OF_ACT = {act: tuple(each.split()) for each, acts in ACTS.items() for act in acts.split()}
_OF_A_SANCTION = ("number", "supersedes", "matter")
"""The same of any other act."""
STEPS = frozenset(
    (
        *("ReportFiled", "SummonsIssued", "HearingHeld", "DecisionIssued", "DecisionNotified"),
        *(
            "DecisionAcknowledged",
            "DecisionRescinded",
            "SupersedingDetermined",
            "SuspensionActivated",
        ),
        *("SuspensionLapsed", "ProtestLodged", "ProtestDecided", "ProtestWithdrawn"),
        *("ReviewPetitioned", "ReviewDecided", "AppealIntentionNotified", "AppealConfirmed"),
        *("AppealLapsed", "AppealWithdrawn", "ExecutionSuspended", "ExecutionResumed"),
        *("DeadlineExtended", "CompetitionEnded", "PrizeGivingSet", "FinePaid", "FineReturned"),
        *("CourtDecisionIssued", "ExhibitBound", "DocumentPosted"),
    )
)
"""What may be a step of a case, and the fields by which it names what it is about."""
_SHOWN_OF_A_CREW = ("codrivers", "nationality", "category", "class", "vehicle", "team")
_KINDS = {"StartOrderPublished": "start order", "DocumentPosted": "communication"}
_POSTED = {
    **dict.fromkeys(("by", "role", "rulebook", "root", "digest"), ""),
    "edition": 0,
    "amendment": None,
    "kind": "",
}
"""What the register says of a publication as its record does, and what it is where that is mum."""
RELEGATED = "relegated"
"""Flags a row that a sanction put back: its place is not by its time."""
SHARED_PLACE, NEXT_FOLLOWS = "ties.shared_place", "1-1-2"
"""The rule, and its value where no place stays empty behind one that is shared."""
LONGEST_NAME = 120
"""The longest part of a file name, in characters."""
_SAME_IN_BOTH = ("by", "role", "recorded_at")
_ENTRIES_IN, _OF_ITS_CREW = ("entry", "chain"), ("driver", "competitor")
_ENTRIES = ("CrewEntered", "CrewMemberReplaced", "CrewReclassified", "NumberReallocated")
_OF_AN_ENTRY = {
    "driver": ("driver", "joins", "codrivers"),
    "codrivers": ("driver", "joins", "codrivers"),
    **{name: (name,) for name in ("nationality", "category", "class", "vehicle", "team")},
}
"""Where the records say who is in a crew, and what of it stands in a classification."""
_NAME = re.compile(r"[A-Za-z0-9_.%-]+(/[A-Za-z0-9_.%-]+)*")

_OF_AN_AMENDMENT = ("name", "position", "parameters")

NOT_LAID_OUT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading a document of another layout ends with."""

Files = Mapping[str, bytes]


class Wrong(Exception):
    """Something does not fit: where, and what."""


def need(holds: bool, where: str, what: str) -> None:
    """Say no unless it holds.

    Raises:
        Wrong: it does not.
    """
    if not holds:
        raise Wrong(f"{where}: {what}")


# -- bytes ---------------------------------------------------------------------------------------


def canonical(value: Any) -> bytes:
    """The one spelling of a value in JSON (RFC 8785): sorted keys, whole numbers, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_json(data: bytes) -> Any:
    """A value from JSON; there are no fractions in it.

    Raises:
        ValueError: it is no JSON, or no UTF-8, or too deep; it holds a number that is not whole or
            too large, half a character, or a name twice.
    """
    read: Any = {"parse_float": _not_whole, "parse_constant": _not_whole, "parse_int": _whole}
    text = data.decode()
    found = json.loads(text, object_pairs_hook=_each_once, **read)
    if _HALF.search(text):  # an escape may be half of a character
        canonical(found)
    if text.count("[") + text.count("{") > DEEPEST:
        _not_too_deep(found)
    return found


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _not_too_deep(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [each for at in level for each in _held(at)]
        if not level:
            return
    raise ValueError("it is nested too deeply")


def _held(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def _whole(text: str) -> int:
    found = int(text) if len(text) < LONGEST_NUMBER else LARGEST_NUMBER + 1
    if abs(found) > LARGEST_NUMBER:
        raise ValueError(f"{text[:LONGEST_NUMBER]} is too large")
    return found


def _not_whole(text: str) -> Any:
    raise ValueError(f"{text} is no whole number")


def sha256(data: bytes) -> str:
    """The SHA-256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def iso(instant: Sequence[int]) -> str:
    """A moment (UTC milliseconds, offset in minutes) as ISO 8601 with the offset shown."""
    ms, offset = instant
    zone = timezone(timedelta(minutes=offset))
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    return moment.astimezone(zone).isoformat(timespec="milliseconds" if ms % 1000 else "seconds")


_LISTS = ("effects", *NAMING_SEVERAL, "evidence", "signed_by", "restricted_to", "parties")


def can_hold(name: str, value: Any) -> bool:
    """Whether a field of that name can hold a value, by its form in JSON; of most, any will do."""
    if name.endswith("_at"):
        pair = isinstance(value, list) and len(value) == 2
        return value is None or (pair and all(type(each) is int for each in value))
    if name in _LISTS:
        kind = dict if name == "effects" else str
        return isinstance(value, list) and all(isinstance(each, kind) for each in value)
    if name == "parameters":
        return isinstance(value, dict)
    return name not in (*NAMING, *CREWS) or isinstance(value, (str, int))


def _can_stay(name: str, value: Any) -> bool:
    """Whether a record surely can be read with this in a field; nothing, only where a moment is."""
    return can_hold(name, value) and (value is not None or name.endswith("_at"))


_LOCAL, _ENTRY, _END = (struct.Struct(each) for each in ("<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"))
_FORM = (20, 0, 0, 0, 0x0021)
"""Version 2.0, no flags, not compressed, 1 January 1980."""
_BY_UNIX, _PLAIN_FILE = 3 << 8 | 20, 0o100644 << 16


def packed(files: Files) -> bytes:
    """The one zip that these files make: in the order of their names, not compressed, undated.

    Raises:
        ValueError: they are too large for it.
    """
    if len(files) > MOST_FILES:
        raise ValueError(f"it holds {len(files)} files")
    body: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for name in sorted(files):
        content, spelled = files[name], name.encode("latin-1")
        if at + len(content) > LARGEST - len(spelled) - _LOCAL.size:
            raise ValueError(f"with {name} it is larger than {LARGEST} bytes")
        size = len(content)
        fields = (*_FORM, zlib.crc32(content), size, size, len(spelled), 0)
        entry = _ENTRY.pack(b"PK\1\2", _BY_UNIX, *fields, 0, 0, 0, _PLAIN_FILE, at)
        directory.append(entry + spelled)
        body += [_LOCAL.pack(b"PK\3\4", *fields), spelled, content]
        at += _LOCAL.size + len(spelled) + size
    listed = b"".join(directory)
    count = len(directory)
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(listed), at, 0)
    return b"".join([*body, listed, end])


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a zip as far as they can be read one behind another."""
    files: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == b"PK\3\4" and len(data) - at >= _LOCAL.size:
        *_, size, name_size, _ = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size + name_size
        if start + size > len(data):
            break
        files[data[at + _LOCAL.size : start].decode("latin-1")] = data[start : start + size]
        at = start + size
    return files


def difference(data: bytes, files: Files) -> str:
    """Where a zip is not the one that its files make; empty where it is."""
    whole = packed(files)
    if whole == data:
        return ""
    same, until = 0, min(len(whole), len(data))
    while same < until:  # the longest common beginning, by halves
        middle = (same + until + 1) // 2
        if whole[same:middle] == data[same:middle]:
            same = middle
        else:
            until = middle - 1
    at = 0
    for name in sorted(files):
        content = at + _LOCAL.size + len(name)
        at = content + len(files[name])
        if same < at:
            return f"byte {same}, in {'what stands before ' * (same < content)}{name}"
    return f"byte {same}, in the directory at its end"


# -- the tree ------------------------------------------------------------------------------------


class Tree:
    """The Merkle tree over the records (RFC 6962), grown leaf by leaf."""

    def __init__(self) -> None:
        self._size = 0
        self._hashes: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        self._hashes.append(leaf)
        self._size += 1
        size = self._size
        while size % 2 == 0:
            right, left = self._hashes.pop(), self._hashes.pop()
            self._hashes.append(hashlib.sha256(b"\1" + left + right).digest())
            size //= 2

    def root(self) -> str:
        """The root over all leaves so far, in hex."""
        if not self._hashes:
            return sha256(b"")
        *others, root = self._hashes
        for left in reversed(others):
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root.hex()


class Record(NamedTuple):
    """A record of the log: its place, its identity, its bytes and what they say."""

    position: int
    id: str
    data: bytes
    said: dict[str, Any]
    site: str
    received_at: int
    leaf: str


def record_of(line: bytes, position: int) -> Record:
    """A record of a line, with its id and its leaf hash computed again.

    Raises:
        Wrong: the line is not that record. ValueError, KeyError, TypeError: it is no record.
    """
    where = f"{RECORDS} line {position}"
    told = read_json(line)
    need(canonical(told) == line, where, "it is not spelled as a record is")
    found = told["position"]
    need(found == position, where, f"it is record #{found}: a record is missing, or is too many")
    said = told["occurrence"]
    data = canonical(said)
    need(told["id"] == sha256(data), where, f"its content does not have the id {told['id']}")
    header = {name: told[name] for name in _HEADER if name != "rally"}
    leaf = hashlib.sha256(b"\0" + canonical({**header, "rally": said["rally"]})).hexdigest()
    need(told["leaf"] == leaf, where, f"it does not have the leaf hash {told['leaf']}")
    for name in ("type", "rally", "by", "role", "site"):
        need(type(said.get(name, "")) is str, where, f"its {name} is no text")
    need(_is_instant(said.get("recorded_at")), where, "its recorded_at is no instant")
    for name in _ALWAYS.get(said["type"], ()):
        need(name in said, where, f"a {said['type']} has no {name}")
    derived = said["type"] not in _OFFICES or told["tags"] == tags_of(said)
    need(derived, where, "its tags are not those of its content")
    extra = told.keys() - {*_HEADER, "leaf", "occurrence"}
    need(not extra, where, f"a record has no {', '.join(sorted(extra))}")
    return Record(position, told["id"], data, said, told["site"], told["received_at"], leaf)


_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "Voided": ("target",),
    "Corrected": ("target", "changes"),
    "ActAdopted": ("target",),
    "OfficialAppointed": ("office", "official"),
    "OfficialReplaced": ("office", "official"),
    "SiteLimited": ("of_site",),
    "NumberReallocated": ("number", "new_number"),
    "RegulationsAdopted": ("rulebook",),
    "BulletinIssued": ("bulletin",),
    "StageScheduled": ("stage", "order"),
    "CrewEntered": ("number",),
    "TimesCarriedIn": ("number", "stage", "total_ms"),
    "ClockOffsetDeclared": ("ahead_ms",),
    "StartOrderPublished": ("stage", "slots"),
    "DecisionIssued": ("series", "decision"),
    "CourtDecisionIssued": ("target",),
    "ExhibitBound": ("target", "digest"),
}
"""What a record of these types says in any case."""


def _is_instant(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(e) is int for e in value)


# -- words ---------------------------------------------------------------------------------------


def words_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The records that bear on the case as a text to read: what each says, and why it is here."""
    lines = ["The records that bear on the decision, in the order in which they came in.", ""]
    for row in rows:
        told = ("type", "recorded_at", "by", "role", "words", "id")
        kind, at, by, role, said, identity = (_text(row[each]) for each in told)
        if not isinstance(row["why"], list):
            raise TypeError("why it is here is no list")
        who = f"{by} ({role})" if role else by
        lines += [
            f"#{row['position']}  {kind}, {at}, by {who or 'nobody'}",
            f"    {said}",
            f"    Here because: {'; '.join(map(_text, row['why']))}.",
            f"    Id {identity}",
            "",
        ]
    return "\n".join(lines).encode()


def _text(value: Any) -> str:
    """A text that is one, on one line; what is drawn into other texts has to be."""
    if not isinstance(value, str):
        raise TypeError("what should be a text is none")
    return _CONTROLS.sub(" ", value)


_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What would end a line, or hide one."""


def _text_or_none(value: Any) -> str:
    return "" if value is None else _text(value)


def moves_of(documents: Mapping[str, Any]) -> bytes:
    """The differences of the classifications as a text to read, one under another."""
    lines: list[str] = []
    for name in sorted(name for name in documents if _DIFFERENCE in name):
        found = documents[name]
        before, after = map(_text, found["between"])
        refused = _text_or_none(found["refused"])
        joint = f" ({_JOINT})" if found.get("joint") else ""
        lines += [f"{_title(found['scope'])}{joint}: {before} → {after} the decision", ""]
        if refused:
            lines.append(f"    There is none: {refused}")
        elif not found["rows"]:
            lines.append("    Nobody stands otherwise.")
        for row in found["rows"]:
            sides = [
                f"{place}. {_clock(total)}"
                if place
                else _text_or_none(row["status"][side]) or "not in it"
                for side, (place, total) in enumerate(
                    zip(row["place"], row["total_ms"], strict=True)
                )
            ]
            because = ", ".join(f"#{each}" for each in row["because"])
            crew = f"{_text(row['number'])} {_text(row['driver'])}"
            lines.append(f"    {crew}: {' → '.join(sides)} ({because})")
        lines.append("")
    return "\n".join(lines).encode()


_DIFFERENCE = "/difference-"
_JOINT = "a list across classifications that are kept apart: nobody is ranked in it"


def _title(scope: Mapping[str, Any]) -> str:
    stage, category = (_text_or_none(scope[each]) for each in ("after", "category"))
    after = f" after {stage}" if stage else " so far"
    return f"Overall{after}{', ' * bool(category)}{category}"


def _clock(ms: int) -> str:
    seconds, rest = divmod(abs(ms), 1000)
    minutes, hours = seconds // 60 % 60, seconds // 3600
    fraction = f".{rest:03d}" if rest else ""
    return f"{'-' * (ms < 0)}{hours}:{minutes:02d}:{seconds % 60:02d}{fraction}"


def manifest_of(said: Mapping[str, Any], files: Files) -> bytes:
    """The manifest: what an evidence file is of, and the digest of every file in it."""
    listed = [
        {"name": name, "sha256": sha256(files[name]), "size": len(files[name])}
        for name in sorted(files)
    ]
    return canonical({**said, "files": listed}) + b"\n"


# -- the desk ------------------------------------------------------------------------------------

PLAN = frozenset(
    (
        *("EntryReceived", "EntryDeclined", "CrewEntered", "RallyConstituted"),
        *("RegulationsAdopted", "OfficialAppointed", "StageScheduled", "ControlScheduled"),
        *("WaypointPlaced", "ZonePlaced"),
    )
)
"""The plan of the rally: without an instant of its own it holds from the beginning."""
DECISIONS = ("DecisionIssued", "CourtDecisionIssued")
_RULES = ("RegulationsAdopted", "BulletinIssued", "StageScheduled")
_VERSION = "a later version of what was adopted"
_OF_THE_RALLY = ("RallyConstituted", "CompetitionEnded", "PrizeGivingSet")
_OF_THE_DESK = STEPS | {*_RULES, *_OF_THE_RALLY, "ClassificationPublished", "StartOrderPublished"}
_CLOCKS = ("ClockOffsetDeclared",)
"""What moves instants: how, is for the program to say."""
IN_FORCE = "in force"
QUASHED, VARIED, RESCINDED, SUPERSEDED = "quashed", "varied", "rescinded", "superseded"
SET_ASIDE, CONTESTED, SUSPENDED = "set aside", "contested", "execution suspended"
NOTHING_DONE, CONDITIONAL, LAPSED = "without effect", "suspended on condition", "suspension lapsed"
GONE = frozenset({QUASHED, VARIED, RESCINDED, SET_ASIDE})
OVERTURNING = ("quashed", "varied")
INTENTION, CONFIRMATION = "appeals.intention_ms", "appeals.confirmation_ms"
SUSPENSIVE, NOT_APPEALABLE = "appeals.suspensive", "appeals.not_appealable"
REVIEW, AGAINST_DECISION, AGAINST_ACT = (
    "reviews.time",
    "protests.time_decision",
    "protests.time_other",
)
CLERK, STEWARDS = "clerk", "stewards"
NATIONAL, INTERNATIONAL = "national court", "international court"
_APPEAL_TO = {CLERK: "stewards", STEWARDS: "court", NATIONAL: "international_court"}
TO = {each: f"appeals.to_{name}" for each, name in _APPEAL_TO.items()}
CONFIRM = {each: f"appeals.confirm_to_{name}" for each, name in _APPEAL_TO.items()}
WITH = {each: f"appeals.lodged_with_{name}" for each, name in _APPEAL_TO.items()}
PROTEST_WITH, REVIEW_WITH = "protests.lodged_with", "reviews.lodged_with"
SUSPENDS, ELSEWHERE = "appeals.suspends", "lodging.elsewhere"
OLDER = {
    REVIEW: "reviews.window_ms",
    "protests.time_classification": "protests.window_ms",
    AGAINST_DECISION: "protests.against_decision_ms",
    **dict.fromkeys(TO.values(), INTENTION),
    **dict.fromkeys(CONFIRM.values(), CONFIRMATION),
    SUSPENDS: SUSPENSIVE,
}
"""What a rule was called when one time held for every decision and every court."""
APPLIED_RULES = frozenset(
    (
        *(*OLDER, *OLDER.values(), *WITH.values(), NOT_APPEALABLE, ELSEWHERE, PROTEST_WITH),
        *(REVIEW_WITH, "courts.national", "courts.international"),
    )
)
"""The rules that are applied here; every other is not."""
_BEGINNING, _NEVER = -(1 << 62), 1 << 62
_NEXT = {
    "appeal": "the time to announce an appeal ends",
    "review": "the time to petition for a review ends",
    "protest": "the time to protest ends",
}
_ENDS = {"ProtestWithdrawn": "withdrawn", "AppealWithdrawn": "withdrawn", "AppealLapsed": "lapsed"}


class Fact(NamedTuple):
    """What a record says after corrections, with its place in the log."""

    position: int
    id: str
    said: Mapping[str, Any]

    @property
    def moment(self) -> Sequence[int]:
        """When it happened, as it is shown; a decision when it was taken."""
        said = self.said
        found: Sequence[int] = said.get("decided_at") or said.get("fact_at") or said["recorded_at"]
        return found

    @property
    def ms(self) -> int:
        """When it happened (UTC ms)."""
        return self.moment[0]

    @property
    def order(self) -> tuple[int, int, str]:
        """The order of facts: by instant, then by when they were recorded, then by id."""
        said = self.said
        at, recorded = said.get("fact_at"), said["recorded_at"][0]
        first = at[0] if at else _BEGINNING if said["type"] in PLAN else recorded
        return first, recorded, self.id

    @property
    def name(self) -> str:
        """How a decision is named: "stewards-7"."""
        said = self.said
        if said["type"] == "DecisionIssued":
            return f"{said['series']}-{said['decision']}"
        return f"court-{said['case']}" if said.get("case") else "court"


class Standing(NamedTuple):
    """What became of a decision, and the ids of the records that made it so."""

    status: str
    because: tuple[str, ...] = ()


class Rules(NamedTuple):
    """The rules in force for a fact: values, where each comes from, and which bulletin set it."""

    name: str
    values: Mapping[str, Any]
    provenance: Mapping[str, str]
    set_by: Mapping[str, str]
    applied: Sequence[tuple[str, int, list[str]]]
    waiting: Sequence[tuple[str, int, list[str]]]

    def value(self, name: str, kind: type) -> Any:
        """A rule, if it is of that kind; None where nothing readable is said."""
        found = self.values.get(name)
        return found if isinstance(found, kind) and type(found) is kind else None

    def named(self, name: str) -> str:
        """The parameter by which the rules say this: its own, or the one that said it before."""
        older = OLDER.get(name)
        if older is None or name in self.values:
            return name
        is_worded = any(each in self.values for each in OLDER)
        return name if older not in self.values and is_worded else older

    def time(self, name: str) -> Worded:
        """The time of this name, as the rules word it or as they said it before."""
        parameter = self.named(name)
        if parameter == name:
            return worded(name, self.value(name, str))
        length = self.value(parameter, int)
        starts = ("announcement",) if parameter == CONFIRMATION else ("notification", "posting")
        return Worded(parameter, None if length is None else (length, "ms"), starts)

    def lacking(self, names: Iterable[str]) -> list[str]:
        """Which of these the rules do not define, by the names under which they could."""
        wanted = dict.fromkeys(map(self.named, names))
        return [each for each in wanted if each not in self.values]


# -- how rules word times -------------------------------------------------------------------------

Span = tuple[int, str]
_SPAN = r"([1-9]\d{0,3}) (min|h|days?)"
_NAMES = (
    "notification|posting|decision|publication|announcement|act|end-of-competition|prize-giving"
)
_STARTS = re.compile(rf"{_SPAN} from (?:the (first|last) of )?((?:{_NAMES})(?:, (?:{_NAMES}))*)")
_LIMIT = re.compile(rf"not later than {_SPAN} (before|after) ({_NAMES})")
_EXTENDED = re.compile(rf"([a-z-]+(?: or [a-z-]+)*) may extend(?: by {_SPAN})?")
_SAME_TIME = ", at the same time of day"
_LINE = re.compile(r"(.+) of (.+): (at once|never|during the competition|after the competition)")
_LENGTHS = {"ms": 1, "min": 60_000, "h": 3_600_000}


class Worded(NamedTuple):
    """A time by a rule: how long, from which instants; without a span none is known.

    It is not `open` where nothing may be lodged, and not `needed` where nothing has to be.
    """

    parameter: str
    span: Span | None
    starts: tuple[str, ...] = ()
    last: bool = False
    same_time: bool = False
    limit: tuple[Span, int, str] | None = None
    offices: tuple[str, ...] = ()
    most: Span | None = None
    open: bool = True
    needed: bool = True


def worded(parameter: str, text: str | None) -> Worded:
    """The time that a rule words; one that can't be read is none."""
    nothing = Worded(parameter, None)
    if text in ("not open", "not needed"):
        return nothing._replace(open=text != "not open", needed=text != "not needed")
    first, *more = (text or "").split("; ")
    found = _STARTS.fullmatch(first.removesuffix(_SAME_TIME))
    if found is None:
        return nothing
    time = Worded(
        parameter,
        (int(found[1]), found[2]),
        tuple(found[4].split(", ")),
        found[3] == "last",
        first.endswith(_SAME_TIME),
    )
    for each in more:
        if limit := _LIMIT.fullmatch(each):
            sign = -1 if limit[3] == "before" else 1
            time = time._replace(limit=((int(limit[1]), limit[2]), sign, limit[4]))
        elif extended := _EXTENDED.fullmatch(each):
            most = (int(extended[2]), extended[3]) if extended[2] else None
            time = time._replace(offices=tuple(extended[1].split(" or ")), most=most)
        else:
            return nothing
    return time


def moved(ms: int, span: Span, sign: int, zone: tzinfo, *, same_time: bool = False) -> int:
    """An instant so much later or earlier: days are to their end, or at the same time of day."""
    amount, unit = span
    if unit in _LENGTHS:
        return ms + sign * amount * _LENGTHS[unit]
    at = datetime.fromtimestamp(ms // 1000, zone)
    day = at.date() + timedelta(days=sign * amount)
    if same_time:
        return int(datetime.combine(day, at.time(), zone).timestamp()) * 1000 + ms % 1000
    midnight = datetime.combine(day + timedelta(days=1), at.time().min, zone)
    return int(midnight.timestamp()) * 1000 - 1


def zone_named(name: str) -> tzinfo | None:
    """The zone of the clocks of a rally; None where none is told, or none that is known here."""
    if fixed := re.fullmatch(r"([+-])(\d\d):(\d\d)", name):
        minutes = int(fixed[2]) * 60 + int(fixed[3])
        return timezone(timedelta(minutes=-minutes if fixed[1] == "-" else minutes))
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class Desk:
    """The desk of the stewards, computed again from the records: statuses, deadlines, matters."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._by_type: dict[str, list[Fact]] = {}
        self._naming: dict[tuple[str, str], dict[str, list[Fact]]] = {}
        self._became: dict[str, Sequence[str]] = {}
        for each in sorted(facts, key=lambda fact: fact.order):
            self._by_type.setdefault(each.said["type"], []).append(each)
        self._of_court: dict[str, Standing] = {}
        self._notices: dict[str, Fact] = {}
        self._known: dict[tuple[str, str], Fact] = {}
        for each in sorted(
            (*self.all("DecisionNotified"), *self.all("DocumentPosted")),
            key=lambda fact: fact.order,
        ):
            about = each.said.get("about", "") or each.said.get("target", "")
            self._notices.setdefault(about, each)
            self._known.setdefault((each.said["type"], about), each)
        self.decisions = {each.id: each for kind in DECISIONS for each in self.all(kind)}
        self._heirs: dict[str, list[Fact]] = {}
        issued = self.all("DecisionIssued")
        known = {each.id for each in issued}
        for each in issued:
            if each.said.get("supersedes") in known:
                gone = self._gone(each)
                if gone is None or gone.status == VARIED:
                    self._heirs.setdefault(each.said["supersedes"], []).append(each)

    def all(self, kind: str) -> list[Fact]:
        """The facts of a type, in their order."""
        return self._by_type.get(kind, [])

    def about(self, kind: str, identity: str, field: str = "target") -> list[Fact]:
        """The facts of a type that name a record, in their order."""
        if (kind, field) not in self._naming:
            found: dict[str, list[Fact]] = {}
            for each in self.all(kind):
                found.setdefault(str(each.said.get(field, "")), []).append(each)
            self._naming[kind, field] = found
        return self._naming[kind, field].get(identity, [])

    def decided(self, where: str, identity: str) -> Fact:
        """The decision of that id.

        Raises:
            Wrong: it is void, or has no effect.
        """
        need(identity in self.decisions, where, "the decision is void, or has no effect")
        return self.decisions[identity]

    # -- rules -----------------------------------------------------------------------------------

    def rules(self, ms: int, stage: str | None = None) -> Rules:
        """The rules in force for a fact of that instant (UTC ms), on that stage."""
        adopted = self.all("RegulationsAdopted")
        if not adopted:
            return Rules("", {}, {}, {}, (), ())
        planned = [each for each in adopted if not each.said.get("fact_at")]
        base = planned[-1] if planned else adopted[0]
        own = [(each.said["fact_at"][0], each) for each in adopted if each.said.get("fact_at")]
        own = [each for each in own if each[1] is not base]
        for each in self.all("BulletinIssued"):
            effective = each.said.get("effective_at")
            own.append((effective[0] if effective else each.order[0], each))
        own.sort(key=lambda change: change[0])
        changes = self._later(base)
        for since, each in own:
            changes += [(since, each), *self._later(each)]
        orders = self._orders()
        order = orders.get(stage or "")
        name, values, provenance = base.said["rulebook"], *self._said(base)
        set_by: dict[str, str] = {}
        applied, waiting = list[tuple[str, int, list[str]]](), list[tuple[str, int, list[str]]]()
        for since, each in changes:
            whole = each.said["type"] == "RegulationsAdopted"
            title = self._title(each.said)
            sets, sources = self._said(each)
            told = title, each.position, sorted(sets)
            begins = each.said.get("from_stage")
            reached = order is not None and order >= orders.get(str(begins), _NEVER)
            holds = reached if begins else ms >= since
            (applied if holds else waiting).append(told)
            if not holds:
                continue
            if whole:
                name, values, provenance, set_by = each.said["rulebook"], {}, {}, {}
            displaced = {new for new, old in OLDER.items() if old in sets and new not in sets}
            values = {k: v for k, v in values.items() if k not in displaced} | sets
            provenance |= {one: sources.get(one, "") for one in sets}
            set_by |= {} if whole else dict.fromkeys(sets, title)
        return Rules(name, values, provenance, set_by, applied, waiting)

    @staticmethod
    def _title(said: Mapping[str, Any]) -> str:
        if said["type"] == _VERSION:
            return f"version {said['rulebook']} since {said['since']}"
        whole = said["type"] == "RegulationsAdopted"
        return f"regulations {said['rulebook']}" if whole else f"bulletin {said['bulletin']}"

    @staticmethod
    def _later(fact: Fact) -> list[tuple[int, Fact]]:
        """The later versions of what was adopted, a change for each day on which some begin."""
        days: dict[int, dict[str, Any]] = {}
        for each in fact.said.get("later") or ():
            ms, offset = each["since"]
            day = datetime.fromtimestamp(ms / 1000, timezone(timedelta(minutes=offset)))
            said = days.setdefault(
                ms,
                {
                    "type": _VERSION,
                    "rulebook": fact.said["rulebook"],
                    "since": day.date().isoformat(),
                    "parameters": {},
                    "provenance": {},
                },
            )
            said["parameters"][each["parameter"]] = each["value"]
            said["provenance"][each["parameter"]] = each.get("provenance", "")
        return [(ms, fact._replace(said=said)) for ms, said in sorted(days.items())]

    @staticmethod
    def _said(fact: Fact) -> tuple[dict[str, Any], dict[str, str]]:
        return dict(fact.said.get("parameters") or {}), dict(fact.said.get("provenance") or {})

    def _orders(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in self.all("StageScheduled"):
            found.setdefault(each.said["stage"], each.said["order"])
        return found

    # -- statuses --------------------------------------------------------------------------------

    def standing(self, fact: Fact) -> Standing:
        """What a decision is: in force, or why not."""
        if fact.said["type"] == "CourtDecisionIssued":
            return self._court(fact)
        if (gone := self._gone(fact)) is not None:
            return gone
        target = fact.said.get("supersedes", "")
        claims = self._claims(target)
        if fact.id in {each.id for each in claims}:
            if len(claims) > 1:
                return Standing(CONTESTED, tuple(e.id for e in claims if e.id != fact.id))
        elif ruled := self._ruled(target):
            return Standing(SET_ASIDE, ruled)
        if heir := self.successor(fact.id):
            return Standing(SUPERSEDED, (heir.id, *self._ruled(fact.id)))
        return self._execution(fact)

    def contested(self, identity: str) -> list[Fact]:
        """The decisions that all claim to supersede one, while no ruling says which does."""
        claims = self._claims(identity)
        return claims if len(claims) > 1 else []

    def successor(self, identity: str) -> Fact | None:
        """The decision that took the place of this one."""
        claims = self._claims(identity)
        return claims[0] if len(claims) == 1 else None

    def _determined(self, identity: str) -> Fact | None:
        return next(reversed(self.about("SupersedingDetermined", identity)), None)

    def _ruled(self, identity: str) -> tuple[str, ...]:
        ruled = self._determined(identity)
        return (ruled.id,) if ruled else ()

    def _claims(self, identity: str) -> list[Fact]:
        claims, ruled = self._heirs.get(identity, []), self._determined(identity)
        if ruled is None:
            return claims
        heir = [each for each in claims if each.id == ruled.said.get("heir")]
        since = ruled.said["recorded_at"][0]
        return heir or [each for each in claims if each.said["recorded_at"][0] > since]

    def _gone(self, fact: Fact) -> Standing | None:
        if by := self.about("DecisionRescinded", fact.id):
            return Standing(RESCINDED, (by[0].id,))
        return self._overturned(fact)

    def _overturned(self, fact: Fact) -> Standing | None:
        standing = [
            each
            for each in self.about("CourtDecisionIssued", fact.id)
            if (status := self._court(each).status) == VARIED
            or (status == IN_FORCE and each.said.get("outcome") in OVERTURNING)
        ]
        if not standing:
            return None
        court = max(standing, key=lambda each: (each.ms, each.order))
        above = self._court(court)
        if above.status == VARIED:
            return Standing(VARIED, (court.id, *above.because))
        return Standing(court.said["outcome"], (court.id,))

    def _court(self, fact: Fact) -> Standing:
        if fact.said.get("target") not in self.decisions:
            return Standing(NOTHING_DONE)
        if fact.id not in self._of_court:
            self._of_court[fact.id] = Standing(IN_FORCE)  # for those corrected into a circle
            self._of_court[fact.id] = self._overturned(fact) or self._execution(fact)
        return self._of_court[fact.id]

    def _execution(self, fact: Fact, act: str | None = None) -> Standing:
        orders = [*self.about("ExecutionSuspended", fact.id)]
        orders += self.about("ExecutionResumed", fact.id)
        last = max(orders, key=lambda each: each.order, default=None)
        if last is not None and last.said["type"] == "ExecutionSuspended":
            return Standing(SUSPENDED, (last.id,))
        pending = [
            each.fact
            for each in self.appeals(fact)
            if self._suspends(fact, act) and each.why_not == "" and each.ended is None
        ]
        because = tuple(e.id for e in pending if last is None or e.order > last.order)
        return Standing(SUSPENDED, because) if because else Standing(IN_FORCE)

    def _suspends(self, fact: Fact, act: str | None = None) -> bool:
        """Whether an appeal suspends a decision by the rules, or one of its acts."""
        if fact.said.get("immediate", False):
            return False
        rules, ended = self._procedure(fact), self._ended_at is not None
        if rules.named(SUSPENDS) == SUSPENSIVE:
            return bool(rules.value(SUSPENSIVE, bool))
        acts = [each["act"] for each in fact.said.get("effects") or ()] or [""]
        instance = self._instance(fact)
        lines = [_LINE.fullmatch(str(each)) for each in rules.value(SUSPENDS, list) or ()]
        holds = {"at once": True, "during the competition": not ended}
        holds["after the competition"] = ended
        for each in acts if act is None else [act]:
            for line in filter(None, lines):
                whats, whom = line[1].split(" and "), line[2].split(" and ")
                if {each, "any decision"} & {*whats} and {instance, "anybody"} & {*whom}:
                    if holds.get(line[3], False):
                        return True
                    break
        return False

    @cached_property
    def _ended_at(self) -> Fact | None:
        return max(self.all("CompetitionEnded"), key=lambda each: each.order, default=None)

    @cached_property
    def _zone(self) -> tzinfo:
        founded = self.all("RallyConstituted")
        return (zone_named(founded[0].said.get("timezone", "")) if founded else None) or UTC

    def _instance(self, fact: Fact) -> str:
        """Who took a decision: the clerk, the stewards, a national or an international court."""
        if fact.said["type"] != "CourtDecisionIssued":
            return str(fact.said.get("series", ""))
        rules, name = self._procedure(fact), str(fact.said.get("court", "")).casefold().strip()
        for rule, instance in (
            ("courts.international", INTERNATIONAL),
            ("courts.national", NATIONAL),
        ):
            courts = {str(each).casefold().strip() for each in rules.value(rule, list) or ()}
            if name and name in courts:
                return instance
        below = self.decisions.get(fact.said.get("target", ""))
        of_a_court = below is not None and below.said["type"] == "CourtDecisionIssued"
        return INTERNATIONAL if of_a_court else NATIONAL

    def effects(self, fact: Fact) -> Sequence[str]:
        """What became of each effect of a decision, in their order; found once of each."""
        if fact.id not in self._became:
            self._became[fact.id] = [*self._of_effects(fact)]
        return self._became[fact.id]

    def _of_effects(self, fact: Fact) -> Iterator[str]:
        standing = self.standing(fact)
        for effect in fact.said.get("effects") or ():
            status = standing.status
            superseded = status == SUPERSEDED and self._stands_before(fact, effect)
            if superseded or status == SUSPENDED:
                status = self._execution(fact, effect["act"]).status
            if effect.get("condition") and status == IN_FORCE:
                status = self._condition(fact, effect)
            yield status

    def _stands_before(self, fact: Fact, effect: Mapping[str, Any]) -> bool:
        heir, orders = self.successor(fact.id), self._orders()
        where = (effect.get("fields") or {}).get("stage") or fact.said.get("stage")
        since = orders.get(str(heir.said.get("supersedes_from"))) if heir else None
        return since is not None and orders.get(str(where), _NEVER) < since

    def _condition(self, fact: Fact, effect: Mapping[str, Any]) -> str:
        until = effect.get("until_at")
        found = [e for e in self.about("SuspensionActivated", fact.id) if self._is_found(e)]
        lapses = self.about("SuspensionLapsed", fact.id)
        lapsed = next((e for e in lapses if not until or e.ms > until[0]), None)
        if found and not (lapsed and lapsed.order < found[0].order):
            return LAPSED if until and found[0].ms > until[0] else IN_FORCE
        return LAPSED if lapsed else CONDITIONAL

    def _is_found(self, activation: Fact) -> bool:
        found = self.decisions.get(activation.said.get("decision", ""))
        return found is None or self.standing(found).status == IN_FORCE

    # -- deadlines -------------------------------------------------------------------------------

    def notified(self, fact: Fact) -> Fact | None:
        """What made a decision known first."""
        return self._notices.get(fact.id)

    def _procedure(self, fact: Fact) -> Rules:
        return self.rules((self.notified(fact) or fact).ms)

    def appealable(self, fact: Fact) -> bool:
        """Whether an appeal is open at all, by the decision and by the rules for its effects."""
        if not fact.said.get("appealable", True) or not self._to_appeal(fact).open:
            return False
        acts = {each["act"] for each in fact.said.get("effects") or ()}
        closed = self._procedure(fact).value(NOT_APPEALABLE, list) if acts else ()
        return not acts or not acts <= set(closed or ())

    def _to_appeal(self, fact: Fact) -> Worded:
        """The time to appeal against a decision; above the last court there is none."""
        instance = self._instance(fact)
        time = self._procedure(fact).time(TO.get(instance, TO[NATIONAL]))
        above = instance == INTERNATIONAL and time.parameter == TO[NATIONAL]
        return Worded(TO[NATIONAL], None, open=False) if above else time

    def _to_confirm(self, about: Fact) -> Worded:
        name = CONFIRM.get(self._instance(about), CONFIRM[NATIONAL])
        return self._procedure(about).time(name)

    def _until(
        self, time: Worded, kind: str, fact: Fact, announced: tuple[Fact, Fact] | None = None
    ) -> int | None:
        """Until when something may be done; None while its time has not begun, or none is known."""
        instants = self._instants(announced[1] if announced else fact)
        if announced:
            instants["announcement"] = announced[0].ms
        began = [instants[each] for each in time.starts if each in instants]
        if not time.span or not began or (time.last and len(began) < len(time.starts)):
            return None
        since = max(began) if time.last else min(began)
        end = moved(since, time.span, 1, self._zone, same_time=time.same_time)
        if time.limit and time.limit[2] in instants:
            span, sign, name = time.limit
            end = min(end, moved(instants[name], span, sign, self._zone))
        return max([end, *self._extensions(time, kind, fact, end)])

    def _instants(self, about: Fact) -> dict[str, int]:
        """The instants from which a time may run against a decision, as far as they are known."""
        decided = about.said.get("decided_at")
        if decided is None and about.said["type"] == "DecisionIssued":
            decided = about.said["recorded_at"]
        instants = {"decision": decided[0] if decided else about.ms, "act": about.ms}
        for name, of in (("notification", "DecisionNotified"), ("posting", "DocumentPosted")):
            if known := self._known.get((of, about.id)):
                instants[name] = known.ms
        if self._ended_at is not None:
            instants["end-of-competition"] = self._ended_at.ms
        if given := max(self.all("PrizeGivingSet"), key=lambda e: e.order, default=None):
            instants["prize-giving"] = given.said["prizes_at"][0]
        return instants

    def _extensions(self, time: Worded, kind: str, fact: Fact, end: int) -> Iterator[int]:
        """Until when a time was extended by who may, and no further than that is allowed."""
        for each in self.about("DeadlineExtended", fact.id):
            longer, by = each.said["until_at"][0], each.said.get("role", "")
            same = time.same_time
            most = moved(end, time.most, 1, self._zone, same_time=same) if time.most else longer
            if each.said["deadline"] == kind and by in time.offices and longer <= most:
                yield longer

    def deadlines(self, fact: Fact) -> tuple[dict[str, int | None], list[str]]:
        """Until when what may be done against a decision, and which rules for it are lacking."""
        rules, series = self._procedure(fact), fact.said.get("series", "")
        asked = {
            "appeal": (self._to_appeal(fact), self.appealable(fact)),
            "review": (rules.time(REVIEW), bool(series)),
            "protest": (rules.time(AGAINST_DECISION), series == "clerk"),
        }
        ends = {
            what: self._until(time, what, fact) if runs else None
            for what, (time, runs) in asked.items()
        }
        if self.notified(fact) is None:
            return ends, []
        of = {
            "appeal": TO.get(self._instance(fact), TO[NATIONAL]),
            "review": REVIEW,
            "protest": AGAINST_DECISION,
        }
        needed = [of[what] for what, (_, runs) in asked.items() if runs]
        if self.about(*_APPEALS, fact.id):
            needed += [CONFIRM.get(self._instance(fact), CONFIRM[NATIONAL]), SUSPENDS]
        return ends, rules.lacking(needed)

    def _lodged(self, about: Fact, parameter: str, fact: Fact) -> str:
        """Why something is inadmissible by where it was lodged; "" where it is not."""
        rules = self._procedure(about)
        offices, with_whom = rules.value(parameter, list), str(fact.said.get("lodged_with", ""))
        if not offices or with_whom in ("", *offices):
            return ""
        if rules.value(ELSEWHERE, str) != "inadmissible":
            return ""
        wanted = " or ".join(each.replace("-", " ") for each in offices)
        return f"it was lodged with the {with_whom.replace('-', ' ')}, not with the {wanted}"

    # -- matters ---------------------------------------------------------------------------------

    def matters(self, fact: Fact) -> list[Matter]:
        """What was lodged against a decision, in the order of the facts."""
        found = [*self._protests(fact), *self._reviews(fact), *self.appeals(fact)]
        standing = self.standing(fact)
        if standing.status in GONE:
            by = self.fact(standing.because[0])
            found = [e if e.ended else e._replace(ended=by, outcome="moot") for e in found]
        return sorted(found, key=lambda each: each.fact.order)

    def fact(self, identity: str) -> Fact:
        """The fact that a record is."""
        groups = self._by_type.values()
        found = next((e for group in groups for e in group if e.id == identity), None)
        if found is None:
            raise LookupError(f"{identity} is no step of the desk")
        return found

    def _protests(self, about: Fact) -> Iterator[Matter]:
        due, why_not, rules = None, "", self._procedure(about)
        if about.said["type"] == "DecisionIssued":
            if about.said["series"] == "stewards":
                why_not = "the stewards do not review their decisions through a protest"
            else:
                due = self._until(rules.time(AGAINST_DECISION), "protest", about)
                closed = not rules.time(AGAINST_DECISION).open
                why_not = "no protest against it is open" if closed else ""
        for each in self.about("ProtestLodged", about.id):
            late = "it was lodged too late" if due is not None and each.ms > due else ""
            steps = self.about("ProtestDecided", each.id)
            ended = _first(_final(steps), *self.about("ProtestWithdrawn", each.id)[:1])
            why = why_not or late or self._lodged(about, PROTEST_WITH, each)
            yield Matter("protest", each, due, why, _step(steps), ended, _outcome(ended))

    def _reviews(self, about: Fact) -> Iterator[Matter]:
        if about.said["type"] != "DecisionIssued":
            return
        due = self.deadlines(about)[0]["review"]
        closed = not self._procedure(about).time(REVIEW).open
        for each in self.about("ReviewPetitioned", about.id):
            why_not = "no review of it is open" if closed else ""
            if not why_not and due is not None and each.ms > due:
                why_not = "it was petitioned for too late"
            why_not = why_not or self._lodged(about, REVIEW_WITH, each)
            steps = self.about("ReviewDecided", each.id)
            ended = _final(steps)
            yield Matter("review", each, due, why_not, _step(steps), ended, _outcome(ended))

    def appeals(self, about: Fact) -> Iterator[Matter]:
        """The announced appeals against a decision, in their order."""
        announced = self.about(*_APPEALS, about.id)
        if not announced:
            return
        due = self._until(self._to_appeal(about), "appeal", about)
        to_confirm = self._to_confirm(about)
        with_whom = WITH.get(self._instance(about), WITH[NATIONAL])
        for each in announced:
            why_not = ""
            if not self.appealable(about):
                why_not = "the decision is not open to appeal"
            elif due is not None and each.ms > due:
                why_not = "it was announced too late"
            else:
                why_not = self._lodged(about, with_whom, each)
            confirm_by = self._until(to_confirm, "confirmation", each, (each, about))
            ended = self._ended(each, about, why_not, confirm_by)
            confirmed = next(iter(self.about("AppealConfirmed", each.id)), None)
            step = "announced" if to_confirm.needed else "lodged"
            yield Matter(
                "appeal",
                each,
                due,
                why_not,
                "confirmed" if confirmed else step,
                ended,
                _outcome(ended),
                suspensive=not why_not and self._suspends(about),
                confirm_by=confirm_by,
                confirmed=confirmed,
                waits=to_confirm.needed,
            )

    def _ended(
        self, appeal: Fact, about: Fact, why_not: str, confirm_by: int | None
    ) -> Fact | None:
        lapses = self.about("AppealLapsed", appeal.id)
        if lapses and not why_not:
            confirmed = self.about("AppealConfirmed", appeal.id)
            in_time = any(confirm_by is None or each.ms <= confirm_by for each in confirmed)
            lapses = [e for e in lapses if confirm_by is None or e.ms > confirm_by]
            lapses = [] if in_time or not self._to_confirm(about).needed else lapses
        rescinded = {each.said["target"] for each in self.all("DecisionRescinded")}
        to_stewards = self._to_appeal(about).parameter == TO[CLERK]
        return _first(
            *lapses,
            *self.about("AppealWithdrawn", appeal.id),
            *(
                each
                for each in self.about("CourtDecisionIssued", about.id)
                if each.said.get("appeal", "") in ("", appeal.id)
            ),
            *(
                each
                for each in self.all("DecisionIssued") * to_stewards
                if each.said["series"] == STEWARDS
                and appeal.id in (each.said.get("matter") or ())
                and each.id not in rescinded
            ),
        )

    # -- what is said of a decision --------------------------------------------------------------

    def entry(self, fact: Fact) -> dict[str, Any]:
        """What the register says of a decision besides what its record says."""
        standing, heir = self.standing(fact), self.successor(fact.id)
        court = fact.said["type"] == "CourtDecisionIssued"
        replaced = self.decisions.get(fact.said.get("target" if court else "supersedes", ""))
        known = next(iter(self.about("DecisionAcknowledged", fact.id)), None)
        notified = self.notified(fact)
        return {
            "status": standing.status,
            "positions": [self.fact(each).position for each in standing.because],
            "supersedes": replaced.name if replaced else "",
            "superseded_by": heir.name if heir else "",
            "claimed_by": [each.name for each in self.contested(fact.id)],
            "notified_at": iso(notified.moment) if notified else None,
            "acknowledged_at": iso(known.moment) if known else None,
            "exhibits": [each.said["title"] for each in self.about("ExhibitBound", fact.id)],
        }

    def row(self, fact: Fact) -> dict[str, Any]:
        """What the docket says of a decision."""
        notified = self.notified(fact)
        offset = (notified or fact).moment[1]
        ends, undefined = self.deadlines(fact)
        matters, status = self.matters(fact), self.standing(fact).status
        ahead = [] if status in GONE else [*_ahead(ends, matters)]
        next_at, what = min(ahead, default=(None, ""))
        said_so = bool(fact.said.get("appealable", True))
        return {
            "decision": fact.name,
            "number": fact.said.get("number", ""),
            "status": status,
            "notified_at": iso(notified.moment) if notified else None,
            "appealable": self.appealable(fact)
            if notified
            else said_so and self._to_appeal(fact).open,
            **{f"{what}_until": _shown(ends[what], offset) for what in _NEXT},
            "next_at": _shown(next_at, offset),
            "next": what,
            "matters": [each.row(fact.name) for each in matters],
            "undefined": undefined,
        }


_APPEALS = ("AppealIntentionNotified",)


class Matter(NamedTuple):
    """Something that was lodged against a decision, and where it stands."""

    kind: str
    fact: Fact
    due: int | None
    why_not: str
    step: str
    ended: Fact | None
    outcome: str
    suspensive: bool = False
    confirm_by: int | None = None
    confirmed: Fact | None = None
    waits: bool = False

    def row(self, about: str) -> dict[str, Any]:
        """What the docket says of it."""
        offset, confirmed = self.fact.moment[1], self.confirmed
        known = confirmed is not None and self.confirm_by is not None
        return {
            "kind": self.kind,
            "about": about,
            "number": self.fact.said.get("number", ""),
            "competitor": self.fact.said.get("competitor", ""),
            "lodged_at": iso(self.fact.moment),
            "due_at": _shown(self.due, offset),
            "admissible": not self.why_not,
            "why_not": self.why_not,
            "suspensive": self.suspensive,
            "step": self.outcome or self.step,
            "confirm_by": _shown(self.confirm_by, offset),
            "confirmed_at": iso(confirmed.moment) if confirmed else None,
            "confirmed_in_time": confirmed.ms <= (self.confirm_by or 0)
            if known and confirmed
            else None,
            "ended_at": iso(self.ended.moment) if self.ended else None,
            "outcome": self.outcome,
            "open": self.ended is None,
            "position": self.fact.position,
            "id": self.fact.id,
        }


def _ahead(ends: Mapping[str, int | None], matters: Sequence[Matter]) -> Iterator[tuple[int, str]]:
    appealed = any(each.kind == "appeal" and not each.why_not for each in matters)
    for what, end in ends.items():
        if end is not None and not (what == "appeal" and appealed):
            yield end, _NEXT[what]
    for each in matters:
        waits = each.ended is None and each.confirmed is None and each.waits
        if each.confirm_by is not None and waits:
            yield each.confirm_by, "an announced appeal has to be confirmed"


def _final(steps: Sequence[Fact]) -> Fact | None:
    return next((each for each in steps if each.said["outcome"] != "admitted"), None)


def _step(steps: Sequence[Fact]) -> str:
    return "admitted" if steps else "lodged"


def _outcome(ended: Fact | None) -> str:
    if ended is None:
        return ""
    if ended.said["type"] == "DecisionIssued":
        return "decided"
    return _ENDS.get(ended.said["type"]) or str(ended.said["outcome"])


def _first(*facts: Fact | None) -> Fact | None:
    return min((each for each in facts if each), key=lambda each: each.order, default=None)


def _shown(ms: int | None, offset: int) -> str | None:
    return None if ms is None else iso((ms, offset))


# -- who may act -----------------------------------------------------------------------------------


_OFFICIAL = ("OfficialAppointed", "OfficialReplaced", "SiteLimited")
_AMENDING = ("Corrected", "Voided", "ActAdopted")
_CARRY_RULES = ("RegulationsAdopted", "BulletinIssued")
_NOBODY: frozenset[str] = frozenset()
_MAY = {
    "clerk-of-the-course organiser results-office secretary": "RallyConstituted",
    "clerk-of-the-course organiser results-office secretary stewards": (
        "RegulationsAdopted BulletinIssued OfficialAppointed OfficialReplaced SiteLimited"
    ),
    "organiser secretary stewards": "KeyRegistered KeyRevoked",
    (
        "clerk-of-the-course court marshal medical organiser results-office scrutineer "
        "secretary stewards timekeeper tracking"
    ): "KeyReportedLost",
    "clerk-of-the-course results-office secretary": (
        "StageScheduled ControlScheduled WaypointPlaced ZonePlaced "
        "EntryReceived CrewEntered NumberReallocated CrewRegistered CrewNominated PointsCarriedIn"
    ),
    "clerk-of-the-course results-office secretary stewards": (
        "CrewMemberReplaced CrewReclassified DocumentDrawnUp DocumentPosted StartPositionChosen"
    ),
    (
        "clerk-of-the-course competitor court marshal medical organiser results-office scrutineer "
        "secretary stewards timekeeper tracking"
    ): "RemarkMade ActsSigned CheckpointKept ProofKept TimeStampTaken",
    (
        "clerk-of-the-course competitor court marshal medical results-office scrutineer "
        "secretary stewards timekeeper tracking"
    ): "IncidentReported RetirementReported RestartRequested",
    "clerk-of-the-course competitor results-office secretary": "EntryDeclined CrewWithdrew",
    "clerk-of-the-course results-office scrutineer secretary": "CheckHeld ComponentChanged",
    "scrutineer": "VehicleMarked",
    "clerk-of-the-course results-office scrutineer secretary stewards": "StartRefused",
    "clerk-of-the-course marshal results-office timekeeper tracking": (
        "ControlPassed StageStarted FalseStartObserved PassingRecorded WaypointMissed "
        "SpeedZoneRead NeutralisationPassed RouteOpened CrewNotStarted"
    ),
    "clerk-of-the-course results-office stewards timekeeper": "StageTimeRecorded",
    "clerk-of-the-course results-office timekeeper": (
        "TimesCarriedIn ClockOffsetDeclared CardsClosed"
    ),
    "clerk-of-the-course results-office stewards timekeeper tracking": "SourceDeclaredUnreliable",
    "clerk-of-the-course stewards timekeeper": "TimeDetermined StageClosed",
    "clerk-of-the-course competitor marshal results-office timekeeper tracking": "TimeCardHandled",
    "clerk-of-the-course marshal stewards timekeeper": "StageOpened",
    "clerk-of-the-course stewards": (
        "StageDelayed StageShortened StageResumed StageStopped StageCancelled "
        "TargetTimeChanged RouteDirected CrewRepositioned RestartDecided "
        "MovedOutsideClassification DecisionIssued DecisionRescinded StartOrderAmended"
    ),
    "clerk-of-the-course marshal stewards": "StageInterrupted DelayAllowanceGranted",
    "clerk-of-the-course court stewards": (
        "StageReinstated PenaltyGiven PenaltyWithdrawn SanctionDeclined TimeCreditGranted "
        "TimeCreditRevoked "
        "SuspensionActivated DeadlineExtended ResultsQualified StartPutBack"
    ),
    "court stewards": (
        "TieBreakDisapplied TieSettled CrewDisqualified SupersedingDetermined ProtestDecided "
        "ReviewDecided ExecutionSuspended ExecutionResumed CrewRelegated "
        "PointsDocked"
    ),
    (
        "clerk-of-the-course court marshal medical results-office scrutineer secretary "
        "stewards timekeeper tracking"
    ): (
        "RetirementRetracted CrewRestarted ReportFiled ExhibitBound DocumentSigned Corrected "
        "Voided ActAdopted DiceThrown"
    ),
    "clerk-of-the-course marshal results-office stewards timekeeper tracking": "StageNotFinished",
    "medical": "FitnessDecided",
    "clerk-of-the-course secretary stewards": (
        "SummonsIssued HearingHeld DecisionNotified CompetitionEnded PrizeGivingSet FinePaid "
        "FineReturned"
    ),
    "competitor court secretary stewards": (
        "DecisionAcknowledged ProtestLodged ProtestWithdrawn ReviewPetitioned "
        "AppealIntentionNotified AppealConfirmed AppealWithdrawn"
    ),
    "court secretary stewards": "SuspensionLapsed AppealLapsed",
    "court secretary": "CourtDecisionIssued",
    "clerk-of-the-course results-office stewards": (
        "StartOrderPublished ClassificationPublished CrewsSeeded"
    ),
    "clerk-of-the-course court results-office stewards": "PublicationWithdrawn",
    "clerk-of-the-course medical results-office secretary": "OpeningErased",
}
"""The types by the offices that may record them."""
_NO_ACTS = frozenset(
    [
        "RemarkMade",
        "EntryReceived",
        "CheckHeld",
        "VehicleMarked",
        "ComponentChanged",
        "ControlPassed",
        "StageStarted",
        "FalseStartObserved",
        "PassingRecorded",
        "WaypointMissed",
        "SpeedZoneRead",
        "NeutralisationPassed",
        "RouteOpened",
        "IncidentReported",
        "StageTimeRecorded",
        "TimeCardHandled",
        "RetirementReported",
        "StageNotFinished",
        "RestartRequested",
        "CrewRestarted",
        "CrewNotStarted",
        "ReportFiled",
        "HearingHeld",
        "ExhibitBound",
        "ActsSigned",
        "CheckpointKept",
        "ProofKept",
        "TimeStampTaken",
    ]
)
"""What is seen or told counts whoever says so."""
_OFFICES = {kind: offices.split() for offices, kinds in _MAY.items() for kind in kinds.split()}


class Term(NamedTuple):
    """Who held offices from a moment on, and at that very moment; `held` were some before it."""

    since: int
    holders: dict[str, frozenset[str]]
    then: dict[str, frozenset[str]]
    held: frozenset[str]


def _unless_signed(told: Iterable[Mapping[str, Any]]) -> str:
    """That an act may count by its signature alone; "" where the rules ask for none."""
    keyed = asked = False
    for said in told:
        keyed |= said["type"] == "KeyRegistered"
        names = said.get("parameters", ()) if said["type"] in _CARRY_RULES else ()
        asked |= any(each.startswith("signatures.") for each in names)
    return "the rules ask for signatures, which are not looked at here" if keyed and asked else ""


class Powers:
    """Who could take which act, from the records alone; `idle` are those that have no effect.

    `refused` are among them before anything was adopted, `said_last` is the position from which it
    is known who may. `unsure` says what this checker does not settle.
    """

    def __init__(self, records: Sequence[Record]) -> None:
        self._said = {each.id: each.said for each in records}
        self._founded = any(
            said["type"] == "RallyConstituted" and said.get("role") for said in self._said.values()
        )
        self._limits: dict[str, frozenset[str]] = {}
        self._terms: list[Term] = []
        self.unsure = _unless_signed(self._said.values())
        official = [i for i, said in self._said.items() if self._about(said)["type"] in _OFFICIAL]
        judged: dict[str, bool] = {}
        if official:
            refused = self._walk(official, {}, None)
            if self._limits:
                judged = {i: i in refused for i in official if self._limits_a_site(i)}
                refused = self._walk(official, judged, self._limits)
            judged = {identity: identity in refused for identity in official}
        self.refused = {
            identity
            for identity, said in self._said.items()
            if judged.get(identity, identity not in judged and self._refused(said, self._holds))
        }
        self.idle = self._not_adopted(self.refused, self._said)
        at = [each.position for each in records if each.id in judged]
        self.said_last = max(at, default=0)

    def _about(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a chain of amendments is about; where that is not told, the end of it."""
        while said["type"] in _AMENDING and said["target"] in self._said:
            said = self._said[said["target"]]
        return said

    def _limits_a_site(self, identity: str) -> bool:
        return bool(self._about(self._said[identity])["type"] == "SiteLimited")

    def _holds(self, office: str, by: str, at_ms: int) -> bool:
        for term in reversed(self._terms):
            if term.since == at_ms:
                return office not in term.held or by in term.then.get(office, _NOBODY)
            if term.since < at_ms:
                held = term.holders.get(office, _NOBODY)
                return not held or by in held
        return True

    def _refused(self, said: Mapping[str, Any], holds: Callable[[str, str, int], bool]) -> bool:
        """Whether an act has no effect by itself."""
        kind, role, by = said["type"], said.get("role", ""), said.get("by", "")
        measured = kind == "StageTimeRecorded" and said.get("basis", "measured") == "measured"
        seen = kind in _NO_ACTS and (measured or kind != "StageTimeRecorded")
        if seen or kind not in _OFFICES:  # what else there may be, the specification does not say
            return False
        site, source = said.get("site", ""), said.get("source", {})
        delivered = source.get("seq") and source.get("name") and role in ("results-office", "")
        if site in self._limits and role not in self._limits[site]:
            return True
        if delivered or not role:
            return bool(self._founded and not delivered)
        if role not in _OFFICES[kind]:
            return True
        about = self._about(said)
        if kind in _AMENDING and about["type"] not in _AMENDING:
            amended = self._said[said["target"]].get("role", "")
            line = about.get("source", {})
            imported = line.get("seq") and line.get("name")
            theirs = imported and about.get("role", "") == role == amended
            offices = _OFFICES.get(about["type"], [role])
            if not (theirs and kind == "Voided") and role not in offices:
                return True
        return not holds(role, by, said["recorded_at"][0])

    def _walk(
        self,
        official: Iterable[str],
        judged: Mapping[str, bool],
        limits: dict[str, frozenset[str]] | None,
    ) -> set[str]:
        """Take in, in the order of recording, what says who may act; answers what is refused."""
        by_time: dict[int, list[str]] = {}
        for identity in sorted(official):
            by_time.setdefault(self._said[identity]["recorded_at"][0], []).append(identity)
        self._limits, self._terms = limits or {}, []
        taken: dict[str, dict[str, Any]] = {}
        refused = set[str]()
        holders: dict[str, frozenset[str]] = {}
        for since in sorted(by_time):
            before, pending = holders, by_time[since]
            named: dict[str, set[str]] = {}
            holds = partial(_held_or_named, before, named)
            while True:
                left = [
                    i
                    for i in pending
                    if judged.get(i, i not in judged and self._refused(self._said[i], holds))
                ]
                for identity in {*pending} - {*left}:
                    said = self._said[identity]
                    if name := {"OfficialAppointed": said.get("official")}.get(
                        said["type"], said.get("successor")
                    ):
                        named.setdefault(said["office"], set()).add(name)
                if len(left) == len(pending):
                    break
                pending = left
            refused.update(pending)
            taken |= {identity: self._said[identity] for identity in by_time[since]}
            holders, said_of_sites = self._in_order(taken, self._not_adopted(refused, taken))
            self._limits = said_of_sites if limits is None else limits
            offices = {*before, *named, *holders}
            then = {
                each: before.get(each, _NOBODY)
                | named.get(each, set())
                | holders.get(each, _NOBODY)
                for each in offices
            }
            held = frozenset(office for office, persons in before.items() if persons)
            self._terms.append(Term(since, holders, then, held))
        return refused

    def _in_order(
        self, taken: Mapping[str, dict[str, Any]], idle: Collection[str]
    ) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
        """Who holds offices and what limits there are after these records."""
        void = _void_among(taken, idle)
        counts = []
        for identity, said in taken.items():
            if said["type"] not in _OFFICIAL or identity in void:
                continue
            ahead, now = [identity], said
            while ahead:
                at = ahead.pop()
                above = [
                    each
                    for each, of in taken.items()
                    if of["type"] == "Corrected" and of["target"] == at
                ]
                in_force = [each for each in above if each not in void]
                if len(above) > 1:
                    self.unsure = "who holds an office was corrected in several ways"
                for each in in_force[:1]:
                    now = now | taken[each]["changes"]
                ahead += above
            counts.append(now)
        holders: dict[str, frozenset[str]] = {}
        limits: dict[str, frozenset[str]] = {}
        for said in sorted(counts, key=_official_order):
            if said["type"] == "SiteLimited":
                limits[said["of_site"]] = frozenset(said.get("offices", ()))
                continue
            appointed = said["type"] == "OfficialAppointed"
            name = said["official"] if appointed else said.get("successor")
            gone = _NOBODY if appointed else {said["official"]}
            come = {name} if name else _NOBODY
            holders[said["office"]] = (holders.get(said["office"], _NOBODY) - gone) | come
        return holders, limits

    @staticmethod
    def _not_adopted(refused: set[str], told: Mapping[str, Mapping[str, Any]]) -> set[str]:
        """Of what was refused, what nobody adopted who may, by an adoption that stands."""
        adopting, voiding = _by_target(told, "ActAdopted"), _by_target(told, "Voided")
        if not adopting:
            return refused
        works: dict[str, bool] = {}
        for start in refused:
            path = [start]
            while path:
                at = path[-1]
                ahead = [*adopting.get(at, ()), *voiding.get(at, ())]
                if pending := [each for each in ahead if each not in works]:
                    path += pending
                    continue
                path.pop()
                taken = at not in refused or any(works[each] for each in adopting.get(at, ()))
                works[at] = taken and not any(works[each] for each in voiding.get(at, ()))
        return {each for each in refused if not any(works[a] for a in adopting.get(each, ()))}


def _official_order(said: Mapping[str, Any]) -> tuple[int, str, str]:
    """The order in which offices are taken: by moment and type, then by what is said in words."""
    if said["type"] == "SiteLimited":
        offices = " and ".join(said.get("offices", ()))
        may = f"as {offices} only" if offices else "in no office"
        words = f"{said['of_site']}, officials act {may}."
    else:
        by = f" by {said['successor']}" if said.get("successor") else ""
        words = f"{said['official']} was replaced as {said['office']}{by}."
    return said["recorded_at"][0], said["type"], words


def _held_or_named(
    before: Mapping[str, frozenset[str]],
    named: Mapping[str, set[str]],
    office: str,
    by: str,
    _: int,
) -> bool:
    """Whether somebody held an office, or is appointed to it at that moment; or nobody held it."""
    held = before.get(office, _NOBODY)
    return not held or by in held or by in named.get(office, ())


def _by_target(told: Mapping[str, Mapping[str, Any]], kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for identity, said in told.items():
        if said["type"] == kind:
            found.setdefault(said["target"], []).append(identity)
    return found


def _void_among(told: Mapping[str, Mapping[str, Any]], idle: Collection[str]) -> set[str]:
    """What is void or has no effect; a void that is so itself strikes nothing."""
    voiding = _by_target(told, "Voided")
    state = dict.fromkeys(idle, True)
    for start in voiding:
        path = [start]
        while path:
            if pending := [each for each in voiding.get(path[-1], ()) if each not in state]:
                path += pending
                continue
            at = path.pop()
            state[at] = at in idle or any(not state[each] for each in voiding.get(at, ()))
    return {each for each, is_void in state.items() if is_void}


# -- signatures ----------------------------------------------------------------------------------

_P, _ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_Point = tuple[int, int, int, int]


def _at_height(data: bytes) -> _Point | None:
    """The point of the curve that 32 bytes spell (RFC 8032, 5.1.3)."""
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    sign = data[31] >> 7
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _added(one: _Point, other: _Point) -> _Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * one[3] * other[3] * _D, 2 * one[2] * other[2]
    e, f, g, h = (b - a) % _P, (d - c) % _P, (d + c) % _P, (b + a) % _P
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


_BASE = _at_height((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature with Ed25519 holds: R = [S]B - [k]A, as it is spelled (RFC 8032)."""
    public, s = _at_height(key), int.from_bytes(signature[32:], "little")
    if public is None or _BASE is None or len(signature) != 64 or s >= _ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _ORDER
    minus: _Point = (_P - public[0], public[1], 1, _P - public[3])
    both, found = _added(_BASE, minus), (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        found = _added(found, found)
        which = (s >> bit & 1, k >> bit & 1)
        if any(which):
            found = _added(found, {(1, 0): _BASE, (0, 1): minus, (1, 1): both}[which])
    z = pow(found[2], -1, _P)
    x, y = found[0] * z % _P, found[1] * z % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def fingerprint_of(blob: bytes) -> str:
    """A key as ssh shows it."""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode()
    return f"SHA256:{digest.rstrip('=')}"


def _spelled64(text: Any) -> bytes:
    """The bytes that a text spells in base64 in the one way; none where it spells none."""
    try:
        found = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        return b""
    return found if base64.b64encode(found).decode() == text else b""


def _packed(*parts: bytes) -> bytes:
    return b"".join(len(each).to_bytes(4, "big") + each for each in parts)


def _unpacked(data: bytes) -> list[bytes]:
    """What is packed in bytes, each behind its length; nothing where they are otherwise."""
    found, at = list[bytes](), 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        found.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return found if _packed(*found) == data else []


def namespace_of(office: str, rally: str) -> str:
    """For what an office, a device or a site signs."""
    kind = next((each for each in ("device:", "site:") if office.startswith(each)), "")
    parts = (quote(each, safe="").replace("~", "%7E") for each in (office[len(kind) :], rally))
    return f"{kind}{'@'.join(parts)}"


class SshSignature(NamedTuple):
    """A signature of ssh: the key as ssh packs it and itself, for what it is, and what was made.

    Hardware has an application, and stands by flags and a counter.
    """

    blob: bytes
    key: bytes
    application: bytes
    beside: bytes
    namespace: bytes
    algorithm: str
    made: bytes

    def holds(self, message: bytes) -> bool:
        """Whether the key made it over this message."""
        digest = hashlib.new(self.algorithm, message).digest()
        parts = self.namespace, b"", self.algorithm.encode(), digest
        signed = b"SSHSIG" + _packed(*parts)
        if self.beside:
            if not self.beside[0] & 1:  # nobody touched it
                return False
            hashed = (hashlib.sha256(each).digest() for each in (self.application, signed))
            signed = self.beside.join(hashed)
        return verifies(self.key, signed, self.made)


def read_signature(blob: bytes) -> SshSignature | None:
    """The signature that a blob holds, in its one spelling; None where it holds none."""
    parts = _unpacked(blob[10:])
    if not blob.startswith(b"SSHSIG\0\0\0\1") or len(parts) != 5 or parts[2]:
        return None
    key, namespace, _, algorithm, made = parts
    hardware = key.startswith(_packed(_OF_HARDWARE))
    kind, beside = (_OF_HARDWARE, made[-5:]) if hardware else (b"ssh-ed25519", b"")
    of_key, of_made = _unpacked(key), _unpacked(made[: len(made) - len(beside)])
    right = (
        [*map(len, of_key[:2])] == [len(kind), 32]
        and len(of_key) == 2 + hardware
        and [*map(len, of_made)] == [len(kind), 64]
        and of_key[0] == of_made[0] == kind
        and len(beside) == 5 * hardware
        and re.fullmatch(rb"[!-~]+", namespace) is not None
        and algorithm in (b"sha512", b"sha256")
    )
    if not right:
        return None
    application = of_key[2] if hardware else b""
    return SshSignature(
        key, of_key[1], application, beside, namespace, algorithm.decode(), of_made[1]
    )


def namespace_signed(said: Mapping[str, Any]) -> str:
    """For what a key signed some records; "" where its signature does not hold."""
    found, targets = read_signature(_spelled64(said["signature"])), said["targets"]
    if found is None or not targets or not all(_ID.fullmatch(each) for each in targets):
        return ""
    fits = fingerprint_of(found.blob) == said["key"] and found.holds("\n".join(targets).encode())
    return found.namespace.decode() if fits else ""


_OF_HARDWARE = b"sk-ssh-ed25519@openssh.com"
_ID = re.compile(r"[0-9a-f]{64}")
_LINE_OF_SSH = re.compile(r"(?:ssh-ed25519|sk-ssh-ed25519@openssh\.com) ([A-Za-z0-9+/]+={0,2})")
_OF_KEYS_THEMSELVES = ("KeyRegistered", "KeyRevoked", "KeyReportedLost")
_FROM_THE_BEST = (
    *("valid", "not-proven-before-loss", "revoked", "out-of-term", "wrong-office"),
    *("unchecked", "bad"),
)
WORTH = {
    "out-of-term": "with a key out of its term",
    "revoked": "with a key that was revoked or lost by then",
    "not-proven-before-loss": "with a key that was lost later: that it was there before is not"
    " looked for here",
    "wrong-office": "with a key of another office",
    "unchecked": "with a key for which no key of office on record vouches",
    "bad": "with a signature that does not hold",
}
"""What a signature is that is not valid, in words."""


class KeyTerm(NamedTuple):
    """A registration of a key: its record, the key, for what it signs, and its term (UTC ms)."""

    record: Record
    key: str
    office: str
    since: int
    until: int = _NEVER


class Worth(NamedTuple):
    """A signature over a record: the positions of both, 0 for one that is not there; its state."""

    of: int
    by: int
    state: str


class Signatures:
    """The keys of office on record, and what each signature over an act is worth.

    `first` is the organiser's key on which all others rest; "" without one. `idle` are the records
    that have no effect because of who took them.
    """

    def __init__(self, records: Sequence[Record], idle: Collection[str] = ()) -> None:
        self._rally = records[0].said["rally"] if records else ""
        self._by_id = {each.id: each for each in records}
        signed = [each for each in records if each.said["type"] == "ActsSigned"]
        made = [(each, namespace_signed(each.said)) for each in signed]
        self._over: dict[str, list[tuple[Record, str]]] = {}
        for each, namespace in made:
            for target in dict.fromkeys(each.said["targets"]):
                self._over.setdefault(target, []).append((each, namespace))
        of_keys = [each for each in records if each.said["type"] in _OF_KEYS_THEMSELVES]
        own = [_key_term(each) for each in of_keys if each.said["type"] == "KeyRegistered"]
        roots = sorted(filter(self._signed_itself, own), key=_by_recording)[:1]
        self.first = roots[0].key if roots else ""
        self.amended = any(
            each.said["type"] in _AMENDING and self._about(each).said["type"] in _OF_KEYS_THEMSELVES
            for each in records
        )
        told = [each for each in of_keys if each.id not in idle] if roots else []
        root = {each.record.id for each in roots}
        # When a key was lost holds for all that was recorded: it is found first.
        _, self._lost = self._taken_in(told, root, None)
        self._terms, _ = self._taken_in(told, root, self._lost)
        self.found = [
            self._judged(each, namespace, self._by_id.get(target))
            for each, namespace in made
            for target in dict.fromkeys(each.said["targets"])
        ]

    def _taken_in(
        self, told: Sequence[Record], root: Collection[str], lost: Mapping[str, int] | None
    ) -> tuple[list[KeyTerm], dict[str, int]]:
        """The keys that count with their terms, and since when which is lost, moment by moment.

        What says so counts once it is signed with a key that counts by then.
        """
        counted, ended = list[KeyTerm](), {**(lost or {})}
        for moment in sorted({each.said["recorded_at"][0] for each in told}):
            pending = [each for each in told if each.said["recorded_at"][0] == moment]
            while True:
                terms = _terms(counted)
                new = [e for e in pending if e.id in root or self._vouched(e, terms, ended)]
                if not new:
                    break
                pending = [each for each in pending if each not in new]
                counted += [_key_term(e) for e in new if e.said["type"] == "KeyRegistered"]
                for each in new:
                    if lost is None and each.said["type"] != "KeyRegistered":
                        since, key = _instant(each.said, "since"), each.said["fingerprint"]
                        ended[key] = min(since, ended.get(key, since))
        return _terms(counted), ended

    def _signed_itself(self, term: KeyTerm) -> bool:
        own = namespace_of("organiser", self._rally)
        return term.office == "organiser" and any(
            each.said["key"] == term.key and namespace == own
            for each, namespace in self._over.get(term.record.id, ())
        )

    def _vouched(self, of_keys: Record, known: Sequence[KeyTerm], lost: Mapping[str, int]) -> bool:
        offices = self._signers(of_keys)
        return any(
            self._worth(each, namespace, of_keys, known, lost, offices) == "valid"
            for each, namespace in self._over.get(of_keys.id, ())
        )

    def _about(self, record: Record) -> Record:
        """What an amendment is about in the end; of anything else, itself."""
        while record.said["type"] in _AMENDING and record.said["target"] in self._by_id:
            record = self._by_id[record.said["target"]]
        return record

    def _signers(self, act: Record) -> Collection[str] | None:
        """Who signs an act: its office, the site or the device that it comes from; None is anybody.

        What says whose keys there are the organiser signs, or any office that may say it.
        """
        kind, said = self._about(act).said["type"], act.said
        if kind in _OF_KEYS_THEMSELVES:
            return {"organiser", *_OFFICES[kind]}
        if kind == "DocumentDrawnUp" and act is self._about(act):
            return None
        site, source = said.get("site", ""), (said.get("source") or {}).get("name", "")
        own = said.get("role", ""), f"site:{site}" * bool(site), f"device:{source}" * bool(source)
        return {*own} - {""}

    def _judged(self, signed: Record, namespace: str, act: Record | None) -> Worth:
        if act is None:
            return Worth(0, signed.position, "unchecked")
        offices = self._signers(act)
        state = self._worth(signed, namespace, act, self._terms, self._lost, offices)
        return Worth(act.position, signed.position, state)

    def _worth(
        self,
        signed: Record,
        namespace: str,
        act: Record,
        known: Sequence[KeyTerm],
        lost: Mapping[str, int],
        offices: Collection[str] | None,
    ) -> str:
        key, at = signed.said["key"], act.said["recorded_at"][0]
        held = [each for each in known if each.key == key]
        if not namespace:
            return "bad"
        meant = [each for each in held if namespace_of(each.office, self._rally) == namespace]
        if not meant:
            return "wrong-office" if held else "unchecked"
        since = lost.get(key)
        after = "revoked" if since is not None and at >= since else "not-proven-before-loss"
        worth = "valid" if since is None else after
        states = [
            "wrong-office"
            if offices is not None and each.office not in offices
            else worth
            if each.since <= at < each.until
            else "out-of-term"
            for each in meant
        ]
        return min(states, key=_FROM_THE_BEST.index)


def _instant(said: Mapping[str, Any], name: str) -> int:
    found: int = (said.get(name) or said["recorded_at"])[0]
    return found


def _by_recording(term: KeyTerm) -> tuple[int, str]:
    return term.record.said["recorded_at"][0], term.record.id


def _key_term(record: Record) -> KeyTerm:
    said = record.said
    line = _LINE_OF_SSH.fullmatch(said["key"])
    blob = _spelled64(line[1]) if line else b""
    other = f"device:{said['device']}" if said.get("device") else f"site:{said.get('of_site', '')}"
    office = said.get("office") or other
    return KeyTerm(record, fingerprint_of(blob) if blob else "", office, _instant(said, "from_at"))


def _terms(counted: Sequence[KeyTerm]) -> list[KeyTerm]:
    """These keys with the ends of their terms: as they were stated, or where another begins."""
    found = []
    for each in counted:
        ends = [
            other.since
            for other in counted
            if (other.record.said.get("replaces"), other.office) == (each.key, each.office)
        ]
        if until := each.record.said.get("until_at"):
            ends.append(until[0])
        found.append(each._replace(until=min(ends, default=_NEVER)))
    return found


# -- checkpoints and proofs ------------------------------------------------------------------------

_MARK, _PROOF, _OLD, _EXTRA, _INDEX = "— ", "c2sp.org/tlog-proof@v1", "old ", "extra ", "index "
_MOST_SIGNATURES, _MOST_HASHES, _MOST_LEAVES = 100, 63, 2**62
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(NamedTuple):
    """How long a log was and its root there, with the signatures below: names, key ids, bytes."""

    origin: str
    size: int
    root: str
    text: str
    signatures: Sequence[tuple[str, bytes, bytes]]

    @property
    def words(self) -> str:
        """It in a few words: its size, and the first digits of its root."""
        return f"#{self.size}, root {self.root[:16]}"


class Paper(NamedTuple):
    """A checkpoint, or a proof that leads to one: of a record at an index, or of growth."""

    name: str
    checkpoint: Checkpoint
    hashes: Sequence[bytes] = ()
    old: int | None = None
    at: int | None = None
    header: Mapping[str, Any] = MappingProxyType({})
    kind: str = ""
    key: str = ""
    whole: Whole | None = None


def lines_of(data: bytes, what: str) -> list[str]:
    """The lines of a text in UTF-8 that ends with its last line; without controls."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Wrong(f"{what} is no text in UTF-8.") from None
    if any(each < " " and each != "\n" for each in text):
        raise Wrong(f"{what} holds a control character.")
    if not text.endswith("\n"):
        raise Wrong(f"{what} does not end with a whole line.")
    return text[:-1].split("\n")


def _number_of(text: str, what: str) -> int:
    if _NUMBER.fullmatch(text) is None or int(text) > _MOST_LEAVES:
        raise Wrong(f"{what} is no number.")
    return int(text)


def _bytes_of(text: str, what: str, size: int = 0) -> bytes:
    found = _spelled64(text)
    if not found:
        raise Wrong(f"{what} is no base64.")
    if size and len(found) != size:
        raise Wrong(f"{what} has {len(found)} bytes, and not {size}.")
    return found


def _is_key_name(text: str) -> bool:
    return bool(text) and "+" not in text and not any(each.isspace() for each in text)


def read_checkpoint(lines: Sequence[str], what: str) -> Checkpoint:
    """A checkpoint: a note of three lines and its signatures; nothing of it is proven yet."""
    split = len(lines) - 1 - lines[::-1].index("") if "" in lines else 0
    above, below = lines[:split], lines[split + 1 :]
    if not above or not below:
        raise Wrong(f"{what} has no text, or no signature below an empty line.")
    if len(below) > _MOST_SIGNATURES:
        raise Wrong(f"{what} has more than {_MOST_SIGNATURES} signatures.")
    signatures = [_read_mark(line, what) for line in below]
    if len({each[:2] for each in signatures}) < len(signatures):
        raise Wrong(f"{what} is signed twice by one key.")
    if len(above) != 3:
        raise Wrong(f"{what} has {len(above)} lines above its signatures, and not 3.")
    if not _is_key_name(above[0]):
        raise Wrong(f"{what} names no log.")
    size = _number_of(above[1], f"The size of {what}")
    root = _bytes_of(above[2], f"The root of {what}", 32).hex()
    if size == 0 and root != sha256(b""):
        raise Wrong(f"{what} is of an empty log, and has not its root.")
    return Checkpoint(above[0], size, root, "".join(f"{each}\n" for each in above), signatures)


def _read_mark(line: str, what: str) -> tuple[str, bytes, bytes]:
    """The signature that a line holds: the name of a key, its id, and what was made."""
    name, blank, said = line[len(_MARK) :].partition(" ")
    if not line.startswith(_MARK) or not blank or not _is_key_name(name):
        raise Wrong(f"{what} has a line among its signatures that is none.")
    made = _bytes_of(said, f"A signature of {what}")
    if len(made) <= 4:
        raise Wrong(f"{what} has a signature that is too short.")
    return name, made[:4], made[4:]


def read_paper(name: str, data: bytes) -> Paper:
    """A checkpoint or a proof as a file holds it; a proof of a record has to hold of its own.

    Raises:
        Wrong: it is none, or it does not.
    """
    lines = lines_of(data, "The paper")
    if lines[0] == COMPLETE:
        whole = read_whole(lines, "The proof")
        return Paper(name, whole.checkpoint, key=whole.key, whole=whole)
    if not lines[0].startswith((_PROOF, _OLD)):
        return Paper(name, read_checkpoint(lines, "The checkpoint"))
    if "" not in lines:
        raise Wrong("The proof has no empty line above its checkpoint.")
    split = lines.index("")
    head, checkpoint = lines[:split], read_checkpoint(lines[split + 1 :], "The proof")
    if head and head[0].startswith(_OLD):
        old = _number_of(head[0][len(_OLD) :], "The earlier size of The proof")
        return Paper(name, checkpoint, _hashes_of(head[1:]), old=old)
    if not head or head[0] != _PROOF:
        raise Wrong("The proof is no proof.")
    if len(head) < 2 or not head[1].startswith(_EXTRA):
        raise Wrong("The proof does not hold the record of which it is.")
    extra = _bytes_of(head.pop(1)[len(_EXTRA) :], "What is said beside The proof")
    if len(head) == 1 or not head[1].startswith(_INDEX):
        raise Wrong("The proof does not say at which index.")
    index = _number_of(head[1][len(_INDEX) :], "The index of The proof")
    said, where = read_json(extra), "The record in the proof"
    header, occurrence = said["header"], said["occurrence"]
    need(canonical(said) == extra, where, "it is not in canonical form")
    need(said.keys() <= {"header", "occurrence", "key"}, where, "it says more than one")
    need(header.keys() == {*_HEADER}, where, "its header is none")
    need(header["position"] == index + 1, where, f"it is #{header['position']}")
    need(sha256(canonical(occurrence)) == header["id"], where, "its content does not have its id")
    need(header["rally"] == occurrence["rally"], where, "it is of another rally")
    derived = occurrence["type"] not in _OFFICES or header["tags"] == tags_of(occurrence)
    need(derived, where, "its tags are not those of its content")
    offers = "key" not in said or _is_public_line(said["key"])
    need(offers, where, "the key that it offers is none")
    hashes = _hashes_of(head[2:])
    leaf = hashlib.sha256(b"\0" + canonical(header)).digest()
    if _root_by_inclusion(leaf, index, checkpoint.size, hashes).hex() != checkpoint.root:
        raise Wrong(
            f"The record is not #{index + 1} of that log: with it the root would be another."
        )
    key = said.get("key", "")
    kind = occurrence["type"]
    return Paper(name, checkpoint, hashes, at=index, header=header, kind=kind, key=key)


def _hashes_of(lines: Sequence[str]) -> list[bytes]:
    if len(lines) > _MOST_HASHES:
        raise Wrong(f"The proof has more than {_MOST_HASHES} hashes.")
    return [_bytes_of(each, "A hash of The proof", 32) for each in lines]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _climb(at: int, last: int, proof: Sequence[bytes], where: str) -> Iterator[tuple[bytes, bool]]:
    """The hashes on the way up to the root, and whether each stands to the left."""
    another = Wrong(f"A proof of {where} does not have {len(proof)} hashes.")
    for beside in proof:
        if last == 0:
            raise another
        left = bool(at & 1) or at == last
        while left and not at & 1 and at:
            at, last = at >> 1, last >> 1
        yield beside, left
        at, last = at >> 1, last >> 1
    if last != 0:
        raise another


def _root_by_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    if not index < size:
        raise Wrong(f"A log of {size} records has no record #{index + 1}.")
    root = leaf
    for beside, left in _climb(index, size - 1, proof, f"#{index + 1} of {size}"):
        root = _node(beside, root) if left else _node(root, beside)
    return root


def must_go_on(old: int, old_root: str, paper: Paper) -> None:
    """Refuse a proof of growth that does not lead from the log here to its checkpoint."""
    size, where = paper.checkpoint.size, f"{old} of {paper.checkpoint.size}"
    whole = old & -old
    path = [bytes.fromhex(old_root)] * (whole == old) + [*paper.hashes]
    if not path:
        raise Wrong(f"A proof of {where} does not have 0 hashes.")
    height, before, after = whole.bit_length() - 1, path[0], path[0]
    for beside, left in _climb(old - 1 >> height, size - 1 >> height, path[1:], where):
        before = _node(beside, before) if left else before
        after = _node(beside, after) if left else _node(after, beside)
    if before.hex() != old_root:
        raise Wrong(f"The proof does not begin with the root of the first {old} records.")
    if after.hex() != paper.checkpoint.root:
        raise Wrong(f"The proof does not lead to the root of {size} records.")


def _is_public_line(line: Any) -> bool:
    """Whether it is the public part of a key, in a file or in hardware, as ssh writes it."""
    found = _LINE_OF_SSH.fullmatch(line) if isinstance(line, str) else None
    parts = _unpacked(_spelled64(found[1])) if found else []
    kind = line.split(" ")[0] if found else ""
    right = len(parts) == (3 if kind.startswith("sk-") else 2)
    return right and parts[0] == kind.encode() and len(parts[1]) == 32


def _fingerprint(key: bytes) -> str:
    return fingerprint_of(_packed(b"ssh-ed25519", key))


def key_of_line(line: Any) -> bytes:
    """The key in a public line of ssh; nothing where there is none."""
    found = line.split(" ") if isinstance(line, str) else []
    blob = _spelled64(found[1]) if len(found) > 1 and found[0] == "ssh-ed25519" else b""
    return blob[-32:] if blob == _packed(b"ssh-ed25519", blob[-32:]) else b""


# -- policies of witnesses -------------------------------------------------------------------------

OF_A_LOG, OF_A_WITNESS, OF_A_WITNESS_ML_DSA = 1, 4, 6
_BYTES_OF_KEY = {OF_A_LOG: 32, OF_A_WITNESS: 32, OF_A_WITNESS_ML_DSA: 1312}
_VKEY = re.compile(r"([^+]*)\+([0-9a-f]{8})\+(.*)", re.DOTALL)
_COUNT = re.compile(r"[1-9][0-9]{0,3}")
_NONE = "none"


class Vkey(NamedTuple):
    """By what is checked what a log or a witness of that name signs."""

    name: str
    manner: int
    raw: bytes

    @property
    def id(self) -> bytes:
        """By what a signature says that it is of this key."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.manner]) + self.raw).digest()[
            :4
        ]


class Policy(NamedTuple):
    """Keys of logs, witnesses by their names here, groups of these, and what is asked for.

    The quorum is a witness or a group; "" where none is asked for, and then nothing is witnessed.
    """

    logs: Sequence[Vkey]
    witnesses: Mapping[str, Vkey]
    groups: Mapping[str, tuple[int, Sequence[str]]]
    quorum: str

    def witnessed(self, by: Collection[str]) -> bool:
        """Whether those who have signed are enough."""
        return bool(self.quorum) and self._counts(self.quorum, by)

    def _counts(self, name: str, by: Collection[str]) -> bool:
        if name not in self.groups:
            return name in by
        needed, members = self.groups[name]
        return sum(self._counts(each, by) for each in members) >= needed

    @property
    def asked(self) -> str:
        """What is asked for, in words."""
        if self.quorum not in self.groups:
            return self.quorum or "no witness at all"
        needed, members = self.groups[self.quorum]
        return f"{needed} of {', '.join(members)}"


def read_vkey(text: str) -> Vkey:
    """A verifier key as it is written down: NAME+ID+KEY.

    Raises:
        Wrong: it is none.
    """
    found = _VKEY.fullmatch(text)
    if found is None or not _is_key_name(found[1]):
        raise Wrong("That is no verifier key.")
    name, stated, said = found.groups()
    raw = _bytes_of(said, f"The verifier key of {name}")
    key = Vkey(name, raw[0], raw[1:])
    if _BYTES_OF_KEY.get(key.manner) != len(key.raw):
        raise Wrong(f"The verifier key of {name} is of no manner that is known here.")
    if key.id.hex() != stated:
        raise Wrong(f"The verifier key of {name} does not have the id {stated}.")
    return key


def is_policy(data: bytes) -> bool:
    """Whether a file is meant as a policy: it has a line that says which quorum is asked for."""
    return re.search(rb"^[ \t]*quorum[ \t]", data, re.MULTILINE) is not None


def read_policy(data: bytes) -> Policy:
    """A policy as a file holds it (C2SP tlog-policy).

    Raises:
        Wrong: it is none, with the line where it is not.
    """
    if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data):
        raise Wrong("The policy holds a control character.")
    policy = Policy([], {}, {}, "")
    quorum = None
    # Names are bytes, of whatever kind.
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        words, where = re.split(r"[ \t]+", line.strip(" \t")), f"The policy, line {number}"
        if not words[0] or words[0].startswith("#"):
            continue
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                policy = policy._replace(
                    logs=[*policy.logs, _new(policy, vkey, where, (OF_A_LOG,))]
                )
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                _must_be_new(policy, name, where)
                of_a_witness = OF_A_WITNESS, OF_A_WITNESS_ML_DSA
                key = _new(policy, vkey, where, of_a_witness)
                policy = policy._replace(witnesses={**policy.witnesses, name: key})
            case ["group", name, needed, first, *others]:
                _must_be_new(policy, name, where)
                group = _group(policy, needed, [first, *others], where)
                policy = policy._replace(groups={**policy.groups, name: group})
            case ["quorum", name]:
                need(quorum is None, where, "there is a second line `quorum`")
                if name != _NONE:
                    _must_be_known(policy, name, where)
                quorum = "" if name == _NONE else name
            case _:
                raise Wrong(f"{where}: {' '.join(words)[:80]} is no line of a policy")
    if quorum is None:
        raise Wrong("The policy has no line `quorum`.")
    return policy._replace(quorum=quorum)


def _group(
    policy: Policy, asked: str, members: Sequence[str], where: str
) -> tuple[int, Sequence[str]]:
    taken = {each for _, of in policy.groups.values() for each in of}
    for at, each in enumerate(members):
        _must_be_known(policy, each, where)
        need(each not in {*taken, *members[:at]}, where, f"{each} is a member twice")
    counts = {"all": len(members), "any": 1}
    needed = counts.get(asked) or (int(asked) if _COUNT.fullmatch(asked) else 0)
    right = 1 <= needed <= len(members)
    need(right, where, f"{asked} of {len(members)} can't be asked for")
    return needed, members


def _new(policy: Policy, text: str, where: str, manners: Collection[int]) -> Vkey:
    try:
        key = read_vkey(text)
    except UnicodeEncodeError:
        raise Wrong(f"{where}: That is no verifier key.") from None
    need(key.manner in manners, where, f"{key.name} has a key of another kind")
    others = [*policy.logs, *policy.witnesses.values()]
    twice = any(key.raw == each.raw for each in others)
    need(not twice, where, f"the key of {key.name} stands there twice")
    return key


def _must_be_new(policy: Policy, name: str, where: str) -> None:
    known = name == _NONE or name in policy.witnesses or name in policy.groups
    need(not known, where, f"nothing new can be called {name}")


def _must_be_known(policy: Policy, name: str, where: str) -> None:
    known = name in policy.witnesses or name in policy.groups
    need(known, where, f"{name} is no witness and no group that stands above")


class Signed(NamedTuple):
    """A signature below a note: when it says that it was made; whether it can be checked here."""

    at_s: int = 0
    checked: bool = True


def signature_of(
    key: Vkey, text: str, signatures: Iterable[tuple[str, bytes, bytes]], of: str
) -> Signed | None:
    """The signature of a key below a text; None where it has not signed.

    Raises:
        Wrong: there is one, and it does not hold.
    """
    made = next((made for name, by, made in signatures if (name, by) == (key.name, key.id)), None)
    if made is None:
        return None
    if key.manner == OF_A_LOG:
        holds, found = verifies(key.raw, text.encode(), made), Signed()
    else:
        found = Signed(int.from_bytes(made[:8], "big"), key.manner == OF_A_WITNESS)
        timed = f"cosignature/v1\ntime {found.at_s}\n{text}".encode()
        holds = found.at_s < 2**63 and len(made) > 8
        holds = holds and (not found.checked or verifies(key.raw, timed, made[8:]))
    if not holds:
        raise Wrong(f"The signature of {key.name} {of} does not hold.")
    return found


def _at(seconds: int) -> str:
    """When a witness says that it signed."""
    return iso((seconds * 1000, 0)) if seconds * 1000 <= _LATEST_MS else f"{seconds} s"


# -- that nothing was left out ---------------------------------------------------------------------

COMPLETE = "rally-ledger/complete@v1"
_SUBJECT, _KEY, _AGAIN, _EVERYBODY = "subject ", "key ", "again ", "everybody"
_CREWS_NAMED = ("number", "numbers", "new_number", "against", "helped", "parties")
_LABEL = re.compile(r"crew:.+|ref:[0-9a-f]{64}|everybody", re.DOTALL)
_CODE = re.compile(r"(?!\s)[^\x00-\x1f]{1,80}(?<!\s)")
_EARLIEST_MS, _LATEST_MS = -62135510400000, 253402214399999
_LARGEST_POSITION = 2 * 10**12
_TEXTS = (("crew", "number"), ("stage", "stage"))
_BY_NUMBERS = ("CrewsSeeded", *ACTS["numbers"].split())
_DECISIONS = ("DecisionIssued", "CourtDecisionIssued")
_ONCE = ("Corrected", "ProtestLodged", *_DECISIONS)
_ALSO: Mapping[str, Sequence[tuple[str, str]]] = {
    "NumberReallocated": [("crew", "new_number")],
    "ProtestLodged": [("crew", "against")],
    "CourtDecisionIssued": [("ref", "appeal")],
    "StartOrderPublished": [("document", "document")],
    "DocumentDrawnUp": [("ref", "about")],
    "DocumentPosted": [("document", "document"), ("ref", "about")],
    "KeyRegistered": [("key", "replaces")],
    "KeyRevoked": [("key", "fingerprint")],
    "KeyReportedLost": [("key", "fingerprint")],
}
"""Which fields are tags of a type beside those that are of every type."""


def tags_of(said: Mapping[str, Any]) -> list[str]:
    """The tags of an occurrence, derived from what it says.

    Raises:
        ValueError, AttributeError, LookupError, TypeError: it is of no form that is known here.
    """
    kind = said["type"]
    if kind == "BulletinIssued":
        return _tags(said, [("stage", "from_stage")])
    if kind == "ClassificationPublished":
        scope = _fields_in(said, "scope")
        stages = _tags(scope, [("stage", each) for each in ("stage", "after", "to")])
        return [f"document:{_name(said['document'])}", *stages[:1]]
    of_all = ("crew", "number"), ("stage", "stage"), ("office", "office"), ("ref", "target")
    found = _tags(said, of_all)
    if kind == "Corrected":
        found += _tags(said["changes"], _TEXTS, only=(str,))
    elif kind in _BY_NUMBERS:
        found += [f"crew:{each}" for each in dict.fromkeys(_names(said, "numbers"))]
    elif kind == "DecisionIssued":
        found += [f"decision:{_name(said['series'])}-{_name(said['decision'])}"]
        found += _tags(said, [("ref", "supersedes")])
        found += [f"ref:{each}" for each in _names(said, "matter")]
    elif kind == "KeyRegistered":
        line = _LINE_OF_SSH.fullmatch(said["key"])
        blob = _spelled64(line[1]) if line else b""
        found += [f"key:{fingerprint_of(blob)}"] if blob else []
    elif kind == "ActsSigned":
        found += [f"ref:{each}" for each in dict.fromkeys(_names(said, "targets"))]
        found += _tags(said, [("key", "key")])
    found += _tags(said, _ALSO.get(kind, ()))
    if kind in _DECISIONS:
        for each in _list_in(said, "effects"):
            found += _tags(_fields_in(each, "fields"), _TEXTS, only=(str,))
    return [*dict.fromkeys(found)] if kind in _ONCE else found


def _tags(
    said: Mapping[str, Any], fields: Iterable[tuple[str, str]], only: tuple[type, ...] = (str, int)
) -> list[str]:
    named = ((label, said.get(name)) for label, name in fields)
    return [f"{label}:{each}" for label, each in named if each and type(each) in only]


def _name(value: Any) -> str:
    if type(value) not in (str, int):
        raise ValueError("what should be a name is none")
    return str(value)


def _list_in(said: Mapping[str, Any], name: str) -> list[Any]:
    found = said.get(name)
    if found is not None and not isinstance(found, list):
        raise ValueError(f"{name} is no list")
    return found or []


def _names(said: Mapping[str, Any], name: str) -> list[str]:
    return [_name(each) for each in _list_in(said, name)]


def _fields_in(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name)
    if found is not None and not isinstance(found, dict):
        raise ValueError(f"{name} are no fields")
    return found or {}


def beside_of(said: Mapping[str, Any], tags: Collection[str]) -> list[str]:
    """What else it names than its tags tell, as labels in their one order."""
    found = _named_in(said)
    if said["type"] == "Corrected":
        found |= {*_labels(said["changes"], _EVERY_NAMED)}
    return sorted(found - {*tags})


def _named_in(said: Mapping[str, Any]) -> set[str]:
    """What it names in its own fields and in its effects, as labels."""
    of_its_number = said["type"] == "DecisionIssued"
    found = {*_labels(said, [e for e in _EVERY_NAMED if e != "decision" or not of_its_number])}
    for effect in _list_in(said, "effects"):
        fields, named = _fields_in(effect, "fields"), fields_of_act(effect["act"])
        # Of a sanction nobody checks the fields: a list may stand where one is meant.
        right = [e for e in named if isinstance(fields.get(e), list) is (e in _SEVERAL_NAMED)]
        by_effect = {*_labels(fields, right)}
        found |= by_effect
        if "number" not in named and not any(each.startswith("crew:") for each in by_effect):
            found.add(_EVERYBODY)
    return found


_SEVERAL_NAMED = ("numbers", "parties", *NAMING_SEVERAL)
_EVERY_NAMED = (*_CREWS_NAMED, *NAMING, *NAMING_SEVERAL)


def _labels(said: Mapping[str, Any], fields: Iterable[str]) -> Iterator[str]:
    for name in fields:
        for each in _several(said.get(name)):
            if not each or type(each) not in (str, int):
                continue
            if name in _CREWS_NAMED:
                yield f"crew:{each}"
            elif _ID.fullmatch(str(each)):
                yield f"ref:{each}"


class Told(NamedTuple):
    """A record in such a proof: its header and, perhaps, what happened; or its leaf alone."""

    leaf: bytes
    header: Mapping[str, Any] = MappingProxyType({})
    beside: Sequence[str] = ()
    said: Mapping[str, Any] | None = None

    @property
    def labels(self) -> list[str]:
        """What it is about, as far as its line tells it."""
        return [*self.header["tags"], *self.beside]


class Shown(NamedTuple):
    """What such a proof shows: its own records, others that bear on it, and how many are not."""

    numbers: Sequence[str]
    own: Sequence[int]
    others: Sequence[int]
    withheld: int
    blinded: int


class Whole(NamedTuple):
    """A proof that nothing was left out for a crew, a decision or a stage, as its file tells it."""

    checkpoint: Checkpoint
    kind: str
    of: str
    key: str
    again: Sequence[Sequence[int]]
    attested: Sequence[tuple[str, bytes, bytes]]
    told: Sequence[Told]

    @property
    def words(self) -> str:
        """Of what nothing was left out."""
        return f"{self.kind} {self.of[:10] if self.kind == 'decision' else self.of}"

    @property
    def text(self) -> str:
        """What is attested: that the labels of all records are those of their contents."""
        digest = hashlib.sha256()
        for at, each in enumerate(self.told, 1):
            if each.beside:
                digest.update(canonical({"beside": [*each.beside], "position": at}) + b"\n")
        for line in self.again:
            digest.update(canonical({"again": [*line]}) + b"\n")
        spelled = base64.b64encode(digest.digest()).decode()
        return f"rally-ledger/tags-derived@v1\n{self.checkpoint.text}{spelled}\n"


def read_whole(lines: Sequence[str], what: str) -> Whole:
    """A proof that nothing was left out, as a file holds it; nothing of it is proven yet.

    Raises:
        Wrong: it is none.
    """
    if lines[0] != COMPLETE or "" not in lines:
        raise Wrong(f"{what} is no proof that nothing was left out.")
    split = lines.index("")
    head, checkpoint = [*lines[1:split]], read_checkpoint(lines[split + 1 :], what)
    kind, of = _subject_of(head.pop(0) if head else "", what)
    key = ""
    if head and head[0].startswith(_KEY):
        key = head.pop(0)[len(_KEY) :]
        need(_is_public_line(key), what, "the key that it offers is none")
    again = list[list[int]]()
    while head and head[0].startswith(_AGAIN):
        spelled = head.pop(0)[len(_AGAIN) :].split(" ")
        again.append([_number_of(each, f"A position in {what}") for each in spelled])
    attested = list[tuple[str, bytes, bytes]]()
    while head and head[0].startswith(_MARK):
        attested.append(_read_mark(head.pop(0), what))
    if len({each[:2] for each in attested}) < len(attested):
        raise Wrong(f"{what} is attested twice by one key.")
    told = [_told(each, f"Line {at} of {what}") for at, each in enumerate(head, 1)]
    if len(told) != checkpoint.size:
        raise Wrong(f"{what} tells of {len(told)} records, and not of {checkpoint.size}.")
    if attested and not all(each.header for each in told):
        raise Wrong(f"{what} is attested, and has blinded records.")
    _must_be_in_order(again, {at for at, each in enumerate(told, 1) if each.header}, what)
    return Whole(checkpoint, kind, of, key, again, attested, told)


def _subject_of(line: str, what: str) -> tuple[str, str]:
    """Of what nothing was left out: of which kind, and how it is called."""
    kind, _, of = line[len(_SUBJECT) :].partition(" ")
    if not line.startswith(_SUBJECT) or kind not in ("crew", "decision", "stage"):
        raise Wrong(f"{what} does not say of what nothing is left out.")
    if not (_ID if kind == "decision" else _CODE).fullmatch(of):
        raise Wrong(f"{what} names no {kind}.")
    return kind, of


def _must_be_in_order(again: list[list[int]], shown: Collection[int], what: str) -> None:
    """Refuse what names the records that tell a line again in another way than the one."""
    every = [each for line in again for each in line]
    ordered = again == sorted(map(sorted, again)) and all(len(line) > 1 for line in again)
    if not ordered or len({*every}.intersection(shown)) < len(every):
        raise Wrong(f"{what} does not say in the one way which lines were told again.")


def _told(text: str, where: str) -> Told:
    try:
        found = read_json(text.encode())
    except (ValueError, RecursionError):
        raise Wrong(f"{where}: it is no JSON") from None
    kinds = found.keys() if isinstance(found, dict) else set[str]()
    if kinds == {"leaf"}:
        right = isinstance(found["leaf"], str) and _ID.fullmatch(found["leaf"]) is not None
        need(right and canonical(found).decode() == text, where, "it is no leaf")
        return Told(bytes.fromhex(found["leaf"]))
    right = {"header"} <= kinds <= {"beside", "header", "occurrence"}
    need(right, where, "it is neither a record nor the leaf of one")
    header, beside = found["header"], found.get("beside", [])
    need(_is_header(header), where, "its header is none")
    one_way = "beside" not in found or (
        isinstance(beside, list)
        and all(isinstance(each, str) and _LABEL.fullmatch(each) for each in beside)
        and beside == sorted({*beside} - {*header["tags"]})
        and bool(beside)
    )
    need(one_way and canonical(found).decode() == text, where, "it is not in canonical form")
    leaf = hashlib.sha256(b"\0" + canonical(header)).digest()
    if "occurrence" not in found:
        return Told(leaf, header, beside)
    said = found["occurrence"]
    need(isinstance(said, dict), where, "its content is none")
    need(sha256(canonical(said)) == header["id"], where, "its content was altered")
    return Told(leaf, header, beside, said)


def _is_header(header: Any) -> bool:
    if not isinstance(header, dict) or header.keys() != {*_HEADER}:
        return False
    texts = [header[each] for each in ("rally", "site", "id")]
    numbers = [header[each] for each in ("position", "received_at", "site_position")]
    tags = header["tags"]
    return (
        all(isinstance(each, str) for each in texts)
        and all(_CODE.fullmatch(each) for each in texts[:2])
        and _ID.fullmatch(texts[2]) is not None
        and all(type(each) is int for each in numbers)
        and 1 <= numbers[0] <= _LARGEST_POSITION
        and _EARLIEST_MS <= numbers[1] <= _LATEST_MS
        and abs(numbers[2]) <= _LARGEST_POSITION
        and isinstance(tags, list)
        and all(isinstance(each, str) for each in tags)
    )


def shown_by(proof: Whole) -> Shown:
    """What a proof shows that nothing was left out.

    Raises:
        Wrong: it does not lead to the root, a record is not what it says, or one is left out.
    """
    _must_lead_to_the_root(proof)
    ids, said = dict[str, int](), dict[str, Mapping[str, Any]]()
    for at, told in enumerate(proof.told, 1):
        if told.header:
            identity = told.header["id"]
            if identity in ids:
                raise Wrong(f"It has one occurrence twice, as #{ids[identity]} and #{at}.")
            ids[identity] = at
            if told.said is not None:
                _must_be_derived(told, told.said, f"#{at}")
                said[identity] = told.said
    at_position = {at: identity for identity, at in ids.items()}
    lines = [[at_position[each] for each in line] for line in proof.again]
    labels = {identity: proof.told[at - 1].labels for identity, at in ids.items()}
    own, every, numbers = Bearing(proof.kind, proof.of, labels, said, lines).found()
    _must_be_told_again(said, lines, ids)
    if proof.kind == "decision" and proof.of not in own:
        raise Wrong(f"The {proof.words} is not in it, or is none.")
    for identity, at in ids.items():
        if identity in every and identity not in said:
            raise Wrong(f"#{at} bears on {proof.words}, and was left out.")
        if identity in said and identity not in every:
            raise Wrong(f"#{at} is disclosed, and does not bear on {proof.words}.")
    mine = [ids[each] for each in said if each in own]
    others = [ids[each] for each in said if each not in own]
    return Shown(numbers, mine, others, len(ids) - len(said), len(proof.told) - len(ids))


def _must_lead_to_the_root(proof: Whole) -> None:
    """Refuse headers of another log, or in another order."""
    tree, rally = Tree(), _rally_of(proof.checkpoint.origin)
    for at, told in enumerate(proof.told, 1):
        tree.append(told.leaf)
        if told.header:
            here = told.header["position"], told.header["rally"]
            need(here == (at, rally), f"#{at}", f"#{here[0]} of {here[1]} stands in its place")
    if tree.root() != proof.checkpoint.root:
        raise Wrong(
            f"Its records are not those of the log of {proof.checkpoint.words}: "
            "with them the root would be another."
        )


def _rally_of(origin: str) -> str:
    """The rally that an origin names."""
    scheme, *parts = origin.split("/")
    found = [*map(unquote, parts)]
    again = "/".join(("rally-ledger", *(quote(each, safe="") for each in found)))
    right = scheme == "rally-ledger" and len(found) == 3 and all(found) and again == origin
    if not right or not re.fullmatch("[0-9a-f]{16}", found[0]):
        raise Wrong(f"{origin} is the origin of no rally.")
    return found[1]


def _must_be_derived(told: Told, said: Mapping[str, Any], which: str) -> None:
    """Refuse labels that are not those of the content."""
    try:
        need(said["type"] in _OFFICES, which, "its type is not known here: no tags are derived")
        need(said["rally"] == told.header["rally"], which, "its content is of another rally")
        tags = tags_of(said)
        need(tags == told.header["tags"], which, "its tags are not those of its content")
        named = beside_of(said, tags)
    except NOT_LAID_OUT:
        raise Wrong(f"{which}: its content is of no form that is known here") from None
    need(
        named == [*told.beside],
        which,
        "what it names beside its tags is not what its content names",
    )


def _must_be_told_again(
    said: Mapping[str, Mapping[str, Any]], lines: Iterable[Iterable[str]], ids: Mapping[str, int]
) -> None:
    """Of what is disclosed it has to be said which records tell one line of a source."""
    by_line = dict[tuple[str, str], list[int]]()
    for each, what in said.items():
        if line := _line_of(what):
            by_line.setdefault(line, []).append(ids[each])
    claimed = [sorted(ids[each] for each in line if each in said) for line in lines]
    found, told = ([e for e in of if len(e) > 1] for of in (by_line.values(), claimed))
    if sorted(map(sorted, found)) != sorted(told):
        raise Wrong("The lines of sources that it says were told again are not these.")


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _runs(positions: Sequence[int]) -> Iterator[str]:
    """Positions in their order, those that follow each other as "#1 to #17"."""
    steps = itertools.groupby(enumerate(positions), lambda each: each[1] - each[0])
    for _, run in steps:
        first, *more = [position for _, position in run]
        yield f"#{first} to #{more[-1]}" if more else f"#{first}"


_IF_RIGHT = "If its checkpoint is right"


class Bearing:
    """What bears on a crew, a decision or a stage, by the labels of records.

    `said` is what is disclosed, by ids, `lines` are those that tell one line of a source again.
    """

    def __init__(
        self,
        kind: str,
        of: str,
        labels: Mapping[str, Sequence[str]],
        said: Mapping[str, Mapping[str, Any]],
        lines: Iterable[Sequence[str]],
    ) -> None:
        self._kind = kind
        self._of = of
        self._labels = labels
        self._said = said
        self._again = {each: line for line in lines for each in line}
        self._with: dict[str, list[str]] = {}
        for each, of_it in labels.items():
            for label in of_it:
                self._with.setdefault(label, []).append(each)

    def found(self) -> tuple[set[str], set[str], list[str]]:
        """Its own records, all that bear on it, and the numbers of a crew."""
        numbers = self._numbers() if self._kind == "crew" else []
        if self._kind == "decision":
            own = self._connected()
        else:
            named = [f"crew:{each}" for each in numbers] or [f"stage:{self._of}"]
            own = {each for label in named for each in self._with.get(label, ())}
        every = own | {each for each in self._labels if self._is_general(self._labels[each])}
        every |= {named for each in own for named in self._named(each)}
        ahead = [*every]
        while ahead:
            each = ahead.pop()
            new = {*self._with.get(f"ref:{each}", ()), *self._again.get(each, ())} - every
            every |= new
            ahead += new
        return own, every, numbers

    def _numbers(self) -> list[str]:
        """The numbers that the crew has borne, or that were borne by who bore one of them."""
        numbers = {self._of: None}
        ahead = [self._of]
        while ahead:
            for each in self._with.get(f"crew:{ahead.pop()}", ()):
                said = self._said.get(each, {})
                if said.get("type") == "NumberReallocated":
                    both = (said["number"], said["new_number"])
                    new = [number for number in both if number not in numbers]
                    numbers |= dict.fromkeys(new)
                    ahead += new
        return [*numbers]

    def _connected(self) -> set[str]:
        """The decision, and those that name it or that it names, as far as that leads."""
        found, ahead = set[str](), [self._of]
        while ahead:
            each = ahead.pop()
            if each not in found and self._said.get(each, {}).get("type") in _DECISIONS:
                found.add(each)
                ahead += [*self._named(each), *self._with.get(f"ref:{each}", ())]
        return found

    def _is_general(self, labels: Sequence[str]) -> bool:
        """Whether it bears on everybody: it is about no crew, and amends nothing."""
        if self._kind == "decision":
            return False
        if self._kind == "stage":
            return not any(each.startswith(("crew:", "stage:", "ref:")) for each in labels)
        return _EVERYBODY in labels or not any(e.startswith(("crew:", "ref:")) for e in labels)

    def _named(self, identity: str) -> set[str]:
        """The records that one names, in its effects too."""
        said = self._said.get(identity)
        if said is None:
            return set()
        refs = (each.removeprefix("ref:") for each in _named_in(said))
        return {*refs} & self._labels.keys()


# -- the checks ----------------------------------------------------------------------------------


class Check:
    """One check of one evidence file: what was found, and what was looked at."""

    def __init__(
        self,
        files: Files,
        roots: Sequence[str] = (),
        trusted: str = "",
        papers: Mapping[str, bytes] = MappingProxyType({}),
        policy: bytes | None = None,
    ) -> None:
        self.files = files
        self.of_keys: list[str] = []
        self.rules_left: list[str] = []
        self.not_applied: list[str] = []
        key = key_of_line(trusted)
        self._trusted = _fingerprint(key) if key else trusted
        self._keys = [key] if key else []
        self._papers = papers
        self._stated = policy
        self._policy: Policy | None = None
        self.signed_by = ""
        self.findings: list[str] = []
        self.done: list[str] = []
        self.remarks: list[str] = []
        self._wanted = roots
        self._manifest: Any = None
        self._records: list[Record] = []
        self._by_id: dict[str, Record] = {}
        self._read: dict[str, Any] = {}
        self._of_kinds: dict[tuple[str, ...], list[Record]] = {}
        self._roots: list[str] = []
        self._amending: dict[str, list[Record]] = {}
        self._numbers: dict[str, set[str]] = {}
        self._lines: dict[tuple[str, str] | None, list[str]] = {}
        self._void: set[str] = set()
        self._powers = Powers(())
        self._known_persons: dict[str, dict[str, set[Any]]] = {}
        self._desk: Desk | None = None
        self._open: dict[str, set[str]] = {}
        self.unsure = ""

    def run(self) -> None:
        """Look at everything, part by part: one that fails does not keep the others from it."""
        self._part(MANIFEST, self._read_manifest)
        for name in sorted({*self.files, *self._listed()} - {MANIFEST}):
            self._part(name, partial(self._file, name))
        if self._manifest is not None and not self.findings:
            self.done.append(f"{len(self.files)} files: each has the digest of the manifest")
        if not self._part(RECORDS, self._read_records) or self._manifest is None:
            self.findings.append("What rests on the records and the manifest was not looked at.")
            return
        self._part(MANIFEST, self._head)
        self._part(RECORDS, self._asked_roots)
        self._part(RECORDS, self._fold)
        for name, check in (
            (PUBLICATIONS, self._posted_in_the_log),
            (DECISION, self._decision),
            (DOCKET, self._docket),
            (BEARING, self._bearing),
            (MOVES, self._moves),
            (RULES, self._rules),
            (PUBLICATIONS, self._publications),
            (EXHIBITS, self._exhibits),
        ):
            self._part(name, check)
        self._each("classifications/", self._of_classifications)
        self._each("why/", self._why)
        self._part(DECISION, self._explained)
        self._each("time-cards/", self._card)
        if self.unsure:
            self.remarks.append(f"Statuses and deadlines were not computed again: {self.unsure}.")
        self._part("The papers", self._all_papers)
        try:
            self._acts()
        except NOT_LAID_OUT as error:
            self.remarks.append(f"Signatures: they can't be read ({error}).")
        if self.files.get(CHECKER) != _own_bytes():
            self.remarks.append(f"{CHECKER} in it is another one than the one that runs here.")

    def not_checked(self) -> dict[str, list[str]]:
        """Every field whose value was compared with nothing, by the files that it stands in."""
        found: dict[str, dict[str, None]] = {}
        for name in sorted(self.files):
            if not name.endswith(".json") or name.startswith("exhibits/"):
                continue
            kind = _kind(name)
            known = CHECKED[kind] + COMPUTED.get(kind, []) * (self._desk is not None)
            known = [each for each in known if each not in self._open.get(name, ())]
            listed = found.setdefault(kind, dict.fromkeys(CHOSEN.get(kind, ())))
            listed |= dict.fromkeys(_beyond(leaves(self._json(name)), known))
        return {kind: [*fields] for kind, fields in found.items() if fields}

    def look_at_papers(self) -> None:
        """Look at checkpoints and proofs alone, without an evidence file."""
        self._part("The papers", self._all_papers)

    def _all_papers(self) -> None:
        """Checkpoints and proofs, from outside or on record: of this log, and signed by whom.

        What somebody put on record as a checkpoint may be none: that is told, and proves nothing.
        """
        if self._stated is not None:
            self._policy = read_policy(self._stated)
        kept = [
            (f"#{each.position}", str(each.said.get("checkpoint") or each.said.get("proof")))
            for each in self._records
            if each.said["type"] in ("CheckpointKept", "ProofKept")
        ]
        given = [(name, data, False) for name, data in self._papers.items()]
        given += [(name, text.encode("utf-8", "replace"), True) for name, text in kept]
        papers: list[tuple[Paper, bool]] = []
        for name, data, is_kept in given:
            try:
                papers.append((read_paper(name, data), is_kept))
            except Wrong as wrong:
                self._of_a_paper(name, str(wrong), kept=is_kept)
            except (*NOT_LAID_OUT, RecursionError):
                self._of_a_paper(name, "it can't be read", kept=is_kept)
        lines: list[Any] = [each.key for each, _ in papers]
        lines += [e.said.get("key") for e in self._records if e.said["type"] == "KeyRegistered"]
        offered = dict.fromkeys(self._keys or filter(None, map(key_of_line, lines)))
        keys = [each for each in offered if _fingerprint(each) == self._trusted]
        others = [each for each, of_log in papers if not of_log]
        for paper, is_kept in papers:
            try:
                self._fits(paper, others)
                signed = self._signed(paper, keys, must=not is_kept)
                self._seen(paper)
                how = "Proven" if signed else _IF_RIGHT
                if paper.whole:
                    self._whole(paper, paper.whole, how)
                elif paper.header and not self.files:
                    of = f"#{paper.header['position']} of {paper.header['rally']}"
                    said = f"{how}: {of}, {paper.kind}, id {paper.header['id'][:10]}"
                    self.done.append(f"{paper.name}: {said}")
            except Wrong as wrong:
                self._of_a_paper(paper.name, str(wrong), kept=is_kept)
        if self._trusted and not self.signed_by:
            none = "no checkpoint was given that could be signed by"
            some = "no checkpoint here is signed by" if papers else none
            self.of_keys.append(f"whose it is: {some} the key {self._trusted}")

    def _of_a_paper(self, name: str, what: str, *, kept: bool) -> None:
        (self.remarks if kept else self.findings).append(f"{name}: {what}")

    def _fits(self, paper: Paper, papers: Iterable[Paper]) -> None:
        """A checkpoint of this log has the root that the log has there."""
        found, where = paper.checkpoint, "The checkpoint"
        if self._records:
            self._fits_here(paper)
        elif not self.files:
            self.done.append(f"{paper.name}: {found.words} of {found.origin}")
        same_log = [each for each in papers if each.checkpoint.origin == found.origin]
        for each in same_log:
            if each.checkpoint.size == found.size:
                fork = f"{each.name} has another root at the same size: this is a fork"
                need(each.checkpoint.root == found.root, where, fork)
        if paper.old is None or self._records:
            return
        earlier = [each for each in same_log if each.checkpoint.size == paper.old]
        for each in earlier:
            must_go_on(paper.old, each.checkpoint.root, paper)
            self.done.append(f"{paper.name}: the log up to #{found.size} goes on from {each.name}")
        if not earlier:
            where = f"from where {paper.name} goes on"
            self.of_keys.append(f"{where}: a checkpoint of #{paper.old} is not here")

    def _fits_here(self, paper: Paper) -> None:
        found, size, here = paper.checkpoint, paper.checkpoint.size, len(self._records)
        where, ledger = "The checkpoint", self._records[0].leaf[:16]
        mine = found.origin.startswith(f"rally-ledger/{ledger}/")
        need(mine, where, f"it is of another log, {found.origin}")
        if size <= here:
            other = f"its root at #{size} is {found.root[:16]}, and the log has another there"
            same = found.root == self._roots[size]
            need(same, where, f"{other}: this is not the history that was there")
            self.done.append(f"{paper.name}: the log had its root at #{size}")
        elif paper.old == here:
            must_go_on(here, self._roots[here], paper)
            self.done.append(f"{paper.name}: the log up to #{size} goes on from this one")
        else:
            self.remarks.append(
                f"{paper.name} is of #{size}, and the log here ends before: "
                "a proof that it goes on is needed."
            )
        if paper.at is not None and paper.at < here:
            at = paper.at + 1
            same = self._records[at - 1].id == paper.header["id"]
            need(same, "The proof", f"record #{at} is another one here")
            self.done.append(f"{paper.name}: it proves record #{at}")

    def _signed(self, paper: Paper, keys: Collection[bytes], *, must: bool) -> bool:
        """Whether a trusted key has signed a checkpoint as its log.

        One that is handed over by itself must be, where a key is trusted that is at hand.
        """
        origin, text = paper.checkpoint.origin, paper.checkpoint.text
        logs = [Vkey(origin, OF_A_LOG, each) for each in keys]
        logs += self._policy.logs if self._policy else ()
        signed = False
        for key in dict.fromkeys(each for each in logs if each.name == origin):
            below = f"below the checkpoint {paper.checkpoint.words}"
            if signature_of(key, text, paper.checkpoint.signatures, below):
                signed, self.signed_by = True, _fingerprint(key.raw)
                said = f"it is signed by the key {self.signed_by}, which is trusted"
                self.done.append(f"{paper.name}: {said}")
        if logs and must and not signed and not self.files:
            raise Wrong(f"It is signed as {origin} by no key that is trusted.")
        return signed

    def _seen(self, paper: Paper) -> None:
        """Whether as many witnesses have signed a checkpoint as the policy asks for."""
        policy, name, found = self._policy, paper.name, paper.checkpoint
        if policy is None:
            return
        below = f"below the checkpoint {found.words}"
        signed = self._by_witnesses(policy, found.text, found.signatures, below)
        held = {each: when for each, when in signed.items() if when.checked}
        if policy.witnessed(held):
            said = self._by_whom(policy, held)
            self.done.append(f"{name}: it is witnessed as the policy asks, by {said}")
        elif not policy.quorum:
            none = "the policy asks for no witness, so nothing is called witnessed"
            self.of_keys.append(f"{name}: {none}")
        elif policy.witnessed(signed):
            of = next(policy.witnesses[each].name for each in signed if each not in held)
            unknown = "ML-DSA-44 is checked by `rally verify` only"
            self.of_keys.append(f"the cosignature of {of} below {name}: {unknown}")
        else:
            by = ", ".join(held) or "nobody"
            raise Wrong(f"It is not witnessed: {policy.asked} had to sign, and {by} did.")

    @staticmethod
    def _by_witnesses(
        policy: Policy, text: str, signatures: Sequence[tuple[str, bytes, bytes]], of: str
    ) -> dict[str, Signed]:
        """Which witnesses of a policy have signed a text."""
        signed = (
            (name, signature_of(key, text, signatures, of))
            for name, key in policy.witnesses.items()
        )
        return {name: found for name, found in signed if found}

    @staticmethod
    def _by_whom(policy: Policy, signed: Mapping[str, Signed]) -> str:
        return ", ".join(
            f"{policy.witnesses[each].name} at {_at(found.at_s)}" for each, found in signed.items()
        )

    def _whole(self, paper: Paper, proof: Whole, how: str) -> None:
        """That nothing was left out, as far as a proof shows it, and who attests the rest."""
        shown, name = shown_by(proof), paper.name
        crew = f"crew {' and '.join(shown.numbers)}"
        subject = crew if len(shown.numbers) > 1 else proof.words
        whole = "not all are shown" if shown.blinded else "complete"
        counts = f"{_many(len(shown.own), 'record')} of its own, {len(shown.others)} more"
        said = f"{how}: {subject} up to #{proof.checkpoint.size}, {whole}: {counts}"
        self.done.append(f"{name}: {said}")
        if shown.own:
            own = (f"#{at} {(proof.told[at - 1].said or {})['type']}" for at in shown.own)
            self.done.append(f"{name}: of its own {', '.join(own)}")
        if shown.others:
            why = "more that bears on it, by being about these or about everybody"
            self.done.append(f"{name}: {why}: {', '.join(_runs(shown.others))}")
        if shown.withheld:
            headers = "withheld: by their headers they are about others"
            self.done.append(f"{name}: {shown.withheld} {headers}")
        enough = False
        if self._policy and proof.attested:
            of = "by which it attests"
            keys = {n: k for n, k in self._policy.witnesses.items() if k.manner == OF_A_WITNESS}
            among = self._policy._replace(witnesses=keys)
            signed = self._by_witnesses(among, proof.text, proof.attested, of)
            enough = self._policy.witnessed(signed)
            if signed:
                by = self._by_whom(among, signed)
                self.done.append(f"{name}: all tags are attested by {by}")
        if shown.withheld and not enough:
            nobody = ": no policy names who could attest it"
            why = "that they are those of the contents rests on the word of the log"
            why += nobody * (bool(proof.attested) and self._policy is None)
            withheld = _many(shown.withheld, "withheld record")
            self.of_keys.append(f"{name}: the tags of {withheld}: {why}")
        if shown.blinded:
            why = f"whether one bears on {proof.words} nobody can tell who has no log"
            self.of_keys.append(f"{name}: {_many(shown.blinded, 'blinded record')}: {why}")

    def _acts(self) -> None:
        """What the signatures over acts are worth: such as are worth nothing prove nothing."""
        if not any(each.said["type"] in _OF_KEYS for each in self._records):
            return
        told = Signatures(self._records, self._powers.idle)
        if told.amended:
            self.of_keys.append("keys of office: what says whose they are was amended, or adopted")
        valid = [each for each in told.found if each.state == "valid"]
        rest = f"keys of office: they rest on the key {told.first}, and"
        if not told.first:
            self.of_keys.append("keys of office: no key of the organiser on record signed itself")
        elif not self._trusted:
            self.of_keys.append(f"{rest} none is trusted")
        elif self._trusted != told.first:
            self.of_keys.append(f"{rest} not on the one that is trusted")
        else:
            self.done.append(f"the keys of office rest on the key {told.first}, which is trusted")
        acts = len({each.of for each in valid})
        how = "each by a key of its office in its term"
        self.done.append(f"{len(valid)} signatures over {acts} acts hold, {how}")
        words = [
            f"#{each.by}: {f'#{each.of}' if each.of else 'a record that is not in the log'} "
            f"is signed {WORTH[each.state]}"
            for each in told.found
            if each.state != "valid"
        ]
        self.remarks += words[:MOST_SAID]
        if len(words) > MOST_SAID:
            self.remarks.append(
                f"and {len(words) - MOST_SAID} signatures more that are worth nothing"
            )

    def _part(self, name: str, check: Callable[[], None]) -> bool:
        """One part of the check; whatever is wrong with it is a finding that says where."""
        try:
            check()
        except Wrong as wrong:
            self.findings.append(str(wrong))
        except NOT_LAID_OUT as error:
            self.findings.append(
                f"{name}: it is not laid out as an evidence file is ({_why(error)})"
            )
        except RecursionError:
            self.findings.append(f"{name}: it is nested deeper than any evidence file is")
        else:
            return True
        return False

    def _each(self, folder: str, check: Callable[[str], None]) -> None:
        names = [name for name in sorted(self.files) if name.startswith(folder)]
        right = [self._part(name, partial(check, name)) for name in names]
        if all(right):
            self.done.append(f"{len(names)} files in {folder}: they add up, and fit the records")

    def _json(self, name: str) -> Any:
        need(name in self.files, name, "it is missing")
        if name not in self._read:
            found = read_json(self.files[name])
            _laid_out(name, found)
            self._read[name] = found
        return self._read[name]

    # -- the manifest ----------------------------------------------------------------------------

    def _read_manifest(self) -> None:
        found = self._json(MANIFEST)
        need(canonical(found) + b"\n" == self.files[MANIFEST], MANIFEST, "it was spelled anew")
        need(found["format"] == FORMAT, MANIFEST, f"it is not of the format {FORMAT!r}")
        names = [each["name"] for each in found["files"]]
        need(names == sorted({*names}), MANIFEST, "its files are not in the order of their names")
        self._listed_in(found)
        self._manifest = found

    def _listed(self) -> dict[str, Any]:
        return {} if self._manifest is None else self._listed_in(self._manifest)

    @staticmethod
    def _listed_in(manifest: Any) -> dict[str, Any]:
        return {str(each["name"]): each for each in manifest["files"]}

    def _file(self, name: str) -> None:
        need(_NAME.fullmatch(name) is not None and ".." not in name, name, "it has no plain name")
        if self._manifest is None:
            return
        listed = self._listed()
        need(name in self.files, name, "it is missing")
        need(name in listed, name, "it is not in the manifest")
        content, claim = self.files[name], listed[name]
        same = (claim["size"], claim["sha256"]) == (len(content), sha256(content))
        need(same, name, "it does not have the size and the digest that the manifest gives it")
        known = any(fnmatch(name, each) for each in (*CHECKED, *UNREAD))
        need(known, name, "an evidence file has no such file")

    # -- the log ---------------------------------------------------------------------------------

    def _read_records(self) -> None:
        """Every line: spelling, position, id, leaf; and the root at every position."""
        need(RECORDS in self.files, RECORDS, "it is missing")
        *lines, rest = self.files[RECORDS].split(b"\n")
        need(not rest, f"{RECORDS} line {len(lines) + 1}", "it ends in the middle of a line")
        tree, before = Tree(), 0
        self._roots.append(tree.root())
        for position, line in enumerate(lines, 1):
            where = f"{RECORDS} line {position}"
            found = self._line(line, position)
            need(found.received_at >= before, where, "it was received before the one above it")
            need(found.id not in self._by_id, where, "it is there twice")
            self._records.append(found)
            self._by_id[found.id] = found
            before = found.received_at
            if found.said["type"] in ("Corrected", "Voided"):
                self._amending.setdefault(found.said["target"], []).append(found)
            if (told := _line_of(found.said)) is not None:
                self._lines.setdefault(told, []).append(found.id)
            tree.append(bytes.fromhex(found.leaf))
            self._roots.append(tree.root())
        self._powers = powers = Powers(self._records)
        self._void = _void_among({each.id: each.said for each in self._records}, powers.idle)
        if powers.unsure:
            self._not_sure(powers.unsure)
        self._share_numbers()

    @staticmethod
    def _line(line: bytes, position: int) -> Record:
        try:
            return record_of(line, position)
        except (*NOT_LAID_OUT, RecursionError) as error:
            raise Wrong(f"{RECORDS} line {position}: it is no record ({_why(error)})") from None

    def _head(self) -> None:
        """What the manifest says of the log: how many records, with which root, of which rally."""
        basis, size = self._manifest["basis"], len(self._records)
        need(size > 0, RECORDS, "it is empty")
        need(basis["position"] == basis["head"] == size, RECORDS, _of(size, basis["position"]))
        root = self._roots[size]
        need(basis["root"] == root, RECORDS, f"its root is {root}, and not {basis['root']}")
        first, last = self._records[0], self._records[-1]
        need(basis["effective_at"] is None, MANIFEST, "it is cut by the time of facts")
        need(basis["rulebook"] in self._regulations(size), MANIFEST, "it is by other rules")
        need(basis["ledger"] == first.leaf[:16], MANIFEST, "it names another ledger")
        need(basis["received_at"] == iso((last.received_at, 0)), MANIFEST, "it names another time")
        for each in self._records:
            where = f"{RECORDS} line {each.position}"
            need(each.said["rally"] == basis["rally"], where, "it is of another rally")
        self.done.append(f"{size} records without a gap: ids, leaf hashes, and the root over them")

    def _asked_roots(self) -> None:
        for asked in self._wanted:
            text = asked.lower().strip()
            fits = len(text) >= LEAST_DIGITS and not set(text) - set("0123456789abcdef")
            need(fits, "--root", f"{asked} is no root: give at least {LEAST_DIGITS} hex digits")
            found = enumerate(self._roots)
            sizes = [size for size, root in found if size and root.startswith(text)]
            need(bool(sizes), RECORDS, f"no beginning of it has the root {asked}")
            size = sizes[-1]
            rest = len(self._records) - size
            more = f"; the {rest} after them are not covered by it" if rest else ""
            self.done.append(f"the root {text} is that of records 1 to {size}{more}")

    def _posted_in_the_log(self) -> None:
        """What was computed and posted: the root at its cut-off, the digest of its rows."""
        site, count = self._records[0].site, dict.fromkeys(_COMPUTED, 0)
        for each in self._told(*_COMPUTED):
            kind = each.said["type"]
            where = f"{RECORDS} line {each.position}, document {each.said.get('document', '')}"
            cut_off, digest = each.said.get("position", 0), each.said.get("digest", "")
            if digest:
                right = content_digest(_COMPUTED[kind](each.said))
                need(digest == right, where, "its rows have another digest")
            if root := each.said.get("root", ""):
                fits = cut_off < each.position and self._roots[cut_off] == root
                if not fits and each.site != site:
                    self.remarks.append(f"{where}: it rests on the log of {each.site}.")
                    continue
                need(fits, where, f"the log up to #{cut_off} does not have the root that it names")
                count[kind] += 1
        posted, orders = count.values()
        self.done.append(
            f"{posted} published classifications and {orders} start orders: digests, and roots at "
            "their cut-offs"
        )

    def _record(self, where: str, position: Any, identity: str) -> Record:
        """The record that something names by position and id."""
        known = isinstance(position, int) and 1 <= position <= len(self._records)
        need(known, where, f"there is no record #{position}")
        found: Record = self._records[position - 1]
        need(found.id == identity, where, f"record #{position} is not {identity}")
        return found

    def _told(self, *kinds: str) -> list[Record]:
        """The records of some types, in their order: in a long log each type is looked for once."""
        if kinds not in self._of_kinds:
            self._of_kinds[kinds] = [each for each in self._records if each.said["type"] in kinds]
        return self._of_kinds[kinds]

    def _known(self, where: str, positions: Iterable[int]) -> None:
        for each in positions:
            need(each in range(1, len(self._records) + 1), where, f"there is no record #{each}")

    def _versions(self, record: Record) -> list[dict[str, Any]]:
        """What a record says, and what corrections make of it, each by itself.

        A correction to what no such field can hold changes nothing.
        """
        versions, ahead = [record.said], self._copies(record)
        seen = {record.id}
        while ahead:
            for each in self._amending.get(ahead.pop(), ()):
                if each.said["type"] == "Corrected" and each.id not in seen:
                    seen.add(each.id)
                    ahead += self._copies(each)
                    changes = each.said["changes"]
                    if all(can_hold(name, value) for name, value in changes.items()):
                        versions.append({**record.said, **changes})
        return versions

    def _share_numbers(self) -> None:
        """The numbers that were given to one crew after another stand for each other."""
        for each in self._records:
            if each.said["type"] == "NumberReallocated":
                for said in self._versions(each):
                    named = [said.get("number"), said.get("new_number")]
                    group = {str(one) for one in named}.union(*map(self._bearers, named))
                    self._numbers |= dict.fromkeys(group, group)

    def _bearers(self, number: Any) -> set[str]:
        return self._numbers.get(str(number), {str(number)})

    def _bearer(self, number: Any) -> str:
        """One name for all numbers that one crew had."""
        return min(self._bearers(number))

    def _of_now(self, value: Any) -> Any:
        """A value of a register entry with the crews in it under one name each."""
        if isinstance(value, str):
            told = self._by_id.get(value)
            return min(self._copies(told)) if told else self._bearer(value)
        if isinstance(value, (list, tuple)):
            return [self._of_now(each) for each in value]
        if isinstance(value, dict):
            return {name: self._of_now(each) for name, each in value.items()}
        return value

    def _copies(self, record: Record) -> list[str]:
        """The ids of a line of a source, which may have been told at several sites."""
        return self._lines.get(_line_of(record.said), [record.id])[:]

    def _counts(self, record: Record) -> bool:
        """Whether nobody struck it out, and it is no line of a source that was told twice."""
        return not self._is_void(record.id) and len(self._copies(record)) == 1

    # -- what stands -----------------------------------------------------------------------------

    def _is_void(self, identity: str) -> bool:
        """Whether it should never have been entered, or nobody who may took it."""
        return identity in self._void

    def _tips(self, identity: str, path: tuple[Record, ...] = ()) -> Iterator[tuple[Record, ...]]:
        """The chains of corrections in force on a record, each up to its end."""
        further: list[tuple[Record, ...]] = []
        for each in self._amending.get(identity, ()):
            if each.said["type"] == "Corrected":
                chain = path if self._is_void(each.id) else (*path, each)
                further += self._tips(each.id, chain)
        if further:
            yield from {tuple(each.id for each in chain): chain for chain in further}.values()
        elif path:
            yield path

    def _now(self, record: Record) -> list[dict[str, Any]]:
        """What stands of a record: nothing if it is void, else with the corrections to the tip.

        Where that is not settled here it is any of several.
        """
        if self._is_void(record.id):
            return []
        if len(self._copies(record)) > 1 or self._powers.unsure:
            return self._versions(record)
        tips = [*self._tips(record.id)] or [()]
        changes = [each.said["changes"] for chain in tips for each in chain]
        if not all(all(map(_can_stay, each, each.values())) for each in changes):
            return self._versions(record)
        return [_corrected(record.said, chain) for chain in tips]

    def _fold(self) -> None:
        """What stands of the desk and of the rules, with the values that corrections gave it."""
        facts = [*self._standing()]
        self._desk = None if self.unsure else Desk(facts)
        for clock in self._told(*_CLOCKS):
            if not self._is_void(clock.id):
                self._not_sure(f"#{clock.position} declares a clock wrong")

    def _standing(self) -> Iterator[Fact]:
        for each in self._records:
            if each.said["type"] not in _OF_THE_DESK or self._is_void(each.id):
                continue
            tips = [*self._tips(each.id)]
            if len(tips) > 1:
                self._not_sure(f"corrections of #{each.position} stand side by side")
            if len(self._copies(each)) > 1:
                self._not_sure(f"#{each.position} was told twice")
            held = []
            for correction in itertools.chain(*tips[:1]):
                changes = correction.said["changes"]
                if all(map(_can_stay, changes, changes.values())):
                    held.append(correction)
                else:
                    self._not_sure(f"#{correction.position} can't be carried out")
            yield Fact(each.position, each.id, _corrected(each.said, held))

    def _not_sure(self, why: str) -> None:
        """Statuses and deadlines can't be computed again, and the report says so."""
        self.unsure = self.unsure or why
        self._desk = None

    def _persons(self, number: str) -> dict[str, set[Any]]:
        """What the records say of the crew that bears a number, by field: any of it may stand."""
        if number in self._known_persons:
            return self._known_persons[number]
        found: dict[str, set[Any]] = {name: set() for name in _OF_AN_ENTRY}
        for said in self._entries:
            named = {said.get("number"), said.get("new_number")}
            if named.isdisjoint(self._bearers(number)):
                continue
            for name, fields in _OF_AN_ENTRY.items():
                told = [said.get(each) for each in fields]
                told += [""] * (said["type"] == "CrewEntered" and name not in said)
                found[name] |= {e for one in told if one is not None for e in _several(one)}
        self._known_persons[number] = found
        return found

    @cached_property
    def _entries(self) -> list[dict[str, Any]]:
        """What the records say of who is in a crew, corrected or not: few, however long the log."""
        told = self._told(*_ENTRIES)
        ruled = (
            {"number": number, **effect.get("fields", {}), "type": effect["act"]}
            for each in self._told(*DECISIONS)
            for said in self._versions(each)
            for effect in said.get("effects", ())
            if effect["act"] in _ENTRIES
            for number in self._said_around(each, said, "number")
        )
        return [*(said for each in told for said in self._versions(each)), *ruled]

    def _regulations(self, until: int) -> set[str]:
        """The names of the regulations that were adopted up to a position; "" where none were."""
        adopted = [e for e in self._told("RegulationsAdopted") if e.position <= until]
        if until == len(self._records):
            adopted = [each for each in adopted if each.id not in self._powers.idle]
        names = {said["rulebook"] for each in adopted for said in self._versions(each)}
        as_adopted = (e for e in adopted if self._amending.keys().isdisjoint(self._copies(e)))
        sure = any(each.id not in self._powers.refused for each in as_adopted)
        sure = sure and not self._powers.unsure and self._powers.said_last <= until
        return names if sure else names | {""}

    def _of_a_crew(self, where: str, row: Mapping[str, Any], *also: str) -> None:
        """Who is in a crew, and what it drives, is what its entry says."""
        known = self._persons(row["number"])
        for name in ("driver", *also):
            for each in row[name] if name == "codrivers" else [row[name]]:
                need(each in known[name], where, f"no record says {name} {each!r} of the crew")

    # -- the case --------------------------------------------------------------------------------

    def _decision(self) -> None:
        """The register entry says what the record of the decision says, and so do its relatives."""
        found, named = self._json(DECISION), self._manifest["decision"]
        entry = found["entry"]
        same = (entry["position"], entry["id"]) == (named["position"], named["id"])
        need(same, DECISION, f"its entry is not the one of #{named['position']}")
        ids = [each["id"] for each in (entry, *found["chain"])]
        need(len(ids) == len({*ids}), DECISION, "a decision is in it twice")
        for each in (entry, *found["chain"]):
            where = f"{DECISION} entry of #{each['position']}"
            record = self._record(where, each["position"], each["id"])
            versions = self._versions(record)
            effects = [tuple(one[name] for name in _EFFECT) for one in each["effects"]]
            shown = {**each, "effects": effects}
            for name, allowed in entry_of(versions).items():
                need(
                    self._of_now(shown[name]) in [self._of_now(one) for one in allowed],
                    where,
                    f"{name} is {shown[name]!r}; the record says {allowed[0]!r}",
                )
            told_of = each.get("concerns", [])
            need(len(told_of) == len(set(told_of)), where, "it concerns a crew twice")
            concerned = set(map(self._bearer, told_of))
            if self._manifest["basis"]["edition"] >= SAYS_WHOM_IT_CONCERNS:
                for crew in set.intersection(*map(crews_named, versions)):
                    need(self._bearer(crew) in concerned, where, f"it concerns crew {crew}, too")
            possible, sure = self._concerned(versions)
            extra = concerned - possible
            need(not extra, where, f"it does not concern crew {', '.join(sorted(extra))}")
            if not sure:
                self._open.setdefault(DECISION, set()).update(("entry.concerns", "chain.concerns"))
            elif "concerns" in each:
                missing = possible - concerned
                need(not missing, where, f"it concerns crew {', '.join(sorted(missing))}, too")
            for step in each["steps"]:
                told = self._record(where, step["position"], step["id"])
                need(step["type"] == told.said["type"], where, f"step #{step['position']} is none")
                need(step["by"] == told.said.get("by", ""), where, "a step is by somebody else")
                moments = [iso(Fact(0, "", said).moment) for said in self._versions(told)]
                need(step["at"] in moments, where, f"step #{step['position']} was at another time")
            self._in_order(where, each["steps"])
            self._stands(where, each, versions)
            self._complete(where, record, {step["id"] for step in each["steps"]})
            self._known(where, each["positions"])
        name = entry["decision"] and f"{entry['series']}-{entry['decision']}"
        need(named["name"] in (name, entry["series"]), MANIFEST, "it names another decision")
        self.done.append(f"the register entry of {named['name']}: it says what its record says")

    def _in_order(self, where: str, steps: Sequence[Mapping[str, Any]]) -> None:
        """The steps stand in the order in which they were recorded, each once."""
        ids = [step["id"] for step in steps]
        need(len(ids) == len(set(ids)), where, "a step is in it twice")
        if self._desk is not None:
            facts = [self._desk.fact(each) for each in ids]
            ordered = sorted(facts, key=lambda fact: (fact.said["recorded_at"][0], fact.order))
            need(facts == ordered, where, "its steps are out of order")

    def _concerned(self, versions: Sequence[Mapping[str, Any]]) -> tuple[set[str], bool]:
        """The crews that a decision names, or that what it is about does; whether it is all those.

        Of what was amended, some may be meant no more.
        """
        ahead, crews, passed = [*versions], set[str](), set[str]()
        sure = len(versions) == 1
        while ahead:
            said = ahead.pop()
            crews |= crews_named(said)
            about = {each for each in _named_by(said) if each} - passed
            passed |= about
            for each in about & self._by_id.keys() - self._powers.idle:
                told = self._by_id[each]
                ahead += self._versions(told)
                sure = sure and each not in self._amending and self._copies(told) == [each]
        return set(map(self._bearer, crews)), sure

    def _stands(self, where: str, entry: Any, versions: Sequence[Mapping[str, Any]]) -> None:
        """What became of a decision follows from the records: its status, and that of its effects.

        Where the records can't tell it alone, the status still is that of each effect and row.
        """
        for effect in entry["effects"]:
            right = effect["in_force"] == (effect["status"] == IN_FORCE)
            need(right, where, "an effect is in force, and is not")
        by_court = self._by_id[entry["id"]].said["type"] == "CourtDecisionIssued"
        if entry["driver"]:
            self._of_a_crew(where, {**entry, "team": entry["competitor"]}, *["team"] * by_court)
        else:
            open_ = {f"{of}.{name}" for of in _ENTRIES_IN for name in _OF_ITS_CREW[: 1 + by_court]}
            self._open.setdefault(DECISION, set()).update(open_)
        documents = [said.get("document") or "" for said in versions]
        for each in self._posted_about.get(entry["id"], ()):
            documents += [str(said.get("document")) for said in self._versions(each)]
        need(entry["document"] in documents, where, "no record gives it that document number")
        if self._desk is None:
            return
        fact = self._desk.decided(where, min({*self._copies(self._by_id[entry["id"]])}))
        for name, value in self._desk.entry(fact).items():
            same = self._of_now(entry[name]) == self._of_now(value)
            need(same, where, f"{name} is {entry[name]!r}; by the records it is {value!r}")
        became = self._desk.effects(fact)
        for effect, status in zip(entry["effects"], became, strict=True):
            told, of = effect["status"], effect["act"]
            right = told == status or (status, told) == (IN_FORCE, NOTHING_DONE)
            need(right, where, f"{of} is {told}; by the records it is {status}")

    @cached_property
    def _posted_about(self) -> dict[str, list[Record]]:
        """The records that say themselves what they are about, by that."""
        found: dict[str, list[Record]] = {}
        for each in self._records:
            if about := each.said.get("about"):
                found.setdefault(str(about), []).append(each)
        return found

    def _complete(self, where: str, record: Record, steps: set[str]) -> None:
        """Everything of the desk that names the decision is a step of it."""
        for each in self._steps.get(record.id, ()):
            need(each.id in steps, where, f"the step #{each.position} is missing")

    @cached_property
    def _steps(self) -> dict[str, list[Record]]:
        """What is of the desk and counts, by each record that it names however it was corrected."""
        found: dict[str, list[Record]] = {}
        for each in self._told(*STEPS):
            if self._counts(each):
                first, *others = map(_named_by, self._versions(each))
                for name in first.intersection(*others):
                    found.setdefault(name, []).append(each)
        return found

    def _docket(self) -> None:
        """Deadlines, what was lodged, and how it ended: by the records and the rules in them."""
        found, named = self._json(DOCKET), self._manifest["decision"]
        entry = self._json(DECISION)
        entries = {each["id"]: each for each in (entry["entry"], *entry["chain"])}
        listed = [each["id"] for each in found["rows"]]
        need(named["id"] in listed, DOCKET, "it has no row of it")
        need(sorted(listed) == sorted(entries), DOCKET, "a decision is missing, or is too many")
        for row in found["rows"]:
            where = f"{DOCKET} row of #{row['position']}"
            self._record(where, row["position"], row["id"])
            status = entries[row["id"]]["status"]
            need(row["status"] == status, where, f"its status is {status} in {DECISION}")
            for matter in row["matters"]:
                self._matter(f"{DOCKET} matter #{matter['position']}", matter)
            if self._desk is not None:
                fact = self._desk.decided(where, row["id"])
                self._as_computed(where, row, self._desk.row(fact))
        if self._desk is not None:
            self.done.append("the docket: deadlines, what was lodged, and how it ended")

    def _as_computed(self, where: str, row: Mapping[str, Any], computed: Mapping[str, Any]) -> None:
        old = self._manifest["basis"]["edition"] < SAYS_WHOM_IT_CONCERNS
        for name, value in computed.items():
            if name == "undefined" and name not in row and old:
                continue
            if name == "matters":
                ids = [each["id"] for each in row[name]]
                need(ids == [each["id"] for each in value], where, "it lists other matters")
                for one, other in zip(row[name], value, strict=True):
                    self._as_computed(f"{DOCKET} matter #{one['position']}", one, other)
            else:
                same = self._of_now(row[name]) == self._of_now(value)
                need(same, where, f"{name} is {row[name]!r}; by the records it is {value!r}")

    def _matter(self, where: str, matter: Mapping[str, Any]) -> None:
        """What was lodged is what its record says, whoever lodged it."""
        told = self._record(where, matter["position"], matter["id"])
        lodged = self._happened(self._versions(told))
        need(matter["lodged_at"] in lodged, where, "it was not lodged then")
        numbers = [self._bearer(each.get("number") or "") for each in self._versions(told)]
        need(self._bearer(matter["number"]) in numbers, where, "it was lodged by another crew")

    def _happened(self, versions: Iterable[Mapping[str, Any]]) -> list[str]:
        """When it may have happened: as its clock showed it, or as that was put right."""
        ahead = {0}
        for clock in self._told(*_CLOCKS):
            ahead |= {each["ahead_ms"] for each in self._versions(clock)}
        shown = [each.get("fact_at") or each["recorded_at"] for each in versions]
        return [iso([ms - by, offset]) for ms, offset in shown for by in ahead]

    def _bearing(self) -> None:
        """The records that bear on it: their bytes are those of the log, the text is of them."""
        rows, before = self._json(BEARING)["records"], 0
        for number, row in enumerate(rows, 1):
            where = f"{BEARING} row {number}"
            told = self._record(where, row["position"], row["id"])
            need(row["position"] > before, where, "it is out of order")
            need(row["bytes"].encode() == told.data, where, "these are not the bytes of the record")
            need(row["type"] == told.said["type"], where, f"it is a {told.said['type']}")
            said = told.said.get("by", ""), told.said.get("role", ""), iso(told.said["recorded_at"])
            need(tuple(row[name] for name in _SAME_IN_BOTH) == said, where, "it is by another")
            before = row["position"]
        there = {row["id"] for row in rows}
        entry = self._json(DECISION)["entry"]
        for each in (entry, *entry["steps"]):
            need(each["id"] in there, BEARING, f"record #{each['position']} is missing")
        need(WORDS in self.files, WORDS, "it is missing")
        need(self.files[WORDS] == words_of(rows), WORDS, f"it does not say what {BEARING} says")
        self.done.append(f"{len(rows)} records that bear on it: their bytes are those of the log")

    def _moves(self) -> None:
        names = [name for name in self.files if _DIFFERENCE in name]
        need(bool(names) and MOVES in self.files, MOVES, "it is missing, or what it tells is")
        for folder in self._folders():
            for each in _IN_A_FOLDER:
                need(
                    f"{folder}/{each}.json" in self.files, f"{folder}/{each}.json", "it is missing"
                )
        text = moves_of({name: self._json(name) for name in names})
        need(self.files[MOVES] == text, MOVES, "it does not say what the differences say")

    def _folders(self) -> list[str]:
        """The classifications that there have to be, by their folders.

        Overall and after each stage that the decision names, and each in every category of which
        there is one.
        """
        there = {each.split("/")[1] for each in self.files if each.startswith("classifications/")}
        entry = self._json(DECISION)["entry"]
        named = [entry["stage"], *(each["fields"].get("stage") for each in entry["effects"])]
        parts = ["overall", *(f"after-{e}" for e in dict.fromkeys(named) if e in self._planned)]
        scopes = [self._json(f"classifications/{e}/with.json")["scope"] for e in sorted(there)]
        within = dict.fromkeys(each["category"] for each in scopes if each["category"])
        asked = [
            each if category is None else f"{each}-{category}"
            for each in parts
            for category in (None, *within)
        ]
        return [f"classifications/{each}" for each in sorted({*there, *map(plain_name, asked)})]

    def _explained(self) -> None:
        """Whom it concerns has an explanation of each total; of others nothing is compared."""
        entry, told = self._json(DECISION)["entry"], list[str]()
        concerned = entry.get("concerns", [entry["number"]])
        for folder in self._folders():
            found, name = self._json(f"{folder}/with.json"), folder.split("/")[1]
            if found["refused"] or found["scope"]["category"]:
                continue
            listed = {row["number"] for row in (*found["rows"], *found["unclassified"])}
            whys = {each: f"why/{name}/{plain_name(each)}.json" for each in sorted(listed)}
            for each in concerned:
                missing = each in whys and whys[each] not in self.files
                need(not missing, whys.get(each, ""), "it is missing")
            have = [each for each, why in whys.items() if why in self.files]
            told.append(f"{name}/with.json ({', '.join(have) or 'none'})")
        none = "of the totals those alone were held against records that why/ explains"
        self.not_applied.append(f"classifications/: {none}: {'; '.join(told) or 'none'}")
        lacking = [
            e for e in concerned if e and f"time-cards/{plain_name(e)}.json" not in self.files
        ]
        if lacking:
            self.not_applied.append(f"time-cards/: there is none of crew {', '.join(lacking)}")

    def _rules(self) -> None:
        """The rules are those of the regulations on record: value, provenance, and what set it."""
        found = self._json(RULES)
        entry = self._json(DECISION)["entry"]
        stage = found["for"]["stage"]
        named = {entry["stage"], *(e["fields"].get("stage") for e in entry["effects"])}
        on_stage = stage in named or (stage is None and not self._staged(named))
        need(on_stage, RULES, f"the decision is not about {stage}")
        if stage is None and named - {
            "",
            None,
        }:  # whether that is a stage may rest on what was amended
            self._open.setdefault(RULES, set()).add("for")
        moments = self._happened(self._versions_of(entry))
        need(found["for"]["at"] in moments, RULES, f"{found['for']['at']} is another moment")
        need(found["for"].keys() == {"at", "stage"}, RULES, "it says more of what it is for")
        articles = [each.get("infringement") or "" for each in self._versions_of(entry)]
        need(found["infringement"] in articles, RULES, f"the decision says {articles[0]!r}")
        for number, row in enumerate(found["parameters"], 1):
            where, pair = f"{RULES} row {number}", (row["value"], row["provenance"])
            right = canonical(pair) in map(canonical, self._ever_set.get(row["name"], ()))
            need(right, where, f"no record sets {row['name']} to {pair[0]!r} by {pair[1]!r}")
        names = [row["name"] for row in found["parameters"]]
        self.rules_left = [e for e in names if self._desk is None or e not in APPLIED_RULES]
        amended = [*found["applied"], *found["not_in_force"]]
        self._known(RULES, (each["position"] for each in amended))
        if self._desk is not None:
            ms = round(datetime.fromisoformat(found["for"]["at"]).timestamp() * 1000)
            rules = self._desk.rules(ms, stage)
            self._as_adopted(found, rules)
            self.done.append(f"{len(rules.values)} rules: as the regulations on record set them")

    @cached_property
    def _ever_set(self) -> dict[str, list[tuple[Any, Any]]]:
        """What regulations and bulletins set each rule to, and by what, corrected or not."""
        found: dict[str, list[tuple[Any, Any]]] = {}
        for record in self._told(*_CARRY_RULES):
            for version in self._versions(record):
                for name, value in (version.get("parameters") or {}).items():
                    source = (version.get("provenance") or {}).get(name, "")
                    found.setdefault(name, []).append((value, source))
                for each in version.get("later") or ():
                    pair = each["value"], each.get("provenance", "")
                    found.setdefault(each["parameter"], []).append(pair)
        return found

    @cached_property
    def _may_close_up(self) -> bool:
        """Whether rules said at some time that no place stays empty behind one that is shared."""
        return any(value == NEXT_FOLLOWS for value, _ in self._ever_set.get(SHARED_PLACE, ()))

    def _staged(self, stages: Collection[Any]) -> bool:
        """Whether one of these is a stage of the rally, whatever was put right of the plan."""
        planned = (
            self._versions(each) for each in self._told("StageScheduled") if self._counts(each)
        )
        return any(all(said.get("stage") in stages for said in each) for each in planned)

    def _versions_of(self, entry: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self._versions(self._by_id[entry["id"]])

    @staticmethod
    def _as_adopted(found: Any, rules: Rules) -> None:
        need(found["rulebook"] == rules.name, RULES, f"the regulations are {rules.name}")
        listed = {each["name"]: each for each in found["parameters"]}
        need(len(listed) == len(found["parameters"]), RULES, "a rule is in it twice")
        other = listed.keys() ^ rules.values.keys()
        need(not other, RULES, f"{', '.join(sorted(other))}: missing, or in no regulations")
        for name, row in listed.items():
            told = row["value"], row["provenance"], row["set_by"]
            right = rules.values[name], rules.provenance.get(name, ""), rules.set_by.get(name, "")
            alike = canonical(told) == canonical(right)  # true is not 1
            need(alike, RULES, f"{name} is {told!r}; by the records it is {right!r}")
        for part, amendments in (("applied", rules.applied), ("not_in_force", rules.waiting)):
            on_record = [dict(zip(_OF_AN_AMENDMENT, each, strict=True)) for each in amendments]
            need(found[part] == on_record, RULES, f"what is {part} is not what is on record")

    def _publications(self) -> None:
        rows = self._json(PUBLICATIONS)["publications"]
        for number, row in enumerate(rows, 1):
            where = f"{PUBLICATIONS} row {number}"
            told = self._record(where, row["position"], row["id"])
            named = [each.get("document") or "" for each in self._versions(told)]
            need(row["document"] in named, where, f"it was posted as document {named[0]}")
            self._as_posted(where, row, self._versions(told))
            if "rows" in row:
                need(row["digest"] == told.said.get("digest", ""), where, "it has another digest")
                same = content_digest(row) == content_digest(told.said)
                need(same, where, f"these are not the rows of document {row['document']}")
        twice = len({row["id"] for row in rows}) < len(rows)
        need(not twice, PUBLICATIONS, "a publication is in it twice")
        self.done.append(f"{len(rows)} publications that bear on it: rows and digests")

    def _as_posted(
        self, where: str, row: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]
    ) -> None:
        """Who posted what when, and on what it rests, is what its record says."""
        kind = versions[0]["type"]
        for name, default in _POSTED.items():
            allowed = [said.get(name, default) for said in versions]
            if kind != "ClassificationPublished" and row[name] == default not in allowed:
                allowed.append(default)  # of a sheet the register does not say everything
                self._open.setdefault(PUBLICATIONS, set()).add(f"publications.{name}")
            if name == "kind" and kind in _KINDS:
                allowed = [said.get(name, _KINDS[kind]) for said in versions]
            need(row[name] in allowed, where, f"its {name} is {allowed[0]!r}")
        moments = self._happened(versions)
        need(row["posted_at"] in moments, where, f"posted_at is {moments[0]}")
        until = [each and iso(each) for each in (e.get("protests_until_at") for e in versions)]
        need(row["protests_until"] in until, where, f"protests_until is {until[0]}")
        if kind != "DocumentPosted":
            cut_offs = [said.get("position") for said in versions]
            need(row["cut_off"] in cut_offs, where, f"it rests on #{cut_offs[0]}")

    def _exhibits(self) -> None:
        parties, here = set(self._manifest["for"]), 0
        rows = self._json(EXHIBITS)["exhibits"]
        files = {name for name in self.files if name.startswith("exhibits/")}
        for number, row in enumerate(rows, 1):
            where = f"{EXHIBITS} row {number}"
            versions = self._versions(self._record(where, row["position"], row["id"]))
            told = "called" in row
            fields = {name: name for name in ("digest", "title", "target")}
            fields |= {"media": "media", "size": "size", "called": "file"} if told else {}
            for name, field in fields.items():
                none = None if name == "size" else ""
                need(
                    row[name] in [each.get(field, none) for each in versions],
                    where,
                    f"its {name} is another",
                )
            whom = [each.get("restricted_to", []) for each in versions]
            need(row["restricted_to"] in whom, where, "it is for other parties")
            if row["state"] != "included":
                state = row["state"]
                there = state in ("withheld", "missing", "altered") and not row.get("file")
                need(there, where, f"its state is {state!r}")
                need((state != "withheld") == told, where, "it is withheld, and is not")
                continue
            allowed = not row["restricted_to"] or not parties.isdisjoint(row["restricted_to"])
            need(allowed, where, "it is for other parties than this file is for")
            file = row["file"]
            need(file in files, file, "it is missing")
            need(sha256(self.files[file]) == row["digest"], file, "it does not have its digest")
            here += 1
        listed = {row["id"] for row in rows}
        need(len(listed) == len(rows), EXHIBITS, "an exhibit is in it twice")
        decision = self._manifest["decision"]["id"]
        for each in self._records:
            if each.said["type"] == "ExhibitBound" and each.said["target"] == decision:
                missing = each.id not in listed and self._counts(each)
                need(not missing, EXHIBITS, f"the exhibit of #{each.position} is missing")
        stray = files - {row["file"] for row in rows if row["state"] == "included"}
        need(not stray, ", ".join(sorted(stray)), "no record binds it")
        self.done.append(f"{here} exhibits have their digests; {len(rows) - here} are not in it")

    # -- figures ---------------------------------------------------------------------------------

    def _of_classifications(self, name: str) -> None:
        if _DIFFERENCE in name:
            self._difference(name)
        else:
            self._classification(name)

    def _classification(self, name: str) -> None:
        found = self._json(name)
        check_rows(name, found["rows"], found["unclassified"], may_close_up=self._may_close_up)
        cut, decision = found["cut"], self._manifest["decision"]["position"]
        known_at, hypothetical = cut["position"], name.endswith("/without.json")
        head = len(self._records)
        expected = {"before": decision - 1, "after": decision}.get(Path(name).stem, head)
        need(known_at == expected, name, f"it is as of #{known_at}, and not of #{expected}")
        need(cut["root"] == self._roots[known_at], name, "it rests on a log with another root")
        without = found["without"]
        self._known(name, without)
        need(known_at > 0 or not cut["received_at"], name, "it rests on nothing")
        if known_at:
            at = iso((self._records[known_at - 1].received_at, 0))
            need(cut["received_at"] == at, name, f"its last record was received at {at}")
        need(cut["edition"] == self._manifest["basis"]["edition"], name, "it is of another edition")
        need(found["hypothetical"] == hypothetical, name, "it says that it is hypothetical, or not")
        self._scope(name, found["scope"])
        need(not (found["refused"] and found["rows"]), name, "it has rows, and was refused")
        for number, row in enumerate(found["rows"], 1):
            self._of_a_crew(f"{name} row {number}", row, *_SHOWN_OF_A_CREW)
        for row in found["unclassified"]:
            self._of_a_crew(f"{name} crew {row['number']}", row, "category")
        if not found["refused"]:
            self._everybody(name, found, known_at)
        names = self._regulations(known_at)
        need(cut["rulebook"] in names, name, f"it is by {', '.join(sorted(names))}")
        fits = (decision in without) if hypothetical else not without
        need(fits, name, f"it is not the one {'without' * hypothetical or 'with'} #{decision}")
        need(without == sorted({*without}), name, "what is left out is out of order")
        if hypothetical:
            return
        scope = {key: value for key, value in found["scope"].items() if value is not None}
        for each in self._told("ClassificationPublished"):
            said = each.said
            if not said.get("digest"):
                continue
            asked = known_at, scope, cut["edition"]
            if (said["position"], said["scope"], said.get("edition", 0)) == asked:
                same = content_digest({**found, "scope": scope}) == said["digest"]
                document = said["document"]
                need(same, name, f"it is not what document {document} (#{each.position}) says")

    def _everybody(self, name: str, found: Any, known_at: int) -> None:
        """Whoever was entered by then is in it or is told not to be, if in its category at all.

        Of an entry that was amended, told twice or refused, the report says that it was not looked
        for.
        """
        listed = {self._bearer(row["number"]) for row in (*found["rows"], *found["unclassified"])}
        category = found["scope"]["category"]
        for each in self._told("CrewEntered"):
            if each.position > known_at:
                break
            number = each.said["number"]
            known = self._persons(number)["category"] if category else {category}
            copies = self._copies(each)
            amended = len(copies) > 1 or any(copy in self._amending for copy in copies)
            amended |= each.id in self._powers.refused or self._powers.said_last > known_at
            if amended or len(known) > 1:
                names = (f"{part}.number" for part in ("rows", "unclassified"))
                self._open.setdefault(name, set()).update(names)
            elif known == {category}:
                need(self._bearer(number) in listed, name, f"crew {number} is missing")

    def _scope(self, name: str, scope: Mapping[str, Any]) -> None:
        """A classification is of what its folder is called by: all of one folder are of one."""
        folder = name.split("/")[1]
        named = all(value is None or (value and type(value) is str) for value in scope.values())
        need(named, name, "its scope is no scope")
        parts = ["after", scope["after"]] if scope["after"] else ["overall"]
        parts += [scope["category"]] if scope["category"] else []
        called = plain_name("-".join(parts))
        need(folder == called, name, f"its scope is that of {called}")
        rest = {value for key, value in scope.items() if key not in ("kind", "after", "category")}
        need(scope["kind"] == "overall" and rest <= {None}, name, "it is no overall")

    def _difference(self, name: str) -> None:
        """The crews that differ between two classifications are those, and they differ so."""
        found = self._json(name)
        folder = name.rpartition("/")[0]
        between = ["before", "after"] if name.endswith("-record.json") else ["with", "without"]
        need(found["between"] == between, name, f"it is between {' and '.join(between)}")
        sides = [self._json(f"{folder}/{each}.json") for each in between]
        need(found["hypothetical"] == (between[1] == "without"), name, "it is hypothetical, or not")
        for each in sides:
            need(found["scope"] == each["scope"], name, "it is of another scope")
        joint = any(each.get("joint") for each in sides)
        need(found.get("joint", False) is joint, name, "it is a joint list, or not")
        shown = [{row["number"]: row for row in side["rows"]} for side in sides]
        out = [{row["number"]: row for row in side["unclassified"]} for side in sides]
        moved = {
            number
            for number in {*shown[0], *shown[1]}
            if _figures(shown[0].get(number)) != _figures(shown[1].get(number))
        }
        named = [row["number"] for row in found["rows"]]
        need(len(named) == len(set(named)), name, "a crew is in it twice")
        need(
            set(named) == moved, name, f"those who differ are {', '.join(sorted(moved)) or 'none'}"
        )
        decision = self._manifest["decision"]["position"]
        allowed = {decision, *sides[1]["without"]}
        for number, row in enumerate(found["rows"], 1):
            where = f"{name} row {number}"
            for side in (0, 1):
                of = shown[side].get(row["number"])
                figures = tuple(row[each][side] for each in ("place", "total_ms", "gap_ms"))
                need(
                    figures == (*_figures(of), of and of["gap_ms"]), where, "its figures are others"
                )
                left = out[side].get(row["number"])
                status = None if of or not left else left["status"]
                need(row["status"][side] == status, where, "its status is another")
            self._of_a_crew(where, row, "category")
            because = row["because"]
            need(because == sorted(set(because)), where, "what explains it is out of order")
            fits = bool(because) and allowed.issuperset(because)
            need(fits, where, f"#{decision} does not explain it")
        if len(allowed) > 1:  # which of them it takes, only the rules of the rally tell
            self._open.setdefault(name, set()).add("rows.because")
        explaining = sorted({each for row in found["rows"] for each in row["because"]})
        listed = [each["position"] for each in found["records"]]
        need(listed == explaining, name, "its records are not those that explain it")
        for each in found["records"]:
            told = self._record(name, each["position"], each["id"])
            need(
                each["type"] == told.said["type"], name, f"#{each['position']} is no {each['type']}"
            )
            self._recorded(name, told, each, "recorded_by")

    def _why(self, name: str) -> None:
        """The addends sum to the total, and the total is that of the classification."""
        found = self._json(name)
        addends = found["addends"]
        total = sum(each["ms"] for each in addends)
        need(found["total_ms"] == total, name, f"its addends sum to {total} ms")
        charged = sum(each["ms"] for each in addends if each["kind"] == "penalty")
        need(found["penalty_ms"] == charged, name, f"its penalties sum to {charged} ms")
        need(found["time_ms"] == total - charged, name, f"its times sum to {total - charged} ms")
        for number, each in enumerate(addends, 1):
            where, parts = f"{name} addend {number}", sum(part["ms"] for part in each["parts"])
            need(each["ms"] == parts, where, f"its parts sum to {parts} ms")
            self._known(where, each["positions"])
            self._cited(where, each["records"])
            for part in each["parts"]:
                self._known(where, part["positions"])
        self._cited(name, found["status"]["records"])
        self._addends(name, found)
        of = f"classifications/{name.split('/')[1]}/with.json"
        need(found["classification"] == of, name, f"it is about {of}")
        need(name.endswith(f"/{plain_name(found['number'])}.json"), name, "it is of another crew")
        classification = self._json(of)
        need(found["scope"] == classification["scope"], name, f"{of} has another scope")
        row = self._row(of, found["number"])
        self._of_a_crew(name, found, "codrivers", "category")
        self._places(name, found, classification["rows"])
        out = {each["number"]: each for each in classification["unclassified"]}
        status = out.get(found["number"], {}).get("status")
        allowed = CLASSIFIED if row else [status]
        need(found["status"]["name"] in allowed, name, f"its status is {status or allowed[0]}")
        if row:  # whether it still is under way is no question of a classification
            self._open.setdefault(name, set()).add("status.name")
        flags = row["flags"] if row else []
        need(found["flags"] == flags, name, f"{of} has other flags for it")
        need(
            found["classified"] == (row is not None),
            name,
            "it stands otherwise in the classification",
        )
        if row is None:
            need(found["place"] is None, name, "it has a place, and is not classified")
        else:
            figures = ("place", "time_ms", "penalty_ms", "total_ms")
            same = all(found[each] == row[each] for each in figures)
            need(same, name, f"{found['classification']} has other figures for {found['number']}")
            self._nothing_left_out(name, found)
        need(bool(found["places"]) == (row is not None), name, "its places are missing")

    def _places(self, name: str, found: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Its places, and who is before and behind it, are those of the classification.

        The first is that among all; a second is that in its category, or in one of several.
        """
        told_of = [place["category"] for place in found["places"]]
        need(told_of[:1] in ([], [None]), name, "its first place is not the one among all")
        need(len(told_of) < 3 and None not in told_of[1:], name, "it has a place twice")
        for place in found["places"]:
            category = place["category"]
            within = category and category.split(TOGETHER)
            need(within is None or found["category"] in within, name, f"it is not of {category}")
            of = [row for row in rows if within is None or row["category"] in within]
            at = next((n for n, row in enumerate(of) if row["number"] == found["number"]), None)
            where = f"{name} place in {category or 'all'}"
            if at is None:
                raise Wrong(f"{where}: it is not classified")
            own = of[at]["total_ms"]
            faster = [row["total_ms"] for row in of if row["total_ms"] < own and not _put_back(row)]
            rank = 1 + len(set(faster) if self._may_close_up else faster)
            # Some places back are counted among the crews of each classification by itself.
            moved = within is not None and any(map(_put_back, of))
            last, firsts = (len(of), of) if moved else (at + 1, of[:1])
            right = rank <= place["place"] <= last and place["of"] == len(of)
            need(right, where, f"it is {rank} of {len(of)}")
            gaps = [own - row["total_ms"] for row in firsts]
            need(place["gap_ms"] in gaps, where, "its gap is another")
            for side in ("before", "behind"):
                told = place[side]
                if told is None:
                    continue
                row = next((each for each in of if each["number"] == told["number"]), None)
                need(row is not None, where, f"{told['number']} is not {side} it")
                figures = ("driver", "total_ms")
                same = row is not None and all(told[each] == row[each] for each in figures)
                need(same, where, f"who is {side} it is told otherwise")
                need(told["ms"] == abs(told["total_ms"] - own), where, f"{side} it is another gap")

    # -- addends ---------------------------------------------------------------------------------

    def _addends(self, name: str, found: Any) -> None:
        """Each addend against the record that it names, followed through amendments to the tip.

        What the rules alone make of the records is listed, by stage and amount.
        """
        crew, after, seen = found["number"], found["scope"]["after"], set[Any]()
        total = Total(crew, after, *self._opening(crew, after), [], Counter(), set())
        for number, each in enumerate(found["addends"], 1):
            where, kind, stage = f"{name} addend {number}", each["kind"], each["stage"]
            need(kind in KINDS, where, f"there is no addend of the kind {kind}")
            status = STATUS_OF.get(kind, each["status"])
            need(each["status"] == status, where, f"a {kind} has the status {status}")
            need(status == IN_FORCE or each["ms"] == 0, where, f"{status}, and adds something")
            if kind in OF_A_STAGE:
                need(bool(stage) and stage not in seen, where, f"{stage or 'no stage'} twice")
                seen.add(stage)
            if status == IN_FORCE:
                self._in_force(where, each, total)
        self._carried_in(name, found, total)
        self._penalties_count(name, found, total)
        self._times_count(total)
        if total.by_rules:
            what = "made by rules, and held against no record"
            self.not_applied.append(f"{name}: {what}: {'; '.join(total.by_rules)}")

    def _in_force(self, where: str, addend: Mapping[str, Any], total: Total) -> None:
        """An addend that counts: by the record that it names first, or by rules."""
        kind = addend["kind"]
        if kind == "time":
            self._a_time(where, addend, total)
        elif kind in ("carried-in", "penalty"):
            need(bool(addend["records"]), where, "it rests on no record")
            first = addend["records"][0]
            need(bool(first["counts"]), where, f"#{first['position']} does not count")
            record = self._records[first["position"] - 1]
            if kind == "penalty":
                self._a_penalty(where, addend, record, total)
            else:
                told = record.said["type"] == "TimesCarriedIn" and self._standing_of(record)
                mine = [each for each in told or () if self._is_of(each, total.crew)]
                mine = [each for each in mine if each.get("stage") == addend["stage"]]
                need(bool(mine), where, f"#{record.position} carries nothing in for it there")
                right = addend["ms"] in [each.get("total_ms") for each in mine]
                need(right, where, f"no record says {addend['ms']} ms")
        else:
            fits = addend["ms"] <= 0 if kind == "joker" else addend["ms"] >= 0
            need(fits, where, f"a {kind} is not of {addend['ms']} ms")
            total.rules_make(addend)
        if kind in ("time", "cost"):
            since = self._since(total)
            carried = since is not None and self._planned.get(addend["stage"], _NEVER) <= since
            need(not carried, where, "it is in the total that was carried in")

    def _a_time(self, where: str, addend: Mapping[str, Any], total: Total) -> None:
        """A time: its first part is a reading, and the rules make the others."""
        need(bool(addend["parts"]), where, "it has no parts")
        (first, *rest), stage = addend["parts"], addend["stage"]
        need(addend["ms"] >= 0, where, "a time is not below nothing")
        twice = any(_READING.match(part["what"]) for part in rest)
        need(not twice, where, "only its first part is a reading")
        if not _READING.match(first["what"]):
            what = f"its first part is no reading, but {first['what']}"
            need(stage in self._by_points, where, what)
            total.rules_make(addend)
            return
        at = first["positions"]
        need(len(at) == 1, where, "its reading does not rest on one record")
        counts = any(each["position"] == at[0] and each["counts"] for each in addend["records"])
        need(counts, where, f"#{at[0]}, its reading, does not count")
        record = self._records[at[0] - 1]
        said = [ms for ms, where in self._readings(record, total.crew) if where in (stage, None)]
        need(bool(said), where, f"#{at[0]} is no time of crew {total.crew} on {stage}")
        total.timed.add(stage)
        if first["ms"] not in said:  # a passing may tell an instant alone
            need(
                record.said["type"] == "PassingRecorded", where, f"no record says {first['ms']} ms"
            )
            rest = addend["parts"]
        for part in rest:
            total.rules_make({**part, "stage": stage})

    def _readings(self, record: Record, crew: Any) -> Iterator[tuple[Any, Any]]:
        """How long a crew took by a record, and on which stage; None: whatever stage."""
        kind = record.said["type"]
        for said in self._standing_of(record):
            if kind in ("StageTimeRecorded", "PassingRecorded") and self._is_of(said, crew):
                yield said.get("elapsed_ms"), said["stage"]
            elif kind in DECISIONS:
                for effect in said.get("effects") or ():
                    fields = self._by_effect(record, said, effect)
                    if effect["act"] == "StageTimeRecorded" and self._is_of(fields, crew):
                        yield fields.get("elapsed_ms"), fields["stage"]

    def _standing_of(self, record: Record) -> list[dict[str, Any]]:
        """What stands of a record; where it is not settled who could say it, whatever it may be."""
        return self._versions(record) if self._powers.unsure else self._now(record)

    def _is_of(self, said: Mapping[str, Any], crew: Any) -> bool:
        """Whether it names this crew; what a decision says elsewhere may be of any."""
        number = said.get("number")
        return number is None or (type(number) is str and number in self._bearers(crew))

    @cached_property
    def _by_points(self) -> set[Any]:
        """The stages of which the result is a price of differences, point by point."""
        return {
            said.get("stage")
            for each in self._told("StageScheduled")
            for said in self._versions(each)
            if said.get("kind") == "regularity" and type(said.get("stage")) is str
        }

    def _a_penalty(
        self, where: str, addend: Mapping[str, Any], record: Record, total: Total
    ) -> None:
        """A penalty that counts: given by the record that it names first, or computed."""
        ms, stage = addend["ms"], addend["stage"]
        if record.said["type"] not in GIVING:
            need(ms >= 0, where, "a penalty is not below nothing")
            mine = any(self._is_of(said, total.crew) for said in self._standing_of(record))
            need(mine, where, f"#{record.position} is not of crew {total.crew}")
            total.rules_make(addend)
            return
        given = [each for each in self._penalties(record, total) if each.ms == ms]
        need(bool(given), where, f"no record says {ms} ms")
        fits = any(
            each.counts is not False and (each.stage in (stage, None) or not stage)
            for each in given
        )
        need(fits, where, f"#{record.position} gives it no penalty there that is in force")
        total.given[record.position, ms] += 1

    def _penalties_count(self, name: str, found: Any, total: Total) -> None:
        """Whatever penalty is surely in force counts once; what may be is told."""
        for record in self._told(*GIVING):
            several, at = self._penalties(record, total), record.position
            for ms in {each.ms for each in several}:
                claimed, alike = total.given[at, ms], [e for e in several if e.ms == ms]
                need(claimed <= len(alike), name, f"#{at} counts more than once")
                sure = sum(each.counts is True for each in alike) if found["classified"] else 0
                what = f"#{at} counts for crew {total.crew}, and no addend counts it"
                need(claimed >= sure, name, what)
                if claimed < sum(each.counts is not False and each.named for each in alike):
                    total.by_rules.append(f"the penalty of {_clock(ms)} by #{at} does not count")

    def _times_count(self, total: Total) -> None:
        """Where a time was recorded, and the total has none of that stage, that is told."""
        since, reached = self._since(total), self._stages_up_to(total.after)
        for each in self._told("StageTimeRecorded"):
            stage = each.said.get("stage")
            if type(stage) is not str or stage in total.timed:
                continue
            in_it = stage in reached - self._cancelled and self._counts(each)
            mine = in_it and any(self._is_of(said, total.crew) for said in self._now(each))
            if mine and (since is None or self._planned[stage] > since):
                total.by_rules.append(
                    f"{_text(stage)}: the time of #{each.position} does not count"
                )

    def _penalties(self, record: Record, total: Total) -> list[Possible]:
        """The penalties that a record gives a crew, and whether each counts in a total."""
        versions, found = self._standing_of(record), list[Possible]()
        settled = len(versions) == 1 and len(self._bearers(total.crew)) == 1
        settled = settled and not self._powers.unsure and len(self._copies(record)) == 1
        for said in versions:
            for fields, in_force in self._gives(record, said):
                if self._is_of(fields, total.crew) and type(fields.get("amount_ms")) is int:
                    ms, named = fields["amount_ms"], fields.get("number") is not None
                    counts = self._counts_in(total, fields, in_force if settled else None)
                    found.append(Possible(ms, fields["stage"], counts, named))
        return list(dict.fromkeys(found)) if len(versions) > 1 else found

    def _gives(
        self, record: Record, said: Mapping[str, Any]
    ) -> Iterator[tuple[Mapping[str, Any], bool | None]]:
        """What penalties a record gives, and whether they are in force; None: not settled here."""
        if said["type"] == "PenaltyGiven":
            yield _somewhere({"stage": "", **said}), self._withdrawn(record)
            return
        effects = said.get("effects") or ()
        fact = self._desk and self._desk.decisions.get(record.id)
        states: Sequence[str | None] = [None for _ in effects]
        if self._desk and fact:
            states = self._desk.effects(fact)
        for effect, status in zip(effects, states, strict=False):
            if effect["act"] == "PenaltyGiven":
                fields = self._by_effect(record, said, effect)
                odd = status == IN_FORCE and not {*(effect.get("fields") or {})} <= _PENALTY
                in_force = None if odd or status is None else status == IN_FORCE
                yield fields, in_force and self._withdrawn(record)

    def _by_effect(
        self, record: Record, said: Mapping[str, Any], effect: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What an effect says, with what its decision says where it is mum."""
        own = {name: self._shared(record, said, name) for name in ("number", "stage")}
        fields = effect.get("fields") or {}
        return _somewhere({**own, **{n: each for n, each in fields.items() if each is not None}})

    def _shared(self, record: Record, said: Mapping[str, Any], name: str) -> Any:
        """What an effect shares with what it takes place by; None, where these differ."""
        values = self._said_around(record, said, name)
        return None if len(values) > 1 else next(iter(values))

    def _said_around(self, record: Record, said: Mapping[str, Any], name: str) -> set[str]:
        """What may be said, where an effect is mum, by what it takes place by; "" if nothing is.

        That is the decision, those before it that a court decided about, and what activates it.
        """
        chain, at = [record], said
        while (below := self._by_id.get(str(at.get("target")))) and below not in chain:
            chain.append(below)
            at = below.said
        told = [said]
        told += [each for below in chain[1:] for each in self._versions(below)]
        told += [each for each in self._activations if each.get("target") == record.id]
        return {str(each.get(name) or "") for each in told} - {""} or {""}

    @cached_property
    def _activations(self) -> list[dict[str, Any]]:
        """What may activate suspended sanctions."""
        told = self._told("SuspensionActivated")
        return [said for each in told for said in self._versions(each)]

    def _withdrawn(self, record: Record) -> bool | None:
        """Whether a penalty was left as it is: not, if something surely withdrew it."""
        ids = {record.id, *(each.id for chain in self._tips(record.id) for each in chain)}
        taken = [each for target, each in self._withdrawals if target in ids]
        if any(self._is_plain(each) and each.said["type"] not in DECISIONS for each in taken):
            return False
        return True if all(self._is_void(each.id) for each in taken) else None

    @cached_property
    def _withdrawals(self) -> list[tuple[Any, Record]]:
        """What takes penalties back, or may, each by what it names."""
        return [
            (at.get("target"), each)
            for each in self._told("PenaltyWithdrawn", *DECISIONS)
            for said in self._versions(each)
            for at in (
                [said]
                if each.said["type"] not in DECISIONS
                else [
                    effect.get("fields") or {}
                    for effect in said.get("effects") or ()
                    if effect["act"] == "PenaltyWithdrawn"
                ]
            )
            if type(at.get("target")) is str
        ]

    def _is_plain(self, record: Record) -> bool:
        """Whether a record stands as it was recorded, whatever is not settled here."""
        amended = record.id in self._amending or self._powers.unsure
        return self._counts(record) and not amended

    def _counts_in(
        self, total: Total, fields: Mapping[str, Any], in_force: bool | None
    ) -> bool | None:
        """Whether a penalty counts in a total: by its stage, if it is in force."""
        stage, planned = fields["stage"], self._planned
        if in_force is False:
            return False
        if planned.get(stage, _BEGINNING) > planned.get(total.after, _NEVER):
            return False
        elsewhere = any(fields.get(name) for name in ("point", "only_in", "control"))
        if in_force is None or elsewhere or fields.get("number") is None or stage is None:
            return None
        if not stage:
            return total.after is None
        if stage in self._cancelled or stage not in self._stages_up_to(total.after):
            return None
        since = self._since(total)
        return None if since is None else planned[stage] > since

    # -- totals carried in -----------------------------------------------------------------------

    def _since(self, total: Total) -> int | None:
        """The number of the stage up to which a total was carried in; None if that is unsure."""
        if not total.sure:
            return None
        return self._planned[total.last.said["stage"]] if total.last else _BEGINNING

    def _opening(self, crew: Any, after: Any) -> tuple[Record | None, bool]:
        """What a crew carried in last up to a stage, and whether that is settled here."""
        told = [
            each
            for each in self._told("TimesCarriedIn")
            if not self._is_void(each.id)
            and any(self._is_of(said, crew) for said in self._versions(each))
        ]
        plain = all(self._is_plain(each) and each.said["stage"] in self._planned for each in told)
        sure = plain and not self._powers.unsure and (after is None or after in self._planned)
        reached = self._stages_up_to(after)
        within = [each for each in told if each.said["stage"] in reached] if sure else []
        within.sort(key=lambda each: self._planned[each.said["stage"]])
        stages = [each.said["stage"] for each in within]
        sure = sure and len(set(stages)) == len(stages)
        return (within[-1] if within and sure else None), sure

    def _carried_in(self, name: str, found: Any, total: Total) -> None:
        """Of the totals that were carried in the last one counts, and no other."""
        addends = [e for e in found["addends"] if e["kind"] == "carried-in"]
        counting = [e["records"][0]["position"] for e in addends if e["status"] == IN_FORCE]
        need(len(counting) < 2, name, "two totals were carried in")
        expected = [total.last.position] if total.last else []
        if total.sure:
            need(
                counting == expected,
                name,
                f"what was carried in last is {expected[0] if expected else 'nothing'}",
            )

    def _nothing_left_out(self, name: str, found: Any) -> None:
        """A record that surely counts for a classified crew is named by some addend."""
        numbers = self._bearers(found["number"])
        if len(numbers) > 1 or self._powers.unsure:
            return
        there = {each["position"] for each in found["status"]["records"]}
        for addend in found["addends"]:
            there.update(addend["positions"])
            there.update(*(part["positions"] for part in addend["parts"]))
            for each in addend["records"]:
                there |= {each["position"], *(one["struck_by"] for one in each["struck"])}
        stages = self._stages_up_to(found["scope"]["after"]) - self._cancelled
        told = self._told(*MUST_BE_NAMED)
        otherwise = {each["stage"] for each in found["addends"] if each["kind"] in NO_TIMES}
        otherwise |= self._cut
        carried = any(
            each.said["type"] == "TimesCarriedIn" and each.said.get("number") in numbers
            for each in told
        )
        for each in told:
            of_a_stage = each.said["type"] == "StageTimeRecorded"
            amended = each.id in self._amending or not self._counts(each)
            by_rules = of_a_stage and (carried or each.said.get("stage") in otherwise)
            if each.position in there or amended or by_rules:
                continue
            surely = any(
                number in numbers and stage in stages for number, stage in _namings(each.said)
            )
            what = f"#{each.position} counts for crew {found['number']}, and no addend names it"
            need(not surely, name, what)

    @cached_property
    def _cancelled(self) -> set[Any]:
        """The stages that somebody cancelled or put back: what is taken there, the rules tell."""
        return self._acted_on(_CANCELLING)

    @cached_property
    def _cut(self) -> set[Any]:
        """The stages that somebody shortened or stopped: the rules tell which times count."""
        return self._acted_on(_CUTTING)

    def _acted_on(self, acts: Collection[str]) -> set[Any]:
        """The stages on which somebody took one of these acts, alone or by a decision."""
        found: set[Any] = set()
        for each in self._records:
            if each.said["type"] in acts:
                found.add(each.said.get("stage"))
            for effect in each.said.get("effects") or ():
                if effect["act"] in acts:
                    fields = effect.get("fields") or {}
                    found.add(fields.get("stage") or each.said.get("stage"))
        return found

    @cached_property
    def _planned(self) -> dict[Any, int]:
        """The stages by their order in the plan; none of those that were planned anew."""
        orders: dict[Any, int] = {}
        anew = set[Any]()
        for each in self._told("StageScheduled"):
            stage = each.said["stage"]
            if stage in orders or each.id in self._amending or not self._counts(each):
                anew.add(stage)
            orders[stage] = each.said["order"]
        return {stage: order for stage, order in orders.items() if stage not in anew}

    def _stages_up_to(self, after: str | None) -> set[Any]:
        """The stages that are planned up to one, or all; none if that was planned anew."""
        planned = self._planned
        if after is not None and after not in planned:
            return set()
        last = _NEVER if after is None else planned[after]
        return {stage for stage, order in planned.items() if order <= last}

    def _cited(self, where: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Records that an explanation rests on: who recorded them when is what the log says."""
        for each in records:
            told = self._record(where, each["position"], each["id"])
            self._recorded(where, told, each)
            source = told.said.get("source") or {}
            need(each["type"] == told.said["type"], where, f"#{told.position} is of another type")
            for name, right in (
                ("site", told.said.get("site", "")),
                ("standing", source.get("standing", "")),
            ):
                need(each[name] == right, where, f"#{told.position} has the {name} {right!r}")
            stands = self._powers.unsure or not self._is_void(told.id)
            stands = stands or told.said["type"] not in (*MUST_BE_NAMED, "PassingRecorded")
            idle = f"#{told.position} counts, and is void or has no effect"
            need(bool(stands or not each["counts"]), where, idle)
            self._known(where, (struck["struck_by"] for struck in each["struck"]))

    @staticmethod
    def _recorded(where: str, told: Record, row: Mapping[str, Any], by: str = "by") -> None:
        """Who recorded it when is what the log says."""
        said = told.said.get("by", ""), told.said.get("role", ""), iso(told.said["recorded_at"])
        same = (row[by], row["role"], row["recorded_at"]) == said
        need(same, where, f"#{told.position} was recorded by somebody else, or at another time")

    def _row(self, classification: str, number: str) -> Any:
        rows = self._json(classification)["rows"]
        return next((row for row in rows if row["number"] == number), None)

    def _card(self, name: str) -> None:
        found = self._json(name)
        need(name.endswith(f"/{plain_name(found['number'])}.json"), name, "it is of another crew")
        self._of_a_crew(name, found)
        for stage in found["stages"]:
            where = f"{name} {stage['stage'] or 'elsewhere'}"
            cost = sum(line["penalty_ms"] for line in stage["lines"])
            need(stage["penalty_ms"] == cost, where, f"its penalties sum to {cost} ms")
            for line in stage["lines"]:
                self._known(where, line["positions"])
        if self._json(f"{OVERALL}/with.json")["refused"]:
            return
        row = self._row(f"{OVERALL}/with.json", found["number"])
        figures = [row[each] if row else None for each in ("time_ms", "total_ms")]
        same = [found["time_ms"], found["total_ms"]] == figures
        need(same, name, "its sums are not those of the overall")
        if row:
            need(found["penalty_ms"] == row["penalty_ms"], name, "its penalties are others")


TOGETHER = " + "
"""What stands between categories that are ranked together."""
CLASSIFIED = ("classified", "running", "finished")
NOT_COMPARED = "README.txt: its text"
_OF_KEYS = ("ActsSigned", "KeyRegistered")
MUST_BE_NAMED = (
    *("PenaltyGiven", "DecisionIssued", "CourtDecisionIssued"),
    *("StageTimeRecorded", "TimesCarriedIn"),
)
"""What no explanation of a classified crew may leave out, if it surely counts for it."""
_CUTTING = ("StageShortened", "StageStopped")
"""What of the times of a stage counts then, the rules tell."""
_CANCELLING = ("StageCancelled", "StageReinstated")
KINDS = ("carried-in", "time", "cost", "missing", "cancelled", "untimed", "joker", "penalty")
"""What an addend may be."""
OF_A_STAGE = ("time", "cost", "missing", "cancelled", "untimed")
"""What a stage adds: of one stage there is one at most."""
NO_TIMES = OF_A_STAGE[1:]
"""What a stage adds of which no time counts: what was recorded of one is told."""
STATUS_OF = {
    **dict.fromkeys(("time", "cost", "joker"), IN_FORCE),
    "missing": "no value",
    "cancelled": "cancelled",
    "untimed": "not timed",
}
GIVING = ("PenaltyGiven", *DECISIONS)
"""What gives penalties; others follow from passings and starts, by rules."""
_PENALTY = {
    *("number", "amount_ms", "stage", "control", "applies_to", "article", "document", "kind"),
    *("point", "in_start_order", "only_in", "reason"),
}
_READING = re.compile(
    r"(time recorded|on the clock|notional time|assessed time)( at .+)?\Z", re.DOTALL
)
"""The first part of a time: what one record says of it."""


class Possible(NamedTuple):
    """A penalty that a record gives, and whether it counts in a total; None: not settled here.

    `named` says whether the record itself names the crew.
    """

    ms: int
    stage: Any
    counts: bool | None
    named: bool


class Total(NamedTuple):
    """A total that is explained: of which crew, after which stage; and what was found of it.

    `last` is what was carried in last, `sure` whether that is settled here; `by_rules` is what no
    record says, `given` how often each record and amount counts, `timed` the stages of which a
    reading does.
    """

    crew: Any
    after: Any
    last: Record | None
    sure: bool
    by_rules: list[str]
    given: Counter[tuple[int, int]]
    timed: set[Any]

    def rules_make(self, part: Mapping[str, Any]) -> None:
        """What rules make of the records is listed, unless it adds nothing."""
        if part["ms"]:
            where = f"{_text(part['stage'])} " if part["stage"] else ""
            self.by_rules.append(f"{where}{_clock(part['ms'])} ({_text(part['what'])})")


def _somewhere(fields: dict[str, Any]) -> dict[str, Any]:
    """Of what names a control alone, the rules tell the stage."""
    stage = fields["stage"]
    settled = type(stage) is str and (stage or not fields.get("control"))
    return fields if settled else {**fields, "stage": None}


def _namings(said: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """For whom and on which stage a record has something added."""
    if not said["type"].endswith("DecisionIssued"):
        yield said.get("number"), said.get("stage")
        return
    for effect in said.get("effects") or ():
        fields = effect.get("fields") or {}
        plain = type(fields.get("amount_ms")) is int and {*fields} <= _PENALTY
        if effect["act"] == "PenaltyGiven" and plain:
            number = fields.get("number") or said.get("number")
            yield number, fields.get("stage") or said.get("stage")


def _corrected(said: Mapping[str, Any], chain: Iterable[Record]) -> dict[str, Any]:
    """What a record says after a chain of corrections: what they take away is gone."""
    found = dict(said)
    for each in chain:
        found |= each.said["changes"]
        found = {name: value for name, value in found.items() if value is not None}
    return found


def _why(error: Exception) -> str:
    """Why a document could not be read, in words."""
    if isinstance(error, KeyError) and error.args:
        return f"there is no {error.args[0]}"
    return str(error) if type(error) is ValueError else "a value is of another kind"


def _own_bytes() -> bytes | None:
    try:
        return Path(__file__).read_bytes()
    except (NameError, OSError):
        return None


def _of(found: int, claimed: Any) -> str:
    return f"it holds {found} records, and the manifest says {claimed}"


def _figures(row: Mapping[str, Any] | None) -> tuple[Any, Any]:
    return (row["place"], row["total_ms"]) if row else (None, None)


def plain_name(text: str) -> str:
    """A text as a part of a file name that every machine can have."""
    kept = "".join(each if each.isascii() and each.isalnum() else _letter(each) for each in text)
    return kept if len(kept) <= LONGEST_NAME else sha256(text.encode())


def _letter(each: str) -> str:
    return each if each in "-_" else "".join(f"%{byte:02X}" for byte in each.encode())


_FIELD = re.compile(r"(\w+)([#!@*]|\{\})?(\?)?(\[\])?(\?)?(\+)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?[+-]\d\d:\d\d", re.ASCII)
_VALUES: Mapping[str, tuple[Any, str]] = {
    "": (str, "text"),
    "@": (str, "instant"),
    "#": (int, "number"),
    "!": (bool, "true or false"),
    "{}": (dict, "object"),
}


class _Field(NamedTuple):
    """What a field of a document holds: one of a kind, or a list of them; null where it may."""

    name: str
    sign: str
    several: bool
    none: bool
    holes: bool
    asked: bool

    def held(self, document: str, at: str, value: Any) -> Sequence[Any]:
        """What it holds, each of its kind."""
        if value is None and self.none:
            return ()
        need(not self.several or isinstance(value, list), document, f"{at} is no list")
        held = value if self.several else [value]
        found = [one for one in held if one is not None or not self.holes]
        if self.sign in _VALUES:
            kind, called = _VALUES[self.sign]
            need(all(type(one) is kind for one in found), document, f"{at} is no {called}")
        instants = self.sign != "@" or all(map(_INSTANT.fullmatch, found))
        need(instants, document, f"{at} is no instant")
        return found


def _field(word: str, asked: bool) -> _Field:
    found = _FIELD.fullmatch(word)
    if found is None:
        raise ValueError(f"{word} is no field")
    name, sign, first, several, last, later = found.groups(default="")
    none, holes = (last, first) if several else (first, "")
    return _Field(name, sign, bool(several), bool(none), bool(holes), asked and not later)


@cache
def _shapes() -> dict[str, dict[str, list[_Field]]]:
    """The fields of each object, by kind of document and way: "entry.effects"."""
    found: dict[str, dict[str, list[_Field]]] = {}
    for line in SHAPES.replace("\n  ", " ").splitlines():
        names, _, said = line.partition(": ")
        document, *ways = names.split(" ")
        always, _, perhaps = said.partition("|")
        fields = [_field(each, True) for each in always.split()]
        fields += (_field(each, False) for each in perhaps.split())
        found.setdefault(document, {}).update(dict.fromkeys(ways or [""], fields))
    return found


def _laid_out(name: str, value: Any) -> None:
    """A document has the shape that the specification says, before anything of it is read."""
    shapes = _shapes().get(_kind(name), {})
    ahead = [("", value)] if shapes else []
    while ahead:
        way, at = ahead.pop()
        need(type(at) is dict, name, "it is no object")
        for field in shapes[way]:
            inner = f"{way}.{field.name}" if way else field.name
            if field.name not in at:
                need(not field.asked, name, f"there is no {inner}")
                continue
            held = field.held(name, inner, at[field.name])
            if inner in shapes:
                ahead += ((inner, one) for one in held)


def leaves(value: Any, at: str = "") -> Iterator[str]:
    """The fields of a document that hold no others, each by its way: "rows.matters.outcome"."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from leaves(each, f"{at}.{name}" if at else name)
    elif isinstance(value, list) and value:
        for each in value:
            yield from leaves(each, at)
    else:
        yield at


def _beyond(fields: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """The fields, each once, that are none of these and lie in none that is named as a whole."""
    whole = [each for each in known if not any(e.startswith(f"{each}.") for e in known)]
    within = tuple(f"{each}." for each in whole)
    for each in dict.fromkeys(fields):
        if each not in known and not each.startswith(within):
            yield each


def _kind(name: str) -> str:
    """The kind of document that a file is, as a pattern of file names."""
    return next((each for each in reversed(CHECKED) if fnmatch(name, each)), name)


def _fields(at: str, names: str) -> list[str]:
    return [f"{at}{each}" for each in names.split()]


_OF_A_ROW = (
    "place number driver codrivers nationality category class vehicle team time_ms penalty_ms"
    " total_ms gap_ms interval_ms"
)
_OF_A_NEIGHBOUR = "number driver ms total_ms"
_OF_A_CUT = "position root received_at rulebook edition"
_OF_A_RECORD = "position id type recorded_at by role site standing struck.struck_by"
_OF_A_DECISION = (
    "series decision document number driver competitor stage fact_at decided_at sender addressee"
    " fact infringement ruling reason signed_by outcome appealable concerns seen effects.act"
    " effects.fields effects.condition effects.until steps.position steps.id steps.type steps.at"
    " steps.by position id"
)
_BECAME = (
    "status positions supersedes superseded_by claimed_by notified_at acknowledged_at exhibits"
    " effects.status effects.in_force"
)
_RUNS = "notified_at appealable appeal_until review_until protest_until next_at next undefined"
_OF_A_MATTER = "number lodged_at position id"
_WENT = (
    "kind about competitor due_at admissible why_not suspensive step confirm_by confirmed_at"
    " confirmed_in_time ended_at outcome open"
)
COMPUTED: dict[str, list[str]] = {
    DECISION: [*_fields("entry.", _BECAME), *_fields("chain.", _BECAME)],
    DOCKET: [*_fields("rows.", f"status {_RUNS} matters"), *_fields("rows.matters.", _WENT)],
    RULES: ["rulebook", "applied", "not_in_force", "parameters.set_by"],
}
"""What is compared with the records where statuses and deadlines can be computed from them."""
UNREAD = (RECORDS, WORDS, MOVES, CHECKER, PAGE, SPECIFICATION, "README.txt", "exhibits/*")
"""The files beside these documents."""
CHOSEN = {
    DECISION: ["chain (that none is missing)"],
    BEARING: ["records (that none is missing)"],
    PUBLICATIONS: ["publications (that none is missing)"],
}
"""What the program chose from the records: what is there is checked, and not what is not."""
SHAPES = """\
manifest.json: format decision{} basis{} for[] files{}[]
manifest.json decision: name position# id
manifest.json basis: ledger rally position# head# root received_at@? effective_at@? rulebook
  edition# | decided_by@?
manifest.json files: name sha256 size#
decision.json: entry{} chain{}[]
decision.json entry chain: series decision title document number driver competitor stage fact_at@?
  decided_at@ sender addressee fact infringement ruling reason signed_by[] outcome appealable!
  status positions#[] supersedes superseded_by claimed_by[] effects{}[] concerns[]+ notified_at@?
  acknowledged_at@? seen{}? steps{}[] exhibits[] position# id | fines{}[]
decision.json entry.effects chain.effects: act words fields{} condition until@? status in_force!
  no_effect{}?+
decision.json entry.effects.no_effect chain.effects.no_effect: why positions#[]
decision.json entry.steps chain.steps: position# id type at@ by words
decision.json entry.fines chain.fines: currency imposed# owed# suspended# kept_back# fallen# paid#
  returned# open# to_return# decision title number competitor pay_by@? position# id
docket.json: rows{}[]
docket.json rows: decision title number status notified_at@? appealable! appeal_until@?
  review_until@? protest_until@? next_at@? next matters{}[] position# id undefined[]+ |
  deadlines{}[]
docket.json rows.matters: kind about number competitor lodged_at@ due_at@? admissible! why_not
  suspensive! step confirm_by@? confirmed_at@? confirmed_in_time!? ended_at@? outcome open!
  position# id | party lodged_with means remark deadlines{}[] suspends_by
docket.json rows.deadlines rows.matters.deadlines: kind parameter amount began_by began_at@?
  until@? limited! extensions{}[]
docket.json rows.deadlines.extensions rows.matters.deadlines.extensions: until@ by reason why_not
  position# id
bearing.json: records{}[]
bearing.json records: position# id type by role recorded_at@ words why[] bytes
rules.json: rulebook for{} infringement parameters{}[] applied{}[] not_in_force{}[]
rules.json for: at@ stage?
rules.json parameters: name value* meaning provenance set_by
rules.json applied not_in_force: name position# parameters[]
publications.json: publications{}[]
publications.json publications: document kind amendment#? title posted_at@ by role cut_off#? root
  rulebook edition# digest protests_until@? status superseded_by today position# id | scope{}
  rows{}[] unclassified{}[]
exhibits.json: exhibits{}[]
exhibits.json exhibits: position# id target state digest title restricted_to[] | media size#?
  called file
classifications/*/*.json: hypothetical! without#[] cut{} refused? scope{} rows{}[] unclassified{}[]
  | joint!
classifications/*/*.json cut: position# root received_at@? rulebook edition#
classifications/*/*.json scope: kind after? stage? category? class? group? team? trophy? | from to
classifications/*/*.json rows: place# number driver codrivers[] nationality category class vehicle
  team time_ms# penalty_ms# total_ms# gap_ms# interval_ms# flags[]
classifications/*/*.json unclassified: number driver category status stage reason
classifications/*/difference-*.json: between[] hypothetical! scope{} refused? rows{}[] records{}[]
  | joint!
classifications/*/difference-*.json scope: kind after? stage? category? class? group? team? trophy?
  | from to
classifications/*/difference-*.json rows: number driver category place#?[] total_ms#?[] gap_ms#?[]
  status?[] because#[]
classifications/*/difference-*.json records: position# id type recorded_at@ recorded_by role words
why/*/*.json: classification number driver codrivers[] category scope{} classified! place#?
  total_ms# time_ms# penalty_ms# addends{}[] places{}[] status{} flags[]
why/*/*.json scope: kind after? stage? category? class? group? team? trophy? | from to
why/*/*.json addends: ms# what positions#[] article kind stage status parts{}[] records{}[]
  rules{}[] notes[]
why/*/*.json addends.parts: ms# what positions#[]
why/*/*.json addends.records status.records places.ties.records: position# id type words fact_at@?
  fact_assumed! recorded_at@ by role site source standing note counts! why struck{}[] |
  signatures{}[]
why/*/*.json addends.records.struck status.records.struck places.ties.records.struck: position#
  said struck_by# now recorded_at@ by role reason stands!
why/*/*.json addends.records.signatures status.records.signatures places.ties.records.signatures:
  key office state
why/*/*.json addends.rules status.rules places.ties.rules: parameter value* meaning set_by
  position# provenance assumed!
why/*/*.json status: name stage reason words records{}[] rules{}[]
why/*/*.json places: category? place# of# gap_ms# before{}? behind{}? level[] ties{}[] words |
  joint!
why/*/*.json places.before places.behind: number driver place# ms# total_ms#
why/*/*.json places.ties: number stage own_ms#? other_ms#? words records{}[] rules{}[]
time-cards/*.json: number driver stages{}[] time_ms#? penalty_ms# total_ms#?
time-cards/*.json stages: stage lines{}[] struck{}[] time_ms#? penalty_ms#
time-cards/*.json stages.lines: what place due_at@? actual_at@? late_ms#? verdict time_ms#?
  penalty_ms# source note positions#[] status+
time-cards/*.json stages.struck: position# said struck_by# now by role reason
"""
"""Of each kind of object of the documents the fields, in the notation of the specification."""
CHECKED: dict[str, list[str]] = {
    MANIFEST: [
        "format",
        "decision",
        "files",
        *_fields("basis.", f"{_OF_A_CUT} head ledger rally effective_at"),
    ],
    DECISION: [*_fields("entry.", _OF_A_DECISION), *_fields("chain.", _OF_A_DECISION), "chain"],
    DOCKET: [
        *_fields("rows.", "decision number position id"),
        *_fields("rows.matters.", _OF_A_MATTER),
    ],
    BEARING: _fields("records.", "position id type by role recorded_at bytes"),
    RULES: ["for", "infringement", *_fields("parameters.", "name value provenance")],
    PUBLICATIONS: [
        *_fields("publications.", "document kind amendment posted_at by role cut_off root"),
        *_fields("publications.", "rulebook edition digest protests_until position id"),
        *_fields("publications.", "scope rows unclassified"),
    ],
    EXHIBITS: [
        *_fields("exhibits.", "position id target state digest title restricted_to media size"),
        *_fields("exhibits.", "called file"),
    ],
    "classifications/*/*.json": [
        *("hypothetical", "without", "scope", "rows", "unclassified"),
        *_fields("cut.", _OF_A_CUT),
        *_fields("rows.", _OF_A_ROW),
        *_fields("unclassified.", "number driver category"),
    ],
    "classifications/*/difference-*.json": [
        *("between", "hypothetical", "scope", "rows", "records", "joint"),
        *_fields("rows.", "number driver category place total_ms gap_ms status because"),
        *_fields("records.", "position id type recorded_at recorded_by role"),
    ],
    "why/*/*.json": [
        *("classification", "number", "driver", "codrivers", "category", "scope", "classified"),
        *("place", "total_ms", "time_ms", "penalty_ms", "flags", "status.name"),
        *_fields("addends.", "ms parts.ms"),
        *_fields("addends.records.", _OF_A_RECORD),
        *_fields("status.records.", _OF_A_RECORD),
        *_fields("places.", "category place of gap_ms"),
        *_fields("places.before.", _OF_A_NEIGHBOUR),
        *_fields("places.behind.", _OF_A_NEIGHBOUR),
    ],
    "time-cards/*.json": [
        *_fields("", "number driver time_ms penalty_ms total_ms stages.penalty_ms"),
        *("stages.lines.penalty_ms",),
    ],
}
"""What of each document is compared with the records or with another document, by its fields.

The report names whatever is not among them: nobody is to take it for checked.
"""


def _several(value: Any) -> Sequence[Any]:
    """A value that may stand alone or among others, as several."""
    return value if isinstance(value, list) else [value]


def _line_of(said: Mapping[str, Any]) -> tuple[str, str] | None:
    """The name and the number of the line of a source; None for what is no such line."""
    source = said.get("source", {})
    name, seq = source.get("name", ""), source.get("seq")
    return (name, seq) if seq else None


def _named_by(said: Mapping[str, Any]) -> set[Any]:
    """The records that a record of the desk is about."""
    several = (said.get(name, ()) for name in NAMING_SEVERAL)
    return {*(said.get(name) for name in NAMING), *itertools.chain(*several)}


def fields_of_act(act: str) -> tuple[str, ...]:
    """The fields in which an effect names crews and records."""
    return _FIELDS_OF_ACT.get(act, _OF_A_SANCTION)


def crews_of_act(act: str) -> tuple[str, ...]:
    """The fields in which an effect names crews."""
    return tuple(each for each in fields_of_act(act) if each in _CREWS_NAMED)


def crews_named(said: Mapping[str, Any]) -> set[str]:
    """The crews that a record of the desk and its effects name."""
    found = [said.get(name) for name in CREWS]
    for effect in said.get("effects") or ():
        fields = effect.get("fields") or {}
        for name in crews_of_act(effect["act"]):
            value = fields.get(name)
            found += value if isinstance(value, list) else [value]
    return {str(each) for each in found if each and isinstance(each, (str, int))}


def content_digest(said: Mapping[str, Any]) -> str:
    """The digest of what a classification says: its scope, its rows, and who is not in it."""
    parts = {"scope": said["scope"]}
    for name in ("rows", "unclassified"):
        parts[name] = said.get(name, [])
    return sha256(canonical(parts))


def order_content(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a start order says: of which stage and category it is, who starts when."""
    scope = {"kind": "start order", "stage": said["stage"], "category": said.get("category", "")}
    rows = [
        {
            "place": each["place"],
            "number": each["number"],
            "due_at": iso(each["due_at"]) if each.get("due_at") else None,
        }
        for each in said["slots"]
    ]
    return {"scope": {name: value for name, value in scope.items() if value}, "rows": rows}


_COMPUTED: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    "ClassificationPublished": dict,
    "StartOrderPublished": order_content,
}
"""What is posted as it was computed, and what of it the digest is of."""


def check_rows(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    out: Sequence[Mapping[str, Any]],
    *,
    may_close_up: bool = False,
) -> None:
    """The arithmetic of a classification: totals, gaps, intervals and places, and nobody twice.

    Where it `may_close_up`, the places of all rows may be 1, 1, 2 instead of 1, 1, 3.

    Raises:
        Wrong: with the row.
    """
    first = before = rows[0]["total_ms"] if rows else 0
    slowest = place = 0
    closes_up = may_close_up and not _stays_empty(rows)
    for number, row in enumerate(rows, 1):
        where, total = f"{name} row {number}", row["total_ms"]
        added = row["time_ms"] + row["penalty_ms"]
        need(total == added, where, f"time and penalties are {added} ms, and not {total}")
        if not _put_back(row):  # by how many places, only the rules of the rally tell
            need(total >= slowest, where, "it is faster than the row above it")
            slowest = total
        need(row["gap_ms"] == total - first, where, f"the gap to the first is {total - first} ms")
        interval = total - before
        need(row["interval_ms"] == interval, where, f"the gap to the row above is {interval} ms")
        shared = number > 1 and not interval and row["place"] == place
        own = place + 1 if closes_up else number
        need(shared or row["place"] == own, where, f"its place is not {row['place']}")
        before, place = total, row["place"]
    numbers = [row["number"] for row in (*rows, *out)]
    need(len(numbers) == len(set(numbers)), name, "a crew is in it twice")


def _stays_empty(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether some place is missing among those of the rows."""
    places = [0, *(row["place"] for row in rows)]
    return any(after > before + 1 for before, after in itertools.pairwise(places))


def _put_back(row: Mapping[str, Any]) -> bool:
    """Whether a sanction put the crew behind the place that its time gives it."""
    return RELEGATED in row.get("flags", ())


_DIRECT = {
    "DecisionIssued": (
        *("number", "stage", "ruling", "reason", "sender", "addressee", "competitor", "fact"),
        *("infringement", "series"),
    ),
    "CourtDecisionIssued": ("number", "stage", "ruling", "reason", "outcome"),
}


def entry_of(versions: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """What a register entry may say, field by field: what its record says, then its corrections."""

    def each(value: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
        return [value(version) for version in versions]

    kind = versions[0]["type"]
    need(kind in _DIRECT, DECISION, f"a {kind} is no decision")
    found = {name: each(lambda said, n=name: said.get(n) or "") for name in _DIRECT[kind]}  # type: ignore[misc]
    found["signed_by"] = each(lambda said: said.get("signed_by") or [])
    found["fact_at"] = each(lambda said: iso(said["fact_at"]) if said.get("fact_at") else None)
    found["decided_at"] = each(lambda said: iso(said.get("decided_at") or said["recorded_at"]))
    found["seen"] = each(lambda said: said.get("seen"))
    found["effects"] = each(lambda said: [_effect(one) for one in said.get("effects") or ()])
    if kind == "DecisionIssued":
        found["decision"] = each(lambda said: str(said["decision"]))
        found["appealable"] = each(lambda said: said.get("appealable", True))
        found["outcome"] = [""]
    else:
        found["decision"] = each(lambda said: said.get("case") or "")
        found["sender"] = each(lambda said: said.get("court") or "")
        found |= {"series": ["court"], "appealable": [True], "seen": [None]}
        found |= {name: [""] for name in ("addressee", "fact", "infringement")}
    return found


_EFFECT = ("act", "fields", "condition", "until")


def _effect(said: Mapping[str, Any]) -> tuple[Any, ...]:
    until = said.get("until_at")
    condition = said.get("condition") or ""
    return said["act"], said.get("fields") or {}, condition, iso(until) if until else None


# -- the command ---------------------------------------------------------------------------------


def files_of(path: Path) -> tuple[dict[str, bytes], str]:
    """The files of an evidence file or of its folder, and where the zip is not in its one form.

    Raises:
        OSError: it can't be read.
    """
    if path.is_dir():
        found = (each for each in sorted(path.rglob("*")) if each.is_file())
        return {each.relative_to(path).as_posix(): each.read_bytes() for each in found}, ""
    data = path.read_bytes()
    files = unpacked(data)
    try:
        where = difference(data, files)
    except ValueError as error:
        return files, str(error)
    return files, where and f"its bytes are not those of its files; the first that differs: {where}"


def checked(
    files: Files,
    roots: Sequence[str] = (),
    form: str = "",
    trusted: str = "",
    papers: Mapping[str, bytes] = MappingProxyType({}),
    policy: bytes | None = None,
) -> Check:
    """The check of the files of an evidence file; `form` is what is wrong with the zip itself.

    `trusted` is a key from outside, `papers` checkpoints and proofs by their names, and `policy`
    says which witnesses have to have signed these.
    """
    found = Check(files, roots, trusted, papers, policy)
    if not files:
        found.findings.append("There is no evidence file in it.")
        return found
    if form:
        found.findings.append(f"The zip: {form}")
    found.run()
    return found


def checked_alone(
    papers: Mapping[str, bytes], trusted: str = "", policy: bytes | None = None
) -> Check:
    """The check of checkpoints and proofs by themselves, without an evidence file."""
    found = Check({}, (), trusted, papers, policy)
    found.look_at_papers()
    return found


def report(found: Check) -> Iterator[str]:
    """What came of a check, line by line."""
    if found.findings:
        what = "This evidence file does" if found.files else "What was handed over does"
        yield f"REFUSED. {what} not hold together:"
        yield from (f"  {each}" for each in found.findings[:MOST_SAID])
        if len(found.findings) > MOST_SAID:
            yield f"  and {len(found.findings) - MOST_SAID} findings more"
        return
    signed = f"A checkpoint of this log is signed by the key {found.signed_by}, which is trusted."
    nobody = "It is consistent in itself; whose it is was not checked."
    yield f"ACCEPTED. {signed if found.signed_by else nobody}"
    left = [f"{kind}: {', '.join(fields)}" for kind, fields in found.not_checked().items()]
    if found.rules_left:
        left.append(f"the rules {', '.join(found.rules_left)}: they were not applied")
    left += found.not_applied
    left = [*found.of_keys, *([NOT_COMPARED, *left] if found.files else [])]
    if left:
        yield f"Not checked: {'; '.join(left)}."
    yield "Checked:"
    yield from (f"  {each}" for each in found.done)
    yield from (f"  Note: {each}" for each in found.remarks)


_EVIDENCE = "the zip, or the folder that it was extracted to; or a checkpoint or a proof by itself"
_TRUST = (
    "the organiser's or the log's key, from outside: its fingerprint, or its public line; or a "
    "file, of a public key or of a policy of witnesses; may be given several times"
)
_PAPER = "a checkpoint or a proof that was kept, also one that nothing was left out"


def main(words: Sequence[str] | None = None) -> int:
    """Check an evidence file; 0 if it is accepted, 1 if it is refused, 2 if it can't be read."""
    parser = argparse.ArgumentParser(prog="check.py", description="Check an evidence file.")
    parser.add_argument("evidence", help=_EVIDENCE)
    parser.add_argument("--root", action="append", default=[], help="a root that it has to have")
    parser.add_argument("--trust", action="append", default=[], metavar="KEY|FILE", help=_TRUST)
    more = "--checkpoint", "--proof"
    parser.add_argument(*more, action="append", default=[], metavar="FILE", help=_PAPER)
    asked = parser.parse_args(words)
    path = Path(asked.evidence)
    try:
        trusted, policy = trusted_in(asked.trust)
        papers = {each: Path(each).read_bytes() for each in asked.checkpoint}
        alone = not path.is_dir() and is_paper(path.read_bytes())
        files, form = ({}, "") if alone else files_of(path)
    except OSError as error:
        sys.stderr.write(f"{error.filename or asked.evidence} can't be read: {error.strerror}.\n")
        return 2
    except Wrong as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    if alone:
        papers = {str(path): path.read_bytes(), **papers}
        found = checked_alone(papers, trusted, policy)
    else:
        found = checked(files, asked.root, form, trusted, papers, policy)
    for line in report(found):
        sys.stdout.write(_printable(line) + "\n")
    if found.files and not found.findings:
        sys.stdout.write(f"SHA-256 of the file: {sha256(packed(files))}\n")
        basis = read_json(files[MANIFEST])["basis"]
        sys.stdout.write(f"Root of the {basis['position']} records: {basis['root']}\n")
    return 1 if found.findings else 0


def _line_of_key(key: bytes) -> str:
    return f"ssh-ed25519 {base64.b64encode(_packed(b'ssh-ed25519', key)).decode()}"


def is_paper(data: bytes) -> bool:
    """Whether a file is meant as a checkpoint or a proof."""
    return data.startswith((b"rally-ledger/", _PROOF.encode(), _OLD.encode()))


_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


def trusted_in(said: Iterable[str]) -> tuple[str, bytes | None]:
    """The key that somebody trusts, and the policy of witnesses, as they are named or in files.

    Raises:
        OSError: a file can't be read. Wrong: one is named twice, or is none.
    """
    key, policy = "", None
    for each in said:
        found = each.strip()
        if Path(each).is_file():
            data = Path(each).read_bytes()
            if is_policy(data):
                need(policy is None, "--trust", f"{each} is a second policy")
                policy = data
                continue
            found = data.decode("utf-8", "replace").strip()
        need(not key, "--trust", f"{each} is a second key")
        if "+" in found and not found.startswith(("SHA256:", "ssh-")):
            found = _line_of_key(read_vkey(found).raw)
        right = key_of_line(found) or _FINGERPRINT.fullmatch(found)
        none = f"{each} is no fingerprint, no public key and no policy: one begins with SHA256:"
        need(bool(right), "--trust", none)
        key = found
    return key, policy


def _printable(text: str) -> str:
    """The text with everything spelled out that could act on a terminal or can't be printed."""
    shown = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    coding = sys.stdout.encoding or "ascii"
    return shown.encode(coding, "backslashreplace").decode(coding)


if __name__ == "__main__":
    sys.exit(main())
