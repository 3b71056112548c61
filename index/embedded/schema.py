"""The library's schema, and an article's document as one of the library's.

title, summary, text, names                 stems with positions: words, phrases, scores
title_words, body_words, names_words        unstemmed, for prefixes
term_<field>, count_<field>                 folded keywords: found by the first, counted by the second
time                                        microseconds since 1970, UTC, for ranges, order and histograms
hour, day, week, month                      whole spans since 1970, for the bonus of being recent
id, article, embedding                      stored: the exact record
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import tantivy

from article.records import EnrichedArticle
from index.document import Document
from index.embedded.analysis import STEMS, WORDS
from index.embedded.stored import pack
from index.query import KEYWORD_FIELDS
from index.spacing import spaced

TEXT_FIELDS = ("title", "summary", "text", "names")
WORD_FIELDS = ("title_words", "body_words", "names_words")
HAS_VECTOR = "has_vector"

HOUR = 3_600_000_000
DAY = 24 * HOUR
SPANS = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}
"""Lengths in microseconds of the spans that age is counted in."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(value: float) -> datetime:
    return _EPOCH + timedelta(microseconds=round(value))


def build_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name=STEMS, index_option="position")
    for name in WORD_FIELDS:
        builder.add_text_field(name, tokenizer_name=WORDS, index_option="basic")
    for field in KEYWORD_FIELDS:
        builder.add_text_field(f"term_{field}", tokenizer_name="raw", index_option="basic")
        builder.add_text_field(f"count_{field}", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic", stored=True)
    builder.add_integer_field("time", fast=True)
    for span in SPANS:
        builder.add_integer_field(span, indexed=True)
    builder.add_unsigned_field("revision", fast=True)
    builder.add_unsigned_field(HAS_VECTOR, indexed=True)
    builder.add_bytes_field("article", stored=True)
    builder.add_bytes_field("embedding", stored=True)
    return builder.build()


def library_document(document: Document, article: EnrichedArticle) -> tantivy.Document:
    """Raises BadRecord for an article that has no JSON form."""
    made = tantivy.Document()
    title, summary, text = (spaced(part) for part in (document.title, document.summary, document.text))
    for name, words_name, part in (
        ("title", "title_words", title),
        ("summary", "body_words", summary),
        ("text", "body_words", text),
        *(("names", "names_words", spaced(value)) for value in document.names),
    ):
        made.add_text(name, part)
        made.add_text(words_name, part)
    for field in KEYWORD_FIELDS:
        for value in document.terms[field]:
            made.add_text(f"term_{field}", value)
        for value in document.counted[field]:
            made.add_text(f"count_{field}", value)
    time = microseconds(document.time)
    made.add_integer("time", time)
    for span, length in SPANS.items():
        made.add_integer(span, time // length)
    made.add_text("id", document.id)
    made.add_unsigned("revision", document.revision)
    made.add_unsigned(HAS_VECTOR, int(bool(article.embedding)))
    record, embedding = pack(article)
    made.add_bytes("article", record)
    made.add_bytes("embedding", embedding)
    return made
