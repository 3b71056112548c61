from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from article.hubs import FeedHub
from ingest.websub import plan
from ingest.websub.offer import Offer
from tests.ingest.documents import NOW

OFFER = Offer(hub="https://hub.test/", topic_url="https://one.test/feed")
DAY = timedelta(days=1)


def step(hub: FeedHub | None, now: datetime, offer: Offer | None = OFFER, callback: str = "c") -> str | None:
    return plan.action(hub, offer, callback=callback, now=now)


def asked(
    hub: FeedHub | None = None, now: datetime = NOW, offer: Offer = OFFER, callback: str = "c"
) -> FeedHub:
    return plan.asked(hub, offer, id="f", callback=callback, now=now)


LIVE = plan.verified(asked(), 10 * 86_400, NOW)


def test_an_offer_is_taken_once() -> None:
    assert step(None, NOW) == "subscribe"
    hub = asked()
    assert (hub.status, hub.hub, hub.topic_url, hub.failures) == ("asked", OFFER.hub, OFFER.topic_url, 0)
    assert step(hub, NOW) is None
    assert step(None, NOW, None) is None


def test_a_hub_that_never_confirms_is_asked_ever_more_seldom() -> None:
    hub, now, waits = asked(), NOW, []
    for _ in range(12):
        waits.append(hub.again - now)
        now = hub.again
        assert step(hub, now) == "subscribe"
        hub = asked(hub, now)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=10), DAY)
    assert "never came back" in hub.problem


def test_a_lease_is_renewed_before_it_ends() -> None:
    assert plan.is_live(LIVE, NOW + 9 * DAY)
    assert not plan.is_live(LIVE, NOW + 10 * DAY)
    assert step(LIVE, NOW + 7 * DAY) is None
    assert step(LIVE, NOW + 8 * DAY) == "subscribe"
    renewing = asked(LIVE, NOW + 8 * DAY)
    assert plan.is_live(renewing, NOW + 9 * DAY)
    assert step(renewing, NOW + 8 * DAY + timedelta(minutes=9)) is None
    again = plan.verified(renewing, 86_400, NOW + 8 * DAY)
    assert again.expires == NOW + 9 * DAY
    late = asked(LIVE, NOW + 11 * DAY)
    assert late.status == "asked"


def test_leases_have_bounds() -> None:
    for given_lease, seconds in ((None, 864_000), (0, 864_000), (1, 60), (10**12, 30 * 86_400)):
        assert plan.verified(asked(), given_lease, NOW).expires == NOW + timedelta(seconds=seconds)


def test_a_hub_that_fails_is_asked_again_and_a_lease_goes_on_meanwhile() -> None:
    failed = plan.failed(asked(), "answers with status 500", NOW)
    assert (failed.status, failed.problem) == ("failed", "answers with status 500")
    assert step(failed, NOW) is None
    assert step(failed, failed.again) == "subscribe"
    renewing = plan.failed(asked(LIVE, NOW + 8 * DAY), "answers with status 500", NOW + 8 * DAY)
    assert plan.is_live(renewing, NOW + 9 * DAY)
    assert step(renewing, renewing.again) == "subscribe"


def test_a_hub_that_refuses_is_believed_for_a_while() -> None:
    refused = plan.denied(LIVE, "not <b>for</b>\nyou", NOW)
    assert refused.status == "refused"
    assert "not <b>for</b> you" in refused.problem
    assert not plan.is_live(refused, NOW)
    assert step(refused, NOW + timedelta(minutes=9)) is None
    assert step(refused, NOW + DAY) == "subscribe"


def test_another_hub_topic_or_callback_is_subscribed_to_at_once() -> None:
    other = Offer(hub="https://other.test/", topic_url=OFFER.topic_url)
    for offer, callback in (
        (other, "c"),
        (Offer(hub=OFFER.hub, topic_url="https://x.test/"), "c"),
        (OFFER, "d"),
    ):
        assert step(LIVE, NOW, offer, callback) == "subscribe"
        hub = asked(LIVE, NOW, offer, callback)
        assert (hub.status, hub.failures, hub.expires) == ("asked", 0, None)
        assert step(hub, NOW, offer, callback) is None


def test_what_is_not_wanted_is_ended_with_a_few_tries() -> None:
    hub: FeedHub | None = LIVE
    now, tries = NOW, 0
    while hub is not None:
        assert step(hub, now, None) == "unsubscribe"
        hub = plan.ending(hub, now)
        tries += 1
        if hub is not None:
            assert step(hub, now, None) is None
            assert step(hub, now) == "subscribe"  # wanted again meanwhile
            now = hub.again
    assert tries == 4


def test_how_a_feed_stands_is_told() -> None:
    def told(hub: FeedHub | None) -> str:
        return plan.explained(OFFER, hub, NOW)

    assert told(None) == "https://hub.test/ offers to push; it is asked where ingest.websub_url is set"
    assert told(asked()) == "https://hub.test/ was asked to push and has not confirmed it yet"
    assert told(LIVE) == "https://hub.test/ pushes, agreed until 2026-03-11 12:00"
    failed = plan.failed(asked(), "answers with status 500", NOW)
    assert told(failed) == (
        "https://hub.test/ does not push: answers with status 500; asked again 2026-03-01 12:10"
    )
    assert told(plan.ending(LIVE, NOW)) == "https://hub.test/ was told to push no more"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("ask", "verify", "deny", "fail", "wait")),
            st.integers(0, 20),
            st.integers(0, 10**6),
        ),
        max_size=20,
    )
)
def test_something_is_always_due_again(steps: list[tuple[str, int, int]]) -> None:
    """Whatever a hub does, it is never forgotten, and never asked without a pause."""
    hub, now = asked(), NOW
    for what, hours, lease in steps:
        now += timedelta(hours=hours)
        if what == "ask" and step(hub, now):
            hub = asked(hub, now)
        elif what == "verify":
            hub = plan.verified(hub, lease, now)
        elif what == "deny":
            hub = plan.denied(hub, "no", now)
        elif what == "fail":
            hub = plan.failed(hub, "no", now)
        if what != "wait" and hub.again > now:
            assert timedelta(seconds=48) <= hub.again - now <= timedelta(days=24)
            assert step(hub, now) is None
        assert step(hub, now + timedelta(days=40)) == "subscribe"
        if plan.is_live(hub, now):
            assert hub.expires is not None
            assert hub.expires - now <= timedelta(days=30)
