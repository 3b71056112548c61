"""The two article records, field by field as they stand in JSON.

Times are aware datetimes in UTC. Offsets are Unicode code points in the named field, end exclusive.
Names, ids and keys are public: programs outside this project read them (docs/architecture.md, "Records").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec

SCHEMA_VERSION = 1

Time = Annotated[datetime, msgspec.Meta(tz=True)]

TextSource = Literal["page", "feed", "none"]
EntityType = Literal["PER", "ORG", "LOC", "NORP", "EVENT", "MISC"]
MentionField = Literal["title", "text"]
PlaceKind = Literal["country", "province", "county", "city"]
EnrichmentStatus = Literal["complete", "partial", "failed"]


@dataclass(frozen=True, kw_only=True)
class FeedRef:
    """The feed that an article was seen in."""

    id: str
    url: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class RawArticle:
    """One article as a feed, and where needed its page, told it. Channel `wirewatch.raw`, key `id`."""

    id: str
    content_hash: str
    feed: FeedRef
    seen: Time
    schema_version: int = SCHEMA_VERSION
    url: str | None = None
    canonical_url: str | None = None
    entry_id: str | None = None
    title: str = ""
    summary: str = ""
    text: str = ""
    text_source: TextSource = "none"
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    declared_lang: str | None = None
    published: Time | None = None
    updated: Time | None = None
    image: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Mention:
    """One place where an entity is named: `getattr(article, field)[start:end] == text`."""

    field: MentionField
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Entity:
    """Somebody or something that the article names; `name` is the best full form in the article.

    `id` says who or what that is: "kb:hamas", "country:AF", "geonames:1138958", "watch:list/entry"; null
    where it is not known or more than one could be meant. `matched` says by what the id was found: 'alias
    "ISKP"'.
    `salience` is between 0 and 1.
    """

    type: EntityType
    name: str
    mentions: tuple[Mention, ...]
    id: str | None = None
    salience: float = 0.0
    matched: str | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point on the map that the article names. `country` is ISO 3166-1 alpha-2; degrees are WGS 84."""

    name: str
    country: str
    lat: float
    lon: float
    geonames_id: int | None = None
    mentions: int = 1
    kind: PlaceKind | None = None


@dataclass(frozen=True, kw_only=True)
class Span:
    """A part of an article's title or text: `getattr(article, field)[start:end]`."""

    field: MentionField
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What the article is about: an IPTC Media Topic ("medtop:…") or one that the user made ("custom:…").

    `score` is between 0 and 1. `evidence` is the sentences that speak for it most, at most three, in the
    order of the article.
    """

    code: str
    label: str
    score: float
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepFailure:
    """A step that could not be done, which is not the same as one that found nothing."""

    step: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Enrichment:
    """How the findings came about. `models` maps a step to name@version."""

    status: EnrichmentStatus
    finished: Time
    failures: tuple[StepFailure, ...] = ()
    models: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class EnrichedArticle(RawArticle):
    """A raw article with what was found in it. Channel `wirewatch.enriched`, key `id`.

    Every enriched article is a valid raw article too, so code that reads raw articles reads these.
    `embedding` has 384 numbers of unit length, or none where the step failed.
    """

    revision: int
    first_seen: Time
    enrichment: Enrichment
    lang: str | None = None
    entities: tuple[Entity, ...] = ()
    places: tuple[Place, ...] = ()
    topics: tuple[Topic, ...] = ()
    embedding: tuple[float, ...] = ()
