"""What the channels and the index really hold, read without any code of ours."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter, defaultdict
from typing import Any

from kafka import KafkaConsumer, TopicPartition

Document = dict[str, Any]

ALIAS = "wirewatch-articles"


class Stream:
    """`wirewatch.enriched` as a reader of committed records sees it."""

    def __init__(self, bootstrap: str) -> None:
        self.times: Counter[tuple[str, int]] = Counter()
        self.last: dict[str, Document] = {}
        revisions: dict[str, list[int]] = defaultdict(list)
        for value in records(bootstrap, "wirewatch.enriched"):
            article = json.loads(value)
            key = (article["id"], article["revision"])
            self.times[key] += 1
            revisions[article["id"]].append(article["revision"])
            if article["revision"] >= self.last.get(article["id"], article)["revision"]:
                self.last[article["id"]] = article
        self.revisions = dict(revisions)

    def check(self, expected: dict[str, str]) -> None:
        """Every article is there, each revision once and in order, and the last says what the feed says."""
        assert {key for key, times in self.times.items() if times != 1} == set()
        assert set(self.revisions) == set(expected)
        for article, found in self.revisions.items():
            assert found == list(range(1, len(found) + 1)), article
        assert {id: article["title"] for id, article in self.last.items()} == expected


def records(bootstrap: str, topic: str) -> list[bytes]:
    """Every committed value of a topic, by a plain consumer."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False
    )
    try:
        places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        consumer.assign(places)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(places)
        values: list[bytes] = []
        while any(consumer.position(place) < end for place, end in ends.items()):
            for found in consumer.poll(timeout_ms=500).values():
                values += [record.value for record in found]
        return values
    finally:
        consumer.close()


def indexed(url: str, alias: str = ALIAS) -> dict[str, Document]:
    """Every document's source by its id, over plain HTTP."""
    ask(url, f"/{alias}/_refresh")
    found: dict[str, Document] = {}
    after: list[Any] = []
    while True:
        body: Document = {"size": 500, "sort": [{"id": "asc"}], "query": {"match_all": {}}}
        if after:
            body["search_after"] = after
        hits = ask(url, f"/{alias}/_search", body)["hits"]["hits"]
        if not hits:
            return found
        for hit in hits:
            assert hit["_id"] not in found, f"{hit['_id']} is in two indices"
            found[hit["_id"]] = hit["_source"]
        after = hits[-1]["sort"]


def ask(url: str, path: str, body: Document | None = None) -> Document:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - a server of our own
        url + path, data, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - a server of our own
        answered: Document = json.loads(answer.read())
    return answered


def check_index(url: str, stream: Stream, alias: str = ALIAS) -> None:
    """The index holds the last revision of every article of the stream, field for field."""
    documents = indexed(url, alias)
    assert set(documents) == set(stream.last)
    for article, record in stream.last.items():
        document = documents[article]
        different = {name for name, value in record.items() if document.get(name) != value}
        assert different == set(), f"{article}: {different}"
