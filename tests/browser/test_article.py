"""An article in a browser: its names, its topics' sentences, its revisions, its way, its entities' pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from runtime.clock import SystemClock
from tests.browser.conftest import OpenTab
from tests.browser.news import NEWS
from tests.web.article.story import HOSTILE, LIKE, REVISIONS, STORY, tell
from tests.web.conftest import Site, parts_over, serving, settings_with

ARTICLE = f"/articles/{STORY.id}"


@pytest.fixture(scope="module")
def story_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("story")
    index = EmbeddedIndex(folder / "index", recency_days=7.0)
    index.write([*NEWS, STORY, LIKE, HOSTILE])
    bus = SqliteBus(folder / "log.db", clock=SystemClock())
    tell(bus, *REVISIONS)
    yield from serving(parts_over(index, bus), settings_with())
    bus.close()
    index.close()


VIEWS: dict[str, dict[str, object]] = {
    "desk": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
}


@pytest.mark.parametrize("kind", VIEWS)
def test_none_of_its_pages_stands_in_anybodys_way(open_tab: OpenTab, story_site: Site, kind: str) -> None:
    tab = open_tab(story_site, **VIEWS[kind])
    for path in (
        ARTICLE,
        f"{ARTICLE}/revisions",
        f"{ARTICLE}/way",
        "/entities/kb:taliban",
        "/why?of=nothing",
    ):
        tab.goto(path)
        tab.check()


def test_a_sentence_that_speaks_for_a_topic_is_shown_on_demand(open_tab: OpenTab, story_site: Site) -> None:
    page = open_tab(story_site, java_script_enabled=False).goto(ARTICLE)
    page.locator("summary", has_text="conflict, war and peace").click()
    page.get_by_role("link", name="show sentence 1 in the text").click()
    expect(page.locator(".evidence:target")).to_contain_text("claimed an attack in")


def test_from_a_name_in_the_text_to_its_page_and_to_both_and_back(
    open_tab: OpenTab, story_site: Site
) -> None:
    tab = open_tab(story_site)
    page = tab.goto(ARTICLE)
    page.locator(".text").get_by_role("link", name="Meera Nair").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Meera Nair")
    page.get_by_role("link", name="together in 1 article").first.click()
    expect(page.get_by_role("status")).to_have_text("1 article")
    page.go_back()
    page.go_back()
    assert tab.path() == ARTICLE


def test_names_are_reached_by_keyboard_once_and_marks_can_be_taken_off(
    open_tab: OpenTab, story_site: Site
) -> None:
    page = open_tab(story_site).goto(ARTICLE)
    programme = page.locator(".text").get_by_text("World Food Programme")
    assert programme.count() == 2
    assert page.locator(".text a.says[tabindex='-1']", has_text="World Food Programme").count() == 1
    first = page.locator(".text a.says").first
    page.get_by_label("Mark names").uncheck()
    expect(first).to_have_css("text-decoration-line", "none")


def test_two_revisions_are_chosen(open_tab: OpenTab, story_site: Site) -> None:
    page = open_tab(story_site, java_script_enabled=False).goto(f"{ARTICLE}/revisions")
    page.get_by_label("From").select_option("1")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("del").filter(has_text="12")).to_be_visible()
    expect(page.locator("ins").filter(has_text="useful and frank")).to_be_visible()


def test_a_hostile_article_does_nothing(open_tab: OpenTab, story_site: Site) -> None:
    tab = open_tab(story_site)
    page = tab.goto(f"/articles/{HOSTILE.id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("onerror")
    tab.check()
