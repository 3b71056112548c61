"""An article's revisions and its way through, from the bus and the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from app.account import Account, Standing, account_of, expected_from, id_of
from app.watched_feeds import watched
from article.codec import decode
from article.errors import BadRecord, Unavailable
from article.records import EnrichedArticle
from bus.channels import ENRICHED
from bus.protocol import Bus
from index.protocol import ArticleIndex
from ingest.rhythm.health import health
from ingest.urls import without_credentials
from web.article.desk import Event, Expected, FeedSide, Way


class BusArticleDesk:
    """`index` gives the index or raises Unavailable, which the way then tells of."""

    def __init__(self, bus: Bus, *, index: Callable[[], ArticleIndex], now: Callable[[], datetime]) -> None:
        self._bus = bus
        self._index = index
        self._now = now

    def revisions(self, article_id: str) -> Sequence[EnrichedArticle]:
        newest = {article.revision: article for article in self._readable(article_id)}
        return [newest[revision] for revision in sorted(newest)]

    def way(self, url_or_id: str) -> Way:
        problem, index = "", None
        try:
            index = self._index()
        except Unavailable as error:
            problem = str(error)
        account = account_of(id_of(url_or_id), self._bus, index)
        if account.is_unknown:
            account = expected_from(account, url_or_id, watched(self._bus))
        return _way(account, problem or account.index_problem, self._now())

    def _readable(self, article_id: str) -> Iterator[EnrichedArticle]:
        for message in self._bus.history(ENRICHED, article_id):
            try:
                yield decode(EnrichedArticle, message.value or b"")
            except BadRecord:
                continue  # the way says so


def _way(account: Account, problem: str, now: datetime) -> Way:
    return Way(
        id=account.id,
        outcome=account.outcome,
        known=not account.is_unknown,
        events=[Event(time=each.time, stage=each.stage, what=each.what) for each in account.events],
        feeds=[FeedSide(**asdict(sighting)) for sighting in account.feeds],
        expected=[_expected(standing, now) for standing in account.watched],
        revision=account.revision,
        indexed=account.indexed,
        index_problem=problem,
    )


def _expected(standing: Standing, now: datetime) -> Expected:
    feed, state = standing
    fares = health(feed, state, now)[0]
    return Expected(
        feed=feed.id,
        url=without_credentials(feed.url),
        health=fares.word,
        explanation=fares.explanation,
        polled=state.polled if state else None,
        next_poll=state.next_poll if state else None,
    )
