"""More like this: the server's nearest neighbours, ranked by the exact vectors."""

from __future__ import annotations

from index.elastic.documents import article_of
from index.elastic.reader import WITHOUT_MACHINERY, Reader, hits_of, source_of
from index.hits import hit_of
from index.protocol import REPRINT, Hit

MOST = 10_000  # the most candidates that the server takes

_MORE = 3  # candidates for each hit wanted, as reprints fall away

Json = dict[str, object]


def similar_to(
    article_id: str, reader: Reader, *, limit: int, minimum: float, distinct: bool
) -> tuple[Hit, ...]:
    """Nearest first; empty where the article is unknown or has no embedding."""
    origin = _embedding(article_id, reader)
    if not origin or limit < 1:
        return ()
    most = REPRINT if distinct else 2.0
    asked = min(_MORE * limit + 16, MOST)
    while True:
        near = _nearest(article_id, origin, reader, asked)
        kept = [hit for hit in near if minimum <= hit.score < most]
        if len(kept) >= limit or len(near) < asked or near[-1].score < minimum or asked == MOST:
            return tuple(kept[:limit])
        asked = min(_MORE * asked, MOST)


def _embedding(article_id: str, reader: Reader) -> object:
    found = hits_of(
        reader.search(query={"ids": {"values": [article_id]}}, size=1, source={"includes": ["embedding"]})
    )
    return source_of(found[0]).get("embedding") if found else None


def _nearest(article_id: str, origin: object, reader: Reader, count: int) -> list[Hit]:
    """The index keeps one byte a number; the server ranks its candidates anew by the vectors themselves."""
    knn: Json = {
        "field": "embedding",
        "query_vector": origin,
        "k": count,
        "num_candidates": min(MOST, max(100, 2 * count)),
        "filter": {"bool": {"must_not": {"ids": {"values": [article_id]}}}},
        "rescore_vector": {"oversample": 2.0},
    }
    found = hits_of(reader.search(knn=knn, size=count, source=WITHOUT_MACHINERY))
    hits = [hit_of(article_of(source_of(one)), score=_cosine(one["_score"])) for one in found]
    return sorted(hits, key=lambda hit: (-hit.score, hit.id))


def _cosine(score: object) -> float:
    """The server gives (1 + cosine) / 2."""
    return 2.0 * float(str(score)) - 1.0
