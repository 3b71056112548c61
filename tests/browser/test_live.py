"""The live view in a browser: articles appear as they come, wait while paused, and are only ever text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from runtime.clock import SystemClock
from tests.browser.conftest import OpenTab
from tests.index.articles import article
from tests.web.conftest import Site, parts_over, serving, settings_with
from tests.web.test_live import arrival
from web.live.broadcast import Broadcast

SHOWN = "New articles appear at the top as they come in."


@pytest.fixture
def broadcast() -> Broadcast:
    return Broadcast()


@pytest.fixture
def live(tmp_path: Path, broadcast: Broadcast) -> Iterator[Site]:
    index = EmbeddedIndex(tmp_path / "index", recency_days=7.0)
    index.write([article("old", "Flood of yesterday")])
    bus = SqliteBus(tmp_path / "log.db", clock=SystemClock())
    for site in serving(parts_over(index, bus, arrivals=broadcast), settings_with()):
        yield site
        broadcast.close()
    bus.close()
    index.close()


def test_articles_appear_as_they_come_and_wait_while_paused(
    open_tab: OpenTab, live: Site, broadcast: Broadcast
) -> None:
    tab = open_tab(live)
    page = tab.goto("/live?q=flood")
    items, state = page.locator("#live li"), page.locator("#live-state")
    expect(state).to_have_text(SHOWN)
    expect(items).to_have_count(1)
    tab.check()
    bad = article("bad", "Flood <img src=x onerror=alert(1)> \u202e")
    broadcast.publish([arrival(1, article("rates", "Rates stay")), arrival(2, bad)])
    expect(items).to_have_count(2)
    expect(items.first).to_contain_text("Flood <img src=x onerror=alert(1)>")
    assert page.locator("#live img").count() == 0
    assert items.first.get_by_role("link").get_attribute("href") == f"/articles/{bad.id}"
    page.get_by_role("button", name="Pause").click()
    broadcast.publish([arrival(3, article("more", "More flood"))])
    expect(page.get_by_role("button", name="Go on (1 more)")).to_be_visible()
    expect(items).to_have_count(2)
    page.keyboard.press("Enter")  # the button has the focus
    expect(items).to_have_count(3)
    expect(items.first).to_contain_text("More flood")
    tab.check()
    page.get_by_role("link", name="Save this search").click()
    assert tab.path() == "/searches?q=flood"


def test_it_can_be_read_without_the_script(open_tab: OpenTab, live: Site) -> None:
    tab = open_tab(live, java_script_enabled=False)
    page = tab.goto("/live")
    expect(page.locator("#live li")).to_have_count(1)
    expect(page.locator("#live-pause")).to_be_hidden()
