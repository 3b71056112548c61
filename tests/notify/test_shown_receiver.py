"""The receiver's check that docs/consuming.md shows, run as it stands there on what is really sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import cast

import pytest

from article.searches import Delivery
from index.matched import matched_of
from notify.courier import request_to
from notify.searches import new_webhook
from runtime.clock import SystemClock
from tests.index.articles import article
from tests.test_consuming import programs

Check = Callable[[Mapping[str, str], bytes, str], Mapping[str, object]]

NOW = SystemClock().now()
HOOK = new_webhook("search", "https://receiver.example/", now=NOW)
DELIVERY = Delivery(
    id="search-a-1", search="search", name="Floods", matched=NOW, article=matched_of(article("a", "Flut 洪"))
)


@pytest.fixture(scope="module")
def check() -> Check:
    names: dict[str, object] = {}
    program = programs()[1]
    assert len(program.strip().splitlines()) <= 12
    exec(program, names)  # noqa: S102 - that is what the test is about
    return cast("Check", names["article_of"])


def sent(*, late: timedelta = timedelta(0)) -> tuple[dict[str, str], bytes]:
    request = request_to(HOOK, DELIVERY, now=SystemClock().now() - late)
    return {name.lower(): value for name, value in request.headers.items()}, request.body


def test_what_is_sent_is_taken(check: Check) -> None:
    headers, body = sent()
    told = check(headers, body, HOOK.secret)
    assert told["type"] == "article.matched"
    assert cast("Mapping[str, Mapping[str, str]]", told["data"])["article"]["title"] == "Flut 洪"


def test_one_of_several_signatures_is_enough(check: Check) -> None:
    headers, body = sent()
    headers["webhook-signature"] = "v1,other " + headers["webhook-signature"]
    assert check(headers, body, HOOK.secret)


def test_what_is_changed_forged_or_old_is_not(check: Check) -> None:
    headers, body = sent()
    other = new_webhook("search", HOOK.url, now=NOW).secret
    old, _ = sent(late=timedelta(minutes=10))
    fresh_looking = old | {"webhook-timestamp": headers["webhook-timestamp"]}
    for told, what, secret in (
        (headers, body + b" ", HOOK.secret),
        (headers, body, other),
        (headers | {"webhook-id": "another"}, body, HOOK.secret),
        (old, body, HOOK.secret),
        (fresh_looking, body, HOOK.secret),
    ):
        with pytest.raises(PermissionError):
            check(told, what, secret)
