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
        """Close and remove everything that was made."""


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
    """Each index has a prefix, and with it templates and indices, of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = Elasticsearch(url)
        self._opened: list[ArticleIndex] = []
        self._generations: list[Generations] = []
        self._prefixes: list[str] = []

    @property
    def settings(self) -> ElasticSettings:
        return ElasticSettings(url=self._url, index_prefix=self._prefixes[-1])

    def make(self) -> ArticleIndex:
        self._prefixes.append(f"test-{uuid.uuid4().hex[:12]}")
        setup_index(self.settings)
        return self.writer()

    def writer(self) -> ArticleIndex:
        self._opened.append(ElasticIndex(self.settings, recency_days=7.0, backoff=AT_ONCE))
        return self._opened[-1]

    def reader(self) -> ArticleIndex:
        self._opened.append(ElasticIndex(self.settings, recency_days=7.0, read_only=True))
        return self._opened[-1]

    def generations(self) -> Generations:
        self._generations.append(ElasticGenerations(self.settings, backoff=AT_ONCE))
        return self._generations[-1]

    def clear(self) -> None:
        while self._opened:
            self._opened.pop().close()
        while self._generations:
            self._generations.pop().close()
        while self._prefixes:
            remove_index(self._client, self._prefixes.pop())

    def close(self) -> None:
        self.clear()
        self._client.close()


def remove_index(client: Elasticsearch, prefix: str) -> None:
    """Everything with that prefix, as if `setup_index` had never been called."""
    indices = list(client.indices.get(index=f"{prefix}-0*", features=["aliases"]))
    if indices:
        client.indices.delete(index=indices)
    client.indices.delete_index_template(name=f"{prefix}*")
    client.cluster.delete_component_template(name=f"{prefix}*")
