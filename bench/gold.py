"""The gold pages of the corpus, and how an extracted text is scored against the hand-cleaned one."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class GoldPage:
    id: str
    url: str
    title: str
    body: bytes
    text: str


def gold_pages(folder: Path) -> list[GoldPage]:
    with gzip.open(folder / "gold.json.gz") as file:
        gold = json.load(file)
    return [
        GoldPage(
            id=name,
            url=entry["url"],
            title=entry["title"],
            body=gzip.decompress((folder / f"{name}.html.gz").read_bytes()),
            text=entry["text"],
        )
        for name, entry in sorted(gold.items())
    ]


def token_scores(found: str, gold: str) -> tuple[float, float, float]:
    """F1, precision, recall of one text against another, as bags of lower-cased `\\w+` tokens."""
    got, want = Counter(_TOKEN.findall(found.lower())), Counter(_TOKEN.findall(gold.lower()))
    common = sum((got & want).values())
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / got.total(), common / want.total()
    return 2 * precision * recall / (precision + recall), precision, recall
