"""Evidence files that were edited, seeded: what two checkers are held against each other by."""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from cli.evidence import check
from tests.evidence.test_forgeries import Files, added_up, anew

DOCUMENTS = (
    *("decision.json", "docket.json", "bearing.json", "rules.json", "publications.json"),
    *("exhibits.json", "classifications/", "why/", "time-cards/"),
)
OTHERS: tuple[Any, ...] = (None, True, 0, -1, "", "x", [], {}, 2**53, "\ud800", "e\u0301")


class Edited(NamedTuple):
    """An edited file: what was done, its bytes, and whether the manifest was made anew."""

    what: str
    data: bytes


def edited(files: Files, seed: int, count: int) -> Iterator[Edited]:
    """So many files, each edited in one way; every second one is made anew around a document."""
    chance = random.Random(seed)
    whole = check.packed(files)
    ways = (_value, _value, _structure, _structure, _log, _log, _file, None, _addend)
    for number in range(count):
        way = ways[number % len(ways)]
        what, data = way(files, chance) if way else _flipped(whole, chance)
        yield Edited(f"{number}: {what}", data)


def _flipped(whole: bytes, chance: random.Random) -> tuple[str, bytes]:
    data = bytearray(whole)
    at = chance.randrange(len(data))
    data[at] ^= 1 << chance.randrange(8)
    return f"bit of byte {at}", bytes(data)


def _file(files: Files, chance: random.Random) -> tuple[str, bytes]:
    """A file is missing, too many, or stands in the place of another one."""
    names = sorted(set(files) - {"manifest.json"})
    one, other = chance.sample(names, 2)
    match chance.randrange(4):
        case 0:
            return f"without {one}", anew({n: d for n, d in files.items() if n != one})
        case 1:
            return f"{one} as {other}", anew({**files, other: files[one]})
        case 2:
            swapped = {**files, one: files[other], other: files[one]}
            return f"{one} and {other} swapped", anew(swapped)
    return f"{one} twice", anew({**files, f"{one}.json": files[one]})


def _document(files: Files, chance: random.Random) -> tuple[str, Any]:
    names = [name for name in sorted(files) if name.startswith(DOCUMENTS) and name.endswith("json")]
    name = chance.choice(names)
    return name, json.loads(files[name])


def made_anew(files: Files, name: str, document: Any) -> bytes:
    """The file around another document, with the texts that are drawn from it."""
    data = json.dumps(document, indent=1).encode()
    changed = {**files, name: data}
    if chance_of_texts(name):
        changed |= _texts(changed)
    return anew(changed)


def chance_of_texts(name: str) -> bool:
    """Whether texts are drawn from it, which a forger would draw anew as well."""
    return name == "bearing.json" or "/difference-" in name


def _texts(files: Files) -> Files:
    try:
        documents = {n: check.read_json(d) for n, d in files.items() if n.endswith(".json")}
        words = check.words_of(documents["bearing.json"]["records"])
        return {"words.txt": words, "moves.txt": check.moves_of(documents)}
    except check.NOT_LAID_OUT:
        return {}


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document: what holds it, and under which name."""
    found: list[tuple[Any, Any]] = []
    ahead = [value]
    while ahead:
        at = ahead.pop()
        keys = at.keys() if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else ()
        for key in keys:
            found.append((at, key))
            ahead.append(at[key])
    return found


def _another(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.25:
        return copy.deepcopy(chance.choice(OTHERS))
    match value:
        case bool():
            return not value
        case int():
            return value + chance.choice((-60_000, -1, 1, 60_000))
        case str() if value:
            at = chance.randrange(len(value))
            return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
    return chance.choice(("x", 1, None, [], {}))


def _addend(files: Files, chance: random.Random) -> tuple[str, bytes]:
    """An addend counts twice, or as another does; what is added up follows."""
    name = chance.choice([each for each in sorted(files) if each.startswith("why/")] or [*files])
    document = json.loads(files[name]) if name.startswith("why/") else {"addends": []}
    if not document["addends"]:
        return _value(files, chance)
    addends = document["addends"]
    one, other = chance.choice(addends), chance.choice(addends)
    if chance.randrange(3):
        field = chance.choice(("kind", "stage", "status", "parts", "records", "positions", "ms"))
        one[field] = copy.deepcopy(other[field])
    else:
        field = "all"
        addends.append(copy.deepcopy(one))
    for each in addends:
        each["ms"] = sum(part["ms"] for part in each["parts"])
    added_up(document)
    return f"{name}: an addend's {field}", made_anew(files, name, document)


def _value(files: Files, chance: random.Random) -> tuple[str, bytes]:
    """One value in one document is another."""
    name, document = _document(files, chance)
    holder, key = chance.choice(_places(document))
    before = holder[key]
    holder[key] = _another(before, chance)
    what = f"{name}: {key} {str(before)[:60]!a} is {str(holder[key])[:60]!a}"
    return what, made_anew(files, name, document)


def _structure(files: Files, chance: random.Random) -> tuple[str, bytes]:
    """Something is missing, twice, in another order, or in the place of another of its kind."""
    name, document = _document(files, chance)
    places = _places(document)
    several = [at for at, _ in places if isinstance(at, list) and len(at) > 1]
    holder, key = chance.choice(places)
    way = chance.randrange(4)
    if way == 0:
        del holder[key]
    elif way == 1 and several:
        holder = chance.choice(several)
        key = chance.randrange(len(holder) - 1)
        holder[key], holder[key + 1] = holder[key + 1], holder[key]
    elif way == 2 and several:
        holder = chance.choice(several)
        key = chance.randrange(len(holder))
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        alike = [at[k] for at, k in places if k == key and at[k] != holder[key]]
        kind = [at[k] for at, k in places if type(at[k]) is type(holder[key])]
        holder[key] = copy.deepcopy(chance.choice(alike or kind))
    what = f"{name}: {('gone', 'swapped', 'twice', 'of another')[way]} {key}"
    return what, made_anew(files, name, document)


def _log(files: Files, chance: random.Random) -> tuple[str, bytes]:
    """The log is another: the ids, leaves and roots are made anew, and what names them is not."""
    lines = [json.loads(each) for each in files["records.jsonl"].splitlines()]
    at = chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            what = f"without #{at + 1}"
            del lines[at]
        case 1 if at:
            what = f"#{at} and #{at + 1} swapped"
            lines[at - 1], lines[at] = lines[at], lines[at - 1]
        case 2:
            what = f"#{at + 1} struck out"
            lines.append(_more(lines, {"type": "Voided", "target": lines[at]["id"]}))
        case 3:
            said = lines[at]["occurrence"]
            name = chance.choice(sorted(said))
            changes = {name: _another(said[name], chance)}
            what = f"#{at + 1} corrected: {name}"
            corrected = {"type": "Corrected", "target": lines[at]["id"], "changes": changes}
            lines.append(_more(lines, corrected))
        case _:
            holder, key = chance.choice(_places(lines[at]["occurrence"]))
            what = f"#{at + 1}: {key} is another"
            holder[key] = _another(holder[key], chance)
    return what, _of_lines(files, lines)


def _more(lines: list[Any], said: Any) -> Any:
    last = lines[-1]
    occurrence = {"by": "", "rally": last["occurrence"]["rally"], "v": 1, **said}
    occurrence["recorded_at"] = last["occurrence"]["recorded_at"]
    return {**last, "occurrence": occurrence, "tags": []}


def _tags_of(occurrence: Any, tags: Any) -> Any:
    """The tags of what is said now; those that were there where none can be derived."""
    try:
        return check.tags_of(occurrence)
    except check.NOT_LAID_OUT:
        return tags


def _of_lines(files: Files, lines: list[Any]) -> bytes:
    """The file around other records; whatever names a record by its old id still does."""
    tree, spelled, received = check.Tree(), list[bytes](), 0
    try:
        for position, line in enumerate(lines, 1):
            occurrence = line["occurrence"]
            received = max(received, line["received_at"])
            header = {
                "rally": occurrence.get("rally"),
                "position": position,
                "id": check.sha256(check.canonical(occurrence)),
                "received_at": received,
                "site": line["site"],
                "site_position": position,
                "tags": _tags_of(occurrence, line["tags"]),
            }
            leaf = hashlib.sha256(b"\0" + check.canonical(header)).digest()
            tree.append(leaf)
            told = {**header, "leaf": leaf.hex(), "occurrence": occurrence}
            del told["rally"]
            spelled.append(check.canonical(told) + b"\n")
    except UnicodeEncodeError:
        spelled.append(b"{}\n")
    basis = check.read_json(files["manifest.json"])["basis"]
    basis |= {"position": len(lines), "head": len(lines), "root": tree.root()}
    basis["received_at"] = check.iso((received, 0))
    return anew({**files, "records.jsonl": b"".join(spelled)}, basis=basis)
