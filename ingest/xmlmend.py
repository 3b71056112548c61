"""Damaged XML to well-formed XML, in linear time.

feedparser reads well-formed documents strictly; its parser for others can take minutes on hostile ones.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.entities import html5
from xml.parsers import expat

from lxml import etree

_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
_MAX_DEPTH = 200  # nested elements; feeds have about ten
_MAX_ELEMENTS = 200_000  # 5,000 entries have about 100,000; feedparser takes 50 µs for each
_MAX_ATTRIBUTES = 500  # of one element; feedparser's time grows with their square
_CUT_OFF = frozenset(
    expat.errors.codes[reason]
    for reason in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_ENTRY_END = re.compile(r"</(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)\s*>")
_ENTRY_START = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)\b")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,2000}(?:\[[^\]]{0,100000}\]\s*)?>", re.IGNORECASE)
_AMPERSAND = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}))?(;?)")
_START_TAG = re.compile(r"<[A-Za-z_][^\s<>/]{0,200}")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]{0,80}(?=[\s=/>])")
_BOUND = re.compile(r"xmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """Why a text is not well-formed, with line and column. `cut_off`: it ends too early and is else fine."""

    reason: str
    cut_off: bool = False


def mend(text: str) -> tuple[str, str]:
    """Well-formed XML and what was wrong with `text` ("" if nothing but its document type, which goes).

    An entry in which a document breaks off is left out: half a link would name another article.
    Raises ValueError, with the reason, where nothing can be read.
    """
    text = _DOCTYPE.sub("", _DECLARATION.sub("", text).lstrip("\ufeff \t\r\n"), count=1)
    problem = flaw(text)
    if not problem:
        return text, ""
    tried = _bind_prefixes(_entities(_NOT_XML.sub("", text)))
    left = flaw(tried)
    if left and left.cut_off:
        tried = _whole_entries(tried)
    if left:
        tried = _recover(tried)
        if flaw(tried):
            raise ValueError(problem.reason)
    cut = "breaks off" if left and left.cut_off else "is damaged"
    return tried, f"{cut} ({problem.reason})"


def flaw(text: str) -> Flaw | None:
    """What is wrong with `text` as XML; None where it is well-formed. ValueError for too much of it."""
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    depth = count = 0

    def start(name: str, attributes: list[str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > _MAX_DEPTH:
            raise ValueError(f"more than {_MAX_DEPTH} nested elements")
        if count > _MAX_ELEMENTS:
            raise ValueError(f"more than {_MAX_ELEMENTS} elements")
        if len(attributes) > _MAX_ATTRIBUTES * 2:
            raise ValueError(f"more than {_MAX_ATTRIBUTES} attributes on <{name[-40:]}>")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        return Flaw(reason=str(error), cut_off=error.code in _CUT_OFF)
    return None


def _whole_entries(text: str) -> str:
    """`text` up to the end of its last complete entry, or up to the first where none is complete."""
    end = max((match.end() for match in _ENTRY_END.finditer(text)), default=None)
    first = _ENTRY_START.search(text)
    return text[: end if end is not None else first.start() if first else None]


def _entities(text: str) -> str:
    """Named characters of HTML become themselves, ampersands that begin nothing are escaped."""

    def one(match: re.Match[str]) -> str:
        number, name, end = match.groups()
        if number:
            character = html.unescape(f"&{number};")
            return html.escape(_NOT_XML.sub("", character))
        if name in _XML_NAMES and end:
            return match.group(0)
        if name and end and f"{name};" in html5:
            return html.escape(html5[f"{name};"])
        return "&amp;" + match.group(0)[1:]

    kept: list[str] = []
    done = 0
    while (start := text.find("<![CDATA[", done)) >= 0 and (end := text.find("]]>", start)) >= 0:
        kept += (_AMPERSAND.sub(one, text[done:start]), text[start : end + 3])
        done = end + 3
    kept.append(_AMPERSAND.sub(one, text[done:]))
    return "".join(kept)


def _bind_prefixes(text: str) -> str:
    """Declares, on the root element, the prefixes that are used and nowhere declared."""
    missing = set(_PREFIX.findall(text)) - set(_BOUND.findall(text)) - {"xml", "xmlns"}
    root = _START_TAG.search(text)
    if not root or not missing:
        return text
    added = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix.lower(), "urn:unknown:" + prefix)}"'
        for prefix in sorted(missing)
    )
    return text[: root.end()] + added + text[root.end() :]


def _recover(text: str) -> str:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root is None:
        raise ValueError("no element in it")
    mended: str = etree.tostring(root, encoding="unicode")
    return mended
