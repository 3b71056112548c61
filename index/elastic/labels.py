"""The form to show of a facet's value, asked of the newest article that has it, and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from index.elastic.documents import article_of
from index.elastic.facets import Count
from index.elastic.reader import NEWEST, Reader, hits_of, source_of
from index.expression import KeywordField
from index.hits import label_in, plain_label
from index.protocol import Bucket
from index.query import TIME_FACETS, FacetName

MAX_REMEMBERED = 10_000
AT_ONCE = 200  # values asked for in one request

Value = tuple[KeywordField, str]
_SOURCE = {"excludes": ["embedding", "named", "search", "text", "summary"]}


class Labels:
    """Safe to share between threads: the worst that a race does is to ask twice."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._remembered: dict[Value, str] = {}

    def labelled(self, counts: Mapping[FacetName, Sequence[Count]]) -> dict[FacetName, tuple[Bucket, ...]]:
        known = self._labels(
            (name, count.key) for name, found in counts.items() if name not in TIME_FACETS for count in found
        )
        return {
            name: tuple(
                Bucket(key=one.key, label=known.get((name, one.key), one.key), count=one.count)  # type: ignore[arg-type]
                for one in found
            )
            for name, found in counts.items()
        }

    def _labels(self, values: Iterable[tuple[FacetName, str]]) -> dict[Value, str]:
        labels: dict[Value, str] = {}
        unknown: list[Value] = []
        for field, key in values:
            plain = plain_label(field, key)  # type: ignore[arg-type]
            label = self._remembered.get((field, key)) if plain is None else plain  # type: ignore[arg-type]
            if label is None:
                unknown.append((field, key))  # type: ignore[arg-type]
            else:
                labels[field, key] = label  # type: ignore[index]
        for start in range(0, len(unknown), AT_ONCE):
            asked = self._asked(unknown[start : start + AT_ONCE])
            if len(self._remembered) + len(asked) > MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered.update(asked)
            labels.update(asked)
        return labels

    def _asked(self, values: Sequence[Value]) -> dict[Value, str]:
        answers = self._reader.search_all(
            [
                {
                    "query": {"bool": {"filter": {"term": {f"search.counted.{field}": key}}}},
                    "sort": NEWEST,
                    "size": 1,
                    "_source": _SOURCE,
                }
                for field, key in values
            ]
        )
        labels: dict[Value, str] = {}
        for (field, key), answer in zip(values, answers, strict=True):
            found = hits_of(answer)
            labels[field, key] = label_in(article_of(source_of(found[0])), field, key) if found else key
        return labels
