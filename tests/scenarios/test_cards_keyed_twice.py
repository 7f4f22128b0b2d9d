"""An evening of keying: two officials with one pile of time cards, and a second reading of some."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from ledger.vocabulary import TIME_CARD
from projections.control.anomalies import anomalies
from projections.control.cards import Closing, cards, keyed_once
from projections.control.outstanding import outstanding
from projections.results.time_card import time_card
from tests.spec import Case, at

STAGE = {"stage": "SS1"}


class Evening(Case):
    """A rally whose cards come in: starts at ten, a control at noon, nobody has seen them yet."""

    def __init__(self) -> None:
        super().__init__("cross-country")
        self.enter("101", "102", "103", "104")
        self.record("ControlScheduled", control="TC1", kind="tc", order=1, **STAGE)

    def key(self, by: str, number: str, time: str) -> str:
        """Somebody keys the stamp of TC1 from the card of a crew."""
        where = {"number": number, "control": "TC1", "by": by}
        return self.record("ControlPassed", at(time), TIME_CARD, **STAGE, **where)

    def stamped(self, number: str) -> list[str]:
        """When the crew was at TC1, and who says so."""
        lines = [e for one in time_card(self.state(), number).stages for e in one.lines]
        return [" ".join(((e.actual_at or "")[11:16], e.note)).strip() for e in lines]

    def differing(self) -> list[str]:
        """What is told to who settles it: in anomalies, and as keeping the stage back."""
        found = [each.message for each in anomalies(self.state()) if each.kind == "cards-differ"]
        blocks = outstanding(self.state(), "SS1").blockers
        assert found == [each.message for each in blocks if each.kind == "cards-differ"]
        return found

    def close(self, wanted: int) -> str:
        """The cards are closed on what is on record."""
        cells = keyed_once(self.state(), "SS1")
        known: dict[str, Any] = {"position": len(self.records), "root": "5d" * 32, **STAGE}
        return self.record("CardsClosed", cells=cells, wanted=wanted, by="Tim", **known)

    def closing(self, confidence: Fraction = Fraction(95, 100)) -> Closing:
        """What became of the closing."""
        (found,) = cards(self.state(), confidence=confidence).closings
        return found


@pytest.fixture
def evening() -> Evening:
    """Nobody has keyed anything yet."""
    return Evening()


def test_one_alone_counts_and_is_not_confirmed(evening: Evening) -> None:
    """Ann is quicker than Bo: what she keyed counts until he comes to it; her card says nothing."""
    evening.key("Ann", "101", "12:04")

    assert ["12:04"] == evening.stamped("101")
    assert [] == evening.differing()


def test_two_who_agree_are_one_passing_with_two_names(evening: Evening) -> None:
    """Bo reads seconds off the same stamp: the clock of a control is read to the minute."""
    ann, bo = evening.key("Ann", "101", "12:04"), evening.key("Bo", "101", "12:04:30")
    positions = [evening.state().facts.positions[each] for each in (ann, bo)]
    (line,) = time_card(evening.state(), "101").stages[0].lines

    assert ["12:04 keyed by Ann, confirmed by Bo"] == evening.stamped("101")
    assert positions == list(line.positions)
    assert [] == evening.differing()


def test_who_keys_a_card_again_does_not_confirm_it(evening: Evening) -> None:
    """Ann took the card up twice; "ann " is no second person."""
    evening.key("Ann", "101", "12:04")
    evening.key("ann ", "101", "12:04")

    assert ["12:04"] == evening.stamped("101")
    assert "single" == cards(evening.state()).rows[0].stands


def test_a_difference_counts_for_nobody_until_a_third_settles_it(evening: Evening) -> None:
    """A four is a nine to Bo. Cleo keys it blind: a nine; then the card shows Ann's slip."""
    evening.key("Ann", "102", "12:04")
    evening.key("Bo", "102", "12:09")
    nobody = "keyed differently by Ann and Bo: it counts for nobody"

    assert [nobody] == evening.stamped("102")
    told = "The card of crew 102 was keyed differently, TC1: by Ann and Bo. It counts for nobody."
    assert [told] == evening.differing()

    evening.key("Cleo", "102", "12:09")
    assert ["12:09 keyed by Bo, confirmed by Cleo"] == evening.stamped("102")
    assert [] == evening.differing()


def test_a_beam_counts_whatever_the_keyers_read(evening: Evening) -> None:
    """Nothing counts of the card; another source does as ever, and the difference still stands."""
    evening.key("Ann", "102", "12:04")
    evening.key("Bo", "102", "12:09")
    seen = {"number": "102", "control": "TC1"}
    evening.record("ControlPassed", at("12:05"), "transponder", **STAGE, **seen)

    assert "12:05" == evening.stamped("102")[0]
    assert 1 == len(evening.differing())


@pytest.mark.parametrize("how", ["correction", "void", "ruling"])
def test_who_slipped_puts_it_right_or_it_is_ruled(evening: Evening, how: str) -> None:
    """Bo sees that it is a four; or throws his reading away; or the timekeepers rule for Ann's."""
    ann, bo = evening.key("Ann", "102", "12:04"), evening.key("Bo", "102", "12:09")
    if how == "correction":
        at_four = {"fact_at": [evening.state().facts.by_id[ann].value.happened.ms, 180]}
        evening.record("Corrected", target=bo, changes=at_four)
    elif how == "void":
        evening.record("Voided", target=bo)
    else:
        evening.record("TimeDetermined", at("20:00"), target=ann, number="102", **STAGE)

    assert "12:04" == evening.stamped("102")[0][:5]
    assert [] == evening.differing()


def test_two_against_two_are_open_again(evening: Evening) -> None:
    """A fourth person agrees with the one whom three had outvoted."""
    for by, time in (("Ann", "12:04"), ("Bo", "12:09"), ("Cleo", "12:09"), ("Di", "12:04")):
        evening.key(by, "102", time)

    assert 1 == len(evening.differing())


def test_a_share_is_read_again_and_proves_so_much(evening: Evening) -> None:
    """Ann keyed four cards alone, one of them wrong. All are drawn; Bo reads three, Cleo settles.

    The clerk's second throw, and that of a third office, draw nothing anew.
    """
    for number, time in (("101", "12:01"), ("102", "12:02"), ("103", "12:03"), ("104", "12:04")):
        evening.key("Ann", number, time)
    closed = evening.close(wanted=4)
    evening.key("Ann", "101", "12:01")  # what is keyed since is not in it
    assert ("", None) == (evening.closing().seed, evening.closing().fewer_than)

    clerk = {"target": closed, "role": "clerk-of-the-course"}
    evening.record("DiceThrown", throw="35162", by="Cle", **clerk)
    evening.record("DiceThrown", throw="1", by="Cle", **clerk)
    assert "" == evening.closing().seed  # two offices have to throw
    evening.record("DiceThrown", throw="41", by="Ste", target=closed, role="stewards")
    evening.record("DiceThrown", throw="6", by="Jan", target=closed, role="court")

    found = evening.closing()
    assert [True, False, True, False] == [each.counts for each in found.throws]
    assert {"unread": 4} == {name: count for name, count in found.counts.items() if count}
    assert "Nothing is proved yet." == found.proves

    evening.key("Bo", "101", "12:01")
    evening.key("Bo", "102", "12:07")
    evening.key("Bo", "103", "12:03")
    counts = {"right": 2, "wrong": 0, "unsettled": 1, "unread": 1}
    assert counts == evening.closing().counts
    evening.key("Cleo", "102", "12:07")
    evening.key("Bo", "104", "12:04")

    found = evening.closing()
    assert {"right": 3, "wrong": 1, "unsettled": 0, "unread": 0} == found.counts
    assert ["102 TC1"] == [each.cell for each in found.drawn if each.found == "wrong"]
    assert "95 %: fewer than 2 of 4 cells are wrong" == found.proves


def test_a_slip_that_is_corrected_since_was_an_error(evening: Evening) -> None:
    """Whoever looks at a card that was drawn and corrects it has found one, too; so with a void."""
    first, second = evening.key("Ann", "101", "12:01"), evening.key("Ann", "102", "12:02")
    closed = evening.close(wanted=2)
    evening.record("DiceThrown", throw="3", by="Cle", target=closed, role="clerk-of-the-course")
    evening.record("DiceThrown", throw="4", by="Ste", target=closed, role="stewards")
    later = evening.state().facts.by_id[first].value.happened.ms + 60_000
    evening.record("Corrected", target=first, changes={"fact_at": [later, 180]})
    evening.record("Voided", target=second)

    assert 2 == evening.closing().counts["wrong"]


def test_a_sample_without_an_error_bounds_the_others(evening: Evening) -> None:
    """Of ten cells half are read again and all agree: at 95 % fewer than four are wrong."""
    evening.enter(*(str(number) for number in range(105, 111)))
    for number in range(101, 111):
        evening.key("Ann", str(number), "12:00")
    closed = evening.close(wanted=5)
    evening.record("DiceThrown", throw="3", by="Cle", target=closed, role="clerk-of-the-course")
    evening.record("DiceThrown", throw="4", by="Ste", target=closed, role="stewards")
    for each in evening.closing().drawn:
        evening.key("Bo", each.cell.split()[0], "12:00")

    assert "95 %: fewer than 4 of 10 cells are wrong" == evening.closing().proves
    assert 5 == evening.closing(Fraction(99, 100)).fewer_than
