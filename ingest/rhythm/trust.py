"""How far a server's word is taken: "not modified", "moved for good", "gone for good". Pure.

"Not modified" (304) is doubted when it is said for much longer than the feed's pace explains. Then the
document is asked for without validators. If it has changed, the next poll sends the old validators once
more: an honest server answers with the document, one that says "not modified" again has lied, and for some
time no validators are sent, so that the body's hash alone decides.

A permanent redirect moves the address that is polled, unless it looks like a site that answers so for
everything. A moved address that fails is tried in turn with the subscribed one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit

from article.observed import FeedTrust
from article.tables import FeedState, Subscription
from ingest.entry import Fetched
from ingest.rhythm.overlap import Overlap
from runtime.settings import IngestSettings

_ENTRIES_LATE = 10.0  # entries that should have come by the pace of a feed before its 304 is doubted
_LONGEST_DOUBT = 48  # times doubt_after: a day by default
_DISTRUST = timedelta(days=1)  # after the first lie; twice as long after each further one
_MOST_DOUBLINGS = 5
_MOVE_DOUBT = timedelta(days=7)
_FAILURES_TO_FALL_BACK = 3
_GONE = (404, 410)
_HOME = ("", "/")


@dataclass(frozen=True, kw_only=True)
class Validators:
    """What a request says of the document that is known already: ETag and Last-Modified."""

    etag: str | None = None
    last_modified: str | None = None


def validators(state: FeedState | None, *, now: datetime, settings: IngestSettings) -> Validators:
    """What to send. Nothing while an entry is held back, whose text must come again, and while in doubt."""
    if state is None or state.held or _is_distrusted(state, now) or _is_doubtful(state, now, settings):
        return Validators()
    return Validators(etag=state.etag, last_modified=state.last_modified)


def current_url(subscription: Subscription, state: FeedState | None) -> str:
    """Where to poll: the subscribed address, or where it has moved for good.

    While the new address fails, it and the subscribed one take turns: either may be the one that comes back.
    """
    if state is None or not state.url:
        return subscription.url
    turns = state.failures >= _FAILURES_TO_FALL_BACK or (state.failures and state.status in _GONE)
    return subscription.url if turns and state.failures % 2 else state.url


def is_stopped(subscription: Subscription, state: FeedState | None) -> bool:
    """Whether the feed is polled no more: it is gone for good, and nobody has resumed it since."""
    if state is None or not state.stopped:
        return False
    return not (subscription.resumed and state.polled and subscription.resumed > state.polled)


def stop_reason(subscription: Subscription, before: FeedState, fetched: Fetched) -> str:
    """Why the feed is polled no more after this answer; empty while it is. Source: RFC 9110 §15.5.11."""
    if fetched.status != 410 or current_url(subscription, before) != subscription.url:
        return ""
    return "its server says that it is gone for good (410)"


def answered(
    before: FeedState, fetched: Fetched, *, changed: bool, now: datetime
) -> tuple[Validators, FeedTrust]:
    """The validators to keep after a good answer, and what it makes of the trust.

    `changed` says whether its document had new or revised entries.
    """
    trust, kept = before.trust, Validators(etag=before.etag, last_modified=before.last_modified)
    if fetched.body_hash is None:  # 304
        if trust.probing:
            return Validators(), _caught(trust, now)
        given = Validators(
            etag=fetched.etag or kept.etag, last_modified=fetched.last_modified or kept.last_modified
        )
        return given, trust if trust.body_at else replace(trust, body_at=now)
    sound = kept != Validators() and not before.held and not trust.probing and not _is_distrusted(before, now)
    tried = sound and not fetched.conditional
    if tried and changed:
        # The old validators stay for one more poll, whose answer tells whether they were a lie.
        return kept, replace(trust, body_at=now, confirmed=0, probing=True)
    given = Validators(etag=fetched.etag, last_modified=fetched.last_modified)
    confirmed = 0 if changed else trust.confirmed + tried
    return given, replace(trust, body_at=now, confirmed=confirmed, probing=False)


def moved(
    subscription: Subscription, before: FeedState, fetched: Fetched, overlap: Overlap | None, now: datetime
) -> str | None:
    """Where to poll from now on, after a good answer: None for the subscribed address."""
    asked, to = current_url(subscription, before), fetched.moved_to
    if to == subscription.url:
        return None
    if to and _is_credible(asked, to) and not _is_move_doubted(before, now) and _is_same(before, overlap):
        return to
    return None if asked == subscription.url else before.url


def doubted(before: FeedState, url: str | None, trust: FeedTrust, now: datetime) -> FeedTrust:
    """`trust`, after a poll that led to `url`: an address that did not last is not moved to again soon."""
    if before.url and url is None and before.failures:
        return replace(trust, move_doubted_until=now + _MOVE_DOUBT)
    return trust


def doubt_at(state: FeedState, settings: IngestSettings) -> datetime | None:
    """From when on "not modified" is doubted; None where no body came yet."""
    if state.trust.body_at is None:
        return None
    least, most = settings.doubt_after, settings.doubt_after * _LONGEST_DOUBT
    late = 3600 * _ENTRIES_LATE / state.flow.pace if state.flow.pace > 0 else 0.0
    wait = min(most, max(least, late) * 2.0 ** min(state.trust.confirmed, 30))
    return state.trust.body_at + timedelta(seconds=wait)


def _caught(trust: FeedTrust, now: datetime) -> FeedTrust:
    """The server called a document unchanged that had been seen to change."""
    lies = trust.lies + 1
    until = now + _DISTRUST * (1 << min(lies - 1, _MOST_DOUBLINGS))
    return replace(trust, lies=lies, distrusted_until=until, probing=False)


def _is_doubtful(state: FeedState, now: datetime, settings: IngestSettings) -> bool:
    at = doubt_at(state, settings)
    return at is not None and now >= at and not state.trust.probing


def _is_distrusted(state: FeedState, now: datetime) -> bool:
    until = state.trust.distrusted_until
    return until is not None and now < until


def _is_move_doubted(state: FeedState, now: datetime) -> bool:
    until = state.trust.move_doubted_until
    return until is not None and now < until


def _is_credible(asked: str, to: str) -> bool:
    """Not a site's home page, which is where sites send whatever they no longer have; not out of TLS."""
    old, new = _parts(asked), _parts(to)
    if old is None or new is None or (old.scheme == "https" and new.scheme != "https"):
        return False
    return new.path not in _HOME or bool(new.query) or old.path in _HOME


def _is_same(before: FeedState, overlap: Overlap | None) -> bool:
    """Whether the answer can be the same feed: its first document, an unchanged one, or one that overlaps."""
    return overlap is None or overlap.before == 0 or overlap.shown > overlap.new or not before.document_at


def _parts(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None
