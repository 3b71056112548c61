"""The pure parts: queues, pauses, signatures, what may be saved."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadInput, BadQuery
from index.matched import matched_of
from notify.policy import Answer, pause
from notify.queues import NEVER, HookQueue
from notify.receivers import retry_after
from notify.searches import checked_url, new_search, new_webhook, shown_url
from notify.signing import signed_headers
from runtime.settings import NotifySettings
from tests.index.articles import NOON, article, entity, topic

SOON = NOON + timedelta(seconds=1)
LATER = NOON + timedelta(hours=1)
SETTINGS = NotifySettings()
times = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


def test_a_queue_gives_what_is_due_and_as_many_as_may_be_under_way() -> None:
    queue = HookQueue()
    for number in range(5):
        queue.add((NOON, f"n{number}"))
    queue.add((LATER, "late"))
    assert list(queue.take(NOON, most=3)) == ["n0", "n1", "n2"]
    assert list(queue.take(NOON, most=3)) == []
    queue.ended("n1", NOON)
    assert list(queue.take(NOON, most=3)) == ["n3"]
    assert queue.total == 6


def test_a_hook_that_fails_rests_and_is_then_tried_one_at_a_time() -> None:
    queue = HookQueue()
    for number in range(3):
        queue.add((NOON, f"n{number}"))
    assert list(queue.take(NOON, most=1)) == ["n0"]
    queue.ended("n0", NOON, problem="is down", pause=60)
    assert list(queue.take(SOON, most=9)) == []
    assert list(queue.take(NOON + timedelta(seconds=60), most=9)) == ["n1"]
    queue.ended("n1", LATER)
    queue.again((NOON, "n0"))
    assert list(queue.take(LATER, most=9)) == ["n0", "n2"]


@given(st.lists(times, max_size=40), times)
def test_a_queue_with_little_room_forgets_nothing(due: list[datetime], now: datetime) -> None:
    """What it cannot hold is in the table, from which it is loaded again in time."""
    table = {str(number): moment for number, moment in enumerate(due)}
    queue, taken = HookQueue(window=4), list[str]()

    def load() -> None:
        queue.clear()
        for article_id, moment in table.items():
            queue.add((moment, article_id))

    load()
    while True:
        if queue.lacks(now):
            load()
        step = list(queue.take(now, most=3))
        if not step:
            break
        for article_id in step:
            assert table.pop(article_id) <= now
            queue.ended(article_id, now)
        taken += step
    assert len(taken) == sum(moment <= now for moment in due)
    assert queue.total >= len(table)


def test_what_is_old_is_taken_out_unless_it_is_under_way() -> None:
    queue = HookQueue()
    for number in range(3):
        queue.add((NOON, f"n{number}"))
    queue.add((LATER, "late"))
    assert list(queue.take(NOON, most=1)) == ["n0"]
    assert list(queue.take_old(NOON, most=9)) == ["n1", "n2"]
    assert list(queue.take_old(NEVER, most=9)) == ["late"]


@given(st.integers(1, 100), st.floats(0, 1), st.floats(0, 1e9))
def test_pauses_are_within_their_bounds_and_as_long_as_is_asked(
    failures: int, draw: float, asked: float
) -> None:
    wait = pause(failures, Answer(status=503, retry_after=asked), draw=draw, settings=SETTINGS)
    assert 0 <= wait <= SETTINGS.give_up_hours * 3600 / 2
    assert wait >= min(asked, SETTINGS.give_up_hours * 1800)


def test_pauses_double_up_to_an_hour() -> None:
    waits = [pause(n, Answer(status=500), draw=1.0, settings=SETTINGS) for n in (1, 2, 3, 50)]
    assert waits == [5.0, 10.0, 20.0, 3600.0]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, 0),
        ("120", 120),
        (" 7 ", 7),
        ("-1", 0),
        ("soon", 0),
        ("Sun, 10 May 2026 12:01:00 GMT", 60),
        ("Sun, 10 May 2026 11:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float) -> None:
    assert retry_after(value, now=NOON) == seconds


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the specification's reference libraries."""
    headers = signed_headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        now=datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_secrets_are_long_and_each_is_another() -> None:
    made = {new_webhook("s", "https://a.example/", now=NOON).secret for _ in range(3)}
    assert len(made) == 3
    assert all(len(base64.b64decode(secret.removeprefix("whsec_"))) == 32 for secret in made)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news",
        "ftp://a.example/",
        "javascript:alert(1)",
        "https://",
        "https://user:secret@a.example/",
        "https://a.example:0/",
        "https://a.example:x/",
        "https://[::1/",
        "https://a.example/ b",
        "https://a.example\\@b.example/",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(BadInput) as raised:
        checked_url(url)
    assert "secret" not in str(raised.value)
    assert raised.value.remedy


def test_an_address_is_shown_without_what_may_be_a_key() -> None:
    assert shown_url("https://a.example/") == "https://a.example/"
    assert shown_url("https://a.example:8443/T0/B0?key=x") == "https://a.example:8443/…"
    assert checked_url(" https://a.example/x#y ") == "https://a.example/x"


def test_a_search_must_be_one() -> None:
    with pytest.raises(BadQuery):
        new_search("Floods", "(flood", now=NOON)
    with pytest.raises(BadInput, match="201 characters"):
        new_search("x" * 201, "flood", now=NOON)
    assert new_search(" Floods\n\u202e\x00 now ", " flood ", now=NOON).name == "Floods now"
    assert new_search("", "flood  OR fire", now=NOON).name == "flood OR fire"
    assert new_search("", "", now=NOON).name == "Everything"


def test_what_is_told_of_an_article_is_its_beginning() -> None:
    told = matched_of(
        article(
            "a",
            "Talks",
            "word " * 500,
            entities=[entity("ORG", "Hamas", linked="kb:hamas")],
            topics=[topic("16000000", "conflict")],
        )
    )
    assert len(told.summary) <= 401
    assert (told.entities[0].id, told.topics[0].code) == ("kb:hamas", "medtop:16000000")
