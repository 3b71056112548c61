"""Addresses of the pages that other pages lead to."""

from __future__ import annotations

from urllib.parse import quote


def article_path(article_id: str) -> str:
    return f"/articles/{quote(article_id, safe='')}"


def entity_path(key: str) -> str:
    """Of an entity by its id, or its name where it has none."""
    return f"/entities/{quote(key, safe='')}"
