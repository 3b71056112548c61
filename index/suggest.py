"""Names that somebody may be about to type, from the articles of an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from article.records import EntityType
from index.fold import fold
from index.protocol import ArticleIndex
from index.query import FIELD_OF_TYPE, MAX_BEGINNING, Facet, Query

MAX_SUGGESTIONS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """An entity that `count` articles have under this name; `key` filters for it (`org:key`)."""

    type: EntityType
    name: str
    key: str
    id: str | None
    count: int


def entities_beginning(
    index: ArticleIndex, text: str, *, limit: int = 10, query: Query | None = None
) -> tuple[Named, ...]:
    """Entities with a word that begins with `text`, case and accents folded, the most frequent first.

    Of all articles, or of those that `query` finds. Of names with one id only the most frequent one.
    Nothing for a text without letters and digits, or one that is longer than any beginning that is looked
    for. Raises what an index raises.
    """
    beginning = fold(text)
    if not any(char.isalnum() for char in beginning) or len(beginning) > MAX_BEGINNING:
        return ()
    size = min(limit, MAX_SUGGESTIONS)
    facets = tuple(Facet(name=name, size=size, beginning=beginning) for name in FIELD_OF_TYPE.values())
    page = index.search(replace(query or Query(), facets=facets, limit=0, offset=0, highlight=False))
    found = [
        Named(type=kind, name=bucket.label, key=bucket.key, id=bucket.id, count=bucket.count)
        for kind, name in FIELD_OF_TYPE.items()
        for bucket in page.facets[name]
    ]
    ranked = sorted(found, key=lambda one: (-one.count, one.key, one.type))
    return tuple(_each_id_once(ranked))[:size]


def _each_id_once(ranked: list[Named]) -> Iterator[Named]:
    seen: set[tuple[EntityType, str]] = set()
    for one in ranked:
        if one.id is not None:
            if (one.type, one.id) in seen:
                continue
            seen.add((one.type, one.id))
        yield one
