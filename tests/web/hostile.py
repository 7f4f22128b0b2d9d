"""A rally in which every name, code and text is somebody's joke: one for all tests of pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cli.web.asked import READ_OF
from ledger.log import Ledger
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import (
    ClassificationPublished,
    Corrected,
    CrewEntered,
    DecisionIssued,
    DocumentPosted,
    ExhibitBound,
    IncidentReported,
    Occurrence,
    PenaltyGiven,
    ProtestLodged,
    RallyConstituted,
    RegulationsAdopted,
    RemarkMade,
    RetirementReported,
    Source,
    StageCancelled,
    StageScheduled,
    StageTimeRecorded,
    StartOrderPublished,
    Voided,
    WaypointMissed,
)
from ledger.vocabulary.base import TIME_CARD
from ledger.vocabulary.publication import StartSlot
from projections.rules.templates import template
from tests.conftest import NOW

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;{{7*7}}"
BIDI = "\u202eevil\u2066 \u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627"
LONG = "\u9577" * 4000
WORD = "W" * 4000
HOSTILE = {"markup": MARKUP, "bidi": BIDI, "long": LONG, "look-alike": "\u0420\u0430ul Smith"}
CODE = 80
"""A code has no more characters."""
RALLY = "x"
OVER_ALL = (f"season?rallies={RALLY}",)
"""Pages over all rallies, beside those of each."""
AT = Instant(NOW, 480)
SCORES: dict[str, Any] = {
    "points.scales": ("overall: 9 8",),
    "points.scorers": "everybody",
    "season.counting": "all",
}
TOLD: dict[str, Any] = {"recorded_at": AT, "fact_at": AT, "rally": RALLY}
CLERK: dict[str, Any] = {"by": MARKUP, "role": "clerk-of-the-course", "reason": MARKUP}


def fill(file: Path) -> list[Record]:
    """Append that rally to a ledger."""
    opened = Ledger(str(file), lambda: NOW)
    log = opened.log(RALLY)
    log.append([*_entered(), *_driven()])
    records = list(log.read())
    log.append([*_judged(records)])
    records = list(log.read())
    log.append([*_posted(records)])
    found = list(log.read())
    opened.close()
    return found


def _entered() -> Iterator[Occurrence]:
    rules = template("cross-country")
    yield RallyConstituted(title=MARKUP, timezone="+08:00", **CLERK, **TOLD)
    yield RegulationsAdopted(
        rulebook=rules.name,
        parameters=rules.parameters | SCORES,
        provenance=rules.provenance,
        **CLERK,
        **TOLD,
    )
    for order, stage in enumerate(("SS1", MARKUP, BIDI), 1):
        yield StageScheduled(stage=stage, order=order, **CLERK, **TOLD)
    for number, (kind, name) in enumerate(HOSTILE.items(), 1):
        code = name[:CODE]
        yield CrewEntered(
            number=str(number), driver=name, codrivers=(name,), team=name, vehicle=name,
            category="markup" if kind == "markup" else code, nationality=code, group=code,
            crew_class=code, **CLERK, **TOLD,
        )  # fmt: skip
    yield CrewEntered(number=MARKUP, driver=WORD, category=MARKUP, team=MARKUP, **CLERK, **TOLD)


def _driven() -> Iterator[Occurrence]:
    for number in ("1", "2", "3", "4", MARKUP):
        told: dict[str, Any] = {"elapsed_ms": 60_000 * (1 + len(number))}
        told |= {"source": Source(name=MARKUP)}
        for stage in ("SS1", MARKUP):
            yield StageTimeRecorded(number=number, stage=stage, **told, **CLERK, **TOLD)
    yield StageCancelled(stage=BIDI, **CLERK, **TOLD)
    yield PenaltyGiven(number="1", stage=MARKUP, amount_ms=60_000, article=MARKUP, **CLERK, **TOLD)
    yield IncidentReported(number="2", kind="accident", stage=MARKUP, place=WORD, **CLERK, **TOLD)
    yield RetirementReported(number="2", stage=MARKUP, **CLERK, **TOLD)
    yield RemarkMade(text=MARKUP, **CLERK, **TOLD)
    yield RemarkMade(text=WORD, **CLERK, **TOLD)


def _judged(records: Sequence[Record]) -> Iterator[Occurrence]:
    yield DecisionIssued(
        series="clerk", decision=1, number="1", stage="SS1", sender=BIDI, addressee=MARKUP,
        competitor=LONG[:900], fact=MARKUP, infringement=BIDI, ruling=BIDI, signed_by=(MARKUP,),
        decided_at=AT, **CLERK, **TOLD,
    )  # fmt: skip
    yield ProtestLodged(
        number="2", competitor=BIDI, against="1", stage=MARKUP, grounds=MARKUP,
        lodged_with=MARKUP, received_by=BIDI, by=MARKUP, role="secretary", **TOLD,
    )  # fmt: skip
    remark, other = records[-2:]
    yield Corrected(target=remark.id, changes={"text": WORD}, **CLERK, **TOLD)
    yield Voided(target=other.id, **CLERK, **TOLD)
    yield WaypointMissed(number=MARKUP, stage="SS1", point=MARKUP, **CLERK, **TOLD)
    card: dict[str, Any] = {"source": Source(kind=TIME_CARD, name=BIDI), "stage": "SS1"}
    for elapsed, by in ((60_000, MARKUP), (61_000, BIDI)):
        told = {**CLERK, **TOLD, **card, "by": by, "elapsed_ms": elapsed}
        yield StageTimeRecorded(number=MARKUP, **told)


def _posted(records: Sequence[Record]) -> Iterator[Occurrence]:
    decision = next(e for e in records if e.occurrence().type_name() == "DecisionIssued")
    rows: Any = ({"place": 1, "number": MARKUP, "driver": BIDI, "total_ms": 1000},)
    rests_on: dict[str, Any] = {"position": 5, "digest": "ab", "rulebook": MARKUP, "root": BIDI}
    for number, scope in ((MARKUP, {"after": MARKUP}), ("2", {"after": MARKUP, "category": BIDI})):
        yield ClassificationPublished(
            document=number, kind="provisional", scope=scope, rows=rows, **rests_on, **CLERK, **TOLD
        )
    slots = (StartSlot(1, MARKUP), StartSlot(2, "1"))
    yield StartOrderPublished(
        stage=MARKUP, document=BIDI, slots=slots, basis=MARKUP, **CLERK, **TOLD
    )
    about: Any
    kind: Any
    for kind, about in (("communication", ""), ("decision", decision.id)):
        yield DocumentPosted(document=MARKUP, title=WORD, kind=kind, about=about, **CLERK, **TOLD)
    yield ExhibitBound(
        target=decision.id, digest="f" * 64, title=MARKUP, file=BIDI, media="text/html", size=7,
        **CLERK, **TOLD,
    )  # fmt: skip


def pages(records: Sequence[Record]) -> list[str]:
    """Every page of it, below the rally; of records one of each type."""
    of_types = {each.occurrence().type_name(): each.position for each in records}
    crews = [
        *(f"{page}/{n}" for page in ("crew", "why") for n in ("1", "2", "3", "4")),
        "history/1",
    ]
    markup, bidi = quote(MARKUP, safe=""), quote(BIDI, safe="")
    posted = [e.position for e in records if getattr(e.occurrence(), "document", "")]
    return [
        *(
            "standings",
            "standings?category=markup",
            f"standings?category={bidi}",
            "teams",
            "history",
        ),
        *(f"standings?stage={markup}", f"standings?after={markup}&joint=1", *crews),
        *(f"{page}/{markup}" for page in ("crew", "why", "time-card", "history", "start-order")),
        *("log", f"log?crew={markup}", f"log?stage={markup}", "decisions", "decisions/clerk-1"),
        *("docket", "publications", f"publications/{bidi}", "exhibit/list", "exhibit/check"),
        *(f"publications/%23{position}" for position in posted if position > len(records) - 8),
        *("diff", "diff/10..14", f"diff/10..{len(records)}", "what-if", "what-if?without=6"),
        *("retirements", "finishers", "start-order/SS1", "anomalies", "check"),
        *(f"chart/gaps?rebase={markup}", "chart/gaps", "time-card/1", "incidents", "outstanding"),
        *("penalties", "late", "due", "protest-clock", "marks", "moment", "rulebook/show"),
        *("rulebook/explain/reviews.time", "rulebook/check", "document/receipt"),
        "document/receipt/protest-1",
        *("cards", "proposals", "points", "alike", "alike?decision=clerk-1"),
        f"alike?words={markup}",
        *("verify", "site", "types", "crew", "why", "start-order", "drift", "time-card"),
        *(f"drift/%23{of_types['ClassificationPublished']}", "marks/strip?page=standings"),
        *(f"record/{position}" for position in of_types.values()),
    ]


def reads_of(several: Iterable[str]) -> set[str]:
    """Of which reads these are pages: what is not one of the table, is none."""
    return {
        READ_OF[name]
        for path in (each.partition("?")[0].split("/") for each in several)
        for name in ("/".join(path[:2]), path[0])
        if name in READ_OF
    }
