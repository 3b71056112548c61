"""One generation of the index, opened; and the serving one, which readers follow from rebuild to rebuild."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import tantivy

from article.errors import WirewatchError
from index.embedded.analysis import register
from index.embedded.errors import reading
from index.embedded.folder import Parts, check_folder, clear_but, marked, prepare_folder
from index.embedded.reader import Reader
from index.embedded.schema import build_schema
from index.embedded.vectors import VectorReader
from index.embedded.writer import Writer

HEAP_BYTES = 64_000_000

T = TypeVar("T")


class Store:
    """The parts of one generation, opened. For writing, with the generation's writer lock until closed.

    `heap_bytes` is what the writer collects in memory, over all of its `threads`, before it writes by itself.
    """

    def __init__(
        self, parts: Parts, *, read_only: bool, heap_bytes: int = HEAP_BYTES, threads: int = 1
    ) -> None:
        self.parts = parts
        index = _opened(parts)
        self.reader = Reader(parts, index)
        self.writer = (
            None if read_only else Writer(parts, index, self.reader, heap_bytes=heap_bytes, threads=threads)
        )
        self.vectors = VectorReader(parts.vectors)
        self.vectors_lock = threading.Lock()

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


def open_for_writing(path: Path, *, heap_bytes: int = HEAP_BYTES, threads: int = 1) -> Store:
    """The serving generation, locked; left-overs of others are cleared away. Busy where somebody writes."""
    while True:
        store = Store(prepare_folder(path), read_only=False, heap_bytes=heap_bytes, threads=threads)
        if check_folder(path) == store.parts:  # else a rebuild came to its end before the lock was ours
            clear_but(store.parts)
            return store
        store.close()


class Serving:
    """Answers questions from the serving generation. Safe to share between threads."""

    def __init__(self, path: Path, store: Store | None = None) -> None:
        self._path = path
        self._fixed = store is not None  # while it is locked for writing, no other can take its place
        self._lock = threading.Lock()
        self._seen = marked(path)
        self._store = store or Store(check_folder(path), read_only=True)

    def ask(self, question: Callable[[Store], T]) -> T:
        store = self._followed()
        try:
            return question(store)
        except WirewatchError:
            if (newer := self._followed()) is store:
                raise
            return question(newer)

    def _followed(self) -> Store:
        if self._fixed:
            return self._store
        with self._lock:
            while (seen := marked(self._path)) not in (None, self._seen):
                try:
                    self._store = Store(check_folder(self._path), read_only=True)
                except WirewatchError:
                    if marked(self._path) == seen:
                        raise
                else:
                    self._seen = seen
            return self._store


def _opened(parts: Parts) -> tantivy.Index:
    folder = str(parts.articles)
    with reading(parts.path):
        if tantivy.Index.exists(folder):
            index = tantivy.Index.open(folder)
        else:
            index = tantivy.Index(build_schema(), path=folder)
        register(index)
        return index
