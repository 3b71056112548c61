"""Saved searches and their webhooks as records: made, checked, written, removed."""

from __future__ import annotations

import base64
import re
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from article.codec import encode
from article.errors import BadInput
from article.searches import SavedSearch, Webhook
from bus.channels import SEARCHES, WEBHOOKS, Channel
from bus.envelope import event, timestamp
from bus.protocol import Record
from index.syntax import parse

MAX_NAME = 200  # code points
_MAX_URL = 2_000
_KEY_BYTES = 32  # Standard Webhooks asks for 24 to 64
_UNUSABLE = re.compile(r"[\\\x00-\x20\x7f]")  # parsers of addresses disagree on these


def new_search(name: str, query: str, *, now: datetime) -> SavedSearch:
    """A search under a new id. Raises BadQuery for a query that cannot be parsed."""
    return SavedSearch(
        id=secrets.token_hex(8),
        name=checked_name(name, query),
        query=checked_query(query),
        created=now,
        changed=now,
    )


def checked_query(query: str) -> str:
    parse(query)
    return query.strip()


def checked_name(name: str, query: str) -> str:
    """One line; the query itself where there is no name."""
    flat = " ".join("".join(char if char.isprintable() else " " for char in name).split())
    if len(flat) > MAX_NAME:
        raise BadInput("name", f"has {len(flat)} characters, the most is {MAX_NAME}", "shorten it")
    return flat or " ".join(query.split())[:MAX_NAME] or "Everything"


def new_webhook(search: str, url: str, *, now: datetime) -> Webhook:
    """A webhook with a new secret. Raises BadInput for an address that cannot be one."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
    return Webhook(id=search, url=checked_url(url), created=now, secret=secret)


def checked_url(url: str) -> str:
    """An http(s) address. What it says of itself is not repeated in errors: it may hold a key."""
    url = url.strip()
    problem = ""
    try:
        parts = urlsplit(url)
        if len(url) > _MAX_URL or _UNUSABLE.search(url) or parts.port == 0:
            problem = "is not an address"
        elif parts.scheme not in ("http", "https") or not parts.hostname:
            problem = "is not an http or https address"
        elif "@" in parts.netloc:
            problem = "holds a name or password"
    except ValueError:
        problem = "is not an address"
    if problem:
        raise BadInput("the webhook's address", problem, "give https://host/path")
    return url.partition("#")[0]


def shown_url(url: str) -> str:
    """Where it leads, without path and query, which some receivers use as a key."""
    parts = urlsplit(url)
    rest = parts.path.strip("/") or parts.query
    return f"{parts.scheme}://{parts.netloc}/" + ("…" if rest else "")


def search_record(search: SavedSearch) -> Record:
    return _row(SEARCHES, search, kind="saved-search", now=search.changed)


def webhook_record(hook: Webhook, *, now: datetime) -> Record:
    return _row(WEBHOOKS, hook, kind="webhook", now=now)


def removal(channel: Channel, search: str) -> Record:
    return Record(channel=channel, key=search, value=None)


def _row(channel: Channel, record: SavedSearch | Webhook, *, kind: str, now: datetime) -> Record:
    return event(
        channel,
        record.id,
        encode(record),
        kind=kind,
        event_id=f"{record.id}.{timestamp(now)}",
        source="searches",
        now=now,
    )
