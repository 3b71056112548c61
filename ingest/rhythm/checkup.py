"""One feed explained in full: why it is polled when it is, what is trusted, what may be missing. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from article.observed import FeedHints
from article.tables import FeedState, Subscription
from ingest.rhythm.durations import lasting, paced, shown
from ingest.rhythm.pace import peak_rate
from ingest.rhythm.trust import Validators, current_url, doubt_at, is_stopped, validators
from ingest.urls import without_credentials
from runtime.settings import IngestSettings

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def explained(
    feed: Subscription, state: FeedState | None, *, now: datetime, settings: IngestSettings
) -> dict[str, str]:
    """What there is to say, by what it is about, in the order in which to read it."""
    if state is None:
        return {"polled": "not yet", "next poll": "as soon as `wirewatch ingest` runs"}
    return {
        "polled at": without_credentials(current_url(feed, state)),
        "last poll": _last_poll(state),
        "next poll": _next_poll(feed, state),
        "pace": _pace(state, now),
        "document": _document(state),
        "completeness": _completeness(state),
        "it asks for": "; ".join(_asked(state.hints, now)) or "nothing",
        "validators": _validators(state, now, settings),
        "entries": f"{state.entries} remembered, {state.held} of them held back",
        "pages": _pages(state),
        "notes": "; ".join(state.notes) or "none",
    }


def _last_poll(state: FeedState) -> str:
    status = f", status {state.status}" if state.status else ""
    good = "" if not state.failures else f"; the last good one {shown(state.succeeded)}"
    return f"{shown(state.polled)}{status}{good}"


def _next_poll(feed: Subscription, state: FeedState) -> str:
    if feed.paused:
        return "none: it is paused"
    if is_stopped(feed, state):
        return f"none: {state.stopped}"
    if state.stopped or state.next_poll is None:
        return "at once"
    every = f", about every {lasting(state.interval)}" if not state.failures else ""
    return f"{shown(state.next_poll)}{every}: {state.reason}"


def _pace(state: FeedState, now: datetime) -> str:
    flow = state.flow
    if flow.last_new is None:
        return "not known yet"
    since = lasting(max(0.0, (now - flow.last_new).total_seconds()))
    pace = f"about {paced(flow.pace)}" if flow.pace else "not known yet"
    peak = f", at its fastest {paced(peak_rate(flow, now))}" if flow.peak else ""
    return f"{pace}{peak}; the last new entry came {since} ago"


def _document(state: FeedState) -> str:
    if state.document_at is None:
        return "none was read yet"
    kind = state.format or "a feed"
    return f"{kind} of {state.flow.window} entries, last changed {shown(state.document_at)}"


def _completeness(state: FeedState) -> str:
    flow = state.flow
    if flow.overlap is None:
        return "nothing can be said before a second document"
    share = f"the last document still showed {flow.overlap:.0%} of the one before"
    if not flow.gaps:
        return f"{share}; every document shared entries with the one before, so none is missing"
    return f"{share}; up to {flow.missed_up_to} entries may have been missed at {flow.gaps} polls"


def _pages(state: FeedState) -> str:
    if state.retry_at is None:
        return "none waits to be tried again"
    return f"some could not be had; they are tried again at the first poll after {shown(state.retry_at)}"


def _asked(hints: FeedHints, now: datetime) -> Iterator[str]:
    if hints.ttl:
        yield f"{lasting(hints.ttl)} between polls (ttl or sy:updatePeriod)"
    if hints.fresh:
        yield f"{lasting(hints.fresh)} until its answer is stale (Cache-Control or Expires)"
    if hints.wait_until and hints.wait_until > now:
        yield f"no poll before {shown(hints.wait_until)} (Retry-After)"
    if hints.skip_hours:
        hours = ", ".join(str(hour) for hour in sorted(hints.skip_hours))
        yield f"no polls in the hours {hours} UTC (skipHours)"
    if hints.skip_days:
        yield f"no polls on {', '.join(_DAYS[day % 7] for day in sorted(hints.skip_days))} (skipDays)"


def _validators(state: FeedState, now: datetime, settings: IngestSettings) -> str:
    trust = state.trust
    untrue = f"; found untrue {trust.lies} times" if trust.lies else ""
    if trust.distrusted_until and now < trust.distrusted_until:
        return f"not sent until {shown(trust.distrusted_until)}{untrue}"
    if state.held:
        return f"not sent while an entry is held back{untrue}"
    if not (state.etag or state.last_modified):
        return f"its server gives none{untrue}"
    if trust.probing:
        return f"the old ones are sent once more, to see whether its server looks at them{untrue}"
    if validators(state, now=now, settings=settings) == Validators():
        return f'not sent at the next poll, in case "not modified" is not true any more{untrue}'
    doubted = doubt_at(state, settings)
    names = " and ".join(
        name for name, value in (("ETag", state.etag), ("Last-Modified", state.last_modified)) if value
    )
    return f"{names} sent and believed until {shown(doubted)}{untrue}"
