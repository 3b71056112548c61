"""One pass of bulk requests, and what the server says to each article of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from elasticsearch import ApiError, Elasticsearch, helpers

from article.errors import BadConfiguration
from index.elastic.documents import Prepared
from index.elastic.errors import SETUP, error_in, kind_of, reason_of, talking
from index.elastic.months import index_name


class Verdict(Enum):
    WRITTEN = auto()
    STALE = auto()  # this revision or a later one is there
    REFUSED = auto()  # never, as it is
    LATER = auto()  # the server is busy or away
    GONE = auto()  # the index is not there any more


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What became of one article; `reason` says why, where it was not written."""

    id: str
    verdict: Verdict
    reason: str = ""


class Bulk:
    """Sends articles to the monthly indices of one generation. Safe to share between threads."""

    def __init__(self, client: Elasticsearch, *, prefix: str, subject: str) -> None:
        self._client = client
        self._prefix = prefix
        self._subject = subject

    def send(self, articles: Sequence[Prepared], generation: int, *, most_bytes: int) -> Iterator[Answer]:
        """One answer for each article, in any order; `most_bytes` bounds each request.

        Raises BadConfiguration for what a person must mend: a login, a privilege, a mapping of another
        version. Unavailable when the connection is lost; what was sent until then may be written or not.
        """
        results: Iterable[tuple[bool, Mapping[str, Mapping[str, object]]]] = helpers.streaming_bulk(
            self._client,
            (self._action(article, generation) for article in articles),
            chunk_size=max(1, len(articles)),
            max_chunk_bytes=most_bytes,
            raise_on_error=False,
            raise_on_exception=False,
        )
        with talking(self._subject):
            for ok, result in results:
                (item,) = result.values()
                yield self._answer(item, ok=ok, alone=len(articles) == 1)

    def _action(self, article: Prepared, generation: int) -> dict[str, object]:
        return {
            "_index": index_name(self._prefix, generation, article.month),
            "_id": article.id,
            "version": article.revision,
            # An equal revision is a conflict then, and changes nothing; external_gte would write it again.
            "version_type": "external",
            "_source": article.body,
        }

    def _answer(self, item: Mapping[str, object], *, ok: bool, alone: bool) -> Answer:
        name = str(item["_id"])
        if ok:
            return Answer(id=name, verdict=Verdict.WRITTEN)
        error, status = item.get("error"), int(str(item["status"]))
        exception = item.get("exception")  # where the request as a whole was refused
        if isinstance(exception, ApiError):
            error = error_in(exception)
            if status not in (413, 429) and status < 500:
                raise exception  # which is not the article's fault
        kind, reason = kind_of(error), reason_of(error)
        if status == 413 and alone:
            return Answer(id=name, verdict=Verdict.REFUSED, reason="is larger than what the server takes")
        if status in (413, 429) or status >= 500 or kind == "cluster_block_exception":
            return Answer(id=name, verdict=Verdict.LATER, reason=f"{status}, {reason}")
        if status == 409:
            return Answer(id=name, verdict=Verdict.STALE)
        if status == 404:
            return Answer(id=name, verdict=Verdict.GONE, reason=reason)
        if status in (401, 403):
            raise BadConfiguration(
                self._subject, f"does not allow it: {reason}", "see the privileges in docs/operations.md"
            )
        if kind == "strict_dynamic_mapping_exception":
            raise BadConfiguration(self._subject, f"the index is of another version: {reason}", SETUP)
        return Answer(id=name, verdict=Verdict.REFUSED, reason=reason)
