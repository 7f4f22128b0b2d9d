"""Where things lie in a chart, in whole pixels: labels apart, texts within, round times."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from cli.charts.svg import clean
from ledger.times import format_duration

_SECOND, _MINUTE, _HOUR = 1000, 60_000, 3_600_000
_STEPS = (
    *(each * _SECOND for each in (1, 2, 5, 10, 15, 30)),
    *(each * _MINUTE for each in (1, 2, 5, 10, 15, 30)),
    *(each * _HOUR for each in (1, 2, 3, 6, 12)),
)
_A_DAY = 24 * _HOUR
_MOST_TICKS = 9


def width_of(text: str, size: int = 12) -> int:
    """How wide a text is at most, in pixels: letters of a wide face, Chinese ones twice."""
    return cell_len(text) * size * 65 // 100 + 1


def shortened(text: str, cells: int) -> str:
    """A text as it can be written, in so many cells; what was cut off is marked."""
    text = clean(text)
    return text if cell_len(text) <= cells else set_cell_size(text, cells - 1).rstrip() + "…"


def spread(wanted: Sequence[int], apart: int, low: int, high: int) -> list[int]:
    """Places for labels as near as possible to where they are wanted, none on another.

    They keep their order, which is that of what is wanted, and stay between the bounds where there
    is room for all of them; where there is not, they go on below.
    """
    blocks: list[tuple[int, int]] = []  # labels that touch: their wishes for the first, how many
    for index, each in enumerate(wanted):
        wishes, count = each - index * apart, 1
        while blocks and blocks[-1][0] * count > wishes * blocks[-1][1]:
            before = blocks.pop()
            wishes, count = wishes + before[0], count + before[1]
        blocks.append((wishes, count))
    last = max(low, high - (len(wanted) - 1) * apart)
    firsts = (min(max(sums // count, low), last) for sums, count in blocks for _ in range(count))
    return [first + index * apart for index, first in enumerate(firsts)]


def ticks(low: int, high: int) -> list[int]:
    """Round times (ms) from one time to another, not more than fit."""
    fitting = (each for each in _STEPS if (high - low) // each <= _MOST_TICKS)
    step = next(fitting, _A_DAY * ((high - low) // _A_DAY // _MOST_TICKS + 1))
    return list(range(-(-low // step) * step, high + 1, step))


def told(ms: int, precision_ms: int = 1000) -> str:
    """A gap as it stands in a chart: "+0:10:00", or with a minus for whoever is ahead."""
    return f"{'-' if ms < 0 else '+'}{format_duration(abs(ms), precision_ms)}"
