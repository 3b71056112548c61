"""Desks over a real bus of one machine, at a fixed time, and what is on it."""

from __future__ import annotations

from urllib.parse import urlencode

from article.identity import feed_id
from article.observed import FeedFlow
from article.tables import FeedState
from bus.envelope import dead_letter
from bus.protocol import Bus, Record
from ingest.lists.subscriptions import added, subscription
from ingest.output import state_record
from tests.bus.contract import everything
from tests.index.articles import NOON
from tests.web.conftest import Answer, Site


def watch(bus: Bus, url: str, *, title: str = "", category: str = "", **state: object) -> str:
    """The feed's id. With a state it was polled."""
    feed = subscription(url, now=NOON, title=title, category=category)
    bus.publish([added(feed, now=NOON)])
    if state:
        kept = FeedState(id=feed.id, flow=FeedFlow(last_new=NOON)).but(**state)
        bus.publish([state_record(kept, now=NOON)])
    return feed_id(url)


def bury(bus: Bus, *records: Record, stage: str = "enrich", reason: str = "smells") -> list[str]:
    """Write records, each with a key of its own, and give them up; the places of the letters."""
    channel = records[0].channel
    before = {(each.partition, each.offset) for each in everything(bus, channel)}
    bus.publish(list(records))
    new = {each.key: each for each in everything(bus, channel) if (each.partition, each.offset) not in before}
    messages = [new[each.key] for each in records]
    bus.publish([dead_letter(each, stage=stage, reason=reason, now=NOON) for each in messages])
    return [f"{each.channel.name}/{each.partition}/{each.offset}" for each in messages]


def post(site: Site, path: str, **fields: str | list[str]) -> Answer:
    """A form, as a browser sends it."""
    return site.send(
        "POST",
        path,
        urlencode(fields, doseq=True).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )


def upload(site: Site, path: str, name: str, document: bytes) -> Answer:
    """A file in a form."""
    body = (
        b"--border\r\n"
        b'Content-Disposition: form-data; name="%s"; filename="list.opml"\r\n\r\n%s\r\n--border--\r\n'
    ) % (name.encode(), document)
    return site.send("POST", path, body, Content_Type="multipart/form-data; boundary=border")
