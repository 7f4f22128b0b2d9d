"""Group H: what was posted on the notice board, and what it was said to rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Literal

import msgspec

from ledger.times import Instant
from ledger.vocabulary.base import (
    Code,
    CrewNumber,
    Name,
    Occurrence,
    OccurrenceId,
    OptionalCode,
    OptionalCrew,
    OptionalDigest,
    OptionalId,
    Text,
    Whole,
    many,
    on,
)

Place = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
RowValue = Whole | str | bool | None | tuple[str, ...]
Position = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Ordinal = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Line = dict[Name, RowValue]
BETWEEN = " + "
"""Stands between categories that form one classification: "T1+ + T2" are two."""
ClassificationKind = Literal["unofficial", "partial", "provisional", "amended", "final"]


def scope_title(scope: Mapping[str, str]) -> str:
    """What a classification is of, as its heading says it: "Overall after SS12 cars"."""
    what = f"Stage {scope['stage']}" if scope.get("stage") else "Overall"
    what = f"Stages {scope['from']} to {scope.get('to', '')}" if scope.get("from") else what
    after = f"after {scope['after']}" if scope.get("after") else ""
    crews = (scope.get(name, "") for name in ("category", "class", "group", "team", "trophy"))
    return " ".join(part for part in (what, after, *crews) if part)


def last_named(scope: Mapping[str, str]) -> str:
    """The last stage that a classification is of, as it is named; "" where it is of everything."""
    return next((code for name in ("stage", "after", "to") if (code := scope.get(name))), "")


def scope_key(scope: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a classification is of, as it is compared with others: what it leaves open, left out."""
    return tuple(sorted((name, of) for name, of in scope.items() if of and name != "kind"))


@cache
def categories_of(text: str) -> tuple[str, ...]:
    """The categories that a scope or a rule names together: "motorcycles + quads" are two."""
    return tuple(found for each in text.split(BETWEEN) if (found := each.strip()))


def named_together(categories: Iterable[str]) -> str:
    """Several categories as a scope names them; one is named by itself."""
    return BETWEEN.join(categories)


def number_key(number: str) -> str:
    """A document number as it is compared with others: "07" is 7."""
    return (number.lstrip("0") or "0") if number.isascii() and number.isdecimal() else number


class StartSlot(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line of a start order: who starts in which place, and when."""

    place: Place
    number: CrewNumber
    due_at: Instant | None = None


class StartOrderPublished(Occurrence, frozen=True, kw_only=True, tag="StartOrderPublished"):
    """The start order of a stage was posted: from now on it is what was posted.

    `slots` is the list; `basis` says on which result it rests and `position` how much of the log
    was known (with its `root`), `rulebook` and `edition` by which rules it was computed, `first_at`
    when the first crew starts where the itinerary does not say. Later facts change nothing in it;
    an amended order is posted as a sheet of its own, with the number of the amendment.

    `digest` is the hash of what it says, `file` that of the sheet on which it hung, with the other
    categories that were posted with it; `made_with` says what made that. `checkpoint` is the one of
    its basis that was on record then, and stands on the sheet as a code.
    """

    stage: Code
    slots: tuple[StartSlot, ...]
    category: OptionalCode = ""
    basis: Text = ""
    position: Position | None = None
    document: OptionalCode = ""
    amendment: Ordinal | None = None
    first_at: Instant | None = None
    root: OptionalCode = ""
    rulebook: OptionalCode = ""
    edition: Whole = 0
    digest: OptionalCode = ""
    file: OptionalDigest = ""
    made_with: Text = ""
    checkpoint: Text = ""

    def tags(self) -> list[str]:
        """It is found by its document number, where it has one."""
        return [*super().tags(), *([f"document:{self.document}"] if self.document else [])]

    def words(self) -> str:
        who = f" of {self.category}" if self.category else ""
        number = f" as document {self.document}" if self.document else ""
        number += f", amendment {self.amendment}" if self.amendment else ""
        crews = many(len(self.slots), "crew")
        return f"The start order{who} of {self.stage} was published{number} ({crews})."


def posted_together(one: Occurrence, other: Occurrence) -> bool:
    """Whether these start orders stand on one sheet: they were posted by one act.

    Those of old logs, which have no digest, are sheets of their own.
    """
    return (
        isinstance(one, StartOrderPublished)
        and isinstance(other, StartOrderPublished)
        and bool(one.digest and other.digest)
        and _act(one) == _act(other)
    )


def _act(said: StartOrderPublished) -> tuple[object, ...]:
    return said.stage, said.document, said.recorded_at, said.site, said.by, said.role, said.position


class StartOrderAmended(Occurrence, frozen=True, kw_only=True, tag="StartOrderAmended"):
    """In a published start order, a crew starts in another place or at another time.

    Without a time it starts at that of its place, and whoever it moves on at theirs; a crew that
    was not in it takes a time that is free, or starts last. `document` says by which document it is
    made known: that number is left to the order as it is published again.
    """

    number: CrewNumber
    stage: Code
    place: Place | None = None
    due_at: Instant | None = None
    starts: bool = True
    document: OptionalCode = ""

    def words(self) -> str:
        if not self.starts:
            return f"Crew {self.number} was taken out of the start order of {self.stage}."
        place = f" as number {self.place}" if self.place else ""
        at = f" at {self.due_at.spelled()}" if self.due_at else ""
        return f"Crew {self.number} starts {self.stage}{place}{at}, by an amended order."


class DocumentDrawnUp(Occurrence, frozen=True, kw_only=True, tag="DocumentDrawnUp"):
    """A document was drawn up, to be signed by the offices that the rulebook names, then posted.

    `subject` says what of. A classification has its `kind`, its `scope`, how much of the log it
    rests on and the digest of what it says; any other document the record that it is `about`.
    Nothing runs from it: the time for protests begins with the posting.
    """

    subject: Literal["classification", "decision", "other"]
    title: Text = ""
    kind: OptionalCode = ""
    scope: dict[Name, str] = msgspec.field(default_factory=dict)
    position: Position | None = None
    root: OptionalCode = ""
    digest: OptionalCode = ""
    about: OptionalId = ""

    def tags(self) -> list[str]:
        """It is found by what it is about."""
        return [*super().tags(), *([f"ref:{self.about}"] if self.about else [])]

    def words(self) -> str:
        what = scope_title(self.scope) if self.subject == "classification" else self.title
        kind = f", {self.kind}" if self.kind else ""
        return f"A document was drawn up: {what or self.subject}{kind}."


class DocumentSigned(Occurrence, frozen=True, kw_only=True, tag="DocumentSigned"):
    """Who holds an office signed a document that was drawn up, as it was drawn up."""

    target: OccurrenceId
    digest: OptionalCode = ""

    def words(self) -> str:
        who = self.by or "Somebody"
        office = f", {self.role.replace('-', ' ')}" if self.role else ""
        return f"{who}{office}, signed the document {self.target[:10]}."


class ClassificationPublished(Occurrence, frozen=True, kw_only=True, tag="ClassificationPublished"):
    """A classification was posted: of what, of which kind, on which basis, with which rows.

    `position` and `root` say how much of the log it rests on (its cut-off), `rulebook` and
    `edition` by which rules it was computed. `digest` is the hash of its scope, its rows and of who
    is in it without a place. An amended one has the number of the amendment. It opens the time for
    protests; later facts never change it.

    A final one is `subject_to_appeal` where it was posted although something was still open.
    `drawn_up` is the document that was signed before it was posted. `file` is the digest of the
    sheet that hung on the board, `made_with` what made it: the same record gives the same sheet.
    `checkpoint` is the one of its basis that was on record then, with the signature of the log; it
    stands on the sheet as a code.
    """

    document: Code
    kind: ClassificationKind
    amendment: Ordinal | None = None
    scope: dict[Name, str]
    position: Position
    root: OptionalCode = ""
    rulebook: OptionalCode = ""
    edition: Whole = 0
    digest: OptionalCode = ""
    rows: tuple[Line, ...] = ()
    unclassified: tuple[Line, ...] = ()
    signed_by: Text = ""
    protests_until_at: Instant | None = None
    drawn_up: OptionalId = ""
    file: OptionalDigest = ""
    made_with: Text = ""
    checkpoint: Text = ""
    subject_to_appeal: bool = False

    def tags(self) -> list[str]:
        """It is found by its document number and by the stage that it is about."""
        stage = last_named(self.scope)
        return [f"document:{self.document}", *([f"stage:{stage}"] if stage else [])]

    @property
    def kind_in_full(self) -> str:
        """Its kind as it stands over the rows: "provisional", "amended 2"."""
        return f"{self.kind} {self.amendment}" if self.amendment else self.kind

    def words(self) -> str:
        title = scope_title(self.scope)
        subject = ", subject to appeal" if self.subject_to_appeal else ""
        return f"Document {self.document} was published: {title}, {self.kind_in_full}{subject}."


class PublicationWithdrawn(Occurrence, frozen=True, kw_only=True, tag="PublicationWithdrawn"):
    """A document that was posted no longer holds; it stays readable."""

    target: OccurrenceId
    document: OptionalCode = ""

    def words(self) -> str:
        return f"The document {self.document or self.target[:10]} was withdrawn."


class ResultsQualified(Occurrence, frozen=True, kw_only=True, tag="ResultsQualified"):
    """Results stand with a reservation: subject to an appeal, under investigation, awards withheld.

    `ended` takes the reservation away again.
    """

    kind: Literal["subject-to-appeal", "under-investigation", "awards-withheld"]
    stage: OptionalCode = ""
    number: OptionalCrew = ""
    ended: bool = False
    document: OptionalCode = ""

    def words(self) -> str:
        whose = f" of crew {self.number}" if self.number else ""
        end = "no longer " if self.ended else ""
        return f"The results{whose}{on(self.stage)} are {end}{self.kind.replace('-', ' ')}."


class DocumentPosted(Occurrence, frozen=True, kw_only=True, tag="DocumentPosted"):
    """Any other document was posted: a communication, a corrigendum, a list.

    `digest` is the hash of its file; `made_with` says what made it, and `edition` by which
    computing rules. A corrigendum names the document that it corrects. A decision that is posted is
    notified by it: `about` is its record, and `checkpoint` the one of the log up to its last word,
    where that was on record.
    """

    document: Code
    title: Text
    kind: Literal["communication", "corrigendum", "list", "decision", "other"] = "communication"
    corrects: OptionalCode = ""
    digest: OptionalCode = ""
    stage: OptionalCode = ""
    number: OptionalCrew = ""
    about: OptionalId = ""
    drawn_up: OptionalId = ""
    made_with: Text = ""
    edition: Whole = 0
    checkpoint: Text = ""

    def tags(self) -> list[str]:
        """It is found by its number, and by what it is about."""
        about = [f"ref:{self.about}"] if self.about else []
        return [*super().tags(), f"document:{self.document}", *about]

    def words(self) -> str:
        return f"Document {self.document} was posted: {self.title}."


SHEETS: tuple[type[Occurrence], ...] = (
    StartOrderPublished,
    ClassificationPublished,
    DocumentPosted,
)
"""What is posted as a sheet, under a number of the board."""
