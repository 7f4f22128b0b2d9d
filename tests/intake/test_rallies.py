"""Which rally saved answers are of: its code, its rules, its own number, and what stood before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Unreadable
from ledger.intake.lines import Line, Note, Version
from ledger.intake.live_timing.saved import saved_in
from projections.rules.templates import template
from tests.command_line.conftest import answer
from tests.conftest import Rally
from tests.intake.answers import Answers, Control, Section

EARLIER = Path(__file__).with_name("earlier.jsonl")
"""The answers of `earlier`, as the version before recorded them: without the number of the event,
controls under the stage that the service names, and a penalty at TC0 without an instant."""
IMPORT = ("import", "wrc-live", "oasis")
AS_CORRECTIONS = ("--as-corrections", "--reason", "read anew")


def earlier(folder: Path) -> Answers:
    """Three crews on three stages in two sections; controls under stages that do not bind."""
    tied = (Control("TC0"), Control("TC1", 1), Control("TC2A", 1))
    saved = Answers(
        folder / "oasis",
        Section(tied, (1, 2)),
        Section((Control("TC2B", 2), Control("SF3", 3), Control("TC3A", 1)), (3,)),
    )
    for stage in saved.stages:
        saved.points[stage] = [{"splitPointId": 10 + stage, "number": 1, "distance": 4.5}]
        for crew, minutes in ((1, 10), (2, 15), (3, 20)):
            saved.finish(stage, crew, minutes)
    saved.times[2][2]["source"] = "Assessed"
    for crew, control in ((1, "TC0"), (1, "TC2A"), (2, "TC2B"), (3, "TC3A")):
        saved.penalise(crew, control)
    saved.retire(3, "SF3", "2019-01-25T18:00:00+01:00", "Rejoined")
    return saved


@pytest.fixture
def oasis(tmp_path: Path) -> Answers:
    """The answers, saved."""
    saved = earlier(tmp_path)
    saved.save()
    return saved


def counts(said: dict[str, Any]) -> tuple[str, int, int, int]:
    """Of the report of an import: the rally, and how many are new, known and in conflict."""
    return said["rally"], said["appended"], said["already_known"], said["conflicts"]


def lines(saved: Answers) -> int:
    """How many lines the answers have."""
    return sum(isinstance(each, Line) for each in saved.delivery())


# -- code, rules and number ------------------------------------------------------------------------


def test_a_rally_is_called_after_its_folder_and_the_year_of_its_first_day(
    rally: Rally, oasis: Answers
) -> None:
    """Two seasons in folders of one name are two rallies, each under its own rules and number."""
    assert "oasis-2019" == answer(rally, *IMPORT)["rally"]
    oasis.day, oasis.event = "2017-06-08", 31
    (oasis.folder / "events/7").rename(oasis.folder / "events/31")
    oasis.save()
    assert "oasis-2017" == answer(rally, *IMPORT)["rally"]
    rows = answer(rally, "log", "--rally", "oasis-2017", "--type", "RallyConstituted")["records"]
    (said,) = (each["occurrence"] for each in rows)
    assert ("Oasis 2017", "31") == (said["title"], said["id_at_source"])
    assert "wrc-2019" == answer(rally, "standings", "--rally", "oasis-2017")["basis"]["rulebook"]


def test_a_rulebook_may_be_named(rally: Rally, oasis: Answers) -> None:
    """It is adopted with the first import and stands; another one later is a conflict."""
    named = ("--rulebook", "cross-country")
    assert 0 == answer(rally, *IMPORT, *named)["conflicts"]
    assert "cross-country" == answer(rally, "standings")["basis"]["rulebook"]
    for words in (named, ()):
        assert (0, 0) == counts(answer(rally, *IMPORT, *words))[1::2]
    said = rally(*IMPORT, "--rulebook", "wrc-2019")
    assert 1 == said.code
    assert "rulebook was cross-country, is wrc-2019" in said.err
    assert 2 == rally(*IMPORT, "--rulebook", "wrc-1911").code


def test_adopted_rules_stand_when_their_template_grows(
    rally: Rally, oasis: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rally adopted what stood there then: what the file says now is no difference."""
    read = lines(oasis)
    assert ("oasis-2019", read, 0, 0) == counts(answer(rally, *IMPORT))

    def grown(name: str) -> Any:
        found = template(name)
        more = {"timing.tolerance_ms": (Version(None, 1, "Art. 1"),)}
        return found._replace(versions={**found.versions, **more})

    monkeypatch.setattr("cli.office.importing.template", grown)
    for words in ((), ("--rulebook", "wrc-2019"), AS_CORRECTIONS):
        assert ("oasis-2019", 0, read, 0) == counts(answer(rally, *IMPORT, *words))


def test_where_an_official_founded_the_rally_that_stands(rally: Rally, oasis: Answers) -> None:
    """Its name, zone and rules are theirs; another event is told by its stages and entries."""
    by = ("--by", "Ann", "--role", "secretary")
    assert 0 == rally("new", "oasis-2019", "--title", "Oasis", "--timezone", "+01:00", *by).code
    assert 0 == answer(rally, *IMPORT)["conflicts"]
    assert "cross-country" == answer(rally, "standings")["basis"]["rulebook"]
    kinds = ("--type", "RallyConstituted")
    assert 1 == len(answer(rally, "log", *kinds)["records"])
    another_event(oasis)
    assert 1 == rally(*IMPORT).code


# -- another event ---------------------------------------------------------------------------------


def another_event(oasis: Answers) -> None:
    """Another event of the same year under the same name: none of its ids is one of the first."""
    for path in (oasis.folder / "events/7").rglob("*.json"):
        path.unlink()
    (oasis.folder / "events/7").rename(oasis.folder / "old")
    oasis.event = 8
    path = oasis.save() / "events/8/rallies/1/itinerary.json"
    text = path.read_text()
    for name in ("stageId", "controlId"):
        text = text.replace(f'"{name}": 1', f'"{name}": 91')
    path.write_text(text)
    entries = path.with_name("entries.json")
    entries.write_text(entries.read_text().replace('"entryId": ', '"entryId": 77'))


@pytest.mark.parametrize("founded", ["now", "by the version before"])
def test_another_event_is_refused(founded: str, rally: Rally, oasis: Answers) -> None:
    """Nothing is appended, whatever is asked for; the message says of which event each is."""
    before = IMPORT if founded == "now" else ("import", "jsonl", str(EARLIER))
    assert 0 == answer(rally, *before)["conflicts"]
    root = answer(rally, "verify")["root"]
    another_event(oasis)
    known = "event 7" if founded == "now" else "another event"
    for words in ((), AS_CORRECTIONS, ("--strict",)):
        said = rally(*IMPORT, *words)
        assert 1 == said.code
        assert said.err == (
            f"Error: oasis-2019 holds the answers of {known}; those in this folder are of event 8."
            "\nHint: Nothing was appended. Rename the folder: the rally is called after it.\n"
        )
    assert root == answer(rally, "verify")["root"]


def test_the_number_alone_tells_events_apart(rally: Rally, oasis: Answers) -> None:
    """Also where somebody numbered stages and entries from one again."""
    answer(rally, *IMPORT)
    (oasis.folder / "events/7").rename(oasis.folder / "events/8")
    oasis.event = 8
    oasis.save()
    assert 1 == rally(*IMPORT).code


def _two_events(folder: Path) -> None:
    path = folder / "events/8/rallies/2/itinerary.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")


def _moved(folder: Path) -> None:
    (folder / "events/7").rename(folder / "events/8")


def _without_a_day(folder: Path) -> None:
    path = folder / "events/7/rallies/1/itinerary.json"
    path.write_text(path.read_text().replace("2019-01-25", "soon"))


def _empty(folder: Path) -> None:
    (folder / "events/7/rallies/1/itinerary.json").write_text("null")


def test_the_log_of_another_event_is_not_merged(rally: Rally, oasis: Answers) -> None:
    """Two offices read two events into folders of one name: under one code nobody could tell."""
    assert 0 == rally(*IMPORT).code
    rally("export", "jsonl", "seven.jsonl")
    (oasis.folder / "events/7").rename(oasis.folder / "events/old")
    oasis.event = 8
    oasis.save()
    rally("--ledger", "eight.db", "site", "finish")
    (oasis.folder / "events/old").rename(oasis.folder.parent / "old")
    assert 0 == rally("--ledger", "eight.db", *IMPORT).code
    rally("--ledger", "eight.db", "export", "jsonl", "eight.jsonl")
    before = answer(rally, "verify")["size"]
    said = rally("import", "jsonl", "eight.jsonl")
    assert (1, before) == (said.code, answer(rally, "verify")["size"])
    assert said.err.startswith("Error: oasis-2019 holds event 7 of the service, and what arrives")
    assert "is of event 8." in said.err.splitlines()[0]
    assert 0 == rally("--ledger", "copy.db", "import", "jsonl", "seven.jsonl").code
    assert 0 == rally("import", "jsonl", "seven.jsonl").code


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_two_events, "holds the answers of 2 events: 7, 8."),
        (_moved, "holds the answers of different events: 7, 8."),
        (_without_a_day, "tells no day of the rally, from which its code is made."),
        (_empty, "missing required field `itineraryLegs`"),
    ],
)
def test_what_is_no_rally_is_told(
    change: Callable[[Path], None], message: str, oasis: Answers
) -> None:
    """Nothing is taken in of which it is not clear what it is."""
    change(oasis.folder)
    with pytest.raises(Unreadable) as told:
        saved_in(oasis.folder)
    assert message in told.value.message
    assert told.value.hint


def test_of_an_event_with_several_rallies_the_main_one_is_taken_in(oasis: Answers) -> None:
    """What else is run along with it is told."""
    folder = oasis.folder / "events/7/rallies"
    for name in ("itinerary", "entries"):
        other = folder / f"0/{name}.json"
        other.parent.mkdir(exist_ok=True)
        other.write_text((folder / f"1/{name}.json").read_text())
    (folder / "1.json").write_text(json.dumps({"eventId": 7, "isMain": True}))
    found = saved_in(oasis.folder)
    assert folder / "1" == found.files.rally
    assert ["Not read: only the main rally of the event is taken in."] == [
        each.message for each in found.files.bad if isinstance(each, Note)
    ]


# -- what an earlier version recorded --------------------------------------------------------------


def test_answers_that_an_earlier_version_recorded_are_known(rally: Rally, oasis: Answers) -> None:
    """The keys are those of then, and what was read otherwise is told and no conflict."""
    answer(rally, "import", "jsonl", str(EARLIER))
    read = lines(oasis)
    said = rally(*IMPORT, "--json")
    assert ("oasis-2019", 0, read, 0) == counts(json.loads(said.out))
    assert 0 == said.code
    assert "Recorded otherwise by an earlier version, from the same words" in said.err


def test_a_penalty_that_is_given_before_the_first_stage_is_over(
    rally: Rally, oasis: Answers
) -> None:
    """Its instant was not known then; that it is assumed now is no matter of an earlier version."""
    for stage in oasis.stages:
        oasis.statuses[stage], oasis.times[stage], oasis.splits[stage] = "ToRun", [], []
    oasis.retirements = []
    oasis.save()
    assert 0 == rally(*IMPORT).code
    earlier(oasis.folder.parent).save()
    said = rally(*IMPORT)
    assert 0 == said.code
    assert "Recorded when no instant was known; one is assumed now: no conflict." in said.err
    assert "earlier version" not in said.err
    assert 4 == answer(rally, *IMPORT, *AS_CORRECTIONS)["corrected"]["PenaltyGiven"]["differs"]
    assert "no instant was known" not in rally(*IMPORT).err


def test_corrections_bring_an_earlier_record_up_to_date(rally: Rally, oasis: Answers) -> None:
    """Once: then it says what a record of now says, and importing again finds nothing to do."""
    answer(rally, "import", "jsonl", str(EARLIER))
    read = lines(oasis)
    assert 0 == answer(rally, *IMPORT, *AS_CORRECTIONS)["conflicts"]
    for words in ((), AS_CORRECTIONS):
        said = rally(*IMPORT, *words, "--json")
        assert ("oasis-2019", 0, read, 0) == counts(json.loads(said.out))
        assert "Recorded otherwise" not in said.err
    answers = [
        answer(rally, "standings", *words, "--ledger", ledger)["rows"]
        for ledger in ("rally.db", "new.db")
        if ledger == "rally.db" or answer(rally, *IMPORT, "--ledger", ledger)
        for stage, end in (("SS1", "10:20"), ("SS2", "11:15"), ("SS3", "12:20"))
        for words in (
            ("--after", stage),
            ("--after", stage, "--effective-at", f"2019-01-25T{end}:00+01:00"),
            (),
        )
    ]
    half = len(answers) // 2
    assert answers[:half] == answers[half:]
    assert [10, 10, 20] == [
        next(row["penalty_ms"] // 1000 for row in rows if row["number"] == "101")
        for rows in answers[0:9:3]
    ]
    corrections = answer(rally, "log", "--type", "Corrected")["records"]
    changed = [each["occurrence"]["changes"] for each in corrections]
    assert [{"id_at_source": "7"}] == [each for each in changed if "id_at_source" in each]
