"""What no index could hold: found before the write, and the same for every index."""

from __future__ import annotations

import math

from article.records import EnrichedArticle

DIMENSIONS = 384
MAX_ID = 512  # bytes; the most that Elasticsearch takes
MAX_REVISION = 2**32 - 1


def fault(article: EnrichedArticle) -> str:
    """Why no index could hold the article, or nothing."""
    if not article.id or len(article.id.encode("utf-8", "replace")) > MAX_ID:
        return f"an id has 1 to {MAX_ID} bytes"
    if not 1 <= article.revision <= MAX_REVISION:
        return f"revision {article.revision} is not between 1 and {MAX_REVISION}"
    if article.embedding and len(article.embedding) != DIMENSIONS:
        return f"the embedding has {len(article.embedding)} numbers, not {DIMENSIONS}"
    if not math.isfinite(sum(map(abs, article.embedding))):
        return "the embedding holds a number that is not finite"
    if any(moment.utcoffset() is None for moment in (article.first_seen, article.published) if moment):
        return "a time says no time zone"
    return ""
