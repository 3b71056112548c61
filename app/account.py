"""What became of one article: everything that channels, tables and index still know about it, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from app.passage import Event, died, judged, remembered, revised, seen
from app.sightings import Sighting, sightings
from article.codec import decode
from article.errors import BadConfiguration, BadRecord, Unavailable
from article.identity import article_id, canonical_url
from article.records import EnrichedArticle, RawArticle
from article.tables import FeedState, Known, Subscription
from bus.channels import DEAD, ENRICHED, KNOWN, RAW
from bus.protocol import Bus, Message
from index.protocol import ArticleIndex
from ingest.lists.duplicates import loose_key

Record = TypeVar("Record", RawArticle, EnrichedArticle)

Standing = tuple[Subscription, FeedState | None]


@dataclass(frozen=True, kw_only=True)
class Account:
    """`outcome` in a sentence; `revision` and `indexed` are the latest in the stream and in the index.

    `feeds` are those that remember having shown the article. `watched` are, where it was never seen, the
    feeds that one would expect it from: the one at this address, or those of its site. `index_problem` says
    why the index could not be asked.
    """

    id: str
    outcome: str
    events: tuple[Event, ...] = ()
    feeds: tuple[Sighting, ...] = ()
    watched: tuple[Standing, ...] = ()
    revision: int | None = None
    indexed: int | None = None
    index_problem: str = ""

    @property
    def is_unknown(self) -> bool:
        return not (self.events or self.feeds or self.revision or self.indexed)


def id_of(url_or_id: str) -> str:
    """The article's id: of a URL the one that its address gives, anything else as it is."""
    if canonical_url(url_or_id) is None:
        return url_or_id
    return article_id(link=url_or_id, feed_url="", entry_id=None, title="", published=None)


def account_of(article: str, bus: Bus, index: ArticleIndex | None) -> Account:
    """Asks the bus, and the index where there is one."""
    raw, enriched = list(bus.history(RAW, article)), list(bus.history(ENRICHED, article))
    dead = list(bus.history(DEAD, article))
    known = _known(bus, article)
    feeds = sightings(bus, article)
    indexed, problem = _indexed(article, index)
    given_up = {message.value for message in dead}  # what never got as far as a decision
    articles = _readable(RawArticle, [message for message in raw if message.value not in given_up])
    revisions = _readable(EnrichedArticle, enriched)
    events = (
        *([remembered(known)] if known and not revisions else ()),
        *map(seen, raw),
        *map(revised, enriched),
        *judged(articles, revisions, known),
        *map(died, dead),
    )
    kept = max((each.revision for each in revisions), default=None)
    return Account(
        id=article,
        outcome=_outcome(
            waits=bool(raw), in_feeds=bool(feeds), died=bool(dead), kept=kept, known=known, indexed=indexed
        ),
        events=tuple(sorted(events, key=lambda event: event.time)),
        feeds=feeds,
        revision=kept or (known.revision if known else None),
        indexed=indexed,
        index_problem=problem,
    )


def expected_from(
    account: Account, url: str, feeds: Sequence[tuple[Subscription, FeedState | None]]
) -> Account:
    """The account of an address that no feed has shown, with the watched feeds that could have."""
    itself = [each for each in feeds if loose_key(each[0].url) == loose_key(url)]
    host = _host(url)
    watched = itself or [each for each in feeds if host and _is_one_site(host, _host(each[0].url))]
    outcome = account.outcome
    if itself:
        outcome = "no article but a feed that is watched"
    elif watched:
        outcome = f"never seen; {len(watched)} of the watched feeds are of {host}"
    return replace(account, outcome=outcome, watched=tuple(watched))


def _host(url: str) -> str:
    canonical = canonical_url(url) or ""
    return canonical.partition("://")[2].partition("/")[0].rpartition("@")[2].removeprefix("www.")


def _is_one_site(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _known(bus: Bus, article: str) -> Known | None:
    value = bus.table(KNOWN).get([article]).get(article)
    try:
        return decode(Known, value) if value else None
    except BadRecord:
        return None


def _indexed(article: str, index: ArticleIndex | None) -> tuple[int | None, str]:
    if index is None:
        return None, "there is no index yet"
    try:
        found = index.get(article)
    except (Unavailable, BadConfiguration) as error:
        return None, str(error)
    return (found.revision if found else None), ""


def _readable(kind: type[Record], messages: Sequence[Message]) -> list[Record]:
    found = []
    for message in messages:
        try:
            found.append(decode(kind, message.value or b""))
        except BadRecord:
            continue  # the event that tells of the message says so
    return found


def _outcome(
    *, waits: bool, in_feeds: bool, died: bool, kept: int | None, known: Known | None, indexed: int | None
) -> str:
    """`kept` is the latest revision that the stream still has."""
    revision = kept or (known.revision if known else None)
    if revision is not None and indexed is not None and indexed >= revision:
        return f"published and searchable as revision {indexed}"
    if died:
        return "given up; see `wirewatch dead list`"
    if kept is not None:
        return f"published as revision {kept}, which is not in the index yet"
    if known or indexed:
        where = f"searchable as revision {indexed}" if indexed else f"published as revision {revision}"
        return f"{where}; the stream does not keep it any more"
    if in_feeds and not waits:
        return "shown by a feed; nothing else is known of it any more"
    return "seen, and waits for enrichment" if waits else "never seen in a feed that is watched"
