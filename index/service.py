"""Stage 3: every enriched article into the index, the index committed before the offsets."""

from __future__ import annotations

from collections.abc import Sequence

from article.codec import decode
from article.errors import BadRecord, Unavailable
from article.records import EnrichedArticle
from bus.channels import ENRICHED
from bus.protocol import Bus, Message, Source
from bus.trace import trace_id_of
from bus.worker import Handled, work
from index.protocol import ArticleIndex, Refused, Written
from runtime.backoff import Backoff, patiently
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import Settings
from runtime.shutdown import Stop

STAGE = GROUP = "index"


def run_index(
    bus: Bus,
    index: ArticleIndex,
    *,
    settings: Settings,
    clock: Clock,
    metrics: Metrics,
    stop: Stop,
    backoff: Backoff | None = None,
) -> None:
    """Until stopped. A crash between index and offsets writes a batch again, which changes nothing.

    An index that is not there slows the stage down, at the start and later: it is tried again.
    """
    waits = backoff or Backoff()
    metrics.begin(STAGE, "index")
    metrics.articles.labels(STAGE, "refused")

    def join() -> Source:
        return bus.source(
            ENRICHED,
            group=GROUP,
            max_records=settings.index.batch_articles,
            from_start=index.count() == 0,  # a new index, or one that was deleted to be made anew
        )

    try:
        source = patiently(
            join,
            component=STAGE,
            event="index.unavailable",
            stop=stop,
            backoff=waits,
            waiting=lambda: metrics.waiting([STAGE], "index"),
        )
    except Unavailable:
        return  # stopped while waiting
    writer = _Writer(index, clock=clock, metrics=metrics, stop=stop, backoff=waits)
    try:
        work(source, writer.handle, stage=STAGE, stop=stop, clock=clock, metrics=metrics)
    finally:
        source.close()


class _Writer:
    def __init__(
        self, index: ArticleIndex, *, clock: Clock, metrics: Metrics, stop: Stop, backoff: Backoff
    ) -> None:
        self._index = index
        self._clock = clock
        self._metrics = metrics
        self._stop = stop
        self._backoff = backoff
        self._log = get_logger(STAGE)

    def handle(self, messages: Sequence[Message]) -> Handled:
        dead: list[tuple[Message, str]] = []
        read: list[tuple[Message, EnrichedArticle]] = []
        for message in messages:
            try:
                read.append((message, decode(EnrichedArticle, message.value or b"")))
            except BadRecord as error:
                dead.append((message, str(error)))
        outcomes = self._write([article for _, article in read])
        now = self._clock.now()
        for (message, article), outcome in zip(read, outcomes, strict=True):
            name = _name(outcome)
            if isinstance(outcome, Refused):
                dead.append((message, outcome.reason))
            else:
                self._metrics.article_age.labels(STAGE).observe((now - article.seen).total_seconds())
                trace = trace_id_of(message.headers)
                self._log.debug(
                    "article.indexed",
                    article=article.id,
                    revision=article.revision,
                    outcome=name,
                    trace=trace,
                )
            self._metrics.articles.labels(STAGE, name).inc()
        return Handled(dead=dead)

    def _write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        """Raises Unavailable only when the stage is to stop while the index is away."""
        if not articles:
            return ()
        return patiently(
            lambda: self._index.write(articles),
            component=STAGE,
            event="index.unavailable",
            stop=self._stop,
            backoff=self._backoff,
            waiting=lambda: self._metrics.waiting([STAGE], "index"),
        )


def _name(outcome: Written | Refused) -> str:
    if isinstance(outcome, Refused):
        return "refused"
    return "stale" if outcome.stale else "written"
