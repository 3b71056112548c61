from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from article.observed import FeedFlow
from article.tables import FeedState
from ingest.agenda import Agenda
from ingest.lists.subscriptions import subscription
from ingest.survey import Survey
from runtime.metrics import Metrics

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HEALTH, OLDEST = "wirewatch_ingest_feeds_by_health", "wirewatch_ingest_oldest_success_timestamp_seconds"
LAST = "wirewatch_ingest_last_entry_timestamp_seconds"


def test_every_feed_counts_once_a_round_by_the_gravest_thing_that_is_so() -> None:
    agenda, metrics = Agenda(), Metrics()
    for number in range(250):
        feed = subscription(f"https://news.test/{number}", now=NOW - DAY)
        read = NOW - timedelta(minutes=number)
        failing = number < 40
        state = FeedState(
            id=feed.id,
            polled=NOW,
            succeeded=read,
            next_poll=NOW + DAY,
            failures=1 if failing else 0,
            problem="gone" if failing else "",
            flow=FeedFlow(last_new=read),
        )
        agenda.put(feed, state)
    survey = Survey(agenda, metrics)
    for _ in range(4):  # begins, then 100 feeds at a time
        survey.step(NOW)
    assert metrics.value(HEALTH, health="failing") == 40
    assert metrics.value(HEALTH, health="well") == 210
    assert metrics.value(OLDEST) == (NOW - timedelta(minutes=249)).timestamp()
    assert metrics.value(LAST) == NOW.timestamp()

    for feed_id in agenda.ids():
        agenda.drop(feed_id)
    survey.step(NOW + timedelta(seconds=10))
    assert metrics.value(HEALTH, health="well") == 210, "not yet time for another round"
    survey.step(NOW + timedelta(seconds=31))
    assert metrics.value(HEALTH, health="well") == metrics.value(OLDEST) == metrics.value(LAST) == 0


def test_a_feed_that_was_never_read_waits_since_it_was_added_and_a_paused_one_does_not() -> None:
    agenda, metrics = Agenda(), Metrics()
    agenda.put(subscription("https://news.test/a", now=NOW - DAY), None)
    agenda.put(replace(subscription("https://news.test/b", now=NOW - 3 * DAY), paused=True), None)
    survey = Survey(agenda, metrics)
    survey.step(NOW)
    survey.step(NOW)
    assert metrics.value(OLDEST) == (NOW - DAY).timestamp()
    assert metrics.value(HEALTH, health="overdue") == metrics.value(HEALTH, health="paused") == 1
