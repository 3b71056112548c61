"""Articles of which a page shows the beginning only, because the rest is for subscribers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.pages.gate_phrases import PROMPT, plain
from ingest.pages.gates import seen_text
from ingest.pages.meta import PageMeta

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NOTE = "page: behind a paywall: only its beginning is here"
_PROMPTS = 6  # lines at the end of a text among which the request to subscribe stands
_PROMPT_LENGTH = 200  # characters; more is a sentence of the article
_LEAST = 200  # characters before such a request that are worth having
_SHOWN = 300  # characters in the paid part from which it is there after all
_SHORT = 1_500  # characters; a text that is longer, and of which no length is told, counts as whole
_MOST = 0.6  # of the words that the page says its article has: with fewer, it is cut
_SIMPLE_SELECTOR = re.compile(r"([.#])([\w-]+)")
_WORD = re.compile(r"\w+")


def without_prompt(text: str) -> tuple[str, bool]:
    """`text` up to a request to subscribe or log in near its end, and whether there is one.

    Where hardly anything stands before it, the page is a wall and the text stays as it is.
    """
    lines = text.split("\n")
    for index in range(max(1, len(lines) - _PROMPTS), len(lines)):
        if len(lines[index]) <= _PROMPT_LENGTH and PROMPT.search(plain(lines[index])):
            before = "\n".join(lines[:index])
            return (before, True) if len(before) >= _LEAST else (text, False)
    return text, False


def is_cut(tree: HtmlElement, meta: PageMeta, text: str) -> bool:
    """Whether the page says that its article is not for everyone (schema.org's isAccessibleForFree), and
    shows that it does not have all of it. Many sites send the whole text and count who reads it."""
    if meta.free is not False:
        return False
    if meta.words:
        return len(_WORD.findall(text)) < _MOST * meta.words
    if len(text) >= _SHORT:
        return False
    parts = [part for selector in meta.paid_parts if (part := _selected(tree, selector)) is not None]
    if any(len(part) >= _SHOWN for part in parts):
        return False
    return (
        bool(parts) or text.endswith(("\u2026", "...")) or PROMPT.search(plain(seen_text(tree))) is not None
    )


def _selected(tree: HtmlElement, selector: str) -> str | None:
    """The text of what a plain selector (".class", "#id") leads to; None for nothing and other selectors."""
    match = _SIMPLE_SELECTOR.fullmatch(selector.strip())
    if not match:
        return None
    kind, name = match.groups()
    if kind == "#":
        found = tree.xpath("//*[@id=$name]", name=name)
    else:
        found = tree.xpath(
            "//*[contains(concat(' ', normalize-space(@class), ' '), $name)]", name=f" {name} "
        )
    return max((" ".join(str(each.text_content()).split()) for each in found), key=len, default=None)
