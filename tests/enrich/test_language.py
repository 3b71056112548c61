from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.language import LanguageDetector, declared_code
from tests.enrich.languages import HEADLINES
from tests.enrich.texts import FLOOD, GERMAN, MESSY, SUMMIT


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return LanguageDetector()


@pytest.mark.parametrize(
    ("title", "declared", "lang"),
    [
        ("Россия и Украина обменялись пленными", None, "ru"),
        ("Scholz trifft Macron in Paris zu Gesprächen über die Ukraine", None, "de"),
        ("Oil prices rise as traders wait for the next meeting of the cartel", None, "en"),
        ("Oil prices rise as traders wait for the next meeting of the cartel", "de", "en"),
        ("Lyfe Jennings", None, None),
        ("Lyfe Jennings", "en-US", "en"),
        ("Lyfe Jennings", "unknown", None),
        ("El presidente", "es", "es"),
        ("", None, None),
        ("", "en", "en"),
    ],
)
def test_titles_alone(detector: LanguageDetector, title: str, declared: str | None, lang: str | None) -> None:
    assert detector.detect(title, "", declared) == lang


def test_articles(detector: LanguageDetector) -> None:
    assert detector.detect(SUMMIT.title, SUMMIT.text) == "en"
    assert detector.detect(FLOOD.title, FLOOD.text, "de") == "en"
    assert detector.detect(GERMAN.title, GERMAN.text) == "de"
    assert detector.detect(GERMAN.title, GERMAN.text, "en") == "de"


@pytest.mark.parametrize(
    "title",
    [
        "Jenelle Evans Says She ‘Chose’ Ashley Salazar Over Kailyn Lowry For ‘Teen Mom 2’ Cast",
        "FC Cincinnati's Pat Noonan named 2023 MLS Sigi Schmid Coach of the Year",
        "Mélanie Laurent and Bradley Cooper",
        "The quantum phantom",
        "Andrew Pitts ( U.S. ) 69 67 138 Mark Cayeux ( Zimbabwe ) 69 69 , Mark Murless 71",
    ],
)
def test_english_full_of_names_is_never_called_another_language(
    detector: LanguageDetector, title: str
) -> None:
    assert detector.detect(title, "") in ("en", None)
    assert detector.detect(title, "", "en-GB") == "en"


@given(text=MESSY, declared=st.none() | st.text(max_size=5))
def test_any_text_has_a_two_letter_language_or_none(
    detector: LanguageDetector, text: str, declared: str | None
) -> None:
    lang = detector.detect("", text, declared)
    assert lang is None or (len(lang) == 2 and lang.isascii() and lang.islower())


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        (" DE ", "de"),
        ("eng", None),
        ("english", None),
        ("", None),
        (None, None),
    ],
)
def test_declared_languages(declared: str | None, code: str | None) -> None:
    assert declared_code(declared) == code


def test_headlines_of_eighteen_languages(detector: LanguageDetector) -> None:
    """Pinned: every headline alone is told, whatever the publisher says of it, and so are three together."""
    for lang, headlines in HEADLINES.items():
        for declared in (None, "en", "xx"):
            assert [detector.detect(each, "", declared) for each in headlines] == [lang] * len(headlines)
            assert detector.detect(headlines[0], " ".join(headlines[1:]), declared) == lang


def test_a_text_of_two_languages_is_in_english_where_half_of_it_is(detector: LanguageDetector) -> None:
    english = " ".join(HEADLINES["en"])
    for lang in ("de", "ru", "zh"):
        assert detector.detect("", f"{english} {HEADLINES[lang][0]}") == "en"
        assert detector.detect(HEADLINES[lang][0], english * 3) == "en"


@pytest.mark.parametrize(
    ("title", "declared", "lang"),
    [
        ("北京", None, None),
        ("北京", "zh", "zh"),
        ("首相が辞任したという", None, "ja"),
        ("محادثات السلام", "en", "ar"),
        ("Kabul: 北京", None, None),
        ("12.7 % – 9/11 😀", "fr", "fr"),
    ],
)
def test_a_few_letters(
    detector: LanguageDetector, title: str, declared: str | None, lang: str | None
) -> None:
    assert detector.detect(title, "", declared) == lang


def test_a_few_letters_of_another_script_are_never_taken_for_english(detector: LanguageDetector) -> None:
    for title in ("Путин", "Кабул", "काबुल में", "محادثات", "ประชุม", "한국 정부"):
        for declared in (None, "en"):
            assert detector.detect(title, "", declared) not in (None, "en")
