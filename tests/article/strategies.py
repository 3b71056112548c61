"""Hypothesis strategies for whole records: any text, any time, every optional field there or not."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from article.counts import Counts
from article.hubs import FeedHub, HubCall
from article.observed import FeedFlow, FeedHints, FeedTrust
from article.records import (
    EnrichedArticle,
    Enrichment,
    Entity,
    FeedRef,
    Mention,
    Place,
    RawArticle,
    Span,
    StepFailure,
    Topic,
)
from article.searches import (
    Delivery,
    Matched,
    MatchedEntity,
    MatchedTopic,
    SavedSearch,
    Waiting,
    WaitingRow,
    Webhook,
)
from article.sites import PageRetry, SiteLines
from article.tables import EntryState, FeedMemory, FeedState, Known, Subscription

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
times = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
scores = st.floats(0, 1)
optional_text = st.none() | texts
many_texts = st.lists(texts, max_size=3).map(tuple)

feed_refs = st.builds(FeedRef, id=texts, url=texts, title=texts)
_raw = {
    "id": texts,
    "content_hash": texts,
    "feed": feed_refs,
    "seen": times,
    "url": optional_text,
    "canonical_url": optional_text,
    "entry_id": optional_text,
    "title": texts,
    "summary": texts,
    "text": texts,
    "text_source": st.sampled_from(["page", "feed", "none"]),
    "authors": many_texts,
    "categories": many_texts,
    "declared_lang": optional_text,
    "published": st.none() | times,
    "updated": st.none() | times,
    "image": optional_text,
    "notes": many_texts,
}
raw_articles = st.builds(RawArticle, **_raw)
mentions = st.builds(
    Mention,
    field=st.sampled_from(["title", "text"]),
    start=st.integers(0, 10**6),
    end=st.integers(0, 10**6),
    text=texts,
    score=scores,
)
entities = st.builds(
    Entity,
    type=st.sampled_from(["PER", "ORG", "LOC", "NORP", "EVENT", "MISC"]),
    name=texts,
    mentions=st.lists(mentions, max_size=3).map(tuple),
    id=optional_text,
    salience=scores,
    matched=optional_text,
)
places = st.builds(
    Place,
    name=texts,
    country=texts,
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    geonames_id=st.none() | st.integers(0, 10**8),
    mentions=st.integers(1, 50),
    kind=st.sampled_from([None, "country", "province", "county", "city"]),
)
spans = st.builds(
    Span, field=st.sampled_from(["title", "text"]), start=st.integers(0, 10**6), end=st.integers(0, 10**6)
)
topics = st.builds(
    Topic, code=texts, label=texts, score=scores, evidence=st.lists(spans, max_size=3).map(tuple)
)
enrichments = st.builds(
    Enrichment,
    status=st.sampled_from(["complete", "partial", "failed"]),
    finished=times,
    failures=st.lists(st.builds(StepFailure, step=texts, reason=texts), max_size=2).map(tuple),
    models=st.dictionaries(texts, texts, max_size=2),
)
enriched_articles = st.builds(
    EnrichedArticle,
    **_raw,
    revision=st.integers(1, 10**6),
    first_seen=times,
    enrichment=enrichments,
    lang=optional_text,
    entities=st.lists(entities, max_size=2).map(tuple),
    places=st.lists(places, max_size=2).map(tuple),
    topics=st.lists(topics, max_size=2).map(tuple),
    embedding=st.lists(st.floats(-1, 1), max_size=4).map(tuple),
)
subscriptions = st.builds(
    Subscription,
    id=texts,
    url=texts,
    added=times,
    title=texts,
    category=texts,
    paused=st.booleans(),
    resumed=st.none() | times,
)
entry_states = st.builds(
    EntryState,
    article=texts,
    content=texts,
    published=texts,
    last_shown=times,
    at=times,
    changes=st.integers(0, 100),
    first_shown=st.none() | times,
    revisions=st.integers(0, 100),
    dead=texts,
)
counts = st.builds(Counts, seen=st.integers(0, 10**6), unchanged=st.integers(0, 10**6))
hints = st.builds(
    FeedHints,
    fresh=st.floats(0, 1e9),
    ttl=st.floats(0, 1e9),
    skip_hours=st.lists(st.integers(0, 23), max_size=3).map(tuple),
    skip_days=st.lists(st.integers(0, 6), max_size=3).map(tuple),
    wait_until=st.none() | times,
)
flows = st.builds(
    FeedFlow,
    pace=st.floats(0, 1e6),
    recent=st.floats(0, 1e6),
    peak=st.floats(0, 1e6),
    since=st.none() | times,
    last_new=st.none() | times,
    as_of=st.none() | times,
    window=st.integers(0, 5000),
    overlap=st.none() | scores,
    gaps=st.integers(0, 100),
    missed_up_to=st.integers(0, 10**6),
    last_gap=st.none() | times,
    gap_hours=st.floats(0, 1e6),
)
trusts = st.builds(
    FeedTrust,
    body_at=st.none() | times,
    confirmed=st.integers(0, 100),
    lies=st.integers(0, 100),
    probing=st.booleans(),
    distrusted_until=st.none() | times,
    move_doubted_until=st.none() | times,
)
feed_states = st.builds(
    FeedState,
    id=texts,
    url=optional_text,
    title=texts,
    etag=optional_text,
    last_modified=optional_text,
    body_hash=optional_text,
    polled=st.none() | times,
    succeeded=st.none() | times,
    next_poll=st.none() | times,
    interval=st.floats(0, 10**6),
    failures=st.integers(0, 1000),
    status=st.none() | st.integers(100, 599),
    problem=texts,
    notes=many_texts,
    document_at=st.none() | times,
    failing_since=st.none() | times,
    stopped=texts,
    reason=texts,
    format=texts,
    format_before=texts,
    format_changed=st.none() | times,
    future=st.integers(0, 5000),
    skew=st.floats(-1e9, 1e9),
    hints=hints,
    flow=flows,
    trust=trusts,
    held=st.integers(0, 1000),
    retry_at=st.none() | times,
    hub=texts,
    topic_url=texts,
    entries=st.integers(0, 10**6),
    counts=counts,
)
site_lines = st.builds(
    SiteLines, articles=many_texts, lines=st.dictionaries(texts, st.integers(0, 2**16 - 1), max_size=2)
)
page_retries = st.builds(PageRetry, article=raw_articles, failures=st.integers(1, 9), at=times)
feed_memories = st.builds(
    FeedMemory,
    id=texts,
    entries=st.dictionaries(texts, entry_states, max_size=2),
    sites=st.dictionaries(texts, site_lines, max_size=2),
    retries=st.dictionaries(texts, page_retries, max_size=2),
)
known_articles = st.builds(
    Known,
    revision=st.integers(1, 10**6),
    content_hash=texts,
    first_seen=times,
    last_seen=times,
    feed=texts,
    text_source=st.sampled_from(["page", "feed", "none"]),
    text_length=st.integers(0, 10**7),
)
feed_hubs = st.builds(
    FeedHub,
    id=texts,
    hub=texts,
    topic_url=texts,
    callback=texts,
    status=st.sampled_from(["asked", "live", "refused", "failed", "ending"]),
    again=times,
    expires=st.none() | times,
    failures=st.integers(0, 1000),
    problem=texts,
)
hub_calls = st.builds(
    HubCall,
    id=texts,
    kind=st.sampled_from(["verified", "denied", "pushed"]),
    at=times,
    lease_seconds=st.none() | st.integers(0, 10**9),
    reason=texts,
)
saved_searches = st.builds(SavedSearch, id=texts, name=texts, query=texts, created=times, changed=times)
webhooks = st.builds(Webhook, id=texts, url=texts, created=times, secret=texts, stopped=texts)
matches = st.builds(
    Matched,
    id=texts,
    revision=st.integers(1, 10**6),
    title=texts,
    url=optional_text,
    feed=feed_refs,
    published=st.none() | times,
    first_seen=times,
    lang=optional_text,
    summary=texts,
    entities=st.lists(
        st.builds(MatchedEntity, type=st.sampled_from(["PER", "ORG"]), name=texts, id=optional_text),
        max_size=2,
    ).map(tuple),
    topics=st.lists(st.builds(MatchedTopic, code=texts, label=texts), max_size=2).map(tuple),
    places=st.lists(places, max_size=2).map(tuple),
)
deliveries = st.builds(Delivery, id=texts, search=texts, name=texts, matched=times, article=matches)
waiting_rows = st.builds(
    WaitingRow,
    id=texts,
    waiting=st.lists(
        st.builds(
            Waiting,
            delivery=deliveries,
            partition=st.integers(0, 99),
            offset=st.integers(0, 10**9),
            since=times,
            due=times,
            attempts=st.integers(0, 99),
            problem=texts,
        ),
        max_size=2,
    ).map(tuple),
)
any_record = st.one_of(
    raw_articles,
    enriched_articles,
    subscriptions,
    feed_states,
    feed_memories,
    known_articles,
    feed_hubs,
    hub_calls,
    saved_searches,
    webhooks,
    deliveries,
    waiting_rows,
)
