"""`rally protest`: a protest, and what the stewards find on it."""

from __future__ import annotations

from cli.acting import acts

command = acts(
    "protest",
    """Lodge a protest, and put on record what the stewards find on it.

    A protest that comes late is on record like any other; `rally docket` computes by the rulebook
    whether it was in time, and the stewards find it inadmissible by an act of their own.
    """,
    {
        "lodge": """A competitor protests. --at says when it was handed in.

        \b
        Example:
          rally protest lodge --number 103 --document 12 --grounds "waypoint was not placed" \\
            --fee-paid --at 2026-03-01T19:20 --by "Team Oasis" --role competitor
        """
    },
    found={
        "admit": ("admitted", "The protest is admitted: it will be heard."),
        "inadmissible": ("inadmissible", "The protest is inadmissible; it is closed."),
        "uphold": (
            "upheld",
            "The protest is upheld; what follows from it is a decision of its own.",
        ),
        "reject": ("rejected", "The protest is rejected; it is closed."),
    },
)
