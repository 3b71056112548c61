"""How far each group is behind, for the metrics."""

from __future__ import annotations

from collections.abc import Iterable

from bus.channels import DEAD, DELIVERIES, ENRICHED, RAW, Channel
from bus.protocol import Bus
from runtime.clock import Clock
from runtime.metrics import Metrics

# Every process looks at these, so that a stage whose processes are all gone is seen by the others.
GROUPS: tuple[tuple[str, Channel], ...] = (("enrich", RAW), ("index", ENRICHED), ("redrive", DEAD))
# At these only where they are run: without webhooks nobody has read anything, and nobody needs to.
_OWN: tuple[tuple[str, Channel], ...] = (("notify", ENRICHED), ("deliver", DELIVERIES))


def measure_lag(bus: Bus, stages: Iterable[str], *, metrics: Metrics, clock: Clock) -> None:
    """Sets the gauges of lag; `stages` are those of this process. Raises Unavailable, after which they tell
    nothing rather than something old."""
    groups = (*GROUPS, *(each for each in _OWN if each[0] in stages))
    lags = []
    try:
        lags = [bus.lag(channel, group=group) for group, channel in groups]
        metrics.lag_read.set(clock.now().timestamp())
    finally:
        metrics.lag.clear()
        for lag in lags:
            for partition, records in lag.partitions.items():
                metrics.lag.labels(lag.group, lag.channel.name, partition).set(records)
