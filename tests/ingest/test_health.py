from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadFeed
from article.observed import FeedFlow, FeedHints, FeedTrust
from article.tables import FeedState, Subscription
from ingest.formats.feed import parse_feed
from ingest.lists.subscriptions import subscription
from ingest.rhythm.checkup import explained
from ingest.rhythm.durations import lasting, paced, shown
from ingest.rhythm.health import HTML_PAGE, Health, health
from runtime.settings import IngestSettings
from tests.article.strategies import feed_states
from tests.ingest.documents import NOW, page

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FEED = subscription("https://me:secret@news.test/feed", now=NOW - 30 * DAY)
SETTINGS = IngestSettings()
WELL = FeedState(
    id=FEED.id,
    etag='"1"',
    polled=NOW,
    succeeded=NOW,
    document_at=NOW,
    next_poll=NOW + HOUR,
    interval=3600,
    status=200,
    format="rss 2.0",
    reason="2 new entries an hour came of late",
    flow=FeedFlow(pace=2.0, peak=12.0, last_new=NOW - HOUR, window=20, overlap=0.75),
    trust=FeedTrust(body_at=NOW),
)


def told(state: FeedState = WELL, feed: Subscription = FEED) -> list[Health]:
    return list(health(feed, state, NOW))


def words(state: FeedState = WELL, feed: Subscription = FEED) -> list[str]:
    return [each.word for each in told(state, feed)]


def explain(state: FeedState | None, feed: Subscription = FEED, now: datetime = NOW) -> dict[str, str]:
    return explained(feed, state, now=now, settings=SETTINGS)


def test_a_feed_that_is_well() -> None:
    (one,) = told()
    assert (one.word, one.unwell, one.explanation) == ("well", False, "nothing is wrong")
    assert told(WELL.but(notes=("encoding guessed",)))[0].explanation == "encoding guessed"


def test_a_feed_that_fails_says_since_when() -> None:
    (one,) = told(
        WELL.but(failures=3, failing_since=NOW - HOUR, problem="answers with status 500", status=500)
    )
    assert (one.word, one.unwell) == ("failing", True)
    assert one.explanation == "answers with status 500 (3 times in a row, since 2026-03-01 11:00 UTC)"


def test_a_feed_that_is_not_found_for_long_has_probably_moved() -> None:
    gone = WELL.but(failures=3, problem="answers with status 404", status=404)
    assert "discover" not in told(gone.but(failing_since=NOW - HOUR))[0].remedy
    assert "discover" in told(gone.but(failing_since=NOW - 3 * DAY))[0].remedy


def test_a_feed_that_turned_into_html_is_known_by_what_the_parser_says() -> None:
    with pytest.raises(BadFeed) as found:
        parse_feed(page("Hello."), url=FEED.url, content_type=None, now=NOW, max_entries=10)
    assert found.value.problem.startswith(HTML_PAGE)
    assert words(WELL.but(failures=1, problem=f"{found.value.problem}; {found.value.remedy}")) == [
        "turned into HTML"
    ]


def test_a_feed_that_is_gone_is_stopped_until_it_is_resumed() -> None:
    (one,) = told(
        WELL.but(stopped="its server says that it is gone for good (410)", next_poll=None, failures=1)
    )
    assert (one.word, one.unwell) == ("stopped", True)
    assert "feeds resume" in one.remedy
    resumed = replace(FEED, resumed=NOW + HOUR)
    assert words(WELL.but(stopped="gone", next_poll=None, failures=1, problem="gone"), resumed) == ["failing"]


def test_a_feed_that_is_paused_is_not_judged() -> None:
    (one,) = told(WELL.but(failures=5, problem="x"), replace(FEED, paused=True))
    assert (one.word, one.unwell) == ("paused", False)


def test_a_feed_that_nobody_polls() -> None:
    young = replace(FEED, added=NOW - timedelta(minutes=1))
    assert [each.word for each in health(young, None, NOW)] == ["not polled yet"]
    (old,) = health(FEED, None, NOW)
    assert (old.word, old.unwell) == ("overdue", True)
    assert words(WELL.but(next_poll=NOW - HOUR)) == ["overdue"]


@pytest.mark.parametrize(
    ("pace", "days", "quiet"),
    [
        (10.0, 6, False),  # holidays
        (10.0, 8, True),
        (1 / 24, 9, False),
        (1 / 24, 11, True),
        (1 / 168, 60, False),
        (1 / 168, 71, True),
        (0.0, 80, False),
        (0.0, 91, True),
    ],
)
def test_a_feed_has_gone_quiet_by_its_own_pace(pace: float, days: int, quiet: bool) -> None:
    found = told(WELL.but(flow=FeedFlow(pace=pace, last_new=NOW - days * DAY)))
    assert ([each.word for each in found] == ["quiet"]) == quiet
    if quiet:
        assert f"no new entry for {days} d" in found[0].explanation


def test_a_feed_with_gaps_says_how_much_may_be_missing() -> None:
    flow = FeedFlow(gaps=2, missed_up_to=45, last_gap=NOW - HOUR, gap_hours=1.0)
    (one,) = told(WELL.but(flow=flow))
    assert (one.word, one.unwell) == ("incomplete", True)
    assert "2 polls shared no entry with the one before: up to 45 may have been missed" in one.explanation
    assert "min_interval" in one.remedy
    assert "could not be read" in told(WELL.but(flow=replace(flow, gap_hours=50.0)))[0].remedy
    assert words(WELL.but(flow=replace(flow, last_gap=NOW - 8 * DAY))) == ["well"]


def test_odd_things_that_a_feed_does() -> None:
    assert words(WELL.but(format_before="atom 1.0", format_changed=NOW - DAY)) == ["new format"]
    assert words(WELL.but(format_before="atom 1.0", format_changed=NOW - 8 * DAY)) == ["well"]
    assert words(WELL.but(future=3)) == ["odd dates"]
    assert words(WELL.but(skew=-7200.0)) == ["wrong clock"]
    assert "2 h behind" in told(WELL.but(skew=-7200.0))[0].explanation
    assert words(WELL.but(held=2)) == ["held back"]
    assert words(WELL.but(url="https://new.test/feed")) == ["moved"]
    assert words(WELL.but(trust=FeedTrust(lies=1, distrusted_until=NOW + DAY))) == ["untrue 304"]
    assert words(WELL.but(trust=FeedTrust(lies=1, distrusted_until=NOW - DAY))) == ["well"]


def test_the_gravest_comes_first() -> None:
    flow = FeedFlow(gaps=1, missed_up_to=20, last_gap=NOW)
    assert words(WELL.but(failures=1, problem="x", flow=flow, held=1)) == [
        "failing",
        "incomplete",
        "held back",
    ]


def test_a_feed_explained() -> None:
    rows = explain(WELL)
    assert rows["polled at"] == "https://news.test/feed"
    assert rows["last poll"] == "2026-03-01 12:00 UTC, status 200"
    assert rows["next poll"] == (
        "2026-03-01 13:00 UTC, about every 60 min: 2 new entries an hour came of late"
    )
    assert rows["pace"] == "about 2 an hour, at its fastest 12 an hour; the last new entry came 60 min ago"
    assert rows["document"] == "rss 2.0 of 20 entries, last changed 2026-03-01 12:00 UTC"
    assert rows["completeness"].startswith("the last document still showed 75% of the one before; every")
    assert rows["it asks for"] == "nothing"
    assert rows["validators"] == "ETag sent and believed until 2026-03-01 17:00 UTC"


def test_a_feed_explained_that_was_never_polled() -> None:
    assert explain(None)["polled"] == "not yet"


@pytest.mark.parametrize(
    ("state", "row", "text"),
    [
        (WELL.but(hints=FeedHints(ttl=7200)), "it asks for", "2 h between polls (ttl"),
        (WELL.but(hints=FeedHints(fresh=300)), "it asks for", "5 min until its answer is stale"),
        (
            WELL.but(hints=FeedHints(wait_until=NOW + HOUR)),
            "it asks for",
            "2026-03-01 13:00 UTC (Retry-After)",
        ),
        (WELL.but(hints=FeedHints(wait_until=NOW - HOUR)), "it asks for", "nothing"),
        (WELL.but(hints=FeedHints(skip_hours=(3, 1))), "it asks for", "hours 1, 3 UTC"),
        (WELL.but(hints=FeedHints(skip_days=(6,))), "it asks for", "no polls on Sunday"),
        (WELL, "pages", "none waits"),
        (WELL.but(retry_at=NOW + HOUR), "pages", "first poll after 2026-03-01 13:00 UTC"),
        (WELL.but(etag=None), "validators", "its server gives none"),
        (WELL.but(held=1), "validators", "not sent while an entry is held back"),
        (WELL.but(trust=FeedTrust(probing=True)), "validators", "sent once more"),
        (WELL.but(trust=FeedTrust(body_at=NOW - DAY)), "validators", "not sent at the next poll"),
        (
            WELL.but(trust=FeedTrust(lies=2, distrusted_until=NOW + DAY)),
            "validators",
            "found untrue 2 times",
        ),
        (WELL.but(failures=1, status=500), "last poll", "the last good one 2026-03-01 12:00 UTC"),
        (WELL.but(flow=FeedFlow()), "completeness", "before a second document"),
        (WELL.but(flow=FeedFlow()), "pace", "not known yet"),
        (
            WELL.but(flow=FeedFlow(overlap=0.0, gaps=1, missed_up_to=9)),
            "completeness",
            "up to 9 entries",
        ),
        (WELL.but(document_at=None), "document", "none was read yet"),
        (WELL.but(stopped="gone"), "next poll", "none: gone"),
    ],
)
def test_what_is_said_of_a_feed(state: FeedState, row: str, text: str) -> None:
    assert text in explain(state)[row]


def test_when_a_paused_or_resumed_feed_is_polled_next() -> None:
    assert explain(WELL, replace(FEED, paused=True))["next poll"] == "none: it is paused"
    gone = WELL.but(stopped="gone", next_poll=None)
    assert explain(gone, replace(FEED, resumed=NOW + HOUR))["next poll"] == "at once"


@given(feed_states, st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_whatever_the_state_there_is_something_to_say(state: FeedState, now: datetime) -> None:
    found = health(FEED, state, now)
    assert found
    assert all(each.word and each.explanation for each in found)
    rows = explain(state, now=now)
    assert all(rows.values())
    assert "secret" not in "".join(rows.values())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.05, "0.05 s"), (90, "90 s"), (120, "2 min"), (3600, "60 min"), (7200, "2 h"), (259_200, "3 d")],
)
def test_durations(seconds: float, words: str) -> None:
    assert lasting(seconds) == words


@pytest.mark.parametrize(
    ("rate", "words"),
    [(40.0, "40 an hour"), (0.125, "3 a day"), (0.0125, "2.1 a week"), (0.001, "less than")],
)
def test_rates(rate: float, words: str) -> None:
    assert paced(rate).startswith(words)


def test_times() -> None:
    assert (shown(NOW), shown(None)) == ("2026-03-01 12:00 UTC", "never")
