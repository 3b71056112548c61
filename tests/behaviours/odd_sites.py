"""Sites that answer oddly: statuses, redirects, broken connections, pages that are none."""

from __future__ import annotations

from tests.behaviours.declared import Behaviour, Told
from tests.behaviours.documents import RSS, article_page, feed, full, rest, xml
from tests.behaviours.server import Answer, always, raw, then
from tests.ingest.documents import rss

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def _logs_in(told: Told) -> None:
    assert told.asked()[0].header("authorization") == "Basic bWU6czNjcmV0"
    assert "s3cret" not in str(told.log)
    assert "s3cret" not in told.article.feed.url


def _stays(told: Told) -> None:
    assert told.feed.state
    assert told.feed.state.url is None
    assert len(told.asked()) >= 3


def _status(code: int, server: str, wirewatch: str, says: str = "") -> Behaviour:
    return Behaviour(
        name=f"status-{code}",
        kind="odd",
        server=server,
        wirewatch=wirewatch,
        routes=rest(Answer(status=code)),
        problem=says or f"answers with status {code}",
    )


ODD_SITES = (
    _status(204, "answers 204, no content", "says that the feed is empty", says="is empty"),
    _status(401, "wants a login", "says so, and where to write it", says="needs credentials"),
    _status(403, "refuses programs", "says so, and what one can do", says="the site refuses programs"),
    _status(404, "has no such feed", "says so, and tries again ever later"),
    _status(429, "wants fewer requests", "says so, and waits longer each time", says="wants fewer requests"),
    _status(500, "fails at every request", "says so, and tries again ever later"),
    _status(503, "is overloaded", "says so, and tries again ever later"),
    Behaviour(
        name="login-in-url",
        kind="odd",
        server="wants the login that stands in the feed's address",
        wirewatch="logs in, and shows the password nowhere",
        routes=rest(feed(full(1))),
        login="me:s3cret@",
        titles=("Title 1",),
        check=_logs_in,
    ),
    Behaviour(
        name="fails-between",
        kind="odd",
        server="fails at every other request",
        wirewatch="loses nothing, and publishes nothing twice",
        routes={
            "/feed": then(
                feed(full(1)), Answer(status=500), feed(full(1), full(2)), Answer(status=502), feed(full(2))
            )
        },
        titles=("Title 1", "Title 2"),
        polls=6,
    ),
    Behaviour(
        name="permanent-then-temporary",
        kind="odd",
        server="redirects with 302 and then with 301",
        wirewatch="does not move: only permanent redirects from the start count",
        routes=rest(Answer(status=302, headers=(("Location", "/next"),)))
        | {
            "/next": always(Answer(status=301, headers=(("Location", "/new"),))),
            "/new": always(feed(full(1))),
        },
        titles=("Title 1",),
        polls=3,
        check=_stays,
    ),
    Behaviour(
        name="redirect-to-nothing",
        kind="odd",
        server="redirects with 301 to an address that does not exist",
        wirewatch="does not move, and says what is wrong",
        routes=rest(Answer(status=301, headers=(("Location", "/nothing"),))),
        problem="answers with status 404",
        polls=3,
        check=_stays,
    ),
    Behaviour(
        name="redirect-to-html",
        kind="odd",
        server="redirects with 301 to its home page",
        wirewatch="does not move to a page that is no feed",
        routes=rest(Answer(status=301, headers=(("Location", "/"),))) | {"/": always(article_page())},
        problem="is an HTML page, not a feed",
        polls=3,
        check=_stays,
    ),
    Behaviour(
        name="redirect-without-location",
        kind="odd",
        server="answers 302 without saying where to",
        wirewatch="says that it answers with status 302",
        routes=rest(Answer(status=302)),
        problem="answers with status 302",
    ),
    Behaviour(
        name="hangs-up",
        kind="odd",
        server="hangs up instead of answering",
        wirewatch="says that the answer broke off",
        routes=rest(raw()),
        problem="broke off",
    ),
    Behaviour(
        name="breaks-off",
        kind="odd",
        server="sends less than its Content-Length says",
        wirewatch="takes nothing of it, and tries again",
        routes=rest(raw(_HEAD + b"Content-Length: 100000\r\n\r\n", rss(full(1)))),
        problem="broke off",
    ),
    Behaviour(
        name="broken-chunks",
        kind="odd",
        server="sends a chunk whose size is no number",
        wirewatch="says so, and tries again",
        routes=rest(raw(_CHUNKED, b"zz\r\n", rss(full(1)))),
        problem="answer",
    ),
    Behaviour(
        name="small-chunks",
        kind="odd",
        server="sends its feed in chunks of one byte",
        wirewatch="reads it",
        routes=rest(raw(_CHUNKED, *(b"1\r\n%c\r\n" % byte for byte in rss(full(1))), b"0\r\n\r\n")),
        titles=("Title 1",),
    ),
    Behaviour(
        name="until-close",
        kind="odd",
        server="ends its answer by hanging up, as HTTP/1.0 does",
        wirewatch="reads it",
        routes=rest(raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n", rss(full(1)))),
        titles=("Title 1",),
    ),
    Behaviour(
        name="not-http",
        kind="odd",
        server="greets like a mail server",
        wirewatch="says that this is not HTTP",
        routes=rest(raw(b"220 mail.example ESMTP ready\r\n")),
        problem="is not HTTP",
    ),
    Behaviour(
        name="latin-1-headers",
        kind="odd",
        server="has letters in its headers that no header may have",
        wirewatch="reads the feed",
        routes=rest(xml(rss(full(1)), headers=(("X-Editor", "Zo\xeb"),))),
        titles=("Title 1",),
    ),
    Behaviour(
        name="304-at-first",
        kind="odd",
        server="answers 304 though nothing was asked for conditionally",
        wirewatch="says so, and asks again until there is a document",
        routes=rest(Answer(status=304), Answer(status=304), feed(full(1))),
        titles=("Title 1",),
        polls=4,
    ),
    Behaviour(
        name="etag-per-request",
        kind="odd",
        server="gives a new ETag at each poll for the same document",
        wirewatch="knows the body by its hash",
        routes={"/feed": lambda request: feed(full(1), etag=f'"{request.count}"')},
        titles=("Title 1",),
        polls=4,
    ),
    Behaviour(
        name="etag-that-lies",
        kind="odd",
        server="keeps its ETag when the document changes, and answers 200 all the same",
        wirewatch="reads the new document",
        routes=rest(
            *(
                Answer(body=rss(*entries), kind=RSS, headers=(("ETag", '"same"'),))
                for entries in ((full(1),), (full(1), full(2)))
            )
        ),
        titles=("Title 1", "Title 2"),
        polls=3,
    ),
)
