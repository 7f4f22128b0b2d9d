"""Found: a rally begins with its constitution and its regulations, both or neither."""

from __future__ import annotations

from eventsourcing.dcb.domain import Selector

from ledger.commands.known import AMENDMENTS, Known, of_office
from ledger.log import Act, selector
from ledger.vocabulary import Occurrence, RallyConstituted


class FoundRally(Act):
    """Constitute a rally that is not there yet, and adopt its regulations.

    `constituted` and `adopted` are a RallyConstituted and a RegulationsAdopted of one rally.
    """

    def __init__(self, constituted: Occurrence, adopted: Occurrence) -> None:
        self.said = (constituted, adopted)
        self.known = Known()

    def consistency_boundary(self) -> list[Selector]:
        """Whether the rally is there, and who holds the office."""
        rally = selector([RallyConstituted, *AMENDMENTS])
        return [rally, *of_office(self.said[0].role)]

    def learn(self, identity: str, said: Occurrence) -> None:
        """Take in what bears on the act."""
        self.known.learn(identity, said)

    def execute(self) -> None:
        """Refuse a rally that is there already and an office that may not found one."""
        self.known.must_not_be_constituted(self.said[0].rally)
        for said in self.said:
            self.known.powers.must_hold(said, self.site, key=self.signs_with)
            self.decide(said)
