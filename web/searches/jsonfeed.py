"""A saved search as a JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), with what was found under
`_wirewatch`. Pure."""

from __future__ import annotations

import json

from index.protocol import Hit
from web.pages import rfc3339, web_url
from web.searches.view import FeedOf, updated

MEDIA_TYPE = "application/feed+json; charset=utf-8"


def json_feed(feed: FeedOf) -> bytes:
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{feed.search.name} · Wirewatch",
        "home_page_url": feed.home,
        "feed_url": feed.own,
        "items": [_item(hit, feed.base) for hit in feed.hits],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _item(hit: Hit, base: str) -> dict[str, object]:
    return {
        "id": hit.id,
        "url": web_url(hit.url) or f"{base}/articles/{hit.id}",
        "title": hit.title,
        "content_text": hit.summary or hit.title,
        "date_published": rfc3339(hit.published or hit.first_seen),
        "date_modified": rfc3339(updated(hit)),
        "authors": [{"name": hit.feed.title or hit.feed.url}],
        "tags": [topic.label for topic in hit.topics],
        **({"language": hit.lang} if hit.lang else {}),
        "_wirewatch": {
            "page": f"{base}/articles/{hit.id}",
            "revision": hit.revision,
            "feed": {"id": hit.feed.id, "url": hit.feed.url, "title": hit.feed.title},
            "entities": [{"type": each.type, "name": each.name, "id": each.id} for each in hit.entities],
            "topics": [{"code": each.code, "label": each.label} for each in hit.topics],
            "places": [
                {"name": each.name, "country": each.country, "lat": each.lat, "lon": each.lon}
                for each in hit.places
            ],
        },
    }
