"""Names of languages and of authors, as feeds and pages write them, to their usual form."""

from __future__ import annotations

import re

from ingest.formats.text import one_line

_LANG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_BYLINE = re.compile(r"^\s*by[:\s]\s*", re.IGNORECASE)


def language(value: str | None) -> str | None:
    """A language tag (RFC 5646) in its usual form ("en-GB"), or None for what is none."""
    text = (value or "").strip()
    if len(text) > 35 or not _LANG.fullmatch(text):
        return None
    first, *rest = text.replace("_", "-").split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])


def clean_authors(names: list[str]) -> tuple[str, ...]:
    """Names on one line each, without "By", addresses and repetitions; at most 20."""
    clean = (_BYLINE.sub("", one_line(name)) for name in names)
    return tuple(dict.fromkeys(name for name in clean if name and "://" not in name and len(name) <= 200))[
        :20
    ]
