"""The article index on one machine, inside the process: no server, one writer, any number of readers.

Words, facets and order are tantivy's, a search library in the manner of Lucene; embeddings lie beside it.

    path/    index.json   articles/   vectors.bin       see `folder`; `generations` for rebuilds
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import tantivy

from article.errors import BadConfiguration, BadQuery
from article.records import EnrichedArticle
from index.embedded.compile import Compiler
from index.embedded.errors import Damaged
from index.embedded.facets import aggregations, counts
from index.embedded.highlight import highlights, sought_in
from index.embedded.labels import Labels
from index.embedded.reader import Found, Snapshot
from index.embedded.recency import with_recency
from index.embedded.similar import similar_to
from index.embedded.store import HEAP_BYTES, Serving, Store, open_for_writing
from index.expression import is_scored
from index.hits import bucket_of, hit_of
from index.protocol import Bucket, Hit, Page, Refused, Written
from index.query import MAX_SIMILAR, FacetName, Query


class EmbeddedIndex:
    """An `ArticleIndex` in the folder `path`.

    Opening for writing makes the folder where needed and takes the writer lock until `close`; Busy where
    another process has it. With `read_only`, Unavailable where there is no index yet. BadConfiguration for
    a folder that cannot be used, is damaged, or was made by another version.

    `recency_days` is the age at which the bonus for being recent has faded to half. `heap_bytes` is what
    the writer collects in memory, over all of its `threads`, before it writes by itself.
    """

    def __init__(
        self,
        path: Path,
        *,
        read_only: bool = False,
        recency_days: float = 7.0,
        heap_bytes: int = HEAP_BYTES,
        threads: int = 1,
    ) -> None:
        self._path = path
        self._recency_days = recency_days
        self._labels = Labels()
        self._store = None if read_only else open_for_writing(path, heap_bytes=heap_bytes, threads=threads)
        self._serving = Serving(path, self._store)

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        if self._store is None or self._store.writer is None:
            raise BadConfiguration(str(self._path), "was opened for reading only")
        return self._store.writer.write(articles)

    def search(self, query: Query) -> Page:
        return self._serving.ask(lambda store: self._searched(store.reader.newest(), query))

    def get(self, article_id: str) -> EnrichedArticle | None:
        return self._serving.ask(lambda store: store.reader.newest().get(article_id))

    def similar(
        self, article_id: str, *, limit: int = 10, minimum: float = 0.0, distinct: bool = False
    ) -> Page:
        if not 0 <= limit <= MAX_SIMILAR:
            raise BadQuery(f"{limit} similar articles", f"ask for 0 to {MAX_SIMILAR}")

        def near(store: Store) -> tuple[Hit, ...]:
            with store.vectors_lock:
                return similar_to(
                    article_id,
                    store.reader.newest(),
                    store.vectors,
                    limit=limit,
                    minimum=minimum,
                    distinct=distinct,
                )

        hits = self._serving.ask(near)
        return Page(total=len(hits), hits=hits)

    def count(self) -> int:
        return self._serving.ask(lambda store: store.reader.newest().count())

    def refresh(self) -> None:
        self._serving.ask(lambda store: store.reader.newest(force=True))

    def close(self) -> None:
        if self._store is not None:
            self._store.close()

    def _searched(self, snapshot: Snapshot, query: Query) -> Page:
        expression = query.whole()
        compiled = Compiler(snapshot.schema).query(expression)
        newest = query.sort == "newest" or not is_scored(expression)
        found = self._found(snapshot, compiled, query, newest=newest)
        return Page(
            total=found.total,
            hits=_hits(snapshot, found, query),
            facets=self._facets(snapshot, compiled, query),
        )

    def _found(self, snapshot: Snapshot, compiled: tantivy.Query, query: Query, *, newest: bool) -> Found:
        if query.now is not None and not newest:
            compiled = with_recency(compiled, snapshot.schema, query.now, self._recency_days)
        return snapshot.search(compiled, limit=query.limit, offset=query.offset, newest=newest)

    def _facets(
        self, snapshot: Snapshot, compiled: tantivy.Query, query: Query
    ) -> Mapping[FacetName, tuple[Bucket, ...]]:
        if not query.facets:
            return {}
        try:
            answer = snapshot.aggregate(compiled, aggregations(query.facets))
        except ValueError as error:
            if "limit" not in str(error):
                raise Damaged(self._path, f"facets cannot be counted: {error}") from error
            raise BadQuery(
                "facets", "more values than can be counted", "narrow the search, or ask for longer time spans"
            ) from error
        return {
            name: tuple(
                bucket_of(count.key, count.count, self._labels.shown(snapshot, name, count.key))
                for count in found
            )
            for name, found in counts(query.facets, answer).items()
        }


def _hits(snapshot: Snapshot, found: Found, query: Query) -> tuple[Hit, ...]:
    sought = sought_in(query.whole()) if query.highlight else ()
    hits = []
    for score, address in found.places:
        article = snapshot.article(address)
        hits.append(hit_of(article, score=score, highlights=highlights(article, sought) if sought else ()))
    return tuple(hits)
