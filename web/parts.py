"""What page and API stand on: parts that app wires in, so that web knows neither bus nor stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from index.protocol import ArticleIndex
from runtime.health import Report
from runtime.metrics import Metrics
from web.feeds.desk import FeedsDesk
from web.pipeline.desk import PipelineDesk


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Used by many threads at once.

    `index` gives the article index; it raises Unavailable while there is none, or it is away. `live` and
    `ready` tell how the process fares, without waiting.
    """

    index: Callable[[], ArticleIndex]
    now: Callable[[], datetime]
    feeds: FeedsDesk
    pipeline: PipelineDesk
    metrics: Metrics
    live: Callable[[], Report]
    ready: Callable[[], Report]
