"""What sites do that mean well and do it right."""

from __future__ import annotations

import gzip
import zlib

from tests.behaviours.declared import Behaviour, Told
from tests.behaviours.documents import ATOM, article_page, feed, full, rest, short, xml
from tests.behaviours.server import SITE, Answer, always
from tests.ingest.documents import LONG, item, rss


def _conditions(told: Told, name: str) -> list[str]:
    """What requests said of the document that was known; now and then one says nothing, to try the server."""
    return [value for asked in told.asked() if (value := asked.header(name))]


def _etag(told: Told) -> None:
    assert told.asked()[0].header("if-none-match") is None
    assert set(_conditions(told, "if-none-match")) == {'"v1"'}


def _modified(told: Told) -> None:
    assert told.asked()[0].header("if-modified-since") is None
    assert set(_conditions(told, "if-modified-since")) == {"Sun, 01 Mar 2026 10:00:00 GMT"}


def _revised(told: Told) -> None:
    first, second = told.feed.articles
    assert first.id == second.id
    assert second.text.startswith("Corrected:")


def _from_page(told: Told) -> None:
    assert told.article.text_source == "page"
    assert told.article.text.startswith("This is the page of article 1.")
    assert told.article.summary == "A summary of what happened."


def _no_page(told: Told) -> None:
    assert told.article.text_source == "feed"
    assert not told.asked("/1")


def _introduces_itself(told: Told) -> None:
    agent = told.asked()[0].header("user-agent") or ""
    assert agent.startswith("Wirewatch/")
    assert not told.asked()[0].header("cookie")


def _moved(told: Told) -> None:
    assert told.feed.state
    assert told.feed.state.url == f"{told.site.url}/new"
    assert len(told.asked()) == 1
    assert told.events("feed.moved")


def _two_sightings(told: Told) -> None:
    one, two = told.feeds
    assert one.articles[0].id == two.articles[0].id
    assert one.articles[0].feed.id != two.articles[0].feed.id


def _atom_links(told: Told) -> None:
    assert told.article.url == f"{told.site.url}/world/1"


def _languages(told: Told) -> None:
    assert told.article.declared_lang == "fa"


def _everything(told: Told) -> None:
    article = told.article
    assert article.authors == ("Ann Author",)
    assert article.categories == ("World", "Water")
    assert article.image == f"{told.site.url}/1.jpg"
    assert article.published is not None


def _polled_new(told: Told) -> bool:
    return len(told.asked("/new")) >= 2


RICH = item(title="Title 1", link=f"{SITE}/1", content=LONG).replace(
    "</item>",
    "<author>Ann Author</author><category>World</category><category>Water</category>"
    f"<enclosure url='{SITE}/1.jpg' type='image/jpeg' length='1'/></item>",
)

_ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="{SITE}/world/">
<title>Atom</title><id>urn:x</id><updated>2026-03-01T10:00:00Z</updated><entry><title>Title 1</title>
<id>urn:1</id><link href="1"/><updated>2026-03-01T10:00:00Z</updated>
<content type="html">{LONG}</content></entry></feed>"""

_RDF = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="{SITE}/"><title>RDF</title></channel>
<item rdf:about="{SITE}/1"><title>Title 1</title><link>{SITE}/1</link><dc:creator>Ann Author</dc:creator>
<dc:date>2026-03-01T10:00:00Z</dc:date><content:encoded>{LONG}</content:encoded></item></rdf:RDF>"""

GOOD = (
    Behaviour(
        name="plain-rss",
        kind="good",
        server="serves an RSS feed with whole articles",
        wirewatch="publishes each entry once, however often it is polled",
        routes=rest(feed(full(1), full(2))),
        titles=("Title 1", "Title 2"),
        polls=3,
    ),
    Behaviour(
        name="atom",
        kind="good",
        server="serves Atom with xml:base and a relative link",
        wirewatch="resolves the link against xml:base",
        routes=rest(xml(_ATOM, kind=ATOM)),
        titles=("Title 1",),
        check=_atom_links,
    ),
    Behaviour(
        name="rdf",
        kind="good",
        server="serves RSS 1.0 (RDF) with Dublin Core",
        wirewatch="reads it as any other feed",
        routes=rest(xml(_RDF, kind="application/rdf+xml")),
        titles=("Title 1",),
    ),
    Behaviour(
        name="rich-entry",
        kind="good",
        server="gives author, categories and an image",
        wirewatch="keeps all of them",
        routes=rest(feed(RICH)),
        titles=("Title 1",),
        check=_everything,
    ),
    Behaviour(
        name="etag",
        kind="good",
        server="answers 304 to its ETag",
        wirewatch="asks with If-None-Match and publishes nothing again",
        routes=rest(feed(full(1), etag='"v1"')),
        titles=("Title 1",),
        until=lambda told: len(_conditions(told, "if-none-match")) > 1,
        check=_etag,
    ),
    Behaviour(
        name="last-modified",
        kind="good",
        server="answers 304 to its Last-Modified",
        wirewatch="asks with If-Modified-Since, letter for letter what it was given",
        routes=rest(feed(full(1), modified="Sun, 01 Mar 2026 10:00:00 GMT")),
        titles=("Title 1",),
        until=lambda told: len(_conditions(told, "if-modified-since")) > 1,
        check=_modified,
    ),
    Behaviour(
        name="no-validators",
        kind="good",
        server="sends the same document again, with neither ETag nor Last-Modified",
        wirewatch="knows the body by its hash and does not read it again",
        routes=rest(feed(full(1))),
        titles=("Title 1",),
        polls=4,
    ),
    Behaviour(
        name="new-entries",
        kind="good",
        server="adds an entry at each of three polls",
        wirewatch="publishes each as it comes",
        routes=rest(feed(full(1)), feed(full(2), full(1)), feed(full(3), full(2), full(1))),
        titles=("Title 1", "Title 2", "Title 3"),
        polls=4,
    ),
    Behaviour(
        name="edited-entry",
        kind="good",
        server="corrects the text of an entry",
        wirewatch="publishes it again under the same id",
        routes=rest(feed(full(1)), feed(full(1, "Corrected: " + LONG))),
        titles=("Title 1", "Title 1"),
        polls=4,
        check=_revised,
    ),
    Behaviour(
        name="gzip",
        kind="good",
        server="compresses the feed with gzip",
        wirewatch="unpacks it",
        routes=rest(
            Answer(
                body=rss(full(1)),
                encode=gzip.compress,
                headers=(("Content-Encoding", "gzip"),),
                kind="application/rss+xml",
            )
        ),
        titles=("Title 1",),
    ),
    Behaviour(
        name="deflate",
        kind="good",
        server="compresses the feed with deflate",
        wirewatch="unpacks it",
        routes=rest(
            Answer(
                body=rss(full(1)),
                encode=zlib.compress,
                headers=(("Content-Encoding", "deflate"),),
                kind="application/rss+xml",
            )
        ),
        titles=("Title 1",),
    ),
    Behaviour(
        name="temporary-redirect",
        kind="good",
        server="redirects with 302 and 307",
        wirewatch="follows, and asks the old address again next time",
        routes=rest(Answer(status=302, headers=(("Location", "/next"),)))
        | {
            "/next": always(Answer(status=307, headers=(("Location", f"{SITE}/new"),))),
            "/new": always(feed(full(1))),
        },
        titles=("Title 1",),
        polls=3,
    ),
    Behaviour(
        name="permanent-redirect",
        kind="good",
        server="redirects with 301 to its new address",
        wirewatch="moves there, says so, and gives no article a new id",
        routes=rest(Answer(status=301, headers=(("Location", "/new"),))) | {"/new": always(feed(full(1)))},
        titles=("Title 1",),
        polls=1,
        until=_polled_new,
        check=_moved,
    ),
    Behaviour(
        name="permanent-redirect-308",
        kind="good",
        server="redirects with 308 to its new address",
        wirewatch="moves there as with 301",
        routes=rest(Answer(status=308, headers=(("Location", "/new"),))) | {"/new": always(feed(full(1)))},
        titles=("Title 1",),
        polls=1,
        until=_polled_new,
        check=_moved,
    ),
    Behaviour(
        name="summary-and-page",
        kind="good",
        server="gives a summary, and the article on its page",
        wirewatch="fetches the page and publishes its text",
        routes=rest(feed(short(1))) | {"/1": always(article_page())},
        titles=("Title 1",),
        check=_from_page,
    ),
    Behaviour(
        name="full-text",
        kind="good",
        server="gives the whole text in content:encoded",
        wirewatch="fetches no page",
        routes=rest(feed(full(1))),
        titles=("Title 1",),
        check=_no_page,
    ),
    Behaviour(
        name="user-agent",
        kind="good",
        server="looks who asks",
        wirewatch="says its own name and sends no cookie",
        routes=rest(feed(full(1), Set_Cookie="track=1; Path=/")),
        titles=("Title 1",),
        polls=3,
        check=_introduces_itself,
    ),
    Behaviour(
        name="two-feeds",
        kind="good",
        server="shows one article in two of its feeds",
        wirewatch="publishes a sighting for each, under one id",
        routes=rest(feed(full(1))) | {"/sport": always(feed(full(1)))},
        feeds=("/feed", "/sport"),
        titles=("Title 1",),
        until=lambda told: bool(told.feeds[1].articles),
        check=_two_sightings,
    ),
    Behaviour(
        name="recovers",
        kind="good",
        server="is down at two polls and up again",
        wirewatch="tries again and forgets the failures",
        routes=rest(Answer(status=503), Answer(status=503), feed(full(1))),
        titles=("Title 1",),
        polls=4,
    ),
    Behaviour(
        name="persian",
        kind="good",
        server="writes from right to left",
        wirewatch="keeps text and language",
        routes=rest(xml(rss(item(title="خبر", content="وزیران در ژنو دیدار کردند. " * 40), language="fa"))),
        titles=("خبر",),
        check=_languages,
    ),
    Behaviour(
        name="many-pages",
        kind="good",
        server="brings forty articles at once, each on a page",
        wirewatch="fetches the pages a few at a time and publishes all",
        routes=rest(feed(*(short(number) for number in range(40)), etag='"1"'))
        | {f"/{number}": always(article_page(number)) for number in range(40)},
        titles=tuple(sorted(f"Title {number}" for number in range(40))),
        polls=2,
    ),
)
