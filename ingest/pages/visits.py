"""What the pages of some articles add to them, and what is learned from them for the next ones. Pure.

    fetched pages ─▶ learn the lines of their sites ─▶ leave out those that stand on most pages ─▶ articles
                  └▶ remember those that failed and may be had later

Pages that were fetched together are learned from before any of them is cleaned, so that the first poll of a
feed knows its site already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from article.counts import Outcome, counted
from article.identity import canonical_url
from article.records import RawArticle
from article.sites import PageRetry, SiteLines
from article.tables import EntryState, FeedMemory, FeedState
from ingest.draft import Draft, complete
from ingest.entry import Page
from ingest.formats.moment import is_absurd
from ingest.pages import retry
from ingest.pages.site_lines import claiming, learn, site_of, strip

_HOME = ("", "/index.html", "/index.htm", "/index.php", "/home")
_ONLY_FURNITURE = "all its text stands on most pages of this site"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What came of fetching an article's page: the page, or the `problem` and whether it can pass."""

    draft: Draft
    page: Page | None = None
    problem: str = ""
    can_pass: bool = False


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Articles to publish with their outcomes, and what is known of the feed's sites and pages now."""

    articles: tuple[RawArticle, ...]
    outcomes: tuple[Outcome, ...]
    memory: FeedMemory


def settle(visits: Sequence[Visit], memory: FeedMemory, *, now: datetime, draw: float) -> Settled:
    """`visits` of drafts, with or without a page. `draw`, from 0 to 1, is the chance in the next waits."""
    sites = dict(memory.sites)
    for visit in visits:
        if visit.page and (site := site_of(visit.page.url)):
            lines = visit.page.text.split("\n")
            claims = visit.page.canonical_url
            sites = learn(sites, site=site, article=visit.draft.key, lines=lines, canonical=claims)
    memory = replace(memory, sites=sites)
    articles: list[RawArticle] = []
    outcomes: list[Outcome] = []
    for visit in (_cleaned(visit, sites) for visit in visits):
        memory = replace(memory, retries=_retries(visit, memory, now=now, draw=draw))
        waits = visit.draft.key in memory.retries
        problem = f"{visit.problem}; it is tried again later" if waits else visit.problem
        article = complete(visit.draft, visit.page, problem)
        if visit.draft.again and article.content_hash == visit.draft.article.content_hash:
            continue  # what the feed tells of it is published already
        articles.append(article)
        outcomes.append(visit.draft.outcome)
        if visit.draft.again:
            memory = replace(memory, entries=_revised(memory.entries, visit.draft.key, now))
    return Settled(articles=tuple(articles), outcomes=tuple(outcomes), memory=memory)


def again(memory: FeedMemory, *, besides: frozenset[str], now: datetime) -> tuple[Draft, ...]:
    """Articles whose pages are due to be tried again, but for those with the keys `besides`."""
    return tuple(
        Draft(
            key=key,
            article=replace(waiting.article, seen=now),
            wants_page=True,
            outcome="revised",
            again=True,
        )
        for key, waiting in retry.due(memory.retries, now).items()
        if key not in besides
    )


def after_visits(state: FeedState, settled: Settled, drafts: Sequence[Draft]) -> FeedState:
    """`state` with what `settled` says of these drafts: a page that was had later is one more revision."""
    keys = {draft.key for draft in drafts if draft.again}
    had = [article for article in settled.articles if article.id in keys]
    return state.but(
        retry_at=retry.next_at(settled.memory.retries),
        counts=state.counts.plus(counted("revised" for _ in had)),
    )


def _revised(entries: dict[str, EntryState], key: str, now: datetime) -> dict[str, EntryState]:
    entry = entries.get(key)
    return {**entries, key: replace(entry, at=now, revisions=entry.revisions + 1)} if entry else entries


def _retries(visit: Visit, memory: FeedMemory, *, now: datetime, draw: float) -> dict[str, PageRetry]:
    key = visit.draft.key
    if visit.page or not visit.can_pass:
        return retry.without(memory.retries, key)
    before = memory.retries.get(key) if visit.draft.again else None
    failures = before.failures + 1 if before else 1
    article = before.article if before else visit.draft.article
    return retry.failed(memory.retries, key, article, failures=failures, now=now, draw=draw)


def _cleaned(visit: Visit, sites: dict[str, SiteLines]) -> Visit:
    """The visit with what of its page belongs to its article."""
    page = visit.page
    if page is None:
        return visit
    known = sites.get(site_of(page.url))
    stripped = strip(page.text, known)
    if not stripped.text:
        return replace(visit, page=None, problem=_ONLY_FURNITURE)
    notes = list(page.notes)
    if stripped.left_out:
        lines = "1 line that stands" if stripped.left_out == 1 else f"{stripped.left_out} lines that stand"
        notes.append(f"page: {lines} on most pages of this site, left out")
    canonical, wrong = _own_address(page, known)
    notes += [wrong] if wrong else []
    now = visit.draft.article.seen
    return replace(
        visit,
        page=replace(
            page,
            text=stripped.text,
            canonical_url=canonical,
            published=page.published if page.published and not is_absurd(page.published, now) else None,
            updated=page.updated if page.updated and not is_absurd(page.updated, now) else None,
            notes=tuple(notes),
        ),
    )


def _own_address(page: Page, known: SiteLines | None) -> tuple[str | None, str]:
    """What the page says its address is, and what is wrong with that where it cannot be this article's."""
    said = canonical_url(page.canonical_url) if page.canonical_url else None
    if said is None:
        return None, ""
    if _is_home(said) and not _is_home(page.url):
        return None, "page: gives the home page as its canonical address, which was left out"
    if known and page.canonical_url and claiming(page.canonical_url, known) > 1:
        return None, "page: gives the canonical address of other articles, too, which was left out"
    return said, ""


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.query and parts.path.rstrip("/").lower() in _HOME
