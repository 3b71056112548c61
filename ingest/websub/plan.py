"""How a feed stands with its hub, and what is to be done next. Pure.

asked ──verified──▶ live ──at four fifths of the lease──▶ asked once more, live meanwhile
  │ ╲                 └─denied─▶ refused
  │  ╲─denied─▶ refused
  └─no answer, or the hub fails─▶ failed        refused and failed are tried again, ever more seldom
no longer wanted ─▶ ending ─▶ forgotten
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from article.hubs import FeedHub
from ingest.notes import bounded
from ingest.urls import without_credentials
from ingest.websub.offer import LEASE_SECONDS, Offer

Action = Literal["subscribe", "unsubscribe"]

_VERIFICATION = timedelta(minutes=10)  # from asking to the hub's question whether we meant it
_SHORTEST_LEASE = 60  # seconds
_LONGEST_LEASE = 30 * 86_400
_FIRST_RETRY = timedelta(minutes=10)
_LAST_RETRY = timedelta(days=1)
_ENDINGS = 3  # tries to unsubscribe; the lease ends by itself


def action(hub: FeedHub | None, wanted: Offer | None, *, callback: str, now: datetime) -> Action | None:
    """What to ask the hub for now. `callback` is the hash of the callback's present address."""
    if wanted is None:
        return "unsubscribe" if hub and (hub.status != "ending" or hub.again <= now) else None
    if hub is None or hub.status == "ending":
        return "subscribe"
    is_other = (hub.hub, hub.topic_url, hub.callback) != (wanted.hub, wanted.topic_url, callback)
    return "subscribe" if is_other or hub.again <= now else None


def asked(hub: FeedHub | None, wanted: Offer, *, id: str, callback: str, now: datetime) -> FeedHub:
    """A subscription is being asked for; one that is live stays so. Without an answer it has failed."""
    if (
        hub
        and is_live(hub, now)
        and (hub.hub, hub.topic_url, hub.callback)
        == (
            wanted.hub,
            wanted.topic_url,
            callback,
        )
    ):
        return replace(hub, again=now + _VERIFICATION)
    failures = hub.failures if hub and hub.hub == wanted.hub else 0
    unanswered = hub is not None and hub.status == "asked" and failures == hub.failures
    failures += unanswered
    return FeedHub(
        id=id,
        hub=wanted.hub,
        topic_url=wanted.topic_url,
        callback=callback,
        status="asked",
        again=now + max(_VERIFICATION, _wait(failures)),
        failures=failures,
        problem="the hub took the request and never came back to confirm it" if unanswered else "",
    )


def verified(hub: FeedHub, lease_seconds: int | None, now: datetime) -> FeedHub:
    """The hub has asked whether we meant it, and was told so: the lease begins (§5.3)."""
    lease = min(max(lease_seconds or LEASE_SECONDS, _SHORTEST_LEASE), _LONGEST_LEASE)
    return replace(
        hub,
        status="live",
        again=now + timedelta(seconds=lease * 0.8),
        expires=now + timedelta(seconds=lease),
        failures=0,
        problem="",
    )


def denied(hub: FeedHub, reason: str, now: datetime) -> FeedHub:
    """The hub will not, or no longer, send (§5.2)."""
    return _troubled(hub, "refused", f"refused by the hub: {reason or 'it does not say why'}", now)


def failed(hub: FeedHub, problem: str, now: datetime) -> FeedHub:
    """The hub could not be asked. A lease that runs goes on."""
    return _troubled(hub, "live" if is_live(hub, now) else "failed", problem, now)


def ending(hub: FeedHub, now: datetime) -> FeedHub | None:
    """One more try to unsubscribe is being made; None when that was tried often enough."""
    failures = hub.failures + 1 if hub.status == "ending" else 0
    if failures >= _ENDINGS:
        return None
    return replace(hub, status="ending", again=now + _FIRST_RETRY, expires=None, failures=failures)


def is_live(hub: FeedHub, now: datetime) -> bool:
    return hub.status == "live" and hub.expires is not None and hub.expires > now


def explained(offer: Offer, hub: FeedHub | None, now: datetime) -> str:
    """How a feed that offers to push stands with its hub, for a person."""
    where = without_credentials(offer.hub)
    if hub is None:
        return f"{where} offers to push; it is asked where ingest.websub_url is set"
    if is_live(hub, now) and hub.expires:
        return f"{where} pushes, agreed until {hub.expires:%Y-%m-%d %H:%M}"
    if hub.status in ("asked", "live"):
        return f"{where} was asked to push and has not confirmed it yet"
    if hub.status == "ending":
        return f"{where} was told to push no more"
    return f"{where} does not push: {hub.problem}; asked again {hub.again:%Y-%m-%d %H:%M}"


def _troubled(
    hub: FeedHub, status: Literal["live", "refused", "failed"], problem: str, now: datetime
) -> FeedHub:
    failures = hub.failures + 1
    return replace(
        hub,
        status=status,
        again=now + _wait(failures),
        expires=hub.expires if status == "live" else None,
        failures=failures,
        problem=bounded((problem, "failed"))[0],
    )


def _wait(failures: int) -> timedelta:
    doublings = min(max(failures - 1, 0), 10)
    return min(_LAST_RETRY, _FIRST_RETRY * float(1 << doublings))
