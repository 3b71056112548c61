"""Logging in and out in a browser, and what another site's page can do with its rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from runtime.clock import SystemClock
from tests.browser.conftest import OpenTab
from tests.web.articles import SOME
from tests.web.conftest import TOKEN, Site, parts_over, serving, settings_with


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Site]:
    """Reading needs a login."""
    with (
        closing(SqliteBus(tmp_path / "log.db", clock=SystemClock())) as bus,
        closing(EmbeddedIndex(tmp_path / "index", recency_days=7.0)) as index,
    ):
        index.write(SOME)
        yield from serving(parts_over(index, bus), settings_with(reading="token"))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_logs_in_is_led_back_and_logs_out(open_tab: OpenTab, closed: Site, scripts: bool) -> None:
    tab = open_tab(closed, java_script_enabled=scripts)
    shown = tab.goto("/?q=kabul")
    if scripts:
        tab.check()
    shown.get_by_label("Token").fill("not the token of the tests")
    shown.get_by_role("button", name="Log in").click()
    expect(shown.get_by_role("alert")).to_have_text("That is not the token.")
    tab.expect("403")
    shown.get_by_label("Token").fill(TOKEN)
    shown.get_by_role("button", name="Log in").click()
    expect(shown.get_by_role("link", name="Taliban meet in Kabul")).to_be_visible()
    assert tab.path() == "/?q=kabul"
    shown.get_by_role("button", name="Log out").click()
    expect(shown.get_by_label("Token")).to_be_visible()


def test_another_page_cannot_write_with_the_rights_of_who_is_logged_in(
    open_tab: OpenTab, closed: Site
) -> None:
    tab = open_tab(closed)
    shown = tab.goto(f"/login?token={TOKEN.replace(' ', '+')}")
    expect(shown.get_by_role("button", name="Log out")).to_be_visible()
    shown.goto("about:blank")
    shown.set_content(
        f'<form method="post" action="{closed.url}/feeds"><input name="address" value="https://a.example/">'
        "<button>Win a prize</button></form>"
    )
    shown.get_by_role("button", name="Win a prize").click()
    expect(shown.get_by_text("sent by the page of another site")).to_be_visible()
    tab.expect("403")
    assert "a.example" not in tab.goto("/feeds").content()
