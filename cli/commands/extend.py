"""`rally extend`: a time to appeal, to petition, to protest or to confirm is extended."""

from __future__ import annotations

from cli.acting import act

command = act(
    "extend",
    """Extend a time: to appeal, to petition for a review, to protest, or to confirm an appeal.

    It has effect where the rule for that time lets this office extend it, and no further; `rally
    docket` tells the times with their rules.

    \b
    Examples:
      rally extend stewards-7 review --until 2026-03-06T12:00 --reason "no flight" \\
        --by "The stewards" --role stewards
      rally extend appeal-1 confirmation --until 2026-03-06T12:00 \\
        --by "Registry" --role court --dry-run
    """,
)
