"""Where the feeds of a site may be: what its page links to, and where feeds usually lie. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from ingest.formats.encoding import decode_html
from ingest.formats.text import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Source = Literal["address", "link", "anchor", "path", "sitemap"]

_MAX_ANCHORS = 20
_MAX_LOOKED_AT = 5_000  # anchors of a page
_MAX_TEXTS = 10  # pieces of text in an anchor: its words stand in the first few
_FEED_TYPES = frozenset(
    (
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "application/xml",
        "text/xml",
    )
)
_NO_FEED = re.compile(r"/oembed|/wp-json/(?!.*feed)", re.IGNORECASE)
_LOOKS_LIKE_FEED = re.compile(
    r"(?:^|[/._?&=-])(?:rss2?|atom|feeds?|rdf|feedburner)(?:$|[/._?&=-])|\.(?:rss|rdf|atom)$", re.IGNORECASE
)
_SAYS_FEED = re.compile(r"\b(?:rss|atom|json feed|xml feed|news ?feed)\b", re.IGNORECASE)
_COMMENTS = re.compile(
    r"\b(?:comments?|kommentare?|commentaires?|comentarios?|commenti|reacties|komentarze)\b", re.IGNORECASE
)
_AT_ROOT = (
    "feed",
    "rss",
    "rss.xml",
    "atom.xml",
    "feed.xml",
    "index.xml",
    "feeds/posts/default",
    "feed.json",
    "rss/index.xml",
    "?feed=rss2",
)
_IN_FOLDER = ("feed", "rss.xml", "index.xml", "atom.xml")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An address that may be a feed. `title` is what the page calls it."""

    url: str
    source: Source
    title: str = ""

    @property
    def is_comments(self) -> bool:
        return is_of_comments(self.title) or is_of_comments(self.url)


def is_of_comments(name: str) -> bool:
    """Whether a title or an address says that a feed is one of readers' comments."""
    return bool(_COMMENTS.search(name))


def page_candidates(body: bytes, *, url: str, content_type: str | None) -> tuple[Candidate, ...]:
    """What the HTML page at `url` names as feeds, or links to as if it were: the likeliest first.

    Source: RSS Advisory Board, "RSS Autodiscovery" (2006); HTML, §4.6.6.1 "alternate".
    """
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    text = decode_html(body, content_type).text
    try:
        tree = document_fromstring(text.encode(), parser=HTMLParser(encoding="utf-8", recover=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ()
    base = urljoin(url, next((str(href) for href in tree.xpath("//base/@href")), ""))
    return ranked([*_links(tree, base), *_anchors(tree, base, page=url)])


def ranked(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """Each address once, in the order given, those of comments last."""
    once = {each.url: each for each in reversed(candidates)}
    ordered = sorted(once.values(), key=candidates.index)
    return tuple(sorted(ordered, key=lambda each: each.is_comments))


def usual_places(url: str) -> tuple[Candidate, ...]:
    """Where feeds lie on most sites: beside the page, then at the site's root."""
    folder = urljoin(url, ".")
    root = urljoin(url, "/")
    beside = [urljoin(folder, name) for name in _IN_FOLDER] if folder != root else []
    places = [*beside, *(urljoin(root, name) for name in _AT_ROOT)]
    return tuple(Candidate(url=place, source="path") for place in dict.fromkeys(places))


def _links(tree: HtmlElement, base: str) -> Iterator[Candidate]:
    for link in tree.iter("link"):
        words = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").split(";")[0].strip().lower()
        if "feed" not in words and not ("alternate" in words and kind in _FEED_TYPES):
            continue
        address = _address(base, link.get("href"))
        if address and not _NO_FEED.search(address):
            yield Candidate(url=address, source="link", title=one_line(link.get("title") or ""))


def _anchors(tree: HtmlElement, base: str, *, page: str) -> Iterator[Candidate]:
    """Links in the text to addresses that look like feeds, or that are called one. Those alike come first."""
    alike: list[Candidate] = []
    called: list[Candidate] = []
    for anchor in islice(tree.iter("a"), _MAX_LOOKED_AT):
        address = _address(base, anchor.get("href"))
        if not address or address.partition("#")[0] == page.partition("#")[0]:
            continue
        words = " ".join(islice(anchor.itertext(), _MAX_TEXTS))[:200]
        title = one_line(f"{words} {(anchor.get('title') or '')[:200]}")
        candidate = Candidate(url=address, source="anchor", title=title)
        parts = urlsplit(address)
        if _LOOKS_LIKE_FEED.search(f"{parts.path}?{parts.query}".rstrip("?")) or parts.netloc.startswith(
            "feeds."
        ):
            alike.append(candidate)
        elif _SAYS_FEED.search(title):
            called.append(candidate)
    yield from [*alike, *called][:_MAX_ANCHORS]


def _address(base: str, href: str | None) -> str | None:
    """`href` as an http(s) address without fragment, or None."""
    if not href or not href.strip():
        return None
    try:
        absolute = urljoin(base, href.strip()).partition("#")[0]
        parts = urlsplit(absolute)
    except ValueError:
        return None
    return absolute if parts.scheme in ("http", "https") and parts.hostname else None
