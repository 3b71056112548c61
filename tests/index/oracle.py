"""What a search must find, worked out the slow and obvious way: over lists, one article after the other.

Texts are made of words that no analyser changes, so that only the search itself is in question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, timedelta

from article.records import EnrichedArticle
from index.expression import (
    And,
    Between,
    Everything,
    Expression,
    Keyword,
    Not,
    Or,
    Phrase,
    Prefix,
    TextField,
    Word,
)
from index.query import FIELD_OF_TYPE, FacetName, Query


def matches(article: EnrichedArticle, node: Expression) -> bool:  # noqa: PLR0911 - one return for each node
    match node:
        case Everything():
            return True
        case Word() | Phrase():
            return any(_runs(text, node.text.split()) for text in _texts(article, node.field))
        case Prefix():
            return any(
                word.startswith(node.text)
                for text in _texts(article, node.field)
                for word in text.lower().split()
            )
        case Keyword():
            return any(
                value.startswith(node.value.lower()) if node.prefix else value == node.value.lower()
                for value in _values(article, node.field)
            )
        case Between():
            time = article.published or article.first_seen
            return (node.start is None or time >= node.start) and (node.end is None or time < node.end)
        case And():
            return all(matches(article, part) for part in node.parts)
        case Or():
            return any(matches(article, part) for part in node.parts)
        case Not():
            return not matches(article, node.part)


def found(articles: Iterable[EnrichedArticle], query: Query) -> list[EnrichedArticle]:
    return [article for article in articles if matches(article, query.expression) and _passes(article, query)]


def counted(articles: Iterable[EnrichedArticle], name: FacetName) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for article in articles:
        counts.update(_counted(article, name))
    return dict(counts)


def _passes(article: EnrichedArticle, query: Query) -> bool:
    entities = all(
        entity.name.lower() in _values(article, FIELD_OF_TYPE[entity.type] if entity.type else "entity")
        for entity in query.entities
    )
    time = article.published or article.first_seen
    return (
        entities
        and all(kind in {entity.type for entity in article.entities} for kind in query.entity_types)
        and all(value.lower() in _values(article, "topic") for value in query.topics)
        and all(value.lower() in _values(article, "place") for value in query.places)
        and (not query.feeds or any(value.lower() in _values(article, "feed") for value in query.feeds))
        and (not query.langs or article.lang in query.langs)
        and (query.published_from is None or query.published_from <= time)
        and (query.published_to is None or time < query.published_to)
    )


def _texts(article: EnrichedArticle, field: TextField | None) -> list[str]:
    if field == "title":
        return [article.title]
    texts = [article.summary, article.text]
    if field is None:
        texts += [article.title, *(e.name for e in article.entities), *(p.name for p in article.places)]
    return texts


def _runs(text: str, words: list[str]) -> bool:
    tokens = text.lower().split()
    return any(tokens[at : at + len(words)] == words for at in range(len(tokens)))


def _values(article: EnrichedArticle, field: str) -> set[str]:
    forms = {
        form.lower()
        for entity in article.entities
        if field == "entity" or FIELD_OF_TYPE[entity.type] == (field if field != "place" else "location")
        for form in (entity.name, *(mention.text for mention in entity.mentions))
    }
    more: dict[str, set[str]] = {
        "entity_type": {entity.type.lower() for entity in article.entities},
        "topic": {
            form.lower()
            for t in article.topics
            for form in (t.code, t.code.removeprefix("medtop:"), t.label, t.label.split(",")[0])
        },
        "place": {form.lower() for p in article.places for form in (p.name, p.country)},
        "country": {p.country.lower() for p in article.places},
        "feed": {form.lower() for form in (article.feed.id, article.feed.url, article.feed.title)},
        "lang": {article.lang} if article.lang else set(),
    }
    return forms | more.get(field, set()) if field == "place" else more.get(field, forms)


def _counted(article: EnrichedArticle, name: FacetName) -> set[str]:
    time = (article.published or article.first_seen).astimezone(UTC)
    monday = time - timedelta(days=time.weekday())
    single: dict[str, set[str]] = {
        "hour": {f"{time:%Y-%m-%dT%H}:00Z"},
        "day": {f"{time:%Y-%m-%d}"},
        "week": {f"{monday:%Y-%m-%d}"},
        "month": {f"{time:%Y-%m}-01"},
        "topic": {topic.code for topic in article.topics},
        "place": {place.name.lower() for place in article.places},
        "feed": {article.feed.id},
    }
    if name in single:
        return single[name]
    if name in ("country", "lang", "entity_type"):
        return _values(article, name)
    return {
        entity.name.lower()
        for entity in article.entities
        if name == "entity" or FIELD_OF_TYPE[entity.type] == name
    }
