"""The page and the API as a part of a process: what they stand on, wired from the settings."""

from __future__ import annotations

import threading
from contextlib import ExitStack, closing, nullcontext
from typing import TYPE_CHECKING
from urllib.parse import quote

from app.wiring import bus_kind, open_index
from article.errors import BadConfiguration, Unavailable
from runtime.clock import SystemClock
from runtime.settings import Settings, WebSettings
from runtime.shutdown import Stop

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from bus.protocol import Bus
    from index.protocol import ArticleIndex
    from runtime.health import Heartbeat
    from runtime.metrics import Metrics


class LateIndex:
    """The index, opened for reading at the first search after it was made, and kept open."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._index: ArticleIndex | None = None

    def __call__(self) -> ArticleIndex:
        """Raises Unavailable while there is no index that can be searched."""
        with self._lock:
            if self._index is None:
                try:
                    self._index = open_index(self._settings, read_only=True)
                except BadConfiguration as error:
                    raise Unavailable(
                        "the index", f"cannot be searched yet: {error}", "it may not have been made yet"
                    ) from error
            return self._index

    def close(self) -> None:
        with self._lock:
            if self._index is not None:
                self._index.close()


def web_stage(
    settings: Settings,
    bus: Bus,
    stop: Stop,
    held: ExitStack,
    *,
    writer: ArticleIndex | None,
    metrics: Metrics,
    life: Heartbeat,
) -> Callable[[], None]:
    """What the thread that serves runs. Raises Busy where the port is taken, BadConfiguration where
    strangers would be served without a login.

    `writer` is the index as this process writes it, if it does: nobody else could then.
    """
    from web.server import listen

    web = settings.web.with_kept_token(settings.data_dir)
    opened: socket.socket = listen(web)
    held.callback(opened.close)
    index = LateIndex(settings)
    held.callback(index.close)

    def serve_pages() -> None:
        from app.arrivals import follow_arrivals
        from app.desks.articles import BusArticleDesk
        from app.desks.feeds import BusFeedsDesk
        from app.desks.pipeline import BusPipelineDesk
        from app.desks.rates import Rates, watch_rates
        from app.desks.searches import BusSearchesDesk
        from web.app import create_app
        from web.live.broadcast import Broadcast
        from web.parts import Parts
        from web.server import serve

        clock, rates, arrivals = SystemClock(), Rates(), Broadcast()
        arrivals.watch = metrics.web_streams.set
        pipeline = BusPipelineDesk(
            bus,
            kind=bus_kind(settings),
            marks=bool(settings.bus.kafka.bootstrap_servers),
            rates=rates,
            open_index=lambda: closing(open_index(settings)) if writer is None else nullcontext(writer),
            now=clock.now,
        )
        parts = Parts(
            index=index,
            now=clock.now,
            articles=BusArticleDesk(bus, index=index, now=clock.now),
            feeds=BusFeedsDesk(bus, settings.ingest, now=clock.now),
            pipeline=pipeline,
            searches=BusSearchesDesk(bus, settings.notify, now=clock.now),
            arrivals=arrivals,
            metrics=metrics,
            live=lambda: life.live(clock.monotonic()),
            ready=lambda: life.ready(clock.monotonic()),
        )
        metrics.going("serve")
        watching = threading.Thread(
            target=watch_rates, args=(pipeline.look, rates), kwargs={"stop": stop}, name="rates"
        )
        following = threading.Thread(
            target=follow_arrivals, args=(bus, arrivals), kwargs={"stop": stop}, name="arrivals"
        )
        watching.start()
        following.start()
        serve(create_app(parts, web), opened, stop)
        watching.join()
        following.join()

    return serve_pages


def address_of(web: WebSettings) -> str:
    """Where people on this machine, or through the proxy, find the page."""
    if web.public_url:
        return web.public_url.rstrip("/")
    host = web.host if web.local else "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{web.port}"


def shown_token(settings: Settings) -> str:
    """The token for programs and a link for people. Raises BadConfiguration where there is none."""
    web = settings.web.with_kept_token(settings.data_dir)
    token = web.token.get_secret_value()
    if not token:
        raise BadConfiguration(
            "setting web.token", "is not set", "set WIREWATCH_WEB__TOKEN, or let the proxy log in"
        )
    return f"token    {token}\nlog in   {address_of(web)}/login?token={quote(token, safe='')}\n"
