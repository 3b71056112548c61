"""What the page of an article shows."""

from __future__ import annotations

from dataclasses import replace

from article.records import Place, StepFailure
from tests.web.article.story import FAILED, HOSTILE, STORY
from web.article.view import article_shown


def test_names_are_in_the_order_of_the_record_and_grouped_by_kind() -> None:
    shown = article_shown(STORY)
    assert [name.label for name in shown.names] == [entity.name for entity in STORY.entities]
    assert [(kind.heading, len(kind.names)) for kind in shown.kinds] == [
        ("People", 1),
        ("Organisations", 4),
        ("Names of places", 3),
    ]
    assert shown.names[0].url == "/entities/kb%3Ataliban"
    assert shown.names[0].meaning == 'kb:taliban, by name "Taliban"'


def test_a_topic_has_the_sentences_that_speak_for_it() -> None:
    first, _ = article_shown(STORY).topics
    assert (first.label, first.percent) == ("conflict, war and peace", 97)
    assert [sentence.text for sentence in first.sentences] == [
        "Isis-Khorasan (ISKP) claimed an attack in Nangarhar hours later.",
        "The two sides last met in March.",
    ]
    anchors = {
        run.anchor for paragraph in article_shown(STORY).paragraphs for run in paragraph.runs if run.begins
    }
    assert {sentence.anchor for sentence in first.sentences} <= anchors


def test_steps_that_failed_for_one_reason_are_told_together() -> None:
    assert article_shown(FAILED).failures == (
        "Names, places, topics could not be looked for, or not to the end: unsupported language de",
    )
    other = StepFailure(step="embedding", reason="out of memory")
    both = replace(
        FAILED, enrichment=replace(FAILED.enrichment, failures=(*FAILED.enrichment.failures, other))
    )
    assert len(article_shown(both).failures) == 2


def test_a_place_beyond_the_map_has_no_dot() -> None:
    assert article_shown(HOSTILE).places[0].at is None
    south = Place(name="Pole", country="AQ", lat=-90.0, lon=0.0)
    assert article_shown(replace(STORY, places=(south,))).places[0].at is None
    assert all(place.at for place in article_shown(STORY).places)


def test_what_acts_on_the_direction_of_writing_is_taken_out_and_a_language_that_is_none() -> None:
    shown = article_shown(HOSTILE)
    assert shown.lang == ""
    assert not any("\u202e" in sentence.text for topic in shown.topics for sentence in topic.sentences)
