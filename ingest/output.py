"""The records that ingest writes."""

from __future__ import annotations

from datetime import datetime

from article.codec import encode
from article.hubs import FeedHub, HubCall
from article.records import RawArticle
from article.tables import FeedMemory, FeedState, Subscription
from bus.channels import DEAD, FEED_HUBS, FEED_MEMORY, FEED_STATE, HUB_CALLS, RAW, Channel
from bus.envelope import event, timestamp
from bus.protocol import Record
from bus.trace import begin
from ingest.entry import DeadEntry
from ingest.urls import without_credentials


def raw_record(article: RawArticle) -> Record:
    """Channel `wirewatch.raw`; the event is this article seen in this feed at this time.

    A trace begins here.
    """
    event_id = f"{article.id}.{article.feed.id}.{timestamp(article.seen)}"
    return event(
        RAW,
        article.id,
        encode(article),
        kind="article.raw",
        event_id=event_id,
        source="ingest",
        now=article.seen,
        trace=begin(event_id),
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
            *begin(f"{entry.key}.{feed.id}.{timestamp(now)}").headers(),
        ),
    )


def state_record(state: FeedState, *, now: datetime) -> Record:
    """Channel `wirewatch.feed-state`."""
    return _row(FEED_STATE, state, kind="feed-state", now=now)


def memory_record(memory: FeedMemory, *, now: datetime) -> Record:
    """Channel `wirewatch.feed-memory`."""
    return _row(FEED_MEMORY, memory, kind="feed-memory", now=now)


def hub_record(hub: FeedHub, *, now: datetime) -> Record:
    """Channel `wirewatch.feed-hubs`."""
    return _row(FEED_HUBS, hub, kind="feed-hub", now=now)


def call_record(call: HubCall) -> Record:
    """Channel `wirewatch.hub-calls`."""
    return event(
        HUB_CALLS,
        call.id,
        encode(call),
        kind="hub-call",
        event_id=f"{call.id}.{call.kind}.{timestamp(call.at)}",
        source="ingest",
        now=call.at,
    )


def _row(table: Channel, row: FeedState | FeedMemory | FeedHub, *, kind: str, now: datetime) -> Record:
    """What a table holds of a feed from now on."""
    return event(
        table,
        row.id,
        encode(row),
        kind=kind,
        event_id=f"{row.id}.{timestamp(now)}",
        source="ingest",
        now=now,
    )
