"""`rally diff`: which crews moved between two moments, and because of which records."""

from __future__ import annotations

from cli.commands.standings import by_classification
from cli.comparing import print_moves
from cli.office.answer import Answer
from cli.office.compared import Compared
from cli.reading import reading
from projections.comparing.compare import Comparison


@reading("diff")
def command(answer: Answer[Compared]) -> None:
    """Show who moved between two moments of the log, and because of which records.

    FROM and TO are moments (#149, @-1, SS10, doc:7, a timestamp), also written FROM..TO; TO is the
    end of what is known where it is not named. Under each cause stand the crews that it moved:
    without its records they stand as before, and none of the records can be left out.

    With --effective-at, how the rally stood at that moment is compared: as it was known then, and
    as it was known later.

    \b
    Examples:
      rally diff '#148' '#149' --after SS12 --category cars
      rally diff SS9..SS10
      rally diff 2016-07-21T18:00+08:00 @ --effective-at 2016-07-21T18:00+08:00
    """
    found = answer.found
    by_classification(found.apart(), lambda each: print_moves(each, found.logs, _nobody(each)))


def _nobody(comparison: Comparison) -> str:
    return "" if any(comparison.refused) else "Nobody moved."
