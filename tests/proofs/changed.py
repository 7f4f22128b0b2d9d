"""What is changed in proofs that nothing was left out, to see that it is found."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from ledger.merkle import leaf_hash


def mutants(draw: random.Random, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The file, changed in one way each: two thirds in what it is made of, the rest in a byte."""
    for change in CHANGES:
        lines = data.splitlines(keepends=True)
        yield change.__name__, b"".join(change(draw, lines))
    for _ in range(len(CHANGES) // 2):
        at = draw.randrange(len(data))
        some = bytes([data[at] ^ 1 << draw.randrange(8)])
        yield (
            "a byte",
            data[:at] + draw.choice([some, b"", some + data[at : at + 1]]) + data[at + 1 :],
        )


Lines = list[bytes]


def _at(draw: random.Random, lines: Lines) -> int:
    """A line of a record."""
    return draw.choice([at for at, each in enumerate(lines) if each.startswith(b"{")])


def _left_out(draw: random.Random, lines: Lines) -> Lines:
    del lines[_at(draw, lines)]
    return lines


def _withheld(draw: random.Random, lines: Lines) -> Lines:
    disclosed = [at for at, each in enumerate(lines) if b',"occurrence":' in each]
    at = draw.choice(disclosed or [0])
    lines[at] = lines[at].split(b',"occurrence":')[0].rstrip(b"\n") + b"}\n"
    return lines


def _swapped(draw: random.Random, lines: Lines) -> Lines:
    one, other = _at(draw, lines), _at(draw, lines)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


def _twice(draw: random.Random, lines: Lines) -> Lines:
    at = _at(draw, lines)
    return [*lines[:at], lines[at], *lines[at:]]


def _content_of_another(draw: random.Random, lines: Lines) -> Lines:
    one, other = lines[_at(draw, lines)], lines[_at(draw, lines)]
    at = lines.index(one)
    lines[at] = one.split(b',"occurrence":')[0] + b',"occurrence":' + other.split(b":", 1)[-1]
    return lines


def _without_a_label(draw: random.Random, lines: Lines) -> Lines:
    at = draw.choice(
        [e for e, line in enumerate(lines) if b'"crew:' in line or b'"ref:' in line] or [0]
    )
    start = lines[at].find(b'"crew:') if b'"crew:' in lines[at] else lines[at].find(b'"ref:')
    end = lines[at].find(b'"', start + 1) + 1
    lines[at] = (lines[at][:start] + lines[at][end:]).replace(b"[,", b"[").replace(b",]", b"]")
    return lines


def _another_label(draw: random.Random, lines: Lines) -> Lines:
    at = _at(draw, lines)
    label = draw.choice([b"crew:9999", b"everybody", b"crew:101"])
    lines[at] = lines[at].replace(b'{"header"', b'{"beside":["' + label + b'"],"header"')
    return lines


def _of_another(draw: random.Random, lines: Lines) -> Lines:
    lines[1] = (
        b"subject " + draw.choice([b"crew 101", b"crew 9999", b"stage SS1", b"stage SS99"]) + b"\n"
    )
    return lines


def _shorter(draw: random.Random, lines: Lines) -> Lines:
    """A log that ends before, under the same root."""
    last = max(at for at, each in enumerate(lines) if each.startswith(b"{"))
    lines[last + 3] = str(last - 2).encode() + b"\n"
    return [*lines[:last], *lines[last + 1 :]]


def _not_told_again(draw: random.Random, lines: Lines) -> Lines:
    """What it says of lines of sources is missing, or of other records."""
    again = [at for at, each in enumerate(lines) if each.startswith(b"again ")]
    if again:
        at = draw.choice(again)
        lines[at] = draw.choice([b"", b"again 1 2\n"])
    return lines


def _blinded(draw: random.Random, lines: Lines) -> Lines:
    """It leads to the root as before, and says that not all is shown."""
    at = draw.choice([at for at, each in enumerate(lines) if b'"header":' in each] or [0])
    if not at:
        return lines
    header = lines[at].split(b'"header":', 1)[1].split(b',"occurrence":')[0].rstrip(b"\n}") + b"}"
    lines[at] = b'{"leaf":"' + leaf_hash(header).hex().encode() + b'"}\n'
    return lines


CHANGES: list[Callable[[random.Random, Lines], Lines]] = [
    *(_left_out, _withheld, _swapped, _twice, _content_of_another, _without_a_label),
    *(_another_label, _of_another, _shorter, _blinded, _not_told_again),
]
