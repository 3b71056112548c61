"""What one look at the index tells of an entity: who it is, when, where and with whom it is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from article.records import EntityType
from index.expression import KeywordField
from index.fold import fold
from index.protocol import ArticleIndex, Bucket, Page
from index.query import Facet
from web.links import entity_path
from web.search.asked import Asked
from web.search.chart import Chart, chart, time_facets
from web.search.facets import shown
from web.search.map import WorldMap, world_map
from web.search.searching import MAP_COUNTRIES
from web.search.view import KINDS, Results, results
from web.text import shown_text

LATEST = 20
TOGETHER = 12
TOGETHER_WITH: Mapping[KeywordField, str] = {
    "person": "People",
    "org": "Organisations",
    "group": "Groups and nationalities",
    "event": "Events",
}
WHERE: Mapping[KeywordField, str] = {"location": "Names of places"}
ELSE: Mapping[KeywordField, str] = {"topic": "Topics", "feed": "Feeds"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """A thing that the name stands for in some of the latest articles; `id` is "" where that is not known."""

    name: str
    kind: EntityType
    said: str
    id: str
    articles: int
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What is named in `count` of the articles, too: its own page, and the search for both."""

    label: str
    count: int
    url: str | None
    both: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    name: KeywordField
    heading: str
    beside: tuple[Beside, ...]


@dataclass(frozen=True, kw_only=True)
class EntityShown:
    """`meanings` are the most frequent first; more than one where the name is not clear."""

    key: str
    name: str
    total: int
    meanings: tuple[Meaning, ...]
    chart: Chart | None
    map: WorldMap | None
    together: tuple[Group, ...]
    where: tuple[Group, ...]
    others: tuple[Group, ...]
    latest: Results


def asked_for(key: str) -> Asked:
    """The search for all articles that name it."""
    return Asked(values=(("entity", key),), sort="newest")


def look_up(index: ArticleIndex, key: str, now: datetime) -> tuple[EntityShown, Page] | None:
    """What to show, with the page it was made of; None where no article names it."""
    asked = asked_for(key)
    facets = (
        *(Facet(name=name, size=TOGETHER + 1) for name in (*TOGETHER_WITH, *WHERE, *ELSE)),
        Facet(name="country", size=MAP_COUNTRIES),
        *time_facets(asked),
    )
    page = index.search(replace(asked.query(now), limit=LATEST, facets=facets))
    if not page.total:
        return None
    meanings = tuple(_meanings(index, page, key))
    itself = {fold(key), *(fold(meaning.name) for meaning in meanings)}
    made = EntityShown(
        key=key,
        name=meanings[0].name if meanings else shown_text(key),
        total=page.total,
        meanings=meanings,
        chart=chart(asked, page.facets),
        map=world_map(asked, page.facets.get("country", ())),
        together=tuple(_groups(asked, page, TOGETHER_WITH, without=itself)),
        where=tuple(_groups(asked, page, WHERE, without=itself)),
        others=tuple(_groups(asked, page, ELSE, without=())),
        latest=results(asked, page),
    )
    return made, page


def _meanings(index: ArticleIndex, page: Page, key: str) -> Iterator[Meaning]:
    """As the latest articles have it. A form that no article has as a name ("Isis") is looked for among the
    mentions of the newest."""
    wanted = fold(key)
    counted: Counter[tuple[EntityType, str, str]] = Counter()
    for hit in page.hits:
        counted.update(
            {
                (each.type, each.name, each.id or "")
                for each in hit.entities
                if wanted in (fold(each.name), fold(each.id or ""))
            }
        )
    if not counted and page.hits and (newest := index.get(page.hits[0].id)):
        counted.update(
            (each.type, each.name, each.id or "")
            for each in newest.entities
            if any(fold(mention.text) == wanted for mention in each.mentions)
        )
    by_thing: dict[tuple[EntityType, str], tuple[str, int]] = {}
    for (kind, name, id), articles in counted.most_common():
        known, before = by_thing.get((kind, id), (name, 0))
        by_thing[kind, id] = known, before + articles
    for (kind, id), (name, articles) in by_thing.items():
        yield Meaning(
            name=shown_text(name),
            kind=kind,
            said=KINDS[kind],
            id=shown_text(id),
            articles=articles,
            url=entity_path(id or name),
        )


def _groups(
    asked: Asked, page: Page, headings: Mapping[KeywordField, str], *, without: Iterable[str]
) -> Iterator[Group]:
    for name, heading in headings.items():
        group = _group(asked, name, heading, page.facets.get(name, ()), without=without)
        if group.beside:
            yield group


def _group(
    asked: Asked, name: KeywordField, heading: str, buckets: Sequence[Bucket], *, without: Iterable[str]
) -> Group:
    is_entity = name in TOGETHER_WITH or name in WHERE
    beside = tuple(
        Beside(
            label=shown_text(shown(name, bucket)),
            count=bucket.count,
            url=entity_path(bucket.id or bucket.label) if is_entity else None,
            both=asked.with_value(name, bucket.key).url,
        )
        for bucket in buckets
        if bucket.key not in without
    )
    return Group(name=name, heading=heading, beside=beside[:TOGETHER])
