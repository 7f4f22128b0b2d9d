"""A proof that nothing was left out for a crew, a decision or a stage; `complete.md` has its form.

It holds a line for each record of a log up to a checkpoint: its header, from which its leaf
follows, or the leaf alone; and what happened, of all that bears on the subject.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar, cast, get_args

import msgspec

from ledger.completeness import Bearing, Kind, Labelled, Subject, bearing, beside, same_lines
from ledger.errors import Tampered, Unreadable
from ledger.merkle import Frontier
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.ed25519 import PublicKey, public_key
from ledger.proofs.notes import MARK, Note, Signature, read_signature
from ledger.proofs.origins import read_origin
from ledger.proofs.spelling import lines_of, number_of, spelled
from ledger.record import Header, Record, arrival_of, occurrence_at
from ledger.vocabulary import Occurrence, canonical, occurrence_id, plainly
from ledger.vocabulary.base import Code, Digest

Item = TypeVar("Item", int, str)
VERSION = "rally-ledger/complete@v1"
_DERIVED = "rally-ledger/tags-derived@v1"
_SUBJECT, _KEY, _AGAIN = "subject ", "key ", "again "
_Label = Annotated[str, msgspec.Meta(pattern=r"^(crew:[\s\S]+|ref:[0-9a-f]{64}|everybody)\Z")]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A record in a proof: with its content, withheld but for its header, or blinded."""

    beside: tuple[_Label, ...] = ()
    header: Header | msgspec.UnsetType = msgspec.UNSET
    leaf: Digest | msgspec.UnsetType = msgspec.UNSET
    occurrence: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET

    @property
    def form(self) -> tuple[bool, ...]:
        """Which of its fields are there."""
        fields = self.header, self.leaf, self.occurrence
        return tuple(each is not msgspec.UNSET for each in fields)

    @property
    def blinded(self) -> bool:
        """Whether nothing is told of it but its leaf."""
        return not isinstance(self.header, Header)

    def leaf_hash(self) -> bytes:
        """Its leaf in the tree."""
        if isinstance(self.header, Header):
            return self.header.leaf()
        return bytes.fromhex(cast("str", self.leaf))


class CompleteProof(NamedTuple):
    """All records up to a checkpoint, as far as they are told, and who attests what is told."""

    checkpoint: Checkpoint
    subject: Subject
    lines: tuple[Line, ...]
    again: tuple[tuple[int, ...], ...] = ()
    """The positions of those that tell one line of a source again."""
    key: PublicKey | None = None
    attested: tuple[Signature, ...] = ()

    def to_bytes(self) -> bytes:
        """It as a file."""
        head = f"{VERSION}\n{_SUBJECT}{self.subject.text}\n"
        head += f"{_KEY}{self.key.line}\n" if self.key else ""
        head += "".join(f"{_AGAIN}{' '.join(map(str, each))}\n" for each in self.again)
        head += "".join(each.line() for each in self.attested)
        lines = b"".join(canonical(each) + b"\n" for each in self.lines)
        return head.encode() + lines + b"\n" + self.checkpoint.to_bytes()

    @property
    def derived(self) -> Note:
        """What is attested, and by whom: that all labels were derived from the contents."""
        told = ((e.header.position, e.beside) for e in self.lines if isinstance(e.header, Header))
        return Note(derived_text(self.checkpoint, told, self.again), self.attested)


def derived(checkpoint: Checkpoint, records: Iterable[Record]) -> str:
    """What can be attested of a log by who has all of it: its labels are those of its contents.

    Raises:
        Tampered: these are not its records, or the tags of one are not those of its content.
        Unreadable: a record can't be read.
    """
    tree, labels = Frontier(), list[tuple[int, tuple[str, ...]]]()
    sources: list[tuple[int, Occurrence]] = []
    for each in records:
        said = each.occurrence()
        sources.append((each.position, said))
        named = beside(said, each.header.tags)
        _held(each, named)
        tree.append(each.header.leaf())
        labels.append((each.position, named))
    if (tree.size, tree.root()) != (checkpoint.size, checkpoint.root):
        raise Tampered(f"The records of the log are not those of {checkpoint.words}.")
    return derived_text(checkpoint, labels, in_order(same_lines(sources)))


def in_order(lines: Iterable[Iterable[Item]]) -> tuple[tuple[Item, ...], ...]:
    """Lines that are told again, each by its records, as a proof has them."""
    return tuple(sorted(tuple(sorted(each)) for each in lines))


def derived_text(
    checkpoint: Checkpoint,
    labels: Iterable[tuple[int, tuple[str, ...]]],
    again: Iterable[tuple[int, ...]],
) -> str:
    """What a witness signs who derived the tags of all records, and what is said beside them."""
    digest = hashlib.sha256()
    for position, each in labels:
        if each:
            digest.update(canonical({"beside": each, "position": position}) + b"\n")
    for positions in again:
        digest.update(canonical({"again": positions}) + b"\n")
    return f"{_DERIVED}\n{checkpoint.text}{spelled(digest.digest())}\n"


# -- made ------------------------------------------------------------------------------------------


def proving(
    checkpoint: Checkpoint,
    subject: Subject,
    records: Sequence[Record],
    named: Mapping[str, tuple[str, ...]],
    again: Iterable[Collection[int]],
    key: PublicKey | None = None,
    *,
    blind: bool = False,
) -> CompleteProof:
    """The proof out of all records up to a checkpoint.

    `named` is what stands beside their tags, `again` are those that tell one line of a source
    again, by their positions.
    """
    data = {each.id: each for each in records}

    def known(identity: str) -> Occurrence | None:
        return data[identity].occurrence() if identity in data else None

    labelled = [Labelled(e.id, (*e.header.tags, *named.get(e.id, ()))) for e in records]
    lines = [[each for each in line if each <= len(records)] for line in again]
    ids = [[records[each - 1].id for each in line] for line in lines]
    found = bearing(subject, labelled, known, ids).all
    if blind:
        lines = [[each for each in line if records[each - 1].id in found] for line in lines]
    several = in_order(line for line in lines if len(line) > 1)
    told = []
    for each in records:
        labels = named.get(each.id, ())
        if each.id in found:
            told.append(Line(labels, each.header, occurrence=msgspec.Raw(each.data)))
        elif blind:
            told.append(Line(leaf=each.leaf.hex()))
        else:
            told.append(Line(labels, each.header))
    return CompleteProof(checkpoint, subject, tuple(told), several, key)


# -- read ------------------------------------------------------------------------------------------


def is_complete_proof(data: bytes) -> bool:
    """Whether a file says that it is such a proof."""
    return data.startswith(f"{VERSION}\n".encode())


def read_complete(data: bytes, what: str) -> CompleteProof:
    """Such a proof as a file holds it; nothing of it is proven by being read.

    Raises:
        Unreadable: it is none.
    """
    lines = lines_of(data, what)
    if lines[0] != VERSION or "" not in lines:
        raise Unreadable(f"{what} is no proof that nothing was left out.")
    split = lines.index("")
    head, rest = lines[1:split], lines[split + 1 :]
    checkpoint = read_checkpoint("".join(f"{each}\n" for each in rest).encode(), what)
    subject = _subject(head.pop(0) if head else "", what)
    key = None
    if head and head[0].startswith(_KEY):
        key = public_key(head.pop(0).removeprefix(_KEY))
    again = list[tuple[int, ...]]()
    while head and head[0].startswith(_AGAIN):
        again.append(_again(head.pop(0), what))
    signed = next((at for at, each in enumerate(head) if not each.startswith(MARK)), len(head))
    attested = tuple(read_signature(each, what) for each in head[:signed])
    if len({each[:2] for each in attested}) < len(attested):
        raise Unreadable(f"{what} is attested twice by one key.")
    told = tuple(_line(each, f"Line {at} of {what}") for at, each in enumerate(head[signed:], 1))
    if len(told) != checkpoint.size:
        raise Unreadable(f"{what} tells of {len(told)} records, and not of {checkpoint.size}.")
    if attested and any(each.blinded for each in told):
        raise Unreadable(f"{what} is attested, and has blinded records.")
    every = [each for line in again for each in line]
    shown = {at for at, each in enumerate(told, 1) if not each.blinded}
    if tuple(again) != in_order(again) or len({*every} & shown) < len(every):
        raise Unreadable(f"{what} does not say in the one way which lines were told again.")
    return CompleteProof(checkpoint, subject, told, tuple(again), key, attested)


def _again(line: str, what: str) -> tuple[int, ...]:
    words = line.removeprefix(_AGAIN).split(" ")
    if len(words) == 1:
        raise Unreadable(f"{what} says of one record that it tells a line again.")
    return tuple(number_of(each, f"A position in {what}") for each in words)


def _subject(line: str, what: str) -> Subject:
    kind, blank, of = line.removeprefix(_SUBJECT).partition(" ")
    if not line.startswith(_SUBJECT) or not blank or kind not in get_args(Kind):
        raise Unreadable(f"{what} does not say of what nothing is left out.")
    return subject_of(cast("Kind", kind), of, what)


def subject_of(kind: Kind, of: str, what: str) -> Subject:
    """A subject as it is named.

    Raises:
        Unreadable: nothing can be called so.
    """
    try:
        msgspec.convert(of, Digest if kind == "decision" else Code)
    except msgspec.ValidationError:
        raise Unreadable(f"{what} names no {kind}: {of[:80]!a}.") from None
    return Subject(kind, of)


_DISCLOSED, _WITHHELD, _BLINDED = (True, False, True), (True, False, False), (False, True, False)


def _line(text: str, what: str) -> Line:
    data = text.encode()
    try:
        found = msgspec.json.decode(data, type=Line)
        spelling = canonical(found)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        why = plainly(error) if isinstance(error, msgspec.MsgspecError) else "it is no JSON"
        raise Unreadable(f"{what} can't be read: {why}.") from None
    if found.form not in (_DISCLOSED, _WITHHELD, _BLINDED):
        raise Unreadable(f"{what} is neither a record nor the leaf of one.")
    tags = found.header.tags if isinstance(found.header, Header) else found.beside
    if spelling != data or found.beside != tuple(sorted({*found.beside} - {*tags})):
        raise Unreadable(f"{what} is not in canonical form.")
    return found


# -- held ------------------------------------------------------------------------------------------


class Complete(NamedTuple):
    """What such a proof shows: all records that bear on a subject, and how many are not shown."""

    subject: Subject
    numbers: tuple[str, ...]
    own: tuple[Record, ...]
    others: tuple[Record, ...]
    withheld: int
    blinded: int

    def json(self) -> dict[str, Any]:
        """It as a part of a document."""
        return {
            "subject": {"kind": self.subject.kind, "of": self.subject.of},
            "numbers": list(self.numbers),
            "own": [each.position for each in self.own],
            "others": [each.position for each in self.others],
            "withheld": self.withheld,
            "blinded": self.blinded,
        }

    @property
    def records(self) -> list[Record]:
        """All that are shown, in the order of the log."""
        return sorted((*self.own, *self.others), key=lambda each: each.position)


def complete(proof: CompleteProof, what: str) -> Complete:
    """What a proof shows, which holds of what it discloses.

    Raises:
        Tampered: it does not lead to the root, a record is not what it says, or one is left out.
        Unreadable: a record can't be read.
    """
    _must_lead_to_the_root(proof)
    rally = read_origin(proof.checkpoint.origin).rally
    disclosed: dict[str, tuple[Record, Occurrence]] = {}
    seen, positions = list[Labelled](), dict[str, int]()
    for at, line in enumerate(proof.lines, 1):
        header = line.header
        if not isinstance(header, Header):
            continue
        if (header.position, header.rally) != (at, rally):
            raise Tampered(
                f"{what} has #{header.position} of {header.rally} in the place of #{at}."
            )
        if header.id in positions:
            raise Tampered(f"It has one occurrence twice, as #{positions[header.id]} and #{at}.")
        positions[header.id] = at
        seen.append(Labelled(header.id, (*header.tags, *line.beside)))
        if isinstance(line.occurrence, msgspec.Raw):
            record = Record(header, bytes(line.occurrence), line.leaf_hash())
            disclosed[header.id] = record, _held(record, line.beside)
    said = {each: occurrence for each, (_, occurrence) in disclosed.items()}
    seen_at = {at: each for each, at in positions.items()}
    lines = [[seen_at[each] for each in line] for line in proof.again]
    found = bearing(proof.subject, seen, said.get, lines)
    _must_be_told_again(said, lines)
    _must_be_whole(proof.subject, found, disclosed, positions, what)
    own = tuple(record for each, (record, _) in disclosed.items() if each in found.own)
    others = tuple(record for each, (record, _) in disclosed.items() if each not in found.own)
    return Complete(
        proof.subject,
        found.numbers,
        own,
        others,
        withheld=len(seen) - len(disclosed),
        blinded=len(proof.lines) - len(seen),
    )


def _must_lead_to_the_root(proof: CompleteProof) -> None:
    tree = Frontier()
    tree.extend([each.leaf_hash() for each in proof.lines])
    if tree.root() != proof.checkpoint.root:
        raise Tampered(
            f"Its records are not those of the log of {proof.checkpoint.words}: "
            "with them the root would be another."
        )


def _held(record: Record, named: tuple[str, ...]) -> Occurrence:
    """What happened, of which the id, the tags and what is named beside them have to be."""
    which = f"#{record.position}"
    if occurrence_id(record.data) != record.id:
        raise Tampered(f"The content of {which} does not have its id: it was altered.")
    said = occurrence_at(record.position, record.data)
    arrival = arrival_of(said)
    if (arrival.data, said.rally) != (record.data, record.header.rally):
        raise Tampered(f"The content of {which} is not of its form or of its rally.")
    if arrival.tags != record.header.tags:
        raise Tampered(f"The tags of {which} are not those of its content.")
    if beside(said, arrival.tags) != named:
        raise Tampered(f"What {which} names beside its tags is not what its content names.")
    return said


def _must_be_told_again(said: Mapping[str, Occurrence], lines: Iterable[Iterable[str]]) -> None:
    """Of what is disclosed it has to be said which records tell one line of a source."""
    told = ([each for each in line if each in said] for line in lines)
    if in_order(same_lines(said.items())) != in_order(each for each in told if len(each) > 1):
        raise Tampered("The lines of sources that it says were told again are not these.")


def _must_be_whole(
    subject: Subject,
    found: Bearing,
    disclosed: Collection[str],
    positions: Mapping[str, int],
    what: str,
) -> None:
    """Refuse what lacks a record that bears on the subject, or has another one."""
    if subject.kind == "decision" and subject.of not in found.own:
        raise Tampered(f"The {subject.words} is not in it, or is none.")
    for each, at in positions.items():
        if each in found.all and each not in disclosed:
            raise Tampered(f"#{at} bears on {subject.words}, and was left out.")
        if each in disclosed and each not in found.all:
            raise Unreadable(f"#{at} is disclosed in {what}, and does not bear on {subject.words}.")


def _position(record: Record) -> int:
    return record.position
