"""The writing side: one batch is one commit; vectors are durable before the commit that refers to them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import tantivy

from article.errors import BadRecord, Unavailable
from article.records import EnrichedArticle
from index.document import document_of
from index.embedded.errors import writing
from index.embedded.folder import Parts, sync_folder
from index.embedded.reader import Reader
from index.embedded.schema import HAS_VECTOR, library_document
from index.embedded.vectors import MAX_ID_BYTES, Embedded, VectorFile
from index.faults import fault
from index.protocol import Refused, Written

SPARE_VECTORS = 1024  # so few that are of no use are not worth a compaction


class Writer:
    """Holds the index's writer lock until closed. Threads take turns."""

    def __init__(
        self, parts: Parts, index: tantivy.Index, reader: Reader, *, heap_bytes: int, threads: int
    ) -> None:
        self._path = parts.path
        self._articles = parts.articles
        self._index = index
        self._reader = reader
        self._size = (heap_bytes, threads)
        self._lock = threading.Lock()
        self._closed = False
        self._compact_above = SPARE_VECTORS
        self._writer: tantivy.IndexWriter | None = self._opened()
        with writing(parts.path):
            self._vectors = VectorFile(parts.vectors)

    def write(self, articles: Sequence[EnrichedArticle]) -> list[Written | Refused]:
        with self._lock:
            if self._closed:
                raise Unavailable(str(self._path), "the index is closed")
            return self._write(articles)

    def close(self) -> None:
        """Waits for merges under way, so that the next opening finds a tidy folder."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._writer is not None:
                with writing(self._path):
                    self._writer.wait_merging_threads()
                self._writer = None
            self._vectors.close()

    def _opened(self) -> tantivy.IndexWriter:
        with writing(self._path):
            return self._index.writer(heap_size=self._size[0], num_threads=self._size[1])

    def _write(self, articles: Sequence[EnrichedArticle]) -> list[Written | Refused]:
        indexed = self._reader.newest().revisions([article.id for article in articles if article.id])
        outcomes: list[Written | Refused] = []
        fresh: dict[str, tuple[EnrichedArticle, tantivy.Document]] = {}
        for article in articles:
            outcome = _outcome(article, indexed.get(article.id))
            if isinstance(outcome, Written) and not outcome.stale:
                try:
                    fresh[article.id] = (article, library_document(document_of(article), article))
                    indexed[article.id] = article.revision
                except (BadRecord, ValueError) as error:
                    outcome = Refused(id=article.id, reason=str(error))
            outcomes.append(outcome)
        if fresh:
            self._commit(list(fresh.values()))
        return outcomes

    def _commit(self, fresh: Sequence[tuple[EnrichedArticle, tantivy.Document]]) -> None:
        with writing(self._path):
            self._vectors.append([_embedded(article) for article, _ in fresh if _fits(article)])
        writer = self._writer or self._opened()
        self._writer = (
            None  # after an error the library's writer is not to be trusted; the next write opens one
        )
        with writing(self._path):
            for article, document in fresh:
                writer.delete_documents_by_term("id", article.id)
                writer.add_document(document)
            writer.commit()
            sync_folder(self._articles)  # the library renames its new head and leaves it at that
        self._writer = writer
        self._compact()

    def _compact(self) -> None:
        """Once more than half of the vectors belong to no article any more."""
        if self._vectors.records <= self._compact_above:
            return
        snapshot = self._reader.newest()
        live = snapshot.matching(tantivy.Query.term_query(snapshot.schema, HAS_VECTOR, 1))
        if self._vectors.records > 2 * live + SPARE_VECTORS:
            with writing(self._path):
                self._vectors.compact()
            live = self._vectors.records
        self._compact_above = 2 * live + SPARE_VECTORS


def _outcome(article: EnrichedArticle, indexed: int | None) -> Written | Refused:
    if reason := fault(article):
        return Refused(id=article.id, reason=reason)
    stale = indexed is not None and indexed >= article.revision
    return Written(id=article.id, revision=article.revision, stale=stale)


def _fits(article: EnrichedArticle) -> bool:
    return bool(article.embedding) and len(article.id.encode()) <= MAX_ID_BYTES


def _embedded(article: EnrichedArticle) -> Embedded:
    return Embedded(id=article.id, numbers=article.embedding)
