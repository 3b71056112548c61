from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.encoder import Encoder
from enrich.mentions import find_mentions, join, trim
from tests.enrich.texts import FLOOD, MESSY, SUMMIT


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("“Kabul”", "Kabul"),
        ("Obama's", "Obama"),
        ("Obama’s", "Obama"),
        ("the Philippines'", "Philippines"),
        ("the Taliban,", "Taliban"),
        ("The Taliban", "Taliban"),
        ("U.S.", "U.S."),
        ("U.N.'s", "U.N."),
        ("U . S .", "U . S ."),
        ("Plan B .", "Plan B"),
        ("Kabul.", "Kabul"),
        ("Martin Luther King Jr.", "Martin Luther King Jr."),
        ("Apple Inc.", "Apple Inc."),
        ("Isis (ISKP)", "Isis (ISKP)"),
        ("ISKP)", "ISKP"),
        ("Isis-Khorasan (", "Isis-Khorasan"),
        ("AT&T", "AT&T"),
        ("@NASA", "NASA"),
        ("…", None),
        ("the", None),
        ("The", None),
        ("Us", None),
        ("US", "US"),
        ("I", "I"),
        ("–", None),
        ("x" * 500, None),
    ],
)
def test_a_name_is_trimmed_to_what_a_reader_takes_for_it(source: str, name: str | None) -> None:
    span = trim(source, 0, len(source))
    assert (source[slice(*span)] if span else None) == name


def test_a_capital_in_mid_sentence_keeps_the_article() -> None:
    source = "He lives in The Hague. The Hague is small, the Louvre is not here"
    assert trim(source, 12, 21) == (12, 21)
    assert trim(source, 23, 32) == (27, 32)
    assert trim(source, 43, 53) == (47, 53)


def test_initials_take_their_last_stop_back() -> None:
    source = "the U.N. said"
    assert trim(source, 4, 7) == (4, 8)


@given(MESSY, st.data())
def test_trimming_stays_inside_the_span_but_for_one_stop(source: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    span = trim(source, start, end)
    if span is not None:
        assert start <= span[0] < span[1] <= end + 1
        assert any(character.isalnum() for character in source[slice(*span)])


def mentions_of(encoder: Encoder, title: str, text: str) -> list[tuple[str, str, str]]:
    joined = join(title, text)
    encoded = encoder.encode(joined, max_pieces=20_000)
    if encoded is None:
        return []
    sources = {"title": title, "text": text}
    result: list[tuple[str, str, str]] = []
    for mention in find_mentions(title, text, joined, encoded, encoder.labels.types):
        assert sources[mention.field][mention.start : mention.end] == mention.text
        assert 0 <= mention.score <= 1
        result.append((mention.field, mention.text, mention.type))
    return result


@given(title=MESSY, text=MESSY)
def test_offsets_are_exact_in_any_text(encoder: Encoder, title: str, text: str) -> None:
    mentions_of(encoder, title, text)


def test_people_places_and_organisations_are_found(encoder: Encoder) -> None:
    found = mentions_of(encoder, SUMMIT.title, SUMMIT.text)
    assert ("title", "Germany", "LOC") in found
    assert ("text", "Olaf Scholz", "PER") in found
    assert ("text", "European Commission", "ORG") in found


def test_no_mention_spans_title_and_text(encoder: Encoder) -> None:
    found = mentions_of(encoder, "Talks in New", "York are over, says Boris Johnson of London")
    assert all("New" not in text or "York" not in text for _, text, _ in found)


def test_no_mention_spans_a_line_end(encoder: Encoder) -> None:
    found = mentions_of(encoder, "", "Visit of Angela Merkel\nBarack Obama waits in Berlin.\n\nThe end")
    names = [text for _, text, _ in found]
    assert "Angela Merkel" in names
    assert "Barack Obama" in names


def test_offsets_hold_behind_what_the_tokenizer_drops(encoder: Encoder) -> None:
    text = "\x00\u200b\x07" * 10 + FLOOD.text
    found = mentions_of(encoder, "😀 " * 5 + FLOOD.title, text)
    assert ("text", "Peshawar", "LOC") in found
