from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.link_header import linked

HEADER = (
    '<https://hub.test/>; rel="hub", <https://one.test/feed,a>;rel=self;title="a, b; rel=x",'
    ' </rss>; title="\\", <x>; rel=hub"; REL="Alternate  HUB", <https://two.test/>; rel="hub"; anchor="#a"'
)


def test_addresses_by_relation() -> None:
    assert list(linked(HEADER, "hub")) == ["https://hub.test/", "/rss"]
    assert list(linked(HEADER, "self")) == ["https://one.test/feed,a"]
    assert list(linked(HEADER, "next")) == []


@pytest.mark.parametrize(
    "header", [None, "", "https://hub.test/; rel=hub", "<https://hub.test/", '<a>; x="rel=hub']
)
def test_what_is_no_link_has_none(header: str | None) -> None:
    assert list(linked(header, "hub")) == []


@given(st.text('<>;=", \\relhub', max_size=60))
def test_any_header_can_be_read(header: str) -> None:
    assert all("<" not in address for address in linked(header, "hub"))
