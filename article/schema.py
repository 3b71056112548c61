"""The JSON Schemas (draft 2020-12) of the records, made from the record types.

The files in `article/schemas/` are what other programs read; `python -m article.schema` writes them anew
after a record type has changed, and a test fails when they differ from the types.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import msgspec

from article.hubs import FeedHub, HubCall
from article.records import EnrichedArticle, RawArticle
from article.searches import Delivery, SavedSearch, WaitingRow, Webhook
from article.tables import FeedMemory, FeedState, Known, Subscription

FOLDER = Path(__file__).parent / "schemas"
RECORDS = {
    "raw-article": RawArticle,
    "enriched-article": EnrichedArticle,
    "subscription": Subscription,
    "feed-state": FeedState,
    "feed-memory": FeedMemory,
    "feed-hub": FeedHub,
    "hub-call": HubCall,
    "known-article": Known,
    "saved-search": SavedSearch,
    "webhook": Webhook,
    "delivery": Delivery,
    "deliveries-waiting": WaitingRow,
}


def schema_text(name: str) -> str:
    """The schema of the record type of that name, as the file holds it."""
    made = msgspec.json.schema(RECORDS[name])
    for definition in made["$defs"].values():
        if "description" in definition:
            definition["description"] = inspect.cleandoc(definition["description"])
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def schema_file(name: str) -> Path:
    return FOLDER / f"{name}.schema.json"


if __name__ == "__main__":
    for each in RECORDS:
        schema_file(each).write_text(schema_text(each), encoding="utf-8")
