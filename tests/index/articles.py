"""Articles for the index's tests: only what a test is about is spelt out there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from article.identity import article_id
from article.records import (
    EnrichedArticle,
    Enrichment,
    Entity,
    EntityType,
    FeedRef,
    Mention,
    Place,
    Topic,
)
from index.protocol import ArticleIndex, Page
from index.query import Query
from index.syntax import parse

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
BBC = FeedRef(id="bbc", url="https://feeds.bbci.co.uk/news/rss.xml", title="BBC News")
DW = FeedRef(id="dw", url="https://rss.dw.com/rdf/rss-en-all", title="Deutsche Welle")


def id_of(name: str) -> str:
    return article_id(
        link=f"https://news.example/{name}", feed_url=BBC.url, entry_id=None, title="", published=None
    )


def article(
    name: str,
    title: str = "",
    text: str = "",
    *,
    summary: str = "",
    revision: int = 1,
    published: datetime | None = NOON,
    first_seen: datetime = NOON,
    feed: FeedRef = BBC,
    lang: str | None = "en",
    entities: Sequence[Entity] = (),
    places: Sequence[Place] = (),
    topics: Sequence[Topic] = (),
    embedding: Sequence[float] = (),
) -> EnrichedArticle:
    return EnrichedArticle(
        id=id_of(name),
        content_hash=f"hash of {name} {revision}",
        url=f"https://news.example/{name}",
        feed=feed,
        seen=first_seen,
        title=title,
        summary=summary,
        text=text,
        text_source="page",
        published=published,
        revision=revision,
        first_seen=first_seen,
        lang=lang,
        entities=tuple(entities),
        places=tuple(places),
        topics=tuple(topics),
        embedding=tuple(embedding),
        enrichment=Enrichment(status="complete", finished=first_seen, models={"ner": "news@1"}),
    )


def revised(old: EnrichedArticle, **changes: str) -> EnrichedArticle:
    return replace(old, revision=old.revision + 1, **changes)  # type: ignore[arg-type]


def entity(kind: EntityType, name: str, *forms: str, linked: str | None = None) -> Entity:
    mentions = tuple(
        Mention(field="text", start=0, end=len(form), text=form, score=0.9) for form in forms or (name,)
    )
    return Entity(type=kind, name=name, mentions=mentions, id=linked, salience=0.5)


def place(name: str, country: str) -> Place:
    return Place(name=name, country=country, lat=50.0, lon=30.0)


def topic(code: str, label: str) -> Topic:
    return Topic(code=f"medtop:{code}", label=label, score=0.8)


def direction(*parts: float) -> tuple[float, ...]:
    """A unit vector of 384 numbers that begins with `parts`, as far as they leave its length at 1."""
    length = math.sqrt(sum(part * part for part in parts)) or 1.0
    return tuple(part / length for part in parts) + (0.0,) * (384 - len(parts))


def search(index: ArticleIndex, text: str = "", query: Query | None = None) -> Page:
    """What people type, with the rest of the query as given."""
    return index.search(replace(query or Query(), expression=parse(text)))


def names(page: Page, *known: str) -> list[str]:
    """The names, among `known`, of the page's articles in its order."""
    of = {id_of(name): name for name in known}
    return [of[hit.id] for hit in page.hits]
