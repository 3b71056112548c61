"""Contract of every index: writing."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from article.errors import BadConfiguration
from article.records import EnrichedArticle
from index.protocol import ArticleIndex, Refused, Written
from tests.index.articles import article, direction, entity, id_of, place, revised, search, topic
from tests.index.makers import Maker


def full(name: str) -> EnrichedArticle:
    return article(
        name,
        "Grain deal holds",
        "The deal on grain holds.",
        entities=[entity("ORG", "United Nations", "UN", linked="Q1065")],
        places=[place("Odesa", "UA")],
        topics=[topic("11000000", "politics")],
        embedding=direction(0.123456789, 0.7, 1e-9),
    )


def test_what_was_written_comes_back_exactly(index: ArticleIndex) -> None:
    written = full("a")
    assert index.write([written]) == [Written(id=written.id, revision=1)]
    assert index.get(written.id) == written
    assert index.get(id_of("unknown")) is None
    assert index.count() == 1


def test_an_embedding_in_single_precision_comes_back_exactly(index: ArticleIndex) -> None:
    written = article("a", embedding=[0.5, -0.25] + [0.0] * 382)
    index.write([written])
    assert index.get(written.id) == written


def test_writing_again_changes_nothing(index: ArticleIndex) -> None:
    written = full("a")
    index.write([written])
    assert index.write([written]) == [Written(id=written.id, revision=1, stale=True)]
    assert index.count() == 1
    assert search(index, "grain").total == 1


def test_a_newer_revision_replaces_the_old_text(index: ArticleIndex) -> None:
    old = full("a")
    index.write([old])
    assert index.write([revised(old, title="Harvest fails", text="Nothing grew.")]) == [
        Written(id=old.id, revision=2)
    ]
    assert index.count() == 1
    assert search(index, "deal").total == 0
    assert [hit.revision for hit in search(index, "harvest").hits] == [2]


def test_an_older_revision_is_stale(index: ArticleIndex) -> None:
    old = full("a")
    index.write([revised(old, title="Harvest fails")])
    assert index.write([old]) == [Written(id=old.id, revision=1, stale=True)]
    assert search(index, "title:harvest").total == 1


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (2, 2, 3)])
def test_of_one_id_in_a_batch_the_highest_revision_wins(index: ArticleIndex, order: tuple[int, ...]) -> None:
    batch = [replace(full("a"), revision=number, title=f"edition{number}") for number in order]
    outcomes = index.write(batch)
    assert [outcome.id for outcome in outcomes] == [id_of("a")] * len(order)
    assert index.count() == 1
    assert [hit.title for hit in search(index).hits] == ["edition3"]


def test_an_article_that_cannot_be_written_is_refused_alone(index: ArticleIndex) -> None:
    good, other = full("good"), full("other")
    bad = {
        "surrogate": replace(full("surrogate"), text="\ud800"),
        "short": replace(full("short"), embedding=(1.0, 2.0)),
        "nan": replace(full("nan"), embedding=(math.nan,) * 384),
        "revision": replace(full("revision"), revision=0),
        "id": replace(full("id"), id=""),
        "surrogate id": replace(full("surrogate id"), id="\ud800"),
        "naive": replace(full("naive"), first_seen=good.first_seen.replace(tzinfo=None)),
    }
    outcomes = index.write([good, *bad.values(), other])
    assert [type(outcome) for outcome in outcomes] == [Written, *[Refused] * len(bad), Written]
    assert all(outcome.reason for outcome in outcomes if isinstance(outcome, Refused))
    assert index.count() == 2


def test_a_refused_revision_leaves_the_good_one(index: ArticleIndex) -> None:
    index.write([full("a")])
    broken = revised(full("a"), text="\ud800")
    assert isinstance(index.write([broken])[0], Refused)
    assert index.get(id_of("a")) == full("a")


def test_nothing_to_write(index: ArticleIndex) -> None:
    assert list(index.write([])) == []
    assert index.count() == 0


def test_others_see_a_write_after_a_refresh(maker: Maker) -> None:
    writer = maker.make()
    reader = maker.reader()
    for count in range(1, 4):
        writer.write([article(f"n{count}", "flood")])
        reader.refresh()
        assert search(reader, "flood").total == reader.count() == count
    with pytest.raises(BadConfiguration, match="reading only"):
        reader.write([article("n9")])


def test_a_write_is_seen_by_the_next_search_without_refresh(index: ArticleIndex) -> None:
    for number in range(3):
        index.write([article(f"n{number}", "flood")])
        assert search(index, "flood").total == number + 1
    index.refresh()
    assert index.count() == 3


def test_an_article_with_nothing_in_it(index: ArticleIndex) -> None:
    bare = article("bare", published=None, lang=None)
    index.write([bare])
    assert index.get(bare.id) == bare
    assert search(index).total == 1


def test_a_very_long_article(index: ArticleIndex) -> None:
    long = article("long", "t" * 70_000, "needle " + "straw " * 200_000 + "x" * 70_000 + " thread")
    index.write([long])
    assert index.get(long.id) == long
    assert search(index, "needle thread").total == 1
