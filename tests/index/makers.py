"""Ways to make each index for tests: empty ones, a second door to the same, and its generations."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Protocol

from elasticsearch import Elasticsearch

from index.elastic import ElasticGenerations, ElasticIndex, setup_index
from index.embedded import EmbeddedGenerations, EmbeddedIndex
from index.generations import Generations
from index.protocol import ArticleIndex
from runtime.backoff import Backoff
from runtime.settings import ElasticSettings

AT_ONCE = Backoff(base=0.0, cap=0.0)


class Maker(Protocol):
    def make(self) -> ArticleIndex:
        """An empty index, another one each time."""

    def reader(self) -> ArticleIndex:
        """The index made last, for reading, as another process opens it."""

    def generations(self) -> Generations:
        """Of the index made last. Where an index has one writer, that one is closed."""

    def writer(self) -> ArticleIndex:
        """The index made last, for writing, as a stage that starts later opens it."""

    def clear(self) -> None:
        """Close everything that was made and, where it takes up a shared server's room, remove it."""


class EmbeddedMaker:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: list[ArticleIndex] = []
        self._made = 0

    @property
    def path(self) -> Path:
        return self._folder / f"index-{self._made}"

    def make(self) -> ArticleIndex:
        self._made += 1
        return self.writer()

    def writer(self) -> ArticleIndex:
        self._opened.append(EmbeddedIndex(self.path, recency_days=7.0))
        return self._opened[-1]

    def reader(self) -> ArticleIndex:
        self._opened.append(EmbeddedIndex(self.path, recency_days=7.0, read_only=True))
        return self._opened[-1]

    def generations(self) -> Generations:
        self.clear()
        return EmbeddedGenerations(self.path)

    def clear(self) -> None:
        while self._opened:
            self._opened.pop().close()


class ElasticMaker:
    """Each index has a prefix, and with it templates and indices, of its own.

    `free` are prefixes whose templates are there and whose indices are gone: putting templates takes long.
    """

    def __init__(self, url: str, free: list[str]) -> None:
        self._url = url
        self._free = free
        self._client = Elasticsearch(url)
        self._opened: list[ArticleIndex | Generations] = []
        self._used: list[str] = []

    @property
    def settings(self) -> ElasticSettings:
        return ElasticSettings(url=self._url, index_prefix=self._used[-1])

    def make(self) -> ArticleIndex:
        self._used.append(self._free.pop() if self._free else f"test-{uuid.uuid4().hex[:12]}")
        setup_index(self.settings)
        return self.writer()

    def writer(self) -> ArticleIndex:
        index = ElasticIndex(self.settings, recency_days=7.0, backoff=AT_ONCE)
        self._opened.append(index)
        return index

    def reader(self) -> ArticleIndex:
        index = ElasticIndex(self.settings, recency_days=7.0, read_only=True)
        self._opened.append(index)
        return index

    def generations(self) -> Generations:
        generations = ElasticGenerations(self.settings, backoff=AT_ONCE)
        self._opened.append(generations)
        return generations

    def clear(self) -> None:
        while self._opened:
            self._opened.pop().close()
        while self._used:
            prefix = self._used.pop()
            self._client.indices.delete(index=list(self._client.indices.get(index=f"{prefix}-0*")))
            self._free.append(prefix)
