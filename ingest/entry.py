"""Records inside the stage: what a feed document, a page and one poll of a feed told.

Times are aware, in UTC. Text is clean: no markup, no control characters, paragraphs are lines.
`notes` say what went wrong without stopping anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a feed. `text` is its longest body, `text_is_full` whether that is the whole article."""

    entry_id: str | None = None
    link: str | None = None
    title: str = ""
    summary: str = ""
    text: str = ""
    text_is_full: bool = False
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    lang: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    image: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hints:
    """How often a feed asks to be polled. None and empty: it does not say.

    `ttl` is in minutes (RSS), `update_interval` in seconds (sy:updatePeriod divided by sy:updateFrequency).
    `skip_hours` are hours of the day in UTC, 0 to 23; `skip_days` days of the week, Monday is 0.
    """

    ttl: float | None = None
    update_interval: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeadEntry:
    """An entry that says nothing at all: no link, id, title or text. `raw` is the entry as it was read.

    `key` names its content, so that it is given up once and not at each poll.
    """

    key: str
    raw: bytes
    reason: str


@dataclass(frozen=True, kw_only=True)
class ParsedFeed:
    """A feed document. Its entries stand in the document's order.

    `format` is for people ("rss 2.0", "atom 1.0", "json feed 1.1", "news sitemap"). `hub` is where it offers
    to push (WebSub), `self_url` what it calls itself there; both are absolute.
    """

    title: str = ""
    lang: str | None = None
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    format: str = ""
    hub: str | None = None
    self_url: str | None = None
    hints: Hints = Hints()
    dead: tuple[DeadEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """The article on an HTML page at `url`. `canonical_url` is what the page says of itself, absolute."""

    url: str = ""
    title: str = ""
    text: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    canonical_url: str | None = None
    lang: str | None = None
    image: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What one poll of a feed got.

    `url` is where the answer came from after redirects, `moved_to` where permanent redirects alone lead.
    `parsed` is None when the feed did not change (status 304, or the body of the time before) and when it
    could not be had, which `problem` then tells. `cache_control`, `expires`, `retry_after`, `date` and `link`
    are the headers of these names as the server wrote them, of any answer. `conditional` says whether the
    validators that were known were sent.
    """

    url: str
    status: int | None = None
    moved_to: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    parsed: ParsedFeed | None = None
    problem: str = ""
    conditional: bool = True
    cache_control: str | None = None
    expires: str | None = None
    retry_after: str | None = None
    date: str | None = None
    link: str | None = None
