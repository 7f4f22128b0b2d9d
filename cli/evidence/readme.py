"""README.txt of an evidence file: what it is, how it is checked, and what that proves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cli.evidence.case import Case
from cli.evidence.papers import ALTERED, INCLUDED, WITHHELD

NAME = "README.txt"

_TEXT = """\
EVIDENCE FILE: {title}
{line}
{rally}
{crews}
Status: {status}. It is record #{position} of the log of this rally.
This file holds the log as it was at record #{size}.

What is in it

  words.txt          the records that bear on the decision, in words, and why each is here
  moves.txt          who stands where with the decision and without it
  decision.json      the entry in the register of decisions, its steps, and the decisions connected
  docket.json        deadlines, protests, petitions and appeals about it
  records.jsonl      every record of the log, one a line, from #1 to #{size}, as bytes
  bearing.json       the records that bear on the decision, as bytes
  classifications/   each in a folder of its own:
      with.json             as it is, with the decision
      without.json          as it would be if the decision had never been issued
      difference-without.json   who differs between the two, and because of which records
      before.json           as the log had it just before the decision was recorded
      after.json            as the log had it just after
      difference-record.json    who differs between the two, and because of which records
  why/               what the total of each crew concerned is made of, down to the records
  time-cards/        the time cards of the crews concerned
  rules.json         the rules in force for it, each with where it comes from
  publications.json  what was posted on the notice board about it, with rows and digests
  exhibits.json      the exhibits; those that may be seen here are in exhibits/
  manifest.json      the digest of every file in here
  check.py           a checker in Python
  verify.html        a checker for a browser, which needs no network
  specification.md   what both are written from, and what any other can be

Times that end in _ms are milliseconds.

How to check it

Open verify.html with a double click, and choose this file in it, or the folder that it was
extracted to. It says what was checked, what was not, and what does not fit.

Or with Python 3.11 or newer, and nothing else, on a machine of your own:

    python3 -I check.py EVIDENCE.zip --root ROOT --trust KEY --checkpoint FILE --proof FILE

where EVIDENCE.zip is this file as you received it, and ROOT is a root that you did not get from
this file: the one that is printed on a document that was published at that time. KEY is the
fingerprint or the public line of the key that you trust, or a file with it, or with a policy that
says which witnesses have to have signed. FILE is a checkpoint that somebody kept, or a proof, also
one that nothing was left out for a crew, a decision or a stage (`rally prove`); such a file can be
checked by itself, too: python3 -I check.py FILE, or in verify.html. Each may be left out, and
given several times. The checker says ACCEPTED with what it did not check, what it did, and the
digest of the file; or REFUSED with where something does not fit. A checker that comes with what it
checks could be a false one: take check.py or verify.html from whom you trust, or read it; each is
one file and needs nothing else.

What an acceptance proves

  - The file is whole: no byte in it was changed, unless somebody made all of it anew.
  - The log has no gap: records 1 to {size} are all there, each with the identity and the hash that
    follow from its bytes, in this order. Change, take out or put in one, and the root differs.
  - With --root: the records up to the position that the checker names are exactly those that were
    in the log when the document with that root was published.
  - Every classification in the log has the digest that follows from its rows, and rests on the log
    as it was at its cut-off.
  - The register entry is that of the record of the decision and says what that record says.
  - The status of the decision and of its effects, its deadlines, what was lodged against it and how
    that ended, and the rules with their sources follow from the records; where they can't be
    computed from them alone, the checker says so.
  - The classifications, differences, explanations and time cards add up, and agree with each other
    and with the records that they name.
  - The exhibits in here are the ones that were bound to the records.

What it does not prove

  - What the line "Not checked" names, by file and field, was compared with nothing: words, verdicts
    of time cards, articles and notes of explanations. It is for reading.
  - Keys of office, where there are some, are those of the log itself. Whose they are, --trust has
    to say, with the fingerprint of the organiser's key as the regulations or a posted sheet have
    it. Without it, or a root that you hold from elsewhere, the check shows that the file agrees
    with itself, and not that this is the log that was kept at the time: somebody who has the
    ledger could make up another log, and an evidence file of it. So compare the roots with those
    that are printed on documents that were published at the time.
  - What came after the last root that you hold is not covered by it.
  - That what was recorded is what happened: the log shows who recorded what, and when.
  - That the rules were applied rightly: the checker adds up, it does not judge. The program that
    wrote this takes in records.jsonl (`rally import jsonl records.jsonl`), gives every one of
    these answers again from it, and anybody can compare.
  - The sentences in words.txt are for reading. What counts is the bytes that stand with them.
{exhibits}
Root of the {size} records: {root}
"""


def text(
    case: Case,
    manifest: Mapping[str, Any],
    crews: Sequence[str],
    exhibits: Collection[Mapping[str, Any]],
) -> bytes:
    """The page that is read first."""
    basis, title = manifest["basis"], case.entry.title
    rally = case.state.facts.rally
    whom = (
        f"Crews concerned: {', '.join(crews)}." if crews else "It concerns no crew by its number."
    )
    said = _TEXT.format(
        title=title,
        line="=" * (len(title) + 15),
        rally=rally.title if rally else basis["rally"],
        crews=whom,
        status=case.entry.status,
        position=case.fact.position,
        size=basis["position"],
        root=basis["root"],
        exhibits=_exhibits(exhibits, manifest["for"]),
    )
    return said.encode()


def _exhibits(rows: Collection[Mapping[str, Any]], parties: Sequence[str]) -> str:
    if not rows:
        return ""
    whom = f" This file is for {', '.join(parties)}." if parties else ""
    lines = ["", f"Exhibits.{whom}", ""]
    for row in rows:
        state = {
            INCLUDED: row.get("file", ""),
            WITHHELD: "withheld: it is for other parties only",
            ALTERED: "left out: the file was altered since it was bound",
        }
        lines.append(f"  #{row['position']} {row['title']}")
        lines.append(f"      {state.get(row['state'], 'the file was not to be found')}")
    return "\n".join([*lines, ""])
