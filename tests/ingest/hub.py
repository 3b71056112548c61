"""A hub on loopback, written by hand: it confirms, pushes and misbehaves as the tests tell it."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.ingest.site import HOST

CHALLENGE = "so it is & <b>true</b>"


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        port: int = one.getsockname()[1]
        return port


@dataclass(frozen=True, kw_only=True)
class Said:
    status: int
    body: bytes
    headers: dict[str, str]


def ask(url: str, query: dict[str, str]) -> Said:
    """A question to the callback, with the query's names as `hub.…`."""
    return _said(url + "?" + urlencode({f"hub.{name}": value for name, value in query.items()}))


def send(url: str, body: bytes, headers: dict[str, str] | None = None) -> Said:
    """A push to the callback."""
    return _said(url, body, headers)


def _said(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Said:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(
            "GET" if body is None else "POST", f"{parts.path}?{parts.query}".rstrip("?"), body, headers or {}
        )
        response: HTTPResponse = connection.getresponse()
        return Said(status=response.status, body=response.read(), headers=dict(response.getheaders()))
    finally:
        connection.close()


def signature(body: bytes, secret: str, method: str = "sha256") -> dict[str, str]:
    code = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    return {"X-Hub-Signature": f"{method}={code}"}


@dataclass(kw_only=True)
class Hub:
    """`status` is what it answers to requests; `confirms` whether it comes back to confirm them."""

    url: str = ""
    status: int = 202
    confirms: bool = True
    lease: str = "86400"
    requests: list[dict[str, str]] = field(default_factory=list)
    confirmed: list[tuple[str, Said]] = field(default_factory=list)

    def asked(self, mode: str) -> list[dict[str, str]]:
        return [form for form in self.requests if form["hub.mode"] == mode]

    def confirm(self, form: dict[str, str], **changed: str) -> Said:
        query = {
            "mode": form["hub.mode"],
            "topic": form["hub.topic"],
            "challenge": CHALLENGE,
            "lease_seconds": self.lease,
        }
        return ask(form["hub.callback"], query | changed)

    def push(self, body: bytes = b"whatever", *, form: dict[str, str] | None = None) -> Said:
        """To the last subscriber, or to the one that asked so."""
        form = form or self.asked("subscribe")[-1]
        return send(form["hub.callback"], body, signature(body, form["hub.secret"]))


@contextmanager
def hub_serving() -> Iterator[Hub]:
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            form = {name: values[0] for name, values in parse_qs(data.decode()).items()}
            hub.requests.append(form)
            if hub.confirms and hub.status < 300:  # before it answers, as some hubs do
                hub.confirmed.append((form["hub.mode"], hub.confirm(form)))
            self.send_response(hub.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are in `hub.requests`."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    hub.url = f"http://{HOST}:{server.server_address[1]}/hub"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
