"""Damaged XML to well-formed XML, in linear time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5
from itertools import islice

from lxml import etree

from ingest.formats.xmlread import Flaw, read_xml

_NAMESPACES = {
    "a10": "http://www.w3.org/2005/Atom",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
_MOST_PIECES = 20_000  # entries that are mended one by one
_ENTRY = r"(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry|url)"
ENTRY_START = re.compile(rf"<{_ENTRY}(?=[\s/>])", re.IGNORECASE)
ENTRY_END = re.compile(rf"</{_ENTRY}\s*>", re.IGNORECASE)
_ENTRY_END_BYTES = re.compile(ENTRY_END.pattern.encode(), re.IGNORECASE)
_ENTRY_TAG = re.compile(rf"<(/?){_ENTRY}(?=[\s/>])[^<>]{{0,2000}}>?", re.IGNORECASE)
_ROOT_TAG = re.compile(r"<([A-Za-z_][^\s<>/]{0,80})([^>]{0,20000})>")
_NAME = re.compile(r"(?:\{[^}]*\})?[^\W\d][\w.-]*")  # as expat has them; libxml2 takes more
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,400}\?>")
_AMPERSAND = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}))?(;?)")
_START_TAG = re.compile(r"<[A-Za-z_][^\s<>/]{0,200}")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]{0,80}(?=[\s=/>])")
_BOUND = re.compile(r"xmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))


def mend(text: str) -> str:
    """Well-formed XML for `text`, or such that breaks off or goes on after its end. Raises ValueError.

    What goes first is put right in the whole: characters, declarations in the middle, prefixes. If that is
    not enough, it is taken apart.
    """
    text = _bind_prefixes(_entities(_DECLARATION.sub("", _NOT_XML.sub("", text))))
    flaw = read_xml(text.encode(), _Nobody(), {})
    return _piecewise(text) if flaw and not flaw.goes_on and not breaks_off(text.encode(), flaw) else text


def breaks_off(data: bytes, flaw: Flaw) -> bool:
    """Whether `flaw` is that the document ends too early, not that something in its middle does not end."""
    if not flaw.cut_off:
        return False
    section = data.find(b"<![CDATA[", data.rfind(b"]]>") + 1)
    return not _ENTRY_END_BYTES.search(data, min(flaw.at, section) if section >= 0 else flaw.at)


class _Nobody:
    """A handler that only waits for the flaw."""

    root = ""

    def namespace(self, prefix: str | None, uri: str) -> None: ...
    def start(self, name: str, attributes: dict[str, str], at: int) -> None: ...
    def end(self, name: str, at: int) -> None: ...
    def text(self, data: str) -> None: ...


def _piecewise(text: str) -> str:
    """`text` mended entry by entry, so that a damaged one costs no other.

    One in which something does not end is left out, at the end of the document and elsewhere: half a link
    would name another article.
    """
    first = ENTRY_START.search(text)
    if first is None:
        return _serialised(_recovered(text))
    root = _ROOT_TAG.search(text, 0, first.start())
    before, after = _around(root)
    head = text[root.end() if root else 0 : first.start()]
    pieces = [_children(before + head + after)]
    for begin, end in islice(_spans(text, first), _MOST_PIECES):
        entry = text[begin:end]
        alone = before + entry + after
        flaw = read_xml(alone.encode(), _Nobody(), {})
        if flaw is None:
            pieces.append(entry)
        elif not flaw.cut_off:
            pieces.append(_children(alone))
    return before + "".join(pieces) + after


def _around(root: re.Match[str] | None) -> tuple[str, str]:
    """The tags of the root element; where its own is damaged, such as bind every usual prefix."""
    name = root.group(1) if root else "rss"
    after = f"</{name}>"
    if root and read_xml((root.group(0) + after).encode(), _Nobody(), {}) is None:
        return root.group(0), after
    name = name.rpartition(":")[2]
    version = re.search(r"version\s*=\s*[\"']?(\d\.\d)", root.group(2)) if root else None
    spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    return f"<{name} version='{version.group(1) if version else ''}'{spaces}>", f"</{name}>"


def _spans(text: str, first: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where entries begin and end. One without an end tag ends where the next begins."""
    begun: int | None = None
    for tag in _ENTRY_TAG.finditer(text, first.start()):
        if tag.group(1) and begun is not None:
            yield begun, tag.end()
            begun = None
        elif not tag.group(1):
            if begun is not None:
                yield begun, tag.start()
            begun = tag.start()


def _children(document: str) -> str:
    """What is in the root element of a damaged document, "" where nothing can be read of it."""
    try:
        return _entities("".join(_serialised(child) for child in _recovered(document)))
    except ValueError:
        return ""


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


def _recovered(text: str) -> etree._Element:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root is None:
        raise ValueError("no element in it")
    for element in root.iter("*"):
        if not _NAME.fullmatch(element.tag):
            element.tag = "mended"
        kept = {name: value for name, value in element.attrib.items() if _NAME.fullmatch(name)}
        if len(kept) != len(element.attrib):
            element.attrib.clear()
            element.attrib.update(kept)
    return root


def _serialised(element: etree._Element) -> str:
    text: str = etree.tostring(element, encoding="unicode")
    return text
