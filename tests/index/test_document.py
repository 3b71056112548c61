from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import document_of
from index.fold import MAX_KEYWORD, fold
from index.hits import hit_of, shown_in
from index.query import KEYWORD_FIELDS
from tests.index.articles import NOON, article, entity, place, topic


@pytest.mark.parametrize(
    ("value", "folded"),
    [
        ("Al-Qaïda", "al-qaida"),
        ("  Red\n Cross ", "red cross"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Sjællands Ø", "sjaellands o"),
        ("İstanbul", "istanbul"),
        ("O’Brien", "o'brien"),
        ("Élysée", "elysee"),
        ("Київ", "киів"),
        ("हिन्दी", "हिन्दी"),
        ("ｶﾞｽ", "ガス"),
        ("", ""),
    ],
)
def test_folding(value: str, folded: str) -> None:
    assert fold(value) == folded


@given(st.text(max_size=600))
def test_folding_twice_is_folding_once(value: str) -> None:
    folded = fold(value)
    assert fold(folded) == folded
    assert len(folded) <= MAX_KEYWORD


def test_an_article_as_a_document() -> None:
    written = article(
        "a",
        "Caf\u0065\u0301",
        "text",
        summary="summary",
        published=datetime(2026, 5, 1, tzinfo=UTC),
        entities=[entity("ORG", "Red  Cross", "ICRC", "Red Cross", linked="Q7178"), entity("PER", "Ann")],
        places=[place("Genève", "CH")],
        topics=[topic("16000000", "Conflict")],
    )
    document = document_of(written)
    assert (document.id, document.revision) == (written.id, 1)
    assert document.title == "Caf\u00e9"
    assert document.time == datetime(2026, 5, 1, tzinfo=UTC)
    assert document.names == ("Red  Cross", "Ann", "Genève")
    assert document.counted["entity"] == ("red cross", "ann")
    assert document.counted["org"] == ("red cross",)
    assert document.terms["org"] == ("red cross", "q7178", "icrc")
    assert document.terms["entity"] == ("red cross", "q7178", "icrc", "ann")
    assert document.terms["topic"] == ("medtop:16000000", "16000000", "conflict")
    assert document.counted["topic"] == ("medtop:16000000",)
    assert document.terms["place"] == ("geneve", "ch")
    assert document.counted["country"] == ("ch",)
    assert document.terms["feed"] == ("bbc", "https://feeds.bbci.co.uk/news/rss.xml", "bbc news")
    assert set(document.terms) == set(document.counted) == set(KEYWORD_FIELDS)


def test_without_a_published_date_the_first_sight_counts() -> None:
    assert document_of(article("a", published=None)).time == NOON


def test_each_counted_value_has_the_label_that_the_article_shows() -> None:
    written = article(
        "a",
        entities=[entity("ORG", "Médecins  sans frontières")],
        places=[place("Genève", "CH")],
        topics=[topic("16000000", "Conflict")],
    )
    counted = document_of(written).counted
    labels = {
        field: shown_in(written, field, counted[field][0]).label
        for field in ("org", "place", "topic", "feed")
    }
    assert labels == {
        "org": "Médecins sans frontières",
        "place": "Genève",
        "topic": "Conflict",
        "feed": "BBC News",
    }
    assert shown_in(written, "person", "nobody").label == "nobody"


def test_a_hit_has_a_short_summary_and_the_most_salient_entities() -> None:
    many = [entity("MISC", f"thing {number}") for number in range(40)]
    hit = hit_of(article("a", text="word " * 1_000, entities=many), score=1.0)
    assert len(hit.entities) == 12
    assert len(hit.summary) <= 401
    assert hit.summary.endswith("word…")
