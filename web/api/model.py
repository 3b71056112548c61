"""The answers of the API as types, for its description; `index.present` makes the values."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from article.records import EntityType


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Feed(_Model):
    id: str
    url: str
    title: str


class FoundEntity(_Model):
    type: EntityType
    name: str
    id: str | None
    """Who or what that is: "kb:hamas", "country:AF", "geonames:1138958", "watch:list/entry"."""
    mentions: int
    """How often the article names it."""


class FoundTopic(_Model):
    code: str
    """IPTC Media Topic, "medtop:16000000", or a topic of your own, "custom:…"."""
    label: str
    score: float
    """Between 0 and 1."""


class FoundPlace(_Model):
    name: str
    country: str
    """ISO 3166-1 alpha-2."""
    lat: float
    lon: float
    geonames_id: int | None
    mentions: int
    kind: Literal["country", "province", "county", "city"] | None


class FoundArticle(_Model):
    """An article that was found; its most salient entities first."""

    id: str
    revision: int
    title: str
    url: str | None
    """As the feed gave it, so of any scheme: check it before it becomes a link."""
    feed: Feed
    published: datetime | None
    first_seen: datetime
    lang: str | None
    summary: str
    entities: tuple[FoundEntity, ...]
    topics: tuple[FoundTopic, ...]
    places: tuple[FoundPlace, ...]
    score: float
    """Comparable within one answer only; of similar articles the cosine."""
    highlights: dict[Literal["title", "summary", "text"], tuple[str, ...]]
    """Pieces as HTML: the text escaped, what was looked for between <em> and </em>."""


class Bucket(_Model):
    key: str
    """Filters for the value."""
    label: str
    """The form to show."""
    count: int
    id: str | None
    """Of an entity, who or what the newest article takes it for."""
    place: FoundPlace | None
    """Of a place, where it lies."""


class SearchAnswer(_Model):
    total: int
    """Articles that match."""
    hits: tuple[FoundArticle, ...]
    facets: dict[str, tuple[Bucket, ...]]
    next: str | None
    """The address of the next page; null on the last that can be listed."""


class SimilarAnswer(_Model):
    total: int
    hits: tuple[FoundArticle, ...]
    facets: dict[str, tuple[Bucket, ...]]
    """None."""


class EntityMeaning(_Model):
    """A thing that a name stands for in some of the latest articles."""

    type: EntityType
    name: str
    id: str | None
    articles: int
    """How many of the latest articles mean this."""


class TimeCount(_Model):
    start: datetime
    count: int


class EntityAnswer(_Model):
    """Somebody or something that articles name."""

    key: str
    name: str
    total: int
    """Articles that name it."""
    meanings: tuple[EntityMeaning, ...]
    """The most frequent first; more than one where the name is not clear."""
    span: Literal["hour", "day", "week", "month"] | None
    """How long each span of `over_time` is."""
    over_time: tuple[TimeCount, ...]
    """Articles by time of publication, spans without any too."""
    facets: dict[str, tuple[Bucket, ...]]
    """What else the articles name (itself among them), where they happen, and what they are about."""
    hits: tuple[FoundArticle, ...]
    """The latest articles."""


class Problem(_Model):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    """In words, with the way out."""
    at: int | None = None
    """Of a query that cannot be read: where, in code points from its start."""
