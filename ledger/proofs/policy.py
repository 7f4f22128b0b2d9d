"""Policies (c2sp.org/tlog-policy): by which key a log signs, and which witnesses have to have seen.

A policy comes from outside, from who does not trust the log: the regulations, a federation, a
party. Witnesses of opposed interests are put into groups, of which so many have to have signed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from ledger.errors import Unreadable
from ledger.proofs.vkeys import OF_A_LOG, VerifierKey, read_vkey

NONE = "none"
_CONTROLS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


class Group(NamedTuple):
    """Witnesses and other groups, of which so many are needed."""

    needed: int
    members: tuple[str, ...]


class Policy(NamedTuple):
    """The keys of logs, of witnesses by their names here, groups of these, and what is asked for.

    The quorum is a witness or a group; "" where none is asked for, and then nothing is witnessed.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: dict[str, VerifierKey]
    groups: dict[str, Group]
    quorum: str

    def witnessed(self, cosigned: Collection[str]) -> bool:
        """Whether that was seen by enough of those who have signed it, named as here."""
        return bool(self.quorum) and self._counts(self.quorum, cosigned)

    def _counts(self, name: str, cosigned: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._counts(each, cosigned) for each in group.members) >= group.needed

    @property
    def asked(self) -> str:
        """What is asked for, in words: `2 of organiser, club, delegate`."""
        group = self.groups.get(self.quorum)
        if group is None:
            return self.quorum or "no witness at all"
        return f"{group.needed} of {', '.join(group.members)}"


def read_policy(data: bytes, what: str) -> Policy:
    """A policy as a file holds it.

    Raises:
        Unreadable: it is none, with the line where it is not.
    """
    if _CONTROLS.search(data):
        raise Unreadable(f"{what} holds a control character.")
    reading = _Reading()
    # Names are bytes, of whatever kind: nobody's tables of letters decide which are alike.
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = re.split(r"[ \t]+", line.strip(" \t"))
        if words[0] and not words[0].startswith("#"):
            try:
                reading.take(words)
            except Unreadable as error:
                said = f"{what}, line {number}: {error.message}"
                raise Unreadable(said, hint=error.hint) from None
    if reading.quorum is None:
        raise Unreadable(f"{what} has no line `quorum`.", hint="`quorum none` asks for nobody.")
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


class _Reading:
    """What the lines so far have said."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._raw: set[bytes] = set()
        self._members: set[str] = set()

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(self._new_key(vkey, of_a_log=True))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._must_be_new(name)
                self.witnesses[name] = self._new_key(vkey, of_a_log=False)
            case ["group", name, needed, first, *others]:
                self._must_be_new(name)
                self.groups[name] = self._group(needed, (first, *others))
            case ["quorum", name]:
                if self.quorum is not None:
                    raise Unreadable("There is a second line `quorum`.")
                if name != NONE:
                    self._must_be_known(name)
                self.quorum = "" if name == NONE else name
            case _:
                raise Unreadable(f"{' '.join(words)[:80]!a} is no line of a policy.")

    def _new_key(self, text: str, *, of_a_log: bool) -> VerifierKey:
        key = read_vkey(text)
        if (key.manner == OF_A_LOG) is not of_a_log:
            raise Unreadable(f"{key.name} has a key that {'no log' if of_a_log else 'a log'} has.")
        if key.raw in self._raw:
            raise Unreadable(f"The key of {key.name} stands there twice.")
        self._raw.add(key.raw)
        return key

    def _group(self, needed: str, members: tuple[str, ...]) -> Group:
        for each in members:
            self._must_be_known(each)
            if each in self._members:
                raise Unreadable(f"{each!a} is a member twice.")
            self._members.add(each)
        every = {"all": len(members), "any": 1}
        count = every.get(needed) or (int(needed) if _COUNT.fullmatch(needed) else 0)
        if not 1 <= count <= len(members):
            raise Unreadable(f"{needed!a} of {len(members)} can't be asked for.")
        return Group(count, members)

    def _must_be_new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Unreadable(f"Nothing new can be called {name!a}.")

    def _must_be_known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise Unreadable(f"{name!a} is no witness and no group that stands above.")
