"""What flows between a feed's hub (WebSub, W3C Recommendation of 23 January 2018) and the feed's poller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from article.records import SCHEMA_VERSION, Time

HubStatus = Literal["asked", "live", "refused", "failed", "ending"]
HubCallKind = Literal["verified", "denied", "pushed"]


@dataclass(frozen=True, kw_only=True)
class FeedHub:
    """How a feed stands with its hub. Channel `wirewatch.feed-hubs`, key `id` (the feed's).

    `callback` is a hash of the callback's address, which is a secret. `again` is when something is to be
    done next: asking once more, or renewing. `expires` is the end of the lease that the hub has granted.
    `failures` counts in a row; `problem` is the line to show a person.
    """

    id: str
    hub: str
    topic_url: str
    callback: str
    status: HubStatus
    again: Time
    schema_version: int = SCHEMA_VERSION
    expires: Time | None = None
    failures: int = 0
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class HubCall:
    """What a hub told the callback of the feed `id`. Channel `wirewatch.hub-calls`, key `id` (the feed's).

    A hint: whoever polls the feed acts on it, and polling goes on where it is missed. `lease_seconds` comes
    with "verified", `reason` with "denied".
    """

    id: str
    kind: HubCallKind
    at: Time
    schema_version: int = SCHEMA_VERSION
    lease_seconds: int | None = None
    reason: str = ""
