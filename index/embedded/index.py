"""The article index on one machine, inside the process: no server, one writer, any number of readers.

Words, facets and order are tantivy's, a search library in the manner of Lucene; embeddings lie beside it.

    path/    index.json   articles/   vectors.bin       see `folder`
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import tantivy

from article.errors import BadConfiguration, BadQuery
from article.records import EnrichedArticle
from index.embedded.analysis import register
from index.embedded.compile import Compiler
from index.embedded.errors import REBUILD, reading
from index.embedded.facets import aggregations, counts
from index.embedded.folder import articles_in, check_folder, prepare_folder, vectors_in
from index.embedded.highlight import highlights, sought_in
from index.embedded.labels import Labels
from index.embedded.reader import Found, Reader, Snapshot
from index.embedded.recency import with_recency
from index.embedded.schema import build_schema
from index.embedded.similar import similar_to
from index.embedded.vectors import VectorReader
from index.embedded.writer import Writer
from index.expression import is_scored
from index.hits import hit_of
from index.protocol import Bucket, Hit, Page, Refused, Written
from index.query import MAX_SIMILAR, FacetName, Query

HEAP_BYTES = 64_000_000


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
        index = _opened(path, read_only=read_only)
        self._reader = Reader(path, index)
        self._writer = (
            None if read_only else Writer(path, index, self._reader, heap_bytes=heap_bytes, threads=threads)
        )
        self._vectors = VectorReader(vectors_in(path))
        self._vectors_lock = threading.Lock()

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        if self._writer is None:
            raise BadConfiguration(str(self._path), "was opened for reading only")
        return self._writer.write(articles)

    def search(self, query: Query) -> Page:
        snapshot = self._reader.newest()
        expression = query.whole()
        compiled = Compiler(snapshot.schema).query(expression)
        newest = query.sort == "newest" or not is_scored(expression)
        found = self._found(snapshot, compiled, query, newest=newest)
        return Page(
            total=found.total,
            hits=_hits(snapshot, found, query),
            facets=self._facets(snapshot, compiled, query),
        )

    def get(self, article_id: str) -> EnrichedArticle | None:
        snapshot = self._reader.newest()
        address = snapshot.addresses([article_id]).get(article_id)
        return None if address is None else snapshot.article(address, embedding=True)

    def similar(
        self, article_id: str, *, limit: int = 10, minimum: float = 0.0, distinct: bool = False
    ) -> Page:
        if not 0 <= limit <= MAX_SIMILAR:
            raise BadQuery(f"{limit} similar articles", f"ask for 0 to {MAX_SIMILAR}")
        with self._vectors_lock:
            hits = similar_to(
                article_id,
                self._reader.newest(),
                self._vectors,
                limit=limit,
                minimum=minimum,
                distinct=distinct,
            )
        return Page(total=len(hits), hits=hits)

    def count(self) -> int:
        return self._reader.newest().count()

    def refresh(self) -> None:
        self._reader.newest(force=True)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

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
                raise BadConfiguration(
                    str(self._path), f"facets cannot be counted: {error}", REBUILD
                ) from error
            raise BadQuery(
                "facets", "more values than can be counted", "narrow the search, or ask for longer time spans"
            ) from error
        return {
            name: tuple(
                Bucket(key=count.key, label=self._labels.label(snapshot, name, count.key), count=count.count)
                for count in found
            )
            for name, found in counts(query.facets, answer).items()
        }


def _opened(path: Path, *, read_only: bool) -> tantivy.Index:
    if read_only:
        check_folder(path)
    else:
        prepare_folder(path)
    folder = str(articles_in(path))
    with reading(path):
        if tantivy.Index.exists(folder):
            index = tantivy.Index.open(folder)
        else:
            index = tantivy.Index(build_schema(), path=folder)
        register(index)
        return index


def _hits(snapshot: Snapshot, found: Found, query: Query) -> tuple[Hit, ...]:
    sought = sought_in(query.whole()) if query.highlight else ()
    hits = []
    for score, address in found.places:
        article = snapshot.article(address)
        hits.append(hit_of(article, score=score, highlights=highlights(article, sought) if sought else ()))
    return tuple(hits)
