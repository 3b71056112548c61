"""A web site on loopback whose answers the tests set: a real server, at the one border that ingest has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`etag` makes conditional requests end in 304; `hold` keeps the connection and never answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "text/html; charset=utf-8"
    etag: str = ""
    hold: bool = False


@dataclass(frozen=True, kw_only=True)
class Request:
    path: str
    headers: dict[str, str]


@dataclass(kw_only=True)
class Site:
    url: str
    answers: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)
    """Set when a request is being held."""
    closing: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str, answer: Answer | Callable[[], Answer]) -> str:
        """`path` answers so from now on; its URL."""
        self.answers[path] = answer
        return self.url + path

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]


@contextmanager
def serving() -> Iterator[Site]:
    site = Site(url="")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.requests.append(Request(path=self.path, headers=dict(self.headers.items())))
            found = site.answers.get(self.path, Answer(status=404))
            answer = found() if callable(found) else found
            if answer.hold:
                site.held.set()
                site.closing.wait()
                self.close_connection = True
                return
            unchanged = answer.etag and self.headers.get("If-None-Match") == answer.etag
            body = b"" if unchanged else answer.body
            self.send_response(304 if unchanged else answer.status)
            self.send_header("Content-Type", answer.content_type)
            if answer.etag:
                self.send_header("ETag", answer.etag)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            if "Content-Length" in answer.headers:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are in `site.requests`."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is what some tests are about."""

    server = Server((HOST, 0), Handler)
    site.url = f"http://{HOST}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield site
    finally:
        site.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
