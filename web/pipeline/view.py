"""What the pipeline page shows, as plain values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

from runtime.printable import printable
from web.pipeline.desk import StageStanding
from web.relative import lasting

PAGE_SIZE = 50
_TEXT_BYTES = 64_000
_HEX_BYTES = 4_096
_WIDTH = 16

WORK = {
    "ingest": "articles published",
    "enrich": "articles enriched",
    "index": "articles indexed",
    "notify": "articles held against saved searches",
    "deliver": "matches sent to webhooks",
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Bytes for a person: as JSON, as text, or as a hex dump; `cut` is how many bytes are not shown."""

    kind: Literal["JSON", "text", "bytes", "nothing"]
    text: str
    cut: int = 0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which letters to list."""

    stage: str = ""
    reason: str = ""
    page: int = 1

    def address(self, **changed: object) -> str:
        fields: dict[str, object] = {"stage": self.stage, "reason": self.reason, "page": 1, **changed}
        said = {name: value for name, value in fields.items() if value not in ("", 1)}
        return f"/pipeline/dead?{urlencode(said)}" if said else "/pipeline/dead"


def shown(value: bytes | None) -> Shown:
    """JSON in lines, other text as it is, anything else in hex; never anything that a page would act on."""
    if not value:
        return Shown(kind="nothing", text="")
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return Shown(kind="bytes", text=hex_dump(value[:_HEX_BYTES]), cut=max(0, len(value) - _HEX_BYTES))
    if len(value) <= _TEXT_BYTES:
        try:
            return Shown(kind="JSON", text=json.dumps(json.loads(text), ensure_ascii=True, indent=2))
        except (ValueError, RecursionError):
            pass
    part = text[:_TEXT_BYTES]
    lines = "\n".join(printable(line) for line in part.split("\n"))
    return Shown(kind="text", text=lines, cut=len(value) - len(part.encode()))


def hex_dump(data: bytes) -> str:
    """Offset, bytes in hex, and those that are printable ASCII as such, sixteen a line."""
    lines = []
    for start in range(0, len(data), _WIDTH):
        row = data[start : start + _WIDTH]
        said = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{start:08x}  {row.hex(' '):<{3 * _WIDTH}} {said}")
    return "\n".join(lines)


def letter_address(place: str) -> str:
    """Of a letter's page; its place is channel/partition/offset."""
    return f"/pipeline/dead/{quote(place)}"


def rate(per_minute: float | None) -> str:
    if per_minute is None:
        return "not known yet"
    return f"{per_minute:,.0f}" if per_minute >= 10 or not per_minute else f"{per_minute:.1f}"


def is_stuck(stage: StageStanding) -> bool:
    """Whether articles wait and none of them was dealt with lately."""
    return bool(stage.waiting) and stage.rate == 0


def caught_up(stage: StageStanding) -> str:
    """How long what waits will take at the present rate; empty where nothing waits."""
    if not stage.waiting:
        return ""
    if is_stuck(stage):
        return "and none was dealt with in the last minute"
    pace = stage.rate or stage.rate_before
    return f"about {lasting(60 * stage.waiting / pace)} of work" if pace else ""
