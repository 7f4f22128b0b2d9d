"""By whom a log is signed, and whether whoever asks has reason to believe that.

All keys of office come of the organiser's. Whose that one is no log can say: it has to be known
from outside, from the supplementary regulations or a posted sheet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from cli.office.handed import Unchecked
from cli.office.keyholding import fingerprint_of_the_organiser
from cli.office.trusting import Trust
from ledger.keyring import VALID, WORDS, Signature, State
from ledger.log import Log
from ledger.powers import Powers
from ledger.vocabulary import ActsSigned, KeyRegistered
from ledger.vocabulary.base import many

NOT_CHECKED = "No key is trusted: --trust names the organiser's, as the regulations have it."


class Signed(NamedTuple):
    """Who signed how much of a log: the organiser's key, and the signatures by their worth.

    `lacking` counts the acts without effect by what lacks of their signatures.
    `trusted` says whether the organiser's key is one that is trusted; None where nobody is.
    """

    organiser: str | None
    found: tuple[Signature, ...]
    lacking: Mapping[str, int]
    trusted: bool | None

    @property
    def complaint(self) -> str:
        """What does not fit: another organiser than the one who is trusted."""
        if self.trusted is not False:
            return ""
        return f"The organiser's key on record is {self.organiser or 'none'}, and not trusted."

    @property
    def unchecked(self) -> tuple[Unchecked, ...]:
        """What was not checked: whose the keys are, where nobody is trusted."""
        if self.trusted is not None:
            return ()
        return (Unchecked("whose the keys of office are", NOT_CHECKED, asked=False),)

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        states = Counter(each.state for each in self.found)
        return {
            "organiser": self.organiser,
            "trusted": self.trusted,
            "states": {state: states[state] for state in WORDS if states[state]},
            "keys": [
                {"key": key, "office": office, "records": count}
                for (key, office), count in sorted(self._by_key().items())
            ],
            "unsigned": sum(self.lacking.values()),
        }

    def _by_key(self) -> Counter[tuple[str, str]]:
        return Counter((each.key, each.office) for each in self.found if each.state == VALID)

    def words(self) -> list[str]:
        """It in words, a line each."""
        said = [
            f"{many(count, 'signature')} as {office} with {key}."
            for (key, office), count in sorted(self._by_key().items())
        ]
        others: Counter[State] = Counter(e.state for e in self.found if e.state != VALID)
        said += [f"{many(count, 'record')} {WORDS[state]}." for state, count in others.items()]
        said += [
            f"{many(count, 'act')} {lacks} where the rules ask for it."
            for lacks, count in sorted(self.lacking.items())
        ]
        if self.trusted:
            said.append(f"The organiser's key is the one that is trusted: {self.organiser}.")
        elif self.trusted is None:
            said.append("It is consistent in itself; whose it is was not checked.")
        return said


def signed(log: Log, trust: Trust) -> Signed | None:
    """By whom a log is signed; None where no key of office is on record."""
    if not log.positions([KeyRegistered.type_name()]):
        return None
    told = {each.id: each.occurrence() for each in log.read()}
    powers = Powers(told)
    organiser = fingerprint_of_the_organiser(powers)
    targets = dict.fromkeys(
        target for said in told.values() if isinstance(said, ActsSigned) for target in said.targets
    )
    found = tuple(each for target in targets for each in powers.signatures(target))
    lacking = Counter(each.lacks for each in powers.idle.values() if each.lacks)
    keys = {*trust.fingerprints, *(each.fingerprint for each in trust.public)}
    return Signed(organiser, found, lacking, organiser in keys if keys else None)
