"""Keys of office: an act that the rules ask to be signed moves nobody until it is, by who may."""

from __future__ import annotations

from typing import Any

from ledger.proofs.ed25519 import SigningKey
from ledger.signatory import signature_over
from ledger.times import Instant
from ledger.vocabulary import Occurrence, canonical, occurrence_id
from projections.control.anomalies import anomalies
from projections.control.outstanding import outstanding
from projections.desk.decisions import decisions
from projections.desk.due import due
from tests.signing import key
from tests.spec import Case

ORGANISER: dict[str, Any] = {"role": "organiser", "by": "Olga"}
CHAIR: dict[str, Any] = {"role": "stewards", "by": "Chair"}
SECRETARY: dict[str, Any] = {"role": "secretary", "by": "Eva"}
ORG, KEY, SECOND, CLERKS = (key(each) for each in ("organiser", "chair", "second", "clerk"))
WANTED: dict[str, Any] = {"signatures__wanted": ("any act of stewards",)}


class Office:
    """A rally with an organiser's key, where the stewards have one from the beginning."""

    def __init__(self, *, chair: bool = True, **rules: Any) -> None:
        self.case = Case(**(rules or WANTED))
        self.case.enter("101", "102", "103")
        self.case.times("SS1", _101="3:00:00", _102="3:01:00", _103="3:02:00")
        self.register(ORG, "organiser")
        if chair:
            self.register(KEY, "stewards", holder="Chair")

    def register(self, whose: SigningKey, office: str, by: SigningKey = ORG, **said: Any) -> str:
        """A key is registered, and that is signed by the organiser where nobody else is named."""
        fields = {"office": office, "key": whose.public.line, **said}
        made = self.case.record("KeyRegistered", **fields, **ORGANISER)
        self.sign(by, "organiser" if by is ORG else office, made)
        return made

    def sign(self, who: SigningKey, office: str, *ids: str) -> str:
        """Records are signed, as of the last of them."""
        last = dict(self.case.records)[ids[-1]]
        said = signature_over(who, office, ids, last)
        return self.take(said)

    def take(self, said: Occurrence) -> str:
        """An occurrence comes in as it is."""
        identity = occurrence_id(canonical(said))
        self.case.records.append((identity, said))
        return identity

    def hour(self, **more: Any) -> str:
        """The stewards give the first an hour."""
        said = {"number": "101", "stage": "SS1", "amount_ms": "1:00:00", **CHAIR, **more}
        return self.case.record("PenaltyGiven", **said)

    def ended(self, kind: str, whose: SigningKey, **said: Any) -> str:
        """The organiser says that a key is revoked, or lost."""
        fields = {"fingerprint": whose.public.fingerprint, **said}
        made = self.case.record(kind, **fields, **ORGANISER)
        self.sign(ORG, "organiser", made)
        return made

    def counts(self) -> bool:
        """Whether the hour is in the total of the first."""
        penalties: list[Any] = self.case.penalties()
        return penalties != []

    def told(self) -> list[str]:
        """Why acts have no effect, as `rally anomalies` tells it."""
        found = anomalies(self.case.state())
        return [each.message for each in found if each.kind == "act-without-authority"]

    def at(self, minute: int) -> Instant:
        """The instant of a minute of the rally."""
        return Instant(minute * 60_000, 480)


def test_unsigned_where_the_rules_ask() -> None:
    """The stewards' hour moves nobody until it is signed, by the rules of that rally alone."""
    office = Office()
    given = office.hour()
    assert not office.counts()
    assert "not signed" in office.told()[0]
    office.sign(KEY, "stewards", given)
    assert office.counts()
    assert [] == office.told()


def test_where_nothing_is_asked_or_nobody_has_a_key() -> None:
    """Without a rule, and without an organiser's key, everything is as it was."""
    office = Office(overall__max_time="unfinished")
    office.hour()
    assert office.counts()
    club = Case(**WANTED)
    club.enter("101")
    club.times("SS1", _101="3:00:00")
    club.record("PenaltyGiven", number="101", stage="SS1", amount_ms="1:00:00", **CHAIR)
    assert [] != club.penalties()


def test_a_key_of_another_office_or_of_nobody() -> None:
    """The clerk's key signs for no steward, one that is not on record for nobody."""
    office = Office()
    office.register(CLERKS, "clerk-of-the-course")
    given = office.hour()
    office.sign(CLERKS, "clerk-of-the-course", given)
    assert not office.counts()
    assert "a key of another office" in office.told()[0]
    office.sign(CLERKS, "stewards", given)
    office.sign(SECOND, "stewards", given)
    assert not office.counts()


def test_a_signature_for_another_record_or_rally() -> None:
    """It holds for the ids that it names, and no other."""
    office = Office()
    given, other = office.hour(), office.hour(amount_ms="2:00:00")
    office.sign(KEY, "stewards", other)
    assert 1 == len(office.case.penalties())
    assert given in office.case.state().facts.idle


def test_out_of_its_term() -> None:
    """Judged by when the act was recorded: before the term, within it, and behind its end."""
    office = Office(chair=False)
    early = office.hour()
    begins, ends = office.case._minute + 2, office.case._minute + 10
    office.register(KEY, "stewards", from_at=office.at(begins), until_at=office.at(ends))
    within = office.hour(stage="SS2")
    office.case._minute = ends
    late = office.hour(stage="SS3")
    office.sign(KEY, "stewards", early, within, late)
    assert ["SS2"] == [each.split()[1] for each in office.case.penalties()]
    assert all("out of its term" in each for each in office.told())
    assert 2 == len(office.told())


def test_a_replaced_key_signs_no_more() -> None:
    """Its term ends where that of the next begins; what it signed before stands."""
    office = Office()
    before = office.hour()
    office.sign(KEY, "stewards", before)
    office.register(SECOND, "stewards", replaces=KEY.public.fingerprint)
    after = office.hour(stage="SS2")
    office.sign(KEY, "stewards", after)
    assert 1 == len(office.case.penalties())
    office.sign(SECOND, "stewards", after)
    assert 2 == len(office.case.penalties())


def test_who_may_register_a_key() -> None:
    """Nobody signs his own key but the organiser; what is not signed registers nothing."""
    office = Office(chair=False)
    office.register(KEY, "stewards", by=KEY)
    given = office.hour()
    office.sign(KEY, "stewards", given)
    assert not office.counts()
    assert any("what says so is signed" in each for each in office.told())
    office.register(CLERKS, "secretary")
    made = office.case.record(
        "KeyRegistered", office="stewards", key=SECOND.public.line, **SECRETARY
    )
    office.sign(CLERKS, "secretary", made)
    later = office.hour(stage="SS2")
    office.sign(SECOND, "stewards", later)
    assert ["SS2"] == [each.split()[1] for each in office.case.penalties()]


def test_a_stolen_key_signs_nothing_behind_its_loss_nor_before_it() -> None:
    """Who has it may write any date: without a proof, what is dated before the loss is none."""
    office = Office()
    honest = office.hour()
    office.sign(KEY, "stewards", honest)
    lost = office.case._minute + 5
    office.case._minute = lost + 5
    office.ended("KeyReportedLost", KEY, since=office.at(lost))
    assert not office.counts()
    assert "not proven before the loss" in office.told()[0]
    office.case._minute = lost + 2
    behind = office.hour(stage="SS2")
    office.case._minute = 9
    backdated = office.hour(stage="SS3")
    office.sign(KEY, "stewards", behind, backdated)
    assert [] == office.case.penalties()
    assert any("revoked or lost by then" in each for each in office.told())


def test_what_the_rules_make_of_what_is_not_proven() -> None:
    """It may count with reserve; behind the loss it never does."""
    reserve = "counts with reserve"
    office = Office(signatures__not_proven=reserve, signatures__wanted=("any act of stewards",))
    before = office.hour()
    office.ended("KeyRevoked", KEY)
    after = office.hour(stage="SS2")
    office.sign(KEY, "stewards", before, after)
    assert ["SS1"] == [each.split()[1] for each in office.case.penalties()]


def test_a_thief_of_the_organisers_key_registers_nobody() -> None:
    """A key that was registered with a lost one falls with it, and what it signed."""
    office = Office()
    deputy = key("deputy")
    office.register(deputy, "secretary")
    theirs = key("thief")
    lost = office.case._minute + 1
    office.case._minute += 2
    office.register(theirs, "stewards")
    given = office.hour()
    office.sign(theirs, "stewards", given)
    assert office.counts()
    said = {"fingerprint": ORG.public.fingerprint, "since": office.at(lost), **SECRETARY}
    made = office.case.record("KeyReportedLost", **said)
    office.sign(deputy, "secretary", made)
    assert not office.counts()


def test_countersigned_by_a_second_steward() -> None:
    """The chair's hour waits for another: his own second key, in his name, is nobody else's."""
    office = Office(signatures__countersigned=("PenaltyGiven of stewards by stewards",))
    given = office.hour()
    office.sign(KEY, "stewards", given)
    assert "not countersigned" in office.told()[0]
    own = key("chair at home")
    office.register(own, "stewards", holder="Chair")
    office.sign(own, "stewards", given)
    assert not office.counts()
    office.register(SECOND, "stewards", holder="Ann", from_at=office.at(0))
    office.sign(SECOND, "stewards", given)
    assert office.counts()


def test_it_is_adopted_by_who_may() -> None:
    """What lacks a signature can be made somebody's own, by an act that is signed itself."""
    office = Office()
    given = office.hour()
    adopted = office.case.record("ActAdopted", target=given, **CHAIR)
    assert not office.counts()
    office.sign(KEY, "stewards", adopted)
    assert office.counts()


def test_a_bulletin_asks_from_its_day_on_and_nobody_takes_it_back_without_a_key() -> None:
    """What was recorded before stands unsigned; an unsigned bulletin rids nobody of anything."""
    office = Office(overall__max_time="unfinished")
    office.hour()
    asks: dict[str, Any] = {"signatures.wanted": ("any act of stewards",)}
    asked = office.case.record("BulletinIssued", bulletin="1", parameters=asks, **ORGANISER)
    office.sign(ORG, "organiser", asked)
    office.hour(stage="SS2")
    assert ["SS1"] == [each.split()[1] for each in office.case.penalties()]
    none: dict[str, Any] = {"signatures.wanted": ()}
    freed = office.case.record("BulletinIssued", bulletin="2", parameters=none, **ORGANISER)
    office.hour(stage="SS3")
    assert ["SS1"] == [each.split()[1] for each in office.case.penalties()]
    office.sign(ORG, "organiser", freed)
    assert ["SS1", "SS3"] == [each.split()[1] for each in office.case.penalties()]


def test_what_is_asked_of_an_act_is_asked_of_what_amends_it() -> None:
    """Nobody alters, voids or adopts without a signature what counts only with one."""
    office = Office(signatures__wanted=("PenaltyGiven of stewards",))
    unsigned, given = office.hour(), office.hour(stage="SS2")
    office.sign(KEY, "stewards", given)
    signed = ["SS2 1:00:00"]
    assert signed == _hours(office)
    adopted = office.case.record("ActAdopted", target=unsigned, **CHAIR)
    office.case.record("Corrected", target=given, changes={"amount_ms": 1_000}, **CHAIR)
    office.case.record("Voided", target=given, **{**CHAIR, "role": "clerk-of-the-course"})
    assert signed == _hours(office)
    assert 4 == len(office.told())
    office.sign(KEY, "stewards", adopted)
    assert ["SS1 1:00:00", *signed] == _hours(office)


def test_nobody_takes_the_rule_back_without_a_key() -> None:
    """An unsigned void of what asks for signatures rids nobody of them; a signed one does."""
    for asking in ("RegulationsAdopted", "BulletinIssued"):
        bulletin = asking == "BulletinIssued"
        office = Office(**({"overall__max_time": "unfinished"} if bulletin else WANTED))
        if bulletin:
            asks: dict[str, Any] = {"signatures.wanted": ("any act of stewards",)}
            made = office.case.record("BulletinIssued", bulletin="1", parameters=asks, **ORGANISER)
            office.sign(ORG, "organiser", made)
        given = office.hour()
        (rules,) = [i for i, said in office.case.records if said.type_name() == asking]
        void = office.case.record("Voided", target=rules, **SECRETARY)
        assert "what amends those rules is signed" in " ".join(office.told())
        assert given in office.case.state().facts.idle
        office.register(SECOND, "secretary", from_at=office.at(0))
        office.sign(SECOND, "secretary", void)
        assert given not in office.case.state().facts.idle


def test_the_key_of_a_laptop_signs_for_no_office() -> None:
    """Whoever sits at it delivers; a decision at its keys is that of an office, by its own key."""
    office = Office()
    laptop = key("laptop")
    fields = {"of_site": "finish", "key": laptop.public.line, **ORGANISER}
    office.sign(ORG, "organiser", office.case.record("KeyRegistered", **fields))
    given = office.hour(site="finish")
    office.sign(laptop, "site:finish", given)
    assert not office.counts()
    assert "a key of another office" in office.told()[0]
    office.sign(KEY, "stewards", given)
    assert office.counts()


def test_a_decision_that_lacks_its_signature_waits_in_the_registers() -> None:
    """It is no entry of the register, and pending beside it; it is due, and keeps its number."""
    office = Office()
    effects = [{"act": "PenaltyGiven", "fields": {"amount_ms": 60_000}}]
    said = {"number": "101", "stage": "SS1", "effects": effects, **CHAIR}
    first = office.case.decide(1, **said)
    second = office.case.decide(2, **said)
    office.sign(KEY, "stewards", second)
    register = decisions(office.case.state())
    assert [2] == [int(each.decision) for each in register.rows]
    (waits,) = register.pending
    assert (first, "unsigned") == (waits.id, waits.lacks)
    assert [first] == [
        each.id for each in due(office.case.state()).rows if "not signed" in each.what
    ]
    kinds = [each.kind for each in anomalies(office.case.state())]
    assert "decision-number-missing" not in kinds
    blockers = outstanding(office.case.state(), "SS1").blockers
    assert ["101"] == [n for each in blockers if each.kind == "pending" for n in each.numbers]
    office.sign(KEY, "stewards", first)
    assert () == decisions(office.case.state()).pending


def test_a_chairs_decision_is_countersigned_by_a_second_steward() -> None:
    """It moves nobody with one hand; nor is it made whole by an adoption with one."""
    line = "DecisionIssued of stewards by stewards"
    office = Office(signatures__countersigned=(line,))
    effects = [{"act": "PenaltyGiven", "fields": {"amount_ms": 60_000}}]
    decided = office.case.decide(1, number="101", stage="SS1", effects=effects, **CHAIR)
    office.sign(KEY, "stewards", decided)
    (waits,) = decisions(office.case.state()).pending
    assert "not countersigned" == waits.lacks
    adopted = office.case.record("ActAdopted", target=decided, **CHAIR)
    office.sign(KEY, "stewards", adopted)
    assert not office.counts()
    office.register(SECOND, "stewards", holder="Ann", from_at=office.at(0))
    office.sign(SECOND, "stewards", decided)
    assert office.counts()


def _hours(office: Office) -> list[str]:
    return [" ".join(each.split()[1:3]) for each in office.case.penalties()]


def test_what_a_device_delivers_is_signed_as_a_batch() -> None:
    """A timing system has a key as a device; what it saw counts either way."""
    office = Office()
    beam = key("beam")
    fields = {"device": "test", "key": beam.public.line, **ORGANISER}
    office.sign(ORG, "organiser", office.case.record("KeyRegistered", **fields))
    lines = [
        office.case.record(
            "StageTimeRecorded", seq=f"{n}", number=n, stage="SS2", elapsed_ms="3:00:00"
        )
        for n in ("101", "102")
    ]
    office.sign(beam, "device:test", *lines)
    powers = office.case.state().facts.powers
    assert [["valid"], ["valid"]] == [[e.state for e in powers.signatures(i)] for i in lines]
