"""What sites ask of programs, how feeds come and go, and servers whose word cannot be taken."""

from __future__ import annotations

from collections.abc import Callable

from tests.behaviours.declared import Behaviour, Kind, Told, nothing_more
from tests.behaviours.documents import RSS, article_page, feed, full, rest, short, xml
from tests.behaviours.hub import Hub
from tests.behaviours.server import SITE, Answer, Route, always, endless, then
from tests.ingest.documents import rss
from tests.ingest.hub import CHALLENGE

_TEXT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
_MOVED = Answer(status=301, headers=(("Location", "/new"),))
_BACK = Answer(status=301, headers=(("Location", "/feed"),))


def _robots(text: str, *, status: int = 200) -> dict[str, Route]:
    return {"/robots.txt": always(Answer(body=text.encode(), kind="text/plain", status=status))}


def _heeds_ttl(told: Told) -> None:
    assert told.feed.state
    assert told.feed.state.hints.ttl == 3600


def _heeds_cache_control(told: Told) -> None:
    assert told.feed.state
    assert told.feed.state.hints.fresh > 500


def _leaves_page_alone(told: Told) -> None:
    assert not told.asked("/1")
    assert told.article.text_source == "feed"
    assert any("robots.txt" in note for note in told.article.notes)


def _reads_page(told: Told) -> None:
    assert told.article.text_source == "page"
    assert len(told.asked("/robots.txt")) == 1


def _keeps_its_distance(told: Told) -> None:
    assert len(told.asked("/1")) + len(told.asked("/2")) == 1
    assert sorted(article.text_source for article in told.feed.articles) == ["feed", "page"]
    assert told.feed.state
    assert told.feed.state.retry_at


def _is_back(told: Told) -> bool:
    state = told.feed.state
    return state is not None and state.url is None and len(told.asked("/new")) >= 2


def _stays(told: Told) -> None:
    assert told.feed.state
    assert told.feed.state.url is None


def _hub(
    name: str,
    kind: Kind,
    hub: Hub,
    *,
    server: str,
    wirewatch: str,
    check: Callable[[Told], None] = nothing_more,
) -> Behaviour:
    headers = (("Link", f'<{SITE}/hub>; rel="hub", <{SITE}/feed>; rel="self"'),)
    return Behaviour(
        name=name,
        kind=kind,
        server=server,
        wirewatch=wirewatch,
        routes=rest(Answer(body=rss(full(1)), kind=RSS, headers=headers)) | {"/hub": hub},
        titles=("Title 1",),
        until=lambda _: bool(hub.pushed if hub.status < 300 else hub.asked),
        check=check,
    )


_TRUE, _REFUSING, _FORGING = Hub(), Hub(status=403), Hub(forges=True)


def _is_pushed(told: Told) -> None:
    assert _TRUE.asked[0]["hub.topic"] == f"{told.site.url}/feed"
    assert (_TRUE.confirmed[0].status, _TRUE.confirmed[0].body.decode()) == (200, CHALLENGE)
    assert _TRUE.pushed[0].status == 202


MANNERS = (
    Behaviour(
        name="ttl",
        kind="good",
        server="says in its feed that it is made anew every 60 minutes (ttl)",
        wirewatch="polls no more often than that, inside its own limits",
        routes=rest(xml(rss(full(1)).replace(b"</title>", b"</title><ttl>60</ttl>", 1))),
        titles=("Title 1",),
        check=_heeds_ttl,
    ),
    Behaviour(
        name="cache-control",
        kind="good",
        server="says that its answer is good for ten minutes (Cache-Control)",
        wirewatch="polls no more often than that, inside its own limits",
        routes=rest(feed(full(1), Cache_Control="max-age=600")),
        titles=("Title 1",),
        check=_heeds_cache_control,
    ),
    Behaviour(
        name="robots-disallow",
        kind="good",
        server="disallows the article's page in its robots.txt",
        wirewatch="leaves the page alone, and publishes the summary",
        routes=rest(feed(short(1), etag='"1"'))
        | {"/1": always(article_page())}
        | _robots("User-agent: *\nDisallow: /1\n"),
        titles=("Title 1",),
        check=_leaves_page_alone,
    ),
    Behaviour(
        name="robots-for-us",
        kind="good",
        server="disallows everything to all but us in its robots.txt",
        wirewatch="finds the rules that are for it, asks for them once, and reads the page",
        routes=rest(feed(short(1), etag='"1"'))
        | {"/1": always(article_page())}
        | _robots("User-agent: *\nDisallow: /\n\nUser-agent: Wirewatch\nDisallow: /private\n"),
        titles=("Title 1",),
        check=_reads_page,
    ),
    Behaviour(
        name="robots-for-feed",
        kind="odd",
        server="disallows its own feed in its robots.txt",
        wirewatch="polls it: a person subscribed to it",
        routes=rest(feed(full(1))) | _robots("User-agent: *\nDisallow: /\n"),
        titles=("Title 1",),
    ),
    Behaviour(
        name="robots-fails",
        kind="odd",
        server="cannot give its robots.txt (503)",
        wirewatch="leaves the page alone for a while, and publishes the summary",
        routes=rest(feed(short(1), etag='"1"')) | {"/1": always(article_page())} | _robots("", status=503),
        titles=("Title 1",),
        check=_leaves_page_alone,
    ),
    Behaviour(
        name="robots-endless",
        kind="hostile",
        server="sends a robots.txt that does not end",
        wirewatch="reads the first 512 kB of it",
        routes=rest(feed(short(1), etag='"1"'))
        | {"/1": always(article_page()), "/robots.txt": always(endless(_TEXT, b"# nothing to see\n" * 1000))},
        titles=("Title 1",),
        check=_reads_page,
    ),
    Behaviour(
        name="crawl-delay",
        kind="good",
        server="wants an hour between two pages (Crawl-delay)",
        wirewatch="fetches one, publishes the other's summary, and tries its page again later",
        routes=rest(feed(short(1), short(2), etag='"1"'))
        | {"/1": always(article_page(1)), "/2": always(article_page(2))}
        | _robots("User-agent: *\nCrawl-delay: 3600\n"),
        titles=("Title 1", "Title 2"),
        check=_keeps_its_distance,
    ),
    Behaviour(
        name="moves-back",
        kind="odd",
        server="moves for good, and back again",
        wirewatch="follows both times",
        routes={
            "/feed": then(_MOVED, feed(full(1))),
            "/new": then(feed(full(1)), _BACK),
        },
        titles=("Title 1",),
        until=_is_back,
        check=_stays,
    ),
    Behaviour(
        name="304-for-ever",
        kind="odd",
        server="says 304 to whoever asks, with conditions or without",
        wirewatch="says so, and waits for a document",
        routes=rest(Answer(status=304)),
        problem="answers with status 304",
    ),
    _hub(
        "hub",
        "good",
        _TRUE,
        server="offers a hub that tells of news at once (WebSub)",
        wirewatch="subscribes, confirms it, and polls when it is told; what was pushed is not believed",
        check=_is_pushed,
    ),
    _hub(
        "hub-refuses",
        "odd",
        _REFUSING,
        server="offers a hub that refuses",
        wirewatch="polls as before",
    ),
    _hub(
        "hub-forged",
        "hostile",
        _FORGING,
        server="lets somebody push with a wrong signature",
        wirewatch="takes no notice",
    ),
)
