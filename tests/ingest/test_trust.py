from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.observed import FeedFlow, FeedTrust
from article.tables import FeedMemory, FeedState
from ingest.decide import decide, is_known_body
from ingest.entry import Entry, Fetched, ParsedFeed
from ingest.lists.subscriptions import subscription
from ingest.rhythm.trust import Validators, current_url, doubt_at, is_stopped, validators
from runtime.settings import IngestSettings
from tests.ingest.documents import NOW

SETTINGS = IngestSettings(min_interval=60, max_interval=3600, doubt_after=1800)
FEED = subscription("https://news.test/feed", now=NOW)
NEW = "https://new.test/feed"
HOUR = timedelta(hours=1)


def document(*numbers: int) -> ParsedFeed:
    return ParsedFeed(entries=tuple(Entry(link=f"https://news.test/{number}") for number in numbers))


@dataclass(kw_only=True)
class Server:
    """Serves the entries 0 to `newest`, and says "not modified" as `unmodified` decides by what was sent."""

    newest: int = 5
    unmodified: Callable[[Server, Validators], bool]
    etag: Callable[[Server], str | None] = lambda server: f'"{server.newest}"'
    state: FeedState | None = None
    memory: FeedMemory | None = None
    now: datetime = NOW
    asked: int = 0
    whole: int = 0
    found: int = 0

    def poll(self) -> FeedState:
        sent = validators(self.state, now=self.now, settings=SETTINGS)
        self.asked += 1
        conditional = sent != Validators()
        fetched = Fetched(url=FEED.url, status=304, conditional=conditional)
        if not conditional or not self.unmodified(self, sent):
            self.whole += 1
            body = str(self.newest)
            known = is_known_body(self.state, body)
            fetched = replace(
                fetched,
                status=200,
                etag=self.etag(self),
                body_hash=body,
                parsed=None if known else document(*range(self.newest)),
            )
        decision = decide(
            subscription=FEED,
            state=self.state,
            memory=self.memory,
            fetched=fetched,
            now=self.now,
            settings=SETTINGS,
            draw=0.0,
        )
        self.found += len(decision.drafts)
        self.state, self.memory = decision.state, decision.memory or self.memory
        return decision.state

    def live(self, *, hours: int, every: int = 4) -> FeedState:
        """Polls once an hour; a new entry comes every so many hours."""
        for hour in range(hours):
            self.newest += hour % every == every - 1
            self.poll()
            self.now += HOUR
        assert self.state
        return self.state


def honest(server: Server, sent: Validators) -> bool:
    return sent.etag == f'"{server.newest}"'


def stuck(server: Server, sent: Validators) -> bool:  # noqa: ARG001 - a server that does not look
    return True


def test_an_honest_server_is_believed_and_hardly_asked_for_more() -> None:
    server = Server(unmodified=honest)
    state = server.live(hours=1000)
    assert state.trust.lies == 0
    assert server.found == server.newest
    assert server.whole <= 250 + 1000 / 24 + 10


def test_a_server_that_always_says_not_modified_is_found_out() -> None:
    server = Server(unmodified=stuck)
    state = server.live(hours=200)
    assert state.trust.lies > 0
    assert server.found >= server.newest - 12
    assert validators(state, now=server.now, settings=SETTINGS) == Validators() or state.trust.probing


def test_a_server_that_lies_again_is_distrusted_for_longer() -> None:
    server = Server(unmodified=stuck)
    server.live(hours=24 * 40)
    assert server.state
    assert server.state.trust.lies >= 3
    assert server.whole > server.asked * 0.8


def test_an_etag_that_does_not_change_with_the_document_is_found_out() -> None:
    server = Server(unmodified=lambda _, sent: sent.etag == '"same"', etag=lambda _: '"same"')
    assert server.live(hours=200).trust.lies > 0
    assert server.found >= server.newest - 12


def test_a_server_without_validators_is_never_suspected() -> None:
    server = Server(unmodified=honest, etag=lambda _: None)
    assert server.live(hours=300).trust == replace(FeedTrust(), body_at=server.now - HOUR)


def test_a_quiet_feed_is_asked_for_whole_ever_less_and_once_a_day_at_least() -> None:
    server = Server(unmodified=honest)
    server.live(hours=240, every=10_000)
    assert 10 <= server.whole <= 18


def test_not_modified_without_a_condition_is_a_fault_of_the_server() -> None:
    fetched = Fetched(url=FEED.url, status=304, conditional=False)
    decision = decide(subscription=FEED, state=None, memory=None, fetched=fetched, now=NOW, settings=SETTINGS)
    assert "without conditions" in decision.state.problem


def test_when_a_feed_is_doubted_depends_on_its_pace_and_on_what_was_confirmed() -> None:
    def after(pace: float, confirmed: int = 0) -> float:
        state = FeedState(id="x", flow=FeedFlow(pace=pace), trust=FeedTrust(body_at=NOW, confirmed=confirmed))
        at = doubt_at(state, SETTINGS)
        assert at
        return (at - NOW) / HOUR

    assert after(0.0) == after(100.0) == 0.5
    assert after(5.0) == 2.0
    assert after(5.0, confirmed=2) == 8.0
    assert after(0.001) == after(5.0, confirmed=1000) == 24.0
    assert doubt_at(FeedState(id="x"), SETTINGS) is None


# Permanent redirects


def step(
    state: FeedState | None,
    *numbers: int,
    to: str | None = None,
    status: int | None = 200,
    problem: str = "",
    hours: float = 0,
) -> FeedState:
    parsed = None if problem or not numbers else document(*numbers)
    fetched = Fetched(url=FEED.url, status=status, moved_to=to, body_hash="h", parsed=parsed, problem=problem)
    known = FeedMemory(id=FEED.id) if state is None else MEMORY
    return decide(
        subscription=FEED,
        state=state,
        memory=known,
        fetched=fetched,
        now=NOW + hours * HOUR,
        settings=SETTINGS,
    ).state


FIRST = decide(
    subscription=FEED,
    state=None,
    memory=None,
    fetched=Fetched(url=FEED.url, status=200, body_hash="h", parsed=document(1, 2, 3, 4)),
    now=NOW,
    settings=SETTINGS,
)
MEMORY = FIRST.memory


def test_a_feed_moves_where_its_entries_are() -> None:
    assert step(None, 1, to=NEW).url == NEW
    assert step(FIRST.state, 1, 2, 3, to=NEW).url == NEW
    assert step(FIRST.state, to=NEW).url == NEW  # unchanged


@pytest.mark.parametrize(
    "to",
    [
        "https://news.test/",
        "https://news.test",
        "https://other.test",
        "http://new.test/feed",
        "https://[bad/feed",
    ],
)
def test_a_redirect_that_is_followed_but_not_believed(to: str) -> None:
    assert step(FIRST.state, 1, 2, 3, to=to).url is None


def test_another_feed_is_not_moved_to_before_it_is_known() -> None:
    assert step(FIRST.state, 7, 8, 9, to=NEW).url is None


def test_a_redirect_to_what_is_no_feed_moves_nothing() -> None:
    failed = step(FIRST.state, to=NEW, problem="is an HTML page, not a feed")
    assert failed.url is None
    assert current_url(FEED, failed) == FEED.url


def test_a_feed_that_moves_back_is_polled_where_it_was_subscribed() -> None:
    assert step(FIRST.state.but(url=NEW), 1, 2, to=FEED.url).url is None


def test_a_moved_address_that_fails_takes_turns_with_the_subscribed_one() -> None:
    state = FIRST.state.but(url=NEW)
    asked = []
    for _ in range(7):
        asked.append(current_url(FEED, state))
        state = step(state, problem="cannot connect", status=None)
    assert asked == [NEW, NEW, NEW, FEED.url, NEW, FEED.url, NEW]
    assert current_url(FEED, state) == FEED.url
    back = step(state, 1, 2, 3)
    assert back.url is None
    assert step(back, 1, 2, 3, to=NEW, hours=24).url is None  # doubted for some days
    assert step(back, 1, 2, 3, to=NEW, hours=24 * 8).url == NEW


def test_a_moved_address_that_is_gone_does_not_stop_the_feed() -> None:
    gone = step(FIRST.state.but(url=NEW), status=410, problem="answers with status 410")
    assert gone.stopped == ""
    assert current_url(FEED, gone) == FEED.url
    assert step(gone, status=410, problem="answers with status 410").stopped


# Gone


def test_a_feed_that_is_gone_is_stopped_until_somebody_resumes_it() -> None:
    gone = step(FIRST.state, status=410, problem="answers with status 410")
    assert "gone for good" in gone.stopped
    assert gone.next_poll is None
    assert is_stopped(FEED, gone)
    resumed = replace(FEED, resumed=NOW + HOUR)
    assert not is_stopped(resumed, gone)
    again = step(gone, status=410, problem="answers with status 410", hours=2)
    assert is_stopped(resumed, again)
    assert step(again, status=500, problem="answers with status 500", hours=3).stopped == ""


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503, None])
def test_nothing_else_stops_a_feed(status: int | None) -> None:
    state = step(FIRST.state, status=status, problem="fails")
    assert not is_stopped(FEED, state)
    assert state.next_poll
    assert state.failing_since == NOW
    later = step(state, status=status, problem="fails", hours=1000)
    assert (later.failing_since, later.failures) == (NOW, 2)
    assert step(later, 1, hours=1001).failing_since is None


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 12))
def test_whatever_the_server_says_nothing_stays_unseen_for_ever(said: list[bool], every: int) -> None:
    """A server that says "not modified" as it likes, and then always."""
    server = Server(unmodified=lambda server, _: said[server.asked] if server.asked < len(said) else True)
    server.live(hours=len(said) + 1, every=every)
    newest = server.newest
    server.live(hours=24 * 3, every=10_000)
    assert server.found >= newest
