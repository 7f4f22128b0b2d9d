"""The desk before an official: the log at one position, and what an act on it would change.

A decision binds what the signers had before them: the basis on the screen and who would move. An
act is tried or carried out, and answers with its outcome.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from cli.clocks import parse_rally_time
from cli.fields import as_typed
from cli.office.held import Held
from cli.office.naming import decision_named, record_named
from cli.office.overall import Said
from cli.office.timelines import Timelines
from cli.office.view import View
from ledger.appending import Head
from ledger.commands.clock import Days, doubt, must_be_right
from ledger.commands.desk import shared_with
from ledger.commands.publish import post
from ledger.commands.record import RecordOccurrence
from ledger.concerned import concerned
from ledger.errors import NotFound
from ledger.exhibits import Exhibits
from ledger.keys import Key
from ledger.log import Act, Log
from ledger.openings import Randomness
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import (
    AppealIntentionNotified,
    CourtDecisionIssued,
    DecisionIssued,
    Moved,
    Occurrence,
    ProtestLodged,
    ReviewPetitioned,
    Seen,
)
from projections.comparing.preview import Preview, preview, previewed
from projections.desk.judging import judge
from projections.rules.recording import limits
from projections.state.facts import Facts
from projections.state.rally import EDITION, RallyState

Kind = TypeVar("Kind", bound=Occurrence)
Lodged = AppealIntentionNotified | ProtestLodged | ReviewPetitioned


class Signature(NamedTuple):
    """Who acts, in which office, when and why; whether it is only tried, and at which end.

    Under a key the same act again is the same record. `clock_is_right` says that a clock which is
    far from the last record is right all the same.
    """

    by: str
    role: str
    reason: str = ""
    at: Instant | None = None
    dry_run: bool = False
    expect: int | None = None
    key: str = ""
    clock_is_right: bool = False


@dataclass(frozen=True)
class Outcome(Said):
    """What came of an act of the desk, and what it moved: it may be in several classifications.

    `concerns` are the crews that a decision concerns, `notes` words that belong beside it.
    """

    moved: Preview
    concerns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """The outcome as one JSON document."""
        said, moved = self.said, self.moved
        changed = [
            {"number": e.number, "place": e.place, "total_ms": e.total_ms, "gap_ms": e.gap_ms}
            for e in moved.overall
        ]
        more: dict[str, Any] = {
            "stages": moved.stages,
            "start_order": moved.start_order,
            "without_effect": moved.without_effect,
        }
        if isinstance(said, (DecisionIssued, CourtDecisionIssued)):
            more["concerns"] = self.concerns
        if isinstance(said, DecisionIssued):
            more |= {"series": said.series, "decision": said.decision}
        return self.document(changed, more)


def doubt_of(log: Log, head: Head, now_ms: int, days: Days | None = None) -> str:
    """Why a clock may be wrong by which something is appended behind the end of a log."""
    last = log.scan.clocks_at(head.size, head.site) if head.size else ()
    return doubt(now_ms, last, None if head.size else days, limits())


class Desk:
    """The log as it lies before an official, at one position. `now` is the clock of the face.

    `exhibits` is where the files lie that are bound to its records.
    """

    def __init__(
        self,
        log: Log,
        signature: Signature,
        now: Callable[[], Instant],
        randomness: Randomness = secrets.token_bytes,
        exhibits: Exhibits | None = None,
        timelines: Timelines | None = None,
    ) -> None:
        self.log = copy(log)
        self.log.clock = lambda: now().ms  # what is typed as `now` is when it is recorded
        self.signature = signature
        self.now = now
        self.randomness = randomness
        self.exhibits = exhibits
        self._timelines = timelines or Timelines()
        self._head = self.log.head()
        self.position = self._head.size

    def under(self, key: Key) -> Desk:
        """The same desk, for an act under a key."""
        desk = copy(self)
        desk.log = self.log.keyed(key)
        return desk

    def ahead(self, log: Log, at: Instant | None = None, reason: str = "") -> Desk:
        """The same desk before the log ahead, for one of several acts: what is said of it alone."""
        desk = copy(self)
        desk.__dict__.pop("lying", None)
        desk.log, desk.position = log, log.head().size
        desk.signature = self.signature._replace(at=at, reason=reason)
        return desk

    def again(self, done: Sequence[Record]) -> Desk:
        """The desk as it was before what was done under the key, for the same act once more."""
        recorded_at, at = done[0].occurrence().recorded_at, self.signature.at
        if at is not None and at.ms == self.now().ms:  # it was typed as `now`
            at = Instant(recorded_at.ms, at.offset)
        signature = self.signature._replace(at=at, dry_run=False, expect=None, clock_is_right=True)
        log = self.log.again(done)
        return Desk(log, signature, lambda: recorded_at, self.randomness, self.exhibits)

    def view(self, known_at: str | None = None) -> View:
        """The log at a moment, or at its end."""
        return View(self.log, known_at, timelines=self._timelines, exhibits=self.exhibits)

    @cached_property
    def lying(self) -> View:
        """The log as it lies before the act."""
        return self.view(str(self.position))

    @property
    def held(self) -> Held:
        """What was read of the log already, as it was recorded."""
        return self._timelines.held(self.log)

    @property
    def facts(self) -> Facts:
        """What stands before the act; of a long log, without the readings of the road."""
        return self.lying.on_the_desk.facts

    def doubt(self, days: Days | None = None) -> str:
        """Why the clock may be wrong by which something is recorded; empty where it is right.

        `days` are those of a rally that begins.
        """
        if self.signature.clock_is_right:
            return ""
        return doubt_of(self.log, self._head, self.now().ms, days)

    def must_have_the_right_time(self, days: Days | None = None) -> None:
        """Refuse to record by a clock that is far off, unless somebody says that it is right.

        Raises:
            Refused: the clock may be wrong.
        """
        if not self.signature.dry_run:
            must_be_right(self.doubt(days))

    def make(self, kind: type[Kind], about: Record | None = None, /, **fields: Any) -> Kind:
        """An occurrence that is recorded here and now; it shares crew and stage with its target.

        Raises:
            Usage: a field is of the wrong kind.
        """
        given = self.envelope()
        if about is not None:
            told = about.occurrence()
            given |= shared_with(kind, told, fields, self.team(getattr(told, "number", "")))
            given["target"] = about.id
        return as_typed(kind, given | fields)

    def team(self, number: str) -> str:
        """The team of a crew; empty for none."""
        crew = self.facts.crews.get(number)
        return crew.value.team if crew else ""

    def envelope(self) -> dict[str, Any]:
        """Who acts, in which office, when and why."""
        said = self.signature
        given: dict[str, Any] = {
            "rally": self.log.rally,
            "recorded_at": self.now(),
            "by": said.by,
            "role": said.role,
            "reason": said.reason,
        }
        return given | ({"fact_at": said.at} if said.at is not None else {})

    def instant(self, text: str | None) -> Instant | None:
        """A time as it was typed, by the clocks of the rally."""
        return None if text is None else parse_rally_time(text, lambda: self.log)

    def decision(self, reference: str) -> Record:
        """The decision that is meant: "stewards-7", a position or the first digits of an id.

        Raises:
            NotFound: there is none.
        """
        return decision_named(self.log, reference, self.position)

    def lodged(self, reference: str, kind: type[Lodged]) -> Record:
        """The appeal, protest or petition that is meant; by its decision, where there is one.

        Raises:
            NotFound: there is none, or there are several.
        """
        found = record_named(self.log, reference, self.position)
        if isinstance(found.occurrence(), kind):
            return found
        about = [each for each in self.facts.of(kind) if each.value.target == found.id]
        if len(about) == 1:
            return self.log.at(about[0].position)
        what = f"no {kind.type_name()}" if not about else "the target of several"
        raise NotFound(
            f"#{found.position} is {what}.", hint=f"`rally log --type {kind.type_name()}`."
        )

    def preview(self, said: Occurrence) -> Preview:
        """What an occurrence would change."""
        return _preview(self.lying, said)

    def seen(self, would: Preview) -> Seen:
        """What the signers had before them: who moves in which classification."""
        lists = [each for each in would.shown if not each.stage]
        named = [each.category for each in lists if each.category and each.rows]
        scope = {"kind": "overall", **({"category": ", ".join(named)} if named else {})}
        return Seen(
            position=self.position,
            root=self.log.root_at(self.position),
            rulebook=RallyState(self.facts).rulebook.name,
            edition=EDITION,
            scope=scope,
            moves=tuple(Moved(e.number, e.place, e.total_ms) for one in lists for e in one.rows),
        )

    def record(
        self, kind: type[Occurrence], about: Record | None = None, /, **fields: Any
    ) -> Outcome:
        """Put an occurrence on record, or only try it."""
        said = self.make(kind, about, **fields)
        return self.carry_out(lambda: RecordOccurrence(said, judge))

    def carry_out(self, make: Callable[[], Act]) -> Outcome:
        """Carry out an act, or only try it.

        Raises:
            Refused: a rule said no. Conflict: the log is not at the expected position.
        """
        if self.signature.dry_run:
            act, _ = self.log.prepare(make)
            (tagged,) = act.collect_events()
            return _outcome(self.lying, tagged.decision, None)
        (record,) = post(self.log, make, expect=self.signature.expect)
        own = 1 + bool(self.log.recorder.signs_with)  # its signature stands in front of it
        if record.position > self.position + own:  # others appended in between
            return _outcome(self.view(str(record.position - 1)), record.occurrence(), record)
        return _outcome(self.lying, record.occurrence(), record)


def _preview(lying: View, said: Occurrence) -> Preview:
    if lying.is_short:
        return preview(lying.on_the_desk.facts, said)
    return previewed(lying.timeline, lying.position, said)


def _outcome(lying: View, said: Occurrence, record: Record | None) -> Outcome:
    """What came of an act on the log as it lay before."""
    decides = isinstance(said, (DecisionIssued, CourtDecisionIssued))
    whom = concerned(said, lying.on_the_desk.facts.value).crews if decides else ()
    return Outcome(said, record, _preview(lying, said), whom)
