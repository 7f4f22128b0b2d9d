"""What every read answered when it was a command only: the questions, and how answers compare.

An answer may gain fields, and the rules may be computed by another edition: both are left out of
the comparison, and nothing else is. Of a rally whose data are not ours only a digest is kept.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "golden"
LARGE = 4_000
"""A longer answer is kept as its shape and its digest."""
ASIDE = {
    "verify": ("status", "message"),
    "drift": ("reproduced", "message"),
    "rulebook": (
        *("meaning", "undefined", "rulebooks", "answers", "also", "works_with", "cases"),
        *("counts", "values"),
    ),
}
"""What follows the edition of the rules, or the parameters that there are by now."""
LATER = ("unequal-stages",)
"""The flags that rows have gained: which rows bear them is told by laws of their own."""

DEMO = """
standings
standings --after SS12 --category cars
standings --after SS12 --category cars --known-at 2016-07-21T20:00+08:00
standings --category cars --effective-at 2016-07-20T12:00+08:00
standings --category cars --known-at 2016-07-21T20:00+08:00
standings --stage SS12 --known-at #149
teams --after SS12
crew 102
crew 100 --known-at #60
retirements
retirements --category trucks
finishers
finishers --known-at SS5
penalties
penalties --crew 102 --stage SS12
publications
decisions
decisions clerk-1
decisions #149
decisions --series clerk --number 102 --status 'in force'
alike clerk-1
alike --fact WaypointMissed --words 'waypoint missed'
docket
docket --at 2016-07-21T21:15+08:00
docket --at now
protest-clock
protest-clock --at 2016-07-21T21:15+08:00
due
due --at 2016-07-21T21:15+08:00
start-order SS13
start-order SS13 --category cars --first-at 2016-07-22T08:00
time-card 102
incidents
incidents --crew 102 --stage SS12 --kind waypoint-missed
proposals
outstanding
outstanding --stage SS12
check
check --kind nothing
anomalies
anomalies --kind nothing
log --crew 102 --stage SS12
log --type RetirementReported
log --since #180
show #3
show #149
show #149 --known-at #160
moment
moment --known-at #148
marks
marks --kind decision --known-at SS12
rulebook show
rulebook show --stage SS12
why 102 --after SS12
why 104 --stage SS12 --known-at #148
why 100 --effective-at 2016-07-13T20:00+06:00
history 104
history --category cars
history 102 --after SS12
history 102 --since SS11 --until SS12
diff #148 #149 --after SS12 --category cars
diff SS9..SS10
diff 2016-07-21T18:00+08:00 @ --effective-at 2016-07-21T18:00+08:00
what-if --without #149 --after SS12 --category cars
late --by 30m
late --since SS9 --until SS10
chart places --category cars
chart gaps --crews 102,104,103 --rebase 102 --top 5
verify
site
exhibit list
exhibit check
types StageCancelled
rulebook explain reviews.time
rulebook check wrc-2024
"""
CASE = """
standings
standings --after SS1
standings --after SS1 --known-at doc:2
standings --stage SS1 --known-at #10
teams
crew 102
finishers
retirements
penalties
publications
decisions
decisions stewards-1
decisions --number 102
decisions --series court
docket
docket --at 2016-07-20T21:30
docket --known-at #18
protest-clock
protest-clock --at 2016-07-20T18:25
due
due --at 2016-07-20T21:30
start-order SS2
time-card 102
incidents
outstanding
check
anomalies
log
log --since doc:2
show #11
show #14
show #14 --known-at #15
rulebook show
why 102 --after SS1
why 101
history 102
history
diff doc:1 doc:2 --after SS1
diff #18^ #18
what-if --without #14 --after SS1
late --by 0
chart gaps
drift 1
drift 2 --known-at #20
verify
site
exhibit list
exhibit check
document receipt appeal-1
rulebook explain protests.window_ms --known-at #15
"""
DAKAR = """
standings
standings --after SS5
standings --stage SS7
teams
finishers
retirements
penalties
publications
decisions
docket
due
protest-clock
incidents
outstanding
check
anomalies
log --type StageTimeRecorded
log --since @-40
show #15000
why 23
crew 23
time-card 23
history 23 --since @-40
history --since @-20
diff @-60 @
late
chart places --top 10
site
start-order SS6
"""
ASKED = {"demo": DEMO, "case": CASE, "dakar": DAKAR}
OURS = ("demo", "case")


def words_of(line: str) -> list[str]:
    """The words of a question as it is typed; a # belongs to a position."""
    return shlex.split(line)


def questions(ledger: str) -> list[str]:
    """The questions that are asked of a ledger."""
    return ASKED[ledger].split("\n")[1:-1]


def shape(answer: Any, at: str = "") -> set[str]:
    """The paths of all keys in an answer: `rows[].place`."""
    if isinstance(answer, dict):
        found = {f"{at}.{name}" for name in answer}
        return found.union(*(shape(each, f"{at}.{name}") for name, each in answer.items()))
    if isinstance(answer, list):
        return set().union(*(shape(each, f"{at}[]") for each in answer))
    return set()


def pruned(answer: Any, paths: set[str], at: str = "") -> Any:
    """An answer without the fields that it has gained."""
    if isinstance(answer, dict):
        return {
            name: pruned(each, paths, f"{at}.{name}")
            for name, each in answer.items()
            if f"{at}.{name}" in paths
        }
    if isinstance(answer, list):
        return [pruned(each, paths, f"{at}[]") for each in answer]
    return answer


def told(ledger: str, line: str, answer: Any) -> Any:
    """What of an answer is compared: not by which edition, nor which log of a foreign rally."""
    read = words_of(line)[0]
    return _without(answer, ASIDE.get(read, ()), ledger)


def _without(value: Any, names: tuple[str, ...], ledger: str, of: str = "") -> Any:
    if isinstance(value, list):
        return [_without(each, names, ledger, of) for each in value if each not in LATER]
    if not isinstance(value, dict):
        return value
    aside = names if of in ("", "publications", "documents", "parameters") else ()
    if of in ("basis", "between"):
        # A rulebook that is adopted on import may grow, and with it the root.
        aside = ("edition",) if ledger in OURS else ("edition", "root", "ledger")
    return {
        name: _without(each, names, ledger, name)
        for name, each in value.items()
        if name not in aside
    }


def digest(answer: Any) -> str:
    """The SHA-256 of an answer, its keys in order."""
    text = json.dumps(answer, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def kept(ledger: str, line: str, code: int, answer: Any) -> dict[str, Any]:
    """An answer as it is kept."""
    compared = told(ledger, line, answer)
    whole = len(json.dumps(compared, ensure_ascii=False)) <= LARGE and ledger in OURS
    about = {"asked": line, "code": code}
    if whole:
        return {**about, "answer": compared}
    return {**about, "shape": sorted(shape(compared)), "digest": digest(compared)}


def differs(ledger: str, golden: dict[str, Any], answer: Any) -> str:
    """How an answer differs from what is kept; nothing where it does not."""
    compared = told(ledger, golden["asked"], answer)
    if "answer" in golden:
        want = golden["answer"]
        got = pruned(compared, shape(want))
        return "" if got == want else f"{json.dumps(got)}\nis not\n{json.dumps(want)}"
    paths = set(golden["shape"])
    if lost := sorted(paths - shape(compared)):
        return f"without {', '.join(lost)}"
    got = digest(pruned(compared, paths))
    return "" if got == golden["digest"] else f"digest {got}"


def goldens(ledger: str) -> list[dict[str, Any]]:
    """What is kept of a ledger, question by question."""
    lines = (FOLDER / f"{ledger}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
