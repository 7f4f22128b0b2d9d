"""`rally decide`: a decision of the clerk of the course or the stewards."""

from __future__ import annotations

from cli.acting import acts

command = acts(
    "decide",
    """Issue a decision of the clerk of the course or the stewards, and what follows it.

    The templates below are the usual decisions; `effects` takes any. Each gets the next number of
    its series, binds the basis that was on the screen and what it would change, and says afterwards
    what it changed. --dry-run shows that before anybody signs. Without --reason an editor opens.
    """,
    {
        "penalty": """A time penalty: on a stage, in the overall alone, or of the road.

        \b
        Example:
          rally decide penalty 104 0:05:00 --stage SS10 --infringement "article 12.3" \\
            --fact "did not stop at the neutralisation" --reason "seen by two marshals" \\
            --by "A. Chair" --role stewards --dry-run
        """,
        "proposal": """What a tariff proposes, or another amount, as a decision.

        It rests on the facts of the proposal, and says what they are and by which article. What is
        proposed stands in `rally proposals`; without the formality of a decision `rally adopt`
        gives the penalty.

        \b
        Example:
          rally decide proposal missed-1 --reason "heard; no reason to depart from the tariff" \\
            --by "A. Chair" --role stewards --dry-run
        """,
        "effects": """Any other decision, effect by effect: an act of `rally types` and its fields.

        What --suspended suspends is all of it, or only what stands behind --on-condition.

        \b
        Examples:
          rally decide effects "PenaltyGiven amount_ms=0:30:00" --on-condition CrewDisqualified \\
            --suspended "no like breach in this rally" --number 104 --stage SS10 \\
            --by "A. Chair" --role stewards --reason "a phone in the cockpit"
          rally decide effects "StageTimeRecorded number=102 elapsed_ms=4:10:00 basis=notional" \\
            --stage SS10 --by "Race direction" --role clerk-of-the-course --reason "held up"
        """,
    },
)
