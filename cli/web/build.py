"""The build of pages: what besides the log bears on their bytes."""

from __future__ import annotations

from projections.state.rally import EDITION

TEMPLATE = 2
"""Raised whenever pages look otherwise for the same answers: templates, or how cells are told."""
BUILD = f"{EDITION}.{TEMPLATE}"
"""The edition of the computing rules and that of the pages: the `v` of an absolute address."""
