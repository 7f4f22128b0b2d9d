"""The build of pages: what besides the log bears on their bytes."""

from __future__ import annotations

from projections.state.rally import EDITION

TEMPLATE = 10
"""Raised whenever pages look otherwise for the same answers: templates, or how cells are told.

A test fails where that was forgotten; `python -m tests.web.looks` raises it.
"""
BUILD = f"{EDITION}.{TEMPLATE}"
"""The edition of the computing rules and that of the pages: the `v` of an absolute address."""
