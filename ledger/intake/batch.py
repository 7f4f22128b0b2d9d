"""Intake: a delivery of lines goes into a log at once, each line at most one time.

A line is known by its source and its key there. The same content again is already known; other
content under a known key is a conflict, and so is a key that a whole file no longer holds: these
are not recorded but kept in the quarantine, unless they are asked to be recorded as corrections.
Nothing is refused for what it says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import msgspec

from ledger.amendments import seen
from ledger.errors import Conflict, Unreadable
from ledger.intake.comparing import differences, told
from ledger.intake.lines import BadLine, Line, Note, Whole, stands_in
from ledger.intake.quarantine import Problem, keeping
from ledger.intake.statements import WAYS, AsCorrections, file_of, named_by, statements
from ledger.intake.stock import Held, Stock
from ledger.keys import delivery_of
from ledger.log import TRIES, Log
from ledger.spelling import composed
from ledger.times import Instant
from ledger.vocabulary import Occurrence, StageScheduled, canonical

Kinds = dict[str, dict[str, int]]
"""How many lines, by the type of the record and by the way in which they differ."""


class Report(NamedTuple):
    """What became of a delivery; `places` tells where each new record stood in it."""

    rally: str
    read: int
    appended: int
    already_known: int
    problems: list[Problem]
    notes: list[Note]
    places: Mapping[int, str]
    quarantine_file: str | None
    corrected: Kinds | None = None

    @property
    def conflicts(self) -> list[Problem]:
        """Lines that differ from what was recorded under their key, or are there no longer."""
        return [each for each in self.problems if each.kind == "conflict"]

    @property
    def unreadable(self) -> list[Problem]:
        """Lines that can't be read."""
        return [each for each in self.problems if each.kind == "unreadable"]

    @property
    def kinds(self) -> Kinds:
        """How many conflicts there are of each kind."""
        return _counted((each.type, each.way) for each in self.conflicts)


def take_in(
    log: Log,
    delivery: Iterable[Line | BadLine | Note | Whole],
    quarantine: Path,
    *,
    strict: bool = False,
    corrections: AsCorrections | None = None,
    key: str = "",
    says: Sequence[bytes] = (),
    progress: Callable[[int], None] = lambda _: None,
    guard: Callable[[], None] = lambda: None,
) -> Report:
    """Append what is new of a delivery in one transaction.

    With `strict` nothing is appended when any line can't be read or differs. `guard` is asked
    before, once the delivery was read; what it raises refuses all of it. Under a `key` the same is
    delivered, whenever it is: its lines, or what it `says` where these follow from the log as well.

    Raises:
        Unreadable: `strict`, and something is wrong. Conflict: others keep appending.
        KeyTaken: something else was delivered under the key.
    """
    came = _sorted_out(delivery, progress)
    called = delivery_of(key, says or _says(came))
    unreadable = [Problem(each.where, each.raw, each.reason, "unreadable") for each in came.bad]
    for _ in range(TRIES):
        head = log.head().size
        guard()
        compared = _Comparison(log, came, corrections)
        problems = unreadable + compared.problems
        if strict and problems:
            first = problems[0]
            raise Unreadable(
                f"{first.where}: {first.reason}"
                + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""),
                hint="Nothing was appended (--strict).",
            )
        try:
            with keeping(quarantine, problems) as kept:
                if compared.fresh or (called and head):
                    log.append(compared.fresh, expect=head, delivery=called)
        except Conflict:
            continue
        return Report(
            log.rally,
            len(came.lines) + len(came.bad),
            len(compared.fresh),
            compared.known,
            problems,
            came.notes + compared.notes,
            dict(enumerate(compared.places, head + 1)),
            kept,
            _counted(compared.corrected),
        )
    raise Conflict(f"Others keep appending to {log.rally}.", hint="Try again in a moment.")


class _Came(NamedTuple):
    """A delivery, sorted by what its parts are."""

    lines: list[Line]
    bad: list[BadLine]
    notes: list[Note]
    whole: list[Whole]


def _says(came: _Came) -> Iterator[bytes]:
    """What a delivery says, whenever it is taken in."""
    for line in came.lines:
        yield canonical(msgspec.structs.replace(line.occurrence, recorded_at=_ANY_TIME))
    for bad in came.bad:
        yield bad.raw.encode(errors="surrogatepass")


_ANY_TIME = Instant(0, 0)


def _sorted_out(
    delivery: Iterable[Line | BadLine | Note | Whole], progress: Callable[[int], None]
) -> _Came:
    came = _Came([], [], [], [])
    kinds: dict[type[object], list[Any]] = dict(
        zip((Line, BadLine, Note, Whole), came, strict=True)
    )
    for count, each in enumerate(delivery, 1):
        kinds[type(each)].append(each)
        if count % 1000 == 0:
            progress(count)
    return came


class _Comparison:
    """A delivery beside what the log holds: what is new, what is known, and what differs."""

    def __init__(self, log: Log, came: _Came, how: AsCorrections | None) -> None:
        self.fresh: list[Occurrence] = []
        self.places: list[str] = []
        self.known = 0
        self.problems: list[Problem] = []
        self.notes: list[Note] = []
        self.corrected: list[tuple[str, str]] = []
        self._rally = log.rally
        self._how = how
        self._stock = Stock(log)
        self._delivered: dict[str, dict[str, Occurrence]] = defaultdict(dict)
        self._precisions = {
            said.stage: said.precision_ms
            for said in (line.occurrence for line in came.lines)
            if isinstance(said, StageScheduled)
        }
        self._unused = set(how.only) if how else set()
        self._derived = 0
        self._unknown_then = 0
        self._told: set[str] = set()
        """The records that lines are about, by their ids."""
        self._contested: set[tuple[str, str]] = set()
        """The keys under which a delivery says two things: they are corrected by neither."""
        for said in (line.occurrence for line in came.lines):
            earlier = self._delivered[said.source.name].setdefault(_key(said), said)
            if earlier is not said and self._twice(earlier, said):
                self._contested.add((said.source.name, _key(said)))
        found = [(line, self._met(line)) for line in came.lines]
        self._changed = {line.where for line, met in found if any(each for _, each in met)}
        """The rows that say something else: what is assumed of them is assumed anew."""
        for line, met in found:
            self._take(line, met)
        for whole in came.whole:
            broken = any(stands_in(each.where, whole.where) for each in came.bad)
            self._miss(whole, "It can't be read in full" if broken else whole.lacking)
        for many, why in ((self._derived, _READ_OTHERWISE), (self._unknown_then, _NOW_ASSUMED)):
            if many and not how:
                self.notes.append(Note(f"{many} of {len(came.lines)} lines", why))
        self.notes += [
            Note(f"--only {each}", "Nothing that differs here is of that kind, file or key.")
            for each in sorted(self._unused)
        ]

    def _met(self, line: Line) -> list[tuple[Held | None, Problem | None]]:
        """The records that a line is about, each with how the line differs from it, if it does."""
        about = self._stock.about(line.occurrence)
        self._told |= {each.root for each in about}
        return [(held, self._compared(line, held)) for held in about or (None,)]

    def _compared(self, line: Line, held: Held | None) -> Problem | None:
        """How a line differs from what its source said under its key, if it does."""
        said = line.occurrence
        earlier = self._delivered[said.source.name][_key(said)]
        contrary = "" if earlier is said else self._twice(earlier, said)
        way, recordable = "differs", True
        if held is None:
            reason = contrary
        elif held.withdrawn_by and held.stands is not None:
            way, reason = "returned", "was withdrawn, and is there again"
        elif type(said) is not type(held.said):
            reason = _DIFFERS.format(_another(held.said, said))
        else:
            news = self._news(held, line)
            is_news = any(name not in line.derived for name in news)
            reason = _DIFFERS.format(told(held.stands or held.said, news)) if is_news else ""
        if reason and held is not None and held.stands is None:
            reason, recordable = f"{reason}; but that record is void", False
        if not reason:
            return None
        if (said.source.name, _key(said)) in self._contested:
            reason = contrary or f"{reason}; a later line under this key says otherwise"
            recordable = False
        if held and seen(held.said) != seen(said) and len(self._stock.about(said)) > 1:
            reason, recordable = f"{reason}; it is one of several, void those that are wrong", False
        return self._differs(line, reason, way, recordable)

    def _differs(self, line: Line, reason: str, way: str, recordable: bool) -> Problem:
        said = line.occurrence
        kind = said.type_name()
        return Problem(line.where, line.raw, reason, "conflict", _key(said), kind, way, recordable)

    def _take(self, line: Line, met: list[tuple[Held | None, Problem | None]]) -> None:
        """Append what is new, settle what differs; a line that does neither is known."""
        said = line.occurrence
        known = True
        for held, differing in met:
            found = differing or (self._follows(held, line) if held else None)
            if found and (self._is_first(said) or not self._is_recorded(found, held)):
                self._settle(found, held, line)
                known = False
            elif held is None and self._is_first(said):
                self._append(line.where, said)
                known = False
        self.known += known

    def _follows(self, held: Held, line: Line) -> Problem | None:
        """What corrections have to say that is no news of the source itself, where that is asked.

        What is assumed of a row that says something else is assumed anew; and what an earlier
        version derived otherwise, or had no instant for, is brought up to date.
        """
        if not held.counts or not self._is_first(line.occurrence):
            return None
        derived = bool(self._news(held, line))
        unknown_then = held.said.fact_at is None and line.occurrence.fact_assumed
        assumed = self._how is not None and line.where in self._changed
        if not (derived or unknown_then or assumed):
            return None
        if not self._news(held, line, assumed_anew=True):
            return None
        self._derived += derived
        self._unknown_then += unknown_then and not derived
        found = self._differs(line, "", "differs", True)
        return found if self._how and self._how.meant(found) else None

    def _is_first(self, said: Occurrence) -> bool:
        """Whether no line before it stands under its key in the delivery."""
        return self._delivered[said.source.name][_key(said)] is said

    def _twice(self, earlier: Occurrence, said: Occurrence) -> str:
        """What a key that stands twice in a delivery says otherwise; that counts for nothing."""
        if type(said) is not type(earlier):
            reason = _another(earlier, said)
        else:
            reason = told(earlier, differences(earlier, said, self._precision(said)))
        return reason and f"differs from an earlier line under this key: {reason}"

    def _precision(self, said: Occurrence) -> int | None:
        return self._precisions.get(getattr(said, "stage", ""))

    def _news(self, held: Held, line: Line, *, assumed_anew: bool = False) -> dict[str, Any]:
        """What the source says otherwise than it did, and otherwise than the record reads now."""
        said, precision_ms = line.occurrence, self._precision(line.occurrence)
        since = differences(held.said, said, precision_ms, assumed_anew=assumed_anew)
        if held.stands is not None and since:
            now = differences(held.stands, said, precision_ms, assumed_anew=assumed_anew)
            since = {name: value for name, value in since.items() if name in now}
        return {name: value for name, value in since.items() if name not in line.assumed}

    def _miss(self, whole: Whole, lacking: str) -> None:
        """What a whole file no longer holds."""
        delivered = self._delivered[whole.source]
        gone = [
            (key, held)
            for key, several in self._stock.of(whole.source).items()
            if key.startswith(whole.keys)
            for held in several
            if (key not in delivered or held.root not in self._told)
            and held.counts
            and not held.withdrawn
            and (not whole.stage or getattr(held.said, "stage", "") == whole.stage)
        ]
        stays = 0
        for key, held in gone:
            kind = held.said.type_name()
            reason = f"no longer in the answer: {held.said.words()}"
            problem = Problem(whole.where, key, reason, "conflict", key, kind, "withdrawn", True)
            if not lacking or (whole.no_rows and self._confirmed(problem)):
                self._settle(problem, held, None)
            else:
                stays += 1
        if stays:
            hint = ""
            if whole.no_rows and lacking == whole.lacking:
                file = PurePath(file_of(whole.where))
                name = "/".join(file.parts[-2:]) if whole.stage else file.name
                hint = f" If they were withdrawn: --as-corrections --only {name}."
            many = f"{stays} record{'s' * (stays > 1)} of it stand{'s' * (stays == 1)}"
            message = f"{lacking}: nothing of it is withdrawn, and {many}.{hint}"
            self.notes.append(Note(whole.where, message))

    def _confirmed(self, problem: Problem) -> bool:
        """Whether that nothing is left of it was confirmed: by its file, its type or its key."""
        return self._how is not None and any(
            each.casefold() not in WAYS and named_by(each, problem) for each in self._how.only
        )

    def _settle(self, problem: Problem, held: Held | None, line: Line | None) -> None:
        """Record what differs, where that is asked; else it is a conflict."""
        how = self._how
        if how is not None:
            self._unused -= {each for each in how.only if named_by(each, problem)}
        if how is None or held is None or not self._is_recorded(problem, held):
            self.problems.append(problem)
            return
        self.corrected.append((problem.type, problem.way))
        said = line.occurrence if line else None
        same = type(said) is type(held.said)
        news = self._news(held, line, assumed_anew=True) if line and same else None
        numbers = self._stock.numbers(held.said.source.name, problem.key)
        for each in statements(self._rally, problem.key, held, said, news, how, numbers):
            self._append(problem.where, each)

    def _is_recorded(self, problem: Problem, held: Held | None) -> bool:
        """Whether it is asked to be recorded, and can be."""
        asked = self._how is not None and self._how.meant(problem)
        return asked and problem.recordable and held is not None

    def _append(self, where: str, said: Occurrence) -> None:
        self.fresh.append(said)
        self.places.append(where)


def _key(said: Occurrence) -> str:
    """The key of a line at its source, composed."""
    return composed(said.source.seq)


def _another(before: Occurrence, after: Occurrence) -> str:
    return f"it was a {before.type_name()} and is a {after.type_name()}"


_READ_OTHERWISE = (
    "Recorded otherwise by an earlier version, from the same words: no conflict. "
    "--as-corrections --reason TEXT brings the record up to date."
)
_NOW_ASSUMED = (
    "Recorded when no instant was known; one is assumed now: no conflict. "
    "--as-corrections --reason TEXT records it."
)
_DIFFERS = "differs from what is recorded under this key: {}"


def _counted(differing: Iterable[tuple[str, str]]) -> Kinds:
    """By kind, the most first."""
    kinds: Kinds = {}
    for (kind, way), count in Counter(differing).most_common():
        kinds.setdefault(kind, {})[way] = count
    return kinds
