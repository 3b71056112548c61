"""What every service counts: names and units in one place. A process has one `Metrics`."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """Prometheus metrics in a registry of their own. Times are in seconds, sizes in bytes."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polls = Counter(
            "wirewatch_ingest_polls", "Feed polls by outcome.", ["outcome"], registry=self.registry
        )
        self.feeds = Gauge(
            "wirewatch_ingest_feeds",
            "Feeds of this process by state: watched, due, failing, stopped, paused.",
            ["state"],
            registry=self.registry,
        )
        self.pushes = Counter(
            "wirewatch_websub_pushes",
            "Pushes of hubs by outcome: accepted, unsigned, forged, unknown (no address of ours), unwanted"
            " (the feed is not watched), too_large, too_many, failed.",
            ["outcome"],
            registry=self.registry,
        )
        self.hubs = Gauge(
            "wirewatch_websub_subscriptions",
            "Feeds of this process that offer a hub, by how they stand with it: asked, live, refused, failed,"
            " ending.",
            ["state"],
            registry=self.registry,
        )
        self.articles = Counter(
            "wirewatch_articles",
            "Articles by stage (ingest, enrich, index) and outcome.",
            ["stage", "outcome"],
            registry=self.registry,
        )
        self.dead = Counter(
            "wirewatch_dead_letters", "Records given up, by stage.", ["stage"], registry=self.registry
        )
        self.batch_seconds = Histogram(
            "wirewatch_batch_seconds",
            "Time from poll to commit, by stage.",
            ["stage"],
            registry=self.registry,
        )

    def value(self, name: str, **labels: str) -> float:
        """The present value of one sample, 0 where nothing was counted yet."""
        return self.registry.get_sample_value(name, labels) or 0.0
