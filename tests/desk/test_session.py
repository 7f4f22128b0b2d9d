"""An official's sitting: short lines in a context, read back, recorded, undone and put right."""

from __future__ import annotations

from typing import Any

import pytest

from cli.desk.commands import COMMANDS
from cli.desk.entry import Entry
from cli.office.lines import asks
from cli.office.lines.asks import Ask
from cli.office.lines.batch import OF_THE_DESK
from ledger.errors import Unavailable, Unclear
from ledger.vocabulary import (
    ControlPassed,
    Corrected,
    CrewNotStarted,
    PassingRecorded,
    StageStarted,
    Voided,
)
from tests.conftest import Rally
from tests.desk.conftest import CLERK, AtTheDesk, Sits

# -- a line ----------------------------------------------------------------------------------------


def test_a_line_is_read_back_and_recorded(sits: Sits) -> None:
    """Number, driver, car, what it means with its day and zone; then where it stands."""
    ann = sits("SS1 start")
    ann.takes("101 6:00", "102 6:03", "at SS1 finish")
    comes = len(ann.records()) + 1
    assert (
        "101 Driver 1, Dromedar: passed the finish on SS1. Wed 20 Jul 2016 07:31:12 +03:00.\n"
        f"#{comes} recorded. SS1: 1st of 1, 1:31:12. Overall: 1st of 1, 1:31:12."
    ) == ann.says("101 7:31:12")
    assert "SS1: 2nd of 2, 1:32:00, gap +0:00:48." in ann.says("102 7:35:00")


def test_the_instant_of_enter(sits: Sits) -> None:
    """A number alone was there at the instant of its Enter; the first one where it asks again."""
    ann = sits("TC1")
    at = ann.put_clock("10:41:05")
    ann.session.take("101", at)
    said = ann.last().occurrence()
    assert isinstance(said, ControlPassed)
    assert said.fact_at is not None
    assert at.ms == said.fact_at.ms
    first = ann.put_clock("10:50")
    assert ann.session.take("101", first).waits
    ann.session.take("", ann.put_clock("10:55"))
    again = ann.last().occurrence()
    assert again.fact_at is not None
    assert first.ms == again.fact_at.ms


def test_what_cannot_be_read_is_refused(sits: Sits) -> None:
    """With why and what to do; nothing is appended, and nothing waits."""
    ann = sits("SS1 finish")
    before = len(ann.records())
    for line in ("101 25:99:99", "101 nonsense", "at SS9 finish", "u 5", "e", "e 101", "n", "q 1"):
        reply = ann.takes(line)
        assert reply.refused or reply.ends, line
    assert before == len(ann.records())
    assert not ann.session.waiting


def test_figures_without_a_place(sits: Sits) -> None:
    """Before anybody says where they sit, a figure means nothing."""
    ann = sits()
    assert "Refused" in ann.says("101 31:12")
    assert "Say where you are first" in ann.says("who")


# -- warnings --------------------------------------------------------------------------------------


@pytest.fixture
def at_the_finish(sits: Sits) -> AtTheDesk:
    """Ann at the finish of SS1, to which 101, 102 and 103 are under way."""
    ann = sits("SS1 start")
    ann.takes("101 6:00", "102 6:03", "103 6:06", "at SS1 finish")
    return ann


def test_a_warning_asks_once_more(at_the_finish: AtTheDesk) -> None:
    """Nothing is recorded before Enter says so; n drops it."""
    ann = at_the_finish
    before = len(ann.records())
    reply = ann.takes("101 5:31:12")
    assert reply.waits
    assert not reply.appended
    assert before == len(ann.records())
    assert "Warning" in reply.lines[1].text
    assert "Dropped: `101 5:31:12`. Nothing was recorded." == ann.says("n")
    assert ann.takes("101 5:31:12").waits
    assert (before + 1,) == ann.takes("").appended
    assert not ann.session.waiting


def test_another_line_leaves_it_waiting(at_the_finish: AtTheDesk) -> None:
    """It is not lost: Enter comes back to it, and the end tells it."""
    ann = at_the_finish
    ann.takes("101 5:31:12", "102 5:32:00")
    assert ["101 5:31:12", "102 5:32:00"] == [each.text for each in ann.session.waiting]
    assert "#" in ann.says("103 7:40:00")
    dropped = ann.says("n")
    assert "Dropped: `102 5:32:00`" in dropped
    assert "Record `101 5:31:12`?" in dropped
    assert "Waits for your answer: `101 5:31:12`" in ann.says("log")
    told = [each.text for each in ann.session.ending()]
    assert "Not recorded: `101 5:31:12` (at SS1 finish, clock)." == told[-1]


def test_nobody_answers_in_a_pipe(at_the_finish: AtTheDesk) -> None:
    """An observation is never blocked: it is recorded, and the warning told."""
    ann = at_the_finish
    before = len(ann.records())
    said = ann.says("101 5:31:12", answers=False)
    assert "recorded" in said
    assert "Warning" in said
    assert before + 1 == len(ann.records())
    assert "" == ann.says("", answers=False)


# -- undo and correct ------------------------------------------------------------------------------


def test_undo_goes_back_line_by_line(at_the_finish: AtTheDesk) -> None:
    """`u` voids one's own last line with its reason, again the one before; nothing of others."""
    ann = at_the_finish
    ann.takes("101 7:31:12", "102 7:32:00")
    said = ann.says("u ; it was 103")
    assert "`102 7:32:00` is undone" in said
    void = ann.last().occurrence()
    assert isinstance(void, Voided)
    assert "it was 103" == void.reason
    assert "`101 7:31:12` is undone" in ann.says("u")
    for number in ("103", "102", "101"):
        assert f"`{number} 6:0" in ann.says("u")
    assert "Nothing of this sitting is left to undo" in ann.says("u")


def test_undo_of_a_correction_puts_back_what_was_corrected(at_the_finish: AtTheDesk) -> None:
    """A correction is undone as such: what it corrected stands again, and is undone next."""
    ann = at_the_finish
    ann.takes("101 7:31:12", "e 101 7:41:12")
    assert isinstance(ann.last().occurrence(), Corrected)
    assert "`e 101 7:41:12` is undone. SS1: 1st of 1, 1:31:12." in ann.says("u")
    assert "`101 7:31:12` is undone" in ann.says("u")


def test_what_others_amended_is_not_undone(at_the_finish: AtTheDesk, loop: Rally) -> None:
    """Somebody corrected it meanwhile: then it is no more one's own."""
    ann = at_the_finish
    (position,) = ann.takes("101 7:31:12").appended
    why = ("--reason", "the backup clock", *CLERK)
    assert 0 == loop("correct", f"#{position}", "fact_at=2016-07-20T07:31:13", *why).code
    assert f"#{position} was amended since by Cleo" in ann.says("u")
    assert 1 == sum(isinstance(each.occurrence(), Corrected) for each in ann.records())


def test_a_correction_is_the_one_of_rally_correct(at_the_finish: AtTheDesk) -> None:
    """`e` corrects the last of a crew here: only what is otherwise, with a reason."""
    ann = at_the_finish
    ann.takes("101 7:31:12")
    said = ann.says("e 101 7:31:15 ; misread")
    assert "Corrected: Crew 101 passed the finish on SS1. Wed 20 Jul 2016 07:31:15" in said
    right = ann.last().occurrence()
    assert isinstance(right, Corrected)
    assert {"fact_at"} == set(right.changes)
    assert "misread" == right.reason
    assert "says that already" in ann.says("e 101 7:31:15")


def test_a_correction_from_the_clock_to_elapsed(at_the_finish: AtTheDesk) -> None:
    """Of two ways to tell a time the one that is not used goes out."""
    ann = at_the_finish
    ann.takes("101 7:31:12")
    assert "SS1: 1st of 1, 1:30:00." in ann.says("e 101 +1:30:00")
    right = ann.last().occurrence()
    assert isinstance(right, Corrected)
    assert {"elapsed_ms": 5_400_000, "fact_at": None} == dict(right.changes)


def test_a_number_is_corrected(at_the_finish: AtTheDesk) -> None:
    """Field by field, where the line itself can't say it."""
    ann = at_the_finish
    ann.takes("101 7:31:12")
    assert "Corrected: Crew 102 passed" in ann.says("e 101 number=102")


def test_nothing_is_there_to_be_corrected(at_the_finish: AtTheDesk) -> None:
    """Of another place nothing is corrected here."""
    assert "Nothing of crew 101 stands here" in at_the_finish.says("e 101 7:31:15")


# -- walking ---------------------------------------------------------------------------------------


def test_walking_along_the_start_list(sits: Sits) -> None:
    """Enter starts the next crew at its time; one that is left out stays missing."""
    ann = sits("SS1 start")
    assert "Enter starts 101 Driver 1 at 06:00:00." == ann.session.next_words()
    ann.takes("", "")
    started = [each.occurrence() for each in ann.records()[-2:]]
    assert ["101", "102"] == [getattr(each, "number", "") for each in started]
    assert ["06:00:00", "06:03:00"] == [e.fact_at.clock() for e in started if e.fact_at]
    assert "`102 06:03:00`: Crew 102 started SS1." in ann.says("log")
    ann.takes("104 6:09")
    assert ann.session.next_words().startswith("Enter starts 105")
    ann.takes("105 -")
    assert isinstance(ann.last().occurrence(), CrewNotStarted)
    assert ann.session.next_words().startswith("Enter starts 106")
    ann.takes(*[""] * 7)
    assert ann.session.next_words().startswith("Enter starts 103")
    ann.takes("")
    assert "Everybody has started" in ann.says("")


def test_walking_goes_on_where_a_start_was_undone(sits: Sits) -> None:
    """The crew whose start is taken back is the next again."""
    ann = sits("SS1 start")
    ann.takes("", "", "u")
    assert ann.session.next_words().startswith("Enter starts 102")


def test_what_waits_comes_before_walking(sits: Sits) -> None:
    """Enter answers the question that stands, and walks on then."""
    ann = sits("SS1 start")
    ann.put_clock("05:00")
    assert ann.takes("101 6:00").waits
    assert isinstance(ann.last().occurrence(), type(ann.last().occurrence()))
    ann.put_clock("10:35")
    ann.takes("")
    assert isinstance(ann.last().occurrence(), StageStarted)
    assert ann.session.next_words().startswith("Enter starts 102")


def test_due_at_a_control(sits: Sits) -> None:
    """Who is due next is shown, by the itinerary: the finish and what the road there takes."""
    ann = sits("SS1 start")
    ann.takes("", "", "at SS1 finish", "101 7:31:12", "102 7:20:00")
    assert "At TC1, clock. Due next: 102 Driver 2 at 08:00:00." == ann.says("at TC1")
    ann.takes("102 7:59")
    assert "Due next: 101 Driver 1 at 08:11:00." == ann.session.next_words()
    assert "Nothing waits. Due next: 101" in ann.says("")


# -- who is missing, and others --------------------------------------------------------------------


def test_who_is_missing(at_the_finish: AtTheDesk) -> None:
    """Who started and has not come, by how long; it changes as others record."""
    ann = at_the_finish
    ann.takes("101 7:31:12")
    assert "On the stage (2): 102 Driver 2 4 h 32, 103 Driver 3 4 h 29." == ann.says("who")
    assert ["102", "103"] == [each.number for each in ann.session.absent().missing]


def test_others_are_told(at_the_finish: AtTheDesk, sits: Sits) -> None:
    """What another desk says otherwise of the same passing is told at once; what agrees is news."""
    ann, bob = at_the_finish, sits("SS1 finish", by="Bob")
    assert () == ann.session.news()
    (mine,) = ann.takes("101 7:31:12").appended
    (his,) = bob.takes("101 7:31:15", answers=False).appended
    (told,) = ann.session.news()
    assert told.text.startswith(f"CONFLICT with your #{mine}: #{his} by Bob at main. Crew 101")
    bob.takes("102 7:40:00", "at SS2 start", "103 9:00")
    (told,) = ann.session.news()
    assert told.text.startswith("News: ")
    assert "Crew 102 passed the finish" in told.text
    assert "102" not in [each.number for each in ann.session.absent().missing]


def test_every_conflict_is_told(sits: Sits) -> None:
    """However much others append: of what is only news the last is told, and how much there is."""
    ann, bob = sits("SS1 start"), sits("SS1 start", by="Bob")
    ann.takes("101 6:00", "102 6:03")
    bob.takes("101 6:01", *(f"{n} 6:{n - 50}" for n in range(103, 110)), answers=False)
    bob.takes("102 6:04", answers=False)
    told = [each.text.partition(":")[0].partition(" with")[0] for each in ann.session.news()]
    assert ["News", "CONFLICT", *["News"] * 5, "CONFLICT"] == told


def test_a_conflict_is_with_what_stands(at_the_finish: AtTheDesk, sits: Sits) -> None:
    """Not with what one has undone, nor with what one has put right since; nor two ways to tell."""
    ann, bob = at_the_finish, sits("SS1 finish", by="Bob")
    ann.takes("101 7:31:12", "102 7:32:00", "e 102 7:33:00", "103 7:34:00", "u")
    bob.takes("101 +1:31:12", "102 7:33:00", "103 7:35:00", answers=False)
    assert ["News", "News", "News"] == [each.text.split(":")[0] for each in ann.session.news()]
    bob.takes("PassingRecorded number=102 stage=SS1 point=ASS @7:32", answers=False)
    (told,) = ann.session.news()
    assert told.text.startswith("CONFLICT with your #")


def test_as_far_apart_as_clocks_may_be_is_no_conflict(sits: Sits) -> None:
    """A second, by these regulations; at a time control the minute. Further than that it is one."""
    for place, mine, near, far in (
        ("SS1 finish", "101 7:31:12", "101 7:31:13", "101 7:31:14"),
        ("TC1", "101 8:11:05", "101 8:11:50", "101 8:12:04"),
    ):
        ann, bob = sits(place), sits(place, by="Bob")
        ann.takes(mine)
        told = []
        for each in (near, far):
            bob.takes(each, answers=False)
            (news,) = ann.session.news()
            told.append(news.text.partition(":")[0].partition(" with")[0])
        assert ["News", "CONFLICT"] == told, place


def test_a_zone_at_a_control_is_of_its_stage(loop: Rally, sits: Sits) -> None:
    """Of the stage of the control; of another one where it lies there alone."""
    ann = sits("TC1")
    assert "on SS1" in ann.says("101 s DZ1 3 62")
    assert "on SS1" in ann.says("101 n NZ1 in 8:10")
    for zone, stage in (("DZ2", "SS2"), ("DZ3", "SS2"), ("DZ3", "SS3")):
        placed = (f"zone={zone}", f"stage={stage}", "kind=speed", "limit_kmh=50", *CLERK)
        assert 0 == loop("record", "ZonePlaced", *placed).code
    assert "on SS2" in ann.says("101 s DZ2 3 62")
    assert "DZ3 lies on SS2 and SS3. Say where: at SS2 finish." in ann.says("101 s DZ3 3 62")


def test_cards_are_keyed_unseen(sits: Sits) -> None:
    """Over time cards nobody is shown what another official keyed from them."""
    ann, bob = sits("SS1 cards"), sits("SS1 cards", by="Bob")
    bob.takes("101 SS1 start 6:00 TC1 7:41")
    assert () == ann.session.news()
    assert "Nothing of crew 101 stands here" in ann.says("e 101 TC1 7:42")
    keyed = "101 SS1 start 6:00 finish 7:31:12"
    bob.takes(keyed)
    ann.takes("101 SS1 start 6:00 finish 7:35:12")
    assert not ann.session.waiting
    said = ann.says("102 SS1 start 6:03 finish 7:35:13")
    assert "of 2" not in said
    assert "7:31:12" not in said
    assert "Corrected: " in sits("SS1 cards").says("e 101 SS1 finish 7:36:00")
    assert "SS1: " in sits("SS1 finish", by="Bob").says("101 7:31:13", answers=False)


def test_a_line_that_is_typed_twice_asks_once_more(sits: Sits) -> None:
    """The same official says the same of a crew: `check` finds nothing in it, the desk does."""
    ann, bob = sits("SS1 finish elapsed"), sits("SS1 finish elapsed", by="Bob")
    ann.takes("101 1:31:12")
    assert "You recorded that already, #" in ann.says("101 1:31:12")
    assert ann.session.waiting
    assert "recorded that already" not in bob.says("101 1:31:12")


# -- a server that is gone -------------------------------------------------------------------------


def _losing(monkeypatch: pytest.MonkeyPatch, error: Unavailable, *, behind: bool) -> list[str]:
    """Let the next append end in an error, in front of it or behind it; answers its keys."""
    kept, keys = Ask.carry_out, list[str]()

    def carry_out(self: Ask, seat: asks.Seat, *, dry_run: bool = False, key: str = "") -> Any:
        if not key or keys:
            keys.extend([key] if key else [])
            return kept(self, seat, dry_run=dry_run, key=key)
        keys.append(key)
        if behind:
            kept(self, seat, dry_run=dry_run, key=key)
        raise error

    monkeypatch.setattr(Ask, "carry_out", carry_out)
    return keys


@pytest.mark.parametrize("behind", [False, True])
def test_a_line_whose_outcome_is_unknown_is_not_doubled(
    at_the_finish: AtTheDesk, monkeypatch: pytest.MonkeyPatch, behind: bool
) -> None:
    """The server is gone in the midst of it: the line is kept, and Enter sends it again, once."""
    ann = at_the_finish
    before = len(ann.records())
    keys = _losing(monkeypatch, Unclear("Nobody answers."), behind=behind)
    reply = ann.takes("101 7:31:12")
    assert reply.waits
    assert not reply.appended
    assert "Nobody answers. `101 7:31:12` is kept: Enter sends it again" in reply.lines[-1].text
    assert "may be on record" in [each.text for each in ann.session.ending()][-1]
    reply = ann.takes("")
    assert (before + 1,) == reply.appended
    assert ("was on record already" in reply.lines[-1].text) == behind
    assert 2 == len(keys)
    assert 1 == len(set(keys))
    assert before + 1 == len(ann.records())


def test_a_ledger_that_is_away_keeps_the_line(
    at_the_finish: AtTheDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one that could not be tried: it has the instant of its first Enter when it is sent."""
    ann = at_the_finish
    kept, away = Ask.carry_out, [True]

    def carry_out(self: Ask, seat: asks.Seat, **how: Any) -> Any:
        if away:
            raise Unavailable("The server does not answer.")
        return kept(self, seat, **how)

    monkeypatch.setattr(Ask, "carry_out", carry_out)
    first = ann.put_clock("10:41:12")
    assert ann.session.take("101", first).waits
    assert ann.takes("").waits
    away.clear()
    ann.put_clock("10:45")
    assert ann.takes("").appended
    said = ann.last().occurrence()
    assert isinstance(said, PassingRecorded)
    assert said.fact_at is not None
    assert first.ms == said.fact_at.ms


# -- the rest --------------------------------------------------------------------------------------


def test_the_log_and_the_end(at_the_finish: AtTheDesk) -> None:
    """One's last lines that stand, and at the end how many were recorded."""
    ann = at_the_finish
    ann.takes("101 7:31:12", "u")
    said = ann.says("log")
    assert "`103 6:06`: Crew 103 started SS1." in said
    assert "7:31:12" not in said
    assert ann.takes("q").ends
    told = [each.text for each in ann.session.ending()]
    first = len(ann.records()) - 4
    assert [f"4 lines recorded, #{first} to #{first + 3}; 1 of them undone."] == told


def test_help_lists_every_form_and_command(sits: Sits) -> None:
    """The table of forms and that of commands; a letter asks for its own."""
    ann = sits()
    said = ann.says("?")
    assert "12 r [CAUSE] [restart] [WORDS]: It retired" in said
    assert "u [; WHY]: Undo" in said
    assert ["u [; WHY]: Undo your last line of this sitting; again: the one before."] == [
        each.text for each in ann.takes("? u").lines
    ]


def test_several_crews_in_a_line_are_undone_together(sits: Sits) -> None:
    """One line, several records; `u` takes back all of them."""
    ann = sits("SS1 start")
    reply = ann.takes("110,111,112 -")
    assert 3 == len(reply.appended)
    assert "111 Driver 11, Dromedar: did not start on SS1." == reply.lines[1].text
    ann.takes("u")
    assert 3 == sum(isinstance(each.occurrence(), Voided) for each in ann.records())
    assert not ann.session.deeds


def test_a_number_that_is_a_command(sits: Sits, loop: Rally) -> None:
    """A crew called as a command is reached behind a #."""
    entry = ("number=q", "driver=Quirin", "category=cars")
    assert 0 == loop("record", "CrewEntered", *entry, *CLERK).code
    ann = sits("SS1 start")
    assert "q Quirin: did not start on SS1." in ann.says("#q -")
    assert ann.takes("q").ends


def test_what_new_people_type(sits: Sits) -> None:
    """Whole words are understood, and a place without its `at` leads to it."""
    ann = sits()
    assert "To sit there: at ss1 finish." in ann.says("ss1 finish")
    assert ann.says("?") == ann.says("help")
    assert ann.says("u") == ann.says("UNDO")
    assert ann.takes("exit").ends


def test_a_remark(sits: Sits) -> None:
    """What stands behind a # and a blank is nobody's number."""
    ann = sits("SS1 finish")
    assert "A remark: nothing is recorded." == ann.says("# 101 31:12")


def test_a_file_knows_which_words_are_of_the_desk() -> None:
    """All commands but `at`, which a file has as well."""
    assert {*COMMANDS} - {"at"} == OF_THE_DESK


def test_an_entry_says_what_it_waits_for(sits: Sits) -> None:
    """For an answer, or to be sent again."""
    ann = sits()
    now = ann.session.seat.now()
    waits = Entry("101", ann.session.context, now)
    assert "for your answer" == waits.waits_for
    waits.unsent = True
    assert "to be sent again" == waits.waits_for
