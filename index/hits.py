"""From an article to what a search shows of it: pure, and the same for every index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from article.records import EnrichedArticle, Entity, Place
from index.expression import KeywordField
from index.fold import fold
from index.protocol import Bucket, Highlight, Hit, HitEntity
from index.query import FIELD_OF_TYPE

MAX_ENTITIES = 12
MAX_SUMMARY = 400  # code points: three or four lines of a result list
_SHOWN_UPPER: tuple[KeywordField, ...] = ("country", "entity_type")
_SHOWN_AS_IS: tuple[KeywordField, ...] = ("lang",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a bucket tells beside its key and count."""

    label: str
    id: str | None = None
    place: Place | None = None


def bucket_of(key: str, count: int, shown: Shown) -> Bucket:
    return Bucket(key=key, label=shown.label, count=count, id=shown.id, place=shown.place)


def hit_of(article: EnrichedArticle, *, score: float, highlights: tuple[Highlight, ...] = ()) -> Hit:
    ranked = sorted(article.entities, key=lambda entity: (-entity.salience, -len(entity.mentions)))
    return Hit(
        id=article.id,
        revision=article.revision,
        title=article.title,
        url=article.url or article.canonical_url,
        feed=article.feed,
        published=article.published,
        first_seen=article.first_seen,
        seen=article.seen,
        lang=article.lang,
        summary=_shortened(article.summary or article.text),
        entities=tuple(_entity(entity) for entity in ranked[:MAX_ENTITIES]),
        topics=article.topics,
        places=article.places,
        score=score,
        highlights=highlights,
    )


def plain_label(field: KeywordField, key: str) -> str | None:
    """The form to show of a value that is a code, or None where an article that has it must be asked."""
    if field in _SHOWN_UPPER:
        return key.upper()
    return key if field in _SHOWN_AS_IS else None


def shown_in(article: EnrichedArticle, field: KeywordField, key: str) -> Shown:
    """How `article` has the value `key` of `field`; the key itself where it does not have it."""
    found = (shown for value, shown in _values(article, field) if fold(value) == key and shown.label)
    return next(found, Shown(label=key))


def _values(article: EnrichedArticle, field: KeywordField) -> Iterable[tuple[str, Shown]]:
    if field == "topic":
        return ((topic.code, Shown(label=topic.label)) for topic in article.topics)
    if field == "place":
        return ((place.name, Shown(label=place.name, place=place)) for place in article.places)
    if field == "feed":
        return ((article.feed.id, Shown(label=article.feed.title or article.feed.url)),)
    return (
        (entity.name, Shown(label=" ".join(entity.name.split()), id=entity.id))
        for entity in article.entities
        if field == "entity" or FIELD_OF_TYPE[entity.type] == field
    )


def _entity(entity: Entity) -> HitEntity:
    return HitEntity(type=entity.type, name=entity.name, id=entity.id, mentions=len(entity.mentions))


def _shortened(text: str) -> str:
    flat = " ".join(text[: 4 * MAX_SUMMARY].split())
    if len(flat) <= MAX_SUMMARY:
        return flat
    return flat[:MAX_SUMMARY].rsplit(" ", 1)[0] + "…"
