"""Workbooks as three programs write them, none of which is the one that reads them.

Each writer takes sheets of natural values: numbers, times, dates, texts. They differ in what the
format leaves open: shared or inline strings, days counted from 1900 or 1904, dimensions, styles.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

Sheets = Mapping[str, Sequence[Sequence[Any]]]
Writer = Callable[[Path, Sheets], None]


class Formula(str):
    """A formula with the value that was computed last; None if it never was."""

    value: Any

    def __new__(cls, text: str, value: Any = None) -> Formula:
        """The text of the formula."""
        made = super().__new__(cls, text)
        made.value = value
        return made


def _with_xlsxwriter(path: Path, sheets: Sheets, **options: Any) -> None:
    with xlsxwriter.Workbook(path, options) as book:
        elapsed = book.add_format({"num_format": "[h]:mm:ss"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, Formula):
                        sheet.write_formula(r, c, value, None, value.value)
                    elif isinstance(value, timedelta | time):
                        sheet.write_datetime(r, c, value, elapsed)
                    elif isinstance(value, datetime):
                        sheet.write_datetime(r, c, value, moment)
                    elif value is not None:
                        sheet.write(r, c, value)


def shared_strings(path: Path, sheets: Sheets) -> None:
    """A table of strings, days from 1900: what most programs write."""
    _with_xlsxwriter(path, sheets)


def since_1904(path: Path, sheets: Sheets) -> None:
    """Inline strings, days from 1904: workbooks that began on an old Macintosh."""
    _with_xlsxwriter(path, sheets, date_1904=True, constant_memory=True)


def by_hand(path: Path, sheets: Sheets) -> None:
    """As free office suites write: typed strings, a wrong dimension, a style for each kind."""
    parts = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(list(sheets)),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n, _ in enumerate(sheets, 1)]
            + [("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
        **{
            f"xl/worksheets/sheet{n}.xml": _sheet(rows) for n, rows in enumerate(sheets.values(), 1)
        },
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')


_OOXML = "http://schemas.openxmlformats.org"
_MAIN = f'xmlns="{_OOXML}/spreadsheetml/2006/main"'
_STYLES = f"""<styleSheet {_MAIN}>
<numFmts count="2"><numFmt numFmtId="164" formatCode="[HH]:MM:SS"/>
<numFmt numFmtId="165" formatCode="YYYY\\-MM\\-DD\\ HH:MM:SS"/></numFmts>
<fonts count="1"><font><sz val="10"/></font></fonts>
<fills count="1"><fill><patternFill patternType="none"/></fill></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>
</styleSheet>"""


def _types(count: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
        for n in range(1, count + 1)
    )
    return (
        f'<Types xmlns="{_OOXML}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{sheets}</Types>'
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    kind = f"{_OOXML}/officeDocument/2006/relationships"
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}/{name}" Target="{target}"/>'
        for n, (name, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_OOXML}/package/2006/relationships">{each}</Relationships>'


def _book(names: list[str]) -> str:
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1)
    )
    relations = f"{_OOXML}/officeDocument/2006/relationships"
    return f'<workbook {_MAIN} xmlns:r="{relations}"><sheets>{sheets}</sheets></workbook>'


def _sheet(rows: Sequence[Sequence[Any]]) -> str:
    lines = "".join(
        f'<row r="{r}">{"".join(_cell(f"{chr(65 + c)}{r}", v) for c, v in enumerate(row))}</row>'
        for r, row in enumerate(rows, 1)
    )
    return f'<worksheet {_MAIN}><dimension ref="A1"/><sheetData>{lines}</sheetData></worksheet>'


def _cell(ref: str, value: Any) -> str:
    match value:
        case None:
            return f'<c r="{ref}" s="0"/>'
        case Formula(value=None):
            return f'<c r="{ref}"><f>{escape(value)}</f></c>'
        case Formula(value=str() as text) if text.startswith("#"):
            return f'<c r="{ref}" t="e"><f>{escape(value)}</f><v>{text}</v></c>'
        case Formula(value=str() as text):
            return f'<c r="{ref}" t="str"><f>{escape(value)}</f><v>{escape(text)}</v></c>'
        case timedelta():
            return f'<c r="{ref}" s="1" t="n"><v>{value / timedelta(days=1)!r}</v></c>'
        case datetime():
            days = (value - datetime.fromisoformat("1899-12-30")) / timedelta(days=1)
            return f'<c r="{ref}" s="2" t="n"><v>{days!r}</v></c>'
        case int() | float():
            return f'<c r="{ref}" s="0" t="n"><v>{value}</v></c>'
        case _:
            return f'<c r="{ref}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
