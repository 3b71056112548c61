"""The picture of the page in the README, from the sample articles and the bundled model.

    python -m tests.browser.picture docs/page.png [PATH]

PATH is that of the page to show. The sample's events are invented.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.sample.site import TITLE, feed_url, sample_articles
from article.identity import article_id
from article.records import EnrichedArticle, FeedRef, RawArticle
from enrich.pipeline import Enricher
from enrich.record import text_of, with_findings
from index.embedded import EmbeddedIndex
from runtime.settings import EnrichSettings
from tests.browser.chromium import chromium, chromium_program
from tests.browser.conftest import serve_news
from tests.web.conftest import Site

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
WIDTH, HEIGHT = 1200, 860
PATH = "/?q=people+OR+police+OR+attack&feed=sample"
FEED = FeedRef(id="sample", url=feed_url(8765), title=TITLE)


def enriched() -> tuple[EnrichedArticle, ...]:
    """The sample as the pipeline would have it."""
    raw = tuple(_raw())
    with closing(Enricher(EnrichSettings())) as enricher:
        found = enricher.enrich([text_of(article) for article in raw])
    return tuple(
        with_findings(article, findings, revision=1, first_seen=article.seen, now=article.seen)
        for article, findings in zip(raw, found, strict=True)
    )


def _raw() -> Iterator[RawArticle]:
    for number, sample in enumerate(sample_articles()):
        url = f"https://sample.example/{sample.slug}"
        identity = article_id(link=url, feed_url=FEED.url, entry_id=None, title="", published=None)
        yield RawArticle(
            id=identity,
            content_hash=identity,
            url=url,
            feed=FEED,
            seen=sample.published + timedelta(seconds=11 + 7 * number),
            title=sample.title,
            summary=sample.summary,
            text="\n\n".join(sample.paragraphs),
            text_source="page",
            published=sample.published,
        )


@contextmanager
def sample_site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(EmbeddedIndex(folder / "index", recency_days=7.0)) as index:
            index.write(enriched())
            yield from serve_news(index, folder, now=NOW)


def main(target: str, path: str = PATH) -> None:
    with sample_site() as site, chromium(chromium_program()) as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(site.url + path)
        page.screenshot(path=target)
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--output", target, "--", target], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
