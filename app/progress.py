"""What `run` shows a person: feeds, articles per stage, lag; a live table on a terminal, else nothing.

With the sample, an example search is printed as soon as its articles can be found.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING

from app.sample.site import TITLE, sample_articles
from app.serving import address_of
from bus.channels import ENRICHED, FEED_STATE, FEEDS, RAW
from bus.protocol import Bus
from runtime.logging import configure_logging
from runtime.metrics import Metrics
from runtime.settings import Settings

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

EXAMPLE = "isis-khorasan OR jihadist"
_EXAMPLE_SECONDS = 45


class Progress:
    def __init__(
        self, *, settings: Settings, bus: Bus, metrics: Metrics, stages: Sequence[str], sample: bool
    ) -> None:
        self._settings = settings
        self._bus = bus
        self._metrics = metrics
        self._stages = stages
        self._example_due = sample
        self._started: datetime | None = None
        self._live: Live | None = None
        self.interval = 0.5 if sys.stderr.isatty() or sample else 5.0

    def __enter__(self) -> Progress:
        self._start_table()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_table()

    def update(self, now: datetime) -> None:
        """Show how things stand."""
        self._started = self._started or now
        if self._example_due and self._example_ready(now):
            self._example_due = False
            self._show_example(now)
        if self._live is not None:
            self._live.update(self._table(), refresh=True)

    def _start_table(self) -> None:
        """On a terminal. The table takes the place of sys.stderr; the log follows, to stay above it."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._live.start()
            configure_logging(self._settings.log_level, self._settings.log_format)

    def _stop_table(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
            configure_logging(self._settings.log_level, self._settings.log_format)

    def _example_ready(self, now: datetime) -> bool:
        from app.commands.search import find
        from index.query import Query

        found = find(self._settings, Query(feeds=(TITLE,), limit=0))
        enough = found is not None and found.total >= len(sample_articles())
        return enough or now - (self._started or now) > timedelta(seconds=_EXAMPLE_SECONDS)

    def _show_example(self, now: datetime) -> None:
        from rich.console import Console

        from app.commands.search import find, print_page
        from index.query import Query
        from index.syntax import parse

        self._stop_table()
        console = Console(highlight=False)
        console.print(f"\n[bold]$ wirewatch search {EXAMPLE!r}[/bold]")
        page = find(self._settings, Query(expression=parse(EXAMPLE), limit=3, highlight=True, now=now))
        if page is not None:
            print_page(console, page)
        if failing := self._failing():
            console.print(
                f"[yellow]{len(failing)} feeds cannot be reached now and are tried again:[/yellow] "
                + ", ".join(failing[:4])
                + (" …" if len(failing) > 4 else "")
            )
        console.print(
            "Try, in another terminal:\n"
            "  .venv/bin/wirewatch search 'ransomware OR botnet'\n"
            "  .venv/bin/wirewatch search --topic conflict --place Kabul\n"
            "  .venv/bin/wirewatch feeds list\n"
            "  .venv/bin/wirewatch feeds add https://…\n"
            + self._page()
            + "Ctrl-C ends; the next start goes on from there.\n"
        )
        self._start_table()

    def _page(self) -> str:
        if "serve" not in self._stages:
            return ""
        return f"Or open {address_of(self._settings.web)}/ in a browser.\n"

    def _failing(self) -> list[str]:
        from article.codec import decode
        from article.tables import FeedState
        from ingest.lists.subscriptions import subscriptions

        states = (decode(FeedState, value) for _, value in self._bus.table(FEED_STATE).items())
        failing = {state.id for state in states if state.failures}
        feeds = subscriptions(self._bus.table(FEEDS))
        return sorted(feed.title or feed.url for feed in feeds if feed.id in failing)

    def _table(self) -> Table:
        from rich.table import Table

        table = Table(title="Wirewatch", title_justify="left", box=None, padding=(0, 2))
        for heading in ("stage", "done", "waiting"):
            table.add_column(heading, justify="left" if heading == "stage" else "right")
        value = self._metrics.value
        if "ingest" in self._stages:
            feeds = [value("wirewatch_ingest_feeds", state=state) for state in ("watched", "due", "failing")]
            table.add_row(
                "ingest",
                f"{self._articles('ingest'):.0f} articles",
                "{:.0f} feeds, {:.0f} due, {:.0f} failing".format(*feeds),
            )
        for stage, channel in (("enrich", RAW), ("index", ENRICHED)):
            if stage in self._stages:
                lag = self._bus.lag(channel, group=stage).records
                table.add_row(stage, f"{self._articles(stage):.0f} articles", f"{lag} articles")
        return table

    def _articles(self, stage: str) -> float:
        return sum(
            sample.value
            for metric in self._metrics.articles.collect()
            for sample in metric.samples
            if sample.name.endswith("_total") and sample.labels["stage"] == stage
        )
