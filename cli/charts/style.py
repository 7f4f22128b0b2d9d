"""How charts look, by day and by night. Colours tell nothing that a name or a shape does not."""

from __future__ import annotations

PAPER, INK, FAINT = ("#ffffff", "#15191e"), ("#1b1f24", "#e6e8eb"), ("#d5dae0", "#3a424c")
SMALL = ("#57606a", "#a3acb6")
PALETTE = (
    ("#0b62a8", "#6db8f2"),
    ("#b3390a", "#f59a6b"),
    ("#0f7145", "#5fcf9a"),
    ("#95277f", "#e592d2"),
    ("#7a5a00", "#e0bd4a"),
    ("#4547c4", "#a9aaf7"),
    ("#a81f3d", "#f78da0"),
    ("#0b6b78", "#5ccbd8"),
)
"""The colours of lines by day and by night, each read well on its paper."""


def _colours(night: int) -> str:
    named = {"paper": PAPER, "ink": INK, "faint": FAINT, "small": SMALL}
    named |= {f"c{index}": pair for index, pair in enumerate(PALETTE)}
    return "".join(f"--{name}:{pair[night]};" for name, pair in named.items())


_LINES = "\n".join(f".c{each}{{color:var(--c{each})}}" for each in range(len(PALETTE)))
CSS = f"""
svg{{{_colours(0)}font:12px system-ui,"Segoe UI","Noto Sans",sans-serif;fill:var(--ink)}}
@media (prefers-color-scheme:dark){{svg{{{_colours(1)}}}}}
{_LINES}
text{{white-space:pre}}
.paper{{fill:var(--paper)}}
.heading{{font-size:16px;font-weight:600}}
.small{{font-size:11px;fill:var(--small)}}
.stage,.tick{{stroke:var(--faint);fill:none}}
.tick{{stroke-dasharray:1 3}}
.cancelled{{fill:url(#hatch)}}
.hatch{{fill:var(--small);opacity:.35}}
.code{{text-anchor:middle;font-weight:600}}
.made{{text-anchor:middle;font-size:10px;fill:var(--small)}}
.time{{font-size:10px;fill:var(--small);stroke:var(--paper);stroke-width:3;paint-order:stroke}}
.way,.stub,.cross,.lead,.unknown,.touch{{fill:none;stroke:currentColor;stroke-width:2}}
.way{{stroke-linejoin:round}}
.d1 .way{{stroke-dasharray:7 3}}
.d2 .way{{stroke-dasharray:2 3}}
.stub{{stroke-width:1;stroke-dasharray:3 2}}
.lead{{stroke-width:1;opacity:.45}}
.unknown{{stroke-width:1;stroke-dasharray:1 4}}
.touch{{stroke:transparent;stroke-width:11;pointer-events:stroke}}
.dot{{fill:currentColor;stroke:var(--paper)}}
.name{{fill:currentColor}}
.left{{text-anchor:end}}
.tag{{font-size:10px;fill:currentColor;stroke:var(--paper);stroke-width:3;paint-order:stroke}}
.above{{pointer-events:none}}
.lines:hover~.above .tag{{opacity:.4}}
.lines:hover .line{{opacity:.18}}
.lines .line:hover{{opacity:1}}
.line:hover .way{{stroke-width:4}}
.line:hover .name{{font-weight:600}}
"""
"""Hovering over a line or a name brings out the crew; nothing moves, and nothing is fetched."""
