"""More like this: candidates by a scan of all embeddings, ranked by the exact ones."""

from __future__ import annotations

from collections.abc import Sequence

from index.embedded.reader import Embedding, Snapshot
from index.embedded.vectors import Near, VectorReader, unit
from index.hits import hit_of
from index.protocol import REPRINT, Hit

_MORE = 3  # candidates for each hit wanted, as old records and reprints fall away


def similar_to(
    article_id: str,
    snapshot: Snapshot,
    vectors: VectorReader,
    *,
    limit: int,
    minimum: float,
    distinct: bool,
) -> tuple[Hit, ...]:
    """Nearest first; empty where the article is unknown or has no embedding."""
    origin = snapshot.embeddings([article_id]).get(article_id)
    if origin is None or limit < 1:
        return ()
    most = REPRINT if distinct else 2.0
    asked = _MORE * limit + 16
    while True:
        near = vectors.nearest(origin.numbers, asked)
        ranked = _ranked(origin, near, snapshot)
        kept = [(score, found) for score, found in ranked if minimum <= score < most]
        if len(kept) >= limit or len(near) < asked or near[-1].similarity < minimum - 0.02:
            return tuple(
                hit_of(snapshot.article(found.address), score=score) for score, found in kept[:limit]
            )
        asked *= _MORE


def _ranked(origin: Embedding, near: Sequence[Near], snapshot: Snapshot) -> list[tuple[float, Embedding]]:
    """Each article of the records once, by exact cosine."""
    vector = unit(origin.numbers)
    found = snapshot.embeddings([one.id for one in near if one.id and one.id != origin.id])
    scored = [(float(unit(one.numbers) @ vector), one) for one in found.values()]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].id))
