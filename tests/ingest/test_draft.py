from __future__ import annotations

from datetime import UTC, datetime

from article.identity import article_id, content_hash
from article.records import FeedRef, RawArticle
from ingest.draft import MAX_TEXT, Draft, complete, draft
from ingest.entry import Entry, Page
from ingest.lists.subscriptions import subscription
from ingest.notes import bounded
from tests.ingest.documents import LONG, NOW

FEED = subscription("https://user:secret@news.test/feed", now=NOW, title="Mine")
EARLIER = datetime(2026, 2, 1, tzinfo=UTC)
ENTRY = Entry(
    entry_id="tag:1",
    link="https://News.test/1?utm_source=rss&b=2",
    title="A title",
    summary="What happened.",
    text="What happened.",
    authors=("Eva",),
    published=EARLIER,
)
PAGE = Page(
    title="Page's title", text=LONG, published=NOW, authors=("Page",), lang="fr", image="https://i.test/1"
)


def made(entry: Entry, *, fetch: bool = True, note: str = "") -> Draft:
    return draft(
        entry,
        key=article_id(link=entry.link, feed_url=FEED.url, entry_id=entry.entry_id, title="", published=None),
        outcome="published",
        subscription=FEED,
        feed_title="",
        note=note,
        now=NOW,
        fetch_pages="auto" if fetch else "never",
    )


def test_the_article_as_the_feed_tells_it() -> None:
    one = made(ENTRY)
    assert one.wants_page
    assert one.article == RawArticle(
        id=article_id(link="https://news.test/1?b=2", feed_url="", entry_id=None, title="", published=None),
        content_hash=content_hash(title="A title", text="What happened.", published=EARLIER),
        feed=FeedRef(id=FEED.id, url="https://news.test/feed", title="Mine"),
        seen=NOW,
        url="https://News.test/1?utm_source=rss&b=2",
        canonical_url="https://news.test/1?b=2",
        entry_id="tag:1",
        title="A title",
        summary="What happened.",
        text="What happened.",
        text_source="feed",
        authors=("Eva",),
        published=EARLIER,
    )


def test_a_page_is_wanted_only_where_it_helps() -> None:
    assert not made(ENTRY, fetch=False).wants_page
    assert not made(Entry(link="https://news.test/1", text=LONG, text_is_full=True)).wants_page
    assert not made(Entry(entry_id="1", text="Short.")).wants_page
    assert not made(Entry(link="mailto:me@news.test", text="Short.")).wants_page


def test_the_page_adds_what_the_feed_lacks() -> None:
    article = complete(made(ENTRY), PAGE)
    assert (article.text, article.text_source) == (LONG, "page")
    assert (article.title, article.published, article.authors) == ("A title", EARLIER, ("Eva",))
    assert (article.image, article.declared_lang) == ("https://i.test/1", "fr")
    assert article.id == made(ENTRY).key
    assert article.content_hash == content_hash(title="A title", text=LONG, published=EARLIER)
    bare = complete(made(Entry(link="https://news.test/1")), PAGE)
    assert (bare.title, bare.published, bare.authors) == ("Page's title", NOW, ("Page",))


def test_without_its_page_the_feed_text_counts_and_a_note_says_why() -> None:
    article = complete(made(ENTRY), None, "answers with status 403")
    assert (article.text, article.text_source) == ("What happened.", "feed")
    assert article.notes == ("page: answers with status 403",)
    assert article.content_hash == made(ENTRY).article.content_hash
    empty = complete(made(Entry(link="https://news.test/1")), None, "is a PDF document")
    assert (empty.text, empty.text_source) == ("", "none")


def test_a_page_with_less_text_than_the_feed_adds_no_text() -> None:
    article = complete(made(ENTRY), Page(title="x", text="Subscribe!"))
    assert (article.text, article.text_source) == ("What happened.", "feed")
    assert "shorter" in article.notes[0]


def test_text_and_notes_are_bounded() -> None:
    article = complete(made(ENTRY, note="n" * 10_000), Page(text="word " * MAX_TEXT))
    assert len(article.text) == MAX_TEXT
    assert all(len(note) <= 300 for note in article.notes)
    assert len(bounded(str(number) for number in range(100))) == 12
    assert bounded(["", "a\n b\x00", "a b", "  "]) == ("a b",)
