"""A feed on the host that grows while the check runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_TEXT = (
    "The city council of Lisbon met on Monday to discuss report {number}. Mayor Maria Silva said that the "
    "river Tagus had risen after days of rain, and that the Red Cross was asked to help in Belém."
)
_ENTRY = "<item><title>Report {number} from Lisbon</title><link>http://{host}/{number}</link>{body}</item>"


class GrowingFeed:
    """An RSS document with `count` entries, each with its full text."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.count = 0

    def document(self) -> bytes:
        entries = []
        for number in range(self.count):
            body = f"<description>{_TEXT.format(number=number) * 3}</description>"
            entries.append(_ENTRY.format(number=number, host=self.host, body=body))
        return f'<rss version="2.0"><channel><title>Check</title>{"".join(entries)}</channel></rss>'.encode()


@contextmanager
def growing_feed(name: str, port: int) -> Iterator[GrowingFeed]:
    """Serves the feed on all addresses of the host, which containers know as `name`."""
    feed = GrowingFeed(f"{name}:{port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = feed.document() if self.path == "/feed.xml" else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("0.0.0.0", port), Handler)  # noqa: S104 - containers come from the bridge
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield feed
    finally:
        server.shutdown()
        server.server_close()
