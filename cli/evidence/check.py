"""Check an evidence file of a rally: one file that needs nothing but Python 3.11 or newer.

    python -I check.py EVIDENCE.zip [--root HEX]...

EVIDENCE.zip may also be the folder that it was extracted to. Every hash, root, digest and total in
it is computed again from the bytes of the records. What does not fit is refused with where it is
(exit code 1); what fits is accepted with what was checked (exit code 0). README.txt in the
evidence file says what this proves, and what it does not.

--root is a root that somebody else holds, as it is printed on a document of that time: the records
up to some position have to have it. Its first ten digits are enough.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import re
import struct
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

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
OVERALL = "classifications/overall"
LARGEST = 2**32 - 1
"""A canonical zip is no larger than this, in bytes."""
MOST_FILES = 2**16 - 1
LEAST_DIGITS = 10
MOST_SAID = 20
_HEADER = ("rally", "position", "id", "received_at", "site", "site_position", "tags")
NAMING = ("target", "supersedes", "heir", "about", "appeal", "decision", "drawn_up")
NAMING_SEVERAL = ("matter",)
CREWS = ("number", "against")
_ON_A_STAGE = (
    *("StageDelayed", "StageShortened", "StageStopped", "StageCancelled", "StageReinstated"),
    "TargetTimeChanged",
)
CREWS_OF_ACT = {
    "TimeCreditGranted": ("number", "helped"),
    "TieBreakDisapplied": ("numbers",),
    **dict.fromkeys(_ON_A_STAGE, ()),
}
"""The fields by which an effect names crews; where its act is not among them, by `number`."""
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
        *("CourtDecisionIssued", "ExhibitBound", "DocumentPosted"),
    )
)
"""What may be a step of a case, and the fields by which it names what it is about."""
_SAME_IN_BOTH = ("by", "role", "recorded_at")
_NAME = re.compile(r"[A-Za-z0-9_.%-]+(/[A-Za-z0-9_.%-]+)*")

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
        ValueError: it is no JSON, or no UTF-8, or holds a number that is not whole.
    """
    return json.loads(data.decode(), parse_float=_not_whole, parse_constant=_not_whole)


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
    extra = told.keys() - {*_HEADER, "leaf", "occurrence"}
    need(not extra, where, f"a record has no {', '.join(sorted(extra))}")
    return Record(position, told["id"], data, said, told["site"], told["received_at"], leaf)


# -- words ---------------------------------------------------------------------------------------


def words_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The records that bear on the case as a text to read: what each says, and why it is here."""
    lines = ["The records that bear on the decision, in the order in which they came in.", ""]
    for row in rows:
        who = f"{row['by']} ({row['role']})" if row["role"] else row["by"]
        lines += [
            f"#{row['position']}  {row['type']}, {row['recorded_at']}, by {who or 'nobody'}",
            f"    {row['words']}",
            f"    Here because: {'; '.join(row['why'])}.",
            f"    Id {row['id']}",
            "",
        ]
    return "\n".join(lines).encode()


def moves_of(documents: Mapping[str, Any]) -> bytes:
    """The differences of the classifications as a text to read, one under another."""
    lines: list[str] = []
    for name in sorted(name for name in documents if _DIFFERENCE in name):
        found = documents[name]
        before, after = found["between"]
        lines += [f"{_title(found['scope'])}: {before} → {after} the decision", ""]
        if found["refused"]:
            lines.append(f"    There is none: {found['refused']}")
        elif not found["rows"]:
            lines.append("    Nobody stands otherwise.")
        for row in found["rows"]:
            sides = [
                f"{place}. {_clock(total)}" if place else row["status"][side] or "not in it"
                for side, (place, total) in enumerate(
                    zip(row["place"], row["total_ms"], strict=True)
                )
            ]
            because = ", ".join(f"#{each}" for each in row["because"])
            lines.append(f"    {row['number']} {row['driver']}: {' → '.join(sides)} ({because})")
        lines.append("")
    return "\n".join(lines).encode()


_DIFFERENCE = "/difference-"


def _title(scope: Mapping[str, Any]) -> str:
    after = f" after {scope['after']}" if scope["after"] else " so far"
    return f"Overall{after}{', ' * bool(scope['category'])}{scope['category'] or ''}"


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


# -- the checks ----------------------------------------------------------------------------------


class Check:
    """One check of one evidence file: what was found, and what was looked at."""

    def __init__(self, files: Files, roots: Sequence[str] = ()) -> None:
        self.files = files
        self.findings: list[str] = []
        self.done: list[str] = []
        self.remarks: list[str] = []
        self._wanted = roots
        self._manifest: Any = None
        self._records: list[Record] = []
        self._by_id: dict[str, Record] = {}
        self._roots: list[str] = []
        self._amending: dict[str, list[Record]] = {}
        self._numbers: dict[str, set[str]] = {}
        self._lines: dict[tuple[str, str] | None, list[str]] = {}

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
        self._each("time-cards/", self._card)
        if self.files.get(CHECKER) != _own_bytes():
            self.remarks.append(f"{CHECKER} in it is another one than the one that runs here.")

    def _part(self, name: str, check: Callable[[], None]) -> bool:
        """One part of the check; whatever is wrong with it is a finding that says where."""
        try:
            check()
        except Wrong as wrong:
            self.findings.append(str(wrong))
        except NOT_LAID_OUT as error:
            told = f"{type(error).__name__} {error}".strip()
            self.findings.append(f"{name}: it is not laid out as an evidence file is ({told})")
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
        return read_json(self.files[name])

    # -- the manifest ----------------------------------------------------------------------------

    def _read_manifest(self) -> None:
        found = self._json(MANIFEST)
        need(canonical(found) + b"\n" == self.files[MANIFEST], MANIFEST, "it was spelled anew")
        need(found["format"] == FORMAT, MANIFEST, f"it is not of the format {FORMAT!r}")
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
        self._share_numbers()

    @staticmethod
    def _line(line: bytes, position: int) -> Record:
        try:
            return record_of(line, position)
        except (*NOT_LAID_OUT, RecursionError) as error:
            raise Wrong(f"{RECORDS} line {position}: it is no record ({error})") from None

    def _head(self) -> None:
        """What the manifest says of the log: how many records, with which root, of which rally."""
        basis, size = self._manifest["basis"], len(self._records)
        need(size > 0, RECORDS, "it is empty")
        need(basis["position"] == basis["head"] == size, RECORDS, _of(size, basis["position"]))
        root = self._roots[size]
        need(basis["root"] == root, RECORDS, f"its root is {root}, and not {basis['root']}")
        first, last = self._records[0], self._records[-1]
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
        """Every classification in the log: the root at its cut-off, the digest of its rows."""
        site, count = self._records[0].site, 0
        for each in self._records:
            if each.said["type"] != "ClassificationPublished":
                continue
            where = f"{RECORDS} line {each.position}, document {each.said['document']}"
            cut_off, digest = each.said["position"], each.said.get("digest", "")
            if digest:
                need(digest == content_digest(each.said), where, "its rows have another digest")
            if root := each.said.get("root", ""):
                fits = cut_off < each.position and self._roots[cut_off] == root
                if not fits and each.site != site:
                    self.remarks.append(f"{where}: it rests on the log of {each.site}.")
                    continue
                need(fits, where, f"the log up to #{cut_off} does not have the root that it names")
                count += 1
        self.done.append(f"{count} published classifications: digests, and roots at their cut-offs")

    def _record(self, where: str, position: Any, identity: str) -> Record:
        """The record that something names by position and id."""
        known = isinstance(position, int) and 1 <= position <= len(self._records)
        need(known, where, f"there is no record #{position}")
        found: Record = self._records[position - 1]
        need(found.id == identity, where, f"record #{position} is not {identity}")
        return found

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
        """Whether nobody struck it out, and it is no line of a source that may be told twice."""
        void = any(each.said["type"] == "Voided" for each in self._amending.get(record.id, ()))
        return not void and _line_of(record.said) is None

    # -- the case --------------------------------------------------------------------------------

    def _decision(self) -> None:
        """The register entry says what the record of the decision says, and so do its relatives."""
        found, named = self._json(DECISION), self._manifest["decision"]
        entry = found["entry"]
        same = (entry["position"], entry["id"]) == (named["position"], named["id"])
        need(same, DECISION, f"its entry is not the one of #{named['position']}")
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
            if self._manifest["basis"]["edition"] >= SAYS_WHOM_IT_CONCERNS:
                concerned = set(map(self._bearer, each["concerns"]))
                for crew in set.intersection(*map(crews_named, versions)):
                    need(self._bearer(crew) in concerned, where, f"it concerns crew {crew}, too")
            for step in each["steps"]:
                told = self._record(where, step["position"], step["id"])
                need(step["type"] == told.said["type"], where, f"step #{step['position']} is none")
                need(step["by"] == told.said.get("by", ""), where, "a step is by somebody else")
            self._complete(where, record, {step["id"] for step in each["steps"]})
            self._known(where, each["positions"])
        name = entry["decision"] and f"{entry['series']}-{entry['decision']}"
        need(named["name"] in (name, entry["series"]), MANIFEST, "it names another decision")
        self.done.append(f"the register entry of {named['name']}: it says what its record says")

    def _complete(self, where: str, record: Record, steps: set[str]) -> None:
        """Everything of the desk that names the decision is a step of it."""
        for each in self._records:
            if each.said["type"] not in STEPS or each.id in steps or not self._counts(each):
                continue
            about_it = all(record.id in _named_by(said) for said in self._versions(each))
            need(not about_it, where, f"the step #{each.position} is missing")

    def _docket(self) -> None:
        found, named = self._json(DOCKET), self._manifest["decision"]
        need(
            any(each["id"] == named["id"] for each in found["rows"]), DOCKET, "it has no row of it"
        )
        for row in found["rows"]:
            self._record(DOCKET, row["position"], row["id"])
            for matter in row["matters"]:
                where = f"{DOCKET} matter #{matter['position']}"
                told = self._record(where, matter["position"], matter["id"])
                lodged = [iso(e.get("fact_at") or e["recorded_at"]) for e in self._versions(told)]
                need(matter["lodged_at"] in lodged, where, "it was not lodged then")
                numbers = [self._bearer(e.get("number") or "") for e in self._versions(told)]
                need(
                    self._bearer(matter["number"]) in numbers,
                    where,
                    "it was lodged by another crew",
                )

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
        for each in ("with", "without", "before", "after"):
            need(f"{OVERALL}/{each}.json" in self.files, OVERALL, f"{each}.json is missing")
        text = moves_of({name: self._json(name) for name in names})
        need(self.files[MOVES] == text, MOVES, "it does not say what the differences say")

    def _rules(self) -> None:
        found = self._json(RULES)
        said: dict[str, list[Any]] = {}
        for record in self._records:
            if record.said["type"] in ("RegulationsAdopted", "BulletinIssued"):
                for version in self._versions(record):
                    for name, value in (version.get("parameters") or {}).items():
                        said.setdefault(name, []).append(value)
        for number, row in enumerate(found["parameters"], 1):
            where, allowed = f"{RULES} row {number}", said.get(row["name"])
            right = allowed is None or row["value"] in allowed
            need(right, where, f"no record sets {row['name']} to {row['value']!r}")
        self._known(RULES, (each["position"] for each in found["applied"]))

    def _publications(self) -> None:
        rows = self._json(PUBLICATIONS)["publications"]
        for number, row in enumerate(rows, 1):
            where = f"{PUBLICATIONS} row {number}"
            told = self._record(where, row["position"], row["id"])
            named = [each.get("document") or "" for each in self._versions(told)]
            need(row["document"] in named, where, f"it was posted as document {named[0]}")
            if "rows" in row:
                need(row["digest"] == told.said.get("digest", ""), where, "it has another digest")
                same = content_digest(row) == content_digest(told.said)
                need(same, where, f"these are not the rows of document {row['document']}")
        self.done.append(f"{len(rows)} publications that bear on it: rows and digests")

    def _exhibits(self) -> None:
        parties, here = set(self._manifest["for"]), 0
        rows = self._json(EXHIBITS)["exhibits"]
        files = {name for name in self.files if name.startswith("exhibits/")}
        for number, row in enumerate(rows, 1):
            where = f"{EXHIBITS} row {number}"
            versions = self._versions(self._record(where, row["position"], row["id"]))
            for name in ("digest", "title", "target"):
                need(
                    row[name] in [each[name] for each in versions], where, f"its {name} is another"
                )
            whom = [each.get("restricted_to", []) for each in versions]
            need(row["restricted_to"] in whom, where, "it is for other parties")
            if row["state"] != "included":
                continue
            allowed = not row["restricted_to"] or not parties.isdisjoint(row["restricted_to"])
            need(allowed, where, "it is for other parties than this file is for")
            file = row["file"]
            need(file in files, file, "it is missing")
            need(sha256(self.files[file]) == row["digest"], file, "it does not have its digest")
            here += 1
        listed = {row["id"] for row in rows}
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
        check_rows(name, found["rows"], found["unclassified"])
        cut, decision = found["cut"], self._manifest["decision"]["position"]
        known_at, hypothetical = cut["position"], name.endswith("/without.json")
        head = len(self._records)
        expected = {"before": decision - 1, "after": decision}.get(Path(name).stem, head)
        need(known_at == expected, name, f"it is as of #{known_at}, and not of #{expected}")
        need(cut["root"] == self._roots[known_at], name, "it rests on a log with another root")
        without = found["without"]
        self._known(name, without)
        fits = (decision in without) if hypothetical else not without
        need(fits, name, f"it is not the one {'without' * hypothetical or 'with'} #{decision}")
        if hypothetical:
            return
        scope = {key: value for key, value in found["scope"].items() if value is not None}
        for each in self._records:
            said = each.said
            if said["type"] != "ClassificationPublished" or not said.get("digest"):
                continue
            asked = known_at, scope, cut["edition"]
            if (said["position"], said["scope"], said.get("edition", 0)) == asked:
                same = content_digest({**found, "scope": scope}) == said["digest"]
                document = said["document"]
                need(same, name, f"it is not what document {document} (#{each.position}) says")

    def _difference(self, name: str) -> None:
        """The crews that differ between two classifications are those, and they differ so."""
        found = self._json(name)
        folder = name.rpartition("/")[0]
        sides = [self._json(f"{folder}/{each}.json") for each in found["between"]]
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
                need(
                    of is not None or row["status"][side] == status, where, "its status is another"
                )
            because = set(row["because"])
            need(bool(because) and because <= allowed, where, f"#{decision} does not explain it")
        for each in found["records"]:
            told = self._record(name, each["position"], each["id"])
            need(
                each["type"] == told.said["type"], name, f"#{each['position']} is no {each['type']}"
            )

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
            self._as_recorded(where, each)
        self._cited(name, found["status"]["records"])
        row = self._row(found["classification"], found["number"])
        need(
            found["classified"] == (row is not None),
            name,
            "it stands otherwise in the classification",
        )
        if row is not None:
            figures = ("place", "time_ms", "penalty_ms", "total_ms")
            same = all(found[each] == row[each] for each in figures)
            need(same, name, f"{found['classification']} has other figures for {found['number']}")

    def _as_recorded(self, where: str, addend: Mapping[str, Any]) -> None:
        """Times, totals carried in and penalties that were recorded are what the records say."""
        for part in addend["parts"]:
            if part["what"] == AS_RECORDED:
                told = self._amounts(part["positions"], "StageTimeRecorded")
                need(not told or part["ms"] in told, where, f"no record says {part['ms']} ms")
        kinds = _AMOUNTS_OF.get(addend["kind"], ())
        if addend["status"] == IN_FORCE and kinds:
            counting = [each["position"] for each in addend["records"] if each["counts"]]
            told = self._amounts(counting[:1], *kinds)
            need(not told or addend["ms"] in told, where, f"no record says {addend['ms']} ms")

    def _amounts(self, positions: Iterable[int], *kinds: str) -> set[Any]:
        """The milliseconds that records of these types say, corrected or not."""
        found: set[Any] = set()
        for each in positions:
            record = self._records[each - 1]
            if record.said["type"] in kinds:
                for said in self._versions(record):
                    found |= {said[name] for name in _AMOUNTS if said.get(name) is not None}
                    fields = (effect.get("fields", {}) for effect in said.get("effects") or ())
                    found |= {each["amount_ms"] for each in fields if "amount_ms" in each}
        return found

    def _cited(self, where: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Records that an explanation rests on: who recorded them when is what the log says."""
        for each in records:
            told = self._record(where, each["position"], each["id"])
            said = told.said.get("by", ""), told.said.get("role", ""), iso(told.said["recorded_at"])
            same = tuple(each[name] for name in _SAME_IN_BOTH) == said
            need(same, where, f"#{told.position} was recorded by somebody else, or at another time")
            self._known(where, (struck["struck_by"] for struck in each["struck"]))

    def _row(self, classification: str, number: str) -> Any:
        rows = self._json(classification)["rows"]
        return next((row for row in rows if row["number"] == number), None)

    def _card(self, name: str) -> None:
        found = self._json(name)
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


AS_RECORDED, IN_FORCE = "time recorded", "in force"
_AMOUNTS = ("elapsed_ms", "amount_ms", "total_ms")
_AMOUNTS_OF = {
    "penalty": ("PenaltyGiven", "DecisionIssued", "CourtDecisionIssued"),
    "carried-in": ("TimesCarriedIn",),
}
"""What the records of an addend are that say its milliseconds, by the kind of the addend."""


def _own_bytes() -> bytes | None:
    try:
        return Path(__file__).read_bytes()
    except (NameError, OSError):
        return None


def _of(found: int, claimed: Any) -> str:
    return f"it holds {found} records, and the manifest says {claimed}"


def _figures(row: Mapping[str, Any] | None) -> tuple[Any, Any]:
    return (row["place"], row["total_ms"]) if row else (None, None)


def _line_of(said: Mapping[str, Any]) -> tuple[str, str] | None:
    """The name and the number of the line of a source; None for what is no such line."""
    source = said.get("source", {})
    name, seq = source.get("name"), source.get("seq")
    return (name, seq) if name and seq else None


def _named_by(said: Mapping[str, Any]) -> set[Any]:
    """The records that a record of the desk is about."""
    several = (said.get(name, ()) for name in NAMING_SEVERAL)
    return {*(said.get(name) for name in NAMING), *itertools.chain(*several)}


def crews_named(said: Mapping[str, Any]) -> set[str]:
    """The crews that a record of the desk and its effects name."""
    found = [said.get(name) for name in CREWS]
    for effect in said.get("effects") or ():
        fields = effect.get("fields") or {}
        for name in CREWS_OF_ACT.get(effect["act"], ("number",)):
            value = fields.get(name)
            found += value if isinstance(value, list) else [value]
    return {str(each) for each in found if each and isinstance(each, (str, int))}


def content_digest(said: Mapping[str, Any]) -> str:
    """The digest of what a classification says: its scope, its rows, and who is not in it."""
    parts = {"scope": said["scope"]}
    for name in ("rows", "unclassified"):
        parts[name] = said.get(name, [])
    return sha256(canonical(parts))


def check_rows(
    name: str, rows: Sequence[Mapping[str, Any]], out: Sequence[Mapping[str, Any]]
) -> None:
    """The arithmetic of a classification: totals, gaps, intervals and places, and nobody twice.

    Raises:
        Wrong: with the row.
    """
    first = before = rows[0]["total_ms"] if rows else 0
    place = 0
    for number, row in enumerate(rows, 1):
        where, total = f"{name} row {number}", row["total_ms"]
        added = row["time_ms"] + row["penalty_ms"]
        need(total == added, where, f"time and penalties are {added} ms, and not {total}")
        need(total >= before, where, "it is faster than the row above it")
        need(row["gap_ms"] == total - first, where, f"the gap to the first is {total - first} ms")
        interval = total - before
        need(row["interval_ms"] == interval, where, f"the gap to the row above is {interval} ms")
        shared = number > 1 and not interval and row["place"] == place
        need(shared or row["place"] == number, where, f"its place is not {row['place']}")
        before, place = total, row["place"]
    numbers = [row["number"] for row in (*rows, *out)]
    need(len(numbers) == len(set(numbers)), name, "a crew is in it twice")


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
    else:
        found["decision"] = each(lambda said: said.get("case") or "")
        found["sender"] = each(lambda said: said.get("court") or "")
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


def checked(files: Files, roots: Sequence[str] = (), form: str = "") -> Check:
    """The check of the files of an evidence file; `form` is what is wrong with the zip itself."""
    found = Check(files, roots)
    if not files:
        found.findings.append("There is no evidence file in it.")
        return found
    if form:
        found.findings.append(f"The zip: {form}")
    found.run()
    return found


def report(found: Check) -> Iterator[str]:
    """What came of a check, line by line."""
    if found.findings:
        yield "REFUSED. This evidence file does not hold together:"
        yield from (f"  {each}" for each in found.findings[:MOST_SAID])
        if len(found.findings) > MOST_SAID:
            yield f"  and {len(found.findings) - MOST_SAID} findings more"
        return
    yield "ACCEPTED. Checked:"
    yield from (f"  {each}" for each in found.done)
    yield from (f"  Note: {each}" for each in found.remarks)


def main(words: Sequence[str] | None = None) -> int:
    """Check an evidence file; 0 if it is accepted, 1 if it is refused, 2 if it can't be read."""
    parser = argparse.ArgumentParser(prog="check.py", description="Check an evidence file.")
    parser.add_argument("evidence", help="the zip, or the folder that it was extracted to")
    parser.add_argument("--root", action="append", default=[], help="a root that it has to have")
    asked = parser.parse_args(words)
    try:
        files, form = files_of(Path(asked.evidence))
    except OSError as error:
        sys.stderr.write(f"{asked.evidence} can't be read: {error.strerror}.\n")
        return 2
    found = checked(files, asked.root, form)
    for line in report(found):
        sys.stdout.write(_printable(line) + "\n")
    if not found.findings:
        basis = read_json(files[MANIFEST])["basis"]
        sys.stdout.write(f"Root of the {basis['position']} records: {basis['root']}\n")
    return 1 if found.findings else 0


def _printable(text: str) -> str:
    """The text with everything spelled out that could act on a terminal or can't be printed."""
    shown = "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
    coding = sys.stdout.encoding or "ascii"
    return shown.encode(coding, "backslashreplace").decode(coding)


if __name__ == "__main__":
    sys.exit(main())
