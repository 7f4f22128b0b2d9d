"""axe-core, which finds what keeps people from using a page: names, contrast, order, roles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SOURCE = Path(__file__).with_name("vendor") / "axe-core-4.14.1.min.js"
# Into a frame that has no axe-core it would ask, and wait half a second for an answer; what is
# shown in frames is looked at as a page of its own. Only what is wrong leaves the browser: all that
# is right weighs more than the page.
_ASK = """async () => {
  const how = { resultTypes: ['violations'], iframes: false, preload: false };
  return (await axe.run(document, how)).violations.map((each) => `${each.id}: ${each.help} ` +
    each.nodes.slice(0, 2).map((node) => node.html.slice(0, 160)).join(' '));
}"""


def wrong_with(page: Page) -> list[str]:
    """What axe-core finds wrong with a page, rule by rule."""
    page.evaluate(_SOURCE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_ASK)
    return found
