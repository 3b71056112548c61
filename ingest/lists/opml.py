"""Lists of feeds in OPML 2.0 (opml.org/spec2.opml), in and out."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from article.errors import BadInput
from article.tables import Subscription
from ingest.formats.text import one_line
from ingest.lists.listed import ListedFeed
from ingest.urls import without_credentials

_MAX_FEEDS = 100_000
_FEED_TYPES = frozenset(("rss", "atom"))


def parse_opml(data: bytes) -> tuple[ListedFeed, ...]:
    """The feeds in the document's order, each address once; one that says it is a feed may have no address.

    Raises BadInput, with the line, for what is not XML, not OPML, or declares a document type or entities.
    """
    root = _root(data)
    feeds: dict[str, ListedFeed] = {}
    stack: list[tuple[etree._Element, str]] = [(root, "")]
    while stack:
        element, category = stack.pop()
        name = one_line(element.get("title") or element.get("text") or "")
        url = _url(element)
        where = f"line {element.sourceline}"
        is_feed = bool(url) or (element.get("type") or "").lower() in _FEED_TYPES
        if is_feed and len(feeds) < _MAX_FEEDS:
            given = one_line(element.get("category") or "").split(",")[0].strip("/ ")
            listed = ListedFeed(where=where, url=url, title=name, category=category or given)
            feeds.setdefault(url or where, listed)
        inside = category
        if not is_feed and _name(element) == "outline" and name:
            inside = f"{category}/{name}" if category else name
        stack.extend((child, inside) for child in reversed(element) if _name(child) in ("outline", "body"))
    return tuple(feeds.values())


def write_opml(subscriptions: Iterable[Subscription], *, title: str = "Wirewatch feeds") -> bytes:
    """The feeds sorted by category and title, nested by category. Credentials are left out."""
    opml = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(opml, "head"), "title").text = title
    groups: dict[str, etree._Element] = {"": etree.SubElement(opml, "body")}
    for feed in sorted(subscriptions, key=lambda one: (one.category, one.title.casefold(), one.url)):
        outline = etree.SubElement(_group(groups, feed.category), "outline", type="rss")
        url = without_credentials(feed.url)
        outline.set("text", one_line(feed.title) or url)
        outline.set("title", one_line(feed.title) or url)
        outline.set("xmlUrl", url)
    written: bytes = etree.tostring(opml, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def _root(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise BadInput(
            "OPML", f"line {line}: is not well-formed XML: {error.msg}", "mend that line"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadInput("OPML", "line 1: declares a document type", "remove the <!DOCTYPE …> declaration")
    if _name(root) != "opml":
        raise BadInput("OPML", f"line {root.sourceline}: the root element is <{_name(root)}>, not <opml>")
    return root


def _group(groups: dict[str, etree._Element], category: str) -> etree._Element:
    if category not in groups:
        around, _, name = category.rpartition("/")
        outline = etree.SubElement(_group(groups, around), "outline")
        outline.set("text", one_line(name) or "-")
        groups[category] = outline
    return groups[category]


def _url(element: etree._Element) -> str:
    """The address; programs differ in how they spell the attribute's name."""
    found = next((value for name, value in element.items() if name.lower() == "xmlurl"), "")
    return str(found).strip()


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1].lower() if isinstance(tag, str) else ""
