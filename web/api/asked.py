"""What a search through the API may ask for, checked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from article.records import EntityType
from index.query import KEYWORD_FIELDS, MAX_WINDOW, Facet, FacetName, Query
from index.syntax import MAX_BYTES
from web.search.asked import Asked

MAX_LIMIT = 100
_VALUES = 50


_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)?)?", re.ASCII
)


def _moment(given: object) -> datetime:
    """RFC 3339, or a part of it: a day begins at 00:00, and without an offset UTC is meant."""
    if not (isinstance(given, str) and _MOMENT.fullmatch(given)):
        raise ValueError("give a time as 2026-05-01T13:00:00Z, or a day as 2026-05-01")
    try:
        made = datetime.fromisoformat(given.upper())
        return made.astimezone(UTC) if made.utcoffset() is not None else made.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("is out of range") from error


Value = Annotated[str, Field(min_length=1, max_length=1_000)]
Values = Annotated[tuple[Value, ...], Field(max_length=_VALUES)]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}
    ),
]


class SearchAsked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    q: Annotated[str, Field(max_length=MAX_BYTES)] = ""
    """Words, "phrases", -without, OR, prefix*, field:value (title, text, person, org, place, country, topic,
    feed, lang, before, after), brackets. Nothing finds every article."""
    entity: Values = ()
    """Only articles that name this entity: by name, any form, or id. Given again, all must be there."""
    person: Values = ()
    """The same among people."""
    org: Values = ()
    """The same among organisations."""
    location: Values = ()
    """The same among locations."""
    group: Values = ()
    """The same among nationalities, religions and political groups."""
    event: Values = ()
    """The same among events."""
    other: Values = ()
    """The same among other names."""
    type: Annotated[tuple[EntityType, ...], Field(max_length=_VALUES)] = ()
    """Only articles that name an entity of this type. Given again, all must be there."""
    topic: Values = ()
    """Only this topic, by code or label. Given again, all must be there."""
    place: Values = ()
    """Only this place, by name or country code. Given again, all must be there."""
    country: Values = ()
    """Only places in this country (ISO 3166-1 alpha-2). Given again, all must be there."""
    feed: Values = ()
    """Only this feed, by id, address or title. Given again, any will do."""
    lang: Values = ()
    """Only this language (ISO 639-1). Given again, any will do."""
    since: Annotated[Moment | None, Field(alias="from")] = None
    """Published at or after this time (RFC 3339, or a date); where unknown, first seen."""
    until: Annotated[Moment | None, Field(alias="to")] = None
    """Published before this time."""
    sort: Literal["relevance", "newest"] = "relevance"
    """By relevance, with a bonus for recent articles; or by time."""
    limit: Annotated[int, Field(ge=0, le=MAX_LIMIT)] = 20
    """Hits to give."""
    offset: Annotated[int, Field(ge=0, le=MAX_WINDOW)] = 0
    """Hits to leave out before the first. Only the first 10,000 can be listed: narrow the search by time."""
    facet: Annotated[tuple[FacetName, ...], Field(max_length=_VALUES)] = ()
    """Count the values of this among all that is found. `hour` to `month` count by time of publication."""
    facet_size: Annotated[int, Field(ge=1, le=1_000)] = 10
    """Values of each facet: the most frequent, or of times the newest."""
    highlight: bool = True
    """Whether to say where an article says what was looked for."""

    def query(self, now: datetime) -> Query:
        """The same as the page asks for the same. Raises BadQuery."""
        values = tuple(
            (field, value)
            for field in KEYWORD_FIELDS
            for value in getattr(self, "type" if field == "entity_type" else field)
        )
        asked = Asked(q=self.q, values=values, start=self.since, end=self.until, sort=self.sort)
        return replace(
            asked.query(now),
            limit=self.limit,
            offset=self.offset,
            highlight=self.highlight,
            facets=tuple(Facet(name=name, size=self.facet_size) for name in dict.fromkeys(self.facet)),
        )
