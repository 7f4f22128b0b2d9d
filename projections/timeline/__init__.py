"""The timeline: an index of the log, so that any moment of a rally is milliseconds away.

It holds, per crew and stage, which value stood over which part of the log and of the rally's time.
Everything in it is computed from the log by the same rules as a full replay; it may be deleted at
any time, and is built anew when the edition of the rules has changed.
"""
