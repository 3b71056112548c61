"""XML documents as they come: read strictly where that goes, mended first where it does not, in linear time.

feedparser reads well-formed documents strictly; its parser for others can take minutes on hostile ones.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.entities import html5
from itertools import islice
from typing import Generic, TypeVar

from lxml import etree

from ingest.xmlread import Handler, read_xml

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
_MOST_JUNK = 100_000  # characters before a feed: a program's warnings, most often
_MOST_ROOTS = 10  # documents that follow each other in one body
_MOST_PIECES = 20_000  # entries that are mended one by one
_HERE = "<?entries?>"
_ROOT_TAG = re.compile(r"<([A-Za-z_][^\s<>/]{0,80})[^<>]{0,20000}>")
_ENTRY = r"(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry|url)"
_ENTRY_END = re.compile(rf"</{_ENTRY}\s*>", re.IGNORECASE)
_ENTRY_START = re.compile(rf"<{_ENTRY}(?=[\s/>])", re.IGNORECASE)
_ENTRY_TAG = re.compile(rf"<(/?){_ENTRY}(?=[\s/>])[^<>]{{0,2000}}>?", re.IGNORECASE)
_END_TAG = re.compile(_ENTRY_END.pattern.encode(), re.IGNORECASE)
_MORE_ENTRIES = re.compile(_ENTRY_START.pattern.encode(), re.IGNORECASE)
_ROOT = re.compile(
    r"<\?xml\s|<(?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|feed|rdf|urlset|sitemapindex)(?=[\s>])",
    re.IGNORECASE,
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,400}\?>")
_DOCTYPE_MARK = re.compile(r"[\[\]>\"']|<!--")
_CLOSING = {'"': '"', "'": "'", "<!--": "-->"}
_BLANK = frozenset(" \t\r\n\ufeff\x00")
_AMPERSAND = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}))?(;?)")
_START_TAG = re.compile(r"<[A-Za-z_][^\s<>/]{0,200}")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]{0,80}(?=[\s=/>])")
_BOUND = re.compile(r"xmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))


H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, kw_only=True)
class Read(Generic[H]):
    """What `handler` was told of, the bytes of that, and what is wrong with the document ("" if nothing)."""

    handler: H
    data: bytes
    problem: str

    def element(self, begin: int, end: int) -> bytes:
        """The entry whose tag is at `begin`. An end tag is at `end`, unless the entry is empty."""
        found = _END_TAG.match(self.data, end)
        return self.data[begin : found.end() if found else end]


def read_document(text: str, make: Callable[[], H], prefixes: Mapping[str, str]) -> Read[H]:
    """Reads `text`, a document without its prolog, by a handler that `make` makes.

    A document that breaks off is read as far as it goes. One that is damaged otherwise is mended and read
    anew. Where documents follow each other, all are read. Raises ValueError, with the reason, where nothing
    can be read, or where there is too much of something.
    """
    root, problem = _ROOT.search(text, 0, _MOST_JUNK), ""
    if root and root.start():
        text, problem = without_prolog(text[root.start() :]), "has something else before it"
    handler, data = make(), text.encode("utf-8", "surrogatepass")
    flaw = read_xml(data, handler, prefixes)
    if flaw and not (flaw.cut_off or flaw.goes_on):
        text, problem = mend(text), f"is damaged ({flaw.reason})"
        handler, data = make(), text.encode()
        flaw = read_xml(data, handler, prefixes)
    for _ in range(_MOST_ROOTS):
        if flaw and not problem:
            problem = f"{'breaks off' if flaw.cut_off else 'goes on after its end'} ({flaw.reason})"
        if flaw is None or not flaw.goes_on or not _MORE_ENTRIES.search(data, flaw.at):
            break
        flaw = read_xml(data, handler, prefixes, begin=flaw.at)
    if not handler.root:
        raise ValueError(flaw.reason if flaw else "no element in it")
    return Read(handler=handler, data=data, problem=problem)


def without_prolog(text: str) -> str:
    """`text` from its root element on: no declaration, document type or comment before it."""
    at = 0
    while True:
        while text[at : at + 1] in _BLANK:
            at += 1
        if text.startswith("<?", at):
            end = text.find("?>", at) + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at + 4) + 3
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = _after_doctype(text, at + 9)
        else:
            return text[at:]
        if end <= at:  # it does not end
            return text[at:]
        at = end


def mend(text: str) -> str:
    """Well-formed XML for `text`, or such that breaks off or goes on after its end. Raises ValueError."""
    text = _NOT_XML.sub("", text)
    text = _bind_prefixes(_entities(_DECLARATION.sub("", text)))
    flaw = read_xml(text.encode(), _Nobody(), {})
    if flaw and not (flaw.cut_off or flaw.goes_on):
        text = _piecewise(text)
    return text


class _Nobody:
    """A handler that only waits for the flaw."""

    root = ""

    def namespace(self, prefix: str | None, uri: str) -> None: ...
    def start(self, name: str, attributes: dict[str, str], at: int) -> None: ...
    def end(self, name: str, at: int) -> None: ...
    def text(self, data: str) -> None: ...


def _after_doctype(text: str, at: int) -> int:
    """Where the document type ends that has begun before `at`; -1 where it does not."""
    inside = False
    while mark := _DOCTYPE_MARK.search(text, at):
        at = mark.end()
        if mark.group() in _CLOSING:
            closing = _CLOSING[mark.group()]
            end = text.find(closing, at)
            if end < 0:
                return -1
            at = end + len(closing)
        elif mark.group() == ">" and not inside:
            return at
        elif mark.group() != ">":
            inside = mark.group() == "["
    return -1


def _piecewise(text: str) -> str:
    """`text` mended entry by entry, so that a damaged one costs no other.

    One at the end that is not complete is left out: half a link would name another article.
    """
    first = _ENTRY_START.search(text)
    if first is None:
        return _recovered(text)
    root = _ROOT_TAG.search(text, 0, first.start())
    around = (root.group(0), f"</{root.group(1)}>") if root else ("<rss>", "</rss>")
    pieces = (_piece(text[begin:end], *around) for begin, end in islice(_spans(text, first), _MOST_PIECES))
    head = _recovered(text[: first.start()] + _HERE)
    return head.replace(_HERE, "".join(pieces)) if _HERE in head else around[0] + "".join(pieces) + around[1]


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


def _piece(entry: str, before: str, after: str) -> str:
    """An entry that can stand in the document; `before` and `after` are the tags of its root element."""
    alone = before + entry + after
    if read_xml(alone.encode(), _Nobody(), {}) is None:
        return entry
    try:
        root = etree.fromstring(_recovered(alone))
    except (ValueError, etree.XMLSyntaxError):
        return ""
    return "".join(etree.tostring(child, encoding="unicode") for child in root)


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


def _recovered(text: str) -> str:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root is None:
        raise ValueError("no element in it")
    for element in root.iter("*"):  # names like "https:", which libxml2 accepts and expat does not
        if ":" in element.tag and "}" not in element.tag:
            element.tag = "mended"
        for name in [name for name in element.attrib if ":" in name and "}" not in name]:
            del element.attrib[name]
    mended: str = etree.tostring(root, encoding="unicode")
    return mended
