"""Contract of every index's generations: made anew beside the one that serves, swapped at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from article.records import EnrichedArticle
from index.protocol import ArticleIndex, Refused, Written
from tests.index.articles import article, direction, id_of, search
from tests.index.makers import Maker


def numbered(number: int, *, revision: int = 1) -> EnrichedArticle:
    return article(
        f"n{number}", f"flood number{number}", revision=revision, embedding=direction(1.0, number / 100)
    )


def found(index: ArticleIndex, text: str = "flood") -> int:
    index.refresh()
    return search(index, text).total


def test_a_new_generation_is_seen_after_the_swap_and_alone(maker: Maker) -> None:
    maker.make().write([numbered(1)])
    generations, reader = maker.generations(), maker.reader()
    generation = generations.begin()
    assert generation.write([numbered(2), numbered(3)]) == [
        Written(id=id_of("n2"), revision=1),
        Written(id=id_of("n3"), revision=1),
    ]
    assert found(reader, "number1") == found(reader) == 1
    generation.swap()
    assert found(reader, "number1") == 0
    assert found(reader) == reader.count() == 2
    assert reader.get(id_of("n1")) is None
    assert reader.get(id_of("n2")) == numbered(2)
    assert [hit.id for hit in reader.similar(id_of("n2")).hits] == [id_of("n3")]


def test_a_writer_that_starts_later_goes_on_with_the_new_generation(maker: Maker) -> None:
    maker.make().write([numbered(1)])
    generation = maker.generations().begin()
    generation.write([numbered(2)])
    generation.swap()
    writer = maker.writer()
    assert writer.write([numbered(2), numbered(3)]) == [
        Written(id=id_of("n2"), revision=1, stale=True),
        Written(id=id_of("n3"), revision=1),
    ]
    assert found(writer) == 2


def test_what_the_new_generation_lacks_can_be_taken_over(maker: Maker) -> None:
    maker.make().write([numbered(n) for n in range(450)])
    generation = maker.generations().begin()
    generation.write([numbered(n, revision=2) for n in range(0, 450, 2)])
    lacking = [one for page in generation.missing() for one in page]
    assert sorted(lacking, key=lambda one: one.id) == sorted(
        (numbered(n) for n in range(1, 450, 2)), key=lambda one: one.id
    )
    generation.write(lacking)
    assert list(generation.missing()) == []
    generation.swap()
    reader = maker.reader()
    assert found(reader) == 450
    assert [reader.get(id_of(f"n{n}")) for n in (0, 1)] == [numbered(0, revision=2), numbered(1)]


def test_a_generation_that_is_given_up_leaves_the_old_one(maker: Maker) -> None:
    maker.make().write([numbered(1)])
    generation = maker.generations().begin()
    generation.write([numbered(2)])
    generation.discard()
    reader = maker.reader()
    assert found(reader, "number1") == found(reader) == 1
    again = maker.generations().begin()
    again.write([numbered(3)])
    again.swap()
    assert found(reader, "number3") == found(reader) == 1


def test_giving_up_after_the_swap_changes_nothing(maker: Maker) -> None:
    maker.make().write([numbered(1)])
    generation = maker.generations().begin()
    generation.write([numbered(2)])
    generation.swap()
    generation.swap()
    generation.discard()
    assert found(maker.reader(), "number2") == 1


def test_generation_after_generation(maker: Maker) -> None:
    maker.make()
    reader = maker.reader()
    for number in range(5):
        generation = maker.generations().begin()
        generation.write([numbered(number)])
        generation.swap()
        assert found(reader, f"number{number}") == found(reader) == 1


def test_articles_are_refused_as_by_the_index(maker: Maker) -> None:
    maker.make()
    generation = maker.generations().begin()
    outcomes = generation.write([numbered(1), article("short", embedding=[1.0]), numbered(2)])
    assert [type(outcome) for outcome in outcomes] == [Written, Refused, Written]
    generation.discard()


def test_searches_during_swaps_see_one_generation_or_the_other(maker: Maker) -> None:
    """Each generation has the same article in a revision of its own: never none, never two."""
    maker.make().write([numbered(0)])
    maker.generations()
    reader, done = maker.reader(), threading.Event()
    reader.refresh()

    def look() -> set[tuple[int, ...]]:
        seen: set[tuple[int, ...]] = set()
        while not done.is_set():
            seen.add(tuple(hit.revision for hit in search(reader, "number0").hits))
        return seen

    with ThreadPoolExecutor(2) as pool:
        looks = [pool.submit(look) for _ in range(2)]
        try:
            for revision in range(2, 8):
                generation = maker.generations().begin()
                generation.write([numbered(0, revision=revision)])
                generation.swap()
        finally:
            done.set()
        seen = looks[0].result() | looks[1].result()
    assert all(len(revisions) == 1 for revisions in seen), seen
    assert len(seen) > 1
