"""Records of the compacted channels (tables): what to watch, how feeds stand, which articles are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import msgspec

from article.counts import Counts
from article.observed import FeedFlow, FeedHints, FeedTrust
from article.records import SCHEMA_VERSION, TextSource, Time
from article.sites import PageRetry, SiteLines


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A feed to watch. Channel `wirewatch.feeds`, key `id` (`identity.feed_id(url)`).

    `resumed` is when somebody last asked for it to be polled again: a feed that was stopped before is.
    """

    id: str
    url: str
    added: Time
    schema_version: int = SCHEMA_VERSION
    title: str = ""
    category: str = ""
    paused: bool = False
    resumed: Time | None = None


@dataclass(frozen=True, kw_only=True)
class EntryState:
    """What is remembered of one entry of a feed.

    `content` is the hash of what the feed showed last, `published` the hash of what was published last;
    they differ only while a text that changes at every poll is held back. `last_shown` is the last document
    that showed it: an entry of the feed's last document has been shown until FeedState.succeeded. `changes`
    counts polls in a row at which the entry had changed. `at` is when it was last published, after
    `revisions` times before. `dead` is why an entry that says nothing was given up instead.
    """

    article: str
    content: str
    published: str
    last_shown: Time
    at: Time
    changes: int = 0
    first_shown: Time | None = None
    revisions: int = 0
    dead: str = ""


class FeedState(msgspec.Struct, frozen=True, kw_only=True):
    """How a feed stands after its last poll. Channel `wirewatch.feed-state`, key `id` (the feed's).

    Small, because it is kept in memory for every feed and written at every poll; what is remembered of the
    entries is in FeedMemory.

    `interval` is in seconds. `document_at` is the poll at which a document was last read; after it the
    feed was unchanged until `succeeded`. `entries` is how many are remembered, `held` how many of them
    are held back; `counts` is what became of all that were ever seen. `retry_at` is when a page is due
    that could not be had before: only then is the memory read although the feed is unchanged. `problem`
    is empty when the last poll went well, otherwise the line to show a person; `failing_since` is the
    first of the failures in a row. `stopped` says why the feed is polled no more, and is empty while it
    is. `reason` says why it is polled next when it is.

    `format` is what the last document was ("rss 2.0"), `format_before` what it was until `format_changed`.
    `future` counts its entries that are dated more than a day ahead. `skew` is how many seconds the server's
    clock is ahead of ours. `hub` is where the last document offered to push, `topic_url` its name there
    (WebSub); empty without an offer.
    """

    id: str
    schema_version: int = SCHEMA_VERSION
    url: str | None = None
    title: str = ""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    polled: Time | None = None
    succeeded: Time | None = None
    document_at: Time | None = None
    next_poll: Time | None = None
    interval: float = 0.0
    failures: int = 0
    status: int | None = None
    problem: str = ""
    notes: tuple[str, ...] = ()
    held: int = 0
    entries: int = 0
    counts: Counts = msgspec.field(default_factory=Counts)
    retry_at: Time | None = None
    failing_since: Time | None = None
    stopped: str = ""
    reason: str = ""
    format: str = ""
    format_before: str = ""
    format_changed: Time | None = None
    future: int = 0
    skew: float = 0.0
    hints: FeedHints = msgspec.field(default_factory=FeedHints)
    flow: FeedFlow = msgspec.field(default_factory=FeedFlow)
    trust: FeedTrust = msgspec.field(default_factory=FeedTrust)
    hub: str = ""
    topic_url: str = ""

    def but(self, **changes: object) -> Self:
        """A copy with other values of the fields named. Raises TypeError for one that there is not.

        A struct for this: with so many fields, a dataclass takes fifteen times as long, at every poll.
        """
        return msgspec.structs.replace(self, **changes)


@dataclass(frozen=True, kw_only=True)
class FeedMemory:
    """What is remembered of a feed's documents. Channel `wirewatch.feed-memory`, key `id` (the feed's).

    Read and written only when a document is, or a page is tried again: large, and a feed is unchanged at
    most of its polls. `entries` is keyed by the entry's own identity inside the feed. `sites` are the sites
    that the entries lead to, by host, the one seen last at the end. `retries` is keyed as `entries` is.
    """

    id: str
    schema_version: int = SCHEMA_VERSION
    entries: dict[str, EntryState] = field(default_factory=dict)
    sites: dict[str, SiteLines] = field(default_factory=dict)
    retries: dict[str, PageRetry] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Known:
    """An article that the enriched channel already holds. Channel `wirewatch.known`, key = article id.

    `feed` is the feed whose version won. `text_source` is the kind of its text, `text_length` (code
    points) the longest of that kind so far: a poorer version from another feed does not replace it.
    """

    revision: int
    content_hash: str
    first_seen: Time
    last_seen: Time
    feed: str
    schema_version: int = SCHEMA_VERSION
    text_source: TextSource = "none"
    text_length: int = 0
