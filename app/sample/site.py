"""The sample site: a feed with summaries, and a page for each article with a site's usual clutter."""

from __future__ import annotations

import html
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from types import TracebackType

from article.errors import Busy

HOST = "127.0.0.1"
TITLE = "The Wirewatch Sample"


@dataclass(frozen=True, kw_only=True)
class SampleArticle:
    slug: str
    title: str
    category: str
    summary: str
    paragraphs: tuple[str, ...]
    published: datetime


def sample_articles() -> tuple[SampleArticle, ...]:
    """The articles, oldest first. A file holds a title, a category, a summary and paragraphs, a line each."""
    folder = resources.files("app.sample") / "articles"
    made = []
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        title, category, summary, *paragraphs = file.read_text("utf-8").strip().split("\n")
        day = datetime.strptime(file.name[:10], "%Y-%m-%d").replace(hour=9, tzinfo=UTC)
        slug = file.name.removesuffix(".txt")
        made.append(
            SampleArticle(
                slug=slug,
                title=title,
                category=category,
                summary=summary,
                paragraphs=tuple(paragraphs),
                published=day,
            )
        )
    return tuple(made)


def feed_url(port: int) -> str:
    return f"http://{HOST}:{port}/feed.xml"


class SampleSite:
    """Serves the site while it is entered. Raises Busy where the port is taken."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __enter__(self) -> SampleSite:
        try:
            self._server = ThreadingHTTPServer((HOST, self.port), _handler(_documents(self.port)))
        except OSError as error:
            raise Busy(
                f"port {self.port}",
                f"the sample feed cannot be served there: {error.strerror}",
                "stop the program that uses it, or set WIREWATCH_SAMPLE__PORT to a free port",
            ) from error
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="sample-site", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _documents(port: int) -> dict[str, tuple[str, bytes]]:
    """Path to content type and body."""
    articles = sample_articles()
    documents = {"/feed.xml": ("application/rss+xml; charset=utf-8", _feed(articles, port).encode())}
    for article in articles:
        documents[f"/{article.slug}"] = ("text/html; charset=utf-8", _page(article).encode())
    return documents


def _feed(articles: tuple[SampleArticle, ...], port: int) -> str:
    items = "".join(
        f"<item><title>{html.escape(each.title)}</title><link>http://{HOST}:{port}/{each.slug}</link>"
        f"<guid isPermaLink='false'>{each.slug}</guid><category>{each.category}</category>"
        f"<description>{html.escape(each.summary)}</description>"
        f"<pubDate>{format_datetime(each.published)}</pubDate></item>\n"
        for each in reversed(articles)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?>\n<rss version='2.0'><channel>"
        f"<title>{TITLE}</title><link>http://{HOST}:{port}/</link><language>en</language>"
        f"<description>Invented articles to try Wirewatch with</description>\n{items}</channel></rss>\n"
    )


def _page(article: SampleArticle) -> str:
    body = "\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in article.paragraphs)
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{html.escape(article.title)}</title>"
        f"<meta property='article:published_time' content='{article.published.isoformat()}'></head><body>"
        "<a href='#main'>skip to Main Content</a><nav><a href='/'>Home</a> <a href='/feed.xml'>Feed</a></nav>"
        f"<main id='main'><article><h1>{html.escape(article.title)}</h1>\n{body}\n</article></main>"
        "<footer><a href='#top'>Back To Top</a></footer></body></html>"
    )


def _handler(documents: dict[str, tuple[str, bytes]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, body = documents.get(self.path, ("text/plain", b"not found\n"))
            etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
            unchanged = self.headers.get("If-None-Match") == etag
            self.send_response(304 if unchanged else 200 if self.path in documents else 404)
            self.send_header("Content-Type", kind)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", "0" if unchanged else str(len(body)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the poller reports what it fetches."""

    return Handler
