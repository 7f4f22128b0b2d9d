"""The recorder passes the contract that the eventsourcing library ships, on both databases."""

from __future__ import annotations

from eventsourcing.dcb.tests import DCBRecorderTestCase

from ledger.store import Recorder


class _Contract(DCBRecorderTestCase):
    """The shipped cases, called by name below."""


def test_append_and_read(recorder: Recorder) -> None:
    """Reading, limits, heads, queries by type and tag, and append conditions."""
    _Contract("_test_append_read")._test_append_read(recorder)


def test_subscribe(recorder: Recorder) -> None:
    """A subscription gives what is there, blocks at the head, and goes on with what comes."""
    _Contract("_test_append_read")._test_append_subscribe(recorder)
