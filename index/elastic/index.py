"""The article index on Elasticsearch: one index a month, behind an alias.

wirewatch-articles ──▶ wirewatch-articles-000001-2026.04, wirewatch-articles-000001-2026.05, …
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from article.errors import BadConfiguration, BadQuery, Unavailable
from article.records import EnrichedArticle
from index.elastic.bulk import Bulk
from index.elastic.client import connect
from index.elastic.compile import compiled
from index.elastic.documents import article_of
from index.elastic.facets import aggregations, counts
from index.elastic.highlight import highlights, request
from index.elastic.labels import Labels
from index.elastic.lanes import Aliases
from index.elastic.reader import NEWEST, WITHOUT_MACHINERY, Reader, hits_of, source_of, total_of
from index.elastic.recency import with_recency
from index.elastic.similar import similar_to
from index.elastic.writer import Writer
from index.expression import is_scored
from index.hits import hit_of
from index.protocol import Hit, Page, Refused, Written
from index.query import MAX_SIMILAR, Query
from runtime.backoff import Backoff
from runtime.settings import ElasticSettings

BUSY = Backoff(base=0.2, cap=5.0)
"""Between passes of one write while the server is busy: some seconds in all, then the stage is told."""


class ElasticIndex:
    """An `ArticleIndex` on the servers of `settings`.

    Nothing is asked of a server until the first use, so that a service can start before its server does:
    each use raises Unavailable as long as that is away. Indices and templates are `setup_index`'s to make.

    `recency_days` is the age at which the bonus for being recent has faded to half.
    """

    def __init__(
        self,
        settings: ElasticSettings,
        *,
        recency_days: float = 7.0,
        read_only: bool = False,
        backoff: Backoff = BUSY,
    ) -> None:
        self._subject = settings.url
        self._recency_days = recency_days
        self._read_only = read_only
        self._closed = False
        self._client = connect(settings)
        self._reader = Reader(
            self._client, alias=settings.index_prefix, subject=self._subject, read_only=read_only
        )
        self._labels = Labels(self._reader)
        self._writer = Writer(
            Bulk(self._client, prefix=settings.index_prefix, subject=self._subject),
            Aliases(self._client, settings.index_prefix, self._subject),
            subject=self._subject,
            most_bytes=settings.bulk_bytes,
            backoff=backoff,
        )

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        if self._read_only:
            raise BadConfiguration(self._subject, "was opened for reading only")
        if self._closed:
            raise Unavailable(self._subject, "the index is closed")
        try:
            return self._writer.write(articles)
        finally:
            self._reader.wrote()

    def search(self, query: Query) -> Page:
        expression = query.whole()
        newest = query.sort == "newest" or not is_scored(expression)
        wanted = compiled(expression)
        if newest:
            wanted = {"bool": {"filter": wanted}}
        elif query.now is not None:
            wanted = with_recency(wanted, query.now, self._recency_days)
        marked = request(expression) if query.highlight and query.limit else None
        answer = self._reader.search(
            scored=not newest,
            query=wanted,
            from_=query.offset,
            size=query.limit,
            sort=NEWEST if newest else [{"_score": "desc"}, *NEWEST],
            track_total_hits=True,
            source=WITHOUT_MACHINERY,
            **({"highlight": marked} if marked else {}),
            **({"aggregations": aggregations(query.facets)} if query.facets else {}),
        )
        facets = answer.get("aggregations", {})
        assert isinstance(facets, Mapping)  # noqa: S101 - the shape that the server documents
        return Page(
            total=total_of(answer),
            hits=tuple(_hit(one, newest=newest) for one in hits_of(answer)),
            facets=self._labels.labelled(counts(query.facets, facets)) if query.facets else {},
        )

    def get(self, article_id: str) -> EnrichedArticle | None:
        return self._reader.article(article_id)

    def similar(
        self, article_id: str, *, limit: int = 10, minimum: float = 0.0, distinct: bool = False
    ) -> Page:
        if not 0 <= limit <= MAX_SIMILAR:
            raise BadQuery(f"{limit} similar articles", f"ask for 0 to {MAX_SIMILAR}")
        hits = similar_to(article_id, self._reader, limit=limit, minimum=minimum, distinct=distinct)
        return Page(total=len(hits), hits=hits)

    def count(self) -> int:
        return self._reader.count()

    def refresh(self) -> None:
        self._reader.refresh()

    def close(self) -> None:
        self._closed = True
        self._client.close()


def _hit(found: Mapping[str, object], *, newest: bool) -> Hit:
    source = source_of(found)
    marked = found.get("highlight", {})
    assert isinstance(marked, Mapping)  # noqa: S101 - the shape that the server documents
    return hit_of(
        article_of(source),
        score=0.0 if newest else float(str(found["_score"])),
        highlights=highlights(source, marked),
    )
