"""`rally draw-up`: a document is drawn up, to be signed before it is posted."""

from __future__ import annotations

from cli.acting import acts

command = acts(
    "draw-up",
    """Draw up a document, to be signed by the offices that the rulebook names, then posted.

    Drawn up is not posted: no time for protests runs. `rally sign` puts a signature on it, and
    `rally publish … --drawn-up` posts it, as it was drawn up and signed.
    """,
    {
        "classification": """Draw up a classification as `rally standings` shows it.

        \b
        Example:
          rally draw-up classification --after SS12 --kind provisional \\
            --by "Results" --role results-office
        """
    },
)
