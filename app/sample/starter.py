"""What `run --sample` begins with: well-known public feeds and the sample feed on loopback."""

from __future__ import annotations

from datetime import datetime
from importlib import resources

from app.sample.site import HOST, TITLE, feed_url
from bus.channels import FEEDS
from bus.protocol import Bus
from ingest.lists.opml import parse_opml
from ingest.lists.subscriptions import added, removed, subscription, subscriptions
from runtime.settings import Settings

CATEGORY = "Sample"


def allow_sample(settings: Settings) -> Settings:
    """The settings with leave to poll the sample site, which is on loopback."""
    ingest = settings.ingest.model_copy(
        update={"allow_hosts": (*settings.ingest.allow_hosts, f"{HOST}:{settings.sample.port}")}
    )
    return settings.model_copy(update={"ingest": ingest})


def subscribe_starters(bus: Bus, *, port: int, now: datetime) -> None:
    """Watch the sample feed where it is served now; the public feeds only when nothing is watched yet."""
    present = subscriptions(bus.table(FEEDS))
    records = []
    if not present:
        starters = parse_opml((resources.files("app.sample") / "starter.opml").read_bytes())
        records = [
            added(subscription(feed.url, title=feed.title, category=feed.category, now=now), now=now)
            for feed in starters
        ]
    sample = subscription(feed_url(port), title=TITLE, category=CATEGORY, now=now)
    moved = [each for each in present if each.category == CATEGORY and each.id != sample.id]
    records += [removed(each.id) for each in moved]
    if moved or not present:
        records.append(added(sample, now=now))
    if records:
        bus.publish(records)
