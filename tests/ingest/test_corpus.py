"""Real feeds and pages, as they were served."""

from __future__ import annotations

import gzip
import io
from urllib.parse import urldefrag

import pytest

from article.identity import article_id
from bench.extraction import measure, ours, scored, with_memory
from bench.gold import GoldPage, gold_pages
from bench.made_sites import made_sites
from ingest.formats.feed import parse_feed
from ingest.pages.page import extract_page
from tests.corpus import corpus
from tests.ingest.documents import NOW


def test_every_feed_is_read_and_no_entry_is_lost() -> None:
    import feedparser

    files = sorted(corpus("data/feeds").glob("*.xml.gz"))
    assert files
    for path in files:
        body = gzip.decompress(path.read_bytes())
        url = f"https://{path.stem}.test/feed"
        entries = parse_feed(body, url=url, content_type=None, now=NOW, max_entries=5000).entries
        assert len(entries) == len(feedparser.parse(io.BytesIO(body)).entries), path.name
        ids = {
            article_id(link=e.link, feed_url=url, entry_id=e.entry_id, title=e.title, published=e.published)
            for e in entries
        }
        assert len(ids) == len({urldefrag(entry.link or entry.entry_id or "")[0] for entry in entries}), (
            path.name
        )
        for entry in entries:
            assert entry.link or entry.entry_id or entry.title, path.name
            assert "<p>" not in entry.text, path.name
            assert entry.published or any("date" in note for note in entry.notes), path.name


def test_every_gold_page_is_an_article() -> None:
    for page in gold_pages(corpus("data/article_pages")):
        found = extract_page(page.body, url=page.url, content_type=None, max_markup=2_000_000)
        assert found.title, page.url
        assert found.text, page.url


@pytest.mark.slow
def test_extraction_stays_as_good_as_it_was() -> None:
    score = measure(gold_pages(corpus("data/article_pages")), ours)
    assert score.f1 >= 0.945


@pytest.mark.slow
def test_the_memory_of_a_site_makes_its_texts_better() -> None:
    pages, plain, learned = list[GoldPage](), list[str](), list[str]()
    for site in made_sites(gold_pages(corpus("data/article_pages")))[::10]:
        texts = [ours(page) for page in site.pages]
        pages.extend(site.pages)
        plain.extend(texts)
        learned.extend(with_memory(site, texts))
    assert scored(pages, learned).f1 >= scored(pages, plain).f1 + 0.01
