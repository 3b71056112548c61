"""The search page in a browser: at a desk, on a phone, in the dark, by keyboard, and without its script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab
from tests.browser.tab import MAX_SCRIPTS, MAX_WEIGHT, Tab
from tests.web.conftest import Site


def test_the_first_page_is_light(tab: Tab) -> None:
    tab.goto()
    assert tab.weight() <= MAX_WEIGHT
    assert len([each for each in tab.requests if each.resource_type == "script"]) <= MAX_SCRIPTS


def test_it_stands_in_nobodys_way(tab: Tab) -> None:
    tab.goto("/?q=taliban&org=world+food+programme")
    tab.check()


def test_it_fits_a_phone(phone: Tab) -> None:
    phone.goto("/?q=taliban&org=world+food+programme")
    phone.check()


def test_it_can_be_read_in_the_dark(open_tab: OpenTab, news_site: Site) -> None:
    dark = open_tab(news_site, color_scheme="dark")
    dark.goto("/?q=taliban&org=world+food+programme")
    dark.check()


def test_facets_combine_and_are_taken_away(tab: Tab) -> None:
    page = tab.goto()
    page.locator("#facet-org").get_by_role("link", name="Taliban").click()
    expect(page.get_by_role("status")).to_have_text("12 articles")
    page.locator("#facet-feed summary").click()
    page.locator("#facet-feed").get_by_role("link", name="BBC News").click()
    expect(page.get_by_role("status")).to_have_text("3 articles")
    page.get_by_role("link", name="Feed BBC News").click()
    expect(page.get_by_role("status")).to_have_text("12 articles")
    assert tab.path() == "/?org=taliban"


def test_the_words_change_and_the_choice_stays(tab: Tab) -> None:
    page = tab.goto("/?org=taliban")
    page.get_by_label("Search the articles").fill("nangarhar")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("12 articles")
    assert tab.path() == "/?q=nangarhar&org=taliban"


def test_a_drag_over_the_bars_chooses_a_span(tab: Tab) -> None:
    page = tab.goto()
    bars = page.locator(".bars [data-from]")
    first, last = bars.nth(3).bounding_box(), bars.nth(6).bounding_box()
    assert first
    assert last
    page.mouse.move(first["x"] + 2, first["y"] + 40)
    page.mouse.down()
    page.mouse.move(last["x"] + 2, last["y"] + 40, steps=4)
    page.mouse.up()
    expect(page.get_by_role("status")).to_have_text("8 articles")
    assert "from=2026-04-" in tab.path()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_bar_is_a_link(open_tab: OpenTab, news_site: Site, scripts: bool) -> None:
    tab = open_tab(news_site, java_script_enabled=scripts)
    page = tab.goto()
    page.locator(".bars a").nth(4).click()
    expect(page.get_by_role("status")).to_have_text("2 articles")


def test_countries_and_places_on_the_map_are_links(tab: Tab) -> None:
    page = tab.goto()
    page.locator(".globe a:not(.spot)", has_text="India").click()
    expect(page.get_by_role("link", name="Country India")).to_be_visible()
    page.locator(".globe .spot", has_text="Kerala").click()
    expect(page.get_by_role("link", name="Place Kerala")).to_be_visible()
    assert tab.path() == "/?country=in&place=kerala"


def test_all_of_it_is_reached_by_keyboard(tab: Tab) -> None:
    page = tab.goto()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Search the articles")).to_be_focused()
    page.keyboard.type("malaria")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("12 articles")


def test_a_query_that_cannot_be_read_is_answered_where_it_was_asked(tab: Tab) -> None:
    page = tab.goto("/?q=(kabul")
    expect(page.get_by_role("alert")).to_contain_text("never closed")
    expect(page.get_by_label("Search the articles")).to_have_value("(kabul")
    tab.check()
    tab.expect("400")


def test_further_pages(tab: Tab) -> None:
    page = tab.goto()
    page.get_by_role("link", name="More →").click()
    expect(page.get_by_role("status")).to_have_text("60 articles · 21 to 40")
    page.get_by_role("link", name="← Before").click()
    assert tab.path() == "/"


def test_names_are_suggested_and_chosen_by_keyboard(tab: Tab) -> None:
    page = tab.goto("/?q=envoys")
    box = page.get_by_label("Search the articles")
    box.press("End")
    box.press_sequentially(" AND world")
    names = page.get_by_role("option")
    expect(names).to_have_count(2)
    expect(names.first).to_have_text("World Food Programmeorganisation · 12")
    tab.check()
    box.press("ArrowDown")
    expect(names.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page.get_by_role("link", name="Organisation World Food Programme")).to_be_visible()
    assert tab.path() == "/?q=envoys&org=world+food+programme"


def test_suggestions_go_away(tab: Tab) -> None:
    page = tab.goto()
    box = page.get_by_label("Search the articles")
    box.press_sequentially("tal")
    expect(page.get_by_role("option")).to_have_count(1)
    box.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_have_value("tal")
