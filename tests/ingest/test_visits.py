from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from article.counts import Counts
from article.records import RawArticle
from article.tables import EntryState, FeedMemory, FeedState
from ingest.draft import Draft, draft
from ingest.entry import Entry, Page
from ingest.lists.subscriptions import subscription
from ingest.pages.retry import WAITS
from ingest.pages.visits import Settled, Visit, after_visits, again, settle
from tests.ingest.documents import NOW, SENTENCE

FEED = subscription("https://news.test/feed", now=NOW)
PROMPT = "Get our morning letter"
EMPTY = FeedMemory(id=FEED.id)
LATER = NOW + timedelta(days=1)


def made(number: int, *, full: bool = False) -> Draft:
    key = f"article {number}"
    entry = Entry(
        link=f"https://news.test/{number}?from=feed",
        title=f"Title {number}",
        text="What happened.",
        text_is_full=full,
    )
    return draft(
        entry,
        key=key,
        outcome="published",
        subscription=FEED,
        feed_title="",
        note="",
        now=NOW,
        fetch_pages="auto",
    )


def had(
    number: int, *, text: str = "", canonical: str | None = None, updated: datetime | None = None
) -> Visit:
    page = Page(
        url=f"https://www.news.test/{number}",
        text=text or f"In town {chr(97 + number)} this came about. {SENTENCE}\n{PROMPT}",
        canonical_url=canonical,
        updated=updated,
        published=updated,
    )
    return Visit(draft=made(number), page=page)


def missed(number: int, *, can_pass: bool = True, draft: Draft | None = None) -> Visit:
    return Visit(draft=draft or made(number), problem="answers with status 503", can_pass=can_pass)


def settled(*visits: Visit, memory: FeedMemory = EMPTY, now: datetime = NOW) -> Settled:
    return settle(visits, memory, now=now, draw=0.0)


def one(result: Settled) -> RawArticle:
    (article,) = result.articles
    return article


def test_pages_fetched_together_are_learned_from_before_they_are_cleaned() -> None:
    result = settled(*map(had, range(3)))
    assert not any(PROMPT in article.text for article in result.articles)
    assert all("1 line that stands on most pages" in article.notes[0] for article in result.articles)
    assert list(result.memory.sites) == ["news.test"]
    assert result.outcomes == ("published",) * 3


def test_what_was_learned_counts_for_the_next_poll() -> None:
    first = settled(had(1), had(2))
    assert all(PROMPT in article.text for article in first.articles)
    second = one(settled(had(3), memory=first.memory))
    assert PROMPT not in second.text
    assert second.text_source == "page"


def test_a_page_of_which_nothing_is_its_own_leaves_the_text_of_the_feed() -> None:
    walls = [had(number, text="Please wait here\nLoading the story") for number in range(3)]
    result = settled(*walls)
    for article in result.articles:
        assert (article.text, article.text_source) == ("What happened.", "feed")
        assert article.notes == ("page: all its text stands on most pages of this site",)
    assert result.memory.retries == {}


def test_the_address_that_a_page_gives_itself_is_recorded_and_the_id_stays() -> None:
    article = one(settled(had(1, canonical="https://WWW.news.test/stories/1?utm_source=x")))
    assert article.canonical_url == "https://www.news.test/stories/1"
    assert article.id == made(1).article.id
    assert one(settled(had(1))).canonical_url == made(1).article.canonical_url


def test_the_home_page_is_no_articles_address() -> None:
    for home in ("https://news.test", "https://news.test/", "https://news.test/index.html"):
        article = one(settled(had(1, canonical=home)))
        assert article.canonical_url == made(1).article.canonical_url
        assert "home page" in article.notes[0]
    assert one(settled(had(1, canonical="https://news.test/?p=1"))).canonical_url == "https://news.test/?p=1"


def test_an_address_that_several_articles_give_is_none() -> None:
    shared = "https://news.test/stories"
    result = settled(had(1, canonical=shared), had(2, canonical=shared))
    assert [article.canonical_url for article in result.articles] == [
        made(1).article.canonical_url,
        made(2).article.canonical_url,
    ]
    assert "other articles" in result.articles[0].notes[0]
    revised = settled(had(1, canonical="https://news.test/one"), memory=EMPTY)
    again_ = one(settled(had(1, canonical="https://news.test/one"), memory=revised.memory))
    assert again_.canonical_url == "https://news.test/one"


def test_dates_of_the_page_count_where_the_feed_has_none_and_they_can_be() -> None:
    article = one(settled(had(1, updated=NOW)))
    assert (article.published, article.updated) == (NOW, NOW)
    wrong = one(settled(had(1, updated=NOW + timedelta(days=400))))
    assert (wrong.published, wrong.updated) == (None, None)


def test_a_page_that_may_come_later_is_remembered_and_said() -> None:
    result = settled(missed(1), missed(2, can_pass=False))
    first, second = result.articles
    assert first.notes == ("page: answers with status 503; it is tried again later",)
    assert second.notes == ("page: answers with status 503",)
    assert list(result.memory.retries) == ["article 1"]
    state = after_visits(FeedState(id=FEED.id), result, [made(1), made(2)])
    assert state.retry_at == NOW + WAITS[0]
    assert state.counts == Counts()


def test_a_page_that_was_had_later_is_one_revision() -> None:
    entry = EntryState(article="article 1", content="c", published="c", last_shown=NOW, at=NOW)
    waiting = replace(settled(missed(1)).memory, entries={"article 1": entry})
    assert again(waiting, besides=frozenset(), now=NOW) == ()
    (retried,) = again(waiting, besides=frozenset(), now=LATER)
    assert again(waiting, besides=frozenset(["article 1"]), now=LATER) == ()
    result = settled(replace(had(1), draft=retried), memory=waiting, now=LATER)
    article = one(result)
    assert (article.text_source, article.seen, article.notes) == ("page", LATER, ())
    assert result.outcomes == ("revised",)
    assert result.memory.retries == {}
    assert result.memory.entries["article 1"] == replace(entry, at=LATER, revisions=1)
    state = after_visits(FeedState(id=FEED.id), result, [retried])
    assert (state.retry_at, state.counts) == (None, Counts(seen=1, revised=1))


def test_a_page_that_fails_again_is_not_published_again() -> None:
    memory, now = settled(missed(1)).memory, NOW
    for failures in range(2, len(WAITS) + 2):
        now = memory.retries["article 1"].at
        (retried,) = again(memory, besides=frozenset(), now=now)
        result = settled(missed(1, draft=retried), memory=memory, now=now)
        assert (result.articles, result.outcomes) == ((), ())
        memory = result.memory
        assert [waiting.failures for waiting in memory.retries.values()] in ([failures], [])
    assert memory.retries == {}
    assert now - NOW == sum(WAITS, timedelta())


def test_a_page_that_adds_nothing_later_is_not_published_again() -> None:
    memory = settled(missed(1)).memory
    (retried,) = again(memory, besides=frozenset(), now=LATER)
    page = Page(url="https://news.test/1", text="Short.")
    result = settled(Visit(draft=retried, page=page), memory=memory, now=LATER)
    assert (result.articles, result.memory.retries) == ((), {})


def test_an_entry_that_changes_begins_anew() -> None:
    memory = settled(missed(1)).memory
    assert settled(missed(1), memory=memory, now=LATER).memory.retries["article 1"].failures == 1
    full = Visit(draft=made(1, full=True))
    assert settled(full, memory=memory, now=LATER).memory.retries == {}
