"""How a feed stands after a poll: what its state becomes, and when it is polled next. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from article.observed import FeedHints
from article.tables import FeedState, Subscription
from ingest.entry import Fetched, ParsedFeed
from ingest.formats.moment import is_absurd
from ingest.notes import bounded
from ingest.rhythm.freshness import clock_skew, fresh_for, retry_at
from ingest.rhythm.overlap import Overlap, read
from ingest.rhythm.schedule import plan, retry
from ingest.rhythm.trust import answered, doubted, moved, stop_reason
from runtime.settings import IngestSettings

_LONGEST_FORMAT = 60  # characters


def after_answer(
    subscription: Subscription,
    before: FeedState,
    fetched: Fetched,
    *,
    overlap: Overlap | None,
    changed: bool,
    now: datetime,
    settings: IngestSettings,
    draw: float,
) -> FeedState:
    """After a poll that went well. `overlap` is None where the document is that of the time before.

    `changed` says whether the document had new or revised entries.
    """
    validators, trust = answered(before, fetched, changed=changed, now=now)
    url = moved(subscription, before, fetched, overlap, now)
    parsed, flow = fetched.parsed, before.flow
    if parsed is not None and overlap is not None:
        dates = [entry.published for entry in parsed.entries]
        flow = read(flow, overlap, dates=dates, since=before.succeeded, now=now)
    hints = _hints(before.hints, fetched, now)
    planned = plan(flow=flow, hints=hints, before=before.interval, now=now, settings=settings, draw=draw)
    state = before.but(
        url=url,
        etag=validators.etag,
        last_modified=validators.last_modified,
        body_hash=fetched.body_hash or before.body_hash,
        polled=now,
        succeeded=now,
        next_poll=planned.next_poll,
        interval=planned.interval,
        reason=planned.reason,
        failures=0,
        failing_since=None,
        stopped="",
        status=fetched.status,
        problem="",
        hints=hints,
        flow=flow,
        trust=doubted(before, url, trust, now),
    )
    return _with_document(state, subscription, fetched, parsed, now) if parsed is not None else state


def after_failure(
    subscription: Subscription,
    before: FeedState,
    fetched: Fetched,
    *,
    now: datetime,
    settings: IngestSettings,
    draw: float,
) -> FeedState:
    """After a poll that failed: what was known of the feed stays, and it is tried again unless it is gone."""
    failures = before.failures + 1
    wait_until = retry_at(fetched.retry_after, date=fetched.date, now=now)
    planned = retry(failures=failures, wait_until=wait_until, now=now, settings=settings, draw=draw)
    stopped = stop_reason(subscription, before, fetched)
    return before.but(
        polled=now,
        next_poll=None if stopped else planned.next_poll,
        reason=planned.reason,
        failures=failures,
        failing_since=before.failing_since or now,
        stopped=stopped,
        status=fetched.status,
        problem=bounded((fetched.problem, "failed"))[0],
        hints=replace(before.hints, wait_until=wait_until),
    )


def _with_document(
    state: FeedState, subscription: Subscription, fetched: Fetched, parsed: ParsedFeed, now: datetime
) -> FeedState:
    kind = parsed.format[:_LONGEST_FORMAT]
    became_another = bool(state.format and kind and kind != state.format)
    return state.but(
        title=parsed.title or state.title or subscription.title,
        document_at=now,
        format=kind or state.format,
        format_before=state.format if became_another else state.format_before,
        format_changed=now if became_another else state.format_changed,
        skew=clock_skew(fetched.date, now=now),
        future=sum(
            entry.published is not None and is_absurd(entry.published, now) for entry in parsed.entries
        ),
    )


def _hints(before: FeedHints, fetched: Fetched, now: datetime) -> FeedHints:
    """What the feed asks for now. An answer without caching headers or a document leaves what was said."""
    fresh = fresh_for(
        cache_control=fetched.cache_control, expires=fetched.expires, date=fetched.date, now=now
    )
    wait_until = retry_at(fetched.retry_after, date=fetched.date, now=now)
    if fetched.parsed is None:
        fresh = before.fresh if fresh is None else fresh
        same = (fresh, wait_until) == (before.fresh, before.wait_until)
        return before if same else replace(before, fresh=fresh, wait_until=wait_until)
    told = fetched.parsed.hints
    return FeedHints(
        fresh=fresh or 0.0,
        ttl=max(0.0, 60 * (told.ttl or 0.0), told.update_interval or 0.0),
        skip_hours=told.skip_hours,
        skip_days=told.skip_days,
        wait_until=wait_until,
    )
