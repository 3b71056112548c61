"""From an article to the server's document, and from its `_source` back to the record.

The record's JSON is taken as it stands in the stream and the derived fields are put behind it, so that
what `get` gives back is the record, number by number.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from article.codec import convert, encode
from article.records import EnrichedArticle
from index.document import Document, document_of
from index.elastic.months import month_of
from index.query import FIELD_OF_TYPE

Json = dict[str, object]

DERIVED = ("time", "location", "failures", "named", "search")
"""Fields that are not the record's."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LEAST, _MOST = 1e-12, 1e12  # lengths of a vector that are sure to have a direction in single precision


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An article ready to be sent: `body` is the document's JSON, `month` names its index."""

    id: str
    revision: int
    month: str
    body: bytes


def prepared(article: EnrichedArticle) -> Prepared:
    """Raises BadRecord for text without UTF-8 form, OverflowError for a time that is out of range."""
    has_direction = _LEAST < math.hypot(*article.embedding) < _MOST
    record = article if has_direction else replace(article, embedding=())
    derived = _derived(article, document_of(article))
    if article.embedding and not has_direction:
        derived["search"] |= {"embedding": {"numbers": article.embedding}}  # type: ignore[operator]
    # The server refuses an empty vector. Within strings quotes are escaped, so this is the field itself.
    head = encode(record).replace(b',"embedding":[]', b"")
    return Prepared(
        id=article.id,
        revision=article.revision,
        month=month_of(article.first_seen),
        body=head[:-1] + b"," + json.dumps(derived, ensure_ascii=False).encode()[1:],
    )


def article_of(source: Mapping[str, object]) -> EnrichedArticle:
    """The record in a `_source`. Raises BadRecord for one that another version made."""
    article = convert(EnrichedArticle, source)
    search = source.get("search")
    aside = search.get("embedding") if isinstance(search, Mapping) else None
    if isinstance(aside, Mapping):
        return replace(article, embedding=tuple(float(number) for number in aside["numbers"]))
    return article


def microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _derived(article: EnrichedArticle, document: Document) -> Json:
    return {
        "time": document.time.isoformat(),
        "location": [
            {"lat": place.lat, "lon": place.lon}
            for place in article.places
            if abs(place.lat) <= 90 and abs(place.lon) <= 180
        ],
        "failures": [f"{failure.step}: {failure.reason}" for failure in article.enrichment.failures],
        "named": _named(article),
        "search": {
            "time": microseconds(document.time),
            "names": document.names,
            "terms": {field: values for field, values in document.terms.items() if values},
            "counted": {field: values for field, values in document.counted.items() if values},
            "topics": [
                {"code": topic.code, "label": topic.label, "score": topic.score} for topic in article.topics
            ],
        },
    }


def _named(article: EnrichedArticle) -> Json:
    names: dict[str, list[str]] = {}
    for entity in article.entities:
        said = names.setdefault(FIELD_OF_TYPE[entity.type], [])
        if entity.name not in said:
            said.append(entity.name)
    return dict(names)
