"""Every feed and page of the corpus through the real commands."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import feedparser
import pytest

from tests.app.program import environment, json_lines, wirewatch
from tests.corpus import corpus

pytestmark = pytest.mark.slow


def side_by_side(check: Callable[[Path], None], files: Iterable[Path]) -> int:
    with ThreadPoolExecutor(2) as pool:
        return len(list(pool.map(check, files)))


def test_every_feed_has_the_entries_that_feedparser_sees(tmp_path: Path) -> None:
    env = environment(tmp_path / "data")

    def check(file: Path) -> None:
        body = gzip.decompress(file.read_bytes())
        result = wirewatch("feed", "-", "--url", "https://news.example/feed", env=env, stdin=body)
        assert result.returncode == 0, (file.name, result.stderr)
        entries = json_lines(result.stdout)
        assert len(entries) == len(feedparser.parse(body).entries), file.name
        assert all(entry["id"] and "<script" not in str(entry["text"]) for entry in entries), file.name

    assert side_by_side(check, sorted(corpus("data/feeds").glob("*.xml.gz"))) == 70


def test_every_page_is_an_article_or_says_why_not(tmp_path: Path) -> None:
    env = environment(tmp_path / "data")
    folder = corpus("data/article_pages")
    gold = json.loads(gzip.decompress((folder / "gold.json.gz").read_bytes()))
    empty: list[str] = []

    def check(file: Path) -> None:
        url = gold[file.name.partition(".")[0]]["url"]
        body = gzip.decompress(file.read_bytes())
        result = wirewatch("extract", "-", "--url", url, env=env, stdin=body)
        if result.returncode == 65:
            assert result.stderr.startswith(f"wirewatch: {url}: ".encode()), result.stderr
            assert len(result.stderr.splitlines()) == 1
            empty.append(url)
            return
        assert result.returncode == 0, (file.name, result.stderr)
        page = json.loads(result.stdout)
        assert set(page) >= {"title", "text", "published", "authors", "canonical_url", "lang"}
        assert page["text"]

    assert side_by_side(check, sorted(folder.glob("*.html.gz"))) == 130
    assert len(empty) <= 2, empty
