"""What a page says of itself in its head: JSON-LD (schema.org), Open Graph and plain meta elements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ingest.formats.moment import parse_moment
from ingest.formats.naming import clean_authors, language
from ingest.formats.text import one_line, tidy, to_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_DEPTH = 8
_MAX_NODES = 2_000
_MAX_JSON = 1_000_000
_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review)$")
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "article.published",
    "date",
)
_UPDATED = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
)
_NOT_FREE = ("locked", "metered")  # article:content_tier (Open Graph)


@dataclass(frozen=True, kw_only=True)
class PageMeta:
    """`body` is the text that JSON-LD gives as articleBody, "" where there is none.

    `free` is whether the article is for everyone (schema.org's isAccessibleForFree), None where the page does
    not say. `paid_parts` are CSS selectors of what is not, `words` how many words the whole article has.
    """

    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    canonical_url: str | None = None
    lang: str | None = None
    image: str | None = None
    body: str = ""
    free: bool | None = None
    paid_parts: tuple[str, ...] = ()
    words: int | None = None


def read_meta(tree: HtmlElement, url: str) -> PageMeta:
    articles = list(_articles(tree))
    meta = _meta_elements(tree)
    return PageMeta(
        title=one_line(
            _first(articles, "headline") or meta.get("og:title", "") or _text(tree, "//head//title")
        ),
        published=_published(tree, articles, meta),
        updated=_updated(tree, articles, meta),
        authors=_authors(articles, meta),
        canonical_url=_web_url(url, _attribute(tree, "//link[@rel='canonical']/@href") or meta.get("og:url")),
        lang=language(
            _attribute(tree, "/html/@lang") or meta.get("og:locale") or meta.get("content-language")
        ),
        image=_web_url(url, meta.get("og:image") or meta.get("twitter:image")),
        body=max((to_text(body) for body in _bodies(articles)), key=len, default=""),
        free=_free(articles, meta),
        paid_parts=tuple(_paid_parts(articles)),
        words=_words(articles),
    )


def _articles(tree: HtmlElement) -> Iterator[dict[str, object]]:
    """JSON-LD nodes that describe an article, in the page's order."""
    left = _MAX_NODES
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        if len(script) > _MAX_JSON:
            continue
        try:
            stack: list[tuple[object, int]] = [(json.loads(script, strict=False), 0)]
        except (ValueError, RecursionError):
            continue
        while stack and left:
            left -= 1
            node, depth = stack.pop()
            if depth > _MAX_DEPTH:
                continue
            if isinstance(node, list):
                stack.extend((item, depth + 1) for item in reversed(node))
            elif isinstance(node, dict):
                if _is_article(node):
                    yield node
                stack.extend((node[key], depth + 1) for key in ("mainEntity", "@graph") if key in node)


def _is_article(node: dict[str, object]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and _ARTICLE.search(name) for name in names)


def _bodies(articles: list[dict[str, object]]) -> list[str]:
    return [body for node in articles if isinstance(body := node.get("articleBody"), str)]


def _published(tree: HtmlElement, articles: list[dict[str, object]], meta: dict[str, str]) -> datetime | None:
    candidates = [_first(articles, "datePublished"), *(meta.get(name) for name in _PUBLISHED)]
    candidates.append(_attribute(tree, "//*[@itemprop='datePublished']/@datetime"))
    candidates.append(_attribute(tree, "//*[@itemprop='datePublished']/@content"))
    candidates.append(_attribute(tree, "//article//time[@datetime]/@datetime"))
    return next((moment for value in candidates if (moment := parse_moment(value))), None)


def _updated(tree: HtmlElement, articles: list[dict[str, object]], meta: dict[str, str]) -> datetime | None:
    candidates = [_first(articles, "dateModified"), *(meta.get(name) for name in _UPDATED)]
    candidates.append(_attribute(tree, "//*[@itemprop='dateModified']/@datetime"))
    candidates.append(_attribute(tree, "//*[@itemprop='dateModified']/@content"))
    return next((moment for value in candidates if (moment := parse_moment(value))), None)


def _free(articles: list[dict[str, object]], meta: dict[str, str]) -> bool | None:
    said = [
        str(node["isAccessibleForFree"]).strip().lower() for node in articles if "isAccessibleForFree" in node
    ]
    if said:
        return "false" not in said[0]
    tier = meta.get("article:content_tier", "").lower()
    return False if tier in _NOT_FREE else None


def _paid_parts(articles: list[dict[str, object]]) -> Iterator[str]:
    for node in articles:
        parts = node.get("hasPart")
        for part in parts if isinstance(parts, list) else [parts]:
            selectors = part.get("cssSelector") if isinstance(part, dict) else None
            for selector in selectors if isinstance(selectors, list) else [selectors]:
                if isinstance(selector, str):
                    yield selector


def _words(articles: list[dict[str, object]]) -> int | None:
    counts = (str(node.get("wordCount", "")).strip() for node in articles)
    return next((int(count) for count in counts if count.isdecimal() and len(count) < 8), None)


def _authors(articles: list[dict[str, object]], meta: dict[str, str]) -> tuple[str, ...]:
    names: list[str] = []
    for node in articles:
        people = node.get("author")
        for person in people if isinstance(people, list) else [people]:
            value = person.get("name") if isinstance(person, dict) else person
            names.extend(
                name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)
            )
        if names:
            break
    return clean_authors(names or [meta.get("author", "") or meta.get("parsely-author", "")])


def _meta_elements(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (
            element.get("property")
            or element.get("name")
            or element.get("itemprop")
            or element.get("http-equiv")
        )
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _first(articles: list[dict[str, object]], key: str) -> str | None:
    return next((value for node in articles if isinstance(value := node.get(key), str) and value), None)


def _attribute(tree: HtmlElement, path: str) -> str | None:
    return next((str(value) for value in tree.xpath(path) if str(value).strip()), None)


def _text(tree: HtmlElement, path: str) -> str:
    return next((str(element.text or "") for element in tree.xpath(path)), "")


def _web_url(base: str, value: str | None) -> str | None:
    """`value` as an absolute http(s) URL, or None."""
    if not value:
        return None
    try:
        url = urljoin(base, "".join(tidy(value).split("\n")))
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None
