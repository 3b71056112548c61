"""A new generation of indices beside the serving one, and the swap of the alias.

From `begin` on an alias `<prefix>-next` leads to the new generation. Every write looks at the aliases when
it begins, after its articles were read from the stream, and writes to both. So what was written to the old
generation alone was in the stream before `begin` returned; the rebuild reads that far, and the rest has come
by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from elasticsearch import Elasticsearch, NotFoundError

from article.errors import BadRecord, Busy, Unavailable
from article.records import EnrichedArticle
from index.elastic.bulk import Bulk
from index.elastic.client import connect
from index.elastic.documents import article_of
from index.elastic.errors import talking
from index.elastic.index import BUSY
from index.elastic.lanes import Aliases, Lane, Superseded
from index.elastic.months import index_name, month_of, named
from index.elastic.setup import put_templates
from index.elastic.writer import Writer
from index.protocol import Refused, Written
from runtime.backoff import Backoff
from runtime.logging import get_logger
from runtime.settings import ElasticSettings

PAGE = 500  # articles that are looked at, at once
KEEP_ALIVE = "10m"  # how long the server keeps the old generation's state between two pages

_TRIES = 5


class ElasticGenerations:
    """Generations on the servers of `settings`. Live index stages go on writing meanwhile."""

    def __init__(self, settings: ElasticSettings, *, backoff: Backoff = BUSY) -> None:
        self._settings = settings
        self._backoff = backoff
        self._client = connect(settings)
        self._aliases = Aliases(self._client, settings.index_prefix, settings.url)

    def begin(self) -> ElasticGeneration:
        put_templates(self._client, self._settings)
        number = self._aliases.highest() + 1
        serving, _ = self._aliases.state()
        self._aliases.delete_all_but({serving.generation} if serving else set())
        first = index_name(self._settings.index_prefix, number, month_of(datetime.now(UTC)))
        try:
            self._aliases.create(first)
        except Superseded as error:
            raise Busy(
                self._settings.url, "another rebuild has begun", "let that one come to its end"
            ) from error
        with talking(self._settings.url):
            self._aliases.act({"add": {"index": first, "alias": self._aliases.next}})
        return ElasticGeneration(
            self._client, self._settings, self._aliases, number=number, backoff=self._backoff
        )

    def close(self) -> None:
        self._client.close()


class ElasticGeneration:
    """The generation `number` in the making."""

    def __init__(
        self,
        client: Elasticsearch,
        settings: ElasticSettings,
        aliases: Aliases,
        *,
        number: int,
        backoff: Backoff,
    ) -> None:
        self._client = client
        self._prefix = settings.index_prefix
        self._subject = settings.url
        self._aliases = aliases
        self._number = number
        bulk = Bulk(client, prefix=self._prefix, subject=self._subject)
        self._writer = Writer(
            bulk, self, subject=self._subject, most_bytes=settings.bulk_bytes, backoff=backoff
        )

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        return self._writer.write(articles)

    def read(self) -> tuple[Lane, ...]:
        """The one lane that this generation is written to. Busy where it is not there any more."""
        _, following = self._aliases.state()
        if following is None or following.generation != self._number:
            raise Busy(self._subject, "another rebuild has taken over", "let that one come to its end")
        return (following,)

    def join(self, lane: Lane, month: str) -> None:
        self._aliases.join(lane, month)

    def missing(self) -> Iterator[Sequence[EnrichedArticle]]:
        for page in self._pages():
            places = [(self._place(str(hit["_index"])), str(hit["_id"])) for hit in page]
            there = self._there(places)
            lost = [
                (str(hit["_index"]), str(hit["_id"]))
                for hit, place in zip(page, places, strict=True)
                if place not in there
            ]
            if lost:
                yield self._articles(lost)

    def swap(self) -> None:
        """At one moment for every search. What joined the old generation just then is sorted out after it."""
        for _ in range(_TRIES):
            serving, following = self._aliases.state()
            if serving is not None and serving.generation == self._number:
                break
            if following is None or following.generation != self._number:
                raise Busy(self._subject, "another rebuild has taken over", "let that one come to its end")
            with talking(self._subject):
                self._client.indices.refresh(index=following.alias, ignore_unavailable=True)
            try:
                self._aliases.act(*self._exchange(serving, following))
            except NotFoundError:
                continue
        else:
            raise Unavailable(self._subject, "the alias changes again and again", "try again later")
        self._aliases.settle(self._number)
        self._aliases.delete_all_but({self._number})

    def discard(self) -> None:
        """Unless it serves already."""
        serving, _ = self._aliases.state()
        if serving is None or serving.generation != self._number:
            self._aliases.delete(self._number)

    def _exchange(self, serving: Lane | None, following: Lane) -> list[dict[str, dict[str, object]]]:
        actions: list[dict[str, dict[str, object]]] = []
        if serving is not None:
            for month in serving.months:
                old = index_name(self._prefix, serving.generation, month)
                actions.append({"remove": {"index": old, "alias": serving.alias, "must_exist": True}})
        for month in following.months:
            new = index_name(self._prefix, following.generation, month)
            actions.append({"remove": {"index": new, "alias": following.alias, "must_exist": True}})
            actions.append({"add": {"index": new, "alias": self._aliases.serving}})
        return actions

    def _pages(self) -> Iterator[list[Mapping[str, object]]]:
        """Where every article of the serving generation lies, as of one moment."""
        with talking(self._subject):
            try:
                self._client.indices.refresh(index=self._aliases.serving)
                point = self._client.open_point_in_time(index=self._aliases.serving, keep_alive=KEEP_ALIVE)[
                    "id"
                ]
            except NotFoundError:
                return
        after: object = None
        try:
            while True:
                with talking(self._subject):
                    answer = self._client.search(
                        pit={"id": point, "keep_alive": KEEP_ALIVE},
                        sort=[{"_shard_doc": "asc"}],
                        search_after=after,  # type: ignore[arg-type]
                        size=PAGE,
                        source=False,
                        track_total_hits=False,
                    )
                page = answer["hits"]["hits"]
                if not page:
                    return
                yield page
                point, after = answer["pit_id"], page[-1]["sort"]
        finally:
            with talking(self._subject):
                self._client.close_point_in_time(id=point)

    def _place(self, old_index: str) -> str:
        """The index in which this generation would have what lies in `old_index`."""
        name = named(self._prefix, old_index)
        assert name is not None  # noqa: S101 - only such indices are behind the alias
        return index_name(self._prefix, self._number, name.month)

    def _there(self, places: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        with talking(self._subject):
            answer = self._client.mget(docs=[_asked(place) for place in places], source=False)
        return {(one["_index"], one["_id"]) for one in answer["docs"] if one.get("found")}

    def _articles(self, places: Sequence[tuple[str, str]]) -> list[EnrichedArticle]:
        with talking(self._subject):
            answer = self._client.mget(docs=[_asked(place) for place in places])
        return [
            article
            for one in answer["docs"]
            if one.get("found") and (article := _readable(one["_id"], one["_source"])) is not None
        ]


def _asked(place: tuple[str, str]) -> dict[str, object]:
    return {"_index": place[0], "_id": place[1]}


def _readable(name: str, source: Mapping[str, object]) -> EnrichedArticle | None:
    try:
        return article_of(source)
    except BadRecord as error:
        get_logger("rebuild").warning("article.unreadable", article=name, reason=str(error))
        return None
