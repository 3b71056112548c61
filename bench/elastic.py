"""How much of elasticsearch-py's own speed index writes keep: `python -m bench.elastic [--articles N]`.

The same documents into indices of the same mapping on one server, through the index and through bare
`helpers.streaming_bulk`, turn and turn about. The server is started for it. What the index does beside
sending (checking, deriving fields, looking at the aliases, external versions) is in its time; the bare
helper gets its documents ready-made.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from elasticsearch import Elasticsearch, helpers

from article.records import EnrichedArticle
from bench.search import articles
from index.elastic import ElasticIndex, setup_index
from index.elastic.documents import prepared
from index.elastic.months import index_name
from index.protocol import Written
from runtime.settings import ElasticSettings
from stack.elastic import ElasticServer

BATCH = 500
ROUNDS = 5

Batch = tuple[Sequence[EnrichedArticle], Sequence[dict[str, object]]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Index writes beside bare streaming_bulk.")
    parser.add_argument("--articles", type=int, default=3_000)
    total = parser.parse_args().articles
    made = list(articles(total, seed=1))
    batches = [(part, [document(one) for one in part]) for part in parts(made)]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with ElasticServer(Path(folder) / "elastic", heap="1g") as server:
            ratios = [ratio(server.url, number, batches, total) for number in range(-1, ROUNDS)][1:]
    print(f"median {statistics.median(ratios):.2f} of bare streaming_bulk")


def ratio(url: str, number: int, batches: Sequence[Batch], total: int) -> float:
    """One round, batch by batch in turn, each side into indices of its own; the first warms the server."""
    ours_in, bare_in = (
        ElasticSettings(url=url, index_prefix=f"{name}{number + 1}") for name in ("ours", "bare")
    )
    setup_index(ours_in)
    setup_index(bare_in)
    spent_ours = spent_bare = 0.0
    with closing(ElasticIndex(ours_in)) as index, closing(Elasticsearch(url)) as client:
        # Both begin with the indices of all months there, as on any day but the first of a month.
        first = {name: one for batch, documents in batches for one, name in months(batch, documents)}
        index.write(list(first.values()))
        for month in first:
            client.options(ignore_status=400).indices.create(index=index_name(bare_in.index_prefix, 1, month))
        for turn, (batch, documents) in enumerate(batches):
            if turn % 2:
                spent_ours += through_the_index(index, batch)
                spent_bare += bare_bulk(client, bare_in.index_prefix, documents)
            else:
                spent_bare += bare_bulk(client, bare_in.index_prefix, documents)
                spent_ours += through_the_index(index, batch)
    ours, bare = total / spent_ours, total / spent_bare
    if number >= 0:
        print(f"index {ours:7,.0f} articles/s   bare {bare:7,.0f} articles/s   {ours / bare:.2f}")
    return ours / bare


def through_the_index(index: ElasticIndex, batch: Sequence[EnrichedArticle]) -> float:
    start = time.perf_counter()
    outcomes = index.write(batch)
    spent = time.perf_counter() - start
    assert all(isinstance(one, Written) for one in outcomes)
    return spent


def bare_bulk(client: Elasticsearch, prefix: str, documents: Sequence[dict[str, object]]) -> float:
    actions = [
        {"_index": index_name(prefix, 1, str(one["month"])), "_id": one["id"], "_source": one["source"]}
        for one in documents
    ]
    start = time.perf_counter()
    done = sum(ok for ok, _ in helpers.streaming_bulk(client, actions))
    spent = time.perf_counter() - start
    assert done == len(documents)
    return spent


def months(
    batch: Sequence[EnrichedArticle], documents: Sequence[dict[str, object]]
) -> Iterable[tuple[EnrichedArticle, str]]:
    return ((one, str(made["month"])) for one, made in zip(batch, documents, strict=True))


def document(article: EnrichedArticle) -> dict[str, object]:
    ready = prepared(article)
    return {"id": ready.id, "month": ready.month, "source": json.loads(ready.body)}


def parts(made: Iterable[EnrichedArticle]) -> Iterable[Sequence[EnrichedArticle]]:
    left = iter(made)
    while part := list(itertools.islice(left, BATCH)):
        yield part


if __name__ == "__main__":
    main()
