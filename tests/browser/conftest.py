"""The browser, a tab for each test, and the site with enough news for pages, bars and a map."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from index.protocol import ArticleIndex
from runtime.clock import SystemClock
from tests.browser.chromium import chromium, chromium_program
from tests.browser.news import NEWS
from tests.browser.tab import PATIENCE, Tab
from tests.index.articles import NOON
from tests.web.conftest import Site, parts_over, serving, settings_with

OpenTab = Callable[..., Tab]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with chromium(chromium_program()) as opened:
        yield opened


@pytest.fixture(scope="package")
def news_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serves `NEWS` from an embedded index. Reading is open."""
    folder = tmp_path_factory.mktemp("news")
    index = EmbeddedIndex(folder / "index", recency_days=7.0)
    index.write(NEWS)
    yield from serve_news(index, folder)
    index.close()


def serve_news(index: ArticleIndex, folder: Path, *, now: datetime = NOON) -> Iterator[Site]:
    """What the index has, as if it were `now`."""
    bus = SqliteBus(folder / "log.db", clock=SystemClock())
    yield from serving(replace(parts_over(index, bus), now=lambda: now), settings_with())
    bus.close()


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[OpenTab]:
    """Opens a tab of a context of its own on a site; options are those of Playwright's `new_context`."""
    with ExitStack() as held:
        tabs: list[Tab] = []

        def opened(site: Site, **options: object) -> Tab:
            settings = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
            context = browser.new_context(**settings)  # type: ignore[arg-type]
            held.callback(context.close)
            tabs.append(Tab(page=context.new_page(), url=site.url))
            return tabs[-1]

        yield opened
        problems = [problem for tab in tabs for problem in tab.problems]
    assert not problems


@pytest.fixture
def tab(open_tab: OpenTab, news_site: Site) -> Tab:
    """A tab on the site with news, as wide as a desk's screen."""
    return open_tab(news_site)


@pytest.fixture
def phone(open_tab: OpenTab, news_site: Site) -> Tab:
    """A tab on a phone of 360 points, with touch."""
    return open_tab(news_site, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
