"""What pages and API need of saved searches and their webhooks; app has it over the bus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class NewSearch:
    """`query` is as in the search box: 'entity:"kb:hamas"' watches an entity by its id."""

    query: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class KeptWebhook:
    """`address` says where it leads, without path and query. `stopped` is why nothing is sent any more."""

    address: str
    created: datetime
    stopped: str


@dataclass(frozen=True, kw_only=True)
class KeptSearch:
    """`version` names what is kept, for whoever changes it."""

    id: str
    name: str
    query: str
    created: datetime
    changed: datetime
    version: str
    webhook: KeptWebhook | None


@dataclass(frozen=True, kw_only=True)
class NewWebhook:
    """An http(s) address that deliveries are sent to."""

    url: str


@dataclass(frozen=True, kw_only=True)
class MadeWebhook:
    """`secret` is told this once."""

    address: str
    secret: str


@dataclass(frozen=True, kw_only=True)
class Tested:
    """What became of a test; `problem` is empty where the receiver took it."""

    problem: str


class SearchesDesk(Protocol):
    """Raises BadInput for what cannot be kept, NotThere for what is not, Conflict for another version."""

    def searches(self) -> Sequence[KeptSearch]:
        """Sorted by name."""

    def search(self, id: str) -> KeptSearch: ...

    def save(self, new: NewSearch) -> KeptSearch: ...

    def change(self, id: str, new: NewSearch, *, version: str) -> None: ...

    def remove(self, id: str, *, version: str) -> None:
        """With its webhook and what waits for that."""

    def set_webhook(self, id: str, new: NewWebhook) -> MadeWebhook:
        """In the place of the one before, whose secret is void; what waits is sent to the new one."""

    def remove_webhook(self, id: str) -> None: ...

    def test_webhook(self, id: str) -> Tested:
        """Sends a test, and waits for the answer."""
