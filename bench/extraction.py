"""How much of an article `extract_page` finds, beside trafilatura's own defaults, on the gold pages.

    python -m bench.extraction

Token F1 of one page: harmonic mean of precision and recall over the bags of lower-cased `\\w+` tokens of
the extracted and the hand-cleaned text. The figure is the mean over pages; a page that is refused counts 0.
"""

from __future__ import annotations

import gzip
import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from article.errors import BadPage
from bench.corpus import corpus_root

_TOKEN = re.compile(r"\w+")
_MAX_MARKUP = 3_000_000


@dataclass(frozen=True, kw_only=True)
class GoldPage:
    id: str
    url: str
    body: bytes
    text: str


@dataclass(frozen=True, kw_only=True)
class Score:
    """Means over pages, each from 0 to 1, and seconds per page."""

    f1: float
    precision: float
    recall: float
    seconds: float


Extract = Callable[[GoldPage], str]


def gold_pages(folder: Path) -> list[GoldPage]:
    with gzip.open(folder / "gold.json.gz") as file:
        gold = json.load(file)
    return [
        GoldPage(
            id=name,
            url=entry["url"],
            body=gzip.decompress((folder / f"{name}.html.gz").read_bytes()),
            text=entry["text"],
        )
        for name, entry in sorted(gold.items())
    ]


def token_scores(found: str, gold: str) -> tuple[float, float, float]:
    """F1, precision, recall of one text against another."""
    got, want = Counter(_TOKEN.findall(found.lower())), Counter(_TOKEN.findall(gold.lower()))
    common = sum((got & want).values())
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / got.total(), common / want.total()
    return 2 * precision * recall / (precision + recall), precision, recall


def measure(pages: list[GoldPage], extract: Extract) -> Score:
    extract(pages[0])  # loads what is loaded lazily
    start = time.perf_counter()
    texts = [extract(page) for page in pages]
    seconds = (time.perf_counter() - start) / len(pages)
    scores = [token_scores(text, page.text) for text, page in zip(texts, pages, strict=True)]
    f1, precision, recall = (sum(column) / len(pages) for column in zip(*scores, strict=True))
    return Score(f1=f1, precision=precision, recall=recall, seconds=seconds)


def ours(page: GoldPage) -> str:
    from ingest.page import extract_page

    try:
        return extract_page(page.body, url=page.url, content_type=None, max_markup=_MAX_MARKUP).text
    except BadPage:
        return ""


def theirs(page: GoldPage) -> str:
    import trafilatura

    text: str | None = trafilatura.extract(page.body, url=page.url)
    return text or ""


def main() -> None:
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    root = corpus_root()
    pages = gold_pages(root / "data" / "article_pages")
    print(f"{len(pages)} pages          F1  precision  recall  s/page")
    for name, extract in (("wirewatch", ours), ("trafilatura", theirs)):
        score = measure(pages, extract)
        print(f"{name:<12} {score.f1:8.4f} {score.precision:10.4f} {score.recall:7.4f} {score.seconds:7.3f}")


if __name__ == "__main__":
    main()
