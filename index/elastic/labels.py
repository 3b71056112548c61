"""What to show of a facet's value, asked of the newest article that has it, and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from index.document import document_of
from index.elastic.documents import article_of
from index.elastic.facets import Count
from index.elastic.reader import NEWEST, Reader, hits_of, source_of
from index.expression import KeywordField
from index.hits import Shown, bucket_of, plain_label, shown_in
from index.protocol import Bucket
from index.query import FacetName, keyword_field

MAX_REMEMBERED = 10_000
AT_ONCE = 25  # articles looked at in one request

Value = tuple[KeywordField, str]
_SOURCE = {"excludes": ["embedding", "named", "search", "text", "summary"]}


class Labels:
    """Safe to share between threads: the worst that a race does is to ask twice."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._remembered: dict[Value, Shown] = {}

    def labelled(self, counts: Mapping[FacetName, Sequence[Count]]) -> dict[FacetName, tuple[Bucket, ...]]:
        fields = {name: field for name in counts if (field := keyword_field(name)) is not None}
        known = self._labels((field, one.key) for name, field in fields.items() for one in counts[name])
        return {
            name: tuple(
                bucket_of(
                    one.key,
                    one.count,
                    (known.get((fields[name], one.key)) if name in fields else None) or Shown(label=one.key),
                )
                for one in found
            )
            for name, found in counts.items()
        }

    def _labels(self, values: Iterable[Value]) -> dict[Value, Shown]:
        labels: dict[Value, Shown] = {}
        unknown: set[Value] = set()
        for field, key in values:
            plain = plain_label(field, key)
            label = self._remembered.get((field, key)) if plain is None else Shown(label=plain)
            if label is None:
                unknown.add((field, key))
            else:
                labels[field, key] = label
        if unknown:
            asked = self._asked(unknown)
            if len(self._remembered) + len(asked) > MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered.update(asked)
            labels.update(asked)
        return labels

    def _asked(self, values: set[Value]) -> dict[Value, Shown]:
        """The newest articles that have any of the values say how they write those that they have; then the
        newest that have any of the rest, and so on."""
        labels: dict[Value, Shown] = {}
        left = set(values)
        while left:
            found = hits_of(
                self._reader.search(query=_any_of(left), sort=NEWEST, size=AT_ONCE, source=_SOURCE)
            )
            before = len(left)
            for hit in found:
                article = article_of(source_of(hit))
                counted = document_of(article).counted
                for field, key in [value for value in left if value[1] in counted[value[0]]]:
                    labels[field, key] = shown_in(article, field, key)
                    left.discard((field, key))
            if len(left) == before:  # deleted or changed in the meantime
                break
        return labels


def _any_of(values: set[Value]) -> dict[str, object]:
    keys: dict[str, list[str]] = {}
    for field, key in sorted(values):
        keys.setdefault(f"search.counted.{field}", []).append(key)
    terms = [{"terms": {field: found}} for field, found in keys.items()]
    return {"bool": {"filter": {"bool": {"should": terms, "minimum_should_match": 1}}}}
