"""What `Bus.replace` asks of a table before it writes."""

from __future__ import annotations

from article.errors import Conflict
from bus.protocol import Record


def check_unchanged(record: Record, *, present: bytes | None, seen: bytes | None) -> None:
    """Raises Conflict unless the value that is there is the one that was seen."""
    if present != seen:
        raise changed_meanwhile(record)


def changed_meanwhile(record: Record) -> Conflict:
    return Conflict(record.key, "was changed by somebody else meanwhile", "look at it again, then change it")
