"""The live view: one reader, many viewers, each from where it was."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import pytest

from app.arrivals import arrival_of, follow_arrivals
from article.codec import encode
from article.records import EnrichedArticle
from bus.channels import ENRICHED
from bus.protocol import Bus, Message, Record
from index.embedded import EmbeddedIndex
from index.query import Query
from runtime.shutdown import Stop
from tests.index.articles import NOON, article, entity, revised
from tests.web.conftest import Site, parts_over, serving, settings_with
from web.live import routes
from web.live.broadcast import Arrival, Broadcast

LIMIT = 60.0


def arrival(offset: int, of: EnrichedArticle) -> Arrival:
    made = arrival_of(
        Message(
            channel=ENRICHED,
            partition=0,
            offset=offset,
            key=of.id,
            value=encode(of),
            headers=(),
            time=NOON,
        )
    )
    assert made
    return made


class Stream:
    """A client of server-sent events: what is between two empty lines, as fields."""

    def __init__(self, site: Site, path: str, **headers: str) -> None:
        self._connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=LIMIT)
        self._connection.request("GET", path, headers={n.replace("_", "-"): v for n, v in headers.items()})
        self.response = self._connection.getresponse()

    def next(self) -> dict[str, str] | None:
        """None at the end."""
        fields: dict[str, str] = {}
        while line := self.response.readline().decode():
            if line == "\n":
                return fields
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
        return None

    def title(self) -> str:
        while (event := self.next()) is not None:
            if event.get("event") == "article":
                return str(json.loads(event["data"])["title"])
        raise AssertionError("the stream has ended")

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def broadcast() -> Broadcast:
    return Broadcast(kept=10, viewers=3, waiting=5)


@pytest.fixture
def live(index: EmbeddedIndex, fresh_bus: Bus, broadcast: Broadcast) -> Iterator[Site]:
    parts = parts_over(index, fresh_bus, arrivals=broadcast)
    for site in serving(parts, settings_with()):
        yield site
        broadcast.close()


def test_each_viewer_sees_what_matches_as_it_comes(live: Site, broadcast: Broadcast) -> None:
    query = quote('entity:"kb:hamas"')
    with (
        closing(Stream(live, "/live/events")) as all_,
        closing(Stream(live, f"/live/events?q={query}")) as one,
    ):
        assert all_.response.getheader("Content-Type") == "text/event-stream; charset=utf-8"
        assert all_.next() == {"retry": "3000"}
        assert one.next() == {"retry": "3000"}
        talks = article("talks", "Talks\n\ndata: x", entities=[entity("ORG", "Hamas", linked="kb:hamas")])
        broadcast.publish([arrival(0, article("rates", "Rates")), arrival(1, talks)])
        assert [all_.title(), all_.title()] == ["Rates", "Talks\n\ndata: x"]
        assert one.title() == "Talks\n\ndata: x"


def test_open_streams_are_counted(live: Site) -> None:
    with closing(Stream(live, "/live/events")) as stream:
        assert stream.next() == {"retry": "3000"}
        assert "\nwirewatch_web_streams 1.0\n" in live.get("/metrics").text


def test_who_comes_back_goes_on_where_it_was(live: Site, broadcast: Broadcast) -> None:
    broadcast.publish([arrival(number, article(f"n{number}", f"N {number}")) for number in range(4)])
    with closing(Stream(live, "/live/events?after=0-0", Last_Event_ID="0-1")) as stream:
        assert stream.next() == {"retry": "3000"}
        event = stream.next()
        assert event
        assert (event["id"], json.loads(event["data"])["title"]) == ("0-2", "N 2")
        assert stream.title() == "N 3"
        broadcast.publish([arrival(4, article("n4", "N 4"))])
        assert stream.title() == "N 4"


def test_who_was_away_for_too_long_is_told_so(live: Site, broadcast: Broadcast) -> None:
    broadcast.publish([arrival(number, article(f"n{number}", f"N {number}")) for number in range(20)])
    with closing(Stream(live, "/live/events", Last_Event_ID="0-3")) as stream:
        assert stream.next() == {"retry": "3000"}
        assert stream.next() == {"event": "missed", "data": "{}"}


def test_too_many_viewers_are_turned_away_and_those_who_leave_make_room(
    live: Site, broadcast: Broadcast
) -> None:
    counts: list[int] = []
    broadcast.watch = counts.append
    streams = [Stream(live, "/live/events") for _ in range(3)]
    assert all(stream.next() for stream in streams)
    assert live.get("/live/events").status == 503
    streams.pop().close()
    waited = threading.Event()
    for _ in range(int(LIMIT / 0.02)):
        broadcast.publish([])
        if counts[-1] == 2:
            break
        waited.wait(0.02)
    assert counts[-1] == 2
    with closing(Stream(live, "/live/events")) as again:
        assert again.next()
    for stream in streams:
        stream.close()


def test_who_reads_too_slowly_is_dropped_with_a_word(
    index: EmbeddedIndex, fresh_bus: Bus, broadcast: Broadcast
) -> None:
    parts = parts_over(index, fresh_bus, arrivals=broadcast)

    async def slowly() -> list[bytes]:
        events = routes.stream(parts, Query(), "")
        said = [await anext(events)]
        # On the thread of the event loop: nobody can read until all of them are there.
        broadcast.publish([arrival(number, article(f"n{number}", f"N {number}")) for number in range(50)])
        return said + [event async for event in events]

    said = asyncio.run(slowly())
    assert len(said) == 2
    assert said[-1].startswith(b"event: dropped\n")


def test_who_was_dropped_goes_on_where_he_was(live: Site, broadcast: Broadcast) -> None:
    broadcast.publish([arrival(number, article(f"n{number}", f"N {number}")) for number in range(50)])
    with closing(Stream(live, "/live/events", Last_Event_ID="0-45")) as again:
        assert again.title() == "N 46"


def test_streams_end_when_the_server_does(live: Site, broadcast: Broadcast) -> None:
    with closing(Stream(live, "/live/events")) as stream:
        assert stream.next()
        broadcast.close()
        assert stream.next() is None


def test_a_query_that_cannot_be_parsed_is_an_answer(live: Site) -> None:
    assert live.get("/live/events?q=(flood").status == 400
    assert live.get("/live?q=(flood").status == 400


def test_the_page_shows_the_newest_without_a_script(live: Site, broadcast: Broadcast) -> None:
    broadcast.publish([arrival(7, article("x", "X"))])
    page = live.get("/live")
    assert page.status == 200
    assert page.words('//ol[@id="live"]/li')
    (events,) = page.tree.xpath('//ol[@id="live"]/@data-events')
    assert events == "/live/events?q=&after=0-7"


def test_what_is_enriched_arrives(live: Site, broadcast: Broadcast, fresh_bus: Bus) -> None:
    stop, one = Stop(), article("a", "Flood")
    thread = threading.Thread(target=follow_arrivals, args=(fresh_bus, broadcast), kwargs={"stop": stop})
    with closing(Stream(live, "/live/events")) as stream:
        assert stream.next()
        thread.start()
        published = 0
        waited = threading.Event()
        while not broadcast.last:  # the reader begins at the end, wherever that is when it is opened
            published += 1
            assert published < LIMIT / 0.05
            fresh_bus.publish(
                [
                    Record(channel=ENRICHED, key="broken", value=b"{"),
                    Record(channel=ENRICHED, key=one.id, value=encode(one)),
                ]
            )
            waited.wait(0.05)
        fresh_bus.publish([Record(channel=ENRICHED, key=one.id, value=encode(revised(one, title="Over")))])
        while stream.title() != "Over":
            continue
        stop.set()
        thread.join(LIMIT)
        assert not thread.is_alive()
        assert stream.next() is None
