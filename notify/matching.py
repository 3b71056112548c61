"""From enriched articles to deliveries: the first half of notifying.

enriched ──▶ decode ──▶ each live webhook's search ──▶ deliveries

Exactly one delivery for a revision of an article and a search: offsets and deliveries are one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from article.codec import decode, encode
from article.errors import BadQuery, BadRecord
from article.records import EnrichedArticle
from article.searches import Delivery, SavedSearch
from bus.channels import DELIVERIES, ENRICHED
from bus.envelope import event
from bus.protocol import Bus, Message, Record
from bus.trace import Trace, trace_of
from bus.worker import Handled, work
from index.embedded.matching import Matching
from index.matched import matched_of
from index.query import Query
from index.syntax import parse
from notify.followed import Hooks, LiveHooks
from runtime.backoff import patiently
from runtime.clock import Clock
from runtime.metrics import Metrics
from runtime.settings import Settings
from runtime.shutdown import Stop

STAGE = GROUP = "notify"


def run_matching(bus: Bus, *, settings: Settings, clock: Clock, metrics: Metrics, stop: Stop) -> None:
    """Until stopped. A search or webhook that is made or removed meanwhile counts from the next batch on."""
    hooks = patiently(lambda: Hooks(bus), component=STAGE, event="bus.unavailable", stop=stop)
    with hooks:
        source = bus.source(ENRICHED, group=GROUP, max_records=settings.index.batch_articles)
        try:
            matcher = Matcher(hooks, clock=clock, metrics=metrics)
            work(source, matcher, stage=STAGE, stop=stop, clock=clock, metrics=metrics)
        finally:
            source.close()


class Matcher:
    """What the worker calls with each batch."""

    def __init__(self, hooks: LiveHooks, *, clock: Clock, metrics: Metrics) -> None:
        self._hooks = hooks
        self._clock = clock
        self._metrics = metrics

    def __call__(self, messages: Sequence[Message], /) -> Handled:
        self._hooks.refresh()
        live = [
            (search, hook.created, query)
            for search, hook in self._hooks.live()
            if (query := query_of(search.query)) is not None
        ]
        outputs: list[Record] = []
        for message in messages if live else ():
            try:
                article = decode(EnrichedArticle, message.value or b"")
            except BadRecord:
                continue  # the index stage has put it into the dead letters
            matching = Matching(article)
            for search, since, query in live:
                if message.time >= since and matching.meets(query):
                    outputs.append(self._delivery(search, article, trace_of(message.headers)))
        return Handled(outputs=outputs)

    def _delivery(self, search: SavedSearch, article: EnrichedArticle, trace: Trace | None) -> Record:
        self._metrics.articles.labels(STAGE, "matched").inc()
        delivery = Delivery(
            id=f"{search.id}-{article.id}-{article.revision}",
            search=search.id,
            name=search.name,
            matched=self._clock.now(),
            article=matched_of(article),
        )
        return delivery_record(delivery, trace=trace.child(delivery.id) if trace else None)


@lru_cache(maxsize=1024)
def query_of(text: str) -> Query | None:
    """None where an older or newer version has saved what this one cannot parse."""
    try:
        return Query(expression=parse(text))
    except BadQuery:
        return None


def delivery_record(delivery: Delivery, *, trace: Trace | None = None) -> Record:
    return event(
        DELIVERIES,
        delivery.article.id,
        encode(delivery),
        kind="delivery",
        event_id=delivery.id,
        source="notify",
        now=delivery.matched,
        trace=trace,
    )
