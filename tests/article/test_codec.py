from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from article.codec import Codable, decode, encode
from article.errors import BadRecord
from article.records import EnrichedArticle, RawArticle
from article.schema import RECORDS, schema_file, schema_text
from article.tables import Known
from tests.article.strategies import any_record, enriched_articles, known_articles

_VALIDATORS = {
    kind: Draft202012Validator(
        json.loads(schema_file(name).read_text("utf-8")), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    for name, kind in RECORDS.items()
}


@given(any_record)
def test_a_record_comes_back_as_it_went(record: Codable) -> None:
    assert decode(type(record), encode(record)) == record


@given(any_record)
def test_what_is_encoded_is_valid_by_its_schema(record: Codable) -> None:
    _VALIDATORS[type(record)].validate(json.loads(encode(record)))


@given(enriched_articles)
def test_an_enriched_article_reads_as_a_raw_one(article: EnrichedArticle) -> None:
    raw = decode(RawArticle, encode(article))
    assert raw.id == article.id
    assert raw.text == article.text


@given(any_record, st.data())
def test_codec_and_schema_refuse_the_same_documents(record: Codable, data: st.DataObject) -> None:
    document = json.loads(encode(record))
    parent, key = data.draw(st.sampled_from(list(_places(document))))
    if data.draw(st.booleans()):
        del parent[key]
    else:
        parent[key] = data.draw(st.sampled_from([None, 1, 1.5, "x", True, [], {}, [1], {"x": 1}]))
    valid = _VALIDATORS[type(record)].is_valid(document)
    try:
        decode(type(record), json.dumps(document).encode())
        decoded = True
    except BadRecord:
        decoded = False
    assert decoded == valid, document


@pytest.mark.parametrize("name", RECORDS)
def test_the_schema_file_is_the_one_that_the_record_type_makes(name: str) -> None:
    assert schema_file(name).read_text("utf-8") == schema_text(name), "run: python -m article.schema"


@given(known_articles)
def test_a_field_of_a_later_release_is_passed_over(record: Known) -> None:
    document = json.loads(encode(record)) | {"later": 1}
    assert decode(Known, json.dumps(document).encode()) == record


@pytest.mark.parametrize(
    "data", [b"", b"{", b"null", b"[]", b'{"id": 1}', b"\xff\xfe", b"[" * 100_000], ids=lambda data: data[:9]
)
def test_what_is_no_record_is_refused_with_the_reason(data: bytes) -> None:
    with pytest.raises(BadRecord, match="RawArticle: cannot be decoded"):
        decode(RawArticle, data)


@given(known_articles)
def test_text_without_a_utf8_form_is_refused(record: Known) -> None:
    with pytest.raises(BadRecord, match="not Unicode"):
        encode(Known(**{**vars(record), "feed": "\ud800"}))


def _places(node: object) -> Iterator[tuple[dict[str, object], str]]:
    """Every key of every object in the document."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield cast("dict[str, object]", node), key
            yield from _places(value)
    elif isinstance(node, list):
        for value in node:
            yield from _places(value)
