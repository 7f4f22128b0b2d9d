"""Who signs what is put on record here: each append carries its signature in the same transaction.

The signature stands in front of what it signs, so there is no moment at which that was on record
and unsigned. What comes from another log is signed by those who wrote there, if by anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ledger.grouping import grouped
from ledger.in_front import SIGNATURE
from ledger.keyring import signers_of
from ledger.record import Arrival, arrival_of
from ledger.vocabulary import ActsSigned, Hands, Occurrence, decode, hands

if TYPE_CHECKING:
    from ledger.proofs.ed25519 import Signer


class Signatory:
    """The key with which an official, a device or a site signs; it is opened when it is needed."""

    def __init__(self, opened: Callable[[], Signer]) -> None:
        self._opened = opened

    @cached_property
    def signer(self) -> Signer:
        """Who holds the key.

        Raises:
            Unreadable: there is none, or it does not open.
        """
        return self._opened()

    @cached_property
    def fingerprint(self) -> str:
        """The key as it is shown to people."""
        return self.signer.public.fingerprint

    def over(self, arrivals: Sequence[Arrival], registered: Collection[str]) -> list[Arrival]:
        """The signatures over what is new of these; `registered` is for what the key signs.

        An act is signed as that which takes it, where the key is of it, else as what the key is of.
        """
        batches: dict[tuple[str, str], list[Arrival]] = {}
        for some in grouped((_by_whom(e), e) for e in arrivals if _is_new(e)).values():
            by = some[0].said or hands(some[0].data)
            batches.setdefault((_signs_for(by, registered), by.rally), []).extend(some)
        return [
            arrival_of(self._signature(of_whom, batch))
            for (of_whom, _), batch in batches.items()
            if of_whom
        ]

    def _signature(self, signs_for: str, batch: Sequence[Arrival]) -> ActsSigned:
        first = batch[0].said or decode(batch[0].data, batch[0].type)
        return signature_over(self.signer, signs_for, [each.id for each in batch], first)


def signature_over(
    signer: Signer, signs_for: str, ids: Sequence[str], as_said: Occurrence
) -> ActsSigned:
    """A signature over records, recorded when, where and by whom an occurrence was."""
    from ledger.proofs.spelling import spelled
    from ledger.proofs.sshsig import made, namespace_of, signed_over

    blob = made(signer, namespace_of(signs_for, as_said.rally), signed_over(ids))
    return ActsSigned(
        rally=as_said.rally,
        recorded_at=as_said.recorded_at,
        recorded_assumed=as_said.recorded_assumed,
        by=as_said.by,
        role=as_said.role,
        site=as_said.site,
        targets=tuple(ids),
        key=signer.public.fingerprint,
        signature=spelled(blob),
    )


def _is_new(arrival: Arrival) -> bool:
    return arrival.site is None and arrival.type != SIGNATURE


def _by_whom(arrival: Arrival) -> tuple[str, ...]:
    by = arrival.said or hands(arrival.data)
    return by.rally, by.role, by.site, by.source.name


def _signs_for(by: Occurrence | Hands, registered: Collection[str]) -> str:
    """For what an occurrence is signed: its office first, else its site, its device, or another."""
    own = [by.role, *sorted(signers_of(by) - {by.role}, reverse=True)]
    known = [each for each in (*own, *sorted(registered)) if each in registered]
    return known[0] if known else by.role
