"""What every service counts: names, units and labels in one place. A process has one `Metrics`.

docs/metrics.md is written from here. Labels have few values, all of them ours: never an address or an id.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE

__all__ = ["CONTENT_TYPE", "Metrics"]

# A second series for each counter, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]

# A batch: from a page of the index to 64 long articles on one core.
_BATCH = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)
# From a sighting to a search result: seconds when all is well, days after an outage.
_AGE = (0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200, 43200, 259200)
_REQUEST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Prometheus metrics in a registry of their own. Times are in seconds, sizes in bytes."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        gauge, counter, histogram = self._gauge, self._counter, self._histogram

        gauge("build_info", "1, of this version.", "version").labels(_version()).set(1)
        self.stage_ready = gauge(
            "stage_ready", "1 while a stage has what it needs, 0 while it waits.", "stage"
        )
        self.stage_stuck = gauge("stage_stuck", "1 while a stage has not gone on for too long.", "stage")
        self.stage_silence = gauge("stage_silence_seconds", "Time since a stage last went on.", "stage")
        self.unavailable = counter(
            "unavailable",
            "Tries that failed because the dependency (bus, index) was away.",
            "stage",
            "dependency",
        )
        self.lag = gauge(
            "lag_records",
            "Records that a group has not committed yet, as any process sees it: take the maximum over"
            " processes. Group redrive: dead letters that wait for a person.",
            "group",
            "channel",
            "partition",
        )
        self.lag_read = gauge("lag_read_timestamp_seconds", "When the bus last told the lag, Unix time.")
        self.data_free = gauge("data_free_bytes", "Free space where the data folder lies.")

        self.articles = counter(
            "articles",
            "Articles by stage and outcome: ingest published, revised, unchanged, duplicate, dead; enrich"
            " new, revised, sighting, unchanged; index written, current, refused; notify matched.",
            "stage",
            "outcome",
        )
        self.article_age = histogram(
            "article_age_seconds", "Time from an article's sighting to the end of the stage.", _AGE, "stage"
        )
        self.dead = counter("dead_letters", "Records given up.", "stage")
        self.batch_seconds = histogram(
            "batch_seconds", "Time from a batch's records to its commit.", _BATCH, "stage"
        )
        self.batch_records = counter("batch_records", "Records of committed batches.", "stage")
        self.fenced = counter("fenced", "Batches left to another process, which does them again.", "stage")

        self.polls = counter("ingest_polls", "Feed polls: new, unchanged, failed.", "outcome")
        self.poll_seconds = histogram(
            "ingest_poll_seconds", "Time of a poll, its articles' pages included.", _BATCH
        )
        self.polls_open = gauge("ingest_polls_open", "Polls under way.")
        self.parts_waiting = gauge("ingest_parts_waiting", "Finished parts of polls that wait for a commit.")
        self.ingest_paused = gauge(
            "ingest_paused", "1 while polling pauses, because too much waits for enrichment."
        )
        self.feeds = gauge(
            "ingest_feeds", "Feeds of this process by state: watched, due, failing, stopped, paused.", "state"
        )
        self.feeds_by_health = gauge(
            "ingest_feeds_by_health",
            "Feeds of this process by the gravest thing that `wirewatch feeds list` says of each.",
            "health",
        )
        self.oldest_success = gauge(
            "ingest_oldest_success_timestamp_seconds",
            "When that feed was last read which has waited longest of those polled, Unix time; 0 for none.",
        )
        self.last_entry = gauge(
            "ingest_last_entry_timestamp_seconds",
            "When any feed last showed a new entry, Unix time; 0 for never.",
        )
        self.pages = counter("ingest_pages", "Pages of articles: read, failed.", "outcome")
        self.pushes = counter(
            "websub_pushes",
            "Pushes of hubs: accepted, unsigned, forged, unknown (no address of ours), unwanted (the feed"
            " is not watched), too_large, too_many, failed.",
            "outcome",
        )
        self.hubs = gauge(
            "websub_subscriptions",
            "Feeds of this process that offer a hub, by how they stand with it: asked, live, refused, failed,"
            " ending.",
            "state",
        )

        self.enriched = counter("enrich_articles", "Revisions enriched: complete, partial, failed.", "status")
        self.enrich_failures = counter(
            "enrich_failures",
            "Steps (lang, entities, places, topics, embedding) that failed of an article.",
            "step",
        )
        self.characters = counter("enrich_characters", "Characters of titles and texts read.")
        self.pieces = counter("enrich_pieces", "Word pieces (tokens) that the model for entities read.")

        self.web_requests = counter(
            "web_requests",
            "Requests of the web page and API, by route (its pattern) and status.",
            "route",
            "status",
        )
        self.web_seconds = histogram("web_request_seconds", "Time until a response began.", _REQUEST, "route")
        self.web_streams = gauge("web_streams", "Live views that are open.")

        self.deliveries = counter(
            "webhook_deliveries",
            "Tries to deliver to webhooks: delivered, failed (tried again), given_up.",
            "outcome",
        )
        self.delivery_seconds = histogram("webhook_delivery_seconds", "Time of a try.", _REQUEST)
        for outcome in ("delivered", "failed", "given_up"):
            self.deliveries.labels(outcome)
        self.deliveries_waiting = gauge(
            "webhook_deliveries_waiting", "Deliveries that wait to be tried again."
        )

    def begin(self, stage: str, dependency: str) -> None:
        """From zero on, so that the first one counts as an increase."""
        self.dead.labels(stage)
        self.unavailable.labels(stage, dependency)

    def going(self, stage: str) -> None:
        """The stage has all it needs."""
        self.stage_ready.labels(stage).set(1)

    def waiting(self, stages: Sequence[str], dependency: str) -> None:
        """The stages wait for "bus" or "index", which was away once more."""
        for stage in stages:
            self.stage_ready.labels(stage).set(0)
            self.unavailable.labels(stage, dependency).inc()

    def page(self) -> bytes:
        """All of it in Prometheus' text format, of type `CONTENT_TYPE`. Asks nobody, so it never waits."""
        return generate_latest(self.registry)

    def value(self, name: str, **labels: str) -> float:
        """The present value of one sample, 0 where nothing was counted yet."""
        return self.registry.get_sample_value(name, labels) or 0.0

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"wirewatch_{name}", meaning, labels, registry=self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"wirewatch_{name}", meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"wirewatch_{name}", meaning, labels, buckets=buckets, registry=self.registry)


def _version() -> str:
    try:
        return version("wirewatch")
    except PackageNotFoundError:
        return "unknown"
