"""From an entry to a raw article: first as the feed alone tells it, then with what its page adds. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from article.counts import Outcome
from article.identity import canonical_url, content_hash
from article.records import FeedRef, RawArticle
from article.tables import Subscription
from ingest.entry import Entry, Page
from ingest.notes import bounded
from ingest.urls import without_credentials

MAX_TEXT = 500_000  # characters of an article's text; a long book chapter has a tenth of that


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An article to publish. `key` is the entry's in FeedMemory.entries.

    `again`: it is published already, but for its page, which could not be had then.
    """

    key: str
    article: RawArticle
    wants_page: bool
    outcome: Outcome
    again: bool = False


def draft(
    entry: Entry,
    *,
    key: str,
    outcome: Outcome,
    subscription: Subscription,
    feed_title: str,
    note: str,
    now: datetime,
    fetch_pages: Literal["auto", "never"],
) -> Draft:
    """The article as the feed alone tells it; without a body, the summary is its text."""
    text = entry.text or entry.summary
    link = canonical_url(entry.link) if entry.link else None
    article = RawArticle(
        id=key,
        content_hash="",
        feed=FeedRef(
            id=subscription.id,
            url=without_credentials(subscription.url),
            title=feed_title or subscription.title,
        ),
        seen=now,
        url=entry.link,
        canonical_url=link,
        entry_id=entry.entry_id,
        title=entry.title,
        summary=entry.summary,
        text=text,
        text_source="feed" if text else "none",
        authors=entry.authors,
        categories=entry.categories,
        declared_lang=entry.lang,
        published=entry.published,
        updated=entry.updated,
        image=entry.image,
        notes=bounded((note, *entry.notes)),
    )
    wants_page = fetch_pages == "auto" and link is not None and not entry.text_is_full
    return Draft(key=key, article=_finished(article), wants_page=wants_page, outcome=outcome)


def complete(draft: Draft, page: Page | None, problem: str = "") -> RawArticle:
    """The article to publish. `page` is what the entry's page holds, `problem` why it could not be had.

    The id stays that of the entry. The feed's title, dates and authors count where it has them; of the
    texts the page's, unless the feed's is longer, and of the addresses the one that the page gives itself.
    """
    article = draft.article
    if page is None:
        notes = bounded((*article.notes, f"page: {problem}")) if problem else article.notes
        return replace(article, notes=notes)
    better = len(page.text) >= len(article.text) and bool(page.text)
    shorter = () if better else ("page: its text is shorter than the feed's, which was kept",)
    return _finished(
        replace(
            article,
            title=article.title or page.title,
            text=page.text if better else article.text,
            text_source="page" if better else article.text_source,
            canonical_url=page.canonical_url or article.canonical_url,
            published=article.published or page.published,
            updated=article.updated or page.updated,
            authors=article.authors or page.authors,
            declared_lang=article.declared_lang or page.lang,
            image=article.image or page.image,
            notes=bounded((*article.notes, *page.notes, *shorter)),
        )
    )


def _finished(article: RawArticle) -> RawArticle:
    """With a text of bounded length and the content's hash."""
    if len(article.text) > MAX_TEXT:
        notes = bounded((f"text cut after {MAX_TEXT} characters", *article.notes))
        article = replace(article, text=article.text[:MAX_TEXT], notes=notes)
    return replace(
        article,
        content_hash=content_hash(title=article.title, text=article.text, published=article.published),
    )
