"""A real server over a real embedded index, on a free port of loopback."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from lxml import html

from app.desks.articles import BusArticleDesk
from app.desks.feeds import BusFeedsDesk
from app.desks.pipeline import BusPipelineDesk
from app.desks.rates import Rates
from app.desks.searches import BusSearchesDesk
from bus.protocol import Bus
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from index.protocol import ArticleIndex
from runtime.clock import SystemClock
from runtime.health import Report
from runtime.metrics import Metrics
from runtime.settings import NotifySettings, WebSettings
from runtime.shutdown import Stop
from tests.index.articles import NOON
from tests.ingest.running import SETTINGS
from tests.web.articles import SOME
from web.app import create_app
from web.live.broadcast import Broadcast
from web.parts import Parts
from web.server import listen, serve

TOKEN = "the token of the tests"


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def tree(self) -> html.HtmlElement:
        return html.fromstring(self.text)

    def words(self, path: str) -> list[str]:
        """The text of each element at an XPath, spaces made one."""
        return [" ".join(each.text_content().split()) for each in self.tree.xpath(path)]


@dataclass(frozen=True, kw_only=True)
class Site:
    """Asks a server that is up. Redirects are answers."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, None, **headers)

    def with_token(self) -> Site:
        return replace(self, headers={**self.headers, "Authorization": f"Bearer {TOKEN}"})

    def send(self, method: str, path: str, body: bytes | None, **headers: str) -> Answer:
        """Header names with _ for -."""
        named = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        request = urllib.request.Request(self.url + path, body, named, method=method)  # noqa: S310
        opener = urllib.request.build_opener(_NoRedirects)
        try:
            with opener.open(request, timeout=60) as response:
                return Answer(status=response.status, headers=dict(response.headers), body=response.read())
        except urllib.error.HTTPError as error:
            return Answer(status=error.code, headers=dict(error.headers), body=error.read())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def settings_with(**changed: object) -> WebSettings:
    """Settings of a server on a free port, without a limit of requests."""
    return WebSettings.model_validate({"port": 0, "token": TOKEN, "rate": 0, **changed})


def serving(parts: Parts, settings: WebSettings) -> Iterator[Site]:
    """The server, from start to stop."""
    stop, opened = Stop(), listen(settings)
    site = Site(url=f"http://127.0.0.1:{opened.getsockname()[1]}")
    thread = threading.Thread(target=serve, args=(create_app(parts, settings), opened, stop), name="serve")
    thread.start()
    try:
        yield site
    finally:
        stop.set()
        thread.join()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIndex]:
    """Holds `SOME` articles."""
    opened = EmbeddedIndex(tmp_path_factory.mktemp("web") / "index", recency_days=7.0)
    opened.write(SOME)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    """An empty bus of one machine."""
    opened = SqliteBus(tmp_path_factory.mktemp("web-bus") / "log.db", clock=SystemClock())
    yield opened
    opened.close()


@pytest.fixture
def fresh_bus(tmp_path: Path) -> Iterator[Bus]:
    """An empty bus for one test alone."""
    opened = SqliteBus(tmp_path / "log.db", clock=SystemClock())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def parts(index: EmbeddedIndex, bus: Bus) -> Parts:
    return parts_over(index, bus)


def parts_over(index: ArticleIndex, bus: Bus, *, arrivals: Broadcast | None = None) -> Parts:
    return Parts(
        index=lambda: index,
        now=lambda: NOON,
        articles=BusArticleDesk(bus, index=lambda: index, now=lambda: NOON),
        feeds=BusFeedsDesk(bus, SETTINGS, now=lambda: NOON),
        pipeline=BusPipelineDesk(
            bus,
            kind="the log of the tests",
            marks=False,
            rates=Rates(),
            open_index=lambda: nullcontext(index),
            now=lambda: NOON,
        ),
        searches=BusSearchesDesk(bus, NotifySettings(allow_hosts=("127.0.0.1",)), now=lambda: NOON),
        arrivals=arrivals or Broadcast(),
        metrics=Metrics(),
        live=lambda: Report(ok=True, stages={"serve": "going on"}),
        ready=lambda: Report(ok=False, stages={"serve": "stopping"}),
    )


@pytest.fixture(scope="module")
def site(parts: Parts) -> Iterator[Site]:
    """Reading is open, as on a person's own machine."""
    yield from serving(parts, settings_with())


@pytest.fixture(scope="module")
def program(site: Site) -> Site:
    """The same server, asked with the token, as programs do: it may write."""
    return site.with_token()
