"""Adding and changing feeds, and sending dead letters again, in a browser: with its script and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from app.redrive import waiting
from article.codec import decode
from article.tables import Subscription
from bus.channels import FEEDS, RAW
from bus.protocol import Bus
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from runtime.clock import SystemClock
from tests.browser.conftest import OpenTab
from tests.browser.tab import MAX_WEIGHT, Tab
from tests.bus.contract import everything, record, values
from tests.ingest.documents import item, page, rss
from tests.ingest.site import Answer as Document
from tests.ingest.site import Site as Web
from tests.ingest.site import serving as web_serving
from tests.web.conftest import TOKEN, Site, parts_over, serving, settings_with
from tests.web.desks import bury, watch


@pytest.fixture
def site(tmp_path: Path, fresh_bus: Bus) -> Iterator[Site]:
    index = EmbeddedIndex(tmp_path / "index")
    yield from serving(parts_over(index, fresh_bus), settings_with())
    index.close()


@pytest.fixture
def fresh_bus(tmp_path: Path) -> Iterator[Bus]:
    opened = SqliteBus(tmp_path / "log.db", clock=SystemClock())
    yield opened
    opened.close()


@pytest.fixture
def web() -> Iterator[Web]:
    """A site with two feeds."""
    with web_serving() as opened:
        for name in ("world", "sport"):
            document = rss(item(title=f"News of {name}"), title=f"The {name}")
            opened.at(f"/{name}", Document(body=document, content_type="application/rss+xml"))
        head = "".join(
            f"<link rel='alternate' type='application/rss+xml' href='/{name}'>" for name in ("world", "sport")
        )
        opened.at("/", Document(body=page("Text.", head=head)))
        yield opened


def log_in(tab: Tab, path: str) -> Page:
    return tab.goto(f"/login?token={quote(TOKEN)}&next={quote(path)}")


def watched(bus: Bus) -> dict[str, Subscription]:
    feeds = (decode(Subscription, value) for _, value in bus.table(FEEDS).items())
    return {feed.url: feed for feed in feeds}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_feed_is_added_paused_and_removed(
    open_tab: OpenTab, site: Site, web: Web, fresh_bus: Bus, scripts: bool
) -> None:
    tab = open_tab(site, java_script_enabled=scripts)
    shown = log_in(tab, "/feeds")
    shown.get_by_label("Address of a feed").fill(web.url)
    shown.get_by_label("Category").fill("World")
    shown.get_by_role("button", name="Add", exact=True).click()
    expect(shown.get_by_role("group", name="It has 2 feeds")).to_be_visible()
    shown.get_by_role("button", name="Add the chosen ones").click()
    expect(shown.get_by_role("heading", level=1)).to_have_text(f"{web.url}/world")
    expect(shown.get_by_role("status")).to_contain_text("Added.")
    assert watched(fresh_bus)[f"{web.url}/world"].category == "World"
    shown.get_by_role("button", name="Pause").click()
    expect(shown.get_by_role("status")).to_contain_text("Paused")
    shown.get_by_role("link", name="All feeds").click()
    expect(shown.get_by_role("row")).to_have_count(2)
    shown.get_by_role("button", name="Resume").click()
    assert not watched(fresh_bus)[f"{web.url}/world"].paused
    shown.get_by_role("link", name=f"{web.url}/world").click()
    shown.locator("summary").click()
    shown.get_by_role("button", name="Remove for good").click()
    expect(shown.get_by_role("status")).to_contain_text("Removed.")
    assert not watched(fresh_bus)


def test_what_cannot_be_added_is_said_at_its_field(open_tab: OpenTab, site: Site) -> None:
    tab = open_tab(site)
    shown = log_in(tab, "/feeds")
    shown.get_by_label("Address of a feed").fill("http://10.0.0.1/")
    shown.get_by_role("button", name="Add", exact=True).click()
    expect(shown.get_by_role("alert")).to_contain_text("private or reserved address")
    tab.check()
    tab.expect("400")


def test_of_two_people_the_second_sees_what_the_first_did(
    open_tab: OpenTab, site: Site, fresh_bus: Bus
) -> None:
    id = watch(fresh_bus, "https://one.example/rss", title="One", category="Old")
    first, second = open_tab(site), open_tab(site)
    pages = [log_in(tab, f"/feeds/{id}") for tab in (first, second)]
    for number, shown in enumerate(pages):
        shown.get_by_label("Category").fill(f"Number {number}")
        shown.get_by_role("button", name="Save").click()
    expect(pages[1].get_by_role("heading", level=1)).to_contain_text("Somebody else")
    expect(pages[1].get_by_role("row", name="Category")).to_contain_text("Number 0")
    second.check()
    second.expect("409")
    pages[1].get_by_role("button", name="Save what you wanted").click()
    expect(pages[1].get_by_role("status")).to_have_text("Saved.")
    assert watched(fresh_bus)["https://one.example/rss"].category == "Number 1"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_dead_letter_is_looked_at_and_sent_again(
    open_tab: OpenTab, site: Site, fresh_bus: Bus, scripts: bool
) -> None:
    one, _ = bury(fresh_bus, record("a", '{"title": "lost"}'), record("b", "2"), reason="smells")
    tab = open_tab(site, java_script_enabled=scripts)
    shown = log_in(tab, "/pipeline")
    shown.get_by_role("link", name="2", exact=True).click()
    shown.get_by_role("link", name=one).click()
    expect(shown.get_by_role("region", name="Value")).to_contain_text('"title": "lost"')
    shown.get_by_role("link", name="Dead letters").click()
    shown.get_by_role("checkbox", name=f"Choose {one}").check()
    shown.get_by_role("button", name="Send the chosen ones again").click()
    expect(shown.get_by_role("status")).to_contain_text("1 letter was sent again", timeout=60_000)
    expect(shown.get_by_role("link", name=one)).to_have_count(0)
    assert [letter.message.key for letter in waiting(fresh_bus)] == ["b"]
    assert values(everything(fresh_bus, RAW)).count('{"title": "lost"}') == 2


@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 740}}]
)
def test_the_pages_stand_in_nobodys_way(
    open_tab: OpenTab, site: Site, fresh_bus: Bus, options: dict[str, object]
) -> None:
    long = "https://long.example/" + "very/" * 40 + "feed.xml"
    ids = [watch(fresh_bus, url, category="World/Asia") for url in ("https://one.example/", long)]
    (place,) = bury(fresh_bus, record("k" * 200, "x" * 5000), reason="no " * 100)
    tab = open_tab(site, **options)
    log_in(tab, "/feeds")
    for path in ("/feeds", f"/feeds/{ids[1]}", "/pipeline", "/pipeline/dead", f"/pipeline/dead/{place}"):
        tab.goto(path)
        tab.check()


def test_a_full_page_of_feeds_is_light(open_tab: OpenTab, site: Site, fresh_bus: Bus) -> None:
    for number in range(60):
        watch(fresh_bus, f"https://feeds.site-{number}.example/news/rss.xml", title=f"Site {number}, World")
    tab = open_tab(site)
    tab.goto("/feeds")
    assert tab.weight() <= MAX_WEIGHT


def test_the_pipeline_page_looks_again_by_itself(open_tab: OpenTab, site: Site, fresh_bus: Bus) -> None:
    tab = open_tab(site)
    tab.page.clock.install()
    shown = tab.goto("/pipeline")
    expect(shown.get_by_role("row", name="enrich")).not_to_contain_text("7")
    fresh_bus.publish([record(f"k{number}", "1") for number in range(7)])
    shown.clock.fast_forward(16_000)
    expect(shown.get_by_role("row", name="enrich")).to_contain_text("7")
