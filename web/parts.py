"""What page and API stand on: parts that app wires in, so that web knows neither bus nor stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from index.protocol import ArticleIndex
from runtime.health import Report
from runtime.metrics import Metrics
from web.article.desk import ArticleDesk
from web.feeds.desk import FeedsDesk
from web.live.broadcast import Broadcast
from web.pipeline.desk import PipelineDesk
from web.searches.desk import SearchesDesk


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Used by many threads at once.

    `index` gives the article index; it raises Unavailable while there is none, or it is away. `arrivals` is
    what the live view shows. `live` and `ready` tell how the process fares, without waiting.
    """

    index: Callable[[], ArticleIndex]
    now: Callable[[], datetime]
    articles: ArticleDesk
    feeds: FeedsDesk
    pipeline: PipelineDesk
    searches: SearchesDesk
    arrivals: Broadcast
    metrics: Metrics
    live: Callable[[], Report]
    ready: Callable[[], Report]
