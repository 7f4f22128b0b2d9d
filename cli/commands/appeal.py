"""`rally appeal`: an appeal is announced, confirmed, withdrawn, or found to have lapsed."""

from __future__ import annotations

from cli.acting import acts

command = acts(
    "appeal",
    """Announce an appeal against a decision, and what becomes of it.

    Whether it was in time and whether it suspends the decision follow from the rulebook and from
    the instants on record: give the true one with --at. An appeal is named by its position or id,
    or by the decision, where there is only one against it.
    """,
    {
        "announce": """A competitor gives notice of an appeal.

        \b
        Example:
          rally appeal announce stewards-7 --fee-paid --at 2026-03-01T21:13 \\
            --by "Team Dune" --role competitor
        """
    },
)
