"""Cards that officials key: what was keyed, the second reading of a share, and who sees what."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, get_args

from msgspec import structs

from cli.office.answer import Answer
from cli.office.asking import OnStage, Text, Word
from cli.office.desk import Desk
from cli.office.forms import plain
from cli.office.naming import record_named
from cli.office.overall import Recorded
from cli.office.recording import carry_out
from cli.office.view import View
from ledger.commands.record import RecordOccurrence
from ledger.errors import NotFound, Refused, Usage
from ledger.vocabulary import CardsClosed, DiceThrown
from projections.control.cards import USUAL, CardRow, Cards, Closing, cards, keyed_once
from projections.desk.judging import judge
from projections.results.standings import stage_named
from projections.state.facts import fold
from projections.state.keyed import Stands
from projections.state.persons import name_key
from projections.state.rally import RallyState

_SHARE = re.compile(r"(\d{1,3})\s*%|(\d{1,6})")
_PER_CENT = re.compile(r"\d{1,2}(\.\d{1,6})?")


def keyed(
    seen: View,
    stage: OnStage = None,
    stands: Annotated[
        Text, Word("Only those that stand so.", "STANDING", choices=get_args(Stands))
    ] = None,
    confidence: Annotated[
        str, Word("Of the bound that a second reading proves, in per cent.", "PERCENT")
    ] = str(int(USUAL * 100)),
) -> Answer[Cards]:
    """What was keyed from time cards, what differs, and what a second reading proved."""
    found = cards(seen.state, stage, _confidence(confidence))
    found = structs.replace(
        found,
        rows=tuple(row for row in found.rows if stands in (None, row.stands)),
        closings=tuple(
            structs.replace(each, reproduced=_is_reproduced(seen, each)) for each in found.closings
        ),
    )
    return Answer(seen, found, "Cards", plain(found), found.rows, CardRow)


def _is_reproduced(seen: View, closing: Closing) -> bool | None:
    """Whether the cells of a closing are those that one person had keyed at its position.

    None where its root is not that of this log, as after a merge.
    """
    if closing.at > seen.position or seen.log.root_at(closing.at) != closing.root:
        return None
    then = RallyState(fold(seen.log.read(until=closing.at)).facts())
    said = seen.log.at(closing.position).occurrence()
    cells = keyed_once(then, closing.stage, closing.control)
    return isinstance(said, CardsClosed) and said.cells == cells


def _confidence(text: str) -> Fraction:
    """A confidence as it is typed, in per cent.

    Raises:
        Usage: it is none.
    """
    if not _PER_CENT.fullmatch(text.strip()) or not (found := Fraction(text.strip())):
        raise Usage(
            f"A confidence can't be {text!r}.", hint="Per cent, more than 0, less than 100: 95."
        )
    return found / 100


def close_cards(
    desk: Desk,
    wanted: Annotated[
        str, Word("How many are read again: a number, or a share as 20%.", "COUNT", subject=True)
    ],
    stage: Annotated[Text, Word("The cards of this stage alone.", "STAGE", of="stage")] = None,
    control: Annotated[
        Text, Word("The stamps of this control alone.", "CONTROL", of="control")
    ] = None,
) -> Recorded:
    """Close the cards: of those that one person keyed, so many are drawn to be read again.

    Which ones is drawn afterwards, from the root and the dice of two offices: `throw-dice`.
    """
    state = desk.lying.state
    if stage is not None:
        stage_named(state, stage)
    if control is not None and control not in state.controls:
        raise NotFound(f"No control {control} is scheduled.", hint="`rally log --type Control`.")
    cells = keyed_once(state, stage or "", control or "")
    if not cells:
        raise Refused(
            "None of these cards was keyed by one person alone.",
            hint="`rally cards` shows who keyed what.",
        )
    said = desk.make(
        CardsClosed,
        None,
        position=desk.position,
        root=desk.log.root_at(desk.position),
        cells=cells,
        wanted=_wanted(wanted, len(cells)),
        stage=stage or "",
        control=control or "",
    )
    return carry_out(desk, lambda: RecordOccurrence(said, judge))


def _wanted(text: str, cells: int) -> int:
    """How many of the cells are wanted: of a share so many that it is reached.

    Raises:
        Usage: it is no number of these cells, and no share.
    """
    typed = _SHARE.fullmatch(text.strip())
    share, count = typed.groups() if typed else (None, None)
    wanted = -(-cells * int(share) // 100) if share else int(count or 0)
    if not 0 < wanted <= cells:
        raise Usage(
            f"{text!r} is no part of {cells} cells.", hint=f"A number up to {cells}, or as 20%."
        )
    return wanted


def throw_dice(
    desk: Desk,
    record: Annotated[str, Word("The closing of the cards.", "POSITION-OR-ID", subject=True)],
    throw: Annotated[str, Word("The eyes, in the order they lie: 35162.", subject=True)],
) -> Recorded:
    """Put on record what dice showed, to draw which cards are read again: two offices throw."""
    about = record_named(desk.log, record)
    closing = next((e for e in cards(desk.lying.state).closings if e.id == about.id), None)
    if closing is None:
        raise Refused(f"#{about.position} closes no cards.", hint="`rally cards` lists what does.")
    _must_be_open(closing, desk.signature.by, desk.signature.role)
    return carry_out(
        desk,
        lambda: RecordOccurrence(
            desk.make(DiceThrown, target=about.id, throw=throw.replace(" ", "")), judge
        ),
    )


def _must_be_open(closing: Closing, by: str, office: str) -> None:
    """Refuse a throw that would not count.

    Raises:
        Refused: with the throw that stands against it.
    """
    for each in closing.throws:
        if closing.seed:
            raise Refused("Two offices threw already: what is drawn stands.", hint="`rally cards`.")
        if each.office == office or name_key(each.by) == name_key(by):
            raise Refused(
                f"#{each.position}: {each.by} ({each.office}) threw {each.throw} already.",
                hint="Another office throws as well, and another person.",
            )
