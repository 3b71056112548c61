"""What became of one article: everything that channels, tables and index still know about it, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from article.codec import decode
from article.errors import BadConfiguration, BadRecord, Unavailable
from article.identity import article_id, canonical_url
from article.records import EnrichedArticle, RawArticle
from article.tables import FeedMemory, Known
from bus.channels import DEAD, ENRICHED, FEED_MEMORY, KNOWN, RAW
from bus.envelope import letter_of
from bus.protocol import Bus, Message
from index.protocol import ArticleIndex


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to the article at a stage: ingest, enrich or index."""

    time: datetime
    stage: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """`outcome` in a sentence; `revision` and `indexed` are the latest in the stream and in the index.

    `feeds` are the ids of the feeds in whose last poll the article stood. `index_problem` says why the index
    could not be asked.
    """

    id: str
    outcome: str
    events: tuple[Event, ...] = ()
    feeds: tuple[str, ...] = ()
    revision: int | None = None
    indexed: int | None = None
    index_problem: str = ""


def id_of(url_or_id: str) -> str:
    """The article's id: of a URL the one that its address gives, anything else as it is."""
    if canonical_url(url_or_id) is None:
        return url_or_id
    return article_id(link=url_or_id, feed_url="", entry_id=None, title="", published=None)


def account_of(article: str, bus: Bus, index: ArticleIndex | None) -> Account:
    """Asks the bus, and the index where there is one."""
    raw = list(bus.history(RAW, article))
    enriched = list(bus.history(ENRICHED, article))
    dead = list(bus.history(DEAD, article))
    known = _known(bus, article)
    feeds = tuple(sorted(_feeds(bus, article)))
    indexed, problem = _indexed(article, index)
    events = (*map(_seen, raw), *map(_revised, enriched), *map(_died, dead))
    revision = max((_revision(message) for message in enriched), default=known.revision if known else None)
    return Account(
        id=article,
        outcome=_outcome(seen=bool(raw or feeds or known), died=dead, revision=revision, indexed=indexed),
        events=tuple(sorted(events, key=lambda event: event.time)),
        feeds=feeds,
        revision=revision,
        indexed=indexed,
        index_problem=problem,
    )


def _known(bus: Bus, article: str) -> Known | None:
    value = bus.table(KNOWN).get([article]).get(article)
    try:
        return decode(Known, value) if value else None
    except BadRecord:
        return None


def _feeds(bus: Bus, article: str) -> Iterator[str]:
    for key, value in bus.table(FEED_MEMORY).items():
        if article.encode() not in value:
            continue
        try:
            memory = decode(FeedMemory, value)
        except BadRecord:
            continue
        if any(entry.article == article for entry in memory.entries.values()):
            yield key


def _indexed(article: str, index: ArticleIndex | None) -> tuple[int | None, str]:
    if index is None:
        return None, "there is no index yet"
    try:
        found = index.get(article)
    except (Unavailable, BadConfiguration) as error:
        return None, str(error)
    return (found.revision if found else None), ""


def _seen(message: Message) -> Event:
    try:
        raw = decode(RawArticle, message.value or b"")
    except BadRecord as error:
        return Event(time=message.time, stage="ingest", what=f"a record that cannot be read: {error.problem}")
    source = {"page": "its page's text", "feed": "the feed's text", "none": "no text"}[raw.text_source]
    what = f"seen in {raw.feed.title or raw.feed.url} with {source}, {len(raw.text):,} characters"
    return Event(time=raw.seen, stage="ingest", what="; ".join([what, *raw.notes]))


def _revised(message: Message) -> Event:
    try:
        article = decode(EnrichedArticle, message.value or b"")
    except BadRecord as error:
        return Event(time=message.time, stage="enrich", what=f"a record that cannot be read: {error.problem}")
    failures = [f"{failure.step} failed: {failure.reason}" for failure in article.enrichment.failures]
    found = (
        f"revision {article.revision}, {article.enrichment.status}: {len(article.entities)} entities,"
        f" {len(article.places)} places, topics {', '.join(t.label for t in article.topics) or 'none'}"
    )
    return Event(time=article.enrichment.finished, stage="enrich", what="; ".join([found, *failures]))


def _died(message: Message) -> Event:
    letter = letter_of(message)
    return Event(time=letter.time, stage=letter.stage, what=f"given up ({letter.place}): {letter.reason}")


def _revision(message: Message) -> int:
    try:
        return decode(EnrichedArticle, message.value or b"").revision
    except BadRecord:
        return 0


def _outcome(*, seen: bool, died: list[Message], revision: int | None, indexed: int | None) -> str:
    if revision is not None and indexed is not None and indexed >= revision:
        return f"published and searchable as revision {indexed}"
    if died:
        return "given up; see `wirewatch dead list`"
    if revision is not None:
        return f"published as revision {revision}, which is not in the index yet"
    if indexed is not None:
        return f"searchable as revision {indexed}; the stream does not keep it any more"
    return "seen, and waits for enrichment" if seen else "never seen in a feed that is watched"
