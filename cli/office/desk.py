"""The desk before an official: the log at one position, and what an act on it would change.

A decision binds what the signers had before them: the basis on the screen and who would move. An
act is tried or carried out, and answers with its outcome.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from cli.clocks import parse_rally_time
from cli.office.naming import decision_named, record_named
from cli.office.overall import document_of
from cli.office.view import A_SHORT_LOG
from ledger.commands.desk import shared_with
from ledger.commands.publish import post
from ledger.commands.record import RecordOccurrence
from ledger.concerned import concerned
from ledger.errors import NotFound, Unreadable, Usage
from ledger.exhibits import Exhibits
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
    build,
    canonical,
    occurrence_id,
)
from projections.comparing.preview import Preview, preview, previewed
from projections.desk.judging import judge
from projections.explain.records import of_the_desk
from projections.state.facts import Facts, fold
from projections.state.rally import EDITION, RallyState

if TYPE_CHECKING:
    from projections.timeline.timeline import Timeline

Kind = TypeVar("Kind", bound=Occurrence)
Lodged = AppealIntentionNotified | ProtestLodged | ReviewPetitioned


class Signature(NamedTuple):
    """Who acts, in which office, when and why; whether it is only tried, and at which end."""

    by: str
    role: str
    reason: str = ""
    at: Instant | None = None
    dry_run: bool = False
    expect: int | None = None


class Outcome(NamedTuple):
    """What came of an act: what was said, its record (None: it was only tried), what it moved.

    `concerns` are the crews that a decision concerns.
    """

    said: Occurrence
    record: Record | None
    moved: Preview
    concerns: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The identity of what was said."""
        return occurrence_id(canonical(self.said))

    def json(self) -> dict[str, Any]:
        """The outcome as one JSON document."""
        said, record, moved, concerns = self
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
            more["concerns"] = concerns
        if isinstance(said, DecisionIssued):
            more |= {"series": said.series, "decision": said.decision}
        return document_of(said, record, changed, **more)


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
    ) -> None:
        self.log = log
        self.signature = signature
        self.now = now
        self.randomness = randomness
        self.exhibits = exhibits
        self.position = self.log.head().size

    @cached_property
    def facts(self) -> Facts:
        """What stands before the act; of a long log, without the readings of the road."""
        return self._lies_before(self.position)

    def _lies_before(self, position: int) -> Facts:
        if position <= A_SHORT_LOG:
            return fold(self.log.read(until=position)).facts()
        return of_the_desk(self.log, position, None)

    @cached_property
    def timeline(self) -> Timeline:
        """Any moment of the log."""
        from projections.timeline.timeline import Timeline

        return Timeline.of(self.log)

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
        try:
            return build(kind, given | fields)  # type: ignore[return-value]
        except Unreadable as error:  # what is typed is a question of usage, not of input
            raise Usage(error.message, hint=error.hint) from None

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
        if self.position <= A_SHORT_LOG:
            return preview(self.facts, said)
        return previewed(self.timeline, self.position, said)

    def seen(self, would: Preview) -> Seen:
        """What the signers had before them."""
        return Seen(
            position=self.position,
            root=self.log.root_at(self.position),
            rulebook=RallyState(self.facts).rulebook.name,
            edition=EDITION,
            scope={"kind": "overall"},
            moves=tuple(Moved(each.number, each.place, each.total_ms) for each in would.overall),
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
            return self._outcome(tagged.decision, None, self.position)
        (record,) = post(self.log, make, expect=self.signature.expect)
        if record.position > self.position + 1:  # others appended in between
            return self._outcome(record.occurrence(), record, record.position - 1)
        return self._outcome(record.occurrence(), record, self.position)

    def _outcome(self, said: Occurrence, record: Record | None, until: int) -> Outcome:
        """What came of an act on the log up to a position."""
        facts = self.facts if until == self.position else self._lies_before(until)
        decides = isinstance(said, (DecisionIssued, CourtDecisionIssued))
        whom = concerned(said, facts.value).crews if decides else ()
        short = until <= A_SHORT_LOG
        moved = preview(facts, said) if short else previewed(self.timeline, until, said)
        return Outcome(said, record, moved, whom)


def without_blanks(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were said."""
    return {name: value for name, value in fields.items() if value not in ("", None, ())}
