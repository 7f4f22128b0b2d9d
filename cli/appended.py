"""What a command has appended so far: whoever breaks it off, or hears of an error, is told."""

from __future__ import annotations

import click

from ledger.watch import Watch


class Appended(Watch):
    """What one call of the command line has appended."""

    def __init__(self) -> None:
        self.made = ""
        """The key that was made for the act, where none was given."""
        self._first = self._last = 0
        self._id = ""

    def begins(self, key: str) -> None:
        """An act is about to be appended: the key that was made for it is told, once."""
        if key and key == self.made:
            self.made = ""
            click.echo(f"If no answer comes, repeat it with --key {key}.", err=True)

    def kept(self, first: int, last: int, identity: str) -> None:
        """Records were kept: what a command appends step by step is told as one."""
        self._id = self._id or identity
        self._first, self._last = self._first or first, last

    def words(self) -> str:
        """ "#13 3fa98c21d0 was appended.", or nothing where nothing was."""
        if not self._first:
            return ""
        from ledger.vocabulary import short_id  # help needs none of it

        many = self._last != self._first
        to, were = (f" to #{self._last}", "were") if many else ("", "was")
        return f"#{self._first} {short_id(self._id)}{to} {were} appended."
