"""Saved searches and webhooks as they are now, followed from their channels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from article.codec import decode
from article.errors import BadRecord
from article.searches import SavedSearch, Webhook
from bus.channels import SEARCHES, WEBHOOKS, Channel
from bus.protocol import Bus

Row = TypeVar("Row", SavedSearch, Webhook)


class Followed(Generic[Row]):
    """One table of few rows, whole in memory. Used by one thread."""

    def __init__(self, bus: Bus, channel: Channel, kind: type[Row]) -> None:
        self._kind: type[Row] = kind
        self._held = ExitStack()
        self._reader = self._held.enter_context(closing(bus.reader(channel, from_start=True)))
        self.rows: dict[str, Row] = {}

    def refresh(self) -> None:
        """Take in what was written since. Raises Unavailable while the bus is away."""
        while messages := self._reader.poll(0):
            for message in messages:
                self.rows.pop(message.key, None)
                try:
                    if message.value is not None:
                        self.rows[message.key] = decode(self._kind, message.value)
                except BadRecord:
                    continue  # another program's; what cannot be read is not there

    def close(self) -> None:
        self._held.close()


class LiveHooks(Protocol):
    def refresh(self) -> None: ...

    def live(self) -> Iterator[tuple[SavedSearch, Webhook]]:
        """The webhooks that are sent to, each with its search."""


class Hooks:
    """The webhooks that are sent to, each with its search."""

    def __init__(self, bus: Bus) -> None:
        self._searches = Followed(bus, SEARCHES, SavedSearch)
        self._hooks = Followed(bus, WEBHOOKS, Webhook)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._searches.close()
        self._hooks.close()

    def refresh(self) -> None:
        self._searches.refresh()
        self._hooks.refresh()

    def get(self, search: str) -> Webhook | None:
        """The webhook, stopped or not; None where it, or its search, was removed."""
        return self._hooks.rows.get(search) if search in self._searches.rows else None

    def put(self, hook: Webhook) -> None:
        """What this process knows first and is about to write."""
        self._hooks.rows[hook.id] = hook

    def live(self) -> Iterator[tuple[SavedSearch, Webhook]]:
        for id, hook in self._hooks.rows.items():
            search = self._searches.rows.get(id)
            if search is not None and not hook.stopped:
                yield search, hook
