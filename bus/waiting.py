"""How far each group is behind, for the metrics."""

from __future__ import annotations

from bus.channels import DEAD, DELIVERIES, ENRICHED, RAW, Channel
from bus.protocol import Bus
from runtime.clock import Clock
from runtime.metrics import Metrics

# Every process looks at all of them, so that a stage whose processes are all gone is seen by the others.
GROUPS: tuple[tuple[str, Channel], ...] = (
    ("enrich", RAW),
    ("index", ENRICHED),
    ("notify", ENRICHED),
    ("deliver", DELIVERIES),
    ("redrive", DEAD),
)


def measure_lag(bus: Bus, *, metrics: Metrics, clock: Clock) -> None:
    """Sets the gauges of lag. Raises Unavailable, after which they tell nothing rather than something old."""
    lags = []
    try:
        lags = [bus.lag(channel, group=group) for group, channel in GROUPS]
        metrics.lag_read.set(clock.now().timestamp())
    finally:
        metrics.lag.clear()
        for lag in lags:
            for partition, records in lag.partitions.items():
                metrics.lag.labels(lag.group, lag.channel.name, partition).set(records)
