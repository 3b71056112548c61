"""What every article index promises. `tests/index/contract` holds each implementation to it.

    outcomes = index.write(articles)     durable when it returns; writing again changes nothing
    page = index.search(query)           sees every write that returned before, in this process and others
    article = index.get(article_id)      the record exactly as it was written

Text is found by word after folding of case and accents and English stemming; names, labels and codes are
found as a whole (`index.fold`). A score is the text's BM25, with matches in the title and in names worth
more, plus a bonus for being recent:

    bonus(age) = RECENCY_WEIGHT · 0.5 ^ (age / recency_days)

Age is measured from `Query.now` in whole steps, small against recency_days; after RECENCY_HALVINGS ·
recency_days there is no bonus any more. The order does not depend on which page is asked for, and pages of
one unchanged index neither overlap nor leave gaps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from article.records import EnrichedArticle, EntityType, FeedRef, Place, Topic
from index.query import FacetName, Query

RECENCY_WEIGHT = 3.0  # beside BM25 of 5 to 15 for a word: new beats old among equals, not good among bad
RECENCY_HALVINGS = 5
REPRINT = 0.97  # cosine; above it two articles are one text with another headline or ending


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """The article is in the index, in this revision or, when `stale`, was already in this or a later one."""

    id: str
    revision: int
    stale: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """The article can never be written as it is; the others of its batch are."""

    id: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HitEntity:
    """An entity of a hit; `mentions` is how often the article names it."""

    type: EntityType
    name: str
    id: str | None
    mentions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Highlight:
    """Pieces of a field as HTML: the text escaped, what was looked for between <em> and </em>."""

    field: Literal["title", "summary", "text"]
    fragments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """An article that was found.

    `score` is comparable within one search only: 0 when sorted by time, the cosine from -1 to 1 in `similar`.
    `entities` are the most salient ones first. `seen` is when this revision came in.
    """

    id: str
    revision: int
    title: str
    url: str | None
    feed: FeedRef
    published: datetime | None
    first_seen: datetime
    seen: datetime
    lang: str | None
    summary: str
    entities: tuple[HitEntity, ...]
    topics: tuple[Topic, ...]
    places: tuple[Place, ...]
    score: float
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """`count` articles have the value. `key` filters for it, `label` is the form to show.

    Of a time facet both are the start of the span: 2026-05-01, or 2026-05-01T13:00Z for hours.
    Of entities `id`, and of places `place` (where it lies), is what the newest article with the value says.
    """

    key: str
    label: str
    count: int
    id: str | None = None
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """`total` articles match; `hits` are those from the query's offset on, at most its limit."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[FacetName, tuple[Bucket, ...]] = field(default_factory=dict)


class ArticleIndex(Protocol):
    """Used by many threads at once. Errors: Unavailable when it cannot be reached or written now,
    BadConfiguration when a person must mend it, BadQuery for a search that it cannot answer."""

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        """One outcome for each article, in order. Durable when it returns.

        Idempotent by id and revision: a revision that is not newer than the indexed one changes nothing and
        is Written with stale=True. Of one id twice in a batch the highest revision wins.
        """

    def search(self, query: Query) -> Page: ...

    def get(self, article_id: str) -> EnrichedArticle | None: ...

    def similar(
        self, article_id: str, *, limit: int = 10, minimum: float = 0.0, distinct: bool = False
    ) -> Page:
        """Articles about the same: nearest embeddings first, `minimum` the least cosine, never itself.

        `distinct` leaves out reprints: what is all but equal to the article. Empty where the article is not
        in the index or has no embedding. BadQuery for a limit that is not between 0 and MAX_SIMILAR.
        """

    def count(self) -> int:
        """Articles in the index."""

    def refresh(self) -> None:
        """Look at what others have written now; `search` does so by itself."""

    def close(self) -> None: ...
