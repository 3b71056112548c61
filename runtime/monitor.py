"""The port on which a process tells how it fares: /metrics, /health/live, /health/ready.

It answers from what is in memory, so that it never waits for a bus or an index. It is meant for the inside,
and stands what comes there by mistake: other methods and paths, clients that say nothing, many at once.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from article.errors import Busy
from runtime.clock import Clock
from runtime.health import Heartbeat, Report
from runtime.logging import get_logger
from runtime.metrics import CONTENT_TYPE, Metrics

_PATIENCE = 2.0  # seconds that a client may take
_AT_ONCE = 16  # clients; more are turned away

_Request = socket.socket | tuple[bytes, socket.socket]
Answer = tuple[HTTPStatus, str, bytes]


class Monitor:
    """Answers from when it is made until it is closed."""

    def __init__(self, listen: str, *, metrics: Metrics, life: Heartbeat, clock: Clock) -> None:
        """`listen` is "host:port", port 0 for any. Raises Busy where it is taken, or no address of ours."""

        def answer(path: str) -> Answer:
            now = clock.monotonic()
            if path == "/metrics":
                return HTTPStatus.OK, CONTENT_TYPE, metrics.page()
            if path in ("/health/live", "/health/ready"):
                return _reported(life.live(now) if path == "/health/live" else life.ready(now))
            return (
                HTTPStatus.NOT_FOUND,
                "text/plain; charset=utf-8",
                b"/metrics, /health/live or /health/ready\n",
            )

        host, _, port = listen.rpartition(":")
        try:
            self._server = _Server((host.strip("[]"), int(port)), answer)
        except OSError as error:
            raise Busy(
                listen,
                f"cannot be listened on: {error.strerror}",
                "set WIREWATCH_MONITOR__LISTEN to a free port",
            ) from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="monitor", daemon=True)
        self._thread.start()
        get_logger("run").info("monitor.listening", address=f"{host}:{self.port}")

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _reported(report: Report) -> Answer:
    status = HTTPStatus.OK if report.ok else HTTPStatus.SERVICE_UNAVAILABLE
    return status, "application/json", json.dumps(report.shown()).encode() + b"\n"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], answer: Callable[[str], Answer]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.answer = answer
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Without the base's look-up of the host's name, which may wait for a server of names."""
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request_thread(self, request: _Request, client_address: object) -> None:
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is not worth a line."""


class _Handler(BaseHTTPRequestHandler):
    timeout = _PATIENCE
    server: _Server

    def do_GET(self) -> None:
        status, content_type, body = self.server.answer(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command == "GET":
            with suppress(OSError):
                self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the base's name

    def version_string(self) -> str:
        return "wirewatch"

    def log_message(self, *_: object) -> None:
        """Scrapes are not events."""
