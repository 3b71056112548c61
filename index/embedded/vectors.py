"""Embeddings beside the index, for "more like this": one append-only file of records of equal size.

    id        32 bytes   article id, UTF-8, filled up with zeros
    scale     4 bytes    float32, little-endian
    code      384 bytes  int8; the unit vector is about code · scale

One byte a number, because a scan of 100,000 articles then takes a fifth of the time that half precision
takes. A record only proposes an article: how near it is, and whether it has an embedding at all, is settled
by the exact embedding in the index. So a record of an old revision needs no removal, and a torn or repeated
tail does no harm; what the index holds is here, as records are durable before the index refers to them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.embedded.folder import sync_folder
from index.faults import DIMENSIONS

MAX_ID_BYTES = 32

RECORD = np.dtype([("id", f"S{MAX_ID_BYTES}"), ("scale", "<f4"), ("code", "i1", DIMENSIONS)])
_BLOCK = 1024  # records scanned or copied at once: small enough that memory is used again, not mapped anew

Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Embedded:
    """An article's embedding, 384 numbers."""

    id: str
    numbers: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """An article's record and how near it is, about: the cosine to within some thousandths."""

    id: str
    similarity: float


def unit(numbers: Sequence[float]) -> Numbers:
    vector = np.asarray(numbers, dtype=np.float32)
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 0 else vector


class VectorFile:
    """The writing side. Guarded by the index's writer lock: one process has one of these."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab", buffering=0)
        sync_folder(path.parent)
        self._size = os.fstat(self._file.fileno()).st_size
        self._truncate()

    @property
    def records(self) -> int:
        return self._size // RECORD.itemsize

    def append(self, vectors: Sequence[Embedded]) -> None:
        """Durable when it returns. Raises OSError; then nothing was appended."""
        if not vectors:
            return
        data = memoryview(_coded(vectors).tobytes())
        try:
            written = 0
            while written < len(data):
                written += self._file.write(data[written:])
            os.fsync(self._file.fileno())
        except OSError:
            self._truncate()
            raise
        self._size += len(data)

    def compact(self) -> None:
        """Keep the last record of each article. The new file takes the place of the old at once."""
        draft = self._path.with_suffix(".new")
        records = np.memmap(self._path, RECORD, "r")
        keep = _last_of_each(records["id"])
        with draft.open("wb") as file:
            for start in range(0, len(keep), _BLOCK):
                file.write(records[keep[start : start + _BLOCK]].tobytes())
            file.flush()
            os.fsync(file.fileno())
        self._file.close()
        draft.replace(self._path)
        sync_folder(self._path.parent)
        self._file = self._path.open("ab", buffering=0)
        self._size = len(keep) * RECORD.itemsize

    def close(self) -> None:
        self._file.close()

    def _truncate(self) -> None:
        """Drop a record that a crash or a full disk cut short."""
        self._size -= self._size % RECORD.itemsize
        self._file.truncate(self._size)


class VectorReader:
    """The reading side: maps the file, and maps it again when it has grown or was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._records: npt.NDArray[np.void] = np.empty(0, RECORD)

    def nearest(self, numbers: Sequence[float], count: int) -> list[Near]:
        """The `count` records nearest to the vector, nearest first; stale records are among them."""
        records = self._mapped()
        if not len(records) or count < 1:
            return []
        scores = _scores(records, unit(numbers))
        count = min(count, len(scores))
        best = np.argpartition(scores, len(scores) - count)[-count:]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [_near(records[row], float(scores[row])) for row in best]

    def _mapped(self) -> npt.NDArray[np.void]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return np.empty(0, RECORD)
        seen = (status.st_ino, status.st_size, status.st_mtime_ns)
        if seen != self._seen:
            whole = status.st_size // RECORD.itemsize
            self._records = (
                np.memmap(self._path, RECORD, "r", shape=(whole,)) if whole else np.empty(0, RECORD)
            )
            self._seen = seen
        return self._records


def _coded(vectors: Sequence[Embedded]) -> npt.NDArray[np.void]:
    records = np.zeros(len(vectors), RECORD)
    for record, vector in zip(records, vectors, strict=True):
        numbers = unit(vector.numbers)
        scale = float(np.abs(numbers).max()) / 127 or 1.0
        record["id"] = vector.id.encode()
        record["scale"] = scale
        record["code"] = np.round(numbers / np.float32(scale)).astype(np.int8)
    return records


def _scores(records: npt.NDArray[np.void], vector: Numbers) -> Numbers:
    scores = np.empty(len(records), np.float32)
    for start in range(0, len(records), _BLOCK):
        block = records[start : start + _BLOCK]
        scores[start : start + _BLOCK] = (block["code"].astype(np.float32) @ vector) * block["scale"]
    return np.nan_to_num(scores, nan=-2.0, posinf=-2.0, neginf=-2.0)


def _near(record: np.void, similarity: float) -> Near:
    name = bytes(record["id"]).decode("utf-8", "replace")
    return Near(id=name, similarity=similarity)


def _last_of_each(ids: npt.NDArray[np.bytes_]) -> npt.NDArray[np.intp]:
    _, first_from_the_end = np.unique(ids[::-1], return_index=True)
    return np.sort(len(ids) - 1 - first_from_the_end)
