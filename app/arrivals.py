"""The one reader behind the live view: from the stream's present end to whoever looks."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from article.codec import decode, encode
from article.errors import BadRecord, Unavailable
from article.records import EnrichedArticle
from bus.channels import ENRICHED
from bus.protocol import Bus, Message
from index.matched import matched_of
from runtime.backoff import Backoff, patiently
from runtime.shutdown import Stop
from web.live.broadcast import Arrival, Broadcast


def follow_arrivals(bus: Bus, broadcast: Broadcast, *, stop: Stop) -> None:
    """Until stopped; then all streams end. While the bus is away nothing arrives, and nothing is lost."""
    waits = Backoff(base=0.5, cap=10.0)
    try:
        reader = patiently(
            lambda: bus.reader(ENRICHED), component="web", event="arrivals.unavailable", stop=stop
        )
        with closing(reader):
            while not stop.is_set():
                messages = patiently(
                    lambda: reader.poll(1.0),
                    component="web",
                    event="arrivals.unavailable",
                    stop=stop,
                    backoff=waits,
                )
                broadcast.publish([each for each in map(arrival_of, messages) if each])
    except Unavailable:
        return  # stopped while waiting
    finally:
        broadcast.close()


def arrival_of(message: Message) -> Arrival | None:
    """None for another program's record. The embedding is not kept: nothing that is shown needs it."""
    try:
        article = replace(decode(EnrichedArticle, message.value or b""), embedding=())
    except BadRecord:
        return None
    return Arrival(
        id=f"{message.partition}-{message.offset}",
        article=article,
        told=encode(matched_of(article)).decode(),
    )
