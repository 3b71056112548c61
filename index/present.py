"""A page of hits as plain values for JSON: what `wirewatch search --json` and the API give."""

from __future__ import annotations

from datetime import datetime

from article.records import Place
from bus.envelope import timestamp
from index.protocol import Bucket, Hit, Page

Json = dict[str, object]


def page_as_json(page: Page) -> Json:
    """{"total", "hits": [{"id", …}], "facets": {name: [{"key", "label", …}]}}; times are RFC 3339."""
    return {
        "total": page.total,
        "hits": [hit_as_json(hit) for hit in page.hits],
        "facets": {name: [_bucket(bucket) for bucket in buckets] for name, buckets in page.facets.items()},
    }


def hit_as_json(hit: Hit) -> Json:
    return {
        "id": hit.id,
        "revision": hit.revision,
        "title": hit.title,
        "url": hit.url,
        "feed": {"id": hit.feed.id, "url": hit.feed.url, "title": hit.feed.title},
        "published": _time(hit.published),
        "first_seen": _time(hit.first_seen),
        "lang": hit.lang,
        "summary": hit.summary,
        "entities": [
            {"type": entity.type, "name": entity.name, "id": entity.id, "mentions": entity.mentions}
            for entity in hit.entities
        ],
        "topics": [{"code": topic.code, "label": topic.label, "score": topic.score} for topic in hit.topics],
        "places": [_place(place) for place in hit.places],
        "score": round(hit.score, 4),
        "highlights": {highlight.field: list(highlight.fragments) for highlight in hit.highlights},
    }


def _bucket(bucket: Bucket) -> Json:
    place = None if bucket.place is None else _place(bucket.place)
    return {"key": bucket.key, "label": bucket.label, "count": bucket.count, "id": bucket.id, "place": place}


def _place(place: Place) -> Json:
    return {
        "name": place.name,
        "country": place.country,
        "lat": place.lat,
        "lon": place.lon,
        "geonames_id": place.geonames_id,
        "mentions": place.mentions,
        "kind": place.kind,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)
