"""An article in a language that the model does not know, from the raw record to the search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from article.records import EnrichedArticle, RawArticle
from enrich.pipeline import Enricher
from index.embedded import EmbeddedIndex
from index.protocol import ArticleIndex, Written
from index.query import Query
from index.syntax import parse
from runtime.settings import EnrichSettings
from tests.enrich.languages import HEADLINES
from tests.enrich.test_service import Stage, raw

FOREIGN = [lang for lang in HEADLINES if lang != "en"]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ArticleIndex]:
    opened = EmbeddedIndex(tmp_path / "index", recency_days=7.0)
    yield opened
    opened.close()


def article(lang: str, declared: str | None = None) -> RawArticle:
    title, *rest = HEADLINES[lang]
    return replace(raw(" ".join(rest), article=lang), title=title, declared_lang=declared)


def found(index: ArticleIndex, query: Query) -> set[str]:
    return {hit.id for hit in index.search(query).hits}


@pytest.mark.parametrize("declared", [None, "en"])
def test_it_says_what_could_not_be_looked_for(enricher: Enricher, declared: str | None) -> None:
    enriched = Stage(enricher).take(*(article(lang, declared) for lang in FOREIGN))
    for each in enriched:
        assert each.lang == each.id
        failed = {failure.step: failure.reason for failure in each.enrichment.failures}
        assert {"entities", "topics", "embedding"} <= set(failed)
        assert set(failed.values()) == {f"unsupported language {each.lang}"}
        assert not each.topics
        assert not each.embedding
        assert each.enrichment.status != "complete"


def test_it_is_indexed_and_found(enricher: Enricher, index: ArticleIndex) -> None:
    enriched = Stage(enricher).take(*(article(lang) for lang in HEADLINES))
    assert all(isinstance(each, Written) for each in index.write(enriched))
    assert found(index, Query(expression=parse("lang:de"))) == {"de"}
    for word, lang in (("Fischern", "de"), ("vermissten", "de"), ("pêcheurs", "fr"), ("рыбаков", "ru")):
        assert found(index, Query(expression=parse(word))) == {lang}
    assert found(index, Query(limit=50)) == set(HEADLINES)


def test_a_language_that_is_declared_wrong_does_not_hide_english(enricher: Enricher) -> None:
    (enriched,) = Stage(enricher).take(replace(raw(), declared_lang="de"))
    assert isinstance(enriched, EnrichedArticle)
    assert enriched.lang == "en"
    assert enriched.enrichment.status == "complete"
    assert enriched.topics


def test_names_on_watchlists_are_found_in_any_language(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "entries: [{name: Рыбаков Союз, type: organisation}, {name: Hafen Nord, type: organisation}]"
    )
    with Enricher(EnrichSettings(threads=1, watchlists=(path,))) as enricher:
        german = article("de")
        text = f"{german.text} Das teilte Hafen Nord mit."
        (enriched,) = Stage(enricher).take(replace(german, text=text))
    (entity,) = enriched.entities
    assert (entity.id, entity.name) == ("watch:own/hafen-nord", "Hafen Nord")
    assert all(text[mention.start : mention.end] == mention.text for mention in entity.mentions)
    assert enriched.enrichment.status == "partial"
    assert "unsupported language de" in {failure.reason for failure in enriched.enrichment.failures}
