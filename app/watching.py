"""Changing what is watched, for the commands and the page: no change of somebody else is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from article.codec import decode
from article.errors import BadInput, Conflict
from article.tables import Subscription
from bus.channels import FEEDS
from bus.protocol import Bus
from ingest.lists.adding import Adder
from ingest.lists.duplicates import Match
from ingest.lists.listed import ListedFeed
from ingest.lists.subscriptions import added, removed, subscription
from ingest.urls import without_credentials


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """What became of a list of feeds: `bad` were left out; `said` has a line for each that needs a word."""

    new: int
    known: int
    bad: int
    said: tuple[str, ...]


def version_of(value: bytes) -> str:
    """Names what a feed's record holds, so that a form can say which it was filled in from."""
    return blake2b(value, digest_size=8).hexdigest()


def change_feed(
    bus: Bus,
    id: str,
    change: Callable[[Subscription], Subscription],
    *,
    now: datetime,
    version: str | None = None,
) -> Subscription:
    """What is watched now. Raises Conflict where the feed is gone, or no longer as it was in `version`."""
    value = _seen(bus, id, version)
    changed = change(decode(Subscription, value))
    bus.replace(added(changed, now=now), seen=value)
    return changed


def remove_feed(bus: Bus, id: str, *, version: str | None = None) -> None:
    """Raises Conflict as `change_feed` does."""
    bus.replace(removed(id), seen=_seen(bus, id, version))


def add_feed(bus: Bus, feed: Subscription, *, now: datetime, force: bool = False) -> Match | None:
    """None where it is added now, otherwise the one that is watched already."""
    match = Adder(bus, now=now).find(feed)
    if match and (match.certain or not force):
        return match
    try:
        bus.replace(added(feed, now=now), seen=None)
    except Conflict:  # added by somebody else in this moment
        return Match(feed=feed, certain=True)
    return None


def take_in(
    bus: Bus,
    listed: Sequence[ListedFeed],
    *,
    now: datetime,
    force: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> TakenIn:
    """Watch every feed of a list, some hundred in one go."""
    adder = Adder(bus, now=now, force=force)
    new = known = bad = 0
    said: list[str] = []
    for done, each in enumerate(listed):
        progress(done)
        try:
            feed = subscription(each.url, title=each.title, category=each.category, now=now)
        except BadInput as error:
            said.append(f"{each.where}: {error}")
            bad += 1
            continue
        match = adder.add(feed)
        new += match is None
        known += match is not None
        if match and match.feed.url != feed.url:
            said.append(
                f"{each.where}: {already(feed, match, way_out='if it is another feed, add it alone')}"
            )
    adder.flush()
    return TakenIn(new=new, known=known, bad=bad, said=tuple(said))


def already(feed: Subscription, match: Match, *, way_out: str) -> str:
    """The line for a feed that is watched; `way_out` for one that only looks like it."""
    url, watched = without_credentials(feed.url), without_credentials(match.feed.url)
    if url == watched:
        return f"already watched: {url}"
    return f"already watched as {watched}: {url}" + ("" if match.certain else f"; {way_out}")


def _seen(bus: Bus, id: str, version: str | None) -> bytes:
    value = bus.table(FEEDS).get([id]).get(id)
    if value is None:
        raise Conflict(id, "is not watched any more", "add it again if it should be")
    if version is not None and version_of(value) != version:
        raise Conflict(id, "was changed by somebody else meanwhile", "look at it again, then change it")
    return value
