"""The records that ingest writes."""

from __future__ import annotations

from datetime import datetime

from article.codec import encode
from article.records import RawArticle
from article.tables import FeedMemory, FeedState, Subscription
from bus.channels import DEAD, FEED_MEMORY, FEED_STATE, RAW
from bus.envelope import event, timestamp
from bus.protocol import Record
from ingest.entry import DeadEntry
from ingest.urls import without_credentials


def raw_record(article: RawArticle) -> Record:
    """Channel `wirewatch.raw`; the event is this article seen in this feed at this time."""
    return event(
        RAW,
        article.id,
        encode(article),
        kind="article.raw",
        event_id=f"{article.id}.{article.feed.id}.{timestamp(article.seen)}",
        source="ingest",
        now=article.seen,
    )


def entry_letter(feed: Subscription, entry: DeadEntry, *, now: datetime) -> Record:
    """Channel `wirewatch.dead`: an entry that says nothing. It came from no channel, so it cannot go back."""
    return Record(
        channel=DEAD,
        key=feed.id,
        value=entry.raw,
        headers=(
            ("dead_stage", b"ingest"),
            ("dead_reason", f"{without_credentials(feed.url)}: {entry.reason}".encode("utf-8", "replace")),
            ("dead_time", timestamp(now).encode()),
        ),
    )


def state_record(state: FeedState, *, now: datetime) -> Record:
    """Channel `wirewatch.feed-state`."""
    return event(
        FEED_STATE,
        state.id,
        encode(state),
        kind="feed-state",
        event_id=f"{state.id}.{timestamp(now)}",
        source="ingest",
        now=now,
    )


def memory_record(memory: FeedMemory, *, now: datetime) -> Record:
    """Channel `wirewatch.feed-memory`."""
    return event(
        FEED_MEMORY,
        memory.id,
        encode(memory),
        kind="feed-memory",
        event_id=f"{memory.id}.{timestamp(now)}",
        source="ingest",
        now=now,
    )
