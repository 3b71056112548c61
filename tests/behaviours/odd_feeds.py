"""Feeds that are not quite as they should be."""

from __future__ import annotations

from tests.behaviours.declared import Behaviour, Told
from tests.behaviours.documents import counting, feed, full, rest, xml
from tests.behaviours.server import SITE, Answer
from tests.ingest.documents import LONG, item, page, rss

_CAFE = item(title="Café", link="https://news.test/1", content="Der Präsident öffnete das Café. " * 40)
_CAFE_RSS = rss(_CAFE).decode()
_MANY = [
    item(title=f"T{number:04}", link=f"{SITE}/{number}", content="Word. " * 120, date=None)
    for number in range(2000)
]


def _two_ids(told: Told) -> None:
    assert len({article.id for article in told.feed.articles}) == 2


def _relative(told: Told) -> None:
    assert [article.url for article in told.feed.articles] == [f"{told.site.url}/world/{n}" for n in (1, 2)]


def _clean(told: Told) -> None:
    assert told.article.title == "Tom & Jerry win"
    assert "<" not in told.article.text
    assert "alert" not in told.article.text


def _is_damped(told: Told) -> None:
    assert told.feed.state
    assert "held back" in told.feed.notes


def _no_date(told: Told) -> None:
    assert told.article.published is None
    assert "no date" in told.article.notes


def _no_link(told: Told) -> None:
    assert told.article.url is None
    assert "no link" in told.article.notes


def _far_date(told: Told) -> None:
    assert "published more than a day in the future" in told.article.notes


def _was_html(told: Told) -> None:
    assert any("is an HTML page" in str(line["problem"]) for line in told.events("feed.failed"))


ODD_FEEDS = (
    Behaviour(
        name="empty-body",
        kind="odd",
        server="answers 200 with nothing in it",
        wirewatch="says that the feed is empty, and tries again",
        routes=rest(xml("")),
        problem="is empty",
    ),
    Behaviour(
        name="no-entries",
        kind="odd",
        server="serves a feed without entries",
        wirewatch="takes it for a feed that is well",
        routes=rest(feed()),
        polls=3,
    ),
    Behaviour(
        name="html-instead",
        kind="odd",
        server="serves an HTML page at the feed's address",
        wirewatch="says so, and what to look for",
        routes=rest(Answer(body=page("A page, not a feed."))),
        problem="is an HTML page, not a feed",
    ),
    Behaviour(
        name="turned-into-html",
        kind="odd",
        server="serves a feed, then an HTML page, then the feed again",
        wirewatch="keeps what it knows, and publishes nothing twice",
        routes=rest(feed(full(1)), Answer(body=page("Welcome!")), feed(full(1), full(2))),
        titles=("Title 1", "Title 2"),
        polls=4,
        check=_was_html,
    ),
    Behaviour(
        name="text-instead",
        kind="odd",
        server="answers with a line of text",
        wirewatch="says that it is not XML",
        routes=rest(Answer(body=b"Sorry, we are closed.", kind="text/plain")),
        problem="is not XML",
    ),
    Behaviour(
        name="other-xml",
        kind="odd",
        server="serves XML that is no feed",
        wirewatch="names its root element",
        routes=rest(xml("<?xml version='1.0'?><invoice><total>1</total></invoice>")),
        problem="its root element is <invoice>",
    ),
    Behaviour(
        name="pdf-instead",
        kind="odd",
        server="serves a PDF",
        wirewatch="says so",
        routes=rest(Answer(body=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", kind="application/pdf")),
        problem="PDF",
    ),
    Behaviour(
        name="truncated",
        kind="odd",
        server="breaks off in the middle of its second entry",
        wirewatch="publishes the first, and notes that the document breaks off",
        routes=rest(xml(rss(full(1), full(2))[:-200])),
        titles=("Title 1",),
        notes=("breaks off",),
    ),
    Behaviour(
        name="truncated-once",
        kind="odd",
        server="breaks off in the middle of an entry once, and is whole at the next poll",
        wirewatch="publishes what was missing then, and the rest not again",
        routes=rest(xml(rss(full(1), full(2))[:-200]), feed(full(1), full(2))),
        titles=("Title 1", "Title 2"),
        polls=4,
    ),
    Behaviour(
        name="latin-1-said-utf-8",
        kind="odd",
        server="says UTF-8 and sends Windows-1252",
        wirewatch="reads the letters right, and notes the wrong encoding",
        routes=rest(xml(_CAFE_RSS.encode("cp1252"))),
        titles=("Café",),
        notes=("encoding",),
    ),
    Behaviour(
        name="utf-16",
        kind="odd",
        server="sends UTF-16 with a byte order mark",
        wirewatch="reads it",
        routes=rest(xml(_CAFE_RSS.replace("utf-8", "utf-16").encode("utf-16"), kind="application/xml")),
        titles=("Café",),
    ),
    Behaviour(
        name="header-charset",
        kind="odd",
        server="names its charset in the header alone",
        wirewatch="believes the header",
        routes=rest(
            xml(
                _CAFE_RSS.replace(" encoding='utf-8'", "").encode("iso-8859-15"),
                kind="application/rss+xml; charset=iso-8859-15",
            )
        ),
        titles=("Café",),
    ),
    Behaviour(
        name="wrong-type",
        kind="odd",
        server="calls its feed text/html",
        wirewatch="looks at the document, not at its name",
        routes=rest(xml(rss(full(1)), kind="text/html")),
        titles=("Title 1",),
    ),
    Behaviour(
        name="no-type",
        kind="odd",
        server="does not say what it sends",
        wirewatch="looks at the document",
        routes=rest(xml(rss(full(1)), kind="")),
        titles=("Title 1",),
    ),
    Behaviour(
        name="space-before-xml",
        kind="odd",
        server="sends blank lines before the XML declaration",
        wirewatch="reads it",
        routes=rest(xml(b"\n\n  " + rss(full(1)))),
        titles=("Title 1",),
    ),
    Behaviour(
        name="bare-ampersands",
        kind="odd",
        server="writes & and HTML entities into XML",
        wirewatch="mends and reads them",
        routes=rest(xml(rss(full(1)).replace(b"Title 1", b"Salt & Pepper&nbsp;&eacute;"))),
        titles=("Salt & Pepper é",),
    ),
    Behaviour(
        name="control-characters",
        kind="odd",
        server="has control characters in its text",
        wirewatch="leaves them out",
        routes=rest(xml(rss(full(1)).replace(b"Title 1", b"Ti\x00t\x08le \x1b1"))),
        titles=("Title 1",),
    ),
    Behaviour(
        name="markup-in-title",
        kind="odd",
        server="puts HTML and a script into titles and texts",
        wirewatch="publishes clean text",
        routes=rest(
            feed(
                item(
                    title="<b>Tom</b> &amp; <i>Jerry</i> win<script>alert(1)</script>",
                    content=f"<p>{LONG}</p><script>alert(2)</script><img src=x onerror=alert(3)>",
                )
            )
        ),
        titles=("Tom & Jerry win",),
        check=_clean,
    ),
    Behaviour(
        name="guid-churn",
        kind="odd",
        server="gives each entry a new guid at every poll",
        wirewatch="knows the entry by its link",
        routes={"/feed": counting(lambda poll: feed(full(1, guid=f"guid-{poll}")))},
        titles=("Title 1",),
        polls=4,
    ),
    Behaviour(
        name="one-guid-for-all",
        kind="odd",
        server="gives all entries the same guid",
        wirewatch="tells them apart by their links",
        routes=rest(feed(full(1, guid="same"), full(2, guid="same"))),
        titles=("Title 1", "Title 2"),
        check=_two_ids,
    ),
    Behaviour(
        name="entry-twice",
        kind="odd",
        server="shows an entry twice in one document",
        wirewatch="publishes the first, and notes the second",
        routes=rest(feed(full(1), full(1), full(2))),
        titles=("Title 1", "Title 2"),
        notes=("more than once",),
    ),
    Behaviour(
        name="vanishes-and-returns",
        kind="odd",
        server="takes an entry away and brings it back",
        wirewatch="knows it again",
        routes=rest(feed(full(1), full(2)), feed(full(2)), feed(full(1), full(2))),
        titles=("Title 1", "Title 2"),
        polls=5,
    ),
    Behaviour(
        name="reordered",
        kind="odd",
        server="turns the order of its entries round at each poll",
        wirewatch="publishes nothing again",
        routes={"/feed": counting(lambda poll: feed(*[full(1), full(2), full(3)][:: -1 if poll % 2 else 1]))},
        titles=("Title 1", "Title 2", "Title 3"),
        polls=4,
    ),
    Behaviour(
        name="ticker",
        kind="odd",
        server="changes an entry's text at every fetch",
        wirewatch="publishes three versions, then holds it back and says so",
        routes={"/feed": counting(lambda poll: feed(full(1, f"{poll} readers now. {LONG}")))},
        titles=("Title 1",) * 3,
        polls=7,
        check=_is_damped,
    ),
    Behaviour(
        name="ticker-comes-to-rest",
        kind="odd",
        server="changes an entry's text at six fetches, and then no more",
        wirewatch="publishes the last version, too",
        routes={"/feed": counting(lambda poll: feed(full(1, f"{min(poll, 6)} readers now. {LONG}")))},
        titles=("Title 1",) * 4,
        polls=9,
    ),
    Behaviour(
        name="changing-build-date",
        kind="odd",
        server="writes a new lastBuildDate into the document at each poll",
        wirewatch="reads it, and finds that nothing has changed",
        routes={
            "/feed": counting(
                lambda poll: xml(
                    rss(full(1)).replace(b"</title>", b"</title><lastBuildDate>%d</lastBuildDate>" % poll, 1)
                )
            )
        },
        titles=("Title 1",),
        polls=4,
    ),
    Behaviour(
        name="tracking-links",
        kind="odd",
        server="puts another tracking parameter into a link at each poll",
        wirewatch="takes the links for one article",
        routes={
            "/feed": counting(
                lambda poll: feed(item(title="Title 1", link=f"{SITE}/1?utm_source=rss{poll}", content=LONG))
            )
        },
        titles=("Title 1",),
        polls=4,
    ),
    Behaviour(
        name="relative-links",
        kind="odd",
        server="gives links without scheme and host",
        wirewatch="resolves them against the feed's address",
        routes=rest(
            feed(
                item(title="Title 1", link="/world/1", content=LONG),
                item(title="Title 2", link="world/2", content=LONG),
            )
        ),
        titles=("Title 1", "Title 2"),
        check=_relative,
    ),
    Behaviour(
        name="no-link",
        kind="odd",
        server="gives entries a guid and no link",
        wirewatch="knows the entry by feed and guid",
        routes=rest(feed(item(title="Title 1", link=None, guid="urn:1", content=LONG))),
        titles=("Title 1",),
        polls=3,
        check=_no_link,
    ),
    Behaviour(
        name="no-date",
        kind="odd",
        server="gives no dates",
        wirewatch="publishes without a date, and notes it",
        routes=rest(feed(item(title="Title 1", date=None, content=LONG))),
        titles=("Title 1",),
        check=_no_date,
    ),
    Behaviour(
        name="date-in-the-future",
        kind="odd",
        server="dates an entry years ahead",
        wirewatch="keeps the date, and notes it",
        routes=rest(feed(item(title="Title 1", date="Sun, 01 Mar 2099 10:00:00 GMT", content=LONG))),
        titles=("Title 1",),
        check=_far_date,
    ),
    Behaviour(
        name="no-title",
        kind="odd",
        server="gives an entry no title",
        wirewatch="publishes it without",
        routes=rest(feed(item(title=None, content=LONG))),
        titles=("",),
    ),
    Behaviour(
        name="new-link-same-guid",
        kind="odd",
        server="shows another link under an old guid",
        wirewatch="takes the new address for a new article",
        routes=rest(feed(full(1, guid="a")), feed(full(2, guid="a"))),
        titles=("Title 1", "Title 2"),
        polls=3,
        check=_two_ids,
    ),
    Behaviour(
        name="two-thousand-entries",
        kind="odd",
        server="shows two thousand entries in one document",
        wirewatch="publishes all of them",
        routes=rest(feed(*_MANY, etag='"1"')),
        titles=tuple(f"T{n:04}" for n in range(2000)),
    ),
)
