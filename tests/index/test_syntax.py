from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadQuery
from index.expression import EVERYTHING, And, Between, Expression, Keyword, Not, Or, Phrase, Prefix, Word
from index.query import Query
from index.syntax import FIELDS, parse

A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", EVERYTHING),
        ("  \n\t ", EVERYTHING),
        ("*", EVERYTHING),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a and b", And((A, Word("and"), B))),
        ("a OR b c", Or((A, And((B, C))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("((a))", A),
        ("-a", Not(A)),
        ("NOT a", Not(A)),
        ("NOT NOT a", A),
        ("a -b", And((A, Not(B)))),
        ("a-b", Word("a-b")),
        ("a - b", And((A, B))),
        ("+a +b", And((A, B))),
        ("rock & roll", And((Word("rock"), Word("roll")))),
        ("-(a b)", Not(And((A, B)))),
        ('"a b"', Phrase("a b")),
        ("“a b”", Phrase("a b")),
        ("„a b“", Phrase("a b")),
        ('-"a b"', Not(Phrase("a b"))),
        ('a"b c"d', And((A, Phrase("b c"), Word("d")))),
        ("econ*", Prefix("econ")),
        ("title:a", Word("a", "title")),
        ("TITLE: a", Word("a", "title")),
        ("title:econ*", Prefix("econ", "title")),
        ('text:"a b"', Phrase("a b", "text")),
        ("title:(a OR b) c", And((Or((Word("a", "title"), Word("b", "title"))), C))),
        ("-title:a", Not(Word("a", "title"))),
        ("title:(-a b)", And((Not(Word("a", "title")), Word("b", "title")))),
        ('entity:"Red Cross"', Keyword("entity", "Red Cross")),
        ("person:O'Brien", Keyword("person", "O'Brien")),
        ("topic:medtop:16000000", Keyword("topic", "medtop:16000000")),
        ("feed:https://x.example/rss", Keyword("feed", "https://x.example/rss")),
        ("org:isl*", Keyword("org", "isl", prefix=True)),
        ("lang:(en OR fr)", Or((Keyword("lang", "en"), Keyword("lang", "fr")))),
        ("after:2026-05-01", Between(datetime(2026, 5, 1, tzinfo=UTC), None)),
        ("before:2026-05", Between(None, datetime(2026, 5, 1, tzinfo=UTC))),
        ('after:"2026"', Between(datetime(2026, 1, 1, tzinfo=UTC), None)),
        ("12:30", Word("12:30")),
        ("Breaking: a", And((Word("Breaking:"), A))),
        ("https://x.example/a", Word("https://x.example/a")),
        ("a...", Word("a...")),
    ],
)
def test_a_query_reads_as(text: str, expected: Expression) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ('a "b c', "character 3, a ▸", "never closed"),
        ("(a b", "character 1, ▸", "never closed"),
        ("a)", "character 2, a▸)", "never opened"),
        ("a OR", "character 5", "before the end"),
        ("OR a", "character 1", "before OR"),
        ("a AND OR b", "character 7", "before OR"),
        ("()", "character 2", "missing"),
        ("NOT", "character 4", "missing"),
        ("title:", "character 1", "nothing to look for after title:"),
        ("title:-a", "character 1", "nothing to look for after title:"),
        ("title:(entity:a)", "character 8", "field inside title:"),
        ("colour:red", "character 1", "no field is called 'colour'"),
        ("after:yesterday", "character 7", "no date"),
        ("after:2026-02-30", "character 7", "no date"),
        ("after:2026*", "character 7", "no date"),
        ("a*b", "character 1", "only at the end"),
        ("title:*", "character 7", "only at the end"),
        ("& …", "character 1", "only punctuation"),
        ("x" * 101, "character 1", "more than 100 characters"),
        ("a \ud800", "character 3", "not Unicode"),
    ],
)
def test_a_bad_query_is_pointed_at(text: str, place: str, says: str) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(text)
    assert place in caught.value.subject
    assert caught.value.at is not None
    assert place.startswith(f"character {caught.value.at + 1}")
    assert says in caught.value.problem
    assert caught.value.remedy
    str(caught.value).encode()


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_001,
        "é" * 5_001,
        "(" * 5_000,
        "(" * 5_000 + "a" + ")" * 5_000,
        "title:" * 1_000,
        "a " * 2_000,
        '"' * 9_999,
        "a OR " * 1_000,
    ],
)
def test_a_monstrous_query_is_refused_with_a_short_message(text: str) -> None:
    with pytest.raises(BadQuery) as caught:
        parse(text)
    assert len(str(caught.value)) < 300


def test_many_negations_are_no_nesting() -> None:
    assert parse("NOT " * 2_001 + "a") == Not(A)
    assert parse("-" * 9_998 + "a") == A


SIGNS = st.sampled_from(
    ["(", ")", '"', "“", "”", "-", "+", "*", ":", " ", "OR", "AND", "NOT", "a", "é", "2026-05", "&", "/"]
    + [f"{field}:" for field in sorted(FIELDS)]
)


@given(st.text() | st.lists(SIGNS, max_size=40).map("".join) | st.lists(SIGNS, max_size=30).map(" ".join))
def test_any_text_is_a_query_or_a_bad_query(text: str) -> None:
    try:
        expression = parse(text)
    except BadQuery:
        return
    assert Query(expression=expression).whole() == expression


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=20))
def test_plain_words_are_all_looked_for(words: list[str]) -> None:
    expression = parse(" ".join(words))
    expected = tuple(Word(word) for word in words)
    assert expression == (And(expected) if len(expected) > 1 else expected[0])
