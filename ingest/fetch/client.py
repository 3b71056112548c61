"""The one HTTP client: bounded, polite, and closed to private networks.

    async with Fetcher(settings.ingest) as fetcher:
        response = await fetcher.get("https://example.org/feed", etag=state.etag)

A request for a page minds the site's wishes (manners); every request waits for its turn at the host (slots),
gets a session (http_sessions), follows redirects one by one (http_target), and reads the body within its
bounds (http_body, http_budget, unpack). Whatever goes wrong is a FetchFailed that names the URL (without
credentials), the reason and what to do (http_errors).
"""

from __future__ import annotations

import asyncio
import ssl
import weakref
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver
from yarl import URL

from ingest.fetch.body import Limit, TooLarge, read_body
from ingest.fetch.budget import Budget
from ingest.fetch.errors import Silence, failure, redirects, refused, unusable
from ingest.fetch.manners import Manners
from ingest.fetch.response import Response, clean, headers_of
from ingest.fetch.robots import READ
from ingest.fetch.sessions import Sessions
from ingest.fetch.slots import Slots
from ingest.fetch.target import Target, is_downgrade, redirected, target
from runtime.settings import IngestSettings

ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/feed+json;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_KEEP_METHOD = frozenset((307, 308))
_REMEMBERED = 10_000  # addresses whose answers come from another host

Gate = Callable[[Target], Awaitable[None]]
"""What a request must pass before each hop: raises FetchFailed, or waits."""


@dataclass(frozen=True, kw_only=True)
class _Question:
    """What is asked, of whichever address the redirects lead to."""

    asked: str
    method: str = hdrs.METH_GET
    accept: str = "*/*"
    conditions: Mapping[str, str]
    form: Mapping[str, str] | None = None
    limit: Limit
    gate: Gate | None = None


@dataclass(frozen=True, kw_only=True)
class _Redirect:
    status: int
    location: str


@dataclass(kw_only=True)
class _Way:
    """How far a question has come: where it is, and how many seconds are left for the rest of the way."""

    here: Target
    left: float
    moved_to: str | None = None
    seen: set[URL] = field(default_factory=set)
    permanent: bool = True

    def follow(self, redirect: _Redirect, asked: str) -> None:
        """A move that gives up encryption is followed, but not for good: the next time begins encrypted."""
        there = _usable(redirected(self.here, redirect.location), asked)
        self.seen.add(self.here.url)
        if there.url in self.seen:
            raise redirects(asked, "in a circle")
        self.permanent = (
            self.permanent and redirect.status in _PERMANENT and not is_downgrade(self.here, there)
        )
        self.moved_to = there.text if self.permanent else self.moved_to
        self.here = there


class Fetcher:
    """At most `concurrency` requests at once and `per_host` to one host; others wait their turn."""

    def __init__(self, settings: IngestSettings, *, resolver: AbstractResolver | None = None) -> None:
        self._settings = settings
        self._slots = Slots(total=settings.concurrency, per_key=settings.per_host)
        self._sessions = Sessions(settings, resolver)
        self._budget = Budget(settings.max_bodies)
        self._limit = Limit(size=settings.max_body)
        self._manners = Manners(self._robots, settings, is_own=self._sessions.is_allowed)
        self._answering: dict[str, str] = {}  # address asked -> the other host that its answers come from

    async def __aenter__(self) -> Self:
        await self._sessions.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sessions.__aexit__(kind, error, trace)

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = "*/*",
    ) -> Response:
        """The answer to a conditional GET. Raises FetchFailed for anything that is neither 2xx nor 304.

        The body counts as memory in use until the Response is let go.
        """
        conditions: dict[str, str] = {}
        if etag:
            conditions[hdrs.IF_NONE_MATCH] = etag
        if last_modified:
            conditions[hdrs.IF_MODIFIED_SINCE] = last_modified
        gate = self._manners.before_feed if self._settings.feed_delay else None
        return await self._ask(
            _Question(asked=url, accept=accept, conditions=conditions, limit=self._limit, gate=gate)
        )

    async def page(self, url: str) -> Response:
        """An article's page, if its site allows that, at the pace that the site wants. Raises FetchFailed."""
        return await self._ask(
            _Question(
                asked=url,
                accept=ACCEPT_PAGE,
                conditions={},
                limit=self._limit,
                gate=self._manners.before_page,
            )
        )

    async def _robots(self, url: str) -> Response:
        return await self._ask(_Question(asked=url, conditions={}, limit=READ))

    async def post(self, url: str, form: Mapping[str, str]) -> Response:
        """The answer to a form (RFC 1866 §8.2.1). Raises FetchFailed for anything that is not 2xx.

        Only redirects that keep the method are followed (307, 308).
        """
        return await self._ask(
            _Question(asked=url, method=hdrs.METH_POST, conditions={}, form=form, limit=self._limit)
        )

    async def _ask(self, question: _Question) -> Response:
        first = _usable(question.asked, question.asked)
        answering = self._answering.get(question.asked, first.host)
        way = _Way(here=first, left=self._settings.total_timeout)
        loop = asyncio.get_running_loop()
        for _ in range(self._settings.max_redirects + 1):
            if question.gate:
                await question.gate(way.here)
            async with self._slots.hold(way.here.host):
                start = loop.time()
                answer = await self._hop(question, way, conditional=way.here.host == answering)
                way.left = max(0.001, way.left - (loop.time() - start))
            if isinstance(answer, Response):
                self._remember(question.asked, first, way.here)
                return answer
            way.follow(answer, question.asked)
        raise redirects(question.asked, f"more than {self._settings.max_redirects} times")

    async def _hop(self, question: _Question, way: _Way, *, conditional: bool) -> Response | _Redirect:
        headers: dict[str, str] = {hdrs.ACCEPT: question.accept}
        if conditional:
            headers.update(question.conditions)
        end = asyncio.get_running_loop().time() + way.left
        # Until an answer begins the deadline is that of the first byte, if that is the nearer one.
        is_silent = way.left > self._settings.first_byte_timeout
        try:
            session = await self._sessions.to(way.here)
            async with (
                asyncio.timeout(min(way.left, self._settings.first_byte_timeout)) as deadline,
                session.request(
                    question.method, way.here.url, headers=headers, data=question.form, allow_redirects=False
                ) as response,
            ):
                status = response.status
                if status == 304 and conditional and question.conditions:
                    return _response(response, way)
                if status in (_REDIRECTS if question.form is None else _KEEP_METHOD):
                    location = response.headers.get(hdrs.LOCATION)
                    if location:
                        return _Redirect(status=status, location=location)
                if not 200 <= status < 300 or status == 206:  # 206: a part, which nobody asked for
                    failed = refused(question.asked, response)
                    self._manners.heard(way.here, failed)
                    raise failed
                is_silent = False
                deadline.reschedule(end)
                return await self._read(question, way, response, deadline)
        except (aiohttp.ClientError, OSError, ssl.SSLError, ValueError, TimeoutError, TooLarge) as error:
            told = Silence() if is_silent and type(error) is TimeoutError else error
            raise failure(question.asked, way.here.host, told, self._settings) from error

    async def _read(
        self, question: _Question, way: _Way, response: aiohttp.ClientResponse, deadline: asyncio.Timeout
    ) -> Response:
        share = self._budget.share()
        try:
            body = await read_body(response, limit=question.limit, share=share, deadline=deadline)
            answer = _response(response, way, body)
        except BaseException:
            share.give_back()
            raise
        weakref.finalize(answer, share.give_back).atexit = False
        return answer

    def _remember(self, asked: str, first: Target, last: Target) -> None:
        """Validators are for the host that gave them: another one's could be the same by chance."""
        if first.host == last.host:
            self._answering.pop(asked, None)
        else:
            if len(self._answering) >= _REMEMBERED:
                self._answering.clear()
            self._answering[asked] = last.host


def _usable(url: str, asked: str) -> Target:
    found = target(url)
    if not found:
        raise unusable(url, asked)
    return found


def _response(response: aiohttp.ClientResponse, way: _Way, body: bytes = b"") -> Response:
    headers = response.headers
    return Response(
        url=str(response.url),
        status=response.status,
        body=body,
        content_type=clean(headers.get(hdrs.CONTENT_TYPE)),
        etag=clean(headers.get(hdrs.ETAG)),
        last_modified=clean(headers.get(hdrs.LAST_MODIFIED)),
        moved_to=way.moved_to,
        headers=headers_of(response),
    )
