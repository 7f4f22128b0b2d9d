"""Short lines as an official may write them, each with what it says: for every form of the table.

They are written from drawn occurrences, by the grammar as its page has it and by nothing of the
code that reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from hypothesis import strategies as st

from ledger.times import Instant

PLAN = """\
StageScheduled stage=SS1 order=1 special_m=200000 first_start_at=2016-07-18T08:00
StageScheduled stage=SS3 order=3 special_m=90000 first_start_at=2016-07-20T08:00
WaypointPlaced stage=SS1 point=WP1 order=1 at_m=90000
WaypointPlaced stage=SS1 point=ASS order=2 kind=ass
WaypointPlaced stage=SS3 point=WP1 order=1 at_m=40000
ControlScheduled control=TC1 stage=SS1 kind=time-control order=1
ControlScheduled control=TC3 kind=time-control
ZonePlaced stage=SS1 zone=DZ1 kind=speed limit_kmh=50
ZonePlaced stage=SS1 zone=NZ1 kind=neutralisation
ZonePlaced stage=SS3 zone=DZ1 kind=speed limit_kmh=50
ZonePlaced stage=SS3 zone=NZ1 kind=neutralisation
CrewEntered number=12 driver="Vera Sand" category=cars vehicle="Toyota Hilux"
CrewEntered number=14 driver="Omar Wadi" category=cars
CrewEntered number=101 driver="עומר ואדי" category=cars
CrewEntered number=A7 driver="Lin Gobi" category=trucks
CrewEntered number=u driver="Una" category=trucks
"""
"""Two stages, one of them today, with what belongs to them, and five crews: one bears a letter."""
DAYS = {"SS1": 1_468_771_200_000, "SS3": 1_468_944_000_000}
"""Midnight of the day of each stage by its clocks, +08:00, in UTC milliseconds."""
OFFSET = 480


class Says(NamedTuple):
    """What a line puts on record: a type and its fields, when it was, and the source."""

    kind: str
    fields: Mapping[str, Any]
    at: Instant | None = None
    source: str = ""
    reason: str = ""


class Written(NamedTuple):
    """A line at a place, and what it says, record by record."""

    place: str
    line: str
    says: tuple[Says, ...]


crews = st.sampled_from(["12", "14", "101", "A7", "u"])
seen = crews | st.sampled_from(["999", "13", "12B", "0"])
"""Whoever is seen on the road bears the number that it bears, on an entry or not."""
stages = st.sampled_from([*DAYS])
words = st.sampled_from(["", "gearbox", "at km 61", "came in; went out"])


def in_any_case(text: str) -> st.SearchStrategy[str]:
    """A text in capitals or not."""
    return st.sampled_from([text, text.lower(), text.upper()])


@st.composite
def clocks(draw: st.DrawFn, *, whole_minutes: bool = False) -> tuple[int, str]:
    """A time of day in milliseconds, and as it may be written: with its hour."""
    minute = draw(st.integers(0, 24 * 60 - 1))
    second = 0 if whole_minutes else draw(st.integers(0, 59))
    ms = 0 if whole_minutes else draw(st.sampled_from([0, 400, 40, 4, 999]))
    hour = draw(st.sampled_from([f"{minute // 60}", f"{minute // 60:02d}"]))
    text = f"{hour}:{minute % 60:02d}"
    if second or ms or not whole_minutes:
        text += f":{second:02d}{_fraction(draw, ms)}"
    return (minute * 60 + second) * 1000 + ms, text


@st.composite
def durations(draw: st.DrawFn) -> tuple[int, str]:
    """A time since a start in milliseconds, and as it may be written."""
    seconds, ms = draw(st.integers(1, 99 * 3600)), draw(st.sampled_from([0, 400, 40, 4, 999]))
    hours, rest = divmod(seconds, 3600)
    short = not hours and draw(st.booleans())
    text = f"{rest // 60:02d}:{rest % 60:02d}"
    text = text if short else f"{hours}:{text}"
    return seconds * 1000 + ms, text + _fraction(draw, ms)


def _fraction(draw: st.DrawFn, ms: int) -> str:
    if not ms:
        return ""
    digits = draw(st.sampled_from([f"{ms:03d}", f"{ms:03d}".rstrip("0")]))
    return draw(st.sampled_from([".", ","])) + digits


def at_of(stage: str, ms: int) -> Instant:
    """A time of the day of a stage."""
    return Instant(DAYS[stage] + ms, OFFSET)


@st.composite
def places(draw: st.DrawFn, *kinds: str, figures: str = "clock") -> tuple[str, str, Says]:
    """A place that is typed, its stage, and what was seen there says, but for the crew."""
    kind, stage = draw(st.sampled_from(kinds)), draw(stages)
    said = {
        "start": Says("StageStarted", {"stage": stage}),
        "finish": Says("PassingRecorded", {"stage": stage}),
        "point": Says("PassingRecorded", {"stage": stage, "point": "WP1"}),
        "control": Says("ControlPassed", {"stage": stage, "control": "TC3"}),
    }[kind]
    name = {"point": "WP1", "control": "TC3"}.get(kind, kind)
    told = figures if figures != "clock" or draw(st.booleans()) else ""
    return draw(in_any_case(f"{stage} {name} {told}".strip())), stage, said


TIMED = ("start", "finish", "point", "control")


@st.composite
def by_the_clock(draw: st.DrawFn) -> Written:
    place, stage, said = draw(places(*TIMED))
    by_minutes = said.kind in ("StageStarted", "ControlPassed") and draw(st.booleans())
    ms, text = draw(clocks(whole_minutes=by_minutes))
    return _seen(draw, place, text, said._replace(at=at_of(stage, ms)))


@st.composite
def at_a_moment(draw: st.DrawFn) -> Written:
    place, stage, said = draw(places(*TIMED) | places("finish", "point", figures="elapsed"))
    ms, text = draw(clocks())
    at = at_of(stage, ms)
    text = draw(st.sampled_from([text, at.iso(), at.iso()[:-6]]))
    return _seen(draw, place, f"@{text}", said._replace(at=at))


@st.composite
def elapsed(draw: st.DrawFn, *, sign: str) -> Written:
    figures = "elapsed" if not sign else draw(st.sampled_from(["clock", "elapsed"]))
    place, _, said = draw(places("finish", "point", figures=figures))
    ms, text = draw(durations())
    told = said._replace(fields={**said.fields, "elapsed_ms": ms})
    return _seen(draw, place, f"{sign}{text}", told)


def _seen(draw: st.DrawFn, place: str, figure: str, said: Says) -> Written:
    return _about(draw, place, figure, said, draw(seen))


def _about(draw: st.DrawFn, place: str, rest: str, said: Says, number: str) -> Written:
    """A line about a crew, its number in capitals or not, with a reason behind or without."""
    reason = draw(words)
    told = said._replace(fields={"number": number, **said.fields}, reason=reason)
    named = draw(st.sampled_from([number, f"#{number}"])) if number in _KNOWN else number
    behind = f"{draw(st.sampled_from([' ; ', '; ', ';']))}{reason}" if reason else ""
    return Written(place, f"{named} {rest}{behind}", (told,))


_KNOWN = ("12", "14", "101", "A7", "u")


@st.composite
def on_enter(draw: st.DrawFn) -> Written:
    """The instant of the Enter is not drawn: whoever reads the line gives it."""
    place, _, said = draw(places(*TIMED) | places("finish", "point", figures="elapsed"))
    number = draw(seen)
    return Written(place, number, (said._replace(fields={"number": number, **said.fields}),))


@st.composite
def cards(draw: st.DrawFn) -> Written:
    stage, number = draw(stages), draw(seen)
    cells, says = [], []
    for _ in range(draw(st.integers(1, 4))):
        where, kind, fields = draw(
            st.sampled_from(
                [
                    ("TC1", "ControlPassed", {"control": "TC1"}),
                    ("start", "StageStarted", {"stage": stage}),
                    (f"{stage} finish", "PassingRecorded", {"stage": stage}),
                    ("WP1", "PassingRecorded", {"stage": stage, "point": "WP1"}),
                ]
            )
        )
        minutes = kind in ("StageStarted", "ControlPassed") and draw(st.booleans())
        ms, text = draw(clocks(whole_minutes=minutes))
        cells.append(f"{draw(in_any_case(where))} {text}")
        day = "SS1" if kind == "ControlPassed" else stage
        says.append(Says(kind, {"number": number, **fields}, at_of(day, ms), "time-card"))
    return Written(f"{stage} cards", f"{number} {' '.join(cells)}", tuple(says))


Chosen = tuple[str, Mapping[str, Any]]
"""What stands behind a letter, and what it says by field."""
NOTHING: st.SearchStrategy[Chosen] = st.just(("", {}))


@st.composite
def befell(
    draw: st.DrawFn, letter: str, kind: str, chosen: st.SearchStrategy[Chosen] = NOTHING
) -> Written:
    """What befell a crew: a letter, what is chosen behind it, and free words as its reason."""
    place, _, said = draw(places("start", "finish", "point"))
    text, fields = draw(chosen)
    own = {"stage": said.fields["stage"]}
    if kind in ("RetirementReported", "StageNotFinished") and "point" in said.fields:
        own["point"] = said.fields["point"]
    rest = " ".join(each for each in (draw(in_any_case(letter)), text) if each)
    at = None
    if draw(st.booleans()):
        ms, clock = draw(clocks())
        at, rest = at_of(own["stage"], ms), f"{rest} @{clock}"
    return _about(draw, place, rest, Says(kind, {**own, **fields}, at), draw(crews))


causes: st.SearchStrategy[Chosen] = st.sampled_from(
    [
        ("", {}),
        *((c[:4], {"cause": c}) for c in ("mechanical", "accident", "medical", "navigation")),
        *((c[:3], {"cause": c}) for c in ("overtime", "tyre", "personal", "regulations", "other")),
        ("FUEL", {"cause": "fuel"}),
        ("mech restart", {"cause": "mechanical", "definitive": False}),
        ("restart", {"definitive": False}),
    ]
)
unfinished: st.SearchStrategy[Chosen] = st.sampled_from(
    [
        ("", {}),
        ("over", {"kind": "overtime"}),
        ("missed", {"kind": "missed-finish"}),
        ("abandoned", {"kind": "abandoned"}),
    ]
)
punctures: st.SearchStrategy[Chosen] = st.integers(1, 9).map(
    lambda many: (str(many) if many > 1 else "", {"kind": "puncture", "count": many})
)
incidents: st.SearchStrategy[Chosen] = st.sampled_from(
    [("sos", {"kind": "sos"}), ("mech", {"kind": "mechanical"}), ("tow", {"kind": "tow"}),
     ("towed", {"kind": "towed"}), ("stop", {"kind": "stop-to-assist"})]
)  # fmt: skip
handed: st.SearchStrategy[Chosen] = st.sampled_from(
    [
        ("", {"kind": "submitted"}),
        ("lost", {"kind": "lost"}),
        ("duplicate", {"kind": "duplicate-issued"}),
        ("dup", {"kind": "duplicate-issued"}),
    ]
)
false_starts: st.SearchStrategy[Chosen] = st.sampled_from(
    [("", {}), ("0.4", {"by_ms": 400}), ("1,25", {"by_ms": 1250}), ("0:02", {"by_ms": 2000})]
)
zones: st.SearchStrategy[Chosen] = st.sampled_from(
    [
        ("dz1", {"zone": "DZ1"}),
        ("DZ1 3", {"zone": "DZ1", "impulses": 3}),
        ("DZ1 3 62", {"zone": "DZ1", "impulses": 3, "highest_kmh": 62}),
    ]
)


@st.composite
def neutralised(draw: st.DrawFn) -> Written:
    place, stage, _ = draw(places("start", "finish"))
    ms, text = draw(clocks())
    word, side = draw(st.sampled_from([("in", "entered"), ("OUT", "left"), ("left", "left")]))
    said = Says("NeutralisationPassed", {"stage": stage, "zone": "NZ1", "side": side})
    time = draw(st.sampled_from([text, f"@{text}"]))
    return _about(draw, place, f"n nz1 {word} {time}", said._replace(at=at_of(stage, ms)), "12")


@st.composite
def in_full(draw: st.DrawFn) -> Written:
    """Any type with its fields: those of the line and of the place stand in it by themselves."""
    place, stage, _ = draw(places("start", "finish"))
    number = draw(crews)
    amount = draw(st.integers(1, 3600))
    clock = f"{amount // 3600}:{amount // 60 % 60:02d}:{amount % 60:02d}"
    name = draw(in_any_case("PenaltyGiven"))
    about = draw(st.sampled_from([f"{number} {name}", f"{name} number={number}"]))
    fields = {"number": number, "stage": stage, "amount_ms": amount * 1000}
    said = Says("PenaltyGiven", fields, reason="speeding")
    return Written(place, f"{about} amount_ms={clock} ; speeding", (said,))


BY_FORM: Mapping[str, st.SearchStrategy[Written]] = {
    "12": on_enter(),
    "12 FIGURE": by_the_clock() | elapsed(sign=""),
    "12 +ELAPSED": elapsed(sign="+"),
    "12 @TIME": at_a_moment(),
    "12 PLACE TIME …": cards(),
    "12 - [WORDS]": befell("-", "CrewNotStarted"),
    "12 r [CAUSE] [restart] [WORDS]": befell("r", "RetirementReported", causes),
    "12 x [over|missed] [WORDS]": befell("x", "StageNotFinished", unfinished),
    "12 p [COUNT] [WORDS]": befell("p", "IncidentReported", punctures),
    "12 i KIND [WORDS]": befell("i", "IncidentReported", incidents),
    "12 f [SECONDS]": befell("f", "FalseStartObserved", false_starts),
    "12 w POINT …": befell("w", "WaypointMissed", st.just(("wp1", {"point": "WP1"}))),
    "12 s ZONE [IMPULSES [HIGHEST]]": befell("s", "SpeedZoneRead", zones),
    "12 c [lost|duplicate] [WORDS]": befell("c", "TimeCardHandled", handed),
    "12 n ZONE in|out [TIME]": neutralised(),
    "[12] TYPE FIELD=VALUE …": in_full(),
}
"""Lines of each form, by how the table writes it."""
