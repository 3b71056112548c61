from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.identity import content_hash
from article.records import FeedRef, RawArticle, TextSource
from article.tables import Known
from enrich.revisions import New, Revised, Sighting, Unchanged, decide_revision

START = datetime(2026, 1, 1, tzinfo=UTC)


def raw(
    feed: str = "a",
    *,
    text: str = "text",
    source: TextSource = "feed",
    title: str = "title",
    minutes: float = 0,
) -> RawArticle:
    return RawArticle(
        id="article",
        content_hash=content_hash(title=title, text=text, published=None),
        feed=FeedRef(id=feed, url=f"https://{feed}.example/feed"),
        seen=START + timedelta(minutes=minutes),
        title=title,
        text=text,
        text_source=source,
    )


def known_after(*articles: RawArticle) -> Known:
    known = None
    for article in articles:
        known = decide_revision(known, article).known or known
    assert known is not None
    return known


def test_an_unknown_article_is_new() -> None:
    decision = decide_revision(None, raw(text="four", source="page"))
    assert decision == New(
        known=Known(
            revision=1,
            content_hash=raw(text="four").content_hash,
            first_seen=START,
            last_seen=START,
            feed="a",
            text_source="page",
            text_length=4,
        )
    )


def test_the_same_content_is_unchanged_or_a_sighting_and_needs_no_write() -> None:
    known = known_after(raw())
    assert decide_revision(known, raw(minutes=5)) == Unchanged(known=None)
    assert decide_revision(known, raw("b", minutes=5)) == Sighting(known=None)


def test_a_sighting_days_later_keeps_the_record_alive() -> None:
    known = known_after(raw())
    decision = decide_revision(known, raw("b", minutes=3 * 24 * 60))
    assert isinstance(decision, Sighting)
    assert decision.known is not None
    assert START + timedelta(days=2) < decision.known.last_seen < START + timedelta(days=3)
    assert decision.known.revision == 1


def test_other_content_from_the_winning_feed_is_a_revision() -> None:
    decision = decide_revision(known_after(raw()), raw(text="new text", minutes=5))
    assert isinstance(decision, Revised)
    assert decision.known.revision == 2
    assert decision.known.first_seen == START
    assert decision.known.last_seen == START + timedelta(minutes=5)


def test_a_new_title_alone_is_a_revision() -> None:
    assert isinstance(decide_revision(known_after(raw()), raw(title="other", minutes=5)), Revised)


def test_a_page_that_could_not_be_fetched_does_not_replace_its_text() -> None:
    known = known_after(raw(text="the whole page", source="page"))
    assert decide_revision(known, raw(text="a summary, but long and new", minutes=5)) == Sighting(known=None)
    assert decide_revision(known, raw(text="", source="none", minutes=5)) == Sighting(known=None)


def test_a_page_fetched_at_last_is_a_revision() -> None:
    known = known_after(raw(text="a summary"))
    assert isinstance(decide_revision(known, raw(text="page", source="page", minutes=5)), Revised)


@pytest.mark.parametrize(
    ("text", "source", "wins"),
    [
        ("x" * 50, "page", True),
        ("x" * 120, "feed", True),
        ("x" * 119, "feed", False),
        ("y" * 100, "feed", False),
        ("", "none", False),
    ],
)
def test_another_feed_wins_with_better_text_only(text: str, source: TextSource, wins: bool) -> None:
    known = known_after(raw(text="x" * 100))
    decision = decide_revision(known, raw("b", text=text, source=source, minutes=5))
    assert isinstance(decision, Revised) is wins
    if isinstance(decision, Revised):
        assert decision.known.feed == "b"


def test_two_titles_without_text_do_not_fight() -> None:
    known = known_after(raw(text="", source="none"))
    other = raw("b", text="", source="none", title="other", minutes=5)
    assert decide_revision(known, other) == Sighting(known=None)


def test_a_page_wins_even_if_it_was_fetched_before_the_summary_was_published() -> None:
    known = known_after(raw(text="a summary", minutes=5))
    assert isinstance(decide_revision(known, raw("b", text="page", source="page", minutes=4)), Revised)


def test_a_feed_that_shortens_its_text_does_not_lose_to_one_it_had_beaten() -> None:
    known = known_after(
        raw(text="x" * 100), raw("b", text="y" * 60, minutes=1), raw(text="x" * 10, minutes=2)
    )
    assert known.revision == 2
    assert decide_revision(known, raw("b", text="y" * 60, minutes=3)) == Sighting(known=None)


SOURCES: st.SearchStrategy[TextSource] = st.sampled_from(["page", "feed", "none"])
CONTENTS = st.tuples(SOURCES, st.integers(0, 400), st.sampled_from("pq"))


def version(feed: str, content: tuple[TextSource, int, str], minutes: float) -> RawArticle:
    source, length, letter = content
    return raw(
        feed, text=letter * length if source != "none" else "", source=source, title=letter, minutes=minutes
    )


def revisions_of(articles: list[RawArticle]) -> tuple[int, Known | None]:
    known: Known | None = None
    count = 0
    for article in articles:
        decision = decide_revision(known, article)
        count += isinstance(decision, New | Revised)
        known = decision.known or known
    return count, known


@given(
    st.lists(CONTENTS, min_size=2, max_size=2),
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 10_000)), min_size=1, max_size=40),
)
def test_two_feeds_with_fixed_contents_make_two_revisions_at_most(
    contents: list[tuple[TextSource, int, str]], shows: list[tuple[int, int]]
) -> None:
    articles = [version("ab"[feed], contents[feed], minutes) for feed, minutes in shows]
    count, _ = revisions_of(articles)
    assert 1 <= count <= 2


@given(
    st.lists(CONTENTS, min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10_000)), min_size=1, max_size=60),
)
def test_any_number_of_feeds_with_fixed_contents_comes_to_rest(
    contents: list[tuple[TextSource, int, str]], shows: list[tuple[int, int]]
) -> None:
    articles = [
        version("abcdef"[feed % len(contents)], contents[feed % len(contents)], minutes)
        for feed, minutes in shows
    ]
    count, known = revisions_of(articles)
    assert count <= len(contents)
    again = known
    for article in articles:
        decision = decide_revision(again, article)
        assert not isinstance(decision, New | Revised)
        again = decision.known or again


@given(
    st.lists(st.tuples(st.sampled_from("abc"), CONTENTS, st.integers(0, 5_000)), min_size=1, max_size=30),
    st.data(),
)
def test_a_record_that_was_processed_never_makes_a_revision_again(
    shows: list[tuple[str, tuple[TextSource, int, str], int]], data: st.DataObject
) -> None:
    """However contents changed meanwhile: records in the order in which they were seen, then any again."""
    articles: list[RawArticle] = []
    minutes = 0
    for feed, content, later in shows:
        minutes += later
        articles.append(version(feed, content, minutes))
    _, known = revisions_of(articles)
    for article in data.draw(st.lists(st.sampled_from(articles), max_size=20)):
        decision = decide_revision(known, article)
        assert not isinstance(decision, New | Revised)
        known = decision.known or known


@given(st.lists(st.tuples(st.sampled_from("abc"), CONTENTS, st.integers(0, 5_000)), min_size=1, max_size=30))
def test_revisions_count_up_and_the_kind_of_text_never_gets_worse(
    shows: list[tuple[str, tuple[TextSource, int, str], int]],
) -> None:
    known: Known | None = None
    kinds = {"none": 0, "feed": 1, "page": 2}
    for feed, content, minutes in shows:
        decision = decide_revision(known, version(feed, content, minutes))
        after = decision.known or known
        assert after is not None
        if known is not None:
            assert after.revision - known.revision == isinstance(decision, Revised)
            assert kinds[after.text_source] >= kinds[known.text_source]
            assert after.first_seen == known.first_seen
            assert after.last_seen >= known.last_seen
        known = after
