"""How much of an article `extract_page` finds, beside trafilatura with several settings.

    python -m bench.extraction

Once on the gold pages, and once on sites made of them (bench/made_sites.py), where ours is measured without
and with what ingest learns of a site (ingest/pages/site_lines.py), as at the first poll of a feed that has
just these pages.

Token F1 of one page: harmonic mean of precision and recall over the bags of lower-cased `\\w+` tokens of the
extracted and the hand-cleaned text. The figure is the mean over pages; a page that is refused counts 0.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from article.errors import BadPage
from bench.corpus import corpus_root
from bench.gold import GoldPage, gold_pages, token_scores
from bench.made_sites import MadeSite, made_sites

_MAX_MARKUP = 3_000_000
_AGAIN = 3  # of their settings, the best on the gold pages, that are measured on the made sites, too
_THEIR_SETTINGS: dict[str, dict[str, bool]] = {
    "default": {},
    "fast": {"fast": True},
    "precision": {"favor_precision": True},
    "recall": {"favor_recall": True},
    "no comments": {"include_comments": False},
    "no comments, fast": {"include_comments": False, "fast": True},
    "no comments, precision": {"include_comments": False, "favor_precision": True},
    "no comments, no tables": {"include_comments": False, "include_tables": False},
    "no comments, no tables, fast": {"include_comments": False, "include_tables": False, "fast": True},
}


@dataclass(frozen=True, kw_only=True)
class Score:
    """Means over pages, each from 0 to 1, and seconds per page."""

    f1: float
    precision: float
    recall: float
    seconds: float


Extract = Callable[[GoldPage], str]


def measure(pages: Sequence[GoldPage], extract: Extract) -> Score:
    extract(pages[0])  # loads what is loaded lazily
    start = time.perf_counter()
    texts = [extract(page) for page in pages]
    return scored(pages, texts, (time.perf_counter() - start) / len(pages))


def scored(pages: Sequence[GoldPage], texts: Sequence[str], seconds: float = 0.0) -> Score:
    scores = [token_scores(text, page.text) for text, page in zip(texts, pages, strict=True)]
    f1, precision, recall = (sum(column) / len(pages) for column in zip(*scores, strict=True))
    return Score(f1=f1, precision=precision, recall=recall, seconds=seconds)


def ours(page: GoldPage) -> str:
    from ingest.pages.page import extract_page

    try:
        return extract_page(page.body, url=page.url, content_type=None, max_markup=_MAX_MARKUP).text
    except BadPage:
        return ""


def theirs(options: dict[str, bool]) -> Extract:
    import trafilatura

    def extract(page: GoldPage) -> str:
        return trafilatura.extract(page.body, url=page.url, **options) or ""

    return extract


def with_memory(site: MadeSite, texts: Sequence[str]) -> list[str]:
    """The texts of a site's pages without what its lines tell, once all of them are learned."""
    from ingest.pages.site_lines import Sites, learn, strip

    sites: Sites = {}
    for page, text in zip(site.pages, texts, strict=True):
        sites = learn(sites, site=site.host, article=page.id, lines=text.split("\n"))
    return [strip(text, sites[site.host]).text for text in texts]


def measure_theirs(pages: Sequence[GoldPage], settings: Iterable[str]) -> list[str]:
    """Prints a line for each of their settings; the names, the one with the best F1 first."""
    scores = {name: measure(pages, theirs(_THEIR_SETTINGS[name])) for name in settings}
    for name, score in scores.items():
        _print(f"trafilatura: {name}", score)
    best = sorted(scores, key=lambda name: scores[name].f1, reverse=True)
    print(f"trafilatura's best: {best[0]}\n")
    return best


def main() -> None:
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    gold = gold_pages(corpus_root() / "data" / "article_pages")
    print(f"{f'{len(gold)} gold pages':<44}     F1  precision  recall  s/page")
    _print("wirewatch", measure(gold, ours))
    best = measure_theirs(gold, _THEIR_SETTINGS)

    sites = made_sites(gold)
    pages = [page for site in sites for page in site.pages]
    print(f"{f'{len(pages)} pages of {len(sites)} made sites':<44}     F1  precision  recall")
    texts = {site.host: [ours(page) for page in site.pages] for site in sites}
    learned = [text for site in sites for text in with_memory(site, texts[site.host])]
    _print("wirewatch, with its memory of the site", scored(pages, learned))
    _print("wirewatch, without", scored(pages, [text for site in sites for text in texts[site.host]]))
    measure_theirs(pages, best[:_AGAIN])


def _print(name: str, score: Score) -> None:
    seconds = f"{score.seconds:8.3f}" if score.seconds else ""
    print(f"{name:<44} {score.f1:.4f} {score.precision:10.4f} {score.recall:7.4f} {seconds}")


if __name__ == "__main__":
    main()
