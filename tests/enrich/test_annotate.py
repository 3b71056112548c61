from __future__ import annotations

import json

import pytest

from article.errors import BadInput
from enrich.annotate import annotate_lines, parse_line
from enrich.findings import Text
from enrich.pipeline import Enricher
from tests.enrich.texts import FLOOD, GERMAN, SUMMIT


def line(text: Text) -> bytes:
    return json.dumps({"id": text.id, "title": text.title, "text": text.text}).encode()


def test_lines_come_out_in_the_order_in_which_they_went_in(enricher: Enricher) -> None:
    lines = [line(SUMMIT), b"\n", line(GERMAN), line(FLOOD), b"  "]
    refused: list[BadInput] = []
    annotated = [json.loads(one) for one in annotate_lines(lines, enricher, refused.append)]
    assert [one["id"] for one in annotated] == ["summit", "german", "flood"]
    assert refused == []
    assert [one["status"] for one in annotated] == ["complete", "failed", "complete"]
    for one in annotated:
        assert set(one) == {
            "id",
            "entities",
            "places",
            "topics",
            "lang",
            "embedding",
            "status",
            "failures",
        }
    summit = annotated[0]
    assert len(summit["embedding"]) == 384
    for entity in summit["entities"]:
        assert set(entity) == {"type", "name", "id", "salience", "matched", "mentions"}
        for mention in entity["mentions"]:
            source = SUMMIT.title if mention["field"] == "title" else SUMMIT.text
            assert source[mention["start"] : mention["end"]] == mention["text"]


def test_a_line_may_lack_all_but_the_id_and_have_more() -> None:
    assert parse_line(b'{"id": "1"}', 1) == Text(id="1")
    assert parse_line(b'{"id": "1", "title": null, "text": "x", "lang": "de", "tags": [1]}', 1) == Text(
        id="1", text="x", declared_lang="de"
    )


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"no json",
        b"[]",
        b"{}",
        b'{"id": 1}',
        b'{"id": "1", "title": 5}',
        b'{"id": "1", "text": "\\ud800"}',
        b'{"id": "1", "text": "\xff"}',
        b'{"id": "1"} {"id": "2"}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_cannot_be_read_is_named(bad: bytes) -> None:
    with pytest.raises(BadInput, match="line 7") as caught:
        parse_line(bad, 7)
    assert caught.value.exit_code == 65


def test_a_bad_line_is_told_and_the_others_go_on(enricher: Enricher) -> None:
    refused: list[BadInput] = []
    annotated = annotate_lines([line(FLOOD), b"", b"oops", line(SUMMIT)], enricher, refused.append)
    assert [json.loads(one)["id"] for one in annotated] == ["flood", "summit"]
    assert [error.subject for error in refused] == ["line 3"]
