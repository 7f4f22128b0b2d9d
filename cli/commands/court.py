"""`rally court`: what a court of appeal decided about a decision."""

from __future__ import annotations

from cli.acting import act

command = act(
    "court",
    """Put on record what a court decided about a decision, or about that of a court below.

    Quashed means never taken; varied means replaced from the beginning by the --effect given;
    upheld, inadmissible and no-jurisdiction end the appeal and leave the decision as it is.

    \b
    Examples:
      rally court stewards-7 quashed --court "Court of appeal" --case 3/2026 \\
        --by "Registry" --role court
      rally court stewards-7 varied --effect "PenaltyGiven amount_ms=0:02:00" \\
        --by "Registry" --role court --dry-run
    """,
)
