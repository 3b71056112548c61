"""The reading side: requests to the serving generation, over all of its months at once."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from elasticsearch import Elasticsearch, NotFoundError

from article.errors import Unavailable
from article.records import EnrichedArticle
from index.elastic.documents import article_of
from index.elastic.errors import SETUP, talking

Json = dict[str, object]
Found = Mapping[str, object]

WITHOUT_MACHINERY = {"excludes": ["embedding", "named", "search"]}
"""Of a hit's `_source`: what makes up most of it and is not shown."""

NEWEST: list[Json] = [{"search.time": "desc"}, {"id": "asc"}]


class Reader:
    """Safe to share between threads."""

    def __init__(self, client: Elasticsearch, *, alias: str, subject: str, read_only: bool) -> None:
        self._client = client
        self._alias = alias
        self._subject = subject
        self._read_only = read_only
        self._lock = threading.Lock()
        self._written = False

    def wrote(self) -> None:
        """This process has written: the next question is asked of what is there then."""
        with self._lock:
            self._written = True

    def refresh(self, *, always: bool = True) -> None:
        """Have the server show everything that was written until now; else only what this process wrote.

        The server does it by itself once a second, so that searching costs writers nothing.
        """
        with self._lock:
            wanted = always or self._written
            self._written = False
        if not wanted:
            return
        try:
            with talking(self._subject):
                self._client.indices.refresh(index=self._alias, ignore_unavailable=True)
        except BaseException:
            self.wrote()
            raise

    def search(self, *, scored: bool = False, **body: object) -> Found:
        """The server's answer. Unavailable where there is no index or a part of it does not answer."""
        self.refresh(always=False)
        with talking(self._subject, searching=True):
            try:
                answer = self._client.search(
                    index=self._alias,
                    # Months differ in how rare a word is: with dfs all of them reckon with the whole index.
                    search_type="dfs_query_then_fetch" if scored else None,
                    allow_partial_search_results=False,
                    **body,  # type: ignore[arg-type]
                )
            except NotFoundError as error:
                raise self._missing() from error
        return answer.body  # type: ignore[no-any-return]

    def article(self, article_id: str) -> EnrichedArticle | None:
        found = hits_of(self.search(query={"ids": {"values": [article_id]}}, size=1))
        return article_of(source_of(found[0])) if found else None

    def count(self) -> int:
        self.refresh(always=not self._read_only)  # who only reads may lack the privilege
        with talking(self._subject):
            try:
                return int(self._client.count(index=self._alias)["count"])
            except NotFoundError as error:
                raise self._missing() from error

    def _missing(self) -> Unavailable:
        return Unavailable(self._subject, f"there is no index {self._alias} yet", SETUP)


def hits_of(answer: Found) -> list[Mapping[str, object]]:
    hits = answer["hits"]
    assert isinstance(hits, Mapping)  # noqa: S101 - the shape that the server documents
    return list(hits["hits"])


def total_of(answer: Found) -> int:
    hits = answer["hits"]
    assert isinstance(hits, Mapping)  # noqa: S101 - the shape that the server documents
    return int(hits["total"]["value"])


def source_of(hit: Mapping[str, object]) -> Mapping[str, object]:
    source = hit["_source"]
    assert isinstance(source, Mapping)  # noqa: S101 - the shape that the server documents
    return source
