"""The Link header (RFC 8288 §3): addresses with their relations to what was fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINK = re.compile(r"<([^<>]*)>((?:[^,<\"]|\"(?:[^\"\\]|\\.)*\")*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_ANCHOR = re.compile(r";\s*anchor\s*=", re.IGNORECASE)


def linked(header: str | None, relation: str) -> Iterator[str]:
    """The addresses with this relation, as they stand there; those about something else are left out."""
    for address, parameters in _LINK.findall(header or ""):
        found = _REL.search(parameters)
        relations = (found.group(1) or found.group(2) or "").lower().split() if found else []
        if relation in relations and not _ANCHOR.search(parameters):
            yield address.strip()
