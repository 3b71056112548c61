"""A new generation beside the serving one, in the same folder, and the swap of the marker.

The serving generation stays locked meanwhile, so nobody else writes; readers search it until the marker is
replaced, and follow then. An index that is damaged or of another version needs no lock: nobody can open it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import tantivy

from article.errors import BadRecord, Busy, WirewatchError
from article.records import EnrichedArticle
from index.embedded.compile import everything
from index.embedded.errors import Damaged, writing
from index.embedded.folder import Parts, check_folder, delete, generations_in, mark
from index.embedded.reader import Snapshot
from index.embedded.schema import DAY
from index.embedded.store import HEAP_BYTES, Store, open_for_writing
from index.protocol import Refused, Written
from runtime.logging import get_logger

PAGE = 200  # articles that are looked at, at once


class EmbeddedGenerations:
    """Generations of the index in the folder `path`."""

    def __init__(self, path: Path, *, heap_bytes: int = HEAP_BYTES, threads: int = 1) -> None:
        self._path = path
        self._heap_bytes = heap_bytes
        self._threads = threads

    def begin(self) -> EmbeddedGeneration:
        """Raises Busy while another process writes to the index."""
        try:
            serving = open_for_writing(self._path, heap_bytes=self._heap_bytes)
        except Busy as error:
            raise Busy(
                str(self._path),
                "another process writes to this index",
                "stop `wirewatch run` for the rebuild",
            ) from error
        except Damaged:
            serving = None
        try:
            parts = Parts(self._path, max(generations_in(self._path), default=0) + 1)
            with writing(self._path):
                parts.make()
            made = Store(parts, read_only=False, heap_bytes=self._heap_bytes, threads=self._threads)
        except BaseException:
            if serving is not None:
                serving.close()
            raise
        return EmbeddedGeneration(made, serving)

    def close(self) -> None:
        """Nothing is held between generations."""


class EmbeddedGeneration:
    """The generation `made` in the making, and the one that serves, where it can be read."""

    def __init__(self, made: Store, serving: Store | None) -> None:
        self._made = made
        self._serving = serving

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        assert self._made.writer is not None  # noqa: S101 - it was opened for writing
        return self._made.writer.write(articles)

    def missing(self) -> Iterator[Sequence[EnrichedArticle]]:
        if self._serving is None:
            return
        try:
            for page in _pages(self._serving.reader.newest()):
                there = self._made.reader.newest().addresses([one.id for one in page])
                if lost := [one for one in page if one.id not in there]:
                    yield lost
        except Damaged as error:
            get_logger("rebuild").warning("index.unreadable", reason=str(error))

    def swap(self) -> None:
        self._made.close()
        with writing(self._made.parts.path):
            mark(self._made.parts)
        self._end()
        for generation in generations_in(self._made.parts.path) - {self._made.parts.generation}:
            delete(Parts(self._made.parts.path, generation))

    def discard(self) -> None:
        """Unless it serves already."""
        self._made.close()
        if not self._serves():
            delete(self._made.parts)
        self._end()

    def _serves(self) -> bool:
        try:
            return check_folder(self._made.parts.path) == self._made.parts
        except WirewatchError:
            return False

    def _end(self) -> None:
        if self._serving is not None:
            self._serving.close()


def _pages(snapshot: Snapshot) -> Iterator[list[EnrichedArticle]]:
    """Every article with its embedding, day by day of publication: one day fits into memory, all may not."""
    spans: dict[str, object] = {"days": {"histogram": {"field": "time", "interval": DAY, "min_doc_count": 1}}}
    answer = snapshot.aggregate(everything(), spans)
    days = answer["days"]
    assert isinstance(days, dict)  # noqa: S101 - the shape that the library documents
    for bucket in days["buckets"]:
        start = int(bucket["key"])
        day = tantivy.Query.range_query(
            snapshot.schema,
            "time",
            tantivy.FieldType.Integer,
            lower_bound=start,
            upper_bound=start + DAY,
            include_upper=False,
        )
        places = snapshot.search(day, limit=int(bucket["doc_count"])).places
        for at in range(0, len(places), PAGE):
            page = (_readable(snapshot, address) for _, address in places[at : at + PAGE])
            yield [article for article in page if article is not None]


def _readable(snapshot: Snapshot, address: tantivy.DocAddress) -> EnrichedArticle | None:
    try:
        return snapshot.article(address, embedding=True)
    except BadRecord as error:
        get_logger("rebuild").warning("article.unreadable", reason=str(error))
        return None
