"""An article as the fields of an index document: pure, and the same for every index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from article.records import EnrichedArticle, Entity, Topic
from index.expression import KeywordField
from index.fold import fold, normal
from index.query import FIELD_OF_TYPE, KEYWORD_FIELDS

Terms = dict[KeywordField, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Document:
    """What an index keeps of an article so that it is found.

    `names`, `title`, `summary` and `text` are for analysis. `terms` are the folded values that a Keyword
    finds, `counted` those that a facet counts: "isis" finds what "Islamic State" is counted under.
    `time` is when the article was published or, where that is unknown, first seen.
    """

    id: str
    revision: int
    time: datetime
    title: str
    summary: str
    text: str
    names: tuple[str, ...]
    terms: Terms
    counted: Terms


def document_of(article: EnrichedArticle) -> Document:
    """Needs no more than the article; keywords are in the form of `fold`, text is NFC."""
    counted = _counted(article)
    return Document(
        id=article.id,
        revision=article.revision,
        time=time_of(article),
        title=normal(article.title),
        summary=normal(article.summary),
        text=normal(article.text),
        names=tuple(
            dict.fromkeys(
                normal(name)
                for name in (*(e.name for e in article.entities), *(p.name for p in article.places))
            )
        ),
        terms=_terms(article, counted),
        counted=counted,
    )


def time_of(article: EnrichedArticle) -> datetime:
    return article.published or article.first_seen


def _counted(article: EnrichedArticle) -> Terms:
    values: Terms = {
        "entity": _keywords(entity.name for entity in article.entities),
        "entity_type": _keywords(entity.type for entity in article.entities),
        "topic": _keywords(topic.code for topic in article.topics),
        "place": _keywords(place.name for place in article.places),
        "country": _keywords(place.country for place in article.places),
        "feed": _keywords([article.feed.id]),
        "lang": _keywords([article.lang or ""]),
    }
    for kind, field in FIELD_OF_TYPE.items():
        values[field] = _keywords(entity.name for entity in article.entities if entity.type == kind)
    return {field: values[field] for field in KEYWORD_FIELDS}


def _terms(article: EnrichedArticle, counted: Terms) -> Terms:
    values = dict(counted)
    values["entity"] = _keywords(form for entity in article.entities for form in _forms(entity))
    for kind, field in FIELD_OF_TYPE.items():
        values[field] = _keywords(
            form for entity in article.entities if entity.type == kind for form in _forms(entity)
        )
    values["topic"] = _keywords(form for topic in article.topics for form in _topic_forms(topic))
    values["place"] = _keywords((*values["location"], *counted["place"], *counted["country"]))
    values["feed"] = _keywords((article.feed.id, article.feed.url, article.feed.title))
    return values


def _topic_forms(topic: Topic) -> Iterable[str]:
    """For example: medtop:16000000, 16000000, conflict, war and peace, and as people say it, conflict."""
    return topic.code, topic.code.rpartition(":")[2], topic.label, topic.label.partition(",")[0]


def _forms(entity: Entity) -> Iterable[str]:
    yield entity.name
    if entity.id:
        yield entity.id
    for mention in entity.mentions:
        yield mention.text


def _keywords(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(folded for value in values if (folded := fold(value))))
