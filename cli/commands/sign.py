"""`rally sign`: records are signed with a key of office, or a document by who holds one."""

from __future__ import annotations

from cli.acting import act

command = act(
    "sign",
    """Sign records with your key of office ($RALLY_KEY), or countersign what others signed.

    RECORD is a position or the first digits of an id; several are signed as a batch. What you put
    on record yourself with a key is signed already. Without a key a document that was drawn up is
    signed by your word alone.

    \b
    Examples:
      RALLY_KEY=agent rally sign '#412' --by "Ann Lee" --role stewards
      rally sign '#412' --by "Ann Lee" --role clerk-of-the-course
    """,
)
