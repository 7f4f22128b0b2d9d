"""Private values from the command line: typed, withheld, shown when asked for, forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line.conftest import Quarantined, answer
from tests.conftest import Rally

BO = ("--by", "Bo", "--role", "secretary")
SECRETS = ("FR-1234567", "+33 6 99", "blood group 0")
ENTER = (
    *("record", "CrewEntered", "number=9", "driver=Li", "category=car"),
    *("private.licence=FR-1234567", "private.phone=+33 6 99"),
)
READS = (
    *(("log",), ("show", "#29"), ("standings",), ("verify",), ("anomalies",), ("export", "jsonl")),
    *(("log", "--json"), ("log", "--csv"), ("show", "#29", "--json"), ("finishers",), ("site",)),
)


@pytest.fixture
def entered(dune: Rally) -> Rally:
    """A rally with a crew whose licence and phone number are private, record #29."""
    assert 29 == answer(dune, *ENTER, *BO)["position"]
    return dune


def found_in(folder: Path, but: str = "") -> set[str]:
    """The secrets that stand in any file of a folder, except one of them."""
    files = [each for each in folder.rglob("*") if each.is_file() and each.name != but]
    stored = b"".join(each.read_bytes() for each in files)
    return {each for each in SECRETS if each.encode() in stored}


def private(rally: Rally, *words: object) -> dict[str, str]:
    """What `show` tells of the private values of a record."""
    told = answer(rally, "show", *words)["private"]
    return {name: each.get("value", each["state"]) for name, each in told.items()}


def test_no_read_shows_a_private_value(entered: Rally) -> None:
    """Only `show --private` does, and says where a value is withheld or elsewhere."""
    for words in READS:
        said = entered(*words)
        assert 0 == said.code
        assert not any(each in said.out + said.err for each in SECRETS), words
    assert {"licence": "withheld", "phone": "withheld"} == private(entered, "#29")
    opened = {"licence": "FR-1234567", "phone": "+33 6 99"}
    assert opened == private(entered, "#29", "--private")
    assert "private.licence = withheld" in entered("show", "#29").out
    assert "private.licence = FR-1234567" in entered("show", "#29", "--private").out
    assert "private" not in answer(entered, "show", "#28")
    entered("export", "jsonl", "log.jsonl")
    entered("import", "jsonl", "log.jsonl", "--ledger", "other.db")
    other = private(entered, "#29", "--private", "--ledger", "other.db")
    assert {"licence": "elsewhere", "phone": "elsewhere"} == other


def test_a_private_value_is_typed(dune: Rally, tmp_path: Path) -> None:
    """Any type may have some; what is typed wrongly is refused without being shown or kept."""
    words = ("record", "RemarkMade", "text=treated on the road", "private.blood=blood group 0")
    assert 0 == dune(*words, "--dry-run", *BO).code
    assert set() == found_in(tmp_path)
    for wrong in (
        ("private.phone",),
        ("private.phone:+33 6 99",),
        ("private.=+33 6 99",),
        ("private.my phone=+33 6 99",),
        ("private.phone=",),
        ("private.phone=" + "+33 6 99" * 600,),
        ("private.phone=+33 6 99\udcff",),
        ("private.a=+33 6 99", "private.a=+33 6 99"),
    ):
        said = dune("record", "RemarkMade", "text=x", *wrong, *BO)
        assert (2, False) == (said.code, "+33" in said.out + said.err), wrong
    refused = dune(*words, "--by", "Bo", "--role", "nobody")
    assert (1, False) == (refused.code, "blood group" in refused.err)
    assert set() == found_in(tmp_path)
    assert 4 == dune(*words, *BO, "--expect", 27).code
    assert set() == found_in(tmp_path)
    assert 0 == dune(*words, *BO, "--expect", 28).code
    assert {"blood": "blood group 0"} == private(dune, "#29", "--private")


def test_what_is_forgotten_is_gone(entered: Rally, tmp_path: Path) -> None:
    """The erasure is on record, the value in no file any more, the log as whole as it was."""
    assert {"FR-1234567", "+33 6 99"} == found_in(tmp_path)
    forget = ("forget", "#29", "phone", *BO)
    assert 2 == entered(*forget).code  # it needs a reason
    assert 1 == entered("forget", "#29", "fax", *BO, "--reason", "asked to").code
    assert 0 == entered(*forget, "--reason", "asked to", "--dry-run").code
    assert {"FR-1234567", "+33 6 99"} == found_in(tmp_path)
    said = entered(*forget, "--reason", "asked to")
    assert (0, True) == (said.code, "phone was erased" in said.out)
    assert {"FR-1234567"} == found_in(tmp_path)
    told = entered("show", "#29", "--private").out
    assert "private.phone = erased" in told
    assert "← #30" in told
    assert "private.licence = FR-1234567" in told
    assert 1 == entered(*forget, "--reason", "asked to").code
    assert 0 == entered("forget", "#29", "private.licence", *BO, "--reason", "asked to").code
    assert set() == found_in(tmp_path)
    assert 0 == entered("verify").code
    typed = entered("record", "OpeningErased", "target=#29", "fields=phone", *BO)
    assert (1, True) == (typed.code, "rally forget" in typed.err)
    assert (1, True) == (
        (voided := entered("void", "#30", "--reason", "oops", *BO)).code,
        "can't be brought back" in voided.err,
    )


def test_exports_leave_them_out(
    entered: Rally, tmp_path: Path, quarantined: Quarantined, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They leave only when asked for; elsewhere they are taken in once, unless they were erased."""
    assert "29 records of dune-2016 written.\n" == entered("export", "jsonl", "plain.jsonl").err
    said = entered("export", "jsonl", "full.jsonl", "--with-private")
    assert "29 records and 2 private values of dune-2016 written.\n" == said.err
    plain = (tmp_path / "plain.jsonl").read_text(encoding="utf-8")
    full = (tmp_path / "full.jsonl").read_text(encoding="utf-8")
    assert full.startswith(plain)
    assert not any(each in plain for each in SECRETS)
    other = ("--ledger", "other.db")
    for count in (2, 0):
        assert count == answer(entered, *other, "import", "jsonl", "full.jsonl")["openings"]
    assert "FR-1234567" == private(entered, "#29", "--private", *other)["licence"]
    entered("forget", "#29", "phone", *BO, "--reason", "asked to")
    entered("export", "jsonl", "plain.jsonl")
    assert 1 == answer(entered, *other, "import", "jsonl", "plain.jsonl")["appended"]
    assert "erased" == private(entered, "#29", "--private", *other)["phone"]
    again = entered(*other, "import", "jsonl", "full.jsonl")
    assert (0, True) == (again.code, "this opening was erased" in again.err)
    (tmp_path / "full.jsonl").unlink()
    assert {"FR-1234567"} == found_in(tmp_path)
    # What can't be read is kept in the quarantine with its place and the reason, not as it stands.
    lines = full.splitlines()
    opening = next(line for line in lines[29:] if "FR-1234567" in line)
    broken = [
        *(opening[:-5], opening[40:], opening.replace('"salt":"', '"salt":"00'), opening + "}"),
        *(opening.replace("dune-2016", "other"), opening.replace("FR-", "FR"), opening),
    ]
    for line in broken[:-1]:
        (tmp_path / "bad.jsonl").write_text("\n".join([lines[0], line]), encoding="utf-8")
        said = entered("import", "jsonl", "bad.jsonl")
        assert (5, False) == (said.code, "1234567" in said.out + said.err), said
    (tmp_path / "bad.jsonl").unlink()
    assert not any("1234567" in repr(each) for each in quarantined())
    assert all("withheld" in each["raw"] for each in quarantined())
    (tmp_path / "only.jsonl").write_text(opening, encoding="utf-8")
    assert 0 == answer(entered, "import", "jsonl", "only.jsonl")["openings"]


def test_verify_tells_an_opening_apart_from_the_proof(entered: Rally, tmp_path: Path) -> None:
    """An opening that was put there is found (exit code 1); the log itself still verifies."""
    import sqlite3

    with sqlite3.connect(tmp_path / "rally.db") as connection:
        connection.execute("UPDATE opening SET value = x'00' WHERE rowid = 1")
    connection.close()
    said = entered("verify")
    assert (1, True) == (said.code, "The log verifies, but 1 finding." in said.out)
    document = answer(entered, "verify", code=1)
    assert (False, 29, 2) == (document["ok"], document["size"], document["checked"]["openings"])


def test_who_was_replaced_can_forget_nothing(entered: Rally) -> None:
    """An office is held by whom it was given to last, for every act alike."""
    appointed = ("OfficialAppointed", "office=secretary", "official=Bo")
    replaced = ("OfficialReplaced", "office=secretary", "official=Bo", "successor=Cy")
    for words in (appointed, replaced):
        assert 0 == entered("record", *words, *BO).code
    reason = ("--reason", "asked to")
    said = entered("forget", "#29", "licence", *BO, *reason)

    assert (1, "Bo is not appointed secretary" in said.err) == (said.code, True)
    cy = ("--by", "Cy", "--role", "secretary")
    assert 0 == entered("forget", "#29", "licence", *cy, *reason).code
