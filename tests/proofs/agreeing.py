"""Very many changed proofs, by the ledger, by the page's JavaScript, and some by the other checker.

    python -m tests.proofs.agreeing [--many N] [--seed S] [--every K] [--whole N] [--cores C]

Of `--many` mutants of checkpoints, proofs of records and of growth, and signatures each is judged
by the ledger and by the modules of verify.html, and every K-th by check.py as well, which counts
slowly; `--whole` is how many proofs that nothing was left out are changed and judged by all three.
All have to take the same ones, and none that says another thing than it did.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

from cli.evidence import check
from tests.evidence.javascript import answers
from tests.proofs.changed import mutants
from tests.proofs.mutations import Bench, Count, Mutant, Statement, ours
from tests.proofs.test_complete import _ours as shown_to_us
from tests.proofs.test_verifier import in_short, said_by
from tests.proofs.vectors import FOLDER

PART = 5_000


def asked(mutant: Mutant) -> dict[str, Any]:
    """A mutant as the page's modules are asked about it."""
    kind, data, keys, old = mutant.asked
    if kind != "signature":
        return {"kind": kind, "data": data, "keys": keys, "old": old}
    [key, namespace] = keys
    return {"kind": "signed", "data": data, "key": key, "namespace": namespace, "message": old}


def by_the_checker(kind: str, data: bytes, keys: Sequence[str], old: bytes) -> Statement | None:
    """What a file proves to check.py, in short; None where it proves nothing."""
    try:
        if kind == "signature":
            found = check.read_signature(data)
            says = found and [check.fingerprint_of(found.blob), found.namespace.decode()]
            return (*keys, old) if found and says == [*keys] and found.holds(old) else None
        paper = check.read_paper("it", data)
        of = (
            "record"
            if paper.at is not None
            else "growth"
            if paper.old is not None
            else "checkpoint"
        )
        if of != kind:
            return None
        end = _signed(paper.checkpoint, keys)
        if paper.at is not None:
            return (*end, paper.at + 1, paper.header["id"])
        if paper.old is not None:
            before = check.read_paper("earlier", old).checkpoint
            begun = _signed(before, keys)
            if (before.origin, before.size) != (paper.checkpoint.origin, paper.old):
                return None
            check.must_go_on(paper.old, before.root, paper)
            return (*end, *begun)
    except (check.Wrong, *check.NOT_LAID_OUT):
        return None
    return end


def _signed(found: check.Checkpoint, keys: Sequence[str]) -> Statement:
    known = [check.read_vkey(each) for each in keys]
    right = all(check.signature_of(each, found.text, found.signatures, "below") for each in known)
    by_its_log = any(e.manner == check.OF_A_LOG and e.name == found.origin for e in known)
    check.need(right and by_its_log, "It", "it is not signed")
    return found.origin, found.size, bytes.fromhex(found.root)


def shown_to_the_checker(data: bytes, keys: Sequence[str]) -> dict[str, Any] | None:
    """What a proof shows to check.py that nothing was left out; None where it shows nothing."""
    try:
        proof = check.read_whole(check.lines_of(data, "It"), "It")
        found = check.shown_by(proof)
        _signed(proof.checkpoint, keys)
    except check.Wrong:
        return None
    return {"subject": {"kind": proof.kind, "of": proof.of}, **found._asdict()}


def agreeing(seed: int, many: int, every: int) -> Count:
    """Try so many mutants, each `every`-th also with check.py.

    Raises:
        AssertionError: one is taken by one of them only, or says another thing.
    """
    count, tried = Count(Counter(), Counter()), [*Bench(seed).mutants(many)]
    for at, (mutant, told) in enumerate(zip(tried, answers(map(asked, tried)), strict=True)):
        kind, which = mutant.file.kind, (mutant.file.kind, mutant.how)
        found = ours(*mutant.asked)
        assert found in (None, mutant.file.says), mutant
        short = found if kind == "signature" else in_short(kind, found)
        if kind == "signature":
            assert told["ok"] is (found is not None), mutant
        else:
            assert short == (said_by(kind, told["found"]) if told["ok"] else None), mutant
        if at % every == 0:
            assert short == by_the_checker(*mutant.asked), mutant
            count.tried["by check.py too", mutant.how] += 1
        count.tried[which] += 1
        count.held[which] += found is not None
    return count


def whole(seed: int, many: int) -> Count:
    """Change so many proofs that nothing was left out, and let all three judge them.

    Raises:
        AssertionError: one is taken by one of them only, or shows another thing than the ledger.
    """
    count, tried = Count(Counter(), Counter()), [*_changed(seed, many)]
    requests = ({"kind": "complete", "data": data, "keys": keys} for _, data, keys in tried)
    for (how, data, keys), told in zip(tried, answers(requests), strict=True):
        found = shown_to_us(data, keys)
        assert found == told.get("found") == shown_to_the_checker(data, keys), (how, data)
        which = "complete", "bytes" if how == "a byte" else "structure"
        count.tried[which] += 1
        count.held[which] += found is not None
    return count


def _changed(seed: int, many: int) -> Iterator[tuple[str, bytes, list[str]]]:
    draw, made = random.Random(seed), 0
    good = [each for each in json.loads((FOLDER / "complete.json").read_text()) if each["holds"]]
    while made < many:
        each = draw.choice(good)
        original = each["file"].encode()
        for how, data in mutants(draw, original):
            if data != original and made < many:
                made += 1
                yield how, data, each["keys"]


def main(words: Sequence[str]) -> int:
    """Try as many as the words of the command line say, on every core."""
    asks = argparse.ArgumentParser(prog="python -m tests.proofs.agreeing", description=__doc__)
    asks.formatter_class = argparse.RawDescriptionHelpFormatter
    asks.add_argument("--many", type=int, default=1_000_000)
    asks.add_argument("--seed", type=int, default=1)
    asks.add_argument("--every", type=int, default=500)
    asks.add_argument("--whole", type=int, default=20_000)
    asks.add_argument("--cores", type=int, default=os.cpu_count())
    given = asks.parse_args(words)
    began, count = time.monotonic(), Count(Counter(), Counter())
    with ProcessPoolExecutor(given.cores) as cores:
        for many, tries in (
            (given.many, partial(agreeing, every=given.every)),
            (given.whole, whole),
        ):
            sizes = [min(PART, many - at) for at in range(0, many, PART)]
            seeds = [given.seed * 1_000_000 + at for at in range(len(sizes))]
            for at, found in enumerate(cores.map(tries, seeds, sizes), 1):
                count.tried.update(found.tried)
                count.held.update(found.held)
                done = f"{at} of {len(sizes)} parts, {time.monotonic() - began:.0f} s\n"
                sys.stderr.write(done)
    for which, many in sorted(count.tried.items()):
        print(f"{' by '.join(which):32} {many:9,} tried, {count.held[which]:7,} say the same")
    print(f"all agree, and none says another thing; {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
