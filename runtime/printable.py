"""Bytes of whatever kind as text that nothing acts on: not a terminal, not a page's direction of writing."""

from __future__ import annotations

import json


def readable(value: bytes | None) -> str:
    """JSON in lines; anything else as its bytes are written in Python."""
    if value is None:
        return "(no value)"
    try:
        return json.dumps(json.loads(value), ensure_ascii=True, indent=2)
    except (ValueError, RecursionError):
        return printable(value)


def printable(value: bytes | str) -> str:
    """On one line."""
    text = value if isinstance(value, str) else value.decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
