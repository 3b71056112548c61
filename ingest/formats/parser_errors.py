"""What feedparser and trafilatura raise on damaged input. They document no exceptions of their own; these are
what their handlers run into on odd values."""

from __future__ import annotations

PARSER_ERRORS = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    RecursionError,
    AssertionError,
    OverflowError,
)
