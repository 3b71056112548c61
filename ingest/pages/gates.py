"""Pages that stand where an article should be: log-in walls, consent pages, checks for robots, soft 404s.

What a page says counts, not which site it is. A page with a text of some length is an article whatever else
it asks; only a heading that says "page not found" and nothing else outweighs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.pages.gate_phrases import CONSENT, NOT_FOUND, PROMPT, ROBOT, SCRIPTS, WALL, plain

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LITTLE = 500  # characters; a page with more text than this has an article on it, whatever else it asks
_BRIEF = 250  # characters; news in brief has more, under a log-in form, too, or with a word of subscribers
_NOT_FOUND_LENGTH = 2_000  # characters: what a site offers instead of the page that it does not have
_NO_SUCH_PAGE = "says that there is no such page, though with status 200"
_SHELL_SCRIPTS = 3  # scripts on a page without text from which it is made by them
_TITLE_PARTS = re.compile(r"\s+[|\u00b7\u00bb\u2013\u2014-]\s+")
_SENTENCES = re.compile(r"[.!?\n]+\s*")


def gate(tree: HtmlElement, *, title: str, text: str) -> str | None:
    """What the page asks for or says instead of showing an article, for people; None where it shows one."""
    if len(text) < _NOT_FOUND_LENGTH and any(map(NOT_FOUND.fullmatch, _headings(tree, title))):
        return _NO_SUCH_PAGE
    if len(text) >= _LITTLE:
        return None
    seen = plain(f"{title}\n{text or seen_text(tree)[:_LITTLE]}")
    is_wall = len(text) < _BRIEF and (tree.xpath("//input[@type='password']") or WALL.search(seen))
    is_shell = not text and len(tree.xpath("//script[not(contains(@type, 'json'))]")) >= _SHELL_SCRIPTS
    asks = (
        ("is a check for robots", ROBOT.search(seen)),
        ("is a log-in or subscription wall", is_wall or PROMPT.search(seen)),
        ("asks for consent to cookies first", CONSENT.search(seen)),
        (_NO_SUCH_PAGE, any(map(NOT_FOUND.fullmatch, _SENTENCES.split(seen)))),
        ("shows its text only to browsers, which run its scripts", is_shell or SCRIPTS.search(seen)),
    )
    return next((told for told, is_so in asks if is_so), None)


def _headings(tree: HtmlElement, title: str) -> Iterator[str]:
    """The title, what stands in it before and after the site's name, and the first heading."""
    for heading in (title, *(str(each.text_content()) for each in tree.xpath("//h1")[:1])):
        said = plain(" ".join(heading.split())[:_LITTLE])
        yield from (part.strip(" .!\u2026") for part in (said, *_TITLE_PARTS.split(said)))


def seen_text(tree: HtmlElement) -> str:
    """All that the page says, its navigation and its footer, too: a line for each piece of text."""
    parts = tree.xpath("//body//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
    lines = (" ".join(str(part).split()) for part in parts)
    return "\n".join(line for line in lines if line)
