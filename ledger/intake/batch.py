"""Intake: a delivery of lines goes into a log at once, each line at most one time.

A line is known by its source and its key there. The same content again is already known; other
content under a known key is a conflict: it is not appended but kept in the quarantine, unless it is
asked to be recorded as a correction. Nothing is refused for what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ledger.amendments import apply_changes, content
from ledger.errors import Conflict, Unavailable, Unreadable
from ledger.intake.lines import BadLine, Line, Note
from ledger.log import TRIES, Log
from ledger.times import Instant, spelled
from ledger.vocabulary import Corrected, Occurrence, Source, canonical, decode, occurrence_id

NTH_CORRECTION = " ~"
"""Stands between the key of a line and the number of its correction."""


class Problem(NamedTuple):
    """A line that was not appended: where, as it stood, why, and of which kind."""

    where: str
    raw: str
    reason: str
    kind: str


class Report(NamedTuple):
    """What became of a delivery; `places` tells where each new record stood in it."""

    rally: str
    read: int
    appended: int
    already_known: int
    problems: list[Problem]
    notes: list[Note]
    places: dict[int, str]
    quarantine_file: str | None

    @property
    def conflicts(self) -> list[Problem]:
        """Lines that differ from what was recorded under their key."""
        return [each for each in self.problems if each.kind == "conflict"]

    @property
    def quarantined(self) -> list[Problem]:
        """Lines that can't be read."""
        return [each for each in self.problems if each.kind == "unreadable"]


class AsCorrections(NamedTuple):
    """Record lines that differ as corrections: why, by whom, in which office and when."""

    reason: str
    by: str
    role: str
    recorded_at: Instant


def take_in(
    log: Log,
    delivery: Iterable[Line | BadLine | Note],
    quarantine: Path,
    *,
    strict: bool = False,
    corrections: AsCorrections | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Report:
    """Append what is new of a delivery in one transaction.

    With `strict` nothing is appended when any line can't be read or differs.

    Raises:
        Unreadable: `strict`, and something is wrong. Conflict: others keep appending.
    """
    lines, bad, notes = _sorted_out(delivery, progress)
    for _ in range(TRIES):
        head = log.head().size
        fresh, places, known, differing = _against(log, lines, corrections)
        problems = [Problem(each.where, each.raw, each.reason, "unreadable") for each in bad]
        problems += differing
        if strict and problems:
            first = problems[0]
            raise Unreadable(
                f"{first.where}: {first.reason}"
                + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""),
                hint="Nothing was appended (--strict).",
            )
        kept = keep(quarantine, problems)
        try:
            if fresh:
                log.append(fresh, expect=head)
        except Conflict:
            continue
        return Report(
            log.rally,
            len(lines) + len(bad),
            len(fresh),
            known,
            problems,
            notes,
            dict(enumerate(places, head + 1)),
            kept,
        )
    raise Conflict(f"Others keep appending to {log.rally}.", hint="Try again in a moment.")


def _sorted_out(
    delivery: Iterable[Line | BadLine | Note], progress: Callable[[int], None]
) -> tuple[list[Line], list[BadLine], list[Note]]:
    lines: list[Line] = []
    bad: list[BadLine] = []
    notes: list[Note] = []
    for count, each in enumerate(delivery, 1):
        if isinstance(each, Line):
            lines.append(each)
        elif isinstance(each, BadLine):
            bad.append(each)
        else:
            notes.append(each)
        if count % 1000 == 0:
            progress(count)
    return lines, bad, notes


class _Line(NamedTuple):
    """What is on record under a key.

    The id at which a correction points, the value, and how often that key was corrected.
    """

    tip: str
    value: Occurrence
    corrected: int


def _against(
    log: Log, lines: Sequence[Line], corrections: AsCorrections | None
) -> tuple[list[Occurrence], list[str], int, list[Problem]]:
    """What is new of these lines and where it stands, how many are known, and what differs."""
    stock = _Stock(log)
    fresh: list[Occurrence] = []
    places: list[str] = []
    known, differing = 0, []
    for line in lines:
        said = line.occurrence
        recorded = stock.under(said.source)
        if recorded is None:
            fresh.append(said)
            places.append(line.where)
            stock.add(said.source, _Line(occurrence_id(canonical(said)), said, 0))
        elif content(recorded.value) == content(said):
            known += 1
        elif corrections and type(said) is type(recorded.value):
            correction, line_now = _correction(recorded, said, corrections)
            fresh.append(correction)
            places.append(line.where)
            stock.add(said.source, line_now)
        else:
            reason = (
                f"differs from what is recorded under this key: {_difference(recorded.value, said)}"
            )
            differing.append(Problem(line.where, line.raw, reason, "conflict"))
    return fresh, places, known, differing


class _Stock:
    """What the log holds of each source, looked up once per source."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lines: dict[str, dict[str, _Line]] = {}

    def under(self, source: Source) -> _Line | None:
        if source.name not in self._lines:
            self._lines[source.name] = self._load(source.name)
        return self._lines[source.name].get(source.seq)

    def add(self, source: Source, line: _Line) -> None:
        self._lines[source.name][source.seq] = line

    def _load(self, name: str) -> dict[str, _Line]:
        found: dict[str, _Line] = {}
        corrections: list[tuple[str, int, str, Corrected]] = []
        for seq, data in self._log.recorder.from_source(name):
            said, identity = decode(data), occurrence_id(data)
            if isinstance(said, Corrected):
                key, _, count = seq.rpartition(NTH_CORRECTION)
                corrections.append((key, int(count) if count.isdecimal() else 0, identity, said))
            else:
                found.setdefault(seq, _Line(identity, said, 0))
        for key, nth, identity, said in sorted(corrections, key=lambda each: each[:3]):
            if before := found.get(key):
                found[key] = _Line(identity, apply_changes(before.value, said.changes), nth)
        return found


def _differing_fields(before: Occurrence, after: Occurrence) -> dict[str, Any]:
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    unchanging = ("v", "recorded_at", "recorded_assumed", "by", "role", "source", "type")
    return {
        name: new.get(name)
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name) and name not in unchanging
    }


def _difference(before: Occurrence, after: Occurrence) -> str:
    if type(before) is not type(after):
        return f"it was a {before.type_name()} and is a {after.type_name()}"
    old = msgspec.to_builtins(before)
    changes = _differing_fields(before, after)
    told = (
        f"{name} was {spelled(name, old.get(name))}, is {spelled(name, value)}"
        for name, value in changes.items()
    )
    return "; ".join(told) or "its source says something else of itself"


def _correction(recorded: _Line, said: Occurrence, how: AsCorrections) -> tuple[Corrected, _Line]:
    changes = _differing_fields(recorded.value, said)
    count = recorded.corrected + 1
    correction = Corrected(
        rally=said.rally,
        recorded_at=how.recorded_at,
        by=how.by,
        role=how.role,
        reason=how.reason,
        source=msgspec.structs.replace(
            said.source, seq=f"{said.source.seq}{NTH_CORRECTION}{count}"
        ),
        target=recorded.tip,
        changes=changes,
        number=getattr(said, "number", ""),
        stage=getattr(said, "stage", ""),
    )
    return correction, _Line(occurrence_id(canonical(correction)), said, count)


class _Kept(msgspec.Struct):
    where: str
    kind: str
    reason: str
    raw: str


def keep(quarantine: Path, problems: Sequence[Problem]) -> str | None:
    """Put what was not appended into the quarantine file, each line once."""
    if not problems:
        return None
    try:
        already = set(quarantine.read_bytes().splitlines()) if quarantine.exists() else set()
        with quarantine.open("ab") as file:
            for each in problems:
                line = canonical(_Kept(each.where, each.kind, each.reason, _spelled(each.raw)))
                if line not in already:
                    file.write(line + b"\n")
                    already.add(line)
    except OSError as error:
        raise Unavailable(
            f"The quarantine file {quarantine} can't be written: {error.strerror}.",
            hint="Nothing was appended. Make room or name another ledger folder.",
        ) from None
    return str(quarantine)


def _spelled(raw: str) -> str:
    r"""The line with bytes that are no UTF-8 written as \xNN, so that none is lost."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
