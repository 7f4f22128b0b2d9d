"""Editions of the computing rules: what each changed, and on what in a log a change can bear.

An edition goes up once for all changes that alter an answer which was given before. What was given
by an earlier one is not computed by it again, so this list is what can be said of the difference:
`drift` and `verify` name the rules that changed, and an answer of an earlier edition of which only
the basis is left is given again where nothing that changed since can bear on its log.

Whoever changes an answer adds a line to `CHANGES` under the edition with which it comes: what holds
now, in an official's words, and a test of the facts, which gives the numbers of the crews on which
the change can bear, or `NOBODY` where it bears on the papers of no crew. The test may be true where
nothing changes in the end. It must never be false where something does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

import msgspec

from ledger.amendments import seen
from ledger.controls import ControlRule
from ledger.grouping import sets_of
from ledger.naming import CREWS, named
from ledger.times import by_clocks_of
from ledger.vocabulary import (
    AppealIntentionNotified,
    BulletinIssued,
    ClassificationPublished,
    ClockOffsetDeclared,
    ControlPassed,
    ControlScheduled,
    CourtDecisionIssued,
    CrewDisqualified,
    CrewEntered,
    CrewNotStarted,
    CrewReclassified,
    CrewRepositioned,
    CrewRestarted,
    CrewWithdrew,
    DecisionIssued,
    DecisionRescinded,
    DocumentPosted,
    FitnessDecided,
    MovedOutsideClassification,
    PassingRecorded,
    ProtestLodged,
    RegulationsAdopted,
    ReportFiled,
    RestartDecided,
    RetirementReported,
    RetirementRetracted,
    ReviewPetitioned,
    StageCancelled,
    StageClosed,
    StageDelayed,
    StageNotFinished,
    StageReinstated,
    StageScheduled,
    StageShortened,
    StageStarted,
    StageStopped,
    StageTimeRecorded,
    StartOrderAmended,
    StartOrderPublished,
    StartRefused,
    SummonsIssued,
    TargetTimeChanged,
    TimeDetermined,
    TimesCarriedIn,
    Voided,
    WaypointPlaced,
    ZonePlaced,
)
from ledger.vocabulary.publication import number_key
from projections.desk.fines import FINE
from projections.state.facts import Facts
from projections.state.keyed import ON_CARDS, is_keyed
from projections.state.persons import name_key
from projections.state.rally import EDITION, TIES

NOBODY = ""
"""Stands for what bears on the papers of the rally and on no crew of its own."""
OF_THE_DESK = frozenset(
    {
        *("decisions", "docket", "due", "protest-clock", "publications", "incidents"),
        *("crew", "anomalies", "check"),
    }
)
OF_THE_BOARD = frozenset({"publications", "decisions", "crew", "anomalies", "check"})
OF_THE_CLOCK = frozenset({"protest-clock", "due"})
OF_GROUNDS = frozenset({"why", "penalties", "crew"})
OF_CONTROL = frozenset({"outstanding", "check"})
OF_FINDINGS = frozenset({"anomalies", "check"})
OF_PENALTIES = frozenset({"penalties", "crew"})
OF_CARDS = frozenset({"time-card"})
"""The reads that a change may alter which moves no classification."""
CLASSIFICATIONS = "standings"
Crews = frozenset[str]
BearsOn = Callable[[Facts], Crews]


class Changed(NamedTuple):
    """One change of a rule: what holds since, and on which crews of a log it can bear.

    `reads` are the answers that it can alter; without them it moves classifications, and every
    answer may be another.
    """

    title: str
    bears_on: BearsOn
    reads: frozenset[str] = frozenset()


class Bearing(msgspec.Struct, frozen=True):
    """A rule that changed with an edition and can bear on a log: on all these crews of it."""

    edition: int
    title: str
    crews: tuple[str, ...]


def bearing(facts: Facts, since: int, read: str = CLASSIFICATIONS) -> tuple[Bearing, ...]:
    """The rules that changed after an edition and can bear on what a read says, in their order.

    An edition that no list tells of bears on everything.
    """
    return tuple(
        Bearing(edition, change.title, tuple(sorted(crews)))
        for edition in range(since + 1, EDITION + 1)
        for change in CHANGES.get(edition, _UNTOLD)
        if (not change.reads or read in change.reads) and (crews := change.bears_on(facts))
    )


# -- the tests -------------------------------------------------------------------------------------


class _Act(NamedTuple):
    """An act by which something was said of a crew, on record or as the effect of a decision."""

    kind: str
    number: str
    stage: str
    decided: bool
    control: str = ""


def _acts(facts: Facts) -> Iterator[_Act]:
    """All of them, those of decisions whether they are in force or not."""
    for fact in facts.by_id.values():
        said: Any = fact.value
        number, stage = getattr(said, "number", ""), getattr(said, "stage", "")
        control = getattr(said, "control", "")
        yield _Act(said.type_name(), number, stage, decided=False, control=control)
        for each in getattr(said, "effects", ()):
            whose = str(each.fields.get("number", number))
            where = str(each.fields.get("stage", stage)), str(each.fields.get("control", control))
            yield _Act(each.act, whose, where[0], decided=True, control=where[1])


def _recorded(facts: Facts, *kinds: type[Any]) -> Iterator[Any]:
    """What was recorded of these types."""
    return (each.value for kind in kinds for each in facts.recorded(kind))


def _everybody(facts: Facts) -> Crews:
    return frozenset((*facts.crews, NOBODY))


def _papers(*kinds: type[Any], every: bool = False) -> BearsOn:
    """Bears on the papers of a rally that has one of these kinds on file, or one of each."""
    wanted = all if every else any

    def test(facts: Facts) -> Crews:
        on_file = wanted(any(_recorded(facts, each)) for each in kinds)
        return frozenset({NOBODY} if on_file else ())

    return test


def _named(*kinds: type[Any]) -> frozenset[str]:
    return frozenset(each.type_name() for each in kinds)


_TIMES = _named(StageTimeRecorded, PassingRecorded, StageNotFinished, TimeDetermined)
_FATES = _named(
    *(StartRefused, CrewWithdrew, CrewNotStarted, FitnessDecided, RetirementReported),
    *(CrewDisqualified, MovedOutsideClassification, StageNotFinished, RestartDecided),
    *(CrewRestarted, RetirementRetracted),
)
_LEFT = _named(CrewWithdrew, CrewNotStarted, FitnessDecided, RetirementReported)
_LEFT_OUT = _named(StageNotFinished, CrewNotStarted, CrewRestarted)
_PLACES = _named(CrewRepositioned, StartOrderAmended)
_STAGES = _named(StageCancelled, StageReinstated, StageShortened, StageStopped, StageDelayed)


def _ruled_and_told(facts: Facts) -> Crews:
    """The crews with a ruling on something of which something else on record tells as well."""
    told: Counter[tuple[str, str, str]] = Counter()
    ruled: set[tuple[str, str, str]] = set()
    for each in _acts(facts):
        for about in _about(each):
            told[about] += 1
            if each.decided:
                ruled.add(about)
    twice = {about for about in ruled if told[about] > 1}
    return _crews(facts, (number for _, _, number in twice))


def _about(act: _Act) -> Iterator[tuple[str, str, str]]:
    """What an act tells of: what it is, the stage, and the crew; of all crews none is named."""
    if act.kind in _TIMES:
        yield "time", act.stage, act.number
    if act.kind in _FATES:
        yield "fate", "", act.number
    if act.kind in _PLACES:
        yield "place", act.stage, act.number
    if act.kind in _STAGES:
        yield "stage", act.stage, NOBODY


def _crews(facts: Facts, numbers: Iterable[str]) -> Crews:
    """These crews; all of them where one of the numbers is that of no crew."""
    found = frozenset(numbers)
    return _everybody(facts) if NOBODY in found else found


def _several_fates(facts: Facts) -> Crews:
    """The crews that are out in several ways, or out and yet timed on a stage from then on."""
    orders = {each.stage: each.order for each in _recorded(facts, StageScheduled)}
    found: dict[str, set[str]] = defaultdict(set)
    left: dict[str, int] = {}
    timed: dict[str, int] = {}
    for each in _acts(facts):
        order = orders.get(each.stage, 0)
        if each.kind in _FATES:
            found[each.number].add(each.kind)
        if each.kind in _LEFT and (order or each.kind != CrewWithdrew.type_name()):
            left[each.number] = min(order, left.get(each.number, order))
        if each.kind == StageTimeRecorded.type_name():
            timed[each.number] = max(order, timed.get(each.number, order))
    several = {number for number, kinds in found.items() if len(kinds) > 1}
    several |= {number for number, order in left.items() if timed.get(number, -1) >= order}
    return frozenset(several - {NOBODY})


def _before_the_first_stage(facts: Facts) -> Crews:
    """The crews of which something was told at a control before the first stage (TC0)."""
    orders = [each.value.order for each in facts.stages.values()]
    patterns = (_parameters(facts, f"controls.{each}") for each in ("in_stage", "in_next_stage"))
    rules = [ControlRule(str(here), str(after)) for here, after in product(*patterns)]
    controls = {act.control for act in _acts(facts) if act.control}
    early = {
        control
        for control in controls
        for rule in rules
        if (order := rule.stage_order(control)) is not None and order < min(orders, default=0)
    }
    return frozenset(act.number for act in _acts(facts) if act.control in early) - {NOBODY}


def _scheduled_twice(facts: Facts) -> Crews:
    told = Counter(each.stage for each in _recorded(facts, StageScheduled))
    return _everybody(facts) if any(count > 1 for count in told.values()) else frozenset()


def _not_in_the_plan(facts: Facts) -> Crews:
    """All crews, where a stage is named that is not planned, or several bear one number."""
    planned = {each.stage: each.order for each in _recorded(facts, StageScheduled)}
    named = {each.stage for each in _acts(facts) if each.stage}
    odd = named - planned.keys() or len(set(planned.values())) < len(planned)
    return _everybody(facts) if odd else frozenset()


def _parameters(facts: Facts, name: str) -> set[object]:
    """Every value that a parameter was ever given."""
    said = list(_recorded(facts, RegulationsAdopted, BulletinIssued))
    later = (each for adopted in said for each in getattr(adopted, "later", ()))
    return {each.parameters[name] for each in said if name in each.parameters} | {
        each.value for each in later if each.parameter == name
    }


def _equal_tariffs(facts: Facts) -> Crews:
    """The crews that left a stage out under tariffs of which two cost the same."""
    unfinished = _parameters(facts, "overall.unfinished_stage_ms")
    if not unfinished & _parameters(facts, "overall.not_started_stage_ms"):
        return frozenset()
    return frozenset(each.number for each in _acts(facts) if each.kind in _LEFT_OUT and each.number)


def _not_the_same_stages(facts: Facts) -> Crews:
    """All crews, where a stage was cancelled for some, or some have carried in more than others."""
    for fact in facts.by_id.values():
        said: Any = fact.value
        if isinstance(said, StageCancelled) and said.categories:
            return _everybody(facts)
        if any(each.act == StageCancelled.type_name() for each in getattr(said, "effects", ())):
            return _everybody(facts)
    carried: dict[str, set[str]] = {number: set() for number in facts.crews}
    for each in _recorded(facts, TimesCarriedIn):
        carried.setdefault(each.number, set()).add(each.stage)
    alike = len({frozenset(stages) for stages in carried.values()}) < 2
    return frozenset() if alike else _everybody(facts)


def _clocks_declared_twice(facts: Facts) -> Crews:
    return _everybody(facts) if len(facts.recorded(ClockOffsetDeclared)) > 1 else frozenset()


def _clocks_declared(facts: Facts) -> Crews:
    return _everybody(facts) if facts.recorded(ClockOffsetDeclared) else frozenset()


def _forked(facts: Facts) -> Crews:
    twice = any(len(ids) > 1 for held in facts.numbers.values() for ids in held.values())
    return frozenset({NOBODY} if twice else ())


def _done_again(facts: Facts) -> Crews:
    keys = Counter(each.source.seq for each in facts.told.values() if not each.source.name)
    return _everybody(facts) if any(key and keys[key] > 1 for key in keys) else frozenset()


def _keys_again(facts: Facts) -> Crews:
    told: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    for said in facts.told.values():
        if said.source.seq:
            told[said.source.name, said.source.seq].add(seen(said))
    return _everybody(facts) if any(len(each) > 1 for each in told.values()) else frozenset()


def _refused(facts: Facts) -> Crews:
    return _everybody(facts) if facts.idle else frozenset()


def _voided(facts: Facts) -> Crews:
    some = any(isinstance(each, Voided) for each in facts.told.values())
    return frozenset({NOBODY} if some else ())


def _names_others(facts: Facts) -> Crews:
    """The crews that an effect of a decision names beside the crew that the decision is about."""
    found: set[str] = set()
    for said in _recorded(facts, DecisionIssued, CourtDecisionIssued):
        for each in said.effects:
            several = each.fields.get("numbers", ())
            found.update(map(str, several) if isinstance(several, (list, tuple)) else ())
            found.update(str(each.fields.get(name, "")) for name in ("number", "helped"))
        found -= {said.number, NOBODY}
    return frozenset(found)


def _before_several_courts(facts: Facts) -> Crews:
    told = Counter(each.target for each in _recorded(facts, CourtDecisionIssued))
    return _everybody(facts) if any(count > 1 for count in told.values()) else frozenset()


def _stage_cancelled(facts: Facts) -> Crews:
    """The crews of the categories for which a stage was ever cancelled; all, where by a ruling."""
    kind = StageCancelled.type_name()
    recorded = [each.categories for each in _recorded(facts, StageCancelled)]
    ruled = any(each.kind == kind and each.decided for each in _acts(facts))
    if ruled or not all(recorded):
        return _everybody(facts)
    named = {category for categories in recorded for category in categories}
    return frozenset(n for n, crew in facts.crews.items() if crew.value.category in named)


def _cancelled_before_others(facts: Facts) -> Crews:
    """Everybody where a stage was ever cancelled: the times of other categories may move up."""
    return _everybody(facts) if _stage_cancelled(facts) else frozenset()


def _decided(facts: Facts) -> Crews:
    """The crews that a decision names, or one of its effects."""
    told = _recorded(facts, DecisionIssued, CourtDecisionIssued)
    return frozenset(number for said in told for number in named(said, *CREWS))


def _fined(facts: Facts) -> Crews:
    """The crews that a decision fines."""
    return frozenset(act.number for act in _acts(facts) if act.kind == FINE)


def _posted_and_gone(facts: Facts) -> Crews:
    """Whether a decision hangs on the board that was rescinded, superseded or taken to a court."""
    posted = {each.about for each in _recorded(facts, DocumentPosted)}
    gone = {each.target for each in _recorded(facts, DecisionRescinded, CourtDecisionIssued)}
    gone |= {each.supersedes for each in _recorded(facts, DecisionIssued)}
    return frozenset({NOBODY} if (posted & gone) - {""} else ())


def _order_amended(facts: Facts) -> Crews:
    """Everybody in a rally where an order was amended: whoever stands behind may be moved on."""
    return _everybody(facts) if any(_recorded(facts, StartOrderAmended)) else frozenset()


def _number_twice(facts: Facts) -> Crews:
    """Whether several documents were posted under one number."""
    posted = _recorded(facts, StartOrderPublished, ClassificationPublished, DocumentPosted)
    given = Counter(number_key(each.document) for each in posted if each.document)
    return frozenset({NOBODY} if any(count > 1 for count in given.values()) else ())


def _several_of_ties(facts: Facts) -> Crews:
    """Everybody where the rules ever named several things that break ties."""
    chains = (each for each in _parameters(facts, TIES) if isinstance(each, tuple))
    return _everybody(facts) if any(len(each) > 1 for each in chains) else frozenset()


def _level_without_a_time(facts: Facts) -> Crews:
    """Everybody where something breaks ties and a crew may lack a time of its own on a stage."""
    if not any(_parameters(facts, TIES)):
        return frozenset()
    allocated = any(each.basis == "notional" for each in _recorded(facts, StageTimeRecorded))
    lacking = any(
        act.kind in _LEFT_OUT or (act.decided and act.kind in _TIMES) for act in _acts(facts)
    )
    told = allocated or lacking or any(_recorded(facts, TimesCarriedIn))
    return _everybody(facts) if told else _not_the_same_stages(facts) | _with_maximum_times(facts)


def _shortened(facts: Facts) -> Crews:
    """Everybody where a stage was ever shortened."""
    kind = StageShortened.type_name()
    return _everybody(facts) if any(act.kind == kind for act in _acts(facts)) else frozenset()


def _moved(facts: Facts) -> Crews:
    """The crews that a decision moved to another class."""
    kind = CrewReclassified.type_name()
    return _crews(
        facts, (each.number for each in _acts(facts) if each.decided and each.kind == kind)
    )


def _with_points(facts: Facts) -> Crews:
    return _everybody(facts) if facts.recorded(WaypointPlaced) else frozenset()


def _with_maximum_times(facts: Facts) -> Crews:
    """Everybody where a stage has a maximum time: who is over it is to be seen on a time only."""
    told = _recorded(facts, StageScheduled, TargetTimeChanged)
    return _everybody(facts) if any(each.max_time_ms for each in told) else frozenset()


def _with_points_or_maximum_times(facts: Facts) -> Crews:
    return _with_points(facts) | _with_maximum_times(facts)


def _keyed_twice(facts: Facts) -> Crews:
    """The crews of whose cards several persons keyed anything."""
    told = (each for each in _recorded(facts, *ON_CARDS) if is_keyed(each))
    persons = sets_of((each.number, name_key(each.by)) for each in told)
    return frozenset(number for number, by in persons.items() if len(by) > 1)


def _by_other_clocks(facts: Facts) -> Crews:
    """The crews of which something at a control or a start was told by clocks of another zone."""
    zone = facts.rally.time_zone if facts.rally else None
    told = ((each.number, each.happened) for each in _recorded(facts, ControlPassed, StageStarted))
    return frozenset(number for number, at in told if by_clocks_of(zone, at) != at)


def _in_capitals(facts: Facts) -> Crews:
    kinds = (each.kind for each in _recorded(facts, WaypointPlaced, ControlScheduled))
    return _everybody(facts) if any(each != each.casefold() for each in kinds) else frozenset()


_UNTOLD = (Changed("What this edition changed is not told.", _everybody),)
CHANGES: dict[int, tuple[Changed, ...]] = {
    3: (
        Changed(
            "A ruling outranks reports and allocations, whatever their fact times.", _ruled_and_told
        ),
        Changed(
            "A crew that is out in several ways, or out and yet timed, has one fate.",
            _several_fates,
        ),
        Changed(
            "A stage that was scheduled twice has one place in every answer.", _scheduled_twice
        ),
        Changed(
            "What names a stage is of that stage, also where several bear its number.",
            _not_in_the_plan,
        ),
        Changed(
            "What happens at a control before the first stage (TC0) is of the first stage.",
            _before_the_first_stage,
        ),
        Changed(
            "A crew without a time on a stage that counts is outstanding, or has a fate.",
            _everybody,
            OF_CONTROL,
        ),
        Changed(
            "Categories, classes and teams whose names may be one are told.",
            _papers(CrewEntered),
            frozenset({"check"}),
        ),
        Changed(
            "The rule that charged a stage left out is the one that was applied.",
            _equal_tariffs,
            OF_GROUNDS,
        ),
        Changed(
            "Who drove a later stage went on, also where its time there is over the maximum.",
            _with_maximum_times,
        ),
        Changed(
            "What made a time over the maximum is told, and a tolerance that decides on a finish.",
            _with_points_or_maximum_times,
            OF_GROUNDS,
        ),
        Changed(
            "Of several declarations about a clock, the one that was applied is named.",
            _clocks_declared_twice,
            OF_GROUNDS,
        ),
        Changed(
            "A clock that is put right moves every instant that it gave; a correction of an "
            "instant is by the clock of who corrects.",
            _clocks_declared,
        ),
        Changed(
            "Readings of other crews or points under one key of a source are all kept.", _keys_again
        ),
        Changed("A fork of a site is told once, in runs.", _forked, OF_FINDINGS),
        Changed(
            "What a source says otherwise under one key is told until an official voided it.",
            _voided,
            OF_FINDINGS,
        ),
        Changed(
            "A decision concerns every crew that one of its effects names.",
            _names_others,
            OF_THE_DESK,
        ),
        Changed(
            "A court that leaves a decision as it is revives none that another overturned.",
            _before_several_courts,
        ),
        Changed(
            "An appeal against a decision that was rescinded is moot.",
            _papers(AppealIntentionNotified, DecisionRescinded, every=True),
            OF_THE_DESK,
        ),
        Changed(
            "A matter waits for a decision until it is decided, by a court as well.",
            _papers(ReportFiled, SummonsIssued, ProtestLodged, CourtDecisionIssued),
            OF_THE_DESK,
        ),
        Changed(
            "A classification may become final when its stage is closed, and nothing contested.",
            _papers(ClassificationPublished),
            OF_THE_CLOCK,
        ),
        Changed(
            "A petition of a federation is no petition of the crew.",
            _papers(ReviewPetitioned),
            OF_THE_DESK,
        ),
        Changed(
            "A row is flagged where other stages count for the crew than for the first.",
            _not_the_same_stages,
        ),
        Changed(
            "The sheet of a decision leaves the board with the decision.",
            _posted_and_gone,
            OF_THE_DESK,
        ),
        Changed(
            "In an amended start order times follow the places, or are those given to the crews.",
            _order_amended,
        ),
        Changed(
            "A start order that was published is named, with who was repositioned since.",
            _papers(StartOrderPublished),
            OF_THE_BOARD,
        ),
        Changed(
            "A number of the board that several sheets were given is told.",
            _number_twice,
            frozenset({"anomalies", "check"}),
        ),
        Changed(
            "Crews for whom a stage was cancelled are cancelled on it and do not start.",
            _stage_cancelled,
        ),
        Changed(
            "In the start order of a stage nobody waits for a category it is cancelled for.",
            _cancelled_before_others,
        ),
        Changed(
            "Every status that a time, a passing or a start contradicts is told, and more of what "
            "contradicts the plan.",
            _everybody,
            OF_FINDINGS,
        ),
        Changed(
            "A penalty by a decision has the article that the decision names.",
            _decided,
            OF_PENALTIES,
        ),
        Changed(
            "A penalty that does not count says so by its status, not as a verdict on a time.",
            _everybody,
            OF_CARDS,
        ),
        Changed(
            "A penalty on a stage that a decision cancels or reinstates names the rule on appeals "
            "by which that decision counts or is suspended.",
            _cancelled_before_others,
            OF_GROUNDS,
        ),
        Changed(
            "The finish is a point of its kind, at the length of the stage, or where official "
            "times agree; not the last one that is known.",
            _with_points,
        ),
        Changed(
            "When a crew was due at a control, and there, is told by the clocks of the rally.",
            _by_other_clocks,
            frozenset({"why"}),
        ),
        Changed(
            "A kind of a point or a control is read in capitals as in small letters.", _in_capitals
        ),
        Changed(
            "Several finishes of one stage, and a length that counts from the road section, are "
            "told.",
            _papers(WaypointPlaced),
            OF_FINDINGS,
        ),
        Changed(
            "A time that is out of line with the split times, the field or its place is told, and "
            "a record without any time.",
            _everybody,
            frozenset({"check"}),
        ),
        Changed(
            "Who was seen on a stage before it was to start by the order that was posted is told.",
            _papers(StartOrderPublished),
            frozenset({"check"}),
        ),
        Changed(
            "An effect of a decision that something else defeats is told.",
            _decided,
            frozenset({"check", "decisions"}),
        ),
        Changed(
            "A clock that was declared wrong, and moved nothing, is told.",
            _clocks_declared,
            frozenset({"check"}),
        ),
        Changed("A stage that was closed twice is told.", _papers(StageClosed), OF_FINDINGS),
        Changed(
            "Codes of one rally that look alike are told.",
            _papers(CrewEntered, StageScheduled, ControlScheduled, WaypointPlaced, ZonePlaced),
            frozenset({"check"}),
        ),
        Changed("What was done at several sites under one key counts once.", _done_again),
        Changed(
            "Of a cell of a time card that several persons keyed the first reading counts where "
            "they agree, and none where they differ.",
            _keyed_twice,
        ),
        Changed("An act that nobody took who may has no effect until it is adopted.", _refused),
        Changed(
            "Acts of officials whom nobody appointed, several constitutions and numbers of sites "
            "that no record can have are told.",
            _everybody,
            OF_FINDINGS,
        ),
        Changed(
            "What breaks ties is tried in the order in which the rules name it.", _several_of_ties
        ),
        Changed(
            "In a tie, who has no time of its own on a stage is on it behind who drove it.",
            _level_without_a_time,
        ),
        Changed(
            "How long a stage is that was shortened is told by its points where no act says it.",
            _shortened,
        ),
        Changed(
            "Stages and categories that rules name, and that there are not, are told.",
            _papers(RegulationsAdopted, BulletinIssued),
            OF_FINDINGS,
        ),
        Changed("A decision moves a crew to another class, and falls with all it did.", _moved),
        Changed(
            "Fines are told with what is owed, suspended and paid.",
            _fined,
            frozenset({"decisions", "docket", "due"}),
        ),
    )
}
"""What each edition changed."""
