"""Every implementation of the article index, each held to the same contract tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from index.protocol import ArticleIndex
from stack.elastic import ElasticServer
from tests.index.makers import ElasticMaker, EmbeddedMaker, Maker

MakeIndex = Callable[[], ArticleIndex]
"""Makes an empty index, another one each time, closed when the test ends."""


@pytest.fixture(scope="session")
def free_prefixes() -> list[str]:
    """Of the run's Elasticsearch, see `ElasticMaker`."""
    return []


@pytest.fixture(scope="module", params=["embedded", "elastic"])
def make_maker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Maker]:
    """For each implementation in turn, a way to make its indices."""
    if request.param == "embedded":
        return lambda: EmbeddedMaker(tmp_path_factory.mktemp("indices"))
    server: ElasticServer = request.getfixturevalue("elastic")
    free: list[str] = request.getfixturevalue("free_prefixes")
    return lambda: ElasticMaker(server.url, free)


@pytest.fixture
def maker(make_maker: Callable[[], Maker]) -> Iterator[Maker]:
    made = make_maker()
    yield made
    made.clear()


@pytest.fixture
def make_index(maker: Maker) -> MakeIndex:
    return maker.make


@pytest.fixture
def index(make_index: MakeIndex) -> ArticleIndex:
    return make_index()
