"""A view: the log up to a moment, folded, with the basis that lets it be seen again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import structs

from cli.office.asking import Cuts
from cli.office.basis import Basis, Former, basis_of, position_said
from cli.office.needs import Needs, Work, work_of
from cli.office.timelines import Timelines
from ledger.errors import NotFound, Unavailable, Usage
from ledger.exhibits import Exhibits
from ledger.log import Log
from ledger.moment import resolve
from ledger.rally_time import constituted, rally_instant
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import ClockOffsetDeclared, Occurrence, RallyConstituted, recorded_at
from projections.rules.recording import limits
from projections.state.cuts import Cut
from projections.state.facts import Fold, fold
from projections.state.rally import EDITION, RallyState

if TYPE_CHECKING:
    from projections.results.given import Gives
    from projections.timeline.timeline import Timeline

REPLAYED_US = 40.0
"""About how long a full replay takes for each record (µs)."""
A_SHORT_LOG = 3000
"""Up to so many records a full replay is as quick as looking up the timeline."""


class NeedsReplay(Exception):
    """What is asked takes long: `work` says what is ahead, and about how long."""

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self.work = work


class View:
    """The state of a rally at a cut, and on what it rests."""

    def __init__(
        self,
        log: Log,
        known_at: str | None = None,
        effective_at: str | None = None,
        decided_by: str | None = None,
        *,
        before: Former | None = None,
        timelines: Timelines | None = None,
        exhibits: Exhibits | None = None,
        replays: bool = True,
        beside: Callable[[], Iterable[Log]] = tuple,
    ) -> None:
        if effective_at is not None and decided_by is not None:
            raise Usage(
                "What had happened by one time and what was decided by another are two questions.",
                hint="Ask --decided-by alone: it also leaves out what had not happened by then.",
            )
        self.log = log
        self._asked, self._before = Cuts(known_at, effective_at, decided_by), before
        self._timelines = timelines or Timelines()
        self._exhibits = exhibits
        self._replays = replays
        self._others = beside
        self._about: tuple[tuple[str, bool], RallyState] | None = None
        """The crew that was asked for last, and how: its page and why rest on the same."""
        self._gives: Gives | None = None

    # Looked up when it is wanted: the proof is asked even of a log whose head can't be read.

    @cached_property
    def head(self) -> int:
        """Where the log ended when it was asked."""
        return self._before.basis.head if self._before else self.log.head().size

    @cached_property
    def position(self) -> int:
        """The last record that is known at the cut.

        Raises:
            NotFound: there is no such moment. Usage: it is none.
        """
        if self._before:
            return self._before.basis.position
        known_at = self._asked.known_at
        return self.head if known_at is None else self._resolved(known_at)

    @cached_property
    def effective_at(self) -> Instant | None:
        """The instant by which things had happened, whenever they were decided; None: not asked."""
        return self._instants[0]

    @cached_property
    def decided_by(self) -> Instant | None:
        """The instant by which things had happened and were decided; None where not asked."""
        return self._instants[1]

    @property
    def until(self) -> Instant | None:
        """The moment of the rally that is asked for, in either way; None is all of it."""
        return self.effective_at or self.decided_by

    @cached_property
    def _instants(self) -> tuple[Instant | None, Instant | None]:
        if self._before:
            return self._before.basis.instants()
        return self.instant(self._asked.effective_at), self.instant(self._asked.decided_by)

    def moment(self, text: str) -> int:
        """The position of a moment, in the log as it was at the cut.

        Raises:
            NotFound: it was not known then. Usage: it is no moment.
        """
        return self._resolved(text, self.position)

    def _resolved(self, text: str, as_of: int | None = None) -> int:
        return resolve(text, self.log, as_of, apart_ms=limits().behind_ms)

    def part(self, since: str | None, until: str | None) -> tuple[int, int]:
        """Behind which position and up to which one is asked; without a moment, all that is known.

        Raises:
            NotFound: a moment was not known then. Usage: one is none, or they are the wrong way.
        """
        last = self.position if until is None else self.moment(until)
        first = 0 if since is None else self.moment(since)
        if first > last:
            raise Usage(f"#{first} is behind #{last}.", hint="Give the earlier moment as --since.")
        return first, last

    @cached_property
    def founded(self) -> RallyConstituted | None:
        """What founds the rally, as it is known at the cut; None before anything does."""
        return (
            constituted(self.log, self.position) if self._is_folded else self.classified.facts.rally
        )

    @cached_property
    def folded(self) -> Fold:
        """The log up to the position, replayed.

        Raises:
            NeedsReplay: the log is long, and whoever asks has no time for that here.
        """
        if not self._replays and self.position > A_SHORT_LOG:
            raise NeedsReplay(work_of(Needs.REPLAY, REPLAYED_US, self, {}))
        return fold(self.log.read(until=self.position))

    def put_right(self, records: Iterable[Record]) -> Mapping[str, Occurrence]:
        """Those of these records whose clock is put right, by id, with the times they truly give.

        There may be more among them.
        """
        if not self._clocks:
            return {}
        from projections.explain.records import put_right

        told = None if self.is_short else put_right(self.log, records, self.position)
        return self._put_right if told is None else told

    @cached_property
    def _clocks(self) -> bool:
        """Whether anything is declared of a clock."""
        kinds = [ClockOffsetDeclared.type_name()]
        return bool(self.log.positions(kinds, until=self.position))

    @cached_property
    def _put_right(self) -> Mapping[str, Occurrence]:
        return self.folded.facts().true

    @cached_property
    def state(self) -> RallyState:
        """The state by a full replay."""
        return RallyState(self.folded.facts(self.cut))

    @property
    def is_short(self) -> bool:
        """Whether a full replay serves every answer: of a long log each has what it needs.

        As decided by a time it always does: a timeline knows what had happened by it alone.
        """
        return self.decided_by is not None or self.position <= A_SHORT_LOG

    @cached_property
    def is_replayed(self) -> bool:
        """Whether classifications take a replay of a long log: where no timeline tells of it."""
        if self.position <= A_SHORT_LOG:
            return False
        return self.decided_by is not None or not self.timeline.serves(*self._moment)

    @property
    def _is_folded(self) -> bool:
        """Whether a full replay serves, of a short log or because nothing else does."""
        return self.is_short or self.is_replayed

    def is_run(self, stage: str | None) -> bool:
        """Whether a stage may be under way: begun and not closed; or that stage is asked for."""
        if self.is_short or self.is_replayed:
            return False
        waiting = {each.stage for each in self.classified.stages} - {*self.classified.closed}
        known = self.timeline.index.known_from
        begun = {each for each in waiting if each in known and known[each] <= self.position}
        return stage is not None or bool(begun)

    @cached_property
    def classified(self) -> RallyState:
        """The state as classifications need it: of a long log, as the timeline tells it."""
        return self.state if self._is_folded else self.timeline.at(*self._moment)

    def about(self, number: str, *, on_the_way: bool = False) -> RallyState:
        """The state with all that is known of one crew: of a long log, without others' readings.

        Its passings along the stages are there if they are asked for.
        """
        from projections.timeline.asked import about_crew as about

        if self._is_folded:
            return self.state
        if self._about is None or self._about[0] != (number, on_the_way):
            asked = (self.timeline, number, *self._moment)
            found = about(*asked, on_the_way=on_the_way, held=self.classified)
            self._about = (number, on_the_way), found
        return self._about[1]

    def at_stages(self, stages: Callable[[RallyState], Iterable[str]]) -> RallyState:
        """The state with the readings of some stages: of a long log, without those of others.

        `stages` names them, given how it stands. An office that stays open holds what it has read.
        """
        from cli.office.held import on_stages
        from projections.timeline.indexed import IndexedState, Read

        state = self.classified
        if not isinstance(state, IndexedState):
            return self.state
        asked = tuple(stages(state))
        elsewhere = [
            each
            for each in state.controls
            if state.stage_at("", each).stage not in {"", *asked}
            and not state.carded_on(each, asked)
        ]
        held, parts = self._timelines.held(self.log), on_stages(asked, elsewhere)
        facts = held.facts(self.log, self.position, parts, state.linked)
        return state.with_facts(facts, Read(frozenset(asked)))

    def starting(self, stage: str) -> RallyState:
        """The state as the start order of a stage needs it: of a long log with its starts alone."""
        from projections.timeline.asked import starting as starts

        return self.state if self._is_folded else starts(self.timeline, stage, *self._moment)

    def under_way(self, stage: str | None) -> RallyState:
        """The state as race control needs it: of a long log all of it only while a stage is run."""
        from projections.timeline.asked import under_way as running

        return self.state if self._is_folded else running(self.timeline, stage, *self._moment)

    def gives(self, table: str) -> Gives:
        """What the rally gives to a season in a table: at the end of a log, as it is kept there."""
        from projections.results.given import Computed

        computed = Computed(lambda: self.classified, table)
        cut = self.cut is not None
        self._gives = computed if cut else self._timelines.gives(self.log, self.position, computed)
        return self._gives

    @cached_property
    def with_papers(self) -> RallyState:
        """Classifications with what lies on the desk: of a long log, without readings."""
        from projections.timeline.asked import with_papers as lying

        return self.state if self._is_folded else lying(self.timeline, *self._moment)

    @cached_property
    def with_posted(self) -> RallyState:
        """Classifications with those that were posted: of a long log, and nothing else of it."""
        from projections.timeline.asked import with_posted as on_the_board

        return (
            self.state
            if self._is_folded
            else on_the_board(self.classified, self.log, *self._moment)
        )

    @cached_property
    def on_the_desk(self) -> RallyState:
        """The state as the desk needs it: of a long log, without the readings of the road."""
        from projections.explain.records import of_the_desk

        if self.is_short:
            return self.state
        return RallyState(of_the_desk(self.log, *self._moment))

    @cached_property
    def timeline(self) -> Timeline:
        """The timeline of the log, carried forward to its head."""
        return self._timelines.of(self.log)

    @cached_property
    def is_framed_by_a_replay(self) -> bool:
        """Whether only a replay tells by which rules it was held, as every basis says."""
        # By which clock they were adopted may hang on when stages begin.
        return self.is_replayed and (self.decided_by is not None or self._clocks)

    @property
    def _framed(self) -> RallyState:
        """The state as far as it tells which rally it is, and its rules."""
        by_the_desk = self.is_replayed and not self.is_framed_by_a_replay
        return self.on_the_desk if by_the_desk else self.classified

    @property
    def exhibits(self) -> Exhibits:
        """Where the files of the exhibits lie."""
        return lying_there(self._exhibits)

    @property
    def cut(self) -> Cut | None:
        """The cut by a moment of the rally; None where all of it counts."""
        return Cut(self.until.ms, self.decided_by is not None) if self.until else None

    @property
    def _moment(self) -> tuple[int, int | None]:
        """The moment as a timeline is asked for it: a position, an instant of facts (UTC ms)."""
        return self.position, self.effective_at.ms if self.effective_at else None

    def instant(self, text: str | None) -> Instant | None:
        """A moment as it was typed: see `ledger.rally_time`."""
        return None if text is None else rally_instant(text, lambda: self.log, self.position)

    def basis(self) -> Basis:
        """On what this answer rests: with it, it can be computed again to the same bytes."""
        return self._basis

    @cached_property
    def _basis(self) -> Basis:
        rulebook = self._gives.told.rulebook if self._gives else self._framed.rulebook.name
        edition = self._before.basis.edition if self._before else EDITION
        cuts = (self.position, self.head, self.effective_at)
        return basis_of(self.log, *cuts, rulebook, edition, self.decided_by)

    def at_its_head(self) -> View:
        """The same moment as it was before anything came behind it: nothing tells of later."""
        return self._at_its_head(self.effective_at, self.decided_by)

    def beside(self) -> list[View]:
        """The other rallies of the ledger that had begun, each as it was at this moment.

        At the head of this one they are at theirs; before that, where the time leads at which its
        last record was put down. An answer that is given again names where each of them was.
        """
        found = []
        for log in sorted(self._others(), key=lambda each: each.rally):
            if log.rally != self.log.rally and (position := self._of_another(log)):
                basis = Basis("", log.rally, position, position, "", None, None, "", EDITION)
                instants = {
                    "effective_at": self.effective_at and self.effective_at.iso(),
                    "decided_by": self.decided_by and self.decided_by.iso(),
                }
                before = Former(Path(), structs.replace(basis, **instants), None)
                found.append(
                    View(log, before=before, timelines=self._timelines, replays=self._replays)
                )
        return found

    def _of_another(self, log: Log) -> int:
        """The position of another rally of the ledger at this moment; 0 before it began.

        Raises:
            Tampered: an answer that is given again knew another log.
        """
        if self._before and self._before.said is not None:
            return position_said(self._before, log)
        if not self._before and self._asked.known_at is None:
            return log.head().size
        if not self.position:
            return 0
        told = recorded_at(self.log.at(self.position).data)
        with contextlib.suppress(NotFound):
            return resolve(told.iso(), log, apart_ms=limits().behind_ms)
        return 0

    def on_the_road(self, instant: Instant) -> View:
        """What had happened by an instant, as if the log ended with what is known here."""
        return self._at_its_head(instant, None)

    def _at_its_head(self, effective_at: Instant | None, decided_by: Instant | None) -> View:
        cuts = (self.position, self.position, effective_at)
        rulebook = self.classified.rulebook.name
        basis = basis_of(self.log, *cuts, rulebook, decided_by=decided_by)
        before = Former(Path(), basis, None)
        return View(self.log, before=before, timelines=self._timelines, exhibits=self._exhibits)

    def must_hold(self, read: str, document: Mapping[str, Any]) -> None:
        """Refuse another answer than the one that an earlier edition of the rules gave.

        `read` is what was asked.

        Raises:
            Refused: it is another one, or may be.
        """
        if self._before and self._before.basis.edition != EDITION:
            self._before.must_hold(read, document, self.folded.facts())

    def heading(self, title: str) -> str:
        """The heading of a table: what it is, of which rally, and as of when."""
        cut = f"as of #{self.position}"
        if self.position != self.head:
            cut += f" of {self.head}"
        if self.position:
            last = self.log.at(self.position)
            shown = recorded_at(last.data).offset
            cut += f", received {last.received(shown).short()}"
        if self.effective_at:
            cut += f"; what had happened by {self.effective_at.iso()}"
        if self.decided_by:
            cut += f"; as decided by {self.decided_by.iso()}"
        rally = self._framed.facts.rally
        return f"{rally.title if rally else self.log.rally} · {title} · {cut}"


def lying_there(exhibits: Exhibits | None) -> Exhibits:
    """Where the files of the exhibits lie.

    Raises:
        Unavailable: whoever asks has not said.
    """
    if exhibits is None:
        raise Unavailable("Nobody said where the exhibits lie.", hint="Name their folder.")
    return exhibits
