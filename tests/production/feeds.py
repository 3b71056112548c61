"""A loopback server of synthetic feeds, whose articles carry their whole text and can be corrected."""

from __future__ import annotations

import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from xml.sax.saxutils import escape

from article.identity import article_id

_PEOPLE = ("Amina Yusuf", "Jonas Weber", "Maria Santos", "Li Wei", "Omar Farouk", "Elena Petrova")
_PLACES = ("Kabul", "Nairobi", "Berlin", "Bogota", "Jakarta", "Odesa", "Lagos", "Lima")
_BODIES = ("United Nations", "World Bank", "Red Cross", "European Union", "African Union")
_DEEDS = (
    "{person} of the {body} arrived in {place} on Monday for talks about grain.",
    "Officials in {place} said that the {body} would send engineers to mend the bridges.",
    "The harvest around {place} failed for the second time, {person} told reporters.",
    "Voters in {place} go to the polls in June; the {body} will send observers.",
    "A strike closed the harbour of {place} for three days, and prices rose.",
    "{person} called on the {body} to open a field hospital outside {place}.",
)


class Feeds:
    """`count` feeds of `entries` articles each; `correct()` gives every tenth article a new title.

    Feeds of another seed have other articles.
    """

    def __init__(self, *, count: int, entries: int, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - texts that look alike and differ
        self._texts = [[self._text() for _ in range(entries)] for _ in range(count)]
        self._edition = 1
        self._seed = seed
        feeds = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = feeds.document(int(self.path.strip("/").removesuffix(".xml")))
                self.send_response(200)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def urls(self) -> list[str]:
        return [f"{self.url}/{number}.xml" for number in range(len(self._texts))]

    def opml(self) -> bytes:
        outlines = "".join(f'<outline type="rss" text="f" xmlUrl="{url}"/>' for url in self.urls())
        return f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()

    def correct(self) -> None:
        self._edition = 2

    def expected(self) -> dict[str, str]:
        """The title that the last revision of every article must have, by article id."""
        return {
            article_id(link=self._link(feed, entry), feed_url="", entry_id=None, title="", published=None):
            self._title(feed, entry)
            for feed, texts in enumerate(self._texts)
            for entry in range(len(texts))
        }  # fmt: skip

    def document(self, feed: int) -> bytes:
        items = "".join(
            f"<item><title>{escape(self._title(feed, entry))}</title><link>{self._link(feed, entry)}</link>"
            f"<guid>{feed}-{entry}</guid><description>{escape(text)}</description></item>"
            for entry, text in enumerate(self._texts[feed])
        )
        return f'<rss version="2.0"><channel><title>Feed {feed}</title>{items}</channel></rss>'.encode()

    def __enter__(self) -> Feeds:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _text(self) -> str:
        sentences = self._chance.sample(_DEEDS, 3)
        return " ".join(
            sentence.format(
                person=self._chance.choice(_PEOPLE),
                place=self._chance.choice(_PLACES),
                body=self._chance.choice(_BODIES),
            )
            for sentence in sentences
        )

    def _title(self, feed: int, entry: int) -> str:
        corrected = self._edition == 2 and entry % 10 == 0
        return f"News {feed}-{entry}" + (", corrected" if corrected else "")

    def _link(self, feed: int, entry: int) -> str:
        return f"https://news.test/{self._seed}/{feed}/{entry}"
