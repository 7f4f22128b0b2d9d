"""Fines, as the registers tell them: what was imposed, is owed, suspended and paid."""

from __future__ import annotations

from collections.abc import Sequence

from cli.output import print_section, when
from projections.desk.fines import FineRow, Sums

_SUMS = {
    "imposed": "Imposed",
    "suspended": "Suspended",
    "kept_back": "Kept back",
    "fallen": "Fallen",
    "paid": "Paid",
    "returned": "Returned",
    "open": "Open",
    "to_return": "To return",
}


def print_fines(rows: Sequence[FineRow], totals: Sequence[Sums] = ()) -> None:
    """The fines by decision, and their totals by currency; nothing where there are none."""
    sums = {name: title for name, title in _SUMS.items() if any(getattr(e, name) for e in rows)}
    several = totals if len(rows) > len(totals) else ()

    def told(of: Sums) -> tuple[str, ...]:
        return *(str(getattr(of, name) or "") for name in sums), of.currency

    print_section(
        "Fines",
        ("Decision", "No", *sums.values(), "Currency", "Pay by", "Record"),
        [
            *(
                (each.decision, each.number, *told(each), when(each.pay_by), f"#{each.position}")
                for each in rows
            ),
            *(("all", "", *told(each), "", "") for each in several),
        ],
        figures=("No", *sums.values(), "Record"),
    )
