"""The searches desk: saved searches and webhooks over their tables."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from app.desks.tables import OpenTables
from app.watching import version_of
from article.codec import decode
from article.errors import BadRecord, Conflict
from article.searches import SavedSearch, Webhook
from bus.channels import SEARCHES, WEBHOOKS
from bus.protocol import Bus
from notify.receivers import Request
from notify.searches import (
    checked_name,
    checked_query,
    new_search,
    new_webhook,
    removal,
    search_record,
    shown_url,
    webhook_record,
)
from notify.sender import send_once
from notify.signing import signed_headers, trial_body
from runtime.settings import NotifySettings
from web.errors import NotThere
from web.searches.desk import KeptSearch, KeptWebhook, MadeWebhook, NewSearch, NewWebhook, Tested


class BusSearchesDesk:
    """A `web.searches.desk.SearchesDesk`."""

    def __init__(self, bus: Bus, settings: NotifySettings, *, now: Callable[[], datetime]) -> None:
        self._bus = bus
        self._settings = settings
        self._now = now
        self._tables = OpenTables(bus)

    def searches(self) -> Sequence[KeptSearch]:
        hooks = self._tables.all(WEBHOOKS)
        kept = [_kept(value, hooks.get(id)) for id, value in self._tables.all(SEARCHES).items()]
        return sorted((each for each in kept if each), key=lambda each: (each.name.casefold(), each.id))

    def search(self, id: str) -> KeptSearch:
        kept = _kept(self._seen(id), self._tables.get(WEBHOOKS, [id]).get(id))
        if kept is None:
            raise NotThere(id, "cannot be read", "another version has saved it: remove it, or upgrade")
        return kept

    def save(self, new: NewSearch) -> KeptSearch:
        search = new_search(new.name, new.query, now=self._now())
        record = search_record(search)
        self._bus.publish([record])
        return _shown(search, None, record.value or b"")

    def change(self, id: str, new: NewSearch, *, version: str) -> None:
        seen = self._seen(id, version)
        changed = replace(
            decode(SavedSearch, seen),
            name=checked_name(new.name, new.query),
            query=checked_query(new.query),
            changed=self._now(),
        )
        self._bus.replace(search_record(changed), seen=seen)

    def remove(self, id: str, *, version: str) -> None:
        self._bus.replace(removal(SEARCHES, id), seen=self._seen(id, version))
        self._bus.publish([removal(WEBHOOKS, id)])  # without its search it does nothing in the meantime

    def set_webhook(self, id: str, new: NewWebhook) -> MadeWebhook:
        self._seen(id)
        hook = new_webhook(id, new.url, now=self._now())
        self._bus.publish([webhook_record(hook, now=hook.created)])
        return MadeWebhook(address=shown_url(hook.url), secret=hook.secret)

    def remove_webhook(self, id: str) -> None:
        self._hook(id)
        self._bus.publish([removal(WEBHOOKS, id)])

    def test_webhook(self, id: str) -> Tested:
        search, hook, now = self.search(id), self._hook(id), self._now()
        body = trial_body(id, search.name, now=now)
        headers = signed_headers(hook.secret, f"test-{secrets.token_hex(8)}", body, now=now)
        answer = send_once(Request(url=hook.url, headers=headers, body=body), self._settings)
        return Tested(problem="" if answer.good else f"the receiver {answer.told()}")

    def _seen(self, id: str, version: str | None = None) -> bytes:
        value = self._tables.get(SEARCHES, [id]).get(id)
        if value is None:
            raise NotThere(id, "no search is saved under this id", "see the list of saved searches")
        if version is not None and version_of(value) != version:
            raise Conflict(id, "was changed by somebody else meanwhile", "look at it again, then change it")
        return value

    def _hook(self, id: str) -> Webhook:
        value = self._tables.get(WEBHOOKS, [id]).get(id)
        hook = _read(value)
        if hook is None:
            raise NotThere(id, "this search has no webhook", "set one first")
        return hook


def _read(value: bytes | None) -> Webhook | None:
    try:
        return decode(Webhook, value) if value is not None else None
    except BadRecord:
        return None


def _kept(value: bytes, hook: bytes | None) -> KeptSearch | None:
    """None where it cannot be read."""
    try:
        search = decode(SavedSearch, value)
    except BadRecord:
        return None
    return _shown(search, _read(hook), value)


def _shown(search: SavedSearch, hook: Webhook | None, value: bytes) -> KeptSearch:
    return KeptSearch(
        id=search.id,
        name=search.name,
        query=search.query,
        created=search.created,
        changed=search.changed,
        version=version_of(value),
        webhook=KeptWebhook(address=shown_url(hook.url), created=hook.created, stopped=hook.stopped)
        if hook
        else None,
    )
