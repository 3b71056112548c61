"""Pages that stand where an article should be: log-in walls, consent pages, robot checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LITTLE = 500  # characters; a page with more text than this has an article on it, whatever else it asks

_WALL = re.compile(
    r"(?:log|sign) ?in to (?:continue|read|view|your account|access|see)"
    r"|(?:please|you (?:must|need to)) (?:log|sign) ?in"
    r"|subscribe (?:now )?to (?:continue|read|keep reading)|(?:for )?subscribers only"
    r"|only (?:available )?(?:to|for) subscribers|already a (?:subscriber|member)"
    r"|create (?:a free|an) account to|register to (?:continue|read)|to continue reading"
    r"|this (?:article|content|story) is for (?:subscribers|members)|unlock this article",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue to|we (?:and our partners )?use cookies|accept (?:all )?cookies"
    r"|manage (?:your )?(?:cookie|privacy)|(?:cookie|privacy) (?:consent|settings|preferences)"
    r"|your privacy (?:choices|matters)|we value your privacy|we and our (?:\d+ )?partners",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"are you (?:a )?(?:robot|human)|verify (?:that )?you are (?:a )?human|unusual traffic"
    r"|complete the captcha|(?:enable|turn on) javascript|javascript is (?:disabled|required)"
    r"|checking your browser|access (?:to this page has been )?denied"
    r"|^(?:attention required|just a moment)\b",
    re.IGNORECASE | re.MULTILINE,
)


def gate(tree: HtmlElement, *, title: str, text: str) -> str | None:
    """What the page asks for instead of showing an article, for people; None where it shows one."""
    if len(text) >= _LITTLE:
        return None
    seen = f"{title}\n{text or _all_text(tree)}"
    if _ROBOT.search(seen):
        return "is a check for robots or wants JavaScript"
    if tree.xpath("//input[@type='password']") or _WALL.search(seen):
        return "is a log-in or subscription wall"
    if _CONSENT.search(seen):
        return "asks for consent to cookies first"
    return None


def _all_text(tree: HtmlElement) -> str:
    """The beginning of what the page says, where nothing on it looks like an article."""
    body = tree.find("body")
    words = " ".join(str(part) for part in (body if body is not None else tree).itertext())
    return " ".join(words.split())[:_LITTLE]
