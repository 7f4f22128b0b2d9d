"""A case for the tests: a decision with its papers, a classification before it and one after it.

Crew 102 wins two stages, the stewards give it five minutes for the second, and it appeals; the
penalty counts all the same. Three exhibits are bound: a card that everybody may see, a recording
for the stewards and the crew, and a read-out that has nothing to do with it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cli.evidence.bundle import Bundle, bundle
from cli.office.view import View
from ledger.exhibits import Exhibits
from ledger.log import Ledger, Log
from ledger.times import Instant, parse_duration
from projections.desk.publications import content_of
from projections.results.standings import Scope, standings
from projections.state.rally import EDITION
from tests.conftest import NOW, Ticking
from tests.spec import RALLY, Case, at

CARD, RECORDING, READ_OUT = b"\xff\xd8 a photo", b"ID3 a recording", b"a read-out"
JUDGED = ("stewards-1", "stewards-2", "stewards-3", "stewards-4", "court-3/2016")
"""The decisions of the case to its end."""
STEWARDS = {"by": "The stewards", "role": "stewards"}


class Story(NamedTuple):
    """The log of the case, the folder of its exhibits, and the position of the decision."""

    log: Log
    exhibits: Exhibits
    position: int

    def bundle(self, *parties: str, decision: str = "stewards-1", known_at: str = "@") -> Bundle:
        """The evidence file of the decision, or of another one."""
        return bundle(View(self.log, known_at), decision, self.exhibits, parties)


def _begun(folder: Path, amount: str) -> tuple[Story, _Told]:
    log = Ledger(str(folder / "rally.db"), Ticking()).log(RALLY)
    exhibits = Exhibits(folder / "rally.db.exhibits")
    told = _Told(log, exhibits, folder)
    told.case.enter("101", "102", "103")
    told.case.enter("201", category="trucks", team="Mammut Ñ")
    told.case.times("SS1", at("12:00:00"), _101="3:10:00", _102="3:08:00", _103="3:20:00")
    told.case.times("SS1", at("12:00:00"), _201="4:00:00")
    told.case.times("SS2", at("16:00:00"), _101="2:00:00", _102="1:58:00", _103="2:05:00")
    told.case.times("SS2", at("16:00:00"), _201="2:30:00")
    told.case.record("PenaltyGiven", at("16:10:00"), number="103", stage="SS1", amount_ms="0:01:00")
    told.write()
    told.publish("7", Scope(after="SS2", category="cars"))
    report = told.record(
        "ReportFiled", at("17:00:00"), number="102", stage="SS2", fact="missed a waypoint"
    )
    decision = told.decide(1, "102", amount, matter=(report,), immediate=True)
    told.record("DecisionNotified", at("18:05:00"), target=decision, number="102", how="hand")
    told.exhibit(decision, "Card.JPG", CARD)
    told.exhibit(report, "hearing.mp3", RECORDING, "stewards", "102")
    other = told.decide(2, "103", "0:02:00")
    told.publish("8", Scope(after="SS2", category="cars"))
    told.exhibit(other, "read-out.txt", READ_OUT)
    told.record("AppealIntentionNotified", at("18:40:00"), target=decision, number="102")
    return Story(log, exhibits, log.find(decision).position), told


def story(folder: Path, amount: str = "0:05:00") -> Story:
    """The case in a new ledger in a folder, with a penalty of five minutes or another one."""
    return _begun(folder, amount)[0]


def kept_apart(folder: Path) -> Story:
    """The same case; a bulletin says later that cars and trucks are ranked by themselves."""
    found, told = _begun(folder, "0:05:00")
    parameters = {"overall.classifications": ("cars", "trucks")}
    told.record(
        "BulletinIssued", bulletin="3", effective_at=Instant(NOW, 180), parameters=parameters
    )
    return found


def judged(folder: Path) -> Story:
    """The same case to its end: confirmed, varied by a court; the other decision superseded.

    In between, a bulletin changed the rules, a suspended sanction was activated, and a penalty that
    was given on the road was corrected.
    """
    found, told = _begun(folder, "0:05:00")
    case = told.case
    decision, other = (
        identity for identity, said in case.records if said.type_name() == "DecisionIssued"
    )
    appeal = case.records[-1][0]
    told.record("AppealConfirmed", at("19:00:00"), target=appeal)
    told.record(
        "BulletinIssued",
        bulletin="3",
        effective_at=Instant(NOW, 180),
        parameters={"appeals.intention_ms": 7_200_000},
    )
    later = told.decide(3, "103", "0:03:00", supersedes=other, matter=(other,))
    told.record("DecisionNotified", at("20:05:00"), target=later, number="103", how="hand")
    effect = {"act": "PenaltyGiven", "fields": {"amount_ms": 60_000}, "condition": "again"}
    suspended = told.decide(4, "101", "0:01:00", effects=(effect,))
    told.record("SuspensionActivated", at("21:00:00"), target=suspended)
    given = next(identity for identity, said in case.records if said.type_name() == "PenaltyGiven")
    told.record("Corrected", at("21:30:00"), target=given, changes={"amount_ms": 90_000})
    told.record(
        "CourtDecisionIssued",
        at("22:00:00"),
        target=decision,
        court="Court of appeal",
        case="3/2016",
        outcome="varied",
        number="102",
        ruling="Two minutes",
        effects=({"act": "PenaltyGiven", "fields": {"amount_ms": 120_000}},),
        by="Registry",
        role="court",
    )
    return found


class _Told:
    """A case as it is told, written to a log bit by bit."""

    def __init__(self, log: Log, exhibits: Exhibits, folder: Path) -> None:
        self.case = Case()
        self._log = log
        self._exhibits = exhibits
        self._folder = folder
        self._written = 0

    def write(self) -> None:
        """What was told so far stands in the log."""
        told = [said for _, said in self.case.records]
        self._log.append(told[self._written :])
        self._written = len(told)

    def record(self, kind: str, at: str = "", /, **fields: Any) -> str:
        """Something is put on record by the stewards."""
        identity = self.case.record(kind, at, **{**STEWARDS, **fields})
        self.write()
        return identity

    def decide(self, number: int, crew: str, amount: str, **fields: Any) -> str:
        """A time penalty on SS2."""
        effect = {"act": "PenaltyGiven", "fields": {"amount_ms": parse_duration(amount)}}
        return self.record(
            "DecisionIssued",
            at("15:30:00"),
            series="stewards",
            decision=number,
            number=crew,
            stage="SS2",
            fact="A waypoint was missed",
            infringement="Art. 30.2",
            ruling=f"Time penalty of {amount}",
            reason="The read-out shows it.",
            decided_at=Instant(NOW, 180),
            signed_by=("Ann Lee", "Bo Ek"),
            **{"effects": (effect,), **fields},
        )

    def exhibit(self, target: str, name: str, data: bytes, *parties: str) -> None:
        """A file is bound to a record."""
        (self._folder / name).write_bytes(data)
        kept = self._exhibits.keep(self._folder / name)
        self.record(
            "ExhibitBound",
            target=target,
            digest=kept.digest,
            size=kept.size,
            title=name.partition(".")[0],
            file=name,
            restricted_to=parties,
        )

    def publish(self, document: str, scope: Scope) -> None:
        """A classification is posted, on everything that is known."""
        seen = View(self._log)
        content = content_of(standings(seen.state, scope))
        self.record(
            "ClassificationPublished",
            document=document,
            kind="provisional",
            scope=dict(content.scope),
            position=seen.position,
            root=self._log.root_at(seen.position),
            rulebook=seen.state.rulebook.name,
            edition=EDITION,
            digest=content.digest(),
            rows=content.rows,
            unclassified=content.unclassified,
            by="Results",
            role="results-office",
        )


def main(words: Sequence[str]) -> None:
    """Write the evidence file of each decision of the case into a folder, for another reader."""
    folder = Path(words[0])
    folder.mkdir(parents=True)
    found = judged(folder)
    for name in JUDGED:
        data = found.bundle(decision=name).data
        (folder / f"{name.replace('/', '-')}.zip").write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
