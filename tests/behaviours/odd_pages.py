"""Pages of articles that are not what their feed promises."""

from __future__ import annotations

from collections.abc import Callable

from tests.behaviours.declared import Behaviour, Told
from tests.behaviours.documents import article_page, feed, rest, short
from tests.behaviours.server import SITE, Answer, Reply, always, raw
from tests.ingest.documents import SENTENCE, item, page

_PROMPT = "Get our letter in the morning"


def _says(note: str) -> Callable[[Told], None]:
    """The page gave nothing: the feed's summary was published, with the note."""

    def check(told: Told) -> None:
        assert (told.article.text, told.article.text_source) == ("A summary of what happened.", "feed")
        assert any(note in each for each in told.article.notes), told.article.notes

    return check


def _longer_text(told: Told) -> None:
    assert told.article.text_source == "feed"
    assert any("shorter than the feed's" in note for note in told.article.notes)


def _beginning(told: Told) -> None:
    assert told.article.text == (SENTENCE * 3).strip()
    assert told.article.notes == ("page: behind a paywall: only its beginning is here",)


def _own_address(told: Told) -> None:
    assert told.article.canonical_url == told.article.url == f"{told.site.url}/1"
    assert any("home page" in note for note in told.article.notes)


def _without_prompt(told: Told) -> None:
    for article in told.feed.articles:
        assert (article.text_source, _PROMPT in article.text) == ("page", False)
        assert "1 line that stands on most pages" in article.notes[0]


def _keeps_address(told: Told) -> None:
    assert told.article.url == f"{told.site.url}/1"
    assert told.article.text_source == "page"


def _no_page(name: str, server: str, reply: Reply, note: str) -> Behaviour:
    """An entry with a summary whose page gives nothing."""
    return Behaviour(
        name=f"page-{name}",
        kind="odd",
        server=server,
        wirewatch="publishes the summary, and notes why",
        routes=rest(feed(short(1), etag='"1"')) | {"/1": always(reply)},
        titles=("Title 1",),
        check=_says(note),
    )


def _shows(name: str, server: str, text: str, note: str) -> Behaviour:
    """A page that stands where the article should be."""
    return _no_page(name, server, Answer(body=page(text)), note)


ODD_PAGES = (
    _no_page("404", "has no page for its entry", Answer(status=404), "answers with status 404"),
    _no_page("500", "fails to show the page", Answer(status=500), "answers with status 500"),
    _no_page("pdf", "links to a PDF", Answer(body=b"%PDF-1.7", kind="application/pdf"), "PDF"),
    _no_page("image", "links to a picture", Answer(body=b"\x89PNG\r\n\x1a\n\0", kind="image/png"), "image"),
    _no_page("empty", "shows an empty page", Answer(), "page:"),
    _no_page("hangs-up", "hangs up on the page", raw(), "broke off"),
    _shows("login", "asks to log in first", "Please log in to read this article.", "log-in"),
    _shows("robot-check", "checks for robots first", "Verify that you are human to go on.", "robots"),
    _shows("consent", "asks for consent first", "We value your privacy. Accept all cookies?", "consent"),
    _shows(
        "consent-german", "asks for consent in German", "Wir und unsere 97 Partner nutzen Cookies.", "consent"
    ),
    _shows(
        "soft-404", "says with status 200 that there is no such page", "This page does not exist.", "no such"
    ),
    _shows("needs-scripts", "fills its page by scripts", "Please enable JavaScript.", "scripts"),
    Behaviour(
        name="page-paywall",
        kind="odd",
        server="shows how the article begins, and asks to subscribe",
        wirewatch="publishes the beginning without the request, and notes it",
        routes=rest(feed(short(1)))
        | {"/1": always(Answer(body=page(SENTENCE * 3, "Subscribe to continue reading")))},
        titles=("Title 1",),
        check=_beginning,
    ),
    Behaviour(
        name="page-canonical-home",
        kind="odd",
        server="gives its home page as the canonical address of an article",
        wirewatch="keeps the entry's address, and notes it",
        routes=rest(feed(short(1)))
        | {"/1": always(article_page(head=f"<link rel='canonical' href='{SITE}/'>"))},
        titles=("Title 1",),
        check=_own_address,
    ),
    Behaviour(
        name="page-repeats-lines",
        kind="odd",
        server="has the same line in the text of each of its pages",
        wirewatch="leaves it out",
        routes=rest(feed(*map(short, range(1, 5))))
        | {
            f"/{number}": always(Answer(body=page(f"In town {town} they met. {SENTENCE * 3}", _PROMPT)))
            for number, town in enumerate("ABCD", 1)
        },
        titles=tuple(f"Title {number}" for number in range(1, 5)),
        check=_without_prompt,
    ),
    Behaviour(
        name="page-shorter",
        kind="odd",
        server="has less text on its page than in its feed",
        wirewatch="keeps the feed's text, and notes it",
        routes=rest(feed(item(title="Title 1", link=f"{SITE}/1", summary=SENTENCE * 8 + "Read more...")))
        | {"/1": always(Answer(body=page(SENTENCE * 4)))},
        titles=("Title 1",),
        check=_longer_text,
    ),
    Behaviour(
        name="page-redirects",
        kind="odd",
        server="redirects the page's address",
        wirewatch="follows, and keeps the address that the feed gave",
        routes=rest(feed(short(1)))
        | {
            "/1": always(Answer(status=301, headers=(("Location", f"{SITE}/article/1"),))),
            "/article/1": always(article_page()),
        },
        titles=("Title 1",),
        check=_keeps_address,
    ),
)
