"""The main way: search, facet, article, entity and back, on both indexes; and while the index is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from article.errors import Unavailable
from bus.sqlite import SqliteBus
from index.protocol import ArticleIndex
from runtime.clock import SystemClock
from stack.elastic import ElasticServer
from tests.browser.conftest import OpenTab, serve_news
from tests.browser.news import NEWS
from tests.index.makers import ElasticMaker, EmbeddedMaker
from tests.web.conftest import Site, parts_over, serving, settings_with


@pytest.fixture(scope="module", params=["embedded", "elastic"])
def either_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`NEWS` on each index."""
    if request.param == "embedded":
        yield request.getfixturevalue("news_site")
        return
    server: ElasticServer = request.getfixturevalue("elastic")
    maker = ElasticMaker(server.url, [])
    index = maker.make()
    index.write(NEWS)
    yield from serve_news(index, tmp_path_factory.mktemp("flow"))
    maker.clear()


def test_from_a_search_to_an_entity_and_back(open_tab: OpenTab, either_site: Site) -> None:
    tab = open_tab(either_site)
    page = tab.goto()
    box = page.get_by_label("Search the articles")
    box.fill("envoys OR rivers")
    box.press("Enter")
    status = page.get_by_role("status")
    expect(status).to_have_text("24 articles")
    page.locator("#facet-org").get_by_role("link", name="World Food Programme").click()
    expect(status).to_have_text("12 articles")
    narrowed = tab.path()
    page.locator(".hit h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("envoys meet aid agencies")
    tab.check()
    page.locator("aside.found").get_by_role("link", name="Isis-Khorasan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Isis-Khorasan")
    tab.check()
    page.go_back()
    page.go_back()
    expect(status).to_have_text("12 articles")
    expect(page.get_by_role("link", name="Organisation World Food Programme")).to_be_visible()
    assert tab.path() == narrowed


def test_the_page_comes_back_by_itself_when_the_index_does(open_tab: OpenTab, tmp_path: Path) -> None:
    maker, away = EmbeddedMaker(tmp_path), [True]
    index = maker.make()
    index.write(NEWS)

    def found() -> ArticleIndex:
        if away:
            raise Unavailable("the index", "is away")
        return index

    bus = SqliteBus(tmp_path / "log.db", clock=SystemClock())
    parts = replace(parts_over(index, bus), index=found)
    with contextmanager(serving)(parts, settings_with()) as site:
        tab = open_tab(site)
        page = tab.goto("/?q=taliban")
        expect(page.get_by_role("heading", level=1)).to_have_text("Not there now")
        tab.expect("503")
        away.clear()
        expect(page.get_by_role("status")).to_have_text("12 articles")
        tab.problems = [each for each in tab.problems if "503" not in each]
    bus.close()
    maker.clear()
