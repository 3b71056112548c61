"""Which field of the index is what.

At the top lie the record's own fields, under their public names, and `_source` is the record. Beside them:

time, location, failures        for charts and maps: published or first seen, points, "step: reason"
named.<kind>                    names as written, by kind of entity
search.time                     microseconds since 1970, for ranges and order
search.names                    names of entities and places, analysed as text
search.terms.<field>            folded keywords that a Keyword finds
search.counted.<field>          folded keywords that a facet counts
search.topics                   nested: a topic's label and score are asked for together
search.embedding                a vector that has no direction, which the server does not take for `embedding`

Text is stems, with its words as they are written under `.words`. What a person filters by in Kibana
(names, labels, titles of feeds) is compared without case and accents; `.shown` has it as it is written.
"""

from __future__ import annotations

from index.elastic.analysis import FOLDED, STEMS, WORDS
from index.faults import DIMENSIONS
from index.query import FIELD_OF_TYPE, KEYWORD_FIELDS

VERSION = 2  # another number wherever fields change; the templates carry it

Json = dict[str, object]

_LONG = 2048  # characters of a URL; the server refuses terms of 32 kB, which 8191 characters may be
_KEPT: Json = {"type": "keyword", "index": False, "doc_values": False, "ignore_above": _LONG}
_DATE: Json = {"type": "date"}


def mapping() -> Json:
    """The whole mapping. `dynamic: strict`, so that a field that nobody thought of is noticed at once."""
    return {
        "dynamic": "strict",
        "_meta": {"wirewatch": VERSION},
        "properties": {**_raw(), **_enriched(), **_derived()},
    }


def _raw() -> Json:
    return {
        "schema_version": {"type": "short"},
        "id": _keyword(512),
        "content_hash": _KEPT,
        "url": _keyword(_LONG),
        "canonical_url": _keyword(_LONG),
        "feed": {"properties": {"id": _keyword(512), "url": _keyword(_LONG), "title": _folded()}},
        "entry_id": _KEPT,
        "title": _text(),
        "summary": _text(),
        "text": _text(),
        "text_source": _keyword(),
        "authors": _folded(),
        "categories": _folded(),
        "declared_lang": _keyword(),
        "published": _DATE,
        "updated": _DATE,
        "seen": _DATE,
        "image": _KEPT,
        "notes": _keyword(1024),
    }


def _enriched() -> Json:
    return {
        "revision": {"type": "long"},
        "first_seen": _DATE,
        "lang": _keyword(),
        "entities": {
            "properties": {
                "type": _keyword(),
                "name": _folded(),
                "id": _keyword(),
                "salience": {"type": "float"},
                "matched": _KEPT,
                "mentions": {"type": "object", "enabled": False},
            }
        },
        "places": {
            "properties": {
                "name": _folded(),
                "country": _keyword(),
                "lat": {"type": "float"},
                "lon": {"type": "float"},
                "geonames_id": {"type": "long"},
                "mentions": {"type": "integer"},
                "kind": _keyword(),
            }
        },
        "topics": {"properties": {**_topic(), "evidence": {"type": "object", "enabled": False}}},
        "embedding": {
            "type": "dense_vector",
            "dims": DIMENSIONS,
            "index": True,
            "similarity": "cosine",
            # Named, because releases differ in what they take by default.
            "index_options": {"type": "int8_hnsw", "m": 16, "ef_construction": 100},
        },
        "enrichment": {
            "properties": {
                "status": _keyword(),
                "finished": _DATE,
                "failures": {"properties": {"step": _keyword(), "reason": _keyword(1024)}},
                "models": {"type": "flattened", "ignore_above": 256},
            }
        },
    }


def _derived() -> Json:
    return {
        "time": _DATE,
        "location": {"type": "geo_point"},
        "failures": _keyword(512),
        "named": {"properties": {field: _keyword() for field in FIELD_OF_TYPE.values()}},
        "search": {
            "properties": {
                "time": {"type": "long"},
                "names": _text(),
                "terms": {"properties": {field: _found() for field in KEYWORD_FIELDS}},
                "counted": {"properties": {field: _keyword(1024) for field in KEYWORD_FIELDS}},
                "topics": {"type": "nested", "properties": _topic()},
                "embedding": {"type": "object", "enabled": False},
            }
        },
    }


def _topic() -> Json:
    return {"code": _keyword(), "label": _folded(), "score": {"type": "float"}}


def _keyword(longest: int = 256) -> Json:
    """A value as it is; longer ones are kept in the record and not found."""
    return {"type": "keyword", "ignore_above": longest}


def _found() -> Json:
    """A value that is only looked for, never counted."""
    return {"type": "keyword", "doc_values": False}


def _folded() -> Json:
    return {"type": "keyword", "ignore_above": 256, "normalizer": FOLDED, "fields": {"shown": _keyword()}}


def _text() -> Json:
    words: Json = {"type": "text", "analyzer": WORDS, "index_options": "docs", "norms": False}
    return {"type": "text", "analyzer": STEMS, "fields": {"words": words}}
