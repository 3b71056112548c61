"""The channels, by the names that programs outside this project use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A named, partitioned, ordered stream of records.

    `compacted` makes it a table: the last record of each key stays, the others may go; a record without
    a value removes its key. Channels of one `family` have the same number of partitions, so that one key
    lies in the same partition of each and one consumer owns all that belongs together.
    """

    name: str
    family: str
    compacted: bool = False


RAW = Channel(name="wirewatch.raw", family="articles")
ENRICHED = Channel(name="wirewatch.enriched", family="articles")
KNOWN = Channel(name="wirewatch.known", family="articles", compacted=True)
DEAD = Channel(name="wirewatch.dead", family="dead")
FEEDS = Channel(name="wirewatch.feeds", family="feeds", compacted=True)
FEED_STATE = Channel(name="wirewatch.feed-state", family="feeds", compacted=True)
FEED_MEMORY = Channel(name="wirewatch.feed-memory", family="feeds", compacted=True)
FEED_HUBS = Channel(name="wirewatch.feed-hubs", family="feeds", compacted=True)
HUB_CALLS = Channel(name="wirewatch.hub-calls", family="feeds")
SEARCHES = Channel(name="wirewatch.searches", family="searches", compacted=True)
WEBHOOKS = Channel(name="wirewatch.webhooks", family="searches", compacted=True)
DELIVERIES = Channel(name="wirewatch.deliveries", family="deliveries")
WAITING = Channel(name="wirewatch.deliveries-waiting", family="deliveries", compacted=True)

CHANNELS = {
    channel.name: channel
    for channel in (
        RAW,
        ENRICHED,
        KNOWN,
        DEAD,
        FEEDS,
        FEED_STATE,
        FEED_MEMORY,
        FEED_HUBS,
        HUB_CALLS,
        SEARCHES,
        WEBHOOKS,
        DELIVERIES,
        WAITING,
    )
}
