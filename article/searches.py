"""Saved searches, where their matches are delivered to, and the deliveries under way."""

from __future__ import annotations

from dataclasses import dataclass, field

from article.records import SCHEMA_VERSION, EntityType, FeedRef, Place, Time


@dataclass(frozen=True, kw_only=True)
class SavedSearch:
    """A search that somebody wants to hear of. Channel `wirewatch.searches`, key `id`.

    `query` is what is typed into the search box; 'entity:"kb:hamas"' watches an entity by its id.
    """

    id: str
    name: str
    query: str
    created: Time
    changed: Time
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Where the matches of the saved search `id` are sent. Channel `wirewatch.webhooks`, key `id`.

    A channel of its own, because the secret is in it: who reads saved searches need not read this. `secret`
    is "whsec_" and base64 of the key that deliveries are signed with. Articles written from `created` on are
    delivered. `stopped` says why nothing is sent any more, and is empty while it is.
    """

    id: str
    url: str
    created: Time
    secret: str = field(repr=False)
    schema_version: int = SCHEMA_VERSION
    stopped: str = ""


@dataclass(frozen=True, kw_only=True)
class MatchedEntity:
    type: EntityType
    name: str
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class MatchedTopic:
    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Matched:
    """What is told of an article where its text would be too much: in webhooks and in the live view.

    `summary` is the beginning of the article's summary or text; `entities` are the most salient ones.
    """

    id: str
    revision: int
    title: str
    url: str | None
    feed: FeedRef
    published: Time | None
    first_seen: Time
    lang: str | None = None
    summary: str = ""
    entities: tuple[MatchedEntity, ...] = ()
    topics: tuple[MatchedTopic, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A match that is to be delivered. Channel `wirewatch.deliveries`, key = article id.

    `id` is the same at every try: one for a revision of an article and a search, whose `name` it had then.
    """

    id: str
    search: str
    name: str
    matched: Time
    article: Matched
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A delivery that is not done, after `attempts` tries; the next is at `due`.

    `partition` and `offset` are its place in the channel, `since` is when it was taken from there. `problem`
    is what went wrong last.
    """

    delivery: Delivery
    partition: int
    offset: int
    since: Time
    due: Time
    attempts: int = 0
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class WaitingRow:
    """The deliveries of an article that are not done. Channel `wirewatch.deliveries-waiting`, key `id`."""

    id: str
    waiting: tuple[Waiting, ...]
    schema_version: int = SCHEMA_VERSION
