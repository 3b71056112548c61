from __future__ import annotations

import shutil
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings

from article.errors import BadConfiguration
from article.records import Entity
from enrich.encoder import BUNDLED_MODEL, Encoder, Stopped
from enrich.findings import Findings, Text
from enrich.gazetteer.lookup import load_gazetteer
from enrich.linker import Linker
from enrich.pipeline import Enricher
from runtime.settings import EnrichSettings
from tests.enrich.texts import FLOOD, GERMAN, MESSY, SUMMIT, check_offsets

LONG = Text(id="long", title="A long report", text="\n\n".join([FLOOD.text] * 40 + [SUMMIT.text]))


def one(enricher: Enricher, text: Text) -> Findings:
    (findings,) = enricher.enrich([text])
    return findings


def names(findings: Findings, kind: str) -> set[str]:
    return {entity.name for entity in findings.entities if entity.type == kind}


def test_an_article_is_read_in_all_steps(enricher: Enricher) -> None:
    findings = one(enricher, SUMMIT)
    assert findings.status == "complete"
    assert findings.lang == "en"
    assert {"Olaf Scholz", "Emmanuel Macron"} <= names(findings, "PER")
    assert {"North Atlantic Treaty Organization", "European Commission"} <= names(findings, "ORG")
    assert {(place.name, place.country) for place in findings.places} >= {("Berlin", "DE"), ("France", "FR")}
    assert "medtop:11000000" in {topic.code for topic in findings.topics}
    assert len(findings.embedding) == 384
    assert sum(number * number for number in findings.embedding) == pytest.approx(1, abs=1e-4)
    assert all(number == round(number, 6) for number in findings.embedding)
    assert set(findings.models) == {"lang", "entities", "links", "places", "topics", "embedding"}
    assert findings.models["entities"] == "wirewatch-minilm@3"


def test_an_acronym_is_one_entity_with_its_name(enricher: Enricher) -> None:
    (nato,) = [
        entity for entity in one(enricher, SUMMIT).entities if entity.name.startswith("North Atlantic")
    ]
    assert [mention.text for mention in nato.mentions] == [
        "North Atlantic Treaty Organization",
        "NATO",
        "NATO",
    ]


def test_the_result_in_a_batch_is_the_result_alone_in_any_order(enricher: Enricher) -> None:
    texts = [SUMMIT, GERMAN, LONG, Text(id="empty"), FLOOD, Text(id="title", title=SUMMIT.title)]
    alone = [one(enricher, text) for text in texts]
    assert list(enricher.enrich(texts)) == alone
    assert list(enricher.enrich(texts[::-1])) == alone[::-1]
    assert list(enricher.stream(iter(texts))) == alone


@settings(max_examples=40)
@given(title=MESSY, text=MESSY)
def test_no_text_breaks_a_step_and_offsets_are_exact(enricher: Enricher, title: str, text: str) -> None:
    given = Text(id="messy", title=title, text=text)
    findings = one(enricher, given)
    check_offsets(given, findings)
    assert all(failure.reason.startswith("unsupported language") for failure in findings.failures)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 50_000,
        "word " * 100_000,
        "Kabul" * 10_000,
        "Kabul " * 20_000,
        "A. B. C. " * 5_000,
        "(" * 20_000,
        "😀" * 20_000,
        "'s " * 10_000,
        "\n" * 50_000 + "end",
        "New" + " " * 7_000 + "York",
        "NATO (NATO) " * 3_000,
        "\u202e" + "Al-Qaeda " * 3_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_texts_are_read_in_bounded_time(text: str) -> None:
    with Enricher(EnrichSettings(threads=1, max_pieces=1_000)) as enricher:
        given = Text(id="hostile", title="Taliban in Kabul", text=text)
        check_offsets(given, one(enricher, given))


def test_an_empty_article_is_complete_and_tells_nothing(enricher: Enricher) -> None:
    findings = one(enricher, Text(id="empty"))
    assert findings.status == "complete"
    assert (findings.lang, findings.entities, findings.topics, findings.embedding) == (None, (), (), ())


def test_another_language_is_a_failure_and_not_an_empty_success(enricher: Enricher) -> None:
    findings = one(enricher, GERMAN)
    assert findings.lang == "de"
    assert findings.status == "failed"
    assert {failure.step: failure.reason for failure in findings.failures} == dict.fromkeys(
        ("entities", "places", "topics", "embedding"), "unsupported language de"
    )


def test_a_title_too_short_to_tell_its_language_is_read(enricher: Enricher) -> None:
    findings = one(enricher, Text(id="short", title="Merkel visits Kabul"))
    assert findings.status == "complete"
    assert "Kabul" in names(findings, "LOC")


def test_a_long_article_is_read_to_its_end(enricher: Enricher) -> None:
    findings = one(enricher, LONG)
    check_offsets(LONG, findings)
    assert findings.status == "complete"
    (scholz,) = [entity for entity in findings.entities if entity.name == "Olaf Scholz"]
    assert all(mention.start > len(LONG.text) * 0.9 for mention in scholz.mentions)


def test_an_article_over_the_limit_is_partial_and_says_what_was_left_out() -> None:
    with Enricher(EnrichSettings(threads=1, max_pieces=300)) as enricher:
        findings = one(enricher, LONG)
    assert findings.status == "partial"
    assert findings.entities
    assert findings.topics
    (failure,) = findings.failures
    assert failure.step == "entities"
    assert failure.reason.startswith("text longer than 300 pieces: the model read ")
    assert failure.reason.endswith(f" of {len(LONG.title) + 2 + len(LONG.text)} characters")


def test_a_step_that_breaks_is_told_and_costs_no_other_step(
    enricher: Enricher, logs: list[MutableMapping[str, Any]]
) -> None:
    class Broken(Linker):
        def __call__(self, text: Text, entities: Sequence[Entity]) -> NoReturn:
            raise KeyError(text.id, len(entities))

    with Enricher(EnrichSettings(threads=1)) as own:
        own._linker = Broken(load_gazetteer())
        broken, other = own.enrich([SUMMIT, GERMAN])
    assert [failure.step for failure in broken.failures] == ["places"]
    assert broken.failures[0].reason.startswith("KeyError")
    assert broken.status == "partial"
    assert names(broken, "ORG") == names(one(enricher, SUMMIT), "ORG")
    assert not any(entity.id for entity in broken.entities)
    assert other.lang == "de"
    # Watched names are looked for in every language, so the other article says it, too.
    said = [line for line in logs if line["log_level"] == "error"]
    assert {line["event"] for line in said} == {"step.failed"}
    assert sorted((line["article"], line["step"]) for line in said) == sorted(
        [(SUMMIT.id, "places"), (GERMAN.id, "entities")]
    )
    logs.clear()


def test_stopping_gives_up_in_the_middle_of_an_article(enricher: Enricher) -> None:
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with pytest.raises(Stopped):
        enricher.enrich([LONG], stopping=stopping)
    assert asked == 4
    assert one(enricher, SUMMIT).status == "complete"


def test_stopping_before_the_first_article_reads_none(enricher: Enricher) -> None:
    with pytest.raises(Stopped):
        enricher.enrich([SUMMIT, FLOOD], stopping=lambda: True)


def test_no_articles_have_no_findings(enricher: Enricher) -> None:
    assert list(enricher.enrich([])) == []
    assert list(enricher.stream([])) == []


@pytest.mark.parametrize("name", ["shared.onnx", "ner.onnx", "doc.onnx", "tokenizer.json", "labels.json"])
@pytest.mark.parametrize("broken", [None, b"", b"no model"])
def test_a_missing_or_broken_model_file_is_named(tmp_path: Path, name: str, broken: bytes | None) -> None:
    folder = copy_of_model(tmp_path)
    (folder / name).unlink()
    if broken is not None:
        (folder / name).write_bytes(broken)
    with pytest.raises(BadConfiguration) as caught:
        Encoder.load(folder)
    assert caught.value.subject == str(folder / name)
    assert "enrich.model" in caught.value.remedy


def test_a_missing_model_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="nowhere"):
        Enricher(EnrichSettings(model=tmp_path / "nowhere"))


def test_parts_of_different_models_are_refused(tmp_path: Path) -> None:
    folder = copy_of_model(tmp_path)
    shutil.copy(folder / "doc.onnx", folder / "ner.onnx")
    with pytest.raises(BadConfiguration, match="do not fit together"):
        Encoder.load(folder)


def test_another_folder_with_a_model_is_used_and_named(tmp_path: Path) -> None:
    folder = copy_of_model(tmp_path)
    labels = folder / "labels.json"
    labels.write_text(labels.read_text().replace('"wirewatch-minilm"', '"ours"'))
    with Enricher(EnrichSettings(threads=1, model=folder)) as enricher:
        assert one(enricher, FLOOD).models["topics"] == "ours@3"


def copy_of_model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    for path in BUNDLED_MODEL.iterdir():
        if path.suffix in (".onnx", ".json"):
            shutil.copyfile(path, folder / path.name)
    return folder
