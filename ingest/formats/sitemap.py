"""News sitemaps (sitemaps.org 0.9 with Google's news extension): the articles of the last two days."""

from __future__ import annotations

from article.errors import BadFeed
from ingest.formats.document import Document, RawEntry, strings
from ingest.formats.naming import language
from ingest.formats.xmldocument import read_document
from ingest.formats.xmlread import plain_namespace

SITEMAP_ROOTS = frozenset(("urlset", "sitemapindex"))
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_PREFIXES = {
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "",
    _NEWS: "news",
    "http://www.google.com/schemas/sitemap-image/1.1": "image",
}
_MAX_TEXT = 10_000  # characters of one element
_MAX_SITEMAPS = 1_000


def read_sitemap(text: str, url: str, max_entries: int, notes: tuple[str, ...]) -> Document:
    """The news in it. Raises BadFeed for an index of sitemaps, naming some, and for one without news."""
    read = read_document(text, lambda: _Reader(max_entries), _PREFIXES)
    reader = read.handler
    if reader.root == "sitemapindex":
        some = ", ".join(reader.sitemaps[:3]) or "it names none"
        raise BadFeed(
            url, f"is an index of {len(reader.sitemaps)} sitemaps, not a feed", f"watch one: {some}"
        )
    news = [(entry, span) for entry, span in reader.found if entry.pop("is_news", None)]
    if not news and not (reader.declares_news and not reader.total):
        raise BadFeed(
            url, "is a sitemap without news, not a feed", "watch the site's news sitemap or its feed"
        )
    if read.problem:
        notes += (f"the document {read.problem}; what could be read was read",)
    if len(news) < len(reader.found):
        notes += (f"{len(reader.found) - len(news)} addresses are no news and were left out",)
    entries: list[RawEntry] = [entry for entry, _ in news]
    spans = [span for _, span in news]
    first = entries[0] if entries else {}
    return Document(
        format="news sitemap",
        title=strings(first, "publication"),
        lang=language(strings(first, "language")),
        entries=entries,
        total=len(entries) + reader.total - len(reader.found),
        source=lambda index: read.element(*spans[index]),
        notes=notes,
    )


class _Reader:
    """A handler. `found` are the urls with where each begins and where its end tag does."""

    def __init__(self, max_entries: int) -> None:
        self.root = ""
        self.declares_news = False
        self.total = 0
        self.found: list[tuple[dict[str, object], tuple[int, int]]] = []
        self.sitemaps: list[str] = []
        self._max_entries = max_entries
        self._entry: dict[str, object] | None = None
        self._begun = 0
        self._parts: list[str] = []
        self._length = 0

    def namespace(self, _prefix: str | None, uri: str) -> None:
        self.declares_news |= plain_namespace(uri or "") == _NEWS

    def start(self, name: str, _attributes: dict[str, str], at: int) -> None:
        self.root = self.root or name
        self._parts, self._length = [], 0
        if name == "url":
            self.total += 1
            self._begun = at
            self._entry = {} if self.total <= self._max_entries else None
        elif name == "news:news" and self._entry is not None:
            self._entry["is_news"] = True

    def text(self, data: str) -> None:
        if self._length < _MAX_TEXT:
            self._length += len(data)
            self._parts.append(data)

    def end(self, name: str, at: int) -> None:
        value = "".join(self._parts).strip()
        self._parts, self._length = [], 0
        entry = self._entry
        if name == "loc" and self.root == "sitemapindex" and len(self.sitemaps) < _MAX_SITEMAPS:
            self.sitemaps.append(value)
        elif name == "url" and entry is not None:
            self.found.append((entry, (self._begun, at)))
            self._entry = None
        elif entry is not None and value:
            self._keep(entry, name, value)

    def _keep(self, entry: dict[str, object], name: str, value: str) -> None:
        if name in _FIELDS:
            entry.setdefault(_FIELDS[name], value)
        elif name == "news:keywords":
            entry["tags"] = [{"term": word.strip()} for word in value.split(",")]
        elif name == "image:loc":
            entry.setdefault("media_thumbnail", [{"url": value}])


_FIELDS = {
    "loc": "link",
    "lastmod": "updated",
    "news:title": "title",
    "news:publication_date": "published",
    "news:language": "language",
    "news:name": "publication",
}
