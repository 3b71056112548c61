"""What the page of an article shows, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from article.records import EnrichedArticle, Entity, EntityType, Place, Topic
from index.protocol import Hit, Page
from web.article.marked import Paragraph, anchor_of, marked
from web.links import article_path, entity_path
from web.search.asked import Asked
from web.search.view import KINDS, Link
from web.text import shown_text
from web.world.atlas import country_name
from web.world.projection import HEIGHT, WIDTH, on_map

STEPS: Mapping[str, str] = {
    "lang": "Language",
    "entities": "Names",
    "places": "Places",
    "topics": "Topics",
    "embedding": "Likeness to other articles",
}
SOURCES = {"page": "the article's page", "feed": "the feed", "none": "nowhere: there is none"}
HEADINGS: Mapping[EntityType, str] = {
    "PER": "People",
    "ORG": "Organisations",
    "NORP": "Groups and nationalities",
    "LOC": "Names of places",
    "EVENT": "Events",
    "MISC": "Other names",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """Somebody or something named; `meaning` is the id with what it was found by, "" where none is known."""

    label: str
    kind: EntityType
    said: str
    url: str
    mentions: int
    meaning: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """All names of one kind, the most salient first; `said` is what one of them is."""

    kind: EntityType
    said: str
    heading: str
    names: tuple[Name, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    text: str
    anchor: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicShown:
    label: str
    code: str
    percent: int
    url: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceShown:
    """`at` is x and y on the map, None where the place lies beyond its edge."""

    label: str
    country: str
    url: str
    mentions: int
    at: tuple[float, float] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Like:
    """An article about the same; `percent` is the cosine."""

    title: str
    url: str
    feed: str
    hit: Hit
    percent: int


@dataclass(frozen=True, kw_only=True)
class ArticleShown:
    """`names` has one for each of the article's entities, in its order. `lang` is fit for an attribute."""

    record: EnrichedArticle
    lang: str
    title: tuple[Paragraph, ...]
    paragraphs: tuple[Paragraph, ...]
    names: tuple[Name, ...]
    kinds: tuple[Kind, ...]
    places: tuple[PlaceShown, ...]
    topics: tuple[TopicShown, ...]
    failures: tuple[str, ...]
    feed: Link
    source: str


def article_shown(article: EnrichedArticle) -> ArticleShown:
    title, paragraphs = marked(article)
    names = tuple(_name(entity) for entity in article.entities)
    return ArticleShown(
        record=article,
        lang=lang if (lang := article.lang or "").isascii() and lang.isalpha() else "",
        title=title,
        paragraphs=paragraphs,
        names=names,
        kinds=tuple(_kinds(article.entities, names)),
        places=tuple(_place(place) for place in article.places),
        topics=tuple(_topic(article, topic) for topic in article.topics),
        failures=tuple(_failures(article)),
        feed=Link(
            label=shown_text(article.feed.title) or article.feed.url,
            url=Asked(values=(("feed", article.feed.id),)).url,
        ),
        source=SOURCES[article.text_source],
    )


def alike(page: Page) -> tuple[Like, ...]:
    return tuple(
        Like(
            title=shown_text(hit.title) or "(no title)",
            url=article_path(hit.id),
            feed=shown_text(hit.feed.title) or hit.feed.url,
            hit=hit,
            percent=round(100 * hit.score),
        )
        for hit in page.hits
    )


def _name(entity: Entity) -> Name:
    meaning = f"{entity.id}, by {entity.matched}" if entity.id and entity.matched else entity.id or ""
    return Name(
        label=shown_text(entity.name),
        kind=entity.type,
        said=KINDS[entity.type],
        url=entity_path(entity.id or entity.name),
        mentions=len(entity.mentions),
        meaning=shown_text(meaning),
    )


def _kinds(entities: Sequence[Entity], names: Sequence[Name]) -> Iterator[Kind]:
    order = sorted(range(len(names)), key=lambda number: -entities[number].salience)
    for kind, heading in HEADINGS.items():
        found = tuple(names[number] for number in order if entities[number].type == kind)
        if found:
            yield Kind(kind=kind, said=KINDS[kind], heading=heading, names=found)


def _place(place: Place) -> PlaceShown:
    x, y = on_map(place.lat, place.lon) if abs(place.lat) <= 90 and abs(place.lon) <= 180 else (-1.0, -1.0)
    return PlaceShown(
        label=shown_text(place.name),
        country="" if place.kind == "country" else country_name(place.country),
        url=Asked(values=(("place", place.name),)).url,
        mentions=place.mentions,
        at=(x, y) if 0 <= y <= HEIGHT and 0 <= x <= WIDTH else None,
    )


def _topic(article: EnrichedArticle, topic: Topic) -> TopicShown:
    return TopicShown(
        label=shown_text(topic.label) or topic.code,
        code=topic.code,
        percent=round(100 * topic.score),
        url=Asked(values=(("topic", topic.code),)).url,
        sentences=tuple(
            Sentence(text=shown_text(getattr(article, span.field)[span.start : span.end]), anchor=anchor)
            for span in topic.evidence
            if (anchor := anchor_of(article, span))
        ),
    )


def _failures(article: EnrichedArticle) -> Iterator[str]:
    """Steps that failed for one reason are told together."""
    by_reason: dict[str, list[str]] = {}
    for failure in article.enrichment.failures:
        by_reason.setdefault(failure.reason, []).append(STEPS.get(failure.step, failure.step))
    for reason, steps in by_reason.items():
        yield f"{_listed(steps)} could not be looked for, or not to the end: {shown_text(reason)}"


def _listed(words: Iterable[str]) -> str:
    first, *others = words
    return ", ".join((first, *(other[:1].lower() + other[1:] for other in others)))
