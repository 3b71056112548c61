"""A receiver of webhooks on loopback, and the stage that sends to it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import cast

from article.codec import decode, encode
from article.records import EnrichedArticle
from article.searches import SavedSearch, WaitingRow, Webhook
from bus.channels import DEAD, ENRICHED, SEARCHES, WAITING, WEBHOOKS
from bus.envelope import Letter, letter_of
from bus.protocol import Bus, Record
from notify.delivering import run_delivering
from notify.matching import run_matching
from notify.searches import new_search, new_webhook, search_record, webhook_record
from runtime.clock import SystemClock
from runtime.metrics import Metrics
from runtime.settings import NotifySettings, Settings
from runtime.shutdown import Stop

SECONDS = 60.0
NOW = SystemClock().now()
QUICK = NotifySettings(allow_hosts=("127.0.0.1",), retry_seconds=0.05, max_retry_seconds=0.2)

Answers = Callable[["Heard"], tuple[int, Mapping[str, str]]]


@dataclass(frozen=True, kw_only=True)
class Heard:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def article(self) -> Mapping[str, object]:
        data = cast("Mapping[str, Mapping[str, Mapping[str, object]]]", json.loads(self.body))
        return data["data"]["article"]

    @property
    def title(self) -> str:
        return str(self.article["title"])

    def is_signed_with(self, secret: str) -> bool:
        """By the specification, not by the code under test."""
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        key = base64.b64decode(secret.partition("_")[2])
        code = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return self.headers["webhook-signature"].split() == [f"v1,{code}"]


def ok(_: Heard) -> tuple[int, Mapping[str, str]]:
    return 204, {}


class Receiver:
    """Answers as `answer` says, which a test may change."""

    def __init__(self, answer: Answers = ok, *, port: int = 0) -> None:
        self.answer = answer
        self.heard: list[Heard] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard = Heard(path=self.path, headers=dict(self.headers), body=body)
                status, headers = receiver.answer(heard)
                receiver.heard.append(heard)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook?key=hidden"

    def __enter__(self) -> Receiver:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def titles(self) -> list[str]:
        return sorted(heard.title for heard in self.heard)


def hooked(bus: Bus, query: str, url: str) -> tuple[SavedSearch, Webhook]:
    """A saved search with a webhook, written."""
    search = new_search("", query, now=NOW)
    hook = new_webhook(search.id, url, now=NOW)
    bus.publish([search_record(search), webhook_record(hook, now=NOW)])
    return search, hook


def enriched(*articles: EnrichedArticle) -> list[Record]:
    return [Record(channel=ENRICHED, key=each.id, value=encode(each)) for each in articles]


@contextmanager
def running(bus: Bus, settings: NotifySettings = QUICK) -> Iterator[Metrics]:
    """Both halves of the stage, from start to stop."""
    stop, metrics, failed = Stop(), Metrics(), list[BaseException]()
    whole = Settings(notify=settings)

    def guarded(stage: Callable[..., None]) -> None:
        try:
            stage(bus, settings=whole, clock=SystemClock(), metrics=metrics, stop=stop)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=guarded, args=(each,)) for each in (run_matching, run_delivering)]
    for thread in threads:
        thread.start()
    try:
        yield metrics
    finally:
        stop.set()
        for thread in threads:
            thread.join(SECONDS)
        assert not failed
        assert not any(thread.is_alive() for thread in threads)


def wait_for(done: Callable[[], object]) -> None:
    waited = threading.Event()
    for _ in range(int(SECONDS / 0.02)):
        if done():
            return
        waited.wait(0.02)
    raise AssertionError("waited in vain")


def waiting_rows(bus: Bus) -> list[WaitingRow]:
    return [decode(WaitingRow, value) for _, value in bus.table(WAITING).items()]


def hook_of(bus: Bus, search: SavedSearch) -> Webhook:
    return decode(Webhook, bus.table(WEBHOOKS).get([search.id])[search.id])


def letters(bus: Bus) -> list[Letter]:
    reader = bus.reader(DEAD, from_start=True, until_now=True)
    found: list[Letter] = []
    while messages := reader.poll(0):
        found += map(letter_of, messages)
    reader.close()
    return found


def forgotten(search: SavedSearch) -> list[Record]:
    return [Record(channel=channel, key=search.id, value=None) for channel in (SEARCHES, WEBHOOKS)]
