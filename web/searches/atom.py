"""A saved search as an Atom feed (RFC 4287). Pure."""

from __future__ import annotations

import re
from base64 import b32decode
from binascii import Error
from hashlib import blake2b
from uuid import UUID
from xml.etree import ElementTree

from index.protocol import Hit
from web.pages import rfc3339, web_url
from web.searches.view import FeedOf, updated

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_TOPICS = "http://cv.iptc.org/newscodes/mediatopic/"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2


def atom(feed: FeedOf) -> bytes:
    root = ElementTree.Element("feed", xmlns=_NAMESPACE)
    search = feed.search
    _text(root, "id", _urn(search.id))
    _text(root, "title", f"{search.name} · Wirewatch")
    _text(root, "updated", rfc3339(feed.updated))
    _link(root, "self", feed.own, "application/atom+xml")
    _link(root, "alternate", feed.home, "text/html")
    _text(ElementTree.SubElement(root, "author"), "name", "Wirewatch")
    for hit in feed.hits:
        _entry(root, hit, feed.base)
    ElementTree.indent(root, "")
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _entry(root: ElementTree.Element, hit: Hit, base: str) -> None:
    entry = ElementTree.SubElement(root, "entry")
    here = f"{base}/articles/{hit.id}"
    _text(entry, "id", _urn(hit.id))
    _text(entry, "title", hit.title or "(no title)")
    _text(entry, "updated", rfc3339(updated(hit)))
    _text(entry, "published", rfc3339(hit.published or hit.first_seen))
    url = web_url(hit.url)
    _link(entry, "alternate", url or here, "text/html")
    if url:
        _link(entry, "related", here, "text/html")
    _text(ElementTree.SubElement(entry, "author"), "name", hit.feed.title or hit.feed.url or "unknown")
    _text(entry, "summary", hit.summary)
    for topic in hit.topics:
        category = ElementTree.SubElement(entry, "category", term=_xml(topic.code), label=_xml(topic.label))
        if topic.code.startswith("medtop:"):
            category.set("scheme", _TOPICS)


def _urn(id: str) -> str:
    """The same for good, wherever this is served: an article's id has the 128 bits of a UUID."""
    try:
        data = b32decode(f"{id.upper()}======")
    except Error:
        data = b""
    return UUID(bytes=data if len(data) == 16 else blake2b(id.encode(), digest_size=16).digest()).urn


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = _xml(text)


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, "link", rel=rel, href=_xml(href), type=kind)


def _xml(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
