"""Record: an official puts one occurrence on record, checked against what bears on it."""

from __future__ import annotations

from collections.abc import Sequence

from eventsourcing.dcb.domain import Selector

from ledger.authority import must_be_office
from ledger.commands.desk import acts_by, must_be_about_something
from ledger.commands.judge import OF_THE_DESK, Judge, boundary_of
from ledger.commands.known import AMENDMENTS, TIMES, Known, must_refer_to_what_exists
from ledger.commands.numbering import NUMBERED, must_be_free, number_of
from ledger.commands.sense import must_make_sense
from ledger.errors import Refused
from ledger.log import Act
from ledger.openings import Opening
from ledger.vocabulary import (
    TAKES_BACK,
    DecisionIssued,
    NumberReallocated,
    Occurrence,
    OfficialAppointed,
    OpeningErased,
    RallyConstituted,
    TimeDetermined,
)


class RecordOccurrence(Act):
    """Put any occurrence of the vocabulary on record.

    The boundary is what bears on it: the rally, the holders of the office, the crew, the stage with
    its points, the control, and what it takes back; and everything that amends these. Of an act of
    the desk it is the whole desk, and the judge is asked. What was seen on the road is not refused
    for a number, a stage or a point that is not in the plan: it was seen all the same. The openings
    of its private values are kept beside the log with it.
    """

    def __init__(
        self, occurrence: Occurrence, judge: Judge, openings: Sequence[Opening] = ()
    ) -> None:
        self.occurrence = occurrence
        self.judge = judge
        self.openings = openings
        self.known = Known()

    def consistency_boundary(self) -> list[Selector]:
        """The parts of the log on which this act depends."""
        return boundary_of((self.occurrence, *acts_by(self.occurrence)))

    def learn(self, identity: str, said: Occurrence) -> None:
        """Take in what bears on the act."""
        self.known.learn(identity, said)

    def execute(self) -> None:
        """Check the rules in the order in which an official would ask, then put it on record."""
        said, known = self.occurrence, self.known
        if isinstance(said, (*AMENDMENTS, OpeningErased)):
            raise Refused(
                f"{said.type_name()} is not typed in directly.",
                hint="Use `rally correct`, `rally void`, `rally adopt` or `rally forget`.",
            )
        if isinstance(said, DecisionIssued):
            raise Refused(
                "A decision gets the next number of its series.", hint="Use `rally decide`."
            )
        if isinstance(said, RallyConstituted):
            known.must_not_be_constituted(said.rally)
        else:
            known.must_be_constituted(said.rally)
        known.powers.must_hold(said, self.site, key=self.signs_with)
        if isinstance(said, OfficialAppointed):
            must_be_office(said.office)
        must_make_sense(said, known)
        _must_be_in_the_plan(said, known)
        must_be_about_something(said, known)
        if isinstance(said, NUMBERED) and (number := number_of(said)):
            must_be_free(number, [said], known)
        if type(said) in TAKES_BACK:
            known.must_stand(getattr(said, "target", ""), TAKES_BACK[type(said)])
        if isinstance(said, TimeDetermined):
            known.must_stand(said.target, TIMES)
        if isinstance(said, NumberReallocated):
            known.number_must_be_free(said.new_number, said.happened)
        if type(said) in OF_THE_DESK:
            self.judge(known.all, said)
        self.decide(said)


def _must_be_in_the_plan(said: Occurrence, known: Known) -> None:
    """Refuse what names a crew, a stage or a point that is not there; what was seen, `check` tells.

    Raises:
        Refused: an act or a report does.
    """
    if said.is_act or said.nature != "observation":
        must_refer_to_what_exists(said, known)
