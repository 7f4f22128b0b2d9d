"""`rally review`: the petition for a review of a decision, and its two steps."""

from __future__ import annotations

from cli.acting import acts

command = acts(
    "review",
    """Petition for the review of a decision, and put both of its steps on record.

    First the petition is admitted or rejected; then the decision stays unaltered, or it is taken
    anew (`rally decide … --supersedes`), which `redecided` names.
    """,
    found={
        "admit": ("admitted", "The petition is admitted: the decision is looked at again."),
        "reject": ("rejected", "The petition is rejected; it is closed."),
        "unaltered": ("unaltered", "After the review the decision remains, unaltered."),
        "redecided": ("redecided", "The review led to a new decision, which supersedes the other."),
    },
)
