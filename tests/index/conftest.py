"""Every implementation of the article index, each held to the same contract tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.embedded import EmbeddedIndex
from index.protocol import ArticleIndex

MakeIndex = Callable[[], ArticleIndex]
"""Makes an empty index, another one each time, closed when the test ends."""


@pytest.fixture(params=["embedded"])
def make_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeIndex]:
    opened: list[ArticleIndex] = []

    def embedded() -> ArticleIndex:
        opened.append(EmbeddedIndex(tmp_path / f"index-{len(opened)}", recency_days=7.0))
        return opened[-1]

    makers: dict[str, MakeIndex] = {"embedded": embedded}
    yield makers[request.param]
    for index in opened:
        index.close()


@pytest.fixture
def index(make_index: MakeIndex) -> ArticleIndex:
    return make_index()
