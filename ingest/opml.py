"""Lists of feeds in OPML 2.0 (opml.org/spec2.opml), in and out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from article.errors import BadInput
from article.tables import Subscription
from ingest.text import one_line
from ingest.urls import without_credentials

_MAX_FEEDS = 100_000


@dataclass(frozen=True, kw_only=True)
class OutlineFeed:
    """A feed that an OPML file lists. `category` is the path of the outlines around it, "a/b"."""

    url: str
    title: str = ""
    category: str = ""


def parse_opml(data: bytes) -> tuple[OutlineFeed, ...]:
    """The feeds in the document's order, each address once.

    Raises BadInput, with the line, for what is not XML, not OPML, or declares a document type or entities.
    """
    root = _root(data)
    feeds: dict[str, OutlineFeed] = {}
    stack: list[tuple[etree._Element, str]] = [(root, "")]
    while stack:
        element, category = stack.pop()
        name = one_line(element.get("title") or element.get("text") or "")
        url = (element.get("xmlUrl") or element.get("xmlurl") or element.get("xmlURL") or "").strip()
        if url and len(feeds) < _MAX_FEEDS:
            given = one_line(element.get("category") or "").split(",")[0].strip("/ ")
            feeds.setdefault(url, OutlineFeed(url=url, title=name, category=category or given))
        inside = category
        if not url and _name(element) == "outline" and name:
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
        root = etree.fromstring(data, parser)
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


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1].lower() if isinstance(tag, str) else ""
