"""The exact record inside the index: the article's JSON, and its embedding as binary numbers.

384 numbers are some 8 kB of JSON and 1.5 kB of binary. They are kept in single precision where that loses
nothing, which holds for what a model computes, and in double precision otherwise.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from article.codec import decode, encode
from article.records import EnrichedArticle

_SINGLE, _DOUBLE = "<f4", "<f8"


def pack(article: EnrichedArticle) -> tuple[bytes, bytes]:
    """Raises BadRecord for text that has no UTF-8 form."""
    return encode(replace(article, embedding=())), _packed(article.embedding)


def unpack(record: bytes, embedding: bytes) -> EnrichedArticle:
    article = decode(EnrichedArticle, record)
    return replace(article, embedding=unpack_embedding(embedding))


def unpack_without_embedding(record: bytes) -> EnrichedArticle:
    return decode(EnrichedArticle, record)


def unpack_embedding(packed: bytes) -> tuple[float, ...]:
    if not packed:
        return ()
    kind = _SINGLE if packed[:1] == b"s" else _DOUBLE
    return tuple(np.frombuffer(packed, dtype=kind, offset=1).tolist())


def _packed(embedding: tuple[float, ...]) -> bytes:
    if not embedding:
        return b""
    double = np.asarray(embedding, dtype=_DOUBLE)
    with np.errstate(over="ignore"):
        single = double.astype(_SINGLE)
    exact = np.array_equal(single.astype(_DOUBLE), double)
    return b"s" + single.tobytes() if exact else b"d" + double.tobytes()
