"""How much markup a page has, and whether it is a page at all, before anything expensive looks at it."""

from __future__ import annotations

_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"ID3", "an MP3 file"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"OggS", "an Ogg file"),
)
_VIDEO = (b"ftypisom", b"ftypmp42", b"ftypM4A ", b"ftypqt  ")
_FEED_ROOTS = (b"<rss", b"<feed", b"<rdf:RDF")
_HTML_TYPES = frozenset(
    (
        "text/html",
        "application/xhtml+xml",
        "application/xml",
        "text/xml",
        "text/plain",
        "application/octet-stream",
    )
)


def not_a_page(body: bytes, content_type: str | None) -> str | None:
    """What `body` is instead of an HTML page, or None. Magic bytes count before the content type."""
    start = body[:1024].lstrip()
    kind = (content_type or "").split(";")[0].strip().lower()
    magic = next((name for magic, name in _MAGIC if start.startswith(magic)), None)
    if magic:
        return magic
    looks = (
        ("empty", not start and not body.strip()),
        ("a video or audio file", start[4:12] in _VIDEO),
        (f"of type {kind[:80]}", bool(kind) and kind not in _HTML_TYPES),
        ("a JSON document", start.startswith((b"{", b"["))),
        ("plain text without markup", b"<" not in body),
        ("a feed", start.startswith(b"<?xml") and any(root in body[:2048] for root in _FEED_ROOTS)),
    )
    return next((name for name, is_so in looks if is_so), None)


def without_scripts(markup: str) -> str:
    """`markup` without comments, styles, drawings and scripts (structured data stays). Linear time."""
    for opening, closing in (
        ("<!--", "-->"),
        ("<style", "</style"),
        ("<svg", "</svg"),
        ("<script", "</script"),
    ):
        markup = _without(markup, opening, closing)
    return markup


def _without(markup: str, opening: str, closing: str) -> str:
    lower = markup.lower()
    if len(lower) != len(markup):  # a few characters change length in lower case; then case must match
        lower = markup
    kept: list[str] = []
    done = 0
    while (start := lower.find(opening, done)) >= 0:
        end = lower.find(closing, start + len(opening))
        if end < 0:
            break
        after = lower.find(">", end) + 1 or len(lower)
        head = lower[start : lower.find(">", start) + 1]
        kept.append(markup[done : after if "ld+json" in head else start])
        done = after
    kept.append(markup[done:])
    return "".join(kept)
