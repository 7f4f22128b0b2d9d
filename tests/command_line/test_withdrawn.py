"""What is no longer in a whole answer was withdrawn; what an answer only lacks stays on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.command_line.conftest import Quarantined, answer, size
from tests.command_line.sheets import (
    ANSWERS,
    SHEETS,
    STAGETIMES_JSON,
    TIMES_JSON,
    write_sheets,
    write_wrc_live,
)
from tests.conftest import Filling, Rally
from tests.intake.test_workbooks import dune as tables_of_the_dune_rally
from tests.intake.test_workbooks import write as write_workbook
from tests.intake.workbooks import by_hand

PENALTIES, RETIREMENTS = (
    f"events/5/rallies/7/{name}.json" for name in ("penalties", "retirements")
)
ITINERARY = "events/5/rallies/7/itinerary.json"
IMPORT = ("import", "wrc-live", "quarry")
CORRECTING = ("--as-corrections", "--reason", "as the service has it now")
OFFICE = ("--by", "Bo", "--role", "results-office", "--reason", "never given")
Write = Callable[..., None]


def penalty(identity: int, entry: int = 901, ms: int = 20_000) -> dict[str, Any]:
    """A penalty at the start of SS2."""
    return {
        "penaltyId": identity,
        "entryId": entry,
        "penaltyDurationMs": ms,
        "controlId": 4,
        "reason": "2 MIN LATE",
    }


THREE = [*ANSWERS[PENALTIES], penalty(72), penalty(73, 902)]


@pytest.fixture
def quarry(rally: Rally, filled: Filling, tmp_path: Path) -> Rally:
    """The command on a ledger that took in the answers, with three penalties."""

    def fill() -> None:
        write_wrc_live(tmp_path / "quarry", {PENALTIES: json.dumps(THREE)})
        assert 0 == rally(*IMPORT).code

    filled("quarry", fill)
    return rally


@pytest.fixture
def saved(tmp_path: Path) -> Write:
    """Saves an answer again: a text as it is, None takes it away."""

    def write(name: str, said: Any, *, text: bool = False) -> None:
        path = tmp_path / "quarry" / name
        if said is None and not text:
            path.unlink()
        else:
            path.write_text(said if text else json.dumps(said), encoding="utf-8")

    return write


def penalties_of(rally: Rally) -> dict[str, int]:
    """The penalties of the crews in the overall (ms)."""
    rows = answer(rally, "standings")["rows"]
    return {row["number"]: row["penalty_ms"] for row in rows}


def positions(rally: Rally) -> dict[str, str]:
    """The records of the penalties by their keys at the source."""
    records = answer(rally, "log", "--type", "PenaltyGiven")["records"]
    return {each["occurrence"]["source"]["seq"]: f"#{each['position']}" for each in records}


ALL = {"1": 20_000, "2": 30_000}


def test_a_penalty_that_is_gone_is_a_conflict(
    quarry: Rally, saved: Write, quarantined: Quarantined
) -> None:
    """It is told and kept, and nothing is appended; the totals stay."""
    before = size(quarry)
    saved(PENALTIES, THREE[:1])
    said = quarry(*IMPORT)
    (first, second, *_) = said.err.splitlines()
    assert 1 == said.code
    assert "Conflicts: 2 PenaltyGiven are no longer in the answer." == first
    assert second.endswith(
        "penalties.json: no longer in the answer: Crew 1 penalised 0:00:20 on SS2: 2 MIN LATE."
    )
    document = answer(quarry, *IMPORT, code=1)
    assert (0, 2, 2) == tuple(document[key] for key in ("appended", "conflicts", "quarantined"))
    assert {"PenaltyGiven": {"withdrawn": 2}} == document["kinds"]
    gone = [(each["key"], each["kind"], each["withdrawn"]) for each in document["problems"]]
    assert [("penalty/72", "conflict", True), ("penalty/73", "conflict", True)] == gone
    assert ["penalty/72", "penalty/73"] == [each["raw"] for each in quarantined()]
    assert (before, ALL) == (size(quarry), penalties_of(quarry))
    strict = quarry(*IMPORT, "--strict")
    assert (5, before) == (strict.code, size(quarry))


def test_as_corrections_it_is_void(quarry: Rally, saved: Write) -> None:
    """Once; the same again appends nothing and tells nothing, with --as-corrections or without."""
    before = size(quarry)
    saved(PENALTIES, THREE[:1])
    document = answer(quarry, *IMPORT, *CORRECTING)
    assert (2, 0, 0) == tuple(document[key] for key in ("appended", "conflicts", "quarantined"))
    assert {"PenaltyGiven": {"withdrawn": 2}} == document["corrected"]
    assert {"1": 0, "2": 10_000} == penalties_of(quarry)
    for words in (IMPORT, (*IMPORT, *CORRECTING)):
        again = answer(quarry, *words)
        assert (0, 0, []) == (again["appended"], again["conflicts"], again["notes"])
    assert before + 2 == size(quarry)
    voids = answer(quarry, "log", "--type", "Voided")["records"]
    assert {("results-office", "as the service has it now")} == {
        (each["role"], each["occurrence"]["reason"]) for each in voids
    }
    assert 0 == quarry("verify").code


def test_a_key_that_returns_revives_its_record(quarry: Rally, saved: Write) -> None:
    """As often as it goes and comes, also with another amount; the last answer is what counts."""
    dearer = [*THREE[:2], penalty(73, 902, 40_000)]
    expected = {1: {"1": 0, "2": 10_000}, 3: ALL, 0: {"1": 20_000, "2": 50_000}}
    for count in (1, 3, 1, 0, 1, 3):
        saved(PENALTIES, THREE[:count] if count else dearer)
        if count != 1:
            assert "was withdrawn, and is there again" in quarry(*IMPORT).err
        assert answer(quarry, *IMPORT, *CORRECTING)["appended"]
        assert expected[count] == penalties_of(quarry)
        assert 0 == answer(quarry, *IMPORT)["appended"]


@pytest.mark.parametrize(
    ("said", "lacking", "code"),
    [
        (None, "It is missing", 0),
        ("", "It is empty", 0),
        ("[]", "It says []", 0),
        ('[{"penaltyId": 71', "It can't be read in full", 5),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (
                (" \n", "It can't be read in full", 5),
                ("null", "It says null", 0),
                ("{}", "It is no list", 0),
                (json.dumps([*THREE[:1], {"penaltyId": 72}]), "It can't be read in full", 5),
                (json.dumps([*THREE[:1], penalty(72, ms=-5)]), "It can't be read in full", 5),
            )
        ),
    ],
)
def test_what_is_not_whole_withdraws_nothing(
    quarry: Rally, saved: Write, said: str | None, lacking: str, code: int
) -> None:
    """And says so, whatever is asked, with how much of it stands."""
    saved(PENALTIES, said, text=said is not None)
    before = size(quarry)
    for words in ((), CORRECTING, (*CORRECTING, "--only", "Withdrawn")):
        heard = quarry(*IMPORT, *words)
        assert f"penalties.json: {lacking}: nothing of it is withdrawn, and " in heard.err
        assert code == heard.code
    assert (before, ALL) == (size(quarry), penalties_of(quarry))
    if said != "[]":
        quarry(*IMPORT, *CORRECTING, "--only", "penalties.json")
        assert (before, ALL) == (size(quarry), penalties_of(quarry))


@pytest.mark.parametrize("only", ["penalties.json", PENALTIES, "PenaltyGiven", "penalty"])
def test_an_empty_list_is_confirmed_by_name(quarry: Rally, saved: Write, only: str) -> None:
    """The note says how."""
    saved(PENALTIES, [])
    assert "--as-corrections --only penalties.json" in quarry(*IMPORT).err
    assert 3 == answer(quarry, *IMPORT, *CORRECTING, "--only", only)["appended"]
    assert {"1": 0, "2": 0} == penalties_of(quarry)
    assert [] == answer(quarry, *IMPORT)["notes"]


def test_a_key_of_an_empty_list_is_confirmed_alone(quarry: Rally, saved: Write) -> None:
    """The rest of it stands, and is told."""
    saved(PENALTIES, [])
    said = answer(quarry, *IMPORT, *CORRECTING, "--only", "penalty/72")
    assert 1 == said["appended"]
    assert "nothing of it is withdrawn, and 2 records of it stand." in said["notes"][0]["message"]
    assert {"1": 0, "2": 30_000} == penalties_of(quarry)


def test_retirements_are_whole_as_well(quarry: Rally, saved: Write) -> None:
    """One that is gone never was; one that is Rejoined no more has not restarted."""
    (retired,) = ANSWERS[RETIREMENTS]
    back = {**retired, "retirementId": 82, "entryId": 902, "status": "Rejoined"}
    saved(RETIREMENTS, [retired, back])
    assert 2 == answer(quarry, *IMPORT)["appended"]
    saved(RETIREMENTS, [{**back, "status": "Permanent"}])
    said = answer(quarry, *IMPORT, code=1)
    assert {
        "RetirementReported": {"differs": 1, "withdrawn": 1},
        "CrewRestarted": {"withdrawn": 1},
    } == said["kinds"]
    assert 3 == answer(quarry, *IMPORT, *CORRECTING)["appended"]
    gone = answer(quarry, "retirements")["rows"]
    assert [("2", False)] == [(each["number"], each["restarted"]) for each in gone]


def test_times_are_whole_when_the_stage_is_over(quarry: Rally, saved: Write) -> None:
    """Also one that has no time any more; the times of another stage are no part of it."""
    times = ANSWERS[TIMES_JSON]
    saved(TIMES_JSON, [times[0], {**times[1], "elapsedDurationMs": None}])
    said = answer(quarry, *IMPORT, code=1)
    assert ["time/602", "time/603"] == [each["key"] for each in said["problems"]]
    assert 2 == answer(quarry, *IMPORT, *CORRECTING)["appended"]
    assert ["1"] == [row["number"] for row in answer(quarry, "standings", "--stage", "SS1")["rows"]]
    rows = answer(quarry, "standings", "--stage", "SS2")["rows"]
    assert ["1", "2"] == [row["number"] for row in rows]


@pytest.mark.parametrize("status", ["ToRun", "Running", None])
def test_a_stage_that_runs_withdraws_nothing(quarry: Rally, saved: Write, status: str) -> None:
    """Its times come and go."""
    itinerary = json.loads(json.dumps(ANSWERS[ITINERARY]))
    (section,) = itinerary["itineraryLegs"][0]["itinerarySections"]
    section["stages"][1]["status"] = status
    saved(ITINERARY, itinerary)
    saved(STAGETIMES_JSON, ANSWERS[STAGETIMES_JSON][:1])
    said = answer(quarry, *IMPORT, *CORRECTING)
    assert (0, [], []) == (said["appended"], said["problems"], said["notes"])


def test_only_what_its_source_recorded_and_what_counts(quarry: Rally, saved: Write) -> None:
    """A penalty that was typed stays; one that an office voided or withdrew is no news."""
    by_key = positions(quarry)
    stewards = ("--by", "Ada", "--role", "stewards", "--reason", "none")
    typed = ("number=1", "stage=SS1", "amount_ms=0:01:00", "applies_to=overall")
    assert 0 == quarry("record", "PenaltyGiven", *typed, *stewards).code
    assert 0 == quarry("void", by_key["penalty/72"], *stewards).code
    given_back = ("record", "PenaltyWithdrawn", f"target={by_key['penalty/73']}")
    assert 0 == quarry(*given_back, *stewards).code
    before = size(quarry)
    saved(PENALTIES, THREE[:1])
    said = answer(quarry, *IMPORT, *CORRECTING)
    assert (0, 0, before) == (said["appended"], said["conflicts"], size(quarry))
    assert {"1": 60_000, "2": 10_000} == penalties_of(quarry)
    saved(PENALTIES, THREE)  # what an office voided stays void when the source says it again
    assert 0 == answer(quarry, *IMPORT, *CORRECTING)["appended"]


def test_what_was_corrected_by_hand_is_withdrawn_too(quarry: Rally, saved: Write) -> None:
    """And returns with what was corrected; what the hand restored is not withdrawn again."""
    ada = ("--by", "Ada", "--role", "stewards", "--reason", "heard")
    assert 0 == quarry("correct", positions(quarry)["penalty/72"], "amount_ms=0:00:15", *ada).code
    saved(PENALTIES, [THREE[0], THREE[2]])
    assert 1 == answer(quarry, *IMPORT, *CORRECTING)["appended"]
    assert {"1": 0, "2": 30_000} == penalties_of(quarry)
    saved(PENALTIES, THREE)
    assert 1 == answer(quarry, *IMPORT, *CORRECTING)["appended"]
    assert {"1": 15_000, "2": 30_000} == penalties_of(quarry)
    saved(PENALTIES, [THREE[0], THREE[2]])
    assert 1 == answer(quarry, *IMPORT, *CORRECTING)["appended"]
    assert 0 == quarry("void", size(quarry), *ada).code
    assert 0 == answer(quarry, *IMPORT, *CORRECTING)["appended"]
    assert {"1": 15_000, "2": 30_000} == penalties_of(quarry)


def test_the_office_whose_import_recorded_it_may_void_it(quarry: Rally) -> None:
    """And bring it back; but not correct it, nor void what was typed or a void of the stewards."""
    first, second, third = positions(quarry).values()
    assert 0 == quarry("void", first, *OFFICE).code
    assert {"1": 20_000, "2": 20_000} == penalties_of(quarry)
    assert 0 == quarry("void", size(quarry), *OFFICE).code
    assert ALL == penalties_of(quarry)
    stewards = ("--by", "Ada", "--role", "stewards", "--reason", "none")
    assert 0 == quarry("void", third, *stewards).code
    refused = [quarry("void", size(quarry), *OFFICE)]
    refused.append(quarry("correct", second, "amount_ms=0:00:15", *OFFICE))
    typed = ("number=1", "stage=SS1", "amount_ms=0:01:00")
    assert 0 == quarry("record", "PenaltyGiven", *typed, *stewards).code
    refused.append(quarry("void", size(quarry), *OFFICE))
    message = "Error: The office results-office may not amend a PenaltyGiven."
    assert [(1, message)] * 3 == [(each.code, each.err.splitlines()[0]) for each in refused]


# -- what is asked for ---------------------------------------------------------------------------


def test_corrections_are_limited_by_kind_file_or_key(quarry: Rally, saved: Write) -> None:
    """What is not named stays a conflict; a name that fits nothing is told."""
    entries = f"{Path(PENALTIES).parent.as_posix()}/entries.json"
    teams = [{**each, "entrant": {"name": "Osprey"}} for each in ANSWERS[entries]]
    saved(entries, teams)
    saved(PENALTIES, [penalty(71, 902, 30_000)])
    said = answer(quarry, *IMPORT, code=1)
    assert [("CrewEntered", {"differs": 3}), ("PenaltyGiven", {"withdrawn": 2, "differs": 1})] == [
        *said["kinds"].items()
    ]
    for only, appended in (
        ("penalty/72", 1),
        ("withdrawn", 1),
        ("penaltygiven", 1),
        ("entry/901", 1),
        (entries, 2),
    ):
        said = answer(quarry, *IMPORT, *CORRECTING, "--only", only, code=int(only != entries))
        assert (only, appended) == (only, said["appended"])
    said = answer(quarry, *IMPORT, *CORRECTING, "--only", "penalites.json")
    assert ["--only penalites.json"] == [each["where"] for each in said["notes"]]
    refused = quarry(*IMPORT, "--only", "withdrawn")
    assert (2, "Error: --only limits --as-corrections.") == (
        refused.code,
        refused.err.splitlines()[0],
    )


def test_many_conflicts_of_a_kind_do_not_bury_the_others(quarry: Rally, saved: Write) -> None:
    """They are counted first, and ten of each are shown; all are in the quarantine."""
    many = [penalty(100 + each) for each in range(30)]
    saved(PENALTIES, [*THREE, *many])
    assert 30 == answer(quarry, *IMPORT)["appended"]
    saved(PENALTIES, [penalty(71, 902, 30_000)])
    said = quarry(*IMPORT).err.splitlines()
    assert (
        "Conflicts: 32 PenaltyGiven are no longer in the answer, 1 PenaltyGiven differs." == said[0]
    )
    assert 1 == sum("amount_ms was 0:00:10, is 0:00:30" in each for each in said)
    assert 10 == sum("no longer in the answer: " in each for each in said)
    assert "… and 22 more of these kinds." in said


# -- sheets --------------------------------------------------------------------------------------

SHEET_IMPORT = ("import", "sheets", "sheets")


def without(name: str, line: str) -> dict[str, str | bytes | None]:
    """The sheets with a line less in a file."""
    assert f"{line}\n" in SHEETS[name]
    return {name: SHEETS[name].replace(f"{line}\n", "")}


TIME = "SS2,103,,1:40:00,,official"


@pytest.mark.parametrize("whole", ["times.csv", "times", "sheets/times.csv"])
def test_a_sheet_is_whole_where_that_is_said(dune: Rally, tmp_path: Path, whole: str) -> None:
    """Otherwise a line that is gone means nothing: a sheet may hold what is new alone."""
    write_sheets(tmp_path / "sheets", without("times.csv", TIME))
    assert 0 == answer(dune, *SHEET_IMPORT)["conflicts"]
    said = answer(dune, *SHEET_IMPORT, "--whole", whole, code=1)
    assert ["times/SS2/103/finish/official"] == [each["key"] for each in said["problems"]]
    assert 1 == answer(dune, *SHEET_IMPORT, "--whole", whole, *CORRECTING)["appended"]
    assert 0 == answer(dune, *SHEET_IMPORT, "--whole", whole)["conflicts"]
    rows = answer(dune, "standings", "--stage", "SS2")["rows"]
    assert ["102", "101", "201"] == [row["number"] for row in rows]


def test_a_sheet_is_whole_by_rally_toml(dune: Rally, tmp_path: Path) -> None:
    """One of which a line can't be read, one that is missing or without rows is not."""
    toml = f'whole = ["times.csv", "penalties.csv"]\n{SHEETS["rally.toml"]}'
    changed: dict[str, str | bytes | None] = {"rally.toml": toml, "penalties.csv": None}
    write_sheets(tmp_path / "sheets", {**changed, **without("times.csv", TIME)})
    said = answer(dune, *SHEET_IMPORT, code=1)
    assert ["times/SS2/103/finish/official"] == [each["key"] for each in said["problems"]]
    assert ["It is missing: nothing of it is withdrawn, and 1 record of it stands."] == [
        each["message"] for each in said["notes"]
    ]
    write_sheets(
        tmp_path / "sheets",
        {
            "rally.toml": toml,
            "times.csv": SHEETS["times.csv"].replace(TIME, "SS2,103,,soon,,official"),
            "penalties.csv": SHEETS["penalties.csv"].splitlines()[0],
        },
    )
    said = answer(dune, *SHEET_IMPORT, *CORRECTING, code=5)
    assert (0, 0) == (said["appended"], said["conflicts"])
    notes = {each["where"]: each["message"].partition(":")[0] for each in said["notes"]}
    folder = Path("sheets")
    assert {
        str(folder / "times.csv"): "It can't be read in full",
        str(folder / "penalties.csv"): "It has no rows",
    } == notes
    only = ("--only", "penalties.csv")
    assert 1 == answer(dune, *SHEET_IMPORT, *CORRECTING, *only, code=5)["appended"]


@pytest.mark.parametrize("whole", ["rally.xlsx", "times"])
def test_a_sheet_of_a_workbook_is_whole(dune: Rally, tmp_path: Path, whole: str) -> None:
    """By the workbook, which holds them all, or by its own name; but not with a cell amiss."""
    tables = tables_of_the_dune_rally()
    lines = [line for line in tables["times"] if line[:2] != ["SS2", 103]]
    assert len(lines) == len(tables["times"]) - 1
    write_workbook(tmp_path / "sheets", by_hand, {**tables, "times": lines})
    said = answer(dune, *SHEET_IMPORT, "--whole", whole, code=1)
    assert ["times/SS2/103/finish/official"] == [each["key"] for each in said["problems"]]
    amiss = [*lines, ["SS3", 101, "", "soon", "", "gps"]]
    write_workbook(tmp_path / "sheets", by_hand, {**tables, "times": amiss})
    said = answer(dune, *SHEET_IMPORT, "--whole", whole, *CORRECTING, code=5)
    assert (0, 0, 1) == (said["appended"], said["conflicts"], len(said["notes"]))
    write_workbook(tmp_path / "sheets", by_hand, {**tables, "times": lines[:1]})
    note = answer(dune, *SHEET_IMPORT, "--whole", whole)["notes"][0]["message"]
    assert "--only rally.xlsx." in note
    only = ("--only", "rally.xlsx")
    assert 13 == answer(dune, *SHEET_IMPORT, "--whole", whole, *CORRECTING, *only)["appended"]


def test_an_empty_answer_of_one_stage_is_confirmed_alone(quarry: Rally, saved: Write) -> None:
    """Its name is that of the other stages' too: the note says which is meant."""
    saved(TIMES_JSON, [])
    saved(STAGETIMES_JSON, [])
    assert "--as-corrections --only 11/stagetimes.json." in quarry(*IMPORT).err
    said = answer(quarry, *IMPORT, *CORRECTING, "--only", "11/stagetimes.json")
    assert 3 == said["appended"]
    assert [] == answer(quarry, "standings", "--stage", "SS1")["rows"]
    assert 2 == len(answer(quarry, "standings", "--stage", "SS2")["rows"])


def test_what_is_no_table_is_not_whole(dune: Rally) -> None:
    """A name that was mistyped withdraws nothing, and does not look as if it did."""
    said = dune(*SHEET_IMPORT, "--whole", "penalites.csv")
    assert 2 == said.code
    assert "'penalites.csv' can't be whole" in said.err


# -- several sites -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reasons", "corrected_first"),
    [
        (("gone", "as the stewards say"), True),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (
                (("gone", "as the stewards say"), False),
                *(((("gone", "gone"), first)) for first in (True, False)),
            )
        ),
    ],
)
def test_two_sites_that_took_it_in(
    quarry: Rally, saved: Write, reasons: tuple[str, str], corrected_first: bool
) -> None:
    """Each took in the same answers in its own way: together they say what the last one says.

    It is void once however often it was withdrawn, and one return brings it back.
    """
    finish = ("--ledger", "finish.db")
    assert 25 == answer(quarry, *finish, *IMPORT)["appended"]
    if corrected_first:
        saved(PENALTIES, [THREE[0], penalty(72, ms=25_000), THREE[2]])
        assert 1 == answer(quarry, *finish, *IMPORT, *CORRECTING)["appended"]
    saved(PENALTIES, [THREE[0], THREE[2]])
    for site, reason in zip(((), finish), reasons, strict=True):
        how = ("--as-corrections", "--reason", reason)
        assert 1 == answer(quarry, *site, *IMPORT, *how)["appended"]
    assert 0 == quarry(*finish, "export", "jsonl", "finish.jsonl").code
    assert 0 == quarry("export", "jsonl", "race-control.jsonl").code
    # Neither has a name, so both wrote as main: that is told, and nothing is lost by it.
    assert 1 == quarry(*finish, "import", "jsonl", "race-control.jsonl").code
    assert 1 == quarry("import", "jsonl", "finish.jsonl").code
    for count, expected in ((1, {"1": 0, "2": 30_000}), (2, ALL), (3, {"1": 0, "2": 30_000})):
        if count > 1:
            saved(PENALTIES, THREE if count == 2 else [THREE[0], THREE[2]])
        for site in ((), finish):
            appended = answer(quarry, *site, *IMPORT, *CORRECTING)["appended"]
            assert (count > 1) is (appended > 0)
            assert 0 == answer(quarry, *site, *IMPORT)["appended"]
            rows = answer(quarry, *site, "standings")["rows"]
            assert expected == {row["number"]: row["penalty_ms"] for row in rows}
    shared = [answer(quarry, *site, "standings")["rows"] for site in ((), finish)]
    assert shared[0] == shared[1]


def test_two_sites_that_read_another_crew_under_one_key(quarry: Rally, saved: Write) -> None:
    """Both are kept; an answer is about the crew that it names, and overwrites no other's time.

    The service had moved a time to another crew between the two imports: on the merged log, what
    the last answer says no more is withdrawn, whichever of the two it is.
    """
    finish = ("--ledger", "finish.db")
    moved = [{**ANSWERS[TIMES_JSON][0], "entryId": 903}, *ANSWERS[TIMES_JSON][1:]]
    saved(TIMES_JSON, moved)
    assert 0 == quarry(*finish, "site", "finish").code
    assert 25 == answer(quarry, *finish, *IMPORT)["appended"]
    assert 0 == quarry(*finish, "export", "jsonl", "finish.jsonl").code
    assert 0 == quarry("export", "jsonl", "race-control.jsonl").code
    assert 0 == quarry("import", "jsonl", "finish.jsonl").code
    assert 0 == quarry(*finish, "import", "jsonl", "race-control.jsonl").code
    for site in ((), finish):
        for times, gone, stay in (
            (moved, "Crew 1 SS1: 0:11:40 (measured).", ["2", "3"]),
            (ANSWERS[TIMES_JSON], "Crew 3 SS1: 0:11:40 (measured).", ["1", "2", "3"]),
        ):
            saved(TIMES_JSON, times)
            told = [each["reason"] for each in answer(quarry, *site, *IMPORT, code=1)["problems"]]
            assert f"no longer in the answer: {gone}" in told
            assert not [each for each in told if "differs" in each]
            assert 0 == answer(quarry, *site, *IMPORT, *CORRECTING)["conflicts"]
            rows = answer(quarry, *site, "standings", "--stage", "SS1")["rows"]
            assert stay == sorted(row["number"] for row in rows)
            again = answer(quarry, *site, *IMPORT, *CORRECTING)
            assert (0, 0) == (again["appended"], again["conflicts"])
        assert 0 == quarry(*site, "verify").code


# -- the itinerary -------------------------------------------------------------------------------


def test_a_stage_that_is_run_after_all_was_not_cancelled(quarry: Rally, saved: Write) -> None:
    """That the service says so no longer is a conflict; else its times would count in silence."""
    itinerary = json.loads(json.dumps(ANSWERS[ITINERARY]))
    (section,) = itinerary["itineraryLegs"][0]["itinerarySections"]
    stage = section["stages"][1]
    ran = stage["status"]
    stage["status"] = "Cancelled"
    saved(ITINERARY, itinerary)
    assert 1 == answer(quarry, *IMPORT)["appended"]
    for status, code in ((None, 0), (ran, 1)):
        stage["status"] = status
        saved(ITINERARY, itinerary)
        assert code == answer(quarry, *IMPORT, code=code)["conflicts"]
    assert {"StageCancelled": {"withdrawn": 1}} == answer(quarry, *IMPORT, code=1)["kinds"]
    assert 1 == answer(quarry, *IMPORT, *CORRECTING, "--only", "itinerary.json")["appended"]
    assert 0 == answer(quarry, *IMPORT)["conflicts"]
    rows = answer(quarry, "standings", "--stage", "SS2")["rows"]
    assert ["1", "2"] == [row["number"] for row in rows]
    stage["status"] = "Cancelled"
    saved(ITINERARY, itinerary)
    assert "was withdrawn, and is there again" in quarry(*IMPORT).err


# -- what is named -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["{0}", "quarry/../{1}", "./{1}"])
def test_a_file_is_named_by_any_way_to_it(
    quarry: Rally, saved: Write, tmp_path: Path, way: str
) -> None:
    """By its whole path, or from here."""
    saved(PENALTIES, THREE[:1])
    file = f"quarry/{PENALTIES}"
    only = way.format(tmp_path / file, file)
    assert 2 == answer(quarry, *IMPORT, *CORRECTING, "--only", only)["appended"]
