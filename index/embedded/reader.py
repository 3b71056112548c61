"""The reading side of the library's index: follows the writer's commits."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from article.records import EnrichedArticle
from index.embedded.errors import reading
from index.embedded.folder import Parts
from index.embedded.stored import unpack, unpack_embedding, unpack_without_embedding


@dataclass(frozen=True, kw_only=True, slots=True)
class Embedding:
    """An indexed article's exact embedding, and where the article lies."""

    id: str
    numbers: tuple[float, ...]
    address: tantivy.DocAddress


@dataclass(frozen=True, slots=True)
class Found:
    """`total` matches and some of them: each its score (0 when ordered by time) and where it lies."""

    total: int
    places: list[tuple[float, tantivy.DocAddress]]


class Snapshot:
    """The index as of one commit. Addresses hold within one snapshot only."""

    def __init__(self, path: Path, schema: tantivy.Schema, searcher: tantivy.Searcher) -> None:
        self._path = path
        self._searcher = searcher
        self.schema = schema

    def count(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, query: tantivy.Query, *, limit: int, offset: int = 0, newest: bool = False) -> Found:
        with reading(self._path):
            found = self._searcher.search(
                query, limit=max(limit, 1), offset=offset, order_by_field="time" if newest else None
            )
        places = [(0.0 if newest else float(score), address) for score, address in found.hits[:limit]]
        return Found(int(found.count), places)

    def matching(self, query: tantivy.Query) -> int:
        with reading(self._path):
            return int(self._searcher.search(query, limit=1).count)

    def aggregate(self, query: tantivy.Query, request: dict[str, object]) -> dict[str, object]:
        answer: dict[str, object] = self._searcher.aggregate(query, request)
        return answer

    def article(self, address: tantivy.DocAddress, *, embedding: bool = False) -> EnrichedArticle:
        """The record at an address. Without its embedding, which most uses do not need."""
        with reading(self._path):
            stored = self._searcher.doc(address)
        record = bytes(stored.get_first("article"))
        if not embedding:
            return unpack_without_embedding(record)
        return unpack(record, bytes(stored.get_first("embedding") or b""))

    def get(self, article_id: str) -> EnrichedArticle | None:
        address = self.addresses([article_id]).get(article_id)
        return None if address is None else self.article(address, embedding=True)

    def embeddings(self, ids: Sequence[str]) -> dict[str, Embedding]:
        """Of those of the ids that are in the index and have an embedding."""
        addresses = self._matching_ids(ids)
        with reading(self._path):
            stored = [self._searcher.doc(address) for address in addresses]
        found = [
            Embedding(id=one.get_first("id"), numbers=numbers, address=address)
            for one, address in zip(stored, addresses, strict=True)
            if (numbers := unpack_embedding(bytes(one.get_first("embedding") or b"")))
        ]
        return {one.id: one for one in found}

    def addresses(self, ids: Sequence[str]) -> dict[str, tantivy.DocAddress]:
        """Where those of the ids lie that are in the index."""
        found = self._matching_ids(ids)
        with reading(self._path):
            return {self._searcher.doc(address).get_first("id"): address for address in found}

    def revisions(self, ids: Sequence[str]) -> dict[str, int]:
        """The indexed revision of those of the ids that are in the index."""
        found = self.addresses(ids)
        with reading(self._path):
            values = self._searcher.fast_field_values("revision", list(found.values()))
        return {name: int(value) for name, value in zip(found, values, strict=True)}

    def _matching_ids(self, ids: Sequence[str]) -> list[tantivy.DocAddress]:
        known = [name for name in dict.fromkeys(ids) if _is_unicode(name)]
        if not known:
            return []
        query = tantivy.Query.term_set_query(self.schema, "id", known)
        return [address for _, address in self.search(query, limit=len(known)).places]


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Reader:
    """Gives the newest snapshot. Safe to share between threads."""

    def __init__(self, parts: Parts, index: tantivy.Index) -> None:
        self._path = parts.path
        self._index = index
        self._head = parts.articles / "meta.json"
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        with reading(parts.path):
            index.config_reader("manual")
        self._snapshot = self.newest()

    def newest(self, *, force: bool = False) -> Snapshot:
        """Each commit puts a new head file in the place of the old one; only then is there more to read."""
        with self._lock, reading(self._path):
            status = self._head.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size)
            if force or seen != self._seen:
                self._index.reload()
                self._snapshot = Snapshot(self._path, self._index.schema, self._index.searcher())
                self._seen = seen
            return self._snapshot
