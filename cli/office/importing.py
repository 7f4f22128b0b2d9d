"""Imports: sheets, a road book, live timing or another log taken in, and what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from msgspec.structs import replace

from cli.office.amiss import amiss
from cli.office.asking import Word
from cli.office.desk import doubt_of
from cli.office.kept import of_another_history
from cli.office.office import Office
from cli.office.secretariat import Secretariat
from cli.office.view import View
from ledger.appending import Head
from ledger.authority import AMENDING, delivered
from ledger.commands.clock import days_of
from ledger.commands.site_clock import declare, may_declare, site_meant
from ledger.errors import Unreadable, Usage
from ledger.intake.batch import Report, take_in
from ledger.intake.jsonl import WITHHELD, Arrived, ArrivedOpening, read_jsonl, take_in_jsonl
from ledger.intake.lines import BadLine, Delivery, Line, Note, Template, Version
from ledger.intake.live_timing.identity import must_not_mix_events
from ledger.intake.live_timing.writing import SOURCE
from ledger.intake.parting import Parting, parting
from ledger.intake.quarantine import Problem, keep
from ledger.intake.statements import AsCorrections
from ledger.log import Log
from ledger.powers import Powers, acts_among, with_bearing
from ledger.times import parse_duration
from ledger.vocabulary import (
    ClockOffsetDeclared,
    Occurrence,
    RallyConstituted,
    RegulationsAdopted,
    decode,
)
from projections.control.anomalies import anomalies
from projections.control.anomaly import Anomaly
from projections.control.plan import OF_AUTHORITY
from projections.desk.judging import judge
from projections.rules.templates import template, template_names
from projections.state.facts import Facts, fold
from projections.state.rally import RallyState
from projections.state.true_times import SITE_CLOCK, by_rules

FOUNDING: tuple[type[Occurrence], ...] = (RallyConstituted, RegulationsAdopted)
Folder = Annotated[Path, Word(subject=True)]
_TWICE = "site-number-twice"
CONFLICTING = (_TWICE, "source-conflict", "fork")
"""The kinds of anomalies that say two things of one: a merge takes both in, and has conflicts."""


class Clock(NamedTuple):
    """The declaration of how far the clock of a site was ahead; no position: it stood already.

    `moved` counts the records of the site that go by the true time; `applied` says whether the
    rulebook applies the clocks of sites (None: on some stages).
    """

    said: ClockOffsetDeclared
    position: int | None
    moved: int
    applied: bool | None

    def words(self) -> str:
        """What became of it."""
        site = self.said.of_site
        if self.moved:
            records = "1 record" if self.moved == 1 else f"{self.moved} records"
            return f"True times now: {records} of {site}."
        rule = f": the rulebook does not apply the clock of a site there ({SITE_CLOCK})"
        return f"Nothing was moved{'' if self.applied else rule}."


class Taken(NamedTuple):
    """What came of an import: its report, and what in the log contradicts itself now."""

    report: Report
    anomalies: Sequence[Anomaly]
    openings: int | None = None
    clock: Clock | None = None
    writes_as: str = ""
    """As which site a log is written on that was begun from another's."""
    named: bool = True
    """Whether this ledger was given that name."""
    key: str = ""
    id: str = ""
    """That of the first record that came in."""
    parted: Parting | None = None
    """Where the log that came and the one that was here part, if both begin alike."""

    @property
    def fork(self) -> Parting | None:
        """Where two histories part that one site wrote; None where they are of several sites."""
        parted = self.parted
        return parted if parted and (parted.is_fork or self.new[_TWICE]) else None

    @property
    def exit_code(self) -> int:
        """5 where something could not be read, 1 where it differs from the record or forks it."""
        kinds = {each.kind for each in self.report.problems}
        return 5 if "unreadable" in kinds else 1 if kinds or self.conflicts else 0

    @property
    def conflicts(self) -> int:
        """What differs from the record, and what of it was taken in and stands against it."""
        return len(self.report.conflicts) + sum(self.new[each] for each in CONFLICTING)

    @property
    def new(self) -> Counter[str]:
        """How many anomalies the import contributed to, by kind."""
        return Counter(each.kind for _, _, each in self.fresh())

    def fresh(self) -> list[tuple[str, int, Anomaly]]:
        """The anomalies to which the import contributed: the place in the file, and the record."""
        places = self.report.places
        of_it = ((each, places.keys() & set(each.positions)) for each in self.anomalies)
        return [(places[max(here)], max(here), each) for each, here in of_it if here]

    def unauthorised(self) -> list[tuple[str, int, Anomaly]]:
        """Of these, those of somebody who acted and may not have: what a merge tells first."""
        return [each for each in self.fresh() if each[-1].kind in OF_AUTHORITY]

    def json(self) -> dict[str, Any]:
        """The report as one JSON document."""
        report = self.report
        document: dict[str, Any] = {
            "rally": report.rally,
            "read": report.read,
            "appended": report.appended,
            "already_known": report.already_known,
            "conflicts": self.conflicts,
            "new": dict(self.new.most_common()),
            "anomalies": len(self.anomalies),
            "unauthorised": [
                {"where": where, "position": at, "kind": each.kind, "message": each.message}
                for where, at, each in self.unauthorised()
            ],
            "quarantined": len(report.problems),
            "quarantine_file": report.quarantine_file,
            "unreadable": len(report.unreadable),
            "kinds": report.kinds,
            "corrected": report.corrected or {},
            "notes": [each._asdict() for each in report.notes],
        }
        if self.openings is not None:
            document["openings"] = self.openings
        if self.clock:
            document["clock"] = {
                "site": self.clock.said.of_site,
                "ahead_ms": self.clock.said.ahead_ms,
                "position": self.clock.position,
                "moved": self.clock.moved,
            }
        if self.writes_as:
            document["site"] = self.writes_as
        if fork := self.fork:
            document["fork"] = {"position": fork.position, "here": fork.here, "there": fork.there}
        document |= {name: told for name, told in (("id", self.id), ("key", self.key)) if told}
        problems = [{**each._asdict(), "withdrawn": each.withdrawn} for each in report.problems]
        return {**document, "problems": problems}


def sheets(
    at: Secretariat,
    folder: Folder,
    whole: Annotated[
        tuple[str, ...],
        Word("A table that says all there is: what it no longer holds was withdrawn.", "FILE"),
    ] = (),
) -> Taken:
    """Take in a folder of timing sheets; what the `whole` ones no longer hold was withdrawn."""
    from ledger.intake.sheets import read_sheets

    code, delivery = read_sheets(folder, template, at.now, whole)
    log = at.ledger().log(code)
    return _deliver(at, log, _founded(View(log).state.facts, delivery))


def _founded(facts: Facts, delivery: Delivery) -> Delivery:
    """A delivery without what founds the rally, where an official has founded it already."""
    stands = {
        type(each.value): each
        for kind in FOUNDING
        for each in facts.of(kind)
        if not each.value.source.name
    }
    for each in delivery:
        already = stands.get(type(each.occurrence)) if isinstance(each, Line) else None
        if already and isinstance(each, Line):
            if not _says_the_same(already.value, each.occurrence):
                kept = f"Already on record: #{already.position} {already.value.words()}"
                yield Note(each.where, f"{kept} Not read: {each.occurrence.words()}")
        else:
            yield each


def _says_the_same(stands: Occurrence, said: Occurrence) -> bool:
    """Whether sheets say nothing of a rally that an official began otherwise."""
    if isinstance(stands, RallyConstituted) and isinstance(said, RallyConstituted):
        days = ((stands.starts_on, said.starts_on), (stands.ends_on, said.ends_on))
        named = (stands.title, stands.timezone) == (said.title, said.timezone)
        return named and all(stood in ("", day) for stood, day in days)
    if isinstance(stands, RegulationsAdopted) and isinstance(said, RegulationsAdopted):
        return (stands.rulebook, stands.parameters) == (said.rulebook, said.parameters)
    return False


def road_book(
    at: Secretariat,
    file: Annotated[Path, Word(subject=True)],
    stage: Annotated[str, Word("The stage whose road book it is.", of="stage")],
    category: Annotated[str, Word("Only for this category (default: for all).")] = "",
) -> Taken:
    """Take in the road book of a stage; one that is not scheduled comes after those that are."""
    from ledger.intake.openrally import Stage, read_openrally

    log = Office(at.ledger()).log(at.rally)
    if not stage.strip():
        raise Usage("--stage is empty.", hint="Name the stage, as SS3.")
    orders = View(log).state.orders
    order = None if stage in orders else max(orders.values(), default=0) + 1
    wanted = Stage(log.rally, stage, category, order, at.now)
    # Whether its stage is scheduled by it depends on the log: the file is what it says.
    says = (_bytes_of(file), stage.encode(), category.encode()) if at.key else ()
    return _deliver(at, log, read_openrally(file, wanted), says=says)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # whoever reads it says so


def wrc_live(
    at: Secretariat,
    folder: Folder,
    rulebook: Annotated[
        str,
        Word(
            "The regulations it adopts (default: those of its year, else wrc-2019).", "NAME-or-FILE"
        ),
    ] = "",
) -> Taken:
    """Take in a folder of saved answers of the WRC live timing, under the rules of its year."""
    from ledger.intake.live_timing.identity import must_be_the_same_event
    from ledger.intake.live_timing.saved import saved_in
    from ledger.intake.live_timing.wrc import read_wrc_live

    saved = saved_in(folder)
    of_year = f"wrc-{saved.year}"
    default = of_year if of_year in template_names() else "wrc-2019"
    wanted = template(rulebook or default)
    log = at.ledger().log(saved.code)
    facts = View(log).state.facts
    adopted = next((each.value for each in facts.of(RegulationsAdopted)), None)
    if adopted and (not rulebook or adopted.rulebook == wanted.name):
        stands = _as_it_stands(adopted)
        delivery = read_wrc_live(saved, stands, at.now, adopted=True)
    else:
        delivery = read_wrc_live(saved, wanted, at.now)
    keys = set[str]()
    guard = partial(must_be_the_same_event, log, saved, keys)
    return _deliver(at, log, _noting(_founded(facts, delivery), keys), guard)


def _as_it_stands(adopted: RegulationsAdopted) -> Template:
    """The rulebook that a rally runs by, as it adopted it."""
    sources = adopted.provenance
    versions = {
        name: (Version(None, value, sources.get(name, "")),)
        for name, value in adopted.parameters.items()
    }
    return Template(adopted.rulebook, versions)


def _noting(delivery: Delivery, keys: set[str]) -> Delivery:
    """A delivery, and the keys of its lines noted as they pass."""
    for each in delivery:
        if isinstance(each, Line):
            keys.add(each.occurrence.source.seq)
        yield each


def _deliver(
    at: Secretariat,
    log: Log,
    delivery: Delivery,
    guard: Callable[[], None] = lambda: None,
    says: Sequence[bytes] = (),
) -> Taken:
    corrections = (
        AsCorrections(at.correcting, "results office", "results-office", at.now, at.only)
        if at.correcting
        else None
    )
    head = log.head()
    report = take_in(
        log,
        _as_adopted(log, delivery),
        at.quarantine,
        strict=at.strict,
        corrections=corrections,
        key=at.key,
        says=says,
        progress=at.progress,
        guard=guard,
    )
    state = View(log).state
    found = anomalies(state)
    clock = _of_the_clock(at, log, head, state) if report.appended else ()
    notes = [*report.notes, *clock, *amiss(state, found, report.places)]
    return Taken(report._replace(notes=notes), found, key=at.key, id=_first(log, report))


def _of_another_history(log: Log, places: Mapping[int, str]) -> list[Note]:
    """Checkpoints that came in under the origin of this log, and that it never had."""
    return [Note(places[at], why) for at, why in of_another_history(log) if at in places]


def _of_the_clock(at: Secretariat, log: Log, head: Head, state: RallyState) -> Iterator[Note]:
    """That the clock may be wrong by which something was appended behind a head."""
    rally = state.facts.rally
    days = days_of(rally.starts_on, rally.ends_on) if rally else None
    if said := doubt_of(log, head, at.now.ms, days):
        yield Note("clock", f"{said} Is it right? Times of receipt never go back.")


def _as_adopted(log: Log, delivery: Delivery) -> Delivery:
    """The same; what a later version of a rulebook adds is nothing that was said of this rally.

    Its rules are those that it adopted. A rulebook of its own is compared, as any other line is.
    """
    found = fold(log.read(types=with_bearing(RegulationsAdopted))).facts()
    adopted = {each.value.source: each.value for each in found.of(RegulationsAdopted)}
    for each in delivery:
        if isinstance(each, Line) and isinstance(said := each.occurrence, RegulationsAdopted):
            before = adopted.get(said.source)
            if before and _is_of_an_earlier_version(before, said):
                was = {each: getattr(before, each) for each in _OF_RULES}
                yield each._replace(occurrence=replace(said, **was))
                continue
        yield each


_OF_RULES = ("parameters", "provenance", "later", "wanted", "articles")


def _is_of_an_earlier_version(before: RegulationsAdopted, said: RegulationsAdopted) -> bool:
    """Whether a rulebook that comes with the ledger says more now than when it was adopted."""
    return (
        said.rulebook == before.rulebook
        and said.rulebook in template_names()
        and template(said.rulebook).says(said.parameters)
        and before.parameters.items() <= said.parameters.items()
    )


def _declared(
    at: Secretariat, log: Log, ahead_ms: int, arrived: Sequence[Arrived], of_site: str
) -> ClockOffsetDeclared:
    """How far the clock of a site was ahead, checked before anything of it is merged.

    Raises:
        Usage: it is not clear whose clock is meant. Refused: the office may not declare it.
    """
    who = at.signature
    assert who is not None
    said = ClockOffsetDeclared(
        rally=log.rally,
        recorded_at=at.now,
        by=who.by,
        role=who.role,
        reason=who.reason,
        ahead_ms=ahead_ms,
        of_site=site_meant(log, arrived, of_site),
    )
    may_declare(log, said, judge)
    return said


def _ahead_ms(at: Secretariat, clock_ahead: str | None, of_site: str) -> int | None:
    who, hint = at.signature, "See `rally import jsonl --help`."
    if clock_ahead is None:
        if of_site:
            raise Usage("--of-site says whose --clock-ahead is meant.", hint=hint)
        return None
    if who is None or not who.by.strip() or not who.role.strip():
        raise Usage("--clock-ahead needs --by and --role: who says so.", hint=hint)
    return parse_duration(clock_ahead)


def exported(
    at: Secretariat,
    name: str,
    lines: Iterable[bytes],
    clock_ahead: str | None = None,
    of_site: str = "",
) -> Taken:
    """Restore or merge a log that was exported, and declare how wrong the clock of its site was.

    Raises:
        Unreadable: nothing in it can be read, or it holds records of several rallies.
    """
    ahead_ms = _ahead_ms(at, clock_ahead, of_site)
    came = [*read_jsonl(name, lines)]
    arrived = [each for each in came if isinstance(each, Arrived)]
    openings = [each for each in came if isinstance(each, ArrivedOpening)]
    bad = [each for each in came if isinstance(each, BadLine)]
    if at.strict and bad:
        raise Unreadable(
            f"{bad[0].where}: {bad[0].reason}", hint="Nothing was appended (--strict)."
        )
    if not arrived and not openings and not bad:
        raise Unreadable(f"{name} holds no records.", hint="`rally export jsonl` writes them.")
    problems = [Problem(each.where, each.raw, each.reason, "unreadable") for each in bad]
    kept = keep(at.quarantine, problems)
    if not arrived and not openings:
        raise Unreadable(
            f"{name}: no line could be read. {bad[0].where}: {bad[0].reason}",
            hint=f"What was not appended is kept in {kept}.",
        )
    rallies = sorted({each.rally for each in arrived} | {each.rally for each in openings})
    if len(rallies) > 1:
        raise Unreadable(
            f"{name} holds records of {len(rallies)} rallies: {', '.join(rallies)}.",
            hint="Nothing was appended. Import each from a file of its own.",
        )
    ledger = at.ledger()
    log = ledger.log(rallies[0])
    of_the_service = (each.arrival for each in arrived if each.source == SOURCE)
    must_not_mix_events(log, ((a.source_seq or "", a.data) for a in of_the_service))
    if at.strict:
        _must_not_contradict(log, arrived)
    said = None if ahead_ms is None else _declared(at, log, ahead_ms, arrived, of_site)
    head, parted = log.head(), parting(log, arrived)
    (merged,) = take_in_jsonl(ledger, arrived, openings, at.key)
    stray = [
        Problem(where, WITHHELD, "It opens no private value of this log.", "unreadable")
        for where in merged.stray
    ]
    kept = keep(at.quarantine, stray) or kept
    report = Report(
        merged.rally,
        merged.read + len(bad),
        merged.appended,
        merged.already_known,
        problems + stray,
        [Note(where, "Not taken in: this opening was erased.") for where in merged.erased],
        merged.places,
        kept,
    )
    position = declare(log, said, judge) if said else None
    del came, arrived  # the state needs the room
    state = View(log).state
    if not merged.restored:
        trusted = _on_trust(log, state, merged.places)
        clock = _of_the_clock(at, log, head, state) if merged.appended else ()
        strange = _of_another_history(log, merged.places)
        report = report._replace(notes=[*strange, *trusted, *report.notes, *clock])
    return Taken(
        report,
        anomalies(state),
        merged.opened if openings else None,
        _put_right(state, said, position) if said else None,
        log.head().site if merged.restored else "",
        bool(ledger.site()),
        at.key,
        _first(log, report),
        parted,
    )


def _first(log: Log, report: Report) -> str:
    """The id of the first record that came in; empty where all of it was known."""
    return log.at(min(report.places)).id if report.places else ""


def _must_not_contradict(log: Log, arrived: Sequence[Arrived]) -> None:
    """Refuse what would say two things of one beside what the log holds.

    Raises:
        Unreadable: it would.
    """
    head = log.head().size
    supposed = fold(log.read())
    where: dict[int, str] = {}
    for position, each in enumerate(arrived, head + 1):
        supposed.take(each.arrival.id, position, decode(each.arrival.data), each.origins)
        where[position] = each.where
    for found in anomalies(RallyState(supposed.facts())):
        if found.kind in CONFLICTING and (fresh := where.keys() & set(found.positions)):
            raise Unreadable(
                f"{where[min(fresh)]}: {found.message}", hint="Nothing was appended (--strict)."
            )


def _on_trust(log: Log, state: RallyState, places: Mapping[int, str]) -> Iterator[Note]:
    """Whose acts another site brought, of whom nothing on record says that they may take them.

    `places` tells where each new record stood. Not those who amend what was recorded there.
    """
    facts, own = state.facts, log.site()
    acts = acts_among(facts.told)
    powers = Powers(facts.told, acts)
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
    for identity, said in acts.items():
        position = facts.positions[identity]
        if position not in places or delivered(said) or said.site in ("", own):
            continue
        original = powers.original(said) if isinstance(said, AMENDING) else None
        held = powers.holders(said.role, said.recorded_at.ms)
        known = held or said.site in powers.limits or identity in facts.idle
        if not known and (original is None or original.site != said.site):
            found[said.site, said.by, said.role].append((position, said.type_name()))
    for (site, by, role), several in found.items():
        kinds = ", ".join(f"{n} {kind}" for kind, n in Counter(k for _, k in several).items())
        yield Note(
            places[min(several)[0]],
            f"{by or 'Somebody'} acted as {role} at {site} ({kinds}), which counts: "
            "nothing on record says who acts there (SiteLimited) or holds that office.",
        )


def _put_right(state: RallyState, said: ClockOffsetDeclared, position: int | None) -> Clock:
    """What became of a declaration about a site."""
    moved = sum(each.site == said.of_site for each in state.facts.true.values())
    return Clock(said, position, moved, by_rules(state.facts.regulations))
