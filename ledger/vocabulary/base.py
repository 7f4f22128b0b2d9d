"""What every occurrence carries: the envelope that makes it a piece of evidence by itself.

Everything that is needed to understand or to sign an occurrence stands inside it: which rally,
what, when it happened, when it was put on record, by whom and in what office, from which
source. Its canonical bytes are hashed into its id, so it is the same in every copy of a log.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from eventsourcing.dcb.domain import Decision

from ledger.errors import Unreadable
from ledger.times import Instant

Duration = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
"""A duration in milliseconds."""
Whole = Annotated[int, msgspec.Meta(ge=-(2**53) + 1, le=2**53 - 1)]
"""A whole number that every reader of JSON keeps exactly."""
Metres = Annotated[int, msgspec.Meta(ge=0, le=10**10)]
Code = Annotated[
    str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^(?!\s)[^\x00-\x1f]+(?<!\s)\Z")
]
"""A short identifier of the sport: "SS11", "102", "TC8D"."""
OptionalCode = Annotated[
    str, msgspec.Meta(max_length=80, pattern=r"^((?!\s)[^\x00-\x1f]+(?<!\s))?\Z")
]
Text = Annotated[str, msgspec.Meta(max_length=4000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[!-~]+\Z")]
"""The name of a field or parameter: plain letters, which every reader of JSON sorts alike."""
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""The SHA-256 of a file, in hex."""
OptionalDigest = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]
Commitment = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""What stands for a private value: the hash of the value and a secret salt (see `openings`)."""
Categories = tuple[Code, ...]
"""The categories that are meant; none named means all of them."""
Ranking = Literal["joint", "category", "class", "group", "team", "trophy"]
"""A classification by whom it ranks: all crews that are ranked together, or those of one category,
class, group or team, or who run for one trophy."""
Standing = Literal["", "published", "derived", "assumed"]

Nature = Literal["act", "observation", "report"]
"""What an occurrence is: what somebody or a device saw (an observation), what somebody told (a
report), or what somebody did, by which it is so (an act). Whoever saw or told is recorded; an act
needs the office that may take it (`ledger.powers`)."""

Names = Literal["crew", "party", "record", "evidence", "signed"]
"""What a field names: a crew that it is about, another crew that has a part in it, a record that it
is about, one that it rests on, or one that it signs. Whoever follows crews or records asks the type
of the field (`ledger.naming`), so a new field needs no other line than its type."""
CrewNumber = Annotated[Code, msgspec.Meta(extra={"names": "crew"})]
"""The race number of a crew that an occurrence is about."""
OptionalCrew = Annotated[OptionalCode, msgspec.Meta(extra={"names": "crew"})]
Party = Annotated[Code, msgspec.Meta(extra={"names": "party"})]
"""The race number of a crew that has a part in it, and whose results it does not move."""
OptionalParty = Annotated[OptionalCode, msgspec.Meta(extra={"names": "party"})]
OccurrenceId = Annotated[Digest, msgspec.Meta(extra={"names": "record"})]
"""The id of a record that an occurrence is about."""
OptionalId = Annotated[OptionalDigest, msgspec.Meta(extra={"names": "record"})]
EvidenceId = Annotated[Digest, msgspec.Meta(extra={"names": "evidence"})]
"""The id of a record that an occurrence rests on."""
SignedId = Annotated[Digest, msgspec.Meta(extra={"names": "signed"})]
"""The id of a record that is signed: a batch of them is no chain of a case."""

_ID = re.compile(r"[0-9a-f]{64}")


class Source(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a piece of knowledge comes from.

    `kind` is how it was obtained (beam, gps, hand, official, waypoint, live-timing, press …); a
    rulebook orders these kinds. `name` and `seq` identify the line at its origin, so that the same
    delivery twice is known. `standing` says whether the source publishes the figure itself, whether
    it is derived from published ones, or assumed; `note` says how, in words.
    """

    kind: OptionalCode = ""
    name: OptionalCode = ""
    seq: Annotated[str, msgspec.Meta(max_length=300, pattern=r"^[^\x00-\x1f]*\Z")] = ""
    standing: Standing = ""
    note: Text = ""


NO_SOURCE = Source()
TIME_CARD = "time-card"
"""The kind of source of what an official keyed from a crew's time card, as rulebooks order it."""


def _first_version() -> int:
    return 1


class Occurrence(
    msgspec.Struct,
    Decision,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="type",
    forbid_unknown_fields=True,
):
    """Something that happened or was decided, immutable, named in the past tense.

    `fact_at` is when it happened on the road, for a penalty when the fact it is about happened;
    `fact_assumed` says that no source gives that instant. `recorded_at` is when an official or a
    device put it on record, by the clock of that site; `site` names the site where sites have
    names. `private` holds what may have to be forgotten one day, each as a commitment only.
    """

    TOPIC: ClassVar[str] = ""
    plan: ClassVar[bool] = False
    """Part of the plan of the rally: without an instant it holds from the beginning."""
    nature: ClassVar[Nature] = "act"
    """What does not say that it is an observation or a report is an act."""

    rally: Code
    v: Annotated[int, msgspec.Meta(ge=1, le=1)] = msgspec.field(default_factory=_first_version)
    fact_at: Instant | None = None
    fact_assumed: bool = False
    recorded_at: Instant
    recorded_assumed: bool = False
    by: Text = ""
    role: OptionalCode = ""
    site: OptionalCode = ""
    source: Source = NO_SOURCE
    reason: Text = ""
    private: Annotated[dict[Name, Commitment], msgspec.Meta(max_length=1000)] = msgspec.field(
        default_factory=dict
    )

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, as slices of the eventsourcing library expect them."""
        return {name: getattr(self, name) for name in self.__struct_fields__}

    @classmethod
    def type_name(cls) -> str:
        """The stable name that stands in the bytes, never a module path."""
        return str(cls.__struct_config__.tag)

    @property
    def is_act(self) -> bool:
        """Whether it is something that somebody did, and needs somebody who may do it."""
        return self.nature == "act"

    @property
    def instant(self) -> int | None:
        """When it takes effect, in UTC milliseconds; None is "from the beginning".

        What describes the plan and has no instant of its own holds from the beginning. What
        happened at an unknown instant had certainly happened by the time it was recorded.
        """
        if self.fact_at is not None:
            return self.fact_at.ms
        return None if self.plan else self.recorded_at.ms

    @property
    def happened(self) -> Instant:
        """When it happened; where nobody said, when it was recorded."""
        return self.fact_at or self.recorded_at

    def tags(self) -> list[str]:
        """What it is about, for the index of the log: crew, stage, office, reference."""
        return [
            f"{label}:{value}"
            for field, label in _TAGGED.items()
            if (value := getattr(self, field, ""))
        ]

    def apply(self, obj: Any) -> None:
        """Let a command learn of what it has decided, as of what is on record."""
        obj.learn(occurrence_id(canonical(self)), self)

    def words(self) -> str:
        """What happened, in one sentence for an official."""
        raise NotImplementedError


_TAGGED = {"number": "crew", "stage": "stage", "office": "office", "target": "ref"}

_ENCODER = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:
    """The one spelling of a value in JSON (RFC 8785): sorted keys, integers, UTF-8.

    Raises:
        Unreadable: a text holds what is no character, such as bytes that were not UTF-8.
    """
    source = value.source if isinstance(value, Occurrence) else NO_SOURCE
    if source is not NO_SOURCE and source == NO_SOURCE:
        # A default is left out only where it is this very object.
        value = msgspec.structs.replace(value, source=NO_SOURCE)
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError as error:
        raise Unreadable(f"A text is not UTF-8: {error.object!r}.") from None


def occurrence_id(data: bytes) -> str:
    """The identity of an occurrence: the SHA-256 of its canonical bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def short_id(identity: str) -> str:
    """The first ten digits, as ids are shown to people."""
    return identity[:10]


def is_id(text: str) -> bool:
    """Whether the text is a full occurrence id."""
    return _ID.fullmatch(text) is not None


def many(count: int, what: str) -> str:
    """So many of something, in words: "1 crew", "2 crews"."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def on(stage: str) -> str:
    """ " on SS12", or nothing where no stage is named."""
    return f" on {stage}" if stage else ""


def among(categories: tuple[str, ...]) -> str:
    """ " for moto and quad", or nothing where all are meant."""
    return f" for {' and '.join(categories)}" if categories else ""
