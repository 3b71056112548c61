"""feedparser's reader of feed vocabularies, fed by our own pass over the XML.

feedparser knows what the elements of RSS, RDF, Atom and CDF mean. What it does beside that is not wanted
here: guessing encodings, cleaning markup, parsing dates (dates.py notes what it guesses), taking whatever an
id looks like for a link. Its quadratic spots are kept from hostile documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from feedparser.api import StrictFeedParser

from ingest.formats.links import absolute
from ingest.formats.parser_errors import PARSER_ERRORS
from ingest.formats.text import MAX_MARKUP
from ingest.formats.xmlread import plain_namespace

_ENTRIES = frozenset(("item", "entry"))
_BASES = frozenset(("xml:base", "base"))
_MAX_TAGS = 100  # of one entry; feedparser compares each with all before
_MAX_AUTHOR = 1_000  # characters; feedparser looks for an address in it in quadratic time
_MAX_SKIPS = 100  # hours and days in which a feed rests
_VERSIONS = {
    "http://my.netscape.com/rdf/simple/0.9": "rss090",
    "http://purl.org/rss/1.0": "rss10",
    "http://www.w3.org/2005/atom": "atom10",
}

PREFIXES: Mapping[str, str] = {
    **{plain_namespace(uri): prefix for uri, prefix in StrictFeedParser.namespaces.items()},
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss091": "",
    "http://backend.userland.com/rss092": "",
}


class FeedReader(StrictFeedParser):  # type: ignore[misc]
    """A `Handler`. What it read is in `feeddata`, `entries` and `version`, as feedparser has them.

    `spans` has for each entry where it begins and where its end tag does, None while that has not come.
    """

    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}

    def __init__(self, base: str, max_entries: int) -> None:
        # Without a base of its own: it would join that to itself at every tag. An xml:base is made absolute
        # here, and what stays relative is resolved by the reader of the entry.
        super().__init__("", None, "utf-8")
        self._address = base
        self.resolve_relative_uris = False
        self.sanitize_html = False
        self.root = ""
        self.total = 0
        self.spans: list[tuple[int, int | None]] = []
        self.skip_hours: list[str] = []
        self.skip_days: list[str] = []
        self._max_entries = max_entries
        self._level = 0
        self._open: list[tuple[int, int]] = []  # level of the element, place in `spans`
        self._passing = 0  # depth inside an entry that is only counted
        self._length = 0

    def namespace(self, _prefix: str | None, uri: str) -> None:
        if not self.version:
            self.version: str = _VERSIONS.get(plain_namespace(uri or ""), "")

    def start(self, name: str, attributes: dict[str, str], at: int) -> None:
        self._level += 1
        is_entry = name in _ENTRIES and not (self._open and self.incontent > 0)
        self.total += is_entry
        if self._passing or (is_entry and self.total > self._max_entries):
            self._passing += 1
            return
        if not self.incontent:
            self._length = 0
        self.root = self.root or name
        for base in _BASES & attributes.keys():
            attributes[base] = absolute(self.baseuri or self._address, attributes[base]) or ""
        if is_entry:
            if not self._open:
                self._forget_content()
            self._open.append((self._level, len(self.spans)))
            self.spans.append((at, None))
        with suppress(*PARSER_ERRORS):  # an odd element costs itself, not the feed
            self.unknown_starttag(name, list(attributes.items()))

    def end(self, name: str, at: int) -> None:
        self._level -= 1
        if self._passing:
            self._passing -= 1
            return
        with suppress(*PARSER_ERRORS):
            self.unknown_endtag(name)
        if not self.incontent:
            self._length = 0
        if self._open and self._open[-1][0] > self._level:
            _, place = self._open.pop()
            self.spans[place] = (self.spans[place][0], at)

    def text(self, data: str) -> None:
        if not self._passing and self._length <= MAX_MARKUP:
            self._length += len(data)
            self.handle_data(data)

    def _forget_content(self) -> None:
        """Elements of a feed inside a title or text leave feedparser thinking that it is still in there."""
        self.incontent = self.svgOK = 0
        self.contentparams.clear()

    # Dates stay as they are written.

    def _end_published(self) -> None:
        self.pop("published")

    def _end_updated(self) -> None:
        self.pop("updated")

    def _end_created(self) -> None:
        self.pop("created")

    def _end_expirationdate(self) -> None:
        self.pop("expired")

    _end_issued = _end_pubdate = _end_published
    _end_modified = _end_lastbuilddate = _end_updated

    # Whether an id is a link is seen by the reader of the entry.

    def _start_guid(self, attributes: dict[str, str]) -> None:
        self.guidislink = attributes.get("ispermalink", "true").strip().lower() != "false"
        self.push("id", 1)

    def _end_guid(self) -> None:
        self.pop("id")
        self._save("guidislink", self.guidislink, overwrite=True)

    _start_id = _start_guid
    _end_id = _end_guid

    # A picture's title and description are not the entry's.

    def _start_media_title(self, _attributes: dict[str, str]) -> None:
        self.push("media_title", 1)

    def _end_media_title(self) -> None:
        self.pop("media_title")

    def _start_media_description(self, _attributes: dict[str, str]) -> None:
        self.push("media_description", 1)

    def _end_media_description(self) -> None:
        self.pop("media_description")

    def _start_media_text(self, _attributes: dict[str, str]) -> None:
        self.push("media_text", 1)

    def _start_media_content(self, attributes: dict[str, str]) -> None:
        super()._start_media_content(self._with_address(attributes))

    def _start_media_thumbnail(self, attributes: dict[str, str]) -> None:
        super()._start_media_thumbnail(self._with_address(attributes))

    def _with_address(self, attributes: dict[str, str]) -> dict[str, str]:
        url = attributes.get("url")
        return {**attributes, "url": self.resolve_uri(url.strip())} if url else attributes

    # When a feed rests (RSS 2.0); feedparser keeps the last hour and day alone.

    def _start_hour(self, _attributes: dict[str, str]) -> None:
        self.push("hour", 1)

    def _end_hour(self) -> None:
        self.skip_hours += [self.pop("hour") or ""][: _MAX_SKIPS - len(self.skip_hours)]

    def _start_day(self, _attributes: dict[str, str]) -> None:
        self.push("day", 1)

    def _end_day(self) -> None:
        self.skip_days += [self.pop("day") or ""][: _MAX_SKIPS - len(self.skip_days)]

    def _add_tag(self, term: object, scheme: object, label: object) -> None:
        if len(self._get_context().get("tags") or ()) < _MAX_TAGS:
            super()._add_tag(term, scheme, label)

    def _sync_author_detail(self, key: str = "author") -> None:
        context = self._get_context()
        author = dict.get(context, key)
        if isinstance(author, str) and len(author) > _MAX_AUTHOR:
            context[key] = author[:_MAX_AUTHOR]
        super()._sync_author_detail(key)
