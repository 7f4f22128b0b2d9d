"""Policies: who has to have seen a checkpoint, in groups of opposed interests."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from ledger.errors import Unreadable
from ledger.proofs.policy import read_policy
from ledger.proofs.signatures import key_of_log, key_of_witness
from tests.looked import some_of
from tests.proofs.keys import key_of

LOG = key_of_log("rally-ledger/x", key_of("log").public).text
WITNESSES = {name: key_of_witness(name, key_of(name).public).text for name in "abcd"}
LINES = "\n".join(f"witness {name} {vkey}" for name, vkey in WITNESSES.items())
TWO_SIDES = f"""# the regulations, article 14
log {LOG}
{LINES}

group organisers any a b
group competitors 2 c d
  group both all organisers competitors\t
quorum both
"""


def _read(text: str) -> object:
    return read_policy(text.encode(), "policy")


def test_a_quorum_of_opposed_interests() -> None:
    """One of the organisers and both of the competitors: no other set of them will do."""
    policy = read_policy(TWO_SIDES.encode(), "policy")
    assert "2 of organisers, competitors" == policy.asked
    every = chain.from_iterable(combinations("abcd", many) for many in range(5))
    for some in some_of(every):
        enough = ("a" in some or "b" in some) and "c" in some and "d" in some
        assert enough is policy.witnessed(some)


def test_a_single_witness() -> None:
    """Its name is the quorum."""
    policy = read_policy(f"{LINES}\nquorum c\n".encode(), "policy")
    assert ("c", True, False) == (policy.asked, policy.witnessed(["c"]), policy.witnessed("ab"))


def test_nobody_asked_is_nobody_who_saw() -> None:
    """`quorum none` is never shown as witnessed, whoever has signed."""
    policy = read_policy(f"{LINES}\nquorum none\n".encode(), "policy")
    assert "no witness at all" == policy.asked
    assert not policy.witnessed("abcd")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no line `quorum`"),
        (LINES, "no line `quorum`"),
        ("quorum none\nquorum none", "line 2: There is a second"),
        ("quorum x", "line 1: 'x' is no witness and no group"),
        (f"group g 1 a\n{LINES}\nquorum none", "line 1: 'a' is no witness"),
        (f"{LINES}\ngroup g 3 a b\nquorum g", "'3' of 2 can't be asked for"),
        (f"{LINES}\ngroup g 0 a b\nquorum g", "'0' of 2"),
        (f"{LINES}\ngroup g 02 a b\nquorum g", "'02' of 2"),
        (f"{LINES}\ngroup g ALL a b\nquorum g", "'ALL' of 2"),
        (f"{LINES}\ngroup g all a a\nquorum g", "'a' is a member twice"),
        (f"{LINES}\ngroup g any a\ngroup h any a\nquorum g", "'a' is a member twice"),
        (f"{LINES}\ngroup a any b\nquorum a", "Nothing new can be called 'a'"),
        (f"{LINES}\ngroup none any b\nquorum b", "Nothing new can be called 'none'"),
        (f"{LINES}\ngroup g all none\nquorum g", "'none' is no witness"),
        (f"{LINES}\ngroup g all\nquorum g", "no line of a policy"),
        (f"{LINES}\nwitness e {WITNESSES['a']}\nquorum a", "The key of a stands there twice"),
        (f"log {LOG}\nlog {LOG}\nquorum none", "stands there twice"),
        (f"log {WITNESSES['a']}\nquorum none", "a has a key that no log has"),
        (f"witness a {LOG}\nquorum none", "has a key that a log has"),
        (
            f"log {LOG}\nwitness a {key_of_witness('a', key_of('log').public).text}\nquorum a",
            "stands there twice",
        ),
        ("witness a x\nquorum none", "line 1: 'x' is no verifier key"),
        ("Quorum none", "no line of a policy"),
        ("quorum none\r\n", "control character"),
        ("quorum\u00a0none", "no line of a policy"),
    ],
)
def test_what_is_no_policy(text: str, said: str) -> None:
    """Each is told with its line and what is wrong in it."""
    with pytest.raises(Unreadable) as told:
        _read(text)
    assert said in told.value.message


def test_names_are_bytes() -> None:
    """Of any kind; two that only look alike are two."""
    kelvin = f"{LINES}\ngroup \u212a any a\ngroup K any b\nquorum K\n".encode()
    policy = read_policy(kelvin, "policy")
    assert (True, False) == (policy.witnessed("b"), policy.witnessed("a"))
    odd = f"{LINES}\ngroup ".encode() + b"\xff\xfe any a\nquorum \xff\xfe"
    assert read_policy(odd, "policy").witnessed("a")
