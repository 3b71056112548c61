"""Names and sentences in a text: exact, whatever overlaps, and nothing of the text lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from article.records import EnrichedArticle, Entity, Mention, MentionField, Span, Topic
from tests.index.articles import article
from web.article.marked import Paragraph, Run, anchor_of, marked


def named(name: str, *mentions: tuple[MentionField, int, int]) -> Entity:
    made = tuple(Mention(field=f, start=s, end=e, text="", score=1.0) for f, s, e in mentions)
    return Entity(type="ORG", name=name, mentions=made)


def about(*spans: tuple[MentionField, int, int]) -> Topic:
    evidence = tuple(Span(field=f, start=s, end=e) for f, s, e in spans)
    return Topic(code="medtop:1", label="one", score=0.9, evidence=evidence)


def names_in(paragraphs: tuple[Paragraph, ...]) -> list[tuple[str, int, bool]]:
    return [
        (piece.text, piece.entity, piece.first)
        for run in runs_of(paragraphs)
        for piece in run.pieces
        if piece.entity is not None
    ]


def runs_of(paragraphs: tuple[Paragraph, ...]) -> list[Run]:
    return [run for paragraph in paragraphs for run in paragraph.runs]


def sentences_in(paragraphs: tuple[Paragraph, ...]) -> list[tuple[str, str, bool]]:
    return [
        ("".join(piece.text for piece in run.pieces), run.anchor, run.begins)
        for run in runs_of(paragraphs)
        if run.anchor
    ]


def test_a_name_is_marked_where_it_stands_in_code_points() -> None:
    one = article("a", "", "😀 İstanbul Şehir, é İstanbul", entities=[named("x", ("text", 2, 10))])
    assert names_in(marked(one)[1]) == [("İstanbul", 0, True)]


def test_paragraphs_are_kept_with_the_gaps_between_them() -> None:
    paragraphs = marked(article("a", "", "One.\n\n  Two.\nThree."))[1]
    assert [(paragraph.text, paragraph.gap) for paragraph in paragraphs] == [
        ("One.", "\n\n  "),
        ("Two.", "\n"),
        ("Three.", ""),
    ]


def test_of_names_that_overlap_the_longer_is_marked() -> None:
    text = "the Bank of England said"
    one = article("a", "", text, entities=[named("E", ("text", 12, 19)), named("B", ("text", 4, 19))])
    assert names_in(marked(one)[1]) == [("Bank of England", 1, True)]


def test_only_the_first_mention_is_the_first_and_the_title_comes_before_the_text() -> None:
    one = article(
        "a", "Hamas", "Hamas, Hamas", entities=[named("H", ("text", 0, 5), ("title", 0, 5), ("text", 7, 12))]
    )
    title, text = marked(one)
    assert names_in(title) == [("Hamas", 0, True)]
    assert names_in(text) == [("Hamas", 0, False), ("Hamas", 0, False)]


def test_a_sentence_holds_the_names_in_it() -> None:
    text = "It rained. Hamas spoke. It ended."
    one = article("a", "", text, entities=[named("H", ("text", 11, 16))], topics=[about(("text", 11, 23))])
    runs = runs_of(marked(one)[1])
    assert [[piece.text for piece in run.pieces] for run in runs] == [
        ["It rained. "],
        ["Hamas", " spoke."],
        [" It ended."],
    ]
    assert [run.anchor for run in runs] == ["", "text-11", ""]


def test_sentences_of_several_topics_that_overlap_are_one() -> None:
    one = article(
        "a", "", "abcdefghij", topics=[about(("text", 0, 4)), about(("text", 2, 6)), about(("text", 6, 8))]
    )
    assert sentences_in(marked(one)[1]) == [("abcdef", "text-0", True), ("gh", "text-6", True)]
    assert anchor_of(one, Span(field="text", start=2, end=6)) == "text-0"
    assert anchor_of(one, Span(field="text", start=9, end=99)) == ""


def test_what_goes_over_a_gap_is_cut_there_and_begins_once() -> None:
    one = article("a", "", "ab\ncd", entities=[named("x", ("text", 1, 4))], topics=[about(("text", 0, 5))])
    assert sentences_in(marked(one)[1]) == [("ab", "text-0", True), ("cd", "text-0", False)]
    assert names_in(marked(one)[1]) == [("b", 0, True), ("c", 0, False)]


def test_a_sentence_that_begins_with_white_space_begins_behind_it() -> None:
    one = article("a", "", "a\n\nbc", topics=[about(("text", 1, 5))])
    assert sentences_in(marked(one)[1]) == [("bc", "text-1", True)]


FIELDS: tuple[MentionField, ...] = ("title", "text")
OFFSETS = st.tuples(st.sampled_from(FIELDS), st.integers(-5, 60), st.integers(-5, 60))
TEXTS = st.text(st.sampled_from("ab \n\r\t.é😀\u202e"), max_size=50)


@st.composite
def articles(draw: st.DrawFn) -> EnrichedArticle:
    entities = [named("n", *each) for each in draw(st.lists(st.lists(OFFSETS, max_size=4), max_size=5))]
    topics = [about(*each) for each in draw(st.lists(st.lists(OFFSETS, max_size=3), max_size=3))]
    return replace(article("a", draw(TEXTS), draw(TEXTS)), entities=tuple(entities), topics=tuple(topics))


@given(articles())
def test_the_pieces_joined_are_the_text(one: EnrichedArticle) -> None:
    for paragraphs, text in zip(marked(one), (one.title, one.text), strict=True):
        assert "".join(paragraph.text + paragraph.gap for paragraph in paragraphs) == text
        assert all(piece.text for run in runs_of(paragraphs) for piece in run.pieces)


@given(articles())
def test_each_entity_is_first_once_at_most_and_each_anchor_begins_once(one: EnrichedArticle) -> None:
    both = (*marked(one)[0], *marked(one)[1])
    firsts = [number for _, number, first in names_in(both) if first]
    assert len(firsts) == len(set(firsts))
    begun = [anchor for _, anchor, begins in sentences_in(both) if begins]
    assert sorted(begun) == sorted({anchor for _, anchor, _ in sentences_in(both)})


@given(articles())
def test_every_mark_is_a_name_or_a_part_of_one(one: EnrichedArticle) -> None:
    for paragraphs, where in zip(marked(one), ("title", "text"), strict=True):
        at = 0
        for paragraph in paragraphs:
            for run in paragraph.runs:
                for piece in run.pieces:
                    if piece.entity is not None:
                        mentions = one.entities[piece.entity].mentions
                        assert any(
                            m.field == where and m.start <= at and at + len(piece.text) <= m.end
                            for m in mentions
                        )
                    at += len(piece.text)
            at += len(paragraph.gap)
