"""Many clients at once, in a process of their own: each asks over one connection that it keeps.

It reads an order on standard input, and prints how long all of them took and what went wrong.
Nothing is taken apart but what says where an answer ends: that much work is the clients' own.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

DEADLINE_S = 120.0


class Crowd(msgspec.Struct):
    """So many clients who ask for these targets in turn, together so many times."""

    host: str
    port: int
    targets: list[str]
    clients: int
    requests: int


class Answered(NamedTuple):
    """How long all of it took (s), how many answers came, their bytes, and what went wrong."""

    seconds: float
    answers: int
    length: int
    errors: list[str]


async def asked(crowd: Crowd) -> Answered:
    """What became of all requests."""
    left = itertools.islice(itertools.cycle(crowd.targets), crowd.requests)
    opened = [
        await asyncio.open_connection(crowd.host, crowd.port, limit=1 << 20)
        for _ in range(crowd.clients)
    ]
    begun = time.perf_counter()
    found = await asyncio.gather(
        *(_client(*each, left, crowd.host) for each in opened), return_exceptions=True
    )
    seconds = time.perf_counter() - begun
    for _, writer in opened:
        writer.close()
    errors = [repr(each) for each in found if isinstance(each, BaseException)]
    lengths = [length for each in found if isinstance(each, list) for length in each]
    return Answered(seconds, len(lengths), sum(lengths), errors)


async def _client(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: Iterator[str], host: str
) -> list[int]:
    """The lengths of the answers that one client got.

    Raises:
        ValueError: an answer is no success, or has no length.
    """
    lengths = []
    for target in left:
        writer.write(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            first, _, _ = head.partition(b"\r")
            raise ValueError(f"{target}: {first!r}")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        await reader.readexactly(length)
        lengths.append(length)
    return lengths


def main() -> None:
    """Ask as ordered."""
    crowd = msgspec.json.decode(sys.stdin.buffer.read(), type=Crowd)
    found = asyncio.run(asyncio.wait_for(asked(crowd), DEADLINE_S))
    told: dict[str, Any] = found._asdict()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
