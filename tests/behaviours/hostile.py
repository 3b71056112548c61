"""Sites that mean harm, or do it."""

from __future__ import annotations

from ingest.formats.text import MAX_TITLE, one_line
from tests.behaviours.declared import Behaviour, Told
from tests.behaviours.documents import RSS, feed, full, rest, short, xml
from tests.behaviours.server import Answer, Reply, always, dripping, endless, silent
from tests.ingest.documents import LONG, item, page, rss

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n"
_BILLION = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha ha ha ha ha ha ha ha ha ha ">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
<!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;"><!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;">]>"""
_OUTSIDE = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def _to(location: str) -> Answer:
    return Answer(status=302, headers=(("Location", location),))


def _fails(name: str, server: str, wirewatch: str, reply: Reply, problem: str) -> Behaviour:
    return Behaviour(
        name=name,
        kind="hostile",
        server=server,
        wirewatch=wirewatch,
        routes=rest(reply) | {"/loop": always(_to("/feed"))},
        problem=problem,
        polls=1,
    )


def _no_entity(told: Told) -> None:
    assert all("root:" not in article.text + article.title for article in told.feed.articles)
    assert sum(len(article.text) for article in told.feed.articles) < 100_000


def _is_small(told: Told) -> None:
    assert len(told.article.title) <= MAX_TITLE
    assert all(len(note) <= 300 for note in told.article.notes)


def _has_summary(told: Told) -> None:
    assert told.article.text == "A summary of what happened."
    assert any(note.startswith("page:") for note in told.article.notes)


def _nothing_dangerous(told: Told) -> None:
    for article in told.feed.articles:
        assert article.url is None or article.url.startswith("http")


def _no_cookie(told: Told) -> None:
    assert not any(request.header("cookie") for request in told.asked())


def _one_line(told: Told) -> None:
    assert all(chr(code) not in told.article.title for code in (0x202E, 0x2066, 0x1B, 0x0A))


HOSTILE = (
    _fails(
        "redirect-to-loopback",
        "redirects to a name of this machine",
        "refuses the connection: the address is private",
        _to("http://localhost:1/"),
        "private or reserved address",
    ),
    _fails(
        "redirect-to-metadata",
        "redirects to the address where clouds keep secrets",
        "refuses the connection: the address is private",
        _to("http://169.254.169.254/latest/meta-data/"),
        "private or reserved address",
    ),
    _fails(
        "redirect-to-number",
        "redirects to 127.0.0.1, written as one number",
        "refuses the connection: the address is private",
        _to("http://2130706433:1/"),
        "after a redirect to 2130706433",
    ),
    _fails(
        "redirect-to-mapped-address",
        "redirects to 10.0.0.1, written as an IPv6 address",
        "refuses the connection: the address is private",
        _to("http://[::ffff:10.0.0.1]/"),
        "private or reserved address",
    ),
    _fails(
        "redirect-to-file",
        "redirects to file:///etc/passwd",
        "refuses: only http and https are followed",
        _to("file:///etc/passwd"),
        "is not an http or https address",
    ),
    _fails(
        "redirect-loop",
        "redirects in a circle",
        "stops when it comes to where it was, and says so",
        _to("/loop"),
        "redirects in a circle",
    ),
    _fails(
        "confusing-host",
        "redirects to an address that parsers read differently",
        "refuses it",
        _to("http://news.test\\@127.0.0.1/"),
        "is not an http or https address",
    ),
    _fails(
        "endless-body",
        "sends a document that does not end",
        "hangs up after 2 MB, the limit that is set",
        endless(_HEAD, b"<item>" * 10_000),
        "is larger than",
    ),
    _fails(
        "not-gzip",
        "says gzip and sends something else",
        "says that it cannot be decompressed",
        Answer(body=b"not gzip", kind=RSS, headers=(("Content-Encoding", "gzip"),)),
        "decompressed",
    ),
    _fails(
        "slow-drip",
        "sends a byte at a time for ever",
        "hangs up when the time for one response is over",
        dripping(_HEAD, b" ", seconds=0.2),
        "no complete answer within",
    ),
    _fails(
        "silent",
        "takes the request and says nothing",
        "hangs up when the time is over",
        silent(),
        "within",
    ),
    _fails(
        "endless-headers",
        "sends headers that do not end",
        "hangs up",
        endless(b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 1000 + b"\r\n"),
        "is not HTTP",
    ),
    Behaviour(
        name="entity-bomb",
        kind="hostile",
        server="defines XML entities that become gigabytes",
        wirewatch="expands none of them",
        routes=rest(
            xml(
                _BILLION
                + rss(item(title="Title 1", content="&g;"))
                .decode()
                .partition("?>")[2]
                .replace("&amp;g;", "&g;")
            )
        ),
        titles=("Title 1",),
        check=_no_entity,
    ),
    Behaviour(
        name="external-entity",
        kind="hostile",
        server="names a file of this machine as an XML entity",
        wirewatch="does not open it",
        routes=rest(
            xml(
                _OUTSIDE
                + rss(item(title="Title 1", content="&x; " + LONG))
                .decode()
                .partition("?>")[2]
                .replace("&amp;x;", "&x;")
            )
        ),
        titles=("Title 1",),
        check=_no_entity,
    ),
    Behaviour(
        name="deep-nesting",
        kind="hostile",
        server="nests a hundred thousand elements in an entry",
        wirewatch="reads what is there",
        routes=rest(feed(item(title="Title 1", content="<div>" * 100_000 + LONG))),
        titles=("Title 1",),
    ),
    Behaviour(
        name="deep-xml",
        kind="hostile",
        server="nests a hundred thousand XML elements",
        wirewatch="takes it for the feed's problem, and goes on with the others",
        routes=rest(xml(b"<rss><channel>" + b"<a>" * 100_000)),
        problem="nested elements",
    ),
    Behaviour(
        name="huge-title",
        kind="hostile",
        server="has a title of a megabyte",
        wirewatch="cuts it",
        routes=rest(feed(item(title="Long " * 200_000, content=LONG))),
        titles=(one_line("Long " * 200_000),),
        check=_is_small,
    ),
    Behaviour(
        name="binary",
        kind="hostile",
        server="sends random bytes as RSS",
        wirewatch="says that it is not XML",
        routes=rest(xml(bytes(range(256)) * 40)),
        problem="is not XML",
    ),
    Behaviour(
        name="script-links",
        kind="hostile",
        server="gives javascript: and data: addresses as links",
        wirewatch="takes them for no links",
        routes=rest(
            feed(
                item(title="Title 1", link="javascript:alert(1)", guid="1", content=LONG),
                item(
                    title="Title 2", link="data:text/html,<script>alert(1)</script>", guid="2", content=LONG
                ),
            )
        ),
        titles=("Title 1", "Title 2"),
        check=_nothing_dangerous,
    ),
    Behaviour(
        name="direction-marks",
        kind="hostile",
        server="hides marks in a title that turn its direction round",
        wirewatch="leaves them out",
        routes=rest(feed(item(title="Title \u202e\u20661", content=LONG))),
        titles=("Title 1",),
        check=_one_line,
    ),
    Behaviour(
        name="cookies",
        kind="hostile",
        server="sets cookies, many and large",
        wirewatch="sends none back",
        routes=rest(feed(full(1), Set_Cookie="id=" + "x" * 4000)),
        titles=("Title 1",),
        polls=3,
        check=_no_cookie,
    ),
    Behaviour(
        name="page-to-loopback",
        kind="hostile",
        server="redirects an article's page into this machine",
        wirewatch="refuses, and publishes the summary",
        routes=rest(feed(short(1))) | {"/1": always(_to("http://localhost:1/"))},
        titles=("Title 1",),
        check=_has_summary,
    ),
    Behaviour(
        name="page-endless",
        kind="hostile",
        server="sends a page that does not end",
        wirewatch="hangs up at the limit, and publishes the summary",
        routes=rest(feed(short(1), etag='"1"'))
        | {"/1": always(endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"<p>" * 10_000))},
        titles=("Title 1",),
        check=_has_summary,
    ),
    Behaviour(
        name="page-slow",
        kind="hostile",
        server="sends its page a byte at a time",
        wirewatch="hangs up when the time is over, and publishes the summary",
        routes=rest(feed(short(1), etag='"1"'))
        | {"/1": always(dripping(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b" ", seconds=0.2))},
        titles=("Title 1",),
        polls=1,
        check=_has_summary,
    ),
    Behaviour(
        name="page-full-of-markup",
        kind="hostile",
        server="shows a page of many elements and little text",
        wirewatch="gives it up, and publishes the summary",
        routes=rest(feed(short(1), etag='"1"')) | {"/1": always(Answer(body=page(*["x"] * 150_000)))},
        titles=("Title 1",),
        until=lambda told: bool(told.feed.articles),
    ),
)
