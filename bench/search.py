"""How fast the embedded index writes and searches, beside the bare search library: `python -m bench.search`.

    python -m bench.search [ARTICLES] [--seed N]

Makes synthetic articles whose words, names and topics are as unevenly spread as in news (Zipf), indexes them
with the project's index and with the bare library (title, text, one entity field; the least that answers the
same searches), then asks both the same questions. A ratio of 1.5 means that ours takes half as long again.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import tantivy

from article.identity import article_id
from article.records import EnrichedArticle, Enrichment, Entity, FeedRef, Mention, Place, Topic
from index.embedded import EmbeddedIndex
from index.query import Facet, Query
from index.syntax import parse

NOW = datetime(2026, 5, 10, tzinfo=UTC)
FEED = FeedRef(id="bench", url="https://bench.example/rss", title="Bench")
BATCH = 500
REPEATS = 40
FACETS = (Facet(name="entity"), Facet(name="topic"), Facet(name="country"), Facet(name="day", size=30))
SYLLABLES = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "on")]


@dataclass(frozen=True)
class Words:
    """A vocabulary, most frequent word first, and how to draw from it."""

    words: list[str]
    names: list[str]
    chance: np.random.Generator

    def draw(self, count: int, among: Sequence[str]) -> list[str]:
        ranks = np.minimum(self.chance.zipf(1.15, count) - 1, len(among) - 1)
        return [among[rank] for rank in ranks]


def vocabulary(seed: int) -> Words:
    chance = np.random.default_rng(seed)
    made = itertools.chain.from_iterable(itertools.product(SYLLABLES, repeat=n) for n in (2, 3))
    words = ["".join(parts) for parts in itertools.islice(made, 60_000)]
    chance.shuffle(words)
    names = [
        f"{one.title()} {two.title()}" for one, two in zip(words[:8_000], words[8_000:16_000], strict=True)
    ]
    return Words(words, names, chance)


def articles(count: int, seed: int) -> Iterator[EnrichedArticle]:
    said = vocabulary(seed)
    topics = [Topic(code=f"medtop:{n:08}", label=f"topic {n}", score=0.7) for n in range(17)]
    places = [
        Place(name=f"Town {n}", country=f"{chr(65 + n % 26)}X", lat=n % 90, lon=n % 180) for n in range(500)
    ]
    centres = said.chance.standard_normal((200, 384), dtype=np.float32)
    for number in range(count):
        names = list(dict.fromkeys(said.draw(7, said.names)))
        text = said.draw(max(20, int(said.chance.lognormal(5.7, 0.6))), said.words)
        for name in names:
            text.insert(int(said.chance.integers(len(text))), name)
        vector = centres[number % 200] + said.chance.standard_normal(384, dtype=np.float32)
        vector /= np.linalg.norm(vector)
        seen = NOW - timedelta(seconds=float(said.chance.exponential(30 * 86_400)))
        yield EnrichedArticle(
            id=article_id(
                link=f"https://bench.example/{number}",
                feed_url=FEED.url,
                entry_id=None,
                title="",
                published=None,
            ),
            content_hash=str(number),
            url=f"https://bench.example/{number}",
            feed=FEED,
            seen=seen,
            title=" ".join(said.draw(9, said.words)),
            summary=" ".join(text[:30]),
            text=" ".join(text),
            text_source="page",
            published=seen,
            revision=1,
            first_seen=seen,
            lang="en",
            entities=tuple(_entity(name) for name in names),
            places=tuple(places[int(said.chance.zipf(1.3)) % 500] for _ in range(2)),
            topics=(topics[int(said.chance.zipf(1.3)) % 17],),
            embedding=tuple(vector.tolist()),
            enrichment=Enrichment(status="complete", finished=seen, models={}),
        )


def _entity(name: str) -> Entity:
    kind = ("PER", "ORG", "LOC")[len(name) % 3]
    mention = Mention(field="text", start=0, end=len(name), text=name, score=0.9)
    return Entity(type=kind, name=name, mentions=(mention, mention))  # type: ignore[arg-type]


class Bare:
    """The library alone, as its own documentation sets it up."""

    def __init__(self, path: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", tokenizer_name="raw", stored=True)
        builder.add_text_field("title", tokenizer_name="en_stem")
        builder.add_text_field("text", tokenizer_name="en_stem", stored=True)
        builder.add_integer_field("time", fast=True, indexed=True)
        for name in ("entity", "topic", "country"):
            builder.add_text_field(name, tokenizer_name="raw", fast=True)
        path.mkdir()
        self._index = tantivy.Index(builder.build(), path=str(path))
        self._writer = self._index.writer(heap_size=64_000_000, num_threads=1)

    def write(self, batch: Sequence[EnrichedArticle]) -> None:
        for one in batch:
            made = tantivy.Document(id=one.id, title=one.title, text=f"{one.summary} {one.text}")
            made.add_integer("time", int((one.published or one.first_seen).timestamp()))
            for name in {entity.name for entity in one.entities}:
                made.add_text("entity", name)
            made.add_text("topic", one.topics[0].code)
            made.add_text("country", one.places[0].country)
            self._writer.add_document(made)
        self._writer.commit()

    def search(self, text: str, *, facets: bool) -> int:
        """The first ten with the text that a result list needs, and the facets."""
        self._index.reload()
        searcher = self._index.searcher()
        query = self._index.parse_query(
            text,
            ["title", "text"],
            field_boosts={"title": 2.5},
            conjunction_by_default=True,
        )
        found = searcher.search(query, 10)
        for _, address in found.hits:
            searcher.doc(address).get_first("text")
        if facets:
            terms = {name: {"terms": {"field": name, "size": 10}} for name in ("entity", "topic", "country")}
            day = {"histogram": {"field": "time", "interval": 86_400, "min_doc_count": 1}}
            searcher.aggregate(query, {**terms, "day": day})
        return int(found.count)


def questions(seed: int) -> dict[str, list[str]]:
    said = vocabulary(seed)
    some = [said.words[rank] for rank in (3, 10, 40, 150, 600, 2_000, 6_000, 20_000)]
    pairs = list(itertools.pairwise(some))
    return {
        "a word": some,
        "two words": [f"{one} {two}" for one, two in pairs],
        "either word, one excluded": [f"({one} OR {two}) -{said.words[90]}" for one, two in pairs],
        "a name as phrase": [f'"{name}"' for name in said.names[:8]],
        "a name as entity": [f'entity:"{name}"' for name in said.names[:8]],
        "everything": ["*"],
    }


def milliseconds(ask: Callable[[str], object], texts: Sequence[str]) -> tuple[float, float]:
    """p50 and p95 over REPEATS questions, after each was asked once."""
    for text in texts:
        ask(text)
    taken = []
    for text in itertools.islice(itertools.cycle(texts), REPEATS):
        start = time.perf_counter()
        ask(text)
        taken.append((time.perf_counter() - start) * 1e3)
    return float(np.percentile(taken, 50)), float(np.percentile(taken, 95))


def size_of(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def index_all(count: int, seed: int, ours: EmbeddedIndex, bare: Bare) -> tuple[float, float]:
    """Seconds of ours and of the bare library, batch by batch in turn so that both meet the same machine."""
    spent_ours = spent_bare = 0.0
    made = articles(count, seed)
    while batch := list(itertools.islice(made, BATCH)):
        start = time.perf_counter()
        ours.write(batch)
        middle = time.perf_counter()
        bare.write(batch)
        spent_ours += middle - start
        spent_bare += time.perf_counter() - middle
    return spent_ours, spent_bare


def compare(seed: int, ours: EmbeddedIndex, bare: Bare) -> None:
    print(
        f"\n{'search, first 10 hits (ms)':44}{'ours p50':>10}{'p95':>8}{'bare p50':>10}{'p95':>8}{'ratio':>8}"
    )
    for facets in (False, True):
        for name, texts in questions(seed).items():
            query = Query(now=NOW, facets=FACETS if facets else ())

            def ask(text: str, query: Query = query) -> object:
                return ours.search(Query(expression=parse(text), now=query.now, facets=query.facets))

            def ask_bare(text: str, facets: bool = facets) -> object:
                return bare.search(text, facets=facets)

            mine, other = milliseconds(ask, texts), milliseconds(ask_bare, texts)
            label = f"{name}{', 4 facets' if facets else ''}"
            times = f"{mine[0]:10.2f}{mine[1]:8.2f}{other[0]:10.2f}{other[1]:8.2f}"
            print(f"{label:44}{times}{mine[0] / other[0]:8.1f}")


def only_ours(count: int, seed: int, ours: EmbeddedIndex) -> None:
    said = vocabulary(seed)
    some = [said.words[rank] for rank in (10, 150, 2_000)]
    ids = [one.id for one in articles(min(count, 20), seed)]
    rows: dict[str, tuple[Callable[[str], object], list[str]]] = {
        "a word, highlighted": (
            lambda text: ours.search(Query(expression=parse(text), now=NOW, highlight=True)),
            some,
        ),
        "a beginning, as ba*": (
            lambda text: ours.search(Query(expression=parse(text), now=NOW)),
            ["ba*", "cer*", "tonba*"],
        ),
        "more like this": (ours.similar, ids),
        "one article by id": (ours.get, ids),
    }
    for name, (ask, texts) in rows.items():
        p50, p95 = milliseconds(ask, texts)
        print(f"{name:44}{p50:10.2f}{p95:8.2f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("articles", nargs="?", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        ours, bare = EmbeddedIndex(path / "ours"), Bare(path / "bare")
        spent_ours, spent_bare = index_all(asked.articles, asked.seed, ours, bare)
        print(f"{asked.articles} articles in batches of {BATCH}, each batch durable before the next")
        print(f"indexing, articles/s        ours {asked.articles / spent_ours:8.0f}", end="")
        print(f"   bare {asked.articles / spent_bare:8.0f}   ratio of time {spent_ours / spent_bare:.1f}")
        print(f"index, bytes an article     ours {size_of(path / 'ours') / asked.articles:8.0f}", end="")
        print(f"   bare {size_of(path / 'bare') / asked.articles:8.0f}")
        compare(asked.seed, ours, bare)
        only_ours(asked.articles, asked.seed, ours)
        ours.close()


if __name__ == "__main__":
    main()
