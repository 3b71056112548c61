"""What is watched: subscriptions, and the records that add and remove them."""

from __future__ import annotations

from datetime import datetime

from article.codec import decode, encode
from article.errors import BadRecord
from article.identity import feed_id
from article.tables import Subscription
from bus.channels import FEEDS
from bus.envelope import event, timestamp
from bus.protocol import Record, Table
from ingest.formats.text import one_line
from ingest.urls import checked_feed_url

_MAX_NAME = 1_000  # characters of a title or a category: more is no name


def subscription(url: str, *, now: datetime, title: str = "", category: str = "") -> Subscription:
    """A new subscription. Raises BadInput unless `url` is http(s) with a host."""
    checked = checked_feed_url(url)
    path = "/".join(part for part in (one_line(part) for part in category.split("/")) if part)
    return Subscription(
        id=feed_id(checked),
        url=checked,
        added=now,
        title=one_line(title)[:_MAX_NAME],
        category=path[:_MAX_NAME],
    )


def added(feed: Subscription, *, now: datetime) -> Record:
    """The record that adds `feed`, or replaces what was known of it."""
    return event(
        FEEDS,
        feed.id,
        encode(feed),
        kind="feed",
        event_id=f"{feed.id}.{timestamp(now)}",
        source="feeds",
        now=now,
    )


def removed(id: str) -> Record:
    """The record that removes the feed with this id."""
    return Record(channel=FEEDS, key=id, value=None)


def subscriptions(table: Table) -> tuple[Subscription, ...]:
    """All that can be read, sorted by category and URL."""
    found: list[Subscription] = []
    for _, value in table.items():
        try:
            found.append(decode(Subscription, value))
        except BadRecord:
            continue  # ingest has put it into the dead letters when it came
    return tuple(sorted(found, key=lambda feed: (feed.category, feed.url)))
