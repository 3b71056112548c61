"""Markup and raw strings to clean plain text."""

from __future__ import annotations

import html
import re
import unicodedata

MAX_MARKUP = 1_000_000  # characters of one fragment that are read; no article is longer
MAX_TITLE = 1_000

_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9:-]*(?:\s[^<>]*)?/?>|<!--|<!\[CDATA\[")
# What writers escape once too often: elements of a sentence or a paragraph, with an end.
_PAIR = re.compile(
    r"<(p|b|i|a|em|u|strong|span|div|font|sub|sup|small|mark|h[1-6])\b[^<>]*>[^<>]*</\1>", re.I
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d{0,2});", re.I)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_CELLS = frozenset(("td", "th"))
_UNSEEN = frozenset(
    [
        "applet",
        "audio",
        "button",
        "canvas",
        "embed",
        "head",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    ]
)
# C0 and C1 controls but for white space, bidirectional controls (UAX #9), zero-width space, soft hyphen,
# byte-order mark, non-characters, surrogates: none of them is seen, each can hide or reorder what is.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_LINE_BREAK = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def tidy(text: str) -> str:
    """Plain text with lines kept: nothing invisible, single spaces, no empty lines, NFC."""
    if text.isascii() and text.isprintable():  # most titles and names; nothing else can be in them
        return " ".join(text.split())
    clean = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    lines = (" ".join(line.split()) for line in _LINE_BREAK.split(clean))
    return "\n".join(line for line in lines if line)


def to_text(value: str) -> str:
    """Clean text of a string that may hold HTML: blocks become lines; scripts and styles go.

    Markup that was escaped once too often is markup, too. Only the first MAX_MARKUP characters are read. Time
    is linear, and nesting of any depth is harmless.
    """
    value = value[:MAX_MARKUP]
    if "&" in value and not looks_like_html(value):
        value = html.unescape(value)
        if not _PAIR.search(value):
            return tidy(value)
    return tidy(_strip_markup(value)) if looks_like_html(value) else tidy(value)


def one_line(value: str) -> str:
    """A clean title or name: `to_text` on a single line of at most MAX_TITLE characters.

    What is left of characters that were escaped twice becomes those characters.
    """
    text = to_text(value[: MAX_TITLE * 10])
    if "&" in text and _ENTITY.search(text):
        text = tidy(html.unescape(text))
    return " ".join(text.split("\n"))[:MAX_TITLE].rstrip()


def looks_like_html(value: str) -> bool:
    return "<" in value and _TAG.search(value) is not None


class _Seen:
    """Parser target (lxml) that keeps what a reader would see. Events, no tree, so depth costs nothing."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._unseen = 0

    def start(self, tag: str, _attributes: object) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        self._separate(tag)

    def end(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        self._separate(tag)

    def data(self, data: str) -> None:
        if not self._unseen:
            # Line breaks in markup are white space; those of the text come from block elements.
            self.parts.append(_LINE_BREAK.sub(" ", data))

    def comment(self, _text: str) -> None:
        """A comment is not seen."""

    def close(self) -> str:
        return "".join(self.parts)

    def _separate(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append(" ")


def _strip_markup(value: str) -> str:
    from lxml import etree

    parser = etree.HTMLParser(target=_Seen(), encoding="utf-8")
    clean = _INVISIBLE.sub("", value)
    try:
        seen: str = etree.fromstring(f"<div>{clean}</div>".encode(), parser)
    except etree.LxmlError:
        return html.unescape(_TAG.sub(" ", clean))
    return seen
