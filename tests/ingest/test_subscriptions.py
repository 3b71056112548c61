from __future__ import annotations

from pathlib import Path

import pytest

from article.errors import BadInput
from article.identity import feed_id
from bus.channels import FEEDS
from bus.protocol import Record
from bus.sqlite.bus import SqliteBus
from ingest.lists.subscriptions import added, removed, subscription, subscriptions
from ingest.urls import without_credentials
from runtime.clock import SystemClock
from tests.ingest.documents import NOW


def test_a_subscription_is_known_by_its_address() -> None:
    feed = subscription(" https://One.test/feed ", now=NOW, title="<b>One</b>\n", category="/News//World/")
    assert (feed.url, feed.title, feed.category) == ("https://One.test/feed", "One", "News/World")
    assert feed.id == feed_id("https://one.test/feed")
    assert feed.added == NOW


@pytest.mark.parametrize(
    "url",
    [
        "",
        "one.test/feed",
        "ftp://one.test/",
        "https://",
        "https://[x/",
        "https://one.test:99999/",
        "https://one.test/a b",
        "file:///x",
    ],
)
def test_what_is_no_feed_address_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        subscription(url, now=NOW)


def test_credentials_are_not_shown() -> None:
    assert without_credentials("https://user:p@ss@one.test:8/a@b") == "https://one.test:8/a@b"
    assert without_credentials("https://one.test/a@b") == "https://one.test/a@b"
    with pytest.raises(BadInput) as caught:
        subscription("ftp://user:secret@one.test/", now=NOW)
    assert "secret" not in str(caught.value)


def test_subscriptions_are_added_listed_and_removed(tmp_path: Path) -> None:
    bus = SqliteBus(tmp_path / "bus.sqlite", clock=SystemClock())
    one = subscription("https://one.test/", now=NOW, category="b")
    two = subscription("https://two.test/", now=NOW, category="a")
    bus.publish([added(one, now=NOW), added(two, now=NOW), Record(channel=FEEDS, key="bad", value=b"{")])
    assert subscriptions(bus.table(FEEDS)) == (two, one)
    bus.publish([removed(one.id)])
    assert subscriptions(bus.table(FEEDS)) == (two,)
    bus.close()
