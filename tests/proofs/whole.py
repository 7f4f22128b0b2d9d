"""A small log with whatever makes it hard to leave nothing out, and proofs of it, good and bad."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ledger.completeness import Kind, Subject, beside, same_lines
from ledger.merkle import Frontier
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.complete import CompleteProof, complete, derived, proving
from ledger.proofs.origins import Origin
from ledger.proofs.signatures import attesting, cosigned, key_of_log, key_of_witness, signed
from ledger.record import Header, Record, arrival_of
from ledger.times import Instant
from ledger.vocabulary import (
    BulletinIssued,
    Corrected,
    CourtDecisionIssued,
    CrewEntered,
    DecisionIssued,
    DecisionNotified,
    Effect,
    IncidentReported,
    NumberReallocated,
    Occurrence,
    PenaltyGiven,
    RallyConstituted,
    Source,
    StageScheduled,
    StageTimeRecorded,
    Voided,
)
from tests.proofs.keys import key_of

RALLY = "loop-2026"
WITNESS = "desert-club.example/laptop"
START = 1_772_000_000_000


class Whole(NamedTuple):
    """The log, its checkpoint, and by which keys that is signed."""

    told: Mapping[str, Occurrence]
    records: list[Record]
    checkpoint: Checkpoint
    keys: list[str]

    def proof(
        self, kind: Kind, of: str, *, blind: bool = False, attested: bool = False
    ) -> CompleteProof:
        """The proof that nothing was left out for a subject."""
        named = {each.id: beside(self.told[each.id], each.header.tags) for each in self.records}
        again = same_lines(enumerate(self.told.values(), 1))
        subject, key = Subject(kind, of), key_of("log").public
        proof = proving(self.checkpoint, subject, self.records, named, again, key, blind=blind)
        if not attested:
            return proof
        text = derived(self.checkpoint, self.records)
        by = attesting(text, WITNESS, key_of("club"), START // 1000)
        return proof._replace(attested=(by,))


def whole() -> Whole:
    """Two crews, of which one bears another number later; amendments; two decisions."""
    records, told, tree = list[Record](), dict[str, Occurrence](), Frontier()
    ids: list[str] = []

    def add(kind: type[Occurrence], /, **said: Any) -> None:
        when = Instant(START + len(ids) * 60_000, 180)
        occurrence = kind(rally=RALLY, recorded_at=when, by="Ann", role="secretary", **said)
        arrival = arrival_of(occurrence)
        at = len(ids) + 1
        header = Header(RALLY, at, arrival.id, when.ms, "main", at, arrival.tags)
        ids.append(arrival.id)
        told[arrival.id] = occurrence
        records.append(Record(header, arrival.data, header.leaf()))
        tree.append(header.leaf())

    add(RallyConstituted, title="Loop", timezone="+03:00")
    add(StageScheduled, stage="SS1", order=1)
    add(StageScheduled, stage="SS2", order=2)
    add(CrewEntered, number="101", driver="Ann Å", category="car")
    add(CrewEntered, number="102", driver='Bo "B" Öz', category="car")
    line = Source(kind="hand", name="sheet", seq="7")
    add(StageTimeRecorded, number="101", stage="SS1", elapsed_ms=3_600_000, source=line)
    add(StageTimeRecorded, number="102", stage="SS1", elapsed_ms=3_660_000)
    add(PenaltyGiven, number="101", stage="SS1", amount_ms=60_000)
    add(Corrected, target=ids[7], number="101", stage="SS1", changes={"number": "102"})
    add(PenaltyGiven, number="102", stage="SS1", amount_ms=10_000)
    add(Voided, target=ids[9], number="102", stage="SS1")
    add(NumberReallocated, number="102", new_number="202")
    add(IncidentReported, number="101", stage="SS2", kind="accident", parties=("202",))
    add(StageTimeRecorded, number="202", stage="SS2", elapsed_ms=1_800_000)
    add(StageTimeRecorded, number="102", stage="SS1", elapsed_ms=3_600_001, source=line)
    add(
        DecisionIssued,
        series="stewards",
        decision=1,
        number="101",
        matter=(ids[12],),
        effects=(Effect(act="StageCancelled", fields={"stage": "SS2"}),),
    )
    add(DecisionNotified, target=ids[15], number="101")
    add(
        DecisionIssued,
        series="stewards",
        decision=2,
        number="101",
        effects=(Effect(act="StageStopped", fields={"stage": "SS2", "numbers": ("202",)}),),
    )
    add(CourtDecisionIssued, target=ids[17], outcome="upheld", court="Court", case="1/2026")
    add(BulletinIssued, bulletin="1", from_stage="SS2")
    add(CrewEntered, number="103", driver="Cy", category="car")
    key, club = key_of("log"), key_of("club")
    origin = Origin(records[0].leaf.hex()[:16], RALLY, "main").text
    end = signed(Checkpoint(origin, tree.size, tree.root()), key)
    keys = [key_of_log(origin, key.public).text, key_of_witness(WITNESS, club.public).text]
    return Whole(told, records, cosigned(end, WITNESS, club, START // 1000), keys)


def completes() -> Iterator[dict[str, Any]]:
    """Proofs that hold, with what they show; and such that must not be taken, with why."""
    log = whole()
    decision = log.records[15].id
    subjects: list[tuple[Kind, str]] = [
        *(("crew", each) for each in ("101", "102", "202", "103", "999")),
        *(("stage", each) for each in ("SS1", "SS2")),
        *(("decision", log.records[each].id) for each in (15, 17, 18)),
    ]
    for kind, of in subjects:
        yield _good(log, log.proof(kind, of))
    yield _good(log, log.proof("crew", "103", blind=True))
    yield _good(log, log.proof("crew", "102", attested=True))
    yield from _bad(log, decision)


def _bad(log: Whole, decision: str) -> Iterator[dict[str, Any]]:
    text = log.proof("crew", "103").to_bytes().decode()

    def line(position: int, of: str = text) -> str:
        return next(each for each in of.splitlines() if f'"position":{position},' in each)

    def bare(position: int, of: str) -> str:
        """Without its content."""
        found = line(position, of)
        return of.replace(found, found.split(',"occurrence"')[0] + "}")

    for why, bad in (
        ("a record has no line", text.replace(line(5) + "\n", "")),
        ("a record has two lines", text.replace(line(5), line(5) + "\n" + line(5))),
        ("two lines are swapped", _swapped(text, line(4), line(5))),
        ("its own is withheld", bare(21, text)),
        ("what is about everybody is withheld", bare(1, text)),
        ("a decision about everybody is withheld", bare(16, text)),
        ("what names what bears on it is withheld", bare(17, text)),
        ("a content is altered", text.replace('"driver":"Cy"', '"driver":"Di"')),
        ("a header is altered", text.replace('"site_position":5,', '"site_position":6,')),
        ("a tag is another", text.replace('["crew:103"]', '["crew:104"]')),
        ("the size is another", text.replace("\n21\n", "\n20\n")),
        ("nothing is said of the subject", text.replace("subject crew 103\n", "")),
        ("the subject is none", text.replace("crew 103\n", "driver 103\n")),
        ("a decision is no id", text.replace("crew 103\n", "decision 1\n")),
        ("another version", text.replace("@v1", "@v2", 1)),
        ("a blank in a line", text.replace('{"header"', '{ "header"', 1)),
        ("a line has more", text.replace('{"header"', '{"also":1,"header"', 1)),
        ("it is not signed", text[: text.rindex("\n\n") + 2] + "— x AAAAAAAA\n"),
    ):
        yield _told(log, why, bad)
    blind = log.proof("crew", "103", blind=True).to_bytes().decode()
    leaf = next(each for each in blind.splitlines() if "leaf" in each)
    yield _told(log, "a leaf is another", blind.replace(leaf[10:20], "0" * 10))
    yield _told(log, "a leaf in capitals", blind.replace(leaf[9:73], leaf[9:73].upper()))
    renamed = log.proof("crew", "102").to_bytes().decode()
    attested = log.proof("crew", "103", attested=True).to_bytes().decode()
    mark = next(each for each in attested.splitlines() if each.startswith("—"))
    shown = log.proof("decision", decision).to_bytes().decode()
    for why, bad in (
        ("the record under its later number is withheld", bare(14, renamed)),
        ("the line of the source that was told again is withheld", bare(6, renamed)),
        ("it is not said that a line was told again", renamed.replace("again 6 15\n", "")),
        ("another line is said to be told again", renamed.replace("again 6 15", "again 7 15")),
        ("it is said in another way", renamed.replace("again 6 15", "again 15 6")),
        ("what stands beside a tag of what is disclosed is missing", _unsaid(text, line(16))),
        ("what stands beside is not in order", text.replace('["crew:202"]', '["x","crew:202"]', 1)),
        ("what does not bear on it is disclosed", text.replace(line(5), line(5, renamed))),
        ("what the decision is about is withheld", bare(13, shown)),
        ("no decision", shown.replace(f"decision {decision}", f"decision {log.records[0].id}")),
        ("attested twice by one key", attested.replace(mark, f"{mark}\n{mark}")),
        ("attested and blinded", _with_a_leaf(attested, log.records[4])),
    ):
        yield _told(log, why, bad) | {"derived": True}


def _swapped(text: str, one: str, other: str) -> str:
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def _unsaid(text: str, line: str) -> str:
    said = json.loads(line)["beside"]
    return text.replace(
        line, line.replace(f'"beside":{json.dumps(said, separators=(",", ":"))},', "")
    )


def _with_a_leaf(text: str, record: Record) -> str:
    line = next(e for e in text.splitlines() if f'"position":{record.position},' in e)
    return text.replace(line, f'{{"leaf":"{record.leaf.hex()}"}}')


def _good(log: Whole, proof: CompleteProof) -> dict[str, Any]:
    found = complete(proof, "it").json()
    return {"file": proof.to_bytes().decode(), "keys": log.keys, "holds": True, "found": found}


def _told(log: Whole, why: str, text: str) -> dict[str, Any]:
    return {"file": text, "keys": log.keys, "holds": False, "why": why}
