"""XML documents as they come: read strictly where that goes, mended first where it does not, in linear time.

feedparser reads well-formed documents strictly; its parser for others can take minutes on hostile ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ingest.formats.xmlmend import ENTRY_END, ENTRY_START, breaks_off, mend
from ingest.formats.xmlread import Handler, read_xml

_MOST_JUNK = 100_000  # characters before a feed: a program's warnings, most often
_MOST_ROOTS = 10  # documents that follow each other in one body
_END_TAG = re.compile(ENTRY_END.pattern.encode(), re.IGNORECASE)
_MORE_ENTRIES = re.compile(ENTRY_START.pattern.encode(), re.IGNORECASE)
_ROOT = re.compile(
    r"<\?xml\s|<(?:[A-Za-z_][\w.-]{0,40}:)?(?:rss|feed|rdf|urlset|sitemapindex)(?=[\s>])",
    re.IGNORECASE,
)
_DOCTYPE_MARK = re.compile(r"[\[\]>\"']|<!--")
_CLOSING = {'"': '"', "'": "'", "<!--": "-->"}
_BLANK = frozenset(" \t\r\n\ufeff\x00")

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

    A document that breaks off is read as far as it goes. One that is damaged otherwise, or in which something
    does not end though entries follow, is mended and read anew. Where documents follow each other, all are
    read. Raises ValueError, with the reason, where nothing can be read, or where there is too much of
    something.
    """
    root, problem = _ROOT.search(text, 0, _MOST_JUNK), ""
    if root and root.start():
        text, problem = without_prolog(text[root.start() :]), "has something else before it"
    handler, data = make(), text.encode("utf-8", "surrogatepass")
    flaw = read_xml(data, handler, prefixes)
    if flaw and not flaw.goes_on and not breaks_off(data, flaw):
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
