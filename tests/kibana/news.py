"""A week of articles, always the same ones, of which each panel has something to show."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast

from article.records import EnrichedArticle, Enrichment, EnrichmentStatus, FeedRef, Place, StepFailure
from tests.index.articles import article, entity, topic
from tests.kibana.requests import Span

Item = TypeVar("Item")
Values = Callable[[EnrichedArticle], Iterable[object]]
"""What of an article is counted."""

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)  # the week lies in two months, so in two indices
WEEK = Span(start=NOW - timedelta(days=7), end=NOW)
COUNT = 240

PERSONS = ("Ada Lovelace", "Çelik Özdemir", "Grace Hopper", "Lê Minh", "Mary Seacole", "Noor Khan")
ORGANISATIONS = ("European Central Bank", "IAEA", "Isis-Khorasan", "MSF", "UNHCR")
GROUPS = ("Kurds", "Sami")
TOPICS = tuple(
    (f"{number:02}000000", f"subject {number:02}")
    for number in (1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17)
)
PLACES = (
    Place(name="Kabul", country="AF", lat=34.52813, lon=69.17233, geonames_id=1138958),
    Place(name="Nairobi", country="KE", lat=-1.28333, lon=36.81667, geonames_id=184745),
    Place(name="Greifswald", country="DE", lat=54.09311, lon=13.38786, geonames_id=2917788),
    Place(name="Stralsund", country="DE", lat=54.30911, lon=13.0818, geonames_id=2825422),
    Place(name="Wellington", country="NZ", lat=-41.28664, lon=174.77557, geonames_id=2179537),
)
FEEDS = tuple(
    FeedRef(id=name.lower(), url=f"https://{name.lower()}.example/rss", title=f"{name} News")
    for name in ("Alpha", "Beta", "Gamma", "Delta")
)
FAILURES = (
    StepFailure(step="entities", reason="text is cut at 20000 word pieces"),
    StepFailure(step="topics", reason="model gave no numbers"),
    StepFailure(step="entities", reason="model gave no numbers"),
)


def week() -> tuple[EnrichedArticle, ...]:
    """The last revision of each article that is published in the week, and some from just outside it."""
    chance = random.Random(8)  # noqa: S311 - the same news each time
    return tuple(_article(number, chance) for number in range(COUNT))


def _article(number: int, chance: random.Random) -> EnrichedArticle:
    published = WEEK.start + timedelta(minutes=chance.randrange(-600, 7 * 24 * 60))
    status: EnrichmentStatus = chance.choices(("complete", "partial", "failed"), (16, 3, 1))[0]
    failures = tuple(chance.sample(FAILURES, chance.choice((1, 1, 2)))) if status != "complete" else ()
    made = article(
        f"week-{number}",
        f"Report {number}",
        "Something was reported.",
        revision=chance.choices((1, 2, 3), (8, 2, 1))[0],
        published=published if chance.random() < 0.9 else None,
        first_seen=published + timedelta(minutes=chance.randrange(0, 90)),
        feed=chance.choice(FEEDS),
        lang=chance.choice(("en", "en", "de", "fr", None)),
        entities=[
            *(entity("PER", name) for name in _some(chance, PERSONS)),
            *(entity("ORG", name) for name in _some(chance, ORGANISATIONS)),
            *(entity("NORP", name) for name in _some(chance, GROUPS)),
        ],
        places=_some(chance, PLACES),
        topics=[topic(code, label) for code, label in _some(chance, TOPICS)],
    )
    return replace(
        made,
        notes=("page could not be fetched",) if status == "failed" else (),
        enrichment=Enrichment(status=status, finished=made.first_seen, failures=failures, models={}),
    )


def _some(chance: random.Random, items: Sequence[Item]) -> list[Item]:
    """Up to three, the first ones more often."""
    weights = range(len(items), 0, -1)
    return list(dict.fromkeys(chance.choices(items, weights, k=chance.randrange(4))))


def first_revision(article: EnrichedArticle) -> EnrichedArticle:
    """How it was before it was corrected: elsewhere in every chart."""
    return replace(
        article, revision=1, title="An earlier title", lang="nl", topics=(), places=(), entities=()
    )


def time(article: EnrichedArticle) -> datetime:
    return article.published or article.first_seen


def persons(article: EnrichedArticle) -> list[str]:
    return [entity.name for entity in article.entities if entity.type == "PER"]


def organisations(article: EnrichedArticle) -> list[str]:
    return [entity.name for entity in article.entities if entity.type == "ORG"]


def places(article: EnrichedArticle) -> list[str]:
    return [place.name for place in article.places]


def countries(article: EnrichedArticle) -> list[str]:
    return [place.country for place in article.places]


def topics(article: EnrichedArticle) -> list[str]:
    return [topic.label for topic in article.topics]


def feeds(article: EnrichedArticle) -> list[str]:
    return [article.feed.title]


def languages(article: EnrichedArticle) -> list[str]:
    return [article.lang] if article.lang else []


def statuses(article: EnrichedArticle) -> list[str]:
    return [article.enrichment.status]


def steps(article: EnrichedArticle) -> list[str]:
    return [failure.step for failure in article.enrichment.failures]


def failures(article: EnrichedArticle) -> list[str]:
    return [f"{failure.step}: {failure.reason}" for failure in article.enrichment.failures]


def corrected(article: EnrichedArticle) -> bool:
    return article.revision > 1


def incomplete(article: EnrichedArticle) -> bool:
    return article.enrichment.status != "complete"


SHOWN = tuple(article for article in week() if WEEK.start <= time(article) < WEEK.end)
"""The articles that the dashboard shows."""


def most(values: Values, *, size: int, among: Sequence[EnrichedArticle] = SHOWN) -> list[tuple[str, int]]:
    """The values that most articles have, with how many: equally frequent ones by name."""
    counted = Counter(cast("str", value) for article in among for value in set(values(article)))
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:size]
